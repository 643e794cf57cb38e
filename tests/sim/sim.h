/*
 * The running simulator: what all connections share, and one request on its way through.
 *
 * Every connection has a thread of its own. A request is first understood (server.c), then answered
 * by one of token_answer(), service_answer(), control_answer() without any knowledge of the HTTP
 * library, then delayed and spoiled if a fault applies (spoil.c), then sent (server.c, raw.c).
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "recorder.h"
#include "scenario.h"

#define TOKEN_KEY_SIZE 32
#define PARAMS_MAX     32
#define HEADERS_MAX    16

enum host { HOST_TOKEN, HOST_MTLS, HOST_SERVICE, HOST_CONTROL, HOSTS };

struct sim {
	const char *scenario_path;
	const char *dir; /* of the scenario file */
	struct recorder *recorder;
	unsigned char token_key[TOKEN_KEY_SIZE];
	atomic_int token_generation; /* tokens of earlier ones are refused */
	atomic_uint rotation;        /* for ORDER_ROTATE */
	int stop_fd;                 /* becomes readable when the program ends */
	int ports[HOSTS];
	pthread_mutex_t lock; /* for the two pointers below */
	struct scenario *scenario;
	struct fault_set *faults;
};

/* The current scenario and faults, referenced for the caller. */
struct scenario *sim_scenario(struct sim *sim);
struct fault_set *sim_faults(struct sim *sim);
/* Takes over the reference. The scenario's own faults replace the old ones. */
void sim_take_scenario(struct sim *sim, struct scenario *sc);
void sim_take_faults(struct sim *sim, struct fault_set *faults);
/* Reads the scenario file again. False: nothing has changed, `ret_error` says why. */
bool sim_reload(struct sim *sim, char ret_error[ERROR_SIZE]);

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
	enum host host;
	const char *method;
	char *target; /* as it was sent */
	char *path;   /* before the '?', still encoded */
	const char *query;
	struct param params[PARAMS_MAX]; /* of the query, decoded */
	size_t params_len;
	struct text body;
	/* headers, NULL when missing */
	const char *host_header;
	const char *authorization;
	const char *if_none_match;
	const char *if_match;
	const char *accept_encoding;
	const char *encoded_credentials;
	/* of a client certificate that the CA vouches for, else NULL */
	const char *certificate_subject;
	const char *certificate_cn;
	bool alert; /* refuse the client certificate with a TLS alert instead of an answer */
	/* what was found out, for faults and the record */
	enum endpoint endpoint;
	const char *level;
	const char *name;
	const char *tenant;
	const char *instance;
	int page;
	bool violation;
	struct record_id record;
	bool running; /* counted as being worked on */
};

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
};

/* `value` is copied into the request's arena. */
void reply_header(struct request *r, struct reply *reply, const char *name, const char *value);
/* Starts over with a body that is a plain text, or {"ErrorMessage":…}, or any JSON text. */
void reply_text(struct reply *reply, int status, const char *text);
void reply_error_message(struct reply *reply, int status, const char *message);
void reply_json(struct reply *reply, int status, const char *json);
/* 405, and the request counts as one that must not be sent. */
void reply_violation(struct request *r, struct reply *reply, const char *allow);
const char *status_phrase(int status);

void token_answer(struct request *r, struct reply *reply);
void service_answer(struct request *r, struct reply *reply);
void control_answer(struct request *r, struct reply *reply);

/*
 * Who is asking, from the Authorization header: sets tenant and instance of the request and
 * returns the tenant; or NULL with the refusal in `reply`.
 */
const struct tenant *token_check(struct request *r, struct reply *reply);

/* A whole list of a level, in one of its three modes (list.c). */
void list_answer(struct request *r, struct reply *reply, enum entity_kind kind,
		 const struct entity_list *list);
/* /v1/destinations/{name} and /v2/destinations/{name}@{level} (find.c). */
void find_answer(struct request *r, struct reply *reply, const struct tenant *tenant);

/* Makes the reply the one that the fault asks for (spoil.c). */
void spoil(struct request *r, struct reply *reply, const struct fault *fault);

#endif
