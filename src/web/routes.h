#ifndef WEB_ROUTES_H
#define WEB_ROUTES_H

#include <stdbool.h>

#include "web/exchange.h"

/* The one table of what the server answers. */
enum {
	METHOD_READ = 1u << 0, /* GET and HEAD */
	METHOD_POST = 1u << 1,
};

struct route {
	const char *path; /* NULL: --web.telemetry-path */
	const char *name; /* the label `handler`: static, a closed set */
	unsigned methods;
	bool for_probes; /* also on the listener for probes */
	bool scrape;     /* rendered by a thread of its own, and timed */
	enum route_result (*answer)(struct request *request);
};

/* The route of a request target (untrusted), never NULL: that of "other" answers 404. */
const struct route *route_find(const char *target, const char *telemetry_path, bool health_only);

/* The route of "other". */
const struct route *route_unknown(void);

/* Whether `method` is one of the route's; else *ret_allow is the value of `Allow`. */
bool route_allows(const struct route *route, const char *method, const char **ret_allow);

/* The functions of the table that have a file of their own. */
enum route_result scrape_answer(struct request *request);           /* answer/scrape.c */
enum route_result page_answer(struct request *request);             /* page/page.c */
enum route_result api_certificates_answer(struct request *request); /* query.c */
enum route_result api_stores_answer(struct request *request);
enum route_result api_sources_answer(struct request *request);

#endif
