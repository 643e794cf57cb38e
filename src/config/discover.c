/*
 * Configurations without a file: service keys named on the command line, and bindings that the
 * platform put into the environment or mounted (docs/configuration.md).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "config/binding.h"
#include "config/discover.h"
#include "config/keys.h"
#include "config/file/load.h"

void found_bindings_release(struct found_bindings *found)
{
	for (size_t i = 0; i < found->count; i++) {
		free(found->items[i].id);
		secret_free_text(found->items[i].json);
		free(found->items[i].folder);
	}
	free(found->items);
	*found = (struct found_bindings){ 0 };
}

/* Ids have no white space and are not too long; control characters have no place in a label either.
 */
static void clean_id(char *id)
{
	size_t len = strlen(id);

	if (len > SOURCE_ID_MAX) {
		len = SOURCE_ID_MAX;
		while (len > 0 && ((uint8_t)id[len] & 0xC0) == 0x80) /* inside a character */
			len--;
		id[len] = '\0';
	}
	for (; *id != '\0'; id++) {
		if ((uint8_t)*id <= ' ' || *id == 0x7F)
			*id = '-';
	}
}

static bool id_taken(const struct found_bindings *found, const char *id)
{
	for (size_t i = 0; i < found->count; i++) {
		if (strcmp(found->items[i].id, id) == 0)
			return true;
	}
	return false;
}

/* `id`, or `id-2`, `id-3`, ... if it is taken. Frees `id`; NULL without memory. */
static char *unique_id(const struct found_bindings *found, char *id)
{
	struct buf other;

	if (!id_taken(found, id))
		return id;
	buf_init(&other, 65536);
	for (size_t n = 2; n <= found->count + 1; n++) {
		buf_release(&other);
		buf_printf(&other, "%s-%zu", id, n);
		if (!id_taken(found, buf_text(&other)))
			break;
	}
	free(id);
	char *taken = buf_take(&other);
	buf_release(&other);
	return taken;
}

bool found_bindings_add(struct found_bindings *found, char *id, char *json, char *folder)
{
	struct found_binding *items = NULL;

	if (id != NULL) {
		clean_id(id);
		id = unique_id(found, id);
	}
	if (id != NULL && (json != NULL || folder != NULL))
		items = realloc(found->items, (found->count + 1) * sizeof(*items));
	if (items == NULL) {
		free(id);
		secret_free_text(json);
		free(folder);
		return false;
	}
	found->items = items;
	items[found->count++] = (struct found_binding){ id, json, folder };
	return true;
}

/* A source with all defaults for a binding; takes its texts. */
static bool add_source(struct config *config, struct found_binding *binding, const char *ca_file)
{
	struct source_config *source = source_config_new(SOURCE_DESTINATION_SERVICE);

	if (source == NULL)
		return false;
	source->id = binding->id;
	source->binding_json = binding->json;
	source->binding_dir = binding->folder;
	*binding = (struct found_binding){ 0 };
	source->origin =
		strdup(source->binding_dir != NULL ? source->binding_dir : "VCAP_SERVICES");
	if (source->origin == NULL || !source_config_finish(source, ca_file)) {
		source_config_free(source);
		return false;
	}
	return config_add_source(config, source);
}

/* The base name of a service key file without its extension. */
static char *id_of_file(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;
	const char *dot = strrchr(base, '.');
	size_t len = dot != NULL && dot != base ? (size_t)(dot - base) : strlen(base);

	return len > 0 ? strndup(base, len) : strdup("binding");
}

enum status config_from_binding_files(const struct string_list *paths, const char *ca_file,
				      struct config **ret_config, struct problems *problems)
{
	struct found_bindings found = { 0 };
	struct config *config = config_new();
	bool ok = config != NULL;

