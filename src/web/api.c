/* The routes below /api/v1: their parameters, and the answers, which report/ makes. */
#include "web/api.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/clock.h"
#include "base/text.h"
#include "inventory/expiry.h"
#include "report/csv.h"
#include "report/json.h"
#include "web/negotiate.h"
#include "web/routes.h"
#include "web/service.h"

#define ANSWER_MAX  ((size_t)512 * 1024 * 1024) /* as large as the metrics may be */
#define KEY_MAX     16384                       /* a request line has less */
#define WITHIN_MAX  (100ull * 366 * 86400)
#define SHOWN_VALUE 80 /* bytes of a bad value in the text about it */

/* Every value of the label `type`. */
static const char *const types[] = {
	"keystore", "certificate", "saml_trust",    "binding",     "subaccount", "ui",
	"system",   "ca",          "backend_trust", "email_trust", "idp",
};

static const char *const formats[] = { "json", "csv" };

struct api_query *api_query_new(enum api_resource resource)
{
	struct api_query *query = calloc(1, sizeof(*query));

	if (query == NULL)
		return NULL;
	query->resource = resource;
	buf_init(&query->key, KEY_MAX);
	return query;
}

void api_query_free(struct api_query *query)
{
	if (query == NULL)
		return;
	free(query->source);
	free(query->system_id);
	free(query->status);
	free(query->type);
	buf_release(&query->key);
	free(query);
}

static enum status refuse(struct error *error, const char *name, const char *value,
			  const char *right)
{
	char shown_name[SHOWN_VALUE];
	char shown_value[SHOWN_VALUE];

	text_printable_into(shown_name, sizeof(shown_name), name, strlen(name));
	text_printable_into(shown_value, sizeof(shown_value), value, strlen(value));
	return error_set(error, STATUS_SYNTAX, "Parameter \"%s\": \"%s\" is not known; use %s.",
			 shown_name, shown_value, right);
}

static enum status keep(char **slot, const char *name, const char *value, struct error *error)
{
	if (*slot != NULL)
		return error_set(error, STATUS_SYNTAX, "Parameter \"%s\" is given twice.", name);
	*slot = strdup(value);
	return *slot != NULL ? STATUS_OK : STATUS_MEMORY;
}

static bool is_one_of(const char *value, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(value, list[i]) == 0)
			return true;
	}
	return false;
}

static bool is_status(const char *value)
{
	for (int i = CERTIFICATE_VALID; i <= CERTIFICATE_STATUS_UNKNOWN; i++) {
		if (strcmp(value, certificate_status_name((enum certificate_status)i)) == 0)
			return true;
	}
	return false;
}

static enum status set_within(struct api_query *query, const char *value, struct error *error)
{
	uint64_t seconds;

	if (query->filter.has_within)
		return error_set(error, STATUS_SYNTAX, "Parameter \"within\" is given twice.");
	if (parse_duration(value, WITHIN_MAX, &seconds) != STATUS_OK)
		return refuse(error, "within", value, "a duration such as 30d, 12h or 90m");
	query->filter.has_within = true;
	query->filter.within_s = (double)seconds;
	return STATUS_OK;
}

static enum status set_format(struct api_query *query, const char *value, struct error *error)
{
	bool certificates = query->resource == API_CERTIFICATES;

	if (query->has_format)
		return error_set(error, STATUS_SYNTAX, "Parameter \"format\" is given twice.");
	if (!is_one_of(value, formats, certificates ? 2 : 1))
		return refuse(error, "format", value, certificates ? "json or csv" : "json");
	query->has_format = true;
	query->csv = strcmp(value, "csv") == 0;
	return STATUS_OK;
}

enum status api_query_set(struct api_query *query, const char *name, const char *value,
			  struct error *error)
{
	bool certificates = query->resource == API_CERTIFICATES;

