/* PEM as tools, editors and people leave it: content that does not fit the label, labels and
 * markers that nearly fit, escapes, quotes, other encodings. */
#include "test_cert_help.h"

#define BEGIN_CERT "-----BEGIN CERTIFICATE-----"
#define END_CERT   "-----END CERTIFICATE-----"

/* Base64 with `separator` between lines of 64 characters. */
static void put_base64(struct buf *b, const uint8_t *data, size_t len, const char *separator)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		uint32_t bits = 0;
		size_t n = len - i < 3 ? len - i : 3;
		if (i > 0 && i % 48 == 0)
			buf_puts(b, separator);
		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (k < n ? data[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			buf_putc(b, k <= n ? letters[bits >> (18 - 6 * k) & 63] : '=');
	}
}

/* In a text: @ is a certificate, $ PKCS#7 with three, % a certificate with three bytes behind it,
 * ^ one with OpenSSL's trust settings, each in base64. */
static void expand(struct buf *b, const char *text, const char *separator)
{
	struct parts parts = { .version = 3 };

	for (; *text != '\0'; text++) {
		struct buf der;
		buf_init(&der, 1 << 16);
		if (*text == '$')
			load("chain.p7b", &der);
		else if (*text == '@' || *text == '%' || *text == '^')
			build_certificate(&der, &parts);
		if (*text == '%')
			buf_append(&der, "\x09\x00\x01", 3);
		if (*text == '^')
			buf_append(&der, "\x30\x03\x0C\x01x", 5);
		if (der.len > 0)
			put_base64(b, (const uint8_t *)der.data, der.len, separator);
		else
			buf_putc(b, *text);
		buf_release(&der);
	}
}

struct form {
	const char *text;
	const char *separator;
	enum store_format format;
	enum store_state state;
	size_t count;
	const char *detail; /* a part of it */
};

#define PEM(text, separator)                                                                       \
	{                                                                                          \
		text, separator, STORE_FORMAT_PEM, STORE_OK, 1, ""                                 \
	}

