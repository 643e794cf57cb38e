/* The inventory that is made by hand. */
#include "sample_view.h"
#include "source/connector/connector.h"
#include "source/destination/service.h"
#include "source/directory/directory.h"

#include <math.h>
#include <string.h>

#include "source/connector/facts.h"
#include "source/connector/levels.h"
#include "source/destination/endpoints.h"
#include "source/destination/levels.h"
#include "source/directory/levels.h"
#include "source/kinds.h"

#define DAY      INT64_C(86400)
#define NOW      INT64_C(1767225600) /* 2026-01-01T00:00:00Z */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define PRINT_A "1f0c6b1de1f7d3f0a3c5b2b6a6f6a0a7f2b8e9d0c1b2a3948576655443322110"
#define PRINT_B "a1b2c3d4e5f60718293a4b5c6d7e8f90112233445566778899aabbccddeeff00"

/* Nothing here is older knowledge: all was read by the last attempt. */
#define PROD_READ                                                                                  \
	{                                                                                          \
		false, 1767224000.75                                                               \
	}
#define LOCAL_READ                                                                                 \
	{                                                                                          \
		false, 1767225000                                                                  \
	}
#define SCC_READ                                                                                   \
	{                                                                                          \
		false, 1767225200                                                                  \
	}
#define NEVER_READ                                                                                 \
	{                                                                                          \
		false, 0                                                                           \
	}

static const char *const nobody[] = { "" };
static const char *const erp_users[] = { "ERP_INVOICES", "ERP_ORDERS" };
static const char *const pay_users[] = { "PAYMENT" };
static const char *const starred[] = { "*" };

/* -- prod-eu10: a Destination service -----------------------------------------------------------
 */

static const struct inventory_label erp_labels[] = {
	{ "team", "billing" },
	{ "team", "logistics" },
	{ "tier", "gold" },
};

enum {
	STORE_BINDING,
	STORE_GEN,
	STORE_PAYMENT,
	STORE_ERP,
	STORE_BUNDLE,
	STORE_PARTNER,
	STORE_SAML
};

static struct inventory_store prod_stores[] = {
	[STORE_BINDING] = { .level = LEVEL_BINDING,
			    .freshness = PROD_READ,
			    .name = "binding",
			    .type = "binding",
			    .format = STORE_FORMAT_PEM,
			    .detail = "",
			    .has_earliest = true,
			    .earliest_s = NOW + 5 * DAY,
			    .first_certificate = 0,
			    .certificate_count = 1 },
	[STORE_GEN] = { .level = LEVEL_INSTANCE,
			.freshness = PROD_READ,
			.name = "gen-client.pem",
			.type = "certificate",
			.format = STORE_FORMAT_PEM,
			.detail = "",
			.has_earliest = true,
			.earliest_s = NOW + 20 * DAY,
			.first_certificate = 1,
			.certificate_count = 1 },
	[STORE_PAYMENT] = { .level = LEVEL_INSTANCE,
			    .freshness = PROD_READ,
			    .name = "payment.p12",
			    .type = "keystore",
			    .format = STORE_FORMAT_PKCS12,
			    .detail = "",
			    .has_earliest = true,
			    .earliest_s = NOW + 400 * DAY,
			    .first_certificate = 2,
			    .certificate_count = 1,
			    .first_reference = 0,
			    .reference_count = 1 },
	[STORE_ERP] = { .level = LEVEL_SUBACCOUNT,
			.freshness = PROD_READ,
			.name = "erp.jks",
			.type = "keystore",
			.format = STORE_FORMAT_JKS,
			.detail = "",
			.has_earliest = true,
			.earliest_s = NOW - 12 * DAY,
			.labels = erp_labels,
			.label_count = COUNT(erp_labels),
			.first_certificate = 3,
			.certificate_count = 4,
			.first_reference = 1,
			.reference_count = 3 },
	[STORE_BUNDLE] = { .level = LEVEL_SUBACCOUNT,
			   .freshness = PROD_READ,
			   .name = "partner-bundle.pem",
			   .type = "certificate",
			   .format = STORE_FORMAT_PEM,
			   .state = STORE_PARTIAL,
			   .detail = "certificate 2 of 3 is not readable",
			   .has_earliest = true,
			   .earliest_s = NOW + 90 * DAY,
			   .first_certificate = 7,
			   .certificate_count = 2 },
	[STORE_PARTNER] = { .level = LEVEL_SUBACCOUNT,
			    .freshness = PROD_READ,
			    .name = "partner.p12",
			    .type = "certificate",
			    .state = STORE_LOCKED,
			    .detail = "no password fits (2 were tried)",
			    .first_certificate = 9,
			    .first_reference = 4,
			    .reference_count = 1 },
	[STORE_SAML] = { .level = LEVEL_SUBACCOUNT,
			 .freshness = PROD_READ,
			 .name = "saml-trust/active",
			 .type = "saml_trust",
			 .format = STORE_FORMAT_PEM,
			 .detail = "",
			 .has_earliest = true,
			 .earliest_s = NOW + 700 * DAY,
			 .first_certificate = 9,
			 .certificate_count = 1,
			 .first_reference = 5,
			 .reference_count = 2 },
};

