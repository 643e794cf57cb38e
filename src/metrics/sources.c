/*
 * Samples about the sources: whether the knowledge is fresh, what went wrong, what was asked of the
 * services. Counters start at 0 where they can grow, so that rate() sees the first error too.
 */
#include "metrics/sources.h"

#include <math.h>
#include <stdlib.h>

#include "base/text.h"
#include "source/kinds.h"

/* -- walking --------------------------------------------------------------------------- */

struct walk {
	struct writer *w;
	const struct snapshot *snapshot;
	struct telemetry_source_values *values; /* one per view, read once: all families agree */
};

typedef void source_sample(struct writer *w, const struct source_view *view);
typedef void values_sample(struct writer *w, const struct source_view *view,
			   const struct telemetry_source_values *values);

static void each_source(const struct walk *walk, enum family_id family, source_sample *sample)
{
	writer_family(walk->w, family);
	for (size_t i = 0; i < walk->snapshot->view_count; i++)
		sample(walk->w, walk->snapshot->views[i]);
}

static void each_values(const struct walk *walk, enum family_id family, values_sample *sample)
{
	writer_family(walk->w, family);
	for (size_t i = 0; i < walk->snapshot->view_count; i++) {
		const struct source_view *view = walk->snapshot->views[i];
		if (view->telemetry != NULL)
			sample(walk->w, view, &walk->values[i]);
	}
}

static void begin(struct writer *w, const struct source_view *view)
{
	writer_begin(w);
	writer_label(w, "source", view->id);
}

/* -- state of the sources -------------------------------------------------------------- */

static void sample_info(struct writer *w, const struct source_view *view)
{
	begin(w, view);
	writer_label(w, "name", view->name);
	writer_label(w, "kind", view->kind->name);
	writer_label(w, "system_id", view->system_id);
	writer_label(w, "host", view->host);
	writer_label(w, "subaccount_id", view->subaccount_id);
	writer_label(w, "tenant_id", view->tenant_id);
	writer_end_integer(w, 1);
}

static void sample_up(struct writer *w, const struct source_view *view)
{
	if (!view->has_attempt)
		return;
	begin(w, view);
	writer_end_integer(w, view->up);
}

static void sample_level_up(struct writer *w, const struct source_view *view)
{
	for (size_t i = 0; i < view->level_count; i++) {
		if (!view->levels[i].has_up)
			continue;
		begin(w, view);
		writer_label(w, "level", view->levels[i].name);
		writer_end_integer(w, view->levels[i].up);
	}
}

/* Whole seconds; 0 (which the writer refuses) for what is no time at all. */
static int64_t whole_seconds(double time_s)
{
	return time_s > 0 && time_s <= (double)TIME_SHOWABLE_MAX_S ? (int64_t)floor(time_s) : 0;
}

static void sample_last_success(struct writer *w, const struct source_view *view)
{
	if (!view->has_success)
		return;
	begin(w, view);
	writer_end_timestamp(w, whole_seconds(view->last_success_s));
}

static void sample_last_attempt(struct writer *w, const struct source_view *view)
{
	if (!view->has_attempt)
		return;
	begin(w, view);
	writer_end_timestamp(w, whole_seconds(view->last_attempt_s));
}

static void sample_poll_interval(struct writer *w, const struct source_view *view)
{
	begin(w, view);
	writer_end_integer(w, view->poll_interval_s);
}

static void sample_tls_unverified(struct writer *w, const struct source_view *view)
{
	if (!view->tls_verification_disabled)
		return;
	begin(w, view);
	writer_end_integer(w, 1);
}

/* -- counters of the sources ----------------------------------------------------------- */

static void sample_refresh_duration(struct writer *w, const struct source_view *view,
				    const struct telemetry_source_values *values)
{
	const struct label labels[] = { { "source", view->id } };

	writer_histogram(w, labels, 1, &values->refresh_duration);
}

/* The state file is read and written for sources of all kinds. */
static bool may_occur(const struct source_view *view, enum stage stage, enum status reason)
{
	if (stage == STAGE_STATE_FILE)
		return reason == STATUS_IO || reason == STATUS_SYNTAX || reason == STATUS_MEMORY;
	return source_error_is_possible(view->kind, stage, reason);
}

