/* Which certificates are roots: signatures that every OpenSSL checks, that only newer ones check,
 * and that none checks. Most are made from a real root by exchanging an algorithm of the same
 * length. */
#include "test_cert_help.h"

#include <openssl/err.h>

#define RSA_KEY  "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"
#define RSA_SHA1 "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x05"
#define PKCS1(n) "\x2A\x86\x48\x86\xF7\x0D\x01\x01" n
#define NIST(n)  "\x60\x86\x48\x01\x65\x03\x04" n
#define P256     "\x2A\x86\x48\xCE\x3D\x03\x01\x07"

struct root_case {
	const char *file;
	const char *from; /* content of OIDs; "" changes nothing */
	const char *to;   /* of the same length */
	size_t last;      /* bit of the last octet of the signature to be changed, 0: none */
	enum certificate_role role;
	const char *public_key;
	const char *signature_algorithm;
};

static const struct root_case cases[] = {
	/* checked by all */
	{ "root-rsa.der", "", "", 0, CERTIFICATE_ROOT, "RSA-2048", "sha1WithRSAEncryption" },
	{ "root-rsa.der", "", "", 1, CERTIFICATE_INTERMEDIATE, "RSA-2048",
	  "sha1WithRSAEncryption" },
	{ "root-rsa.der", RSA_SHA1, PKCS1("\x04"), 0, CERTIFICATE_INTERMEDIATE, "RSA-2048",
	  "md5WithRSAEncryption" },
	{ "root-rsa.der", RSA_SHA1, PKCS1("\x0B"), 0, CERTIFICATE_INTERMEDIATE, "RSA-2048",
	  "sha256WithRSAEncryption" },
	{ "root.der", "", "", 0, CERTIFICATE_ROOT, "EC-P-256", "ecdsa-with-SHA256" },
	{ "root.der", "", "", 1, CERTIFICATE_INTERMEDIATE, "EC-P-256", "ecdsa-with-SHA256" },
	{ "root-pss.der", "", "", 0, CERTIFICATE_ROOT, "RSA-2048", "rsassaPss" },
	{ "root-pss.der", "", "", 1, CERTIFICATE_INTERMEDIATE, "RSA-2048", "rsassaPss" },
	{ "root-explicit.der", "", "", 0, CERTIFICATE_ROOT, "EC-explicit", "ecdsa-with-SHA256" },
	/* digests that are gone or never were there for signatures */
	{ "root-rsa.der", RSA_SHA1, PKCS1("\x02"), 0, CERTIFICATE_ROOT, "RSA-2048",
	  "md2WithRSAEncryption" },
	{ "root-rsa.der", RSA_SHA1, PKCS1("\x03"), 0, CERTIFICATE_ROOT, "RSA-2048",
	  "md4WithRSAEncryption" },
	{ "root-rsa.der", RSA_SHA1, PKCS1("\x0F"), 0, CERTIFICATE_ROOT, "RSA-2048",
	  "sha512-224WithRSAEncryption" },
	{ "root-rsa.der", RSA_SHA1, PKCS1("\x10"), 0, CERTIFICATE_ROOT, "RSA-2048",
	  "sha512-256WithRSAEncryption" },
	{ "root-rsa.der", RSA_SHA1, PKCS1("\x63"), 0, CERTIFICATE_ROOT, "RSA-2048",
	  "1.2.840.113549.1.1.99" },
	{ "root-pss.der", NIST("\x02\x01"), NIST("\x02\x63"), 0, CERTIFICATE_ROOT, "RSA-2048",
	  "rsassaPss" },
	/* curves and keys that OpenSSL does not have */
	{ "root.der", P256, "\x2A\x86\x48\xCE\x3D\x03\x01\x63", 0, CERTIFICATE_ROOT,
	  "EC-1.2.840.10045.3.1.99", "ecdsa-with-SHA256" },
	{ "root-exponent.der", "", "", 0, CERTIFICATE_ROOT, "RSA-2048", "sha256WithRSAEncryption" },
	{ "root-exponent.der", "", "", 1, CERTIFICATE_ROOT, "RSA-2048", "sha256WithRSAEncryption" },
	/* post-quantum: the same with and without support */
	{ "root-ml-dsa-44.der", "", "", 0, CERTIFICATE_ROOT, "ML-DSA-44", "ML-DSA-44" },
	{ "root-ml-dsa-44.der", "", "", 1, CERTIFICATE_ROOT, "ML-DSA-44", "ML-DSA-44" },
	{ "root-ml-dsa-44.der", NIST("\x03\x11"), NIST("\x03\x1F"), 0, CERTIFICATE_ROOT,
	  "SLH-DSA-SHAKE-256f", "SLH-DSA-SHAKE-256f" },
	/* a known algorithm that the key is not for: another key has signed */
	{ "root-rsa.der", RSA_KEY, NIST("\x03\x12"), 0, CERTIFICATE_INTERMEDIATE, "ML-DSA-65",
	  "sha1WithRSAEncryption" },
	{ "root-rsa.der", RSA_KEY, NIST("\x04\x02"), 0, CERTIFICATE_INTERMEDIATE, "ML-KEM-768",
	  "sha1WithRSAEncryption" },
};

static void exchange(struct buf *bytes, const char *from, const char *to)
{
	size_t len = strlen(from);
	size_t found = 0;

	for (size_t i = 0; len > 0 && i + len <= bytes->len; i++) {
		if (memcmp(bytes->data + i, from, len) != 0)
			continue;
		memcpy(bytes->data + i, to, len);
		found++;
	}
	assert_int_equal(strlen(to), len);
	assert_true(len == 0 || found > 0);
}

