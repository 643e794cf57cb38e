/*
 * Takes off one layer after the other until JSON is left. A text that cannot be a service key is
 * refused with the name of what it is, as far as its first bytes show that.
 */
#include "config/key/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/secret.h"
#include "base/text.h"
#include "config/key/encoding.h"
#include "config/key/json.h"

#define TEXT_MAX    (8UL * 1024 * 1024) /* of any layer: VCAP_SERVICES, the largest of them */
#define BASE64_MIN  24                  /* characters: shorter ones hold no key */
#define WHITE       " \t\r\n\f\v"
#define WANTED_TEXT "save the JSON of a service key of the Destination service here"

/* One text with all the layers around its JSON. */
struct reading {
	const char *origin;
	bool lines;
	unsigned depth;
	struct cJSON **ret_json;
	struct error *error;
};

static enum status parse(struct reading *r, const char *text, size_t len);

static enum status refuse(const struct reading *r, const char *what)
{
	return error_set(r->error, STATUS_SYNTAX, "%s: this %s, not a service key; " WANTED_TEXT,
			 r->origin, what);
}

/* -- lines ----------------------------------------------------------------------------------- */

static bool starts_with(const char *text, size_t len, const char *prefix)
{
	return len >= strlen(prefix) && strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static size_t skip_white(const char *text, size_t len, size_t at)
{
	while (at < len && text[at] != '\0' && strchr(WHITE, text[at]) != NULL)
		at++;
	return at;
}

static size_t next_line(const char *text, size_t len, size_t at)
{
	const char *end = memchr(text + at, '\n', len - at);

	return end != NULL ? (size_t)(end - text) + 1 : len;
}

/* The first line at or behind `at` that begins with `prefix`; `len` if there is none. */
static size_t find_line(const char *text, size_t len, size_t at, const char *prefix)
{
	for (; at < len; at = next_line(text, len, at)) {
		if (starts_with(text + at, len - at, prefix))
			return at;
	}
	return len;
}

static bool name_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

/* Where an object begins in the line at `at`: at its start, or behind `NAME:`, `NAME=` or
 * `export NAME='`; `len` if none does. */
static size_t object_in_line(const char *text, size_t len, size_t at)
{
	at = skip_white(text, len, at);
	if (at < len && text[at] == '{')
		return at;
	if (starts_with(text + at, len - at, "export "))
		at += strlen("export ");
	size_t name = at;
	while (at < len && name_char(text[at]))
		at++;
	if (at == name || at == len || (text[at] != ':' && text[at] != '='))
		return len;
	at++;
	while (at < len && (text[at] == ' ' || text[at] == '\'' || text[at] == '"'))
		at++;
	return at < len && text[at] == '{' ? at : len;
}

/* The first object that begins in a line at or behind `at`; `len` if there is none. */
static size_t find_object(const char *text, size_t len, size_t at)
{
	for (; at < len; at = next_line(text, len, at)) {
		size_t object = object_in_line(text, len, at);
		if (object < len)
			return object;
	}
	return len;
}

/* What follows the object at `at`; `len` when it does not end. */
static size_t end_of_object(const char *text, size_t len, size_t at)
{
	bool in_string = false;
	size_t depth = 0;

	for (; at < len; at++) {
		char c = text[at];
		if (in_string && c == '\\')
			at++;
		else if (c == '"')
			in_string = !in_string;
		else if (!in_string && (c == '{' || c == '['))
			depth++;
		else if (!in_string && (c == '}' || c == ']') && --depth == 0)
			return at + 1;
	}
	return len;
}

/* -- layers ---------------------------------------------------------------------------------- */

static enum status parse_json(struct reading *r, const char *text, size_t len)
{
	struct error reason = { "" };

	if (r->lines)
		return key_json_parse(text, len, r->origin, r->ret_json, r->error);
	enum status status = json_parse(text, len, r->ret_json, &reason);
	if (status == STATUS_OK)
		return status;
	return error_set(r->error, status, "%s: %s", r->origin, reason.text);
}

/* Parses a text inside the text. Its lines are not those of the file, so errors name none. */
static enum status parse_inside(struct reading *r, const char *text, size_t len)
{
	r->lines = false;
	if (++r->depth > KEY_LAYERS_MAX)
		return error_set(r->error, STATUS_LIMIT, "%s: wrapped too many times", r->origin);
	return parse(r, text, len);
}

/* The object from `start` on, with words around it. They become blanks, so that bytes and lines of
 * errors are those of the file. */
static enum status parse_among_words(struct reading *r, const char *text, size_t len, size_t start)
{
	size_t end = end_of_object(text, len, start);
	struct secret copy = { 0 };

	/* `cf env` goes on with the application's own object */
	bool env = find_line(text, len, end, "VCAP_APPLICATION") < len ||
		   memmem(text + end, len - end, "\"VCAP_APPLICATION\"", 18) != NULL;
	if (!env && end < len && find_object(text, len, next_line(text, len, end)) < len)
		return error_set(r->error, STATUS_SYNTAX,
				 "%s: more than one JSON object in it; leave the one that is meant",
				 r->origin);
	enum status status = secret_set(&copy, text, len);
	if (status != STATUS_OK)
		return error_set(r->error, status, "%s: out of memory", r->origin);
	for (size_t i = 0; i < len; i++) {
		if ((i < start || i >= end) && copy.data[i] != '\n')
			copy.data[i] = ' ';
	}
	status = parse_json(r, copy.data, len);
	secret_release(&copy);
	return status;
}

static enum status parse_yaml(struct reading *r, const char *text, size_t len)
{
	struct findings findings;
	struct problems problems;
	struct buf json;
	enum status status = STATUS_SYNTAX;

	findings_init(&findings, r->origin);
	problems_init(&problems);
	buf_init(&json, TEXT_MAX);
	struct yaml_node *root = yaml_read(text, len, &findings);
	bool good = root != NULL && findings.problem_count == 0;
	findings_finish(&findings, &problems);
	if (good) {
		key_yaml_to_json(root, &json);
		status = buf_status(&json);
		if (status == STATUS_OK)
			status = parse_json(r, buf_text(&json), json.len);
		else
			(void)error_set(r->error, status, "%s: %s", r->origin, status_name(status));
	} else { /* the first of them, `file:line: text` */
		const char *first = buf_text(&problems.text);
		(void)error_set(r->error, status, "%.*s", (int)strcspn(first, "\n"), first);
	}
	yaml_tree_free(root);
	problems_release(&problems);
	buf_wipe_release(&json);
	return status;
}

static enum status parse_utf16(struct reading *r, const char *text, size_t len)
{
	struct buf utf8;

	buf_init(&utf8, TEXT_MAX);
	enum status status = key_from_utf16(text, len, &utf8);
	if (status == STATUS_SYNTAX)
		(void)refuse(r, "begins as UTF-16, but has half a character in it");
	else if (status != STATUS_OK)
		(void)error_set(r->error, status, "%s: %s", r->origin, status_name(status));
	else
		status = parse_inside(r, buf_text(&utf8), utf8.len);
	buf_wipe_release(&utf8);
	return status;
}

static bool is_base64(const char *text, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\0' && strchr(WHITE "=", text[i]) != NULL)
			continue;
		if (!name_char(text[i]) && text[i] != '+' && text[i] != '/')
			return false;
		count++;
	}
	return count >= BASE64_MIN;
}

