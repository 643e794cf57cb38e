// SAP Cloud Connectors: the certificates that somebody must refresh, tunnels, pairs, the machine.
function(config)
  local q = (import 'lib/promql.libsonnet')(config);
  local p = (import 'lib/panels.libsonnet')(config);
  local d = (import 'lib/dashboard.libsonnet')(config);

  local warning = config.expiry.warning.atMostDays;
  local account = ['source', 'region_host', 'subaccount'];

  local own(family, extra=[]) = q.select(family, ['source'], extra);
  local expiry(types) =
    q.select('btp_certificate_expiry_timestamp_seconds', ['system_id', 'source'], ['level="connector"', 'type=~"%s"' % types]);
  // name is subaccount/<region host>/<subaccount>: the labels that the other families have
  local parts(expr) =
    'label_replace(label_replace(%s, "region_host", "$1", "name", "subaccount/([^/]+)/.*"), "subaccount", "$1", "name", "subaccount/[^/]+/(.*)")' % expr;
  local ofAccounts(labels, expr) = q.max(account + labels, parts(expr));
  local accountFacts = q.facts(account, ['display_name', 'location_id'], own('sapcc_subaccount_info'));
  local named(expr) = q.join(expr, account, ['display_name'], accountFacts);
  local due(extra=[]) =
    q.select('btp_certificate_renewal_due_timestamp_seconds', ['source'], ['level="connector"', 'name=~"subaccount/.*"'] + extra);
  local up = q.min(q.source, own('btp_source_up'));
  local tunnel(extra=[]) = q.max(account, own('sapcc_subaccount_tunnel_state', extra));
  local served = q.max(q.source, own('sapcc_tls_peer_certificate_not_after_timestamp_seconds'));
  local configured = q.max(q.source, q.select(
    'btp_certificate_expiry_timestamp_seconds', ['system_id', 'source'], ['level="connector"', 'name="ui"']
  ));
  local connected = 'Connected';
  local memory(kind) = '1 - %s / %s' % [
    q.max(q.source, own('sapcc_memory_bytes', ['memory="%s"' % kind, 'used_by="free"'])),
    q.max(q.source, own('sapcc_memory_size_bytes', ['memory="%s"' % kind])),
  ];

  // A subaccount certificate that does not renew itself and expires soon, or whose automatic renewal has given up: it
  // does so seven days after its first attempt.
  local gaveUp = '(%s + 7 * 86400 < bool time())' % ofAccounts([], due(['renewal="automatic"']));
  local manualSoon = '(%s < bool (time() + %d * 86400)) * %s (%s ^ 0)' % [
    ofAccounts([], expiry('subaccount')),
    warning,
    q.on(account),
    ofAccounts([], due(['renewal="manual"'])),
  ];

  // ---- at a glance
  local count(title, description, expr, thresholds) =
    p.stat(title, description, expr, 'none', thresholds) + p.at(3, 4) + p.defaults({ decimals: 0 });
  local top = [
    count(
      'Down',
      'Cloud Connectors that could not be read completely in the last refresh. The panels below show older values then, or none. See the endpoints at the bottom and the dashboard Exporter.',
      'sum (1 - %s)' % up,
      p.none()
    ),
    count(
      'Refresh by hand',
      'Subaccount certificates that expire within %d days and do not renew themselves, or whose automatic renewal has given up. Somebody must refresh them in the administration of the connector.' % warning,
      'sum (%s or %s)' % [manualSoon, gaveUp],
      p.none()
    ),
    count(
      'Tunnels down',
      'Tunnels in another state than Connected. Disconnected may be on purpose; ConnectFailure is not: often the certificate of the subaccount has expired.',
      'sum (1 - %s)' % tunnel(['state="%s"' % connected]),
      p.none('orange')
    ),
    count(
      'Channels down',
      'Enabled service channels without a connection: calls through them to the subaccount fail.',
      'sum (1 - %s)' % q.max(account + ['type', 'id'], own('sapcc_service_channel_connected')),
      p.none('orange')
    ),
    count(
      'Alerts',
      'Alerts that the connectors list themselves (from version 2.19 on); the table below has them by type.',
      '(sum (%s) or 0 * sum (%s))' % [q.max(['source', 'type', 'status', 'origin'], own('sapcc_alerts')), up],
      p.none('orange')
    ),
    count(
      'UI: restart',
      'Connectors that serve another certificate than the one that is configured for their UI. Either a new one waits for a restart, or a proxy in between serves its own.',
      'sum (abs(%s - %s) > bool 3600)' % [served, configured],
      p.none('orange')
    ),
    count(
      'Trusts all',
      'Connectors that accept any certificate of a back end. Switch this off once the trust store holds all certificates that are needed.',
      'sum (%s)' % q.max(q.source, own('sapcc_backend_trust_all')),
      p.none('orange')
    ),
    count(
      'Corrupted',
      'Subaccounts whose files the connector could not load (from 2.19.1 on). Restore them from a backup, or set them up again.',
      'sum (%s)' % q.max(q.source, own('sapcc_corrupted_subaccounts')),
      p.none()
    ),
  ];

  local subaccounts = p.table(
    'Subaccount certificates',
    'The certificate of each tunnel. When it has expired, the tunnel goes on until it has to reconnect; then all on-premise access of the subaccount stops. manual: refresh it in the administration of the connector. automatic: the first attempt is at "Due", and 7 days later the connector gives up. Both instances of a high availability pair show the same certificate.',
    [
      q.wholeDays(ofAccounts(['name'], expiry('subaccount'))),
      q.milliseconds(ofAccounts([], expiry('subaccount'))),
      accountFacts,
      q.milliseconds(q.max(account + ['renewal'], parts(due()))),
      q.max(account + ['state'], own('sapcc_subaccount_tunnel_state')) + ' > 0',
      q.max(account, own('sapcc_subaccount_tunnel_connections')),
      'time() - ' + q.max(account, own('sapcc_subaccount_tunnel_connected_since_timestamp_seconds')),
      q.max(account, own('sapcc_certificate_auto_renewal_enabled')),
    ],
    [
      p.column('Value #A', 'Days left', p.days(90)),
      p.column('display_name', 'Subaccount', p.toCertificate(source='Connector', level='connector') + { 'custom.minWidth': 110 }),
      p.column('renewal', 'Renewal', p.width(90)),
      p.column('Value #D', 'Due', p.date(140)),
      p.column('Value #B', 'Expires', p.date(140)),
      p.column('Value #H', 'Set to renew', p.mapped(p.yesNo(no='text')) + p.width(105) + { noValue: 'unknown' }),
      p.column('state', 'Tunnel', p.mapped(p.mapping({
        Connected: ['Connected', 'green'],
        Disconnected: ['Disconnected', 'orange'],
        ConnectFailure: ['ConnectFailure', 'red'],
      })) + p.width(115)),
      p.column('Value #G', 'Since', p.unit('s', 1) + p.width(100)),
      p.column('Value #F', 'Connections', p.unit('none', 0) + p.width(100)),
      p.column('location_id', 'Location', p.width(85)),
      p.column('source', 'Connector', p.width(125)),
      p.column('name', 'Name', { 'custom.minWidth': 300 }),
    ],
    'No connector reports a subaccount.',
    [['Days left', false]]
  ) + p.at(24, 8);

  local certificates(title, description, types, noValue) = p.table(
    title,
    description,
    [
      q.wholeDays(q.max(['source', 'name', 'type'], expiry(types))),
      q.milliseconds(q.max(['source', 'name', 'type'], expiry(types))),
    ],
    [
      p.column('Value #A', 'Days left', p.days(90)),
      p.column('type', 'Type', p.width(115)),
      p.column('name', 'Name', p.toCertificate(source='Connector', level='connector') + { 'custom.minWidth': 180 }),
      p.column('Value #B', 'Expires', p.date(140)),
      p.column('source', 'Connector', p.width(125)),
    ],
    noValue,
    [['Days left', false]]
  );
  local ownCertificates = certificates(
    'Own certificates',
    "ui is the server certificate of the administration: exchange it, then restart. system is the client certificate towards back ends: exchange it in On Premise. ca issues the users' certificates for principal propagation: import the new one where it is trusted, before you exchange it.",
    'ui|system|ca',
    'No own certificates are reported: versions before 2.13 cannot do so.'
  ) + p.at(12, 6);
  local trust = certificates(
    'Trust stores and identity providers',
    'Certificates that the connector trusts: of back ends, of the mail server, and of identity providers of the subaccounts. Import the new certificate before its owner changes to it, and remove the old one later.',
    'backend_trust|email_trust|idp',
    'The trust stores are empty, or this version does not report them.'
  ) + p.at(12, 11);

  local uiCertificate = p.table(
    'UI certificate: configured and served',
    'The expiry of the certificate that is configured, and of the one that was really served in the last refresh. They differ until a restart, or when a proxy is in between.',
    [q.milliseconds(configured), q.milliseconds(served), 'abs(%s - %s) < bool 3600' % [served, configured]],
    [
      p.column('source', 'Connector'),
      p.column('Value #A', 'Configured expiry', p.date()),
      p.column('Value #B', 'Served expiry', p.date()),
      p.column('Value #C', 'Same', p.mapped(p.yesNo()) + p.width(80)),
    ],
    'No UI certificate is reported.',
    [['Connector', false]]
  ) + p.at(12, 5);

  // ---- tunnels and channels
  local tunnels = p.timeline(
    'Tunnels over time',
    'Green: connected. A tunnel that goes up and down has a network problem; one that does not come back often has an expired certificate.',
    [p.range(named(tunnel(['state="%s"' % connected])), '{{source}} / {{display_name}}')],
    p.mapping({ '0': ['not connected', 'red'], '1': ['connected', 'green'] }),
    'No connector reports a tunnel.'
  ) + p.at(8, 8);
  local channels = p.timeline(
    'Service channels over time',
    'Green: the enabled channel is connected. Disabled channels are not shown.',
    [p.range(
      q.join(
        q.max(account + ['type', 'id'], own('sapcc_service_channel_connected')), account, ['display_name'], accountFacts
      ),
      '{{source}} / {{display_name}} / {{type}} {{id}}'
    )],
    p.mapping({ '0': ['not connected', 'red'], '1': ['connected', 'green'] }),
    'No service channel is enabled.'
  ) + p.at(8, 8);
  local connections = p.timeseries(
    'Connections in the tunnels',
    'Connections that each tunnel carried at the time of the refresh. 0 is normal for an idle tunnel.',
    [p.range(named(q.max(account, own('sapcc_subaccount_tunnel_connections'))), '{{source}} / {{display_name}}')],
    'none',
    custom=p.stepped
  ) + p.defaults({ min: 0, decimals: 0 }) + p.at(8, 8);

  // ---- instances
  local instances = p.table(
    'Connectors',
    'Each configured connector: its version, its role in a high availability pair (exactly one of a pair should be master), whether it answers, and how far its clock is off. One second does not matter; a minute breaks logons.',
    [
      q.facts(q.source, ['name', 'system_id'], q.select('btp_source_info', ['system_id', 'source'], ['kind="cloud-connector"'])),
      up,
      q.facts(q.source, ['version'], own('sapcc_info')),
      q.facts(q.source, ['role'], own('sapcc_ha_role') + ' == 1'),
      q.facts(q.source, ['state'], own('sapcc_ha_state') + ' == 1'),
      q.max(q.source, own('sapcc_clock_skew_seconds')),
      'time() - ' + q.max(q.source, own('btp_source_last_success_timestamp_seconds')),
      q.max(q.source, own('sapcc_certificate_expiry_alert_threshold_seconds')),
    ],
    [
      p.column('system_id', 'System id', p.width(90)),
      p.column('source', 'Connector', p.toSource('btp-cert-exporter', 'How it is read', 'Connector')),
      p.column('name', 'Name'),
      p.column('Value #B', 'State', p.mapped(p.upDown) + p.width(70)),
      p.column('version', 'Version', p.width(90)),
      p.column('role', 'Role', p.width(80)),
      p.column('state', 'Pair', p.mapped(p.mapping({
        BROKEN: ['BROKEN', 'red'],
        LOST: ['LOST', 'red'],
        CONNECTED: ['CONNECTED', 'green'],
        READY: ['READY', 'green'],
        ALONE: ['ALONE', 'text'],
      })) + p.width(115)),
      p.column('Value #F', 'Clock ahead', p.unit('s', 0) + p.text(
        p.steps([['red'], ['text', -60], ['red', 60]])
      ) + p.width(105)),
      p.column('Value #G', 'Seen', p.unit('s', 0) + p.width(90) + { noValue: 'never' }),
      p.column('Value #H', 'Warns before', p.unit('s', 0) + p.width(115)),
    ],
    'No Cloud Connector is configured as a source.',
    [['System id', true]]
  ) + p.at(24, 5);
  local alerts = p.table(
    'Alerts of the connectors',
    'Alerts that the connector lists itself, by type. Its administration has the texts.',
    [q.max(['source', 'type', 'status', 'origin'], own('sapcc_alerts'))],
    [
      p.column('type', 'Type'),
      p.column('status', 'Status', p.width(100)),
      p.column('origin', 'Origin', p.width(100)),
      p.column('Value', 'Alerts', p.unit('none', 0) + p.width(80)),
      p.column('source', 'Connector', p.width(130)),
    ],
    'No alerts, or a version before 2.19, which does not report them.',
    [['Alerts', true]]
  ) + p.at(12, 8);
  local endpoints = p.table(
    'Calls of the API',
    'up: the call was answered usefully in the last refresh. down: it should have been answered and was not; the dashboard Exporter has the reasons. not offered: this version or this role does not have it; an upgrade may add it.',
    [
      '(%s == bool 0) * 2 or (%s)' % [
        q.max(['source', 'endpoint'], own('sapcc_endpoint_supported')) + ' == 0',
        q.min(['source', 'endpoint'], own('sapcc_endpoint_up')),
      ],
    ],
    [
      p.column('Value', 'State', p.mapped(p.mapping({
        '0': ['down', 'red'],
        '1': ['up', 'green'],
        '2': ['not offered', 'text'],
      })) + p.width(110)),
      p.column('endpoint', 'Call'),
      p.column('source', 'Connector', p.width(160)),
    ],
    'No connector was asked yet.',
    [['State', false]]
  ) + p.at(12, 8);

  // ---- the machine
  local percent = { min: 0, max: 1 };
  local used = p.timeseries(
    'Memory in use',
    'Share of the Java heap and of the physical memory that is in use. If the heap stays above 90 %, give the connector more memory, or find out what holds it.',
    [
      p.range(memory('heap'), '{{source}} heap'),
      p.range(memory('physical'), '{{source}} physical', 'B'),
    ],
    'percentunit'
  ) + p.defaults(percent) + p.at(8, 8);
  local cpu = p.timeseries(
    'Processors in use',
    'Share of the processors in use at the time of each refresh, by the whole machine and by the connector (from 2.17 on).',
    [p.range(q.max(['source', 'scope'], own('sapcc_cpu_usage_ratio')), '{{source}} {{scope}}')],
    'percentunit',
    'Versions before 2.17 do not report this.'
  ) + p.defaults(percent) + p.at(8, 8);
  local disk = p.timeseries(
    'Disk in use',
    'Share of the disk that is in use (from 2.17 on). When it is full, traces and audit logs stop, and the connector may, too.',
    [p.range(
      '1 - %s / %s' % [
        q.max(q.source, own('sapcc_disk_bytes', ['used_by="free"'])),
        q.max(q.source, own('sapcc_disk_size_bytes')),
      ],
      '{{source}}'
    )],
    'percentunit',
    'Versions before 2.17 do not report this.'
  ) + p.defaults(percent) + p.at(8, 8);

  d.new(
    'Cloud Connector',
    'SAP Cloud Connectors: the subaccount certificates that somebody must refresh, their other certificates, tunnels, channels, high availability, and the machines.',
    [d.variables[name] for name in ['job', 'instance', 'system_id', 'connector']],
    'now-24h',
    [
      top,
      [subaccounts],
      [ownCertificates, trust],
      [p.row('Tunnels and channels')],
      [tunnels, channels, connections],
      [p.row('Instances')],
      [instances],
      [alerts, endpoints],
      [p.row('Machine')],
      [used, cpu, disk],
    ],
    stacked={ [ownCertificates.title]: [uiCertificate] }
  )
