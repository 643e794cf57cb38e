#ifndef SOURCE_CONNECTOR_CONNECTOR_H
#define SOURCE_CONNECTOR_CONNECTOR_H

#include "source/source.h"

/* The kind "cloud-connector": one SAP Cloud Connector. */
extern const struct source_class cloud_connector_class;

#endif