/* -- what it is ------------------------------------------------------------------------------ */

static const char *name_of_pem(const char *text, size_t len)
{
	if (memmem(text, len, "PRIVATE KEY-----", 16) != NULL)
		return "is a PEM file (a private key)";
	if (memmem(text, len, "CERTIFICATE-----", 16) != NULL)
		return "is a PEM file (a certificate)";
	return "is a PEM file";
}

/* NULL: it may be a service key. `text` has no white space at its start. */
static const char *name_of_other(const char *text, size_t len)
{
	static const struct {
		const char *magic;
		size_t len;
		const char *name;
	} binaries[] = {
		{ "\xFE\xED\xFE\xED", 4, "is a Java keystore (JKS)" },
		{ "\xCE\xCE\xCE\xCE", 4, "is a Java keystore (JCEKS)" },
		{ "\x30\x82", 2, "is a binary certificate, key or PKCS#12 file" },
		{ "\x30\x80", 2, "is a binary certificate, key or PKCS#12 file" },
		{ "\x1F\x8B", 2, "is compressed with gzip" },
		{ "PK\x03\x04", 4, "is a ZIP archive" },
	};

	for (size_t i = 0; i < COUNT_OF(binaries); i++) {
		if (len >= binaries[i].len && memcmp(text, binaries[i].magic, binaries[i].len) == 0)
			return binaries[i].name;
	}
	if (starts_with(text, len, "<!doctype html") || starts_with(text, len, "<html") ||
	    starts_with(text, len, "<head"))
		return "is an HTML page (of a logon?)";
	if (text[0] == '<')
		return "is XML or HTML";
	if (find_line(text, len, 0, "-----BEGIN ") < len)
		return name_of_pem(text, len);
	return NULL;
}

