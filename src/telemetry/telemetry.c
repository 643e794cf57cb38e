/*
 * Counters and histograms of the process itself. One lock per source and one for the rest, held
 * only while numbers are added or copied. What the numbers are called outside is the business of
 * metrics/.
 */
#include "telemetry/telemetry.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

/* Seconds. A refresh may last as long as its timeout; a request as long as a slow page; a scrape
 * is a copy of prepared bytes. */
static const double refresh_bounds[] = { 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600 };
static const double request_bounds[] = {
	0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
};
static const double scrape_bounds[] = {
	0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
};

_Static_assert(COUNT_OF(refresh_bounds) <= HISTOGRAM_BUCKETS_MAX, "refresh buckets");
_Static_assert(COUNT_OF(request_bounds) <= HISTOGRAM_BUCKETS_MAX, "request buckets");
_Static_assert(COUNT_OF(scrape_bounds) <= HISTOGRAM_BUCKETS_MAX, "scrape buckets");

struct telemetry_source {
	pthread_mutex_t lock;
	struct telemetry_source *next;
	char *id;
	struct telemetry_source_values values;
};

struct telemetry {
	pthread_mutex_t lock;
	struct telemetry_source *sources;
	struct telemetry_values values;
};

const char *stage_name(enum stage stage)
{
	switch (stage) {
	case STAGE_CONFIG:
		return "config";
	case STAGE_TOKEN:
		return "token";
	case STAGE_LIST:
		return "list";
	case STAGE_FETCH:
		return "fetch";
	case STAGE_DECODE:
		return "decode";
	case STAGE_REFERENCES:
		return "references";
	case STAGE_SAML_TRUST:
		return "saml_trust";
	case STAGE_LABELS:
		return "labels";
	case STAGE_STATE_FILE:
		return "state_file";
	case STAGE_COUNT:
		break;
	}
	return "unknown";
}

const char *endpoint_name(enum endpoint endpoint)
{
	switch (endpoint) {
	case ENDPOINT_TOKEN:
		return "token";
	case ENDPOINT_CERTIFICATE_NAMES:
		return "certificate_names";
	case ENDPOINT_CERTIFICATES:
		return "certificates";
	case ENDPOINT_CERTIFICATE:
		return "certificate";
	case ENDPOINT_CERTIFICATE_PUBLIC_KEYS:
		return "certificate_public_keys";
	case ENDPOINT_CERTIFICATE_LABELS:
		return "certificate_labels";
	case ENDPOINT_DESTINATIONS:
		return "destinations";
	case ENDPOINT_FRAGMENTS:
		return "fragments";
	case ENDPOINT_SAML_ACTIVE:
		return "saml_active";
	case ENDPOINT_SAML_PASSIVE:
		return "saml_passive";
	case ENDPOINT_SCC_VERSION:
		return "scc_version";
	case ENDPOINT_SCC_SUBACCOUNTS:
		return "scc_subaccounts";
	case ENDPOINT_SCC_SUBACCOUNT:
		return "scc_subaccount";
	case ENDPOINT_SCC_CHANNELS:
		return "scc_channels";
	case ENDPOINT_SCC_IDPS:
		return "scc_idps";
	case ENDPOINT_SCC_CORRUPTED_SUBACCOUNTS:
		return "scc_corrupted_subaccounts";
	case ENDPOINT_SCC_UI_CERTIFICATE:
		return "scc_ui_certificate";
	case ENDPOINT_SCC_SYSTEM_CERTIFICATE:
		return "scc_system_certificate";
	case ENDPOINT_SCC_CA_CERTIFICATE:
		return "scc_ca_certificate";
	case ENDPOINT_SCC_TRUSTSTORE:
		return "scc_truststore";
	case ENDPOINT_SCC_EMAIL_TRUSTSTORE:
		return "scc_email_truststore";
	case ENDPOINT_SCC_ALERTING:
		return "scc_alerting";
	case ENDPOINT_SCC_MONITORING_CERTIFICATES:
		return "scc_monitoring_certificates";
	case ENDPOINT_SCC_MONITORING_SUBACCOUNTS:
		return "scc_monitoring_subaccounts";
	case ENDPOINT_SCC_HA_ROLE:
		return "scc_ha_role";
	case ENDPOINT_SCC_HAS_MASTER_ROLE:
		return "scc_has_master_role";
	case ENDPOINT_SCC_HA_MASTER_STATE:
		return "scc_ha_master_state";
	case ENDPOINT_SCC_HA_SHADOW_STATE:
		return "scc_ha_shadow_state";
	case ENDPOINT_SCC_PING:
		return "scc_ping";
	case ENDPOINT_SCC_ALERTS:
		return "scc_alerts";
	case ENDPOINT_SCC_MEMORY:
		return "scc_memory";
	case ENDPOINT_SCC_DISK:
		return "scc_disk";
	case ENDPOINT_SCC_CPU:
		return "scc_cpu";
	case ENDPOINT_COUNT:
		break;
	}
	return "unknown";
}

