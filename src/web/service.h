#ifndef WEB_SERVICE_H
#define WEB_SERVICE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <microhttpd.h>

#include "web/auth.h"
#include "web/body.h"
#include "web/clients.h"
#include "web/listen_socket.h"
#include "web/rate_limit.h"
#include "web/render.h"
#include "web/server.h"
#include "web/settings.h"
#include "web/unix_socket.h"

/*
 * The inside of struct web_server: what all of its connections and requests share. It is constant
 * while the server serves, except what is atomic or has a lock of its own.
 */

/* Answers of the page and the API that may wait for their rendering at the same time. */
#define REPORTS_MAX 32

/* This number of bodies may be alive, whatever their size. */
#define BODIES_ALWAYS 4

/*
 * Limits that only tests change. Those of bytes are about bodies that are alive, however many
 * connections share each. Beyond the soft one, those who have been reading one for `slow_reader_ms`
 * are cut off, the slowest first; beyond the hard one, also those who have been reading for
 * `hurried_reader_ms`. If that is not enough, nothing new is rendered.
 */
struct web_limits {
	unsigned inactivity_s; /* without a byte either way */
	struct clients_limits clients;
	uint64_t slow_reader_ms;
	uint64_t hurried_reader_ms;
	size_t bodies_soft_bytes;
	size_t bodies_hard_bytes;
};

/* What the program uses. */
extern const struct web_limits web_limits_default;

/* A thread that makes what requests wait for, and how many of them may wait. Each kind of request
 * has its own, so that no page or report holds up a scrape. */
enum lane_id {
	LANE_SCRAPES, /* timed, too: btp_cert_exporter_scrape_duration_seconds */
	LANE_REPORTS, /* page and API */
	LANE_WORK,    /* reloads, which build views */
	LANE_COUNT,
	LANE_NONE = LANE_COUNT, /* is answered at once */
};

/* web/heartbeat.h */
struct lane_pulse {
	struct render_job job;
	bool asked;
	atomic_bool answered;
};

struct lane {
	struct renderer *renderer;
	struct lane_pulse pulse;
	atomic_uint waiting; /* requests whose body is not made yet */
	unsigned max;        /* of them; 0: no limit */
};

struct listener {
	struct web_server *server;
	int fd;
	bool passed; /* systemd has the socket too, and goes on with it when this process ends */
	struct unix_socket_file file;
	atomic_uint turns;   /* connections that its thread has taken up or let go */
	unsigned turns_seen; /* these two: web/heartbeat.h */
	bool knocked;
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
	struct lane lanes[LANE_COUNT];
	struct clients *clients;
	struct body_account bodies;
	unsigned char tag_salt[TAG_SALT_LEN]; /* random, of this process */
	atomic_bool stopping;
	char *page_csp;
	struct listener *listeners;
	size_t listener_count;
};

/* Makes everything that needs no listener; `options` and `limits` are set. STATUS_OK, or a result
 * of web_server_start(); service_release() is due either way. */
enum status service_open(struct web_server *server, struct error *error) MUST_CHECK;

/* Ends the threads, and resumes whoever waits for them with a refusal. Afterwards no connection is
 * suspended for longer than a moment of its own thread, as the library demands before it stops. */
void service_stop(struct web_server *server);

/* Frees what service_open() has made, after service_stop() and when no connection is left. */
void service_release(struct web_server *server);

/* True when nothing more may be rendered now; cuts off slow readers if that helps. */
bool service_is_full(struct web_server *server);

#endif
