#ifndef TEST_DIRECTORY_FIXTURE_H
#define TEST_DIRECTORY_FIXTURE_H

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "source/directory/directory.h"
#include "source/directory/levels.h"
#include "source/directory/settings.h"
#include "source/kinds.h"
#include "temp_tree.h"

/* One source of `kind: directory` on a folder of its own, and stores to put there (cmocka.h is
 * included before this file). */
#define ITEMS_MAX 4
#define HANG_S    300 /* a test that waits for a FIFO is ended by a signal */

/* -- stores, made by OpenSSL -------------------------------------------------------------- */

static EVP_PKEY *key;

static inline X509 *make_certificate(const char *name)
{
	X509 *certificate = X509_new();

	assert_non_null(certificate);
	X509_NAME *subject = X509_get_subject_name(certificate);
	assert_int_equal(X509_set_version(certificate, 2), 1);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 17), 1);
	assert_non_null(X509_gmtime_adj(X509_getm_notBefore(certificate), 0));
	assert_non_null(X509_gmtime_adj(X509_getm_notAfter(certificate), 86400));
	assert_int_equal(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
						    (const uint8_t *)name, -1, -1, 0),
			 1);
	assert_int_equal(X509_set_issuer_name(certificate, subject), 1);
	assert_int_equal(X509_set_pubkey(certificate, key), 1);
	assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
	return certificate;
}

static inline void write_bio(const char *file, BIO *bio)
{
	char *data;
	long len = BIO_get_mem_data(bio, &data);

	tree_write(file, data, (size_t)len);
	(void)BIO_free(bio);
}

static inline BIO *pem_of(const char *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	X509 *certificate = make_certificate(name);

	assert_int_equal(PEM_write_bio_X509(bio, certificate), 1);
	X509_free(certificate);
	return bio;
}

static inline void write_pem(const char *file, const char *name)
{
	write_bio(file, pem_of(name));
}

static inline void write_pkcs12(const char *file, const char *name, const char *password)
{
	BIO *bio = BIO_new(BIO_s_mem());
	X509 *certificate = make_certificate(name);
	PKCS12 *store = PKCS12_create(password, name, key, certificate, NULL, 0, 0, 100, 100, 0);

	assert_non_null(store);
	assert_int_equal(i2d_PKCS12_bio(bio, store), 1);
	PKCS12_free(store);
	X509_free(certificate);
	write_bio(file, bio);
}

/* -- one source --------------------------------------------------------------------------- */

struct fixture {
	struct source_config config;
	struct directory_settings settings; /* `own` of config */
	char *paths[ITEMS_MAX];
	char *include[ITEMS_MAX];
	char *exclude[ITEMS_MAX];
	char *auto_renewed[ITEMS_MAX];
	struct keystore_password passwords[ITEMS_MAX];
	atomic_bool stop;
	struct telemetry *telemetry;
	struct telemetry_source *counters;
	struct source *source;
	struct source_result *result; /* of the last refresh */
};

static struct fixture f;

static inline void add_item(struct string_list *list, const char *item)
{
	assert_true(list->count < ITEMS_MAX);
	list->items[list->count] = strdup(item);
	assert_non_null(list->items[list->count++]);
}

static inline void add_password(const char *pattern, const char *file)
{
	struct keystore_password *password = &f.passwords[f.config.keystore_password_count++];

	password->name = strdup(pattern);
	password->password.file = strdup(tree_path(file));
}

static inline int setup(void **state)
{
	static char id[] = "local";

	memset(&f, 0, sizeof(f));
	f.config.id = id;
	f.config.kind = &directory_kind;
	f.config.refresh_timeout_s = 300;
	f.config.own = &f.settings;
	f.settings.paths.items = f.paths;
	f.config.include.items = f.include;
	f.config.exclude.items = f.exclude;
	f.config.auto_renewed.items = f.auto_renewed;
	f.config.keystore_passwords = f.passwords;
	add_item(&f.config.include, "*");
	f.telemetry = telemetry_new();
	f.counters = telemetry_source(f.telemetry, id, NULL);
	(void)alarm(HANG_S);
	return f.counters == NULL ? -1 : tree_setup(state);
}

