/*
 * What the keys of other services look like: people have many of them, and take the wrong one. The
 * fields are those that each service documents for its bindings.
 */
#include "config/key/service.h"

#include <stdbool.h>
#include <string.h>

#include "base/array.h"

#define FIELDS_MAX 3

struct service {
	const char *label;
	const char *name;
	const char *fields[FIELDS_MAX]; /* all of them; none: known by its label only */
};

/* The more telling ones first. */
static const struct service services[] = {
	{ "connectivity", "Connectivity (connectivity)", { "onpremise_proxy_host" } },
	{ "html5-apps-repo",
	  "HTML5 Application Repository (html5-apps-repo)",
	  { "html5-apps-repo" } },
	{ "it-rt", "Process Integration Runtime (it-rt)", { "oauth" } },
	{ "saas-registry", "SaaS Provisioning (saas-registry)", { "saas_registry_url" } },
	{ "service-manager", "Service Manager (service-manager)", { "sm_url" } },
	{ "hana", "SAP HANA (hana)", { "hdi_user" } },
	{ "hana", "SAP HANA (hana)", { "driver", "host", "port" } },
	{ "hana-cloud", "SAP HANA Cloud (hana-cloud)", { "host", "port", "certificate" } },
	{ "postgresql-db", "PostgreSQL (postgresql-db)", { "dbname", "hostname" } },
	{ "redis-cache", "Redis (redis-cache)", { "cluster_mode" } },
	{ "objectstore", "Object Store (objectstore)", { "access_key_id", "bucket" } },
	{ "objectstore", "Object Store (objectstore)", { "base64EncodedPrivateKeyData" } },
	{ "objectstore", "Object Store (objectstore)", { "container_uri" } },
	{ "credstore", "Credential Store (credstore)", { "encryption", "parameters" } },
	{ "enterprise-messaging",
	  "Event Mesh (enterprise-messaging)",
	  { "messaging", "management" } },
	{ "aicore", "AI Core (aicore)", { "serviceurls" } },
	{ "alert-notification",
	  "Alert Notification (alert-notification)",
	  { "oauth_url", "client_id" } },
	{ "cloud-logging", "Cloud Logging (cloud-logging)", { "ingest-endpoint" } },
	{ "cloud-logging", "Cloud Logging (cloud-logging)", { "dashboards-endpoint" } },
	{ "malware-scanner", "Malware Scanning (malware-scanner)", { "sync_scan_url" } },
	{ "cis", "Cloud Management (cis)", { "endpoints", "grant_type" } },
	{ "identity", "Cloud Identity Services (identity)", { "osb_url" } },
	{ "identity", "Cloud Identity Services (identity)", { "app_tid" } },
	{ "identity", "Cloud Identity Services (identity)", { "authorization_endpoint" } },
	{ "xsuaa", "Authorization and Trust Management (xsuaa)", { "apiurl" } },
	{ "xsuaa", "Authorization and Trust Management (xsuaa)", { "sburl" } },
	{ "xsuaa", "Authorization and Trust Management (xsuaa)", { "trustedclientidsuffix" } },
	{ "auditlog", "Audit Log (auditlog)", { NULL } },
	{ "auditlog-management", "Audit Log (auditlog-management)", { NULL } },
	{ "application-logs", "Application Logging (application-logs)", { NULL } },
	{ "autoscaler", "Application Autoscaler (autoscaler)", { NULL } },
	{ "feature-flags", "Feature Flags (feature-flags)", { NULL } },
	{ "jobscheduler", "Job Scheduling (jobscheduler)", { NULL } },
	{ "portal", "Portal (portal)", { NULL } },
	{ "sdm", "Document Management (sdm)", { NULL } },
	{ "transport", "Cloud Transport Management (transport)", { NULL } },
	{ "workflow", "Workflow (workflow)", { NULL } },
	{ "apimanagement-apiportal", "API Management (apimanagement-apiportal)", { NULL } },
	/* many services put the credentials of xsuaa into an object beside their own */
	{ "", "another service than Destination (its credentials are in `uaa`)", { "uaa" } },
};

#define SERVICE_COUNT COUNT_OF(services)

static bool has_fields(const struct cJSON *object, const struct service *service)
{
	for (size_t i = 0; i < FIELDS_MAX && service->fields[i] != NULL; i++) {
		if (json_member(object, service->fields[i]) == NULL)
			return false;
	}
	return service->fields[0] != NULL;
}

bool key_service_is_destination(const char *uri)
{
	return uri != NULL && strstr(uri, "destination-configuration") != NULL;
}

const char *key_service_of_fields(const struct cJSON *object)
{
	const char *uri = json_member_text(object, "uri");
	bool client = json_member_text(object, "clientid") != NULL;

	if (key_service_is_destination(uri))
		return NULL;
	for (size_t i = 0; i < SERVICE_COUNT; i++) {
		/* whatever has an address of its own beside it is not the key of xsuaa */
		if (strcmp(services[i].label, "xsuaa") == 0 && (uri != NULL || !client))
			continue;
		if (has_fields(object, &services[i]))
			return services[i].name;
	}
	return NULL;
}

const char *key_service_of_label(const char *label)
{
	for (size_t i = 0; i < SERVICE_COUNT; i++) {
		if (label[0] != '\0' && strcmp(services[i].label, label) == 0)
			return services[i].name;
	}
	return NULL;
}

const char *key_service_of_kind(const char *kind)
{
	static const struct {
		const char *kind;
		const char *text;
	} kinds[] = {
		{ "ServiceBinding", "a ServiceBinding, which names the Secret that holds the key "
				    "(spec.secretName); save that Secret" },
		{ "ServiceInstance", "a ServiceInstance; its ServiceBinding names the Secret that "
				     "holds a key, save that Secret" },
		{ "SealedSecret",
		  "a SealedSecret, whose content is encrypted; save the Secret that "
		  "the cluster makes of it" },
		{ "ExternalSecret", "an ExternalSecret, which only says where the key is; save the "
				    "Secret that the cluster makes of it" },
		{ "ConfigMap", "a ConfigMap, which is no place for a key; save the Secret" },
		{ "Config", "a kubeconfig, with which one asks a cluster" },
	};

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		if (strcmp(kinds[i].kind, kind) == 0)
			return kinds[i].text;
	}
	return NULL;
}