#define RSA                                                                                        \
	.texts[CERTIFICATE_PUBLIC_KEY] = "RSA-2048",                                               \
	.texts[CERTIFICATE_SIGNATURE_ALGORITHM] = "sha256WithRSAEncryption"
#define NAMES0 .texts[CERTIFICATE_FINGERPRINT] = PRINT_A, .texts[CERTIFICATE_SERIAL_NUMBER] = "7b"
#define NAMES1 .texts[CERTIFICATE_FINGERPRINT] = PRINT_B, .texts[CERTIFICATE_SERIAL_NUMBER] = "-1a"
#define TIMES(before, after)                                                                       \
	.has_not_before = true, .not_before_s = NOW + (before)*DAY, .has_not_after = true,         \
	.not_after_s = NOW + (after)*DAY
#define DUE(kind, day) .renewal = (kind), .has_renewal_due = true, .renewal_due_s = NOW + (day)*DAY
#define NOBODY         .destinations = nobody, .destination_count = 1
#define USED(who)      .destinations = (who), .destination_count = COUNT(who)

#define SAP_CA  "CN=SAP Cloud Platform Client CA,OU=SAP Cloud Platform Clients,O=SAP SE,C=DE"
#define CORP_CA "CN=Example Issuing CA 3,O=Example AG,C=CH"