static bool is_kubernetes(const char *text, size_t len)
{
	return find_line(text, len, 0, "apiVersion:") < len &&
	       find_line(text, len, 0, "kind:") < len;
}

/* A mapping of single lines, at least one of which is a field of a service key. */
static bool is_yaml(const char *text, size_t len)
{
	return find_line(text, len, 0, "clientid:") < len ||
	       find_line(text, len, 0, "credentials:") < len;
}

static bool is_text(const char *text, size_t len)
{
	return utf8_valid(text, len) && memchr(text, '\0', len) == NULL;
}

static enum status refuse_unknown(const struct reading *r, const char *text, size_t len)
{
	if (find_line(text, len, 0, "FAILED") < len)
		return refuse(r, "is what a command printed that failed");
	if (!is_text(text, len))
		return refuse(r, "is a binary file");
	return error_set(r->error, STATUS_SYNTAX,
			 "%s: no service key (neither JSON nor a text that holds it); " WANTED_TEXT,
			 r->origin);
}

static bool has_form(const char *bytes, size_t len)
{
	return len > 0 && (key_is_utf16(bytes, len) || is_text(bytes, len) ||
			   name_of_other(bytes, len) != NULL);
}

/* Base64 of something that has a form; anything else that looks like base64 is a mere word. */
static enum status parse_base64(struct reading *r, const char *text, size_t len)
{
	struct buf bytes;

	buf_init(&bytes, TEXT_MAX);
	enum status status = key_from_base64(text, len, &bytes);
	if (status == STATUS_MEMORY)
		(void)error_set(r->error, status, "%s: out of memory", r->origin);
	else if (status != STATUS_OK || !has_form(bytes.data, bytes.len))
		status = refuse_unknown(r, text, len);
	else
		status = parse_inside(r, bytes.data, bytes.len);
	buf_wipe_release(&bytes);
	return status;
}

/* A JSON string: what it holds. */
static enum status parse_string(struct reading *r, const char *text, size_t len)
{
	struct cJSON *json = NULL;
	struct reading outer = *r;

	outer.ret_json = &json;
	enum status status = parse_json(&outer, text, len);
	if (status == STATUS_OK && json_text(json) != NULL)
		status = parse_inside(r, json_text(json), strlen(json_text(json)));
	json_free(json);
	return status;
}

static enum status parse(struct reading *r, const char *text, size_t len)
{
	if (key_is_utf16(text, len))
		return parse_utf16(r, text, len);
	size_t mark = starts_with(text, len, "\xEF\xBB\xBF") ? 3 : 0;
	size_t at = skip_white(text, len, mark);
	if (at == len)
		return error_set(r->error, STATUS_SYNTAX, "%s%s: JSON: it is empty; " WANTED_TEXT,
				 r->origin, r->lines ? ":1" : "");
	if (text[at] == '{' || text[at] == '[')
		return parse_json(r, text, len);
	if (text[at] == '"')
		return parse_string(r, text, len);
	size_t end = len;
	while (end > at && text[end - 1] != '\0' && strchr(WHITE, text[end - 1]) != NULL)
		end--;
	if (text[at] == '\'' && end - at >= 2 && text[end - 1] == '\'') /* as in a shell */
		return parse_inside(r, text + at + 1, end - at - 2);
	if (is_kubernetes(text + at, len - at))
		return parse_yaml(r, text + mark, len - mark);
	const char *other = name_of_other(text + at, len - at);
	if (other != NULL)
		return refuse(r, other);
	size_t object = find_object(text, len, at);
	if (object < len && is_text(text, len))
		return parse_among_words(r, text, len, object);
	if (is_base64(text + at, len - at))
		return parse_base64(r, text + at, len - at);
	if (is_yaml(text + at, len - at))
		return parse_yaml(r, text + mark, len - mark);
	return refuse_unknown(r, text + at, len - at);
}

enum status key_text_parse(const char *text, size_t len, const char *origin, bool lines,
			   struct cJSON **ret_json, struct error *error)
{
	struct reading r = {
		.origin = origin, .lines = lines, .ret_json = ret_json, .error = error
	};

	return parse(&r, text, len);
}

bool key_text_is_structured(const char *text, size_t len)
{
	return is_kubernetes(text, len) || find_object(text, len, 0) < len;
}
