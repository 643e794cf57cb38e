#ifndef SOURCE_CONNECTOR_CERTIFICATES_H
#define SOURCE_CONNECTOR_CERTIFICATES_H

#include "source/connector/run.h"

/* The certificates of the connector itself and its trust lists
 * (docs/reference/cloud-connector.md 7.1, 8.3 to 8.6). */
scc_reader scc_read_ui;
scc_reader scc_read_system;
scc_reader scc_read_ca;
scc_reader scc_read_truststore;
scc_reader scc_read_email_truststore;
scc_reader scc_read_idps;
scc_reader scc_read_monitoring_certificates;

/* Adds the UI, system and CA certificate as stores. Without memory run->status says so. */
void scc_add_own(struct scc_run *run);

#endif
