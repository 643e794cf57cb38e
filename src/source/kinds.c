/* Whatever is asked of the kinds of sources: a walk over those that are registered. */
#include "source/kinds.h"

#include <string.h>

#include "source/errors.h"

/* Types that the content decides, for stores whose own type is "" (inventory/view.c). */
static const char *const types_by_content[] = { "keystore", "certificate", NULL };

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
	return source->class->refresh(source);
}

void source_close(struct source *source)
{
	if (source != NULL)
		source->class->close(source);
}

/* -- what the configuration asks for ---------------------------------------------------- */

bool source_wants_level(const struct source_config *config, const char *level)
{
	const struct known_level *row = config->kind->class->levels;

	for (; row != NULL && row->name != NULL; row++) {
		if (strcmp(row->name, level) == 0)
			return row->wanted == NULL || row->wanted(config);
	}
	return true;
}

static bool wants_part(const struct source_config *config, unsigned part)
{
	const struct known_part *row = config->kind->class->parts;

	for (; row != NULL && row->name != NULL; row++) {
		if (row->part == part)
			return row->wanted == NULL || row->wanted(config);
	}
	return true;
}

bool source_wants_store(const struct source_config *config, const struct source_store *store)
{
	/* `include` and `exclude` choose among files, not what every service has */
	bool filtered = store->part == PART_CERTIFICATES && store->type[0] == '\0';

	return wants_part(config, store->part) &&
	       (!filtered || source_config_wants(config, store->name));
}

/* -- the words of all kinds -------------------------------------------------------------- */

const char *source_level_name(const char *name)
{
	for (size_t i = 0; registered_kinds[i] != NULL; i++) {
		const struct known_level *row = registered_kinds[i]->class->levels;
		for (; row != NULL && row->name != NULL; row++) {
			if (strcmp(row->name, name) == 0)
				return row->name;
		}
	}
	return NULL;
}

/* The element *i of a list. If it is shorter: NULL, and *i is reduced by its length. */
static const char *word_at(const char *const *words, size_t *i)
{
	for (; words != NULL && *words != NULL; words++) {
		if ((*i)-- == 0)
			return *words;
	}
	return NULL;
}

/* The types that the kinds give their stores. */
static const char *given_type_at(size_t i)
{
	const char *type = NULL;

	for (size_t k = 0; registered_kinds[k] != NULL && type == NULL; k++)
		type = word_at(registered_kinds[k]->class->types, &i);
	return type;
}

const char *source_type_at(size_t i)
{
	const char *type = word_at(types_by_content, &i);

	return type != NULL ? type : given_type_at(i);
}

const char *source_type_name(const char *name)
{
	const char *type = "";

	for (size_t i = 0; type != NULL && strcmp(type, name) != 0; i++)
		type = given_type_at(i);
	return type;
}

/* The row of a part (0: none), or of a name (NULL: none). */
static const struct known_part *find_part(unsigned part, const char *name)
{
	for (size_t i = 0; registered_kinds[i] != NULL; i++) {
		const struct known_part *row = registered_kinds[i]->class->parts;
		for (; row != NULL && row->name != NULL; row++) {
			if (row->part == part || (name != NULL && strcmp(row->name, name) == 0))
				return row;
		}
	}
	return NULL;
}

const char *level_part_name(unsigned part)
{
	const struct known_part *row = find_part(part, NULL);

	return row != NULL ? row->name : "";
}

enum status level_part_parse(const char *name, enum level_part *ret_part)
{
	const struct known_part *row = find_part(0, name);

	if (row == NULL)
		return STATUS_SYNTAX;
	*ret_part = row->part;
	return STATUS_OK;
}

bool source_error_is_possible(const struct source_kind *kind, enum stage stage, enum status reason)
{
	return (kind->class->possible_errors[stage] & ERROR_BIT(reason)) != 0;
}
