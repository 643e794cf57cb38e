/* JKS and JCEKS: keytool's, and built ones with one thing wrong. */
#include "test_cert_help.h"

#include <openssl/evp.h>

#include "cert/jks.h"

static void put_header(struct buf *b, uint32_t magic, uint32_t version, uint32_t count)
{
	put_u32(b, magic);
	put_u32(b, version);
	put_u32(b, count);
}

static void put_alias(struct buf *b, uint32_t tag, const char *alias, size_t len)
{
	put_u32(b, tag);
	put_u16(b, (unsigned)len);
	buf_append(b, alias, len);
	put_u32(b, 0);
	put_u32(b, 1);
}

static void put_certificate(struct buf *b, uint32_t version, const char *type)
{
	struct parts parts = { .version = 3 };
	struct buf der;

	buf_init(&der, 1 << 16);
	build_certificate(&der, &parts);
	if (version == 2) {
		put_u16(b, (unsigned)strlen(type));
		buf_puts(b, type);
	}
	put_u32(b, (uint32_t)der.len);
	buf_append(b, der.data, der.len);
	buf_release(&der);
}

static void put_trusted(struct buf *b, const char *alias)
{
	put_alias(b, 2, alias, strlen(alias));
	put_certificate(b, 2, "X.509");
}

static void put_digest(struct buf *b)
{
	buf_append(b, "aaaaaaaaaaaaaaaaaaaa", 20);
}

static void check(struct buf *b, enum store_state wanted, size_t certificates, const char *detail)
{
	struct store_content *content = decode(b->data, b->len, NULL);

	check_sane(content);
	if (content->state != wanted || content->certificate_count != certificates)
		fail_msg("%s (%s), %zu", store_state_name(content->state), content->detail,
			 content->certificate_count);
	assert_string_equal(content->detail, detail);
	store_content_unref(content);
	buf_release(b);
}

static void test_built(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);

	put_header(&b, JKS_MAGIC, 2, 0);
	put_digest(&b);
	check(&b, STORE_EMPTY, 0, "");

	put_header(&b, JKS_MAGIC, 2, 1);
	put_trusted(&b, "a");
	put_digest(&b);
	buf_puts(&b, "bytes behind the digest");
	check(&b, STORE_OK, 1, "");

	put_header(&b, JKS_MAGIC, 2, 1);
	put_trusted(&b, "a");
	check(&b, STORE_PARTIAL, 1, "truncated: the digest is missing");

	put_header(&b, JKS_MAGIC, 2, UINT32_MAX);
	put_trusted(&b, "a");
	check(&b, STORE_PARTIAL, 1, "truncated in entry 2 (244 bytes)");

	put_header(&b, JKS_MAGIC, 3, 1);
	put_trusted(&b, "a");
	check(&b, STORE_UNSUPPORTED, 0, "version 3 of the format");

	put_header(&b, JKS_MAGIC, 2, 2);
	put_trusted(&b, "a");
	put_alias(&b, 9, "b", 1);
	check(&b, STORE_PARTIAL, 1, "entry 2: an unknown tag at byte 248");

	put_header(&b, JKS_MAGIC, 2, 1);
	put_alias(&b, 3, "s", 1);
	check(&b, STORE_UNPARSABLE, 0,
	      "entry 1: a secret key in a keystore of type JKS at byte 27");

	put_header(&b, JCEKS_MAGIC, 2, 2);
	put_trusted(&b, "a");
	put_alias(&b, 3, "s", 1);
	check(&b, STORE_PARTIAL, 1,
	      "entry 2: a secret key, behind which nothing can be read at byte 259");

	put_header(&b, JKS_MAGIC, 2, 1);
	put_alias(&b, 2, "a", 1);
	put_certificate(&b, 2, "PGP");
	put_digest(&b);
	check(&b, STORE_UNPARSABLE, 0,
	      "entry 1 (a), certificate 0 at byte 36: a certificate that is not of type X.509");
}

/* SHA-1 of the password in UTF-16BE, the well-known text and what is there so far. */
static void put_digest_of(struct buf *b, const char *utf16, size_t len)
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	uint8_t digest[20];

	assert_non_null(hash);
	assert_int_equal(EVP_DigestInit_ex(hash, EVP_sha1(), NULL), 1);
	assert_int_equal(EVP_DigestUpdate(hash, utf16, len), 1);
	assert_int_equal(EVP_DigestUpdate(hash, "Mighty Aphrodite", 16), 1);
	assert_int_equal(EVP_DigestUpdate(hash, b->data, b->len), 1);
	assert_int_equal(EVP_DigestFinal_ex(hash, digest, NULL), 1);
	EVP_MD_CTX_free(hash);
	buf_append(b, digest, sizeof(digest));
}

#define MISMATCH                                                                                   \
	"the keystore's digest fits no password that is configured for it: the password is "       \
	"wrong, or the file was changed"

static void expect(const char *what, const void *data, size_t len, const char *password,
		   enum store_state wanted, size_t certificates, const char *detail)
{
	struct store_content *content = decode(data, len, password);

