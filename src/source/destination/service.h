#ifndef SOURCE_DESTINATION_SERVICE_H
#define SOURCE_DESTINATION_SERVICE_H

#include "config/kind.h"

/* `kind: destination-service`: the Destination service of one SAP BTP subaccount and instance. */
extern const struct source_kind destination_service_kind;

#endif
