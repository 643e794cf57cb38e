/*
 * Missing memory in a refresh of each kind of source: either nothing is known of the attempt, or
 * what was hit says so in a state and an issue. What is neither must be as it is with all the
 * memory: nothing is ever lost in silence.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/json.h"
#include "config/file/load.h"
#include "memory.h"
#include "net_recorded.h"
#include "source/kinds.h"
#include "temp_tree.h"

#define TRIES_MAX 400
#define TEXT_MAX  ((size_t)1 << 20)

struct refreshes {
	struct config *config;
	struct telemetry *telemetry;
	struct telemetry_source *counters;
	struct source *source;
	struct source_result *result; /* of the last refresh */
	int count;                    /* refreshes of one source in a walk */
	struct source_result *good;   /* with all the memory */
	struct buf expected;          /* the same as text */
};

/* -- a result as a text ------------------------------------------------------------------------ */

static size_t certificates_of(const struct source_store *store)
{
	return store->content != NULL ? store->content->certificate_count : 0;
}

static void put_store(struct buf *text, const struct source_store *store)
{
	buf_printf(text, "%s %u %s %s \"%s\" %zu", store->name, store->part, store->type,
		   store_state_name(store->state), store->detail, certificates_of(store));
	for (size_t i = 0; i < store->label_count; i++)
		buf_printf(text, " %s=%s", store->labels[i].key, store->labels[i].value);
	buf_printf(text, " %d%d%lld\n", store->auto_renewed, store->labels_unknown,
		   (long long)store->renewal_lead_s);
}

static void put_level(struct buf *text, const struct source_level *level)
{
	buf_printf(text, "%s up %d whole %u %llu %llu\n", level->name, level->up, level->whole,
		   (unsigned long long)level->destinations, (unsigned long long)level->fragments);
	for (size_t i = 0; i < level->store_count; i++)
		put_store(text, &level->stores[i]);
	for (size_t i = 0; i < level->reference_count; i++)
		buf_printf(text, "%s %s %s\n", level->references[i].destination,
			   level->references[i].property, level->references[i].name);
	for (size_t i = 0; i < level->sample_count; i++) {
		const struct source_sample *sample = &level->samples[i];
		buf_puts(text, "sample");
		for (size_t k = 0; k < FACT_LABELS_MAX && sample->labels[k] != NULL; k++)
			buf_printf(text, " %s", sample->labels[k]);
		buf_printf(text, " %.0f\n", sample->value);
	}
}

static void put_result(struct buf *text, const struct source_result *result)
{
	buf_init(text, TEXT_MAX);
	buf_printf(text, "%s %s %s\n", result->identity, result->host, result->subaccount_id);
	for (size_t i = 0; i < result->level_count; i++)
		put_level(text, result->levels[i]);
	for (size_t i = 0; i < result->issue_count; i++) {
		const struct source_issue *issue = &result->issues[i];
		/* states say the same, and issues of this stage are of what was just read */
		if (issue->stage != STAGE_DECODE)
			buf_printf(text, "%s %s %s: %s\n", stage_name(issue->stage),
				   status_name(issue->reason), issue->item, issue->text);
	}
	assert_int_equal(buf_status(text), STATUS_OK);
}

/* -- a walk ------------------------------------------------------------------------------------ */

static enum status walk(void *user)
{
	struct refreshes *r = user;
	struct source_context context = { .config = r->config->sources[0],
					  .telemetry = r->counters };

	r->source = NULL;
	r->result = NULL;
	enum status status = source_open(&context, &r->source);
	if (status != STATUS_OK)
		return status;
	for (int i = 0; i < r->count; i++) { /* the second one from its cache */
		source_result_free(r->result);
		r->result = source_refresh(r->source);
	}
	return r->result != NULL ? STATUS_OK : STATUS_MEMORY;
}

static bool says_so(const struct source_result *result)
{
	for (size_t i = 0; i < result->issue_count; i++) {
		if (result->issues[i].reason == STATUS_MEMORY)
			return true;
	}
	return false;
}

static const struct source_store *find(const struct source_level *level, const char *name)
{
	for (size_t i = 0; i < level->store_count; i++) {
		if (strcmp(level->stores[i].name, name) == 0)
			return &level->stores[i];
	}
	return NULL;
}

/* A list that counts as whole has every store, and one that counts as read has all of its content.
 */
static void check_whole(const struct refreshes *r)
{
	const struct source_level *wanted = r->good->levels[0];
	const struct source_level *level = r->result->levels[0];

	for (size_t i = 0; i < wanted->store_count; i++) {
		const struct source_store *before = &wanted->stores[i];
		const struct source_store *store = find(level, before->name);
		if ((level->whole & before->part) == 0)
			continue;
		if (store == NULL)
			fail_msg("%s: %s is lost", memory_where(), before->name);
		else if (store->state == STORE_OK &&
			 certificates_of(store) != certificates_of(before))
			fail_msg("%s: %s has %zu certificates", memory_where(), before->name,
				 certificates_of(store));
	}
	if ((level->whole & PART_DESTINATIONS) != 0)
		assert_int_equal(level->destinations, wanted->destinations);
	if ((level->whole & wanted->whole) == wanted->whole)
		assert_int_equal(level->reference_count, wanted->reference_count);
}

