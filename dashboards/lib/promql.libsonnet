// Pieces of PromQL that the dashboards share. Everything is aggregated by where a certificate is (and by
// config.scopeLabels), so that two exporters with the same sources count once, and a certificate that
// several destinations use counts once.
function(config) {
  local q = self,

  // How each choice of a variable acts on a label. `name` is the only one that is not a list: a raw string,
  // since names may hold quotes and everything that means something in a regular expression.
  local matchers = {
    system_id: 'system_id=~"$system_id"',
    source: 'source=~"$source"',
    level: 'level=~"$level"',
    destination_level: 'destination_level=~"$level"',
    role: 'role=~"$role"',
    name: 'name=~`${name:regex}`',
  },
  select(family, variables, extra=[])::
    family + '{' + std.join(', ', std.filter(
      function(text) text != '',
      [config.selector, 'job=~"$job"', 'instance=~"$instance"'] + [matchers[v] for v in variables] + extra
    )) + '}',

  local scope = config.scopeLabels,
  list(labels):: std.join(', ', labels),
  by(labels=[]):: 'by (' + q.list(scope + labels) + ')',
  on(labels=[]):: 'on (' + q.list(scope + labels) + ')',

  source: ['source'],
  store: ['source', 'level', 'name'],
  certificate: self.store + ['entry', 'position'],

  // One series for each combination of labels.
  max(labels, expr):: 'max %s (%s)' % [q.by(labels), expr],
  min(labels, expr):: 'min %s (%s)' % [q.by(labels), expr],
  sum(labels, expr):: 'sum %s (%s)' % [q.by(labels), expr],
  count(labels, expr):: 'count %s (%s)' % [q.by(labels), expr],

  // The facts in `facts`, once for each `key`: exporters that do not agree at the moment must not break a join.
  facts(key, facts, expr):: 'topk %s (1, %s)' % [q.by(key), q.max(key + facts, expr)],
  // `expr` with the labels of `facts`, and as it is where there are no facts.
  join(expr, key, labels, facts)::
    '%s * %s group_left (%s) %s or %s %s' % [expr, q.on(key), q.list(labels), facts, q.on(key), expr],

  // With the label `file`: the name, of a long path the file's name only, since a column that is too narrow loses the
  // end of a text.
  file(expr)::
    'label_replace(label_replace(%s, "file", "$1", "name", "(.*)"), "file", "…/$1", "name", "/.{20,}/([^/]+)")' % expr,

  days(expr):: '(%s - time()) / 86400' % expr,
  // For people, as everywhere: rounded down, so that an expired certificate never has 0.
  wholeDays(expr):: 'floor((%s - time()) / 86400)' % expr,
  milliseconds(expr):: '(%s) * 1000' % expr,
}