	if (value == NULL)
		value = "";
	if (strcmp(name, "format") == 0)
		return *value != '\0' ? set_format(query, value, error) : STATUS_OK;
	if (certificates && strcmp(name, "within") == 0)
		return *value != '\0' ? set_within(query, value, error) : STATUS_OK;
	if (certificates && strcmp(name, "source") == 0)
		return *value != '\0' ? keep(&query->source, name, value, error) : STATUS_OK;
	if (certificates && strcmp(name, "system_id") == 0)
		return *value != '\0' ? keep(&query->system_id, name, value, error) : STATUS_OK;
	if (certificates && strcmp(name, "status") == 0) {
		if (*value != '\0' && !is_status(value))
			return refuse(error, name, value,
				      "valid, expiring, expired, not_yet_valid or unknown");
		return *value != '\0' ? keep(&query->status, name, value, error) : STATUS_OK;
	}
	if (certificates && strcmp(name, "type") == 0) {
		if (*value != '\0' && !is_one_of(value, types, sizeof(types) / sizeof(types[0])))
			return refuse(error, name, value,
				      "keystore, certificate, saml_trust, binding, subaccount, ui, "
				      "system, ca, backend_trust, email_trust or idp");
		return *value != '\0' ? keep(&query->type, name, value, error) : STATUS_OK;
	}
	char shown[SHOWN_VALUE];
	text_printable_into(shown, sizeof(shown), name, strlen(name));
	return error_set(error, STATUS_SYNTAX, "Parameter \"%s\" is not known; use %s.", shown,
			 certificates ? "source, system_id, status, type, within or format"
				      : "format");
}

/* Each text with its length, so that nothing can shift. */
static void put_key(struct buf *key, const char *text)
{
	buf_printf(key, "%zu:", text != NULL ? strlen(text) : 0);
	buf_puts(key, text != NULL ? text : "");
}

enum status api_query_finish(struct api_query *query)
{
	struct buf *key = &query->key;

	query->filter.source = query->source;
	query->filter.system_id = query->system_id;
	query->filter.status = query->status;
	query->filter.type = query->type;
	buf_printf(key, "api %d %d ", (int)query->resource, query->csv ? 1 : 0);
	put_key(key, query->source);
	put_key(key, query->system_id);
	put_key(key, query->status);
	put_key(key, query->type);
	buf_printf(key, "%d %.0f", query->filter.has_within ? 1 : 0, query->filter.within_s);
	return buf_status(key);
}

/* -- answers ------------------------------------------------------------------------------------
 */

static enum status write_report(const struct api_query *query, const struct snapshot *snapshot,
				double now_s, struct buf *buf)
{
	switch (query->resource) {
	case API_CERTIFICATES:
		return query->csv ? report_certificates_csv(snapshot, &query->filter, now_s, buf)
				  : report_certificates_json(snapshot, &query->filter, now_s, buf);
	case API_STORES:
		return report_stores_json(snapshot, now_s, buf);
	case API_SOURCES:
		return report_sources_json(snapshot, now_s, buf);
	}
	return STATUS_UNSUPPORTED;
}

/* Which certificates are selected now, and the status of each: all that time alone changes. */
static int hash_rows(EVP_MD_CTX *hash, const struct api_query *query,
		     const struct snapshot *snapshot, double now_s)
{
	int good = 1;

	for (size_t i = 0; i < snapshot->view_count && good == 1; i++) {
		const struct source_view *view = snapshot->views[i];
		for (size_t k = 0; k < view->certificate_count && good == 1; k++) {
			const struct inventory_certificate *row = &view->certificates[k];
			uint64_t fact[] = { i, k, certificate_status_at(row, now_s) };
			if (report_wants(&query->filter, view, row, now_s))
				good = EVP_DigestUpdate(hash, fact, sizeof(fact));
		}
	}
	return good;
}