static struct inventory_certificate prod_certificates[] = {
	{ STORE_BINDING, .entry = "", TIMES(-2, 5), DUE(RENEWAL_MANUAL, 2), NAMES0, RSA,
	  .texts[CERTIFICATE_SUBJECT] =
		  "CN=sb-prod!b42|destination,L=prod,OU=SAP Cloud Platform Clients,O=SAP SE,C=DE",
	  .texts[CERTIFICATE_ISSUER] = SAP_CA, .texts[CERTIFICATE_SAN] = "", NOBODY },
	{ STORE_GEN, .entry = "", TIMES(-345, 20), DUE(RENEWAL_AUTOMATIC, -10), NAMES0, RSA,
	  .texts[CERTIFICATE_SUBJECT] =
		  "CN=gen-client,L=cert.eu10/1b2c,OU=SAP Cloud Platform Clients,O=SAP SE,C=DE",
	  .texts[CERTIFICATE_ISSUER] = SAP_CA, .texts[CERTIFICATE_SAN] = "", NOBODY },
	{ STORE_PAYMENT, .entry = "1", TIMES(-30, 400), DUE(RENEWAL_MANUAL, 370), NAMES1,
	  .texts[CERTIFICATE_PUBLIC_KEY] = "EC-P-256",
	  .texts[CERTIFICATE_SIGNATURE_ALGORITHM] = "ecdsa-with-SHA256",
	  .texts[CERTIFICATE_SUBJECT] = "CN=payment.example.com,O=Example AG,C=CH",
	  .texts[CERTIFICATE_ISSUER] = CORP_CA,
	  .texts[CERTIFICATE_SAN] = "DNS:payment.example.com,DNS:pay.example.com",
	  USED(pay_users) },
	{ STORE_ERP, .entry = "erp", TIMES(-700, 14), DUE(RENEWAL_MANUAL, -16), NAMES0, RSA,
	  .texts[CERTIFICATE_SUBJECT] = "CN=erp.example.com,O=Example AG,C=CH",
	  .texts[CERTIFICATE_ISSUER] = CORP_CA, .texts[CERTIFICATE_SAN] = "DNS:erp.example.com",
	  USED(erp_users) },
	{ STORE_ERP, .entry = "erp", .position = 1, .role = CERTIFICATE_INTERMEDIATE,
	  TIMES(-2000, 1600), NAMES1, RSA, .texts[CERTIFICATE_SUBJECT] = CORP_CA,
	  .texts[CERTIFICATE_ISSUER] = "CN=Example Root CA,O=Example AG,C=CH",
	  .texts[CERTIFICATE_SAN] = "", NOBODY },
	{ STORE_ERP, .entry = "erp", .position = 2, .role = CERTIFICATE_ROOT, TIMES(-4000, 3300),
	  NAMES0, RSA, .texts[CERTIFICATE_SUBJECT] = "CN=Example Root CA,O=Example AG,C=CH",
	  .texts[CERTIFICATE_ISSUER] = "CN=Example Root CA,O=Example AG,C=CH",
	  .texts[CERTIFICATE_SAN] = "", NOBODY },
	{ STORE_ERP, .entry = "old \"erp\"\\2019", TIMES(-1107, -12), DUE(RENEWAL_MANUAL, -42),
	  NAMES1, RSA,
	  .texts[CERTIFICATE_SUBJECT] = "CN=Zürich Süd \"alt\"\\, Werk 2,O=Example AG,C=CH",
	  .texts[CERTIFICATE_ISSUER] = CORP_CA, .texts[CERTIFICATE_SAN] = "", USED(erp_users) },
	{ STORE_BUNDLE, .entry = "", TIMES(-275, 90), DUE(RENEWAL_MANUAL, 60), NAMES0, RSA,
	  .texts[CERTIFICATE_SUBJECT] = "CN=partner.example.net",
	  .texts[CERTIFICATE_ISSUER] = "CN=R11,O=Let's Encrypt,C=US",
	  .texts[CERTIFICATE_SAN] = "DNS:partner.example.net", NOBODY },
	{ STORE_BUNDLE, .entry = "", .position = 2, .role = CERTIFICATE_ROOT, TIMES(-900, 1800),
	  NAMES1, RSA,
	  .texts[CERTIFICATE_SUBJECT] = "CN=ISRG Root X1,O=Internet Security Research Group,C=US",
	  .texts[CERTIFICATE_ISSUER] = "CN=ISRG Root X1,O=Internet Security Research Group,C=US",
	  .texts[CERTIFICATE_SAN] = "", NOBODY },
	{ STORE_SAML, .entry = "", TIMES(-30, 700), DUE(RENEWAL_MANUAL, 670), NAMES0, RSA,
	  .texts[CERTIFICATE_SUBJECT] = "CN=prod.eu10.saml",
	  .texts[CERTIFICATE_ISSUER] = "CN=prod.eu10.saml", .texts[CERTIFICATE_SAN] = "",
	  .destinations = starred, .destination_count = 1 },
};

