/* Whatever is asked of the kinds of sources: walks over the tables of those that are registered. */
#include "source/kinds.h"

#include <string.h>

#include "base/array.h"
#include "source/errors.h"

/* Types that the content decides, for stores whose own type is "" (inventory/view.c). */
static const char *const types_by_content[] = { "keystore", "certificate" };

/* -- one source ------------------------------------------------------------------------- */

enum status source_open(const struct source_context *context, struct source **ret_source)
{
	const struct source_class *class = context->config->kind->class;
	struct source *source = NULL;

	enum status status = class->open(context, &source);
	if (status != STATUS_OK)
		return status;
	source->class = class;
	source->context = *context;
	*ret_source = source;
	return STATUS_OK;
}

struct source_result *source_refresh(struct source *source)
{
	struct source_result *result = source->class->refresh(source);

	/* incomplete is neither whole nor up: of this attempt no more is known than its end */
	if (result != NULL && source_result_status(result) != STATUS_OK) {
		source_result_free(result);
		return NULL;
	}
	return result;
}

void source_close(struct source *source)
{
	if (source != NULL)
		source->class->close(source);
}

/* -- the words of all kinds -------------------------------------------------------------- */

const struct known_level *source_known_level(const struct source_kind *kind, const char *name)
{
	const struct known_level *row = kind->class->levels;

	for (; row != NULL && row->name != NULL; row++) {
		if (strcmp(row->name, name) == 0)
			return row;
	}
	return NULL;
}

const char *source_level_name(const char *name)
{
	const struct known_level *row = NULL;

	for (size_t kind = 0; registered_kinds[kind] != NULL && row == NULL; kind++)
		row = source_known_level(registered_kinds[kind], name);
	return row != NULL ? row->name : NULL;
}

/* The element *i of a table. If it is shorter: NULL, and *i is reduced by its length. */
static const struct known_type *type_at(const struct known_type *row, size_t *i)
{
	for (; row != NULL && row->name != NULL; row++) {
		if ((*i)-- == 0)
			return row;
	}
	return NULL;
}

/* The types that the kinds give their stores. */
static const char *given_type_at(size_t i)
{
	const struct known_type *row = NULL;

	for (size_t k = 0; registered_kinds[k] != NULL && row == NULL; k++)
		row = type_at(registered_kinds[k]->class->types, &i);
	return row != NULL ? row->name : NULL;
}

const char *source_type_at(size_t i)
{
	if (i < COUNT_OF(types_by_content))
		return types_by_content[i];
	return given_type_at(i - COUNT_OF(types_by_content));
}

const char *source_type_name(const char *name)
{
	const char *type = "";

	for (size_t i = 0; type != NULL && strcmp(type, name) != 0; i++)
		type = given_type_at(i);
	return type;
}

bool source_type_is_of_content(const char *type)
{
	for (size_t i = 0; i < COUNT_OF(types_by_content); i++) {
		if (strcmp(types_by_content[i], type) == 0)
			return true;
	}
	return false;
}

const struct known_type *source_known_type(const struct source_kind *kind, const char *name)
{
	const struct known_type *row = kind->class->types;

	for (; row != NULL && row->name != NULL; row++) {
		if (strcmp(row->name, name) == 0)
			return row;
	}
	return NULL;
}

/* The row of a part (0: none), or of a name (NULL: none). */
static const struct known_part *find_part(const struct source_kind *kind, unsigned part,
					  const char *name)
{
	const struct known_part *row = kind->class->parts;

	for (; row != NULL && row->name != NULL; row++) {
		if (row->part == part || (name != NULL && strcmp(row->name, name) == 0))
			return row;
	}
	return NULL;
}

const char *source_part_name(const struct source_kind *kind, unsigned part)
{
	const struct known_part *row = find_part(kind, part, NULL);

	return row != NULL ? row->name : "";
}

enum status source_part_parse(const struct source_kind *kind, const char *name, unsigned *ret_part)
{
	const struct known_part *row = find_part(kind, 0, name);

	if (row == NULL)
		return STATUS_SYNTAX;
	*ret_part = row->part;
	return STATUS_OK;
}

const struct word_list *source_endpoints(const struct source_kind *kind)
{
	return kind->class->endpoints;
}

bool source_error_is_possible(const struct source_kind *kind, enum stage stage, enum status reason)
{
	return (kind->class->possible_errors[stage] & ERROR_BIT(reason)) != 0;
}

/* -- what the configuration asks for ---------------------------------------------------- */

bool source_wants_level(const struct source_config *config, const char *level)
{
	const struct known_level *row = source_known_level(config->kind, level);

	return row == NULL || row->wanted == NULL || row->wanted(config);
}

static bool wants_part(const struct source_config *config, unsigned part)
{
	const struct known_part *row = find_part(config->kind, part, NULL);

	return row == NULL || row->wanted == NULL || row->wanted(config);
}

bool source_wants_store(const struct source_config *config, const struct source_store *store)
{
	/* `include` and `exclude` choose among files, not what every service has */
	bool filtered = store->part == PART_CERTIFICATES && store->type[0] == '\0';

	return wants_part(config, store->part) &&
	       (!filtered || source_config_wants(config, store->name));
}
