// Alerts about the exporter: whether what it says can be relied on.
{
  local config = $._config,
  local promql = (import 'promql.libsonnet')(config),
  local texts = (import 'texts.libsonnet')(config),
  local alert = (import 'alert.libsonnet')(config),

  local newest = 'certificate:btp_certificate_expiry_timestamp_seconds:newest',
  local names = { source: promql.source, certificate: promql.certificate, newest: newest, missed: config.missedRefreshes },
  local withSystem = |||
    * on (%(source)s) group_left (system_id)
      source:btp_source_info:last
  ||| % names,
  local latest(metric) = 'max by (%s) (%s)' % [promql.source, promql.last(metric, promql.source)],

  local credential(severity) = alert({
    name: 'BtpExporterCredentialExpiring',
    severity: severity,
    expr: |||
      %(newest)s{type="binding"} - time()
        < on (%(certificate)s) group_left ()
          certificate:btp_certificate_expiry_lead_seconds:%(severity)s{level="binding"}
    ||| % names { severity: severity },
    'for': '5m',
    summary: 'The credentials for {{ $labels.source }} ' + texts.expiresAs('expire', 'have expired'),
    description: 'The X.509 credentials with which the exporter logs on for {{ $labels.source }}' + texts.system +
                 texts.subject + ' ' + texts.expiresAtOf(texts.expiryOfCertificate, 'expire') +
                 '. From then on this source cannot be watched. Create a new service key or binding, and give it to the exporter.',
  }),

  local down(fields) = alert({
    name: 'BtpSourceDown',
    severity: fields.severity,
    expr: fields.expr,
    'for': fields['for'],
    summary: '{{ $labels.source }} cannot be read',
    description: 'The last refresh of {{ $labels.source }}' + texts.system + ' failed. {{ with ' +
                 texts.query('min by (level) (last_over_time(%s[%s])) == 0' %
                             [promql.metric('btp_source_level_up', '%s'), config.bridge], ['source']) +
                 ' }}Levels that could not be read: {{ range $i, $each := sortByLabel "level" . }}' +
                 '{{ if $i }}, {{ end }}{{ $each.Labels.level }}{{ end }}. {{ end }}' +
                 '{{ with ' +
                 texts.query('max by (stage, reason) (increase(%s[2h])) > 0' %
                             promql.metric('btp_source_errors_total', '%s'), ['source']) +
                 ' }}Errors of the last two hours: {{ range $i, $each := sortByLabel "stage" . }}' +
                 '{{ if $i }}, {{ end }}{{ $each.Labels.stage }} {{ $each.Labels.reason }}{{ end }}. {{ end }}' +
                 fields.after,
  }),

  prometheusAlerts+:: {
    groups+: [{
      name: 'btp_sources',
      interval: config.interval,
      rules: [
        down({
          severity: 'critical',
          expr: |||
            source:btp_source_up:min == 0
            unless on (%(source)s)
              max_over_time(%(success)s[7d])
          ||| % names { success: promql.metric('btp_source_last_success_timestamp_seconds') },
          'for': '2h',
          after: 'Nothing is known of it.',
        }),
        down({
          severity: 'warning',
          expr: 'source:btp_source_up:min == 0\n',
          'for': '30m',
          after: 'Its older inventory is kept, and gets outdated.',
        }),
        alert({
          name: 'BtpSourceNeverTried',
          severity: 'warning',
          expr: |||
            (
              %(configured)s
              unless on (%(source)s)
                last_over_time(%(tried)s[%(bridge)s])
            )
            %(withSystem)s
          ||| % names {
            configured: latest('btp_source_poll_interval_seconds'),
            tried: promql.metric('btp_source_last_attempt_timestamp_seconds'),
            bridge: config.bridge,
            withSystem: promql.inside(withSystem, 0),
          },
          'for': '30m',
          summary: '{{ $labels.source }} was never read',
          description: 'The exporter has {{ $labels.source }}' + texts.system + ' in its configuration, but no refresh ' +
                       'of it has ended since the exporter started. Nothing is known of it.',
        }),
        alert({
          name: 'BtpSourceStale',
          severity: 'critical',
          expr: |||
            (
              time() - max by (%(source)s) (max_over_time(%(success)s[7d]))
                > on (%(source)s)
                  %(missed)g * %(interval)s
            )
            %(withSystem)s
          ||| % names {
            // Prometheus still has what a restart without a state file has forgotten
            success: promql.metric('btp_source_last_success_timestamp_seconds'),
            interval: latest('btp_source_poll_interval_seconds'),
            withSystem: promql.inside(withSystem, 0),
          },
          'for': '5m',
          summary: 'The inventory of {{ $labels.source }} is ' + texts.left + ' old',
          description: 'The last refresh of {{ $labels.source }}' + texts.system + ' that succeeded was on ' +
                       texts.at(texts.query('max(max_over_time(%s[7d]))' %
                                            promql.metric('btp_source_last_success_timestamp_seconds', '%s'),
                                            ['source'])) +
                       '; at least two have been missed. Certificates that were renewed, added or removed since then ' +
                       'are not known, and alerts about them cannot be relied on.',
        }),
        alert({
          name: 'BtpInventoryShrunk',
          severity: 'warning',
          expr: |||
            (
                %(now)s <= %(share)g * (%(before)s >= %(from)d)
              or
                %(now)s == 0 and on (%(level)s) %(before)s > 0
            )
            %(withSystem)s
          ||| % names {
            level: promql.with(promql.source, ['level']),
            now: 'max by (%s) (%s)' % [self.level, promql.last('btp_certificates', self.level)],
            before: 'max by (%s) (max_over_time(%s[1d]))' % [self.level, promql.metric('btp_certificates')],
            share: config.shrunkShare,
            from: config.shrunkFrom,
            withSystem: promql.inside(withSystem, 0),
          },
          'for': '5m',
          summary: '{{ $labels.source }} has lost most of its certificates',
          description: 'At the level {{ $labels.level }} of {{ $labels.source }}' + texts.system + ' there are ' +
                       '{{ $value | humanize }} certificates now; within the last day there were {{ with ' +
                       texts.query('max(max_over_time(%s[1d]))' % promql.metric('btp_certificates', '%s'), ['source', 'level']) +
                       ' }}{{ . | first | value | humanize }}{{ end }}. If nobody has deleted them, a filter, a ' +
                       'permission or a binding to another instance may hide them.',
        }),
        alert({
          name: 'BtpSourceTlsVerificationDisabled',
          severity: 'warning',
          expr: |||
            max by (%(source)s) (
              %(disabled)s
            )
            %(withSystem)s
          ||| % names {
            disabled: promql.last('btp_source_tls_verification_disabled', promql.source),
            withSystem: promql.inside(withSystem, 0),
          },
          'for': '1h',
          summary: '{{ $labels.source }} is read without checking who answers',
          description: 'The source {{ $labels.source }}' + texts.system + ' is configured with insecure_skip_verify. ' +
                       'Anybody in between can read its password, and forge its answers.',
        }),
        credential('critical'),
        credential('warning'),
      ],
    }, {
      name: 'btp_cert_exporter',
      interval: config.interval,
      rules: [
        alert({
          name: 'BtpExporterAbsent',
          severity: 'critical',
          expr: 'absent(%s)\n' % promql.metric('btp_cert_exporter_build_info'),
          'for': '10m',
          summary: 'No certificate exporter answers',
          description: 'Prometheus has no answer of any btp_cert_exporter. No certificate of the SAP BTP landscape is ' +
                       'watched, and no other alert about them can fire.',
        }),
        // finds the targets that have answered within the last week, whatever their job is called
        alert({
          name: 'BtpExporterDown',
          severity: 'critical',
          expr: |||
            up == 0
            and on (job, instance)
              max_over_time(%s[7d])
          ||| % promql.metric('btp_cert_exporter_build_info'),
          'for': '10m',
          summary: 'The certificate exporter {{ $labels.instance }} does not answer',
          description: 'Prometheus cannot scrape the btp_cert_exporter {{ $labels.instance }} (job {{ $labels.job }}). ' +
                       'Its sources are not watched, unless another exporter reads them, too.',
        }),
        alert({
          name: 'BtpExporterReloadFailed',
          severity: 'warning',
          expr: |||
            last_over_time(%(reload)s[%(bridge)s]) == 0
          ||| % {
            reload: promql.metric('btp_cert_exporter_config_last_reload_successful'),
            bridge: config.bridge,
          },
          'for': '5m',
          summary: 'The certificate exporter {{ $labels.instance }} refuses its configuration',
          description: 'The configuration of the btp_cert_exporter {{ $labels.instance }} was changed and could not be ' +
                       'loaded; the previous one is still in use. Its log names file, line and remedy, and so does ' +
                       'btp_cert_exporter --config.check.',
        }),
      ],
    }],
  },
}
