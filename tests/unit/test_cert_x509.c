/* The facts of certificates: real ones of every kind, and built ones with one thing wrong. */
#include "test_cert_help.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "cert/san.h"

static struct certificate *parse_file(const char *name)
{
	struct certificate *certificate = NULL;
	struct buf bytes;

	load(name, &bytes);
	assert_int_equal(certificate_parse((const uint8_t *)bytes.data, bytes.len, &certificate),
			 STATUS_OK);
	assert_int_equal(ERR_peek_error(), 0);
	buf_release(&bytes);
	return certificate;
}

static struct certificate *parse_parts(const struct parts *parts)
{
	struct certificate *certificate = NULL;
	struct buf bytes;

	buf_init(&bytes, 1 << 20);
	build_certificate(&bytes, parts);
	if (certificate_parse((const uint8_t *)bytes.data, bytes.len, &certificate) != STATUS_OK)
		certificate = NULL;
	assert_int_equal(ERR_peek_error(), 0);
	buf_release(&bytes);
	return certificate;
}

static void test_kinds(void **state)
{
	static const struct {
		const char *file;
		enum certificate_role role;
		const char *public_key;
		const char *signature_algorithm;
		const char *serial;
	} cases[] = {
		{ "leaf.der", CERTIFICATE_LEAF, "EC-P-256", "ecdsa-with-SHA256", "c0ffee" },
		{ "sub.der", CERTIFICATE_INTERMEDIATE, "EC-P-256", "ecdsa-with-SHA256", "2" },
		{ "root.der", CERTIFICATE_ROOT, "EC-P-256", "ecdsa-with-SHA256", "1" },
		{ "root-rsa.der", CERTIFICATE_ROOT, "RSA-2048", "sha1WithRSAEncryption", "e" },
		{ "ca-unsigned.der", CERTIFICATE_INTERMEDIATE, "RSA-2048", "ecdsa-with-SHA256",
		  "c" },
		{ "self-leaf.der", CERTIFICATE_LEAF, "EC-P-256", "ecdsa-with-SHA256", "d" },
		{ "version-1.der", CERTIFICATE_ROOT, "EC-P-256", "ecdsa-with-SHA256",
		  "-8000000000000000" },
		{ "key-rsa.der", CERTIFICATE_LEAF, "RSA-2048", "sha256WithRSAEncryption", "a" },
		{ "key-rsapss.der", CERTIFICATE_LEAF, "RSA-PSS-2048", "rsassaPss", "a" },
		{ "key-secp384r1.der", CERTIFICATE_LEAF, "EC-P-384", "ecdsa-with-SHA256", "a" },
		{ "key-secp521r1.der", CERTIFICATE_LEAF, "EC-P-521", "ecdsa-with-SHA256", "a" },
		{ "key-secp256k1.der", CERTIFICATE_LEAF, "EC-secp256k1", "ecdsa-with-SHA256", "a" },
		{ "key-brainpoolP256r1.der", CERTIFICATE_LEAF, "EC-brainpoolP256r1",
		  "ecdsa-with-SHA256", "a" },
		{ "key-explicit.der", CERTIFICATE_LEAF, "EC-explicit", "ecdsa-with-SHA256", "a" },
		{ "key-ed25519.der", CERTIFICATE_LEAF, "Ed25519", "ED25519", "a" },
		{ "key-ed448.der", CERTIFICATE_LEAF, "Ed448", "ED448", "a" },
		{ "key-x25519.der", CERTIFICATE_LEAF, "X25519", "ecdsa-with-SHA256", "a" },
		{ "key-dsa.der", CERTIFICATE_LEAF, "DSA-2048", "dsa_with_SHA256", "a" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct certificate *c = parse_file(cases[i].file);
		if (c->role != cases[i].role)
			fail_msg("%s: %s", cases[i].file, certificate_role_name(c->role));
		assert_string_equal(c->public_key, cases[i].public_key);
		assert_string_equal(c->signature_algorithm, cases[i].signature_algorithm);
		assert_string_equal(c->serial_number, cases[i].serial);
		assert_true(c->has_not_before && c->has_not_after);
		assert_int_equal(strlen(c->fingerprint_sha256), 64);
		certificate_free(c);
	}
}

static void test_facts(void **state)
{
	struct certificate *c = parse_file("leaf.der");

	(void)state;
	assert_string_equal(c->subject, "CN=shop.example,O=Example\\, Inc.,C=DE");
	assert_string_equal(c->issuer, "CN=Test Issuing,O=Example,C=DE");
	assert_string_equal(c->san, "shop.example,*.shop.example,192.0.2.7,2001:db8::7,"
				    "ops@shop.example,https://shop.example/x,otherName:1.2.3.4");
	assert_int_equal(c->not_before_s, 1704067200);
	assert_int_equal(c->not_after_s, 2019686400);
	certificate_free(c);

	c = parse_file("utf8.der");
	assert_string_equal(
		c->subject,
		"CN=\\#grüße,OU=生産管理,OU=\\ blank\\ ,O=Müller & Söhne\\, \\\"Größte\\\" "
		"\\<Bäckerei\\> GmbH\\; \\+,L=Köln,C=DE");
	certificate_free(c);

	c = parse_file("sans.der");
	assert_string_equal(c->san, "n01,n02,n03,n04,n05,n06,n07,n08,n09,n10,n11,n12,n13,n14,n15,"
				    "n16,n17");
	certificate_free(c);

	c = parse_file("san-kinds.der");
	assert_string_equal(c->san, "otherName:UPN:user@corp.example,otherName:1.3.6.1.5.5.7.8.9,"
				    "RID:1.2.3.4294967296.5,x.example");
	certificate_free(c);

	struct store_content *content = decode_file("san-with-comma.pem", NULL);
	assert_string_equal(find_certificate(content, "", 0)->san, "a.example\\,b.example");
	store_content_unref(content);

	c = parse_file("version-1.der");
	assert_string_equal(c->subject, "O=rdn,OU=valued+CN=multi");
	assert_string_equal(c->san, "");
	certificate_free(c);
}

/* Names and times as OpenSSL itself tells them. */
static void test_openssl_agrees(void **state)
{
	static const char *const files[] = { "leaf.der",     "sub.der",     "root.der",
					     "utf8.der",     "sans.der",    "version-1.der",
					     "root-rsa.der", "key-dsa.der", "key-x25519.der" };
	const unsigned long flags = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct buf bytes;
		load(files[i], &bytes);
		const unsigned char *p = (const unsigned char *)bytes.data;
		X509 *x = d2i_X509(NULL, &p, (long)bytes.len);
		BIO *bio = BIO_new(BIO_s_mem());
		char *text = NULL;
		struct tm tm;
		struct certificate *c = parse_file(files[i]);
		assert_true(X509_NAME_print_ex(bio, X509_get_subject_name(x), 0, flags) >= 0);
		long len = BIO_get_mem_data(bio, &text);
		assert_int_equal(len, strlen(c->subject));
		assert_memory_equal(text, c->subject, (size_t)len);
		assert_int_equal(ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm), 1);
		assert_int_equal(timegm(&tm), c->not_after_s);
		certificate_free(c);
		BIO_free(bio);
		X509_free(x);
		buf_release(&bytes);
	}
}

