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

  // The time left of certificates that have reached their lead time. `where` holds matchers, so that not all
  // lead times are looked at.
  local withinLead(vector, lead, where='') = |||
    %s - time()
      < on (%s) group_left ()
        certificate:btp_certificate_expiry_lead_seconds:%s%s
  ||| % [vector, promql.certificate, lead, where],
  // unused() keeps the stores of sources whose destinations were read and do not name them; used() keeps all others.
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
    summary: '{{ $labels.name }} of {{ $labels.source }} expired ' + texts.left + ' ago',
    description: 'The certificate in ' + texts.certificate + texts.subject + ' expired on ' + texts.expiryOfCertificate +
                 ', ' + texts.left + ' ago. Whatever uses it fails, at the latest when it reconnects.' + note,
  }),
  local pastExpiry = |||
    time() - %(newest)s{name!="saml-trust/passive"} >= 0
    unless on (%(certificate)s)
      %(trust)s
  ||| % names,

  local expiring(severity, expr, note) = alert({
    name: 'BtpCertificateExpiring',
    severity: severity,
    expr: expr,
    'for': '5m',
    summary: '{{ $labels.name }} of {{ $labels.source }} ' + texts.expires,
    description: 'The certificate in ' + texts.certificate + texts.subject + ' ' + texts.expiresAt +
                 '. Somebody has to renew it.' + note,
  }),

  local inManyPlaces(severity) = alert({
    name: 'BtpCertificateExpiringInManyPlaces',
    severity: severity,
    expr: |||
      min by (fingerprint_sha256, subject, serial_number) (
        %(certificates)s
      )
      * on (fingerprint_sha256) group_left (system_id)
        group by (fingerprint_sha256, system_id) (%(many)s)
    ||| % names {
      certificates: promql.inside(used(withinLead(manual + '{fingerprint_sha256!=""}', severity)), 2),
      many: many,
    },
    'for': '5m',
    summary: 'The certificate {{ $labels.subject }} ' + texts.expires + ', in many places',
    description: 'The same certificate (SHA-256 {{ $labels.fingerprint_sha256 }}) is in: ' + texts.places + '. It ' +
                 texts.expiresAtOf(texts.at(texts.ofFingerprint(manual + '{%s}'))) +
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
                 ', and is still the same. It ' + texts.expiresAt + '.' + note,
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
  local lateAndWithinLead = |||
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
    summary: 'Trusted certificate {{ $labels.name }} of {{ $labels.source }} ' + texts.expires,
    description: 'The trusted certificate in ' + texts.certificate + texts.subject + ' ' + texts.expiresAt +
                 '. From then on, connections that rely on it fail, unless its successor is trusted, too.' +
                 texts.users,
  }),
  // Trust stores of a Cloud Connector, and those that destinations name, decide about connections. It is not known
  // whether a root in a file does: it could be the self-signed certificate of a server. Such roots count until some
  // days after they expired, because every bundle of CAs holds some that expired long ago.
  local decides(operator) = |||
    %(operator)s on (%(certificate)s)
      (
          %(trust)s{level="connector"}
        or
          %(trust)s{level="directory"} > time() - %(days)d
          unless on (%(store)s)
            %(newest)s{role="leaf"}
        or
          %(trust)s
          and on (%(store)s)
            store:btp_certificate_reference:last{property=~".*TrustStore.*"}
      )
  ||| % names { operator: operator, days: config.trustedFileDays * 86400 },

  local saml(severity, expr, note) = alert({
    name: 'BtpSamlCertificateExpiring',
    severity: severity,
    expr: expr,
    'for': '5m',
    summary: 'The SAML signing certificate of {{ $labels.source }} ' + texts.expires,
    description: 'The active SAML signing certificate of the subaccount of {{ $labels.source }}' + texts.system +
                 texts.subject + ' ' + texts.expiresAt + '. SAP does not renew it by itself.' + note,
  }),
  local samlWithinLead(lead) =
    withinLead(newest + '{type="saml_trust",name="saml-trust/active"}', lead, '{name="saml-trust/active"}'),

  prometheusAlerts+:: {
    groups+: [{
      name: 'btp_certificates',
      interval: config.interval,
      rules: [
        expired('critical', used(pastExpiry), texts.users),
        expired('info', unused(pastExpiry), unusedNote),
        expiring('critical', used(withinLead(manual, 'critical')), texts.users),
        expiring('warning', used(withinLead(manual, 'warning')), texts.users),
        expiring('info', unused(withinLead(manual, 'warning')), unusedNote),
        inManyPlaces('critical'),
        inManyPlaces('warning'),
        overdue('critical', used(lateAndWithinLead), texts.users),
        overdue('warning', used(late), texts.users),
        overdue('info', unused(late), unusedNote),
        trusted('warning', withinLead(trust, 'warning') + decides('and')),
        trusted('info', withinLead(trust, 'warning') + decides('unless')),
        saml('critical', used(samlWithinLead('critical')), texts.users),
        saml('warning', used(samlWithinLead('warning')), texts.users),
        saml('info', unused(samlWithinLead('warning')), ' No destination that this source can see signs with it.'),
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
            // position 0 selects one each, since a chain may come with them
            active: newest + '{type="saml_trust",name="saml-trust/active",position="0"}',
            passive: newest + '{type="saml_trust",name="saml-trust/passive",position="0"}',
            lifetime: 'certificate:btp_certificate_lifetime_seconds:newest{name="saml-trust/passive"}',
            old: config.samlPassiveDays * 86400,
          },
          'for': '1h',
          summary: 'The new SAML signing certificate of {{ $labels.source }} is not active yet',
          description: 'The passive SAML signing certificate of the subaccount of {{ $labels.source }}' + texts.system +
                       texts.subject + ' was made more than %d days ago and expires on ' % config.samlPassiveDays +
                       texts.expiryOfCertificate + ', later than the active one, which still signs and expires on ' +
                       texts.at(texts.query(newest + '{name="saml-trust/active",position="0",%s}', ['source'])) +
                       '. Activate it once everybody who has to trust it does.' +
                       texts.usersOf('name="saml-trust/active",%s', ['source']),
        }),
      ],
    }],
  },
}
