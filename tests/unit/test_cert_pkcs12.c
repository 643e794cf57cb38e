/* PKCS#12: real ones of many writers compared with keytool, passwords, damage. What is built here
 * is in test_cert_pkcs12_bags.c. */
#include "test_cert_help.h"

#include <openssl/evp.h>

static void test_passwords(void **state)
{
	static const struct {
		const char *file;
		const char *password;
		enum store_state state;
		size_t certificates;
		const char *detail;
	} cases[] = {
		{ "aes.p12", "changeit", STORE_OK, 3, "" },
		{ "aes.p12", "wrong", STORE_LOCKED, 0, "the given password does not fit" },
		{ "aes.p12", NULL, STORE_LOCKED, 0, "a password is needed, and none was given" },
		{ "empty-password.p12", NULL, STORE_OK, 3, "" },
		{ "empty-password.p12", "other", STORE_OK, 3, "" },
		{ "rc2-40.p12", "changeit", STORE_OK, 3, "" },
		{ "rc2-40.p12", "wrong", STORE_LOCKED, 0, "the given password does not fit" },
		{ "rc2-128.p12", "changeit", STORE_OK, 3, "" },
		{ "3des.p12", "changeit", STORE_OK, 3, "" },
		{ "3des-sha512.p12", "changeit", STORE_OK, 3, "" },
		{ "umlaut-password.p12", "pässwörd€", STORE_OK, 3, "" },
		{ "umlaut-password.p12", "password", STORE_LOCKED, 0,
		  "the given password does not fit" },
		{ "clear.p12", NULL, STORE_OK, 3, "" },
		{ "clear-key.p12", NULL, STORE_OK, 3, "" },
		{ "no-mac.p12", "changeit", STORE_OK, 3, "" },
		{ "no-mac.p12", "wrong", STORE_LOCKED, 0, "no password decrypts part 1" },
		{ "scrypt.p12", "changeit", STORE_OK, 3, "" },
		{ "scrypt.p12", "wrong", STORE_LOCKED, 0, "no password decrypts part 1" },
		{ "indefinite.p12", "changeit", STORE_OK, 3, "" },
		{ "indefinite.p12", NULL, STORE_LOCKED, 0,
		  "a password is needed, and none was given" },
		{ "no-key.p12", "changeit", STORE_OK, 3, "" },
		{ "no-certificate.p12", "changeit", STORE_EMPTY, 0, "" },
		{ "keytool-pkcs12", "changeit", STORE_OK, 7, "" },
		{ "more-nested.p12", NULL, STORE_OK, 2, "" },
		{ "more-certificates.p12", NULL, STORE_OK, 3, "" },
		{ "empty-mac-salt.p12", "changeit", STORE_OK, 1, "" },
		{ "empty-mac-salt.p12", "wrong", STORE_LOCKED, 0,
		  "the given password does not fit" },
		{ "empty-mac-salt.p12", NULL, STORE_LOCKED, 0,
		  "a password is needed, and none was given" },
		{ "empty-pbe-salt-no-mac.p12", "changeit", STORE_OK, 1, "" },
		{ "empty-pbe-salt-no-mac.p12", "wrong", STORE_LOCKED, 0,
		  "no password decrypts part 1" },
		{ "empty-pbe-salt-no-mac.p12", NULL, STORE_LOCKED, 0,
		  "no password decrypts part 1" },
		{ "old-openssl-password-encoding.p12", "Müller€", STORE_OK, 1, "" },
		{ "old-openssl-password-encoding.p12", "M\xFCller", STORE_LOCKED, 0,
		  "the given password does not fit" },
		{ "mac-and-encryption-passwords-differ.p12", "macpass", STORE_LOCKED, 0,
		  "no password decrypts part 1" },
		{ "mac-and-encryption-passwords-differ.p12", "encpass", STORE_LOCKED, 0,
		  "the given password does not fit" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_content *content = decode_file(cases[i].file, cases[i].password);
		check_sane(content);
		assert_int_equal(content->format, STORE_FORMAT_PKCS12);
		if (content->state != cases[i].state ||
		    content->certificate_count != cases[i].certificates)
			fail_msg("%s: %s (%s), %zu", cases[i].file,
				 store_state_name(content->state), content->detail,
				 content->certificate_count);
		assert_string_equal(content->detail, cases[i].detail);
		store_content_unref(content);
	}
}

static struct store_content *decode_with(const struct buf *bytes, const char *const *given)
{
	struct secret items[4] = { { NULL, 0 } };
	struct store_passwords passwords = { items, 0 };
	struct store_content *content = NULL;

	for (; given[passwords.count] != NULL; passwords.count++)
		assert_int_equal(secret_set(&items[passwords.count], given[passwords.count],
					    strlen(given[passwords.count])),
				 STATUS_OK);
	assert_int_equal(
		store_decode((const uint8_t *)buf_text(bytes), bytes->len, &passwords, &content),
		STATUS_OK);
	for (size_t i = 0; i < passwords.count; i++)
		secret_release(&items[i]);
	check_sane(content);
	return content;
}

/* The password that the MAC confirms is tried first, the others after it. */
static void test_two_passwords(void **state)
{
	static const char *const orders[][4] = {
		{ "macpass", "encpass", NULL },
		{ "encpass", "macpass", NULL },
		{ "Müller€", "macpass", "encpass", NULL },
	};
	struct buf bytes;

	(void)state;
	load("mac-and-encryption-passwords-differ.p12", &bytes);
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct store_content *content = decode_with(&bytes, orders[i]);
		if (content->state != STORE_OK || content->certificate_count != 3)
			fail_msg("%zu: %s (%s)", i, store_state_name(content->state),
				 content->detail);
		store_content_unref(content);
	}
	buf_release(&bytes);
}

