/* From a text whose JSON holds a service key somewhere to the fields of the key. */
#include "config/key/key.h"

#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/text.h"
#include "config/key/encoding.h"
#include "config/key/service.h"
#include "config/key/text.h"
#include "config/key/vcap_entry.h"

/* A key has some 20 KiB; a pasted VCAP_SERVICES has more. */
#define FILE_MAX       (1024UL * 1024)
#define DEPTH_MAX      8                   /* wrappings; four are the most that was seen */
#define DATA_VALUE_MAX (1024UL * 1024 * 2) /* decoded; Kubernetes allows 1 MiB for all */
#define LABEL          "destination"

struct search {
	const char *origin;
	struct binding *binding;
	struct error *error;
	unsigned depth;
	size_t count;        /* Destination bindings, where there are several */
	const char *service; /* another service whose key was found; NULL: none */
};

static enum status search(struct search *s, const struct cJSON *value);

static enum status no_memory(const struct search *s)
{
	return error_set(s->error, STATUS_MEMORY, "%s: out of memory", s->origin);
}

static bool is_credentials(const struct cJSON *object)
{
	return json_member_text(object, "uri") != NULL ||
	       json_member_text(object, "clientid") != NULL;
}

/* -- Kubernetes ------------------------------------------------------------------------------ */

/* The fields of a Secret: of single values, and of those that are service keys themselves. */
struct secret_fields {
	struct search *search;
	size_t keys;
	bool broken; /* a value that is no base64 */
	enum status status;
};

/* A value that is a service key in any form. */
static void take_key(struct secret_fields *fields, const char *text, size_t len)
{
	struct search *s = fields->search;
	struct error ignored = { "" };
	struct search inner = {
		.origin = s->origin, .binding = s->binding, .error = &ignored, .depth = s->depth + 1
	};
	struct cJSON *json = NULL;
	enum status status = key_text_parse(text, len, s->origin, false, &json, &ignored);

	if (status == STATUS_OK)
		status = search(&inner, json);
	json_free(json);
	fields->keys += status == STATUS_OK;
	if (inner.service != NULL)
		s->service = inner.service;
	if (status == STATUS_MEMORY)
		fields->status = status;
}

static void take_value(struct secret_fields *fields, const char *name, const char *text, size_t len)
{
	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	if (strcmp(name, ".metadata") == 0) /* describes the others */
		return;
	if (key_is_utf16(text, len) || key_text_is_structured(text, len))
		take_key(fields, text, len);
	else if (memchr(text, '\0', len) == NULL &&
		 !binding_put(fields->search->binding, name, text, len))
		fields->status = STATUS_MEMORY;
}

static void take_encoded(struct secret_fields *fields, const char *name, const char *text)
{
	struct buf bytes;

	buf_init(&bytes, DATA_VALUE_MAX);
	enum status status = key_from_base64(text, strlen(text), &bytes);
	if (status == STATUS_OK)
		take_value(fields, name, buf_text(&bytes), bytes.len);
	else if (status == STATUS_MEMORY)
		fields->status = status;
	else
		fields->broken = true;
	buf_wipe_release(&bytes);
}

static void take_values(struct secret_fields *fields, const struct cJSON *values, bool encoded)
{
	json_each (member, values) {
		const char *text = json_text(member);
		if (text == NULL || fields->status != STATUS_OK)
			continue;
		if (encoded)
			take_encoded(fields, json_name(member), text);
		else
			take_value(fields, json_name(member), text, strlen(text));
	}
}

