#ifndef METRICS_WRITER_H
#define METRICS_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "metrics/families.h"
#include "metrics/metrics.h"
#include "telemetry/telemetry.h"

/*
 * Writes samples in Prometheus' text format 0.0.4 or OpenMetrics 1.0.0. Names come from the table
 * of families, so a sample cannot have a label that the table does not have: a sample is
 *
 *	writer_begin(w); writer_label(w, value); ... writer_end_...(w, number);
 *
 * with one value per label of the family, in its order. HELP and TYPE are written with the first
 * sample; a family without samples leaves no trace. A number that would be a lie (a time outside
 * 1970..9999, not a number) takes its whole line back. Failures stick in the buffer.
 */
struct writer {
	struct buf *buf;
	enum exposition_format format;
	const struct family *family;
	size_t name_len;       /* of the family */
	bool header_written;   /* of the family */
	bool header_with_line; /* the line that is being written brought HELP and TYPE */
	size_t line_start;     /* where to go back to */
	size_t label;          /* index of the next label */
};

void writer_init(struct writer *w, struct buf *buf, enum exposition_format format);

/* Starts a family. Each one is started at most once per page. */
void writer_family(struct writer *w, enum family_id id);

void writer_begin(struct writer *w);
void writer_label(struct writer *w, const char *value);
/* The next `count` labels, already written by label_append() one after the other. */
void writer_labels_ready(struct writer *w, const char *text, size_t len, size_t count);

void writer_end_integer(struct writer *w, uint64_t value);
/* Any number but NaN; infinity is +Inf. */
void writer_end_number(struct writer *w, double value);
/* Unix seconds; the line is taken back unless 0 < time_s <= TIMESTAMP_MAX_S. */
void writer_end_timestamp(struct writer *w, int64_t time_s);
/* Days with six decimals (a tenth of a second). */
void writer_end_days(struct writer *w, double days);

/* All lines of a histogram; `values` has one element per label of the family. */
void writer_histogram(struct writer *w, const char *const *values,
		      const struct histogram *histogram);

/* After the last family. */
void writer_finish(struct writer *w);

/* Appends name="value", escaped, with a comma in front unless it is the first one: the only place
 * that writes a label. `value` is UTF-8. */
void label_append(struct buf *buf, bool first, const char *name, const char *value);

/* `value` in decimal. */
#define DECIMAL_SIZE 21
const char *decimal(uint64_t value, char ret_text[DECIMAL_SIZE]);

#define TIMESTAMP_MAX_S INT64_C(253402300799) /* 9999-12-31T23:59:59Z, RFC 5280 4.1.2.5 */

#endif
