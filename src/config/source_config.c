/*
 * One source in memory: its defaults, its digest, its release. Both digest and release walk over
 * the table of keys, so that no field is forgotten.
 */
#include "config/source_config.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "config/keys.h"

#define POLL_INTERVAL_S   3600
#define TIMEOUT_S         30
#define CONNECT_TIMEOUT_S 5
#define REFRESH_TIMEOUT_S 300

bool source_config_is_remote(const struct source_config *source)
{
	return (source->kind->groups & KEYS_NETWORK) != 0;
}

bool source_config_is_unverified(const struct source_config *source)
{
	return source->kind->is_unverified != NULL && source->kind->is_unverified(source);
}

static bool same_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

bool source_config_same_binding(const struct source_config *a, const struct source_config *b)
{
	return same_text(a->host, b->host) && same_text(a->token_url, b->token_url) &&
	       same_text(a->identity_zone, b->identity_zone) &&
	       same_text(a->uaa_domain, b->uaa_domain) && same_text(a->client_id, b->client_id) &&
	       same_text(a->subscriber, b->subscriber) &&
	       same_text(a->binding_file, b->binding_file) &&
	       same_text(a->vcap_service, b->vcap_service) &&
	       same_text(a->binding_dir, b->binding_dir);
}

bool source_config_wants(const struct source_config *source, const char *name)
{
	return string_list_matches(&source->include, name) &&
	       !string_list_matches(&source->exclude, name);
}

enum status secret_setting_read(const struct secret_setting *setting, struct secret *ret_secret,
				struct error *error)
{
	if (setting->file != NULL)
		return file_read_secret(setting->file, ret_secret, error);
	if (setting->value.data == NULL)
		return error_set(error, STATUS_NOT_FOUND, "not given");
	enum status status = secret_set(ret_secret, setting->value.data, setting->value.len);
	return status == STATUS_OK ? status : error_set(error, status, "out of memory");
}

struct source_config *source_config_new(const struct source_kind *kind)
{
	struct source_config *source = calloc(1, sizeof(*source));

	if (source == NULL)
		return NULL;
	source->kind = kind;
	source->enabled = true;
	source->poll_interval_s = POLL_INTERVAL_S;
	source->timeout_s = TIMEOUT_S;
	source->connect_timeout_s = CONNECT_TIMEOUT_S;
	source->refresh_timeout_s = REFRESH_TIMEOUT_S;
	if (kind->size == 0)
		return source;
	source->own = calloc(1, kind->size);
	if (source->own == NULL) {
		free(source);
		return NULL;
	}
	if (kind->defaults != NULL)
		kind->defaults(source->own);
	return source;
}

void keystore_passwords_release(struct source_config *source)
{
	for (size_t i = 0; i < source->keystore_password_count; i++) {
		struct keystore_password *item = &source->keystore_passwords[i];
		free(item->name);
		secret_release(&item->password.value);
		free(item->password.file);
	}
	free(source->keystore_passwords);
	source->keystore_passwords = NULL;
	source->keystore_password_count = 0;
}

static void release_field(const struct key *key, struct source_config *source)
{
	char *field = (char *)source_key_base(source, key) + key->offset;

	switch (key->type) {
	case KEY_TEXT:
	case KEY_FILE:
		secret_free_text(*(char **)(void *)field); /* a proxy may hold a password */
		break;
	case KEY_SECRET:
		secret_release(&((struct secret_setting *)(void *)field)->value);
		break;
	case KEY_SECRET_FILE:
		free(((struct secret_setting *)(void *)field)->file);
		break;
	case KEY_LIST:
	case KEY_PATHS:
		string_list_release((struct string_list *)(void *)field);
		break;
	case KEY_PASSWORDS:
		keystore_passwords_release(source);
		break;
	case KEY_BOOL:
	case KEY_NUMBER:
	case KEY_DURATION:
	case KEY_CHOICE:
	case KEY_WORDS:
	case KEY_KIND:
		break;
	}
}

