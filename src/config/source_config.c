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
#define PAGE_SIZE         100

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
	source->level_subaccount = true;
	source->level_instance = true;
	source->collection = COLLECTION_PUBLIC_KEYS;
	source->page_size = PAGE_SIZE;
	source->protected_keystores = PROTECTED_FETCH;
	source->saml_trust = true;
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
	char *field = (char *)source + key->offset;

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
	case KEY_LEVELS:
	case KEY_KIND:
		break;
	}
}

void source_config_free(struct source_config *source)
{
	if (source == NULL)
		return;
	for (size_t i = 0; config_key(i) != NULL; i++)
		release_field(config_key(i), source);
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

static void add_field(struct digest *digest, const struct key *key,
		      const struct source_config *source)
{
	const void *field = (const char *)source + key->offset;

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
	case KEY_LEVELS:
		digest_add(digest, &source->level_subaccount, sizeof(bool));
		digest_add(digest, &source->level_instance, sizeof(bool));
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
	for (size_t i = 0; config_key(i) != NULL; i++) {
		digest_add_text(&digest, config_key(i)->name);
		add_field(&digest, config_key(i), source);
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
	    !default_text(&source->system_id, "") || !default_text(&source->subscriber, "") ||
	    !default_text(&source->proxy, "") || !default_text(&source->tls_fingerprint_sha256, ""))
		return false;
	if (source->include.count == 0 && !string_list_add(&source->include, "*"))
		return false;
	bool remote = (source->kind->keys & KEYS_NETWORK) != 0;
	if (remote && ca_file != NULL && !default_text(&source->ca_file, ca_file))
		return false;
	return set_digest(source);
}
