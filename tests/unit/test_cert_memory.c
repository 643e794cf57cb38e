/*
 * Every allocation fails once, OpenSSL's included (memory.h). Either the result is STATUS_MEMORY,
 * or nothing of the content has changed. The address sanitizer looks for leaks.
 */
#include "test_cert_help.h"

#include <malloc.h>

#include <openssl/crypto.h>

#include "cert/crypto_memory.h"
#include "memory.h"

static const char *needle; /* must not be in memory that is freed; NULL: nothing is searched */
static size_t needle_len;
static bool needle_found;

void __real_free(void *data);
void __wrap_free(void *data);

void __wrap_free(void *data)
{
	if (data != NULL && needle != NULL &&
	    memmem(data, malloc_usable_size(data), needle, needle_len) != NULL)
		needle_found = true;
	__real_free(data);
}

static void check_same(const char *file, const struct store_content *a,
		       const struct store_content *b, long n)
{
	if (a->state != b->state || a->certificate_count != b->certificate_count ||
	    a->entry_count != b->entry_count || strcmp(a->detail, b->detail) != 0)
		fail_msg("%s, allocation %ld: %s (%s), %zu", file, n, store_state_name(b->state),
			 b->detail, b->certificate_count);
	for (size_t i = 0; i < a->entry_count; i++) {
		const struct store_entry *ea = &a->entries[i];
		const struct store_entry *eb = &b->entries[i];
		assert_string_equal(ea->alias, eb->alias);
		assert_int_equal(ea->count, eb->count);
		for (size_t k = 0; k < ea->count; k++) {
			const struct certificate *ca = ea->certificates[k].certificate;
			const struct certificate *cb = eb->certificates[k].certificate;
			if (ca->role != cb->role || strcmp(ca->subject, cb->subject) != 0 ||
			    strcmp(ca->public_key, cb->public_key) != 0 ||
			    strcmp(ca->san, cb->san) != 0 || ca->not_after_s != cb->not_after_s)
				fail_msg("%s, allocation %ld: other facts", file, n);
		}
	}
}

/* `step`: fails only each so-manieth allocation, where there are very many. */
static void run(const char *file, const char *password, long step)
{
	struct secret secret = { strdup(password), strlen(password) };
	struct store_passwords passwords = { &secret, 1 };
	struct store_content *whole = NULL;
	struct buf bytes;

	load(file, &bytes);
	const uint8_t *data = (const uint8_t *)bytes.data;
	assert_int_equal(store_decode(data, bytes.len, &passwords, &whole), STATUS_OK);
	for (long n = 1;; n += step) {
		struct store_content *content = NULL;
		memory_fail_at(n, false);
		enum status status = store_decode(data, bytes.len, &passwords, &content);
		bool failed = memory_end();
		if (status == STATUS_OK)
			check_same(file, whole, content, n);
		else
			assert_int_equal(status, STATUS_MEMORY);
		store_content_unref(content);
		if (!failed)
			break;
	}
	store_content_unref(whole);
	buf_release(&bytes);
	secret_release(&secret);
}

static void test_failing_allocations(void **state)
{
	/* not the legacy ciphers: OpenSSL 3.0 leaks when memory ends while it lists a new provider
	 */
	static const struct {
		const char *file;
		long step;
	} cases[] = {
		{ "chain.pem", 9 },
		{ "chain.p7b", 9 },
		{ "chain.p7.pem", 23 },
		{ "root.der", 5 },
		{ "root-pss.der", 7 },
		{ "label-certificate-chain.pem", 23 },
		{ "utf8.der", 1 },
		{ "root-rsa.der", 7 },
		{ "keytool-jks", 17 },
		{ "keytool-jceks", 29 },
		{ "odd-counter.p12", 61 },
		{ "odd-names.p12", 1 },
		{ "odd-key-rollover.p12", 101 },
		{ "clear-key.p12", 17 },
		{ "aes.p12", 4001 },
		{ "no-mac.p12", 997 },
		{ "indefinite.p12", 3001 },
		{ "empty-pbe-salt-no-mac.p12", 53 },
		{ "old-openssl-password-encoding.p12", 59 },
		{ "pss-modulus-zero.der", 5 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		run(cases[i].file, strncmp(cases[i].file, "old", 3) == 0 ? "Müller€" : "changeit",
		    cases[i].step);
}

/* OpenSSL's error queue has the same entry for both. */
static void test_no_bytes_are_no_failure(void **state)
{
	(void)state;
	(void)crypto_memory_failed();
	assert_null(OPENSSL_malloc(0));
	void *data = OPENSSL_malloc(1);
	assert_null(OPENSSL_realloc(data, 0));
	assert_false(crypto_memory_failed());
	memory_fail_at(1, false);
	assert_null(OPENSSL_malloc(1));
	assert_true(memory_end());
	assert_true(crypto_memory_failed());
	assert_false(crypto_memory_failed());
}

/* Content for which OpenSSL reports a lack of memory, or asks for no bytes. */
static void test_poisonous_content(void **state)
{
	static const char *const files[] = { "empty-mac-salt.p12", "empty-pbe-salt-no-mac.p12",
					     "pss-modulus-zero.der" };

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct store_content *content = decode_file(files[i], "changeit");
		if (content->state != STORE_OK || content->certificate_count != 1)
			fail_msg("%s: %s (%s)", files[i], store_state_name(content->state),
				 content->detail);
		store_content_unref(content);
		check_sane(content = decode_file(files[i], NULL));
		store_content_unref(content);
	}
}

static void search(const void *data, size_t len, const char *secret, size_t secret_len)
{
	struct store_passwords none = { NULL, 0 };
	struct store_content *content = NULL;

	assert_non_null(secret);
	needle_found = false;
	needle_len = secret_len;
	needle = secret;
	enum status status = store_decode(data, len, &none, &content);
	store_content_unref(content);
	needle = NULL;
	assert_int_equal(status, STATUS_OK);
	assert_false(needle_found);
}

/* Keys in clear: in a bag of PKCS#12, in the same in base64, in PEM with line ends as letters. */
static void test_keys_are_wiped(void **state)
{
	char lines[8192];
	size_t n = 0;
	struct buf key;
	struct buf store;
	struct buf encoded;

	(void)state;
	load("key.der", &key);
	const char *octets = memmem(key.data, key.len, "\x04\x20", 2); /* of 32 bytes */
	assert_non_null(octets);
	load("clear-key.p12", &store);
	assert_non_null(memmem(store.data, store.len, octets + 2, 32));
	search(store.data, store.len, octets + 2, 32);
	buf_release(&store);

	load("clear-key.base64", &encoded);
	search(encoded.data, encoded.len, octets + 2, 32);
	buf_release(&encoded);
	buf_release(&key);

	load("key.pem", &key);
	const char *body =
		strchr(key.data, '\n') + 66; /* its first line is the same for all keys */
	load("chain.pem", &store);
	for (size_t i = 0; i < store.len && n + 2 < sizeof(lines); i++) {
		if (store.data[i] == '\n')
			lines[n++] = '\\';
		lines[n++] = store.data[i] == '\n' ? 'n' : store.data[i];
	}
	assert_non_null(memmem(lines, n, body, 40));
	search(lines, n, body, 40);
	buf_release(&store);
	buf_release(&key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_failing_allocations),
		cmocka_unit_test(test_no_bytes_are_no_failure),
		cmocka_unit_test(test_poisonous_content),
		cmocka_unit_test(test_keys_are_wiped),
	};

	if (!crypto_memory_is_watched())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
