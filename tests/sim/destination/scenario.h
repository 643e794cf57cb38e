/*
 * The landscape that the simulator plays: clients, tenants, what each level holds, how the service
 * behaves. README.md describes the file. A scenario is read once, checked strictly (a key that
 * is not known is an error) and never changed afterwards; threads share it by counted references.
 */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H

#include "scenario_base.h"
#include "public_keys.h"

enum when { WHEN_REQUESTED, WHEN_ALWAYS, WHEN_NEVER };
enum etag_style { ETAG_PLAIN, ETAG_QUOTED, ETAG_NONE };
enum list_order { ORDER_GIVEN, ORDER_REVERSE, ORDER_ROTATE };
enum mtls_failure { MTLS_401, MTLS_ALERT };

struct quirks {
	/* token hosts */
	int token_lifetime_s;
	int token_latency_ms;
	const char *token_marker;
	bool expires_in_text;
	enum mtls_failure mtls_failure;
	/* service host */
	int latency_ms;
	bool error_beyond_end;
	bool ignore_page; /* every page is the first one */
	enum when page_count;
	enum when entity_count;
	bool link;
	bool chunked;
	bool labels;
	enum etag_style etag;
	enum list_order order;
	enum public_keys_style style;
	bool saml_literal;
	bool content_first;
};

struct label {
	const char *key;
	const char **values;
	size_t values_len;
};

/* A certificate, destination or fragment, ready to be sent. */
struct entity {
	const char *name;
	const char *head;   /* JSON up to the value of Content, or the whole object */
	const char *base64; /* certificates: the value of Content */
	const char *tail;   /* certificates: what follows */
	char etag[DIGEST_HEX_SIZE];
	int64_t modified_ms; /* destinations */
	const char *labels_json;
	const struct label *labels;
	size_t labels_len;
	/* certificates: the answer of publicKeys */
	int keys_status;
	const char *keys_body;
	char keys_etag[DIGEST_HEX_SIZE];
};

struct entity_list {
	struct entity *items;
	size_t len;
};

enum entity_kind { KIND_CERTIFICATE, KIND_DESTINATION, KIND_FRAGMENT, KINDS };

struct level {
	struct entity_list lists[KINDS];
};

struct instance {
	const char *id;
	struct level level;
};

struct tenant {
	const char *subdomain;
	const char *zid;
	const char *subaccountid;
	struct level subaccount;
	struct instance *instances;
	size_t instances_len;
	const char *saml_active; /* JSON string, or NULL */
	const char *saml_passive;
};

struct client {
	const char *client_id;
	const char *client_secret;  /* or NULL */
	const char *certificate_cn; /* or NULL; "*" = any certificate that the CA made */
	const char *instance_id;
	const char **tenants; /* NULL: all */
	size_t tenants_len;
};

struct scenario {
	struct scenario_base base; /* first */
	struct quirks quirks;
	const char *default_tenant; /* or NULL */
	struct client *clients;
	size_t clients_len;
	struct tenant *tenants;
	size_t tenants_len;
};

extern const char *const scenario_keys[];
/* See base/product.h. */
void scenario_load(struct loader *l, const cJSON *root, struct scenario *sc);

const struct client *scenario_client(const struct scenario *sc, const char *client_id);
const struct tenant *scenario_tenant(const struct scenario *sc, const char *subdomain);
const struct tenant *scenario_tenant_by_zid(const struct scenario *sc, const char *zid);
/* The instance's level in the tenant, or an empty one. */
const struct level *tenant_instance(const struct tenant *tenant, const char *instance_id);
bool client_may_use(const struct client *client, const char *subdomain);
const struct entity *entity_find(const struct entity_list *list, const char *name);

#endif
