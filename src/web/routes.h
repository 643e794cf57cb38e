#ifndef WEB_ROUTES_H
#define WEB_ROUTES_H

#include <stdbool.h>

#include "web/exchange.h"
#include "web/service.h"

/* The one table of what the server answers. */
enum {
	METHOD_READ = 1u << 0, /* GET and HEAD */
	METHOD_POST = 1u << 1,
};

struct route {
	const char *path; /* NULL: --web.telemetry-path */
	const char *name; /* the label `handler`: static, a closed set */
	unsigned methods;
	bool for_probes;   /* also on the listener for probes */
	enum lane_id lane; /* where its requests wait for what `answer` asks for */
	enum route_result (*answer)(struct request *request);
};

/* The route of a request target (untrusted), never NULL: that of "other" answers 404. */
const struct route *route_find(const char *target, const char *telemetry_path, bool health_only);

/* The route of "other". */
const struct route *route_unknown(void);

/* True when `method` is one of the route's; otherwise *ret_allow is the value of `Allow`. */
bool route_allows(const struct route *route, const char *method, const char **ret_allow);

#endif
