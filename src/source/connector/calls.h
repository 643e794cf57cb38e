#ifndef SOURCE_CONNECTOR_CALLS_H
#define SOURCE_CONNECTOR_CALLS_H

#include <stdbool.h>
#include <stddef.h>

#include "source/connector/run.h"
#include "source/connector/values.h"

/*
 * The calls of a Cloud Connector (docs/reference/cloud-connector.md 7 and 8), one row each.
 * Everything that is said about a call is in its row: how it is requested and when, what its
 * answer means, who reads it, and what is missing without it.
 */

enum scc_call_flag {
	/* ---- how it is requested ---- */
	/* Without credentials; the content type is not documented. */
	SCC_EXPOSED = 1u << 0,
	/* JSON, but its content type is not documented. */
	SCC_ANY_TYPE = 1u << 1,
	/* The path lies below a part whose spelling depends on the version. */
	SCC_ON_PREMISES = 1u << 2,
	/* Made for each service channel of the subaccount; the channel's name ends the path. */
	SCC_OF_CHANNEL = 1u << 3,

	/* ---- when it is requested ---- */
	/* By itself, to find out whether the credentials are accepted. */
	SCC_TRIED_FIRST = 1u << 4,
	/* Not if the configuration's list of subaccounts is not offered. */
	SCC_NEEDS_LIST = 1u << 5,

	/* ---- what its answer means ---- */
	/* A proxy may have kept it: it proves nothing about credentials. */
	SCC_MAY_BE_CACHED = 1u << 6,
	/* 404: the subaccount was removed since it was listed. */
	SCC_MAY_BE_GONE = 1u << 7,
	/* The certificate need not be configured: 404 may mean that. The call came in the same
	 * version as that of the UI certificate, and /api/monitoring/certificates lists the
	 * certificate as well. */
	SCC_OPTIONAL = 1u << 8,
	/* A shadow answers it too: 403 is a failure there as well. */
	SCC_EVERY_ROLE = 1u << 9,
	/* Not every version has it, and no document says since which it exists. */
	SCC_UNDATED = 1u << 10,
};

/* When a call is made. Answers that matter more come first, because a call that hangs may end the
 * refresh. */
enum scc_phase {
	SCC_PHASE_LISTS,   /* certificates, and what is needed to understand them */
	SCC_PHASE_DETAILS, /* each subaccount, and the state of the machine */
	SCC_PHASE_REST,    /* what depends on the answers so far */
	SCC_PHASE_COUNT,
};

struct scc_call {
	enum scc_endpoint endpoint;
	const char *path;           /* behind the address, or behind what flags put before it */
	struct scc_version since;   /* docs/reference/cloud-connector.md 6; 0: not documented */
	const char *per_subaccount; /* made for each subaccount: "idp" in the name of an issue,
				     * idp/<region host>/<subaccount>; NULL: made once */
	unsigned flags;             /* enum scc_call_flag */
	enum scc_role role;         /* only this role offers it; SCC_ROLE_UNKNOWN: both do */
	enum scc_phase phase;
	enum stage stage; /* of its errors: STAGE_LIST if its answer is a list */
	unsigned part;    /* that it lists (levels.h): without it the source is down; 0: none */
	scc_reader *read; /* NULL: the answer is no JSON and is not read */
	scc_outcome_handler *on_outcome; /* may be NULL */
};

/* The rows stand in the order in which the calls of a phase are made. */
extern const struct scc_call scc_calls[];
extern const size_t scc_call_count;

/* The row of an endpoint; it must be one of a Cloud Connector. */
const struct scc_call *scc_call_of(enum scc_endpoint endpoint);

/* True if the connector is older than the call. One that is too old to report its version is taken
 * to be older than every call. */
bool scc_lacks(const struct scc_run *run, const struct scc_call *call);

#endif
