/*
 * See recorder.h.
 */
#include "recorder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

#define RECORDS_MAX 1000000 /* later requests are only counted */
#define STATUSES    600

struct record {
	uint64_t seq;
	int host;
	int endpoint;
	int status;
	char *method, *target, *name;
	char *more; /* members that the product added */
	const char *fault;
	int64_t started_ms, ended_ms;
	uint64_t bytes;
};

struct numbers {
	uint64_t requests, violations, bytes, connections;
	uint64_t statuses[ENDPOINTS_MAX][STATUSES];
	int max_parallel[HOSTS_MAX];
};

struct recorder {
	pthread_mutex_t lock;
	unsigned generation;
	uint64_t seq;
	struct record *records;
	size_t len, size;
	int parallel[HOSTS_MAX];
	struct numbers numbers;
};

struct recorder *recorder_new(void)
{
	struct recorder *rec = calloc(1, sizeof *rec);

	if (rec == NULL || pthread_mutex_init(&rec->lock, NULL) != 0) {
		free(rec);
		return NULL;
	}
	return rec;
}

static void records_clear(struct recorder *rec)
{
	for (size_t i = 0; i < rec->len; i++) {
		struct record *x = &rec->records[i];

		free(x->method);
		free(x->target);
		free(x->name);
		free(x->more);
	}
	rec->len = 0;
}

void recorder_free(struct recorder *rec)
{
	if (rec == NULL)
		return;
	records_clear(rec);
	free(rec->records);
	pthread_mutex_destroy(&rec->lock);
	free(rec);
}

static char *copy(const char *s)
{
	return s != NULL ? strdup(s) : NULL;
}

static struct record *record_add(struct recorder *rec)
{
	if (rec->len == rec->size) {
		size_t size = rec->size > 0 ? rec->size * 2 : 256;
		struct record *records = NULL;

		if (size <= RECORDS_MAX)
			records = realloc(rec->records, size * sizeof *records);
		if (records == NULL)
			return NULL;
		rec->records = records;
		rec->size = size;
	}
	memset(&rec->records[rec->len], 0, sizeof *rec->records);
	return &rec->records[rec->len++];
}

void recorder_connection(struct recorder *rec)
{
	pthread_mutex_lock(&rec->lock);
	rec->numbers.connections++;
	pthread_mutex_unlock(&rec->lock);
}

/* The product's members; NULL when there is no memory for them. */
static char *describe(const struct request *r)
{
	struct text t = { 0 };

	product.describe(r, &t);
	if (t.failed)
		text_release(&t);
	return t.data;
}

void recorder_begin(struct recorder *rec, struct request *r)
{
	int host = product.hosts[r->host].counted_as;
	struct record *x;

	pthread_mutex_lock(&rec->lock);
	r->record = (struct record_id){ rec->generation, SIZE_MAX };
	r->running = true;
	if (++rec->parallel[host] > rec->numbers.max_parallel[host])
		rec->numbers.max_parallel[host] = rec->parallel[host];
	rec->numbers.requests++;
	x = record_add(rec);
	if (x != NULL) {
		r->record.index = rec->len - 1;
		x->seq = rec->seq;
		x->host = r->host;
		x->method = copy(r->method);
		x->target = copy(r->target);
		x->more = describe(r);
		x->started_ms = now_ms();
	}
	rec->seq++;
	pthread_mutex_unlock(&rec->lock);
}

/* Under the lock. NULL after a reset. */
static struct record *record_of(struct recorder *rec, const struct request *r)
{
	if (r->record.generation != rec->generation || r->record.index >= rec->len)
		return NULL;
	return &rec->records[r->record.index];
}

void recorder_answer(struct recorder *rec, const struct request *r, int status, const char *fault)
{
	struct record *x;

	pthread_mutex_lock(&rec->lock);
	if (r->record.generation == rec->generation) {
		if (status >= 0 && status < STATUSES)
			rec->numbers.statuses[r->endpoint][status]++;
		rec->numbers.violations += r->violation ? 1 : 0;
	}
	x = record_of(rec, r);
	if (x != NULL) {
		x->endpoint = r->endpoint;
		free(x->more);
		x->more = describe(r);
		free(x->name);
		x->name = copy(r->name);
		x->status = status;
		x->fault = fault;
	}
	pthread_mutex_unlock(&rec->lock);
}

