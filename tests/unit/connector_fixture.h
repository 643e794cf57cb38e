#ifndef TESTS_CONNECTOR_FIXTURE_H
#define TESTS_CONNECTOR_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>

#include "net_fixture.h"
#include "source/connector/facts.h"
#include "source/connector/levels.h"
#include "source/connector/settings.h"
#include "source/source.h"

/* A small Cloud Connector that answers as a test tells it to, and whole refreshes of it. */
#define CONFIGURATION "/api/v1/configuration"
#define REGION        "cf.eu12.hana.ondemand.com"
#define ONE           "b1799d1c-ce91-4cd4-8b6e-dc8f4eaf0ad9"
#define SUBJECT       "\"subjectDN\":\"CN=scc,O=x\",\"issuer\":\"CN=ca\""
#define DETAIL_PATH   CONFIGURATION "/subaccounts/" REGION "/" ONE

struct answer {
	const char *path;
	int code;
	const char *body;
};

/* What the server did; filled by its threads. */
struct connector {
	struct answer answers[4]; /* before those of a small connector; the rest is 404 */
	pthread_mutex_t lock;
	unsigned requests;
	unsigned refused;
	unsigned with_logon;
	unsigned exposed_with_logon;
	unsigned kept_alive;
	struct server *server;
	struct source_config config;
	struct connector_settings settings; /* `own` of config */
	char url[64];
	char user[16];
	char password[16];
};

void connector_begin(struct connector *connector);
/* The caller hands the result to connector_end(). */
struct source_result *connector_refresh(struct connector *connector);
void connector_end(struct connector *connector, struct source_result *result);

const struct source_store *connector_store(const struct source_result *result, const char *name);
const struct certificate *connector_certificate(const struct source_result *result,
						const char *name);
/* The value of a sample, -1 if there is none. */
double connector_sample(const struct source_result *result, enum scc_fact fact,
			const char *last_label);

#define assert_number(value, wanted) assert_true((value) == (wanted))

#endif
