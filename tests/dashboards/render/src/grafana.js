// What Grafana's core registers before a dashboard is shown, as far as these dashboards need it.
import { of } from 'rxjs';
import * as data from '@grafana/data';
import * as runtime from '@grafana/runtime';
import { sceneGraph } from '@grafana/scenes';

const nothing = () => null;

function registerEditors() {
  const ids = [
    'text', 'number', 'boolean', 'select', 'slider', 'color', 'unit', 'radio', 'strings', 'links', 'mappings', 'thresholds',
    'timezone', 'fieldColor', 'stats-picker', 'dashboard-uid', 'field-name', 'multi-select', 'actions',
  ];
  data.standardEditorsRegistry.setInit(() => ids.map((id) => ({ id, name: id, editor: nothing })));
}

function registerFieldOptions() {
  const option = (id, process, more = {}) => ({
    id, path: id, name: id, description: '', editor: nothing, override: nothing, process, settings: {},
    shouldApply: () => true, category: ['Standard options'], ...more,
  });
  data.standardFieldConfigEditorRegistry.setInit(() => [
    option('displayName', data.displayNameOverrideProcessor),
    option('unit', data.unitOverrideProcessor),
    option('min', data.numberOverrideProcessor),
    option('max', data.numberOverrideProcessor),
    option('decimals', data.numberOverrideProcessor),
    option('noValue', data.stringOverrideProcessor),
    option('color', data.identityOverrideProcessor, { getItemsCount: () => 0 }),
    option('thresholds', data.thresholdsOverrideProcessor, {
      defaultValue: { mode: 'absolute', steps: [{ value: -Infinity, color: 'green' }, { value: 80, color: 'red' }] },
    }),
    option('mappings', data.valueMappingsOverrideProcessor, { defaultValue: [] }),
    option('links', data.dataLinksOverrideProcessor),
    option('filterable', data.booleanOverrideProcessor),
    option('fieldMinMax', data.booleanOverrideProcessor),
  ]);
}

function registerTransformations() {
  const known = new Map(Object.values(data.standardTransformers).map((one) => [one.id, one]));
  data.standardTransformersRegistry.setInit(() =>
    [...known.values()].map((one) => ({ id: one.id, name: one.name, transformation: one, aliasIds: [], tags: new Set() })));
}

function registerServices(datasource) {
  const settings = { uid: datasource.uid, name: datasource.name, type: 'prometheus', meta: datasource.meta };
  runtime.setDataSourceSrv({
    get: async () => datasource,
    getList: () => [settings],
    getInstanceSettings: () => settings,
    reload() {},
    registerRuntimeDataSource() {},
  });
  runtime.setTemplateSrv({
    replace: (text, variables, format) => {
      const object = variables?.__sceneObject?.value?.valueOf?.();
      return object ? sceneGraph.interpolate(object, text, variables, format) : text;
    },
    getVariables: () => [],
    containsTemplate: (text) => /\$/.test(text || ''),
    updateTimeRange() {},
  });
  runtime.setRunRequest((source, request) => source.run(request));
  runtime.setPluginImportUtils({
    importPanelPlugin: async (id) => { throw new Error(`no panel plugin ${id}`); },
    getPanelPluginFromCache: () => undefined,
  });
  runtime.setAppEvents?.(new data.EventBusSrv());
  runtime.setEchoSrv({ addEvent() {}, flush() {}, addBackend() {} });
  runtime.setBackendSrv({ get: async () => ({}), post: async () => ({}), fetch: () => of({ data: {} }) });
  runtime.setPluginLinksHook?.(() => ({ links: [], isLoading: false }));
  runtime.setPluginComponentsHook?.(() => ({ components: [], isLoading: false }));
  runtime.setPluginComponentHook?.(() => ({ component: null, isLoading: false }));
  runtime.setPluginFunctionsHook?.(() => ({ functions: [], isLoading: false }));
  data.locationUtil.initialize({
    config: { appSubUrl: '' },
    getVariablesUrlParams: () => ({}),
    getTimeRangeForUrl: () => ({ from: 'now-1h', to: 'now' }),
  });
}

export function registerGrafana(datasource) {
  registerEditors();
  registerFieldOptions();
  registerTransformations();
  registerServices(datasource);
}
