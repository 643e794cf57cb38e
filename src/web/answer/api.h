#ifndef WEB_ANSWER_API_H
#define WEB_ANSWER_API_H

#include "web/exchange.h"

/* The routes below /api/v1: 400 with a text for a parameter that is unknown or wrong. */
enum route_result api_certificates_answer(struct request *request);
enum route_result api_stores_answer(struct request *request);
enum route_result api_sources_answer(struct request *request);

#endif
