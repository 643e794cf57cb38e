/*
 * The Cloud Connector: what its files share beyond the base. A request is matched with the table in
 * route.c, its sender is checked in logon.c, then configuration.c, monitoring.c or alerts.c
 * answers.
 */
#ifndef SIM_CONNECTOR_H
#define SIM_CONNECTOR_H

#include "scenario.h"
#include "sim.h"

#define SEGMENTS_MAX 12

enum host { HOST_CONNECTOR, HOST_CONTROL, HOSTS };

enum endpoint {
	ENDPOINT_UNKNOWN,
	ENDPOINT_LOGIN_PAGE,
	ENDPOINT_PING,
	ENDPOINT_HAS_MASTER_ROLE,
	ENDPOINT_ENSURE_MASTER_ROLE,
	ENDPOINT_VERSION,
	ENDPOINT_CONNECTOR,
	ENDPOINT_HA_ROLE,
	ENDPOINT_HA_MASTER_STATE,
	ENDPOINT_HA_SHADOW_STATE,
	ENDPOINT_ALERTING,
	ENDPOINT_UI_CERTIFICATE,
	ENDPOINT_SYSTEM_CERTIFICATE,
	ENDPOINT_CA_CERTIFICATE,
	ENDPOINT_TRUSTSTORE,
	ENDPOINT_TRUSTSTORE_CERTIFICATES,
	ENDPOINT_TRUSTSTORE_CERTIFICATE,
	ENDPOINT_EMAIL_TRUSTSTORE,
	ENDPOINT_SUBACCOUNTS,
	ENDPOINT_CORRUPTED_SUBACCOUNTS,
	ENDPOINT_SUBACCOUNT,
	ENDPOINT_IDPS,
	ENDPOINT_CHANNELS,
	ENDPOINT_MONITORING_CERTIFICATES,
	ENDPOINT_MONITORING_CERTIFICATES_SELECTION,
	ENDPOINT_MONITORING_SUBACCOUNTS,
	ENDPOINT_CONNECTIONS_BACKENDS,
	ENDPOINT_CONNECTIONS_SERVICE_CHANNELS,
	ENDPOINT_PERFORMANCE_BACKENDS,
	ENDPOINT_TOP_TIME_CONSUMERS,
	ENDPOINT_MEMORY,
	ENDPOINT_DISK,
	ENDPOINT_CPU,
	ENDPOINT_USAGE,
	ENDPOINT_ALERTS,
	ENDPOINTS
};

/* Beyond the faults that every simulator has. */
enum own_fault {
	FAULT_INITIAL_PASSWORD = FAULT_KINDS,
	FAULT_UNDEFINED_ROLE,
	FAULT_CONNECTED_SINCE,
};

enum auth { AUTH_NONE, AUTH_BASIC, AUTH_CERTIFICATE, AUTH_SESSION };

/* Who may read it. */
enum family { FAMILY_OPEN, FAMILY_CONFIGURATION, FAMILY_MONITORING };

enum route_flags {
	ROUTE_MASTER_ONLY = 1, /* the answer of a shadow is a matter of ha.shadow_monitoring */
	ROUTE_ANY_ROLE = 2,    /* also before the HA role is chosen */
	ROUTE_CACHED = 4,      /* max-age instead of no-store */
};

struct route {
	int endpoint;
	enum family family;
	unsigned flags;
	int since[3];
	const char *path; /* decoded segments; '*' is any one, "onPremise" its two spellings */
	void (*answer)(struct request *r, struct reply *reply);
};

struct details {
	const struct route *route; /* NULL: unknown path */
	const char *segments[SEGMENTS_MAX];
	size_t segments_len;
	enum auth auth;   /* how the sender tried to show who it is */
	const char *user; /* the name it gave, or that its session or certificate has */
	bool known;       /* and that was right */
	bool sessionless; /* no session headers with this answer */
	bool in_session;  /* the cookie named a session that lives */
};

/* route.c */
void connector_answer(struct request *r, struct reply *reply);
/* What stands in the place of the n-th '*' of the route's path. */
const char *route_argument(const struct request *r, size_t n);

