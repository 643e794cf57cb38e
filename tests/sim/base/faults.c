/*
 * See faults.h; README.md lists the keys. What a fault does to an answer is in spoil.c.
 */
#include "faults.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "product.h"

#define LATENCY_MAX_MS 3600000
#define FAULTS_MAX     1000

static const char *const kind_names[FAULT_KINDS + 1] = {
	[FAULT_LATENCY] = "latency",
	[FAULT_STATUS] = "status",
	[FAULT_REDIRECT] = "redirect",
	[FAULT_HTML] = "html",
	[FAULT_BODY] = "body",
	[FAULT_CONTENT_TYPE] = "content_type",
	[FAULT_INVALID_JSON] = "invalid_json",
	[FAULT_TRUNCATED_JSON] = "truncated_json",
	[FAULT_INVALID_UTF8] = "invalid_utf8",
	[FAULT_DEEP_JSON] = "deep_json",
	[FAULT_WRONG_TYPE] = "wrong_type",
	[FAULT_TRAILING_TEXT] = "trailing_text",
	[FAULT_MEMBERS] = "members",
	[FAULT_ESCAPES] = "escapes",
	[FAULT_EMPTY_REASON] = "empty_reason",
	[FAULT_HUGE] = "huge",
	[FAULT_SLOW_HEADERS] = "slow_headers",
	[FAULT_SLOW_BODY] = "slow_body",
	[FAULT_CUT] = "cut",
	[FAULT_SHORT_BODY] = "short_body",
	[FAULT_ENDLESS_HEADERS] = "endless_headers",
	[FAULT_NOT_HTTP] = "not_http",
	[FAULT_HANG] = "hang",
	[FAULT_CLOSE] = "close",
	[FAULT_KINDS] = NULL,
};

static const char *const body_names[] = { "json", "text", "html", "empty", NULL };

static const char *const fault_keys[] = {
	"endpoint",
	"level",
	"tenant",
	"name",
	"page",
	"after",
	"times",
	"kind",
	"status",
	"body",
	"text",
	"content_type",
	"location",
	"headers",
	"latency_ms",
	"megabytes",
	"bytes",
	"interval_ms",
	"retry_after",
	"depth",
	"announce",
	"comment",
	"retry_after_date_s",
	"drop",
	"set",
	NULL,
};

/* Selectors that not every program has. */
static const char *const optional_keys[] = { "tenant", "page", NULL };

const char *endpoint_name(int endpoint)
{
	return product.endpoints[endpoint].name;
}

const char *fault_kind_name(int kind)
{
	return kind < FAULT_KINDS ? kind_names[kind] : product.fault_kinds[kind - FAULT_KINDS];
}

static bool listed(const char *const *list, const char *s)
{
	while (*list != NULL && strcmp(*list, s) != 0)
		list++;
	return *list != NULL;
}

static bool add_endpoint(struct loader *l, struct fault *f, const cJSON *name)
{
	if (!cJSON_IsString(name))
		return load_fail(l, "\"endpoint\" has to be a name or an array of names");
	for (size_t i = 0; i < product.endpoints_len; i++) {
		if (strcmp(product.endpoints[i].name, name->valuestring) == 0) {
			f->endpoints[i] = true;
			return true;
		}
	}
	return load_fail(l, "unknown endpoint \"%s\"", name->valuestring);
}

/* None given: all but those that have to be named. */
static void load_endpoints(struct loader *l, struct fault *f, const cJSON *object)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, "endpoint");
	const cJSON *item;

	if (value == NULL) {
		for (size_t i = 0; i < product.endpoints_len; i++)
			f->endpoints[i] = !product.endpoints[i].named_only;
	} else if (cJSON_IsArray(value)) {
		cJSON_ArrayForEach(item, value) add_endpoint(l, f, item);
	} else {
		add_endpoint(l, f, value);
	}
}

