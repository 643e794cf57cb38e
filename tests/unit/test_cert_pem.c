/* Formats without passwords: recognising them, PEM, DER, PKCS#7. */
#include "test_cert_help.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/text.h"

#define BEGIN_CERT "-----BEGIN CERTIFICATE-----\n"
#define END_CERT   "-----END CERTIFICATE-----\n"

/* The built certificate as base64, on one line. */
static void put_base64(struct buf *b)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct parts parts = { .version = 3 };
	struct buf der;

	buf_init(&der, 1 << 16);
	build_certificate(&der, &parts);
	for (size_t i = 0; i < der.len; i += 3) {
		uint32_t bits = 0;
		size_t n = der.len - i < 3 ? der.len - i : 3;
		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (k < n ? (uint8_t)der.data[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			buf_putc(b, k <= n ? letters[bits >> (18 - 6 * k) & 63] : '=');
	}
	buf_release(&der);
}

/* Writes `format` with each `@` replaced by the certificate. */
static void expand(struct buf *b, const char *format)
{
	for (; *format != '\0'; format++) {
		if (*format == '@')
			put_base64(b);
		else
			buf_putc(b, *format);
	}
}

struct text_case {
	const char *text; /* `@` is a certificate in base64 */
	enum store_format format;
	enum store_state state;
	const char *positions; /* of the certificates shown */
};

static const struct text_case text_cases[] = {
	{ "", STORE_FORMAT_UNKNOWN, STORE_EMPTY, "" },
	{ " \r\n\t\n", STORE_FORMAT_UNKNOWN, STORE_EMPTY, "" },
	{ "\xEF\xBB\xBF\n", STORE_FORMAT_UNKNOWN, STORE_EMPTY, "" },
	{ "hello, world!", STORE_FORMAT_UNKNOWN, STORE_UNPARSABLE, "" },
	{ "0", STORE_FORMAT_UNKNOWN, STORE_UNPARSABLE, "" },
	{ "0000 0000", STORE_FORMAT_UNKNOWN, STORE_UNPARSABLE, "" },
	{ "\xFF\xFE-\1", STORE_FORMAT_UNKNOWN, STORE_UNSUPPORTED, "" },
	{ "@", STORE_FORMAT_DER, STORE_OK, "0" },
	{ "@\n", STORE_FORMAT_DER, STORE_OK, "0" },
	{ BEGIN_CERT "@\n" END_CERT, STORE_FORMAT_PEM, STORE_OK, "0" },
	{ BEGIN_CERT "@\n-----END CERTIFICATE-----", STORE_FORMAT_PEM, STORE_OK, "0" },
	{ "\xEF\xBB\xBF" BEGIN_CERT "@\n" END_CERT, STORE_FORMAT_PEM, STORE_OK, "0" },
	{ "-----BEGIN CERTIFICATE-----\r\n@\r\n-----END CERTIFICATE-----\r\n", STORE_FORMAT_PEM,
	  STORE_OK, "0" },
	{ "-----BEGIN CERTIFICATE-----\r@\r-----END CERTIFICATE-----\r", STORE_FORMAT_PEM, STORE_OK,
	  "0" },
	{ "-----BEGIN CERTIFICATE-----\\n@\\n-----END CERTIFICATE-----\\n", STORE_FORMAT_PEM,
	  STORE_OK, "0" },
	{ "-----BEGIN CERTIFICATE-----\\r\\n@\\r\\n-----END CERTIFICATE-----", STORE_FORMAT_PEM,
	  STORE_OK, "0" },
	{ "-----BEGIN CERTIFICATE----- @ -----END CERTIFICATE-----", STORE_FORMAT_PEM, STORE_OK,
	  "0" },
	{ "subject=x\n0x0\n" BEGIN_CERT "@\n" END_CERT "tail\n", STORE_FORMAT_PEM, STORE_OK, "0" },
	{ "000\n" BEGIN_CERT "@\n" END_CERT, STORE_FORMAT_PEM, STORE_OK, "0" },
	{ BEGIN_CERT "X-Note: a header\n\n@\n" END_CERT, STORE_FORMAT_PEM, STORE_OK, "0" },
	{ "-----BEGIN X509 CERTIFICATE-----\n@\n-----END X509 CERTIFICATE-----\n", STORE_FORMAT_PEM,
	  STORE_OK, "0" },
	{ BEGIN_CERT "@\n" END_CERT "-----BEGIN PRIVATE KEY-----\nnot base64!!\n"
		     "-----END PRIVATE KEY-----\n" BEGIN_CERT "@\n" END_CERT,
	  STORE_FORMAT_PEM, STORE_OK, "01" },
	{ BEGIN_CERT "@\n" END_CERT BEGIN_CERT "!!!\n" END_CERT BEGIN_CERT "@\n" END_CERT,
	  STORE_FORMAT_PEM, STORE_PARTIAL, "02" },
	{ BEGIN_CERT "AAAA\n" END_CERT, STORE_FORMAT_PEM, STORE_UNPARSABLE, "" },
	{ BEGIN_CERT "\n" END_CERT, STORE_FORMAT_PEM, STORE_UNPARSABLE, "" },
	{ BEGIN_CERT END_CERT, STORE_FORMAT_PEM, STORE_UNPARSABLE, "" },
	{ BEGIN_CERT "@\n", STORE_FORMAT_PEM, STORE_UNPARSABLE, "" },
	{ BEGIN_CERT, STORE_FORMAT_PEM, STORE_UNPARSABLE, "" },
	{ "-----BEGIN CERTIFICATE-----", STORE_FORMAT_PEM, STORE_UNPARSABLE, "" },
	{ BEGIN_CERT "@\n" BEGIN_CERT "@\n" END_CERT, STORE_FORMAT_PEM, STORE_PARTIAL, "1" },
	{ BEGIN_CERT "@\n-----END X509 CRL-----\n" BEGIN_CERT "@\n" END_CERT, STORE_FORMAT_PEM,
	  STORE_PARTIAL, "1" },
	{ BEGIN_CERT "@\n-----END CERTIFICATE---\n" BEGIN_CERT "@\n" END_CERT, STORE_FORMAT_PEM,
	  STORE_OK, "01" },
	{ "-----BEGIN CERTIFICATE\n@\n" END_CERT, STORE_FORMAT_PEM, STORE_OK, "0" },
	{ "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
	  STORE_FORMAT_PEM, STORE_EMPTY, "" },
	{ "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", STORE_FORMAT_PEM, STORE_EMPTY,
	  "" },
	{ "-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n", STORE_FORMAT_PKCS7,
	  STORE_UNPARSABLE, "" },
};

static void test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(text_cases) / sizeof(text_cases[0]); i++) {
		const struct text_case *c = &text_cases[i];
		struct buf text;
		char positions[16] = "";
		buf_init(&text, 1 << 20);
		expand(&text, c->text);
		struct store_content *content = decode(buf_text(&text), text.len, NULL);
		check_sane(content);
		if (content->state != c->state || content->format != c->format)
			fail_msg("%s: %s %s (%s)", c->text, store_format_name(content->format),
				 store_state_name(content->state), content->detail);
		for (size_t k = 0; content->entry_count > 0 && k < content->entries[0].count; k++)
			positions[k] = (char)('0' + content->entries[0].certificates[k].position);
		assert_string_equal(positions, c->positions);
		store_content_unref(content);
		buf_release(&text);
	}
}

