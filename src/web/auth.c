/* Basic authentication: the header, the cache of results, the thread that compares. */
#include "web/auth.h"

#include <crypt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "base/text.h"

#define CREDENTIALS_MAX 4096 /* user and password, decoded; the header is bounded by its pool */

/* Salt of the comparison for unknown users; the cost is that of the first user. */
#define DUMMY_SALT "QOauhQNbBCuQDKes6eFzPe"

struct result {
	uint8_t key[AUTH_KEY_SIZE];
	bool granted;
	uint64_t used; /* grows with every use: the smallest goes first */
};

struct job {
	struct job *next;
	struct auth_attempt attempt;
	struct auth_waiter *waiters;
};

struct auth {
	pthread_mutex_t lock; /* never held during a comparison */
	pthread_cond_t wake;
	uint8_t secret[AUTH_KEY_SIZE];
	struct result results[AUTH_CACHE_MAX];
	size_t result_count;
	uint64_t uses;
	struct job *first; /* in the order they came; the one being compared stays in front */
	size_t job_count;
	bool stopping;
	bool joined;
	pthread_t thread;
};

/* -- the cache --------------------------------------------------------------- */

/* The lock is held. */
static struct result *find_result(struct auth *auth, const uint8_t *key)
{
	for (size_t i = 0; i < auth->result_count; i++) {
		if (memcmp(auth->results[i].key, key, AUTH_KEY_SIZE) == 0)
			return &auth->results[i];
	}
	return NULL;
}

/* A free place; if there is none, that of the denial that was unused for longest, and of a grant
 * only if there is no denial: guessing never evicts a user who knows the password. The lock is
 * held. */
static struct result *free_result(struct auth *auth)
{
	struct result *oldest = &auth->results[0];

	if (auth->result_count < AUTH_CACHE_MAX)
		return &auth->results[auth->result_count++];
	for (size_t i = 1; i < AUTH_CACHE_MAX; i++) {
		struct result *result = &auth->results[i];
		if (result->granted != oldest->granted ? oldest->granted
						       : result->used < oldest->used)
			oldest = result;
	}
	return oldest;
}

static void remember(struct auth *auth, const uint8_t *key, bool granted)
{
	struct result *result = find_result(auth, key);

	if (result == NULL)
		result = free_result(auth);
	memcpy(result->key, key, AUTH_KEY_SIZE);
	result->granted = granted;
	result->used = ++auth->uses;
}

/* -- comparing --------------------------------------------------------------- */

static enum auth_verdict compare(const struct auth_attempt *attempt)
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	bool equal = false;

	if (data == NULL)
		return AUTH_BUSY;
	/* crypt(3) stops at a NUL: it would compare a shorter password */
	bool whole = strlen(attempt->password.data) == attempt->password.len;
	const char *made = crypt_r(attempt->password.data, attempt->hash, data);
	size_t len = strlen(attempt->hash);
	if (made != NULL && made[0] != '*' && strlen(made) == len)
		equal = CRYPTO_memcmp(made, attempt->hash, len) == 0;
	OPENSSL_cleanse(data, sizeof(*data));
	free(data);
	return equal && whole && attempt->known_user ? AUTH_GRANTED : AUTH_DENIED;
}

static void attempt_release(struct auth_attempt *attempt)
{
	secret_release(&attempt->password);
	OPENSSL_cleanse(attempt, sizeof(*attempt));
}

static void finish(struct job *job, enum auth_verdict verdict)
{
	struct auth_waiter *waiters = job->waiters;

	while (waiters != NULL) {
		struct auth_waiter *waiter = waiters;
		waiters = waiter->next; /* a waiter may be gone once it is done */
		waiter->done(waiter, verdict);
	}
	attempt_release(&job->attempt);
	free(job);
}

