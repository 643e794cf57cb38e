/* The table of --config.check=online: what came of asking each source once. */
#include "report/check_table.h"

#include <string.h>

#include "base/array.h"
#include "inventory/figures.h"
#include "report/grid.h"
#include "report/judge.h"

#define CELL_MAX 8192 /* bytes of a composed cell */

enum answer { ANSWER_OK, ANSWER_PARTLY, ANSWER_FAILED, ANSWER_NONE, ANSWER_COUNT };

static const char *const answer_names[ANSWER_COUNT] = {
	[ANSWER_OK] = "ok",
	[ANSWER_PARTLY] = "partly",
	[ANSWER_FAILED] = "failed",
	[ANSWER_NONE] = "not asked",
};

static const struct grid_column columns[] = {
	{ "SOURCE", 10, 10, false },        { "RESULT", 9, 9, false }, { "DURATION", 8, 8, true },
	{ "CERTIFICATES", 12, 12, true },   { "STORES", 6, 6, true },  { "NOT OK", 6, 6, true },
	{ "WHAT IS WRONG", 20, 20, false },
};

#define COLUMN_COUNT COUNT_OF(columns)

static enum answer answer_of(const struct source_view *view)
{
	if (!view->has_attempt)
		return ANSWER_NONE;
	if (view->up)
		return ANSWER_OK;
	for (size_t i = 0; i < view->level_count; i++) {
		if (view->levels[i].has_up && view->levels[i].up)
			return ANSWER_PARTLY;
	}
	return ANSWER_FAILED;
}

static enum grid_colour colour_of(enum answer answer)
{
	return answer == ANSWER_OK ? GRID_PLAIN : answer == ANSWER_PARTLY ? GRID_YELLOW : GRID_RED;
}

/* Where some levels could be read: which could not. Then the first reason. */
static void put_reason(struct buf *buf, const struct source_view *view, enum answer answer)
{
	const char *before = "";

	for (size_t i = 0; answer == ANSWER_PARTLY && i < view->level_count; i++) {
		if (view->levels[i].up)
			continue;
		buf_printf(buf, "%s%s", before, view->levels[i].name);
		before = ", ";
	}
	if (answer == ANSWER_OK)
		return;
	if (answer == ANSWER_NONE)
		buf_puts(buf, "no time was left for it");
	else
		buf_printf(buf, "%s%s", before[0] != '\0' ? ": " : "",
			   view->last_error[0] != '\0' ? view->last_error
						       : "not every level could be listed");
}

/* Of one attempt; the mean when there was time for more. "" when none has ended. */
static void put_duration(struct buf *buf, const struct source_view *view)
{
	struct telemetry_source_values values;

	if (view->telemetry == NULL || !view->has_attempt)
		return;
	if (telemetry_source_read(view->telemetry, &values) != STATUS_OK) {
		buf->status = STATUS_MEMORY;
		return;
	}
	if (values.refresh_duration.count > 0)
		buf_printf(buf, "%.2fs",
			   values.refresh_duration.sum / (double)values.refresh_duration.count);
	telemetry_source_values_release(&values);
}

static size_t stores_not_ok(const struct source_view *view)
{
	size_t count = 0;

	for (size_t i = 0; i < view->store_count; i++)
		count += store_has_problem(&view->stores[i]);
	return count;
}

/* A number, or "-" where nothing is known. */
static void put_number(struct buf *buf, bool known, size_t number)
{
	if (known)
		buf_printf(buf, "%zu", number);
	else
		buf_putc(buf, '-');
}

static bool add_source(struct grid *grid, const struct source_view *view, enum answer answer)
{
	struct buf cells[COLUMN_COUNT];
	const char *texts[COLUMN_COUNT];
	bool known = source_view_is_known(view);
	bool ok = true;

	for (size_t i = 0; i < COLUMN_COUNT; i++)
		buf_init(&cells[i], CELL_MAX);
	buf_puts(&cells[0], view->id);
	buf_puts(&cells[1], answer_names[answer]);
	put_duration(&cells[2], view);
	put_number(&cells[3], known, view->certificate_count);
	put_number(&cells[4], known, view->store_count);
	put_number(&cells[5], known, stores_not_ok(view));
	put_reason(&cells[6], view, answer);
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		texts[i] = buf_text(&cells[i]);
		ok = ok && buf_status(&cells[i]) != STATUS_MEMORY;
	}
	ok = ok && grid_add(grid, texts, colour_of(answer));
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		buf_release(&cells[i]);
	return ok;
}

enum status report_check_table(const struct snapshot *snapshot, bool colour, struct buf *buf)
{
	struct grid *grid = grid_new(columns, COLUMN_COUNT);
	size_t counts[ANSWER_COUNT] = { 0 };
	bool ok = grid != NULL;

	for (size_t i = 0; i < snapshot->view_count && ok; i++) {
		enum answer answer = answer_of(snapshot->views[i]);
		counts[answer]++;
		ok = add_source(grid, snapshot->views[i], answer);
	}
	if (ok && grid_rows(grid) > 0)
		grid_put(grid, buf, 0, grid_rows(grid), 0, 0, colour);
	grid_free(grid);
	if (!ok) {
		buf->status = STATUS_MEMORY;
		return STATUS_MEMORY;
	}
	size_t asked = snapshot->view_count - counts[ANSWER_NONE];
	buf_printf(buf, "%zu source%s asked", asked, asked == 1 ? "" : "s");
	const char *before = ": ";
	for (size_t i = 0; i < ANSWER_COUNT; i++) {
		if (counts[i] == 0)
			continue;
		buf_printf(buf, "%s%zu %s", before, counts[i], answer_names[i]);
		before = ", ";
	}
	buf_putc(buf, '\n');
	return buf_status(buf);
}

int report_check_exit_code(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->view_count; i++) {
		if (source_has_failed(snapshot->views[i]))
			return 2;
	}
	return 0;
}
