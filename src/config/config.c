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

/* Which of the sources stay. */
static enum status judge_sources(const struct config *config, struct shard shard, bool *ret_stays)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < config->source_count && status == STATUS_OK; i++) {
		uint32_t index = 0;
		status = shard_of_source(config->sources[i]->id, shard.count, &index);
		ret_stays[i] = index == shard.index;
	}
	return status;
}

enum status config_keep_shard(struct config *config, struct shard shard)
{
	size_t count = config->source_count;
	bool *stays = calloc(count + 1, sizeof(*stays));
	enum status status = STATUS_MEMORY;

	if (stays != NULL)
		status = judge_sources(config, shard, stays);
	if (status == STATUS_OK)
		config->source_count = 0;
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		if (stays[i])
			config->sources[config->source_count++] = config->sources[i];
		else
			source_config_free(config->sources[i]);
	}
	config->left_out += count - config->source_count;
	free(stays);
	return status;
}

struct source_config *config_take_source(struct config *config, size_t i)
{
	struct source_config *source = config->sources[i];

	config->sources[i] = NULL;
	return source;
}
