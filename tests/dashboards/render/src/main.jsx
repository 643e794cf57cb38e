// Shows one dashboard: ?file=landscape.json&prometheus=URL&scrape=60&var-name=VALUE
import React from 'react';
import { createRoot } from 'react-dom/client';
import { MemoryRouter } from 'react-router-dom';
import * as ui from '@grafana/ui';
import * as scenes from '@grafana/scenes';
import { initPluginTranslations } from '@grafana/i18n';
import { registerGrafana } from './grafana.js';
import { registerPanels } from './panels.jsx';
import { Prometheus } from './prometheus.js';

const parameters = new URLSearchParams(location.search);
const source = { uid: 'prometheus', type: 'prometheus' };

function variable(json) {
  const chosen = parameters.get(`var-${json.name}`);
  if (json.type === 'datasource') {
    return new scenes.CustomVariable({ name: json.name, label: json.label, query: 'Prometheus : prometheus', value: 'prometheus', text: 'Prometheus' });
  }
  if (json.type !== 'query') {
    throw new Error(`a variable of type ${json.type}`);
  }
  return new scenes.QueryVariable({
    name: json.name, label: json.label, datasource: source, query: json.query.query, isMulti: json.multi, includeAll: json.includeAll,
    allValue: json.allValue, refresh: json.refresh, sort: json.sort, regex: json.regex, defaultToAll: json.includeAll && !chosen,
    ...(chosen ? { value: json.multi ? [chosen] : chosen, text: json.multi ? [chosen] : chosen } : {}),
  });
}

function gridItem(panel) {
  let $data = new scenes.SceneQueryRunner({ datasource: source, queries: panel.targets.map(({ datasource, ...query }) => query) });
  if (panel.transformations.length > 0) {
    $data = new scenes.SceneDataTransformer({ $data, transformations: panel.transformations });
  }
  const { x, y, w, h } = panel.gridPos;
  const body = new scenes.VizPanel({
    key: `panel-${panel.id}`, title: panel.title, description: panel.description, pluginId: panel.type, pluginVersion: panel.pluginVersion,
    options: panel.options, fieldConfig: panel.fieldConfig, $data,
  });
  return new scenes.SceneGridItem({ x, y, width: w, height: h, body });
}

// in the file, the panels of a row follow it
function gridItems(panels) {
  const result = [];
  let row = null;
  for (const panel of panels) {
    if (panel.type === 'row') {
      row = new scenes.SceneGridRow({ key: `row-${panel.id}`, title: panel.title, isCollapsible: true, isCollapsed: false, y: panel.gridPos.y, x: 0, children: [] });
      result.push(row);
    } else if (row) {
      row.setState({ children: [...row.state.children, gridItem(panel)] });
    } else {
      result.push(gridItem(panel));
    }
  }
  return result;
}

async function main() {
  const prometheus = new Prometheus(parameters.get('prometheus'), Number(parameters.get('scrape') || 15));
  registerGrafana(prometheus);
  registerPanels();
  await initPluginTranslations('grafana-scenes').catch(() => {});
  const dashboard = await (await fetch(`/${parameters.get('file')}`)).json();
  const scene = new scenes.EmbeddedScene({
    $timeRange: new scenes.SceneTimeRange({ from: dashboard.time.from, to: dashboard.time.to, timeZone: 'utc' }),
    $variables: new scenes.SceneVariableSet({ variables: dashboard.templating.list.map(variable) }),
    controls: [new scenes.VariableValueSelectors({}), new scenes.SceneControlsSpacer(), new scenes.SceneTimePicker({})],
    body: new scenes.SceneGridLayout({ children: gridItems(dashboard.panels) }),
  });
  const bottom = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  window.dashboard = { title: dashboard.title, height: bottom * 38 + 160, expressions: prometheus.expressions };
  createRoot(document.getElementById('root')).render(
    <MemoryRouter>
      <ui.PortalContainer />
      <ui.GlobalStyles />
      <div className="page" style={{ height: bottom * 38 + 120 }}>
        <h2>{dashboard.title}</h2>
        <scene.Component model={scene} />
      </div>
    </MemoryRouter>,
  );
}

main().catch((error) => window.pageErrors.push(error.stack));
