#ifndef SOURCE_CONNECTOR_REQUEST_H
#define SOURCE_CONNECTOR_REQUEST_H

#include "source/connector/calls.h"

/*
 * Requests of the calls: addresses, sending, and what becomes of an answer. Each request carries
 * its credentials and closes the connection, so that no session is left behind
 * (docs/reference/cloud-connector.md 3.3).
 */
struct scc_request {
	const struct scc_call *call;
	struct scc_subaccount *row; /* NULL unless call->per_subaccount */
	enum scc_channel channel;   /* for SCC_OF_CHANNEL */
};

/* The address of a request, to be freed; NULL without memory or when it is too long. */
char *scc_url(const struct scc_run *run, const struct scc_request *request);

/* Parses one answer and hands it to the reader of its call. Not STATUS_OK: `error` says what is
 * wrong. */
enum status scc_read(struct scc_run *run, const struct scc_request *request, const char *body,
		     size_t len, struct error *error) MUST_CHECK;

/* Makes the requests, several at a time, reads the answers and counts the outcomes. A failure of
 * one request is recorded and does not stop the others. Without memory run->status says so. */
void scc_request_all(struct scc_run *run, const struct scc_request *requests, size_t count);

#endif