void source_config_free(struct source_config *source)
{
	if (source == NULL)
		return;
	for (size_t i = 0; source_key(source->kind, i) != NULL; i++)
		release_field(source_key(source->kind, i), source);
	free(source->own);
	secret_free_text(source->binding_json);
	free(source->origin);
	free(source->file);
	free(source);
}

static void add_secret_setting(struct digest *digest, const struct secret_setting *setting)
{
	digest_add_text(digest, setting->value.data);
	digest_add_text(digest, setting->file);
}

static void add_list(struct digest *digest, const struct string_list *list)
{
	digest_add(digest, &list->count, sizeof(list->count));
	for (size_t i = 0; i < list->count; i++)
		digest_add_text(digest, list->items[i]);
}

static void add_passwords(struct digest *digest, const struct source_config *source)
{
	size_t count = source->keystore_password_count;

	digest_add(digest, &count, sizeof(count));
	for (size_t i = 0; i < count; i++) {
		digest_add_text(digest, source->keystore_passwords[i].name);
		add_secret_setting(digest, &source->keystore_passwords[i].password);
	}
}

static void add_field(struct digest *digest, const struct key *key, struct source_config *source)
{
	const void *field = (const char *)source_key_base(source, key) + key->offset;

	switch (key->type) {
	case KEY_TEXT:
	case KEY_FILE:
		digest_add_text(digest, *(const char *const *)field);
		break;
	case KEY_BOOL:
		digest_add(digest, field, sizeof(bool));
		break;
	case KEY_NUMBER:
	case KEY_DURATION:
	case KEY_CHOICE:
	case KEY_WORDS:
		digest_add(digest, field, sizeof(uint32_t));
		break;
	case KEY_SECRET:
	case KEY_SECRET_FILE:
		add_secret_setting(digest, field);
		break;
	case KEY_LIST:
	case KEY_PATHS:
		add_list(digest, field);
		break;
	case KEY_PASSWORDS:
		add_passwords(digest, source);
		break;
	case KEY_KIND:
		digest_add_text(digest, source->kind->name);
		break;
	}
}

static bool set_digest(struct source_config *source)
{
	uint8_t bytes[DIGEST_SIZE];
	struct digest digest;

	digest_begin(&digest);
	for (size_t i = 0; source_key(source->kind, i) != NULL; i++) {
		digest_add_text(&digest, source_key(source->kind, i)->name);
		add_field(&digest, source_key(source->kind, i), source);
	}
	digest_add_text(&digest, source->binding_json);
	if (digest_end(&digest, bytes) != STATUS_OK)
		return false;
	digest_text(bytes, source->digest);
	return true;
}

/* Sets a text that was not given to its default. */
static bool default_text(char **field, const char *text)
{
	if (*field != NULL)
		return true;
	*field = strdup(text);
	return *field != NULL;
}

/* A text that may be empty is so by default. */
static bool default_texts(struct source_config *source)
{
	const struct key *key;
	bool ok = true;

	for (size_t i = 0; ok && (key = source_key(source->kind, i)) != NULL; i++) {
		char *base = source_key_base(source, key);
		if (key->type == KEY_TEXT && (key->flags & KEY_EMPTY) != 0)
			ok = default_text((char **)(void *)(base + key->offset), "");
	}
	return ok;
}

bool source_config_finish(struct source_config *source, const char *ca_file)
{
	if (source->name != NULL && source->name[0] == '\0') {
		free(source->name);
		source->name = NULL;
	}
	if (source->ca_file != NULL && source->ca_file[0] == '\0') {
		free(source->ca_file);
		source->ca_file = NULL;
	}
	if (!default_text(&source->id, "") || !default_text(&source->name, source->id) ||
	    !default_texts(source))
		return false;
	if (source->include.count == 0 && !string_list_add(&source->include, "*"))
		return false;
	if (source_config_is_remote(source) && ca_file != NULL &&
	    !default_text(&source->ca_file, ca_file))
		return false;
	return set_digest(source);
}
