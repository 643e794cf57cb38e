/*
 * What a connector tells besides certificates (docs/reference/cloud-connector.md 7.5, 8.7, 8.8):
 * its version, its role and state in a pair, service channels, alerts, memory, disk, processors. No
 * host, user or message of it leaves this file.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "source/connector/run.h"

#define DAY_S              INT64_C(86400)
#define THRESHOLD_DAYS_MAX 36500 /* 100 years: more is a mistake */
#define KB                 1024.0
#define MB                 (1024.0 * 1024.0)
#define AMOUNT_MAX         9007199254740992.0 /* 2^53 */
#define NUMBER_TEXT_MAX    24

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

/* ---- samples ---- */

enum status scc_sample(struct scc_run *run, enum source_fact fact, double value, const char *label,
		       const char *label2, const char *label3)
{
	const char *const labels[FACT_LABELS_MAX] = { label, label2, label3, NULL };

	return source_level_add_sample(run->level, fact, value, labels);
}

enum status scc_state_samples(struct scc_run *run, enum source_fact fact, const char *const *labels,
			      size_t label_count, const char *const *known, const char *current)
{
	const char *all[FACT_LABELS_MAX] = { NULL };
	enum status status = STATUS_OK;
	bool found = false;

	for (size_t i = 0; i < label_count; i++)
		all[i] = labels[i];
	for (; *known != NULL && status == STATUS_OK; known++) {
		bool is_current = strcmp(*known, current) == 0;
		all[label_count] = *known;
		found = found || is_current;
		status = source_level_add_sample(run->level, fact, is_current, all);
	}
	all[label_count] = current;
	if (status == STATUS_OK && !found)
		status = source_level_add_sample(run->level, fact, 1, all);
	return status;
}

/* A number that is not negative, and is no more than any machine has; absent otherwise. */
static bool read_amount(const struct cJSON *object, const char *name, double *ret_amount)
{
	return json_double(json_member(object, name), ret_amount) && *ret_amount >= 0 &&
	       *ret_amount <= AMOUNT_MAX;
}

/* ---- version, thresholds ---- */

enum status scc_read_version(struct scc_run *run, struct scc_subaccount *row,
			     const struct cJSON *json, struct error *error)
{
	const char *version = scc_name(json, "version");

	(void)row;
	if (version == NULL)
		return error_set(error, STATUS_SYNTAX, "no version");
	run->has_version = scc_version_parse(version, &run->version);
	return scc_sample(run, FACT_SAPCC_INFO, 1, version, NULL, NULL);
}

enum status scc_read_alerting(struct scc_run *run, struct scc_subaccount *row,
			      const struct cJSON *json, struct error *error)
{
	uint64_t days = 0;
	const struct cJSON *value =
		json_member(json_member(json, "thresholds"), "certificateValidityDays");

	(void)row;
	if (!json_is_object(json))
		return error_set(error, STATUS_SYNTAX, "no thresholds");
	if (!json_u64(value, &days) || days > THRESHOLD_DAYS_MAX)
		return STATUS_OK;
	run->has_threshold = true;
	run->threshold_s = (int64_t)days * DAY_S;
	return scc_sample(run, FACT_SAPCC_ALERT_THRESHOLD_SECONDS, (double)run->threshold_s, NULL,
			  NULL, NULL);
}

/* ---- service channels, subaccounts that cannot be loaded ---- */

