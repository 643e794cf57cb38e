// The settings that one may want to change: `(import 'mixin.libsonnet') { _config+:: { … } }`.
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

    // When a certificate that somebody has to renew is reported: this share of its life before it expires, at least
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

    // A certificate that is in at least this number of stores is one alert, which lists them.
    manyPlaces: 3,

    // A root in a file is reported as a warning until so many days after it expired, then as info.
    trustedFileDays: 7,

    // A SAML certificate that was made this number of days ago and is not active yet was forgotten.
    samlPassiveDays: 7,

    // An inventory has shrunk when this share of it is gone within a day. One with fewer certificates than
    // `shrunkFrom` has shrunk only when nothing is left.
    shrunkShare: 1 / 2,
    shrunkFrom: 4,

    // An inventory is stale when this number of refreshes was missed.
    missedRefreshes: 2.5,

    // Where your people find the runbooks (docs/alerts.md, or a page of your own with the same sections); the alert's
    // name in lower case is the section. This address exists nowhere and says so: set your own.
    runbookUrl: 'https://runbook-url-is-not-set.invalid/docs/alerts.md#',

    dashboardTags: ['btp-cert-exporter', 'certificates'],
    dashboardRefresh: '5m',
    dashboardTimezone: 'browser',
  },
}