static const struct form forms[] = {
	/* by content, whatever the label says */
	{ BEGIN_CERT "\n$\n" END_CERT, "\n", STORE_FORMAT_PKCS7, STORE_OK, 3, "" },
	{ "-----BEGIN CMS-----\n$\n-----END CMS-----\n", "\n", STORE_FORMAT_PKCS7, STORE_OK, 3,
	  "" },
	PEM("-----BEGIN PKCS7-----\n@\n-----END PKCS7-----\n", "\n"),
	PEM("-----BEGIN CMS-----\n@\n-----END CMS-----\n", "\n"),
	PEM("-----BEGIN PKCS #7 SIGNED DATA-----\n@\n-----END PKCS #7 SIGNED DATA-----\n", "\n"),
	PEM("-----BEGIN PKCS12-----\n@\n-----END PKCS12-----\n", "\n"),
	PEM("-----BEGIN SOMETHING-----\n@\n-----END SOMETHING-----\n", "\n"),
	{ "-----BEGIN SIGNED MESSAGE-----\n$\n-----END SIGNED MESSAGE-----\n", "\n",
	  STORE_FORMAT_PKCS7, STORE_OK, 3, "" },
	{ "-----BEGIN TRUSTED CERTIFICATE-----\n$\n-----END TRUSTED CERTIFICATE-----\n", "\n",
	  STORE_FORMAT_PKCS7, STORE_OK, 3, "" },
	{ BEGIN_CERT "\n$\n" END_CERT "\n" BEGIN_CERT "\n@\n" END_CERT, "\n", STORE_FORMAT_PEM,
	  STORE_OK, 4, "" },
	{ "$", "\n", STORE_FORMAT_PKCS7, STORE_OK, 3, "" },
	{ "\"$\"", "\\n", STORE_FORMAT_PKCS7, STORE_OK, 3, "" },
	{ "@\\n", "\\r\\n", STORE_FORMAT_DER, STORE_OK, 1, "" },
	/* bytes behind */
	{ BEGIN_CERT "\n%\n" END_CERT, "\n", STORE_FORMAT_PEM, STORE_PARTIAL, 1,
	  "3 bytes behind the certificate" },
	{ "-----BEGIN PKCS7-----\n%\n-----END PKCS7-----\n", "\n", STORE_FORMAT_PEM, STORE_PARTIAL,
	  1, "3 bytes behind the certificate" },
	{ BEGIN_CERT "\n%\n" END_CERT BEGIN_CERT "\n@\n" END_CERT, "\n", STORE_FORMAT_PEM,
	  STORE_PARTIAL, 2, "3 bytes behind the certificate at byte 0" },
	{ "%", "\n", STORE_FORMAT_DER, STORE_PARTIAL, 1, "3 bytes behind the certificate" },
	{ "-----BEGIN TRUSTED CERTIFICATE-----\n^\n-----END TRUSTED CERTIFICATE-----", "\n",
	  STORE_FORMAT_PEM, STORE_OK, 1, "" },
	{ BEGIN_CERT "\n^\n" END_CERT, "\n", STORE_FORMAT_PEM, STORE_PARTIAL, 1,
	  "5 bytes behind the certificate" },
	/* labels */
	PEM("-----BEGIN X.509 CERTIFICATE-----\n@\n-----END X.509 CERTIFICATE-----\n", "\n"),
	PEM("-----BEGIN X509 CERTIFICATE-----\n@\n-----END CERTIFICATE-----\n", "\n"),
	PEM("-----BEGIN CERTIFICATE CHAIN-----\n@\n-----END CERTIFICATE CHAIN-----\n", "\n"),
	PEM("-----begin certificate-----\n@\n-----end certificate-----\n", "\n"),
	PEM("-----Begin Certificate-----\n@\n-----END CERTIFICATE-----\n", "\n"),
	PEM("-----BEGIN CERTIFICATE -----\n@\n-----END CERTIFICATE -----\n", "\n"),
	PEM("----- BEGIN  CERTIFICATE-----\n@\n-----END CERTIFICATE -----\n", "\n"),
	PEM("-----BEGIN\tCERTIFICATE\t-----\n@\n-----END\tCERTIFICATE-----\n", "\n"),
	PEM("-----BEGIN\xC2\xA0"
	    "CERTIFICATE-----\n@\n-----END CERTIFICATE-----\n",
	    "\n"),
	PEM("  \t-----BEGIN CERTIFICATE-----  \n@\n\t-----END CERTIFICATE-----\t\n", "\n  "),
	PEM("-----BEGIN USER CERTIFICATE-----\n@\n-----END USER CERTIFICATE-----\n", "\n"),
	PEM("-----BEGIN CERTIFCATE-----\n@\n-----END CERTIFCATE-----\n", "\n"),
	{ "-----BEGIN CERTIFCATE-----\n!\n-----END CERTIFCATE-----\n", "\n", STORE_FORMAT_PEM,
	  STORE_UNPARSABLE, 0, "\"CERTIFCATE\"" },
	{ "-----BEGIN CERTIFICATE-----\n@\n-----END X509 CRL-----\n", "\n", STORE_FORMAT_PEM,
	  STORE_UNPARSABLE, 0, "a PEM block \"CERTIFICATE\" that ends as \"X509 CRL\"" },
	{ "-----BEGIN CERTIFICATE-----\n@\n-----END-----\n", "\n", STORE_FORMAT_PEM,
	  STORE_UNPARSABLE, 0, "that ends as \"\"" },
	{ "-----BEGIN SOMETHING-----\nAAAA\n-----END SOMETHING-----\n", "\n", STORE_FORMAT_PEM,
	  STORE_UNPARSABLE, 0, "a PEM block \"SOMETHING\" without a certificate" },
	{ "-----BEGIN PGP MESSAGE-----\n\nnot base64\n=x\n-----END PGP MESSAGE-----\n", "\n",
	  STORE_FORMAT_PEM, STORE_UNPARSABLE, 0, "\"PGP MESSAGE\"" },
	{ "-----BEGIN A\x1B[31m-----\nAAAA\n-----END A\x1B[31m-----\n", "\n", STORE_FORMAT_PEM,
	  STORE_UNPARSABLE, 0, "\"A\\x1b[31m\"" },
	{ "-----BEGIN RSA PRIVATE KEY-----\n@\n-----END RSA PRIVATE KEY-----\n", "\n",
	  STORE_FORMAT_PEM, STORE_EMPTY, 0, "no certificate, but a PEM block \"RSA PRIVATE KEY\"" },
	{ "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n", "\n",
	  STORE_FORMAT_PEM, STORE_EMPTY, 0, "\"CERTIFICATE REQUEST\"" },
	{ "-----BEGIN DH PARAMETERS-----\nMAA=\n-----END DH PARAMETERS-----\n" BEGIN_CERT
	  "\n@\n" END_CERT "\n-----BEGIN SOMETHING-----\nMAA=\n-----END SOMETHING-----\n",
	  "\n", STORE_FORMAT_PEM, STORE_OK, 1, "" }, /* what else is there is no problem */
	/* hyphens */
	PEM("----BEGIN CERTIFICATE----\n@\n----END CERTIFICATE----\n", "\n"),
	PEM("------BEGIN CERTIFICATE------\n@\n------END CERTIFICATE------\n", "\n"),
	PEM("-----BEGIN CERTIFICATE-----\n@\n-----END CERTIFICATE---\n", "\n"),
	PEM("-----BEGIN CERTIFICATE-----\n@\n-----END CERTIFICATE", "\n"),
	PEM("-----BEGIN CERTIFICATE\n@\n-----END CERTIFICATE-----\n", "\n"),
	PEM("\xE2\x80\x94\xE2\x80\x93"
	    "BEGIN CERTIFICATE\xE2\x80\x94\xE2\x80\x93\n@\n\xE2\x80\x94\xE2\x80\x93"
	    "END CERTIFICATE\xE2\x80\x94\xE2\x80\x93",
	    "\n"),
	{ BEGIN_CERT "@" END_CERT BEGIN_CERT "@" END_CERT, "", STORE_FORMAT_PEM, STORE_OK, 2, "" },
	{ "--- begin certificates of prod ---\n" BEGIN_CERT "\n@\n" END_CERT
	  "\n--- end certificates of prod ---\n",
	  "\n", STORE_FORMAT_PEM, STORE_OK, 1, "" },
	{ "--- Begin certificate ---\n" BEGIN_CERT "\n@\n" END_CERT, "\n", STORE_FORMAT_PEM,
	  STORE_OK, 1, "" },
	/* line ends, and what became of them */
	PEM(BEGIN_CERT "\r@\r" END_CERT "\r", "\r"),
	PEM(BEGIN_CERT "\\n@\\n" END_CERT "\\n\n", "\\n"),
	PEM(BEGIN_CERT "\\r\\n@\\r\\n" END_CERT "\\r\\n\r\n", "\\r\\n"),
	PEM("\"" BEGIN_CERT "\\n@\\n" END_CERT "\\n\"\n", "\\n"),
	PEM("'" BEGIN_CERT "\\n@\\n" END_CERT "'", "\\n"),
	PEM("{\"certificate\": \"" BEGIN_CERT "\\n@\\n" END_CERT "\\n\",\n \"x\": 1}\n", "\\n"),
	PEM("{\\\"c\\\": \\\"" BEGIN_CERT "\\\\n@\\\\n" END_CERT "\\\\n\\\"}", "\\\\n"),
	PEM(BEGIN_CERT "\\u000a@\\u000A" END_CERT, "\\u000d\\u000a"),
	PEM("[\"" BEGIN_CERT "\",\n\"@\",\n\"" END_CERT "\"]", "\",\n \""),
	PEM("  key: |\n    " BEGIN_CERT "\n    @\n    " END_CERT "\n", "\n    "),
	PEM("  key: \"" BEGIN_CERT "\\n\\\n    @\\n\\\n    " END_CERT "\\n\"\n", "\\n\\\n    "),
	PEM("String c = \"" BEGIN_CERT "\\n\" +\n  \"@\\n\" +\n  \"" END_CERT "\\n\";",
	    "\\n\" +\n  \""),
	PEM("c = (\n '" BEGIN_CERT "'\n '@'\n '" END_CERT "')", "'\n '"),
	PEM("> " BEGIN_CERT "\n> @\n> " END_CERT "\n", "\n> "),
	PEM("# " BEGIN_CERT "\n# @\n# " END_CERT "\n", "\n# "),
	PEM("<p>" BEGIN_CERT "<br/>@<br>" END_CERT "</p>", "<br />"),
	PEM(BEGIN_CERT "&#13;\n@&#xD;\n" END_CERT, "&#13;\n"),
	PEM("&quot;" BEGIN_CERT "&#10;@&#x0a;" END_CERT "&quot;", "&#10;"),
	PEM(BEGIN_CERT "\n@\xC2\xA0\n" END_CERT, "\xC2\xA0\n\xE2\x80\x8B"),
	PEM("text\xEF\xBB\xBF" BEGIN_CERT "\n\xEF\xBB\xBF@\n" END_CERT, "\n"),
	PEM(BEGIN_CERT "\r\nX-Note: a\r\n\r\n@\r\n" END_CERT, "\r\n"),
	PEM(BEGIN_CERT "\rX-Note: a\r\r@\r" END_CERT, "\r"),
	PEM(BEGIN_CERT "\\nX-Note: a\\n\\n@\\n" END_CERT, "\\n"),
};

