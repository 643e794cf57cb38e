// Panels as Grafana 12 stores them, with the defaults that all of ours share.
function(config) {
  local p = self,
  local datasource = { type: 'prometheus', uid: '${datasource}' },

  // ---- queries
  instant(expr, refId='A', legend=null):: {
    datasource: datasource,
    editorMode: 'code',
    expr: expr,
    format: 'time_series',
    instant: true,
    range: false,
    refId: refId,
    [if legend != null then 'legendFormat']: legend,
  },
  table_query(expr, refId='A'):: p.instant(expr, refId) + { format: 'table' },
  range(expr, legend, refId='A'):: {
    datasource: datasource,
    editorMode: 'code',
    expr: expr,
    format: 'time_series',
    instant: false,
    range: true,
    legendFormat: legend,
    refId: refId,
  },

  // ---- thresholds and colours
  steps(steps):: {
    mode: 'absolute',
    steps: [{ color: s[0], value: if std.length(s) > 1 then s[1] else null } for s in steps],
  },
  // Days left, as the alerts judge them at their widest.
  daysLeft: p.steps([
    ['dark-red'],
    ['red', 0],
    ['orange', config.expiry.critical.atMostDays],
    ['green', config.expiry.warning.atMostDays],
  ]),
  neutral: p.steps([['text']]),
  blue: p.steps([['blue']]),
  // 0 is well, everything above it is not
  none(color='red'):: p.steps([['green'], [color, 1]]),
  // 1 is well
  one: p.steps([['red'], ['green', 1]]),

  mapping(texts):: [{
    type: 'value',
    options: {
      [value]: { text: texts[value][0], color: texts[value][1], index: 0 }
      for value in std.objectFields(texts)
    },
  }],
  upDown: p.mapping({ '0': ['down', 'red'], '1': ['up', 'green'] }),
  yesNo(yes='green', no='red'):: p.mapping({ '0': ['no', no], '1': ['yes', yes] }),
  storeStates: p.mapping({
    ok: ['ok', 'green'],
    partial: ['partial', 'orange'],
    empty: ['empty', 'blue'],
    locked: ['locked', 'orange'],
    unparsable: ['unparsable', 'red'],
    unsupported: ['unsupported', 'orange'],
    too_large: ['too large', 'orange'],
    forbidden: ['forbidden', 'red'],
    unavailable: ['unavailable', 'red'],
  }),

  // ---- panels; width and height go with `at`
  local panel(type, title, description, targets, unit, noValue) = {
    type: type,
    title: title,
    description: description,
    datasource: datasource,
    targets: targets,
    pluginVersion: '12.0.0',
    transparent: false,
    transformations: [],
    fieldConfig: {
      defaults: { unit: unit, noValue: noValue, mappings: [], thresholds: p.neutral, color: { mode: 'thresholds' } },
      overrides: [],
    },
  },
  at(w, h):: { gridPos+: { w: w, h: h } },
  defaults(fields):: { fieldConfig+: { defaults+: fields } },
  overrides(list):: { fieldConfig+: { overrides+: list } },
  links(links):: { links+: links },

  stat(title, description, expr, unit='none', thresholds=p.neutral, noValue='unknown', mappings=[]):: panel(
    'stat', title, description, if std.isArray(expr) then expr else [p.instant(expr, legend=title)], unit, noValue
  ) + p.defaults({ thresholds: thresholds, mappings: mappings }) + {
    options: {
      reduceOptions: { values: false, calcs: ['lastNotNull'], fields: '' },
      orientation: 'auto',
      textMode: 'value',
      wideLayout: true,
      colorMode: if thresholds == p.neutral && mappings == [] then 'none' else 'background_solid',
      graphMode: 'none',
      justifyMode: 'center',
      showPercentChange: false,
      percentChangeColorMode: 'standard',
    },
  },

  timeseries(title, description, targets, unit, noValue='No data', custom={}, calcs=['lastNotNull'], placement='bottom'):: panel(
    'timeseries', title, description, targets, unit, noValue
  ) + p.defaults({
    color: { mode: 'palette-classic' },
    custom: {
      drawStyle: 'line',
      lineInterpolation: 'linear',
      lineWidth: 2,
      fillOpacity: 8,
      gradientMode: 'none',
      showPoints: 'auto',
      pointSize: 5,
      spanNulls: false,
      insertNulls: false,
      stacking: { mode: 'none', group: 'A' },
      axisPlacement: 'auto',
      axisLabel: '',
      axisColorMode: 'text',
      axisBorderShow: false,
      axisCenteredZero: false,
      scaleDistribution: { type: 'linear' },
      barAlignment: 0,
      hideFrom: { legend: false, tooltip: false, viz: false },
      thresholdsStyle: { mode: 'off' },
    } + custom,
  }) + {
    options: {
      legend: { displayMode: 'table', placement: placement, showLegend: true, calcs: calcs },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  },
  stepped: { lineInterpolation: 'stepAfter', fillOpacity: 0 },
  bars: { drawStyle: 'bars', fillOpacity: 80, lineWidth: 0, showPoints: 'never', stacking: { mode: 'normal', group: 'A' } },
  // events that come once in a refresh: points, joined over the time without any
  rare: { spanNulls: true, showPoints: 'always', fillOpacity: 0 },

  timeline(title, description, targets, mappings, noValue='No data'):: panel(
    'state-timeline', title, description, targets, 'none', noValue
  ) + p.defaults({
    mappings: mappings,
    custom: {
      lineWidth: 0,
      fillOpacity: 80,
      hideFrom: { legend: false, tooltip: false, viz: false },
    },
  }) + {
    options: {
      mergeValues: true,
      showValue: 'auto',
      alignValue: 'left',
      rowHeight: 0.85,
      legend: { displayMode: 'list', placement: 'bottom', showLegend: false, calcs: [] },
      tooltip: { mode: 'single', sort: 'none' },
    },
  },

  bargauge(title, description, expr, legend, unit, thresholds, noValue='unknown', max=null):: panel(
    'bargauge', title, description, [p.instant(expr, legend=legend)], unit, noValue
  ) + p.defaults({ thresholds: thresholds, min: 0, [if max != null then 'max']: max }) + {
    options: {
      reduceOptions: { values: false, calcs: ['lastNotNull'], fields: '' },
      orientation: 'horizontal',
      displayMode: 'basic',
      valueMode: 'color',
      namePlacement: 'left',
      text: { titleSize: 13, valueSize: 18 },
      showUnfilled: true,
      sizing: 'auto',
      minVizWidth: 8,
      minVizHeight: 16,
      maxVizHeight: 40,
      legend: { displayMode: 'list', placement: 'bottom', showLegend: false, calcs: [] },
    },
  },

  barchart(title, description, targets, xField, unit, noValue='No data'):: panel(
    'barchart', title, description, targets, unit, noValue
  ) + p.defaults({
    color: { mode: 'palette-classic' },
    decimals: 0,
    min: 0,
    custom: {
      lineWidth: 0,
      fillOpacity: 85,
      gradientMode: 'none',
      axisPlacement: 'auto',
      axisLabel: '',
      axisColorMode: 'text',
      axisBorderShow: false,
      axisCenteredZero: false,
      scaleDistribution: { type: 'linear' },
      hideFrom: { legend: false, tooltip: false, viz: false },
      thresholdsStyle: { mode: 'off' },
    },
  }) + {
    options: {
      xField: xField,
      orientation: 'auto',
      barWidth: 0.85,
      barRadius: 0,
      groupWidth: 0.7,
      fullHighlight: false,
      stacking: 'normal',
      showValue: 'auto',
      xTickLabelRotation: 0,
      xTickLabelSpacing: 0,
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'none' },
    },
  },

  // columns: [column('label or Value #A', 'Title', …)], shown in this order; every other field is left out.
  // sort: [['Title', descending], …].
  table(title, description, exprs, columns, noValue, sort, group=null):: panel(
    'table',
    title,
    description,
    [p.table_query(exprs[i], std.char(65 + i)) for i in std.range(0, std.length(exprs) - 1)],
    'none',
    noValue
  ) + p.defaults({
    custom: { align: 'auto', cellOptions: { type: 'auto' }, filterable: true, inspect: false },
  }) + {
    options: {
      showHeader: true,
      cellHeight: 'sm',
      sortBy: [{ displayName: by[0], desc: by[1] } for by in sort],
    },
    transformations: (if std.length(exprs) > 1 then [{ id: 'merge', options: {} }] else [])
                     + (if group == null then [] else p.grouped(columns, group))
                     + [p.organize(columns, group)],
  } + p.overrides([
    // what the panel says when it is empty is not for empty cells
    { matcher: { id: 'byRegexp', options: '/.*/' }, properties: [{ id: 'noValue', value: '' }] },
  ] + [
    {
      matcher: { id: 'byName', options: c.title },
      properties: [{ id: key, value: c.properties[key] } for key in std.objectFields(c.properties)],
    }
    for c in columns
    if c.properties != {}
  ]),
  column(field, title, properties={}):: { field: field, title: title, properties: properties },

  // Fields in `group` become one comma-joined list for each row that is the same otherwise.
  grouped(columns, group):: [
    {
      id: 'groupBy',
      options: {
        fields: {
          [c.field]: if std.member(group, c.field)
          then { operation: 'aggregate', aggregations: ['uniqueValues'] }
          else { operation: 'groupby', aggregations: [] }
          for c in columns
        },
      },
    },
    {
      id: 'convertFieldType',
      options: {
        fields: {},
        conversions: [
          { targetField: field + ' (uniqueValues)', destinationType: 'string', joinWith: ', ' }
          for field in group
        ],
      },
    },
  ],
  organize(columns, group)::
    local name(c) = if group != null && std.member(group, c.field) then c.field + ' (uniqueValues)' else c.field;
    {
      id: 'organize',
      options: {
        indexByName: { [name(columns[i])]: i for i in std.range(0, std.length(columns) - 1) },
        renameByName: { [name(c)]: c.title for c in columns },
        // what is named here is shown, everything else is not
        includeByName: { [name(c)]: true for c in columns },
        excludeByName: {},
      },
    },

  // ---- properties of columns
  width(w):: { 'custom.width': w },
  unit(unit, decimals=null):: { unit: unit, [if decimals != null then 'decimals']: decimals },
  coloured(thresholds, mode='basic'):: {
    thresholds: thresholds,
    'custom.cellOptions': { type: 'color-background', mode: mode },
  },
  text(thresholds):: { thresholds: thresholds, 'custom.cellOptions': { type: 'color-text' } },
  mapped(mappings):: { mappings: mappings, 'custom.align': 'left', 'custom.cellOptions': { type: 'color-text' } },
  days(w=100):: p.unit('suffix:d', 0) + p.coloured(p.daysLeft) + p.width(w),
  date(w=155):: p.unit('time:YYYY-MM-DD HH:mm') + p.width(w),
  link(title, url):: { links: [{ title: title, url: url, targetBlank: false }] },
  // To the Certificate dashboard; the fields are titles of columns of the same row.
  toCertificate(name='Name', source='Source', level=null):: p.link(
    'All about this certificate',
    '/d/btp-cert-certificate?${__url_time_range}&${datasource:queryparam}&${job:queryparam}&${instance:queryparam}'
    + '&var-source=${__data.fields["%s"]:percentencode}&var-level=%s&var-name=${__data.fields["%s"]:percentencode}'
      % [source, if level == null then '${__data.fields["Level"]:percentencode}' else level, name]
  ),
  // The same in a column of the label `file` (q.file), beside which `fullName` has to stand.
  file(properties={}):: p.column('file', 'Name', p.toCertificate(name='Full name') + properties),
  fullName:: p.column('name', 'Full name', { 'custom.minWidth': 140 }),
  toSource(uid, title, source='Source'):: p.link(
    title,
    '/d/%s?${__url_time_range}&${datasource:queryparam}&${job:queryparam}&${instance:queryparam}&var-source=${__data.fields["%s"]:percentencode}' % [uid, source]
  ),

  // ---- rows
  row(title, collapsed=false):: {
    type: 'row',
    title: title,
    collapsed: collapsed,
    panels: [],
    gridPos: { w: 24, h: 1 },
  },
}
