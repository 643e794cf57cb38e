// The rules file for those without jsonnet: jsonnet -S alerts/render.jsonnet. See scripts/generate.
local mixin = import 'mixin.libsonnet';

local indent(text, depth) =
  std.join('\n', [
    if line == '' then '' else std.repeat(' ', depth) + line
    for line in std.split(std.rstripChars(text, '\n'), '\n')
  ]);
// a JSON string is YAML, too; this is what std.manifestJsonEx does, without its ten seconds
local quoted(text) = local array = std.toString([text]); std.substr(array, 1, std.length(array) - 2);
// an expression of several lines is a literal block
local expression(expr) =
  if std.length(std.findSubstr('\n', std.rstripChars(expr, '\n'))) > 0
  then '|\n' + indent(expr, 10)
  else quoted(std.rstripChars(expr, '\n'));
local strings(map, order) = std.join('\n', [
  '          %s: %s' % [key, quoted(map[key])]
  for key in order
]);

local recording(rule) = |||
  - record: %s
          expr: %s
||| % [rule.record, expression(rule.expr)];
local alerting(rule) = |||
  - alert: %s
          expr: %s
          for: %s
          labels:
  %s
          annotations:
  %s
||| % [
  rule.alert,
  expression(rule.expr),
  rule['for'],
  strings(rule.labels, ['severity']),
  strings(rule.annotations, ['summary', 'description', 'runbook_url']),
];
local group(group) = '  - name: %s\n    interval: %s\n    rules:\n' % [group.name, group.interval] + std.join('', [
  '      ' + (if std.objectHas(rule, 'record') then recording(rule) else alerting(rule))
  for rule in group.rules
]);

|||
  # Recording and alerting rules for btp_cert_exporter.
  # Made by scripts/generate from alerts/mixin.libsonnet: change that, or what it lets one configure.
  # Prometheus 2.26 or later. Each alert has its runbook in docs/alerts.md; its address is set with
  #   sed -i 's|%s|https://wiki.example/btp-certificates#|' btp_cert_exporter.rules.yml
  groups:
||| % mixin._config.runbookUrl + std.join('\n', [
  group(each)
  for each in mixin.prometheusRules.groups + mixin.prometheusAlerts.groups
])
