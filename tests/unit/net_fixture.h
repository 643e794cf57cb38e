/* A session and a server for one test. */
#ifndef NET_FIXTURE_H
#define NET_FIXTURE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "net/http.h"
#include "net_server.h"
#include "telemetry/telemetry.h"

#define JSON            "Content-Type: application/json\r\n"
#define FIXTURE_URL_MAX 256

/* Made once by fixture_set_up(), the group's setup, which also forgets proxies and anchors of the
 * environment. */
extern struct pki fixture_pki;

/* What the source of a fixture asks. */
enum { FIXTURE_LIST, FIXTURE_TOKEN, FIXTURE_ENDPOINT_COUNT };
extern const struct word_list fixture_endpoints;

struct fixture {
	struct server *server;
	struct http_settings settings;
	struct http_session *session;
	struct telemetry *telemetry;
	struct telemetry_source *source; /* with fixture_endpoints */
	atomic_bool stop;
	char url[FIXTURE_URL_MAX];
	struct http_request request;
	struct http_response response;
	uint64_t begun_ms;
};

int fixture_set_up(void **state);
int fixture_tear_down(void **state);

/* Starts the server, and a session that trusts it, for one refresh of 20 s. */
void fixture_begin(struct fixture *f, server_handler *handler, void *user);
void fixture_begin_options(struct fixture *f, const struct server_options *options);
/* A new session after `settings` were changed. */
void fixture_open(struct fixture *f);
/* Sends `request`; the result is in `response`. */
enum status fixture_get(struct fixture *f);
/* Since the session was opened, for lower bounds: plus what timers (libcurl's among them) may be
 * early. */
#define FIXTURE_EARLY_MS 50
uint64_t fixture_waited_ms(const struct fixture *f);
/* Tries that were counted. */
uint64_t fixture_counted(struct fixture *f, enum code_class code_class);
void fixture_end(struct fixture *f);

/* Handlers: `user` as it is (and the end of the connection, if it says so); a good list. */
bool answer_always(struct exchange *x, void *user);
bool answer_good(struct exchange *x, void *user);

#endif
