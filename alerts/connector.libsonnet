// Alerts about Cloud Connectors: certificates that somebody has to refresh there by hand, and tunnels that fail.
{
  local config = $._config,
  local promql = (import 'promql.libsonnet')(config),
  local texts = (import 'texts.libsonnet')(config),
  local alert = (import 'alert.libsonnet')(config),

  local newest = 'certificate:btp_certificate_expiry_timestamp_seconds:newest',
  local due = 'certificate:btp_certificate_renewal_due_timestamp_seconds:last',
  local lead = 'certificate:btp_certificate_expiry_lead_seconds:',
  local names = { newest: newest, due: due, lead: lead, certificate: promql.certificate, source: promql.source },
  local subaccount = texts.subaccount,

  local byHand(severity, expr) = alert({
    name: 'BtpCloudConnectorCertificateRefreshByHand',
    severity: severity,
    expr: expr % names,
    'for': '5m',
    summary: 'Cloud Connector {{ $labels.source }}: the certificate of ' + subaccount + ' ' + texts.expires,
    description: 'The certificate of ' + subaccount + ' in the Cloud Connector {{ $labels.source }}' + texts.system +
                 ' ' + texts.expiresAt + '. Somebody has to refresh it there, by hand. Once it has expired, the tunnel may ' +
                 'still say "Connected" until it has to reconnect. Then everything that goes through it stops.',
  }),

  local failed(severity, after) = alert({
    name: 'BtpCloudConnectorAutoRenewalFailed',
    severity: severity,
    expr: |||
      %(newest)s{type="subaccount"} - time()
      and on (%(certificate)s)
        certificate:btp_certificate_renewal_late_seconds:last > %(after)d
    ||| % names { after: after },
    'for': '5m',
    summary: 'Cloud Connector {{ $labels.source }}: the automatic renewal for ' + subaccount + ' has failed',
    description: 'The certificate of ' + subaccount + ' in the Cloud Connector {{ $labels.source }}' + texts.system +
                 ' should have renewed itself from ' +
                 texts.at(texts.query(due + '{%s}', ['source', 'level', 'name', 'entry', 'position'])) +
                 ' on, every 12 hours, and has not. ' +
                 (if severity == 'critical'
                  then 'The Cloud Connector has given up after seven days: refresh it by hand. '
                  else 'The Cloud Connector gives up seven days after that: find out why. ') +
                 'The certificate ' + texts.expiresAt + '.',
  }),

  prometheusAlerts+:: {
    groups+: [{
      name: 'btp_cloud_connector',
      interval: config.interval,
      rules: [
        byHand('critical', |||
          %(newest)s{type="subaccount"} - time()
            < on (%(certificate)s) group_left ()
              %(lead)scritical{level="connector"}
          unless on (%(certificate)s)
            %(due)s{renewal="automatic"}
        |||),
        // at the threshold of the connector's own alert, but not later than for other certificates
        byHand('warning', |||
          (
              %(newest)s{type="subaccount"} - time()
                < on (%(certificate)s) group_left ()
                  %(lead)swarning{level="connector"}
            or
              %(newest)s{type="subaccount"} - time()
              and on (%(certificate)s)
                %(due)s{renewal="manual"} <= time()
          )
          unless on (%(certificate)s)
            %(due)s{renewal="automatic"}
        |||),
        failed('critical', 7 * 86400),
        failed('warning', 86400),

        alert({
          name: 'BtpCloudConnectorUiCertificateNotActive',
          severity: 'warning',
          expr: |||
            %(newest)s{level="connector",type="ui"} - time()
            and on (%(source)s)
              abs(
                  %(newest)s{level="connector",type="ui"}
                - on (%(source)s) group_left ()
                  max by (%(source)s) (
                    %(served)s
                  )
              ) > 3600
          ||| % names {
            served: promql.last('sapcc_tls_peer_certificate_not_after_timestamp_seconds', promql.source),
          },
          'for': '2h',
          summary: 'Cloud Connector {{ $labels.source }} serves another UI certificate than the configured one',
          description: 'The configured UI certificate of the Cloud Connector {{ $labels.source }}' + texts.system +
                       texts.subject + ' expires on ' + texts.expiryOfCertificate + '. The one that is served expires on ' +
                       texts.at(texts.query('max(last_over_time(%s[%s]))' %
                                            [promql.metric('sapcc_tls_peer_certificate_not_after_timestamp_seconds', '%s'), config.bridge],
                                            ['source'])) +
                       '. Either a new one waits for a restart of the connector, or a proxy in between serves its own.',
        }),

        alert({
          name: 'BtpCloudConnectorTunnelFailed',
          severity: 'critical',
          expr: |||
            max by (%(labels)s) (
              %(state)s == 1
            )
            * on (%(source)s) group_left (system_id)
              source:btp_source_info:last
          ||| % names {
            labels: promql.with(promql.source, ['region_host', 'subaccount']),
            state: promql.last('sapcc_subaccount_tunnel_state', promql.source, 'state="ConnectFailure"'),
          },
          'for': '5m',
          summary: 'Cloud Connector {{ $labels.source }} cannot connect the subaccount {{ $labels.subaccount }}',
          description: 'The tunnel of the Cloud Connector {{ $labels.source }}' + texts.system + ' to the subaccount ' +
                       '{{ $labels.subaccount }} at {{ $labels.region_host }} fails to connect; on-premise systems ' +
                       'cannot be reached from there.' +
                       texts.expiryOfSubaccount,
        }),
      ],
    }],
  },
}
