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
  local late = 'certificate:btp_certificate_renewal_late_seconds:last',
  local facts = ['type', 'role', 'system_id', 'subject', 'issuer', 'serial_number', 'fingerprint_sha256'],

  // How long before it expires a certificate is reported. Sometimes the expiry is known and the beginning is not.
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
        // One series for each certificate, its value is its expiry. Where exporters disagree, because one of them has
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

        // The system of a source, for the labels of alerts. A source that an exporter which answers does not have
        // any more was taken out of its configuration: no last value stands in for it, so that nothing new is said
        // of it.
        record('source:btp_source_info:last', |||
          topk by (%(source)s) (1,
            max by (%(source)s, system_id) (
              %(info)s
              or on (%(source)s)
                (last_over_time(%(info)s[%(bridge)s]) unless on (%(target)s) %(build)s)
            )
          )
        ||| % {
          source: promql.source,
          target: promql.list(['instance']),
          info: promql.metric('btp_source_info'),
          build: promql.metric('btp_cert_exporter_build_info'),
          bridge: config.bridge,
        }),

        record('level:btp_source_level_up:max', |||
          max by (%(level)s) (
            %(up)s
          )
        ||| % { level: promql.level, up: promql.last('btp_source_level_up', promql.level) }),

        // When a level was last seen: with the last attempt of an exporter for which it is up, else (it is 0 then)
        // with the last success of the source.
        record('level:btp_source_last_success_timestamp_seconds:max', |||
          max by (%(level)s) (
            (%(up)s == 1)
            * on (instance, %(source)s) group_left ()
              max by (instance, %(source)s) (%(attempt)s)
          )
          or on (%(level)s)
            level:btp_source_level_up:max
            + on (%(source)s) group_left ()
              max by (%(source)s) (%(success)s)
        ||| % {
          level: promql.level,
          source: promql.source,
          up: promql.last('btp_source_level_up', promql.level),
          attempt: promql.last('btp_source_last_attempt_timestamp_seconds', promql.source),
          success: promql.last('btp_source_last_success_timestamp_seconds', promql.source),
        }),

        // How long after it was due a renewal had not happened when it was last looked at; not what has passed since.
        record(late, |||
          level:btp_source_last_success_timestamp_seconds:max
          - on (%(level)s) group_right ()
            %(due)s{renewal="automatic"}
          or on (%(certificate)s)
            time() - %(due)s{renewal="automatic"}
        ||| % { level: promql.level, certificate: promql.certificate, due: due }),

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

        record('store:btp_certificate_reference:last', |||
          max by (%(all)s) (
            %(reference)s
          )
        ||| % {
          all: promql.with(promql.store, ['destination_level', 'destination', 'kind', 'property']),
          reference: promql.last('btp_certificate_reference', promql.store),
        }),

        record('level:btp_destinations:last', |||
          max by (%(all)s) (
            %(destinations)s
          )
        ||| % {
          all: promql.with(promql.level, ['kind']),
          destinations: promql.last('btp_destinations', promql.with(promql.level, ['kind'])),
        }),

        // How many destinations and fragments use a store. 0 only where the destinations of each level of the source
        // were read; a store of a directory or a Cloud Connector has no such series.
        record('store:btp_certificate_reference:count', |||
          count by (%(store)s) (
            group by (%(store)s, destination_level, destination, kind) (store:btp_certificate_reference:last)
          )
          or on (%(store)s)
            0 * max by (%(store)s) (store:btp_certificate_store_state:last{level=~"subaccount|instance"})
            and on (%(source)s)
              level:btp_destinations:last{kind="destination"}
            unless on (%(source)s)
              (
                level:btp_source_level_up:max{level=~"subaccount|instance"}
                unless on (%(level)s)
                  level:btp_destinations:last{kind="destination"}
              )
        ||| % { store: promql.store, source: promql.source, level: promql.level }),

        // Certificates that are trusted, not shown: the trust stores of a Cloud Connector, what is in stores that
        // destinations only trust, and roots. A root is shown where a destination uses a store as its own in which
        // there is nothing else to show (openssl makes self-signed certificates that way).
        record('certificate:btp_certificate_expiry_timestamp_seconds:trust', |||
          %(newest)s{type=~"backend_trust|email_trust|idp"}
          or
            %(newest)s
            and on (%(store)s)
              %(reference)s{property=~".*TrustStore.*"}
            unless on (%(store)s)
              %(reference)s{property!~".*TrustStore.*"}
          or
            %(newest)s{type=~"keystore|certificate",role="root"}
            unless on (%(store)s, position)
              label_replace(
                %(reference)s{property!~".*TrustStore.*"}
                unless on (%(store)s)
                  %(newest)s{role="leaf"},
                "position", "0", "", ""
              )
        ||| % { newest: newest, store: promql.store, reference: 'store:btp_certificate_reference:last' }),

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

        // How many stores hold the same certificate, where it is many, whoever reads them; with the system if that is
        // one for all of them.
        record('fingerprint:btp_certificate_stores:many', |||
          (
            count by (fingerprint_sha256) (
              group by (%(places)s) (%(manual)s)
            ) >= %(many)d
          )
          * on (fingerprint_sha256) group_left (system_id)
            (
              group by (fingerprint_sha256, system_id) (%(manual)s)
              unless on (fingerprint_sha256)
                count by (fingerprint_sha256) (
                  group by (fingerprint_sha256, system_id) (%(manual)s)
                ) > 1
              or on (fingerprint_sha256)
                group by (fingerprint_sha256) (%(manual)s)
            )
        ||| % {
          places: promql.with(promql.store, ['fingerprint_sha256']),
          manual: 'certificate:btp_certificate_expiry_timestamp_seconds:manual{fingerprint_sha256!=""}',
          many: config.manyPlaces,
        }),

        // It is 1 only if every exporter that has this source can read it.
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
