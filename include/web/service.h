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

/* Answers of the page and the API that wait for their rendering at the same time. */
#define REPORTS_MAX 32

/* So many bodies may be alive, whatever their size. */
#define BODIES_ALWAYS 4

/*
 * Overridden by tests only. The limits of bytes are about bodies that are alive, however many
 * connections share each. Beyond the soft one those who have read one for `slow_reader_ms` are cut
 * off, the slowest first; beyond the hard one those who have read for `hurried_reader_ms`. If that
 * is not enough, nothing new is rendered.
 */
struct web_limits {
	unsigned inactivity_s; /* no byte either way; longer than the usual scrape interval */
	struct clients_limits clients;
	uint64_t slow_reader_ms;
	uint64_t hurried_reader_ms;
	size_t bodies_soft_bytes;
	size_t bodies_hard_bytes;
};

struct listener {
	struct web_server *server;
	int fd;
	bool health_only;
	bool tls;
	struct crowd crowd;
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
	atomic_uint scrapes;                  /* not rendered yet: --web.max-requests */
	atomic_uint reports;                  /* the same of page and API: REPORTS_MAX */
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

/* True when nothing more may be rendered now; cuts off slow readers if that helps. */
bool web_server_is_full(struct web_server *server);

#endif