static inline void free_list(struct string_list *list)
{
	while (list->count > 0)
		free(list->items[--list->count]);
}

static inline int teardown(void **state)
{
	(void)alarm(0);
	source_result_free(f.result);
	source_close(f.source);
	telemetry_free(f.telemetry);
	free_list(&f.settings.paths);
	free_list(&f.config.include);
	free_list(&f.config.exclude);
	free_list(&f.config.auto_renewed);
	for (size_t i = 0; i < f.config.keystore_password_count; i++) {
		free(f.passwords[i].name);
		free(f.passwords[i].password.file);
	}
	return tree_teardown(state);
}

/* Refreshes and checks what holds for every result. */
static inline const struct source_level *refresh(void)
{
	const struct source_context context = { &f.config, f.counters, &f.stop };

	if (f.source == NULL)
		assert_int_equal(source_open(&context, &f.source), STATUS_OK);
	source_result_free(f.result);
	f.result = source_refresh(f.source);
	assert_non_null(f.result);
	assert_int_equal(f.result->level_count, 1);
	assert_string_equal(f.result->host, "");
	assert_int_equal(f.result->retry_after_s, -1);
	const struct source_level *level = f.result->levels[0];
	assert_string_equal(level->name, LEVEL_DIRECTORY);
	for (size_t i = 0; i < level->store_count; i++) {
		assert_int_equal(level->stores[i].name[0], '/');
		assert_int_equal(level->stores[i].part, PART_CERTIFICATES);
		assert_string_equal(level->stores[i].type, "");
		if (i > 0)
			assert_true(strcmp(level->stores[i - 1].name, level->stores[i].name) < 0);
	}
	return level;
}

static inline const struct source_store *store_of(const char *file)
{
	const struct source_level *level = f.result->levels[0];
	const char *name = file[0] == '/' ? file : tree_path(file);

	for (size_t i = 0; i < level->store_count; i++) {
		if (strcmp(level->stores[i].name, name) == 0)
			return &level->stores[i];
	}
	fail_msg("no store \"%s\"", name);
	return NULL;
}

static inline void assert_state(const char *file, enum store_state state)
{
	const struct source_store *store = store_of(file);

	if (store->state != state)
		fail_msg("%s: %s (%s) instead of %s", file, store_state_name(store->state),
			 store->detail, store_state_name(state));
	assert_int_equal(store->content != NULL && store->content->certificate_count > 0,
			 state == STORE_OK || state == STORE_PARTIAL);
	assert_int_equal(store->detail[0] == '\0', state == STORE_OK || state == STORE_EMPTY);
}

static inline const char *subject_of(const char *file)
{
	const struct store_content *content = store_of(file)->content;

	assert_non_null(content);
	assert_int_equal(content->certificate_count, 1);
	return content->entries[0].certificates[0].certificate->subject;
}

static inline size_t issues_of(enum stage stage, enum status reason)
{
	size_t count = 0;

	for (size_t i = 0; i < f.result->issue_count; i++) {
		const struct source_issue *issue = &f.result->issues[i];
		count += issue->stage == stage && issue->reason == reason;
	}
	return count;
}

static inline void assert_read(uint64_t hits, uint64_t misses)
{
	struct telemetry_source_values values;

	assert_int_equal(telemetry_source_read(f.counters, &values), STATUS_OK);
	assert_int_equal(values.cache_hits, hits);
	assert_int_equal(values.cache_misses, misses);
	telemetry_source_values_release(&values);
}

static inline void assert_up(bool whole, bool up)
{
	assert_int_equal(f.result->levels[0]->whole, whole ? PART_CERTIFICATES : 0);
	assert_int_equal(f.result->levels[0]->up, up);
}

static inline int make_key(void **state)
{
	(void)state;
	key = EVP_EC_gen("P-256");
	return key == NULL ? -1 : 0;
}

static inline int free_key(void **state)
{
	(void)state;
	EVP_PKEY_free(key);
	return 0;
}

#define SOURCE_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

#endif
