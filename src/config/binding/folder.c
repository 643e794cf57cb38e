/*
 * Bindings mounted as folders (docs/reference/destination-service.md 1.3): servicebinding.io with
 * SAP's `.metadata`, the operator's secretKey and secretRootKey forms, SAP's layered
 * `<service>/<instance>/<files>`, one JSON file in a folder. Names that begin with `..` belong to
 * Kubernetes and are never read by name.
 */
#include "config/binding/folder.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "config/key/json.h"
#include "config/key/key.h"
#include "config/key/text.h"
#include "config/string_list.h"

#define NAMES_MAX 1000 /* files in a binding, bindings in a root: far more than there are */
#define LABEL     "destination"

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a folder without those that begin with a dot, sorted. */
static enum status list_names(const char *path, struct string_list *ret_names, struct error *error)
{
	char reason[128];
	enum status status = STATUS_OK;
	DIR *folder = opendir(path);

	if (folder == NULL)
		return error_set(error,
				 errno == ENOENT || errno == ENOTDIR ? STATUS_NOT_FOUND : STATUS_IO,
				 "%s: %s", path, strerror_r(errno, reason, sizeof(reason)));
	for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
		if (entry->d_name[0] == '.')
			continue;
		if (ret_names->count >= NAMES_MAX)
			status = error_set(error, STATUS_LIMIT, "%s: more than %d names in it",
					   path, NAMES_MAX);
		else if (!string_list_add(ret_names, entry->d_name))
			status = error_set(error, STATUS_MEMORY, "%s: out of memory", path);
		if (status != STATUS_OK)
			break;
	}
	(void)closedir(folder);
	if (ret_names->count > 0)
		qsort(ret_names->items, ret_names->count, sizeof(char *), by_name);
	return status;
}

/* Returns S_IFREG, S_IFDIR or another type, 0 if the name does not exist. Links are followed. */
static mode_t type_of(const char *folder, const char *name)
{
	struct stat st;
	char *path = file_path_join(folder, name);
	mode_t type = path != NULL && stat(path, &st) == 0 ? st.st_mode & S_IFMT : 0;

	free(path);
	return type;
}

static enum status read_in(const char *folder, const char *name, struct secret *ret_text,
			   struct error *error)
{
	char *path = file_path_join(folder, name);

	if (path == NULL) {
		(void)error_set(error, STATUS_MEMORY, "out of memory");
		return STATUS_MEMORY;
	}
	enum status status = file_read_secret(path, ret_text, error);
	free(path);
	return status;
}

/* Whether a name from `.metadata` stays in the folder: it is untrusted. */
static bool name_stays(const char *name)
{
	return name[0] != '\0' && strchr(name, '/') == NULL && strncmp(name, "..", 2) != 0 &&
	       strcmp(name, ".") != 0;
}

/* Parses a file of the folder that was read as `text`. */
static enum status parse_file(const char *folder, const char *file, const struct secret *text,
			      struct cJSON **ret_json, struct error *error)
{
	char *path = file_path_join(folder, file);
	enum status status = path != NULL
				     ? key_json_parse(text->data, text->len, path, ret_json, error)
				     : error_set(error, STATUS_MEMORY, "out of memory");

	free(path);
	return status;
}

static enum status put_json(const char *folder, const char *file, const char *name, bool container,
			    const struct secret *text, struct binding *binding, struct error *error)
{
	struct cJSON *json = NULL;
	enum status status = parse_file(folder, file, text, &json, error);
	bool ok = true;

	if (status != STATUS_OK)
		return status;
	const char *value = json_text(json);
	if (container)
		ok = binding_put_members(binding, json);
	else if (value != NULL)
		ok = binding_put(binding, name, value, strlen(value));
	json_free(json);
	return ok ? STATUS_OK : error_set(error, STATUS_MEMORY, "out of memory");
}

/* One element of metaDataProperties or credentialProperties. */
static enum status put_property(const char *folder, const struct cJSON *property,
				struct binding *binding, struct error *error)
{
	const char *name = json_member_text(property, "name");
	const char *format = json_member_text(property, "format");
	const char *file = json_member_text(property, "sourceName");
	struct secret text = { 0 };
	bool container = false;

	file = file != NULL ? file : name;
	if (name == NULL || format == NULL || !name_stays(file))
		return STATUS_OK; /* skipped, as SAP's own reader does */
	enum status status = read_in(folder, file, &text, error);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK; /* what is needed is missed later, by its name */
	if (status != STATUS_OK)
		return status;
	(void)json_bool(json_member(property, "container"), &container);
	if (strcmp(format, "json") == 0)
		status = put_json(folder, file, name, container, &text, binding, error);
	else if (!binding_put(binding, name, text.data, text.len))
		status = error_set(error, STATUS_MEMORY, "out of memory");
	secret_release(&text);
	return status;
}

static enum status read_by_metadata(const char *folder, const struct secret *metadata,
				    struct binding *binding, struct error *error)
{
	static const char *const lists[] = { "metaDataProperties", "credentialProperties" };
	struct cJSON *json = NULL;
	enum status status = parse_file(folder, ".metadata", metadata, &json, error);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < COUNT_OF(lists); i++) {
		json_each (property, json_member(json, lists[i])) {
			if (status == STATUS_OK)
				status = put_property(folder, property, binding, error);
		}
	}
	json_free(json);
	return status;
}

