#ifndef WEB_SERVICE_H
#define WEB_SERVICE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include <microhttpd.h>

#include "web/address.h"
#include "web/api.h"
#include "web/auth.h"
#include "web/body.h"
#include "web/clients.h"
#include "web/rate_limit.h"
#include "web/render.h"
#include "web/server.h"
#include "web/settings.h"

/* The inside of struct web_server, for the files of this room only. Constant while it serves, but
 * for what is atomic or has a lock of its own. */

/* Answers of the page and the API that are under way at the same time: each may hold a body of its
 * own. */
#define REPORTS_MAX 32

/* Bodies that are alive, however many connections share each: beyond the soft limit the slowest
 * reader is cut off to make room, beyond the hard one nothing new is rendered. A few bodies are
 * always allowed, whatever their size. */
#define BODIES_SOFT_BYTES ((size_t)64 * 1024 * 1024)
#define BODIES_HARD_BYTES ((size_t)256 * 1024 * 1024)
#define BODIES_ALWAYS     4
#define SLOW_READER_MS    1000

/* Overridden by tests only. */
struct web_limits {
	unsigned inactivity_s; /* no byte either way; longer than the usual scrape interval */
	struct clients_limits clients;
};

struct listener {
	struct web_server *server;
	int fd;
	bool health_only;
	bool tls;
	char name[ADDRESS_TEXT_MAX];
	struct MHD_Daemon *daemon;
};

struct web_server {
	const struct options *options;
	struct snapshot_store *snapshots;
	struct telemetry *telemetry;
	struct web_hooks hooks;
	struct web_limits limits;
	struct settings *settings;
	struct rate_limit rate_limit;
	struct auth *auth;
	struct renderer *scrape_renderer; /* of its own: no page or report holds up a scrape */
	struct renderer *report_renderer;
	struct renderer *lifecycle_worker; /* reloads, which build views */
	struct clients *clients;
	struct body_account bodies;
	unsigned char tag_salt[TAG_SALT_LEN]; /* of entity tags: generations restart with us */
	atomic_uint scrapes;                  /* under way: --web.max-requests */
	atomic_uint reports;
	atomic_bool stopping;
	char *page_csp;
	struct listener *listeners;
	size_t listener_count;
};

extern const struct web_limits web_limits_default;

/* web_server_start() with other limits. */
enum status web_server_start_limited(const struct options *options,
				     struct snapshot_store *snapshots, struct telemetry *telemetry,
				     const struct web_hooks *hooks, const struct web_limits *limits,
				     struct web_server **ret_server,
				     struct error *error) MUST_CHECK;

/* True when nothing more may be rendered now; cuts off a slow reader if that helps. */
bool web_server_is_full(struct web_server *server);

#endif
