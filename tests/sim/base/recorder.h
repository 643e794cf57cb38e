/*
 * What the simulator remembers of the requests that it got: one record each, and numbers. Tests
 * read both at the control port. No secret goes in here: no bodies, and of the headers only what
 * the product describes. Every function may be called by any thread.
 */
#ifndef SIM_RECORDER_H
#define SIM_RECORDER_H

#include "text.h"

struct request;
struct recorder;

/* Where a request's record is; void after a reset. */
struct record_id {
	unsigned generation;
	size_t index;
};

struct recorder *recorder_new(void);
void recorder_free(struct recorder *rec);

void recorder_connection(struct recorder *rec);
/* Opens the record and counts the request as being worked on. Sets the id in the request. */
void recorder_begin(struct recorder *rec, struct request *r);
/*
 * Writes down what was found out about the request and how it is answered (`status` 0: not at all;
 * `fault`: name of its kind or NULL).
 */
void recorder_answer(struct recorder *rec, const struct request *r, int status, const char *fault);
/* The work is done: no longer counted as parallel. Later calls for the same request do nothing. */
void recorder_done(struct recorder *rec, struct request *r);
/* Adds to the bytes of the answer's body and notes the time. */
void recorder_sent(struct recorder *rec, const struct request *r, uint64_t bytes);

void recorder_reset(struct recorder *rec);
void recorder_requests(struct recorder *rec, struct text *ret_json);
void recorder_stats(struct recorder *rec, struct text *ret_json);

#endif