static struct inventory_reference prod_references[] = {
	{ STORE_PAYMENT, LEVEL_INSTANCE, "PAYMENT", REFERENCE_DESTINATION, "KeyStoreLocation",
	  PROD_READ },
	{ STORE_ERP, LEVEL_SUBACCOUNT, "ERP_INVOICES", REFERENCE_DESTINATION, "KeyStoreLocation",
	  PROD_READ },
	{ STORE_ERP, LEVEL_SUBACCOUNT, "ERP_INVOICES", REFERENCE_DESTINATION, "TrustStoreLocation",
	  PROD_READ },
	{ STORE_ERP, LEVEL_INSTANCE, "ERP_ORDERS", REFERENCE_FRAGMENT, "KeyStoreLocation",
	  PROD_READ },
	{ STORE_PARTNER, LEVEL_SUBACCOUNT, "PARTNER", REFERENCE_DESTINATION, "KeyStoreLocation",
	  PROD_READ },
	{ STORE_SAML, LEVEL_SUBACCOUNT, "CRM", REFERENCE_DESTINATION, "Authentication", PROD_READ },
	{ STORE_SAML, LEVEL_INSTANCE, "HR", REFERENCE_DESTINATION, "Authentication", PROD_READ },
};

static struct inventory_missing prod_missing[] = {
	{ LEVEL_SUBACCOUNT, "LEGACY_SOAP", REFERENCE_DESTINATION, "TrustStoreLocation",
	  "legacy-trust.jks", PROD_READ },
};

static struct inventory_level prod_levels[] = {
	{ LEVEL_BINDING, true, true, 1, 1, false, false, 0, 0, PROD_READ },
	{ LEVEL_INSTANCE, true, true, 2, 2, true, true, 3, 1, PROD_READ },
	{ LEVEL_SUBACCOUNT, true, true, 7, 4, true, false, 57, 0, PROD_READ },
};

static struct source_view prod = {
	.id = "prod-eu10",
	.name = "Production EU10",
	.system_id = "PRD",
	.host = "destination-configuration.cfapps.eu10.hana.ondemand.com",
	.subaccount_id = "0a1b2c3d-0000-4000-8000-123456789abc",
	.tenant_id = "0a1b2c3d-0000-4000-8000-123456789abc",
	.kind = &destination_service_kind,
	.poll_interval_s = 3600,
	.has_attempt = true,
	.up = true,
	.last_attempt_s = 1767224000.75,
	.has_success = true,
	.last_success_s = 1767224000.75,
	.next_attempt_s = 1767227600,
	.last_error = "",
	.levels = prod_levels,
	.level_count = COUNT(prod_levels),
	.stores = prod_stores,
	.store_count = COUNT(prod_stores),
	.certificates = prod_certificates,
	.certificate_count = COUNT(prod_certificates),
	.references = prod_references,
	.reference_count = COUNT(prod_references),
	.missing = prod_missing,
	.missing_count = COUNT(prod_missing),
	.missing_known = true,
	.missing_as_of_s = 1767224000.75,
	.users_known = true,
	.freshness = PROD_READ,
};

/* -- local: a directory with the odd cases ------------------------------------------------------
 */

static struct inventory_store local_stores[] = {
	{ .level = LEVEL_DIRECTORY,
	  .freshness = LOCAL_READ,
	  .name = "/etc/ssl/certs/東京.pem",
	  .type = "certificate",
	  .format = STORE_FORMAT_PEM,
	  .detail = "",
	  .has_earliest = true,
	  .earliest_s = NOW + 37 * DAY,
	  .certificate_count = 2 },
	{ .level = LEVEL_DIRECTORY,
	  .freshness = LOCAL_READ,
	  .name = "/opt/app/empty.jks",
	  .type = "certificate",
	  .state = STORE_EMPTY,
	  .detail = "0 bytes",
	  .first_certificate = 2 },
};

