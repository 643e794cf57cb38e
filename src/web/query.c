/* The parameters of the routes below /api/v1, and the entity tag of what they select. */
#include "web/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "inventory/expiry.h"
#include "report/filter.h"
#include "source/kinds.h"

#define KEY_MAX     16384 /* a request line has less */
#define WITHIN_MAX  (100ull * 366 * 86400)
#define SHOWN_VALUE 80 /* bytes of a bad value in the text about it */

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
	for (int i = 0; i < CERTIFICATE_STATUS_COUNT; i++) {
		if (strcmp(value, certificate_status_name((enum certificate_status)i)) == 0)
			return true;
	}
	return false;
}

static bool is_type(const char *value)
{
	for (size_t i = 0; source_type_at(i) != NULL; i++) {
		if (strcmp(value, source_type_at(i)) == 0)
			return true;
	}
	return false;
}

static enum status refuse_type(const char *value, struct error *error)
{
	struct buf right;

	buf_init(&right, sizeof(error->text));
	for (size_t i = 0; source_type_at(i) != NULL; i++) {
		const char *between = source_type_at(i + 1) != NULL ? ", " : " or ";
		buf_printf(&right, "%s%s", i == 0 ? "" : between, source_type_at(i));
	}
	enum status status = refuse(error, "type", value, buf_text(&right));
	buf_release(&right);
	return status;
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
		if (*value != '\0' && !is_type(value))
			return refuse_type(value, error);
		return *value != '\0' ? keep(&query->type, name, value, error) : STATUS_OK;
	}
	char shown[SHOWN_VALUE];
	text_printable_into(shown, sizeof(shown), name, strlen(name));
	return error_set(error, STATUS_SYNTAX, "Parameter \"%s\" is not known; use %s.", shown,
			 certificates ? "source, system_id, status, type, within or format"
				      : "format");
}

/* Each text is preceded by its length, so that no two queries have the same key. */
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

/* Which certificates are selected now, and the status of each: nothing else changes with time
 * alone. */
static void add_rows(struct digest *digest, const struct api_query *query,
		     const struct snapshot *snapshot, double now_s)
{
	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		for (size_t k = 0; k < view->certificate_count; k++) {
			const struct inventory_certificate *row = &view->certificates[k];
			uint64_t fact[] = { i, k, certificate_status_at(row, now_s) };
			if (report_wants(&query->filter, view, row, now_s))
				digest_add(digest, fact, sizeof(fact));
		}
	}
}

void api_query_tag(const struct api_query *query, const struct snapshot *snapshot, double now_s,
		   const unsigned char salt[TAG_SALT_LEN], char ret_tag[ETAG_SIZE])
{
	uint8_t bytes[DIGEST_SIZE];
	char hex[DIGEST_TEXT_SIZE];
	struct digest digest;

	ret_tag[0] = '\0';
	digest_begin(&digest);
	digest_add(&digest, salt, TAG_SALT_LEN);
	digest_add(&digest, &snapshot->generation, sizeof(snapshot->generation));
	digest_add(&digest, query->key.data, query->key.len);
	if (query->resource == API_CERTIFICATES)
		add_rows(&digest, query, snapshot, now_s);
	if (digest_end(&digest, bytes) != STATUS_OK)
		return;
	digest_text(bytes, hex);
	(void)snprintf(ret_tag, ETAG_SIZE, "W/\"%s\"", hex);
}
