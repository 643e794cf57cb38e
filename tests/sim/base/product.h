/*
 * What one simulator is made of beyond the shared parts: its ports, endpoints, answers, state.
 * Every program defines exactly one `product`; the shared parts know nothing else about it.
 */
#ifndef SIM_PRODUCT_H
#define SIM_PRODUCT_H

#include "faults.h"
#include "load.h"

struct request;
struct reply;
struct scenario; /* the landscape; every program has its own */
struct sim;
struct state; /* what outlives a scenario; every program has its own */
struct tls_files;

struct host_kind {
	const char *name;         /* in the records and numbers */
	const char *ready;        /* in the line that says "ready" */
	const char *option;       /* of the command line, for the port's number */
	int counted_as;           /* the host whose parallel requests it adds to */
	bool tls;                 /* else plain HTTP */
	bool client_certificates; /* asked for when there is a client CA */
};

struct endpoint_kind {
	const char *name;
	bool named_only; /* faults without "endpoint" leave it alone */
};

struct extra_option {
	const char *name;
	bool (*set)(struct state *state, const char *value);
};

struct control_call {
	const char *method, *path;
	void (*run)(struct request *r, struct reply *reply);
};

struct product {
	const char *program;
	const char *usage;
	const struct host_kind *hosts; /* the last one is the control port */
	int hosts_len;
	bool needs_client_ca;
	const struct extra_option *options;    /* NULL, or the last one has no name */
	const struct endpoint_kind *endpoints; /* by number; 0 is the unknown one */
	size_t endpoints_len;                  /* at most ENDPOINTS_MAX */
	const char *const *selectors; /* "tenant", "page": what faults may use, NULL at the end */
	const char *const *levels;    /* values of "level", the first for any; or NULL */
	const struct control_call *calls;  /* beyond the shared ones; the last has no path */
	const char *const *fault_kinds;    /* its own, from FAULT_KINDS on; NULL at the end */
	const char *login_page;            /* of FAULT_HTML */
	const char *huge_head, *huge_tail; /* around the filler of an entry, for FAULT_HUGE */
	size_t details_size;               /* of a request's struct details, zeroed */

	struct state *(*state_new)(void);
	/* The scenario is read, the ports are not open yet. False with the reason. */
	bool (*state_start)(struct sim *sim, const struct tls_files *tls,
			    char ret_error[ERROR_SIZE]);
	void (*state_free)(struct state *state);

	size_t scenario_size;             /* of its struct scenario, which is zeroed */
	const char *const *scenario_keys; /* NULL at the end */
	/* Reads everything but the faults; what is wrong is remembered by the loader. */
	void (*scenario_load)(struct loader *l, const cJSON *root, struct scenario *sc);

	/* Delay of every answer of this host. */
	int (*latency_ms)(const struct request *r);
	void (*answer)(struct request *r, struct reply *reply);
	/* Body, content type and headers of an error that a fault asks for. */
	void (*error)(struct request *r, struct reply *reply, int status);
	/* One of its own fault kinds. */
	void (*spoil)(struct request *r, struct reply *reply, const struct fault *fault);
	/* Last touch, after a fault (or NULL) has done its work. */
	void (*finish)(struct request *r, struct reply *reply, const struct fault *fault);
	/* Members of the record in addition to the shared ones: ,"key":value… No secrets. */
	void (*describe)(const struct request *r, struct text *t);
};

extern const struct product product;

/* The number of the control port in product.hosts. */
int control_host(void);

#endif