static void test_files(void **state)
{
	static const struct {
		const char *file;
		enum store_format format;
		enum store_state state;
		size_t count;
	} cases[] = {
		{ "chain.pem", STORE_FORMAT_PEM, STORE_OK, 3 },
		{ "chain.p7b", STORE_FORMAT_PKCS7, STORE_OK, 3 },
		{ "chain.p7.pem", STORE_FORMAT_PKCS7, STORE_OK, 3 },
		{ "leaf.der", STORE_FORMAT_DER, STORE_OK, 1 },
		{ "key.pem", STORE_FORMAT_PEM, STORE_EMPTY, 0 },
		{ "key.der", STORE_FORMAT_UNKNOWN, STORE_EMPTY, 0 },
		{ "key-encrypted.der", STORE_FORMAT_UNKNOWN, STORE_EMPTY, 0 },
	};
	static const char *const subjects[] = { "CN=shop.example,O=Example\\, Inc.,C=DE",
						"CN=Test Issuing,O=Example,C=DE",
						"CN=Test Root,O=Example,C=DE" };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_content *content = decode_file(cases[i].file, NULL);
		if (content->state != cases[i].state || content->format != cases[i].format ||
		    content->certificate_count != cases[i].count)
			fail_msg("%s: %s %s (%s), %zu", cases[i].file,
				 store_format_name(content->format),
				 store_state_name(content->state), content->detail,
				 content->certificate_count);
		for (uint32_t k = 0; k < cases[i].count; k++)
			assert_string_equal(find_certificate(content, "", k)->subject, subjects[k]);
		store_content_unref(content);
	}
}