	for (size_t i = 0; i < paths->count && ok; i++)
		ok = found_bindings_add(&found, id_of_file(paths->items[i]), NULL,
					strdup(paths->items[i]));
	for (size_t i = 0; i < found.count && ok; i++) {
		struct source_config *source;
		ok = add_source(config, &found.items[i], ca_file);
		if (!ok)
			break;
		source = config->sources[i];
		source->binding_file = source->binding_dir; /* a file, not a folder */
		source->binding_dir = NULL;
		ok = source_config_finish(source, ca_file);
	}
	found_bindings_release(&found);
	if (!ok) {
		problem_add(problems, "out of memory");
		config_free(config);
		return STATUS_MEMORY;
	}
	config_warn_same_client(config, problems);
	*ret_config = config;
	return STATUS_OK;
}

/* True when an earlier root leads to the same folder. */
static bool seen_before(const struct binding_places *places, size_t i)
{
	char *real = realpath(places->roots[i], NULL);
	bool seen = false;

	for (size_t k = 0; k < i && real != NULL && !seen; k++) {
		char *other = realpath(places->roots[k], NULL);
		seen = other != NULL && strcmp(real, other) == 0;
		free(other);
	}
	free(real);
	return seen;
}

static void report_nothing_found(const struct binding_places *places, struct problems *problems)
{
	struct buf roots;

	buf_init(&roots, 8192);
	for (size_t i = 0; places->roots[i] != NULL; i++)
		buf_printf(&roots, ", %s", places->roots[i]);
	problem_add(problems,
		    "nothing to watch: neither --config.file nor --binding.file is given, and no "
		    "Destination binding was found; looked at VCAP_SERVICES_FILE_PATH, "
		    "VCAP_SERVICES, SERVICE_BINDING_ROOT%s",
		    buf_text(&roots));
	buf_release(&roots);
}

static enum status discover(const struct binding_places *places, const char *ca_file,
			    bool for_check, struct config **ret_config, struct problems *problems)
{
	struct found_bindings found = { .problems = problems };
	struct error error = { "" };
	struct config *config = NULL;
	enum status status = binding_list_vcap(places, &found, &error);

	if (status == STATUS_MEMORY)
		goto out;
	if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
		problem_add(problems, "%s", error.text);
		found.broken++;
	}
	for (size_t i = 0; places->roots[i] != NULL; i++) {
		if (seen_before(places, i))
			continue;
		status = binding_list_root(places->roots[i], &found, &error);
		if (status == STATUS_MEMORY)
			goto out;
		if (status != STATUS_OK && status != STATUS_NOT_FOUND)
			problem_warn(problems, "warning: %s", error.text);
	}
	status = STATUS_NOT_FOUND;
	if (found.count == 0 && found.broken == 0)
		report_nothing_found(places, problems);
	if (found.broken > 0)
		status = STATUS_SYNTAX;
	if (found.count == 0 || (found.broken > 0 && !for_check))
		goto out;
	config = config_new();
	status = config != NULL ? STATUS_OK : STATUS_MEMORY;
	for (size_t i = 0; i < found.count && status == STATUS_OK; i++)
		status = add_source(config, &found.items[i], ca_file) ? STATUS_OK : STATUS_MEMORY;
	if (status != STATUS_OK)
		goto out;
	config_warn_same_client(config, problems);
	*ret_config = config;
	config = NULL;
	status = found.broken > 0 ? STATUS_SYNTAX : STATUS_OK;
out:
	if (status == STATUS_MEMORY)
		problem_add(problems, "out of memory");
	config_free(config);
	found_bindings_release(&found);
	return status;
}

enum status config_discover_in(const struct binding_places *places, const char *ca_file,
			       struct config **ret_config, struct problems *problems)
{
	return discover(places, ca_file, false, ret_config, problems);
}

enum status config_discover_in_for_check(const struct binding_places *places, const char *ca_file,
					 struct config **ret_config, struct problems *problems)
{
	return discover(places, ca_file, true, ret_config, problems);
}

enum status config_discover(const char *ca_file, struct config **ret_config,
			    struct problems *problems)
{
	struct binding_places places = binding_places_of_environment();

	return config_discover_in(&places, ca_file, ret_config, problems);
}

enum status config_discover_for_check(const char *ca_file, struct config **ret_config,
				      struct problems *problems)
{
	struct binding_places places = binding_places_of_environment();

	return config_discover_in_for_check(&places, ca_file, ret_config, problems);
}
