/*
 * What services report of themselves: one family for each fact. The kinds of sources say what, and
 * under which name; nothing here knows a single fact.
 */
#include "metrics/facts.h"

#include <math.h>
#include <stdlib.h>

#include "base/text.h"
#include "source/source.h"

struct walk {
	struct writer *w;
	const struct snapshot *snapshot;
	size_t *next; /* of each view: its first sample that was not come to yet */
};

/* No infinity, and no time that is none: the sample is left out. */
static bool presentable(const struct inventory_sample *sample)
{
	if (!isfinite(sample->value))
		return false;
	return !sample->fact->is_time ||
	       (sample->value > 0 && sample->value <= (double)TIME_SHOWABLE_MAX_S);
}

static void write_sample(struct writer *w, const struct source_view *view,
			 const struct inventory_sample *sample)
{
	const char *const *names = sample->fact->labels;

	writer_begin(w);
	writer_label(w, "source", view->id);
	for (size_t i = 0; i < FACT_LABELS_MAX && names[i] != NULL; i++)
		writer_label(w, names[i], sample->labels[i] != NULL ? sample->labels[i] : "");
	writer_end_number(w, sample->value);
}

static void write_fact(struct walk *walk, const struct source_fact *fact)
{
	const struct family family = family_of_fact(fact);

	writer_family_of(walk->w, &family);
	for (size_t i = 0; i < walk->snapshot->view_count; i++) {
		const struct source_view *view = walk->snapshot->views[i];
		size_t *next = &walk->next[i];
		for (; *next < view->sample_count && view->samples[*next].fact == fact; (*next)++) {
			if (presentable(&view->samples[*next]))
				write_sample(walk->w, view, &view->samples[*next]);
		}
	}
	walk->w->family = NULL; /* it ends here */
}

/* Samples are sorted by fact, so each view is walked once over all families. */
void page_facts(struct writer *w, const struct exposition *exposition)
{
	struct walk walk = { .w = w, .snapshot = exposition->snapshot };

	walk.next = calloc(walk.snapshot->view_count + 1, sizeof(*walk.next));
	if (walk.next == NULL) {
		w->buf->status = STATUS_MEMORY;
		return;
	}
	for (size_t k = 0; registered_kinds[k] != NULL; k++) {
		const struct source_fact *fact = registered_kinds[k]->class->facts;
		for (; fact != NULL && fact->name != NULL; fact++)
			write_fact(&walk, fact);
	}
	free(walk.next);
}
