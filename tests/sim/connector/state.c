/*
 * What lives longer than a scenario: the role that was given at the control port, the certificate
 * that is served, sessions, and accounts with wrong passwords. One lock for all of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connector.h"
#include "json.h"
#include "server.h"

#define SESSIONS_MAX 4096 /* then the oldest one goes */
#define ACCOUNTS_MAX 64
#define USER_SIZE    128
#define FOR_EVER     INT64_MAX

struct session {
	char id[SESSION_ID_SIZE]; /* "": free */
	char token[SESSION_ID_SIZE];
	char user[USER_SIZE];
	int64_t used_ms;
};

struct account {
	char user[USER_SIZE];
	int failures;
	int64_t locked_until_ms;
};

struct state {
	pthread_mutex_t lock;
	int role; /* -1: the scenario's */
	struct arena arena;
	struct certificate *served;
	struct session *sessions;
	struct account accounts[ACCOUNTS_MAX];
	size_t accounts_len;
};

struct state *state_new(void)
{
	struct state *state = calloc(1, sizeof *state);

	if (state == NULL)
		return NULL;
	state->sessions = calloc(SESSIONS_MAX, sizeof *state->sessions);
	if (state->sessions == NULL || pthread_mutex_init(&state->lock, NULL) != 0) {
		free(state->sessions);
		free(state);
		return NULL;
	}
	state->role = -1;
	return state;
}

bool state_start(struct sim *sim, const struct tls_files *tls, char ret_error[ERROR_SIZE])
{
	struct state *state = sim->state;

	state->served =
		certificate_from_pem(&state->arena, tls->certificate.data, tls->certificate.len);
	if (state->served == NULL)
		(void)snprintf(ret_error, ERROR_SIZE, "--tls-cert holds no certificate");
	return state->served != NULL;
}

void state_free(struct state *state)
{
	if (state == NULL)
		return;
	pthread_mutex_destroy(&state->lock);
	arena_release(&state->arena);
	free(state->sessions);
	free(state);
}

bool state_set_role(struct state *state, const char *name)
{
	int role = -1;

	for (int i = 0; role_names[i] != NULL; i++) {
		if (strcmp(role_names[i], name) == 0)
			role = i;
	}
	if (role < 0 && name[0] != '\0')
		return false;
	pthread_mutex_lock(&state->lock);
	state->role = role;
	pthread_mutex_unlock(&state->lock);
	return true;
}

enum role state_role(const struct request *r)
{
	struct state *state = r->sim->state;
	int role;

	pthread_mutex_lock(&state->lock);
	role = state->role;
	pthread_mutex_unlock(&state->lock);
	return role >= 0 ? (enum role)role : r->sc->ha.role;
}

const struct certificate *state_ui_certificate(const struct request *r)
{
	return r->sc->ui != NULL ? r->sc->ui : r->sim->state->served;
}

/* Under the lock. */
static struct session *find_session(struct state *state, const char *id)
{
	for (size_t i = 0; i < SESSIONS_MAX && id[0] != '\0'; i++) {
		if (strcmp(state->sessions[i].id, id) == 0)
			return &state->sessions[i];
	}
	return NULL;
}

const char *session_find(struct request *r, const char *id, char ret_token[SESSION_ID_SIZE])
{
	struct state *state = r->sim->state;
	int64_t timeout_ms = (int64_t)r->sc->logon.session_timeout_s * 1000;
	const char *user = NULL;
	struct session *s;

	pthread_mutex_lock(&state->lock);
	s = find_session(state, id);
	if (s != NULL && now_ms() - s->used_ms >= timeout_ms) {
		s->id[0] = '\0';
		s = NULL;
	}
	if (s != NULL) {
		s->used_ms = now_ms();
		memcpy(ret_token, s->token, SESSION_ID_SIZE);
		user = arena_strdup(&r->arena, s->user);
	}
	pthread_mutex_unlock(&state->lock);
	return user;
}

/* A free place, or that of the session that was not used for longest. Under the lock. */
static struct session *place(struct state *state)
{
	struct session *oldest = &state->sessions[0];

	for (size_t i = 0; i < SESSIONS_MAX; i++) {
		struct session *s = &state->sessions[i];

		if (s->id[0] == '\0')
			return s;
		if (s->used_ms < oldest->used_ms)
			oldest = s;
	}
	return oldest;
}