static void check(const struct form *form, const void *data, size_t len)
{
	struct store_content *content = decode(data, len, NULL);

	check_sane(content);
	if (content->state != form->state || content->format != form->format ||
	    content->certificate_count != form->count ||
	    strstr(content->detail, form->detail) == NULL)
		fail_msg("%s: %s %s (%s), %zu", form->text, store_format_name(content->format),
			 store_state_name(content->state), content->detail,
			 content->certificate_count);
	store_content_unref(content);
}

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct buf text;
		buf_init(&text, 1 << 20);
		expand(&text, forms[i].text, forms[i].separator);
		check(&forms[i], text.data, text.len);
		buf_release(&text);
	}
}

/* Letters that encoders escape although they need not. */
static void test_escaped_letters(void **state)
{
	static const struct {
		char letter;
		const char *escape;
	} escapes[] = {
		{ '/', "\\/" },     { '/', "\\u002f" }, { '+', "\\u002B" },
		{ '=', "\\u003d" }, { '+', "&#43;" },   { '/', "&#x2F;" },
		{ '=', "&#61;" },   { '/', "\\\\/" },   { '+', "\\\\u002b" },
	};
	static const struct form form = PEM("", "");

	(void)state;
	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		struct buf der;
		struct buf plain;
		struct buf text;
		load("root-rsa.der", &der);
		buf_init(&plain, 1 << 20);
		buf_init(&text, 1 << 20);
		buf_puts(&plain, BEGIN_CERT "\\n");
		put_base64(&plain, (const uint8_t *)der.data, der.len, "\\n");
		buf_puts(&plain, "\\n" END_CERT);
		assert_non_null(strchr(buf_text(&plain), escapes[i].letter));
		for (size_t k = 0; k < plain.len; k++) {
			if (plain.data[k] == escapes[i].letter)
				buf_puts(&text, escapes[i].escape);
			else
				buf_putc(&text, plain.data[k]);
		}
		check(&form, text.data, text.len);
		buf_release(&der);
		buf_release(&plain);
		buf_release(&text);
	}
}

