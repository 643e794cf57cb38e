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
 * Writes samples in Prometheus' text format 0.0.4 or OpenMetrics 1.0.0. A sample is
 *
 *	writer_begin(w); writer_label(w, "source", id); ... writer_end_...(w, number);
 *
 * with all labels of the family, in the order of the table of families. The name stands beside the
 * value, so that a value cannot get into the place of another one: a label that is not the next one
 * of the table is our mistake, fails the buffer (STATUS_UNSUPPORTED) and is kept in `mistake`. HELP
 *and TYPE are written with the first sample; a family without samples leaves no trace. A number
 *that would be a lie (a time outside 1970..9999, not a number) takes its whole line back. Failures
 *stick in the buffer.
 */
struct label {
	const char *name;
	const char *value;
};

/* The first label that was not in its place; `family` is NULL as long as there is none. */
struct label_mistake {
	const char *family;
	const char *label; /* "" when the sample ended */
	const char *next;  /* "" when the family has no further label */
};

struct writer {
	struct buf *buf;
	enum exposition_format format;
	const struct family *family;
	size_t name_len;       /* of the family */
	bool header_written;   /* of the family */
	bool header_with_line; /* the line that is being written brought HELP and TYPE */
	size_t line_start;     /* where to go back to */
	size_t label;          /* index of the next label */
	struct label_mistake mistake;
};

void writer_init(struct writer *w, struct buf *buf, enum exposition_format format);

/* Starts a family. Each one is started at most once per page. */
void writer_family(struct writer *w, enum family_id id);
/* The same for one that is not in the table; it must live until the next one is started. */
void writer_family_of(struct writer *w, const struct family *family);

void writer_begin(struct writer *w);
void writer_label(struct writer *w, const char *name, const char *value);
void writer_labels(struct writer *w, const struct label *labels, size_t count);
/* True if the label at this index of the family has this name (NULL: if there is none). Otherwise
 * it is a mistake as above. For labels that are written ahead by label_append(). */
bool writer_expects(struct writer *w, const struct family *family, size_t index, const char *name);
/* The next `count` labels, already written by label_append() one after the other under the first
 * `count` names of the family `like`. */
void writer_labels_ready(struct writer *w, const char *text, size_t len, enum family_id like,
			 size_t count);

void writer_end_integer(struct writer *w, uint64_t value);
/* Any number but NaN; infinity is +Inf. */
void writer_end_number(struct writer *w, double value);
/* Unix seconds; the line is taken back unless 0 < time_s <= TIME_SHOWABLE_MAX_S. */
void writer_end_timestamp(struct writer *w, int64_t time_s);
/* Days with six decimals (a tenth of a second). */
void writer_end_days(struct writer *w, double days);

/* All lines of a histogram. */
void writer_histogram(struct writer *w, const struct label *labels, size_t count,
		      const struct histogram *histogram);

/* After the last family. */
void writer_finish(struct writer *w);

/* Appends name="value", escaped, with a comma in front unless it is the first one: the only place
 * that writes a label. `value` is UTF-8. */
void label_append(struct buf *buf, bool first, const char *name, const char *value);

/* `value` in decimal. */
#define DECIMAL_SIZE 21
const char *decimal(uint64_t value, char ret_text[DECIMAL_SIZE]);

#endif
