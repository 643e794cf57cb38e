#ifndef WEB_ANSWER_PAGE_H
#define WEB_ANSWER_PAGE_H

#include "web/exchange.h"

/* The inventory as one HTML page (web/page/page.h). */
enum route_result page_answer(struct request *request);

#endif
