#ifndef TEST_INVENTORY_FIXTURE_H
#define TEST_INVENTORY_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "source/destination/service.h"
#include "inventory/view.h"

/* Certificates, levels and views for the tests of inventory/ (cmocka.h is included before this
 * file). */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define DAY          INT64_C(86400)
#define NOW          INT64_C(1795000000)

static struct source_config config = {
	.id = (char[]){ "prod" },
	.name = (char[]){ "Production" },
	.system_id = (char[]){ "PRD" },
	.kind = &destination_service_kind,
	.poll_interval_s = 3600,
};

static inline char *text(const char *from)
{
	char *copy = strdup(from);

	assert_non_null(copy);
	return copy;
}

static inline struct certificate *certificate(const char *subject, int64_t not_before_s,
					      int64_t not_after_s)
{
	struct certificate facts = {
		.role = CERTIFICATE_LEAF,
		.has_not_before = true,
		.has_not_after = true,
		.not_before_s = not_before_s,
		.not_after_s = not_after_s,
		.subject = text(subject),
		.issuer = text("CN=CA"),
	};
	struct certificate *copy = NULL;

	assert_int_equal(certificate_copy(&facts, &copy), STATUS_OK);
	free(facts.subject);
	free(facts.issuer);
	return copy;
}

/* A content with one entry for each alias, one certificate each. */
static inline struct store_content *content(enum store_format format, const char *const *aliases,
					    size_t count)
{
	struct store_content *made = NULL;

	assert_int_equal(store_content_new(format, &made), STATUS_OK);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(store_add_entry(made, aliases[i]), STATUS_OK);
		assert_int_equal(store_add_certificate_take(
					 made, 0, certificate("CN=x", NOW, NOW + 100 * DAY)),
				 STATUS_OK);
	}
	store_content_finish(made);
	return made;
}

static inline void add_pem(struct source_level *level, const char *name)
{
	static const char *const nameless[] = { "" };
	struct store_content *made = content(STORE_FORMAT_PEM, nameless, 1);

	source_level_add_store(level, PART_CERTIFICATES, name, "", made);
	store_content_unref(made);
}

static inline void refer(struct source_level *level, const char *destination, const char *name)
{
	source_level_add_reference(level, REFERENCE_DESTINATION, destination, "KeyStoreLocation",
				   name);
}

static inline struct source_level *whole_level(const char *name)
{
	struct source_level *level = source_level_new(name);

	assert_non_null(level);
	level->up = true;
	level->whole = PART_CERTIFICATES | PART_DESTINATIONS | PART_FRAGMENTS | PART_SAML_TRUST;
	return level;
}

static inline struct source_view *view_of(struct source_level *const *levels, size_t count)
{
	struct source_facts facts = { .config = &config, .has_attempt = true, .up = true };
	struct source_view *view = source_view_build(&facts, levels, count);

	assert_non_null(view);
	return view;
}

#endif