static void test_times(void **state)
{
	static const struct {
		const char *text;
		int64_t time_s;
		uint8_t tag;
		bool has;
	} cases[] = {
		{ "491231235959Z", 2524607999, 0x17, true },
		{ "500101000000Z", -631152000, 0x17, false }, /* 1950 */
		{ "700101000000Z", 0, 0x17, false },          /* a filler, not a time */
		{ "700102000000Z", 86400, 0x17, true },
		{ "99991231235959Z", 253402300799, 0x18, true },
		{ "20500101000000Z", 2524608000, 0x18, true },
		{ "19691231235959Z", -1, 0x18, false },
		{ "00000101000000Z", -62167219200, 0x18, false },
		{ "240229120000Z", 1709208000, 0x17, true },
		{ "230229120000Z", 0, 0x17, false }, /* no leap year */
		{ "241301000000Z", 0, 0x17, false },
		{ "240101240000Z", 0, 0x17, false },
		{ "240101000060Z", 0, 0x17, false },
		{ "", 0, 0x17, false },
		{ "tomorrow", 0, 0x17, false },
		{ "240101000000", 0, 0x17, false },
		{ "20240101000000Z", 0, 0x17, false }, /* four digits need the other type */
		{ "240101000000Z", 0, 0x18, false },
		{ "240101010000+0100", 1704067200, 0x17, true },
		{ "240101000000Z", 0, 0x0C, false }, /* not a time at all */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct parts parts = { .not_after_tag = cases[i].tag, .not_after = cases[i].text };
		struct certificate *c = parse_parts(&parts);
		assert_non_null(c);
		if (c->has_not_after != cases[i].has || c->not_after_s != cases[i].time_s)
			fail_msg("%s: %d %lld", cases[i].text, c->has_not_after,
				 (long long)c->not_after_s);
		assert_true(c->has_not_before);
		assert_int_equal(c->not_before_s, 1704067200);
		certificate_free(c);
	}
}

