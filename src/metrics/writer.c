/*
 * The exposition formats: Prometheus text 0.0.4 and OpenMetrics 1.0.0. What differs: OpenMetrics
 * names a counter family without _total in HELP and TYPE, escapes quotes in HELP, writes `le` as a
 * float (1.0) and ends with EOF. No printf on the way of an inventory line: numbers are made by
 * hand.
 */
#include "metrics/writer.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define EXACT_MAX      9007199254740992.0 /* 2^53: up to here doubles hold every integer */
#define LABEL_NAME_MAX 40                 /* of the table of families, not of input */
#define DAYS_SCALE     1000000            /* six decimals */
#define DAYS_MAX       4000000.0          /* beyond the years 1..9999: not a real distance */

const char *decimal(uint64_t value, char ret_text[DECIMAL_SIZE])
{
	char *p = ret_text + DECIMAL_SIZE - 1;

	*p = '\0';
	do {
		*--p = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	return p;
}

static void append_decimal(struct buf *buf, uint64_t value)
{
	char text[DECIMAL_SIZE];
	const char *digits = decimal(value, text);

	buf_append(buf, digits, (size_t)(text + DECIMAL_SIZE - 1 - digits));
}

/* The shortest decimal that reads back as the same double; integers without exponent. */
static void append_number(struct buf *buf, double value)
{
	char text[32];

	if (isinf(value)) {
		buf_puts(buf, value > 0 ? "+Inf" : "-Inf");
		return;
	}
	if (value >= 0 && value <= EXACT_MAX && value == floor(value)) {
		append_decimal(buf, (uint64_t)value);
		return;
	}
	for (int precision = 15; precision <= 17; precision++) {
		(void)snprintf(text, sizeof(text), "%.*g", precision, value);
		if (strtod(text, NULL) == value)
			break;
	}
	buf_puts(buf, text);
}

/* `text` with `\`, newline and (unless `quotes` is false) `"` escaped. */
static void append_escaped(struct buf *buf, const char *text, bool quotes)
{
	const char *special = quotes ? "\\\n\"" : "\\\n";

	for (;;) {
		size_t plain = strcspn(text, special);
		buf_append(buf, text, plain);
		text += plain;
		if (*text == '\0')
			return;
		buf_putc(buf, '\\');
		buf_putc(buf, *text == '\n' ? 'n' : *text);
		text++;
	}
}

/* Most of a page is written here, so the pieces are put together before they are appended. */
void label_append(struct buf *buf, bool first, const char *name, const char *value)
{
	char head[LABEL_NAME_MAX + 4];
	size_t name_len = strlen(name);
	size_t len = 0;

	assert(name_len <= LABEL_NAME_MAX);
	if (!first)
		head[len++] = ',';
	memcpy(head + len, name, name_len + 1);
	len += name_len;
	head[len++] = '=';
	head[len++] = '"';
	buf_append(buf, head, len);
	append_escaped(buf, value, true);
	buf_putc(buf, '"');
}

void writer_init(struct writer *w, struct buf *buf, enum exposition_format format)
{
	memset(w, 0, sizeof(*w));
	w->buf = buf;
	w->format = format;
}

void writer_family_of(struct writer *w, const struct family *family)
{
	w->family = family;
	w->name_len = strlen(family->name);
	w->header_written = false;
}

void writer_family(struct writer *w, enum family_id id)
{
	writer_family_of(w, family_get(id));
}

/* The name in HELP and TYPE. */
static void append_family_name(struct writer *w)
{
	size_t len = w->name_len;

	if (w->format == EXPOSITION_OPENMETRICS && w->family->type == FAMILY_COUNTER)
		len -= strlen("_total");
	buf_append(w->buf, w->family->name, len);
}

static void append_header(struct writer *w)
{
	buf_puts(w->buf, "# HELP ");
	append_family_name(w);
	buf_putc(w->buf, ' ');
	append_escaped(w->buf, w->family->help, w->format == EXPOSITION_OPENMETRICS);
	buf_puts(w->buf, "\n# TYPE ");
	append_family_name(w);
	buf_putc(w->buf, ' ');
	buf_puts(w->buf, family_type_name(w->family->type));
	buf_putc(w->buf, '\n');
}

static void begin(struct writer *w, const char *suffix)
{
	w->line_start = w->buf->len;
	w->label = 0;
	w->header_with_line = !w->header_written;
	if (!w->header_written)
		append_header(w);
	w->header_written = true;
	buf_append(w->buf, w->family->name, w->name_len);
	if (*suffix != '\0')
		buf_puts(w->buf, suffix);
}

void writer_begin(struct writer *w)
{
	begin(w, "");
}

/* Both may be NULL: no label. Mostly equal names are one string, as the linker merges literals. */
static bool is_same_name(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool writer_expects(struct writer *w, const struct family *family, size_t index, const char *name)
{
	const char *next = family->labels[index];

	if (is_same_name(next, name))
		return true;
	if (w->mistake.family == NULL) /* the others follow from the first one */
		w->mistake = (struct label_mistake){ family->name, name != NULL ? name : "",
						     next != NULL ? next : "" };
	if (buf_status(w->buf) == STATUS_OK)
		w->buf->status = STATUS_UNSUPPORTED;
	return false;
}

void writer_label(struct writer *w, const char *name, const char *value)
{
	if (!writer_expects(w, w->family, w->label, name))
		return;
	if (w->label == 0)
		buf_putc(w->buf, '{');
	label_append(w->buf, w->label == 0, name, value);
	w->label++;
}

void writer_labels(struct writer *w, const struct label *labels, size_t count)
{
	for (size_t i = 0; i < count; i++)
		writer_label(w, labels[i].name, labels[i].value);
}

void writer_labels_ready(struct writer *w, const char *text, size_t len, enum family_id like,
			 size_t count)
{
	const struct family *written = family_get(like);

	buf_putc(w->buf, '{');
	buf_append(w->buf, text, len);
	while (w->label < count &&
	       writer_expects(w, w->family, w->label, written->labels[w->label]))
		w->label++;
}

/* The end of the label set; every label of the family must have got its value. */
static void close_labels(struct writer *w)
{
	(void)writer_expects(w, w->family, w->label, NULL);
	if (w->label > 0)
		buf_append(w->buf, "} ", 2);
	else
		buf_putc(w->buf, ' ');
}

/* Takes the line back: as if the sample had never begun. */
static void take_back(struct writer *w)
{
	if (w->buf->len < w->line_start || w->buf->data == NULL)
		return;
	w->buf->len = w->line_start;
	w->buf->data[w->line_start] = '\0';
	if (w->header_with_line)
		w->header_written = false;
}

void writer_end_integer(struct writer *w, uint64_t value)
{
	close_labels(w);
	append_decimal(w->buf, value);
	buf_putc(w->buf, '\n');
}

void writer_end_number(struct writer *w, double value)
{
	if (isnan(value)) {
		take_back(w);
		return;
	}
	close_labels(w);
	append_number(w->buf, value);
	buf_putc(w->buf, '\n');
}

void writer_end_timestamp(struct writer *w, int64_t time_s)
{
	if (time_s <= 0 || time_s > TIME_SHOWABLE_MAX_S)
		take_back(w);
	else
		writer_end_integer(w, (uint64_t)time_s);
}

void writer_end_days(struct writer *w, double days)
{
	if (!(fabs(days) <= DAYS_MAX)) { /* also not a number */
		take_back(w);
		return;
	}
	uint64_t scaled = (uint64_t)llround(fabs(days) * DAYS_SCALE);
	char fraction[DECIMAL_SIZE];

	close_labels(w);
	if (days < 0 && scaled > 0)
		buf_putc(w->buf, '-');
	append_decimal(w->buf, scaled / DAYS_SCALE);
	/* a leading 1 keeps the zeros after the point */
	const char *digits = decimal(DAYS_SCALE + scaled % DAYS_SCALE, fraction);
	buf_putc(w->buf, '.');
	buf_append(w->buf, digits + 1, strlen(digits + 1));
	buf_putc(w->buf, '\n');
}

/* The value of `le`: OpenMetrics wants a float, so 1.0 where the text format has 1. */
static void append_bound(struct writer *w, double bound)
{
	struct buf *buf = w->buf;
	size_t start = buf->len;

	append_number(buf, bound);
	if (w->format == EXPOSITION_OPENMETRICS && isfinite(bound) && buf->len > start &&
	    strpbrk(buf->data + start, ".e") == NULL)
		buf_append(buf, ".0", 2);
}

static void begin_histogram_line(struct writer *w, const char *suffix, const struct label *labels,
				 size_t count)
{
	begin(w, suffix);
	writer_labels(w, labels, count);
}

void writer_histogram(struct writer *w, const struct label *labels, size_t count,
		      const struct histogram *histogram)
{
	uint64_t cumulative = 0;

	assert(histogram->bound_count <= HISTOGRAM_BUCKETS_MAX);
	if (!isfinite(histogram->sum))
		return;
	for (size_t i = 0; i <= histogram->bound_count; i++) {
		cumulative += histogram->buckets[i];
		begin_histogram_line(w, "_bucket", labels, count);
		(void)writer_expects(w, w->family, w->label, NULL);
		buf_puts(w->buf, w->label > 0 ? ",le=\"" : "{le=\"");
		append_bound(w, i < histogram->bound_count ? histogram->bounds[i] : INFINITY);
		buf_append(w->buf, "\"} ", 3);
		append_decimal(w->buf, cumulative);
		buf_putc(w->buf, '\n');
	}
	begin_histogram_line(w, "_sum", labels, count);
	writer_end_number(w, histogram->sum);
	begin_histogram_line(w, "_count", labels, count);
	writer_end_integer(w, cumulative);
}

void writer_finish(struct writer *w)
{
	if (w->format == EXPOSITION_OPENMETRICS)
		buf_puts(w->buf, "# EOF\n");
}
