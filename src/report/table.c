/*
 * The table of --once, for people: what ends soonest on top, then everything that is known to be
 * unknown.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/grid.h"
#include "report/select.h"

#define USERS_SHOWN_MAX 50   /* names in a cell; the rest is counted */
#define CELL_MAX        8192 /* bytes of a composed cell */
#define DATE_LEN        10   /* of an RFC 3339 time */

/* One certificate of the table. */
struct line {
	const struct source_view *view;
	const struct inventory_certificate *certificate;
	size_t order; /* of the inventory */
};

enum {
	COLUMN_SOURCE,
	COLUMN_LEVEL,
	COLUMN_NAME,
	COLUMN_TYPE,
	COLUMN_ENDS,
	COLUMN_DAYS,
	COLUMN_STATUS,
	COLUMN_RENEWAL,
	COLUMN_USERS,
	COLUMN_SUBJECT,
	COLUMN_COUNT
};

static const struct grid_column certificate_columns[COLUMN_COUNT] = {
	[COLUMN_SOURCE] = { "SOURCE", 10, 2, 0, false, CUT_END },
	[COLUMN_LEVEL] = { "LEVEL", 10, 4, 1, false, CUT_END },
	[COLUMN_NAME] = { "NAME", 20, 5, 0, false, CUT_MIDDLE },
	[COLUMN_TYPE] = { "TYPE", 13, 4, 4, false, CUT_END },
	[COLUMN_ENDS] = { "ENDS", 10, 4, 0, false, CUT_END },
	[COLUMN_DAYS] = { "DAYS", 7, 4, 0, true, CUT_END },
	[COLUMN_STATUS] = { "STATUS", 13, 4, 0, false, CUT_END },
	[COLUMN_RENEWAL] = { "RENEWAL", 9, 4, 2, false, CUT_END },
	[COLUMN_USERS] = { "USED BY", 12, 3, 5, false, CUT_END },
	[COLUMN_SUBJECT] = { "SUBJECT", 20, 4, 3, false, CUT_END },
};

/* The sections below are never cut: their texts are what someone needs to mend it. */
static const struct grid_column section_columns[6] = { { .title = NULL } };

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

/* -- cells of a certificate ---------------------------------------------------------------------
 */

/* name, name [entry], name #1, name [entry #1]: position only where it is not the first. */
static void put_name(struct buf *buf, const struct inventory_store *store,
		     const struct inventory_certificate *certificate)
{
	bool entry = *certificate->entry != '\0';
	bool position = certificate->position > 0;

	buf_puts(buf, store->name);
	if (entry)
		buf_printf(buf, " [%s", certificate->entry);
	if (position)
		buf_printf(buf, " #%u", (unsigned)certificate->position);
	if (entry)
		buf_putc(buf, ']');
}

static void put_users(struct buf *buf, const struct inventory_store *store,
		      const struct inventory_certificate *certificate)
{
	size_t count = certificate->destination_count;

	if (count > 0 && strcmp(certificate->destinations[0], "*") == 0) {
		buf_printf(buf, "%zu references", store->reference_count);
		return;
	}
	for (size_t i = 0; i < count && i < USERS_SHOWN_MAX; i++) {
		if (i > 0)
			buf_puts(buf, ", ");
		buf_puts(buf, certificate->destinations[i]);
	}
	if (count > USERS_SHOWN_MAX)
		buf_printf(buf, " and %zu more", count - USERS_SHOWN_MAX);
}

/* Whole days that are left or have passed; with one decimal in the last and first ten. */
static void put_days(struct buf *buf, double days)
{
	if (fabs(days) < 10)
		buf_printf(buf, "%.1f", days);
	else
		buf_printf(buf, "%.0f", trunc(days));
}

static enum grid_colour colour_of(enum certificate_status status)
{
	switch (status) {
	case CERTIFICATE_EXPIRED:
		return GRID_RED;
	case CERTIFICATE_EXPIRING:
		return GRID_YELLOW;
	case CERTIFICATE_VALID:
	case CERTIFICATE_NOT_YET_VALID:
	case CERTIFICATE_STATUS_UNKNOWN:
		break;
	}
	return GRID_PLAIN;
}

