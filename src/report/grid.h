#ifndef REPORT_GRID_H
#define REPORT_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "report/width.h"

/*
 * A table of texts in aligned columns. Rows are collected, then laid out for a width. The columns
 * stand in the order of their importance: one without any text is left out, what does not fit is
 * left out from the right, until all others have the width that they want; then texts are cut. A
 * table without titles is never cut: where it is too wide its columns are not aligned. Not
 * thread-safe.
 */
#define GRID_COLUMNS_MAX 12

struct grid_column {
	const char *title; /* NULL for all columns: no title line */
	unsigned wants;    /* columns to its right are left out before it gets less than this */
	unsigned min;      /* not narrower while there is room, and never left out; 0: it may be
			      left out */
	bool right;        /* aligned to the right */
};

enum grid_colour { GRID_PLAIN, GRID_RED, GRID_YELLOW };

struct grid;

/* `columns` is static. NULL without memory. */
struct grid *grid_new(const struct grid_column *columns, size_t count);
void grid_free(struct grid *grid);

/* Adds a row with one text per column; the texts are copied. False without memory. */
bool grid_add(struct grid *grid, const char *const *cells, enum grid_colour colour);
size_t grid_rows(const struct grid *grid);

/* The last `keep` columns of that cell of the row added last are not cut while there is any room:
 * its column takes it from others. */
void grid_keep(struct grid *grid, size_t column, size_t keep);

/* Appends the titles and the rows from `first` to before `end`, each line after `indent` blanks.
 * The widths are those of all rows. `width` 0 = unlimited. */
void grid_put(const struct grid *grid, struct buf *buf, size_t first, size_t end, unsigned width,
	      unsigned indent, bool colour);

#endif