void api_query_tag(const struct api_query *query, const struct snapshot *snapshot, double now_s,
		   const unsigned char salt[TAG_SALT_LEN], char ret_tag[ETAG_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	struct buf hex;
	EVP_MD_CTX *hash = EVP_MD_CTX_new();

	ret_tag[0] = '\0';
	buf_init(&hex, ETAG_SIZE);
	if (hash != NULL && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1 &&
	    EVP_DigestUpdate(hash, salt, TAG_SALT_LEN) == 1 &&
	    EVP_DigestUpdate(hash, &snapshot->generation, sizeof(snapshot->generation)) == 1 &&
	    EVP_DigestUpdate(hash, query->key.data, query->key.len) == 1 &&
	    (query->resource != API_CERTIFICATES || hash_rows(hash, query, snapshot, now_s) == 1) &&
	    EVP_DigestFinal_ex(hash, digest, &len) == 1)
		text_hex(&hex, digest, len);
	if (hex.len > 0 && buf_status(&hex) == STATUS_OK)
		(void)snprintf(ret_tag, ETAG_SIZE, "W/\"%s\"", buf_text(&hex));
	buf_release(&hex);
	EVP_MD_CTX_free(hash);
}

static enum status render(struct render_job *job, struct body **ret_body, struct error *error)
{
	const struct request *request = request_of_job(job);
	struct web_server *server = request->server;
	struct snapshot *snapshot = snapshot_store_current(server->snapshots);
	double now_s = floor(clock_now()); /* whole seconds, as the answer has */
	struct buf buf;

	buf_init(&buf, ANSWER_MAX);
	enum status status = write_report(request->query, snapshot, now_s, &buf);
	if (status == STATUS_OK)
		status = body_new(&buf, &server->bodies, ret_body);
	if (status == STATUS_OK)
		api_query_tag(request->query, snapshot, now_s, server->tag_salt, (*ret_body)->etag);
	else
		(void)error_set(error, status, "the answer cannot be rendered: %s",
				status_name(status));
	buf_release(&buf);
	snapshot_unref(snapshot);
	return status;
}

static void finish(struct request *request)
{
	request->reply.content_type = request->query->csv
					      ? "text/csv; charset=utf-8; header=present"
					      : "application/json";
	request->reply.vary = "Accept, Accept-Encoding";
	request->reply.no_cache = true;
}

struct parameters {
	struct api_query *query;
	enum status status;
	struct error error;
};

static enum MHD_Result take_parameter(void *user, enum MHD_ValueKind kind, const char *name,
				      const char *value)
{
	struct parameters *parameters = user;

	(void)kind;
	parameters->status = api_query_set(parameters->query, name, value, &parameters->error);
	return parameters->status == STATUS_OK ? MHD_YES : MHD_NO;
}

static enum status read_query(struct request *request, enum api_resource resource,
			      struct error *error)
{
	char storage[HEADER_VALUE_MAX];
	struct parameters parameters = { .query = api_query_new(resource) };

	request->query = parameters.query;
	if (parameters.query == NULL)
		return STATUS_MEMORY;
	(void)MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, take_parameter,
					&parameters);
	*error = parameters.error;
	if (parameters.status != STATUS_OK)
		return parameters.status;
	if (resource == API_CERTIFICATES && !request->query->has_format)
		request->query->csv =
			negotiate_csv(request_header(request, "Accept", storage, sizeof(storage)));
	return api_query_finish(request->query);
}

static enum route_result answer(struct request *request, enum api_resource resource)
{
	struct error error = { "" };

	if (!request_take_slot(request, &request->server->reports, REPORTS_MAX))
		return ROUTE_READY;
	enum status status = read_query(request, resource, &error);
	if (status == STATUS_SYNTAX) {
		reply_text(request, MHD_HTTP_BAD_REQUEST, "%s", error.text);
		return ROUTE_READY;
	}
	if (status != STATUS_OK) {
		reply_text(request, MHD_HTTP_INTERNAL_SERVER_ERROR, "Out of memory.");
		return ROUTE_READY;
	}
	request->job.key = buf_text(&request->query->key);
	request->job.render = render;
	request->finish = finish;
	return ROUTE_RENDER;
}

enum route_result api_certificates_answer(struct request *request)
{
	return answer(request, API_CERTIFICATES);
}

enum route_result api_stores_answer(struct request *request)
{
	return answer(request, API_STORES);
}

enum route_result api_sources_answer(struct request *request)
{
	return answer(request, API_SOURCES);
}