const char *code_class_name(enum code_class code_class)
{
	switch (code_class) {
	case CODE_2XX:
		return "2xx";
	case CODE_3XX:
		return "3xx";
	case CODE_4XX:
		return "4xx";
	case CODE_5XX:
		return "5xx";
	case CODE_NONE:
	case CODE_CLASS_COUNT:
		break;
	}
	return "none";
}

enum code_class code_class_of(long http_code)
{
	static const enum code_class classes[] = { CODE_2XX, CODE_3XX, CODE_4XX, CODE_5XX };

	if (http_code < 200 || http_code > 599)
		return CODE_NONE;
	return classes[http_code / 100 - 2];
}

static void histogram_init(struct histogram *histogram, const double *bounds, size_t count)
{
	memset(histogram, 0, sizeof(*histogram));
	histogram->bounds = bounds;
	histogram->bound_count = count;
}

static void histogram_add(struct histogram *histogram, double value)
{
	size_t i = 0;

	if (!(value >= 0)) /* also not a number: nothing may spoil the sum for good */
		value = 0;
	while (i < histogram->bound_count && value > histogram->bounds[i])
		i++;
	histogram->buckets[i]++;
	histogram->count++;
	histogram->sum += value;
}

static void source_free(struct telemetry_source *source)
{
	if (source == NULL)
		return;
	(void)pthread_mutex_destroy(&source->lock);
	free(source->id);
	free(source);
}

static struct telemetry_source *source_new(const char *id)
{
	struct telemetry_source *source = calloc(1, sizeof(*source));

	if (source == NULL)
		return NULL;
	if (pthread_mutex_init(&source->lock, NULL) != 0) {
		free(source);
		return NULL;
	}
	source->id = strdup(id);
	if (source->id == NULL) {
		source_free(source);
		return NULL;
	}
	for (size_t i = 0; i < ENDPOINT_COUNT; i++)
		histogram_init(&source->values.request_duration[i], request_bounds,
			       COUNT_OF(request_bounds));
	histogram_init(&source->values.refresh_duration, refresh_bounds, COUNT_OF(refresh_bounds));
	return source;
}

struct telemetry *telemetry_new(void)
{
	struct telemetry *telemetry = calloc(1, sizeof(*telemetry));

	if (telemetry == NULL)
		return NULL;
	if (pthread_mutex_init(&telemetry->lock, NULL) != 0) {
		free(telemetry);
		return NULL;
	}
	histogram_init(&telemetry->values.scrape_duration, scrape_bounds, COUNT_OF(scrape_bounds));
	return telemetry;
}

void telemetry_free(struct telemetry *telemetry)
{
	if (telemetry == NULL)
		return;
	while (telemetry->sources != NULL) {
		struct telemetry_source *source = telemetry->sources;
		telemetry->sources = source->next;
		source_free(source);
	}
	(void)pthread_mutex_destroy(&telemetry->lock);
	free(telemetry);
}

