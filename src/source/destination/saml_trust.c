/*
 * The certificates of SAML trust (docs/reference/destination-service.md): the active and the
 * passive one of a subaccount. That one of them cannot be read does not make the level fail.
 */
#include "source/destination/saml_trust.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "source/destination/decode.h"
#include "source/destination/request.h"
#include "source/destination/url.h"

#define SAML_BODY_MAX ((size_t)256 * 1024)

/* `{"certificate":"<PEM>"}`; STATUS_SYNTAX when it is not that. */
static enum status saml_content(struct http_response *response, struct store_content **ret_content)
{
	struct cJSON *object = NULL;
	struct store_content *content = NULL;
	enum status status = json_parse(buf_text(&response->body), response->body.len, &object,
					&response->error);
	const char *pem = json_member_text(object, "certificate");

	if (status == STATUS_OK && pem == NULL)
		status = error_set(&response->error, STATUS_SYNTAX, "no member \"certificate\"");
	else if (status == STATUS_OK)
		status = store_decode((const uint8_t *)pem, strlen(pem), NULL, &content);
	if (status == STATUS_MEMORY)
		(void)error_set(&response->error, status, "out of memory");
	if (status == STATUS_OK)
		*ret_content = content;
	json_free(object);
	return status;
}

/* A certificate that could not be read: its state says so, and older knowledge of it stays. */
static void saml_failed(struct ds_run *run, struct source_level *level, const char *name,
			const struct http_response *response)
{
	bool forbidden = response->status == STATUS_HTTP_403;
	struct source_store *store =
		source_level_add_store(level, PART_SAML_TRUST, name, DS_TYPE_SAML_TRUST, NULL);

	source_store_set_state(store, forbidden ? STORE_FORBIDDEN : STORE_UNAVAILABLE,
			       response->error.text);
	ds_retry_after(run, response->retry_after_s);
	ds_issue_of_one(run, STAGE_SAML_TRUST, response->status, level->name, name,
			response->error.text);
}

static void read_saml(struct ds_run *run, struct source_level *level, enum ds_endpoint endpoint,
		      const char *path, const char *name)
{
	struct http_response response = { 0 };
	struct store_content *content = NULL;
	char *url = NULL;
	enum status status = ds_url(run, "", path, &url, &response.error);

	response.status = status;
	if (status == STATUS_OK)
		status = ds_get(run, endpoint, url, SAML_BODY_MAX, &response);
	if (status == STATUS_OK)
		status = saml_content(&response, &content);
	if (status == STATUS_OK) {
		source_level_add_store(level, PART_SAML_TRUST, name, DS_TYPE_SAML_TRUST, content);
		ds_decode_issue(run, level->name, name, content);
	} else if (status != STATUS_HTTP_404) { /* then none is configured */
		response.status = status;       /* a lack of memory is the state of this one, too */
		saml_failed(run, level, name, &response);
	}
	store_content_unref(content);
	http_response_release(&response);
	free(url);
}

void ds_read_saml_trust(struct ds_run *run, struct source_level *level)
{
	/* Always whole: without the setting none is wanted, and one that fails has a state. */
	level->whole |= PART_SAML_TRUST;
	if (!run->settings->saml_trust)
		return;
	read_saml(run, level, ENDPOINT_DS_SAML_ACTIVE, "saml2Metadata/certificate", DS_SAML_ACTIVE);
	read_saml(run, level, ENDPOINT_DS_SAML_PASSIVE, "saml2Metadata/certificate/passive",
		  DS_SAML_PASSIVE);
}
