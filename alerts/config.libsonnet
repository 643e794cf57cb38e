// What one may want to change: `(import 'mixin.libsonnet') { _config+:: { … } }`.
{
  _config+:: {
    // Selects the exporter's series, for example 'job="btp_cert_exporter"'. Empty: all of them; the names of
    // the metrics are not used by anything else.
    selector: '',

    // Labels that keep sources apart that have the same id: those of the scrape and of a global view
    // ('cluster', say). Everything else that a target adds (instance, pod, …) is left out of the alerts, so that
    // they survive when the exporter comes back as another pod.
    scopeLabels: ['job'],

    // How often the rules are evaluated, whatever the server does by default: dates need no more, and large
    // inventories cost. At most 4m: what is recorded counts for 5 minutes.
    interval: '1m',

    // How long the last known value stands in for a series that is gone: longer than a restart of the exporter
    // until its first refresh has ended, so that alerts neither resolve nor start anew.
    bridge: '15m',

    // When a certificate that somebody has to renew is reported: this share of its life before its end, at least
    // atLeastDays (which count for no more than atLeastShare of its life), and never more than atMostDays.
    // `warning` is what btp_certificate_renewal_due_timestamp_seconds{renewal="manual"} says, too.
    expiry: {
      warning: { share: 1 / 3, atLeastDays: 2, atLeastShare: 1 / 2, atMostDays: 30 },
      critical: { share: 1 / 10, atLeastDays: 1, atLeastShare: 1 / 4, atMostDays: 7 },
    },

    // A certificate that renews itself is overdue this long after it was due, but never later than this share of
    // the time that it has left then. SAP's job runs at times that are not published.
    renewalGraceHours: 12,
    renewalGraceShare: 1 / 4,

    // The same certificate in so many stores is one alert, with the list.
    manyPlaces: 3,

    // A root in a file is reported as a warning until so long after its end, then as info.
    trustedFileDays: 7,

    // A SAML certificate that was made so long ago and is not active yet was forgotten.
    samlPassiveDays: 7,

    // An inventory has shrunk when so much of it is gone within a day; smaller ones than this only when
    // nothing is left.
    shrunkShare: 1 / 2,
    shrunkFrom: 4,

    // Knowledge is stale when so many refreshes were missed.
    missedRefreshes: 2.5,

    // Where the runbooks are; the alert's name in lower case is the section.
    runbookUrl: 'https://github.com/btp-cert-exporter/btp_cert_exporter/blob/main/docs/alerts.md#',

    dashboardTags: ['btp-cert-exporter', 'certificates'],
    dashboardRefresh: '5m',
    dashboardTimezone: 'browser',
  },
}
