/*
 * The certificates of the connector itself and its trust lists
 * (docs/reference/cloud-connector.md 7.1, 8.3 to 8.6). None of these answers holds a certificate's
 * bytes: what they do not say stays unknown.
 */
#include "source/connector/certificates.h"

#include <strings.h>

#include "source/connector/stores.h"

static const struct {
	unsigned part;
	const char *name; /* of the store, and its type */
	const char *type; /* in /api/monitoring/certificates */
	enum scc_owner owner;
} own_kinds[SCC_OWN_COUNT] = {
	[SCC_UI] = { PART_UI, "ui", "UI", SCC_OWN },
	[SCC_SYSTEM] = { PART_SYSTEM, "system", "System", SCC_OWN },
	[SCC_CA] = { PART_CA, "ca", "CA", SCC_ISSUER },
};

/* Replaces what an earlier answer of the same kind said. */
static enum status keep_certificate(const struct cJSON *object, enum scc_owner owner,
				    struct certificate **at, struct error *error)
{
	struct certificate *certificate = NULL;
	enum status status = scc_certificate(object, owner, &certificate);

	if (status != STATUS_OK)
		return error_set(error, status, "not a certificate's description");
	certificate_free(*at);
	*at = certificate;
	return STATUS_OK;
}

/* ---- UI, system, CA ---- */

static enum status read_own(struct scc_run *run, enum scc_own kind, const struct cJSON *json,
			    struct error *error)
{
	return keep_certificate(json, own_kinds[kind].owner,
				&run->own[kind][SCC_FROM_CONFIGURATION], error);
}

enum status scc_read_ui(struct scc_run *run, struct scc_subaccount *row, const struct cJSON *json,
			struct error *error)
{
	(void)row;
	return read_own(run, SCC_UI, json, error);
}

enum status scc_read_system(struct scc_run *run, struct scc_subaccount *row,
			    const struct cJSON *json, struct error *error)
{
	(void)row;
	return read_own(run, SCC_SYSTEM, json, error);
}

enum status scc_read_ca(struct scc_run *run, struct scc_subaccount *row, const struct cJSON *json,
			struct error *error)
{
	(void)row;
	return read_own(run, SCC_CA, json, error);
}

/* ---- /api/monitoring/certificates ---- */

static enum status read_listed_subaccount(struct scc_run *run, const struct cJSON *item,
					  struct error *error)
{
	const char *region_host = scc_given_name(item, "subaccountRegion");
	const char *subaccount = scc_given_name(item, "subaccountName");
	struct scc_subaccount *row = NULL;

	if (region_host == NULL || subaccount == NULL) {
		run->nameless++;
		return STATUS_OK;
	}
	enum status status = scc_rows_get(&run->rows, region_host, subaccount, &row);
	if (status == STATUS_OK && row != NULL)
		status = keep_certificate(item, SCC_OWN, &row->certificates[SCC_FROM_CERTIFICATES],
					  error);
	return status;
}

static enum status read_listed(struct scc_run *run, const struct cJSON *item, struct error *error)
{
	const char *type = json_member_text(item, "type");

	if (type == NULL) {
		run->nameless++;
		return STATUS_OK;
	}
	if (strcasecmp(type, "subaccount") == 0)
		return read_listed_subaccount(run, item, error);
	for (int kind = 0; kind < SCC_OWN_COUNT; kind++) {
		if (strcasecmp(type, own_kinds[kind].type) == 0)
			return keep_certificate(item, own_kinds[kind].owner,
						&run->own[kind][SCC_FROM_CERTIFICATES], error);
	}
	return STATUS_OK; /* a kind of a later version */
}

enum status scc_read_monitoring_certificates(struct scc_run *run, struct scc_subaccount *row,
					     const struct cJSON *json, struct error *error)
{
	static const char *const selections[] = { "expired", "expiring", "ok" };
	enum status status = STATUS_OK;
	size_t lists = 0;

	(void)row;
	for (size_t i = 0; i < sizeof(selections) / sizeof(selections[0]); i++) {
		const struct cJSON *list = json_member(json, selections[i]);
		lists += json_is_array(list);
		json_each (item, list) {
			if (status == STATUS_OK)
				status = read_listed(run, item, error);
		}
	}
	scc_rows_sort(&run->rows);
	if (status == STATUS_OK && lists == 0)
		status = error_set(error, STATUS_SYNTAX, "no list of certificates");
	return status;
}

/* ---- stores ---- */

