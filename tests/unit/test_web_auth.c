/* Basic authentication: the judge alone, and in the server, where a login storm must not hold up
 * who has logged in already. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <crypt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/clock.h"
#include "web/auth.h"
#include "web_fixture.h"

#define SLOW_COST 10 /* some 50 ms a comparison */

/* A bcrypt hash in static storage of four slots. */
static const char *hash_of(const char *password, unsigned cost)
{
	static struct crypt_data data[4];
	static unsigned slot;
	struct crypt_data *d = &data[slot++ % 4];
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];

	assert_non_null(
		crypt_gensalt_rn("$2b$", cost, "0123456789abcdef", 16, setting, sizeof(setting)));
	const char *hash = crypt_r(password, setting, d);
	assert_true(hash != NULL && hash[0] == '$');
	return hash;
}

static const char *basic(const char *user_password, size_t len)
{
	static char header[4][512];
	static unsigned slot;
	char *text = header[slot++ % 4];

	(void)snprintf(text, sizeof(header[0]), "Basic ");
	(void)EVP_EncodeBlock((unsigned char *)text + 6, (const unsigned char *)user_password,
			      (int)len);
	return text;
}

#define BASIC(text) basic((text), strlen(text))

/* -- the judge alone ----------------------------------------------------------------------------
 */

struct waiting {
	struct auth_waiter waiter; /* first */
	atomic_int verdict;        /* -1: none yet */
};

static void on_done(struct auth_waiter *waiter, enum auth_verdict verdict)
{
	atomic_store(&((struct waiting *)(void *)waiter)->verdict, (int)verdict);
}

static enum auth_verdict await(struct waiting *waiting)
{
	for (int i = 0; i < 200 * FIXTURE_PATIENCE_S && atomic_load(&waiting->verdict) < 0; i++)
		(void)usleep(5000);
	return (enum auth_verdict)atomic_load(&waiting->verdict);
}

/* The verdict after a comparison; fails unless there was one. */
static enum auth_verdict compare(struct auth *auth, const struct web_config *config,
				 const char *header)
{
	struct auth_attempt attempt;
	struct waiting waiting = { .waiter.done = on_done };

	atomic_init(&waiting.verdict, -1);
	assert_int_equal(auth_check(auth, config, header, &attempt), AUTH_PENDING);
	auth_submit(auth, &attempt, &waiting.waiter);
	return await(&waiting);
}

/* The verdict without one. */
static enum auth_verdict recall(struct auth *auth, const struct web_config *config,
				const char *header)
{
	struct auth_attempt attempt = { .known_user = false };
	enum auth_verdict verdict = auth_check(auth, config, header, &attempt);

	secret_release(&attempt.password);
	return verdict;
}

static void test_judge(void **state)
{
	struct auth *auth = auth_new();
	char *alice = strdup(hash_of("s3cret:with:colons", 4));
	char *bob = strdup(hash_of("abc", 4));
	char name_alice[] = "alice";
	char name_bob[] = "bob";
	struct web_user users[] = { { name_alice, alice }, { name_bob, bob } };
	struct web_config config = { .users = users, .user_count = 2 };
	struct web_config nobody = { .user_count = 0 };
	static const char *const malformed[] = {
		NULL, "", "Basic", "Basic ", "Basic !!!", "Bearer abc", "Basic YWxpY2U=", "basic",
	};

	(void)state;
	assert_int_equal(recall(auth, &nobody, NULL), AUTH_GRANTED);
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
		assert_int_equal(recall(auth, &config, malformed[i]), AUTH_DENIED);

	assert_int_equal(compare(auth, &config, BASIC("alice:s3cret:with:colons")), AUTH_GRANTED);
	assert_int_equal(recall(auth, &config, BASIC("alice:s3cret:with:colons")), AUTH_GRANTED);
	assert_int_equal(compare(auth, &config, BASIC("alice:wrong")), AUTH_DENIED);
	assert_int_equal(recall(auth, &config, BASIC("alice:wrong")), AUTH_DENIED);
	assert_int_equal(compare(auth, &config, BASIC("alice:")), AUTH_DENIED);
	assert_int_equal(compare(auth, &config, BASIC(":")), AUTH_DENIED);
	assert_int_equal(compare(auth, &config, BASIC("Alice:s3cret:with:colons")), AUTH_DENIED);
	assert_int_equal(compare(auth, &config, BASIC("mallory:abc")), AUTH_DENIED);
	assert_int_equal(compare(auth, &config, BASIC("bob:abc")), AUTH_GRANTED);
	/* crypt(3) ends at a NUL: that must not make it the same password */
	assert_int_equal(compare(auth, &config, basic("bob:abc\0x", 9)), AUTH_DENIED);

	/* a new hash for the same user: what was known does not count */
	users[1].bcrypt_hash = alice;
	assert_int_equal(compare(auth, &config, BASIC("bob:abc")), AUTH_DENIED);
	free(alice);
	free(bob);
	auth_free(auth);
	auth_free(NULL);
}

