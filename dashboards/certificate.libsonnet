// One store: its certificates, who uses it, how it was renewed, and where else the same certificates are.
function(config)
  local q = (import 'lib/promql.libsonnet')(config);
  local p = (import 'lib/panels.libsonnet')(config);
  local d = (import 'lib/dashboard.libsonnet')(config);

  local store = ['source', 'level', 'name'];
  local headline = ['system_id'] + store;
  local expiry = q.select('btp_certificate_expiry_timestamp_seconds', headline);
  local expires = q.max(q.certificate, expiry);
  local earliest = q.select('btp_certificate_store_earliest_expiry_timestamp_seconds', store);
  local notBefore = q.max(q.certificate, q.select('btp_certificate_not_before_timestamp_seconds', store));
  local info = q.select('btp_certificate_info', store);
  local due(extra=[]) = q.select('btp_certificate_renewal_due_timestamp_seconds', store, extra);
  local reference = q.select('btp_certificate_reference', store);
  local first(family) = q.select(family, store, ['position="0"']);
  local entry = '{{source}} / {{level}} / {{entry}}';
  local facts = [
    'type',
    'role',
    'format',
    'subject',
    'issuer',
    'serial_number',
    'fingerprint_sha256',
    'public_key',
    'signature_algorithm',
    'san',
  ];

  local top = [
    p.stat(
      'State',
      'How the store could be read in the last refresh, at each place that has this name. Unless it is ok, not all of it is watched: locked needs a password in the configuration, unparsable needs another file.',
      [p.instant(q.max(q.store + ['state'], q.select('btp_certificate_store_state', store)), legend='{{state}}')],
      'none',
      p.blue,
      'not listed'
    ) + {
      options+: { textMode: 'name', colorMode: 'background_solid' },
      fieldConfig+: {
        overrides: [
          {
            matcher: { id: 'byName', options: state },
            properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: color } }],
          }
          for state in std.objectFields(p.storeStates[0].options)
          for color in [p.storeStates[0].options[state].color]
        ],
      },
    } + p.at(4, 4),
    p.stat(
      'Days left',
      'Days until the first leaf or intermediate of the store expires. The colours are the widest limits of the alerts: orange within %d days, red within %d.'
      % [config.expiry.warning.atMostDays, config.expiry.critical.atMostDays],
      q.wholeDays('min (%s)' % earliest),
      'suffix:d',
      p.daysLeft
    ) + p.defaults({ decimals: 0 }) + p.at(4, 4),
    p.stat(
      'First expiry',
      'The time at which the first leaf or intermediate of the store expires.',
      'min (%s) * 1000' % earliest,
      'time:YYYY-MM-DD'
    ) + { options+: { text: { valueSize: 30 } } } + p.at(4, 4),
    p.stat(
      'Renewal due',
      'When it should be renewed. An automatic renewal is late after this time; for a manual one it is the time to act.',
      [p.instant('min (%s) * 1000' % due(), legend='due')],
      'time:YYYY-MM-DD'
    ) + { options+: { text: { valueSize: 30 } } } + p.at(4, 4),
    p.stat(
      'Renewal',
      'Who renews it: automatic means that the service does so by itself, manual means that somebody has to.',
      [p.instant('count by (renewal) (%s)' % due(), legend='{{renewal}}')],
      'none'
    ) + { options+: { textMode: 'name', text: { titleSize: 30, valueSize: 30 } } } + p.at(4, 4),
    p.stat(
      'Used by',
      'How many destinations and fragments use it; they are listed below. 0: nobody in the sources that are read uses it, so it may be removed. unknown: no user is known, but not every level could be read in the last refresh.',
      'count (%s) or 0 * count (%s and %s (%s == 1))' % [
        q.max(['source', 'destination_level', 'destination', 'kind'], reference),
        q.select('btp_certificate_store_state', store),
        q.on(q.source),
        q.min(q.source, q.select('btp_source_level_up', ['source'])),
      ],
      'none'
    ) + p.defaults({ decimals: 0 }) + p.at(4, 4),
  ];

  local chain = p.table(
    'Certificates in it',
    'Each certificate by entry and position; a chain has its leaf first. A certificate that cannot be read leaves a gap in the positions. Where a column is empty, the source does not report it (a Cloud Connector reports no fingerprints).',
    [
      q.max(q.certificate + facts, info),
      q.wholeDays(expires),
      q.milliseconds(notBefore),
      q.milliseconds(expires),
    ],
    [
      p.column('source', 'Source', p.width(105)),
      p.column('level', 'Level', p.width(90)),
      p.column('entry', 'Entry', p.width(90)),
      p.column('position', '#', p.width(40)),
      p.column('role', 'Role', p.width(100)),
      p.column('Value #B', 'Days left', p.days(90)),
      p.column('subject', 'Subject', { 'custom.minWidth': 190 }),
      p.column('issuer', 'Issuer', { 'custom.minWidth': 190 }),
      p.column('Value #C', 'From', p.date(140)),
      p.column('Value #D', 'To', p.date(140)),
      p.column('serial_number', 'Serial', p.width(120)),
      p.column('public_key', 'Key', p.width(90)),
      p.column('signature_algorithm', 'Signature', p.width(130)),
      p.column('format', 'Format', p.width(75)),
      p.column('san', 'Names (SAN)', p.width(160)),
      p.column('fingerprint_sha256', 'SHA-256', p.width(160)),
    ],
    'No certificate in it could be read: see its state.',
    [['Source', false], ['Level', false], ['Entry', false], ['#', false]]
  ) + p.at(24, 8);

  local usedBy = p.table(
    'Who uses it',
    'The destinations and fragments that break when it expires, or when it is replaced by one that their partner does not trust. Inform their owners.',
    [q.max(q.store + ['destination', 'destination_level', 'kind', 'property'], reference)],
    [
      p.column('destination', 'Destination'),
      p.column('kind', 'Kind', p.width(95)),
      p.column('destination_level', 'Its level', p.width(95)),
      p.column('property', 'Property', p.width(150)),
      p.column('source', 'Source', p.width(100)),
      p.column('level', 'Level', p.width(95)),
    ],
    'No user is known from the sources.',
    [['Destination', false]]
  ) + p.at(12, 8);

  local elsewhere = p.table(
    'Also in',
    'Other stores, of any source, with a leaf or an intermediate of the same fingerprint. Roots are left out, since they are everywhere. Replace the leaf there, too.',
    [
      q.file(|||
        (
          %s
        )
        and on (fingerprint_sha256) %s
        unless on (%s) %s
      ||| % [
        q.max(
          q.certificate + ['role', 'subject', 'fingerprint_sha256'],
          q.select('btp_certificate_info', [], ['fingerprint_sha256!=""', 'role!="root"'])
        ),
        info,
        q.list(config.scopeLabels + q.store),
        info,
      ]),
    ],
    [
      p.column('role', 'Role', p.width(100)),
      p.file(),
      p.column('source', 'Source', p.width(130)),
      p.column('level', 'Level', p.width(110)),
      p.column('subject', 'Subject'),
      p.fullName,
    ],
    'Nowhere else.',
    [['Role', true]]
  ) + p.at(12, 8);

  local daysLeft = p.timeseries(
    'Days left over time',
    'Days until the first leaf or intermediate of the store expires. They fall by one each day; a jump upwards is a renewal. The lines are the widest limits of the alerts: %d and %d days.'
    % [config.expiry.warning.atMostDays, config.expiry.critical.atMostDays],
    [p.range(
      q.days(q.max(q.store, earliest)),
      '{{source}} / {{level}}'
    )],
    'suffix:d',
    custom={ thresholdsStyle: { mode: 'line' }, fillOpacity: 0 }
  ) + p.defaults({ thresholds: p.daysLeft, decimals: 1 }) + p.at(12, 9);

  local renewals = p.timeseries(
    'Valid from',
    'The history of its renewals: notBefore of the first certificate of each entry. The line is flat while nothing changes, and makes a step whenever another certificate takes its place.',
    [p.range(q.milliseconds(q.max(q.certificate, first('btp_certificate_not_before_timestamp_seconds'))), entry)],
    'time:YYYY-MM-DD',
    custom=p.stepped
  ) + p.at(12, 9);

  local which = p.timeline(
    'Current and previous certificate',
    'The first certificate of each entry, by serial number: each renewal ends one bar and begins the next. Two bars at the same place and time mean that two exporters do not agree.',
    [p.range(
      q.max(q.store + ['entry', 'serial_number'], first('btp_certificate_info')),
      '{{source}} / {{level}} / {{entry}} {{serial_number}}'
    )],
    p.mapping({ '1': ['present', 'blue'] })
  ) + p.at(16, 8);

  local labels = p.table(
    'Labels',
    'Labels that its owner gave it at the service, for example the team or the environment. They are read only with labels: true in the configuration of the source.',
    [q.max(q.store + ['key', 'value'], q.select('btp_certificate_label_info', store))],
    [
      p.column('key', 'Key'),
      p.column('value', 'Value'),
      p.column('source', 'Source', p.width(120)),
      p.column('level', 'Level', p.width(100)),
    ],
    'No labels.',
    [['Key', false]]
  ) + p.at(8, 8);

  d.new(
    'Certificate',
    'One certificate or keystore: its state, its chain, who uses it, how it was renewed, and where else the same certificate is.',
    [d.variables[name] for name in ['job', 'instance', 'system_id', 'source', 'level', 'name']],
    'now-30d',
    [
      top,
      [chain],
      [usedBy, elsewhere],
      [p.row('History')],
      [daysLeft, renewals],
      [which, labels],
    ]
  )