/* `data` in base64, and `stringData`, which wins. */
static enum status search_secret(struct search *s, const struct cJSON *data,
				 const struct cJSON *string_data)
{
	struct secret_fields fields = { .search = s };

	take_values(&fields, data, true);
	take_values(&fields, string_data, false);
	if (fields.status != STATUS_OK)
		return no_memory(s);
	if (fields.keys > 1)
		return error_set(s->error, STATUS_SYNTAX,
				 "%s: %zu service keys in the Secret; leave the one that is meant",
				 s->origin, fields.keys);
	const char *type = binding_get(s->binding, BINDING_TYPE);
	const char *service = type != NULL ? key_service_of_label(type) : NULL;
	if (service == NULL && fields.keys == 0)
		service = key_service_of_fields(data);
	if (service == NULL && fields.keys == 0)
		service = key_service_of_fields(string_data);
	if (key_service_is_destination(binding_get(s->binding, BINDING_URI)))
		service = NULL;
	bool found = binding_get(s->binding, BINDING_URI) != NULL ||
		     binding_get(s->binding, BINDING_CLIENTID) != NULL;
	if (found && service == NULL)
		return STATUS_OK;
	if (service != NULL)
		s->service = service;
	if (s->service == NULL && fields.broken)
		return error_set(s->error, STATUS_SYNTAX,
				 "%s: a value under data of the Secret is no base64; save it as "
				 "`kubectl get secret NAME -o yaml` shows it",
				 s->origin);
	return STATUS_NOT_FOUND;
}

static bool is_kind(const struct cJSON *value, const char *kind)
{
	const char *own = json_member_text(value, "kind");

	return own != NULL && strcmp(own, kind) == 0;
}

/* A list as kubectl shows it: exactly one of its Secrets may hold a Destination key. */
static enum status search_list(struct search *s, const struct cJSON *items)
{
	struct search best = *s;
	size_t found = 0;

	json_each (item, items) {
		struct binding binding = { 0 };
		struct error ignored = { "" };
		struct search inner = *s;
		inner.binding = &binding;
		inner.error = &ignored;
		enum status status = search(&inner, item);
		if (inner.service != NULL)
			best.service = inner.service;
		if (status == STATUS_OK && found++ == 0) {
			binding_release(s->binding);
			*s->binding = binding;
		} else {
			binding_release(&binding);
		}
		if (status == STATUS_MEMORY)
			return no_memory(s);
	}
	s->service = best.service;
	s->count = found;
	return found == 1 ? STATUS_OK : STATUS_NOT_FOUND;
}

static enum status refuse_kind(struct search *s, const struct cJSON *value)
{
	const char *text = key_service_of_kind(json_member_text(value, "kind"));

	return error_set(s->error, STATUS_SYNTAX, "%s: this is %s", s->origin,
			 text != NULL ? text
				      : "a Kubernetes object that holds no service key; save the "
					"Secret that does");
}

static enum status search_kubernetes(struct search *s, const struct cJSON *value)
{
	if (is_kind(value, "Secret"))
		return search_secret(s, json_member(value, "data"),
				     json_member(value, "stringData"));
	if (json_is_array(json_member(value, "items")))
		return search_list(s, json_member(value, "items"));
	return refuse_kind(s, value);
}

/* -- all forms ------------------------------------------------------------------------------- */

/* Searches a text that holds JSON itself. */
static enum status search_text(struct search *s, const char *text)
{
	struct cJSON *json = NULL;
	enum status status = key_text_parse(text, strlen(text), s->origin, false, &json, s->error);

	if (status == STATUS_OK)
		status = search(s, json);
	json_free(json);
	return status;
}

/* `data` of a Secret by itself (-o jsonpath): its address is the base64 of one. */
static bool is_encoded(const struct cJSON *object)
{
	const char *uri = json_member_text(object, "uri");

	return uri != NULL && strncmp(uri, "aHR0cHM6Ly", 10) == 0;
}

static enum status take_credentials(struct search *s, const struct cJSON *credentials)
{
	const char *label = binding_get(s->binding, BINDING_LABEL);
	const char *service = key_service_of_fields(credentials);

	if (is_encoded(credentials))
		return search_secret(s, credentials, NULL);
	if (service == NULL && label != NULL &&
	    !key_service_is_destination(json_member_text(credentials, "uri")))
		service = key_service_of_label(label);
	if (service != NULL) {
		s->service = service;
		return STATUS_NOT_FOUND;
	}
	return binding_put_members(s->binding, credentials) ? STATUS_OK : no_memory(s);
}