static struct certificate *parse(const struct buf *bytes)
{
	struct certificate *certificate = NULL;

	assert_int_equal(certificate_parse((const uint8_t *)bytes->data, bytes->len, &certificate),
			 STATUS_OK);
	assert_int_equal(ERR_peek_error(), 0);
	return certificate;
}

static void test_signatures(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct root_case *c = &cases[i];
		struct buf bytes;
		load(c->file, &bytes);
		exchange(&bytes, c->from, c->to);
		bytes.data[bytes.len - 1] = (char)(bytes.data[bytes.len - 1] ^ (int)c->last);
		struct certificate *certificate = parse(&bytes);
		if (certificate->role != c->role)
			fail_msg("%s as %s: %s", c->file, c->signature_algorithm,
				 certificate_role_name(certificate->role));
		assert_string_equal(certificate->public_key, c->public_key);
		assert_string_equal(certificate->signature_algorithm, c->signature_algorithm);
		certificate_free(certificate);
		buf_release(&bytes);
	}
}

/* As tools and collections have them. */
static void test_files(void **state)
{
	static const struct {
		const char *file;
		const char *public_key;
		const char *signature_algorithm;
	} files[] = {
		{ "root-signed-md2.pem", "RSA-2048", "md2WithRSAEncryption" },
		{ "root-signed-ml-dsa-65.pem", "ML-DSA-65", "ML-DSA-65" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct store_content *content = decode_file(files[i].file, NULL);
		const struct certificate *c = find_certificate(content, "", 0);
		assert_non_null(c);
		assert_string_equal(certificate_role_name(c->role), "root");
		assert_string_equal(c->public_key, files[i].public_key);
		assert_string_equal(c->signature_algorithm, files[i].signature_algorithm);
		store_content_unref(content);
	}
}

/* A new key of an authority that its old key has certified: the same name, another key. */
static void test_identifiers(void **state)
{
	static const char authority_key[] = "\x30\x16\x80\x14";
	struct buf bytes;

	(void)state;
	load("root-ml-dsa-44.der", &bytes);
	char *at = memmem(bytes.data, bytes.len, authority_key, sizeof(authority_key) - 1);
	assert_non_null(at);
	at[sizeof(authority_key)] = (char)(at[sizeof(authority_key)] ^ 1);
	struct certificate *c = parse(&bytes);
	assert_string_equal(certificate_role_name(c->role), "intermediate");
	certificate_free(c);
	/* authorityCertIssuer and a serial number in place of the key: 20 octets in all */
	memcpy(at,
	       "\x30\x16\xA1\x0F\xA4\x0D\x30\x0B\x31\x09\x30\x07\x06\x03\x55\x04\x03\x0C\x00\x82"
	       "\x03\x01\x02\x03",
	       24);
	c = parse(&bytes);
	assert_string_equal(certificate_role_name(c->role), "intermediate");
	certificate_free(c);
	memcpy(at,
	       "\x30\x16\xA1\x11\xA4\x0F\x30\x0D\x31\x0B\x30\x09\x06\x03\x55\x04\x03\x0C\x02xy\x82"
	       "\x01\x18",
	       24); /* its own */
	c = parse(&bytes);
	assert_string_equal(certificate_role_name(c->role), "root");
	certificate_free(c);
	buf_release(&bytes);
}

/* The OIDs of FIPS 203, 204 and 205, as keys and as signatures. */
static void test_post_quantum_names(void **state)
{
	static const struct {
		const char *octets;
		const char *name;
	} names[] = {
		{ NIST("\x03\x11"), "ML-DSA-44" },
		{ NIST("\x03\x12"), "ML-DSA-65" },
		{ NIST("\x03\x13"), "ML-DSA-87" },
		{ NIST("\x03\x14"), "SLH-DSA-SHA2-128s" },
		{ NIST("\x03\x15"), "SLH-DSA-SHA2-128f" },
		{ NIST("\x03\x18"), "SLH-DSA-SHA2-256s" },
		{ NIST("\x03\x19"), "SLH-DSA-SHA2-256f" },
		{ NIST("\x03\x1A"), "SLH-DSA-SHAKE-128s" },
		{ NIST("\x03\x1F"), "SLH-DSA-SHAKE-256f" },
		{ NIST("\x03\x20"), "HashML-DSA-44-with-SHA512" },
		{ NIST("\x03\x2E"), "HashSLH-DSA-SHAKE-256f-with-SHAKE256" },
		{ NIST("\x03\x2F"), "2.16.840.1.101.3.4.3.47" },
		{ NIST("\x03\x10"), "RSA-SHA3-512" },
		{ NIST("\x04\x01"), "ML-KEM-512" },
		{ NIST("\x04\x02"), "ML-KEM-768" },
		{ NIST("\x04\x03"), "ML-KEM-1024" },
		{ NIST("\x04\x04"), "2.16.840.1.101.3.4.4.4" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct buf bytes;
		load("root-ml-dsa-44.der", &bytes);
		exchange(&bytes, NIST("\x03\x11"), names[i].octets);
		struct certificate *c = parse(&bytes);
		assert_string_equal(c->public_key, names[i].name);
		assert_string_equal(c->signature_algorithm, names[i].name);
		assert_string_equal(certificate_role_name(c->role),
				    strncmp(names[i].name, "RSA", 3) == 0 ? "intermediate"
									  : "root");
		certificate_free(c);
		buf_release(&bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_identifiers),
		cmocka_unit_test(test_post_quantum_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
