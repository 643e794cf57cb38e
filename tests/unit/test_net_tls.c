/* Whom the HTTP layer trusts, what it tells to whom, and what never reaches an error text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>

#include "net_fixture.h"

#define CANARY "canary-8d1f0c2b7a6e5d4c3b2a-secret"

/* ---- TLS ---- */

static void test_trust(void **state)
{
	struct fixture f;

	(void)state;
	fixture_begin(&f, answer_good, NULL);
	f.settings.ca_file = fixture_pki.other_ca_file;
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_TLS);
	assert_int_equal(server_requests(f.server), 0);
	assert_int_equal(fixture_counted(&f, CODE_NONE), 1); /* not tried again */
	f.settings.ca_file = "";
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_TLS);
	assert_int_equal(setenv("SSL_CERT_FILE", fixture_pki.ca_file, 1), 0);
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_OK);
	f.settings.ca_file = fixture_pki.other_ca_file; /* in addition */
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_OK);
	assert_int_equal(unsetenv("SSL_CERT_FILE"), 0);
	f.settings.insecure_skip_verify = true;
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_OK);
	fixture_end(&f);
}

/* The usual Cloud Connector: its own certificate is the anchor. */
static void test_self_signed_anchor(void **state)
{
	struct fixture f;
	struct server_options options = { .certificate = fixture_pki.self_signed,
					  .key = fixture_pki.server_key,
					  .handler = answer_good };

	(void)state;
	fixture_begin_options(&f, &options);
	assert_int_equal(fixture_get(&f), STATUS_TLS);
	f.settings.ca_file = fixture_pki.self_signed_file;
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_OK);
	fixture_end(&f);
}

static void test_wrong_host_name(void **state)
{
	struct fixture f;
	struct server_options options = { .certificate = fixture_pki.wrong_host,
					  .key = fixture_pki.server_key,
					  .handler = answer_good };

	(void)state;
	fixture_begin_options(&f, &options);
	assert_int_equal(fixture_get(&f), STATUS_TLS);
	assert_int_equal(server_requests(f.server), 0);
	f.settings.insecure_skip_verify = true;
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_OK);
	fixture_end(&f);
}

static void test_old_tls(void **state)
{
	struct fixture f;
	struct server_options options = { .certificate = fixture_pki.server,
					  .key = fixture_pki.server_key,
					  .max_tls_version = TLS1_1_VERSION,
					  .handler = answer_good };

	(void)state;
	fixture_begin_options(&f, &options);
	f.settings.insecure_skip_verify = true;
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_TLS);
	fixture_end(&f);
	options.max_tls_version = TLS1_2_VERSION;
	fixture_begin_options(&f, &options);
	assert_int_equal(fixture_get(&f), STATUS_OK);
	fixture_end(&f);
}

/* The pin without colons and in lower case, as a peer is told. */
static void plain_pin(char ret_text[65])
{
	size_t n = 0;

	for (const char *p = fixture_pki.server_pin; *p != '\0' && n < 64; p++) {
		if (*p != ':')
			ret_text[n++] = (char)(*p >= 'A' && *p <= 'F' ? *p - 'A' + 'a' : *p);
	}
	ret_text[n] = '\0';
}

static void test_pin(void **state)
{
	struct fixture f;
	char pin[96];
	struct server_options options = { .certificate = fixture_pki.wrong_host,
					  .key = fixture_pki.server_key,
					  .handler = answer_good };

	(void)state;
	fixture_begin(&f, answer_good, NULL);
	f.settings.ca_file = NULL; /* the pin is enough */
	f.settings.fingerprint_sha256 = fixture_pki.server_pin;
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_OK);
	f.request.close = true; /* a resumed TLS session is as answer_good */
	assert_int_equal(fixture_get(&f), STATUS_OK);
	(void)snprintf(pin, sizeof(pin), "%s", fixture_pki.server_pin);
	pin[0] = pin[0] == '0' ? '1' : '0';
	f.settings.fingerprint_sha256 = pin;
	f.settings.ca_file = fixture_pki.ca_file; /* the chain does not help */
	f.settings.insecure_skip_verify = true;   /* nor does this */
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_TLS);
	assert_non_null(strstr(f.response.error.text, "not the pinned one"));
	plain_pin(pin);
	assert_non_null(strstr(f.response.error.text, pin)); /* what could be pinned */
	fixture_end(&f);
	fixture_begin_options(&f, &options); /* same key and CA, another certificate */
	f.settings.fingerprint_sha256 = fixture_pki.server_pin;
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_TLS);
	assert_int_equal(server_requests(f.server), 0);
	fixture_end(&f);
}

