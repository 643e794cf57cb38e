// Alerts about certificates: those that somebody has to renew, those that SAP renews, trusted ones, SAML.
// Those of a Cloud Connector that need special care are in connector.libsonnet, the exporter's own in sources.libsonnet.
{
  local config = $._config,
  local promql = (import 'promql.libsonnet')(config),
  local texts = (import 'texts.libsonnet')(config),
  local alert = (import 'alert.libsonnet')(config),

  local newest = 'certificate:btp_certificate_expiry_timestamp_seconds:newest',
  local manual = 'certificate:btp_certificate_expiry_timestamp_seconds:manual',
  local trust = 'certificate:btp_certificate_expiry_timestamp_seconds:trust',
  local many = 'fingerprint:btp_certificate_stores:many',
  local due = 'certificate:btp_certificate_renewal_due_timestamp_seconds:last',
  local names = {
    newest: newest,
    manual: manual,
    trust: trust,
    due: due,
    certificate: promql.certificate,
    store: promql.store,
  },

  // The time left of certificates that have reached their lead time. `where`: matchers that spare looking at all lead
  // times.
  local ending(vector, lead, where='') = |||
    %s - time()
      < on (%s) group_left ()
        certificate:btp_certificate_expiry_lead_seconds:%s%s
  ||| % [vector, promql.certificate, lead, where],
  // Where the source has read destinations, and none of them uses the store; and everything else.
  local unused(expr) = |||
    (
      %s
    )
    and on (%s) store:btp_certificate_reference:count == 0
  ||| % [promql.inside(expr, 2), promql.store],
  local used(expr) = std.strReplace(unused(expr), '\nand on', '\nunless on'),
  local unusedNote = ' No destination or fragment that this source can see uses it.',

  local expired(severity, expr, note) = alert({
    name: 'BtpCertificateExpired',
    severity: severity,
    expr: expr,
    'for': '1m',
    summary: '{{ $labels.name }} of {{ $labels.source }} ended ' + texts.left + ' ago',
    description: 'The certificate in ' + texts.certificate + texts.subject + ' ended on ' + texts.endOfCertificate +
                 ', ' + texts.left + ' ago. What uses it fails, at the latest when it connects again.' + note,
  }),
  local ended = |||
    time() - %(newest)s{name!="saml-trust/passive"} >= 0
    unless on (%(certificate)s)
      %(trust)s
  ||| % names,

  local expiring(severity, expr, note) = alert({
    name: 'BtpCertificateExpiring',
    severity: severity,
    expr: expr,
    'for': '5m',
    summary: '{{ $labels.name }} of {{ $labels.source }} ' + texts.ends,
    description: 'The certificate in ' + texts.certificate + texts.subject + ' ' + texts.endsAt +
                 '. Somebody has to renew it.' + note,
  }),

  local inManyPlaces(severity) = alert({
    name: 'BtpCertificateExpiringInManyPlaces',
    severity: severity,
    expr: |||
      min by (fingerprint_sha256, subject, serial_number) (
        %(ending)s
      )
      * on (fingerprint_sha256) group_left (system_id)
        group by (fingerprint_sha256, system_id) (%(many)s)
    ||| % names {
      ending: promql.inside(used(ending(manual + '{fingerprint_sha256!=""}', severity)), 2),
      many: many,
    },
    'for': '5m',
    summary: 'The certificate {{ $labels.subject }} ' + texts.ends + ', in many places',
    description: 'The same certificate (SHA-256 {{ $labels.fingerprint_sha256 }}) is in: ' + texts.places + '. It ' +
                 texts.endsAtOf(texts.at(texts.ofFingerprint(manual + '{%s}'))) +
                 ', and has to be replaced in each of these stores.' + texts.usersOfPlaces,
  }),

  local overdue(severity, expr, note) = alert({
    name: 'BtpCertificateRenewalOverdue',
    severity: severity,
    expr: expr,
    'for': '5m',
    summary: '{{ $labels.name }} of {{ $labels.source }} was not renewed by SAP',
    description: 'The certificate in ' + texts.certificate + texts.subject + ' should have renewed itself on ' +
                 texts.at(texts.query(due + '{%s}', ['source', 'level', 'name', 'entry', 'position'])) +
                 ', and is still the same. It ' + texts.endsAt + '.' + note,
  }),
  local late = |||
    %(newest)s{level!="connector"} - time()
    and on (%(certificate)s)
      (
        certificate:btp_certificate_renewal_late_seconds:last
          > on (%(certificate)s)
            clamp_max(%(share).17g * (%(newest)s - on (%(certificate)s) %(due)s{renewal="automatic"}), %(grace)d)
      )
  ||| % names { share: config.renewalGraceShare, grace: config.renewalGraceHours * 3600 },
  local lateAndEnding = |||
    (
      %s
    )
    < on (%s) group_left ()
      certificate:btp_certificate_expiry_lead_seconds:critical
  ||| % [promql.inside(late, 2), promql.certificate],

  local trusted(severity, expr) = alert({
    name: 'BtpTrustedCertificateExpiring',
    severity: severity,
    expr: expr,
    'for': '5m',
    summary: 'Trusted certificate {{ $labels.name }} of {{ $labels.source }} ' + texts.ends,
    description: 'The trusted certificate in ' + texts.certificate + texts.subject + ' ' + texts.endsAt +
                 '. From then on, connections that rely on it fail, unless its successor is trusted, too.' +
                 texts.users,
  }),
  // What decides about connections: trust stores of a Cloud Connector, and those that destinations name. Of roots in
  // files that is not known: one could be the self-signed certificate of a server. They count until some days after
  // their end; roots that ended long ago are in every bundle of CAs.
  local decides(operator) = |||
    %(operator)s on (%(certificate)s)
      (
          %(trust)s{level="connector"}
        or
          %(trust)s{level="directory"} > time() - %(ended)d
          unless on (%(store)s)
            %(newest)s{role="leaf"}
        or
          %(trust)s
          and on (%(store)s)
            store:btp_certificate_reference:last{property=~".*TrustStore.*"}
      )
  ||| % names { operator: operator, ended: config.trustedFileDays * 86400 },

  local saml(severity, expr, note) = alert({
    name: 'BtpSamlCertificateExpiring',
    severity: severity,
    expr: expr,
    'for': '5m',
    summary: 'The SAML signing certificate of {{ $labels.source }} ' + texts.ends,
    description: 'The active SAML signing certificate of the subaccount of {{ $labels.source }}' + texts.system +
                 texts.subject + ' ' + texts.endsAt + '. SAP does not renew it by itself.' + note,
  }),
  local samlEnding(lead) =
    ending(newest + '{type="saml_trust",name="saml-trust/active"}', lead, '{name="saml-trust/active"}'),

  prometheusAlerts+:: {
    groups+: [{
      name: 'btp_certificates',
      interval: config.interval,
      rules: [
        expired('critical', used(ended), texts.users),
        expired('info', unused(ended), unusedNote),
        expiring('critical', used(ending(manual, 'critical')), texts.users),
        expiring('warning', used(ending(manual, 'warning')), texts.users),
        expiring('info', unused(ending(manual, 'warning')), unusedNote),
        inManyPlaces('critical'),
        inManyPlaces('warning'),
        overdue('critical', used(lateAndEnding), texts.users),
        overdue('warning', used(late), texts.users),
        overdue('info', unused(late), unusedNote),
        trusted('warning', ending(trust, 'warning') + decides('and')),
        trusted('info', ending(trust, 'warning') + decides('unless')),
        saml('critical', used(samlEnding('critical')), texts.users),
        saml('warning', used(samlEnding('warning')), texts.users),
        saml('info', unused(samlEnding('warning')), ' No destination that this source can see signs with it.'),
        alert({
          name: 'BtpSamlCertificateNotActivated',
          severity: 'warning',
          expr: |||
            %(passive)s - time()
            and on (%(certificate)s)
              time() - (%(passive)s - on (%(certificate)s) %(lifetime)s) > %(old)d
            and on (%(source)s)
              (
                %(passive)s
                  > on (%(source)s) %(active)s
              )
          ||| % names {
            source: promql.source,
            // one each: a chain may come with them
            active: newest + '{type="saml_trust",name="saml-trust/active",position="0"}',
            passive: newest + '{type="saml_trust",name="saml-trust/passive",position="0"}',
            lifetime: 'certificate:btp_certificate_lifetime_seconds:newest{name="saml-trust/passive"}',
            old: config.samlPassiveDays * 86400,
          },
          'for': '1h',
          summary: 'The new SAML signing certificate of {{ $labels.source }} is not active yet',
          description: 'The passive SAML signing certificate of the subaccount of {{ $labels.source }}' + texts.system +
                       texts.subject + ' was made more than %d days ago and ends on ' % config.samlPassiveDays +
                       texts.endOfCertificate + ', later than the active one, which still signs and ends on ' +
                       texts.at(texts.query(newest + '{name="saml-trust/active",position="0",%s}', ['source'])) +
                       '. Activate it once everybody who has to trust it does.' +
                       texts.usersOf('name="saml-trust/active",%s', ['source']),
        }),
      ],
    }],
  },
}