/* `{"id":1,"enabled":true,"state":{"connected":true}}`; a disabled one has no state. */
static enum status read_channel(struct scc_run *run, const struct scc_subaccount *row,
				const struct cJSON *item, struct error *error)
{
	bool enabled = true;
	bool connected = false;
	uint64_t id = 0;
	struct buf number;
	const char *type = scc_name(item, "type");

	(void)json_bool(json_member(item, "enabled"), &enabled);
	if (!enabled || type == NULL || !json_u64(json_member(item, "id"), &id) ||
	    !json_bool(json_member(json_member(item, "state"), "connected"), &connected))
		return STATUS_OK;
	if (run->channel_samples >= SCC_SAMPLES_MAX)
		return error_set(error, STATUS_LIMIT, "more than %d service channels",
				 SCC_SAMPLES_MAX);
	run->channel_samples++;
	buf_init(&number, NUMBER_TEXT_MAX);
	buf_printf(&number, "%llu", (unsigned long long)id);
	const char *const labels[FACT_LABELS_MAX] = { row->region_host, row->subaccount, type,
						      buf_text(&number) };
	enum status status = buf_status(&number);
	if (status == STATUS_OK)
		status = source_level_add_sample(run->level, FACT_SAPCC_SERVICE_CHANNEL, connected,
						 labels);
	buf_release(&number);
	return status;
}

enum status scc_read_channels(struct scc_run *run, struct scc_subaccount *row,
			      const struct cJSON *json, struct error *error)
{
	enum status status = STATUS_OK;

	if (!json_is_array(json))
		return error_set(error, STATUS_SYNTAX, "not a list of service channels");
	json_each (item, json) {
		if (status == STATUS_OK)
			status = read_channel(run, row, item, error);
	}
	return status;
}

enum status scc_read_corrupted(struct scc_run *run, struct scc_subaccount *row,
			       const struct cJSON *json, struct error *error)
{
	double count = 0;

	(void)row;
	if (!json_is_array(json))
		return error_set(error, STATUS_SYNTAX, "not a list of subaccounts");
	json_each (item, json)
		count += item != NULL;
	return scc_sample(run, FACT_SAPCC_CORRUPTED_SUBACCOUNTS, count, NULL, NULL, NULL);
}

/* ---- high availability ---- */

static enum status set_role(struct scc_run *run, const char *role)
{
	free(run->role_text);
	run->role_text = NULL;
	run->role = SCC_ROLE_OTHER;
	if (strcmp(role, "master") == 0)
		run->role = SCC_ROLE_MASTER;
	else if (strcmp(role, "shadow") == 0)
		run->role = SCC_ROLE_SHADOW;
	if (run->role != SCC_ROLE_OTHER)
		return STATUS_OK;
	run->role_text = scc_text(role);
	return run->role_text != NULL ? STATUS_OK : STATUS_MEMORY;
}

enum status scc_read_ha_role(struct scc_run *run, struct scc_subaccount *row,
			     const struct cJSON *json, struct error *error)
{
	const char *role = json_text(json);

	(void)row;
	if (role == NULL || *role == '\0')
		return error_set(error, STATUS_SYNTAX, "not a role");
	return set_role(run, role);
}

enum status scc_read_has_master_role(struct scc_run *run, struct scc_subaccount *row,
				     const struct cJSON *json, struct error *error)
{
	(void)row;
	if (!json_bool(json, &run->has_master_role))
		return error_set(error, STATUS_SYNTAX, "neither true nor false");
	run->has_master_role_known = true;
	return STATUS_OK;
}

static enum status read_state(struct scc_run *run, const char *side, const char *const *known,
			      const struct cJSON *json, struct error *error)
{
	const char *state = scc_name(json, "state");
	const char *const labels[] = { side };

	if (state == NULL)
		return error_set(error, STATUS_SYNTAX, "no state");
	return scc_state_samples(run, FACT_SAPCC_HA_STATE, labels, 1, known, state);
}

enum status scc_read_ha_master_state(struct scc_run *run, struct scc_subaccount *row,
				     const struct cJSON *json, struct error *error)
{
	static const char *const states[] = { "ALONE", "BINDING", "CONNECTED", "BROKEN", NULL };

	(void)row;
	return read_state(run, "master", states, json, error);
}

enum status scc_read_ha_shadow_state(struct scc_run *run, struct scc_subaccount *row,
				     const struct cJSON *json, struct error *error)
{
	static const char *const states[] = { "INITIAL",       "DISCONNECTED",
					      "DISCONNECTING", "HANDSHAKE",
					      "INITSYNC",      "READY",
					      "LOST",          NULL };

	(void)row;
	return read_state(run, "shadow", states, json, error);
}

