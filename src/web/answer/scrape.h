#ifndef WEB_ANSWER_SCRAPE_H
#define WEB_ANSWER_SCRAPE_H

#include "web/exchange.h"

/* The metrics, in the format that the client asks for. */
enum route_result scrape_answer(struct request *request);

#endif