/* What has been found so far in a folder that is read file by file. */
struct by_names {
	struct binding *binding;
	size_t keys;            /* files that are service keys */
	struct error key_error; /* of a JSON object that is none */
};

/* A field that begins as JSON, or a file of another name that holds JSON in some form. */
static bool is_key(const char *name, const struct secret *text)
{
	return text->data[0] == '{' ||
	       (!binding_has_field(name) && key_text_is_structured(text->data, text->len));
}

/* Reads the file as a service key. If it is none, the reason is kept: it is reported when no other
 * file of the folder is one either. A file that probably is something else has no reason. */
static enum status take_key(const char *folder, const char *name, bool doubtful,
			    struct by_names *found)
{
	char *path = file_path_join(folder, name);
	struct error reason = { "" };

	if (path == NULL)
		return STATUS_MEMORY;
	enum status status = binding_from_file(path, found->binding, &reason);
	free(path);
	found->keys += status == STATUS_OK;
	if (status != STATUS_OK && !doubtful)
		found->key_error = reason;
	return status == STATUS_MEMORY ? status : STATUS_OK;
}

static enum status put_named_file(const char *folder, const char *name, struct by_names *found,
				  struct error *error)
{
	struct secret text = { 0 };
	enum status status = read_in(folder, name, &text, error);
	bool utf16 = status == STATUS_SYNTAX; /* NUL bytes: it may be, or something else */

	if (status == STATUS_TOO_LARGE)
		return STATUS_OK; /* something else that lies here */
	if (status != STATUS_OK && !utf16)
		return status;
	if (utf16 || is_key(name, &text)) {
		status = take_key(folder, name, utf16, found);
	} else if (!binding_put(found->binding, name, text.data, text.len)) {
		status = STATUS_MEMORY;
	}
	secret_release(&text);
	return status;
}

/* Without `.metadata`: a file per field, and files that are JSON objects with several. */
static enum status read_by_names(const char *folder, const struct string_list *names,
				 struct binding *binding, struct error *error)
{
	struct by_names found = { .binding = binding };
	enum status status = STATUS_OK;

	for (size_t i = 0; i < names->count && status == STATUS_OK; i++) {
		if (type_of(folder, names->items[i]) == S_IFREG)
			status = put_named_file(folder, names->items[i], &found, error);
	}
	if (status == STATUS_MEMORY)
		return error_set(error, status, "out of memory");
	if (status == STATUS_OK && found.keys > 1)
		status = error_set(error, STATUS_SYNTAX,
				   "%s: %zu service keys in it; a binding is one", folder,
				   found.keys);
	bool fields = binding_get(binding, BINDING_URI) != NULL ||
		      binding_get(binding, BINDING_CLIENTID) != NULL;
	if (status == STATUS_OK && !fields && found.key_error.text[0] != '\0')
		status = error_set(error, STATUS_SYNTAX, "%s", found.key_error.text);
	return status;
}

/* Returns the folder that the link `..data` leads to, if there is one. Kubernetes exchanges all
 * files of a mounted Secret at once by changing that link, so a certificate and its key that are
 * read behind it are of the same age. */
static char *stable_folder(const char *path)
{
	char *link = file_path_join(path, "..data");
	char *real = link != NULL ? realpath(link, NULL) : NULL;

	free(link);
	return real != NULL ? real : strdup(path);
}

/* The binding whose files are in this folder. */
static enum status read_binding(const char *path, struct binding *binding, struct error *error)
{
	struct string_list names = { 0 };
	struct secret metadata = { 0 };
	char *folder = stable_folder(path);

	if (folder == NULL)
		return error_set(error, STATUS_MEMORY, "out of memory");
	enum status status = read_in(folder, ".metadata", &metadata, error);
	if (status == STATUS_OK) {
		status = read_by_metadata(folder, &metadata, binding, error);
	} else if (status == STATUS_NOT_FOUND) {
		status = list_names(folder, &names, error);
		if (status == STATUS_OK)
			status = read_by_names(folder, &names, binding, error);
	}
	string_list_release(&names);
	secret_release(&metadata);
	free(folder);
	return status;
}

/* A binding has files in it; a root or a service has only folders. */
static bool has_files(const char *path)
{
	struct string_list names = { 0 };
	bool found = type_of(path, ".metadata") == S_IFREG;
	enum status status = list_names(path, &names, NULL);

	for (size_t i = 0; status == STATUS_OK && i < names.count && !found; i++)
		found = type_of(path, names.items[i]) == S_IFREG;
	string_list_release(&names);
	return found;
}

enum judgement { NOT_OURS, OURS, BROKEN_OURS, BROKEN_UNKNOWN, NO_MEMORY };

/* Whether the binding is one of ours, by that field, else by the plain file of that name:
 * `.metadata` may be broken, or not describe the file. *ret_said: either of them exists. */
