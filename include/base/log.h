#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One line per event on stderr: logfmt or JSON, keys `time`, `level`, `msg`, then pairs. Values
 * pass text_printable(), so remote text cannot forge a line. No secret is ever given to a log
 * function. Thread-safe; a line is written with one write(2).
 *
 * Nobody waits for a reader of stderr. A line that finds no room (a full pipe, a terminal that was
 * stopped) is waited for 100 ms, the ones after it not at all; what found no room is dropped, and
 * the first line that is written again is preceded by one that says how many were dropped. So a
 * program whose log nobody reads goes on, and ends when it is asked to. For that a pipe or a
 * terminal is opened a second time, non-blocking: O_NONBLOCK on descriptor 2 itself would change
 * what the shell, or whoever else writes there, sees. Where that cannot be done (no /proc), poll(2)
 * is asked before each write. Files are written as usual: a file system that hangs is waited for.
 * A queue with a thread of its own would lose the last lines of a crash, which matter most.
 */
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_LOGFMT, LOG_JSON };

/* Set once at start, before threads run. */
void log_setup(enum log_level level, enum log_format format);

/* The calling thread never waits for a reader, not even for 100 ms: for those that serve others. */
void log_never_wait(void);
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
