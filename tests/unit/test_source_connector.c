/* How a Cloud Connector writes numbers, names, times and certificates. No network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "source/connector/stores.h"
#include "source/connector/values.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

static void test_serial(void **state)
{
	static const char *const table[][2] = {
		/* recorded: the first digit is 0 and was dropped, the last group has one digit */
		{ "63:3e:02:21:b8:82:87:62:51:1a:b4:83:2f:66:77:a",
		  "633e0221b8828762511ab4832f6677a" },
		{ "cf:eb:48:81:92:d8:49:31:a2:1d:de:04:df:32:a1:8",
		  "cfeb488192d84931a21dde04df32a18" },
		{ "56:12:7b:5c", "56127b5c" },
		{ "B8:24:67:D3", "b82467d3" },
		{ "00:0a:bc", "abc" },
		{ "0", "0" },
		{ "00:00", "0" },
		{ "-1f", "-1f" },
		{ "", "" },
		{ "-", "" },
		{ ":::", "" },
		{ "12:3g", "" },
		{ " 12", "" },
		{ "0x12", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct buf text;
		buf_init(&text, SCC_SERIAL_MAX + 2);
		scc_serial(&text, table[i][0]);
		assert_string_equal(buf_text(&text), table[i][1]);
		buf_release(&text);
	}
}

static void test_long_serial(void **state)
{
	char digits[SCC_SERIAL_MAX + 2];
	struct buf text;

	(void)state;
	memset(digits, 'a', sizeof(digits));
	digits[sizeof(digits) - 1] = '\0';
	buf_init(&text, sizeof(digits));
	scc_serial(&text, digits);
	assert_string_equal(buf_text(&text), "");
	scc_serial(&text, digits + 1);
	assert_int_equal(text.len, SCC_SERIAL_MAX);
	buf_release(&text);
}