static void test_der(void **state)
{
	struct buf bytes;

	(void)state;
	load("leaf.der", &bytes);
	size_t len = bytes.len;
	buf_puts(&bytes, "\r\n");
	struct store_content *content = decode(bytes.data, bytes.len, NULL);
	assert_int_equal(content->state, STORE_OK);
	store_content_unref(content);
	content = decode(bytes.data, len - 1, NULL);
	assert_int_equal(content->format, STORE_FORMAT_DER);
	assert_int_equal(content->state, STORE_UNPARSABLE);
	assert_true(strncmp(content->detail, "truncated: ", 11) == 0);
	store_content_unref(content);
	bytes.data[len] = '\0';
	content = decode(bytes.data, len + 1, NULL);
	assert_int_equal(content->state, STORE_PARTIAL);
	assert_string_equal(content->detail, "1 bytes behind the certificate");
	assert_int_equal(content->certificate_count, 1);
	store_content_unref(content);
	buf_release(&bytes);
}

/* `cat a.der b.der`: keytool shows both. */
static void test_der_one_behind_the_other(void **state)
{
	struct buf bytes;
	struct buf other;

	(void)state;
	load("leaf.der", &bytes);
	load("root.der", &other);
	size_t first = bytes.len;
	buf_append(&bytes, other.data, other.len);
	size_t both = bytes.len;
	buf_puts(&bytes, "\n");
	struct store_content *content = decode(bytes.data, bytes.len, NULL);
	assert_int_equal(content->state, STORE_OK);
	assert_int_equal(content->format, STORE_FORMAT_DER);
	assert_int_equal(content->certificate_count, 2);
	assert_string_equal(find_certificate(content, "", 1)->subject,
			    "CN=Test Root,O=Example,C=DE");
	store_content_unref(content);

	content = decode(bytes.data, both - 1, NULL);
	assert_int_equal(content->state, STORE_PARTIAL);
	assert_true(strncmp(content->detail, "truncated: ", 11) == 0);
	assert_int_equal(content->certificate_count, 1);
	store_content_unref(content);

	bytes.data[first + 4] = 0x02; /* the second is something else */
	content = decode(bytes.data, both, NULL);
	assert_int_equal(content->state, STORE_PARTIAL);
	assert_int_equal(content->certificate_count, 1);
	store_content_unref(content);
	buf_release(&other);
	buf_release(&bytes);
}

static void test_other_keystores(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	put_u32(&b, 2);
	put_u32(&b, 20);
	buf_append(&b, "saltsaltsaltsaltsalt", 20);
	put_u32(&b, 1500);
	buf_puts(&b, "rest");
	struct store_content *content = decode(b.data, b.len, NULL);
	assert_int_equal(content->state, STORE_UNSUPPORTED);
	assert_string_equal(content->detail, "a keystore of type BKS or UBER");
	store_content_unref(content);
	content = decode(b.data, 12, NULL);
	assert_int_equal(content->state, STORE_UNPARSABLE);
	store_content_unref(content);
	buf_release(&b);
	/* BCFKS: SEQUENCE { SEQUENCE { SEQUENCE { OID }, OCTET STRING }, SEQUENCE {} } */
	static const uint8_t bcfks[] = { 0x30, 0x0D, 0x30, 0x09, 0x30, 0x05, 0x06, 0x03,
					 0x2A, 0x03, 0x04, 0x04, 0x00, 0x30, 0x00 };
	content = decode(bcfks, sizeof(bcfks), NULL);
	assert_int_equal(content->state, STORE_UNSUPPORTED);
	assert_string_equal(content->detail, "a keystore of type BCFKS");
	store_content_unref(content);
}