static void *run(void *user)
{
	struct auth *auth = user;

	(void)pthread_mutex_lock(&auth->lock);
	while (!auth->stopping) {
		struct job *job = auth->first;
		if (job == NULL) {
			(void)pthread_cond_wait(&auth->wake, &auth->lock);
			continue;
		}
		(void)pthread_mutex_unlock(&auth->lock);
		enum auth_verdict verdict = compare(&job->attempt);
		(void)pthread_mutex_lock(&auth->lock);
		if (verdict != AUTH_BUSY)
			remember(auth, job->attempt.key, verdict == AUTH_GRANTED);
		auth->first = job->next;
		auth->job_count--;
		(void)pthread_mutex_unlock(&auth->lock);
		finish(job, verdict);
		(void)pthread_mutex_lock(&auth->lock);
	}
	(void)pthread_mutex_unlock(&auth->lock);
	return NULL;
}

struct auth *auth_new(void)
{
	struct auth *auth = calloc(1, sizeof(*auth));

	if (auth == NULL)
		return NULL;
	(void)pthread_mutex_init(&auth->lock, NULL);
	(void)pthread_cond_init(&auth->wake, NULL);
	if (RAND_bytes(auth->secret, sizeof(auth->secret)) == 1 &&
	    pthread_create(&auth->thread, NULL, run, auth) == 0)
		return auth;
	(void)pthread_cond_destroy(&auth->wake);
	(void)pthread_mutex_destroy(&auth->lock);
	free(auth);
	return NULL;
}

void auth_stop(struct auth *auth)
{
	(void)pthread_mutex_lock(&auth->lock);
	auth->stopping = true;
	(void)pthread_cond_signal(&auth->wake);
	(void)pthread_mutex_unlock(&auth->lock);
	if (!auth->joined)
		(void)pthread_join(auth->thread, NULL);
	auth->joined = true;
	while (auth->first != NULL) {
		struct job *job = auth->first;
		auth->first = job->next;
		finish(job, AUTH_BUSY);
	}
	auth->job_count = 0;
}

void auth_free(struct auth *auth)
{
	if (auth == NULL)
		return;
	auth_stop(auth);
	(void)pthread_cond_destroy(&auth->wake);
	(void)pthread_mutex_destroy(&auth->lock);
	OPENSSL_cleanse(auth, sizeof(*auth));
	free(auth);
}

/* -- the header -------------------------------------------------------------- */

/* Splits `Basic base64(user:password)`; the buffer holds both, with a NUL between them. */
static bool decode(const char *authorization, struct buf *buf, size_t *ret_user_len)
{
	const char *scheme = "Basic ";

	if (authorization == NULL || strncasecmp(authorization, scheme, strlen(scheme)) != 0)
		return false;
	const char *encoded = authorization + strlen(scheme);
	if (text_base64_decode(buf, encoded, strlen(encoded)) != STATUS_OK || buf->len == 0)
		return false;
	char *colon = memchr(buf->data, ':', buf->len);
	if (colon == NULL)
		return false;
	*colon = '\0';
	*ret_user_len = (size_t)(colon - buf->data);
	return true;
}

static const struct web_user *find_user(const struct web_config *config, const char *name,
					size_t len)
{
	for (size_t i = 0; i < config->user_count; i++) {
		if (strlen(config->users[i].name) == len &&
		    memcmp(config->users[i].name, name, len) == 0)
			return &config->users[i];
	}
	return NULL;
}

/* The digest of user, hash and password. Each is preceded by its length, so that no two
 * combinations have the same bytes. */
static bool make_key(const struct auth *auth, const char *user, size_t user_len, const char *hash,
		     const char *password, size_t password_len, uint8_t *ret_key)
{
	struct buf text;
	unsigned len = AUTH_KEY_SIZE;

	buf_init(&text, CREDENTIALS_MAX + AUTH_HASH_SIZE + 64);
	buf_printf(&text, "%zu:%zu:%zu:", user_len, strlen(hash), password_len);
	buf_append_secret(&text, user, user_len);
	buf_append_secret(&text, hash, strlen(hash));
	buf_append_secret(&text, password, password_len);
	bool made = buf_status(&text) == STATUS_OK &&
		    HMAC(EVP_sha256(), auth->secret, AUTH_KEY_SIZE,
			 (const unsigned char *)text.data, text.len, ret_key, &len) != NULL;
	buf_wipe_release(&text);
	return made;
}

