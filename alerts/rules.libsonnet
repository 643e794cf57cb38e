// Recording rules: what the alerts have in common. They drop the labels of the target (instance, pod, …) and hold
// the last value over a restart of the exporter; see `bridge` in config.libsonnet.
local days = 86400;

{
  local config = $._config,
  local promql = (import 'promql.libsonnet')(config),
  local record(name, expr) = { record: name, expr: expr },

  local newest = 'certificate:btp_certificate_expiry_timestamp_seconds:newest',
  local lifetime = 'certificate:btp_certificate_lifetime_seconds:newest',
  local due = 'certificate:btp_certificate_renewal_due_timestamp_seconds:last',
  local facts = ['type', 'role', 'system_id', 'subject', 'issuer', 'serial_number', 'fingerprint_sha256'],

  // How long before its end a certificate is reported. The end is known without the beginning at times.
  local lead(severity) =
    local c = config.expiry[severity];
    record('certificate:btp_certificate_expiry_lead_seconds:' + severity, |||
      clamp_max(
          %(life)s * %(share).17g > %(floor)d
        or
          clamp_max(%(life)s * %(floorShare).17g, %(floor)d),
        %(cap)d
      )
      or on (%(certificate)s)
        0 * %(newest)s + %(cap)d
    ||| % {
      life: lifetime,
      newest: newest,
      certificate: promql.certificate,
      share: c.share,
      floor: c.atLeastDays * days,
      floorShare: c.atLeastShare,
      cap: c.atMostDays * days,
    }),

  prometheusRules+:: {
    groups+: [{
      name: 'btp_certificates_recording',
      interval: config.interval,
      rules: [
        // One series for each certificate, its value is its end. Where exporters disagree, because one of them has
        // not seen a renewal yet, the later one.
        record(newest, |||
          topk by (%(certificate)s) (1,
            max by (%(all)s) (
                %(info)s
              * on (instance, %(certificate)s) group_left (system_id)
                topk by (instance, %(certificate)s) (1,
                  %(expiry)s
                )
            )
          )
        ||| % {
          certificate: promql.certificate,
          all: promql.with(promql.certificate, facts),
          info: promql.last('btp_certificate_info', promql.certificate),
          expiry: promql.last('btp_certificate_expiry_timestamp_seconds', promql.certificate),
        }),

        record(lifetime, |||
          %(newest)s
          - on (%(certificate)s)
            max by (%(certificate)s) (
              %(notBefore)s
            )
        ||| % {
          newest: newest,
          certificate: promql.certificate,
          notBefore: promql.last('btp_certificate_not_before_timestamp_seconds', promql.certificate),
        }),

        lead('warning'),
        lead('critical'),

        record(due, |||
          max by (%(all)s) (
            %(due)s
          )
        ||| % {
          all: promql.with(promql.certificate, ['renewal']),
          due: promql.last('btp_certificate_renewal_due_timestamp_seconds', promql.certificate),
        }),

        // The system of a source, for the labels of alerts.
        record('source:btp_source_info:last', |||
          topk by (%(source)s) (1,
            max by (%(source)s, system_id) (
              %(info)s
            )
          )
        ||| % { source: promql.source, info: promql.last('btp_source_info', promql.source) }),

        record('store:btp_certificate_store_state:last', |||
          max by (%(all)s) (
            %(state)s
          )
          * on (%(source)s) group_left (system_id)
            source:btp_source_info:last
        ||| % {
          source: promql.source,
          all: promql.with(promql.store, ['state']),
          state: promql.last('btp_certificate_store_state', promql.store),
        }),

        // How many destinations and fragments use a store. 0 only where they were read; a store of a
        // directory or a Cloud Connector has no such series.
        record('store:btp_certificate_reference:count', |||
          count by (%(store)s) (
            max by (%(all)s) (
              %(reference)s
            )
          )
          or on (%(store)s)
            0 * max by (%(store)s) (store:btp_certificate_store_state:last{level=~"subaccount|instance"})
            and on (%(source)s) %(destinations)s
        ||| % {
          store: promql.store,
          source: promql.source,
          all: promql.with(promql.store, ['destination_level', 'destination', 'kind']),
          reference: promql.last('btp_certificate_reference', promql.store),
          destinations: promql.last('btp_destinations', promql.source),
        }),

        // Certificates that are trusted, not shown: the trust stores of a Cloud Connector, and roots. A root is shown
        // where a destination uses a store as its own in which there is nothing else to show (openssl makes
        // self-signed certificates that way).
        record('certificate:btp_certificate_expiry_timestamp_seconds:trust', |||
          %(newest)s{type=~"backend_trust|email_trust|idp"}
          or
            %(newest)s{type=~"keystore|certificate",role="root"}
            unless on (%(store)s, position)
              label_replace(
                %(own)s
                unless on (%(store)s)
                  %(newest)s{role="leaf"},
                "position", "0", "", ""
              )
        ||| % {
          newest: newest,
          store: promql.store,
          own: promql.last('btp_certificate_reference', promql.store, 'property!~".*TrustStore.*"'),
        }),

        // Certificates that somebody has to renew, but for those with alerts of their own.
        record('certificate:btp_certificate_expiry_timestamp_seconds:manual', |||
          %(newest)s{type=~"keystore|certificate|ui|system|ca"}
          unless on (%(certificate)s)
            certificate:btp_certificate_expiry_timestamp_seconds:trust
          unless on (%(entry)s)
            %(due)s{renewal="automatic"}
        ||| % {
          newest: newest,
          certificate: promql.certificate,
          entry: promql.entry,
          due: due,
        }),

        // 1 only if every exporter that has this source can read it.
        record('source:btp_source_up:min', |||
          min by (%(source)s) (
            %(up)s
          )
          * on (%(source)s) group_left (system_id)
            source:btp_source_info:last
        ||| % {
          source: promql.source,
          up: promql.last('btp_source_up', promql.source),
        }),
      ],
    }],
  },
}
