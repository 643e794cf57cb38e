/*
 * Answers without a network: what a service said is written down in a table, and net/http.h is
 * replaced by the linker (add_recorded_test() in tests/CMakeLists.txt), so that everything above
 * it, OAuth included, runs as it is. One thread at a time.
 */
#ifndef TEST_NET_RECORDED_H
#define TEST_NET_RECORDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct recorded {
	const char
		*path; /* behind the host, with the query; a `*` at its end stands for any rest */
	long code;     /* 0: nobody answers, the reason is `timeout` */
	const char *body; /* NULL: "" */
	const char *etag;
	bool has_count; /* Entity-Count, Page-Count */
	uint64_t entities;
	uint64_t pages;
	int64_t retry_after_s; /* 0: none */
	bool once;             /* only the first request is answered with this row */
};

/* The rows from which requests are answered from now on; the first one that fits counts. What fits
 * none gets 404. The rows are kept, not copied. Forgets what was asked before. */
void recorded_begin(const struct recorded *rows, size_t count);

/* How many requests there were of this path (as in a row), tokens included. */
unsigned recorded_asked(const char *path);
/* How many of them had this ETag in If-None-Match. */
unsigned recorded_conditional(const char *path, const char *etag);

/* Reads a file of tests/data into `ret_buf`, with a NUL behind it. */
void recorded_file(const char *name, struct buf *ret_buf);

#define RECORDED_TOKEN_PATH "/oauth/token" /* answered with a token unless a row says otherwise */

#endif