static void test_guessing_evicts_nobody(void **state)
{
	struct auth *auth = auth_new();
	char *hash = strdup(hash_of("right", 4));
	char name[] = "alice";
	struct web_user user = { name, hash };
	struct web_config config = { .users = &user, .user_count = 1 };
	char guess[64];

	(void)state;
	assert_int_equal(compare(auth, &config, BASIC("alice:right")), AUTH_GRANTED);
	for (int i = 0; i < 3 * AUTH_CACHE_MAX; i++) {
		(void)snprintf(guess, sizeof(guess), "alice:%d", i);
		assert_int_equal(compare(auth, &config, BASIC(guess)), AUTH_DENIED);
	}
	assert_int_equal(recall(auth, &config, BASIC("alice:right")), AUTH_GRANTED);
	assert_int_equal(recall(auth, &config, BASIC(guess)), AUTH_DENIED);
	assert_int_equal(recall(auth, &config, BASIC("alice:0")), AUTH_PENDING);
	free(hash);
	auth_free(auth);
}

#define STORM (AUTH_QUEUE_MAX + 40)

/* One that keeps the thread of the comparisons with it until `open`. */
struct gate {
	struct auth_waiter waiter; /* first */
	atomic_bool reached, open;
};

static void on_gate(struct auth_waiter *waiter, enum auth_verdict verdict)
{
	struct gate *gate = (struct gate *)(void *)waiter;

	(void)verdict;
	atomic_store(&gate->reached, true);
	while (!atomic_load(&gate->open))
		(void)usleep(1000);
}

static void close_gate(struct gate *gate, struct auth *auth, const struct web_config *config)
{
	struct auth_attempt attempt;

	memset(gate, 0, sizeof(*gate));
	gate->waiter.done = on_gate;
	assert_int_equal(auth_check(auth, config, BASIC("alice:gate"), &attempt), AUTH_PENDING);
	auth_submit(auth, &attempt, &gate->waiter);
	for (int i = 0; i < 1000 * FIXTURE_PATIENCE_S && !atomic_load(&gate->reached); i++)
		(void)usleep(1000);
	assert_true(atomic_load(&gate->reached));
}

static void test_queue(void **state)
{
	struct auth *auth = auth_new();
	char *hash = strdup(hash_of("right", SLOW_COST));
	char name[] = "alice";
	struct web_user user = { name, hash };
	struct web_config config = { .users = &user, .user_count = 1 };
	static struct waiting storm[STORM];
	static struct waiting same[5];
	static struct gate gate;
	struct auth_attempt attempt;
	char guess[64];
	int busy = 0;

	(void)state;
	close_gate(&gate, auth, &config);
	for (size_t i = 0; i < 5; i++) { /* five who ask the same: one comparison */
		atomic_init(&same[i].verdict, -1);
		same[i].waiter.done = on_done;
		assert_int_equal(auth_check(auth, &config, BASIC("alice:right"), &attempt),
				 AUTH_PENDING);
		auth_submit(auth, &attempt, &same[i].waiter);
	}
	for (size_t i = 0; i < STORM; i++) {
		(void)snprintf(guess, sizeof(guess), "alice:%zu", i);
		atomic_init(&storm[i].verdict, -1);
		storm[i].waiter.done = on_done;
		assert_int_equal(auth_check(auth, &config, BASIC(guess), &attempt), AUTH_PENDING);
		auth_submit(auth, &attempt, &storm[i].waiter);
		busy += atomic_load(&storm[i].verdict) == AUTH_BUSY ? 1 : 0;
	}
	assert_int_equal(busy, STORM - (AUTH_QUEUE_MAX - 1));
	atomic_store(&gate.open, true);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(await(&same[i]), AUTH_GRANTED);
	assert_int_equal(recall(auth, &config, BASIC("alice:right")), AUTH_GRANTED);
	auth_stop(auth); /* everybody has an answer */
	for (size_t i = 0; i < STORM; i++)
		assert_true(atomic_load(&storm[i].verdict) >= 0);
	assert_int_equal(auth_check(auth, &config, BASIC("alice:later"), &attempt), AUTH_PENDING);
	auth_submit(auth, &attempt, &storm[0].waiter);
	assert_int_equal(atomic_load(&storm[0].verdict), AUTH_BUSY);
	free(hash);
	auth_free(auth);
}

