/* The exit code, and what counts for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "inventory/usage.h"
#include "report/judge.h"
#include "source/destination/levels.h"
#include "source/directory/levels.h"
#include "source/destination/service.h"
#include "source/directory/directory.h"
#include "source/connector/connector.h"
#include "source/connector/levels.h"
#include "sample_view.h"

#define DAY      86400.0
#define TEXT_MAX ((size_t)16 * 1024 * 1024)

static struct telemetry *telemetry;
static const struct snapshot *sample;

static int set_up(void **state)
{
	(void)state;
	telemetry = telemetry_new();
	if (telemetry == NULL)
		return -1;
	sample = sample_snapshot(telemetry);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	telemetry_free(telemetry);
	return 0;
}

/* -- exit code -------------------------------------------------------------------------- */

/* One source with one certificate that ends in `days`. */
struct case_of_one {
	double days;
	enum certificate_role role;
	enum renewal renewal;
	double due_in_days;
	unsigned critical_days;
	int code;
};

static int exit_code(const struct snapshot *snapshot, unsigned critical_days, bool all)
{
	struct report_judge judge = { SAMPLE_NOW, critical_days, all };

	return report_exit_code(snapshot, &judge);
}

static int exit_code_of(const struct case_of_one *c, bool has_not_after, bool up)
{
	struct inventory_certificate certificate = sample->views[0]->certificates[0];
	struct source_view view = *sample->views[0];
	struct source_view *views[] = { &view };
	struct snapshot snapshot = { 1, views, 1 };

	certificate.role = c->role;
	certificate.has_not_after = has_not_after;
	certificate.not_after_s = (int64_t)(SAMPLE_NOW + c->days * DAY);
	certificate.renewal = c->renewal;
	certificate.has_renewal_due = c->renewal != RENEWAL_NONE;
	certificate.renewal_due_s = (int64_t)(SAMPLE_NOW + c->due_in_days * DAY);
	view.certificates = &certificate;
	view.certificate_count = 1;
	view.up = up;
	return exit_code(&snapshot, c->critical_days, false);
}

