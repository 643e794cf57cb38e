#ifndef SOURCE_CONNECTOR_ROWS_H
#define SOURCE_CONNECTOR_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "cert/certificate.h"
#include "cert/store.h"
#include "source/connector/outcome.h"

/*
 * The table of the subaccounts that a connector is set up for. The list of the configuration says
 * which exist; as long as it is unknown, other answers may add rows. Pure functions; one thread
 * uses a table at a time.
 */
#define SCC_SUBACCOUNTS_MAX                                                                        \
	9997 /* with its own three certificates a connector has 10 000 stores                      \
	      */

/* Where a certificate was read, the preferred source first
 * (docs/reference/cloud-connector.md 12.2). */
enum scc_origin {
	SCC_FROM_CONFIGURATION,
	SCC_FROM_SUBACCOUNTS,  /* /api/monitoring/subaccounts */
	SCC_FROM_CERTIFICATES, /* /api/monitoring/certificates */
	SCC_ORIGIN_COUNT,
};

enum scc_channel {
	SCC_CHANNEL_HANA,
	SCC_CHANNEL_VIRTUAL_MACHINE,
	SCC_CHANNEL_ABAP_CLOUD,
	SCC_CHANNEL_ABAP_CLOUD_SNC,
	SCC_CHANNEL_K8S,
	SCC_CHANNEL_COUNT,
};
/* As answers and paths spell it. */
const char *scc_channel_name(enum scc_channel channel);

/* One subaccount. Strings are owned; NULL is unknown. */
struct scc_subaccount {
	char *region_host;
	char *subaccount;
	char *location_id;
	char *display_name;
	bool listed;   /* by the configuration */
	bool too_long; /* a name is longer than SCC_TEXT_MAX: no call is made for it */
	bool has_auto_renewal;
	bool auto_renewal;
	bool has_tunnel; /* one of the answers had it */
	char *tunnel_state;
	bool has_connected_since;
	double connected_since_s;
	bool has_connections;
	uint64_t connections;
	unsigned channels; /* bits of enum scc_channel that the tunnel has */
	struct certificate *certificates[SCC_ORIGIN_COUNT];
	bool has_outcome;         /* the details were requested */
	enum scc_outcome outcome; /* of the details */
	enum store_state state;   /* of the store, while the outcome is SCC_FAILED */
	char *failure;            /* likewise: why the details failed, for people */
};

struct scc_rows {
	struct scc_subaccount *items;
	size_t count;
	size_t sorted_count; /* these are in order; the rest was added since */
	bool may_add;        /* the list has not come: other answers may name subaccounts */
};

void scc_rows_release(struct scc_rows *rows);

/* Finds the row of a subaccount that an answer names, and adds one if rows->may_add. *ret_row is
 * NULL for a subaccount that is unknown. Rows that were added are found only after
 * scc_rows_sort(), and adding or sorting moves rows. STATUS_OK, STATUS_LIMIT, STATUS_MEMORY. */
enum status scc_rows_get(struct scc_rows *rows, const char *region_host, const char *subaccount,
			 struct scc_subaccount **ret_row) MUST_CHECK;

/* Restores the order by region host and subaccount, and merges rows of the same subaccount. Call
 * after adding rows. */
void scc_rows_sort(struct scc_rows *rows);

/* From now on no row is added. `only_listed`: drops the rows that the configuration does not
 * list. */
void scc_rows_close(struct scc_rows *rows, bool only_listed);

/* "<prefix>/<region host>/<subaccount>", to be freed; NULL without memory. */
char *scc_subaccount_name(const char *prefix, const struct scc_subaccount *row);

#endif