/* What PowerShell's > and Windows' editors write. */
static void test_utf16(void **state)
{
	static const struct form wrapped[] = {
		PEM(BEGIN_CERT "\r\n@\r\n" END_CERT "\r\n", "\r\n"),
		{ "@", "\r\n", STORE_FORMAT_DER, STORE_OK, 1, "" },
		{ "\r\n", "", STORE_FORMAT_UNKNOWN, STORE_EMPTY, 0, "" },
		{ "hello", "", STORE_FORMAT_UNKNOWN, STORE_UNSUPPORTED, 0, "text in UTF-16" },
	};

	(void)state;
	for (unsigned i = 0; i < 4 * sizeof(wrapped) / sizeof(wrapped[0]); i++) {
		const struct form *form = &wrapped[i / 4];
		bool big = i % 2 != 0;
		bool mark = i / 2 % 2 == 0;
		struct buf text;
		struct buf wide;
		buf_init(&text, 1 << 20);
		buf_init(&wide, 1 << 20);
		expand(&text, form->text, form->separator);
		if (mark)
			buf_puts(&wide, big ? "\xFE\xFF" : "\xFF\xFE");
		for (size_t k = 0; k < text.len; k++) {
			if (big)
				buf_putc(&wide, '\0');
			buf_putc(&wide, text.data[k]);
			if (!big)
				buf_putc(&wide, '\0');
		}
		check(form, wide.data, wide.len);
		buf_release(&text);
		buf_release(&wide);
	}
}