	check_sane(content);
	if (content->state != wanted || content->certificate_count != certificates ||
	    strcmp(content->detail, detail) != 0)
		fail_msg("%s, %s: %s (%s), %zu", what, password != NULL ? password : "no password",
			 store_state_name(content->state), content->detail,
			 content->certificate_count);
	store_content_unref(content);
}

/* Real ones: intact, with a byte changed at the end, in a certificate, and in the count. */
static void test_digest(void **state)
{
	static const struct {
		const char *file;
		size_t certificates;
		size_t fewer; /* with a count that is one less */
	} cases[] = { { "keytool-jks", 5, 2 }, { "keytool-jceks", 5, 2 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *file = cases[i].file;
		size_t n = cases[i].certificates;
		struct buf b;
		load(file, &b);
		expect(file, b.data, b.len, "changeit", STORE_OK, n, "");
		expect(file, b.data, b.len, NULL, STORE_OK, n, "");
		expect(file, b.data, b.len, "other", STORE_PARTIAL, n, MISMATCH);
		buf_puts(&b, "behind"); /* Java does not look at it */
		expect(file, b.data, b.len, "changeit", STORE_OK, n, "");
		b.len -= strlen("behind");
		b.data[b.len - 1] ^= 1;
		expect(file, b.data, b.len, "changeit", STORE_PARTIAL, n, MISMATCH);
		expect(file, b.data, b.len, NULL, STORE_OK, n, "");
		b.data[b.len - 1] ^= 1;
		b.data[b.len - 21] ^= 1; /* the signature of the last certificate */
		expect(file, b.data, b.len, "changeit", STORE_PARTIAL, n, MISMATCH);
		b.data[b.len - 21] ^= 1;
		b.data[11]--;
		expect(file, b.data, b.len, "changeit", STORE_PARTIAL, cases[i].fewer, MISMATCH);
		buf_release(&b);
	}
}

static void test_digest_of_other_passwords(void **state)
{
	static const struct {
		const char *password;
		const char *utf16;
		size_t len;
	} cases[] = {
		{ "", "", 0 },
		{ "M\xC3\xBC\xE2\x82\xAC\xF0\x9D\x84\x9E", "\0M\0\xFC\x20\xAC\xD8\x34\xDD\x1E",
		  10 },
		/* the same password by a program that reads it as Latin-1, and one that is Latin-1
		 */
		{ "M\xC3\xBC", "\0M\0\xC3\0\xBC", 6 },
		{ "M\xFC", "\0M\0\xFC", 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b;
		buf_init(&b, 1 << 20);
		put_header(&b, JKS_MAGIC, 2, 1);
		put_trusted(&b, "a");
		put_digest_of(&b, cases[i].utf16, cases[i].len);
		expect("built", b.data, b.len, cases[i].password, STORE_OK, 1, "");
		expect("built", b.data, b.len, "other", STORE_PARTIAL, 1, MISMATCH);
		buf_release(&b);
	}
}

/* As Java, which reads one certificate from an entry's bytes. */
static void test_bytes_behind_certificate(void **state)
{
	struct buf b;

	(void)state;
	load("bytes-behind-certificate.jks", &b);
	expect("bytes behind", b.data, b.len, NULL, STORE_PARTIAL, 2,
	       "entry 1 (leaf), certificate 0: 4 bytes behind it");
	expect("bytes behind", b.data, b.len, "changeit", STORE_PARTIAL, 2,
	       "entry 1 (leaf), certificate 0: 4 bytes behind it");
	buf_release(&b);
}

static void test_version_1(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	put_header(&b, JKS_MAGIC, 1, 2);
	put_alias(&b, 1, "key", 3);
	put_u32(&b, 5);
	buf_puts(&b, "12345");
	put_u32(&b, 2);
	put_certificate(&b, 1, NULL);
	put_certificate(&b, 1, NULL);
	put_alias(&b, 2, "trusted", 7);
	put_certificate(&b, 1, NULL);
	put_digest(&b);
	check(&b, STORE_OK, 3, "");
}

static void test_aliases(void **state)
{
	/* A, NUL, Ä, U+1D51E */
	static const char odd[] = "A\xC0\x80\xC3\x84\xED\xA0\xB5\xED\xB4\x9E";
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	put_header(&b, JKS_MAGIC, 2, 3);
	put_alias(&b, 2, odd, sizeof(odd) - 1);
	put_certificate(&b, 2, "X.509");
	put_trusted(&b, "");
	put_trusted(&b, "CamelCase");
	put_digest(&b);
	struct store_content *content = decode(b.data, b.len, NULL);
	assert_int_equal(content->state, STORE_OK);
	assert_string_equal(content->entries[0].alias, "a\\x00ä\xF0\x9D\x94\x9E");
	assert_string_equal(content->entries[1].alias, "");
	assert_string_equal(content->entries[2].alias, "camelcase");
	store_content_unref(content);
	buf_release(&b);
}

/* One broken certificate in a chain costs its own place only. */
static void test_gaps(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	put_header(&b, JKS_MAGIC, 2, 2);
	put_alias(&b, 1, "key", 3);
	put_u32(&b, 0);
	put_u32(&b, 3);
	put_certificate(&b, 2, "X.509");
	put_u16(&b, 5);
	buf_puts(&b, "X.509");
	put_u32(&b, 4);
	buf_puts(&b, "junk");
	put_certificate(&b, 2, "X.509");
	put_trusted(&b, "next");
	put_digest(&b);
	struct store_content *content = decode(b.data, b.len, NULL);
	check_sane(content);
	assert_int_equal(content->state, STORE_PARTIAL);
	assert_string_equal(content->detail,
			    "entry 1 (key), certificate 1 at byte 265: not an X.509 certificate");
	assert_non_null(find_certificate(content, "key", 0));
	assert_null(find_certificate(content, "key", 1));
	assert_non_null(find_certificate(content, "key", 2));
	assert_non_null(find_certificate(content, "next", 0));
	store_content_unref(content);
	buf_release(&b);
}

static void test_limits(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, STORE_BYTES_MAX);
	put_header(&b, JKS_MAGIC, 2, 2);
	put_alias(&b, 1, "long", 4);
	put_u32(&b, 0);
	put_u32(&b, STORE_CHAIN_MAX + 3);
	for (int i = 0; i < STORE_CHAIN_MAX + 3; i++)
		put_certificate(&b, 2, "X.509");
	put_trusted(&b, "behind");
	put_digest(&b);
	check(&b, STORE_TOO_LARGE, STORE_CHAIN_MAX + 1,
	      "entry 1 (long), certificate 64: more than 64 certificates");

	put_header(&b, JKS_MAGIC, 2, STORE_ENTRIES_MAX + 1);
	for (int i = 0; i <= STORE_ENTRIES_MAX; i++)
		put_trusted(&b, "e");
	put_digest(&b);
	check(&b, STORE_TOO_LARGE, STORE_ENTRIES_MAX, "more than 1000 entries");

	/* counts that no file can hold */
	put_header(&b, JKS_MAGIC, 2, 1);
	put_alias(&b, 1, "key", 3);
	put_u32(&b, 0);
	put_u32(&b, UINT32_MAX);
	put_certificate(&b, 2, "X.509");
	put_digest(&b);
	check(&b, STORE_PARTIAL, 1, "truncated in entry 1 (274 bytes)");

	put_header(&b, JKS_MAGIC, 2, 1);
	put_alias(&b, 1, "key", 3);
	put_u32(&b, UINT32_MAX);
	put_digest(&b);
	check(&b, STORE_UNPARSABLE, 0, "truncated in entry 1 (53 bytes)");
}

static void test_keytool(void **state)
{
	static const char *const files[] = { "keytool-jks", "keytool-jceks" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct store_content *content = decode_file(files[i], NULL);
		check_sane(content);
		assert_int_equal(content->state, STORE_OK);
		assert_int_equal(content->format, i == 0 ? STORE_FORMAT_JKS : STORE_FORMAT_JCEKS);
		assert_int_equal(content->certificate_count, 5);
		assert_int_equal(find_certificate(content, "größe shop", 2)->role,
				 CERTIFICATE_ROOT);
		assert_int_equal(find_certificate(content, "anchor", 0)->role, CERTIFICATE_ROOT);
		assert_int_equal(find_certificate(content, "second", 0)->role, CERTIFICATE_LEAF);
		store_content_unref(content);
	}
	struct store_content *content = decode_file("secret.jceks", "changeit");
	check_sane(content);
	assert_true(content->state == STORE_PARTIAL || content->state == STORE_UNSUPPORTED);
	store_content_unref(content);
	content = decode_file("secret-only.jceks", NULL);
	assert_int_equal(content->state, STORE_UNSUPPORTED);
	store_content_unref(content);
}

static void test_prefixes_and_flips(void **state)
{
	struct buf bytes;

	(void)state;
	buf_init(&bytes, 1 << 20);
	put_header(&bytes, JCEKS_MAGIC, 2, 2);
	put_alias(&bytes, 1, "key", 3);
	put_u32(&bytes, 4);
	buf_puts(&bytes, "1234");
	put_u32(&bytes, 2);
	put_certificate(&bytes, 2, "X.509");
	put_certificate(&bytes, 2, "X.509");
	put_trusted(&bytes, "trusted");
	put_digest(&bytes);
	for (size_t len = 0; len < bytes.len; len++) {
		struct store_content *content = decode(bytes.data, len, NULL);
		check_sane(content);
		assert_int_not_equal(content->state, STORE_OK);
		store_content_unref(content);
	}
	buf_release(&bytes);
	load("keytool-jks", &bytes);
	for (size_t i = 0; i < bytes.len; i += 7) {
		bytes.data[i] = (char)(bytes.data[i] ^ 1 << i % 8);
		struct store_content *content = decode(bytes.data, bytes.len, NULL);
		check_sane(content);
		store_content_unref(content);
		bytes.data[i] = (char)(bytes.data[i] ^ 1 << i % 8);
	}
	buf_release(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_built),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_digest_of_other_passwords),
		cmocka_unit_test(test_bytes_behind_certificate),
		cmocka_unit_test(test_version_1),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_keytool),
		cmocka_unit_test(test_prefixes_and_flips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
