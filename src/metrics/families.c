/*
 * The table of metric families. Adding a family means one row here, its samples
 * in the file that knows the values, and its section in docs/metrics.md.
 */
#include "metrics/families.h"

#include <assert.h>

#define STORE    "source", "level", "name"
#define IDENTITY STORE, "entry", "position"
#define HEADLINE IDENTITY, "system_id", "type", "role", "issuer", "destination"

static const struct family table[FAM_COUNT] = {
	[FAM_EXPIRY] = { "btp_certificate_expiry_timestamp_seconds",
			 FAMILY_GAUGE,
			 "Unix time at which the certificate expires (notAfter), as of the last "
			 "successful read of its store.",
			 { HEADLINE } },
	[FAM_DAYS] = { "btp_certificate_days_until_expiry",
		       FAMILY_GAUGE,
		       "Days until the certificate expires, counted at the time of the scrape; "
		       "negative once it has expired.",
		       { HEADLINE } },
	[FAM_NOT_BEFORE] = { "btp_certificate_not_before_timestamp_seconds",
			     FAMILY_GAUGE,
			     "Unix time from which the certificate is valid (notBefore).",
			     { IDENTITY } },
	[FAM_CERTIFICATE_INFO] = { "btp_certificate_info",
				   FAMILY_GAUGE,
				   "Facts of the certificate as labels; always 1.",
				   { IDENTITY, "type", "role", "format", "subject", "issuer",
				     "serial_number", "fingerprint_sha256", "public_key",
				     "signature_algorithm", "san" } },
	[FAM_CERTIFICATE_STATUS] = { "btp_certificate_status",
				     FAMILY_GAUGE,
				     "The current status of the certificate as a label, judged at "
				     "the time of the scrape; always 1.",
				     { IDENTITY, "status" } },
	[FAM_RENEWAL_DUE] = { "btp_certificate_renewal_due_timestamp_seconds",
			      FAMILY_GAUGE,
			      "Unix time at which the certificate should have been renewed, by the "
			      "service itself (automatic) or by its owner (manual).",
			      { IDENTITY, "renewal" } },
	[FAM_LABEL_INFO] = { "btp_certificate_label_info",
			     FAMILY_GAUGE,
			     "A label that the service keeps for the certificate store; always 1.",
			     { STORE, "key", "value" } },
	[FAM_STORE_STATE] = { "btp_certificate_store_state",
			      FAMILY_GAUGE,
			      "The current state of the certificate store as a label, as of the "
			      "last refresh; always 1.",
			      { STORE, "state" } },
	[FAM_STORE_EARLIEST] = { "btp_certificate_store_earliest_expiry_timestamp_seconds",
				 FAMILY_GAUGE,
				 "Unix time at which the first leaf or intermediate certificate of "
				 "the store expires; where there are none, the first of all.",
				 { STORE } },
	[FAM_REFERENCE] = { "btp_certificate_reference",
			    FAMILY_GAUGE,
			    "A destination or fragment that uses the certificate store; always 1.",
			    { STORE, "destination_level", "destination", "kind", "property" } },
	[FAM_MISSING] = { "btp_destination_certificate_missing",
			  FAMILY_GAUGE,
			  "A destination or fragment that names a certificate store which does not "
			  "exist; always 1.",
			  { "source", "destination_level", "destination", "kind", "property",
			    "name" } },
	[FAM_DESTINATIONS] = { "btp_destinations",
			       FAMILY_GAUGE,
			       "Destinations and fragments that were read, as of the last refresh.",
			       { "source", "level", "kind" } },
	[FAM_CERTIFICATES] = { "btp_certificates",
			       FAMILY_GAUGE,
			       "Certificates that are known, as of the last refresh.",
			       { "source", "level" } },
	[FAM_STORES] = { "btp_certificate_stores",
			 FAMILY_GAUGE,
			 "Certificate stores that are known, readable or not, as of the last "
			 "refresh.",
			 { "source", "level" } },

	[FAM_SOURCE_INFO] = { "btp_source_info",
			      FAMILY_GAUGE,
			      "Facts of the source as labels; always 1.",
			      { "source", "name", "kind", "system_id", "host", "subaccount_id",
				"tenant_id" } },
	[FAM_SOURCE_UP] = { "btp_source_up",
			    FAMILY_GAUGE,
			    "1 if every level of the source was read in the last refresh, else 0.",
			    { "source" } },
	[FAM_LEVEL_UP] = { "btp_source_level_up",
			   FAMILY_GAUGE,
			   "1 if this level of the source was listed whole in the last refresh and "
			   "not every store of it failed, else 0.",
			   { "source", "level" } },
	[FAM_LAST_SUCCESS] = { "btp_source_last_success_timestamp_seconds",
			       FAMILY_GAUGE,
			       "Unix time at which the last successful refresh of the source "
			       "ended.",
			       { "source" } },
	[FAM_LAST_ATTEMPT] = { "btp_source_last_attempt_timestamp_seconds",
			       FAMILY_GAUGE,
			       "Unix time at which the last refresh of the source ended, "
			       "successful or not.",
			       { "source" } },
	[FAM_POLL_INTERVAL] = { "btp_source_poll_interval_seconds",
				FAMILY_GAUGE,
				"Configured time between two refreshes of the source.",
				{ "source" } },
	[FAM_REFRESH_DURATION] = { "btp_source_refresh_duration_seconds",
				   FAMILY_HISTOGRAM,
				   "How long the refreshes of the source took.",
				   { "source" } },
	[FAM_ERRORS] = { "btp_source_errors_total",
			 FAMILY_COUNTER,
			 "Things that went wrong while the source was refreshed, by where and why.",
			 { "source", "stage", "reason" } },
	[FAM_TLS_UNVERIFIED] = { "btp_source_tls_verification_disabled",
				 FAMILY_GAUGE,
				 "1 for a source that is configured to accept any server "
				 "certificate.",
				 { "source" } },
	[FAM_REQUESTS] = { "btp_api_requests_total",
			   FAMILY_COUNTER,
			   "HTTP requests that the exporter sent, by template of the request and "
			   "class of the answer (none: no answer).",
			   { "source", "endpoint", "code_class" } },
	[FAM_REQUEST_DURATION] = { "btp_api_request_duration_seconds",
				   FAMILY_HISTOGRAM,
				   "How long the HTTP requests that the exporter sent took.",
				   { "source", "endpoint" } },
	[FAM_CACHE_HITS] = { "btp_certificate_cache_hits_total",
			     FAMILY_COUNTER,
			     "Certificate stores whose content was unchanged and not read again.",
			     { "source" } },
	[FAM_CACHE_MISSES] = { "btp_certificate_cache_misses_total",
			       FAMILY_COUNTER,
			       "Certificate stores whose content was new or changed and was read.",
			       { "source" } },

	[FAM_SAPCC_INFO] = { "sapcc_info",
			     FAMILY_GAUGE,
			     "Version of the Cloud Connector as a label; always 1.",
			     { "source", "version" } },
	[FAM_SAPCC_ENDPOINT_SUPPORTED] = { "sapcc_endpoint_supported",
					   FAMILY_GAUGE,
					   "1 if this Cloud Connector offers the call, 0 if its "
					   "version or its role does not.",
					   { "source", "endpoint" } },
	[FAM_SAPCC_ENDPOINT_UP] = { "sapcc_endpoint_up",
				    FAMILY_GAUGE,
				    "1 if the call was answered usefully in the last refresh, else "
				    "0.",
				    { "source", "endpoint" } },
	[FAM_SAPCC_AUTO_RENEWAL_ENABLED] = { "sapcc_certificate_auto_renewal_enabled",
					     FAMILY_GAUGE,
					     "1 if the Cloud Connector is set to renew the "
					     "certificate of the subaccount by itself, else 0.",
					     { "source", "region_host", "subaccount" } },
	[FAM_SAPCC_ALERT_THRESHOLD] = { "sapcc_certificate_expiry_alert_threshold_seconds",
					FAMILY_GAUGE,
					"Time before the expiry of a certificate from which the "
					"Cloud "
					"Connector warns.",
					{ "source" } },
	[FAM_SAPCC_PEER_NOT_AFTER] = { "sapcc_tls_peer_certificate_not_after_timestamp_seconds",
				       FAMILY_GAUGE,
				       "Unix time at which the certificate that the Cloud "
				       "Connector really serves expires.",
				       { "source" } },
	[FAM_SAPCC_BACKEND_TRUST_ALL] = { "sapcc_backend_trust_all",
					  FAMILY_GAUGE,
					  "1 if the Cloud Connector accepts any certificate of a "
					  "back end, else 0.",
					  { "source" } },
	[FAM_SAPCC_HA_ROLE] = { "sapcc_ha_role",
				FAMILY_GAUGE,
				"1 for the current role of the instance in its high availability "
				"pair, 0 for the other ones.",
				{ "source", "role" } },
	[FAM_SAPCC_HA_STATE] = { "sapcc_ha_state",
				 FAMILY_GAUGE,
				 "1 for the current state of this side of the high availability "
				 "pair, 0 for the other ones.",
				 { "source", "side", "state" } },
	[FAM_SAPCC_SUBACCOUNT_INFO] = { "sapcc_subaccount_info",
					FAMILY_GAUGE,
					"A subaccount that the Cloud Connector is set up for; "
					"always 1.",
					{ "source", "region_host", "subaccount", "location_id",
					  "display_name" } },
	[FAM_SAPCC_TUNNEL_STATE] = { "sapcc_subaccount_tunnel_state",
				     FAMILY_GAUGE,
				     "1 for the current state of the tunnel to the subaccount, 0 "
				     "for the other ones.",
				     { "source", "region_host", "subaccount", "state" } },
	[FAM_SAPCC_TUNNEL_CONNECTED_SINCE] = { "sapcc_subaccount_tunnel_connected_since_timestamp_"
					       "seconds",
					       FAMILY_GAUGE,
					       "Unix time since which the tunnel to the subaccount "
					       "is connected.",
					       { "source", "region_host", "subaccount" } },
	[FAM_SAPCC_TUNNEL_CONNECTIONS] = { "sapcc_subaccount_tunnel_connections",
					   FAMILY_GAUGE,
					   "Connections that the tunnel to the subaccount carries.",
					   { "source", "region_host", "subaccount" } },
	[FAM_SAPCC_SERVICE_CHANNEL] = { "sapcc_service_channel_connected",
					FAMILY_GAUGE,
					"1 if the enabled service channel is connected, else 0.",
					{ "source", "region_host", "subaccount", "type", "id" } },
	[FAM_SAPCC_CORRUPTED_SUBACCOUNTS] = { "sapcc_corrupted_subaccounts",
					      FAMILY_GAUGE,
					      "Subaccounts whose files the Cloud Connector could "
					      "not load.",
					      { "source" } },
	[FAM_SAPCC_ALERTS] = { "sapcc_alerts",
			       FAMILY_GAUGE,
			       "Alerts that the Cloud Connector lists.",
			       { "source", "type", "status", "origin" } },
	[FAM_SAPCC_MEMORY] = { "sapcc_memory_bytes",
			       FAMILY_GAUGE,
			       "Memory of the machine or of the Java heap, by who uses it.",
			       { "source", "memory", "used_by" } },
	[FAM_SAPCC_MEMORY_SIZE] = { "sapcc_memory_size_bytes",
				    FAMILY_GAUGE,
				    "Size of the memory of the machine or of the Java heap.",
				    { "source", "memory" } },
	[FAM_SAPCC_DISK] = { "sapcc_disk_bytes",
			     FAMILY_GAUGE,
			     "Disk space of the Cloud Connector, by who uses it.",
			     { "source", "used_by" } },
	[FAM_SAPCC_DISK_SIZE] = { "sapcc_disk_size_bytes",
				  FAMILY_GAUGE,
				  "Size of the disk of the Cloud Connector.",
				  { "source" } },
	[FAM_SAPCC_CPU] = { "sapcc_cpu_usage_ratio",
			    FAMILY_GAUGE,
			    "Share of the processors that is used, from 0 to 1.",
			    { "source", "scope" } },
	[FAM_SAPCC_CLOCK_SKEW] = { "sapcc_clock_skew_seconds",
				   FAMILY_GAUGE,
				   "How far the clock of the Cloud Connector is ahead of the "
				   "exporter's.",
				   { "source" } },

	[FAM_BUILD_INFO] = { "btp_cert_exporter_build_info",
			     FAMILY_GAUGE,
			     "Version of the exporter and of the libraries it runs with; always 1.",
			     { "version", "revision", "branch", "compiler", "libmicrohttpd",
			       "libcurl", "openssl" } },
	[FAM_SHARD] = { "btp_cert_exporter_shard",
			FAMILY_GAUGE,
			"Which part of the sources this exporter watches; only with --shard, "
			"always 1.",
			{ "index", "count" } },
	[FAM_RELOAD_SUCCESSFUL] = { "btp_cert_exporter_config_last_reload_successful",
				    FAMILY_GAUGE,
				    "1 if the configuration was accepted when it was last read, "
				    "else 0 (then the one before stays in use).",
				    { NULL } },
	[FAM_RELOAD_SUCCESS_TIME] = { "btp_cert_exporter_config_last_reload_success_timestamp_"
				      "seconds",
				      FAMILY_GAUGE,
				      "Unix time at which a configuration was last accepted.",
				      { NULL } },
	[FAM_SCRAPE_DURATION] = { "btp_cert_exporter_scrape_duration_seconds",
				  FAMILY_HISTOGRAM,
				  "How long the exporter took to make the page of metrics.",
				  { NULL } },
	[FAM_HTTP_REQUESTS] = { "btp_cert_exporter_http_requests_total",
				FAMILY_COUNTER,
				"HTTP requests that the exporter answered, by handler and status "
				"code.",
				{ "handler", "code" } },

	/* canonical names and texts of the Prometheus client libraries */
	[FAM_PROCESS_CPU] = { "process_cpu_seconds_total",
			      FAMILY_COUNTER,
			      "Total user and system CPU time spent in seconds.",
			      { NULL } },
	[FAM_PROCESS_OPEN_FDS] = { "process_open_fds",
				   FAMILY_GAUGE,
				   "Number of open file descriptors.",
				   { NULL } },
	[FAM_PROCESS_MAX_FDS] = { "process_max_fds",
				  FAMILY_GAUGE,
				  "Maximum number of open file descriptors.",
				  { NULL } },
	[FAM_PROCESS_VIRTUAL_MEMORY] = { "process_virtual_memory_bytes",
					 FAMILY_GAUGE,
					 "Virtual memory size in bytes.",
					 { NULL } },
	[FAM_PROCESS_VIRTUAL_MEMORY_MAX] = { "process_virtual_memory_max_bytes",
					     FAMILY_GAUGE,
					     "Maximum amount of virtual memory available in bytes.",
					     { NULL } },
	[FAM_PROCESS_RESIDENT_MEMORY] = { "process_resident_memory_bytes",
					  FAMILY_GAUGE,
					  "Resident memory size in bytes.",
					  { NULL } },
	[FAM_PROCESS_START_TIME] = { "process_start_time_seconds",
				     FAMILY_GAUGE,
				     "Start time of the process since unix epoch in seconds.",
				     { NULL } },
	[FAM_PROCESS_THREADS] = { "process_threads",
				  FAMILY_GAUGE,
				  "Number of OS threads in the process.",
				  { NULL } },
};

const struct family *family_get(enum family_id id)
{
	assert((unsigned)id < FAM_COUNT);
	return &table[id];
}

const char *family_type_name(enum family_type type)
{
	switch (type) {
	case FAMILY_GAUGE:
		return "gauge";
	case FAMILY_COUNTER:
		return "counter";
	case FAMILY_HISTOGRAM:
		return "histogram";
	}
	return "";
}
