/*
 * The Cloud Connector that the simulator plays. README.md describes the file. A scenario is read
 * once, checked strictly (a key that is not known is an error) and never changed afterwards;
 * threads share it by counted references. Changes at the control port make a new one out of its
 * text.
 */
#ifndef SIM_CONNECTOR_SCENARIO_H
#define SIM_CONNECTOR_SCENARIO_H

#include "certificate.h"
#include "scenario_base.h"

#define VERSION_PARTS 4
#define BUCKETS       23 /* of call durations, docs/reference/cloud-connector.md 7.5 */

enum role { ROLE_MASTER, ROLE_SHADOW, ROLE_UNDEFINED };
extern const char *const role_names[]; /* NULL at the end */

enum shadow_monitoring { SHADOW_EMPTY, SHADOW_DATA, SHADOW_400, SHADOW_403 };
enum unsupported { UNSUPPORTED_404, UNSUPPORTED_400, UNSUPPORTED_LOGIN };
enum spelling { SPELLING_AUTO, SPELLING_ON_PREMISE, SPELLING_ON_PREMISES };
enum csrf { CSRF_403, CSRF_LOGIN, CSRF_IGNORED };
enum refusal { REFUSAL_EMPTY, REFUSAL_JSON, REFUSAL_HTML };

struct channel {
	const char *type;
	int id, port, connections;
	bool enabled, connected;
	int opened;
	int64_t connected_since_ms;
	const char *host, *service; /* K8S: cluster and service; ABAPCloud: the tenant's host */
	int instance;
	const char *comment;
	const char *details; /* in the tunnel's list */
	const char *extra;   /* members as JSON object, or NULL */
	int received, sent;
};

struct backend {
	const char *virtual_host, *virtual_port; /* may be NULL: JSON null */
	const char *internal;
	const char *protocol; /* may be NULL */
	int idle, active;
	int calls[BUCKETS];
	int received, sent;
	int64_t most_recent_ms; /* TIME_MISSING: never used */
	const char *resources;  /* JSON array */
};

struct idp {
	int id;
	const char *name, *description;
	bool enabled;
	struct certificate *certificate;
};

struct subaccount {
	const char *region_host, *id, *location_id, *display_name, *description;
	const char *state;
	int64_t connected_since_ms;
	int connections;
	const char *applications; /* JSON array */
	const char *user;
	struct certificate *certificate; /* or NULL */
	bool auto_renewal, managed;
	struct channel *channels;
	size_t channels_len;
	struct backend *backends;
	size_t backends_len;
	struct idp *idps;
	size_t idps_len;
	const char *top; /* JSON array of requests */
	int64_t since_ms;
};

struct user {
	const char *name, *password, *role;
};

struct logon {
	bool password_changed;
	bool challenge; /* WWW-Authenticate with a 401 */
	enum refusal refusal;
	enum csrf csrf;
	int session_timeout_s;
	int lock_after; /* wrong passwords in a row; 0: never */
	int lock_s;     /* 0: for ever */
	/* with a client certificate */
	bool certificate;
	bool fallback;
	bool alert;            /* refuse with a TLS alert */
	const char *user_oid;  /* name or number of the part of the subject */
	const char *allowlist; /* PEM, or NULL: whatever the client CA vouches for */
	size_t allowlist_len;
};

struct http {
	const char *server; /* NULL: no header */
	bool empty_reason;
	bool chunked;
	bool equals_escaped;
	int gzip_min; /* bodies above this are compressed for who wants it; 0: none */
	int latency_ms;
	const char *prefix;    /* "" or "/scc" */
	const char *link_base; /* NULL: https:// and the Host header */
};

struct answers {
	enum unsupported unsupported;
	enum spelling spelling;
	bool unset_absent; /* members without a value are left out */
	bool monitoring_serial;
	bool usage_by_region; /* regionHost, subaccount, locationID, version */
	bool alerts_array;
	const char *bucket_member;
	int zone_min;
};

struct ha {
	enum role role;
	enum shadow_monitoring monitoring;
	const char *master_state, *shadow_state, *shadow_host, *state_message;
	const char *own_hosts, *master_versions; /* JSON, or NULL */
};

struct trust_store {
	bool offered; /* else 404 */
	bool trust_all;
	const char *option;
	struct certificate **items;
	size_t len;
};

struct replay {
	const char *target; /* path, or path?query */
	const char *accept; /* NULL: any */
	int status;
	const char *content_type;
	const char *body;
	size_t body_len;
	bool empty_reason;
	struct header headers[FAULT_HEADERS_MAX];
	size_t headers_len;
};

struct scenario {
	struct scenario_base base; /* first */
	const char *version;
	int version_parts[VERSION_PARTS];
	const char *description;
	int64_t clock_fixed_ms;  /* TIME_MISSING: the real time … */
	int64_t clock_offset_ms; /* … plus this */
	struct http http;
	struct logon logon;
	struct answers answers;
	struct ha ha;
	struct user *users;
	size_t users_len;
	struct certificate *ui; /* as configured; NULL: the one that is served */
	struct certificate *system, *ca;
	struct trust_store truststore, email;
	struct subaccount *subaccounts;
	size_t subaccounts_len;
	const char *corrupted; /* JSON array */
	const char *alerting;  /* JSON object, or NULL: 404 */
	int validity_days;
	const char **alerts; /* JSON objects in addition to the computed ones */
	size_t alerts_len;
	bool alerts_computed;
	const char *memory, *disk, *cpu; /* JSON objects */
	struct replay *replays;
	size_t replays_len;
};

extern const char *const scenario_keys[];
/* See base/product.h. */
void scenario_load(struct loader *l, const cJSON *root, struct scenario *sc);

/* What time it is for this connector. */
int64_t scenario_now(const struct scenario *sc);
/* True from version a.b.c on. */
bool scenario_since(const struct scenario *sc, int a, int b, int c);
const struct user *scenario_user(const struct scenario *sc, const char *name);
const struct subaccount *scenario_subaccount(const struct scenario *sc, const char *region_host,
					     const char *id);

/* Parts of the file, read elsewhere. */
void subaccounts_load(struct loader *l, const cJSON *root, struct scenario *sc);
void behaviour_load(struct loader *l, const cJSON *root, struct scenario *sc);
void replays_load(struct loader *l, const cJSON *root, struct scenario *sc);
/* A file below the scenario's folder; "" after a failure. */
const char *file_load(struct loader *l, const char *file, size_t *ret_len);

#endif
