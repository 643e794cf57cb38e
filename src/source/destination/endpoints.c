/* The names of the endpoints of a Destination service. */
#include "source/destination/endpoints.h"

#include "base/array.h"

static const char *const words[] = {
	[ENDPOINT_DS_TOKEN] = "token",
	[ENDPOINT_DS_CERTIFICATE_NAMES] = "certificate_names",
	[ENDPOINT_DS_CERTIFICATES] = "certificates",
	[ENDPOINT_DS_CERTIFICATE] = "certificate",
	[ENDPOINT_DS_CERTIFICATE_PUBLIC_KEYS] = "certificate_public_keys",
	[ENDPOINT_DS_CERTIFICATE_LABELS] = "certificate_labels",
	[ENDPOINT_DS_DESTINATIONS] = "destinations",
	[ENDPOINT_DS_FRAGMENTS] = "fragments",
	[ENDPOINT_DS_SAML_ACTIVE] = "saml_active",
	[ENDPOINT_DS_SAML_PASSIVE] = "saml_passive",
};
_Static_assert(COUNT_OF(words) == ENDPOINT_DS_COUNT, "each endpoint has a word");

const struct word_list ds_endpoints = { words, COUNT_OF(words) };
