/* What is broken or not known, section by section. */
#include "report/problems.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "inventory/figures.h"
#include "inventory/usage.h"
#include "report/grid.h"
#include "report/judge.h"

#define INDENT          2
#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

/* Without titles: never cut, their texts are what someone needs to fix it. */
static const struct grid_column section_columns[7] = { { .title = NULL } };

static bool fill_stores(struct grid *grid, const struct snapshot *snapshot, double now_s)
{
	(void)now_s;
	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		for (size_t k = 0; k < view->store_count; k++) {
			const struct inventory_store *store = &view->stores[k];
			const char *const cells[] = { view->id, store->level, store->name,
						      store_state_name(store->state),
						      store->detail };
			if (store_has_problem(store) && !grid_add(grid, cells, GRID_PLAIN))
				return false;
		}
	}
	return true;
}

static bool add_missing(struct grid *grid, const struct source_view *view,
			const struct inventory_missing *missing, const char *when)
{
	const char *const cells[] = { view->id,
				      missing->destination_level,
				      reference_kind_name(missing->kind),
				      missing->destination,
				      missing->property,
				      missing->name,
				      when };

	return grid_add(grid, cells, GRID_PLAIN);
}

static bool fill_missing(struct grid *grid, const struct snapshot *snapshot, double now_s)
{
	bool ok = true;

	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		for (size_t k = 0; k < view->missing_count && ok; k++)
			ok = add_missing(grid, view, &view->missing[k], "");
		for (size_t k = 0; k < view->older_missing_count && ok; k++) {
			char age[TEXT_AGE_SIZE];
			char when[TEXT_AGE_SIZE + 32];
			text_age(freshness_age_s(view->older_missing[k].freshness, now_s), age);
			(void)snprintf(when, sizeof(when), "not known now, missing %s ago", age);
			ok = add_missing(grid, view, &view->older_missing[k], when);
		}
	}
	return ok;
}

/* A reference is missing when it is on neither level, so both have to be read. */
static const char *why_unknown(const struct source_view *view)
{
	return view->has_attempt && source_view_only_level(view) != NULL
		       ? "one of the two levels is not configured"
		       : "not every list could be read";
}

/* Nothing said of missing references would mean that there are none. */
static bool fill_unknown(struct grid *grid, const struct snapshot *snapshot, double now_s)
{
	(void)now_s;
	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		const char *const cells[] = { view->id, why_unknown(view) };
		if (source_view_has_references(view) && !view->missing_known &&
		    !grid_add(grid, cells, GRID_PLAIN))
			return false;
	}
	return true;
}

static bool fill_failed(struct grid *grid, const struct snapshot *snapshot, double now_s)
{
	(void)now_s;
	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		const char *why = view->has_attempt ? "not every level could be listed"
						    : "not read within --once.timeout";
		const char *const cells[] = { view->id,
					      *view->last_error != '\0' ? view->last_error : why };
		if (source_has_failed(view) && !grid_add(grid, cells, GRID_PLAIN))
			return false;
	}
	return true;
}

struct section {
	const char *title;
	size_t columns;
	bool (*fill)(struct grid *grid, const struct snapshot *snapshot, double now_s);
};

static const struct section sections[] = {
	{ "stores with problems:", 5, fill_stores },
	{ "missing:", 7, fill_missing },
	{ "missing references are not known of:", 2, fill_unknown },
	{ "failed:", 2, fill_failed },
};

bool report_problems(const struct snapshot *snapshot, double now_s, unsigned width, struct buf *buf)
{
	bool ok = true;

	for (size_t i = 0; i < COUNT_OF(sections) && ok; i++) {
		struct grid *grid = grid_new(section_columns, sections[i].columns);
		ok = grid != NULL && sections[i].fill(grid, snapshot, now_s);
		if (ok && grid_rows(grid) > 0) {
			buf_printf(buf, "%s%s\n", buf->len > 0 ? "\n" : "", sections[i].title);
			grid_put(grid, buf, 0, grid_rows(grid), width, INDENT, false);
		}
		grid_free(grid);
	}
	return ok;
}
