/*
 * What services tell about themselves: one family for each fact. The sources say what, the table of
 * families says under which name; nothing here knows a single fact but for those that are times.
 */
#include "metrics/facts.h"

#include <math.h>
#include <stdlib.h>

#include "base/text.h"

/* A fact is the family at the same place of the table. */
#define FAMILY_OF(fact) ((enum family_id)(FAM_SAPCC_INFO + (unsigned)(fact)))

_Static_assert(FAM_SAPCC_CLOCK_SKEW - FAM_SAPCC_INFO + 1 == FACT_COUNT, "one family for each fact");
_Static_assert(FAM_SAPCC_HA_STATE - FAM_SAPCC_INFO == FACT_SAPCC_HA_STATE, "in the same order");
_Static_assert(FAM_SAPCC_SERVICE_CHANNEL - FAM_SAPCC_INFO == FACT_SAPCC_SERVICE_CHANNEL,
	       "in the same order");
_Static_assert(FAM_SAPCC_DISK_SIZE - FAM_SAPCC_INFO == FACT_SAPCC_DISK_SIZE_BYTES,
	       "in the same order");

static bool is_time(enum source_fact fact)
{
	return fact == FACT_SAPCC_PEER_NOT_AFTER_SECONDS ||
	       fact == FACT_SAPCC_TUNNEL_CONNECTED_SINCE;
}

/* No infinity, and no time that is none: the sample is left out. */
static bool presentable(const struct inventory_sample *sample)
{
	if (!isfinite(sample->value))
		return false;
	return !is_time(sample->fact) ||
	       (sample->value > 0 && sample->value <= (double)TIME_SHOWABLE_MAX_S);
}

static void write_sample(struct writer *w, const struct source_view *view,
			 const struct inventory_sample *sample)
{
	const char *const *names = w->family->labels; /* the first one is the source */

	writer_begin(w);
	writer_label(w, "source", view->id);
	for (size_t i = 0; names[i + 1] != NULL; i++)
		writer_label(w, names[i + 1], sample->labels[i] != NULL ? sample->labels[i] : "");
	writer_end_number(w, sample->value);
}

void page_facts(struct writer *w, const struct exposition *exposition)
{
	const struct snapshot *snapshot = exposition->snapshot;
	/* samples are sorted by fact, so each view is walked once over all families */
	size_t *next = calloc(snapshot->view_count + 1, sizeof(*next));

	if (next == NULL) {
		w->buf->status = STATUS_MEMORY;
		return;
	}
	for (unsigned fact = 0; fact < FACT_COUNT; fact++) {
		writer_family(w, FAMILY_OF(fact));
		for (size_t i = 0; i < snapshot->view_count; i++) {
			const struct source_view *view = snapshot->views[i];
			for (; next[i] < view->sample_count; next[i]++) {
				const struct inventory_sample *sample = &view->samples[next[i]];
				if ((unsigned)sample->fact > fact)
					break;
				if (presentable(sample))
					write_sample(w, view, sample);
			}
		}
	}
	free(next);
}
