/*
 * The high availability pair (docs/reference/cloud-connector.md 8.8): the role of this connector,
 * and the state of its side.
 */
#include "source/connector/pair.h"

#include <stdlib.h>
#include <string.h>

static enum status set_role(struct scc_run *run, const char *role)
{
	char *text = scc_text(role);

	if (text == NULL)
		return STATUS_MEMORY;
	free(run->role_text);
	run->role_text = text;
	run->role = SCC_ROLE_OTHER;
	if (strcmp(role, "master") == 0)
		run->role = SCC_ROLE_MASTER;
	else if (strcmp(role, "shadow") == 0)
		run->role = SCC_ROLE_SHADOW;
	return STATUS_OK;
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
	scc_state_samples(run, FACT_SAPCC_HA_STATE, labels, 1, known, state);
	return STATUS_OK;
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
		if (!scc_is_role_undefined(failure))
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

void scc_add_role(struct scc_run *run)
{
	static const char *const roles[] = { "master", "shadow", NULL };

	switch (run->role) {
	case SCC_ROLE_MASTER:
	case SCC_ROLE_SHADOW:
		scc_state_samples(run, FACT_SAPCC_HA_ROLE, NULL, 0, roles,
				  roles[run->role == SCC_ROLE_SHADOW]);
		return;
	case SCC_ROLE_OTHER:
		scc_state_samples(run, FACT_SAPCC_HA_ROLE, NULL, 0, roles, run->role_text);
		return;
	case SCC_ROLE_UNKNOWN:
		break;
	}
	/* not the master, and no answer says whether it is a shadow or neither */
	if (run->has_master_role_known)
		scc_sample(run, FACT_SAPCC_HA_ROLE, 0, "master", NULL, NULL);
}