/* False without memory. A composed cell that hits its ceiling is cut there: no failure. */
static bool add_certificate(struct grid *grid, const struct line *line, double now_s)
{
	const struct inventory_certificate *certificate = line->certificate;
	const struct inventory_store *store = &line->view->stores[certificate->store];
	enum certificate_status status = certificate_status_at(certificate, now_s);
	char ends[RFC3339_SIZE] = "-";
	struct buf name;
	struct buf users;
	struct buf days;

	buf_init(&name, CELL_MAX);
	buf_init(&users, CELL_MAX);
	buf_init(&days, CELL_MAX);
	put_name(&name, store, certificate);
	put_users(&users, store, certificate);
	if (certificate->has_not_after) {
		put_days(&days, certificate_days_left(certificate, now_s));
		text_rfc3339(certificate->not_after_s, ends);
		ends[DATE_LEN] = '\0';
	} else {
		buf_putc(&days, '-');
	}
	const char *const cells[COLUMN_COUNT] = {
		[COLUMN_SOURCE] = line->view->id,
		[COLUMN_LEVEL] = store->level,
		[COLUMN_NAME] = buf_text(&name),
		[COLUMN_TYPE] = store->type,
		[COLUMN_ENDS] = ends,
		[COLUMN_DAYS] = buf_text(&days),
		[COLUMN_STATUS] = certificate_status_name(status),
		[COLUMN_RENEWAL] = renewal_is_overdue(certificate, now_s)
					   ? "overdue"
					   : renewal_name(certificate->renewal),
		[COLUMN_USERS] = buf_text(&users),
		[COLUMN_SUBJECT] = certificate->subject,
	};
	bool complete = buf_status(&name) != STATUS_MEMORY && buf_status(&users) != STATUS_MEMORY &&
			buf_status(&days) != STATUS_MEMORY;
	bool added = complete && grid_add(grid, cells, colour_of(status));
	buf_release(&name);
	buf_release(&users);
	buf_release(&days);
	return added;
}

/* -- sections -----------------------------------------------------------------------------------
 */

static int compare_lines(const void *a, const void *b)
{
	const struct line *x = a;
	const struct line *y = b;

	bool x_known = certificate_end_is_known(x->certificate);

	if (x_known != certificate_end_is_known(y->certificate))
		return x_known ? -1 : 1;
	if (x_known && x->certificate->not_after_s != y->certificate->not_after_s)
		return x->certificate->not_after_s < y->certificate->not_after_s ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static bool fill_certificates(struct grid *grid, const struct snapshot *snapshot, double now_s)
{
	size_t count = 0;
	size_t n = 0;
	bool ok = true;

	for (size_t i = 0; i < snapshot->view_count; i++)
		count += snapshot->views[i]->certificate_count;
	struct line *lines = calloc(count + 1, sizeof(*lines));
	if (lines == NULL)
		return false;
	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		for (size_t k = 0; k < view->certificate_count; k++, n++)
			lines[n] = (struct line){ view, &view->certificates[k], n };
	}
	qsort(lines, count, sizeof(*lines), compare_lines);
	for (size_t i = 0; i < count && ok; i++)
		ok = add_certificate(grid, &lines[i], now_s);
	free(lines);
	return ok;
}

static bool fill_stores(struct grid *grid, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		for (size_t k = 0; k < view->store_count; k++) {
			const struct inventory_store *store = &view->stores[k];
			const char *const cells[] = { view->id, store->level, store->name,
						      store_state_name(store->state),
						      store->detail };
			if (store->state != STORE_OK && !grid_add(grid, cells, GRID_PLAIN))
				return false;
		}
	}
	return true;
}

static bool fill_missing(struct grid *grid, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		for (size_t k = 0; k < view->missing_count; k++) {
			const struct inventory_missing *missing = &view->missing[k];
			const char *const cells[] = { view->id,
						      missing->destination_level,
						      reference_kind_name(missing->kind),
						      missing->destination,
						      missing->property,
						      missing->name };
			if (!grid_add(grid, cells, GRID_PLAIN))
				return false;
		}
	}
	return true;
}

