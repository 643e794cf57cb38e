/* Log lines: logfmt or JSON, one write(2) each, which does not wait for the reader. */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/text.h"

#define LINE_MAX_BYTES 4000 /* a line is cut there, so that a pipe takes it whole or not at all */
#define WAIT_MS        100  /* for a reader of the log that is slow */

/* How a line is written without waiting. */
enum way {
	WAY_ASK,    /* write(2) after poll(2) says that there is room */
	WAY_OPENED, /* write(2) to a description of our own, which is non-blocking */
	WAY_SOCKET, /* send(2) that does not wait */
};

static enum log_level threshold = LOG_INFO;
static enum log_format line_format = LOG_LOGFMT;
static enum way way = WAY_ASK;
static int target = STDERR_FILENO;
static _Thread_local bool impatient;

/*
 * O_NONBLOCK is a property of the open file description, which we share with a shell: it is set on
 * one of our own instead. A regular file has none of its own, since its offset is shared as well.
 */
static void choose_way(void)
{
	struct stat st;

	if (fstat(STDERR_FILENO, &st) != 0)
		return;
	if (S_ISSOCK(st.st_mode)) {
		way = WAY_SOCKET;
		return;
	}
	if (!S_ISFIFO(st.st_mode) && !S_ISCHR(st.st_mode))
		return;
	int own = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (own < 0)
		return;
	way = WAY_OPENED;
	target = own;
}

void log_setup(enum log_level level, enum log_format format)
{
	threshold = level;
	line_format = format;
	if (way == WAY_ASK)
		choose_way();
}

void log_never_wait(void)
{
	impatient = true;
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

/* Waits for room; false when there is none after `wait_ms`. */
static bool is_writable(int wait_ms)
{
	struct pollfd fd = { target, POLLOUT, 0 };

	return poll(&fd, 1, wait_ms) > 0;
}

static ssize_t write_some(const char *data, size_t len)
{
	switch (way) {
	case WAY_SOCKET:
		return send(target, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	case WAY_ASK:
		if (!is_writable(0)) {
			errno = EAGAIN;
			return -1;
		}
		return write(target, data, len);
	case WAY_OPENED:
		return write(target, data, len);
	}
	return -1;
}

/*
 * A log that nobody reads must not stop the program. Only the first line that finds no room is
 * waited for: until one is written again, the others are dropped at once.
 */
static bool try_write(const char *data, size_t len)
{
	static atomic_bool stuck;
	bool waited = impatient || atomic_load(&stuck);

	while (len > 0) {
		ssize_t written = write_some(data, len);
		if (written >= 0) {
			data += written;
			len -= (size_t)written;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN || waited || !is_writable(WAIT_MS)) {
			atomic_store(&stuck, !impatient || atomic_load(&stuck));
			return false;
		}
		waited = true;
	}
	atomic_store(&stuck, false);
	return true;
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

static bool write_line(enum log_level level, const char *msg, size_t count,
		       const struct log_field *fields)
{
	struct buf fields_text;
	struct buf line;
	bool written = false;

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
		written = try_write(line.data, line.len);
	buf_release(&line);
	buf_release(&fields_text);
	return written;
}

void log_write(enum log_level level, const char *msg, size_t count, const struct log_field *fields)
{
	static atomic_uint dropped;

	if (!log_enabled(level))
		return;
	unsigned lost = atomic_exchange(&dropped, 0);
	const struct log_field about_lost[] = { { NULL, NULL, 0 }, LOG_NUMBER("count", lost) };
	bool written = lost == 0 || write_line(LOG_WARN, "log lines were dropped, nobody read them",
					       COUNT_OF(about_lost), about_lost);
	if (!written)
		atomic_fetch_add(&dropped, lost);
	if (!written || !write_line(level, msg, count, fields))
		atomic_fetch_add(&dropped, 1);
}
