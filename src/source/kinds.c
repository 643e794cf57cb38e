/*
 * The registered kinds of sources. A new one is a folder with an object of struct source_class and
 * a line here; nothing below this file knows which kinds exist.
 */
#include "source/kinds.h"

#include <string.h>

#include "source/cloud_connector.h"
#include "source/destination/service.h"
#include "source/directory/directory.h"

const char *source_level_name(const char *name)
{
	static const char *const names[] = { LEVEL_SUBACCOUNT, LEVEL_INSTANCE, LEVEL_BINDING,
					     LEVEL_CONNECTOR, LEVEL_DIRECTORY };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0)
			return names[i];
	}
	return NULL;
}

static const struct source_class *class_of(enum source_kind kind)
{
	switch (kind) {
	case SOURCE_DESTINATION_SERVICE:
		return &destination_service_class;
	case SOURCE_CLOUD_CONNECTOR:
		return &cloud_connector_class;
	case SOURCE_DIRECTORY:
		return &directory_class;
	}
	return NULL;
}

bool source_wants_level(const struct source_config *config, const char *level)
{
	if (strcmp(level, LEVEL_SUBACCOUNT) == 0)
		return config->level_subaccount;
	if (strcmp(level, LEVEL_INSTANCE) == 0)
		return config->level_instance;
	return true;
}

bool source_wants_store(const struct source_config *config, const struct source_store *store)
{
	if (store->part == PART_SAML_TRUST)
		return config->saml_trust;
	bool filtered = store->part == PART_CERTIFICATES && store->type[0] == '\0';
	return !filtered || source_config_wants(config, store->name);
}

enum status source_open(const struct source_context *context, struct source **ret_source)
{
	const struct source_class *class = class_of(context->config->kind);
	struct source *source = NULL;

	if (class == NULL)
		return STATUS_UNSUPPORTED;
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
