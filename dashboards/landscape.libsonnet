// What expires and when, who is affected, and how fresh that knowledge is, for every source at once.
function(config)
  local q = (import 'lib/promql.libsonnet')(config);
  local p = (import 'lib/panels.libsonnet')(config);
  local d = (import 'lib/dashboard.libsonnet')(config);

  local critical = config.expiry.critical.atMostDays;
  local warning = config.expiry.warning.atMostDays;
  local far = 90;
  local rows = 200;
  local months = 12;

  // ---- queries
  local headline = ['system_id', 'source', 'level', 'role'];
  local expiry = q.select('btp_certificate_expiry_timestamp_seconds', headline);
  local expires = q.max(q.certificate + ['system_id'], expiry);
  // Every certificate has these two, whether its expiry is known or not. (System ids are in the choice of sources.)
  local certificates = q.max(q.certificate, q.select('btp_certificate_info', ['source', 'level', 'role']));
  local expired = '%s and %s %s' % [
    q.max(q.certificate, q.select('btp_certificate_status', ['source', 'level'], ['status="expired"'])),
    q.on(q.certificate),
    certificates,
  ];
  local within(days) = 'sum (%s < bool (time() + %d * 86400)) - sum (%s < bool time())' % [expires, days, expires];
  local sourceWithin(days) =
    'sum %s (%s < bool (time() + %d * 86400)) - sum %s (%s < bool time())'
    % [q.by(q.source), expires, days, q.by(q.source), expires];
  local states(extra=[]) =
    q.max(q.store + ['state'], q.select('btp_certificate_store_state', ['source', 'level'], extra));
  local problems = states(['state!="ok"']);
  local missing = q.max(
    ['source', 'destination_level', 'destination', 'kind', 'property', 'name'],
    q.select('btp_destination_certificate_missing', ['source', 'destination_level'])
  );
  local up = q.min(q.source, q.select('btp_source_up', ['source']));
  local levelUp = q.min(['source', 'level'], q.select('btp_source_level_up', ['source', 'level']));
  // What is missing can be said of sources whose two levels were read; nothing refers to anything in other kinds.
  local withReferences =
    q.max(q.source, q.select('btp_source_info', ['system_id', 'source'], ['kind="destination-service"']));
  local bothLevelsUp = '(%s == 2)' % q.count(q.source, q.min(
    ['source', 'level'], q.select('btp_source_level_up', ['source'], ['level=~"subaccount|instance"'])
  ) + ' == 1');
  local info = q.facts(
    q.source, ['system_id', 'name', 'kind'], q.select('btp_source_info', ['system_id', 'source'])
  );
  local age = 'time() - ' + q.max(q.source, q.select('btp_source_last_success_timestamp_seconds', ['source']));
  local interval = q.max(q.source, q.select('btp_source_poll_interval_seconds', ['source']));
  local due(extra=[]) =
    q.select('btp_certificate_renewal_due_timestamp_seconds', ['source', 'level'], extra);
  local renewal = q.facts(q.certificate, ['renewal'], due()) + ' ^ 0';

  // with the name of every destination, and how it is renewed
  local next = 'bottomk (%d, %s)' % [rows, q.join(
    q.max(q.certificate + ['system_id', 'type', 'role', 'issuer', 'destination'], expiry),
    q.certificate,
    ['renewal'],
    '(' + renewal + ')'
  )];

  // How many expire in each month: count_values makes a label of the month. The second part gives each of the coming
  // months a 0, from the middle of each month on, so that none is skipped and none comes twice.
  local month(expr) = '"month", year(%s) * 100 + month(%s)' % [expr, expr];
  local coming = '(time() + (15 - scalar(day_of_month())) * 86400 + 2629800 * (%s))' % std.join(' or ', [
    'label_replace(vector(%d), "n", "%d", "", "")' % [n, n]
    for n in std.range(0, months - 1)
  ]);
  local someSystem = 'topk (1, count by (system_id) (%s))' % q.select('btp_source_info', ['system_id', 'source']);
  local perMonth =
    local counted = 'count_values by (system_id) (%s)' % month('(%s >= time() < time() + 366 * 86400)' % expires);
    local zero = '0 * (count_values (%s) * on () group_left (system_id) %s)' % [month(coming), someSystem];
    |||
      label_replace(
        label_replace(%s or %s, "month", "$1-$2", "month", "(....)(..)"),
        "system_id", "no system id", "system_id", ""
      )
    ||| % [counted, zero];

  local shared = q.count(
    ['fingerprint_sha256'],
    q.max(
      q.certificate + ['fingerprint_sha256'],
      q.select('btp_certificate_info', ['source', 'level', 'role'], ['fingerprint_sha256!=""'])
    )
  );
  local sharedPlaces = |||
    topk (%d,
      max by (%s) (
        %s
      )
      * on (%s) group_left () (%s > 1)
    )
  ||| % [
    5 * rows,
    q.list(config.scopeLabels + q.store + ['subject', 'fingerprint_sha256']),
    q.select('btp_certificate_info', ['source', 'level', 'role'], ['fingerprint_sha256!=""']),
    q.list(config.scopeLabels + ['fingerprint_sha256']),
    shared,
  ];

  // ---- panels
  local count(title, description, expr, thresholds) =
    p.stat(title, description, expr, 'none', thresholds) + p.at(3, 4) + p.defaults({ decimals: 0 });
  local number(color) = p.unit('none', 0) + p.text(p.steps([['text'], [color, 1]])) + p.width(95);

  local overview = [
    count(
      'Certificates',
      'All certificates that the chosen sources hold. Every certificate of a chain counts, once for each place.',
      'count (%s)' % certificates,
      p.neutral
    ),
    count(
      'Expired',
      'Certificates that have expired. A leaf or an intermediate that is still used breaks every call through it: replace it, then remove it. Roots often stay in trust stores for ever; set Role to leave them out.',
      '(count (%s) or 0 * count (%s))' % [expired, certificates],
      p.none('dark-red')
    ),
    count(
      '≤ %d days left' % critical,
      'Certificates that expire very soon; the limit is that of the critical alert. Those that renew themselves are counted, too: see the column Renewal below.',
      within(critical),
      p.none('red')
    ),
    count(
      '≤ %d days left' % warning,
      'This includes the previous panel; the limit is that of the warning. Order the new certificates now.',
      within(warning),
      p.none('orange')
    ),
    count(
      '≤ %d days left' % far,
      'This includes the two previous panels. Use it to plan the quarter.',
      within(far),
      p.none('blue')
    ),
    count(
      'Stores with problems',
      'Stores that are listed but not in the state ok (empty ones, too): their certificates are not watched, or not all of them. The list is below.',
      '(count (%s) or 0 * count (%s))' % [problems, states()],
      p.none('orange')
    ),
    count(
      'Missing',
      'Destinations and fragments that name a certificate which is on no level: every call through them fails. The list is below. unknown: no source had both levels readable in the last refresh; the page and the API of the exporter say what was missing before.',
      '(count (%s) or 0 * count (%s) or 0 * (count (%s) unless on () count (%s)))'
      % [missing, bothLevelsUp, up, withReferences],
      p.none('red')
    ),
    count(
      'Sources down',
      'Sources of which not every level could be read in the last refresh. Their certificates are shown as they were last seen.',
      'sum (1 - %s)' % up,
      p.none('red')
    ),
  ];

  local sources = p.table(
    'Sources',
    'One line for each source. "Seen" is the age of its inventory; it should not exceed the poll interval for long. Click on a source to see what the exporter does with it.',
    [
      info,
      up,
      q.count(q.source, certificates),
      q.wholeDays(q.min(q.source, expires)),
      '(%s or 0 * %s)' % [q.count(q.source, expired), q.count(q.source, certificates)],
      sourceWithin(critical),
      sourceWithin(warning),
      sourceWithin(far),
      '(%s or 0 * %s)' % [q.count(q.source, problems), q.count(q.source, states())],
      '(%s or 0 * %s or 0 * (%s unless %s %s))'
      % [q.count(q.source, missing), bothLevelsUp, up, q.on(q.source), withReferences],
      age,
    ],
    [
      p.column('system_id', 'System id', p.width(100)),
      p.column('source', 'Source', p.width(150) + p.toSource('btp-cert-exporter', 'How it is read')),
      p.column('name', 'Name', { 'custom.minWidth': 200 }),
      p.column('kind', 'Kind', p.width(140)),
      p.column('Value #B', 'State', p.mapped(p.upDown) + p.width(70)),
      p.column('Value #K', 'Seen', p.unit('s', 0) + p.width(90) + { noValue: 'never' }),
      p.column('Value #D', 'First expiry', p.days()),
      p.column('Value #C', 'Certificates', p.unit('none', 0) + p.width(105)),
      p.column('Value #E', 'Expired', number('red') + p.width(85)),
      p.column('Value #F', '≤ %d days' % critical, number('red')),
      p.column('Value #G', '≤ %d days' % warning, number('orange')),
      p.column('Value #H', '≤ %d days' % far, number('blue')),
      p.column('Value #I', 'Problems', number('orange') + p.width(110)),
      p.column('Value #J', 'Missing', number('red') + p.width(95) + { noValue: 'unknown' }),
    ],
    'No source is known: is the exporter scraped?',
    [['System id', true], ['Source', false]]
  ) + p.at(24, 7);

  local timeline = p.barchart(
    'Expiring per month, for %d months' % months,
    'How many certificates expire in each month (UTC), for each system id, without those that have already expired. Plan for the months with high bars: move renewals forward.',
    [p.table_query(perMonth)],
    'Month',
    'none'
  ) + {
    transformations: [
      {
        id: 'groupingToMatrix',
        options: { columnField: 'system_id', rowField: 'month', valueField: 'Value', emptyValue: 'null' },
      },
      { id: 'organize', options: { renameByName: { 'month\\system_id': 'Month' }, indexByName: {}, excludeByName: {} } },
      { id: 'sortBy', options: { fields: {}, sort: [{ field: 'Month', desc: false }] } },
    ],
  } + p.at(24, 8);

  local whatExpires = p.table(
    'What expires next',
    'The next certificates to expire, after those that have expired: one line for each certificate, with everybody who uses it. Renewal says whether the service renews it by itself. Click on a name for its chain, its history and where else it is.',
    [q.file(q.wholeDays('(' + next + ')')), q.file(q.milliseconds(next))],
    [
      p.column('Value #A', 'Days left', p.days(90)),
      p.file({ 'custom.minWidth': 180 }),
      p.column('entry', 'Entry', p.width(95)),
      p.column('destination', 'Used by', { 'custom.minWidth': 220 }),
      p.column('renewal', 'Renewal', p.width(90)),
      p.column('source', 'Source', p.width(130)),
      p.column('system_id', 'System id', p.width(90)),
      p.column('level', 'Level', p.width(95)),
      p.column('role', 'Role', p.width(95)),
      p.column('type', 'Type', p.width(105)),
      p.column('Value #B', 'Expires', p.date(140)),
      p.column('issuer', 'Issuer', { 'custom.minWidth': 160 }),
      p.fullName,
    ],
    'No certificate is known.',
    [['Days left', false]],
    ['destination']
  ) + p.at(24, 13);

  local levels = p.timeline(
    'Levels that could be read',
    'Red: in the refresh of that time the level could not be listed completely, or none of its stores could be read. Its certificates are shown as they were last seen. The reasons are on the dashboard Exporter.',
    [p.range(levelUp, '{{source}} / {{level}}')],
    p.upDown
  ) + p.at(12, 9);

  local problemTable = p.table(
    'Stores that cannot be read completely',
    'Certificates in these stores are not watched, or not all of them. locked: give the exporter the password. unparsable: somebody uploaded something else; replace or remove it. partial: some certificates are shown, others are not. empty: remove it. forbidden: the service key or the file permission is not sufficient.',
    [q.file(problems)],
    [
      p.column('state', 'State', p.mapped(p.storeStates) + p.width(110)),
      p.file(),
      p.column('level', 'Level', p.width(110)),
      p.column('source', 'Source', p.width(150)),
      p.fullName,
    ],
    'No store with a problem is known.',
    [['State', true]]
  ) + p.at(12, 9);

  local missingTable = p.table(
    'Certificates that are missing',
    'A destination or fragment names a certificate that exists on no level (names are case-sensitive): calls through it fail. Upload it, correct the name, or remove the destination.',
    [missing],
    [
      p.column('name', 'Missing'),
      p.column('destination', 'Needed by'),
      p.column('kind', 'Kind', p.width(95)),
      p.column('property', 'Property', p.width(160)),
      p.column('destination_level', 'Level', p.width(95)),
      p.column('source', 'Source', p.width(100)),
    ],
    'No certificate is known to be missing. This can be known only of sources whose levels are up.',
    [['Missing', false]]
  ) + p.at(12, 7);

  local overdue = p.table(
    'Automatic renewals that are late',
    'Certificates that should have renewed themselves and have not. After the grace period of the alert (%d hours), find out why, or replace them by hand. Cloud Connector: automatic renewal has to be allowed in the cockpit, too.' % config.renewalGraceHours,
    [
      '(time() - %s) > 0' % q.max(q.certificate, due(['renewal="automatic"'])),
      q.wholeDays('(%s and %s %s < time())' % [
        q.max(q.certificate, expiry),
        q.on(q.certificate),
        q.max(q.certificate, due(['renewal="automatic"'])),
      ]),
    ],
    [
      p.column('Value #A', 'Late by', p.unit('s', 1) + p.coloured(
        p.steps([['orange'], ['red', config.renewalGraceHours * 3600]])
      ) + p.width(110)),
      p.column('Value #B', 'Days left', p.days()),
      p.column('name', 'Name', p.toCertificate()),
      p.column('level', 'Level', p.width(110)),
      p.column('source', 'Source', p.width(150)),
    ],
    'No automatic renewal is known to be late.',
    [['Late by', true]]
  ) + p.at(12, 7);

  local freshness = p.bargauge(
    'Age of the inventory, in poll intervals',
    'Time since the last successful refresh, divided by the poll interval: up to 1 is normal, from %.1f on the alert says that it is stale. A source that was never read is not shown here: see the table Sources.' % config.missedRefreshes,
    '(%s) / %s' % [age, interval],
    '{{source}}',
    'none',
    p.steps([['green'], ['orange', 1.5], ['red', config.missedRefreshes]]),
    max=config.missedRefreshes
  ) + p.defaults({ decimals: 2 }) + p.at(8, 9);

  local size = p.timeseries(
    'Certificates over time',
    'How many certificates each source holds. A sudden fall without a reason means that somebody deleted them, or that the exporter may no longer see them (permission, filter).',
    [p.range(
      'sum %s (%s)' % [
        q.by(q.source),
        q.max(['source', 'level'], q.select('btp_certificates', ['source', 'level'])),
      ],
      '{{source}}'
    )],
    'none',
    custom=p.stepped
  ) + p.defaults({ min: 0, decimals: 0 }) + p.at(8, 9);

  local status = p.timeseries(
    'Status over time',
    'How many certificates are expiring (within 30 days), expired, not yet valid, or of unknown expiry. Valid ones are left out. The lines should go back to 0.',
    [p.range(
      'count by (status) (%s) or label_replace(0 * count (%s), "status", "expired", "", "")' % [
        q.max(
          q.certificate + ['status'],
          q.select('btp_certificate_status', ['source', 'level'], ['status!="valid"'])
        ),
        q.select('btp_certificate_status', ['source', 'level']),
      ],
      '{{status}}'
    )],
    'none',
    custom=p.stepped
  ) + p.defaults({ min: 0, decimals: 0 }) + p.at(8, 9);

  local places = p.table(
    'The same certificate in several places',
    'By fingerprint: to replace such a certificate means to replace it everywhere. From %d places on, one alert covers them all. Certificates of Cloud Connectors are not shown here, since these report no fingerprints.' % config.manyPlaces,
    [sharedPlaces],
    [
      p.column('Value', 'Places', p.unit('none', 0) + p.text(p.steps([['text'], ['orange', config.manyPlaces]])) + p.width(80)),
      p.column('subject', 'Subject'),
      p.column('source', 'Sources', p.width(200)),
      p.column('name', 'Names'),
      p.column('fingerprint_sha256', 'Fingerprint', p.width(180)),
    ],
    'No certificate is in more than one place.',
    [['Places', true]],
    ['source', 'name']
  ) + p.at(24, 9);

  d.new(
    'Landscape',
    'Every certificate that the SAP BTP landscape depends on: what expires next, who uses it, what is broken, and how fresh that knowledge is.',
    [d.variables[name] for name in ['job', 'instance', 'system_id', 'source', 'level', 'role']],
    'now-7d',
    [
      overview,
      [sources],
      [timeline],
      [whatExpires],
      [p.row('What is broken')],
      [levels, problemTable],
      [missingTable, overdue],
      [p.row('Freshness, size, duplicates')],
      [freshness, size, status],
      [places],
    ]
  )
