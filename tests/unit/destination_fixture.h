#ifndef TEST_DESTINATION_FIXTURE_H
#define TEST_DESTINATION_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/array.h"
#include "config/config.h"
#include "net_recorded.h"
#include "source/kinds.h"

/* One source of `kind: destination-service` whose service answers from a table (net_recorded.h). */
#define API        "/destination-configuration/v1/"
#define NAMES_PATH API "subaccountCertificates?$select=Name"
#define PAGE_PATH  API "subaccountCertificates?$page="
#define STORE_PATH API "subaccountCertificates/"
#define USERS_PATH API "subaccountDestinations?$page="
#define PARTS_PATH API "subaccountDestinationFragments"
#define SAML_PATH  API "saml2Metadata/certificate"

/* Rows of a level that has neither destinations nor fragments. */
#define NO_USERS                                                                                   \
	{                                                                                          \
		.path = USERS_PATH "*", .code = 200, .body = "[]"                                  \
	}
#define NO_PARTS                                                                                   \
	{                                                                                          \
		.path = PARTS_PATH, .code = 200, .body = "[]"                                      \
	}

struct destination_fixture {
	struct config *config;
	const struct source_config *settings;
	struct telemetry *telemetry;
	struct telemetry_source *counters;
	struct source *source;
	struct source_result *result; /* of the last refresh; NULL without memory */
};

/* `settings`: further lines of the source in YAML, with four blanks in front; the only level is
 * that of the subaccount. */
void destination_begin(struct destination_fixture *f, const char *settings);
void destination_end(struct destination_fixture *f);

/* Forgets the older result. */
void destination_refresh(struct destination_fixture *f);
/* The same, answered from these rows. */
void destination_refresh_from(struct destination_fixture *f, const struct recorded *rows,
			      size_t count);

/* Of the level of the subaccount. NULL: there is none of this name. */
const struct source_store *destination_store(const struct destination_fixture *f, const char *name);
/* Fails unless there is one, in this state. */
const struct source_store *destination_store_in(const struct destination_fixture *f,
						const char *name, enum store_state state);
size_t destination_certificates(const struct source_store *store);

const struct source_level *destination_level(const struct destination_fixture *f);
size_t destination_issues(const struct destination_fixture *f, enum stage stage,
			  enum status reason);
/* How often a destination or fragment refers to a store with this property. */
size_t destination_references(const struct destination_fixture *f, const char *user,
			      const char *property, const char *store);

#endif
