/*
 * What a connector reports besides certificates (docs/reference/cloud-connector.md 7.5, 8.7): its
 * version, service channels, alerts, memory, disk, processors. No host, user or message of it
 * leaves this file.
 */
#include "source/connector/health.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"

#define DAY_S              INT64_C(86400)
#define THRESHOLD_DAYS_MAX 36500 /* 100 years: more is a mistake */
#define KB                 1024.0
#define MB                 (1024.0 * 1024.0)
#define AMOUNT_MAX         9007199254740992.0 /* 2^53 */
#define NUMBER_TEXT_MAX    24
#define CHANNELS_MAX       10000 /* samples of service channels in one source */
#define ALERT_KINDS_MAX    256

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
	scc_sample(run, FACT_SAPCC_INFO, 1, version, NULL, NULL);
	return STATUS_OK;
}

void scc_version_outcome(struct scc_run *run, struct scc_subaccount *row, enum scc_outcome outcome,
			 const struct scc_failure *failure)
{
	(void)row;
	/* an unknown path may lead to the login page (docs/reference/cloud-connector.md 4) */
	run->before_version = outcome == SCC_UNSUPPORTED ||
			      (failure != NULL && failure->status == STATUS_LOGIN_PAGE);
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
	scc_sample(run, FACT_SAPCC_ALERT_THRESHOLD_SECONDS, (double)run->threshold_s, NULL, NULL,
		   NULL);
	return STATUS_OK;
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
	if (run->channel_samples >= CHANNELS_MAX)
		return error_set(error, STATUS_LIMIT, "more than %d service channels",
				 CHANNELS_MAX);
	run->channel_samples++;
	buf_init(&number, NUMBER_TEXT_MAX);
	buf_printf(&number, "%llu", (unsigned long long)id);
	const char *const labels[FACT_LABELS_MAX] = { row->region_host, row->subaccount, type,
						      buf_text(&number) };
	enum status status = buf_status(&number);
	if (status == STATUS_OK)
		source_level_add_sample(run->level, &scc_facts[FACT_SAPCC_SERVICE_CHANNEL],
					connected, labels);
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
	scc_sample(run, FACT_SAPCC_CORRUPTED_SUBACCOUNTS, count, NULL, NULL, NULL);
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
	if (run->alert_count >= ALERT_KINDS_MAX)
		return error_set(error, STATUS_LIMIT, "more than %d kinds of alerts",
				 ALERT_KINDS_MAX);
	struct scc_alert_kind *grown = array_room(run->alerts, run->alert_count, sizeof(*grown));
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

static void add_alerts(struct scc_run *run)
{
	for (size_t i = 0; i < run->alert_count; i++) {
		const struct scc_alert_kind *kind = &run->alerts[i];
		scc_sample(run, FACT_SAPCC_ALERTS, kind->count, kind->type, kind->status,
			   kind->origin);
	}
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

static void read_memory(struct scc_run *run, const struct cJSON *group, const char *memory)
{
	double amount = 0;

	for (size_t i = 0; i < COUNT_OF(users); i++) {
		if (read_amount(group, users[i].member, &amount))
			scc_sample(run, FACT_SAPCC_MEMORY_BYTES, amount * KB, memory,
				   users[i].used_by, NULL);
	}
	if (read_amount(group, "total", &amount))
		scc_sample(run, FACT_SAPCC_MEMORY_SIZE_BYTES, amount * KB, memory, NULL, NULL);
}

enum status scc_read_memory(struct scc_run *run, struct scc_subaccount *row,
			    const struct cJSON *json, struct error *error)
{
	static const char *const groups[][2] = {
		{ "physicalKB", "physical" },
		{ "virtualKB", "virtual" },
		{ "cloudConnectorHeapKB", "heap" },
	};

	(void)row;
	if (!json_is_object(json))
		return error_set(error, STATUS_SYNTAX, "not a JSON object");
	for (size_t i = 0; i < COUNT_OF(groups); i++)
		read_memory(run, json_member(json, groups[i][0]), groups[i][1]);
	return STATUS_OK;
}

enum status scc_read_disk(struct scc_run *run, struct scc_subaccount *row, const struct cJSON *json,
			  struct error *error)
{
	double amount = 0;

	(void)row;
	if (!json_is_object(json))
		return error_set(error, STATUS_SYNTAX, "not a JSON object");
	for (size_t i = 0; i < COUNT_OF(users); i++) {
		if (strcmp(users[i].member, "used") != 0 &&
		    read_amount(json, users[i].member, &amount))
			scc_sample(run, FACT_SAPCC_DISK_BYTES, amount * MB, users[i].used_by, NULL,
				   NULL);
	}
	if (read_amount(json, "total", &amount))
		scc_sample(run, FACT_SAPCC_DISK_SIZE_BYTES, amount * MB, NULL, NULL, NULL);
	return STATUS_OK;
}

enum status scc_read_cpu(struct scc_run *run, struct scc_subaccount *row, const struct cJSON *json,
			 struct error *error)
{
	double percent = 0;

	(void)row;
	if (!json_is_object(json))
		return error_set(error, STATUS_SYNTAX, "not a JSON object");
	if (read_amount(json, "total", &percent))
		scc_sample(run, FACT_SAPCC_CPU_RATIO, percent / 100, "total", NULL, NULL);
	if (read_amount(json, "CloudConnector", &percent))
		scc_sample(run, FACT_SAPCC_CPU_RATIO, percent / 100, "cloud_connector", NULL, NULL);
	return STATUS_OK;
}

void scc_add_health(struct scc_run *run)
{
	add_alerts(run);
	if (run->has_clock_skew)
		scc_sample(run, FACT_SAPCC_CLOCK_SKEW_SECONDS, run->clock_skew_s, NULL, NULL, NULL);
}
