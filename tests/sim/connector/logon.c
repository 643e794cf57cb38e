/*
 * Who may ask: basic authentication, client certificates, sessions with their token, roles, and
 * accounts that are locked. Follows docs/reference/cloud-connector.md 3; where it says unknown,
 * README.md says what is played.
 */
#include <string.h>
#include <strings.h>

#include "connector.h"

static const char cookie_name[] = "JSESSIONID=";

struct role_rights {
	const char *role;
	bool monitoring;
};

/* 3.2: everybody here may read the configuration. */
static const struct role_rights rights[] = {
	{ "admin", true },          { "sccadmin", true },     { "sccmonitoring", true },
	{ "sccassocadmin", false }, { "sccsubadmin", false }, { "sccsupport", false },
	{ "sccdisplay", false },
};

static bool closes(const struct request *r)
{
	const char *connection = request_header(r, "Connection");

	return connection != NULL && strcasecmp(connection, "close") == 0;
}

/* The value of the session cookie, or NULL. */
static const char *cookie(struct request *r)
{
	const char *header = request_header(r, "Cookie");
	const char *value = header != NULL ? strstr(header, cookie_name) : NULL;

	if (value == NULL)
		return NULL;
	value += strlen(cookie_name);
	return arena_copy(&r->arena, value, strcspn(value, "; "));
}

static void unauthorized(struct request *r, struct reply *reply)
{
	switch (r->sc->logon.refusal) {
	case REFUSAL_EMPTY:
		reply_text(reply, 401, "");
		reply->content_type = NULL;
		break;
	case REFUSAL_JSON:
		refuse_status(r, reply, 401);
		break;
	case REFUSAL_HTML:
		reply_text(reply, 401,
			   "<!doctype html><html lang=\"en\"><head><title>HTTP Status 401 – "
			   "Unauthorized</title></head><body><h1>HTTP Status 401 – "
			   "Unauthorized</h1></body></html>");
		reply->content_type = "text/html;charset=utf-8";
		break;
	}
	if (r->sc->logon.challenge)
		reply_header(r, reply, "WWW-Authenticate", "Basic realm=\"Cloud Connector\"");
}

/* Name and password out of the header; false when it is not for basic authentication. */
static bool read_basic(struct request *r, const char **ret_user, const char **ret_password)
{
	const char *header = request_header(r, "Authorization");
	struct text plain = { 0 };
	const char *colon;
	bool ok = false;

	if (header == NULL || strncasecmp(header, "Basic ", 6) != 0)
		return false;
	if (text_add_base64_decoded(&plain, header + 6, strlen(header + 6)) && plain.len > 0 &&
	    (colon = strchr(plain.data, ':')) != NULL) {
		*ret_user = arena_copy(&r->arena, plain.data, (size_t)(colon - plain.data));
		*ret_password = arena_strdup(&r->arena, colon + 1);
		ok = !r->arena.failed;
	}
	text_release(&plain);
	return ok;
}

static bool check_basic(struct request *r, struct reply *reply)
{
	struct details *d = r->details;
	const struct user *user;
	const char *name = NULL, *password = NULL;

	d->auth = AUTH_BASIC;
	if (!read_basic(r, &name, &password)) {
		unauthorized(r, reply);
		return false;
	}
	d->user = name;
	user = scenario_user(r->sc, name);
	if (account_locked(r, name)) {
		unauthorized(r, reply);
		return false;
	}
	if (user == NULL || user->password == NULL || strcmp(user->password, password) != 0) {
		account_failed(r, name);
		unauthorized(r, reply);
		return false;
	}
	account_passed(r, name);
	d->known = true;
	return true;
}

static bool check_certificate(struct request *r, struct reply *reply)
{
	struct details *d = r->details;
	const char *name = logon_certificate_user(r);

	d->auth = AUTH_CERTIFICATE;
	d->user = name;
	if (name != NULL && scenario_user(r->sc, name) != NULL) {
		d->known = true;
		return true;
	}
	r->alert = r->sc->logon.alert && name == NULL;
	unauthorized(r, reply);
	return false;
}

/* A cookie without credentials. */
static bool check_session(struct request *r, struct reply *reply, const char *id)
{
	struct details *d = r->details;
	const char *sent = request_header(r, "X-CSRF-Token");
	char token[SESSION_ID_SIZE] = "";
	const char *user = session_find(r, id, token);

	d->auth = AUTH_SESSION;
	if (user == NULL || user[0] == '\0' || scenario_user(r->sc, user) == NULL) {
		login_page(reply);
		return false;
	}
	d->user = user;
	if (r->sc->logon.csrf != CSRF_IGNORED && (sent == NULL || strcmp(sent, token) != 0)) {
		if (r->sc->logon.csrf == CSRF_LOGIN)
			login_page(reply);
		else
			refuse(reply, 403, "FORBIDDEN_REQUEST", "CSRF token missing or invalid");
		return false;
	}
	d->known = true;
	return true;
}

bool logon_check(struct request *r, struct reply *reply)
{
	const struct logon *logon = &r->sc->logon;
	const char *id = cookie(r);
	bool basic = request_header(r, "Authorization") != NULL;
	char token[SESSION_ID_SIZE];

	r->details->in_session = id != NULL && session_find(r, id, token) != NULL;
	if (logon->certificate && r->peer.chain_len > 0)
		return check_certificate(r, reply);
	if (logon->certificate && !logon->fallback && (basic || id == NULL)) {
		r->alert = logon->alert;
		r->details->auth = basic ? AUTH_BASIC : AUTH_NONE;
		unauthorized(r, reply);
		return false;
	}
	if (basic)
		return check_basic(r, reply);
	if (id != NULL)
		return check_session(r, reply, id);
	unauthorized(r, reply);
	return false;
}

bool logon_may_read(const struct request *r, struct reply *reply, enum family family)
{
	const struct user *user = scenario_user(r->sc, r->details->user);

	if (!r->sc->logon.password_changed) {
		refuse_initial_password(reply);
		return false;
	}
	for (size_t i = 0; user != NULL && i < sizeof rights / sizeof *rights; i++) {
		if (strcmp(rights[i].role, user->role) == 0 &&
		    (rights[i].monitoring || family != FAMILY_MONITORING))
			return true;
	}
	refuse(reply, 403, "FORBIDDEN_REQUEST", "user is not authorized to perform this operation");
	return false;
}

void logon_finish(struct request *r, struct reply *reply)
{
	const struct details *d = r->details;
	char id[SESSION_ID_SIZE], token[SESSION_ID_SIZE];
	const char *sent = cookie(r);
	struct text value = { 0 };

	if (closes(r) && sent != NULL)
		session_end(r->sim->state, sent);
	if (closes(r) || d->sessionless || (sent != NULL && (d->in_session || !d->known)))
		return;
	session_new(r, d->known ? d->user : "", id, token);
	text_addf(&value, "%s%s; Path=/; Secure; HttpOnly", cookie_name, id);
	if (!value.failed)
		reply_header(r, reply, "Set-Cookie", value.data);
	reply_header(r, reply, "X-CSRF-Token", token);
	text_release(&value);
}
