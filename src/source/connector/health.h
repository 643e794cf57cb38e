#ifndef SOURCE_CONNECTOR_HEALTH_H
#define SOURCE_CONNECTOR_HEALTH_H

#include "source/connector/run.h"

/* What a connector reports about itself (docs/reference/cloud-connector.md 7.5, 8.7, 8.8): its
 * version, service channels, alerts, memory, disk, processors. */
scc_reader scc_read_version;
scc_reader scc_read_alerting;
scc_reader scc_read_channels;
scc_reader scc_read_corrupted;
scc_reader scc_read_alerts;
scc_reader scc_read_memory;
scc_reader scc_read_disk;
scc_reader scc_read_cpu;
scc_outcome_handler scc_version_outcome;

/* Adds the samples that are no answer of one call: alerts by kind, and the difference of the
 * clocks. */
void scc_add_health(struct scc_run *run);

#endif