static bool says_destination(const char *path, const struct binding *binding,
			     enum binding_field field, bool *ret_said)
{
	const char *value = binding_get(binding, field);
	struct secret text = { 0 };

	if (value == NULL && read_in(path, binding_field_name(field), &text, NULL) == STATUS_OK)
		value = text.data;
	bool said = value != NULL && value[0] != '\0';
	bool ours = said && strcmp(value, LABEL) == 0;
	secret_release(&text);
	*ret_said = said;
	return ours;
}

/* Whether the binding says, or its folder's name says for it, that it is one of ours; and whether
 * it can be read, with the reason. */
static enum judgement judge(const char *path, const char *fallback, struct error *reason)
{
	struct binding binding = { 0 };
	bool said = false;
	enum status status = read_binding(path, &binding, reason);
	bool ours = says_destination(path, &binding, BINDING_TYPE, &said);

	if (!said)
		ours = says_destination(path, &binding, BINDING_LABEL, &said);
	if (!said)
		ours = strcmp(fallback, LABEL) == 0;
	binding_release(&binding);
	if (status == STATUS_MEMORY)
		return NO_MEMORY;
	if (status == STATUS_OK)
		return ours ? OURS : NOT_OURS;
	return ours ? BROKEN_OURS : said ? NOT_OURS : BROKEN_UNKNOWN;
}

/* Adds the folder of a binding if it is one of ours. Broken ones are reported. */
static enum status consider(struct found_bindings *found, const char *name, const char *path,
			    const char *fallback)
{
	struct error reason = { "" };
	enum judgement judgement = judge(path, fallback, &reason);
	struct problems *problems = found->problems;

	if (judgement == NO_MEMORY)
		return STATUS_MEMORY;
	if (problems != NULL && judgement == BROKEN_OURS) {
		problem_add(problems, "%s: a Destination binding that cannot be read: %s", path,
			    reason.text);
		found->broken++;
		return STATUS_OK;
	}
	if (problems != NULL && judgement == BROKEN_UNKNOWN)
		problem_warn(problems, "%s: warning: not watched, its type is unknown: %s", path,
			     reason.text);
	if (judgement != OURS && judgement != BROKEN_OURS)
		return STATUS_OK;
	bool taken = found_bindings_take(
		found, (struct found_binding){ .id = strdup(name), .folder = strdup(path) });
	return taken ? STATUS_OK : STATUS_MEMORY;
}

/* Adds the bindings in `<service>/<instance>/`. */
static enum status list_layered(const char *service_path, const char *service,
				struct found_bindings *found, struct error *error)
{
	struct string_list names = { 0 };
	enum status status = list_names(service_path, &names, error);

	for (size_t i = 0; i < names.count && status == STATUS_OK; i++) {
		const char *name = names.items[i];
		char *path = file_path_join(service_path, name);
		if (path == NULL)
			status = STATUS_MEMORY;
		else if (type_of(service_path, name) == S_IFDIR && has_files(path))
			status = consider(found, name, path, service);
		free(path);
	}
	string_list_release(&names);
	return status;
}

/* One entry of a root: a binding, a service with bindings, or something else. */
static enum status list_entry(const char *root, const char *name, struct found_bindings *found,
			      struct error *error)
{
	enum status status = STATUS_OK;
	char *path = file_path_join(root, name);
	bool folder = path != NULL && type_of(root, name) == S_IFDIR;
	bool binding = folder && has_files(path);

	if (path == NULL)
		status = STATUS_MEMORY;
	else if (binding)
		status = consider(found, name, path, name);
	else if (folder)
		status = list_layered(path, name, found, error);
	free(path);
	return status;
}

enum status binding_list_root(const char *root, struct found_bindings *found, struct error *error)
{
	struct string_list names = { 0 };
	enum status status = list_names(root, &names, error);

	/* an entry that cannot be read hides no other one, but is reported */
	for (size_t i = 0; i < names.count && status != STATUS_MEMORY; i++) {
		enum status one = list_entry(root, names.items[i], found, error);
		status = one != STATUS_OK ? one : status;
	}
	string_list_release(&names);
	return status == STATUS_MEMORY ? error_set(error, status, "out of memory") : status;
}

enum status binding_from_folder(const char *path, struct binding *ret_binding, struct error *error)
{
	struct found_bindings found = { 0 };
	struct string_list names = { 0 };
	enum status status = list_names(path, &names, error);

	string_list_release(&names);
	if (status != STATUS_OK)
		return status;
	if (has_files(path))
		return read_binding(path, ret_binding, error);
	status = binding_list_root(path, &found, error);
	if (status == STATUS_OK && found.count == 0)
		/* `<instance>` folders of one service, whatever that is called */
		status = list_layered(path, LABEL, &found, error);
	if (status == STATUS_OK && found.count != 1)
		status = error_set(error, found.count == 0 ? STATUS_NOT_FOUND : STATUS_SYNTAX,
				   "%s: %zu Destination bindings in it; name the folder of one",
				   path, found.count);
	if (status == STATUS_OK && found.items != NULL)
		status = read_binding(found.items[0].folder, ret_binding, error);
	found_bindings_release(&found);
	return status;
}