/* What the server shows is known whether or not it is liked. */
static void test_peer(void **state)
{
	struct fixture f;
	struct http_peer peer;
	char pin[65];
	char other_pin[96];

	(void)state;
	plain_pin(pin);
	fixture_begin(&f, answer_good, NULL);
	http_session_peer(f.session, &peer);
	assert_false(peer.known);
	f.request.close = true;
	for (int i = 0; i < 2; i++) { /* the second handshake resumes the first */
		assert_int_equal(fixture_get(&f), STATUS_OK);
		http_session_peer(f.session, &peer);
		assert_true(peer.known);
		assert_string_equal(peer.fingerprint_sha256, pin);
		assert_true(peer.has_not_after);
		assert_true(peer.not_after_s > clock_now_s());
	}
	f.settings.ca_file = NULL;
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_TLS);
	http_session_peer(f.session, &peer);
	assert_true(peer.known);
	assert_string_equal(peer.fingerprint_sha256, pin);
	f.settings.insecure_skip_verify = true;
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_OK);
	http_session_peer(f.session, &peer);
	assert_string_equal(peer.fingerprint_sha256, pin);
	(void)snprintf(other_pin, sizeof(other_pin), "%s", fixture_pki.server_pin);
	other_pin[0] = other_pin[0] == '0' ? '1' : '0';
	f.settings.fingerprint_sha256 = other_pin;
	fixture_open(&f);
	assert_int_equal(fixture_get(&f), STATUS_TLS);
	http_session_peer(f.session, &peer);
	assert_string_equal(peer.fingerprint_sha256, pin);
	fixture_end(&f);
}

/* Behind an https proxy it could be the proxy's. */
static void test_peer_behind_proxy(void **state)
{
	struct fixture f;
	struct http_peer peer;

	(void)state;
	fixture_begin(&f, answer_good, NULL);
	(void)snprintf(f.url, sizeof(f.url), "https://127.0.0.1:%u", server_port(f.server));
	f.settings.proxy = f.url;
	f.request.url = "https://scc.example/";
	fixture_open(&f);
	assert_int_not_equal(fixture_get(&f), STATUS_OK);
	http_session_peer(f.session, &peer);
	assert_false(peer.known);
	fixture_end(&f);
}

static bool count_client_certificates(struct exchange *x, void *user)
{
	*(size_t *)user = x->client_certificates;
	reply(x, 200, JSON, "[]");
	return true;
}

static void test_client_certificate(void **state)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
	struct secret chain = { fixture_pki.client_chain, strlen(fixture_pki.client_chain) };
	struct secret key = { fixture_pki.client_key, strlen(fixture_pki.client_key) };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct fixture f;
		size_t count = 0;
		struct server_options options = { .certificate = fixture_pki.server,
						  .key = fixture_pki.server_key,
						  .ask_client_certificate = true,
						  .max_tls_version = versions[i],
						  .handler = count_client_certificates,
						  .user = &count };
		fixture_begin_options(&f, &options);
		assert_int_equal(fixture_get(&f), STATUS_TLS); /* none to send */
		f.settings.certificate = &chain;
		f.settings.private_key = &key;
		fixture_open(&f);
		assert_int_equal(fixture_get(&f), STATUS_OK);
		assert_int_equal(count, 2); /* the whole chain */
		fixture_end(&f);
		options.refuse_client_certificate = true;
		fixture_begin_options(&f, &options);
		f.settings.certificate = &chain;
		f.settings.private_key = &key;
		fixture_open(&f);
		assert_int_equal(fixture_get(&f), STATUS_TLS);
		assert_int_equal(server_requests(f.server), 0);
		fixture_end(&f);
	}
}

static void test_bad_settings(void **state)
{
	struct secret chain = { fixture_pki.client_chain, strlen(fixture_pki.client_chain) };
	struct secret key = { fixture_pki.client_key, strlen(fixture_pki.client_key) };
	struct secret locked = { fixture_pki.client_key_locked,
				 strlen(fixture_pki.client_key_locked) };
	char ec_text[] = "-----BEGIN PRIVATE KEY-----\n" CANARY "\n-----END PRIVATE KEY-----\n";
	struct secret broken = { ec_text, strlen(ec_text) };
	EVP_PKEY *other = EVP_EC_gen("P-256");
	BIO *bio = BIO_new(BIO_s_mem());
	char *other_text;
	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, other, NULL, NULL, 0, NULL, NULL), 1);
	long other_len = BIO_get_mem_data(bio, &other_text);
	struct secret stranger = { other_text, (size_t)other_len };
	const struct {
		struct http_settings settings;
		enum status status;
		const char *error;
	} table[] = {
		{ { .ca_file = "/nonexistent/ca.pem" }, STATUS_IO, "/nonexistent/ca.pem" },
		{ { .ca_file = "/dev/null" }, STATUS_IO, "/dev/null" },
		{ { .ca_file = "/etc/hostname" }, STATUS_SYNTAX, "no PEM certificate" },
		{ { .fingerprint_sha256 = "abcd" }, STATUS_SYNTAX, "fingerprint" },
		{ { .fingerprint_sha256 = "zz" }, STATUS_SYNTAX, "fingerprint" },
		{ { .certificate = &chain }, STATUS_SYNTAX, "without the other" },
		{ { .private_key = &key }, STATUS_SYNTAX, "without the other" },
		{ { .certificate = &chain, .private_key = &locked }, STATUS_LOCKED, "passphrase" },
		{ { .certificate = &chain, .private_key = &broken }, STATUS_SYNTAX, "private key" },
		{ { .certificate = &chain, .private_key = &chain }, STATUS_SYNTAX, "private key" },
		{ { .certificate = &key, .private_key = &key }, STATUS_SYNTAX, "certificate" },
		{ { .certificate = &chain, .private_key = &stranger }, STATUS_SYNTAX, "belong" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct http_session *session = NULL;
		struct error error = { "" };
		assert_int_equal(http_session_new(&table[i].settings, &session, &error),
				 table[i].status);
		assert_null(session);
		assert_non_null(strstr(error.text, table[i].error));
		assert_null(strstr(error.text, CANARY));
	}
	BIO_free(bio);
	EVP_PKEY_free(other);
}