/* The hash that the password is compared with. For an unknown user it is one that takes as long to
 * compute as that of a known user, and that no password has. */
static bool choose_hash(const struct web_config *config, const struct web_user *user,
			char ret_hash[AUTH_HASH_SIZE])
{
	const char *first = config->users[0].bcrypt_hash;
	int n;

	if (user != NULL)
		n = snprintf(ret_hash, AUTH_HASH_SIZE, "%s", user->bcrypt_hash);
	else /* "$2b$10$" of the first hash; nothing can equal a setting without a digest */
		n = snprintf(ret_hash, AUTH_HASH_SIZE, "%.7s" DUMMY_SALT, first);
	return n > 0 && n < AUTH_HASH_SIZE;
}

enum auth_verdict auth_check(struct auth *auth, const struct web_config *config,
			     const char *authorization, struct auth_attempt *ret_attempt)
{
	enum auth_verdict verdict = AUTH_DENIED;
	struct auth_attempt attempt = { .known_user = false };
	const struct web_user *user;
	const char *password;
	struct result *result;
	size_t password_len;
	size_t user_len = 0;
	struct buf text;

	if (config->user_count == 0)
		return AUTH_GRANTED;
	buf_init(&text, CREDENTIALS_MAX);
	if (!decode(authorization, &text, &user_len))
		goto out;
	user = find_user(config, text.data, user_len);
	password = text.data + user_len + 1;
	password_len = text.len - user_len - 1;
	attempt.known_user = user != NULL;
	if (!choose_hash(config, user, attempt.hash) ||
	    !make_key(auth, text.data, user_len, attempt.hash, password, password_len, attempt.key))
		goto out;
	(void)pthread_mutex_lock(&auth->lock);
	result = find_result(auth, attempt.key);
	if (result != NULL) {
		result->used = ++auth->uses;
		verdict = result->granted ? AUTH_GRANTED : AUTH_DENIED;
	} else {
		verdict = AUTH_PENDING;
	}
	(void)pthread_mutex_unlock(&auth->lock);
	if (verdict != AUTH_PENDING)
		goto out;
	if (secret_set(&attempt.password, password, password_len) != STATUS_OK) {
		verdict = AUTH_BUSY;
		goto out;
	}
	*ret_attempt = attempt;
	memset(&attempt, 0, sizeof(attempt)); /* handed over */
out:
	attempt_release(&attempt);
	buf_wipe_release(&text);
	return verdict;
}

/* The job that makes the same comparison, or a new one at the end. NULL when the queue is full. The
 * lock is held. */
static struct job *join_or_add(struct auth *auth, struct auth_attempt *attempt)
{
	struct job **link = &auth->first;

	for (; *link != NULL; link = &(*link)->next) {
		if (memcmp((*link)->attempt.key, attempt->key, AUTH_KEY_SIZE) == 0)
			return *link;
	}
	struct job *job = auth->job_count < AUTH_QUEUE_MAX ? calloc(1, sizeof(*job)) : NULL;
	if (job == NULL)
		return NULL;
	job->attempt = *attempt;
	memset(attempt, 0, sizeof(*attempt)); /* handed over */
	*link = job;
	auth->job_count++;
	(void)pthread_cond_signal(&auth->wake);
	return job;
}

void auth_submit(struct auth *auth, struct auth_attempt *attempt, struct auth_waiter *waiter)
{
	enum auth_verdict verdict = AUTH_PENDING;

	(void)pthread_mutex_lock(&auth->lock);
	const struct result *result = find_result(auth, attempt->key);
	if (auth->stopping) {
		verdict = AUTH_BUSY;
	} else if (result != NULL) { /* made between auth_check() and now */
		verdict = result->granted ? AUTH_GRANTED : AUTH_DENIED;
	} else {
		struct job *job = join_or_add(auth, attempt);
		if (job == NULL) {
			verdict = AUTH_BUSY;
		} else {
			waiter->next = job->waiters;
			job->waiters = waiter;
		}
	}
	(void)pthread_mutex_unlock(&auth->lock);
	attempt_release(attempt);
	if (verdict != AUTH_PENDING)
		waiter->done(waiter, verdict);
}