void scc_add_own(struct scc_run *run)
{
	for (int kind = 0; kind < SCC_OWN_COUNT; kind++) {
		const struct certificate *best = scc_best(run->own[kind]);
		struct source_store *store;
		if (best != NULL && scc_add_store(run, own_kinds[kind].part, own_kinds[kind].name,
						  own_kinds[kind].name, best, &store) != STATUS_OK)
			run->status = STATUS_MEMORY;
	}
}

/* ---- trust lists ---- */

/* One entry of a trust list under "<type>/<key>". */
static enum status add_trusted(struct scc_run *run, unsigned part, const char *type,
			       const char *key, const struct cJSON *description,
			       struct error *error)
{
	struct certificate *certificate = NULL;
	struct source_store *store;
	struct buf name;

	buf_init(&name, SCC_NAME_MAX); /* a long alias has its store like any other */
	buf_printf(&name, "%s/%s", type, key);
	enum status status = buf_status(&name);
	if (run->level->store_count + run->rows.count + SCC_OWN_COUNT >= SCC_STORES_MAX)
		status = STATUS_LIMIT; /* there is always room for the connector's own */
	if (status == STATUS_OK)
		status = scc_certificate(description, SCC_ISSUER, &certificate);
	if (status == STATUS_OK)
		status = scc_add_store(run, part, buf_text(&name), type, certificate, &store);
	if (status == STATUS_LIMIT)
		(void)error_set(error, status, "more than %d certificates", SCC_STORES_MAX);
	certificate_free(certificate);
	buf_release(&name);
	return status;
}

static enum status read_aliases(struct scc_run *run, unsigned part, const char *type,
				const struct cJSON *list, struct error *error)
{
	enum status status = STATUS_OK;

	if (list != NULL && json_is_null(list))
		return STATUS_OK; /* how some write a list without elements */
	if (!json_is_array(list))
		return error_set(error, STATUS_SYNTAX, "no list of trusted certificates");
	json_each (item, list) {
		const char *alias = scc_given_name(item, "alias");
		if (alias == NULL)
			run->nameless++;
		else if (status == STATUS_OK)
			status = add_trusted(run, part, type, alias, item, error);
	}
	return status;
}

enum status scc_read_truststore(struct scc_run *run, struct scc_subaccount *row,
				const struct cJSON *json, struct error *error)
{
	const struct cJSON *list = json_member(json, "trustedBackends");
	bool all = false;

	(void)row;
	if (list == NULL) /* the name in the documentation */
		list = json_member(json, "trustedBackendSystems");
	if (json_bool(json_member(json, "trustAllBackends"), &all))
		scc_sample(run, FACT_SAPCC_BACKEND_TRUST_ALL, all, NULL, NULL, NULL);
	return read_aliases(run, PART_BACKEND_TRUST, "backend_trust", list, error);
}

enum status scc_read_email_truststore(struct scc_run *run, struct scc_subaccount *row,
				      const struct cJSON *json, struct error *error)
{
	(void)row;
	return read_aliases(run, PART_EMAIL_TRUST, "email_trust",
			    json_member(json, "trustedEmailCertificates"), error);
}

/* "<region host>/<subaccount>/<id>" of an identity provider; false when it has none. */
static bool idp_key(const struct scc_subaccount *row, const struct cJSON *item, struct buf *key)
{
	const char *text = scc_given_name(item, "id");
	uint64_t number = 0;

	buf_printf(key, "%s/%s/", row->region_host, row->subaccount);
	if (text != NULL)
		buf_puts(key, text);
	else if (json_u64(json_member(item, "id"), &number))
		buf_printf(key, "%llu", (unsigned long long)number);
	else
		return false;
	return true;
}

static enum status read_idp(struct scc_run *run, const struct scc_subaccount *row,
			    const struct cJSON *item, struct error *error)
{
	const struct cJSON *certificate = json_member(item, "certificate");
	enum status status = STATUS_OK;
	struct buf key;

	buf_init(&key, SCC_NAME_MAX);
	if (!idp_key(row, item, &key))
		run->nameless++;
	else if (json_is_object(certificate))
		status = buf_status(&key) != STATUS_OK
				 ? buf_status(&key)
				 : add_trusted(run, PART_IDP, "idp", buf_text(&key), certificate,
					       error);
	buf_release(&key);
	return status;
}

enum status scc_read_idps(struct scc_run *run, struct scc_subaccount *row, const struct cJSON *json,
			  struct error *error)
{
	enum status status = STATUS_OK;

	if (!json_is_array(json))
		return error_set(error, STATUS_SYNTAX, "not a list of identity providers");
	json_each (item, json) {
		if (status == STATUS_OK)
			status = read_idp(run, row, item, error);
	}
	return status;
}
