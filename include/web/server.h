#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "config/options.h"
#include "config/web_config.h"
#include "inventory/snapshot.h"
#include "telemetry/telemetry.h"

/*
 * The HTTP server (libmicrohttpd): /metrics, /, /api/v1/..., /-/healthy, /-/ready, and the
 * lifecycle calls. It only reads snapshots and never waits for a source.
 */

/* What the server asks of the program. The functions are thread-safe. All but `reload` run on the
 * thread that serves a listener, so they must not wait for anything. */
struct web_hooks {
	void *user;
	/* true once every enabled source has been tried; else `error` names those that were not */
	bool (*ready)(void *user, struct error *error);
	/* true while the collector's loops are alive */
	bool (*healthy)(void *user, struct error *error);
	/* on a thread of its own: reads the configuration again; false: the previous one stays in
	 * use, and `error` says why */
	bool (*reload)(void *user, struct error *error);
	/* asks for a refresh of all sources, which begins later */
	void (*refresh)(void *user);
};

struct web_server;

/* Opens every listener and starts to serve; logs `msg=listening address=HOST:PORT` for each.
 * STATUS_OK; STATUS_IO (a listener, named in `error`); those of passed_sockets_read(); the results
 * of web_config_load() (all problems are logged, the first one is in `error`); STATUS_SYNTAX (an
 * address); STATUS_MEMORY. `options`, `hooks`, `snapshots` and `telemetry` must outlive the server.
 */
enum status web_server_start(const struct options *options, struct snapshot_store *snapshots,
			     struct telemetry *telemetry, const struct web_hooks *hooks,
			     struct web_server **ret_server, struct error *error) MUST_CHECK;

/* web_server_start() with limits that tests choose (web/service.h). */
struct web_limits;
enum status web_server_start_limited(const struct options *options,
				     struct snapshot_store *snapshots, struct telemetry *telemetry,
				     const struct web_hooks *hooks, const struct web_limits *limits,
				     struct web_server **ret_server,
				     struct error *error) MUST_CHECK;

/* The address of a listener as it was logged, in the order of `listen_addresses`, the one for
 * probes last; NULL past the end. Lives as long as the server. */
const char *web_server_address(const struct web_server *server, size_t index);

/*
 * True when each thread that serves a listener or makes an answer has gone through its loop since
 * the last call that found it alive; asks them for the next call, and does not wait for any. So the
 * first call is false, and one thread at a time may call it. Otherwise `error` names one that has
 * not.
 */
bool web_server_beats(struct web_server *server, struct error *error);

/* Stops accepting, finishes the requests in progress (for at most `grace_ms`), frees. NULL is fine.
 */
void web_server_stop(struct web_server *server, uint32_t grace_ms);

#endif
