// The panel types. Their real plugins are part of Grafana's core and in no package; these are made of the same
// components where @grafana/ui has them (time series, stat, bar gauge, table), and drawn plainly where it has not.
import React from 'react';
import * as data from '@grafana/data';
import * as ui from '@grafana/ui';
import { sceneUtils } from '@grafana/scenes';

const Empty = ({ panel }) => <div className="empty">{panel.fieldConfig.defaults.noValue || 'No data'}</div>;
const isEmpty = (panel) => !panel.data.series.some((frame) => frame.length > 0);

// what could not be drawn is said, and nothing else of the page is lost
class Guard extends React.Component {
  state = { error: null };
  static getDerivedStateFromError(error) {
    window.pageErrors.push(`panel: ${error.stack}`);
    return { error };
  }
  render() {
    return this.state.error ? <div>{String(this.state.error)}</div> : this.props.children;
  }
}

function TimeSeriesPanel(panel) {
  return (
    <ui.TimeSeries
      width={panel.width} height={panel.height} frames={panel.data.series} timeRange={panel.timeRange} timeZone={panel.timeZone}
      legend={panel.options.legend} options={panel.options} structureRev={panel.data.structureRev}
    />
  );
}

function displayValues(panel, theme, sparkline) {
  return data.getFieldDisplayValues({
    fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions, replaceVariables: panel.replaceVariables, theme,
    data: panel.data.series, sparkline, timeZone: panel.timeZone,
  });
}

function StatPanel(panel) {
  const theme = ui.useTheme2();
  const { orientation, colorMode, graphMode, justifyMode, textMode } = panel.options;
  const values = displayValues(panel, theme, graphMode !== 'none');
  return (
    <ui.VizRepeater
      getValues={() => values} source={panel.data} renderCounter={panel.renderCounter} width={panel.width} height={panel.height}
      orientation={orientation}
      renderValue={({ value, width, height, count }) => (
        <ui.BigValue
          value={value.display} sparkline={value.sparkline} width={width} height={height} count={count} colorMode={colorMode}
          graphMode={graphMode} justifyMode={justifyMode} textMode={textMode} text={panel.options.text} theme={theme}
        />
      )}
    />
  );
}

function BarGaugePanel(panel) {
  const theme = ui.useTheme2();
  const { orientation, displayMode, valueMode, namePlacement, showUnfilled, minVizHeight, maxVizHeight } = panel.options;
  const values = displayValues(panel, theme, false);
  return (
    <ui.VizRepeater
      getValues={() => values} source={panel.data} renderCounter={panel.renderCounter} width={panel.width} height={panel.height}
      orientation={orientation} itemSpacing={8} minVizHeight={minVizHeight} maxVizHeight={maxVizHeight} autoGrid
      getAlignmentFactors={(list) => data.getDisplayValueAlignmentFactors(list)}
      renderValue={({ value, alignmentFactors, width, height, count }) => (
        <ui.BarGauge
          value={value.display} width={width} height={height} orientation={orientation} field={value.field} display={value.view?.getFieldDisplayProcessor?.(value.colIndex)}
          theme={theme} itemSpacing={8} lcdCellWidth={12} displayMode={displayMode} valueDisplayMode={valueMode} namePlacement={namePlacement}
          showUnfilled={showUnfilled} alignmentFactors={alignmentFactors} isOverflow={false} text={panel.options.text} count={count}
        />
      )}
    />
  );
}

// the older of the two tables of @grafana/ui: the newer one needs a fork of react-data-grid that is in no registry
function TablePanel(panel) {
  return (
    <ui.Table
      data={panel.data.series[0]} width={panel.width} height={panel.height} noHeader={!panel.options.showHeader} resizable
      cellHeight={panel.options.cellHeight} initialSortBy={panel.options.sortBy} fieldConfig={panel.fieldConfig}
      replaceVariables={panel.replaceVariables} timeRange={panel.timeRange} columnMinWidth={60}
    />
  );
}

function Legend({ items }) {
  return (
    <div style={{ display: 'flex', gap: 16, justifyContent: 'center', fontSize: 12 }}>
      {items.map(({ name, color }) => (
        <span key={name}><span style={{ background: color, display: 'inline-block', width: 14, height: 4, marginRight: 6, verticalAlign: 'middle' }} />{name}</span>
      ))}
    </div>
  );
}

// stacked bars over a text field
function BarChartPanel(panel) {
  const theme = ui.useTheme2();
  const frame = panel.data.series[0];
  const x = frame.fields.find((field) => data.getFieldDisplayName(field, frame) === panel.options.xField);
  if (!x) {
    throw new Error(`the field ${panel.options.xField} is not there: ${frame.fields.map((field) => field.name)}`);
  }
  const series = frame.fields.filter((field) => field.type === 'number').map((field) => ({
    name: data.getFieldDisplayName(field, frame), color: data.getFieldSeriesColor(field, theme).color, values: field.values,
  }));
  const height = panel.height - 45;
  const totals = x.values.map((value, row) => series.reduce((sum, one) => sum + (one.values[row] || 0), 0));
  const top = Math.max(1, ...totals) * 1.15;
  const slot = panel.width / x.values.length;
  return (
    <div>
      <svg width={panel.width} height={panel.height - 22}>
        {x.values.map((value, row) => {
          let y = height;
          return (
            <g key={value}>
              {series.map((one) => {
                const size = ((one.values[row] || 0) / top) * height;
                y -= size;
                return <rect key={one.name} x={slot * row + slot * 0.08} width={slot * 0.84} y={y} height={size} fill={one.color} />;
              })}
              {totals[row] > 0 && <text x={slot * (row + 0.5)} y={y - 4} textAnchor="middle">{totals[row]}</text>}
              <text x={slot * (row + 0.5)} y={height + 16} textAnchor="middle">{value}</text>
            </g>
          );
        })}
        <line x1="0" x2={panel.width} y1={height} y2={height} stroke={theme.colors.border.strong} />
      </svg>
      <Legend items={series} />
    </div>
  );
}

