#ifndef SOURCE_DESTINATION_ENDPOINTS_H
#define SOURCE_DESTINATION_ENDPOINTS_H

#include "base/words.h"

/* The templates of the requests to a Destination service, in the order of the page. */
enum ds_endpoint {
	ENDPOINT_DS_TOKEN,
	ENDPOINT_DS_CERTIFICATE_NAMES,
	ENDPOINT_DS_CERTIFICATES,
	ENDPOINT_DS_CERTIFICATE,
	ENDPOINT_DS_CERTIFICATE_PUBLIC_KEYS,
	ENDPOINT_DS_CERTIFICATE_LABELS,
	ENDPOINT_DS_DESTINATIONS,
	ENDPOINT_DS_FRAGMENTS,
	ENDPOINT_DS_SAML_ACTIVE,
	ENDPOINT_DS_SAML_PASSIVE,
	ENDPOINT_DS_COUNT,
};

/* Their names, the label `endpoint`. */
extern const struct word_list ds_endpoints;

#endif