static void test_files(void **state)
{
	static const struct {
		const char *file;
		const char *format;
		const char *state;
		size_t count;
	} files[] = {
		{ "pkcs7-in-certificate-label.cer", "pkcs7", "ok", 3 },
		{ "x509-in-pkcs7-label.p7b", "pem", "ok", 1 },
		{ "label-certificate-chain.pem", "pkcs7", "ok", 3 },
		{ "label-blank-before-dashes.pem", "pem", "ok", 1 },
		{ "bytes-behind-certificate.pem", "pem", "partial", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct store_content *content = decode_file(files[i].file, NULL);
		check_sane(content);
		assert_string_equal(store_format_name(content->format), files[i].format);
		assert_string_equal(store_state_name(content->state), files[i].state);
		assert_int_equal(content->certificate_count, files[i].count);
		store_content_unref(content);
	}
}

/* PKCS#12 is opened in the first block only, whatever its label is, and not forgotten behind. */
static void test_pkcs12(void **state)
{
	static const char *const labels[] = { "PKCS12", "pkcs12", "CERTIFICATE", "PFX" };
	struct buf store;
	struct buf text;

	(void)state;
	load("aes.p12", &store);
	buf_init(&text, 1 << 20);
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		buf_printf(&text, "-----BEGIN %s-----\n", labels[i]);
		put_base64(&text, (const uint8_t *)store.data, store.len, "\\n");
		buf_printf(&text, "\n-----END %s-----\n", labels[i]);
		struct store_content *content = decode(text.data, text.len, "changeit");
		assert_string_equal(store_format_name(content->format), "pkcs12");
		assert_string_equal(store_state_name(content->state), "ok");
		store_content_unref(content);
		buf_release(&text);
	}
	expand(&text, BEGIN_CERT "\n@\n" END_CERT "\n-----BEGIN PKCS12-----\n", "\n");
	put_base64(&text, (const uint8_t *)store.data, store.len, "\n");
	buf_puts(&text, "\n-----END PKCS12-----\n");
	struct store_content *content = decode(text.data, text.len, "changeit");
	assert_string_equal(store_state_name(content->state), "partial");
	assert_non_null(strstr(content->detail, "PKCS#12"));
	store_content_unref(content);
	buf_release(&text);
	buf_release(&store);
}

/* Bytes behind PKCS#7, and Netscape's sequence of certificates. */
static void test_pkcs7(void **state)
{
	static const uint8_t type[] = { 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
					0x86, 0xF8, 0x42, 0x02, 0x05 };
	struct parts parts = { .version = 3 };
	struct buf b;

	(void)state;
	load("chain.p7b", &b);
	buf_puts(&b, "\r\n");
	struct store_content *content = decode(b.data, b.len, NULL);
	assert_string_equal(store_state_name(content->state), "ok");
	store_content_unref(content);
	buf_putc(&b, '\0');
	content = decode(b.data, b.len, NULL);
	assert_string_equal(store_state_name(content->state), "partial");
	assert_string_equal(content->detail, "3 bytes behind the PKCS#7");
	assert_int_equal(content->certificate_count, 3);
	store_content_unref(content);
	buf_release(&b);

	buf_init(&b, 1 << 16);
	buf_append(&b, type, sizeof(type));
	build_certificate(&b, &parts);
	build_certificate(&b, &parts);
	der_wrap(&b, sizeof(type), 0x30);
	der_wrap(&b, sizeof(type), 0xA0);
	der_wrap(&b, 0, 0x30);
	content = decode(b.data, b.len, NULL);
	assert_string_equal(store_format_name(content->format), "pkcs7");
	assert_string_equal(store_state_name(content->state), "ok");
	assert_int_equal(content->certificate_count, 2);
	store_content_unref(content);
	buf_release(&b);
}

