/*
 * The table of --once, for people: what matters most is at the end, since that is what a terminal
 * shows. Certificates that need nobody, what is known to be unknown, certificates that need
 * attention, a line with the counts.
 */
#include "report/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "inventory/expiry.h"
#include "inventory/figures.h"
#include "inventory/usage.h"
#include "report/grid.h"
#include "report/problems.h"
#include "source/kinds.h"

#define USERS_SHOWN_MAX 5    /* names in a cell, as on the page; the rest is counted */
#define CELL_MAX        8192 /* bytes of a composed cell */
#define DATE_LEN        10   /* of an RFC 3339 time */
#define PLACE_KEPT      12   /* columns of the end of what is no file: "…/trustedbackend.1.6" */
#define DAYS_MAX        9999
#define DAYS_SIZE       32
#define AGE_SIZE        (TEXT_AGE_SIZE + 8)
#define DAY_S           86400.0

/* One certificate of the table. */
struct line {
	const struct source_view *view;
	const struct inventory_certificate *certificate;
	bool attention;
	size_t order; /* of the inventory */
};

enum {
	COLUMN_EXPIRES,
	COLUMN_DAYS,
	COLUMN_STATUS,
	COLUMN_READ,
	COLUMN_NAME,
	COLUMN_USERS,
	COLUMN_SOURCE,
	COLUMN_RENEWAL,
	COLUMN_LEVEL,
	COLUMN_TYPE,
	COLUMN_SUBJECT,
	COLUMN_COUNT
};

/* In the order of their importance: a narrow terminal shows the first six. */
static const struct grid_column certificate_columns[COLUMN_COUNT] = {
	[COLUMN_EXPIRES] = { "EXPIRES", 10, 10, false },
	[COLUMN_DAYS] = { "DAYS", 5, 5, true },
	[COLUMN_STATUS] = { "STATUS", 8, 8, false },
	[COLUMN_READ] = { "READ", 10, 10, false }, /* only of older knowledge */
	[COLUMN_NAME] = { "NAME", 32, 24, false },
	[COLUMN_USERS] = { "USED BY", 24, 20, false },
	[COLUMN_SOURCE] = { "SOURCE", 20, 0, false },
	[COLUMN_RENEWAL] = { "RENEWAL", 9, 0, false },
	[COLUMN_LEVEL] = { "LEVEL", 10, 0, false },
	[COLUMN_TYPE] = { "TYPE", 13, 0, false },
	[COLUMN_SUBJECT] = { "SUBJECT", 32, 0, false },
};

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

/* -- cells of a certificate ------------------------------------------------------------- */

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

/* How much of the end of a name says what it is: the file with what is in it. */
static size_t kept_of_name(const struct source_view *view, const struct inventory_store *store,
			   const char *name)
{
	const struct known_level *level = source_known_level(view->kind, store->level);
	const char *slash = strrchr(store->name, '/');

	if (level != NULL && level->has_places)
		return PLACE_KEPT;
	return text_columns(slash != NULL ? name + (slash - store->name) : name);
}

/* The names of those who use the store, each once: they stand at the first of an entry's
 * certificates. NULL when there is none, or when they are too many to be listed. */
static const struct inventory_certificate *headline(const struct source_view *view,
						    const struct inventory_store *store)
{
	for (size_t i = 0; i < store->certificate_count; i++) {
		const struct inventory_certificate *row =
			&view->certificates[store->first_certificate + i];
		if (row->position == 0 && strcmp(row->destinations[0], "*") != 0)
			return row;
	}
	return NULL;
}

/* Who uses the store: also for the certificates of a chain, which have no series of their own. */
static void put_users(struct buf *buf, const struct source_view *view,
		      const struct inventory_store *store)
{
	const struct inventory_certificate *row = headline(view, store);

	if (store_is_own(view, store)) {
		buf_puts(buf, "this exporter");
	} else if (store->reference_count == 0) {
		if (destinations_can_use(view, store))
			buf_puts(buf, view->users_known ? "nobody" : "not known");
	} else if (row == NULL) {
		buf_printf(buf, "%zu references", store->reference_count);
	} else {
		for (size_t i = 0; i < row->destination_count && i < USERS_SHOWN_MAX; i++)
			buf_printf(buf, "%s%s", i > 0 ? ", " : "", row->destinations[i]);
		if (row->destination_count > USERS_SHOWN_MAX)
			buf_printf(buf, " and %zu more", row->destination_count - USERS_SHOWN_MAX);
	}
}