/* What is no certificate but stands where certificates do: no certificate in it, as in PEM. */
static void test_requests_and_revocations(void **state)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509_REQ *request = X509_REQ_new();
	X509_CRL *list = X509_CRL_new();
	ASN1_TIME *now = ASN1_TIME_set(NULL, 1767225600);
	unsigned char *der = NULL;

	(void)state;
	assert_true(key != NULL && request != NULL && list != NULL && now != NULL);
	assert_int_equal(X509_REQ_set_pubkey(request, key), 1);
	assert_int_not_equal(X509_REQ_sign(request, key, EVP_sha256()), 0);
	int len = i2d_X509_REQ(request, &der);
	struct store_content *content = decode(der, (size_t)len, NULL);
	assert_int_equal(content->state, STORE_EMPTY);
	assert_string_equal(content->detail, "a request for a certificate");
	store_content_unref(content);
	OPENSSL_free(der);
	der = NULL;
	for (long version = 0; version < 2; version++) {
		assert_int_equal(X509_CRL_set_version(list, version), 1);
		assert_int_equal(X509_CRL_set1_lastUpdate(list, now), 1);
		assert_int_not_equal(X509_CRL_sign(list, key, EVP_sha256()), 0);
		len = i2d_X509_CRL(list, &der);
		content = decode(der, (size_t)len, NULL);
		assert_int_equal(content->state, STORE_EMPTY);
		assert_string_equal(content->detail, "a list of revoked certificates");
		store_content_unref(content);
		OPENSSL_free(der);
		der = NULL;
	}
	ASN1_TIME_free(now);
	X509_CRL_free(list);
	X509_REQ_free(request);
	EVP_PKEY_free(key);
}

static void test_limits(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, 8 << 20);
	for (int i = 0; i <= STORE_ENTRIES_MAX; i++)
		expand(&text, BEGIN_CERT "@\n" END_CERT);
	struct store_content *content = decode(text.data, text.len, NULL);
	check_sane(content);
	assert_int_equal(content->state, STORE_TOO_LARGE);
	assert_int_equal(content->certificate_count, STORE_ENTRIES_MAX);
	store_content_unref(content);
	while (text.len <= STORE_BYTES_MAX)
		buf_puts(&text, "                                                                ");
	content = decode(text.data, text.len, NULL);
	check_sane(content);
	assert_int_equal(content->state, STORE_TOO_LARGE);
	assert_int_equal(content->certificate_count, 0);
	store_content_unref(content);
	buf_release(&text);
}

/* Many markers that begin and never end must not cost quadratic time. */
static void test_many_markers(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, STORE_BYTES_MAX);
	while (text.len < STORE_BYTES_MAX / 4)
		buf_puts(&text, "-----BEGIN KEY-----\n-----BEGIN ");
	struct store_content *content = decode(text.data, text.len, NULL);
	assert_int_equal(content->state, STORE_EMPTY);
	store_content_unref(content);
	buf_release(&text);
}

/* All prefixes and single flipped bits: no harm, and a state that fits. */
static void test_broken(void **state)
{
	static const char *const files[] = { "chain.p7b", "chain.p7.pem" };

	(void)state;
	for (size_t f = 0; f < sizeof(files) / sizeof(files[0]); f++) {
		struct buf bytes;
		load(files[f], &bytes);
		for (size_t len = 0; len < bytes.len; len += len < 500 ? 1 : 3) {
			struct store_content *content = decode(bytes.data, len, NULL);
			check_sane(content);
			store_content_unref(content);
		}
		for (size_t i = 0; i < bytes.len; i += 3) {
			bytes.data[i] = (char)(bytes.data[i] ^ 1 << i % 8);
			struct store_content *content = decode(bytes.data, bytes.len, NULL);
			check_sane(content);
			store_content_unref(content);
			bytes.data[i] = (char)(bytes.data[i] ^ 1 << i % 8);
		}
		buf_release(&bytes);
	}
}

/* A list of public keys may hold PEM in base64, or the bare certificate. */
static void test_add_pem(void **state)
{
	static const struct {
		const char *text;
		enum status status;
	} cases[] = {
		{ "@", STATUS_OK },
		{ BEGIN_CERT "@\n" END_CERT, STATUS_OK },
		{ "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCi0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K",
		  STATUS_SYNTAX }, /* an empty block */
		{ BEGIN_CERT "!\n" END_CERT, STATUS_SYNTAX },
		{ "", STATUS_SYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_content *content = NULL;
		struct buf text;
		buf_init(&text, 1 << 20);
		expand(&text, cases[i].text);
		assert_int_equal(store_content_new(STORE_FORMAT_UNKNOWN, &content), STATUS_OK);
		assert_int_equal(store_add_pem(content, buf_text(&text), text.len),
				 cases[i].status);
		assert_int_equal(content->certificate_count, cases[i].status == STATUS_OK ? 1 : 0);
		store_content_unref(content);
		buf_release(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_der),
		cmocka_unit_test(test_der_one_behind_the_other),
		cmocka_unit_test(test_other_keystores),
		cmocka_unit_test(test_requests_and_revocations),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_many_markers),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_add_pem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
