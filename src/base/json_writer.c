/* JSON text, value by value. */
#include "base/json_writer.h"

#include <inttypes.h>
#include <math.h>

#include "base/json.h"

void json_writer_init(struct json_writer *w, struct buf *buf)
{
	*w = (struct json_writer){ .buf = buf };
}

/* What stands in front of a value. */
static void begin_value(struct json_writer *w, const char *name)
{
	if (w->comma_due)
		buf_putc(w->buf, ',');
	if (w->line_due)
		buf_putc(w->buf, '\n');
	w->line_due = false;
	w->comma_due = true;
	if (name != NULL)
		buf_printf(w->buf, "\"%s\":", name);
}

static void open_bracket(struct json_writer *w, const char *name, char bracket)
{
	begin_value(w, name);
	buf_putc(w->buf, bracket);
	w->comma_due = false;
}

static void close_bracket(struct json_writer *w, char bracket)
{
	if (w->line_due)
		buf_putc(w->buf, '\n');
	w->line_due = false;
	buf_putc(w->buf, bracket);
	w->comma_due = true;
}

void json_open_object(struct json_writer *w, const char *name)
{
	open_bracket(w, name, '{');
}

void json_close_object(struct json_writer *w)
{
	close_bracket(w, '}');
}

void json_open_array(struct json_writer *w, const char *name)
{
	open_bracket(w, name, '[');
}

void json_close_array(struct json_writer *w)
{
	close_bracket(w, ']');
}

void json_break_line(struct json_writer *w)
{
	w->line_due = true;
}

void json_write_text(struct json_writer *w, const char *name, const char *text)
{
	begin_value(w, name);
	json_put_string(w->buf, text);
}

void json_write_null(struct json_writer *w, const char *name)
{
	begin_value(w, name);
	buf_puts(w->buf, "null");
}

void json_write_bool(struct json_writer *w, const char *name, bool value)
{
	begin_value(w, name);
	buf_puts(w->buf, value ? "true" : "false");
}

void json_write_u64(struct json_writer *w, const char *name, uint64_t value)
{
	begin_value(w, name);
	buf_printf(w->buf, "%" PRIu64, value);
}

void json_write_i64(struct json_writer *w, const char *name, int64_t value)
{
	begin_value(w, name);
	buf_printf(w->buf, "%" PRId64, value);
}

void json_write_decimal(struct json_writer *w, const char *name, double value, int places)
{
	begin_value(w, name);
	if (isfinite(value))
		buf_printf(w->buf, "%.*f", places, value);
	else
		buf_puts(w->buf, "null");
}