/* -- in the server ------------------------------------------------------------------------------
 */

static void write_config(struct web_fixture *fixture, const char *password, unsigned cost,
			 const char *more)
{
	static char path[256];
	char text[1024];

	(void)snprintf(text, sizeof(text), "basic_auth_users:\n  alice: %s\n%s",
		       hash_of(password, cost), more);
	(void)snprintf(path, sizeof(path), "%s", fixture_write(fixture, "web.yml", text));
	fixture->options.web_config_file = path;
}

static long code_for(const struct web_fixture *fixture, const char *user_password)
{
	struct answer answer;

	ask(fixture, &(struct ask){ .path = "/metrics", .user_password = user_password }, &answer);
	assert_int_equal(answer.result, CURLE_OK);
	long code = answer.code;
	answer_release(&answer);
	return code;
}

static void test_server(void **state)
{
	struct web_fixture *fixture = *state;
	static char probes[] = "127.0.0.1:0";
	struct answer answer;

	write_config(fixture, "right", 4,
		     "http_server_config:\n  headers:\n    X-Frame-Options: deny\n"
		     "    X-Content-Type-Options: nosniff\n");
	fixture->options.health_listen_address = probes;
	fixture_start(fixture);
	get(fixture, "/metrics", &answer);
	assert_int_equal(answer.code, 401);
	assert_string_equal(answer.body, "Unauthorized\n");
	assert_string_equal(answer_header(&answer, "WWW-Authenticate"), "Basic");
	assert_string_equal(answer_header(&answer, "X-Frame-Options"), "deny");
	const char *first = strstr(answer.headers, "nosniff");
	assert_true(first != NULL && strstr(first + 1, "nosniff") == NULL); /* once */
	answer_release(&answer);
	assert_int_equal(code_for(fixture, "alice:wrong"), 401);
	assert_int_equal(code_for(fixture, "mallory:right"), 401);
	assert_int_equal(code_for(fixture, "alice:right"), 200);
	assert_int_equal(code_for(fixture, "alice:right"), 200);
	/* nothing is told to who is not let in, not even what exists */
	ask(fixture, &(struct ask){ .path = "/none", .user_password = "alice:no" }, &answer);
	assert_int_equal(answer.code, 401);
	answer_release(&answer);
	ask(fixture, &(struct ask){ .path = "/metrics", .method = "POST" }, &answer);
	assert_int_equal(answer.code, 401);
	assert_null(answer_header(&answer, "Allow"));
	answer_release(&answer);
	get(fixture, "/-/healthy", &answer); /* on this listener, too */
	assert_int_equal(answer.code, 401);
	answer_release(&answer);
	ask(fixture,
	    &(struct ask){ .path = "/-/healthy",
			   .address = web_server_address(fixture->server, 1) },
	    &answer);
	assert_int_equal(answer.code, 200);
	assert_null(answer_header(&answer, "X-Frame-Options"));
	answer_release(&answer);
}

static void test_changes_take_effect(void **state)
{
	struct web_fixture *fixture = *state;
	struct answer answer;

	write_config(fixture, "first", 4, "");
	fixture_start(fixture);
	assert_int_equal(code_for(fixture, "alice:first"), 200);
	write_config(fixture, "second", 4, "");
	assert_int_equal(code_for(fixture, "alice:first"), 401);
	assert_int_equal(code_for(fixture, "alice:second"), 200);
	(void)fixture_write(fixture, "web.yml", "basic_auth_users: [broken");
	ask(fixture, &(struct ask){ .path = "/metrics", .user_password = "alice:second" }, &answer);
	assert_int_equal(answer.code, 500);
	assert_string_equal(answer.body, "Internal Server Error\n");
	answer_release(&answer);
	write_config(fixture, "third", 4, "");
	assert_int_equal(code_for(fixture, "alice:third"), 200);
}

