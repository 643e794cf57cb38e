/*
 * Recognises the mistakes that people make in YAML by libyaml's error and a look at the text. An
 * error that is not recognised keeps libyaml's own words.
 */
#include "config/yaml/fault.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "config/yaml/outline.h"

struct diagnosis {
	const char *problem; /* libyaml's texts; never NULL */
	const char *context;
	const char *text;
	size_t len;
	struct text_mark at;       /* where libyaml gave up */
	struct text_mark begin;    /* where began what it was reading */
	struct outline_line line;  /* the line of `at` */
	struct outline_line first; /* the line of `begin` */
	size_t offset;             /* of `at` in its line */
	struct outline outline;
	struct yaml_fault fault;
};

static bool fault(struct diagnosis *d, struct text_mark mark, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Always true: found. */
static bool fault(struct diagnosis *d, struct text_mark mark, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(d->fault.text, sizeof(d->fault.text), format, args);
	va_end(args);
	d->fault.mark = mark;
	return true;
}

static struct text_mark mark_of(yaml_mark_t at)
{
	return (struct text_mark){ (uint32_t)at.line + 1, (uint32_t)at.column + 1 };
}

/* The character of a line at an offset; NUL behind its end. */
static char char_at(struct outline_line line, size_t offset)
{
	return offset < line.len ? line.begin[offset] : '\0';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool ends_word(char c)
{
	return is_blank(c) || c == '\0';
}

/* The last character before `at` on its line that is no blank; NUL: there is none. */
static char char_before(const struct diagnosis *d)
{
	size_t i = d->offset;

	while (i > 0 && is_blank(char_at(d->line, i - 1)))
		i--;
	return i > 0 ? char_at(d->line, i - 1) : '\0';
}

/* The offset of the first colon that ends a key (`wanted` is true) or that lacks its blank;
 * SIZE_MAX: there is none. */
static size_t find_colon(struct outline_line line, size_t end, bool wanted)
{
	for (size_t i = outline_indent(line); i < end && i < line.len; i++) {
		if (line.begin[i] == ':' && ends_word(char_at(line, i + 1)) == wanted)
			return i;
	}
	return SIZE_MAX;
}

static struct text_mark mark_in(const struct diagnosis *d, struct outline_line line, size_t offset)
{
	return outline_mark(d->text, d->len, (size_t)(line.begin - d->text) + offset);
}

static struct text_mark mark_begin(const struct diagnosis *d, struct outline_line line)
{
	return mark_in(d, line, outline_indent(line));
}

/* -- encodings ------------------------------------------------------------------------------- */

static bool find_encoding(struct diagnosis *d, const yaml_parser_t *p)
{
	struct text_mark mark = outline_mark(d->text, d->len, p->problem_offset);
	bool utf16 = d->len > 3 && ((d->text[0] == '\0') != (d->text[1] == '\0'));

	if (utf16)
		return fault(d, MARK_START,
			     "this is UTF-16 without a byte order mark; save the file as UTF-8");
	if (p->encoding == YAML_UTF16LE_ENCODING || p->encoding == YAML_UTF16BE_ENCODING)
		return fault(d, MARK_START, "not valid UTF-16; save the file as UTF-8");
	if (strstr(d->problem, "control character") != NULL)
		return fault(d, mark, "the control character U+%04X, which YAML does not allow",
			     (unsigned)p->problem_value);
	return fault(d, mark, "not UTF-8; save the file as UTF-8");
}

/* -- tabs and leftovers ---------------------------------------------------------------------- */

static bool tab_in(struct diagnosis *d, struct outline_line line)
{
	const char *tab = memchr(line.begin, '\t', outline_indent(line));

	if (tab == NULL)
		return false;
	return fault(d, mark_in(d, line, (size_t)(tab - line.begin)),
		     "the line is indented with a tab; YAML allows only blanks there");
}

static bool find_tab(struct diagnosis *d)
{
	return tab_in(d, d->line) || tab_in(d, d->first) ||
	       tab_in(d, outline_line_before(d->text, d->len, d->at.line));
}

static bool find_conflict(struct diagnosis *d)
{
	static const char *const markers[] = { "<<<<<<< ", "=======", ">>>>>>> " };
	const char *end = d->text + d->len;

	for (const char *at = d->text; at < end;) {
		size_t left = (size_t)(end - at);
		for (size_t i = 0; i < COUNT_OF(markers); i++) {
			size_t size = strlen(markers[i]);
			if (left >= size && memcmp(at, markers[i], size) == 0)
				return fault(d,
					     outline_mark(d->text, d->len, (size_t)(at - d->text)),
					     "a mark of an unresolved merge conflict");
		}
		const char *next = memchr(at, '\n', left);
		at = next != NULL ? next + 1 : end;
	}
	return false;
}

/* -- quotes and brackets --------------------------------------------------------------------- */

static bool find_quote(struct diagnosis *d)
{
	const struct outline *o = &d->outline;

	if (strcmp(d->context, "while scanning a quoted scalar") == 0)
		return fault(d, d->begin, "the quote that opens here is never closed");
	if (o->quote.line == 0)
		return false;
	return fault(d, o->quote,
		     "the quote that opens here is closed only on line %u: a closing %c is missing",
		     d->at.line, o->quote_char);
}

static bool is_open(const struct diagnosis *d, struct text_mark mark)
{
	for (size_t i = 0; i < d->outline.depth; i++) {
		if (d->outline.open[i].line == mark.line &&
		    d->outline.open[i].column == mark.column)
			return true;
	}
	return false;
}

static bool find_bracket(struct diagnosis *d)
{
	bool sequence = strcmp(d->context, "while parsing a flow sequence") == 0;
	bool mapping = strcmp(d->context, "while parsing a flow mapping") == 0;
	char open = sequence ? '[' : '{';
	char close = sequence ? ']' : '}';
	char found = char_at(d->line, d->offset);
	const struct outline *o = &d->outline;

	if (!sequence && !mapping) {
		/* what was missed is the end of the file, or of the last line in a bracket */
		if (o->depth == 0 || d->offset < d->line.len)
			return false;
		return fault(d, o->open[o->depth - 1], "the %c that opens here is never closed",
			     o->bracket[o->depth - 1]);
	}
	if (found == (sequence ? '}' : ']'))
		return fault(d, d->begin, "the %c that opens here is closed by %c (line %u)", open,
			     found, d->at.line);
	if (is_open(d, d->begin))
		return fault(d, d->begin, "the %c that opens here is never closed by %c", open,
			     close);
	return fault(d, d->at,
		     "a comma or the closing %c is missing before this (the %c is on line %u)",
		     close, open, d->begin.line);
}

static bool find_stray_bracket(struct diagnosis *d)
{
	char c = char_at(d->line, d->offset);

	if (c != ']' && c != '}')
		return false;
	return fault(d, d->at, "a closing %c that nothing opened; a text with it needs quotes", c);
}

/* -- values that need quotes ----------------------------------------------------------------- */

static bool needs_quotes(struct diagnosis *d, struct text_mark mark, char c)
{
	return fault(d, mark, "a value that begins with %c needs quotes", c);
}

static bool find_special_character(struct diagnosis *d)
{
	char c = char_at(d->line, d->offset);
	char first = char_at(d->first, outline_offset(d->first, d->begin.column));

	if (strcmp(d->problem, "found character that cannot start any token") == 0)
		return c > ' ' && c < 0x7F && needs_quotes(d, d->at, c);
	if (strcmp(d->context, "while scanning an alias") == 0 ||
	    strcmp(d->context, "while scanning an anchor") == 0 ||
	    strcmp(d->context, "while scanning a block scalar") == 0)
		return first != '\0' && needs_quotes(d, d->begin, first);
	if (strstr(d->context, "tag") != NULL || strstr(d->problem, "tag handle") != NULL)
		return needs_quotes(d, d->begin, '!');
	if (strcmp(d->context, "while scanning a directive") == 0 ||
	    strstr(d->problem, "directive") != NULL)
		return fault(d, d->at.line < d->begin.line ? d->at : d->begin,
			     "a line that begins with %% is a directive of YAML; remove it, or put "
			     "a value in quotes");
	if (strncmp(d->problem, "block sequence entries", 22) == 0)
		return fault(d, d->at,
			     "a list begins on a line of its own, below its key; a value that "
			     "begins with - needs quotes");
	if (strcmp(d->context, "while parsing a quoted scalar") == 0)
		return fault(d, d->at,
			     "in double quotes a \\ begins an escape; write \\\\, or use "
			     "single quotes");
	return strcmp(d->problem, "did not find expected node content") == 0 && c == ',' &&
	       fault(d, d->at, "a value is missing before the comma");
}

/* More behind a closing quote or bracket, on the same line. */
static bool find_text_behind(struct diagnosis *d)
{
	char before = char_before(d);

	if (before == '"' || before == '\'')
		return fault(
			d, d->at,
			"more text behind a closing quote; inside '...' a quote is written '', "
			"inside \"...\" it is \\\"");
	if (before == ']' || before == '}')
		return fault(d, d->at, "more text behind a closing %c", before);
	return false;
}

/* -- colons ---------------------------------------------------------------------------------- */

/* The line should be `key: value` and has no colon that ends a key. */
static bool find_missing_colon(struct diagnosis *d, struct outline_line line)
{
	size_t indent = outline_indent(line);
	size_t colon = find_colon(line, line.len, false);

	if (line.number == 0 || char_at(line, indent) == '"' || char_at(line, indent) == '\'')
		return false;
	if (char_at(line, indent) == '-' && !ends_word(char_at(line, indent + 1)) &&
	    char_at(line, indent + 1) != '-')
		return fault(d, mark_begin(d, line), "a blank is missing behind the -");
	if (find_colon(line, line.len, true) != SIZE_MAX)
		return false;
	if (colon != SIZE_MAX)
		return fault(d, mark_in(d, line, colon), "a blank is missing behind the colon");
	return fault(d, mark_begin(d, line),
		     "this is no `key: value`: a colon with a blank behind it is missing, or the "
		     "line is not indented deeply enough for what is above it");
}

static bool find_simple_key(struct diagnosis *d)
{
	struct outline_line before = outline_line_before(d->text, d->len, d->begin.line);
	char last = '\0';

	if (strcmp(d->context, "while scanning a simple key") != 0)
		return false;
	for (size_t i = before.len; i > 0 && last == '\0'; i--)
		last = is_blank(before.begin[i - 1]) ? '\0' : before.begin[i - 1];
	if (last == '|' || last == '>')
		return fault(d, d->begin,
			     "the text that belongs to the %c on line %u must be indented deeper "
			     "than its key",
			     last, before.number);
	return find_missing_colon(d, d->first);
}

static bool find_mapping_value(struct diagnosis *d)
{
	struct outline_line before = outline_line_before(d->text, d->len, d->at.line);
	size_t key = outline_indent(d->line);
	struct text_mark begin = mark_begin(d, d->line);

	if (strncmp(d->problem, "mapping values", 14) != 0)
		return false;
	if (find_colon(d->line, d->offset, true) != SIZE_MAX)
		return fault(d, d->at,
			     "a value with a colon and a blank in it needs quotes (or a line break "
			     "is missing)");
	if (find_missing_colon(d, before))
		return true;
	if (before.number > 0 && key > outline_indent(before))
		return fault(d, begin,
			     "wrong indentation: the line is indented deeper than line %u, which "
			     "has a value already",
			     before.number);
	return fault(d, begin, "wrong indentation");
}

/* -- indentation ----------------------------------------------------------------------------- */

static bool find_list_indentation(struct diagnosis *d)
{
	struct outline_line entry =
		outline_entry_before(d->text, d->len, d->at.line, d->begin.column);
	uint32_t keys = d->begin.column;

	if (strcmp(d->problem, "did not find expected '-' indicator") != 0)
		return false;
	if (char_at(d->line, d->offset) == '-' && ends_word(char_at(d->line, d->offset + 1)))
		return fault(
			d, d->at,
			"wrong indentation: the entries of the list on line %u have their - in "
			"column %u",
			d->begin.line, d->begin.column);
	if (entry.number == 0)
		return fault(d, d->at, "wrong indentation: the list begins on line %u, column %u",
			     d->begin.line, d->begin.column);
	while (is_blank(char_at(entry, keys)))
		keys++;
	return fault(d, d->at,
		     "wrong indentation: the keys of the list entry on line %u begin in column %u",
		     entry.number, keys + 1);
}

static bool find_key_indentation(struct diagnosis *d)
{
	bool first = d->offset == outline_indent(d->line);

	if (strcmp(d->problem, "did not find expected key") != 0 || !first)
		return false;
	if (char_at(d->line, d->offset) == ':')
		return fault(d, d->at, "a key is missing before the colon");
	if (char_at(d->line, d->offset) == '-' && ends_word(char_at(d->line, d->offset + 1)))
		return fault(d, d->at,
			     "wrong indentation: no list has its - in this column, and the keys "
			     "around it begin in column %u (line %u)",
			     d->begin.column, d->begin.line);
	return fault(d, d->at, "wrong indentation: the keys around it begin in column %u (line %u)",
		     d->begin.column, d->begin.line);
}

static bool find_document_end(struct diagnosis *d)
{
	struct outline_line before = outline_line_before(d->text, d->len, d->at.line);

	if (strcmp(d->problem, "did not find expected <document start>") != 0)
		return false;
	if (before.len >= 3 && memcmp(before.begin, "...", 3) == 0)
		return fault(d, mark_begin(d, before),
			     "`...` ends the document, and more follows; remove it");
	if (d->offset != outline_indent(d->line))
		return false;
	struct outline_line first = outline_first(d->text, d->len);
	return fault(d, d->at,
		     "wrong indentation: the keys of the file begin in column %u (line %u)",
		     mark_begin(d, first).column, first.number);
}

/* -- all of it ------------------------------------------------------------------------------- */

static bool find(struct diagnosis *d)
{
	return find_conflict(d) || find_quote(d) || find_bracket(d) || find_tab(d) ||
	       find_special_character(d) || find_stray_bracket(d) || find_simple_key(d) ||
	       find_mapping_value(d) || find_list_indentation(d) || find_key_indentation(d) ||
	       find_text_behind(d) || find_document_end(d);
}

struct yaml_fault yaml_fault_of(const yaml_parser_t *parser, const char *text, size_t len)
{
	bool utf8 = parser->encoding == YAML_UTF8_ENCODING;
	bool mark = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
	struct diagnosis d = {
		.problem = parser->problem != NULL ? parser->problem : "",
		.context = parser->context != NULL ? parser->context : "",
		.text = mark ? text + 3 : text,
		.len = !utf8 && parser->error != YAML_READER_ERROR ? 0
		       : mark                                      ? len - 3
								   : len,
		.at = mark_of(parser->problem_mark),
		.begin = mark_of(parser->context != NULL ? parser->context_mark
							 : parser->problem_mark),
	};

	d.line = outline_line(d.text, d.len, d.at.line);
	d.first = outline_line(d.text, d.len, d.begin.line);
	d.offset = outline_offset(d.line, d.at.column);
	d.outline = outline_scan(d.text, d.len, d.at.line);
	if (parser->error == YAML_MEMORY_ERROR)
		(void)fault(&d, mark_of(parser->mark), "out of memory");
	else if (parser->error == YAML_READER_ERROR)
		(void)find_encoding(&d, parser);
	else if (!find(&d)) /* libyaml's texts are constants: nothing of the file is in them */
		(void)fault(&d, d.at, "not valid YAML: %s%s%s", d.problem,
			    d.context[0] != '\0' ? " " : "", d.context);
	return d.fault;
}