static void load_headers(struct loader *l, struct fault *f, const cJSON *object)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, "headers");
	const cJSON *item;

	if (value != NULL && !cJSON_IsObject(value))
		load_fail(l, "\"headers\" has to be an object");
	cJSON_ArrayForEach(item, value)
	{
		struct header *h;

		if (!cJSON_IsString(item) || f->headers_len == FAULT_HEADERS_MAX) {
			load_fail(l, "\"headers\": up to %d strings", FAULT_HEADERS_MAX);
			return;
		}
		h = &f->headers[f->headers_len++];
		h->name = arena_strdup(l->arena, item->string);
		h->value = arena_strdup(l->arena, item->valuestring);
	}
}

/* A number of seconds or a text that is sent as it is. */
static const char *load_retry_after(struct loader *l, const cJSON *object)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, "retry_after");
	char number[16];

	if (!cJSON_IsNumber(value))
		return load_string(l, object, "retry_after", NULL);
	(void)snprintf(number, sizeof number, "%d", value->valueint);
	return arena_strdup(l->arena, number);
}

static int load_kind(struct loader *l, const cJSON *object)
{
	const char *name = load_string(l, object, "kind", NULL);

	if (name == NULL)
		return cJSON_HasObjectItem(object, "status") ? FAULT_STATUS : FAULT_LATENCY;
	for (int i = 0; kind_names[i] != NULL; i++) {
		if (strcmp(kind_names[i], name) == 0)
			return i;
	}
	for (int i = 0; product.fault_kinds[i] != NULL; i++) {
		if (strcmp(product.fault_kinds[i], name) == 0)
			return FAULT_KINDS + i;
	}
	load_fail(l, "\"kind\" has a value that is not known");
	return FAULT_LATENCY;
}

/* The members that FAULT_MEMBERS sets, kept as text: a fault owns no JSON tree. */
static const char *load_members(struct loader *l, const cJSON *object)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, "set");
	const char *copy = NULL;
	char *json;

	if (value == NULL)
		return NULL;
	if (!cJSON_IsObject(value)) {
		load_fail(l, "\"set\" has to be an object");
		return NULL;
	}
	json = cJSON_PrintUnformatted(value);
	if (json != NULL)
		copy = arena_strdup(l->arena, json);
	else
		load_fail(l, "out of memory");
	cJSON_free(json);
	return copy;
}

static void load_action(struct loader *l, struct fault *f, const cJSON *object)
{
	bool has_status = cJSON_HasObjectItem(object, "status");

	f->kind = load_kind(l, object);
	f->status = load_int(l, object, "status", 200, 599, f->kind == FAULT_REDIRECT ? 302 : 200);
	if (f->kind == FAULT_STATUS && !has_status)
		load_fail(l, "\"status\" is missing");
	f->body = (enum fault_body)load_choice(l, object, "body", body_names);
	f->text = load_string(l, object, "text", NULL);
	f->content_type = load_string(l, object, "content_type", NULL);
	f->location = load_string(l, object, "location", "https://elsewhere.example/login");
	f->retry_after = load_retry_after(l, object);
	f->retry_after_date_s = load_int(l, object, "retry_after_date_s", 0, 1000000, -1);
	f->latency_ms = load_int(l, object, "latency_ms", 0, LATENCY_MAX_MS, 0);
	f->interval_ms = load_int(l, object, "interval_ms", 1, LATENCY_MAX_MS, 200);
	f->bytes = load_int(l, object, "bytes", 1, 1 << 20, 1);
	f->megabytes = load_int(l, object, "megabytes", 1, 4096, 20);
	f->depth = load_int(l, object, "depth", 1, 10000000, 100000);
	f->announce = load_bool(l, object, "announce", false);
	f->drop = load_strings(l, object, "drop", &f->drop_len);
	f->set = load_members(l, object);
	load_headers(l, f, object);
}

