/*
 * The running simulator: what all connections share, and one request on its way through.
 *
 * Every connection has a thread of its own. A request is first understood (server.c), then answered
 * by the product or by control_answer() without any knowledge of the HTTP library, then delayed and
 * spoiled if a fault applies (spoil.c), then sent (server.c, raw.c).
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "peer.h"
#include "product.h"
#include "recorder.h"
#include "scenario_base.h"

#define HOSTS_MAX   4
#define PARAMS_MAX  32
#define HEADERS_MAX 24

struct sim {
	const char *scenario_path;
	const char *dir; /* of the scenario file */
	struct recorder *recorder;
	struct state *state; /* the product's */
	int stop_fd;         /* becomes readable when the program ends */
	int ports[HOSTS_MAX];
	pthread_mutex_t lock; /* for the two pointers below */
	struct scenario *scenario;
	struct fault_set *faults;
};

/* The current scenario and faults, referenced for the caller. */
struct scenario *sim_scenario(struct sim *sim);
struct fault_set *sim_faults(struct sim *sim);
/* Takes over the reference. */
void sim_take_faults(struct sim *sim, struct fault_set *faults);
/* Reads the scenario file again. False: nothing has changed, `ret_error` says why. */
bool sim_reload(struct sim *sim, char ret_error[ERROR_SIZE]);
/* Puts `json` in the scenario's place; the faults go on with `keep_faults`. As above. */
bool sim_replace(struct sim *sim, const char *json, size_t len, bool keep_faults,
		 char ret_error[ERROR_SIZE]);

/*
 * Waits. False when the program ends meanwhile, or, with `fd` other than -1, when something comes
 * from there or it is closed.
 */
bool sim_wait(struct sim *sim, int fd, int timeout_ms);

struct param {
	const char *name;
	const char *value;
};

struct request {
	struct sim *sim;
	struct scenario *sc;
	struct fault_set *faults;
	struct arena arena;
	int host; /* of product.hosts */
	const char *method;
	char *target; /* as it was sent */
	char *path;   /* before the '?', still encoded */
	const char *query;
	struct param params[PARAMS_MAX]; /* of the query, decoded */
	size_t params_len;
	struct text body;
	void *connection;   /* for request_header() */
	bool unconditional; /* If-None-Match does not count */
	struct peer peer;
	bool alert; /* refuse the client certificate with a TLS alert instead of an answer */
	/* what was found out, for faults and the record */
	int endpoint;
	const char *level;
	const char *name;
	const char *tenant;
	int page;
	struct details *details; /* the product's */
	bool violation;
	struct record_id record;
	bool running; /* counted as being worked on */
};

/* A header of the request, NULL when it is missing. Any case. */
const char *request_header(const struct request *r, const char *name);
const char *request_param(const struct request *r, const char *name);
/* Splits `s` (name=value&…) and decodes it into the request's arena; returns how many. */
size_t request_split_form(struct request *r, const char *s, struct param *params, size_t max);

struct reply {
	int status;
	struct text body;
	const char *content_type; /* NULL: none */
	struct header headers[HEADERS_MAX];
	size_t headers_len;
	bool chunked;
	bool empty_reason; /* no words behind the status code */
};

/* `value` is copied into the request's arena. */
void reply_header(struct request *r, struct reply *reply, const char *name, const char *value);
/* Starts over with a body that is a plain text, or any JSON text. */
void reply_text(struct reply *reply, int status, const char *text);
void reply_json(struct reply *reply, int status, const char *json);
/* 405, and the request counts as one that must not be sent. */
void reply_violation(struct request *r, struct reply *reply, const char *allow);
const char *status_phrase(int status);

void control_answer(struct request *r, struct reply *reply);

/* Makes the reply the one that the fault asks for (spoil.c). */
void spoil(struct request *r, struct reply *reply, const struct fault *fault);

#endif
