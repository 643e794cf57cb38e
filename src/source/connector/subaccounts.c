/*
 * The subaccounts that a connector is set up for (docs/reference/cloud-connector.md 7.3, 8.1, 8.2):
 * which exist, their certificates, their tunnels. The list of the configuration says which; the
 * monitoring answers do only where that list is missing.
 */
#include "source/connector/subaccounts.h"

#include <stdlib.h>
#include <string.h>

#include "source/connector/stores.h"

#define TYPE_SUBACCOUNT "subaccount" /* the label `type` */

/* ---- answers ---- */

static enum status set_text(char **to, const char *from)
{
	char *copy = scc_text(from);

	if (copy == NULL)
		return STATUS_MEMORY;
	free(*to);
	*to = copy;
	return STATUS_OK;
}

/* Finds or adds the row that an element of a list is about; *ret_row stays NULL if it is about
 * none that is known. */
static enum status row_of(struct scc_run *run, const struct cJSON *item,
			  struct scc_subaccount **ret_row)
{
	const char *region_host = scc_given_name(item, "regionHost");
	const char *subaccount = scc_given_name(item, "subaccount");

	if (region_host == NULL || subaccount == NULL) {
		run->nameless++;
		return STATUS_OK;
	}
	return scc_rows_get(&run->rows, region_host, subaccount, ret_row);
}

/* The list says no more than which subaccounts exist. */
static enum status read_listed(struct scc_run *run, const struct cJSON *item)
{
	struct scc_subaccount *row = NULL;
	enum status status = row_of(run, item, &row);

	if (status != STATUS_OK || row == NULL)
		return status;
	row->listed = true;
	return set_text(&row->location_id, json_member_text(item, "locationID"));
}

enum status scc_read_subaccounts(struct scc_run *run, struct scc_subaccount *row,
				 const struct cJSON *json, struct error *error)
{
	enum status status = STATUS_OK;

	(void)row;
	if (!json_is_array(json))
		return error_set(error, STATUS_SYNTAX, "not a list of subaccounts");
	json_each (item, json) {
		if (status == STATUS_OK)
			status = read_listed(run, item);
	}
	scc_rows_sort(&run->rows);
	run->rows.may_add = false;
	if (status == STATUS_LIMIT)
		(void)error_set(error, status, "more than %d subaccounts", SCC_SUBACCOUNTS_MAX);
	return status;
}

static unsigned channels_of(const struct cJSON *tunnel)
{
	unsigned channels = 0;

	json_each (item, json_member(tunnel, "serviceChannels")) {
		const char *type = json_member_text(item, "type");
		for (int channel = 0; type != NULL && channel < SCC_CHANNEL_COUNT; channel++) {
			if (strcmp(type, scc_channel_name((enum scc_channel)channel)) == 0)
				channels |= 1u << channel;
		}
	}
	return channels;
}

/* Reads all of the tunnel but the user who made it, who is nobody's business. */
static enum status read_tunnel(struct scc_subaccount *row, const struct cJSON *tunnel)
{
	const char *state = scc_name(tunnel, "state");
	const char *since = json_member_text(tunnel, "connectedSince");

	if (!json_is_object(tunnel))
		return STATUS_OK;
	row->has_tunnel = true;
	row->has_connected_since = scc_time_ms(json_member(tunnel, "connectedSinceTimeStamp"),
					       &row->connected_since_s);
	if (!row->has_connected_since && since != NULL)
		row->has_connected_since = scc_time_text(since, &row->connected_since_s);
	row->has_connections = json_u64(json_member(tunnel, "connections"), &row->connections);
	row->channels = channels_of(tunnel);
	free(row->tunnel_state);
	row->tunnel_state = NULL;
	return state != NULL ? set_text(&row->tunnel_state, state) : STATUS_OK;
}

static enum status read_certificate(struct scc_subaccount *row, const struct cJSON *tunnel,
				    enum scc_origin origin)
{
	const struct cJSON *object = json_member(tunnel, "subaccountCertificate");
	struct certificate *certificate = NULL;

