/* TLS of the web server: key pairs that change, client certificates and their names, versions, and
 * that nothing is ever served in the clear by mistake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/pem.h>

#include "web/refusal.h"
#include "web_fixture.h"

static int set_up(void **state)
{
	int result = fixture_set_up(state);

	fixture_make_ca(*state, "ca");
	fixture_make_certificate(*state, "ca", "server", "IP:127.0.0.1,DNS:localhost", false);
	return result;
}

/* Writes the web configuration with `more` inside tls_server_config. */
static void write_config(struct web_fixture *fixture, const char *more)
{
	static char path[256];
	char text[1024];

	(void)snprintf(text, sizeof(text),
		       "tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n%s",
		       more);
	(void)snprintf(path, sizeof(path), "%s", fixture_write(fixture, "web.yml", text));
	fixture->options.web_config_file = path;
}

/* The code of a request with the client certificate `name` (NULL: none); 0: no connection. */
static long code_with(struct web_fixture *fixture, const char *name)
{
	struct ask what = { .scheme = "https", .path = "/-/healthy" };
	struct answer answer;
	char file[64];

	what.ca = fixture_path(fixture, "ca.pem");
	if (name != NULL) {
		(void)snprintf(file, sizeof(file), "%s.pem", name);
		what.cert = fixture_path(fixture, file);
		(void)snprintf(file, sizeof(file), "%s.key", name);
		what.key = fixture_path(fixture, file);
	}
	ask(fixture, &what, &answer);
	long code = answer.result == CURLE_OK ? answer.code : 0;
	answer_release(&answer);
	return code;
}

static void test_plain_tls(void **state)
{
	struct web_fixture *fixture = *state;
	static char probes[] = "127.0.0.1:0";
	struct answer answer;

	write_config(fixture, "");
	fixture->options.health_listen_address = probes;
	fixture_start(fixture);
	assert_int_equal(code_with(fixture, NULL), 200);
	ask(fixture,
	    &(struct ask){
		    .scheme = "https", .path = "/metrics", .ca = fixture_path(fixture, "ca.pem") },
	    &answer);
	assert_int_equal(answer.code, 200);
	assert_true(answer.len > 10000);
	answer_release(&answer);
	ask(fixture, &(struct ask){ .path = "/metrics" }, &answer); /* plain HTTP to the TLS port */
	assert_int_not_equal(answer.result, CURLE_OK);
	answer_release(&answer);
	ask(fixture,
	    &(struct ask){ .path = "/-/ready", .address = web_server_address(fixture->server, 1) },
	    &answer); /* probes are plain */
	assert_int_equal(answer.code, 200);
	answer_release(&answer);
}

/* The answer that goes past the HTTP library goes through TLS too. */
static void test_refusal_through_tls(void **state)
{
	struct web_fixture *fixture = *state;
	static char header[CONNECTION_MEMORY - ANSWER_MEMORY + 1024] = "X: ";
	const char *const headers[] = { header, NULL };
	struct answer answer;

	memset(header + 3, 'x', sizeof(header) - 4);
	write_config(fixture, "");
	fixture_start(fixture);
	ask(fixture,
	    &(struct ask){ .scheme = "https",
			   .path = "/metrics",
			   .headers = headers,
			   .ca = fixture_path(fixture, "ca.pem") },
	    &answer);
	assert_int_equal(answer.code, 431);
	assert_string_equal(answer.body, "The request's headers are too large.\n");
	assert_int_equal(fixture_count(fixture, "/metrics", 431), 1);
	answer_release(&answer);
}

/* The longest headers that can be configured leave room for an answer. */
static void test_long_configured_headers(void **state)
{
	struct web_fixture *fixture = *state;
	static char value[2001];
	static char more[3 * sizeof(value) + 300];
	static char path[256];
	struct answer answer;

	memset(value, 'v', sizeof(value) - 1);
	(void)snprintf(more, sizeof(more),
		       "http_server_config:\n  headers:\n    Strict-Transport-Security: %s\n"
		       "    X-XSS-Protection: %s\n    Content-Security-Policy: %s\n",
		       value, value, value);
	(void)snprintf(path, sizeof(path), "%s", fixture_write(fixture, "web.yml", more));
	fixture->options.web_config_file = path;
	fixture_start(fixture);
	get(fixture, "/metrics", &answer);
	assert_int_equal(answer.result, CURLE_OK);
	assert_int_equal(answer.code, 200);
	answer_release(&answer);
}

