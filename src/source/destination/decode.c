/*
 * Answers of the Destination service about one store, turned into its content
 * (docs/reference/destination-service.md 3.4, 3.5, 4.3). Unchanged bytes are recognised by their
 * digest and not decoded again.
 */
#include "source/destination/decode.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"

static bool digest_of(const void *data, size_t len, uint8_t ret_digest[32])
{
	return EVP_Digest(data, len, ret_digest, NULL, EVP_sha256(), NULL) == 1;
}

/* A lack of memory is the state of the store that it hit, whose content can be the reason. Others
 * are read, and this one again with the next refresh. */
static void out_of_memory(struct ds_items *items, struct ds_item *item)
{
	ds_item_failed(items, item, STORE_UNAVAILABLE, STAGE_DECODE, STATUS_MEMORY,
		       "out of memory");
}

void ds_decode_issue(struct ds_run *run, const char *level, const char *name,
		     const struct store_content *content)
{
	enum status reason = source_decode_reason(content->state);

	if (reason != STATUS_OK)
		ds_issue_text(run, STAGE_DECODE, reason, level, name, content->detail);
}

/* A new content; its issue is counted here, once for each change. */
static void decoded(struct ds_items *items, struct ds_item *item, struct store_content *content)
{
	item->fresh.content = content;
	item->outcome = DS_READ;
	telemetry_cache(items->run->service->source.context.telemetry, false);
	ds_decode_issue(items->run, items->level->name, item->name, content);
}

/* Where only public keys were read the format is the name's, if that agrees with what came. */
static enum store_format format_by_name(const char *name, bool keystore)
{
	static const struct {
		const char *extension;
		enum store_format format;
	} table[] = {
		{ ".pem", STORE_FORMAT_PEM },    { ".der", STORE_FORMAT_DER },
		{ ".p12", STORE_FORMAT_PKCS12 }, { ".pfx", STORE_FORMAT_PKCS12 },
		{ ".jks", STORE_FORMAT_JKS },    { ".jceks", STORE_FORMAT_JCEKS },
		{ ".p7b", STORE_FORMAT_PKCS7 },  { ".p7c", STORE_FORMAT_PKCS7 },
	};
	char lower[512];

	text_printable_into(lower, sizeof(lower), name, strlen(name));
	text_lower(lower);
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		if (text_ends_with(lower, table[i].extension) &&
		    store_format_is_keystore(table[i].format) == keystore)
			return table[i].format;
	}
	return STORE_FORMAT_UNKNOWN;
}

static enum status build_from_elements(const struct cJSON *list, struct store_content *content)
{
	enum status status = STATUS_OK;

	json_each (element, list) {
		const char *alias = json_member_text(element, "Alias");
		const char *chain = json_member_text(element, "Content");
		status = store_add_entry(content, alias != NULL ? alias : "");
		if (status == STATUS_OK)
			status = store_add_pem(content, chain != NULL ? chain : "",
					       chain != NULL ? strlen(chain) : 0); /* "": a gap */
		if (status == STATUS_SYNTAX)
			status = STATUS_OK; /* an unreadable chain is a gap of this store */
		if (status != STATUS_OK)
			break;
	}
	if (status == STATUS_LIMIT || status == STATUS_TOO_LARGE) {
		store_set_state(content, STORE_TOO_LARGE, "more certificates than are read");
		status = STATUS_OK;
	}
	store_content_finish(content);
	return status;
}

static bool has_alias(const struct cJSON *list)
{
	json_each (element, list) {
		if (json_member_text(element, "Alias") != NULL)
			return true;
	}
	return false;
}

