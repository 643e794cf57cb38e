/* Texts in aligned columns, laid out for the width of a terminal. */
#include "report/grid.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/arena.h"

#define GAP 2 /* blanks between columns */

struct row {
	enum grid_colour colour;
	const char *cells[GRID_COLUMNS_MAX];
	size_t keep[GRID_COLUMNS_MAX]; /* of their ends */
};

struct grid {
	const struct grid_column *columns;
	size_t column_count;
	struct row *rows;
	size_t row_count;
	size_t natural[GRID_COLUMNS_MAX]; /* the widest cell */
	size_t kept[GRID_COLUMNS_MAX];    /* the same, cut to what is kept */
	struct arena *arena;
};

/* How wide each column is shown; 0: not at all. */
struct layout {
	size_t width[GRID_COLUMNS_MAX];
	bool ragged; /* not padded: nothing may be cut, and the lines would be longer still */
};

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

struct grid *grid_new(const struct grid_column *columns, size_t count)
{
	struct grid *grid = calloc(1, sizeof(*grid));

	assert(count <= GRID_COLUMNS_MAX);
	if (grid == NULL)
		return NULL;
	grid->columns = columns;
	grid->column_count = count;
	grid->arena = arena_new();
	if (grid->arena == NULL) {
		free(grid);
		return NULL;
	}
	return grid;
}

void grid_free(struct grid *grid)
{
	if (grid == NULL)
		return;
	arena_free(grid->arena);
	free(grid->rows);
	free(grid);
}

size_t grid_rows(const struct grid *grid)
{
	return grid->row_count;
}

bool grid_add(struct grid *grid, const char *const *cells, enum grid_colour colour)
{
	struct row *rows = array_room(grid->rows, grid->row_count, sizeof(*rows));

	if (rows == NULL)
		return false;
	grid->rows = rows;
	struct row *row = &rows[grid->row_count];
	*row = (struct row){ .colour = colour };
	for (size_t i = 0; i < grid->column_count; i++) {
		row->cells[i] = arena_strdup(grid->arena, cells[i]);
		if (row->cells[i] == NULL)
			return false;
		size_t columns = text_columns(cells[i]);
		if (columns > 0 && grid->columns[i].title != NULL)
			columns = larger(columns, text_columns(grid->columns[i].title));
		grid->natural[i] = larger(grid->natural[i], columns);
	}
	grid->row_count++;
	return true;
}

void grid_keep(struct grid *grid, size_t column, size_t keep)
{
	struct row *row = &grid->rows[grid->row_count - 1];
	size_t whole = text_columns(row->cells[column]);

	row->keep[column] = keep;
	grid->kept[column] = larger(grid->kept[column], smaller(whole, keep + 1));
}

/* -- layout ---------------------------------------------------------------------------- */

/* The width of all that is shown, with the gaps. */
static size_t total_width(const struct grid *grid, const struct layout *layout)
{
	size_t total = 0;

	for (size_t i = 0; i < grid->column_count; i++) {
		if (layout->width[i] > 0)
			total += layout->width[i] + (total > 0 ? GAP : 0);
	}
	return total;
}

/* Every column as wide as it wants to be. */
static void widen(const struct grid *grid, struct layout *layout)
{
	for (size_t i = 0; i < grid->column_count; i++) {
		size_t wanted = larger(grid->columns[i].wants, grid->kept[i]);
		layout->width[i] = smaller(grid->natural[i], wanted);
	}
}

static size_t widest(const struct grid *grid, const struct layout *layout)
{
	size_t widest = 0;

	for (size_t i = 1; i < grid->column_count; i++) {
		if (layout->width[i] > layout->width[widest])
			widest = i;
	}
	return widest;
}