/* Every policy with: no certificate, a good one, one of another CA, one made for servers. */
static void test_client_policies(void **state)
{
	struct web_fixture *fixture = *state;
	static const struct {
		const char *policy;
		bool needs_ca;
		long none, good, foreign, server;
	} table[] = {
		{ "NoClientCert", false, 200, 200, 200, 200 },
		{ "RequestClientCert", false, 200, 200, 200, 200 },
		{ "RequireAnyClientCert", false, 0, 200, 200, 200 },
		{ "RequireClientCert", false, 0, 200, 200, 200 },
		{ "VerifyClientCertIfGiven", true, 200, 200, 0, 0 },
		{ "RequireAndVerifyClientCert", true, 0, 200, 0, 0 },
	};
	char more[200];

	fixture_make_ca(fixture, "other-ca");
	fixture_make_certificate(fixture, "ca", "good", "DNS:prometheus", true);
	fixture_make_certificate(fixture, "other-ca", "foreign", "DNS:prometheus", true);
	write_config(fixture, "");
	fixture_start(fixture);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		(void)snprintf(more, sizeof(more), "  client_auth_type: %s\n%s", table[i].policy,
			       table[i].needs_ca ? "  client_ca_file: ca.pem\n" : "");
		write_config(fixture, more); /* takes effect at the next handshake */
		if (code_with(fixture, NULL) != table[i].none ||
		    code_with(fixture, "good") != table[i].good ||
		    code_with(fixture, "foreign") != table[i].foreign ||
		    code_with(fixture, "server") != table[i].server)
			fail_msg("%s", table[i].policy);
	}
}

static void test_allowed_names(void **state)
{
	struct web_fixture *fixture = *state;
	static const struct {
		const char *san;
		long code;
	} table[] = {
		{ "DNS:prometheus.example.com", 200 },
		{ "DNS:other,DNS:prometheus.example.com", 200 },
		{ "email:prom@example.com", 200 },
		{ "URI:spiffe://example/prometheus", 200 },
		{ "IP:192.0.2.7", 200 },
		{ "IP:2001:db8::7", 200 },
		{ "DNS:Prometheus.example.com", 0 }, /* exact */
		{ "DNS:prometheus.example.com.evil", 0 },
		{ "DNS:192.0.2.8", 0 },
		{ "IP:192.0.2.8", 0 },
		{ "RID:1.2.3.4", 0 },
		{ NULL, 0 },
	};

	write_config(fixture, "  client_auth_type: RequireAndVerifyClientCert\n"
			      "  client_ca_file: ca.pem\n"
			      "  client_allowed_sans: [prometheus.example.com, prom@example.com, "
			      "'spiffe://example/prometheus', 192.0.2.7, '2001:db8::7']\n");
	fixture_start(fixture);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		fixture_make_certificate(fixture, "ca", "client", table[i].san, true);
		if (code_with(fixture, "client") != table[i].code)
			fail_msg("%s", table[i].san);
	}
	/* a list of names and no certificate: refused, though the policy would let it pass */
	write_config(fixture, "  client_auth_type: VerifyClientCertIfGiven\n"
			      "  client_ca_file: ca.pem\n"
			      "  client_allowed_sans: [prometheus.example.com]\n");
	assert_int_equal(code_with(fixture, NULL), 0);
}

/* The serial number of the certificate that the server shows now, 0: no handshake. */
static long shown_serial(struct web_fixture *fixture)
{
	CURL *curl = curl_easy_init();
	struct curl_certinfo *info = NULL;
	char url[400];
	long serial = 0;

	(void)snprintf(url, sizeof(url), "https://%s/-/healthy", fixture->address);
	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_CAINFO, fixture_path(fixture, "ca.pem"));
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
	if (curl_easy_perform(curl) == CURLE_OK)
		(void)curl_easy_getinfo(curl, CURLINFO_CERTINFO, &info);
	for (struct curl_slist *line = info != NULL && info->num_of_certs > 0 ? info->certinfo[0]
									      : NULL;
	     line != NULL; line = line->next) {
		if (strncmp(line->data, "Serial Number:", 14) == 0)
			serial = strtol(line->data + 14, NULL, 16);
	}
	curl_easy_cleanup(curl);
	return serial;
}