static void test_rate_limit(void **state)
{
	struct web_fixture *fixture = *state;
	struct answer answer;

	write_config(fixture, "right", 4,
		     "rate_limit:\n  interval: 1h\n  burst: 3\n"
		     "http_server_config:\n  headers:\n    X-Frame-Options: deny\n");
	fixture_start(fixture);
	assert_int_equal(code_for(fixture, "alice:right"), 200);
	assert_int_equal(code_for(fixture, "alice:wrong"), 401); /* paid for before the login */
	assert_int_equal(code_for(fixture, "alice:right"), 200);
	get(fixture, "/nothing", &answer);
	assert_int_equal(answer.code, 429);
	assert_string_equal(answer.body, "Too Many Requests\n");
	assert_null(answer_header(&answer, "X-Frame-Options"));
	assert_null(answer_header(&answer, "WWW-Authenticate"));
	answer_release(&answer);
	assert_int_equal(code_for(fixture, "alice:right"), 429);
	assert_int_equal(fixture_count(fixture, "other", 429), 1);
}

static void *guess_for_ever(void *user)
{
	const struct web_fixture *fixture = user;
	char guess[64];

	for (int i = 0; i < 8; i++) {
		struct answer answer;
		(void)snprintf(guess, sizeof(guess), "alice:%p-%d", (void *)&guess, i);
		ask(fixture, &(struct ask){ .path = "/metrics", .user_password = guess }, &answer);
		answer_release(&answer);
	}
	return NULL;
}

static void test_login_storm(void **state)
{
	struct web_fixture *fixture = *state;
	pthread_t threads[8];
	uint64_t slowest_ms = 0;

	write_config(fixture, "right", SLOW_COST, "");
	fixture_start(fixture);
	assert_int_equal(code_for(fixture, "alice:right"), 200);
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, guess_for_ever, fixture), 0);
	(void)usleep(100000);
	for (int i = 0; i < 20; i++) {
		uint64_t start_ms = clock_mono_ms();
		assert_int_equal(code_for(fixture, "alice:right"), 200);
		uint64_t took_ms = clock_mono_ms() - start_ms;
		slowest_ms = took_ms > slowest_ms ? took_ms : slowest_ms;
	}
	for (size_t i = 0; i < 8; i++)
		(void)pthread_join(threads[i], NULL);
	/* behind eight guesses it would be some 400 ms and more, each time */
	print_message("slowest scrape during the storm: %llu ms\n", (unsigned long long)slowest_ms);
	assert_true(fixture_count(fixture, "/metrics", 401) > 0);
}

static void *login_once(void *user)
{
	const struct web_fixture *fixture = user;
	struct answer answer;

	ask(fixture, &(struct ask){ .path = "/-/healthy", .user_password = "alice:right" },
	    &answer);
	bool good = answer.code == 200;
	answer_release(&answer);
	return good ? NULL : user;
}

static void test_parallel_logins_and_stop(void **state)
{
	struct web_fixture *fixture = *state;
	pthread_t threads[50];
	void *bad;

	write_config(fixture, "right", SLOW_COST, "");
	fixture_start(fixture);
	for (size_t i = 0; i < 50; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, login_once, fixture), 0);
	for (size_t i = 0; i < 50; i++) {
		assert_int_equal(pthread_join(threads[i], &bad), 0);
		assert_null(bad);
	}
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, guess_for_ever, fixture), 0);
	(void)usleep(100000);
	struct web_server *server = fixture->server;
	fixture->server = NULL;
	web_server_stop(server, 100); /* with comparisons waiting */
	for (size_t i = 0; i < 8; i++)
		(void)pthread_join(threads[i], NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge),       cmocka_unit_test(test_guessing_evicts_nobody),
		cmocka_unit_test(test_queue),       WEB_TEST(test_server),
		WEB_TEST(test_changes_take_effect), WEB_TEST(test_rate_limit),
		WEB_TEST(test_login_storm),         WEB_TEST(test_parallel_logins_and_stop),
	};

	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
