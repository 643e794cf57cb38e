// Alerts about stores that cannot be watched, and about certificates that destinations look for.
{
  local config = $._config,
  local promql = (import 'promql.libsonnet')(config),
  local texts = (import 'texts.libsonnet')(config),
  local alert = (import 'alert.libsonnet')(config),

  local state = 'store:btp_certificate_store_state:last',
  local count = 'store:btp_certificate_reference:count',
  local newest = 'certificate:btp_certificate_expiry_timestamp_seconds:newest',

  local unreadable(severity, expr) = alert({
    name: 'BtpStoreUnreadable',
    severity: severity,
    expr: expr,
    'for': '30m',
    summary: '{{ $labels.name }} of {{ $labels.source }} cannot be watched: {{ $labels.state }}',
    description: 'The store ' + texts.store + ' is "{{ $labels.state }}": ' +
                 '{{ if eq $labels.state "locked" }}no configured password opens it' +
                 '{{ else if eq $labels.state "unparsable" }}it is neither a certificate nor a keystore' +
                 '{{ else if eq $labels.state "unsupported" }}its format, or an algorithm in it, is not supported' +
                 '{{ else if eq $labels.state "too_large" }}a limit was hit, and the rest was not read' +
                 '{{ else if eq $labels.state "partial" }}some certificates in it are not readable, or its digest matches no configured password' +
                 '{{ else if eq $labels.state "forbidden" }}there is no permission to read it' +
                 '{{ else if eq $labels.state "unavailable" }}it is listed, but cannot be fetched' +
                 '{{ else }}there is no certificate in it{{ end }}' +
                 '. Certificates in it that are not read can expire without any other alert.' + texts.users,
  }),

  prometheusAlerts+:: {
    groups+: [{
      name: 'btp_stores',
      interval: config.interval,
      rules: [
        // an empty store matters only where something uses it
        unreadable('warning', |||
          %(state)s{state!~"ok|empty"}
          unless on (%(store)s)
            %(count)s == 0
          or
            %(state)s{state="empty"}
            and on (%(store)s)
              %(count)s > 0
        ||| % { state: state, count: count, store: promql.store }),
        unreadable('info', |||
          %(state)s{state!~"ok|empty"}
          and on (%(store)s)
            %(count)s == 0
        ||| % { state: state, count: count, store: promql.store }),

        alert({
          name: 'BtpDestinationCertificateMissing',
          severity: 'warning',
          expr: |||
            max by (%(labels)s) (
              %(missing)s
            )
            * on (%(source)s) group_left (system_id)
              source:btp_source_info:last
          ||| % {
            source: promql.source,
            labels: promql.with(promql.source, ['destination_level', 'destination', 'kind', 'property', 'name']),
            missing: promql.last('btp_destination_certificate_missing', promql.source),
          },
          'for': '15m',
          summary: '{{ $labels.destination }} of {{ $labels.source }} needs {{ $labels.name }}, which does not exist',
          description: 'The {{ $labels.kind }} {{ $labels.destination }} ({{ $labels.destination_level }} of ' +
                       '{{ $labels.source }}' + texts.system + ') names {{ $labels.name }} in ' +
                       '{{ $labels.property }}, but there is no such certificate, neither in the subaccount nor in ' +
                       'the service instance. Calls that need it fail.',
        }),

        // This compares dates, not the status: over a restart the status is an old value, while the clock goes on.
        alert({
          name: 'BtpCertificateNotYetValid',
          severity: 'warning',
          expr: |||
            %(newest)s{name!="saml-trust/passive"} - time()
            and on (%(certificate)s)
              %(newest)s - on (%(certificate)s) certificate:btp_certificate_lifetime_seconds:newest > time()
            unless on (%(store)s)
              %(count)s == 0
          ||| % {
            newest: newest,
            certificate: promql.certificate,
            store: promql.store,
            count: count,
          },
          'for': '5m',
          summary: '{{ $labels.name }} of {{ $labels.source }} is not valid yet',
          description: 'The certificate in ' + texts.certificate + texts.subject + ' is not valid before ' +
                       texts.at(texts.query('max(last_over_time(%s[%s]))' %
                                            [promql.metric('btp_certificate_not_before_timestamp_seconds', '%s'), config.bridge],
                                            ['source', 'level', 'name', 'entry', 'position'])) +
                       '. Until then it is refused.' + texts.users,
        }),

        alert({
          name: 'BtpCertificateEndUnknown',
          severity: 'warning',
          expr: |||
            max by (%(certificate)s) (
              %(status)s
            )
            * on (%(source)s) group_left (system_id)
              source:btp_source_info:last
          ||| % {
            certificate: promql.certificate,
            source: promql.source,
            status: promql.last('btp_certificate_status', promql.certificate, 'status="unknown"'),
          },
          'for': '30m',
          summary: 'The expiry of {{ $labels.name }} of {{ $labels.source }} is not known',
          description: 'The expiry of the certificate in ' + texts.certificate + ' cannot be read, or its source does not ' +
                       'report it. No other alert fires when it expires.' + texts.users,
        }),
      ],
    }],
  },
}
