/* VCAP_SERVICES, read from its file or from the variable. */
#include "config/binding/vcap.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "config/key/text.h"
#include "config/key/vcap_entry.h"

#define LABEL "destination"
/* The variable is cut at 130 KiB, the file was made for more. */
#define VCAP_MAX (8UL * 1024 * 1024)

struct binding_places binding_places_of_environment(void)
{
	const char *root = getenv("SERVICE_BINDING_ROOT");
	struct binding_places places = {
		.vcap_file = getenv("VCAP_SERVICES_FILE_PATH"),
		.vcap = getenv("VCAP_SERVICES"),
	};
	size_t n = 0;

	if (root != NULL && root[0] != '\0')
		places.roots[n++] = root;
	places.roots[n++] = "/etc/secrets/sapbtp";
	places.roots[n] = "/etc/secrets/sapcp";
	return places;
}

/* Parses VCAP_SERVICES: the file wins. *ret_origin names it in messages. */
static enum status read_vcap(const struct binding_places *places, struct cJSON **ret_json,
			     const char **ret_origin, struct error *error)
{
	bool from_file = places->vcap_file != NULL && places->vcap_file[0] != '\0';
	struct error reason = { "" };
	struct buf text;
	enum status status = STATUS_OK;

	if (!from_file && (places->vcap == NULL || places->vcap[0] == '\0'))
		return error_set(error, STATUS_NOT_FOUND,
				 "neither VCAP_SERVICES_FILE_PATH nor VCAP_SERVICES is set");
	if (from_file && text_is_content(places->vcap_file))
		return error_set(error, STATUS_SYNTAX,
				 "VCAP_SERVICES_FILE_PATH: must be the name of a file, not its "
				 "content");
	*ret_origin = from_file ? places->vcap_file : "VCAP_SERVICES";
	buf_init(&text, VCAP_MAX);
	if (from_file) {
		status = file_read(places->vcap_file, &text, NULL, &reason);
		if (status != STATUS_OK) {
			status = error_set(error, status == STATUS_NOT_FOUND ? STATUS_IO : status,
					   "VCAP_SERVICES_FILE_PATH: %s", reason.text);
			goto out;
		}
		status = key_text_parse(buf_text(&text), text.len, *ret_origin, true, ret_json,
					error);
	} else {
		status = key_text_parse(places->vcap, strlen(places->vcap), *ret_origin, false,
					ret_json, error);
	}
out:
	buf_wipe_release(&text);
	return status;
}

/* Returns the lists by label. The file of a development tool has them below the name of the
 * variable. */
static const struct cJSON *services_of(const struct cJSON *json)
{
	const struct cJSON *inner = json_member(json, "VCAP_SERVICES");

	return json_is_object(inner) ? inner : json;
}

/* How many entries have `wanted` as their member `name`; the last one is *ret_entry. */
static size_t count_named(const struct cJSON *services, const char *name, const char *wanted,
			  const struct cJSON **ret_entry)
{
	size_t count = 0;

	json_each (list, services) {
		json_each (entry, json_is_array(list) ? list : NULL) {
			if (!vcap_text_is(entry, name, wanted))
				continue;
			*ret_entry = entry;
			count++;
		}
	}
	return count;
}

enum status binding_from_vcap(const char *name, struct binding *ret_binding, struct error *error)
{
	static const char *const members[] = { "name", "binding_name", "instance_name" };
	struct binding_places places = binding_places_of_environment();
	const struct cJSON *entry = NULL;
	struct cJSON *json = NULL;
	const char *origin = NULL;
	size_t count = 0;
	enum status status = read_vcap(&places, &json, &origin, error);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < COUNT_OF(members) && count == 0; i++)
		count = count_named(services_of(json), members[i], name, &entry);
	const struct cJSON *credentials = json_member(entry, "credentials");
	if (count != 1)
		status = error_set(error, count == 0 ? STATUS_NOT_FOUND : STATUS_SYNTAX,
				   "%s: %zu bindings have the name given as vcap_service", origin,
				   count);
	else if (!json_is_object(credentials))
		status = error_set(error, STATUS_SYNTAX,
				   "%s: the binding named by vcap_service has no credentials",
				   origin);
	else if (!binding_put_members(ret_binding, entry) ||
		 !binding_put_members(ret_binding, credentials))
		status = error_set(error, STATUS_MEMORY, "out of memory");
	json_free(json);
	return status;
}

static const char *entry_id(const struct cJSON *entry)
{
	static const char *const members[] = { "binding_name", "instance_name", "name" };

	for (size_t i = 0; i < COUNT_OF(members); i++) {
		const char *text = json_member_text(entry, members[i]);
		if (text != NULL && text[0] != '\0')
			return text;
	}
	return LABEL;
}

/* Reports a Destination entry without credentials. It is a problem if the label says Destination; a
 * user-provided service may only be called so, which is worth a warning. */
static void report_entry(struct found_bindings *found, const char *origin, const char *list,
			 size_t number, const struct cJSON *entry)
{
	const char *own = json_member_text(entry, "label");
	const struct cJSON *credentials = json_member(entry, "credentials");
	const char *what = !json_is_object(entry)      ? "the entry is not an object"
			   : credentials == NULL       ? "credentials: is missing"
			   : json_is_null(credentials) ? "credentials: is null"
						       : "credentials: is not an object";

	if (found->problems == NULL)
		return;
	if (strcmp(own != NULL ? own : list, LABEL) == 0) {
		problem_add(found->problems,
			    "%s: entry %zu of \"%s\" (\"%s\"): %s; bind the service again", origin,
			    number, list, entry_id(entry), what);
		found->broken++;
	} else {
		problem_warn(found->problems,
			     "%s: warning: entry %zu of \"%s\" (\"%s\"): %s; it is not watched",
			     origin, number, list, entry_id(entry), what);
	}
}

static enum status list_entries(const struct cJSON *list, const char *origin,
				struct found_bindings *found)
{
	size_t number = 0;

	if (!json_is_array(list) && strcmp(json_name(list), LABEL) == 0 &&
	    found->problems != NULL) {
		problem_add(found->problems, "%s: \"%s\": must be a list of bindings", origin,
			    json_name(list));
		found->broken++;
	}
	json_each (entry, json_is_array(list) ? list : NULL) {
		number++;
		if (!vcap_is_destination(entry, json_name(list)))
			continue;
		if (!vcap_has_credentials(entry))
			report_entry(found, origin, json_name(list), number, entry);
		else if (!found_bindings_take(found,
					      (struct found_binding){ .id = strdup(entry_id(entry)),
								      .json = json_print(entry) }))
			return STATUS_MEMORY;
	}
	return STATUS_OK;
}

enum status binding_list_vcap(const struct binding_places *places, struct found_bindings *found,
			      struct error *error)
{
	struct cJSON *json = NULL;
	const char *origin = NULL;
	enum status status = read_vcap(places, &json, &origin, error);

	if (status != STATUS_OK)
		return status;
	if (!json_is_object(json))
		status = error_set(error, STATUS_SYNTAX, "%s: not an object of services", origin);
	json_each (list, status == STATUS_OK ? services_of(json) : NULL) {
		status = list_entries(list, origin, found);
		if (status != STATUS_OK)
			break;
	}
	json_free(json);
	return status == STATUS_MEMORY ? error_set(error, status, "out of memory") : status;
}