void recorder_done(struct recorder *rec, struct request *r)
{
	if (!r->running)
		return;
	pthread_mutex_lock(&rec->lock);
	rec->parallel[product.hosts[r->host].counted_as]--;
	r->running = false;
	pthread_mutex_unlock(&rec->lock);
}

void recorder_sent(struct recorder *rec, const struct request *r, uint64_t bytes)
{
	struct record *x;

	pthread_mutex_lock(&rec->lock);
	if (r->record.generation == rec->generation)
		rec->numbers.bytes += bytes;
	x = record_of(rec, r);
	if (x != NULL) {
		x->bytes += bytes;
		x->ended_ms = now_ms();
	}
	pthread_mutex_unlock(&rec->lock);
}

void recorder_reset(struct recorder *rec)
{
	pthread_mutex_lock(&rec->lock);
	records_clear(rec);
	rec->generation++;
	rec->numbers = (struct numbers){ 0 };
	memcpy(rec->numbers.max_parallel, rec->parallel, sizeof rec->parallel);
	pthread_mutex_unlock(&rec->lock);
}

static void add_member(struct text *t, const char *key, const char *value)
{
	text_addf(t, ",\"%s\":", key);
	text_add_json(t, value);
}

static void add_record(struct text *t, const struct record *x)
{
	const char *query = strchr(x->target, '?');
	char *path = strndup(x->target, strcspn(x->target, "?"));

	text_addf(t, "{\"seq\":%" PRIu64 ",\"host\":\"%s\"", x->seq, product.hosts[x->host].name);
	add_member(t, "method", x->method);
	add_member(t, "path", path);
	add_member(t, "query", query != NULL ? query + 1 : NULL);
	add_member(t, "endpoint", endpoint_name(x->endpoint));
	add_member(t, "name", x->name);
	text_addf(t, ",\"status\":%d", x->status);
	add_member(t, "fault", x->fault);
	text_addf(t, ",\"started_ms\":%" PRId64, x->started_ms);
	if (x->ended_ms != 0)
		text_addf(t, ",\"ended_ms\":%" PRId64, x->ended_ms);
	else
		text_adds(t, ",\"ended_ms\":null");
	text_addf(t, ",\"bytes_out\":%" PRIu64, x->bytes);
	text_adds(t, x->more != NULL ? x->more : "");
	text_adds(t, "}");
	free(path);
}

void recorder_requests(struct recorder *rec, struct text *ret_json)
{
	pthread_mutex_lock(&rec->lock);
	text_adds(ret_json, "[");
	for (size_t i = 0; i < rec->len; i++) {
		if (i > 0)
			text_adds(ret_json, ",\n");
		if (rec->records[i].target != NULL)
			add_record(ret_json, &rec->records[i]);
		else
			ret_json->failed = true;
	}
	text_adds(ret_json, "]\n");
	pthread_mutex_unlock(&rec->lock);
}

static void add_statuses(struct text *t, const uint64_t *statuses, const char *name, bool *first)
{
	bool first_status = true;

	for (int status = 0; status < STATUSES; status++) {
		if (statuses[status] == 0)
			continue;
		if (first_status)
			text_addf(t, "%s\"%s\":{", *first ? "" : ",", name);
		text_addf(t, "%s\"%d\":%" PRIu64, first_status ? "" : ",", status,
			  statuses[status]);
		first_status = false;
	}
	if (!first_status) {
		text_adds(t, "}");
		*first = false;
	}
}

void recorder_stats(struct recorder *rec, struct text *ret_json)
{
	const struct numbers *n = &rec->numbers;
	bool first = true;

	pthread_mutex_lock(&rec->lock);
	text_addf(ret_json, "{\"requests\":%" PRIu64 ",\"violations\":%" PRIu64, n->requests,
		  n->violations);
	text_addf(ret_json, ",\"bytes_out\":%" PRIu64 ",\"connections\":%" PRIu64, n->bytes,
		  n->connections);
	for (int host = 0; host < control_host(); host++) {
		if (product.hosts[host].counted_as == host)
			text_addf(ret_json, ",\"max_parallel_%s\":%d,\"running_%s\":%d",
				  product.hosts[host].name, n->max_parallel[host],
				  product.hosts[host].name, rec->parallel[host]);
	}
	text_adds(ret_json, ",\"endpoints\":{");
	for (size_t e = 0; e < product.endpoints_len; e++)
		add_statuses(ret_json, n->statuses[e], endpoint_name((int)e), &first);
	text_adds(ret_json, "}}\n");
	pthread_mutex_unlock(&rec->lock);
}