/* No plan reaches beyond 27 years: certificates that never expire do not widen the column. */
static void put_days(int64_t days, char ret_text[DAYS_SIZE])
{
	if (days > DAYS_MAX)
		(void)snprintf(ret_text, DAYS_SIZE, ">%d", DAYS_MAX);
	else
		(void)snprintf(ret_text, DAYS_SIZE, "%" PRId64, days);
}

/* When older knowledge was read; "" of what the last attempt read. */
static void put_age(struct freshness freshness, double now_s, char ret_text[AGE_SIZE])
{
	char age[TEXT_AGE_SIZE];

	ret_text[0] = '\0';
	if (!freshness.stale)
		return;
	text_age(freshness_age_s(freshness, now_s), age);
	(void)snprintf(ret_text, AGE_SIZE, freshness.as_of_s > 0 ? "%s ago" : "once", age);
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
	char expires[RFC3339_SIZE] = "-";
	char days[DAYS_SIZE] = "-";
	char age[AGE_SIZE];
	struct buf name;
	struct buf users;

	buf_init(&name, CELL_MAX);
	buf_init(&users, CELL_MAX);
	put_name(&name, store, certificate);
	put_users(&users, line->view, store);
	put_age(store->freshness, now_s, age);
	if (certificate->has_not_after) {
		put_days(certificate_whole_days(certificate, now_s), days);
		text_rfc3339(certificate->not_after_s, expires);
		expires[DATE_LEN] = '\0';
	}
	const char *const cells[COLUMN_COUNT] = {
		[COLUMN_EXPIRES] = expires,
		[COLUMN_DAYS] = days,
		[COLUMN_STATUS] = certificate_status_name(status),
		[COLUMN_READ] = age,
		[COLUMN_NAME] = buf_text(&name),
		[COLUMN_USERS] = buf_text(&users),
		[COLUMN_SOURCE] = line->view->id,
		[COLUMN_RENEWAL] = renewal_is_overdue(certificate, now_s)
					   ? "overdue"
					   : renewal_name(certificate->renewal),
		[COLUMN_LEVEL] = store->level,
		[COLUMN_TYPE] = store->type,
		[COLUMN_SUBJECT] = certificate->texts[CERTIFICATE_SUBJECT],
	};
	bool complete = buf_status(&name) != STATUS_MEMORY && buf_status(&users) != STATUS_MEMORY;
	bool added = complete && grid_add(grid, cells, colour_of(status));
	if (added)
		grid_keep(grid, COLUMN_NAME, kept_of_name(line->view, store, buf_text(&name)));
	buf_release(&name);
	buf_release(&users);
	return added;
}

/* What needs attention comes last, and the soonest expiry last of all; an unknown end is no date.
 */
static int compare_lines(const void *a, const void *b)
{
	const struct line *x = a;
	const struct line *y = b;
	bool x_known = certificate_expiry_is_known(x->certificate);

	if (x->attention != y->attention)
		return x->attention ? 1 : -1;
	if (x_known != certificate_expiry_is_known(y->certificate))
		return x_known ? 1 : -1;
	if (x_known && x->certificate->not_after_s != y->certificate->not_after_s)
		return x->certificate->not_after_s < y->certificate->not_after_s ? 1 : -1;
	return (x->order > y->order) - (x->order < y->order);
}

/* The certificates that are shown, in their order. */
struct lines {
	struct line *items;
	size_t count;
	size_t attention;     /* the last ones of them */
	size_t all_attention; /* with those that are not shown */
};

/* False without memory. */
static bool collect_lines(const struct snapshot *snapshot, const struct report_table *table,
			  struct lines *lines)
{
	size_t all = 0;

	for (size_t i = 0; i < snapshot->view_count; i++)
		all += snapshot->views[i]->certificate_count;
	lines->items = calloc(all + 1, sizeof(*lines->items));
	if (lines->items == NULL)
		return false;
	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		for (size_t k = 0; k < view->certificate_count; k++) {
			const struct inventory_certificate *certificate = &view->certificates[k];
			bool attention = report_needs_attention(&table->judge, view, certificate);
			lines->all_attention += attention;
			if (!report_wants(table->filter, view, certificate, table->judge.now_s))
				continue;
			lines->attention += attention;
			lines->items[lines->count] =
				(struct line){ view, certificate, attention, lines->count };
			lines->count++;
		}
	}
	qsort(lines->items, lines->count, sizeof(*lines->items), compare_lines);
	return true;
}