static bool fill_failed(struct grid *grid, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		const char *why =
			view->has_attempt ? "not every level could be listed" : "not tried yet";
		const char *const cells[] = { view->id,
					      *view->last_error != '\0' ? view->last_error : why };
		if (source_has_failed(view) && !grid_add(grid, cells, GRID_PLAIN))
			return false;
	}
	return true;
}

/* -- summary ------------------------------------------------------------------------------------
 */

static void put_count(struct buf *buf, size_t count, const char *one, const char *many)
{
	buf_printf(buf, "%zu %s", count, count == 1 ? one : many);
}

/* `12 certificates in 9 stores of 3 sources: 1 expired, 2 expiring, 9 valid; 1 store ...` */
static void put_summary(struct buf *buf, const struct snapshot *snapshot, double now_s)
{
	static const enum certificate_status order[] = { CERTIFICATE_EXPIRED, CERTIFICATE_EXPIRING,
							 CERTIFICATE_VALID,
							 CERTIFICATE_NOT_YET_VALID,
							 CERTIFICATE_STATUS_UNKNOWN };
	size_t by_status[COUNT_OF(order)] = { 0 };
	size_t certificates = 0;
	size_t stores = 0;
	const char *separator = ": ";

	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		certificates += view->certificate_count;
		stores += view->store_count;
		for (size_t k = 0; k < view->certificate_count; k++)
			by_status[certificate_status_at(&view->certificates[k], now_s)]++;
	}
	put_count(buf, certificates, "certificate", "certificates");
	buf_puts(buf, " in ");
	put_count(buf, stores, "store", "stores");
	buf_puts(buf, " of ");
	put_count(buf, snapshot->view_count, "source", "sources");
	for (size_t i = 0; i < COUNT_OF(order); i++) {
		if (by_status[order[i]] == 0)
			continue;
		buf_printf(buf, "%s%zu %s", separator, by_status[order[i]],
			   certificate_status_name(order[i]));
		separator = ", ";
	}
}

struct section {
	const char *title;
	const char *one, *many; /* in the summary */
	size_t columns;
	bool (*fill)(struct grid *grid, const struct snapshot *snapshot);
};

static const struct section sections[] = {
	{ "could not be read:", "store could not be read", "stores could not be read", 5,
	  fill_stores },
	{ "missing:", "reference to a missing certificate", "references to missing certificates", 6,
	  fill_missing },
	{ "failed:", "source failed", "sources failed", 2, fill_failed },
};

#define INDENT 2

/* False without memory. */
static bool put_grids(struct buf *buf, const struct snapshot *snapshot, double now_s, bool colour,
		      unsigned width, size_t ret_counts[])
{
	struct grid *grid = grid_new(certificate_columns, COUNT_OF(certificate_columns));
	bool ok = grid != NULL && fill_certificates(grid, snapshot, now_s);

	if (ok && grid_rows(grid) > 0)
		grid_put(grid, buf, width, 0, colour);
	grid_free(grid);
	for (size_t i = 0; i < COUNT_OF(sections) && ok; i++) {
		grid = grid_new(section_columns, sections[i].columns);
		ok = grid != NULL && sections[i].fill(grid, snapshot);
		ret_counts[i] = ok ? grid_rows(grid) : 0;
		if (ret_counts[i] > 0) {
			buf_printf(buf, "%s%s\n", buf->len > 0 ? "\n" : "", sections[i].title);
			grid_put(grid, buf, 0, INDENT, colour);
		}
		grid_free(grid);
	}
	return ok;
}

enum status report_table(const struct snapshot *snapshot, double now_s, bool colour, unsigned width,
			 struct buf *buf)
{
	size_t counts[COUNT_OF(sections)] = { 0 };

	if (!put_grids(buf, snapshot, now_s, colour, width, counts)) {
		buf->status = STATUS_MEMORY;
		return STATUS_MEMORY;
	}
	if (buf->len > 0)
		buf_putc(buf, '\n');
	put_summary(buf, snapshot, now_s);
	for (size_t i = 0; i < COUNT_OF(sections); i++) {
		if (counts[i] == 0)
			continue;
		buf_puts(buf, "; ");
		put_count(buf, counts[i], sections[i].one, sections[i].many);
	}
	buf_putc(buf, '\n');
	return buf_status(buf);
}
