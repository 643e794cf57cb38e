// A data source for Prometheus that does with queries, legends and tables what Grafana's does.
import { from, map, catchError, of } from 'rxjs';
import { DataSourceApi, toDataFrame } from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';

const LABEL_VALUES = /^label_values\((?:([^]+),\s*)?(\w+)\)$/;

// the values of a variable that is a list become a regular expression inside of a quoted string
function escape(value) {
  return value.replace(/\\/g, '\\\\\\\\').replace(/[$^*{}[\]'+?.()|]/g, '\\\\$&');
}
function format(value) {
  if (!Array.isArray(value)) {
    return value;
  }
  const all = value.map(escape);
  return all.length === 1 ? all[0] : `(${all.join('|')})`;
}

function legend(query, metric) {
  if (query.legendFormat) {
    return query.legendFormat.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, label) => metric[label] ?? '');
  }
  const labels = Object.entries(metric).filter(([label]) => label !== '__name__');
  return `${metric.__name__ ?? ''}{${labels.map(([label, value]) => `${label}="${value}"`).join(', ')}}`;
}

function tableFrame(query, result, several) {
  const labels = [...new Set(result.flatMap((series) => Object.keys(series.metric)))].sort();
  return toDataFrame({
    refId: query.refId,
    meta: { preferredVisualisationType: 'table' },
    fields: [
      { name: 'Time', type: 'time', values: result.map((series) => series.value[0] * 1000) },
      ...labels.map((label) => ({ name: label, type: 'string', values: result.map((series) => series.metric[label] ?? '') })),
      { name: several ? `Value #${query.refId}` : 'Value', type: 'number', values: result.map((series) => Number(series.value[1])) },
    ],
  });
}

function seriesFrame(query, series, step) {
  const points = series.values ?? [series.value];
  const { __name__: ignored, ...labels } = series.metric;
  return toDataFrame({
    refId: query.refId,
    fields: [
      { name: 'Time', type: 'time', config: series.values ? { interval: step * 1000 } : {}, values: points.map((point) => point[0] * 1000) },
      {
        name: 'Value', type: 'number', labels, config: { displayNameFromDS: legend(query, series.metric) },
        values: points.map((point) => Number(point[1])),
      },
    ],
  });
}

export class Prometheus extends DataSourceApi {
  constructor(url, scrapeInterval) {
    super({
      id: 1, uid: 'prometheus', name: 'Prometheus', type: 'prometheus', jsonData: {}, access: 'direct', readOnly: true,
      meta: { id: 'prometheus', name: 'Prometheus', type: 'datasource', module: '', baseUrl: '', info: { logos: { small: '', large: '' } } },
    });
    this.url = url;
    this.scrapeInterval = scrapeInterval;
    this.expressions = [];
  }

  async api(path, parameters) {
    const answer = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const document = await answer.json();
    if (document.status !== 'success') {
      throw new Error(document.error);
    }
    return document.data;
  }

  async one(query, request, several) {
    const step = Math.max(this.scrapeInterval, Math.ceil(request.intervalMs / 1000));
    const start = request.range.from.valueOf() / 1000;
    const end = request.range.to.valueOf() / 1000;
    const span = Math.round(end - start);
    const variables = {
      ...request.scopedVars,
      __interval: { value: `${step}s` },
      __interval_ms: { value: step * 1000 },
      __rate_interval: { value: `${Math.max(step + this.scrapeInterval, 4 * this.scrapeInterval)}s` },
      __range: { value: `${span}s` },
      __range_s: { value: span },
      __range_ms: { value: span * 1000 },
    };
    const expression = getTemplateSrv().replace(query.expr, variables, format);
    this.expressions.push(expression);
    if (query.instant) {
      const { result } = await this.api('query', { query: expression, time: end });
      return query.format === 'table' ? [tableFrame(query, result, several)] : result.map((series) => seriesFrame(query, series, step));
    }
    const { result } = await this.api('query_range', { query: expression, start: Math.floor(start / step) * step, end, step });
    return result.map((series) => seriesFrame(query, series, step));
  }

  async query(request) {
    const shown = request.targets.filter((query) => !query.hide);
    const frames = await Promise.all(shown.map((query) => this.one(query, request, shown.length > 1)));
    return { data: frames.flat() };
  }

  run(request) {
    const answer = { annotations: [], timeRange: request.range, request };
    return from(this.query(request)).pipe(
      map(({ data }) => ({ ...answer, state: 'Done', series: data })),
      catchError((error) => {
        window.pageErrors.push(`query: ${error.message}`);
        return of({ ...answer, state: 'Error', series: [], error: { message: error.message }, errors: [{ message: error.message }] });
      }),
    );
  }

  async metricFindQuery(query, options) {
    const text = getTemplateSrv().replace(typeof query === 'string' ? query : query.query, options?.scopedVars, format);
    const found = LABEL_VALUES.exec(text);
    const values = await this.api(`label/${found[2]}/values`, found[1] ? { 'match[]': found[1] } : {});
    return values.map((text) => ({ text, value: text }));
  }

  async testDatasource() {
    return { status: 'success', message: '' };
  }
}
