/* Takes JSON text apart by its brackets, commas and strings; what is inside is parsed by json.c. */
#include "base/json_apart.h"

#include <string.h>

#include "base/buf.h"

static bool is_white(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t skip_white(const struct json_span *span, size_t at)
{
	while (at < span->len && is_white(span->text[at]))
		at++;
	return at;
}

/* Behind the string that begins at `at`; 0 when it does not end. */
static size_t string_end(const struct json_span *span, size_t at)
{
	for (at++; at < span->len; at++) {
		if (span->text[at] == '"')
			return at + 1;
		if (span->text[at] == '\\')
			at++;
	}
	return 0;
}

/* Behind the number or word that begins at `at`; 0 when there is none. */
static size_t scalar_end(const struct json_span *span, size_t at)
{
	size_t end = at;

	while (end < span->len && !is_white(span->text[end]) &&
	       strchr(",:]}[{\"", span->text[end]) == NULL)
		end++;
	return end > at ? end : 0;
}

/* Behind the bracket that closes the one at `at`; 0 when there is none. */
static size_t bracket_end(const struct json_span *span, size_t at)
{
	size_t depth = 0;

	while (at < span->len) {
		char c = span->text[at];
		at = c == '"' ? string_end(span, at) : at + 1;
		if (at == 0)
			return 0;
		depth += c == '[' || c == '{';
		if (c == ']' || c == '}')
			depth--;
		if (depth == 0)
			return at;
	}
	return 0;
}

/* Behind the value that begins at `at`; 0 when there is none, or it does not end. */
static size_t value_end(const struct json_span *span, size_t at)
{
	if (at >= span->len)
		return 0;
	switch (span->text[at]) {
	case '"':
		return string_end(span, at);
	case '[':
	case '{':
		return bracket_end(span, at);
	default:
		return scalar_end(span, at);
	}
}

enum step { STEP_ITEM, STEP_END, STEP_NONSENSE };

/* Moves *at, which is 0 or behind an item, to the beginning of the next one. */
static enum step next_item(const struct json_span *span, size_t *at, const char brackets[2])
{
	bool first = *at == 0;
	size_t here = skip_white(span, *at);

	if (here >= span->len)
		return STEP_NONSENSE;
	if (first) {
		if (span->text[here] != brackets[0])
			return STEP_NONSENSE;
		here = skip_white(span, here + 1);
	}
	if (here < span->len && span->text[here] == brackets[1])
		return skip_white(span, here + 1) == span->len ? STEP_END : STEP_NONSENSE;
	if (!first) {
		if (here >= span->len || span->text[here] != ',')
			return STEP_NONSENSE;
		here = skip_white(span, here + 1);
	}
	*at = here;
	return here < span->len ? STEP_ITEM : STEP_NONSENSE;
}

/* One member of an object: its name with quotes, and its value. */
struct member {
	struct json_span name;
	struct json_span value;
};

static bool take_member(const struct json_span *object, size_t *at, struct member *ret_member)
{
	size_t begin = *at;
	size_t end = object->text[begin] == '"' ? string_end(object, begin) : 0;

	if (end == 0)
		return false;
	ret_member->name = (struct json_span){ object->text + begin, end - begin };
	begin = skip_white(object, end);
	if (begin >= object->len || object->text[begin] != ':')
		return false;
	begin = skip_white(object, begin + 1);
	end = value_end(object, begin);
	if (end == 0)
		return false;
	ret_member->value = (struct json_span){ object->text + begin, end - begin };
	*at = end;
	return true;
}

/* Puts a member where it belongs; false when it was there before. */
static bool sort_member(const struct member *member, const char *const *names, size_t count,
			struct json_span *spans, struct buf *rest)
{
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(names[i]);
		if (member->name.len != len + 2 ||
		    memcmp(member->name.text + 1, names[i], len) != 0)
			continue;
		bool again = spans[i].len > 0;
		spans[i] = member->value;
		return !again;
	}
	buf_putc(rest, rest->len == 0 ? '{' : ',');
	buf_append(rest, member->name.text, member->name.len);
	buf_putc(rest, ':');
	buf_append(rest, member->value.text, member->value.len);
	return true;
}

enum status json_parse_apart(struct json_span object, const char *const *names, size_t count,
			     struct json_span *ret_spans, struct cJSON **ret_rest,
			     struct error *error)
{
	struct member member;
	struct buf rest;
	enum step step;
	size_t at = 0;

	memset(ret_spans, 0, count * sizeof(*ret_spans));
	buf_init(&rest, object.len + 2);
	while ((step = next_item(&object, &at, "{}")) == STEP_ITEM) {
		if (!take_member(&object, &at, &member) ||
		    !sort_member(&member, names, count, ret_spans, &rest))
			break;
	}
	buf_puts(&rest, rest.len == 0 ? "{}" : "}");
	enum status status = buf_status(&rest);
	if (step != STEP_END)
		status = error_set(error, STATUS_SYNTAX, "JSON: no object, or it is not closed");
	else if (status == STATUS_OK)
		status = json_parse(rest.data, rest.len, ret_rest, error);
	else
		(void)error_set(error, status, "JSON: %s", status_name(status));
	buf_release(&rest);
	return status;
}

enum status json_next_element(struct json_span array, size_t *at, struct json_span *ret_element,
			      struct error *error)
{
	size_t begin = *at;

	*ret_element = (struct json_span){ NULL, 0 };
	if (array.len == 0)
		return STATUS_OK;
	enum step step = next_item(&array, &begin, "[]");
	if (step == STEP_END)
		return STATUS_OK;
	size_t end = step == STEP_ITEM ? value_end(&array, begin) : 0;
	if (end == 0)
		return error_set(error, STATUS_SYNTAX, "JSON: no array, or it is not closed");
	*ret_element = (struct json_span){ array.text + begin, end - begin };
	*at = end;
	return STATUS_OK;
}

enum status json_parse_span(struct json_span span, struct cJSON **ret_value, struct error *error)
{
	return json_parse(span.text, span.len, ret_value, error);
}
