/* PKCS#12: real ones of many writers compared with keytool, built ones with one thing wrong,
 * passwords, costs. */
#include "test_cert_help.h"

#include <openssl/evp.h>

#define DATA           "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01"
#define ENCRYPTED      "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x06"
#define BAG            "\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x0A\x01"
#define OID(b, octets) der_put((b), 0x06, (octets), sizeof(octets) - 1)

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

/* --- built ones
 * ------------------------------------------------------------------------------------ */

static void put_attribute(struct buf *b, const char *octets, uint8_t tag, const char *value,
			  size_t len)
{
	size_t start = b->len;

	der_put(b, 0x06, octets, 9);
	size_t set = b->len;
	der_put(b, tag, value, len);
	der_wrap(b, set, 0x31);
	der_wrap(b, start, 0x30);
}

/* A bag that was begun with its value; `id`: localKeyId, NULL if none. */
static void end_bag(struct buf *b, size_t start, uint8_t type, const char *id)
{
	size_t attributes;

	der_wrap(b, start, 0xA0);
	buf_append(b, "\x06\x0B" BAG, 12);
	buf_putc(b, (char)type);
	memmove(b->data + start + 13, b->data + start, b->len - start - 13);
	memcpy(b->data + start, "\x06\x0B" BAG, 12);
	b->data[start + 12] = (char)type;
	attributes = b->len;
	if (id != NULL) {
		put_attribute(b, "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x15", 0x04, id, strlen(id));
		der_wrap(b, attributes, 0x31);
	}
	der_wrap(b, start, 0x30);
}

static void put_key(struct buf *b, const char *id)
{
	size_t start = b->len;

	der_put(b, 0x30, "any", 3);
	end_bag(b, start, 2, id);
}

static void put_certificate_octets(struct buf *b, const void *der, size_t len, const char *id)
{
	size_t start = b->len;

	OID(b, "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x16\x01");
	size_t value = b->len;
	der_put(b, 0x04, der, len);
	der_wrap(b, value, 0xA0);
	der_wrap(b, start, 0x30);
	end_bag(b, start, 3, id);
}

static void put_certificate(struct buf *b, const char *subject, const char *issuer, const char *id)
{
	struct parts parts = { .name = subject, .name_len = strlen(subject), .issuer = issuer };
	struct buf der;

	buf_init(&der, 1 << 20);
	build_certificate(&der, &parts);
	put_certificate_octets(b, der.data, der.len, id);
	buf_release(&der);
}

/* Turns bags into a part of an AuthenticatedSafe. */
static void end_safe(struct buf *b, size_t start)
{
	der_wrap(b, start, 0x30);
	der_wrap(b, start, 0x04);
	der_wrap(b, start, 0xA0);
	size_t len = b->len - start;
	OID(b, DATA);
	/* the type goes in front */
	char type[11];
	memcpy(type, b->data + b->len - 11, 11);
	memmove(b->data + start + 11, b->data + start, len);
	memcpy(b->data + start, type, 11);
	der_wrap(b, start, 0x30);
}

/* An encrypted part; `iterations` as an INTEGER's content. */
static void put_encrypted(struct buf *b, const char *iterations, size_t len)
{
	size_t start = b->len;

	OID(b, ENCRYPTED);
	size_t explicit_content = b->len;
	der_put(b, 0x02, "\0", 1);
	size_t info = b->len;
	OID(b, DATA);
	size_t algorithm = b->len;
	OID(b, "\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x01\x03");
	size_t parameters = b->len;
	der_put(b, 0x04, "saltsalt", 8);
	der_put(b, 0x02, iterations, len);
	der_wrap(b, parameters, 0x30);
	der_wrap(b, algorithm, 0x30);
	der_put(b, 0x80, "0123456789abcdef", 16);
	der_wrap(b, info, 0x30);
	der_wrap(b, explicit_content, 0x30);
	der_wrap(b, explicit_content, 0xA0);
	der_wrap(b, start, 0x30);
}

static void put_mac(struct buf *b, const char *digest_oid, size_t oid_len, const char *iterations,
		    size_t len)
{
	size_t start = b->len;

	der_put(b, 0x06, digest_oid, oid_len);
	der_wrap(b, start, 0x30);
	der_put(b, 0x04, "01234567890123456789", 20);
	der_wrap(b, start, 0x30);
	der_put(b, 0x04, "saltsalt", 8);
	der_put(b, 0x02, iterations, len);
	der_wrap(b, start, 0x30);
}

/* Turns parts into a PFX up to its MAC: finish it with der_wrap(b, 0, 0x30). */
static void end_parts(struct buf *b)
{
	static const char head[] = "\x02\x01\x03";
	struct buf inner = *b;

	buf_init(b, 32 << 20);
	buf_append(b, head, 3);
	size_t info = b->len;
	OID(b, DATA);
	size_t data = b->len;
	buf_append(b, inner.data, inner.len);
	der_wrap(b, data, 0x30);
	der_wrap(b, data, 0x04);
	der_wrap(b, data, 0xA0);
	der_wrap(b, info, 0x30);
	buf_release(&inner);
}