static struct inventory_certificate local_certificates[] = {
	{ 0, .entry = "", TIMES(7, 37), NAMES0, .texts[CERTIFICATE_PUBLIC_KEY] = "Ed25519",
	  .texts[CERTIFICATE_SIGNATURE_ALGORITHM] = "ED25519",
	  .texts[CERTIFICATE_SUBJECT] = "CN=東京.example",
	  .texts[CERTIFICATE_ISSUER] = "CN=東京.example", .texts[CERTIFICATE_SAN] = "", NOBODY },
	{ 0, .entry = "", .position = 1, .role = CERTIFICATE_ROLE_UNKNOWN,
	  .texts[CERTIFICATE_FINGERPRINT] = "", .texts[CERTIFICATE_SERIAL_NUMBER] = "0",
	  .texts[CERTIFICATE_PUBLIC_KEY] = "", .texts[CERTIFICATE_SIGNATURE_ALGORITHM] = "",
	  .texts[CERTIFICATE_SUBJECT] = "", .texts[CERTIFICATE_ISSUER] = "",
	  .texts[CERTIFICATE_SAN] = "", NOBODY },
};

static struct inventory_level local_levels[] = {
	{ LEVEL_DIRECTORY, true, true, 2, 2, false, false, 0, 0, LOCAL_READ },
};

static struct source_view local = {
	.id = "local",
	.name = "local",
	.system_id = "",
	.host = "",
	.subaccount_id = "",
	.tenant_id = "",
	.kind = &directory_kind,
	.poll_interval_s = 900,
	.has_attempt = true,
	.up = true,
	.last_attempt_s = 1767225000,
	.has_success = true,
	.last_success_s = 1767225000,
	.last_error = "",
	.levels = local_levels,
	.level_count = COUNT(local_levels),
	.stores = local_stores,
	.store_count = COUNT(local_stores),
	.certificates = local_certificates,
	.certificate_count = COUNT(local_certificates),
	.missing_known = true,
	.missing_as_of_s = 1767225000,
	.users_known = true,
	.freshness = LOCAL_READ,
};

/* -- dev-us10 failed, test-us10 was not tried ---------------------------------------------------
 */

static struct inventory_level dev_levels[] = {
	{ LEVEL_INSTANCE, true, false, 0, 0, false, false, 0, 0, NEVER_READ },
	{ LEVEL_SUBACCOUNT, true, false, 0, 0, false, false, 0, 0, NEVER_READ },
};

static struct source_view dev = {
	.id = "dev-us10",
	.name = "Development \"US10\"",
	.system_id = "DEV",
	.host = "destination-configuration.cfapps.us10.hana.ondemand.com",
	.subaccount_id = "",
	.tenant_id = "",
	.kind = &destination_service_kind,
	.poll_interval_s = 3600,
	.tls_verification_disabled = true,
	.has_attempt = true,
	.last_attempt_s = 1767225100,
	.next_attempt_s = 1767225160,
	.last_error = "token: 401 with client \"sb-dev\": the service key may be revoked",
	.levels = dev_levels,
	.level_count = COUNT(dev_levels),
};

static struct source_view test = {
	.id = "test-us10",
	.name = "test-us10",
	.system_id = "",
	.host = "",
	.subaccount_id = "",
	.tenant_id = "",
	.kind = &destination_service_kind,
	.poll_interval_s = 3600,
	.last_error = "",
};

/* -- scc-walldorf: a Cloud Connector, with a sample of every fact -------------------------------
 */

#define REGION  "cf.eu10.hana.ondemand.com"
#define ACCOUNT "b1799d1c-ce91-4cd4-8b6e-dc8f4eaf0ad9"