static void test_exit_code(void **state)
{
	static const struct case_of_one table[] = {
		{ 15, CERTIFICATE_LEAF, RENEWAL_MANUAL, -5, 14, 0 },
		{ 13, CERTIFICATE_LEAF, RENEWAL_MANUAL, -5, 14, 1 },
		{ -1, CERTIFICATE_LEAF, RENEWAL_MANUAL, -5, 14, 1 },
		{ -1, CERTIFICATE_LEAF, RENEWAL_MANUAL, -5, 0, 1 },
		{ 1, CERTIFICATE_LEAF, RENEWAL_MANUAL, -5, 0, 0 },
		{ 13, CERTIFICATE_INTERMEDIATE, RENEWAL_NONE, 0, 14, 1 },
		/* self-signed, but not only trusted: the exporter's own */
		{ 13, CERTIFICATE_ROOT, RENEWAL_MANUAL, -5, 14, 1 },
		/* renews itself: only when that is late */
		{ 5, CERTIFICATE_LEAF, RENEWAL_AUTOMATIC, 2, 14, 0 },
		{ 5, CERTIFICATE_LEAF, RENEWAL_AUTOMATIC, -2, 14, 1 },
		{ 20, CERTIFICATE_LEAF, RENEWAL_AUTOMATIC, -10, 14, 0 },
		{ -1, CERTIFICATE_LEAF, RENEWAL_AUTOMATIC, -8, 14, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		assert_int_equal(exit_code_of(&table[i], true, true), table[i].code);
		assert_int_equal(exit_code_of(&table[i], false, true), 0);
		assert_int_equal(exit_code_of(&table[i], true, false), 2);
	}
	assert_int_equal(exit_code(sample, 14, false), 2);
	struct source_view *views[] = { sample->views[0], sample->views[1] };
	struct snapshot good = { 2, views, 1 };
	assert_int_equal(exit_code(&good, 14, false), 1);
	struct source_view *untried[] = { sample->views[3] };
	struct snapshot waiting = { 1, untried, 1 };
	assert_int_equal(exit_code(&waiting, 14, false), 2);
	struct snapshot none = { 0 };
	assert_int_equal(exit_code(&none, 14, false), 0);
}

/* -- what counts ------------------------------------------------------------------------ */

#define KEY_STORE   "KeyStoreLocation"
#define TRUST_STORE "tokenService.TrustStoreLocation"

/* An expired certificate in a store of a source: who needs it, and the exit code. */
struct case_of_use {
	const struct source_kind *kind;
	const char *level, *name, *type;
	enum certificate_role role;
	uint32_t position;
	const char *properties[2]; /* of the references to the store */
	bool with_leaf;            /* there is a leaf in the store, too */
	bool destinations_known;
	bool used, trusted;
	int code;
};

static void check_use(const struct case_of_use *c)
{
	struct inventory_certificate certificates[2] = { sample->views[0]->certificates[0],
							 sample->views[0]->certificates[0] };
	struct inventory_reference references[2] = { { 0 } };
	struct inventory_level levels[2] = {
		{ .name = LEVEL_INSTANCE, .has_up = true, .up = true, .has_destinations = true },
		{ .name = LEVEL_SUBACCOUNT, .has_up = true, .up = true },
	};
	struct inventory_store store = { .level = c->level, .name = c->name, .type = c->type };
	struct source_view view = { .kind = c->kind, .has_attempt = true, .up = true };
	struct source_view *views[] = { &view };
	struct snapshot snapshot = { 1, views, 1 };

	levels[1].has_destinations = c->destinations_known;
	view.levels = levels;
	view.level_count = 2;
	view.stores = &store;
	view.store_count = 1;
	view.references = references;
	for (size_t i = 0; i < 2 && c->properties[i] != NULL; i++) {
		references[i].property = c->properties[i];
		view.reference_count = ++store.reference_count;
	}
	certificates[0].role = c->role;
	certificates[0].position = c->position;
	certificates[0].not_after_s = (int64_t)SAMPLE_NOW - 400 * 86400;
	certificates[1].role = CERTIFICATE_LEAF;
	certificates[1].not_after_s = (int64_t)SAMPLE_NOW + 400 * 86400;
	view.certificates = certificates;
	view.certificate_count = store.certificate_count = c->with_leaf ? 2 : 1;
	assert_int_equal(store_is_used(&view, &store), c->used);
	assert_int_equal(certificate_is_trusted(&view, &certificates[0]), c->trusted);
	assert_int_equal(exit_code(&snapshot, 14, false), c->code);
	assert_int_equal(exit_code(&snapshot, 14, true), 1);
}

/* The rules of alerts/rules.libsonnet: reference:count, and :trust. */
static void test_what_counts(void **state)
{
#define DS      &destination_service_kind, LEVEL_SUBACCOUNT
#define FILES   &directory_kind, LEVEL_DIRECTORY, "/a/b.pem"
#define SCC     &cloud_connector_kind, LEVEL_CONNECTOR
#define A_LEAF  CERTIFICATE_LEAF, 0
#define A_ROOT  CERTIFICATE_ROOT, 0
#define A_CHAIN CERTIFICATE_INTERMEDIATE, 1
	static const struct case_of_use table[] = {
		/* used by a destination or a fragment; by nobody; perhaps by somebody */
		{ DS, "a.p12", "keystore", A_LEAF, { KEY_STORE }, false, true, true, false, 1 },
		{ DS, "a.p12", "keystore", A_CHAIN, { KEY_STORE }, true, true, true, false, 1 },
		{ DS, "a.p12", "keystore", A_LEAF, { NULL }, false, true, false, false, 0 },
		{ DS, "a.p12", "keystore", A_LEAF, { NULL }, false, false, true, false, 1 },
		{ &destination_service_kind,
		  LEVEL_BINDING,
		  "binding",
		  "binding",
		  A_LEAF,
		  { NULL },
		  false,
		  true,
		  true,
		  false,
		  1 },
		{ FILES, "certificate", A_LEAF, { NULL }, false, true, true, false, 1 },
		{ SCC, "system", "system", A_LEAF, { NULL }, false, true, true, false, 1 },
		/* only trusted: a root does not count, a pinned leaf does */
		{ DS, "t.jks", "keystore", A_ROOT, { TRUST_STORE }, false, true, true, true, 0 },
		{ DS, "t.jks", "keystore", A_LEAF, { TRUST_STORE }, false, true, true, true, 1 },
		{ DS, "t.jks", "keystore", A_ROOT, { NULL }, false, true, false, true, 0 },
		{ DS, "t.jks", "keystore", A_ROOT, { NULL }, false, false, true, true, 0 },
		{ FILES, "certificate", A_ROOT, { NULL }, false, true, true, true, 0 },
		{ SCC,
		  "backend_trust/a",
		  "backend_trust",
		  A_ROOT,
		  { NULL },
		  false,
		  true,
		  true,
		  true,
		  0 },
		{ SCC,
		  "email_trust/a",
		  "email_trust",
		  CERTIFICATE_ROLE_UNKNOWN,
		  0,
		  { NULL },
		  false,
		  true,
		  true,
		  true,
		  0 },
		{ SCC, "idp/a/1", "idp", A_LEAF, { NULL }, false, true, true, true, 1 },
		/* a root that is shown: nothing else is in the store that a destination uses */
		{ DS, "s.p12", "keystore", A_ROOT, { KEY_STORE }, false, true, true, false, 1 },
		{ DS,
		  "s.p12",
		  "keystore",
		  A_ROOT,
		  { KEY_STORE, TRUST_STORE },
		  false,
		  true,
		  true,
		  false,
		  1 },
		{ DS, "s.p12", "keystore", A_ROOT, { KEY_STORE }, true, true, true, true, 0 },
		{ DS,
		  "s.p12",
		  "keystore",
		  CERTIFICATE_ROOT,
		  1,
		  { KEY_STORE },
		  false,
		  true,
		  true,
		  true,
		  0 },
		/* what signs itself by its nature */
		{ DS,
		  "saml-trust/active",
		  "saml_trust",
		  A_ROOT,
		  { "Authentication" },
		  false,
		  true,
		  true,
		  false,
		  1 },
		{ DS,
		  "saml-trust/passive",
		  "saml_trust",
		  A_ROOT,
		  { NULL },
		  false,
		  false,
		  true,
		  false,
		  0 },
		{ SCC, "ui", "ui", A_ROOT, { NULL }, false, true, true, false, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		check_use(&table[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exit_code),
		cmocka_unit_test(test_what_counts),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
