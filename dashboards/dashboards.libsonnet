// The Grafana dashboards of the mixin. config.libsonnet has what one may want to change.
{
  local config = $._config,
  grafanaDashboards+:: {
    'landscape.json': (import 'landscape.libsonnet')(config),
    'certificate.json': (import 'certificate.libsonnet')(config),
    'cloud-connector.json': (import 'cloud-connector.libsonnet')(config),
    'exporter.json': (import 'exporter.libsonnet')(config),
  },
}