void session_new(struct request *r, const char *user, char ret_id[SESSION_ID_SIZE],
		 char ret_token[SESSION_ID_SIZE])
{
	struct state *state = r->sim->state;
	struct session *s;

	pthread_mutex_lock(&state->lock);
	s = place(state);
	random_hex(s->id, 16);
	for (char *p = s->id; *p != '\0'; p++)
		*p = *p >= 'a' ? (char)(*p - 'a' + 'A') : *p;
	random_hex(s->token, 16);
	(void)snprintf(s->user, sizeof s->user, "%s", user);
	s->used_ms = now_ms();
	memcpy(ret_id, s->id, SESSION_ID_SIZE);
	memcpy(ret_token, s->token, SESSION_ID_SIZE);
	pthread_mutex_unlock(&state->lock);
}

void session_end(struct state *state, const char *id)
{
	struct session *s;

	pthread_mutex_lock(&state->lock);
	s = find_session(state, id);
	if (s != NULL)
		s->id[0] = '\0';
	pthread_mutex_unlock(&state->lock);
}

void sessions_end(struct state *state)
{
	pthread_mutex_lock(&state->lock);
	memset(state->sessions, 0, SESSIONS_MAX * sizeof *state->sessions);
	pthread_mutex_unlock(&state->lock);
}

/* Under the lock; NULL when there is none, or no room for it. */
static struct account *find_account(struct state *state, const char *user, bool add)
{
	struct account *account;

	for (size_t i = 0; i < state->accounts_len; i++) {
		if (strcmp(state->accounts[i].user, user) == 0)
			return &state->accounts[i];
	}
	if (!add || state->accounts_len == ACCOUNTS_MAX || strlen(user) >= USER_SIZE)
		return NULL;
	account = &state->accounts[state->accounts_len++];
	*account = (struct account){ 0 };
	(void)snprintf(account->user, sizeof account->user, "%s", user);
	return account;
}

bool account_locked(struct request *r, const char *user)
{
	struct state *state = r->sim->state;
	struct account *account;
	bool locked = false;

	pthread_mutex_lock(&state->lock);
	account = find_account(state, user, false);
	if (account != NULL && account->locked_until_ms != 0) {
		locked = now_ms() < account->locked_until_ms;
		if (!locked) {
			account->failures = 0;
			account->locked_until_ms = 0;
		}
	}
	pthread_mutex_unlock(&state->lock);
	return locked;
}

void account_failed(struct request *r, const char *user)
{
	const struct logon *logon = &r->sc->logon;
	struct state *state = r->sim->state;
	struct account *account;

	pthread_mutex_lock(&state->lock);
	account = find_account(state, user, true);
	if (account != NULL) {
		account->failures++;
		if (logon->lock_after > 0 && account->failures >= logon->lock_after)
			account->locked_until_ms =
				logon->lock_s > 0 ? now_ms() + (int64_t)logon->lock_s * 1000
						  : FOR_EVER;
	}
	pthread_mutex_unlock(&state->lock);
}

void account_passed(struct request *r, const char *user)
{
	struct state *state = r->sim->state;
	struct account *account;

	pthread_mutex_lock(&state->lock);
	account = find_account(state, user, false);
	if (account != NULL)
		account->failures = 0;
	pthread_mutex_unlock(&state->lock);
}

void accounts_unlock(struct state *state)
{
	pthread_mutex_lock(&state->lock);
	state->accounts_len = 0;
	pthread_mutex_unlock(&state->lock);
}

void state_describe(const struct request *r, struct text *t)
{
	struct state *state = r->sim->state;
	int sessions = 0;

	text_adds(t, "{");
	json_string(t, "role", role_names[state_role(r)]);
	json_string(t, "version", r->sc->version);
	json_number(t, "now_ms", scenario_now(r->sc));
	pthread_mutex_lock(&state->lock);
	for (size_t i = 0; i < SESSIONS_MAX; i++)
		sessions += state->sessions[i].id[0] != '\0' ? 1 : 0;
	json_number(t, "sessions", sessions);
	json_raw(t, "accounts", "[");
	for (size_t i = 0; i < state->accounts_len; i++) {
		json_item(t);
		text_adds(t, "{");
		json_string(t, "user", state->accounts[i].user);
		json_number(t, "failures", state->accounts[i].failures);
		json_bool(t, "locked", now_ms() < state->accounts[i].locked_until_ms);
		text_adds(t, "}");
	}
	pthread_mutex_unlock(&state->lock);
	text_adds(t, "]}\n");
}
