#ifndef TEST_NET_BATCH_H
#define TEST_NET_BATCH_H

#include <stdio.h>
#include <string.h>

#include "net_fixture.h"

/* Many requests at a time, and what became of each (cmocka.h is included before this file). */
#define BATCH_MAX 40

struct batch_result {
	unsigned done[BATCH_MAX];
	enum status status[BATCH_MAX];
	int64_t retry_after_s[BATCH_MAX];
	size_t order[BATCH_MAX];
	size_t count;
	struct error last_error;
};

static inline void take(void *user, size_t index, struct http_response *response)
{
	struct batch_result *result = user;

	result->done[index]++;
	result->status[index] = response->status;
	result->retry_after_s[index] = response->retry_after_s;
	result->order[result->count++] = index;
	result->last_error = response->error;
	http_response_release(response);
}

struct urls {
	char text[BATCH_MAX][FIXTURE_URL_MAX];
	struct http_request requests[BATCH_MAX];
};

static inline void get_batch(struct fixture *f, struct urls *urls, size_t count,
			     struct batch_result *result)
{
	memset(result, 0, sizeof(*result));
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(urls->text[i], FIXTURE_URL_MAX, "https://127.0.0.1:%u/item/%zu",
			       server_port(f->server), i);
		urls->requests[i] = f->request;
		urls->requests[i].url = urls->text[i];
	}
	http_get_many(f->session, urls->requests, count, take, result);
	assert_int_equal(result->count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(result->done[i], 1);
}

#endif