struct telemetry_source *telemetry_source(struct telemetry *telemetry, const char *source_id)
{
	pthread_mutex_lock(&telemetry->lock);
	struct telemetry_source *source = telemetry->sources;
	while (source != NULL && strcmp(source->id, source_id) != 0)
		source = source->next;
	if (source == NULL) {
		source = source_new(source_id);
		if (source != NULL) {
			source->next = telemetry->sources;
			telemetry->sources = source;
		}
	}
	pthread_mutex_unlock(&telemetry->lock);
	return source;
}

void telemetry_error(struct telemetry_source *source, enum stage stage, enum status reason)
{
	bool known = (unsigned)stage < STAGE_COUNT && reason > STATUS_OK &&
		     (unsigned)reason < STATUS_REASON_COUNT;

	assert(known);
	if (source == NULL || !known)
		return;
	pthread_mutex_lock(&source->lock);
	source->values.errors[stage][reason]++;
	pthread_mutex_unlock(&source->lock);
}

void telemetry_request(struct telemetry_source *source, enum endpoint endpoint, long http_code,
		       double duration_s)
{
	bool known = (unsigned)endpoint < ENDPOINT_COUNT;

	assert(known);
	if (source == NULL || !known)
		return;
	pthread_mutex_lock(&source->lock);
	source->values.requests[endpoint][code_class_of(http_code)]++;
	histogram_add(&source->values.request_duration[endpoint], duration_s);
	pthread_mutex_unlock(&source->lock);
}

void telemetry_refresh(struct telemetry_source *source, double duration_s)
{
	if (source == NULL)
		return;
	pthread_mutex_lock(&source->lock);
	histogram_add(&source->values.refresh_duration, duration_s);
	pthread_mutex_unlock(&source->lock);
}

void telemetry_cache(struct telemetry_source *source, bool hit)
{
	if (source == NULL)
		return;
	pthread_mutex_lock(&source->lock);
	if (hit)
		source->values.cache_hits++;
	else
		source->values.cache_misses++;
	pthread_mutex_unlock(&source->lock);
}

void telemetry_source_read(struct telemetry_source *source, struct telemetry_source_values *ret)
{
	pthread_mutex_lock(&source->lock);
	*ret = source->values;
	pthread_mutex_unlock(&source->lock);
}

/* The row of (handler, code), made if there is room; NULL when the table is full. */
static struct telemetry_http_count *http_row(struct telemetry_values *values, const char *handler,
					     unsigned code)
{
	for (size_t i = 0; i < values->http_request_count; i++) {
		struct telemetry_http_count *row = &values->http_requests[i];
		if (row->code == code && strcmp(row->handler, handler) == 0)
			return row;
	}
	if (values->http_request_count == TELEMETRY_HTTP_MAX)
		return NULL;
	struct telemetry_http_count *row = &values->http_requests[values->http_request_count++];
	row->handler = handler;
	row->code = code;
	return row;
}

void telemetry_http_request(struct telemetry *telemetry, const char *handler, unsigned code)
{
	pthread_mutex_lock(&telemetry->lock);
	struct telemetry_http_count *row = http_row(&telemetry->values, handler, code);
	if (row != NULL)
		row->count++;
	pthread_mutex_unlock(&telemetry->lock);
}

void telemetry_scrape(struct telemetry *telemetry, double duration_s)
{
	pthread_mutex_lock(&telemetry->lock);
	histogram_add(&telemetry->values.scrape_duration, duration_s);
	pthread_mutex_unlock(&telemetry->lock);
}

void telemetry_reload(struct telemetry *telemetry, bool successful, double now_s)
{
	pthread_mutex_lock(&telemetry->lock);
	telemetry->values.reload_known = true;
	telemetry->values.reload_successful = successful;
	if (successful)
		telemetry->values.reload_success_s = now_s;
	pthread_mutex_unlock(&telemetry->lock);
}

void telemetry_read(struct telemetry *telemetry, struct telemetry_values *ret)
{
	pthread_mutex_lock(&telemetry->lock);
	*ret = telemetry->values;
	pthread_mutex_unlock(&telemetry->lock);
}