static struct inventory_store scc_stores[] = {
	{ .level = LEVEL_CONNECTOR,
	  .freshness = SCC_READ,
	  .name = "backend_trust/trustedbackend.1.1",
	  .type = "backend_trust",
	  .detail = "",
	  .has_earliest = true,
	  .earliest_s = NOW + 3000 * DAY,
	  .first_certificate = 0,
	  .certificate_count = 1 },
	{ .level = LEVEL_CONNECTOR,
	  .freshness = SCC_READ,
	  .name = "subaccount/" REGION "/" ACCOUNT,
	  .type = "subaccount",
	  .detail = "",
	  .has_earliest = true,
	  .earliest_s = NOW + 21 * DAY,
	  .first_certificate = 1,
	  .certificate_count = 1 },
};

static struct inventory_certificate scc_certificates[] = {
	{ 0, .entry = "", .role = CERTIFICATE_ROOT, .has_not_after = true,
	  .not_after_s = NOW + 3000 * DAY, .texts[CERTIFICATE_FINGERPRINT] = "",
	  .texts[CERTIFICATE_SERIAL_NUMBER] = "", .texts[CERTIFICATE_PUBLIC_KEY] = "",
	  .texts[CERTIFICATE_SIGNATURE_ALGORITHM] = "",
	  .texts[CERTIFICATE_SUBJECT] = "CN=Example Root CA,C=CH",
	  .texts[CERTIFICATE_ISSUER] = "CN=Example Root CA,C=CH", .texts[CERTIFICATE_SAN] = "",
	  NOBODY },
	{ 1, .entry = "", .role = CERTIFICATE_LEAF, TIMES(-344, 21), DUE(RENEWAL_AUTOMATIC, -16),
	  .texts[CERTIFICATE_FINGERPRINT] = "",
	  .texts[CERTIFICATE_SERIAL_NUMBER] = "633e0221b8828762511ab4832f66770a",
	  .texts[CERTIFICATE_PUBLIC_KEY] = "", .texts[CERTIFICATE_SIGNATURE_ALGORITHM] = "",
	  .texts[CERTIFICATE_SUBJECT] = "CN=" ACCOUNT ",C=DE", .texts[CERTIFICATE_ISSUER] = SAP_CA,
	  .texts[CERTIFICATE_SAN] = "", NOBODY },
};

static struct inventory_level scc_levels[] = {
	{ LEVEL_CONNECTOR, true, true, 2, 2, false, false, 0, 0, SCC_READ },
};

#define GIB 1073741824.0

