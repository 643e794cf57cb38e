#ifndef WEB_ANSWER_CONTROL_H
#define WEB_ANSWER_CONTROL_H

#include "web/exchange.h"

/* What probes ask: 200, or 503 with the reason. */
enum route_result control_healthy(struct request *request);
enum route_result control_ready(struct request *request);

/* Reads the configuration again, and asks for a refresh of all sources: 403 unless
 * --web.enable-lifecycle is given. */
enum route_result control_reload(struct request *request);
enum route_result control_refresh(struct request *request);

/* 404. */
enum route_result control_unknown(struct request *request);

#endif
