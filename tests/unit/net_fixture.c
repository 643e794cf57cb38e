/* See net_fixture.h. */
#include "net_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pki fixture_pki;

static const char *const endpoint_words[FIXTURE_ENDPOINT_COUNT] = {
	[FIXTURE_LIST] = "list",
	[FIXTURE_TOKEN] = "token",
};
const struct word_list fixture_endpoints = { endpoint_words, FIXTURE_ENDPOINT_COUNT };

void fixture_open(struct fixture *f)
{
	struct error error = { "" };

	http_session_free(f->session);
	f->session = NULL;
	enum status status = http_session_new(&f->settings, &f->session, &error);
	if (status != STATUS_OK)
		print_error("%s\n", error.text);
	assert_int_equal(status, STATUS_OK);
	f->begun_ms = clock_mono_ms();
	http_session_begin(f->session, f->begun_ms + 200000);
}

void fixture_begin_options(struct fixture *f, const struct server_options *options)
{
	memset(f, 0, sizeof(*f));
	f->server = server_start(options);
	assert_non_null(f->server);
	f->telemetry = telemetry_new();
	f->source = telemetry_source(f->telemetry, "test", &fixture_endpoints);
	f->settings = (struct http_settings){ .timeout_s = 100, /* only what hangs takes so long */
					      .connect_timeout_s = 100,
					      .ca_file = fixture_pki.ca_file,
					      .telemetry = f->source,
					      .stop = &f->stop };
	(void)snprintf(f->url, sizeof(f->url), "https://127.0.0.1:%u/a/list?$page=1",
		       server_port(f->server));
	f->request = (struct http_request){ .endpoint = FIXTURE_LIST,
					    .url = f->url,
					    .body_max = 100000 };
	fixture_open(f);
}

void fixture_begin(struct fixture *f, server_handler *handler, void *user)
{
	struct server_options options = { .certificate = fixture_pki.server,
					  .key = fixture_pki.server_key,
					  .handler = handler,
					  .user = user };

	fixture_begin_options(f, &options);
}

enum status fixture_get(struct fixture *f)
{
	http_response_release(&f->response);
	return http_get(f->session, &f->request, &f->response);
}

uint64_t fixture_waited_ms(const struct fixture *f)
{
	return clock_mono_ms() - f->begun_ms + FIXTURE_EARLY_MS;
}

uint64_t fixture_counted(struct fixture *f, enum code_class code_class)
{
	struct telemetry_source_values values;

	assert_int_equal(telemetry_source_read(f->source, &values), STATUS_OK);
	uint64_t count = values.endpoints[FIXTURE_LIST].requests[code_class];
	telemetry_source_values_release(&values);
	return count;
}

void fixture_end(struct fixture *f)
{
	http_response_release(&f->response);
	http_session_free(f->session);
	server_stop(f->server);
	telemetry_free(f->telemetry);
}

bool answer_always(struct exchange *x, void *user)
{
	reply_raw(x, user);
	return strstr(user, "Connection: close") == NULL;
}

bool answer_good(struct exchange *x, void *user)
{
	(void)user;
	reply(x, 200,
	      JSON "ETag: W/\"0af3 x\"\r\nPage-Count: 12\r\nEntity-Count: 1190\r\n"
		   "X-Vcap-Request-Id: 7c1f\x01z\r\n"
		   "Link: </subaccountCertificates?$page=1&$pageSize=10>; rel='previous', "
		   "</subaccountCertificates?$page=3&$pageSize=10>; rel='next'\r\n",
	      "[{\"Name\":\"a\"}]");
	return true;
}

int fixture_set_up(void **state)
{
	static const char *const variables[] = { "http_proxy", "https_proxy",   "HTTPS_PROXY",
						 "all_proxy",  "ALL_PROXY",     "no_proxy",
						 "NO_PROXY",   "SSL_CERT_FILE", "SSL_CERT_DIR" };

	(void)state;
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		(void)unsetenv(variables[i]);
	if (http_setup() != STATUS_OK)
		return -1;
	return pki_new(&fixture_pki) ? 0 : -1;
}

int fixture_tear_down(void **state)
{
	(void)state;
	pki_free(&fixture_pki);
	http_teardown();
	return 0;
}