static struct inventory_sample scc_samples[] = {
	{ &scc_facts[FACT_SAPCC_INFO], { "2.19.0.2" }, 1 },
	{ &scc_facts[FACT_SAPCC_ENDPOINT_SUPPORTED], { "scc_monitoring_certificates" }, 1 },
	{ &scc_facts[FACT_SAPCC_ENDPOINT_SUPPORTED], { "scc_corrupted_subaccounts" }, 0 },
	{ &scc_facts[FACT_SAPCC_ENDPOINT_UP], { "scc_monitoring_certificates" }, 1 },
	{ &scc_facts[FACT_SAPCC_AUTO_RENEWAL_ENABLED], { REGION, ACCOUNT }, 1 },
	{ &scc_facts[FACT_SAPCC_ALERT_THRESHOLD_SECONDS], { NULL }, 30.0 * 86400 },
	{ &scc_facts[FACT_SAPCC_PEER_NOT_AFTER_SECONDS], { NULL }, (double)(NOW + 200 * DAY) },
	{ &scc_facts[FACT_SAPCC_BACKEND_TRUST_ALL], { NULL }, 0 },
	{ &scc_facts[FACT_SAPCC_HA_ROLE], { "master" }, 1 },
	{ &scc_facts[FACT_SAPCC_HA_ROLE], { "shadow" }, 0 },
	{ &scc_facts[FACT_SAPCC_HA_STATE], { "master", "CONNECTED" }, 1 },
	{ &scc_facts[FACT_SAPCC_SUBACCOUNT_INFO], { REGION, ACCOUNT, "", "Werk \"Süd\" \\ 2" }, 1 },
	{ &scc_facts[FACT_SAPCC_TUNNEL_STATE], { REGION, ACCOUNT, "Connected" }, 1 },
	{ &scc_facts[FACT_SAPCC_TUNNEL_STATE], { REGION, ACCOUNT, "Disconnected" }, 0 },
	/* no time at all, and a time with milliseconds */
	{ &scc_facts[FACT_SAPCC_TUNNEL_CONNECTED_SINCE], { REGION, "00000000" }, 0 },
	{ &scc_facts[FACT_SAPCC_TUNNEL_CONNECTED_SINCE], { REGION, ACCOUNT }, 1766830559.013 },
	{ &scc_facts[FACT_SAPCC_TUNNEL_CONNECTIONS], { REGION, ACCOUNT }, 4 },
	{ &scc_facts[FACT_SAPCC_SERVICE_CHANNEL], { REGION, ACCOUNT, "K8S", "1" }, 1 },
	{ &scc_facts[FACT_SAPCC_CORRUPTED_SUBACCOUNTS], { NULL }, 0 },
	{ &scc_facts[FACT_SAPCC_ALERTS], { "SubaccountCertificate", "Warning", "Master" }, 2 },
	{ &scc_facts[FACT_SAPCC_MEMORY_BYTES], { "heap", "cloud_connector" }, 0.25 * GIB },
	{ &scc_facts[FACT_SAPCC_MEMORY_BYTES], { "heap", "free" }, 0.75 * GIB },
	{ &scc_facts[FACT_SAPCC_MEMORY_SIZE_BYTES], { "heap" }, GIB },
	{ &scc_facts[FACT_SAPCC_DISK_BYTES], { "free" }, 30 * GIB },
	{ &scc_facts[FACT_SAPCC_DISK_SIZE_BYTES], { NULL }, 40 * GIB },
	{ &scc_facts[FACT_SAPCC_CPU_RATIO], { "cloud_connector" }, 0.03 },
	{ &scc_facts[FACT_SAPCC_CPU_RATIO], { "total" }, INFINITY }, /* no ratio at all */
	{ &scc_facts[FACT_SAPCC_CLOCK_SKEW_SECONDS], { NULL }, -2 },
};

static struct source_view scc = {
	.id = "scc-walldorf",
	.name = "Cloud Connector Walldorf",
	.system_id = "PRD",
	.host = "scc.example",
	.subaccount_id = "",
	.tenant_id = "",
	.kind = &cloud_connector_kind,
	.poll_interval_s = 3600,
	.has_attempt = true,
	.up = true,
	.last_attempt_s = 1767225200,
	.has_success = true,
	.last_success_s = 1767225200,
	.next_attempt_s = 1767228800,
	.last_error = "",
	.levels = scc_levels,
	.level_count = COUNT(scc_levels),
	.stores = scc_stores,
	.store_count = COUNT(scc_stores),
	.certificates = scc_certificates,
	.certificate_count = COUNT(scc_certificates),
	.samples = scc_samples,
	.sample_count = COUNT(scc_samples),
	.missing_known = true,
	.missing_as_of_s = 1767225200,
	.users_known = true,
	.freshness = SCC_READ,
};

static struct telemetry_source *counters_of(struct telemetry *telemetry,
					    const struct source_view *view)
{
	return telemetry_source(telemetry, view->id, source_endpoints(view->kind));
}

