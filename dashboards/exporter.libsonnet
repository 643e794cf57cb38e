// The exporter itself: whether it runs, what it does with each source, what that costs.
function(config)
  local q = (import 'lib/promql.libsonnet')(config);
  local p = (import 'lib/panels.libsonnet')(config);
  local d = (import 'lib/dashboard.libsonnet')(config);

  local target(family, extra=[]) = q.select(family, [], extra);
  // Prometheus' own series of the target do not have the exporter's labels.
  local scrape(family) = family + '{job=~"$job", instance=~"$instance"}';
  local own(family, extra=[]) = q.select(family, ['source'], extra);
  local each = ['instance'];
  local build = 'max by (%s) (%s)' % [
    q.list(config.scopeLabels + each + ['version', 'revision', 'openssl', 'libcurl', 'libmicrohttpd']),
    target('btp_cert_exporter_build_info'),
  ];
  local rate(expr, window='$__rate_interval') = 'rate(%s[%s])' % [expr, window];
  local increase(expr, window='$__rate_interval') = 'increase(%s[%s])' % [expr, window];
  local quantile(share, labels, family) =
    'histogram_quantile(%g, sum %s (%s)) >= 0' % [share, q.by(labels + ['le']), rate(own(family))];
  local lastAttempt = q.max(q.source, own('btp_source_last_attempt_timestamp_seconds'));
  local lastSuccess = q.max(q.source, own('btp_source_last_success_timestamp_seconds'));
  local interval = q.max(q.source, own('btp_source_poll_interval_seconds'));
  local levelUp = q.min(['source', 'level'], q.select('btp_source_level_up', ['source', 'level']));
  local errors = own('btp_source_errors_total');
  local binding = q.select(
    'btp_certificate_expiry_timestamp_seconds', ['system_id', 'source', 'level'], ['level="binding"', 'role!="root"']
  );

  // ---- at a glance
  local top = [
    p.stat(
      'Exporters up',
      'Exporters that Prometheus could scrape, as a share of those chosen. If one is down, look at the process, its log, and the targets page of Prometheus. Nothing else on these dashboards is fresh then.',
      'avg (%s)' % scrape('up'),
      'percentunit',
      p.one
    ) + p.defaults({ decimals: 0 }) + p.at(3, 4),
    p.stat(
      'Running for',
      'Time since the last start of an exporter. If it is short again and again, the exporter crashes or is killed: look at memory below and at its log.',
      'time() - max (%s)' % target('process_start_time_seconds'),
      's',
      noValue='unknown'
    ) + p.defaults({ decimals: 1 }) + p.at(3, 4),
    p.stat(
      'Configuration',
      'Whether the configuration was accepted when it was last read. If not, the previous one stays in use: see the log, or run --config.check.',
      'min (%s)' % target('btp_cert_exporter_config_last_reload_successful'),
      'none',
      p.one,
      mappings=p.mapping({ '0': ['rejected', 'red'], '1': ['ok', 'green'] })
    ) + p.at(3, 4),
    p.stat(
      'Config age',
      'Time since an exporter last accepted its configuration; with several exporters, the longest of these times.',
      'time() - min (%s)' % target('btp_cert_exporter_config_last_reload_success_timestamp_seconds'),
      's'
    ) + p.defaults({ decimals: 1 }) + p.at(3, 4),
    p.stat(
      'Own credentials',
      'Days until the first X.509 credentials of the exporter itself (its service bindings) expire. After that it cannot read their sources. Create a new service key and point the exporter at it; mounted ones are read again by themselves.',
      q.wholeDays('min (%s)' % binding),
      'suffix:d',
      p.daysLeft,
      'none with X.509'
    ) + p.defaults({ decimals: 0 }) + p.at(3, 4),
    p.stat(
      'TLS not verified',
      'Sources that are configured to accept any server certificate: anybody in between can read the password. Give the source a ca_file or a fingerprint.',
      '(sum (%s) or 0 * count (%s))' % [
        q.max(q.source, own('btp_source_tls_verification_disabled')),
        q.select('btp_source_info', ['system_id', 'source']),
      ],
      'none',
      p.none('orange')
    ) + p.defaults({ decimals: 0 }) + p.at(3, 4),
    p.stat(
      'Series',
      'How many series Prometheus takes from the exporters at each scrape. The number grows with certificates and with the destinations that use them.',
      'sum (%s)' % scrape('scrape_samples_scraped'),
      'short'
    ) + p.at(3, 4),
    p.stat(
      'Errors',
      'Errors with any source within the time range; the table below says where and why.',
      'round(sum (%s))' % increase(errors, '$__range'),
      'none',
      p.none('orange')
    ) + p.defaults({ decimals: 0 }) + p.at(3, 4),
  ];

  local versions = p.table(
    'Versions',
    'The version of each exporter, and the libraries that it runs with (not those that it was built with). If versions differ for long, an upgrade is not finished.',
    [build],
    [
      p.column('instance', 'Instance', { 'custom.minWidth': 130 }),
      p.column('version', 'Version', p.width(75)),
      p.column('revision', 'Revision', p.width(105)),
      p.column('openssl', 'OpenSSL', p.width(80)),
      p.column('libcurl', 'libcurl', p.width(75)),
      p.column('libmicrohttpd', 'libmicrohttpd', p.width(110)),
    ],
    'No exporter is scraped.',
    [['Instance', false]]
  ) + p.at(9, 6);

  local sources = p.table(
    'Refreshes',
    'When each source was last tried and read, and when it is refreshed next at the latest; a source that failed is tried earlier. It is stale from %.1f missed refreshes on.' % config.missedRefreshes,
    [
      q.min(q.source, own('btp_source_up')),
      'time() - ' + lastSuccess,
      'time() - ' + lastAttempt,
      '%s + %s - time()' % [lastAttempt, interval],
      '(time() - %s) / %s' % [lastSuccess, interval],
      '%s / (%s > 0)' % [
        q.sum(q.source, own('btp_source_refresh_duration_seconds_sum')),
        q.sum(q.source, own('btp_source_refresh_duration_seconds_count')),
      ],
      q.sum(q.source, own('btp_source_refresh_duration_seconds_count')),
    ],
    [
      p.column('source', 'Source', p.toSource('btp-cert-landscape', 'What it holds')),
      p.column('Value #A', 'State', p.mapped(p.upDown) + p.width(75)),
      p.column('Value #B', 'Last success', p.unit('s', 1) + p.width(110) + { noValue: 'never' }),
      p.column('Value #C', 'Last attempt', p.unit('s', 1) + p.width(110)),
      p.column('Value #D', 'Next in', p.unit('s', 1) + p.width(90)),
      p.column('Value #E', 'Intervals', p.unit('none', 2) + p.text(
        p.steps([['green'], ['orange', 1.5], ['red', config.missedRefreshes]])
      ) + p.width(90)),
      p.column('Value #F', 'Takes', p.unit('s', 2) + p.width(90)),
      p.column('Value #G', 'Refreshes', p.unit('none', 0) + p.width(95)),
    ],
    'No source was tried yet.',
    [['Source', false]]
  ) + p.at(15, 6);

  // ---- refreshes
  local duration = p.timeseries(
    'Refresh duration',
    'How long the refreshes of each source took, on average. If they stay slow, the service is slow (see the latency below), or much has changed.',
    [p.range(
      '%s / (%s > 0)' % [
        q.sum(q.source, rate(own('btp_source_refresh_duration_seconds_sum'))),
        q.sum(q.source, rate(own('btp_source_refresh_duration_seconds_count'))),
      ],
      '{{source}}'
    )],
    's',
    'No refresh in this time range.',
    custom=p.rare
  ) + p.defaults({ min: 0 }) + p.at(8, 8);
  local levels = p.timeline(
    'Levels that could be read',
    'Red: in the refresh of that time the level could not be listed completely, or none of its stores could be read.',
    [p.range(levelUp, '{{source}} / {{level}}')],
    p.upDown
  ) + p.at(8, 8);
  local errorTable = p.table(
    'Errors by stage and reason',
    'Where and why something went wrong, within the time range and since the exporter started. token: the credentials; list, fetch: the service or the permission; decode: the content of a store (once per change); labels, references, saml_trust: further lists of the service.',
    [
      '%s > 0' % q.sum(['source', 'stage', 'reason'], errors),
      '%s or 0 * (%s > 0)' % [
        'round(%s) > 0' % q.sum(['source', 'stage', 'reason'], increase(errors, '$__range')),
        q.sum(['source', 'stage', 'reason'], errors),
      ],
    ],
    [
      p.column('source', 'Source'),
      p.column('stage', 'Stage', p.width(100)),
      p.column('reason', 'Reason', p.width(110)),
      p.column('Value #B', 'In range', p.unit('none', 0) + p.text(p.steps([['text'], ['orange', 1]])) + p.width(85)),
      p.column('Value #A', 'Since start', p.unit('none', 0) + p.width(95) + { noValue: '0' }),
    ],
    'No errors.',
    [['In range', true]]
  ) + p.at(8, 8);

  // ---- requests
  local requests = p.timeseries(
    'Requests by answer',
    'HTTP requests that the exporter sent, by class of the answer. 3xx is good: the certificate has not changed. 4xx points to credentials or permissions, 5xx and none (no answer at all) to the service or the network.',
    [p.range(
      '%s > 0' % q.sum(['code_class'], increase(own('btp_api_requests_total'))),
      '{{code_class}}'
    )],
    'none',
    'No request in this time range.',
    custom=p.bars,
    calcs=['sum']
  ) + p.defaults({ min: 0, decimals: 0 }) + p.at(8, 8);
  local endpoints = p.table(
    'Requests by endpoint',
    'How many requests of each kind the exporter sent within the time range and since it started, and how many of these were answered with 4xx, 5xx or not at all. A 404 can be an ordinary answer, for example when no SAML certificate exists.',
    [
      q.sum(['source', 'endpoint'], own('btp_api_requests_total')),
      'round(%s)' % q.sum(['source', 'endpoint'], increase(own('btp_api_requests_total'), '$__range')),
      '%s or 0 * %s' % [
        q.sum(['source', 'endpoint'], own('btp_api_requests_total', ['code_class=~"4xx|5xx|none"'])),
        q.sum(['source', 'endpoint'], own('btp_api_requests_total')),
      ],
      '%s / %s' % [
        q.sum(['source', 'endpoint'], own('btp_api_request_duration_seconds_sum')),
        q.sum(['source', 'endpoint'], own('btp_api_request_duration_seconds_count')),
      ],
    ],
    [
      p.column('source', 'Source', p.width(130)),
      p.column('endpoint', 'Endpoint'),
      p.column('Value #B', 'In range', p.unit('none', 0) + p.width(80)),
      p.column('Value #A', 'Since start', p.unit('none', 0) + p.width(95)),
      p.column('Value #C', '4xx, 5xx, none', p.unit('none', 0) + p.text(p.steps([['text'], ['orange', 1]])) + p.width(115)),
      p.column('Value #D', 'Takes', p.unit('s', 2) + p.width(80)),
    ],
    'No request was sent, for example because only directories are read.',
    [['Since start', true]]
  ) + p.at(16, 9);
  local latency = p.timeseries(
    'Latency of the services',
    'How long requests took, from the first byte sent to the last byte received: half of them took at most the time of the lower line, 95 of 100 at most that of the upper one.',
    [
      p.range(quantile(0.5, [], 'btp_api_request_duration_seconds_bucket'), 'p50'),
      p.range(quantile(0.95, [], 'btp_api_request_duration_seconds_bucket'), 'p95', 'B'),
    ],
    's',
    'No request in this time range.',
    custom=p.rare
  ) + p.defaults({ min: 0 }) + p.at(8, 8);
  local unchanged = p.timeseries(
    'Share of unchanged stores',
    'Stores whose content had not changed and was not read again, as a share of all stores. It is near 100 % in a quiet landscape; if it is low, something changes all the time, or a proxy removes the ETag.',
    [
      p.range(
        '%(hits)s / ((%(hits)s + %(misses)s) > 0)' % {
          hits: q.sum(q.source, increase(own('btp_certificate_cache_hits_total'))),
          misses: q.sum(q.source, increase(own('btp_certificate_cache_misses_total'))),
        },
        '{{source}}'
      ),
    ],
    'percentunit',
    'No refresh in this time range.',
    custom=p.rare
  ) + p.defaults({ min: 0, max: 1 }) + p.at(8, 9);
  local notModified = p.timeseries(
    'Share of 304 answers',
    'Share of the requests for a certificate that the service answered with "not modified", so that nothing was sent again. It is 0 for a source that reads whole collections.',
    [p.range(
      '(%(same)s or 0 * %(all)s) / (%(all)s > 0)' % {
        same: q.sum(q.source, increase(own('btp_api_requests_total', ['endpoint=~"certificate.*"', 'code_class="3xx"']))),
        all: q.sum(q.source, increase(own('btp_api_requests_total', ['endpoint=~"certificate.*"']))),
      },
      '{{source}}'
    )],
    'percentunit',
    'No request for certificates in this time range.',
    custom=p.rare
  ) + p.defaults({ min: 0, max: 1 }) + p.at(8, 8);

  // ---- being asked
  local answered = p.timeseries(
    'Requests that were answered',
    'Requests that the exporter itself answered, by route and status. 401: somebody uses a wrong password. 503 at /metrics: too many scrapes at once. 429: the rate limit.',
    [p.range(
      '%s > 0' % q.sum(['handler', 'code'], rate(target('btp_cert_exporter_http_requests_total'))),
      '{{handler}} {{code}}'
    )],
    'reqps',
    custom={ fillOpacity: 0 }
  ) + p.defaults({ min: 0 }) + p.at(8, 8);
  local scrapes = p.timeseries(
    'Scrape duration',
    'How long a scrape takes as Prometheus sees it, and how long 99 of 100 pages take to be made inside the exporter. Sources do not influence it: a scrape never waits for them.',
    [
      p.range('max by (instance) (%s)' % scrape('scrape_duration_seconds'), '{{instance}} scrape'),
      p.range(
        'histogram_quantile(0.99, sum by (instance, le) (%s)) >= 0' % rate(target('btp_cert_exporter_scrape_duration_seconds_bucket')),
        '{{instance}} page p99',
        'B'
      ),
    ],
    's',
    custom={ fillOpacity: 0 }
  ) + p.defaults({ min: 0 }) + p.at(8, 8);

  // ---- the process
  local perInstance(title, description, family, unit, expr='%s', extra=[]) = p.timeseries(
    title,
    description,
    [p.range('max by (instance) (%s)' % expr % target(family), '{{instance}}')] + extra,
    unit,
    'Switched off by --web.disable-exporter-metrics.',
    custom={ fillOpacity: 0 }
  ) + p.defaults({ min: 0 });
  local memory = perInstance(
    'Memory',
    'Memory of the process that is in RAM. It should be flat, since it depends on the number of certificates, not on the time.',
    'process_resident_memory_bytes',
    'bytes'
  ) + p.at(8, 8);
  local cpu = perInstance(
    'Processor',
    'Processor time of the process, in cores. Peaks come with refreshes.',
    'process_cpu_seconds_total',
    'none',
    'rate(%s[$__rate_interval])'
  ) + p.at(8, 8);
  local files = perInstance(
    'Open files',
    'Open file descriptors and their limit. Near the limit no request can be sent or answered.',
    'process_open_fds',
    'none',
    extra=[p.range('max by (instance) (%s)' % target('process_max_fds'), '{{instance}} limit', 'B')]
  ) + p.defaults({ decimals: 0 }) + {
    fieldConfig+: {
      overrides: [{
        matcher: { id: 'byFrameRefID', options: 'B' },
        properties: [
          { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
          { id: 'color', value: { mode: 'fixed', fixedColor: 'red' } },
        ],
      }],
    },
  } + p.defaults({ custom+: { scaleDistribution: { type: 'log', log: 10 } }, min:: null }) + p.at(8, 8);
  local threads = perInstance(
    'Threads',
    'Threads of the process: workers, web server, and current transfers.',
    'process_threads',
    'none'
  ) + p.defaults({ decimals: 0 }) + p.at(8, 8);

  d.new(
    'Exporter',
    'btp_cert_exporter itself: whether it runs and reads its sources, what goes wrong, and what that costs.',
    [d.variables[name] for name in ['job', 'instance', 'system_id', 'source', 'level']],
    'now-6h',
    [
      top,
      [sources, versions],
      [p.row('What the refreshes do')],
      [duration, levels, errorTable],
      [p.row('Requests to the services')],
      [requests, latency, notModified],
      [endpoints, unchanged],
      [p.row('Process')],
      [answered, scrapes, memory],
      [cpu, files, threads],
    ]
  )