void ds_decode_public_keys(struct ds_items *items, struct ds_item *item,
			   const struct http_response *response)
{
	const struct ds_cached *old = item->old;
	struct cJSON *list = NULL;
	struct store_content *content = NULL;
	struct error error = { "" };

	if (!digest_of(buf_text(&response->body), response->body.len, item->fresh.digest)) {
		out_of_memory(items, item);
		return;
	}
	if (old != NULL && old->content != NULL && !old->whole_body && !old->is_protected &&
	    memcmp(old->digest, item->fresh.digest, sizeof(old->digest)) == 0) {
		ds_item_take_over(items, item);
		return;
	}
	enum status status =
		json_parse(buf_text(&response->body), response->body.len, &list, &error);
	if (status == STATUS_OK && !json_is_array(list))
		status = error_set(&error, STATUS_SYNTAX, "public keys: not a JSON array");
	if (status == STATUS_OK)
		status = store_content_new(format_by_name(item->name, has_alias(list)), &content);
	if (status == STATUS_OK)
		status = build_from_elements(list, content);
	if (status == STATUS_OK) {
		decoded(items, item, content);
		content = NULL; /* handed over */
	} else if (status == STATUS_MEMORY) {
		out_of_memory(items, item);
	} else {
		ds_item_failed(items, item, STORE_UNAVAILABLE, STAGE_FETCH, status, error.text);
	}
	store_content_unref(content);
	json_free(list);
}

/* Base64 of the uploaded bytes to content. */
static enum status decode_bytes(const char *base64, const struct store_passwords *passwords,
				struct store_content **ret_content)
{
	struct buf bytes;

	buf_init(&bytes, STORE_BYTES_MAX);
	enum status status = text_base64_decode(&bytes, base64, strlen(base64));
	if (status == STATUS_OK) {
		status = store_decode((const uint8_t *)buf_text(&bytes), bytes.len, passwords,
				      ret_content);
	} else if (status != STATUS_MEMORY) {
		bool large = status == STATUS_TOO_LARGE;
		status = store_content_new(STORE_FORMAT_UNKNOWN, ret_content);
		if (status == STATUS_OK)
			store_set_state(*ret_content, large ? STORE_TOO_LARGE : STORE_UNPARSABLE,
					large ? "larger than 4 MiB" : "the content is not base64");
	}
	buf_wipe_release(&bytes);
	return status;
}

/* Whether what is remembered of these bytes still holds with the passwords of now. */
static bool still_holds(const struct ds_item *item)
{
	const struct ds_cached *old = item->old;

	if (old == NULL || old->content == NULL || !old->whole_body ||
	    memcmp(old->digest, item->fresh.digest, sizeof(old->digest)) != 0)
		return false;
	bool same_passwords =
		memcmp(old->passwords, item->fresh.passwords, sizeof(old->passwords)) == 0;
	return same_passwords || !store_depends_on_passwords(old->content);
}

void ds_decode_entity(struct ds_items *items, struct ds_item *item, const struct cJSON *entity)
{
	const char *base64 = json_member_text(entity, "Content");
	struct store_passwords passwords = { 0 };
	struct store_content *content = NULL;

	if (base64 == NULL) {
		ds_item_failed(items, item, STORE_UNAVAILABLE, STAGE_FETCH, STATUS_SYNTAX,
			       "the answer has no Content");
		return;
	}
	item->fresh.whole_body = true;
	bool ok = digest_of(base64, strlen(base64), item->fresh.digest) &&
		  passwords_for(&items->run->passwords, item->name, &passwords,
				item->fresh.passwords) == STATUS_OK;
	if (ok && still_holds(item)) {
		ds_item_take_over(items, item);
	} else if (ok && clock_mono_ms() > items->run->deadline_ms) {
		/* key derivation takes time that anybody who uploads can ask for */
		ds_item_failed(items, item, STORE_UNAVAILABLE, STAGE_FETCH, STATUS_TIMEOUT,
			       "refresh_timeout ended before it was decoded");
	} else if (ok && decode_bytes(base64, &passwords, &content) == STATUS_OK) {
		decoded(items, item, content);
	} else {
		out_of_memory(items, item);
	}
	passwords_list_release(&passwords);
}

void ds_report_protected(struct ds_items *items, struct ds_item *item)
{
	const struct ds_cached *old = item->old;
	struct store_content *content = NULL;

	item->fresh.is_protected = true;
	if (old != NULL && old->is_protected && old->content != NULL &&
	    old->content->state == STORE_LOCKED && !old->whole_body) {
		ds_item_take_over(items, item);
		return;
	}
	if (store_content_new(format_by_name(item->name, true), &content) != STATUS_OK) {
		out_of_memory(items, item);
		return;
	}
	store_set_state(content, STORE_LOCKED,
			"a protected keystore, not fetched (protected_keystores: report)");
	decoded(items, item, content);
}
