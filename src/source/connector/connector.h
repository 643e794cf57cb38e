#ifndef SOURCE_CONNECTOR_CONNECTOR_H
#define SOURCE_CONNECTOR_CONNECTOR_H

#include "config/kind.h"

/* The kind "cloud-connector": one SAP Cloud Connector. */
extern const struct source_kind cloud_connector_kind;

#endif