/* errors.c: {"type":…,"message":…}, starting over; and the page that asks for a password. */
extern const char login_html[];
extern const char master_only[];
void refuse(struct reply *reply, int status, const char *type, const char *message);
void login_page(struct reply *reply);
void refuse_initial_password(struct reply *reply);
void refuse_undefined_role(struct reply *reply);
/* What an error says that has no better text. */
void refuse_status(struct request *r, struct reply *reply, int status);

/* logon.c: false with the refusal in `reply`. */
bool logon_check(struct request *r, struct reply *reply);
bool logon_may_read(const struct request *r, struct reply *reply, enum family family);
/* Cookie and token, or the end of the session. */
void logon_finish(struct request *r, struct reply *reply);

/* logon_certificate.c: the user of the client certificate; NULL when it is not to be trusted. */
const char *logon_certificate_user(struct request *r);

/* state.c */
struct state *state_new(void);
bool state_start(struct sim *sim, const struct tls_files *tls, char ret_error[ERROR_SIZE]);
void state_free(struct state *state);
bool state_set_role(struct state *state, const char *name); /* "": the scenario's */
enum role state_role(const struct request *r);
/* The UI certificate as it is configured. */
const struct certificate *state_ui_certificate(const struct request *r);
void state_describe(const struct request *r, struct text *t);

#define SESSION_ID_SIZE 33
/* The user of a session that lives, copied into the arena; NULL otherwise. "" is nobody. */
const char *session_find(struct request *r, const char *id, char ret_token[SESSION_ID_SIZE]);
void session_new(struct request *r, const char *user, char ret_id[SESSION_ID_SIZE],
		 char ret_token[SESSION_ID_SIZE]);
void session_end(struct state *state, const char *id);
void sessions_end(struct state *state);

/* Accounts that had too many wrong passwords. */
bool account_locked(struct request *r, const char *user);
void account_failed(struct request *r, const char *user);
void account_passed(struct request *r, const char *user);
void accounts_unlock(struct state *state);

/* replay.c: true when a recording answered. */
bool replay_answer(struct request *r, struct reply *reply);

/* finish.c */
void finish(struct request *r, struct reply *reply, const struct fault *fault);

/* spoil_own.c */
void spoil_own(struct request *r, struct reply *reply, const struct fault *fault);

/* control_calls.c */
extern const struct control_call connector_calls[];

/* configuration.c */
void ping(struct request *r, struct reply *reply);
void has_master_role(struct request *r, struct reply *reply);
void connector_version(struct request *r, struct reply *reply);
void connector(struct request *r, struct reply *reply);
void ha_role(struct request *r, struct reply *reply);
void ha_master_state(struct request *r, struct reply *reply);
void ha_shadow_state(struct request *r, struct reply *reply);
void alerting(struct request *r, struct reply *reply);
void ui_certificate(struct request *r, struct reply *reply);
void system_certificate(struct request *r, struct reply *reply);
void ca_certificate(struct request *r, struct reply *reply);
void truststore(struct request *r, struct reply *reply);
void truststore_certificates(struct request *r, struct reply *reply);
void email_truststore(struct request *r, struct reply *reply);

/* subaccount.c */
void subaccounts(struct request *r, struct reply *reply);
void corrupted_subaccounts(struct request *r, struct reply *reply);
void subaccount(struct request *r, struct reply *reply);
void idps(struct request *r, struct reply *reply);
void channels(struct request *r, struct reply *reply);

/* monitoring.c */
void monitoring_certificates(struct request *r, struct reply *reply);
void monitoring_selection(struct request *r, struct reply *reply);
void monitoring_subaccounts(struct request *r, struct reply *reply);
void connections_backends(struct request *r, struct reply *reply);
void connections_channels(struct request *r, struct reply *reply);
void performance_backends(struct request *r, struct reply *reply);
void top_time_consumers(struct request *r, struct reply *reply);
void memory(struct request *r, struct reply *reply);
void disk(struct request *r, struct reply *reply);
void cpu(struct request *r, struct reply *reply);
void usage(struct request *r, struct reply *reply);

/* alerts.c */
void alerts(struct request *r, struct reply *reply);

/* tunnel.c: "tunnel":{…} of both API families, and the state as this instance shows it. */
void tunnel_add(struct request *r, struct text *t, const struct subaccount *s, bool monitoring);
/* "regionHost":…,"subaccount":…,"locationID":… */
void subaccount_add_identity(const struct request *r, struct text *t, const struct subaccount *s);

#endif