/* The columns that stay, as narrow as they may be; where even that is too wide, the widest give. */
static void narrow(const struct grid *grid, struct layout *layout, size_t width)
{
	for (size_t i = 0; i < grid->column_count; i++)
		layout->width[i] = smaller(layout->width[i], grid->columns[i].min);
	while (total_width(grid, layout) > width && layout->width[widest(grid, layout)] > 1)
		layout->width[widest(grid, layout)]--;
}

/* Gives the space that is left away, one column at a time to whatever is narrowest, up to `most`.
 */
static void share(const struct grid *grid, struct layout *layout, size_t width, const size_t *most)
{
	for (size_t used = total_width(grid, layout); used < width; used++) {
		size_t best = SIZE_MAX;
		for (size_t i = 0; i < grid->column_count; i++) {
			bool grows = layout->width[i] > 0 && layout->width[i] < most[i];
			if (grows && (best == SIZE_MAX || layout->width[i] < layout->width[best]))
				best = i;
		}
		if (best == SIZE_MAX)
			return;
		layout->width[best]++;
	}
}

static bool has_titles(const struct grid *grid)
{
	return grid->columns[0].title != NULL;
}

static struct layout lay_out(const struct grid *grid, size_t width)
{
	struct layout layout = { 0 };
	size_t last = grid->column_count;

	memcpy(layout.width, grid->natural, sizeof(layout.width));
	layout.ragged = width > 0 && total_width(grid, &layout) > width && !has_titles(grid);
	if (width == 0 || total_width(grid, &layout) <= width || layout.ragged)
		return layout;
	widen(grid, &layout);
	while (total_width(grid, &layout) > width && last > 0 && grid->columns[last - 1].min == 0)
		layout.width[--last] = 0;
	if (total_width(grid, &layout) > width) {
		narrow(grid, &layout, width);
		share(grid, &layout, width, grid->kept);
	}
	share(grid, &layout, width, grid->natural);
	return layout;
}

/* -- output ---------------------------------------------------------------------------- */

static void put_blanks(struct buf *buf, size_t count)
{
	while (count-- > 0)
		buf_putc(buf, ' ');
}

static const char *colour_code(enum grid_colour colour)
{
	switch (colour) {
	case GRID_RED:
		return "\033[31m";
	case GRID_YELLOW:
		return "\033[33m";
	case GRID_PLAIN:
		break;
	}
	return "";
}

static void put_line(const struct grid *grid, const struct layout *layout, struct buf *buf,
		     const struct row *row, unsigned indent, const char *colour)
{
	size_t pending = indent; /* blanks are written only in front of a text */

	buf_puts(buf, colour);
	for (size_t i = 0; i < grid->column_count; i++) {
		size_t width = layout->width[i];
		size_t columns = smaller(text_columns(row->cells[i]), width);
		bool right = grid->columns[i].right;
		if (width == 0)
			continue;
		if (layout->ragged)
			width = columns;
		if (columns > 0) {
			put_blanks(buf, pending + (right ? width - columns : 0));
			/* a wide character that did not fit leaves one column */
			columns = text_put_columns(buf, row->cells[i], width, row->keep[i]);
			pending = right ? 0 : width - columns;
		} else {
			pending += width;
		}
		pending += GAP;
	}
	if (*colour != '\0')
		buf_puts(buf, "\033[0m");
	buf_putc(buf, '\n');
}

void grid_put(const struct grid *grid, struct buf *buf, size_t first, size_t end, unsigned width,
	      unsigned indent, bool colour)
{
	struct layout layout = lay_out(grid, width > indent ? width - indent : width);
	struct row titles = { 0 };

	for (size_t i = 0; i < grid->column_count; i++)
		titles.cells[i] = grid->columns[i].title;
	if (has_titles(grid))
		put_line(grid, &layout, buf, &titles, indent, colour ? "\033[1m" : "");
	for (size_t i = first; i < end; i++)
		put_line(grid, &layout, buf, &grid->rows[i], indent,
			 colour ? colour_code(grid->rows[i].colour) : "");
}
