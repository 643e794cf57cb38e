/*
 * The table of metric families. Adding a family means one row here, its samples in the file that
 * knows the values, and its section in docs/metrics.md. The families of facts are rows of the kinds
 * of sources.
 */
#include "metrics/families.h"

#include <assert.h>
#include <stdint.h>

#include "source/source.h"

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

_Static_assert(FACT_LABELS_MAX + 1 <= FAMILY_LABELS_MAX, "a fact has its labels and the source");

struct family family_of_fact(const struct source_fact *fact)
{
	struct family family = {
		.name = fact->name,
		.type = FAMILY_GAUGE,
		.help = fact->help,
		.labels = { "source" },
	};

	for (size_t i = 0; i < FACT_LABELS_MAX; i++)
		family.labels[i + 1] = fact->labels[i];
	return family;
}

/* The fact `i` of all kinds; NULL if they have not as many, and *ret_count is how many. */
static const struct source_fact *fact_at(size_t i, size_t *ret_count)
{
	size_t count = 0;

	for (size_t k = 0; registered_kinds[k] != NULL; k++) {
		const struct source_fact *fact = registered_kinds[k]->class->facts;
		for (; fact != NULL && fact->name != NULL; fact++) {
			if (count++ == i)
				return fact;
		}
	}
	*ret_count = count;
	return NULL;
}

bool family_at(size_t i, struct family *ret_family)
{
	size_t facts = 0;

	if (i < FAM_BUILD_INFO) {
		*ret_family = table[i];
		return true;
	}
	const struct source_fact *fact = fact_at(i - FAM_BUILD_INFO, &facts);
	if (fact != NULL) {
		*ret_family = family_of_fact(fact);
		return true;
	}
	if (i - facts >= FAM_COUNT)
		return false;
	*ret_family = table[i - facts];
	return true;
}

size_t families_count(void)
{
	size_t facts = 0;

	(void)fact_at(SIZE_MAX, &facts);
	return FAM_COUNT + facts;
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
