/* PKCS#12 that is built here, with one thing wrong: chains, entries, bags, costs. */
#include "test_cert_help.h"

#define DATA           "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01"
#define ENCRYPTED      "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x06"
#define BAG            "\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x0A\x01"
#define OID(b, octets) der_put((b), 0x06, (octets), sizeof(octets) - 1)

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chain_limit),
		cmocka_unit_test(test_entry_limit),
		cmocka_unit_test(test_shared_chain),
		cmocka_unit_test(test_broken_certificate),
		cmocka_unit_test(test_bytes_behind_certificate),
		cmocka_unit_test(test_other_bags),
		cmocka_unit_test(test_costs),
		cmocka_unit_test(test_unknown_mac),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