static void test_rotation(void **state)
{
	struct web_fixture *fixture = *state;
	struct answer answer;
	CURL *kept = curl_easy_init();
	char url[400];

	write_config(fixture, "");
	fixture_start(fixture);
	long first = shown_serial(fixture);
	assert_true(first > 0);
	(void)snprintf(url, sizeof(url), "https://%s/-/healthy", fixture->address);
	(void)curl_easy_setopt(kept, CURLOPT_URL, url);
	(void)curl_easy_setopt(kept, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(kept, CURLOPT_NOBODY, 1L);
	(void)curl_easy_setopt(kept, CURLOPT_CAINFO, fixture_path(fixture, "ca.pem"));
	assert_int_equal(curl_easy_perform(kept), CURLE_OK);

	fixture_make_certificate(fixture, "ca", "server", "IP:127.0.0.1", false);
	long second = shown_serial(fixture);
	assert_true(second > first);

	/* a key that does not fit: new connections fail closed, open ones go on */
	(void)rename(fixture_path(fixture, "server.key"), fixture_path(fixture, "kept.key"));
	fixture_make_ca(fixture, "spare");
	(void)rename(fixture_path(fixture, "spare.key"), fixture_path(fixture, "server.key"));
	assert_int_equal(shown_serial(fixture), 0);
	assert_int_equal(code_with(fixture, NULL), 0);
	assert_int_equal(curl_easy_perform(kept), CURLE_OK);
	(void)unlink(fixture_path(fixture, "server.key"));
	assert_int_equal(shown_serial(fixture), 0);

	/* it mends itself, though the web configuration was never touched */
	(void)rename(fixture_path(fixture, "kept.key"), fixture_path(fixture, "server.key"));
	assert_int_equal(shown_serial(fixture), second);

	/* TLS taken away from the file: no handshake, and never plain HTTP */
	(void)fixture_write(fixture, "web.yml", "basic_auth_users: {}\n");
	assert_int_equal(shown_serial(fixture), 0);
	ask(fixture, &(struct ask){ .path = "/metrics" }, &answer);
	assert_int_not_equal(answer.result, CURLE_OK);
	answer_release(&answer);
	write_config(fixture, "");
	assert_int_equal(shown_serial(fixture), second);
	curl_easy_cleanup(kept);
}

/* Whether a client that speaks one version only gets an answer. */
static bool speaks(struct web_fixture *fixture, long version)
{
	CURL *curl = curl_easy_init();
	char url[400];

	(void)snprintf(url, sizeof(url), "https://%s/-/healthy", fixture->address);
	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_CAINFO, fixture_path(fixture, "ca.pem"));
	(void)curl_easy_setopt(curl, CURLOPT_SSLVERSION, version);
	CURLcode result = curl_easy_perform(curl);
	curl_easy_cleanup(curl);
	return result == CURLE_OK;
}

static void test_versions(void **state)
{
	struct web_fixture *fixture = *state;
	const long only_12 = CURL_SSLVERSION_TLSv1_2 | CURL_SSLVERSION_MAX_TLSv1_2;
	const long only_13 = CURL_SSLVERSION_TLSv1_3 | CURL_SSLVERSION_MAX_TLSv1_3;

	write_config(fixture, "");
	fixture_start(fixture);
	assert_true(speaks(fixture, only_12));
	assert_true(speaks(fixture, only_13));
	write_config(fixture, "  min_version: TLS13\n");
	assert_false(speaks(fixture, only_12));
	assert_true(speaks(fixture, only_13));
	write_config(fixture, "  max_version: TLS12\n");
	assert_true(speaks(fixture, only_12));
	assert_false(speaks(fixture, only_13));
	write_config(fixture, "  max_version: TLS12\n"
			      "  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n");
	assert_true(speaks(fixture, only_12));
	write_config(fixture, "  max_version: TLS12\n"
			      "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n");
	assert_false(speaks(fixture, only_12)); /* the server's key is ECDSA */
}

static void test_start_fails(void **state)
{
	struct web_fixture *fixture = *state;
	struct error error = { "" };

	write_config(fixture, "  client_auth_type: Sometimes\n");
	assert_int_not_equal(web_server_start(&fixture->options, fixture->snapshots,
					      fixture->telemetry, &fixture->hooks, &fixture->server,
					      &error),
			     STATUS_OK);
	assert_non_null(strstr(error.text, "client_auth_type"));
	fixture->options.web_config_file = (char *)(uintptr_t) "/nonexistent/web.yml";
	assert_int_not_equal(web_server_start(&fixture->options, fixture->snapshots,
					      fixture->telemetry, &fixture->hooks, &fixture->server,
					      &error),
			     STATUS_OK);
	assert_non_null(strstr(error.text, "/nonexistent/web.yml"));
}

/* Handshakes that are begun and left, and bytes that are no TLS. */
static void test_hostile_handshakes(void **state)
{
	struct web_fixture *fixture = *state;
	static const char hello[] = "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03";
	char text[100];
	int sockets[20];

	write_config(fixture, "");
	fixture_start(fixture);
	for (size_t i = 0; i < 20; i++) {
		sockets[i] = fixture_connect(fixture);
		(void)send(sockets[i], hello, i % sizeof(hello), MSG_NOSIGNAL);
	}
	assert_int_equal(code_with(fixture, NULL), 200);
	for (size_t i = 0; i < 20; i++)
		(void)close(sockets[i]);
	int fd = fixture_connect(fixture);
	(void)fixture_talk(fd, "GET / HTTP/1.1\r\n\r\n", 18, text, sizeof(text));
	assert_null(strstr(text, "200"));
	(void)close(fd);
	assert_int_equal(code_with(fixture, NULL), 200);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, fixture_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(test_plain_tls),
		WITH(test_client_policies),
		WITH(test_allowed_names),
		WITH(test_rotation),
		WITH(test_versions),
		WITH(test_start_fails),
		WITH(test_hostile_handshakes),
		WITH(test_refusal_through_tls),
		WITH(test_long_configured_headers),
	};

	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
