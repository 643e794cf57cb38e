// The frame of every dashboard: what it needs for import from file, its variables, its links, and the
// places of its panels.
function(config) {
  local d = self,
  local uids = {
    Landscape: 'btp-cert-landscape',
    Certificate: 'btp-cert-certificate',
    'Cloud Connector': 'btp-cert-cloud-connector',
    Exporter: 'btp-cert-exporter',
  },
  local order = ['Landscape', 'Certificate', 'Cloud Connector', 'Exporter'],
  local selector(more) = '{' + std.join(', ', std.filter(function(t) t != '', [config.selector] + more)) + '}',

  // ---- variables
  local datasource = {
    name: 'datasource',
    label: 'Data source',
    type: 'datasource',
    query: 'prometheus',
    // the answer to the question at the import; provisioned as it is, Grafana takes the first Prometheus
    current: { text: '${DS_PROMETHEUS}', value: '${DS_PROMETHEUS}' },
    hide: 0,
    includeAll: false,
    multi: false,
    options: [],
    refresh: 1,
    regex: '',
    skipUrlSync: false,
  },
  query(name, label, query, more={}):: {
    name: name,
    label: label,
    type: 'query',
    datasource: { type: 'prometheus', uid: '${datasource}' },
    definition: query,
    query: { qryType: 1, query: query, refId: 'PrometheusVariableQueryEditor-VariableQuery' },
    includeAll: true,
    multi: true,
    allowCustomValue: false,
    current: { text: ['All'], value: ['$__all'] },
    hide: 0,
    options: [],
    refresh: 2,
    regex: '',
    skipUrlSync: false,
    sort: 1,
  } + more,
  local target = ['job=~"$job"', 'instance=~"$instance"'],
  variables:: {
    job: d.query('job', 'Job', 'label_values(btp_cert_exporter_build_info%s, job)' % selector([])),
    instance: d.query('instance', 'Instance', 'label_values(up{job=~"$job"}, instance)'),
    // sources without a system id belong to All, too
    system_id: d.query(
      'system_id',
      'System id',
      'label_values(btp_source_info%s, system_id)' % selector(target),
      { allValue: '.*' }
    ),
    // without allValue: All is a list of the sources of the chosen system ids, which is how that choice reaches
    // families without that label
    source: d.query(
      'source', 'Source', 'label_values(btp_source_info%s, source)' % selector(target + ['system_id=~"$system_id"'])
    ),
    connector: d.query(
      'source',
      'Connector',
      'label_values(btp_source_info%s, source)' % selector(target + ['system_id=~"$system_id"', 'kind="cloud-connector"'])
    ),
    level: d.query(
      'level',
      'Level',
      'label_values(btp_certificate_store_state%s, level)' % selector(target + ['source=~"$source"']),
      { allValue: '.+' }
    ),
    role: d.query(
      'role',
      'Role',
      'label_values(btp_certificate_info%s, role)'
      % selector(target + ['source=~"$source"', 'level=~"$level"']),
      { allValue: '.+' }
    ),
    name: d.query(
      'name',
      'Certificate',
      'label_values(btp_certificate_store_state%s, name)'
      % selector(target + ['source=~"$source"', 'level=~"$level"']),
      { includeAll: false, multi: false, current: {} }
    ),
  },

  // ---- places: lines of panels, each as high as its highest; `stacked` are panels below one of them
  local place(lines, stacked) =
    std.foldl(
      function(state, line)
        local placed = std.foldl(
          function(inner, panel)
            local below = if std.objectHas(stacked, panel.title) then stacked[panel.title] else [];
            inner {
              x: inner.x + panel.gridPos.w,
              panels+: [panel { id: inner.id, gridPos+: { x: inner.x, y: state.y } }] + [
                below[i] { id: inner.id + 1 + i, gridPos+: { x: inner.x, y: state.y + panel.gridPos.h } }
                for i in std.range(0, std.length(below) - 1)
              ],
              id: inner.id + 1 + std.length(below),
            },
          line,
          { x: 0, id: state.id, panels: [] }
        );
        {
          y: state.y + std.foldl(function(h, panel) std.max(h, panel.gridPos.h), line, 0),
          id: placed.id,
          panels: state.panels + placed.panels,
        },
      lines,
      { y: 0, id: 1, panels: [] }
    ).panels,

  local link(title) = {
    type: 'link',
    title: title,
    url: '/d/' + uids[title],
    icon: 'dashboard',
    asDropdown: false,
    includeVars: true,
    keepTime: true,
    tags: [],
    targetBlank: false,
    tooltip: '',
  },
  local runbooks = {
    type: 'link',
    title: 'Runbooks',
    url: std.rstripChars(config.runbookUrl, '#'),
    icon: 'doc',
    asDropdown: false,
    includeVars: false,
    keepTime: false,
    tags: [],
    targetBlank: true,
    tooltip: 'What each alert means and what to do',
  },

  new(title, description, variables, from, lines, stacked={}):: {
    __inputs: [{
      name: 'DS_PROMETHEUS',
      label: 'Prometheus',
      description: 'The Prometheus that scrapes btp_cert_exporter.',
      type: 'datasource',
      pluginId: 'prometheus',
      pluginName: 'Prometheus',
    }],
    __requires: [
      { type: 'grafana', id: 'grafana', name: 'Grafana', version: '12.0.0' },
      { type: 'datasource', id: 'prometheus', name: 'Prometheus', version: '1.0.0' },
    ] + [
      { type: 'panel', id: type, name: type, version: '' }
      for type in std.set([panel.type for line in lines for panel in line])
      if type != 'row'
    ],
    annotations: {
      list: [{
        builtIn: 1,
        datasource: { type: 'grafana', uid: '-- Grafana --' },
        enable: true,
        hide: true,
        iconColor: 'rgba(0, 211, 255, 1)',
        name: 'Annotations & Alerts',
        type: 'dashboard',
      }],
    },
    description: description,
    editable: false,
    fiscalYearStartMonth: 0,
    graphTooltip: 1,
    id: null,
    links: [link(other) for other in order if other != title] + [runbooks],
    panels: place(lines, stacked),
    preload: false,
    refresh: config.dashboardRefresh,
    schemaVersion: 41,
    tags: config.dashboardTags,
    templating: { list: [datasource] + variables },
    time: { from: from, to: 'now' },
    timepicker: {},
    timezone: config.dashboardTimezone,
    title: 'SAP BTP certificates / ' + title,
    uid: uids[title],
    version: 1,
    weekStart: '',
  },
}
