/* Texts in aligned columns, laid out for the width of a terminal. */
#include "report/grid.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define GAP 2 /* blanks between columns */

struct row {
	enum grid_colour colour;
	const char *cells[GRID_COLUMNS_MAX];
	size_t columns[GRID_COLUMNS_MAX]; /* their display widths */
};

struct grid {
	const struct grid_column *columns;
	size_t column_count;
	struct row *rows;
	size_t row_count;
	size_t row_capacity;
	size_t natural[GRID_COLUMNS_MAX]; /* the widest cell */
	struct arena *arena;
};

/* What is shown how wide. */
struct layout {
	bool shown[GRID_COLUMNS_MAX];
	size_t width[GRID_COLUMNS_MAX];
	size_t last; /* the last column that is shown: not padded */
};

struct grid *grid_new(const struct grid_column *columns, size_t count)
{
	struct grid *grid = calloc(1, sizeof(*grid));

	assert(count <= GRID_COLUMNS_MAX);
	if (grid == NULL)
		return NULL;
	grid->columns = columns;
	grid->column_count = count;
	for (size_t i = 0; i < count; i++)
		grid->natural[i] = columns[i].title != NULL ? text_columns(columns[i].title) : 0;
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
	if (grid->row_count == grid->row_capacity) {
		size_t capacity = grid->row_capacity > 0 ? grid->row_capacity * 2 : 64;
		struct row *rows = reallocarray(grid->rows, capacity, sizeof(*rows));
		if (rows == NULL)
			return false;
		grid->rows = rows;
		grid->row_capacity = capacity;
	}
	struct row *row = &grid->rows[grid->row_count];
	row->colour = colour;
	for (size_t i = 0; i < grid->column_count; i++) {
		row->cells[i] = arena_strdup(grid->arena, cells[i]);
		if (row->cells[i] == NULL)
			return false;
		row->columns[i] = text_columns(cells[i]);
		if (row->columns[i] > grid->natural[i])
			grid->natural[i] = row->columns[i];
	}
	grid->row_count++;
	return true;
}

/* -- layout ---------------------------------------------------------------------------- */

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The width of all that is shown, with the gaps. */
static size_t total_width(const struct grid *grid, const struct layout *layout)
{
	size_t total = 0;

	for (size_t i = 0; i < grid->column_count; i++) {
		if (layout->shown[i])
			total += layout->width[i] + (total > 0 ? GAP : 0);
	}
	return total;
}

/* Leaves out the column that can be spared most easily; false when there is none. */
static bool drop_one(const struct grid *grid, struct layout *layout)
{
	size_t victim = SIZE_MAX;

	for (size_t i = 0; i < grid->column_count; i++) {
		unsigned drop = grid->columns[i].drop;
		if (layout->shown[i] && drop > 0 &&
		    (victim == SIZE_MAX || drop < grid->columns[victim].drop))
			victim = i;
	}
	if (victim == SIZE_MAX)
		return false;
	layout->shown[victim] = false;
	return true;
}

/* Gives `left` columns away, one at a time to whoever has least for its weight. */
static void share(const struct grid *grid, struct layout *layout, size_t left)
{
	for (; left > 0; left--) {
		size_t best = SIZE_MAX;
		for (size_t i = 0; i < grid->column_count; i++) {
			if (!layout->shown[i] || layout->width[i] >= grid->natural[i])
				continue;
			if (best == SIZE_MAX ||
			    layout->width[i] * grid->columns[best].weight <
				    layout->width[best] * grid->columns[i].weight)
				best = i;
		}
		if (best == SIZE_MAX)
			return;
		layout->width[best]++;
	}
}

static struct layout lay_out(const struct grid *grid, size_t width)
{
	struct layout layout = { 0 };

	for (size_t i = 0; i < grid->column_count; i++) {
		layout.shown[i] = grid->natural[i] > 0;
		layout.width[i] = grid->natural[i];
	}
	if (width > 0 && total_width(grid, &layout) > width) {
		for (size_t i = 0; i < grid->column_count; i++)
			layout.width[i] = smaller(grid->natural[i], grid->columns[i].min);
		while (total_width(grid, &layout) > width && drop_one(grid, &layout))
			;
		size_t used = total_width(grid, &layout);
		if (used < width)
			share(grid, &layout, width - used);
	}
	for (size_t i = 0; i < grid->column_count; i++) {
		if (layout.shown[i])
			layout.last = i;
	}
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
		     const char *const *cells, unsigned indent, const char *colour)
{
	size_t pending = indent; /* blanks are written only in front of a text */

	buf_puts(buf, colour);
	for (size_t i = 0; i < grid->column_count; i++) {
		if (!layout->shown[i])
			continue;
		size_t columns = smaller(text_columns(cells[i]), layout->width[i]);
		size_t padding = layout->width[i] - columns;
		if (columns > 0) {
			put_blanks(buf, pending + (grid->columns[i].right ? padding : 0));
			size_t used = text_put_columns(buf, cells[i], layout->width[i],
						       grid->columns[i].cut);
			/* a wide character that did not fit leaves one column */
			pending = grid->columns[i].right ? 0 : layout->width[i] - used;
		} else {
			pending += layout->width[i];
		}
		pending += GAP;
	}
	if (*colour != '\0')
		buf_puts(buf, "\033[0m");
	buf_putc(buf, '\n');
}

void grid_put(const struct grid *grid, struct buf *buf, unsigned width, unsigned indent,
	      bool colour)
{
	size_t inner = width > indent ? width - indent : width;
	struct layout layout = lay_out(grid, inner);
	const char *titles[GRID_COLUMNS_MAX] = { NULL };

	for (size_t i = 0; i < grid->column_count; i++)
		titles[i] = grid->columns[i].title;
	if (titles[0] != NULL)
		put_line(grid, &layout, buf, titles, indent, colour ? "\033[1m" : "");
	for (size_t i = 0; i < grid->row_count; i++)
		put_line(grid, &layout, buf, grid->rows[i].cells, indent,
			 colour ? colour_code(grid->rows[i].colour) : "");
}
