/*
 * Configurations without a file: service keys named on the command line, and bindings that the
 * platform put into the environment or mounted (docs/configuration.md).
 */
#include "config/discover.h"

#include <stdlib.h>
#include <string.h>

#include "config/binding/folder.h"

/* A source with all defaults for a binding; takes its texts. */
static bool add_source(struct config *config, struct found_binding *binding, const char *ca_file)
{
	struct source_config *source = source_config_new(source_kind_of_bindings());

	if (source == NULL)
		return false;
	source->id = binding->id;
	source->binding_json = binding->json;
	source->binding_dir = binding->folder;
	source->binding_file = binding->file;
	*binding = (struct found_binding){ 0 };
	const char *origin = source->binding_dir != NULL    ? source->binding_dir
			     : source->binding_file != NULL ? source->binding_file
							    : "VCAP_SERVICES";
	source->origin = strdup(origin);
	if (source->origin == NULL || !source_config_finish(source, ca_file)) {
		source_config_free(source);
		return false;
	}
	return config_add_source(config, source);
}

/* One source for each binding; NULL without memory. */
static struct config *config_of(struct found_bindings *found, const char *ca_file)
{
	struct config *config = config_new();
	bool ok = config != NULL;

	for (size_t i = 0; i < found->count && ok; i++)
		ok = add_source(config, &found->items[i], ca_file);
	if (ok)
		return config;
	config_free(config);
	return NULL;
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
	struct config *config = NULL;
	bool ok = true;

	for (size_t i = 0; i < paths->count && ok; i++)
		ok = found_bindings_take(&found,
					 (struct found_binding){ .id = id_of_file(paths->items[i]),
								 .file = strdup(paths->items[i]) });
	if (ok)
		config = config_of(&found, ca_file);
	found_bindings_release(&found);
	if (config == NULL) {
		problem_add(problems, "out of memory");
		return STATUS_MEMORY;
	}
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

/* Looks everywhere; what is broken becomes a problem or a warning. STATUS_OK or STATUS_MEMORY. */
static enum status look(const struct binding_places *places, struct found_bindings *found)
{
	struct error error = { "" };
	enum status status = binding_list_vcap(places, found, &error);

	if (status == STATUS_MEMORY)
		return status;
	if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
		problem_add(found->problems, "%s", error.text);
		found->broken++;
	}
	for (size_t i = 0; places->roots[i] != NULL; i++) {
		if (seen_before(places, i))
			continue;
		status = binding_list_root(places->roots[i], found, &error);
		if (status == STATUS_MEMORY)
			return status;
		if (status != STATUS_OK && status != STATUS_NOT_FOUND)
			problem_warn(found->problems, "warning: %s", error.text);
	}
	return STATUS_OK;
}

enum status config_discover(const struct binding_places *places, const char *ca_file,
			    struct config **ret_config, struct problems *problems)
{
	struct found_bindings found = { .problems = problems };
	struct config *config = NULL;
	enum status status = look(places, &found);

	if (status == STATUS_OK && found.count > 0) {
		config = config_of(&found, ca_file);
		status = config != NULL ? STATUS_OK : STATUS_MEMORY;
	} else if (status == STATUS_OK && found.broken == 0) {
		report_nothing_found(places, problems);
		status = STATUS_NOT_FOUND;
	}
	if (status == STATUS_MEMORY)
		problem_add(problems, "out of memory");
	else if (found.broken > 0)
		status = STATUS_SYNTAX;
	*ret_config = config;
	found_bindings_release(&found);
	return status;
}