static void load_level(struct loader *l, struct fault *f, const cJSON *object)
{
	int level;

	if (product.levels == NULL) {
		if (cJSON_HasObjectItem(object, "level"))
			load_fail(l, "unknown key \"level\"");
		return;
	}
	level = load_choice(l, object, "level", product.levels);
	f->level = level > 0 ? product.levels[level] : NULL;
}

static void load_fault(struct loader *l, struct fault *f, const cJSON *object)
{
	if (!load_keys(l, object, fault_keys))
		return;
	for (size_t i = 0; optional_keys[i] != NULL; i++) {
		if (cJSON_HasObjectItem(object, optional_keys[i]) &&
		    !listed(product.selectors, optional_keys[i]))
			load_fail(l, "unknown key \"%s\"", optional_keys[i]);
	}
	load_endpoints(l, f, object);
	load_level(l, f, object);
	f->tenant = load_string(l, object, "tenant", NULL);
	f->name = load_string(l, object, "name", NULL);
	f->page = load_int(l, object, "page", 1, 1000000, 0);
	f->after = load_int(l, object, "after", 0, 1000000, 0);
	f->times = load_int(l, object, "times", 0, 1000000, -1);
	load_action(l, f, object);
}

struct fault_set *fault_set_parse(const cJSON *array, char ret_error[ERROR_SIZE])
{
	struct fault_set *set = calloc(1, sizeof *set);
	struct loader l = { .error = ret_error };
	const cJSON *item;

	ret_error[0] = '\0';
	if (set == NULL || pthread_mutex_init(&set->lock, NULL) != 0) {
		free(set);
		(void)snprintf(ret_error, ERROR_SIZE, "out of memory");
		return NULL;
	}
	atomic_init(&set->refs, 1);
	l.arena = &set->arena;
	if (array != NULL && (!cJSON_IsArray(array) || cJSON_GetArraySize(array) > FAULTS_MAX))
		load_fail(&l, "faults: an array of at most %d is needed", FAULTS_MAX);
	else if (array != NULL)
		set->items = load_alloc(&l, (size_t)cJSON_GetArraySize(array), sizeof *set->items);
	cJSON_ArrayForEach(item, array)
	{
		if (!load_ok(&l))
			break;
		load_at(&l, "faults[%zu]", set->len);
		load_fault(&l, &set->items[set->len++], item);
	}
	if (load_ok(&l))
		return set;
	load_fail(&l, "out of memory");
	fault_set_unref(set);
	return NULL;
}

struct fault_set *fault_set_ref(struct fault_set *set)
{
	atomic_fetch_add(&set->refs, 1);
	return set;
}

void fault_set_unref(struct fault_set *set)
{
	if (set == NULL || atomic_fetch_sub(&set->refs, 1) != 1)
		return;
	pthread_mutex_destroy(&set->lock);
	arena_release(&set->arena);
	free(set);
}

static bool same(const char *wanted, const char *value)
{
	return wanted == NULL || (value != NULL && strcmp(wanted, value) == 0);
}

static bool matches(const struct fault *f, const struct fault_query *q)
{
	return f->endpoints[q->endpoint] && same(f->level, q->level) &&
	       same(f->tenant, q->tenant) && (f->page == 0 || f->page == q->page) &&
	       (f->name == NULL || (q->name != NULL && fnmatch(f->name, q->name, 0) == 0));
}

const struct fault *fault_set_match(struct fault_set *set, const struct fault_query *query,
				    int *ret_latency_ms)
{
	const struct fault *found = NULL;

	pthread_mutex_lock(&set->lock);
	for (size_t i = 0; i < set->len && found == NULL; i++) {
		struct fault *f = &set->items[i];

		if (!matches(f, query))
			continue;
		f->seen++;
		if (f->seen <= f->after || (f->times >= 0 && f->seen > f->after + f->times))
			continue;
		*ret_latency_ms += f->latency_ms;
		if (f->kind != FAULT_LATENCY)
			found = f;
	}
	pthread_mutex_unlock(&set->lock);
	return found;
}
