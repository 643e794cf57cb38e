/* JSON that people saved: its errors have a place that an editor finds. */
#include "config/key/json.h"

#include <string.h>

#include "base/text.h"
#include "config/yaml/outline.h"

/* The place of a byte. Where the text ends too early, that is on its last line with something. */
static struct text_mark place_of(const char *text, size_t len, size_t at)
{
	size_t mark = text_starts_with(text, "\xEF\xBB\xBF") ? 3 : 0;
	size_t rest = at;

	while (rest < len && strchr(" \t\r\n", text[rest]) != NULL && text[rest] != '\0')
		rest++;
	while (rest == len && at > mark && (text[at - 1] == '\n' || text[at - 1] == '\r'))
		at--;
	return outline_mark(text + mark, len - mark, at - mark); /* editors do not count the mark */
}

enum status key_json_parse(const char *text, size_t len, const char *where, struct cJSON **ret_json,
			   struct error *error)
{
	struct error reason = { "" };
	size_t at = 0;
	enum status status = json_parse_at(text, len, ret_json, &at, &reason);

	if (status == STATUS_OK)
		return status;
	if (status == STATUS_MEMORY)
		return error_set(error, status, "%s: out of memory", where);
	struct text_mark mark = place_of(text, len, at);
	return error_set(error, status,
			 "%s:%u:%u: %s; write the JSON again as the platform shows it", where,
			 mark.line, mark.column, reason.text);
}