static void compare(const struct refreshes *r, bool lacked)
{
	struct buf text;

	put_result(&text, r->result);
	if (lacked && says_so(r->result))
		check_whole(r);
	else if (strcmp(buf_text(&text), buf_text(&r->expected)) != 0)
		fail_msg("%s:\n%s\ninstead of\n%s", memory_where(), buf_text(&text),
			 buf_text(&r->expected));
	buf_release(&text);
}

static void check(void *user, enum status status, bool lacked)
{
	struct refreshes *r = user;

	if (status == STATUS_OK && r->good == NULL) { /* the first one has all the memory */
		r->good = r->result;
		r->result = NULL;
		put_result(&r->expected, r->good);
	} else if (status == STATUS_OK) {
		compare(r, lacked);
	}
	source_result_free(r->result);
	source_close(r->source);
}

/* `tries_max` as in struct memory_way. */
static void torture(const char *name, const char *yaml, int count, long tries_max)
{
	struct refreshes r = { .count = count };
	const struct memory_way way = { .name = name,
					.walk = walk,
					.check = check,
					.user = &r,
					.recovers = true,
					.tries_max = tries_max };
	struct problems problems;

	problems_init(&problems);
	assert_int_equal(config_parse(yaml, strlen(yaml), "f", "/", NULL, &r.config, &problems),
			 STATUS_OK);
	problems_release(&problems);
	r.telemetry = telemetry_new();
	r.counters =
		telemetry_source(r.telemetry, "one", r.config->sources[0]->kind->class->endpoints);
	assert_non_null(r.counters);
	assert_true(memory_torture(&way) > 50);
	buf_release(&r.expected);
	source_result_free(r.good);
	telemetry_free(r.telemetry);
	config_free(r.config);
}

/* -- the kinds --------------------------------------------------------------------------------- */

#define API "/destination-configuration/v1/"

static void test_destination(void **state)
{
	static const char *const files[] = { "public-keys-pem", "certificates-page-1",
					     "destinations",    "fragments",
					     "saml-trust",      "labels" };
	struct buf bodies[COUNT_OF(files)];
	char name[64];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		(void)snprintf(name, sizeof(name), "destination/%s.json", files[i]);
		recorded_file(name, &bodies[i]);
	}
	const struct recorded rows[] = {
		{ .path = API "subaccountDestinations*",
		  .code = 200,
		  .body = buf_text(&bodies[2]) },
		{ .path = API "subaccountDestinationFragments",
		  .code = 200,
		  .body = buf_text(&bodies[3]) },
		{ .path = API "subaccountCertificates?$select=Name",
		  .code = 200,
		  .body = "[{\"Name\":\"a.pem\"},{\"Name\":\"b.pem\"},{\"Name\":\"c.pem\"}]" },
		{ .path = API "subaccountCertificates/a.pem/publicKeys",
		  .code = 200,
		  .body = buf_text(&bodies[0]),
		  .etag = "e1" },
		{ .path = API "subaccountCertificates/c.pem/publicKeys", .code = 400 },
		{ .path = API "subaccountCertificates/c.pem",
		  .code = 200,
		  .body = "{\"Name\":\"c.pem\",\"Content\":\"bm90aGluZw==\"}" },
		{ .path = API "subaccountCertificates/b.pem/publicKeys",
		  .code = 200,
		  .body = "[{\"Alias\":\"x\",\"Content\":\"\"}]" },
		{ .path = API "subaccountCertificates/*",
		  .code = 200,
		  .body = buf_text(&bodies[5]) }, /* labels */
		{ .path = API "saml2Metadata/certificate",
		  .code = 200,
		  .body = buf_text(&bodies[4]) },
	};
	recorded_begin(rows, COUNT_OF(rows));
	torture("a Destination service",
		"sources:\n"
		"  - { id: one, kind: destination-service, host: \"https://d.example\", token_url: "
		"\"https://t.example/oauth/token\", client_id: c, client_secret: s, labels: true, "
		"levels: [subaccount], saml_trust: true, use_destination_passwords: true }\n",
		2, TRIES_MAX);
	for (size_t i = 0; i < COUNT_OF(files); i++)
		buf_release(&bodies[i]);
}

