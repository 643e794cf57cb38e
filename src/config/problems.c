/* Problems and warnings: text of one line each. */
#include "config/problems.h"

#include <stdarg.h>
#include <string.h>

#include "base/text.h"

#define PROBLEMS_TEXT_MAX (512UL * 1024) /* all problems of all files; more helps nobody */
#define LINE_TEXT_MAX     4096

void problems_init(struct problems *problems)
{
	memset(problems, 0, sizeof(*problems));
	buf_init(&problems->text, PROBLEMS_TEXT_MAX);
	buf_init(&problems->warnings, PROBLEMS_TEXT_MAX);
}

void problems_release(struct problems *problems)
{
	buf_release(&problems->text);
	buf_release(&problems->warnings);
	problems->count = 0;
	problems->warning_count = 0;
}

static void add_line(struct buf *lines, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void add_line(struct buf *lines, const char *format, va_list args)
{
	struct buf line;

	buf_init(&line, LINE_TEXT_MAX);
	buf_vprintf(&line, format, args);
	if (buf_status(&line) != STATUS_OK)
		buf_puts(lines, "(a problem whose text is too long)");
	else
		text_printable(lines, buf_text(&line), line.len);
	buf_putc(lines, '\n');
	buf_release(&line);
}

void problem_add(struct problems *problems, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_line(&problems->text, format, args);
	va_end(args);
	problems->count++;
}

void problem_warn(struct problems *problems, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_line(&problems->warnings, format, args);
	va_end(args);
	problems->warning_count++;
}
