/*
 * The texts of a certificate on their way: each has a value of its own here, and has to be found
 * under its own name in the copy, the state file, the view and every output.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/array.h"
#include "inventory/state/load.h"
#include "inventory/state/save.h"
#include "metrics/metrics.h"
#include "report/csv.h"
#include "report/json.h"
#include "source/destination/levels.h"
#include "source/destination/service.h"
#include "source/destination/settings.h"

#define TEXT_MAX ((size_t)1 << 20)
#define NOW      1795000000.0

/* Written by hand, so that a mistake in certificate_texts[] does not repeat itself here. */
static const struct sample {
	const char *name;
	size_t offset;
	const char *value;
} samples[] = {
	{ "subject", offsetof(struct certificate, subject), "CN=of-subject" },
	{ "issuer", offsetof(struct certificate, issuer), "CN=of-issuer" },
	{ "serial_number", offsetof(struct certificate, serial_number), "5e41a1" },
	{ "fingerprint_sha256", offsetof(struct certificate, fingerprint_sha256), "f1a9e2" },
	{ "public_key", offsetof(struct certificate, public_key), "of-public-key" },
	{ "signature_algorithm", offsetof(struct certificate, signature_algorithm),
	  "of-signature-algorithm" },
	{ "san", offsetof(struct certificate, san), "DNS:of-san.example" },
};

static struct destination_settings settings;
static struct source_config config = {
	.own = &settings,
	.id = (char[]){ "prod" },
	.name = (char[]){ "" },
	.system_id = (char[]){ "" },
	.kind = &destination_service_kind,
};

struct fixture {
	struct certificate *copy;
	struct state loaded; /* after the certificate was saved */
	struct source_view *view;
	struct snapshot *snapshot;
	struct telemetry *telemetry;
	struct buf text; /* an output */
};

/* -- what the tests look at --------------------------------------------------------------- */

static const char *member(const struct certificate *certificate, size_t offset)
{
	return *(char *const *)(const void *)((const char *)certificate + offset);
}

static struct certificate *sample_certificate(void)
{
	struct certificate facts = { .role = CERTIFICATE_LEAF };
	struct certificate *copy = NULL;
	char values[COUNT_OF(samples)][64];

	for (size_t i = 0; i < COUNT_OF(samples); i++) {
		(void)snprintf(values[i], sizeof(values[i]), "%s", samples[i].value);
		*(char **)(void *)((char *)&facts + samples[i].offset) = values[i];
	}
	assert_int_equal(certificate_copy(&facts, &copy), STATUS_OK);
	return copy;
}

static struct source_level *sample_level(void)
{
	struct source_level *level = source_level_new(LEVEL_SUBACCOUNT);
	struct store_content *content = NULL;

	assert_non_null(level);
	assert_int_equal(store_content_new(STORE_FORMAT_PEM, &content), STATUS_OK);
	assert_int_equal(store_add_entry(content, ""), STATUS_OK);
	assert_int_equal(store_add_certificate_take(content, 0, sample_certificate()), STATUS_OK);
	store_content_finish(content);
	source_level_add_store(level, PART_CERTIFICATES, "a.pem", "", content);
	store_content_unref(content);
	return level;
}

/* Saves the level and loads it again. */
static void restart(struct source_level *level, struct state *ret_loaded)
{
	char path[] = "/tmp/btp-texts-XXXXXX";
	struct state_source source = { .id = (char[]){ "prod" },
				       .kind = &destination_service_kind,
				       .identity = (char[]){ "" },
				       .host = (char[]){ "" },
				       .subaccount_id = (char[]){ "" },
				       .tenant_id = (char[]){ "" },
				       .levels = { level },
				       .level_count = 1 };
	struct state saved = { &source, 1 };
	struct state_unknown unknown = { 0 };
	struct error error;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	(void)close(fd);
	assert_int_equal(state_save(path, &saved, &error), STATUS_OK);
	assert_int_equal(state_load(path, ret_loaded, &unknown, &error), STATUS_OK);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(ret_loaded->count, 1);
}

static int set_up(void **state)
{
	const struct source_facts facts = { .config = &config, .has_attempt = true, .up = true };
	struct fixture *f = calloc(1, sizeof(*f));
	struct source_level *level = sample_level();

	assert_non_null(f);
	f->copy = sample_certificate();
	restart(level, &f->loaded);
	source_level_unref(level);
	f->view = source_view_build(&facts, f->loaded.sources[0].levels, 1);
	assert_non_null(f->view);
	assert_int_equal(f->view->certificate_count, 1);
	f->snapshot = snapshot_new(&f->view, 1);
	f->telemetry = telemetry_new();
	assert_true(f->snapshot != NULL && f->telemetry != NULL);
	buf_init(&f->text, TEXT_MAX);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	buf_release(&f->text);
	telemetry_free(f->telemetry);
	snapshot_unref(f->snapshot);
	source_view_unref(f->view);
	state_release(&f->loaded);
	certificate_free(f->copy);
	free(f);
	return 0;
}