/* Nothing that OpenSSL reads, so that each allocation of the source itself gets its turn. */
static void test_destination_without_content(void **state)
{
	static const struct recorded rows[] = {
		{ .path = API "subaccountDestinations?$page=1&*",
		  .code = 200,
		  .body = "[{\"Name\":\"A\",\"KeyStoreLocation\":\"a.pem\","
			  "\"KeyStorePassword\":\"p\"},{\"Name\":\"B\","
			  "\"TrustStoreLocation\":\"b.pem\"}]" },
		{ .path = API "subaccountDestinations*",
		  .code = 200,
		  .body = "[{\"Name\":\"C\"}]" },
		{ .path = API "subaccountDestinationFragments",
		  .code = 200,
		  .body = "[{\"FragmentName\":\"F\",\"KeyStoreLocation\":\"b.pem\"}]" },
		{ .path = API "subaccountCertificates?$select=Name",
		  .code = 200,
		  .body = "[{\"Name\":\"a.pem\"},{\"Name\":\"b.pem\"},{\"Name\":\"c.pem\"}]" },
		{ .path = API "subaccountCertificates/a.pem/publicKeys",
		  .code = 200,
		  .body = "[]",
		  .etag = "e1" },
		{ .path = API "subaccountCertificates/b.pem/publicKeys", .code = 500 },
		{ .path = API "subaccountCertificates/*",
		  .code = 200,
		  .body = "[{\"key\":\"env\",\"values\":[\"prod\"]}]" },
		{ .path = API "saml2Metadata/certificate", .code = 403 },
	};

	(void)state;
	recorded_begin(rows, COUNT_OF(rows));
	torture("a Destination service without content",
		"sources:\n"
		"  - { id: one, kind: destination-service, host: \"https://d.example\", token_url: "
		"\"https://t.example/oauth/token\", client_id: c, client_secret: s, labels: true, "
		"levels: [subaccount], saml_trust: true, use_destination_passwords: true, "
		"page_size: 2 }\n",
		2, 0);
}

/* The body of a recording. */
static char *recording(const char *file)
{
	struct error error = { "" };
	struct cJSON *value = NULL;
	struct buf buf;
	char name[64];

	(void)snprintf(name, sizeof(name), "cloud-connector/%s.json", file);
	recorded_file(name, &buf);
	assert_int_equal(json_parse(buf_text(&buf), buf.len, &value, &error), STATUS_OK);
	const char *body = json_member_text(json_member(value, "response"), "body");
	assert_non_null(body);
	char *copy = strdup(body);
	json_free(value);
	buf_release(&buf);
	return copy;
}

#define CONFIGURATION "/api/v1/configuration/"

static void test_connector(void **state)
{
	static const struct {
		const char *path, *file, *body;
	} table[] = {
		{ "/api/v1/connector/version", "version-2.19.0.2", NULL },
		{ CONFIGURATION "subaccounts", "subaccounts-two-2.19", NULL },
		{ CONFIGURATION "connector/ui/uiCertificate", "ui-certificate-2.18.2", NULL },
		{ CONFIGURATION "connector/onPremise/systemCertificate", "system-certificate-2.19",
		  NULL },
		{ CONFIGURATION "connector/onPremise/ppCaCertificate", "ca-certificate-2.19",
		  NULL },
		{ CONFIGURATION "connector/onPremise/truststore", "truststore-2.19", NULL },
		{ CONFIGURATION "connector/email/truststore", "email-truststore-documented", NULL },
		{ CONFIGURATION "connector/haRole", NULL, "\"master\"" },
		{ CONFIGURATION "connector/ha/master/state", NULL, "{\"state\":\"ALONE\"}" },
		{ "/api/monitoring/certificates", "monitoring-certificates-documented", NULL },
		{ "/api/monitoring/alerts", "monitoring-alerts-documented", NULL },
		{ "/api/monitoring/memory", "monitoring-memory-documented", NULL },
		{ "/exposed?action=hasMasterRole", NULL, "true" },
		{ CONFIGURATION "subaccounts/*/channels*", NULL, "[]" },
		{ CONFIGURATION "subaccounts/*", "subaccount-2.19-connected-autorenew", NULL },
	};
	struct recorded rows[COUNT_OF(table)];
	char *bodies[COUNT_OF(table)] = { NULL };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		if (table[i].file != NULL)
			bodies[i] = recording(table[i].file);
		rows[i] =
			(struct recorded){ .path = table[i].path,
					   .code = 200,
					   .body = bodies[i] != NULL ? bodies[i] : table[i].body };
	}
	recorded_begin(rows, COUNT_OF(rows));
	torture("a Cloud Connector",
		"sources:\n"
		"  - { id: one, kind: cloud-connector, url: \"https://c.example\", "
		"username: u, password: p }\n",
		1, 0);
	for (size_t i = 0; i < COUNT_OF(table); i++)
		free(bodies[i]);
}

static void test_directory(void **state)
{
	char yaml[1000];
	struct buf pem;

	(void)state;
	recorded_file("cert/san-with-comma.pem", &pem);
	tree_folder("sub");
	tree_write("a.pem", pem.data, pem.len);
	tree_write("sub/b.pem", pem.data, pem.len);
	tree_file("sub/broken.pem", "-----BEGIN CERTIFICATE-----\nMIIC\n");
	buf_release(&pem);
	(void)snprintf(yaml, sizeof(yaml),
		       "sources:\n"
		       "  - { id: one, kind: directory, paths: [\"%s/**/*.pem\"], "
		       "keystore_passwords: [{ name: \"*\", password: p }] }\n",
		       tree_path(""));
	torture("a directory", yaml, 2, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_destination),
		cmocka_unit_test(test_destination_without_content),
		cmocka_unit_test(test_connector),
		cmocka_unit_test_setup_teardown(test_directory, tree_setup, tree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
