/*
 * Parsers of header values (RFC 9110) and of the bodies of refusals
 * (docs/reference/destination-service.md 3.10). They say what stands there; what follows from it is
 * decided elsewhere.
 */
#include "net/http/parse.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <curl/curl.h>

#include "base/array.h"
#include "base/json.h"
#include "base/text.h"

#define DATE_MAX 40 /* the longest form of RFC 9110 has 33 characters */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool http_date(const char *value, int64_t *ret_time_s)
{
	/* curl_getdate() reads much that is no HTTP date: all forms begin with a weekday */
	if (strlen(value) > DATE_MAX || !isalpha((unsigned char)*value))
		return false;
	time_t time = curl_getdate(value, NULL);
	if (time < 0)
		return false;
	*ret_time_s = time;
	return true;
}

bool http_retry_after(const char *value, int64_t now_s, int64_t *ret_seconds)
{
	uint64_t seconds;
	int64_t until;

	enum status status = parse_u64(value, HTTP_RETRY_AFTER_MAX_S, &seconds);
	if (status == STATUS_OK || status == STATUS_RANGE) {
		*ret_seconds = status == STATUS_OK ? (int64_t)seconds : HTTP_RETRY_AFTER_MAX_S;
		return true;
	}
	if (!http_date(value, &until))
		return false;
	if (until <= now_s)
		*ret_seconds = 0;
	else if (until - HTTP_RETRY_AFTER_MAX_S >= now_s)
		*ret_seconds = HTTP_RETRY_AFTER_MAX_S;
	else
		*ret_seconds = until - now_s;
	return true;
}

bool http_is_json(const char *content_type)
{
	size_t len = strcspn(content_type, ";");

	while (len > 0 && is_blank(content_type[len - 1]))
		len--;
	if (len == strlen("application/json") &&
	    strncasecmp(content_type, "application/json", len) == 0)
		return true;
	if (len == strlen("text/json") && strncasecmp(content_type, "text/json", len) == 0)
		return true;
	return len > 5 && memchr(content_type, '/', len) != NULL &&
	       strncasecmp(content_type + len - 5, "+json", 5) == 0;
}

static bool put_json_text(const struct cJSON *value, struct buf *ret_text)
{
	static const char *const names[] = { "ErrorMessage", "message" };

	if (json_text(value) != NULL) {
		buf_puts(ret_text, json_text(value));
		return true;
	}
	if (json_is_array(value))
		value = json_first(value);
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const char *text = json_member_text(value, names[i]);
		if (text == NULL)
			continue;
		buf_puts(ret_text, text);
		return true;
	}
	const char *error = json_member_text(value, "error");
	const char *description = json_member_text(value, "error_description");
	if (error != NULL)
		buf_puts(ret_text, error);
	if (error != NULL && description != NULL)
		buf_puts(ret_text, ": ");
	if (description != NULL)
		buf_puts(ret_text, description);
	return error != NULL || description != NULL;
}

/* The first line that is not blank. `text` is behind leading white space. */
static bool put_first_line(const char *text, size_t len, struct buf *ret_text)
{
	const char *end = memchr(text, '\n', len);
	size_t line_len = end != NULL ? (size_t)(end - text) : len;

	while (line_len > 0 && isspace((unsigned char)text[line_len - 1]))
		line_len--;
	buf_append(ret_text, text, line_len);
	return line_len > 0;
}

bool http_error_body_text(const char *body, size_t len, struct buf *ret_text)
{
	struct cJSON *value = NULL;

	while (len > 0 && isspace((unsigned char)*body)) {
		body++;
		len--;
	}
	if (len == 0 || *body == '<')
		return false;
	if (json_parse(body, len, &value, NULL) == STATUS_OK) {
		bool found = put_json_text(value, ret_text);
		json_free(value);
		return found;
	}
	if (*body == '{' || *body == '[') /* JSON that was cut: not a text for people */
		return false;
	return put_first_line(body, len, ret_text);
}