/* A blank line between parts. */
static void put_title(struct buf *buf, const char *title)
{
	buf_printf(buf, "%s%s", buf->len > 0 ? "\n" : "", title);
}

/* -- summary ---------------------------------------------------------------------------- */

static void put_count(struct buf *buf, size_t count, const char *one, const char *many)
{
	buf_printf(buf, "%zu %s", count, count == 1 ? one : many);
}

/* The same behind a semicolon, unless it is 0. */
static void put_some(struct buf *buf, size_t count, const char *one, const char *many)
{
	if (count == 0)
		return;
	buf_puts(buf, "; ");
	put_count(buf, count, one, many);
}

static size_t failed_sources(const struct snapshot *snapshot)
{
	size_t count = 0;

	for (size_t i = 0; i < snapshot->view_count; i++)
		count += source_has_failed(snapshot->views[i]);
	return count;
}

static void put_statuses(struct buf *buf, const struct inventory_counts *counts)
{
	static const enum certificate_status order[] = { CERTIFICATE_EXPIRED, CERTIFICATE_EXPIRING,
							 CERTIFICATE_VALID,
							 CERTIFICATE_NOT_YET_VALID,
							 CERTIFICATE_STATUS_UNKNOWN };
	const char *separator = ": ";

	for (size_t i = 0; i < COUNT_OF(order); i++) {
		if (counts->by_status[order[i]] == 0)
			continue;
		buf_printf(buf, "%s%zu %s", separator, counts->by_status[order[i]],
			   certificate_status_name(order[i]));
		separator = ", ";
	}
}

/* `12 certificates in 9 stores of 3 sources: 1 expired, 2 expiring, 9 valid; 1 needs attention` */
static void put_summary(struct buf *buf, const struct snapshot *snapshot,
			const struct report_table *table, const struct lines *lines)
{
	struct inventory_counts counts = snapshot_count(snapshot, table->judge.now_s);

	put_title(buf, "");
	put_count(buf, counts.certificates, "certificate", "certificates");
	if (counts.stale_certificates > 0)
		buf_printf(buf, " (%zu older knowledge)", counts.stale_certificates);
	buf_puts(buf, " in ");
	put_count(buf, counts.stores, "store", "stores");
	buf_puts(buf, " of ");
	put_count(buf, counts.sources, "source", "sources");
	put_statuses(buf, &counts);
	if (table->filter != NULL && table->filter->has_within)
		buf_printf(buf, "; %zu shown (--once.days=%.0f)", lines->count,
			   table->filter->within_s / DAY_S);
	put_some(buf, lines->all_attention, "needs attention", "need attention");
	put_some(buf, counts.problem_stores, "store with problems", "stores with problems");
	put_some(buf, counts.missing, "reference to a missing certificate",
		 "references to missing certificates");
	put_some(buf, counts.missing_unknown_sources, "source with unknown missing references",
		 "sources with unknown missing references");
	put_some(buf, failed_sources(snapshot), "source failed", "sources failed");
	buf_putc(buf, '\n');
}

/* False without memory. */
static bool put_parts(struct buf *buf, const struct snapshot *snapshot,
		      const struct report_table *table, const struct lines *lines)
{
	struct grid *grid = grid_new(certificate_columns, COUNT_OF(certificate_columns));
	size_t calm = lines->count - lines->attention;
	bool ok = grid != NULL;

	for (size_t i = 0; i < lines->count && ok; i++)
		ok = add_certificate(grid, &lines->items[i], table->judge.now_s);
	if (ok && calm > 0)
		grid_put(grid, buf, 0, calm, table->width, 0, table->colour);
	ok = ok && report_problems(snapshot, table->judge.now_s, table->width, buf);
	if (ok && lines->attention > 0) {
		put_title(buf, "needs attention:\n");
		grid_put(grid, buf, calm, lines->count, table->width, 0, table->colour);
	}
	grid_free(grid);
	return ok;
}

enum status report_table(const struct snapshot *snapshot, const struct report_table *table,
			 struct buf *buf)
{
	struct lines lines = { 0 };

	if (collect_lines(snapshot, table, &lines) && put_parts(buf, snapshot, table, &lines))
		put_summary(buf, snapshot, table, &lines);
	else
		buf->status = STATUS_MEMORY;
	free(lines.items);
	return buf_status(buf);
}