static struct store_content *decode_bags(struct buf *bags)
{
	end_safe(bags, 0);
	end_parts(bags);
	der_wrap(bags, 0, 0x30);
	struct store_content *content = decode(bags->data, bags->len, NULL);
	check_sane(content);
	buf_release(bags);
	return content;
}

static void test_chain_limit(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 32 << 20);
	put_key(&b, "A");
	for (int i = 0; i < STORE_CHAIN_MAX + 5; i++) {
		char subject[16];
		char issuer[16];
		(void)snprintf(subject, sizeof(subject), "n%d", i);
		(void)snprintf(issuer, sizeof(issuer), "N%d", i + 1); /* case does not matter */
		put_certificate(&b, subject, issuer, i == 0 ? "A" : NULL);
	}
	put_key(&b, "B");
	put_certificate(&b, "second", "nobody", "B");
	struct store_content *content = decode_bags(&b);
	assert_int_equal(content->state, STORE_TOO_LARGE);
	assert_int_equal(content->entries[0].count, STORE_CHAIN_MAX);
	assert_string_equal(content->entries[0].certificates[63].certificate->subject, "CN=n63");
	assert_non_null(find_certificate(content, "2", 0)); /* the next entry is read */
	store_content_unref(content);
}

static void test_entry_limit(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 32 << 20);
	for (int i = 0; i < STORE_ENTRIES_MAX + 1; i++) {
		char name[16];
		(void)snprintf(name, sizeof(name), "n%d", i);
		put_certificate(&b, name, name, NULL);
	}
	struct store_content *content = decode_bags(&b);
	assert_int_equal(content->state, STORE_TOO_LARGE);
	assert_int_equal(content->certificate_count, STORE_ENTRIES_MAX);
	store_content_unref(content);

	buf_init(&b, 32 << 20);
	for (int i = 0; i < 12000; i++)
		put_key(&b, NULL);
	put_certificate(&b, "x", "x", NULL);
	content = decode_bags(&b);
	assert_int_equal(content->state, STORE_TOO_LARGE);
	store_content_unref(content);
}

/* Many keys with one long chain of large certificates: the store grows, its content must not
 * explode. */
static void test_shared_chain(void **state)
{
	struct buf b;
	struct buf name;

	(void)state;
	buf_init(&b, 32 << 20);
	buf_init(&name, 1 << 20);
	for (int i = 0; i < 30000; i++)
		buf_putc(&name, 'x');
	for (int i = 0; i < 500; i++)
		put_key(&b, "A");
	for (int i = 0; i < 60; i++) {
		char subject[16];
		char issuer[16];
		struct parts parts = { .name = subject, .issuer = issuer, .sans = name.data };
		struct buf der;
		(void)snprintf(subject, sizeof(subject), "n%d", i);
		(void)snprintf(issuer, sizeof(issuer), "n%d", i + 1);
		parts.name_len = strlen(subject);
		parts.sans_len = name.len;
		buf_init(&der, 1 << 20);
		build_certificate(&der, &parts);
		put_certificate_octets(&b, der.data, der.len, i == 0 ? "A" : NULL);
		buf_release(&der);
	}
	struct store_content *content = decode_bags(&b);
	assert_int_equal(content->state, STORE_TOO_LARGE);
	assert_true(content->certificate_count > 60 && content->certificate_count < 1000);
	store_content_unref(content);
	buf_release(&name);
}

/* A broken certificate keeps its place and its neighbours. */
static void test_broken_certificate(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	put_key(&b, "A");
	put_certificate_octets(&b, "junk", 4, "A");
	put_certificate(&b, "other", "nobody", NULL);
	buf_append(&b, "\x30\x03\x02\x01\x05", 5); /* a bag that is none */
	struct store_content *content = decode_bags(&b);
	assert_int_equal(content->state, STORE_PARTIAL);
	assert_string_equal(content->detail, "a broken bag");
	assert_int_equal(find_entry(content, "1")->count, 0);
	assert_non_null(find_certificate(content, "2", 0));
	store_content_unref(content);
}

