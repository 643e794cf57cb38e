/*
 * The subaccounts a connector is set up for (docs/reference/cloud-connector.md 7.3, 8.1, 8.2):
 * which there are, their certificates, their tunnels. The list of the configuration says which;
 * only where there is none do the monitoring answers.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "source/connector/run.h"

/* ---- the table ---- */

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

/* What only the other row knows. */
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

void scc_subaccounts_sort(struct scc_run *run)
{
	size_t kept = 0;

	if (run->sorted_count == run->subaccount_count)
		return;
	qsort(run->subaccounts, run->subaccount_count, sizeof(*run->subaccounts), compare_rows);
	for (size_t i = 0; i < run->subaccount_count; i++) {
		struct scc_subaccount *row = &run->subaccounts[i];
		if (kept > 0 && compare_rows(&run->subaccounts[kept - 1], row) == 0) {
			merge_rows(&run->subaccounts[kept - 1], row);
			row_release(row);
			continue;
		}
		if (kept != i)
			run->subaccounts[kept] = *row;
		kept++;
	}
	run->subaccount_count = kept;
	run->sorted_count = kept;
}

void scc_subaccounts_settle(struct scc_run *run)
{
	size_t kept = 0;

	run->may_add = false;
	if (!scc_answered(run, ENDPOINT_SCC_SUBACCOUNTS))
		return;
	for (size_t i = 0; i < run->subaccount_count; i++) {
		if (!run->subaccounts[i].listed)
			/* a stale answer (docs/reference/cloud-connector.md 10) */
			row_release(&run->subaccounts[i]);
		else
			run->subaccounts[kept++] = run->subaccounts[i];
	}
	run->subaccount_count = kept;
	run->sorted_count = kept;
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

static struct scc_subaccount *find_row(struct scc_run *run, const char *region_host,
				       const char *subaccount)
{
	struct row_key key = { region_host, subaccount };

	if (run->sorted_count == 0)
		return NULL;
	return bsearch(&key, run->subaccounts, run->sorted_count, sizeof(*run->subaccounts),
		       compare_key);
}

static enum status add_row(struct scc_run *run, const char *region_host, const char *subaccount,
			   struct scc_subaccount **ret_row)
{
	if (run->subaccount_count >= SCC_STORES_MAX - SCC_OWN_COUNT)
		return STATUS_LIMIT;
	if (run->subaccount_count == run->subaccount_capacity) {
		size_t capacity = run->subaccount_capacity > 0 ? run->subaccount_capacity * 2 : 16;
		struct scc_subaccount *grown =
			reallocarray(run->subaccounts, capacity, sizeof(*grown));
		if (grown == NULL)
			return STATUS_MEMORY;
		run->subaccounts = grown;
		run->subaccount_capacity = capacity;
	}
	struct scc_subaccount row = {
		.region_host = strdup(region_host),
		.subaccount = strdup(subaccount),
		.too_long = strlen(region_host) > SCC_TEXT_MAX || strlen(subaccount) > SCC_TEXT_MAX,
	};
	if (row.region_host == NULL || row.subaccount == NULL) {
		row_release(&row);
		return STATUS_MEMORY;
	}
	run->subaccounts[run->subaccount_count] = row;
	*ret_row = &run->subaccounts[run->subaccount_count++];
	return STATUS_OK;
}

enum status scc_subaccount_row(struct scc_run *run, const char *region_host, const char *subaccount,
			       struct scc_subaccount **ret_row)
{
	*ret_row = find_row(run, region_host, subaccount);
	if (*ret_row != NULL || !run->may_add)
		return STATUS_OK;
	return add_row(run, region_host, subaccount, ret_row);
}

char *scc_subaccount_name(const char *prefix, const struct scc_subaccount *row)
{
	struct buf name;

	buf_init(&name, SCC_BODY_MAX * 2);
	buf_printf(&name, "%s/%s/%s", prefix, row->region_host, row->subaccount);
	return buf_take(&name);
}

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

/* The row that an element of a list is about; *ret_row stays NULL if there is none. */
static enum status row_of(struct scc_run *run, const struct cJSON *item,
			  struct scc_subaccount **ret_row)
{
	const char *region_host = scc_given_name(item, "regionHost");
	const char *subaccount = scc_given_name(item, "subaccount");

	if (region_host == NULL || subaccount == NULL) {
		run->nameless++;
		return STATUS_OK;
	}
	return scc_subaccount_row(run, region_host, subaccount, ret_row);
}

/* The list says no more than which there are. */
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
	scc_subaccounts_sort(run);
	run->may_add = false;
	if (status == STATUS_LIMIT)
		(void)error_set(error, status, "more than %d subaccounts",
				SCC_STORES_MAX - SCC_OWN_COUNT);
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

/* Of the tunnel everything but the user who made it, which is nobody's business. */
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

/* What the details and the monitoring answer have in common; the details are preferred. */
static enum status read_entity(struct scc_subaccount *row, const struct cJSON *json,
			       enum scc_origin origin)
{
	const struct cJSON *tunnel = json_member(json, "tunnel");
	bool detailed = row->asked && row->outcome == SCC_ANSWERED;
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
	scc_subaccounts_sort(run);
	return status;
}

/* ---- stores and samples ---- */

/* One that could not be asked for its certificate: a state that stays, and an issue. */
static enum status add_unasked(struct scc_run *run, const char *name,
			       struct source_store **ret_store)
{
	struct error text;
	enum status status =
		scc_add_store(run, PART_SUBACCOUNTS, name, "subaccount", NULL, ret_store);

	(void)error_set(&text, STATUS_LIMIT,
			"a name of the subaccount has more than %d bytes: it is not asked for",
			SCC_TEXT_MAX);
	if (status == STATUS_OK)
		status = source_store_set_state(*ret_store, STORE_UNAVAILABLE, text.text);
	if (status == STATUS_OK)
		status = source_result_add_issue(run->result, STAGE_FETCH, STATUS_LIMIT,
						 LEVEL_CONNECTOR, name, text.text);
	return status;
}

/* A subaccount whose certificate nobody told. */
static enum status add_without(struct scc_run *run, const struct scc_subaccount *row,
			       const char *name, struct source_store **ret_store)
{
	/* details without one; versions before 2.13 never had it there */
	bool empty = row->asked && row->outcome == SCC_ANSWERED && !run->before_version;
	bool failed = row->asked && row->outcome == SCC_FAILED;

	if (row->too_long)
		return add_unasked(run, name, ret_store);
	if (!empty && !failed)
		return STATUS_OK;
	enum status status =
		scc_add_store(run, PART_SUBACCOUNTS, name, "subaccount", NULL, ret_store);
	if (status != STATUS_OK)
		return status;
	return empty ? source_store_set_state(*ret_store, STORE_EMPTY, "the connector tells none")
		     : source_store_set_state(*ret_store, row->state, row->failure);
}

static enum status add_store(struct scc_run *run, const struct scc_subaccount *row)
{
	const struct certificate *best = scc_best(row->certificates);
	struct source_store *store = NULL;
	char *name = scc_subaccount_name("subaccount", row);
	enum status status;

	if (name == NULL)
		return STATUS_MEMORY;
	if (best != NULL)
		status = scc_add_store(run, PART_SUBACCOUNTS, name, "subaccount", best, &store);
	else
		status = add_without(run, row, name, &store);
	if (status == STATUS_OK && store != NULL) {
		store->auto_renewed = row->has_auto_renewal && row->auto_renewal;
		/* versions before 2.19 never tell; later ones may have failed to */
		store->renewal_unknown =
			!row->has_auto_renewal && (!row->asked || row->outcome == SCC_FAILED);
	}
	free(name);
	return status;
}

static enum status add_tunnel(struct scc_run *run, const struct scc_subaccount *row)
{
	static const char *const states[] = { "Connected", "ConnectFailure", "Disconnected", NULL };
	const char *const labels[] = { row->region_host, row->subaccount };
	enum status status = STATUS_OK;

	if (row->tunnel_state != NULL)
		status = scc_state_samples(run, FACT_SAPCC_TUNNEL_STATE, labels, 2, states,
					   row->tunnel_state);
	if (status == STATUS_OK && row->has_connected_since)
		status = scc_sample(run, FACT_SAPCC_TUNNEL_CONNECTED_SINCE, row->connected_since_s,
				    labels[0], labels[1], NULL);
	if (status == STATUS_OK && row->has_connections)
		status = scc_sample(run, FACT_SAPCC_TUNNEL_CONNECTIONS, (double)row->connections,
				    labels[0], labels[1], NULL);
	return status;
}

static enum status add_samples(struct scc_run *run, const struct scc_subaccount *row)
{
	const char *const labels[FACT_LABELS_MAX] = {
		row->region_host,
		row->subaccount,
		row->location_id != NULL ? row->location_id : "",
		row->display_name != NULL ? row->display_name : "",
	};
	enum status status =
		source_level_add_sample(run->level, FACT_SAPCC_SUBACCOUNT_INFO, 1, labels);

	if (status == STATUS_OK && row->has_auto_renewal)
		status = scc_sample(run, FACT_SAPCC_AUTO_RENEWAL_ENABLED, row->auto_renewal,
				    labels[0], labels[1], NULL);
	return status == STATUS_OK ? add_tunnel(run, row) : status;
}

enum status scc_add_subaccounts(struct scc_run *run)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < run->subaccount_count && status == STATUS_OK; i++) {
		const struct scc_subaccount *row = &run->subaccounts[i];
		if (row->asked && row->outcome == SCC_NONE)
			continue; /* removed since it was listed */
		status = add_store(run, row);
		if (status == STATUS_OK)
			status = add_samples(run, row);
	}
	return status;
}

void scc_run_release(struct scc_run *run)
{
	for (size_t i = 0; i < run->subaccount_count; i++)
		row_release(&run->subaccounts[i]);
	free(run->subaccounts);
	for (int kind = 0; kind < SCC_OWN_COUNT; kind++) {
		for (int origin = 0; origin < SCC_ORIGIN_COUNT; origin++)
			certificate_free(run->own[kind][origin]);
	}
	for (size_t i = 0; i < run->failure_count; i++)
		free(run->failures[i].text);
	free(run->failures);
	for (size_t i = 0; i < run->alert_count; i++) {
		free(run->alerts[i].type);
		free(run->alerts[i].status);
		free(run->alerts[i].origin);
	}
	free(run->alerts);
	free(run->role_text);
}