	if (!json_is_object(object))
		return STATUS_OK;
	enum status status = scc_certificate(object, SCC_OWN, &certificate);
	if (status != STATUS_OK)
		return status;
	certificate_free(row->certificates[origin]);
	row->certificates[origin] = certificate;
	return STATUS_OK;
}

/* Reads what the details and the monitoring answer have in common; the details are preferred. */
static enum status read_entity(struct scc_subaccount *row, const struct cJSON *json,
			       enum scc_origin origin)
{
	const struct cJSON *tunnel = json_member(json, "tunnel");
	bool detailed = row->has_outcome && row->outcome == SCC_ANSWERED;
	bool preferred = origin == SCC_FROM_CONFIGURATION || !detailed;
	const char *display_name = json_member_text(json, "displayName");
	const char *location_id = json_member_text(json, "locationID");
	enum status status = read_certificate(row, tunnel, origin);

	if (status == STATUS_OK && display_name != NULL && (preferred || row->display_name == NULL))
		status = set_text(&row->display_name, display_name);
	if (status == STATUS_OK && location_id != NULL && (preferred || row->location_id == NULL))
		status = set_text(&row->location_id, location_id);
	if (preferred || !row->has_auto_renewal)
		row->has_auto_renewal =
			json_bool(json_member(json, "autoCertRenewal"), &row->auto_renewal) ||
			row->has_auto_renewal;
	if (status == STATUS_OK && (preferred || !row->has_tunnel))
		status = read_tunnel(row, tunnel);
	return status;
}

enum status scc_read_subaccount(struct scc_run *run, struct scc_subaccount *row,
				const struct cJSON *json, struct error *error)
{
	(void)run;
	if (!json_is_object(json))
		return error_set(error, STATUS_SYNTAX, "not a subaccount");
	return read_entity(row, json, SCC_FROM_CONFIGURATION);
}

static enum status read_monitored(struct scc_run *run, const struct cJSON *item)
{
	struct scc_subaccount *row = NULL;
	enum status status = row_of(run, item, &row);

	if (status == STATUS_OK && row != NULL)
		status = read_entity(row, item, SCC_FROM_SUBACCOUNTS);
	return status;
}

enum status scc_read_monitoring_subaccounts(struct scc_run *run, struct scc_subaccount *row,
					    const struct cJSON *json, struct error *error)
{
	const struct cJSON *list = json_member(json, "subaccounts");
	enum status status = STATUS_OK;

	(void)row;
	if (!json_is_array(list))
		return error_set(error, STATUS_SYNTAX, "no list of subaccounts");
	json_each (item, list) {
		if (status == STATUS_OK)
			status = read_monitored(run, item);
	}
	scc_rows_sort(&run->rows);
	return status;
}

/* ---- outcomes of the details ---- */

/* The state of a subaccount's store whose details could not be read. */
static bool set_failure(struct scc_subaccount *row, const struct scc_failure *failure)
{
	free(row->failure);
	row->failure = strdup(failure->text);
	row->state = failure->status == STATUS_HTTP_403 ? STORE_FORBIDDEN : STORE_UNAVAILABLE;
	return row->failure != NULL;
}

void scc_subaccount_outcome(struct scc_run *run, struct scc_subaccount *row,
			    enum scc_outcome outcome, const struct scc_failure *failure)
{
	row->has_outcome = true;
	row->outcome = outcome;
	if (failure != NULL && !set_failure(row, failure))
		run->status = STATUS_MEMORY;
}

void scc_doubt_removals(struct scc_run *run)
{
	unsigned *tally = run->tally[ENDPOINT_SCC_SUBACCOUNT];
	size_t asked = 0;

	for (size_t i = 0; i < run->rows.count; i++)
		asked += !run->rows.items[i].too_long;
	if (asked == 0 || tally[SCC_NONE] != asked)
		return;
	tally[SCC_UNSUPPORTED] += tally[SCC_NONE];
	tally[SCC_NONE] = 0;
	for (size_t i = 0; i < run->rows.count; i++)
		run->rows.items[i].outcome = SCC_UNSUPPORTED;
}

/* ---- stores and samples ---- */

