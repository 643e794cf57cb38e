/*
 * The faults that only a Cloud Connector has. The shared ones are in base/spoil.c.
 */
#include "connector.h"
#include "json.h"

/* "connectedSinceTimeStamp":1754… becomes "connectedSince":"2025-…", and nothing when it is 0. */
static void old_times(cJSON *item, int zone_min)
{
	cJSON *since = cJSON_GetObjectItemCaseSensitive(item, "connectedSinceTimeStamp");
	char odd[ODD_TIME_SIZE];

	for (cJSON *child = item->child; child != NULL; child = child->next)
		old_times(child, zone_min);
	if (!cJSON_IsObject(item) || !cJSON_IsNumber(since))
		return;
	if (since->valuedouble > 0) {
		odd_time(odd, (int64_t)since->valuedouble, zone_min);
		(void)cJSON_AddStringToObject(item, "connectedSince", odd);
	}
	cJSON_DeleteItemFromObjectCaseSensitive(item, "connectedSinceTimeStamp");
}

static void spoil_times(struct request *r, struct reply *reply)
{
	cJSON *json = reply->body.len > 0 ? cJSON_Parse(reply->body.data) : NULL;
	char *printed = NULL;

	if (json != NULL) {
		old_times(json, r->sc->answers.zone_min);
		printed = cJSON_PrintUnformatted(json);
	}
	if (printed != NULL)
		reply_json(reply, reply->status, printed);
	cJSON_free(printed);
	cJSON_Delete(json);
}

void spoil_own(struct request *r, struct reply *reply, const struct fault *fault)
{
	if (fault->kind == FAULT_INITIAL_PASSWORD)
		refuse_initial_password(reply);
	else if (fault->kind == FAULT_UNDEFINED_ROLE)
		refuse_undefined_role(reply);
	else
		spoil_times(r, reply);
}
