// The monitoring mixin of btp_cert_exporter: rules, alerts and dashboards, to be changed through `_config`.
(import 'config.libsonnet') +
(import 'rules.libsonnet') +
(import 'certificates.libsonnet') +
(import 'stores.libsonnet') +
(import 'connector.libsonnet') +
(import 'sources.libsonnet') +
(import '../dashboards/dashboards.libsonnet')