/* The elements of the Destination service's public keys. */
static void test_add_pem(void **state)
{
	static const struct {
		const char *text;
		const char *separator;
		enum status status;
		enum store_state state;
		size_t count;
	} cases[] = {
		{ "@", "", STATUS_OK, STORE_OK, 1 },
		{ "@", "\n", STATUS_OK, STORE_OK, 1 },
		{ "$", "", STATUS_OK, STORE_OK, 3 },
		{ "%", "", STATUS_OK, STORE_PARTIAL, 1 },
		{ BEGIN_CERT "\n$\n" END_CERT, "\n", STATUS_OK, STORE_OK, 3 },
		{ BEGIN_CERT "\\n@\\n" END_CERT, "\\n", STATUS_OK, STORE_OK, 1 },
		{ "-----begin certificate-----\n@\n-----end certificate-----", "\n", STATUS_OK,
		  STORE_OK, 1 },
		{ "-----BEGIN PKCS7-----\n@\n-----END PKCS7-----", "\n", STATUS_OK, STORE_OK, 1 },
		{ BEGIN_CERT "\n%\n" END_CERT, "\n", STATUS_OK, STORE_PARTIAL, 1 },
		{ "MAA=", "", STATUS_SYNTAX, STORE_UNPARSABLE, 0 },
		{ "-----BEGIN FOO-----\nMAA=\n-----END FOO-----", "", STATUS_SYNTAX,
		  STORE_UNPARSABLE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_content *content = NULL;
		struct buf text;
		struct buf twice;
		buf_init(&text, 1 << 20);
		buf_init(&twice, 1 << 20);
		expand(&text, cases[i / 2].text, cases[i / 2].separator);
		/* as it is, and in base64 once more unless it is base64 already */
		bool again = i % 2 != 0 && strstr(buf_text(&text), "-----") != NULL;
		if (again)
			put_base64(&twice, (const uint8_t *)text.data, text.len, "");
		else
			buf_append(&twice, text.data, text.len);
		assert_int_equal(store_content_new(STORE_FORMAT_UNKNOWN, &content), STATUS_OK);
		assert_int_equal(store_add_entry(content, "alias"), STATUS_OK);
		assert_int_equal(store_add_pem(content, buf_text(&twice), twice.len),
				 cases[i / 2].status);
		store_content_finish(content);
		check_sane(content);
		assert_int_equal(content->certificate_count, cases[i / 2].count);
		assert_string_equal(store_state_name(content->state),
				    store_state_name(cases[i / 2].state));
		store_content_unref(content);
		buf_release(&text);
		buf_release(&twice);
	}
}

/* Rows of dashes, labels without an end, quotes and escapes must not cost quadratic time. */
static void test_hostile(void **state)
{
	static const char *const pieces[] = { "-----BEGIN CERTIFICATE-----\n",
					      "-",
					      "-----BEGIN ",
					      "-- ",
					      "-----END X-----",
					      "\xE2\x80\x94",
					      "-----BEGIN C-----\\\"&#<:" };

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct buf text;
		buf_init(&text, STORE_BYTES_MAX);
		while (text.len < STORE_BYTES_MAX / 4)
			buf_puts(&text, pieces[i]);
		struct store_content *content = decode(text.data, text.len, NULL);
		check_sane(content);
		assert_int_equal(content->certificate_count, 0);
		store_content_unref(content);
		buf_release(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),   cmocka_unit_test(test_escaped_letters),
		cmocka_unit_test(test_utf16),   cmocka_unit_test(test_files),
		cmocka_unit_test(test_pkcs12),  cmocka_unit_test(test_pkcs7),
		cmocka_unit_test(test_add_pem), cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
