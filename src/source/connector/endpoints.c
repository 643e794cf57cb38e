/* The names of the endpoints of a Cloud Connector. */
#include "source/connector/endpoints.h"

#include "base/array.h"

static const char *const words[] = {
	[ENDPOINT_SCC_VERSION] = "scc_version",
	[ENDPOINT_SCC_SUBACCOUNTS] = "scc_subaccounts",
	[ENDPOINT_SCC_SUBACCOUNT] = "scc_subaccount",
	[ENDPOINT_SCC_CHANNELS] = "scc_channels",
	[ENDPOINT_SCC_IDPS] = "scc_idps",
	[ENDPOINT_SCC_CORRUPTED_SUBACCOUNTS] = "scc_corrupted_subaccounts",
	[ENDPOINT_SCC_UI_CERTIFICATE] = "scc_ui_certificate",
	[ENDPOINT_SCC_SYSTEM_CERTIFICATE] = "scc_system_certificate",
	[ENDPOINT_SCC_CA_CERTIFICATE] = "scc_ca_certificate",
	[ENDPOINT_SCC_TRUSTSTORE] = "scc_truststore",
	[ENDPOINT_SCC_EMAIL_TRUSTSTORE] = "scc_email_truststore",
	[ENDPOINT_SCC_ALERTING] = "scc_alerting",
	[ENDPOINT_SCC_MONITORING_CERTIFICATES] = "scc_monitoring_certificates",
	[ENDPOINT_SCC_MONITORING_SUBACCOUNTS] = "scc_monitoring_subaccounts",
	[ENDPOINT_SCC_HA_ROLE] = "scc_ha_role",
	[ENDPOINT_SCC_HAS_MASTER_ROLE] = "scc_has_master_role",
	[ENDPOINT_SCC_HA_MASTER_STATE] = "scc_ha_master_state",
	[ENDPOINT_SCC_HA_SHADOW_STATE] = "scc_ha_shadow_state",
	[ENDPOINT_SCC_PING] = "scc_ping",
	[ENDPOINT_SCC_ALERTS] = "scc_alerts",
	[ENDPOINT_SCC_MEMORY] = "scc_memory",
	[ENDPOINT_SCC_DISK] = "scc_disk",
	[ENDPOINT_SCC_CPU] = "scc_cpu",
};
_Static_assert(COUNT_OF(words) == ENDPOINT_SCC_COUNT, "each endpoint has a word");

const struct word_list scc_endpoints = { words, COUNT_OF(words) };

const char *scc_endpoint_name(enum scc_endpoint endpoint)
{
	return word_of(&scc_endpoints, endpoint);
}
