/* Sources that would show the same certificates twice. */
#include "config/same_client.h"

#include <stdlib.h>
#include <string.h>

#include "config/credentials.h"

/* What decides which certificates a source sees: the same client at the same token endpoint reads
 * the same things. */
struct client {
	const struct source_config *source;
	char *client_id;
	char *token_url;
	char *host;
};

static int by_client(const void *a, const void *b)
{
	const struct client *one = a;
	const struct client *other = b;
	int order = strcmp(one->client_id, other->client_id);

	if (order == 0)
		order = strcmp(one->token_url, other->token_url);
	return order != 0 ? order : strcmp(one->host, other->host);
}

/* Takes the three texts out of the credentials of a source that can be read now. */
static bool read_client(const struct source_config *source, struct client *ret)
{
	struct credentials c = { 0 };

	if (source == NULL || !source->enabled || source->partial ||
	    (source->kind->groups & KEYS_BINDING) == 0 ||
	    credentials_read(source, &c, NULL) != STATUS_OK)
		return false;
	*ret = (struct client){ source, c.client_id, c.token_url, c.host };
	c.client_id = NULL;
	c.token_url = NULL;
	c.host = NULL;
	credentials_release(&c);
	return true;
}

void config_warn_same_client(const struct config *config, struct problems *problems)
{
	struct client *clients = calloc(config->source_count + 1, sizeof(*clients));
	size_t count = 0;

	if (clients == NULL)
		return; /* out of memory: only the warning is lost */
	for (size_t i = 0; i < config->source_count; i++)
		count += read_client(config->sources[i], &clients[count]);
	qsort(clients, count, sizeof(*clients), by_client);
	for (size_t i = 0; i < count; i++) {
		const struct client *c = &clients[i];
		if (i > 0 && by_client(c, &clients[i - 1]) == 0)
			problem_warn(problems,
				     "%s: warning: source \"%s\": has the same client and tenant "
				     "as source \"%s\": both show the same certificates",
				     c->source->origin, c->source->id, clients[i - 1].source->id);
	}
	for (size_t i = 0; i < count; i++) {
		free(clients[i].client_id);
		free(clients[i].token_url);
		free(clients[i].host);
	}
	free(clients);
}