void scc_find_role(struct scc_run *run)
{
	for (size_t i = 0; i < run->failure_count; i++) {
		const struct scc_failure *failure = &run->failures[i];
		if (failure->code != 403 || !scc_is_role_undefined(failure->text))
			continue;
		if (set_role(run, "undefined") != STATUS_OK)
			run->status = STATUS_MEMORY;
		return;
	}
	if (run->role != SCC_ROLE_UNKNOWN)
		return;
	if (run->has_master_role || scc_answered(run, ENDPOINT_SCC_HA_MASTER_STATE))
		run->role = SCC_ROLE_MASTER;
	else if (scc_answered(run, ENDPOINT_SCC_HA_SHADOW_STATE))
		run->role = SCC_ROLE_SHADOW;
}

static enum status add_role(struct scc_run *run)
{
	static const char *const roles[] = { "master", "shadow", NULL };

	switch (run->role) {
	case SCC_ROLE_MASTER:
	case SCC_ROLE_SHADOW:
		return scc_state_samples(run, FACT_SAPCC_HA_ROLE, NULL, 0, roles,
					 roles[run->role == SCC_ROLE_SHADOW]);
	case SCC_ROLE_OTHER:
		return scc_state_samples(run, FACT_SAPCC_HA_ROLE, NULL, 0, roles, run->role_text);
	case SCC_ROLE_UNKNOWN:
		break;
	}
	/* not the master, and nothing tells whether it is a shadow or neither */
	if (run->has_master_role_known)
		return scc_sample(run, FACT_SAPCC_HA_ROLE, 0, "master", NULL, NULL);
	return STATUS_OK;
}

/* ---- alerts ---- */

static bool same_kind(const struct scc_alert_kind *kind, const char *type, const char *status,
		      const char *origin)
{
	return strcmp(kind->type, type) == 0 && strcmp(kind->status, status) == 0 &&
	       strcmp(kind->origin, origin) == 0;
}

/* An absent member is "". */
static const char *member_or_empty(const struct cJSON *object, const char *name)
{
	const char *text = scc_name(object, name);

	return text != NULL ? text : "";
}

static enum status count_alert(struct scc_run *run, const struct cJSON *item, struct error *error)
{
	const char *type = member_or_empty(item, "type");
	const char *alert_status = member_or_empty(item, "status");
	const char *origin = member_or_empty(item, "origin");

	for (size_t i = 0; i < run->alert_count; i++) {
		if (same_kind(&run->alerts[i], type, alert_status, origin)) {
			run->alerts[i].count++;
			return STATUS_OK;
		}
	}
	if (run->alert_count >= SCC_ALERT_KINDS_MAX)
		return error_set(error, STATUS_LIMIT, "more than %d kinds of alerts",
				 SCC_ALERT_KINDS_MAX);
	struct scc_alert_kind *grown =
		reallocarray(run->alerts, run->alert_count + 1, sizeof(*grown));
	if (grown == NULL)
		return STATUS_MEMORY;
	run->alerts = grown;
	struct scc_alert_kind kind = { strdup(type), strdup(alert_status), strdup(origin), 1 };
	run->alerts[run->alert_count++] = kind;
	return kind.type != NULL && kind.status != NULL && kind.origin != NULL ? STATUS_OK
									       : STATUS_MEMORY;
}

enum status scc_read_alerts(struct scc_run *run, struct scc_subaccount *row,
			    const struct cJSON *json, struct error *error)
{
	/* an array in the documentation's text, an object in its picture */
	const struct cJSON *list = json_is_array(json) ? json : json_member(json, "alerts");
	enum status status = STATUS_OK;

	(void)row;
	if (!json_is_array(list))
		return error_set(error, STATUS_SYNTAX, "no list of alerts");
	json_each (item, list) {
		if (status == STATUS_OK && json_is_object(item))
			status = count_alert(run, item, error);
	}
	return status;
}