/* Java and OpenSSL read the certificate all the same, and find its issuer. */
static void test_bytes_behind_certificate(void **state)
{
	static const struct {
		const char *bytes;
		enum store_state state;
		const char *detail;
	} cases[] = {
		{ "junk", STORE_PARTIAL, "entry 1 (1), certificate 0: 4 bytes behind it" },
		{ "0", STORE_PARTIAL, "entry 1 (1), certificate 0: 1 bytes behind it" },
		{ "\r\n", STORE_OK, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct parts parts = { .name = "leaf", .name_len = 4, .issuer = "issuer" };
		struct buf der;
		struct buf b;
		buf_init(&b, 1 << 20);
		buf_init(&der, 1 << 20);
		build_certificate(&der, &parts);
		buf_puts(&der, cases[i].bytes);
		put_key(&b, "A");
		put_certificate_octets(&b, der.data, der.len, "A");
		put_certificate(&b, "issuer", "issuer", NULL);
		struct store_content *content = decode_bags(&b);
		assert_int_equal(content->state, cases[i].state);
		assert_string_equal(content->detail, cases[i].detail);
		assert_int_equal(find_entry(content, "1")->count, 2);
		assert_string_equal(find_certificate(content, "1", 0)->subject, "CN=leaf");
		store_content_unref(content);
		buf_release(&der);
	}
}

/* Certificates of other kinds and bags that hold none are passed over. */
static void test_other_bags(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	OID(&b, "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x16\x02"); /* SDSI */
	der_put(&b, 0xA0, "\x16\x01x", 3);
	der_wrap(&b, 0, 0x30);
	end_bag(&b, 0, 3, NULL);
	for (uint8_t type = 4; type <= 7; type++) { /* CRL, secret, bags (broken), unknown */
		size_t start = b.len;
		if (type == 6)
			continue;
		der_put(&b, 0x30, "any", 3);
		end_bag(&b, start, type, NULL);
	}
	struct store_content *content = decode_bags(&b);
	assert_int_equal(content->state, STORE_EMPTY);
	store_content_unref(content);
}

/* Nothing is derived when the sum of all iterations is out of bounds. */
static void test_costs(void **state)
{
	static const struct {
		const char *mac;
		size_t mac_len;
		const char *part;
		size_t part_len;
		enum store_state state;
		const char *detail;
	} cases[] = {
		{ "\x01", 1, "\x01", 1, STORE_LOCKED, "a password is needed, and none was given" },
		{ NULL, 0, "\x01", 1, STORE_LOCKED, "no password decrypts part 1" },
		{ "\x4C\x4B\x40", 3, "\x01", 1, STORE_TOO_LARGE, /* 5 million, twice */
		  "key derivation of more than 10000000 iterations" },
		{ "\x7F\xFF\xFF\xFF", 4, "\x01", 1, STORE_TOO_LARGE,
		  "key derivation of more than 10000000 iterations" },
		{ "\x01", 1, "\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8, STORE_TOO_LARGE,
		  "key derivation of more than 10000000 iterations" },
		{ NULL, 0, "\x4C\x4B\x41", 3, STORE_TOO_LARGE,
		  "key derivation of more than 10000000 iterations" },
		{ NULL, 0, "\x00", 1, STORE_UNSUPPORTED, "part 1: unsupported encryption" },
		{ NULL, 0, "\xFF", 1, STORE_UNSUPPORTED, "part 1: unsupported encryption" },
		{ NULL, 0, "\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 9, STORE_UNSUPPORTED,
		  "part 1: unsupported encryption" },
		{ "\x00", 1, "\x01", 1, STORE_UNPARSABLE, "the MAC of PKCS#12 is broken" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf b;
		buf_init(&b, 1 << 20);
		put_encrypted(&b, cases[i].part, cases[i].part_len);
		end_parts(&b);
		if (cases[i].mac != NULL)
			put_mac(&b, "\x2B\x0E\x03\x02\x1A", 5, cases[i].mac, cases[i].mac_len);
		der_wrap(&b, 0, 0x30);
		struct store_content *content = decode(b.data, b.len, NULL);
		check_sane(content);
		if (content->state != cases[i].state)
			fail_msg("%zu: %s (%s)", i, store_state_name(content->state),
				 content->detail);
		assert_string_equal(content->detail, cases[i].detail);
		store_content_unref(content);
		buf_release(&b);
	}
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

/* A MAC of a kind that is not known (PBMAC1) chooses no password: the parts themselves do. */
static void test_unknown_mac(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	put_encrypted(&b, "\x01", 1);
	end_parts(&b);
	put_mac(&b, "\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0E", 9, "\x01", 1);
	der_wrap(&b, 0, 0x30);
	struct store_content *content = decode(b.data, b.len, NULL);
	assert_int_equal(content->state, STORE_LOCKED);
	assert_string_equal(content->detail, "no password decrypts part 1");
	store_content_unref(content);
	buf_release(&b);
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
		cmocka_unit_test(test_bytes_behind_certificate),
		cmocka_unit_test(test_keytool_agrees),
		cmocka_unit_test(test_beyond_java),
		cmocka_unit_test(test_chain_limit),
		cmocka_unit_test(test_entry_limit),
		cmocka_unit_test(test_shared_chain),
		cmocka_unit_test(test_broken_certificate),
		cmocka_unit_test(test_other_bags),
		cmocka_unit_test(test_costs),
		cmocka_unit_test(test_scrypt_costs),
		cmocka_unit_test(test_unknown_mac),
		cmocka_unit_test(test_prefixes_and_flips),
		cmocka_unit_test(test_pem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
