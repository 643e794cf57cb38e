/*
 * Lines, quotes and brackets of a broken YAML text. It knows just enough of YAML to distinguish a
 * quote that begins a text from an apostrophe, and a bracket that begins a list from one inside a
 * word.
 */
#include "config/yaml/outline.h"

#include <string.h>

struct scanner {
	const char *at;
	const char *end;
	struct text_mark mark;
	uint32_t line; /* that the caller asks about */
	struct outline out;
	bool fresh; /* a new value or key may begin here */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t line_end_len(const char *at, const char *end)
{
	if (at < end && *at == '\r')
		return at + 1 < end && at[1] == '\n' ? 2 : 1;
	return at < end && *at == '\n' ? 1 : 0;
}

static bool at_line_end(const char *at, const char *end)
{
	return at >= end || *at == '\r' || *at == '\n';
}

static struct outline_line line_at(const char *at, const char *end, uint32_t number)
{
	struct outline_line line = { at, 0, number };

	while (!at_line_end(at + line.len, end))
		line.len++;
	return line;
}

/* The line behind `line`; false: there is none. */
static bool next_line(struct outline_line *line, const char *end)
{
	const char *behind = line->begin + line->len;
	const char *next = behind + line_end_len(behind, end);

	if (next >= end)
		return false;
	*line = line_at(next, end, line->number + 1);
	return true;
}

struct outline_line outline_line(const char *text, size_t len, uint32_t number)
{
	const char *end = text + len;
	struct outline_line line = line_at(text, end, 1);

	do {
		if (line.number == number)
			return line;
	} while (next_line(&line, end));
	return (struct outline_line){ end, 0, number };
}

size_t outline_indent(struct outline_line line)
{
	size_t indent = 0;

	while (indent < line.len && is_blank(line.begin[indent]))
		indent++;
	return indent;
}

static bool is_significant(struct outline_line line)
{
	size_t indent = outline_indent(line);

	return indent < line.len && line.begin[indent] != '#';
}

struct outline_line outline_line_before(const char *text, size_t len, uint32_t number)
{
	struct outline_line line = line_at(text, text + len, 1);
	struct outline_line found = { text, 0, 0 };

	do {
		if (line.number < number && is_significant(line))
			found = line;
	} while (line.number < number && next_line(&line, text + len));
	return found;
}

struct outline_line outline_entry_before(const char *text, size_t len, uint32_t number,
					 uint32_t column)
{
	struct outline_line line = line_at(text, text + len, 1);
	struct outline_line found = { text, 0, 0 };

	do {
		size_t indent = outline_indent(line);
		bool dash = indent + 1 == column && indent < line.len && line.begin[indent] == '-';
		if (line.number < number && dash)
			found = line;
	} while (line.number < number && next_line(&line, text + len));
	return found;
}

struct outline_line outline_first(const char *text, size_t len)
{
	struct outline_line line = line_at(text, text + len, 1);

	do {
		if (is_significant(line) &&
		    memcmp(line.begin, "---", line.len < 3 ? line.len : 3) != 0)
			return line;
	} while (next_line(&line, text + len));
	return (struct outline_line){ text, 0, 0 };
}

size_t outline_offset(struct outline_line line, uint32_t column)
{
	size_t at = 0;

	for (uint32_t n = 1; n < column && at < line.len; n++) {
		at++;
		while (at < line.len && ((uint8_t)line.begin[at] & 0xC0) == 0x80)
			at++;
	}
	return at;
}

/* One byte further; a character counts with its first byte. */
static void step(struct scanner *s)
{
	size_t line_end = line_end_len(s->at, s->end);

	if (line_end > 0) {
		s->mark = (struct text_mark){ s->mark.line + 1, 1 };
		s->at += line_end;
		return;
	}
	s->at++;
	if (s->at >= s->end || ((uint8_t)*s->at & 0xC0) != 0x80)
		s->mark.column++;
}

struct text_mark outline_mark(const char *text, size_t len, size_t offset)
{
	struct scanner s = { .at = text, .end = text + len, .mark = { 1, 1 } };

	while (s.at < s.end && s.at < text + offset)
		step(&s);
	return s.mark;
}

static void skip_to_line_end(struct scanner *s)
{
	while (!at_line_end(s->at, s->end))
		step(s);
}

/* A quoted text, from its first quote to behind its last one. */
static void skip_quoted(struct scanner *s)
{
	struct text_mark begin = s->mark;
	char quote = *s->at;

	step(s);
	while (s->at < s->end) {
		bool two = s->at + 1 < s->end;
		bool escape = quote == '"'
				      ? *s->at == '\\' && two && !at_line_end(s->at + 1, s->end)
				      : *s->at == '\'' && two && s->at[1] == '\'';
		bool last = *s->at == quote && !escape;
		if (escape)
			step(s);
		step(s);
		if (last)
			break;
	}
	if (s->out.quote.line == 0 && begin.line < s->line && s->mark.line == s->line) {
		s->out.quote = begin;
		s->out.quote_char = quote;
	}
}

/* The lines of a text behind `|` or `>`: those that are indented deeper than its key. */
static void skip_block(struct scanner *s, size_t indent)
{
	skip_to_line_end(s);
	while (s->at < s->end) {
		struct outline_line line = line_at(s->at + line_end_len(s->at, s->end), s->end, 0);
		size_t own = outline_indent(line);
		if (own < line.len && own <= indent)
			return;
		step(s);
		skip_to_line_end(s);
	}
}

static void open_bracket(struct scanner *s)
{
	if (s->out.depth < OUTLINE_DEPTH_MAX) {
		s->out.open[s->out.depth] = s->mark;
		s->out.bracket[s->out.depth++] = *s->at;
	}
	step(s);
}

/* Whether the character ends a plain word, and what follows may be a quoted text. */
static bool separates(const struct scanner *s)
{
	char c = *s->at;
	bool blank_behind =
		s->at + 1 >= s->end || is_blank(s->at[1]) || at_line_end(s->at + 1, s->end);

	return (s->out.depth > 0 && c == ',') || (c == ':' && blank_behind) ||
	       (s->fresh && (c == '-' || c == '?') && blank_behind);
}

static void scan_one(struct scanner *s, size_t indent)
{
	char c = *s->at;
	bool flow = s->out.depth > 0;

	if (line_end_len(s->at, s->end) > 0) {
		step(s);
		s->fresh = true;
	} else if (c == '#' && (s->fresh || is_blank(s->at[-1]))) {
		skip_to_line_end(s);
	} else if (s->fresh && (c == '"' || c == '\'')) {
		skip_quoted(s);
		s->fresh = false;
	} else if ((s->fresh || flow) && (c == '[' || c == '{')) {
		open_bracket(s);
		s->fresh = true;
	} else if (flow && (c == ']' || c == '}')) {
		s->out.depth--;
		step(s);
		s->fresh = false;
	} else if (s->fresh && !flow && (c == '|' || c == '>')) {
		skip_block(s, indent);
	} else {
		s->fresh = separates(s) || (s->fresh && is_blank(c));
		step(s);
	}
}

struct outline outline_scan(const char *text, size_t len, uint32_t line)
{
	struct scanner s = {
		.at = text, .end = text + len, .mark = { 1, 1 }, .line = line, .fresh = true
	};
	size_t indent = 0;

	while (s.at < s.end) {
		if (s.mark.column == 1)
			indent = outline_indent(line_at(s.at, s.end, 0));
		scan_one(&s, indent);
	}
	return s.out;
}
