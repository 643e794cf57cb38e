#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One line per event on stderr: logfmt or JSON, keys `time`, `level`, `msg`, then pairs. Values
 * pass text_printable(), so remote text cannot forge a line. No secret is ever given to a log
 * function. Thread-safe; a line is written with one write(2).
 */
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_LOGFMT, LOG_JSON };

/* Set once at start, before threads run. */
void log_setup(enum log_level level, enum log_format format);
bool log_enabled(enum log_level level);

struct log_field {
	const char *key;
	const char *text; /* NULL: `number` is the value */
	int64_t number;
};

#define LOG_TEXT(key, text)     ((struct log_field){ (key), (text) != NULL ? (text) : "", 0 })
#define LOG_NUMBER(key, number) ((struct log_field){ (key), NULL, (int64_t)(number) })

/* `fields` has `count` elements, of which the first is a filler. Use the macros below. */
void log_write(enum log_level level, const char *msg, size_t count, const struct log_field *fields);

#define LOG_FIELDS(...) ((const struct log_field[]){ { NULL, NULL, 0 }, ##__VA_ARGS__ })
#define log_at(level, msg, ...)                                                                    \
	log_write((level), (msg), sizeof(LOG_FIELDS(__VA_ARGS__)) / sizeof(struct log_field),      \
		  LOG_FIELDS(__VA_ARGS__))
#define log_debug(msg, ...) log_at(LOG_DEBUG, msg, ##__VA_ARGS__)
#define log_info(msg, ...)  log_at(LOG_INFO, msg, ##__VA_ARGS__)
#define log_warn(msg, ...)  log_at(LOG_WARN, msg, ##__VA_ARGS__)
#define log_error(msg, ...) log_at(LOG_ERROR, msg, ##__VA_ARGS__)

#endif
