// Judges dashboards by Grafana's own packages: check.mjs DASHBOARD.json...
//  - every field of the dashboard, of each panel's options and field configuration has the type that @grafana/schema
//    says, and no field is unknown (the TypeScript compiler compares them);
//  - units, transformations, reducers and matchers are on the lists of @grafana/data.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { JSDOM } = require('jsdom');
const { window } = new JSDOM('', { url: 'http://localhost/' });
for (const name of ['window', 'document', 'localStorage', 'navigator', 'DOMParser']) {
  globalThis[name] = name === 'window' ? window : window[name];
}
const data = require('@grafana/data');
const ts = require('typescript');

// options and, where there is one, the configuration of a field
const TYPES = {
  timeseries: ['timeseries', 'TimeSeriesPanelCfg', 'Options', 'FieldConfig'],
  stat: ['stat', 'StatPanelCfg', 'Options', null],
  table: ['table', 'TablePanelCfg', 'Options', 'FieldConfig'],
  bargauge: ['bargauge', 'BarGaugePanelCfg', 'Options', null],
  barchart: ['barchart', 'BarChartPanelCfg', 'Options', 'FieldConfig'],
  'state-timeline': ['statetimeline', 'StateTimelinePanelCfg', 'Options', 'FieldConfig'],
};
const problems = [];
const expect = (condition, text) => condition || problems.push(text);
const files = process.argv.slice(2);
let compared = 0;

// what the schema does not know although Grafana does: the text of a variable's query in addition to the query, and an empty choice
function known(dashboard) {
  const copy = structuredClone(dashboard);
  delete copy.__inputs;
  delete copy.__requires;
  for (const variable of copy.templating.list) {
    delete variable.definition;
    if (Object.keys(variable.current).length === 0) {
      delete variable.current;
    }
  }
  return copy;
}

function source(dashboard) {
  const used = [...new Set(dashboard.panels.map((panel) => panel.type))].filter((type) => type !== 'row');
  const lines = [
    "import type { Dashboard, MatcherConfig } from '@grafana/schema';",
    // enumerations as the texts that they are in a file
    'type Plain<T> = T extends string ? `${T}` : T extends number | boolean | null | undefined ? T',
    '  : T extends Array<infer U> ? Plain<U>[] : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;',
  ];
  for (const type of used) {
    expect(TYPES[type], `panels of type ${type} are not known here`);
    const [folder, file] = TYPES[type];
    lines.push(`import type * as ${folder} from '@grafana/schema/dist/esm/raw/composable/${folder}/panelcfg/x/${file}_types.gen';`);
  }
  lines.push(`export const dashboard: Plain<Dashboard> = ${JSON.stringify(known(dashboard), null, 1)};`);
  for (const panel of dashboard.panels) {
    if (panel.type === 'row') {
      continue;
    }
    const [folder, , options, fields] = TYPES[panel.type];
    lines.push(`// ${panel.title}`);
    lines.push(`export const options${panel.id}: Plain<Partial<${folder}.${options}>> = ${JSON.stringify(panel.options, null, 1)};`);
    const defaults = panel.fieldConfig.defaults.custom;
    if (fields && defaults) {
      lines.push(`export const field${panel.id}: Plain<Partial<${folder}.${fields}>> = ${JSON.stringify(defaults, null, 1)};`);
    }
    // overrides one by one, as a configuration of a field with just that
    for (const [number, override] of panel.fieldConfig.overrides.entries()) {
      for (const property of override.properties.filter(({ id }) => fields && id.startsWith('custom.'))) {
        const value = JSON.stringify({ [property.id.slice('custom.'.length)]: property.value });
        lines.push(`export const override${panel.id}_${number}_${property.id.slice(7)}: Plain<Partial<${folder}.${fields}>> = ${value};`);
      }
    }
    compared += 1;
  }
  return lines.join('\n');
}

function compare(sources) {
  const options = {
    noEmit: true, strict: true, skipLibCheck: true, module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, types: [],
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...more) => (sources.has(name) ? ts.createSourceFile(name, sources.get(name), options.target) : read(name, ...more));
  const exists = host.fileExists.bind(host);
  host.fileExists = (name) => sources.has(name) || exists(name);
  const program = ts.createProgram([...sources.keys()], options, host);
  for (const found of ts.getPreEmitDiagnostics(program)) {
    const place = found.file ? `${path.basename(found.file.fileName)}:${found.file.getLineAndCharacterOfPosition(found.start).line + 1}` : '';
    const line = found.file ? found.file.text.slice(0, found.start).split('\n').length : 0;
    const shown = found.file ? found.file.text.split('\n')[line - 1].trim().slice(0, 120) : '';
    problems.push(`${place}: ${ts.flattenDiagnosticMessageText(found.messageText, '\n').slice(0, 400)} (${shown})`);
  }
}

const units = new Set(data.getValueFormats().flatMap((group) => group.submenu.map((unit) => unit.value)));
const transformations = new Set(Object.values(data.standardTransformers).map((one) => one.id));
const matchers = new Set(Object.values(data.FieldMatcherID));
const standard = new Set(['displayName', 'unit', 'min', 'max', 'decimals', 'noValue', 'color', 'thresholds', 'mappings', 'links', 'filterable']);

function names(file, panel) {
  const where = `${file}: ${panel.title}`;
  const { defaults, overrides } = panel.fieldConfig;
  const properties = overrides.flatMap((override) => override.properties);
  for (const unit of [defaults.unit, ...properties.filter(({ id }) => id === 'unit').map(({ value }) => value)]) {
    expect(units.has(unit) || /^(suffix|prefix|time):./.test(unit), `${where}: unit ${unit}`);
  }
  for (const { id } of properties) {
    expect(standard.has(id) || id.startsWith('custom.'), `${where}: override of ${id}`);
  }
  for (const { matcher } of overrides) {
    expect(matchers.has(matcher.id), `${where}: matcher ${matcher.id}`);
  }
  for (const { id, options } of panel.transformations) {
    expect(transformations.has(id), `${where}: transformation ${id}`);
    for (const { aggregations = [] } of id === 'groupBy' ? Object.values(options.fields) : []) {
      aggregations.forEach((calc) => expect(data.fieldReducers.getIfExists(calc), `${where}: reducer ${calc}`));
    }
  }
  for (const calc of [...(panel.options.reduceOptions?.calcs ?? []), ...(panel.options.legend?.calcs ?? [])]) {
    expect(data.fieldReducers.getIfExists(calc), `${where}: reducer ${calc}`);
  }
}

const sources = new Map();
for (const file of files) {
  const dashboard = JSON.parse(fs.readFileSync(file, 'utf8'));
  const base = path.basename(file, '.json');
  sources.set(path.resolve(path.dirname(new URL(import.meta.url).pathname), `${base}.ts`), source(dashboard));
  dashboard.panels.filter((panel) => panel.type !== 'row').forEach((panel) => names(base, panel));
}
compare(sources);
problems.forEach((problem) => console.log(problem));
console.log(`${files.length} dashboards, ${compared} panels compared, ${problems.length} problems`);
process.exitCode = problems.length > 0 || compared === 0 ? 1 : 0;