// one line for each series, as long as the time that it had the value
function StateTimelinePanel(panel) {
  const theme = ui.useTheme2();
  const from = panel.timeRange.from.valueOf();
  const to = panel.timeRange.to.valueOf();
  const left = Math.min(320, panel.width * 0.42);
  const rows = panel.data.series.flatMap((frame) => frame.fields.filter((field) => field.type === 'number').map((field) => ({ frame, field })));
  const line = Math.min(34, (panel.height - 20) / rows.length);
  const place = (time) => left + ((time - from) / (to - from)) * (panel.width - left);
  return (
    <svg width={panel.width} height={panel.height}>
      {rows.map(({ frame, field }, row) => {
        const times = frame.fields[0].values;
        const interval = frame.fields[0].config.interval || 60000;
        const spans = [];
        field.values.forEach((value, index) => {
          const last = spans.at(-1);
          if (last && last.value === value && times[index] - last.end <= interval * 1.5) {
            last.end = times[index];
          } else {
            spans.push({ value, begin: times[index], end: times[index] });
          }
        });
        return (
          <g key={row}>
            <text x={left - 8} y={line * (row + 0.6)} textAnchor="end">{data.getFieldDisplayName(field, frame, panel.data.series)}</text>
            {spans.map((span) => {
              const shown = field.display(span.value);
              const end = Math.min(span.end + interval, to);
              const width = Math.max(1, place(end) - place(Math.max(from, span.begin)));
              return (
                <g key={span.begin}>
                  <rect x={place(Math.max(from, span.begin))} width={width} y={line * (row + 0.1)} height={line * 0.8} fill={shown.color} fillOpacity="0.8" />
                  {width > 90 && <text x={place(Math.max(from, span.begin)) + 6} y={line * (row + 0.6)} style={{ fill: theme.colors.getContrastText(shown.color) }}>{data.formattedValueToString(shown)}</text>}
                </g>
              );
            })}
          </g>
        );
      })}
      {[0.02, 0.25, 0.5, 0.75].map((part) => (
        <text key={part} x={left + part * (panel.width - left)} y={line * rows.length + 14}>
          {data.dateTimeFormat(from + part * (to - from), { format: to - from > 90000000 ? 'MM-DD' : 'HH:mm', timeZone: 'utc' })}
        </text>
      ))}
    </svg>
  );
}

// the options of a field that only this type has, with Grafana's defaults
const custom = (defaults) => (builder) => {
  for (const [path, value] of Object.entries(defaults)) {
    builder.addCustomEditor({
      id: path, path, name: path, description: '', editor: () => null, override: () => null, process: data.identityOverrideProcessor,
      shouldApply: () => true, defaultValue: value,
    });
  }
  return builder;
};

const SERIES = {
  drawStyle: 'line', lineInterpolation: 'linear', lineWidth: 1, fillOpacity: 0, gradientMode: 'none', showPoints: 'auto', pointSize: 5,
  spanNulls: false, insertNulls: false, stacking: { mode: 'none', group: 'A' }, axisPlacement: 'auto', axisLabel: '', axisColorMode: 'text',
  scaleDistribution: { type: 'linear' }, hideFrom: { legend: false, tooltip: false, viz: false }, thresholdsStyle: { mode: 'off' },
  lineStyle: undefined, axisSoftMin: undefined, axisSoftMax: undefined, barAlignment: 0, axisBorderShow: false, axisCenteredZero: false,
};
const CELLS = {
  cellOptions: { type: 'auto' }, align: 'auto', width: undefined, minWidth: undefined, filterable: undefined, inspect: false,
  hidden: undefined, hideFrom: undefined, wrapText: undefined, wrapHeaderText: undefined, footer: undefined, tooltip: undefined,
};
const STATES = { lineWidth: 0, fillOpacity: 70, spanNulls: false, insertNulls: false, hideFrom: { legend: false, tooltip: false, viz: false } };

export function registerPanels() {
  const register = (id, Draw, mode, fields, mayBeEmpty = false) => {
    const Panel = (panel) => (isEmpty(panel) && !mayBeEmpty ? <Empty panel={panel} /> : <Guard><Draw {...panel} /></Guard>);
    const plugin = new data.PanelPlugin(Panel).useFieldConfig({
      standardOptions: { [data.FieldConfigProperty.Color]: { defaultValue: { mode }, settings: { byValueSupport: true } } },
      useCustomConfig: custom(fields),
    });
    sceneUtils.registerRuntimePanelPlugin({ pluginId: id, plugin });
  };
  register('timeseries', TimeSeriesPanel, 'palette-classic', SERIES);
  register('stat', StatPanel, 'thresholds', {});
  register('bargauge', BarGaugePanel, 'thresholds', {});
  register('table', TablePanel, 'thresholds', CELLS);
  register('barchart', BarChartPanel, 'palette-classic', SERIES);
  register('state-timeline', StateTimelinePanel, 'thresholds', STATES);
}