/* What the value is wrapped in, NULL if it is not. */
static const struct cJSON *unwrapped(const struct cJSON *value)
{
	/* the last three: `cf curl` for version 2 of the API, lists of the Service Manager, and
	 * `terraform output -json` */
	static const char *const names[] = { "VCAP_SERVICES", "entity",   "resources",
					     "items",         "bindings", "value" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const struct cJSON *inner = json_member(value, names[i]);
		if (json_is_object(inner) || json_is_array(inner) || json_text(inner) != NULL)
			return inner;
	}
	if (json_is_array(value) && json_first(value) != NULL &&
	    json_next(json_first(value)) == NULL)
		return json_first(value);
	return NULL;
}

/* Names the service of an object that is no key itself, or of what it lists. */
static const char *service_of(const struct cJSON *value)
{
	const char *service = key_service_of_fields(value);

	json_each (member, value) {
		if (service == NULL && json_is_array(member))
			service = key_service_of_label(json_name(member));
	}
	return service;
}

static enum status search_object(struct search *s, const struct cJSON *value)
{
	const struct cJSON *credentials = json_member(value, "credentials");
	size_t count = 0;

	if (json_member_text(value, "kind") != NULL &&
	    json_member_text(value, "apiVersion") != NULL)
		return search_kubernetes(s, value);
	if (json_is_object(credentials) || json_text(credentials) != NULL) {
		if (!binding_put_members(s->binding, value))
			return no_memory(s);
		return search(s, credentials);
	}
	if (is_credentials(value))
		return take_credentials(s, value);
	const struct cJSON *entry = vcap_only_destination(value, &count);
	if (entry != NULL)
		return search(s, entry);
	s->count = count;
	if (count > 1)
		return STATUS_NOT_FOUND;
	s->service = s->service != NULL ? s->service : service_of(value);
	entry = unwrapped(value);
	return entry != NULL ? search(s, entry) : STATUS_NOT_FOUND;
}

static enum status search(struct search *s, const struct cJSON *value)
{
	const char *text = json_text(value);
	enum status status = STATUS_NOT_FOUND;

	if (++s->depth > DEPTH_MAX)
		return STATUS_NOT_FOUND;
	if (text != NULL)
		status = search_text(s, text);
	else if (json_is_object(value) || json_is_array(value))
		status = search_object(s, value);
	s->depth--;
	return status;
}

static enum status search_all(const struct cJSON *json, const char *origin, struct binding *binding,
			      struct error *error)
{
	struct search s = { .origin = origin, .binding = binding, .error = error };
	enum status status = search(&s, json);

	if (status != STATUS_NOT_FOUND)
		return status;
	if (s.count > 1)
		return error_set(error, STATUS_SYNTAX,
				 "%s: %zu Destination bindings in it; leave the one that is meant",
				 origin, s.count);
	if (s.service != NULL)
		return error_set(error, STATUS_SYNTAX,
				 "%s: this seems to be a key of %s; a key of the Destination "
				 "service is needed, create one and save it here",
				 origin, s.service);
	return error_set(error, STATUS_SYNTAX,
			 "%s: no service key of a Destination instance (an object with uri, url, "
			 "clientid and clientsecret or certificate); create one and save it here",
			 origin);
}

enum status binding_from_json(const char *text, size_t len, const char *origin,
			      struct binding *ret_binding, struct error *error)
{
	struct cJSON *json = NULL;
	enum status status = key_text_parse(text, len, origin, true, &json, error);

	if (status == STATUS_OK)
		status = search_all(json, origin, ret_binding, error);
	json_free(json);
	return status;
}

enum status binding_from_file(const char *path, struct binding *ret_binding, struct error *error)
{
	struct buf text;

	buf_init(&text, FILE_MAX);
	enum status status = file_read(path, &text, NULL, error);
	if (status == STATUS_OK)
		status = binding_from_json(buf_text(&text), text.len, path, ret_binding, error);
	buf_wipe_release(&text);
	return status;
}
