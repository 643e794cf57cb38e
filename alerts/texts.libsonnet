// Pieces of the texts of alerts: Go templates, as Prometheus expands them.
function(config) {
  local texts = self,
  local promql = (import 'promql.libsonnet')(config),
  local newest = 'certificate:btp_certificate_expiry_timestamp_seconds:newest',
  local manual = 'certificate:btp_certificate_expiry_timestamp_seconds:manual',
  local certificate = ['source', 'level', 'name', 'entry', 'position'],

  // The result of a query about what these labels of the alert name. `expr` has one %s, for the matchers. `values`
  // holds templates for labels that the alert does not have.
  query(expr, labels, values={})::
    local all = config.scopeLabels + labels;
    '(printf `%s` %s | query)' % [
      expr % std.join(',', [label + '=%q' for label in all]),
      std.join(' ', [std.get(values, label, '$labels.' + label) for label in all]),
    ],

  // About one certificate, wherever it is.
  ofFingerprint(expr):: '(printf `%s` $labels.fingerprint_sha256 | query)' % (expr % 'fingerprint_sha256=%q'),

  // A point in time, the first result of a query.
  at(query):: '{{ with %s }}{{ . | first | value | humanizeTimestamp }}{{ end }}' % query,

  // Where it is.
  system:: '{{ with $labels.system_id }}, system {{ . }}{{ end }}',
  store:: '{{ $labels.name }} ({{ $labels.level }} of {{ $labels.source }}' + texts.system + ')',
  certificate:: '{{ $labels.name }}{{ with $labels.entry }}, entry {{ . }}{{ end }}' +
                '{{ if ne $labels.position "0" }}, certificate {{ $labels.position }} in it{{ end }}' +
                ' ({{ $labels.level }} of {{ $labels.source }}' + texts.system + ')',
  subject:: '{{ with $labels.subject }}, {{ . }},{{ end }}',

  // When it expires. The value of these alerts is the time left in seconds.
  left:: '{{ $value | humanizeDuration }}',
  expires:: texts.expiresAs('expires', 'has expired'),
  expiresAs(expires, hasExpired):: '{{ if le $value 0.0 }}%s{{ else }}%s in %s{{ end }}' % [hasExpired, expires, texts.left],
  expiryOfCertificate:: texts.at(texts.query(newest + '{%s}', certificate)),
  expiresAt:: texts.expiresAtOf(texts.expiryOfCertificate),
  expiresAtOf(expiry, expires='expires')::
    '{{ if le $value 0.0 }}expired{{ else }}%s{{ end }} on %s{{ if gt $value 0.0 }}, in %s{{ end }}' %
    [expires, expiry, texts.left],

  // Who breaks. The text is empty where no user is known.
  local destinations(query) =
    '{{ with %s }} Used by: ' % query +
    '{{ range $i, $each := sortByLabel "destination" . }}' +
    '{{ if lt $i %d }}{{ if $i }}, {{ end }}{{ $each.Labels.destination }}{{ end }}{{ end }}' % texts.listed +
    '{{ if gt (len .) %d }}, …{{ end }}.{{ end }}' % texts.listed,
  listed:: 25,
  usersOf(matchers, labels)::
    destinations(texts.query('group by (destination) (last_over_time(%s[%s]))' % [
      promql.metric('btp_certificate_reference', matchers),
      config.bridge,
    ], labels)),
  users:: texts.usersOf('%s', ['source', 'level', 'name']),

  // The subaccount in the name subaccount/<region host>/<subaccount> of a Cloud Connector's certificate, and the
  // certificate of the alert's subaccount.
  subaccount:: 'the subaccount {{ reReplaceAll "^subaccount/([^/]*)/(.*)$" "$2 at $1" $labels.name }}' +
               '{{ with %s }}' %
               texts.query(promql.metric('sapcc_subaccount_info', 'display_name!="",%s'), ['subaccount'], {
                 subaccount: '(reReplaceAll "^subaccount/[^/]*/" "" $labels.name)',
               }) +
               '{{ with . | first | label "display_name" }} ({{ . }}){{ end }}{{ end }}',
  expiryOfSubaccount::
    '{{ with %s }}' % texts.query(newest + '{type="subaccount",%s}', ['source', 'name'], {
      name: '(printf "subaccount/%s/%s" $labels.region_host $labels.subaccount)',
    }) +
    ' Its certificate expires on {{ . | first | value | humanizeTimestamp }}.{{ end }}',

  // All the stores that hold the certificate with the alert's fingerprint, and who uses them.
  places::
    '{{ range $i, $each := %s | sortByLabel "source" }}{{ if $i }}; {{ end }}' %
    texts.ofFingerprint('group by (%s, system_id) (%s{%%s})' % [promql.store, manual]) +
    '{{ $each.Labels.name }} ({{ $each.Labels.level }} of {{ $each.Labels.source }}' +
    '{{ with $each.Labels.system_id }}, system {{ . }}{{ end }}){{ end }}',
  usersOfPlaces::
    destinations(texts.ofFingerprint('group by (destination) (%s and on (%s) %s{%%s})' % [
      'store:btp_certificate_reference:last',
      promql.store,
      manual,
    ])),
}