/* ---- secrets ---- */

struct echo {
	const char *before;
	const char *after;
	int max;
};

/* Sends back what it got, in the body and in a header. */
static bool echoes(struct exchange *x, void *user)
{
	const struct echo *echo = user;
	char body[4096];
	const char *authorization = strstr(x->head, "Authorization: ");

	(void)snprintf(body, sizeof(body), "%s%.*s%s", echo->before, echo->max,
		       authorization != NULL ? authorization : x->body, echo->after);
	reply(x, 400, "X-Vcap-Request-Id: " CANARY "\r\n", body);
	return true;
}

static void assert_clean(const struct fixture *f)
{
	assert_int_equal(f->response.status, STATUS_HTTP_4XX);
	assert_null(strstr(f->response.error.text, "canary"));
	assert_null(strstr(f->response.error.text, "Y2FuYXJ5")); /* base64 */
	assert_null(strstr(f->response.request_id, "canary"));
	assert_non_null(strstr(f->response.error.text, "withheld"));
}

static void test_canary(void **state)
{
	struct echo echo[] = { { "", "", 300 },
			       { "{\"ErrorMessage\":\"got ", "\"}", 90 },
			       { "{\"error\":\"x\",\"error_description\":\"", "\"}", 80 } };
	struct secret secret = { NULL, 0 };
	struct secret basic = { NULL, 0 };
	struct secret form = { NULL, 0 };

	(void)state;
	assert_int_equal(secret_set(&secret, CANARY, strlen(CANARY)), STATUS_OK);
	assert_int_equal(secret_set(&basic, "me:" CANARY, strlen("me:" CANARY)), STATUS_OK);
	assert_int_equal(
		secret_set(&form, "a=b&client_secret=" CANARY, strlen("a=b&client_secret=" CANARY)),
		STATUS_OK);
	for (size_t i = 0; i < sizeof(echo) / sizeof(echo[0]); i++) {
		struct fixture f;
		fixture_begin(&f, echoes, &echo[i]);
		f.request.bearer = &secret;
		(void)fixture_get(&f);
		assert_clean(&f);
		f.request.bearer = NULL;
		f.request.basic = &basic;
		(void)fixture_get(&f);
		assert_int_equal(f.response.status, STATUS_HTTP_4XX);
		assert_null(strstr(f.response.error.text, "Y2FuYXJ5"));
		http_response_release(&f.response);
		(void)http_post_token(f.session, FIXTURE_TOKEN, f.url, &form, &f.response);
		assert_clean(&f);
		fixture_end(&f);
	}
	secret_release(&secret);
	secret_release(&basic);
	secret_release(&form);
}

/* ---- threads ---- */

static void *use_own_session(void *user)
{
	const struct fixture *f = user;
	struct http_session *session = NULL;
	struct http_response response;
	struct error error;
	void *failed = NULL;

	if (http_session_new(&f->settings, &session, &error) != STATUS_OK)
		return user;
	for (int i = 0; i < 20; i++) {
		if (http_get(session, &f->request, &response) != STATUS_OK)
			failed = user;
		http_response_release(&response);
	}
	http_session_free(session);
	return failed;
}

static void test_threads(void **state)
{
	struct fixture f;
	pthread_t threads[4];

	(void)state;
	fixture_begin(&f, answer_good, NULL);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use_own_session, &f), 0);
	for (size_t i = 0; i < 4; i++) {
		void *failed;
		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
	assert_int_equal(fixture_counted(&f, CODE_2XX), 80);
	fixture_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trust),
		cmocka_unit_test(test_self_signed_anchor),
		cmocka_unit_test(test_wrong_host_name),
		cmocka_unit_test(test_old_tls),
		cmocka_unit_test(test_pin),
		cmocka_unit_test(test_peer),
		cmocka_unit_test(test_peer_behind_proxy),
		cmocka_unit_test(test_client_certificate),
		cmocka_unit_test(test_bad_settings),
		cmocka_unit_test(test_canary),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
