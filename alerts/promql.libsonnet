// Pieces of PromQL, made for the labels that `_config` names. Every list of labels begins with the scope.
function(config) {
  local promql = self,
  list(labels):: std.join(', ', config.scopeLabels + labels),

  // The labels that identify a source, a store, an entry and a certificate, for by (…) and on (…).
  source:: promql.list(['source']),
  level:: promql.list(['source', 'level']),
  store:: promql.list(['source', 'level', 'name']),
  entry:: promql.list(['source', 'level', 'name', 'entry']),
  certificate:: promql.list(['source', 'level', 'name', 'entry', 'position']),
  with(labels, more):: std.join(', ', [labels] + more),

  // A piece of several lines, to stand in a line of its own that is `depth` blanks deep.
  inside(expr, depth)::
    std.strReplace(std.rstripChars(expr, '\n'), '\n', '\n' + std.repeat(' ', depth)),

  // A metric of the exporter, as far as `_config.selector` lets it in.
  metric(name, matchers='')::
    local parts = [part for part in [matchers, config.selector] if part != ''];
    if parts == [] then name else name + '{' + std.join(',', parts) + '}',

  // The same, and where there is none now (a restart), the last ones known. `identity`: what must be gone before
  // an older series may stand in for it, so that a changed label is not shown twice.
  last(name, identity, matchers='')::
    local metric = promql.metric(name, matchers);
    '(%s or on (%s) last_over_time(%s[%s]))' % [metric, identity, metric, config.bridge],
}
