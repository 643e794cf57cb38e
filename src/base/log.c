/* Log lines: logfmt or JSON, one write(2) each. */
#include "base/log.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"

#define LINE_MAX_BYTES                                                                             \
	4000        /* a line is cut there: a pipe that is ready takes 4096 bytes at once          \
		     */
#define WAIT_MS 100 /* for a reader of the log that is slow */

static enum log_level threshold = LOG_INFO;
static enum log_format line_format = LOG_LOGFMT;

void log_setup(enum log_level level, enum log_format format)
{
	threshold = level;
	line_format = format;
}

bool log_enabled(enum log_level level)
{
	return level >= threshold;
}

static const char *level_name(enum log_level level)
{
	switch (level) {
	case LOG_DEBUG:
		return "DEBUG";
	case LOG_INFO:
		return "INFO";
	case LOG_WARN:
		return "WARN";
	case LOG_ERROR:
		return "ERROR";
	}
	return "ERROR";
}

/*
 * A log that nobody reads must not stop the program: a line that cannot be written soon is dropped,
 * and the next one that can says how many were.
 */
static bool is_writable(void)
{
	static atomic_bool stuck;
	struct pollfd fd = { STDERR_FILENO, POLLOUT, 0 };
	bool ready = poll(&fd, 1, atomic_load(&stuck) ? 0 : WAIT_MS) > 0;

	atomic_store(&stuck, !ready);
	return ready;
}

static void write_line(const struct buf *line)
{
	static atomic_uint dropped;

	if (!is_writable()) {
		atomic_fetch_add(&dropped, 1);
		return;
	}
	unsigned count = atomic_exchange(&dropped, 0);
	ssize_t written = write(STDERR_FILENO, line->data, line->len);
	(void)written; /* nobody to tell when stderr is gone */
	if (count > 0)
		log_warn("log lines were dropped, nobody read them", LOG_NUMBER("count", count));
}

static bool needs_quotes(const char *text)
{
	if (*text == '\0')
		return true;
	for (const char *p = text; *p != '\0'; p++) {
		if (*p <= ' ' || *p == '"' || *p == '=' || *p == '\\' || *p == 0x7F || *p < 0)
			return true;
	}
	return false;
}

static void put_quoted(struct buf *line, const char *text)
{
	struct buf clean;

	buf_init(&clean, LINE_MAX_BYTES);
	text_printable(&clean, text, strlen(text));
	buf_putc(line, '"');
	for (const char *p = buf_text(&clean); *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			buf_putc(line, '\\');
		buf_putc(line, *p);
	}
	buf_putc(line, '"');
	buf_release(&clean);
}

static void put_field(struct buf *line, const char *key, const char *text, int64_t number)
{
	bool json = line_format == LOG_JSON;

	if (line->len > 0)
		buf_putc(line, json ? ',' : ' ');
	buf_printf(line, json ? "\"%s\":" : "%s=", key);
	if (text == NULL)
		buf_printf(line, "%lld", (long long)number);
	else if (json || needs_quotes(text))
		put_quoted(line, text);
	else
		buf_puts(line, text);
}

static void put_time(struct buf *line)
{
	struct timespec now;
	struct tm tm;
	char text[48];

	clock_gettime(CLOCK_REALTIME, &now);
	if (gmtime_r(&now.tv_sec, &tm) == NULL)
		return;
	size_t n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(text + n, sizeof(text) - n, ".%03ldZ", now.tv_nsec / 1000000);
	put_field(line, "time", text, 0);
}

void log_write(enum log_level level, const char *msg, size_t count, const struct log_field *fields)
{
	struct buf fields_text;
	struct buf line;

	if (!log_enabled(level))
		return;
	buf_init(&fields_text, LINE_MAX_BYTES);
	put_time(&fields_text);
	put_field(&fields_text, "level", level_name(level), 0);
	put_field(&fields_text, "msg", msg, 0);
	for (size_t i = 1; i < count; i++)
		put_field(&fields_text, fields[i].key, fields[i].text, fields[i].number);
	buf_init(&line, LINE_MAX_BYTES + 8);
	if (line_format == LOG_JSON)
		buf_putc(&line, '{');
	buf_puts(&line, buf_text(&fields_text));
	if (line_format == LOG_JSON)
		buf_putc(&line, '}');
	buf_putc(&line, '\n');
	if (buf_status(&line) == STATUS_OK)
		write_line(&line);
	buf_release(&line);
	buf_release(&fields_text);
}
