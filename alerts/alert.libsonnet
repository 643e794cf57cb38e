// One alert rule. The runbook is the section of docs/alerts.md with the alert's name.
function(config)
  function(fields) {
    alert: fields.name,
    expr: fields.expr,
    'for': fields['for'],
    labels: { severity: fields.severity },
    annotations: {
      summary: fields.summary,
      description: fields.description,
      runbook_url: config.runbookUrl + std.asciiLower(fields.name),
    },
  }
