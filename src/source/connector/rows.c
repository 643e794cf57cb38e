/* The table of the subaccounts of a connector (docs/reference/cloud-connector.md 7.3, 10). */
#include "source/connector/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "source/connector/values.h"

const char *scc_channel_name(enum scc_channel channel)
{
	switch (channel) {
	case SCC_CHANNEL_HANA:
		return "HANA";
	case SCC_CHANNEL_VIRTUAL_MACHINE:
		return "VirtualMachine";
	case SCC_CHANNEL_ABAP_CLOUD:
		return "ABAPCloud";
	case SCC_CHANNEL_ABAP_CLOUD_SNC:
		return "ABAPCloudSNC";
	case SCC_CHANNEL_K8S:
		return "K8S";
	case SCC_CHANNEL_COUNT:
		break;
	}
	return "";
}

static void row_release(struct scc_subaccount *row)
{
	free(row->region_host);
	free(row->subaccount);
	free(row->location_id);
	free(row->display_name);
	free(row->tunnel_state);
	free(row->failure);
	for (int origin = 0; origin < SCC_ORIGIN_COUNT; origin++)
		certificate_free(row->certificates[origin]);
}

void scc_rows_release(struct scc_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		row_release(&rows->items[i]);
	free(rows->items);
}

static int compare_rows(const void *a, const void *b)
{
	const struct scc_subaccount *x = a;
	const struct scc_subaccount *y = b;
	int order = strcmp(x->region_host, y->region_host);

	return order != 0 ? order : strcmp(x->subaccount, y->subaccount);
}

static void take_text(char **to, char **from)
{
	if (*to != NULL)
		return;
	*to = *from;
	*from = NULL;
}

/* Moves into `row` what only the other row knows. */
static void merge_rows(struct scc_subaccount *row, struct scc_subaccount *other)
{
	take_text(&row->location_id, &other->location_id);
	take_text(&row->display_name, &other->display_name);
	row->listed = row->listed || other->listed;
	for (int origin = 0; origin < SCC_ORIGIN_COUNT; origin++) {
		if (row->certificates[origin] != NULL)
			continue;
		row->certificates[origin] = other->certificates[origin];
		other->certificates[origin] = NULL;
	}
	if (!row->has_auto_renewal) {
		row->has_auto_renewal = other->has_auto_renewal;
		row->auto_renewal = other->auto_renewal;
	}
	if (row->has_tunnel)
		return;
	row->has_tunnel = other->has_tunnel;
	take_text(&row->tunnel_state, &other->tunnel_state);
	row->has_connected_since = other->has_connected_since;
	row->connected_since_s = other->connected_since_s;
	row->has_connections = other->has_connections;
	row->connections = other->connections;
	row->channels = other->channels;
}

void scc_rows_sort(struct scc_rows *rows)
{
	size_t kept = 0;

	if (rows->sorted_count == rows->count)
		return;
	qsort(rows->items, rows->count, sizeof(*rows->items), compare_rows);
	for (size_t i = 0; i < rows->count; i++) {
		struct scc_subaccount *row = &rows->items[i];
		if (kept > 0 && compare_rows(&rows->items[kept - 1], row) == 0) {
			merge_rows(&rows->items[kept - 1], row);
			row_release(row);
			continue;
		}
		if (kept != i)
			rows->items[kept] = *row;
		kept++;
	}
	rows->count = kept;
	rows->sorted_count = kept;
}

void scc_rows_close(struct scc_rows *rows, bool only_listed)
{
	size_t kept = 0;

	rows->may_add = false;
	if (!only_listed)
		return;
	for (size_t i = 0; i < rows->count; i++) {
		if (!rows->items[i].listed)
			/* a stale answer (docs/reference/cloud-connector.md 10) */
			row_release(&rows->items[i]);
		else
			rows->items[kept++] = rows->items[i];
	}
	rows->count = kept;
	rows->sorted_count = kept;
}

struct row_key {
	const char *region_host;
	const char *subaccount;
};

static int compare_key(const void *a, const void *b)
{
	const struct row_key *key = a;
	const struct scc_subaccount *row = b;
	int order = strcmp(key->region_host, row->region_host);

	return order != 0 ? order : strcmp(key->subaccount, row->subaccount);
}

static struct scc_subaccount *find_row(struct scc_rows *rows, const char *region_host,
				       const char *subaccount)
{
	struct row_key key = { region_host, subaccount };

	if (rows->sorted_count == 0)
		return NULL;
	return bsearch(&key, rows->items, rows->sorted_count, sizeof(*rows->items), compare_key);
}

static enum status add_row(struct scc_rows *rows, const char *region_host, const char *subaccount,
			   struct scc_subaccount **ret_row)
{
	if (rows->count >= SCC_SUBACCOUNTS_MAX)
		return STATUS_LIMIT;
	struct scc_subaccount *items = array_room(rows->items, rows->count, sizeof(*items));
	if (items == NULL)
		return STATUS_MEMORY;
	rows->items = items;
	struct scc_subaccount row = {
		.region_host = strdup(region_host),
		.subaccount = strdup(subaccount),
		.too_long = strlen(region_host) > SCC_TEXT_MAX || strlen(subaccount) > SCC_TEXT_MAX,
	};
	if (row.region_host == NULL || row.subaccount == NULL) {
		row_release(&row);
		return STATUS_MEMORY;
	}
	rows->items[rows->count] = row;
	*ret_row = &rows->items[rows->count++];
	return STATUS_OK;
}

enum status scc_rows_get(struct scc_rows *rows, const char *region_host, const char *subaccount,
			 struct scc_subaccount **ret_row)
{
	*ret_row = find_row(rows, region_host, subaccount);
	if (*ret_row != NULL || !rows->may_add)
		return STATUS_OK;
	return add_row(rows, region_host, subaccount, ret_row);
}

char *scc_subaccount_name(const char *prefix, const struct scc_subaccount *row)
{
	struct buf name;

	buf_init(&name, SCC_NAME_MAX);
	buf_printf(&name, "%s/%s/%s", prefix, row->region_host, row->subaccount);
	return buf_take(&name);
}
