#ifndef REPORT_GRID_H
#define REPORT_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "report/width.h"

/*
 * A table of texts in aligned columns. Rows are collected, then laid out for a width: columns get
 * what they need if that fits; else columns are left out in the order of `drop`, and the others
 * share the space by `weight`, cut texts ending in "…". Not thread-safe.
 */
#define GRID_COLUMNS_MAX 12

struct grid_column {
	const char *title; /* NULL for all columns: no title line */
	unsigned min;      /* never narrower, unless nothing in it is wider */
	unsigned weight;   /* share of the space beyond the minimum; at least 1 */
	unsigned drop;     /* 0: never left out; else the lowest number goes first */
	bool right;        /* aligned to the right */
	enum cut cut;      /* of texts that are too long */
};

enum grid_colour { GRID_PLAIN, GRID_RED, GRID_YELLOW };

struct grid;

/* `columns` is static. NULL without memory. */
struct grid *grid_new(const struct grid_column *columns, size_t count);
void grid_free(struct grid *grid);

/* Adds a row with one text per column; the texts are copied. False without memory. */
bool grid_add(struct grid *grid, const char *const *cells, enum grid_colour colour);
size_t grid_rows(const struct grid *grid);

/* Appends the table, each line after `indent` blanks. `width` 0 = unlimited. */
void grid_put(const struct grid *grid, struct buf *buf, unsigned width, unsigned indent,
	      bool colour);

#endif
