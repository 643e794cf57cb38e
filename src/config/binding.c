/* The fields of a binding, and errors in the JSON that they are read from. */
#include "config/binding.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "config/key/key.h"
#include "config/key/text.h"
#include "config/yaml/outline.h"

#define SERVICE_KEY_MAX                                                                            \
	(1024UL * 1024) /* a key has some 20 KiB; a pasted VCAP_SERVICES has more                  \
			 */

static const char *const names[BINDING_FIELD_COUNT] = {
	[BINDING_URI] = "uri",
	[BINDING_URL] = "url",
	[BINDING_CERTURL] = "certurl",
	[BINDING_CLIENTID] = "clientid",
	[BINDING_CLIENTSECRET] = "clientsecret",
	[BINDING_CERTIFICATE] = "certificate",
	[BINDING_KEY] = "key",
	[BINDING_CREDENTIAL_TYPE] = "credential-type",
	[BINDING_IDENTITYZONE] = "identityzone",
	[BINDING_UAADOMAIN] = "uaadomain",
	[BINDING_TENANTID] = "tenantid",
	[BINDING_SUBACCOUNTID] = "subaccountid",
	[BINDING_INSTANCEID] = "instanceid",
	[BINDING_INSTANCE_ID_CAMEL] = "serviceInstanceId",
	[BINDING_INSTANCE_GUID] = "instance_guid",
	[BINDING_TYPE] = "type",
	[BINDING_LABEL] = "label",
};

void binding_release(struct binding *binding)
{
	for (size_t i = 0; i < BINDING_FIELD_COUNT; i++)
		secret_release(&binding->fields[i]);
}

const char *binding_get(const struct binding *binding, enum binding_field field)
{
	const struct secret *value = &binding->fields[field];

	return value->data != NULL && value->data[0] != '\0' ? value->data : NULL;
}

const char *binding_field_name(enum binding_field field)
{
	return names[field];
}

bool binding_has_field(const char *name)
{
	for (size_t i = 0; i < BINDING_FIELD_COUNT; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

bool binding_put(struct binding *binding, const char *name, const char *text, size_t len)
{
	for (size_t i = 0; i < BINDING_FIELD_COUNT; i++) {
		if (strcmp(names[i], name) == 0)
			return secret_set(&binding->fields[i], text, len) == STATUS_OK;
	}
	return true;
}

bool binding_put_members(struct binding *binding, const struct cJSON *object)
{
	json_each (member, object) {
		const char *text = json_text(member);
		if (text != NULL && !binding_put(binding, json_name(member), text, strlen(text)))
			return false;
	}
	return true;
}

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

enum status binding_json_error(struct error *error, enum status status, const char *where,
			       const char *text, size_t len, const struct error *reason)
{
	if (status == STATUS_MEMORY)
		return error_set(error, status, "%s: out of memory", where);
	struct text_mark mark = place_of_error(text, len, reason);
	return error_set(error, status,
			 "%s:%u:%u: %s; write the JSON again as the platform shows it", where,
			 mark.line, mark.column, reason->text);
}

enum status binding_from_json(const char *text, size_t len, const char *origin,
			      struct binding *ret_binding, struct error *error)
{
	struct cJSON *json = NULL;
	enum status status = key_text_parse(text, len, origin, true, &json, error);

	if (status == STATUS_OK)
		status = key_search(json, origin, ret_binding, error);
	json_free(json);
	return status;
}

enum status binding_from_file(const char *path, struct binding *ret_binding, struct error *error)
{
	struct buf text;

	buf_init(&text, SERVICE_KEY_MAX);
	enum status status = file_read(path, &text, NULL, error);
	if (status == STATUS_OK)
		status = binding_from_json(buf_text(&text), text.len, path, ret_binding, error);
	buf_wipe_release(&text);
	return status;
}