static void test_serials(void **state)
{
	static const struct {
		const char *octets;
		size_t len;
		const char *text;
	} cases[] = {
		{ "\x00", 1, "0" },
		{ "\x05", 1, "5" },
		{ "\xFB", 1, "-5" },
		{ "\x7F", 1, "7f" },
		{ "\x80", 1, "-80" },
		{ "\xFF", 1, "-1" },
		{ "\x00\xFF", 2, "ff" },
		{ "\xFF\x00", 2, "-100" },
		{ "\xFF\x01", 2, "-ff" },
		{ "\x80\x00\x00", 3, "-800000" },
		{ "\x00\x00\x01\x02", 4, "102" }, /* padded, as some have it */
		{ "\xFF\xFF", 2, "-1" },
		{ "\x0A\xBC\xDE\xF0\x12\x34\x56\x78\x9A\xBC\xDE\xF0\x12\x34\x56\x78\x9A\xBC\xDE"
		  "\xF0",
		  20, "abcdef0123456789abcdef0123456789abcdef0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct parts parts = { .serial = cases[i].octets, .serial_len = cases[i].len };
		struct certificate *c = parse_parts(&parts);
		assert_non_null(c);
		assert_string_equal(c->serial_number, cases[i].text);
		certificate_free(c);
	}
	struct parts none = { .serial = "", .serial_len = 0 };
	assert_null(parse_parts(&none));
}

static void test_names(void **state)
{
	static const struct {
		uint8_t tag;
		const char *octets;
		size_t len;
		const char *text;
	} cases[] = {
		{ 0x0C, "plain", 5, "CN=plain" },
		{ 0x13, "a\0b", 3, "CN=a\\00b" },
		{ 0x0C, "line\nfeed", 9, "CN=line\\0Afeed" },
		{ 0x0C, "bad \xFF\xC3", 6, "CN=bad \xEF\xBF\xBD\xEF\xBF\xBD" },
		{ 0x14, "K\xF6ln", 4, "CN=Köln" },         /* T61String as Latin-1 */
		{ 0x1E, "\0K\0\xF6\0l\0n", 8, "CN=Köln" }, /* BMPString */
		{ 0x1E, "\0A\0", 3, "CN=\\00A\\00" },      /* of odd length */
		{ 0x1E, "\xD8\x34\xDD\x1E", 4,
		  "CN=\xEF\xBF\xBD"
		  "4\xEF\xBF\xBD\\1E" },                   /* a pair: no BMPString */
		{ 0x1C, "\0\0\0K\0\0\0\xF6", 8, "CN=Kö" }, /* UniversalString */
		{ 0x16, "a,b+c\"d\\e<f>g;h", 15, "CN=a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h" },
		{ 0x0C, " lead and trail ", 16, "CN=\\ lead and trail\\ " },
		{ 0x0C, "#x", 2, "CN=\\#x" },
		{ 0x0C, "", 0, "CN=" },
		{ 0x0C, "\xC2\x85", 2, "CN=\\x85" }, /* a C1 control */
		{ 0x02, "\x05", 1, "CN=#020105" },   /* no text at all */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct parts parts = { .name_tag = cases[i].tag,
				       .name = cases[i].octets,
				       .name_len = cases[i].len };
		struct certificate *c = parse_parts(&parts);
		assert_non_null(c);
		assert_string_equal(c->subject, cases[i].text);
		certificate_free(c);
	}
}

#define UPN "\x2B\x06\x01\x04\x01\x82\x37\x14\x02\x03" /* 1.3.6.1.4.1.311.20.2.3 */

static void test_sans(void **state)
{
	static const struct {
		const char *octets;
		size_t len;
		const char *text;
	} cases[] = {
		{ "", 0, "" },
		{ "\x82\x03"
		  "a,b",
		  5, "a\\,b" },
		{ "\x82\x03"
		  "a\\,\x81\x01\\\x86\x01,",
		  11, "a\\\\\\,,\\\\,\\," },
		{ "\x82\x03"
		  "a\0b",
		  5, "a\\x00b" },
		{ "\x82\x02\xFF\n", 4, "\xEF\xBF\xBD\\x0a" },
		{ "\x87\x04\x7F\0\0\x01\x87\x02\x01\x02", 10, "127.0.0.1,0102" },
		{ "\x88\x02\x2A\x03\x82\x01x", 7, "RID:1.2.3,x" },
		{ "\x88\x01\x80\x88\x00\x82\x01x", 8, "x" }, /* no object identifiers */
		{ "\xA0\x08\x06\x02\x2A\x03\xA0\x02\x05\x00", 10, "otherName:1.2.3" },
		{ "\xA0\x13\x06\x0A" UPN "\xA0\x05\x0C\x03"
		  "u@r",
		  21, "otherName:UPN:u@r" },
		{ "\xA0\x13\x06\x0A" UPN "\xA0\x05\x0C\x03"
		  "\n,\xFF",
		  21, "otherName:UPN:\\x0a\\,\xEF\xBF\xBD" },
		{ "\xA0\x13\x06\x0A" UPN "\xA0\x05\x16\x03" /* no UTF8String */
		  "u@r",
		  21, "otherName:1.3.6.1.4.1.311.20.2.3" },
		{ "\xA0\x0C\x06\x0A" UPN, 14, "otherName:1.3.6.1.4.1.311.20.2.3" }, /* no value */
		{ "\xA0\x02\x06\0\x82\x01x", 7, "x" },                              /* no type */
		{ "\xA0\x00\x82\x01x", 5, "x" },
		{ "\xA4\x02\x30\x00\x82\x01x", 7, "x" }, /* directoryName is left out */
		{ "\x82\x01x\x82\x7F", 5, "x" },         /* cut off */
		{ "\x82\x00\x81\x01y", 5, ",y" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct parts parts = { .sans = cases[i].octets, .sans_len = cases[i].len };
		struct certificate *c = parse_parts(&parts);
		assert_non_null(c);
		assert_string_equal(c->san, cases[i].text);
		certificate_free(c);
	}
}

/* What a list is made of comes out of it again; labels have the first names. */
static void test_san_lists(void **state)
{
	static const char *const names[] = {
		"a.example", "a,b", "\\", ",", "\\,", "", "\\x0a", "Ü"
	};
	const size_t wanted = sizeof(names) / sizeof(names[0]);
	struct buf list;
	struct buf name;
	size_t count = 0;
	size_t seen = 0;

	(void)state;
	buf_init(&list, SAN_LIST_MAX);
	buf_init(&name, SAN_LIST_MAX);
	for (size_t i = 0; i < 2 * wanted; i++)
		assert_true(san_add(&list, &count, names[i % wanted], strlen(names[i % wanted])));
	for (const char *at = buf_text(&list); san_next(&at, &name); buf_release(&name))
		assert_string_equal(buf_text(&name), names[seen++ % wanted]);
	assert_int_equal(seen, 2 * wanted);
	san_label(&name, buf_text(&list));
	assert_string_equal(buf_text(&name), buf_text(&list)); /* exactly 16 */
	buf_release(&name);
	assert_true(san_add(&list, &count, "last", 4));
	san_label(&name, buf_text(&list));
	assert_int_equal(name.len + 1, list.len); /* "…" for "last" */
	assert_string_equal(buf_text(&name) + name.len - 4, ",…");
	buf_release(&name);
	san_label(&name, "");
	assert_string_equal(buf_text(&name), "");
	buf_release(&list);
	buf_release(&name);
}

/* However many names somebody puts into a certificate, the list has an end, and says so. */
static void test_many_sans(void **state)
{
	struct buf sans;
	size_t fitting = 0;

	(void)state;
	buf_init(&sans, 1 << 20);
	for (int i = 0; i < 40000; i++) {
		char name[] = "\x82\x08n0000000";
		for (int at = 9, n = i; n > 0; n /= 10)
			name[at--] = (char)('0' + n % 10);
		buf_append(&sans, name, 10);
	}
	struct parts parts = { .sans = sans.data, .sans_len = sans.len };
	struct certificate *c = parse_parts(&parts);
	assert_non_null(c);
	assert_true(strlen(c->san) <= SAN_LIST_MAX);
	for (const char *at = c->san; (at = strchr(at, ',')) != NULL; at++)
		fitting++;
	assert_true(fitting > 10000 && fitting < 40000);
	assert_string_equal(c->san + strlen(c->san) - 4, ",…");
	certificate_free(c);
	buf_release(&sans);
	buf_init(&sans, SAN_LIST_MAX + 16); /* one that does not fit */
	while (sans.len <= SAN_LIST_MAX)
		buf_putc(&sans, 'x');
	der_wrap(&sans, 0, 0x82);
	parts = (struct parts){ .sans = sans.data, .sans_len = sans.len };
	c = parse_parts(&parts);
	assert_non_null(c);
	assert_string_equal(c->san, "…");
	certificate_free(c);
	buf_release(&sans);
}

/* Built ones have a signature that fits nothing. */
static void test_roles(void **state)
{
	static const struct {
		struct parts parts;
		enum certificate_role role;
	} cases[] = {
		{ { .version = 3 }, CERTIFICATE_LEAF },
		{ { .version = 1 }, CERTIFICATE_LEAF },
		{ { .basic_constraints = "" }, CERTIFICATE_LEAF },
		{ { .basic_constraints = "\x01\x01\xFF", .basic_constraints_len = 3 },
		  CERTIFICATE_INTERMEDIATE },
		{ { .basic_constraints = "\x01\x01\xFF",
		    .basic_constraints_len = 3,
		    .issuer = "x" },
		  CERTIFICATE_INTERMEDIATE },
		{ { .basic_constraints = "\x01\x01\x00", .basic_constraints_len = 3 },
		  CERTIFICATE_LEAF },
		{ { .basic_constraints = "\x01\x05", .basic_constraints_len = 2 },
		  CERTIFICATE_LEAF },
		/* names that differ in case only are the same issuer */
		{ { .basic_constraints = "\x01\x01\xFF",
		    .basic_constraints_len = 3,
		    .issuer = "BUILT" },
		  CERTIFICATE_INTERMEDIATE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct certificate *c = parse_parts(&cases[i].parts);
		assert_non_null(c);
		assert_int_equal(c->role, cases[i].role);
		certificate_free(c);
	}
}

/* No prefix of a certificate is one, nothing may follow, and no flipped bit does harm. */
static void test_broken(void **state)
{
	struct certificate *c = NULL;
	struct buf bytes;

	(void)state;
	load("leaf.der", &bytes);
	for (size_t len = 0; len < bytes.len; len++) {
		uint8_t *cut = malloc(len > 0 ? len : 1);
		assert_non_null(cut);
		memcpy(cut, bytes.data, len);
		assert_int_equal(certificate_parse(cut, len, &c), STATUS_SYNTAX);
		free(cut);
	}
	for (size_t bit = 0; bit < bytes.len * 8; bit++) {
		bytes.data[bit / 8] = (char)(bytes.data[bit / 8] ^ 1 << bit % 8);
		if (certificate_parse((const uint8_t *)bytes.data, bytes.len, &c) == STATUS_OK)
			certificate_free(c);
		assert_int_equal(ERR_peek_error(), 0);
		bytes.data[bit / 8] = (char)(bytes.data[bit / 8] ^ 1 << bit % 8);
	}
	buf_putc(&bytes, '\0');
	c = NULL;
	assert_int_equal(certificate_parse((const uint8_t *)bytes.data, bytes.len, &c),
			 STATUS_SYNTAX);
	assert_null(c);
	buf_release(&bytes);
}

static void test_copy(void **state)
{
	char subject[] = "CN=x";
	struct certificate facts = { .role = CERTIFICATE_ROLE_UNKNOWN,
				     .has_not_after = true,
				     .not_after_s = 5,
				     .subject = subject };
	struct certificate *c = NULL;
	enum certificate_role role = CERTIFICATE_LEAF;

	(void)state;
	assert_int_equal(certificate_copy(&facts, &c), STATUS_OK);
	subject[3] = 'y';
	assert_string_equal(c->subject, "CN=x");
	assert_string_equal(c->issuer, "");
	assert_string_equal(c->san, "");
	assert_string_equal(c->fingerprint_sha256, "");
	assert_true(c->has_not_after && !c->has_not_before);
	assert_int_equal(c->not_after_s, 5);
	certificate_free(c);
	certificate_free(NULL);
	assert_int_equal(certificate_role_parse("root", &role), STATUS_OK);
	assert_int_equal(role, CERTIFICATE_ROOT);
	assert_int_equal(certificate_role_parse("unknown", &role), STATUS_OK);
	assert_int_equal(role, CERTIFICATE_ROLE_UNKNOWN);
	assert_int_equal(certificate_role_parse("Root", &role), STATUS_SYNTAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),          cmocka_unit_test(test_facts),
		cmocka_unit_test(test_openssl_agrees), cmocka_unit_test(test_times),
		cmocka_unit_test(test_serials),        cmocka_unit_test(test_names),
		cmocka_unit_test(test_san_lists),      cmocka_unit_test(test_many_sans),
		cmocka_unit_test(test_sans),           cmocka_unit_test(test_roles),
		cmocka_unit_test(test_broken),         cmocka_unit_test(test_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
