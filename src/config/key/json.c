/* JSON that people saved: its errors have a place that an editor finds. */
#include "config/key/json.h"

#include <string.h>

#include "base/text.h"
#include "config/yaml/outline.h"

/* Where the text stops being UTF-8. */
static size_t first_bad_byte(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		size_t size = 1;
		while (size <= 4 && size <= len - at && !utf8_valid(text + at, size))
			size++;
		if (size > 4 || size > len - at)
			break;
		at += size;
	}
	return at;
}

/* The place of the byte a text of json_parse() names; of the first bad one for UTF-8. */
static struct text_mark place_of_error(const char *text, size_t len, const struct error *reason)
{
	const char *marker = strstr(reason->text, "at byte ");
	const char *digit = marker != NULL ? marker + strlen("at byte ") : "";
	size_t at = 0;

	for (; *digit >= '0' && *digit <= '9' && at <= len; digit++)
		at = at * 10 + (size_t)(*digit - '0');
	if (marker == NULL)
		at = first_bad_byte(text, len);
	at = at < len ? at : len;
	size_t rest = at;
	while (rest < len && strchr(" \t\r\n", text[rest]) != NULL && text[rest] != '\0')
		rest++;
	/* it ends too early: on its last line that has something */
	while (rest == len && at > 0 && (text[at - 1] == '\n' || text[at - 1] == '\r'))
		at--;
	return outline_mark(text, len, at);
}

enum status key_json_parse(const char *text, size_t len, const char *where, struct cJSON **ret_json,
			   struct error *error)
{
	struct error reason = { "" };
	enum status status = json_parse(text, len, ret_json, &reason);

	if (status == STATUS_OK)
		return status;
	if (status == STATUS_MEMORY)
		return error_set(error, status, "%s: out of memory", where);
	struct text_mark mark = place_of_error(text, len, &reason);
	return error_set(error, status,
			 "%s:%u:%u: %s; write the JSON again as the platform shows it", where,
			 mark.line, mark.column, reason.text);
}
