/* The list of sources of a configuration. */
#include "config/config.h"

#include <stdlib.h>

#define WORKERS 4

struct config *config_new(void)
{
	struct config *config = calloc(1, sizeof(*config));

	if (config != NULL)
		config->workers = WORKERS;
	return config;
}

void config_free(struct config *config)
{
	if (config == NULL)
		return;
	for (size_t i = 0; i < config->source_count; i++)
		source_config_free(config->sources[i]);
	free(config->sources);
	free(config);
}

bool config_add_source(struct config *config, struct source_config *source)
{
	struct source_config **sources = realloc(
		config->sources, (config->source_count + 1) * sizeof(struct source_config *));

	if (sources == NULL) {
		source_config_free(source);
		return false;
	}
	config->sources = sources;
	sources[config->source_count++] = source;
	return true;
}

struct source_config *config_take_source(struct config *config, size_t i)
{
	struct source_config *source = config->sources[i];

	config->sources[i] = NULL;
	return source;
}
