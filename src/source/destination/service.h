#ifndef SOURCE_DESTINATION_SERVICE_H
#define SOURCE_DESTINATION_SERVICE_H

#include "source/source.h"

/* `kind: destination-service`: the Destination service of one SAP BTP subaccount and instance. */
extern const struct source_class destination_service_class;

#endif