static void record(struct telemetry *telemetry)
{
	prod.telemetry = counters_of(telemetry, &prod);
	local.telemetry = counters_of(telemetry, &local);
	dev.telemetry = counters_of(telemetry, &dev);
	test.telemetry = counters_of(telemetry, &test);
	scc.telemetry = counters_of(telemetry, &scc);
	telemetry_refresh(prod.telemetry, 2.75);
	telemetry_request(prod.telemetry, ENDPOINT_DS_TOKEN, 200, 0.125);
	telemetry_request(prod.telemetry, ENDPOINT_DS_CERTIFICATE_NAMES, 200, 0.0625);
	telemetry_request(prod.telemetry, ENDPOINT_DS_CERTIFICATE_PUBLIC_KEYS, 304, 0.03125);
	telemetry_request(prod.telemetry, ENDPOINT_DS_CERTIFICATE_PUBLIC_KEYS, 400, 0.5);
	telemetry_cache(prod.telemetry, true);
	telemetry_cache(prod.telemetry, true);
	telemetry_cache(prod.telemetry, false);
	telemetry_error(prod.telemetry, STAGE_DECODE, STATUS_LOCKED);
	telemetry_refresh(local.telemetry, 0.015625);
	telemetry_refresh(dev.telemetry, 0.5);
	telemetry_request(dev.telemetry, ENDPOINT_DS_TOKEN, 401, 0.25);
	telemetry_request(dev.telemetry, ENDPOINT_DS_TOKEN, 0, 5);
	telemetry_error(dev.telemetry, STAGE_TOKEN, STATUS_HTTP_401);
	telemetry_error(dev.telemetry, STAGE_TOKEN, STATUS_LOGIN_PAGE); /* not in the table */
	telemetry_http_request(telemetry, "/metrics", 200);
	telemetry_http_request(telemetry, "/api/v1/certificates", 200);
	telemetry_http_request(telemetry, "/metrics", 200);
	telemetry_http_request(telemetry, "other", 404);
	telemetry_scrape(telemetry, 0.001);
	telemetry_scrape(telemetry, 0.75);
	telemetry_reload(telemetry, true, 1767220000.25);
}

const struct snapshot *sample_snapshot(struct telemetry *telemetry)
{
	static struct source_view *views[] = { &prod, &local, &dev, &test, &scc };
	static struct snapshot snapshot = { COUNT(views), views, 1 };

	for (size_t i = 0; i < COUNT(views); i++) {
		for (size_t k = 0; k < views[i]->certificate_count; k++)
			views[i]->certificates[k].san_list =
				views[i]->certificates[k].texts[CERTIFICATE_SAN];
	}
	record(telemetry);
	return &snapshot;
}

const struct snapshot *sample_outage(void)
{
	static struct inventory_store stores[COUNT(prod_stores)];
	static struct inventory_reference references[COUNT(prod_references)];
	static struct inventory_missing missing[COUNT(prod_missing)];
	static struct inventory_level levels[COUNT(prod_levels)];
	static struct source_view down;
	static struct source_view *views[] = { &down, &local, &dev, &test, &scc };
	static struct snapshot snapshot = { COUNT(views), views, 2 };
	const struct freshness then = { true, SAMPLE_READ };

	memcpy(stores, prod_stores, sizeof(stores));
	memcpy(references, prod_references, sizeof(references));
	memcpy(missing, prod_missing, sizeof(missing));
	memcpy(levels, prod_levels, sizeof(levels));
	for (size_t i = 0; i < COUNT(stores); i++)
		stores[i].freshness = then;
	for (size_t i = 0; i < COUNT(references); i++)
		references[i].freshness = then;
	for (size_t i = 0; i < COUNT(missing); i++)
		missing[i].freshness = then;
	for (size_t i = 0; i < COUNT(levels); i++) {
		levels[i].up = false;
		levels[i].freshness = then;
	}
	down = prod;
	down.up = false;
	down.last_success_s = SAMPLE_READ;
	down.last_error = "list: http_5xx: certificates: 503";
	down.stores = stores;
	down.references = references;
	down.levels = levels;
	down.missing = NULL;
	down.missing_count = 0;
	down.older_missing = missing;
	down.older_missing_count = COUNT(missing);
	down.missing_known = false;
	down.missing_as_of_s = SAMPLE_READ;
	down.users_known = false;
	down.freshness = then;
	return &snapshot;
}