/* Each line "alias TAB position TAB sha256" of `keytool -list -v` (tests/data/cert/make). */
static void compare_listing(const char *file)
{
	struct store_content *content = decode_file(file, "changeit");
	char name[128];
	struct buf text;
	size_t lines = 0;

	(void)snprintf(name, sizeof(name), "%s.keytool", file);
	load(name, &text);
	check_sane(content);
	assert_int_equal(content->state, STORE_OK);
	for (char *line = text.data, *end; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		*end = '\0';
		char *position = strchr(line, '\t');
		*position++ = '\0';
		char *sha256 = strchr(position, '\t');
		*sha256++ = '\0';
		const struct certificate *c =
			find_certificate(content, line, (uint32_t)strtoul(position, NULL, 10));
		if (c == NULL || strcmp(c->fingerprint_sha256, sha256) != 0)
			fail_msg("%s: %s %s", file, line, position);
		lines++;
	}
	assert_true(lines > 0);
	buf_release(&text);
	store_content_unref(content);
}

static void test_keytool_agrees(void **state)
{
	static const char *const files[] = {
		"aes.p12",
		"keytool-jks",
		"keytool-jceks",
		"keytool-pkcs12",
		"keytool-trust.p12",
		"odd-certificate-named.p12",
		"odd-counter.p12",
		"odd-issuer-of-other-key.p12",
		"odd-issuer-without-id.p12",
		"odd-key-after.p12",
		"odd-key-name-wins.p12",
		"odd-key-rollover.p12",
		"odd-lone-key-by-name.p12",
		"odd-lone-key.p12",
		"odd-loop.p12",
		"odd-names.p12",
		"odd-same-id-last.p12",
		"odd-same-id.p12",
		"odd-same-subject-no-ids.p12",
		"odd-same-subject.p12",
		"odd-second-key-without-id.p12",
		"odd-trusted-issuer.p12",
		"odd-unnamed-keys.p12",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		compare_listing(files[i]);
}

/* What Java leaves out is shown too, numbered on. */
static void test_beyond_java(void **state)
{
	(void)state;
	struct store_content *content = decode_file("more-certificates.p12", NULL);
	assert_int_equal(content->entry_count, 3);
	assert_int_equal(find_certificate(content, "named", 0)->role, CERTIFICATE_LEAF);
	assert_int_equal(find_certificate(content, "1", 0)->role, CERTIFICATE_INTERMEDIATE);
	assert_int_equal(find_certificate(content, "2", 0)->role, CERTIFICATE_ROOT);
	store_content_unref(content);

	content = decode_file("odd-same-id-last.p12", NULL);
	assert_non_null(find_certificate(content, "x", 0));
	store_content_unref(content);

	content = decode_file("more-control.p12", NULL);
	assert_string_equal(content->entries[0].alias, "tab\\x09here\\x00nul\xEF\xBF\xBD");
	store_content_unref(content);
}

/* The product of scrypt's parameters counts, and a salt of no sensible length is not even hashed.
 */
static void test_scrypt_costs(void **state)
{
	struct buf bytes;

	(void)state;
	load("scrypt.p12", &bytes);
	char *n = memmem(bytes.data, bytes.len, "\x02\x02\x04\x00\x02\x01\x08", 7);
	assert_non_null(n);
	n[2] = 0x7F; /* N = 32512: 260096 a try */
	struct store_content *content = decode(bytes.data, bytes.len, "changeit");
	assert_int_equal(content->state, STORE_UNSUPPORTED); /* no power of two */
	store_content_unref(content);
	n[6] = 0x7F;
	content = decode(bytes.data, bytes.len, "changeit");
	assert_int_equal(content->state, STORE_TOO_LARGE);
	store_content_unref(content);
	buf_release(&bytes);
}

static void test_prefixes_and_flips(void **state)
{
	static const char *const files[] = { "clear.p12", "indefinite.p12", "odd-counter.p12" };
	struct buf bytes;

	(void)state;
	load("aes.p12", &bytes);
	for (size_t len = 0; len < bytes.len; len++) {
		struct store_content *content = decode(bytes.data, len, "changeit");
		check_sane(content);
		assert_int_not_equal(content->state, STORE_OK);
		store_content_unref(content);
	}
	buf_release(&bytes);
	for (size_t f = 0; f < sizeof(files) / sizeof(files[0]); f++) {
		load(files[f], &bytes);
		for (size_t i = 0; i < bytes.len; i += i < 100 ? 1 : 23) {
			bytes.data[i] = (char)(bytes.data[i] ^ 1 << i % 8);
			struct store_content *content = decode(bytes.data, bytes.len, "changeit");
			check_sane(content);
			store_content_unref(content);
			bytes.data[i] = (char)(bytes.data[i] ^ 1 << i % 8);
		}
		buf_release(&bytes);
	}
}

/* `certtool --to-p12` without --outder */
static void test_pem(void **state)
{
	struct buf bytes;
	struct buf text;
	unsigned char base64[16384];

	(void)state;
	load("aes.p12", &bytes);
	assert_in_range(bytes.len, 1, sizeof(base64) / 4 * 3 - 4);
	(void)EVP_EncodeBlock(base64, (const unsigned char *)bytes.data, (int)bytes.len);
	buf_init(&text, 3 * sizeof(base64));
	buf_printf(&text, "-----BEGIN PKCS12-----\n%s\n-----END PKCS12-----\n",
		   (const char *)base64);
	struct store_content *content = decode(text.data, text.len, "changeit");
	check_sane(content);
	assert_int_equal(content->state, STORE_OK);
	assert_int_equal(content->format, STORE_FORMAT_PKCS12);
	assert_int_equal(content->certificate_count, 3);
	store_content_unref(content);
	content = decode(text.data, text.len, NULL);
	assert_int_equal(content->state, STORE_LOCKED);
	store_content_unref(content);
	content = decode(text.data, 200, "changeit");
	assert_int_equal(content->state, STORE_UNPARSABLE);
	store_content_unref(content);
	text.data[100] = '!';
	content = decode(text.data, text.len, "changeit");
	assert_int_equal(content->state, STORE_UNPARSABLE);
	store_content_unref(content);
	buf_release(&text);
	buf_release(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_passwords),
		cmocka_unit_test(test_two_passwords),
		cmocka_unit_test(test_keytool_agrees),
		cmocka_unit_test(test_beyond_java),
		cmocka_unit_test(test_scrypt_costs),
		cmocka_unit_test(test_prefixes_and_flips),
		cmocka_unit_test(test_pem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
