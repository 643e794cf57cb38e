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

#include "base/array.h"
#include "base/words.h"

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
	const struct word_list *endpoints;
	struct telemetry_source_values values;
};

struct telemetry {
	pthread_mutex_t lock;
	struct telemetry_source *sources;
	struct telemetry_values values;
};

static const char *const stage_words[] = {
	[STAGE_CONFIG] = "config",
	[STAGE_TOKEN] = "token",
	[STAGE_LIST] = "list",
	[STAGE_FETCH] = "fetch",
	[STAGE_DECODE] = "decode",
	[STAGE_REFERENCES] = "references",
	[STAGE_SAML_TRUST] = "saml_trust",
	[STAGE_LABELS] = "labels",
	[STAGE_STATE_FILE] = "state_file",
};
_Static_assert(COUNT_OF(stage_words) == STAGE_COUNT, "each stage has a word");
static const struct word_list stages = { stage_words, COUNT_OF(stage_words) };
static const struct word_list no_endpoints = { NULL, 0 };

const char *stage_name(enum stage stage)
{
	return word_of(&stages, stage);
}

static const char *const code_class_words[] = {
	[CODE_2XX] = "2xx", [CODE_3XX] = "3xx",   [CODE_4XX] = "4xx",
	[CODE_5XX] = "5xx", [CODE_NONE] = "none",
};
_Static_assert(COUNT_OF(code_class_words) == CODE_CLASS_COUNT, "each class has a word");
static const struct word_list code_classes = { code_class_words, COUNT_OF(code_class_words) };

const char *code_class_name(enum code_class code_class)
{
	return word_of(&code_classes, code_class);
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
	telemetry_source_values_release(&source->values);
	free(source->id);
	free(source);
}

static struct telemetry_source *source_new(const char *id, const struct word_list *endpoints)
{
	struct telemetry_source *source = calloc(1, sizeof(*source));

	if (source == NULL)
		return NULL;
	if (pthread_mutex_init(&source->lock, NULL) != 0) {
		free(source);
		return NULL;
	}
	struct telemetry_source_values *values = &source->values;
	source->id = strdup(id);
	source->endpoints = endpoints;
	values->endpoints = calloc(endpoints->count + 1, sizeof(*values->endpoints));
	if (source->id == NULL || values->endpoints == NULL) {
		source_free(source);
		return NULL;
	}
	values->endpoint_count = endpoints->count;
	for (size_t i = 0; i < values->endpoint_count; i++)
		histogram_init(&values->endpoints[i].duration, request_bounds,
			       COUNT_OF(request_bounds));
	histogram_init(&values->refresh_duration, refresh_bounds, COUNT_OF(refresh_bounds));
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

struct telemetry_source *telemetry_source(struct telemetry *telemetry, const char *source_id,
					  const struct word_list *endpoints)
{
	if (endpoints == NULL)
		endpoints = &no_endpoints;
	pthread_mutex_lock(&telemetry->lock);
	struct telemetry_source *source = telemetry->sources;
	while (source != NULL &&
	       (source->endpoints != endpoints || strcmp(source->id, source_id) != 0))
		source = source->next;
	if (source == NULL) {
		source = source_new(source_id, endpoints);
		if (source != NULL) {
			source->next = telemetry->sources;
			telemetry->sources = source;
		}
	}
	pthread_mutex_unlock(&telemetry->lock);
	return source;
}

const char *telemetry_endpoint_name(const struct telemetry_source *source, size_t endpoint)
{
	return word_of(source != NULL ? source->endpoints : &no_endpoints, endpoint);
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

void telemetry_request(struct telemetry_source *source, size_t endpoint, long http_code,
		       double duration_s)
{
	if (source == NULL)
		return;
	bool known = endpoint < source->endpoints->count;
	assert(known);
	if (!known)
		return;
	pthread_mutex_lock(&source->lock);
	struct telemetry_endpoint *values = &source->values.endpoints[endpoint];
	values->requests[code_class_of(http_code)]++;
	histogram_add(&values->duration, duration_s);
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

enum status telemetry_source_read(struct telemetry_source *source,
				  struct telemetry_source_values *ret)
{
	size_t count = source->endpoints->count; /* never changes: the lock is not needed yet */
	struct telemetry_endpoint *endpoints = calloc(count + 1, sizeof(*endpoints));

	if (endpoints == NULL)
		return STATUS_MEMORY;
	pthread_mutex_lock(&source->lock);
	*ret = source->values;
	memcpy(endpoints, source->values.endpoints, count * sizeof(*endpoints));
	pthread_mutex_unlock(&source->lock);
	ret->endpoints = endpoints;
	return STATUS_OK;
}

void telemetry_source_values_release(struct telemetry_source_values *values)
{
	free(values->endpoints);
	values->endpoints = NULL;
	values->endpoint_count = 0;
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