/* A subaccount that no call is made for: its store is in a state that stays, and an issue. */
static void add_unasked(struct scc_run *run, const char *name, struct source_store *store)
{
	struct error text;

	(void)error_set(&text, STATUS_LIMIT,
			"a name of the subaccount has more than %d bytes: it is not asked for",
			SCC_TEXT_MAX);
	source_store_set_state(store, STORE_UNAVAILABLE, text.text);
	source_result_add_issue(run->result, STAGE_FETCH, STATUS_LIMIT, LEVEL_CONNECTOR, name,
				text.text);
}

/* Adds the store of a subaccount whose certificate is in no answer. NULL: it has none to show. */
static struct source_store *add_without(struct scc_run *run, const struct scc_subaccount *row,
					const char *name)
{
	/* details without one; versions before 2.13 never had it there */
	bool empty = row->has_outcome && row->outcome == SCC_ANSWERED && !run->before_version;
	bool failed = row->has_outcome && row->outcome == SCC_FAILED;

	if (!row->too_long && !empty && !failed)
		return NULL;
	struct source_store *store =
		source_level_add_store(run->level, PART_SUBACCOUNTS, name, TYPE_SUBACCOUNT, NULL);
	if (row->too_long)
		add_unasked(run, name, store);
	else if (empty)
		source_store_set_state(store, STORE_EMPTY, "the connector reports none");
	else
		source_store_set_state(store, row->state, row->failure);
	return store;
}

static void add_store(struct scc_run *run, const struct scc_subaccount *row)
{
	const struct certificate *best = scc_best(row->certificates);
	struct source_store *store = NULL;
	char *name = scc_subaccount_name("subaccount", row);

	bool added = name != NULL;
	if (added && best == NULL)
		store = add_without(run, row, name);
	else if (added)
		added = scc_add_store(run, PART_SUBACCOUNTS, name, TYPE_SUBACCOUNT, best, &store) ==
			STATUS_OK;
	if (!added)
		run->status = STATUS_MEMORY;
	if (store != NULL) {
		store->auto_renewed = row->has_auto_renewal && row->auto_renewal;
		/* versions before 2.19 never say so; later ones may have failed to */
		store->renewal_unknown =
			!row->has_auto_renewal && (!row->has_outcome || row->outcome == SCC_FAILED);
	}
	free(name);
}

static void add_tunnel(struct scc_run *run, const struct scc_subaccount *row)
{
	static const char *const states[] = { "Connected", "ConnectFailure", "Disconnected", NULL };
	const char *const labels[] = { row->region_host, row->subaccount };

	if (row->tunnel_state != NULL)
		scc_state_samples(run, FACT_SAPCC_TUNNEL_STATE, labels, 2, states,
				  row->tunnel_state);
	if (row->has_connected_since)
		scc_sample(run, FACT_SAPCC_TUNNEL_CONNECTED_SINCE, row->connected_since_s,
			   labels[0], labels[1], NULL);
	if (row->has_connections)
		scc_sample(run, FACT_SAPCC_TUNNEL_CONNECTIONS, (double)row->connections, labels[0],
			   labels[1], NULL);
}

static void add_samples(struct scc_run *run, const struct scc_subaccount *row)
{
	const char *const labels[FACT_LABELS_MAX] = {
		row->region_host,
		row->subaccount,
		row->location_id != NULL ? row->location_id : "",
		row->display_name != NULL ? row->display_name : "",
	};

	source_level_add_sample(run->level, &scc_facts[FACT_SAPCC_SUBACCOUNT_INFO], 1, labels);
	if (row->has_auto_renewal)
		scc_sample(run, FACT_SAPCC_AUTO_RENEWAL_ENABLED, row->auto_renewal, labels[0],
			   labels[1], NULL);
	add_tunnel(run, row);
}

void scc_add_subaccounts(struct scc_run *run)
{
	for (size_t i = 0; i < run->rows.count; i++) {
		const struct scc_subaccount *row = &run->rows.items[i];
		if (row->has_outcome && row->outcome == SCC_NONE)
			continue; /* removed since it was listed */
		add_store(run, row);
		add_samples(run, row);
	}
}
