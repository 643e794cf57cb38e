/* Entries of VCAP_SERVICES: chosen by label, tag or name. */
#include "config/key/vcap_entry.h"

#include <string.h>

#define LABEL "destination"

bool vcap_text_is(const struct cJSON *object, const char *name, const char *wanted)
{
	const char *text = json_member_text(object, name);

	return text != NULL && strcmp(text, wanted) == 0;
}

static bool has_tag(const struct cJSON *entry)
{
	json_each (tag, json_member(entry, "tags")) {
		const char *text = json_text(tag);
		if (text != NULL && strcmp(text, LABEL) == 0)
			return true;
	}
	return false;
}

static bool has_name(const struct cJSON *entry, const char *name)
{
	return vcap_text_is(entry, "name", name) || vcap_text_is(entry, "binding_name", name) ||
	       vcap_text_is(entry, "instance_name", name);
}

bool vcap_is_destination(const struct cJSON *entry, const char *label)
{
	const char *own = json_member_text(entry, "label");

	label = own != NULL ? own : label;
	if (strcmp(label, LABEL) == 0)
		return true;
	return strcmp(label, "user-provided") == 0 && (has_tag(entry) || has_name(entry, LABEL));
}

bool vcap_has_credentials(const struct cJSON *entry)
{
	return json_is_object(json_member(entry, "credentials"));
}

const struct cJSON *vcap_only_destination(const struct cJSON *services, size_t *ret_count)
{
	const struct cJSON *found = NULL;
	size_t count = 0;

	json_each (item, services) {
		if (json_is_object(item) && json_is_array(services)) {
			bool alone = json_next(item) == NULL && item == json_first(services);
			if (!vcap_has_credentials(item) ||
			    (!alone && !vcap_is_destination(item, "")))
				continue;
			found = item;
			count++;
		}
		json_each (entry, json_is_array(item) ? item : NULL) {
			if (!vcap_has_credentials(entry) ||
			    !vcap_is_destination(entry, json_name(item)))
				continue;
			found = entry;
			count++;
		}
	}
	*ret_count = count;
	return count == 1 ? found : NULL;
}
