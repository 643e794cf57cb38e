#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Writes JSON (RFC 8259) into a buffer: commas, names and escapes are its business, balance and the
 * order of members the caller's. Failures stick to the buffer, so callers write freely and check
 * buf_status() once. `name` is a constant of the program that needs no escape; NULL stands for a
 * value without a name: an element of an array, or the whole document. Not thread-safe.
 */
struct json_writer {
	struct buf *buf;
	bool comma_due;
	bool line_due;
};

void json_writer_init(struct json_writer *w, struct buf *buf);

void json_open_object(struct json_writer *w, const char *name);
void json_close_object(struct json_writer *w);
void json_open_array(struct json_writer *w, const char *name);
void json_close_array(struct json_writer *w);

/* The next value begins on a line of its own, behind its comma: for people who look into a file. */
void json_break_line(struct json_writer *w);

/* Bytes that are no UTF-8 become U+FFFD. */
void json_write_text(struct json_writer *w, const char *name, const char *text);
void json_write_null(struct json_writer *w, const char *name);
void json_write_bool(struct json_writer *w, const char *name, bool value);
void json_write_u64(struct json_writer *w, const char *name, uint64_t value);
void json_write_i64(struct json_writer *w, const char *name, int64_t value);
/* With this number of digits behind the point; null for what is no finite number. */
void json_write_decimal(struct json_writer *w, const char *name, double value, int places);

#endif