static void expect(const struct sample *sample, const char *value, const char *where)
{
	if (value == NULL || strcmp(value, sample->value) != 0)
		fail_msg("%s in %s: \"%s\", expected \"%s\"", sample->name, where,
			 value != NULL ? value : "", sample->value);
}

/* An output must contain the name and the value, with these signs around the value. */
static void expect_in(const char *text, const char *name, const char *before, const char *value,
		      const char *after, const char *where)
{
	char expected[200];

	assert_true((size_t)snprintf(expected, sizeof(expected), "%s%s%s%s", name, before, value,
				     after) < sizeof(expected));
	if (strstr(text, expected) == NULL)
		fail_msg("%s in %s: no %s in\n%s", name, where, expected, text);
}

/* -- the tests ---------------------------------------------------------------------------- */

static void every_text_is_in_the_table(void **state)
{
	(void)state;
	assert_int_equal(COUNT_OF(samples), CERTIFICATE_TEXT_COUNT);
	for (size_t i = 0; i < CERTIFICATE_TEXT_COUNT; i++) {
		assert_string_equal(certificate_texts[i].name, samples[i].name);
		if (certificate_texts[i].offset != samples[i].offset)
			fail_msg("%s: the table has the place of another text", samples[i].name);
	}
}

static void copied(void **state)
{
	const struct fixture *f = *state;

	for (size_t i = 0; i < COUNT_OF(samples); i++)
		expect(&samples[i], member(f->copy, samples[i].offset), "the copy");
}

static void kept_over_a_restart(void **state)
{
	const struct fixture *f = *state;
	const struct store_content *content = f->loaded.sources[0].levels[0]->stores[0].content;
	const struct certificate *loaded = content->entries[0].certificates[0].certificate;

	for (size_t i = 0; i < COUNT_OF(samples); i++)
		expect(&samples[i], member(loaded, samples[i].offset), "the state file");
}

static void shown_in_the_view(void **state)
{
	const struct fixture *f = *state;

	for (size_t i = 0; i < COUNT_OF(samples); i++)
		expect(&samples[i], f->view->certificates[0].texts[i], "the view");
	assert_string_equal(f->view->certificates[0].san_list, samples[CERTIFICATE_SAN].value);
}

static void shown_in_json(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(report_certificates_json(f->snapshot, NULL, NOW, &f->text), STATUS_OK);
	for (size_t i = 0; i < COUNT_OF(samples); i++) {
		bool list = i == CERTIFICATE_SAN;
		expect_in(buf_text(&f->text), samples[i].name, list ? "\":[\"" : "\":\"",
			  samples[i].value, list ? "\"]" : "\"", "JSON");
	}
}

static void shown_in_the_metrics(void **state)
{
	struct fixture *f = *state;
	const struct exposition page = { .format = EXPOSITION_TEXT,
					 .snapshot = f->snapshot,
					 .telemetry = f->telemetry,
					 .now_s = NOW };

	assert_int_equal(metrics_write(&page, &f->text), STATUS_OK);
	const char *line = strstr(buf_text(&f->text), "\nbtp_certificate_info{");
	assert_non_null(line);
	for (size_t i = 0; i < COUNT_OF(samples); i++)
		expect_in(line, samples[i].name, "=\"", samples[i].value, "\"",
			  "btp_certificate_info");
}

/* The cell of a line of CSV under the column of this name; no cell here has a comma of its own. */
static void cell(const char *header, const char *line, const char *name, char *ret_cell,
		 size_t size)
{
	size_t len = strlen(name);

	while (strncmp(header, name, len) != 0 || header[len] != ',') {
		header += strcspn(header, ",\r") + 1;
		line += strcspn(line, ",\r") + 1;
		if (header[-1] != ',' || line[-1] != ',')
			fail_msg("%s in CSV: no such column", name);
	}
	(void)snprintf(ret_cell, size, "%.*s", (int)strcspn(line, ",\r"), line);
}

static void shown_in_csv(void **state)
{
	struct fixture *f = *state;
	char value[100];

	assert_int_equal(report_certificates_csv(f->snapshot, NULL, NOW, &f->text), STATUS_OK);
	const char *header = buf_text(&f->text);
	const char *line = strstr(header, "\r\n");
	assert_non_null(line);
	for (size_t i = 0; i < COUNT_OF(samples); i++) {
		cell(header, line + 2, samples[i].name, value, sizeof(value));
		expect(&samples[i], value, "CSV");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_text_is_in_the_table),
		cmocka_unit_test_setup_teardown(copied, set_up, tear_down),
		cmocka_unit_test_setup_teardown(kept_over_a_restart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(shown_in_the_view, set_up, tear_down),
		cmocka_unit_test_setup_teardown(shown_in_json, set_up, tear_down),
		cmocka_unit_test_setup_teardown(shown_in_the_metrics, set_up, tear_down),
		cmocka_unit_test_setup_teardown(shown_in_csv, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