static void test_names(void **state)
{
	static const char *const table[][2] = {
		{ "CN=Hugo, OU=CSI, O=SAP Trust Community, C=DE",
		  "CN=Hugo,OU=CSI,O=SAP Trust Community,C=DE" },
		{ "CN=SCC,OU=Connectivity,O=SAP SE,C=DE", "CN=SCC,OU=Connectivity,O=SAP SE,C=DE" },
		{ "CN=A + OU=B, C=DE", "CN=A +OU=B,C=DE" },
		{ "CN=A+ OU=B", "CN=A+OU=B" },
		/* an escaped comma separates nothing */
		{ "O=Foo\\, Inc., C=DE", "O=Foo\\, Inc.,C=DE" },
		{ "CN=a\\\\, C=DE", "CN=a\\\\,C=DE" },
		/* quotes become escapes */
		{ "CN=x, O=\"Foo, Inc.\", C=DE", "CN=x,O=Foo\\, Inc.,C=DE" },
		{ "O=\" a\", C=DE", "O=\\ a,C=DE" },
		{ "O=\"a \", C=DE", "O=a\\ ,C=DE" },
		{ "O=\"#1 + <2>;\"", "O=\\#1 \\+ \\<2\\>\\;" },
		{ "O=\"say \\\"hi\\\"\"", "O=say \\\"hi\\\"" },
		{ "O= \"a, b\" , C=DE", "O=a\\, b,C=DE" },
		{ "O=\"never ends, C=DE", "O=\"never ends,C=DE" },
		{ "O=\"\", C=DE", "O=,C=DE" },
		{ "ends with \\", "ends with \\" },
		{ "  CN=x", "CN=x" },
		{ "CN=Zürich, C=CH", "CN=Zürich,C=CH" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct buf text;
		buf_init(&text, SCC_DN_MAX);
		scc_dn(&text, table[i][0]);
		assert_string_equal(buf_text(&text), table[i][1]);
		buf_release(&text);
	}
}

static void test_versions(void **state)
{
	static const struct {
		const char *text;
		bool known;
		bool from_2_18;
	} table[] = {
		{ "2.19.0.2", true, true },     { "2.18.1", true, true },
		{ "2.18", true, true },         { "2.9.3", true, false },
		{ "2.17.99", true, false },     { "3.0.0", true, true },
		{ "10.1", true, true },         { "2", false, false },
		{ "2.", false, false },         { ".2", false, false },
		{ "2.19.0.2.1", false, false }, { "2.x", false, false },
		{ "", false, false },           { "2.9999999999", false, false },
		{ "2.19-beta", false, false },
	};

	const struct scc_version other = { { 2, 18 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct scc_version version = { { 0 } };
		assert_int_equal(scc_version_parse(table[i].text, &version), table[i].known);
		if (table[i].known)
			assert_int_equal(scc_version_at_least(&version, &other),
					 table[i].from_2_18);
	}
}

static void test_old_times(void **state)
{
	static const struct {
		const char *text;
		bool known;
		double time_s;
	} table[] = {
		{ "2021-02-17T12:44:10.546 +0100", true, 1613562250.546 },
		{ "2019-01-17T11:26:02.584 +0100", true, 1547720762.584 },
		{ "2021-02-17T12:44:10 -0330", true, 1613578450 },
		{ "2021-02-17T12:44:10.000Z", true, 1613565850 },
		{ "2021-02-17T12:44:10.546+01:00", true, 1613562250.546 },
		{ "1970-01-01T00:00:00.000 +0000", false, 0 },
		{ "2021-13-17T12:44:10.546 +0100", false, 0 },
		{ "2021-02-00T12:44:10.546 +0100", false, 0 },
		{ "2021-02-17T25:44:10.546 +0100", false, 0 },
		{ "2021-02-17T12:44:10.54 +0100", false, 0 },
		{ "2021-02-17T12:44:10.546 +0100x", false, 0 },
		{ "2021-02-17T12:44:10.546", false, 0 },
		{ "2021-02-17 12:44:10.546 +0100", false, 0 },
		{ "", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		double time_s = 0;
		assert_int_equal(scc_time_text(table[i].text, &time_s), table[i].known);
		if (table[i].known)
			assert_true(time_s > table[i].time_s - 0.0001 &&
				    time_s < table[i].time_s + 0.0001);
	}
}

static struct certificate *certificate_of(const char *text, enum scc_owner owner)
{
	struct cJSON *json = NULL;
	struct certificate *certificate = NULL;

	assert_int_equal(json_parse(text, strlen(text), &json, NULL), STATUS_OK);
	assert_int_equal(scc_certificate(json, owner, &certificate), STATUS_OK);
	json_free(json);
	return certificate;
}

static void test_certificate(void **state)
{
	/* two families of names for the same facts, and an older one's escapes */
	static const char *const same[] = {
		"{\"notAfterTimeStamp\":1814939609000,\"notBeforeTimeStamp\":1783403009000,"
		"\"subjectDN\":\"CN=a,C=DE\",\"issuer\":\"CN=b\",\"serialNumber\":\"0a:b\"}",
		"{\"validTo\":1814939609000,\"notBeforeTimeStamp\":1783403009000,"
		"\"subjectDN\":\"CN\\u003da, C\\u003dDE\",\"issuerDN\":\"CN=b\","
		"\"serialNumber\":\"AB\",\"type\":\"UI\"}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(same); i++) {
		struct certificate *facts = certificate_of(same[i], SCC_OWN);
		assert_true(facts->has_not_after && facts->not_after_s == 1814939609);
		assert_true(facts->has_not_before && facts->not_before_s == 1783403009);
		assert_string_equal(facts->subject, "CN=a,C=DE");
		assert_string_equal(facts->issuer, "CN=b");
		assert_string_equal(facts->serial_number, "ab");
		assert_string_equal(facts->fingerprint_sha256, "");
		assert_string_equal(facts->public_key, "");
		assert_int_equal(facts->role, CERTIFICATE_LEAF);
		certificate_free(facts);
	}
}

static void test_certificate_times(void **state)
{
	static const struct {
		const char *text;
		bool has_not_before;
		bool has_not_after;
	} table[] = {
		{ "{}", false, false },
		{ "{\"notAfterTimeStamp\":0}", false, false },
		{ "{\"notAfterTimeStamp\":-5000}", false, false },
		{ "{\"notAfterTimeStamp\":null}", false, false },
		{ "{\"notAfterTimeStamp\":\"1814939609000\"}", false, false },
		{ "{\"notAfterTimeStamp\":1e300}", false, false },
		{ "{\"notAfterTimeStamp\":253402300799000}", false, true },
		{ "{\"notAfterTimeStamp\":253402300800000}", false, false },
		{ "{\"notAfterTimeStamp\":2145916801000}", false, true }, /* beyond 2038 */
		{ "{\"notAfterTimeStamp\":2000000000000,\"notBeforeTimeStamp\":1000000000000}",
		  true, true },
		{ "{\"notAfterTimeStamp\":1111111111111,\"notBeforeTimeStamp\":1111111111111}",
		  true, true },
		{ "{\"notAfterTimeStamp\":1000000000000,\"notBeforeTimeStamp\":2000000000000}",
		  false, false },
		{ "{\"notBeforeTimeStamp\":1000000000000}", true, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct certificate *facts = certificate_of(table[i].text, SCC_OWN);
		assert_int_equal(facts->has_not_before, table[i].has_not_before);
		assert_int_equal(facts->has_not_after, table[i].has_not_after);
		certificate_free(facts);
	}
}

static void test_roles(void **state)
{
	static const struct {
		const char *text;
		enum certificate_role role;
	} table[] = {
		{ "{\"subjectDN\":\"CN=a, C=DE\",\"issuer\":\"CN=a,C=DE\"}", CERTIFICATE_ROOT },
		{ "{\"subjectDN\":\"CN=a\",\"issuer\":\"CN=b\"}", CERTIFICATE_ROLE_UNKNOWN },
		{ "{}", CERTIFICATE_ROLE_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		struct certificate *facts = certificate_of(table[i].text, SCC_ISSUER);
		assert_int_equal(facts->role, table[i].role);
		certificate_free(facts);
	}
	struct certificate *facts = certificate_of(table[0].text, SCC_OWN);
	assert_int_equal(facts->role, CERTIFICATE_LEAF); /* self-signed is no CA */
	certificate_free(facts);
}

static void test_alternative_names(void **state)
{
	struct buf text;

	(void)state;
	buf_init(&text, 4096);
	buf_puts(&text, "{\"subjectAltNames\":[{\"type\":\"DNS\",\"value\":\"n0\"},"
			"{\"type\":\"IP\"},7");
	for (int i = 1; i < 20; i++)
		buf_printf(&text, ",{\"type\":\"DNS\",\"value\":\"n%d\"}", i);
	buf_puts(&text, ",{\"type\":\"DNS\",\"value\":\"a,b\"}]}");
	struct certificate *facts = certificate_of(buf_text(&text), SCC_OWN);
	assert_string_equal(facts->san, "n0,n1,n2,n3,n4,n5,n6,n7,n8,n9,n10,n11,n12,n13,n14,n15,n16,"
					"n17,n18,n19,a\\,b");
	certificate_free(facts);
	buf_release(&text);
}

static void test_best_certificate(void **state)
{
	struct certificate no_end = { 0 };
	struct certificate listed = { .has_not_after = true };
	struct certificate monitored = { .has_not_after = true };
	struct certificate *none[SCC_ORIGIN_COUNT] = { NULL };
	struct certificate *all[SCC_ORIGIN_COUNT] = { &no_end, &monitored, &listed };
	struct certificate *only[SCC_ORIGIN_COUNT] = { &no_end, NULL, NULL };

	(void)state;
	assert_null(scc_best(none));
	assert_ptr_equal(scc_best(all), &monitored);
	assert_ptr_equal(scc_best(only), &no_end);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_serial),
		cmocka_unit_test(test_long_serial),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_old_times),
		cmocka_unit_test(test_certificate),
		cmocka_unit_test(test_certificate_times),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_alternative_names),
		cmocka_unit_test(test_best_certificate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