static void sample_errors(struct writer *w, const struct source_view *view,
			  const struct telemetry_source_values *values)
{
	for (unsigned stage = 0; stage < STAGE_COUNT; stage++) {
		for (unsigned reason = STATUS_OK + 1; reason < STATUS_REASON_COUNT; reason++) {
			uint64_t count = values->errors[stage][reason];
			if (count == 0 && !may_occur(view, (enum stage)stage, (enum status)reason))
				continue;
			begin(w, view);
			writer_label(w, "stage", stage_name((enum stage)stage));
			writer_label(w, "reason", status_name((enum status)reason));
			writer_end_integer(w, count);
		}
	}
}

/* The classes that occurred, and 2xx for every endpoint that was used. */
static void sample_requests(struct writer *w, const struct source_view *view,
			    const struct telemetry_source_values *values)
{
	for (size_t i = 0; i < values->endpoint_count; i++) {
		const uint64_t *counts = values->endpoints[i].requests;
		uint64_t all = 0;
		for (unsigned c = 0; c < CODE_CLASS_COUNT; c++)
			all += counts[c];
		for (unsigned c = 0; all > 0 && c < CODE_CLASS_COUNT; c++) {
			if (counts[c] == 0 && c != CODE_2XX)
				continue;
			begin(w, view);
			writer_label(w, "endpoint", telemetry_endpoint_name(view->telemetry, i));
			writer_label(w, "code_class", code_class_name((enum code_class)c));
			writer_end_integer(w, counts[c]);
		}
	}
}

static void sample_request_duration(struct writer *w, const struct source_view *view,
				    const struct telemetry_source_values *values)
{
	for (size_t i = 0; i < values->endpoint_count; i++) {
		const struct label labels[] = {
			{ "source", view->id },
			{ "endpoint", telemetry_endpoint_name(view->telemetry, i) },
		};
		if (values->endpoints[i].duration.count > 0)
			writer_histogram(w, labels, 2, &values->endpoints[i].duration);
	}
}

static void sample_cache_hits(struct writer *w, const struct source_view *view,
			      const struct telemetry_source_values *values)
{
	begin(w, view);
	writer_end_integer(w, values->cache_hits);
}

static void sample_cache_misses(struct writer *w, const struct source_view *view,
				const struct telemetry_source_values *values)
{
	begin(w, view);
	writer_end_integer(w, values->cache_misses);
}

static enum status read_values(struct walk *walk)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < walk->snapshot->view_count && status == STATUS_OK; i++) {
		struct telemetry_source *counters = walk->snapshot->views[i]->telemetry;
		if (counters != NULL)
			status = telemetry_source_read(counters, &walk->values[i]);
	}
	return status;
}

void page_sources(struct writer *w, const struct exposition *exposition)
{
	struct walk walk = { .w = w, .snapshot = exposition->snapshot };
	size_t count = walk.snapshot->view_count;

	walk.values = calloc(count + 1, sizeof(*walk.values));
	if (walk.values == NULL || read_values(&walk) != STATUS_OK) {
		w->buf->status = STATUS_MEMORY;
		goto out;
	}
	each_source(&walk, FAM_SOURCE_INFO, sample_info);
	each_source(&walk, FAM_SOURCE_UP, sample_up);
	each_source(&walk, FAM_LEVEL_UP, sample_level_up);
	each_source(&walk, FAM_LAST_SUCCESS, sample_last_success);
	each_source(&walk, FAM_LAST_ATTEMPT, sample_last_attempt);
	each_source(&walk, FAM_POLL_INTERVAL, sample_poll_interval);
	each_values(&walk, FAM_REFRESH_DURATION, sample_refresh_duration);
	each_values(&walk, FAM_ERRORS, sample_errors);
	each_source(&walk, FAM_TLS_UNVERIFIED, sample_tls_unverified);
	each_values(&walk, FAM_REQUESTS, sample_requests);
	each_values(&walk, FAM_REQUEST_DURATION, sample_request_duration);
	each_values(&walk, FAM_CACHE_HITS, sample_cache_hits);
	each_values(&walk, FAM_CACHE_MISSES, sample_cache_misses);
out:
	for (size_t i = 0; walk.values != NULL && i < count; i++)
		telemetry_source_values_release(&walk.values[i]);
	free(walk.values);
}
