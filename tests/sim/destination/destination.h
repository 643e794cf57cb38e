/*
 * The Destination service and its token service: what its files share beyond the base. Requests end
 * in token_answer() or service_answer(), see product.c.
 */
#ifndef SIM_DESTINATION_H
#define SIM_DESTINATION_H

#include <stdatomic.h>

#include "scenario.h"
#include "sim.h"

#define TOKEN_KEY_SIZE 32

enum host { HOST_TOKEN, HOST_MTLS, HOST_SERVICE, HOST_CONTROL, HOSTS };

enum endpoint {
	ENDPOINT_UNKNOWN,
	ENDPOINT_TOKEN,
	ENDPOINT_OPENID_CONFIGURATION,
	ENDPOINT_CERTIFICATE_NAMES,
	ENDPOINT_CERTIFICATES,
	ENDPOINT_CERTIFICATE,
	ENDPOINT_CERTIFICATE_PUBLIC_KEYS,
	ENDPOINT_CERTIFICATE_LABELS,
	ENDPOINT_DESTINATIONS,
	ENDPOINT_DESTINATION,
	ENDPOINT_DESTINATION_LABELS,
	ENDPOINT_FRAGMENTS,
	ENDPOINT_FRAGMENT,
	ENDPOINT_FRAGMENT_LABELS,
	ENDPOINT_SAML_METADATA,
	ENDPOINT_SAML_ACTIVE,
	ENDPOINT_SAML_PASSIVE,
	ENDPOINT_FIND,
	ENDPOINT_CONSUME,
	ENDPOINTS
};

struct state {
	unsigned char token_key[TOKEN_KEY_SIZE];
	atomic_int token_generation; /* tokens of earlier ones are refused */
	atomic_uint rotation;        /* for ORDER_ROTATE */
};

struct details {
	const char *instance; /* the service instance that the token or client belongs to */
};

/* {"ErrorMessage":…}, starting over. */
void reply_error_message(struct reply *reply, int status, const char *message);

void token_answer(struct request *r, struct reply *reply);
void service_answer(struct request *r, struct reply *reply);

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

#endif