static enum status add_alerts(struct scc_run *run)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < run->alert_count && status == STATUS_OK; i++) {
		const struct scc_alert_kind *kind = &run->alerts[i];
		status = scc_sample(run, FACT_SAPCC_ALERTS, kind->count, kind->type, kind->status,
				    kind->origin);
	}
	return status;
}

/* ---- memory, disk, processors ---- */

static const struct {
	const char *member;
	const char *used_by;
} users[] = {
	{ "CloudConnector", "cloud_connector" },
	{ "used", "cloud_connector" }, /* of the heap, which nobody else uses */
	{ "others", "others" },
	{ "free", "free" },
};

static enum status read_memory(struct scc_run *run, const struct cJSON *group, const char *memory)
{
	enum status status = STATUS_OK;
	double amount = 0;

	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]) && status == STATUS_OK; i++) {
		if (read_amount(group, users[i].member, &amount))
			status = scc_sample(run, FACT_SAPCC_MEMORY_BYTES, amount * KB, memory,
					    users[i].used_by, NULL);
	}
	if (status == STATUS_OK && read_amount(group, "total", &amount))
		status = scc_sample(run, FACT_SAPCC_MEMORY_SIZE_BYTES, amount * KB, memory, NULL,
				    NULL);
	return status;
}

enum status scc_read_memory(struct scc_run *run, struct scc_subaccount *row,
			    const struct cJSON *json, struct error *error)
{
	static const char *const groups[][2] = {
		{ "physicalKB", "physical" },
		{ "virtualKB", "virtual" },
		{ "cloudConnectorHeapKB", "heap" },
	};
	enum status status = STATUS_OK;

	(void)row;
	if (!json_is_object(json))
		return error_set(error, STATUS_SYNTAX, "not a JSON object");
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]) && status == STATUS_OK; i++)
		status = read_memory(run, json_member(json, groups[i][0]), groups[i][1]);
	return status;
}

enum status scc_read_disk(struct scc_run *run, struct scc_subaccount *row, const struct cJSON *json,
			  struct error *error)
{
	enum status status = STATUS_OK;
	double amount = 0;

	(void)row;
	if (!json_is_object(json))
		return error_set(error, STATUS_SYNTAX, "not a JSON object");
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]) && status == STATUS_OK; i++) {
		if (strcmp(users[i].member, "used") != 0 &&
		    read_amount(json, users[i].member, &amount))
			status = scc_sample(run, FACT_SAPCC_DISK_BYTES, amount * MB,
					    users[i].used_by, NULL, NULL);
	}
	if (status == STATUS_OK && read_amount(json, "total", &amount))
		status = scc_sample(run, FACT_SAPCC_DISK_SIZE_BYTES, amount * MB, NULL, NULL, NULL);
	return status;
}

enum status scc_read_cpu(struct scc_run *run, struct scc_subaccount *row, const struct cJSON *json,
			 struct error *error)
{
	enum status status = STATUS_OK;
	double percent = 0;

	(void)row;
	if (!json_is_object(json))
		return error_set(error, STATUS_SYNTAX, "not a JSON object");
	if (read_amount(json, "total", &percent))
		status = scc_sample(run, FACT_SAPCC_CPU_RATIO, percent / 100, "total", NULL, NULL);
	if (status == STATUS_OK && read_amount(json, "CloudConnector", &percent))
		status = scc_sample(run, FACT_SAPCC_CPU_RATIO, percent / 100, "cloud_connector",
				    NULL, NULL);
	return status;
}

/* ---- all of it ---- */

enum status scc_add_health(struct scc_run *run)
{
	enum status status = add_role(run);

	if (status == STATUS_OK)
		status = add_alerts(run);
	if (status == STATUS_OK && run->has_clock_skew)
		status = scc_sample(run, FACT_SAPCC_CLOCK_SKEW_SECONDS, run->clock_skew_s, NULL,
				    NULL, NULL);
	return status;
}
