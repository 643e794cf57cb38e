/* What all requests share: made before the first listener serves, freed after the last one. */
#include "web/service.h"

#include <stdlib.h>

#include <openssl/rand.h>

#include "base/clock.h"
#include "config/options.h"
#include "web/page/assets.h"

const struct web_limits web_limits_default = {
	.inactivity_s = 75, /* longer than a scrape interval of 60 s: the connection is kept */
	.clients = { .idle_ms = 90000, .request_ms = 120000 },
	.slow_reader_ms = 1000,
	.hurried_reader_ms = 100,
	.bodies_soft_bytes = (size_t)64 * 1024 * 1024,
	.bodies_hard_bytes = (size_t)128 * 1024 * 1024,
};

static bool open_lanes(struct web_server *server)
{
	bool all = true;

	server->lanes[LANE_SCRAPES].max = server->options->max_requests;
	server->lanes[LANE_REPORTS].max = REPORTS_MAX;
	for (size_t i = 0; i < LANE_COUNT; i++) {
		server->lanes[i].renderer = renderer_new();
		all = all && server->lanes[i].renderer != NULL;
	}
	return all;
}

enum status service_open(struct web_server *server, struct error *error)
{
	enum status status =
		settings_open(server->options->web_config_file, &server->settings, error);

	if (status != STATUS_OK)
		return status;
	const struct web_config *config = settings_initial(server->settings);
	rate_limit_init(&server->rate_limit, config->rate_limited ? config->rate_interval_ms : 0,
			config->rate_burst, clock_mono_ms());
	if (RAND_bytes(server->tag_salt, TAG_SALT_LEN) != 1)
		return error_set(error, STATUS_IO, "no random numbers for the web server");
	server->page_csp = page_content_security_policy();
	server->auth = auth_new();
	server->clients = clients_new(server->limits.clients);
	if (!open_lanes(server) || server->page_csp == NULL || server->auth == NULL ||
	    server->clients == NULL)
		return error_set(error, STATUS_MEMORY, "no memory for the web server");
	return STATUS_OK;
}

void service_stop(struct web_server *server)
{
	if (server->auth != NULL)
		auth_stop(server->auth);
	for (size_t i = 0; i < LANE_COUNT; i++) {
		if (server->lanes[i].renderer != NULL)
			renderer_stop(server->lanes[i].renderer);
	}
}

void service_release(struct web_server *server)
{
	auth_free(server->auth);
	for (size_t i = 0; i < LANE_COUNT; i++)
		renderer_free(server->lanes[i].renderer);
	clients_free(server->clients);
	if (server->settings != NULL)
		rate_limit_release(&server->rate_limit);
	settings_free(server->settings);
	free(server->page_csp);
}

/* What bodies take, less what is on its way out. */
static size_t held_bytes(struct web_server *server)
{
	size_t leaving = atomic_load(&server->bodies.leaving);
	size_t bytes = atomic_load(&server->bodies.bytes);

	return bytes > leaving ? bytes - leaving : 0;
}

bool service_is_full(struct web_server *server)
{
	size_t soft = server->limits.bodies_soft_bytes;
	size_t hard = server->limits.bodies_hard_bytes;
	size_t bytes = held_bytes(server);

	if (atomic_load(&server->bodies.count) < BODIES_ALWAYS || bytes <= soft)
		return false;
	clients_cut_slowest(server->clients, server->limits.slow_reader_ms, bytes - soft);
	bytes = held_bytes(server);
	if (bytes > hard)
		clients_cut_slowest(server->clients, server->limits.hurried_reader_ms,
				    bytes - hard);
	return held_bytes(server) > hard;
}
