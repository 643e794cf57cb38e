/* `--healthcheck`: one request to the own instance, by libcurl. */
#include "healthcheck.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <curl/curl.h>

#include "base/listen_address.h"
#include "base/status.h"
#include "base/text.h"
#include "config/web_config.h"
#include "net/http.h"

#define EXIT_UNHEALTHY 1
#define CONNECT_MS     2000L
#define TOTAL_MS       4000L /* Docker waits for 30 s, Kubernetes for 1 s unless told otherwise */
#define REASON_MAX     256   /* bytes of the answer that are shown */
#define ADVICE         "give it a listener of its own: --web.health-listen-address"

struct target {
	struct listen_address address;
	bool tls;
};

struct answer_text {
	char text[REASON_MAX];
	size_t len;
};

/* -- whom to ask ----------------------------------------------------------------------------- */

/* Whether /-/healthy can be asked there; otherwise `error` says what to do. */
static bool judge_web_config(const struct web_config *web, struct error *error)
{
	const char *needs = NULL;

	if (web->client_auth == CLIENT_AUTH_REQUIRE_ANY ||
	    web->client_auth == CLIENT_AUTH_REQUIRE_AND_VERIFY)
		needs = "a client certificate (client_auth_type)";
	else if (web->user_count > 0)
		needs = "a password (basic_auth_users)";
	if (needs != NULL)
		(void)error_set(
			error, STATUS_UNSUPPORTED,
			"the web configuration demands %s, which the health check has not; %s",
			needs, ADVICE);
	return needs == NULL;
}

static bool read_web_config(const char *path, bool *ret_tls, struct error *error)
{
	struct web_config *web = NULL;
	struct problems problems;

	problems_init(&problems);
	bool good = web_config_load(path, &web, &problems) == STATUS_OK;
	if (good) {
		*ret_tls = web->tls;
		good = judge_web_config(web, error);
	} else {
		const char *text = buf_text(&problems.text);
		(void)error_set(error, STATUS_SYNTAX, "%.*s", (int)strcspn(text, "\n"), text);
	}
	web_config_free(web);
	problems_release(&problems);
	return good;
}

/* A listener on all addresses is asked on the loopback interface. */
static void use_loopback(struct listen_address *address)
{
	struct in6_addr six;
	struct in_addr four;

	if (address->host[0] == '\0' ||
	    (inet_pton(AF_INET, address->host, &four) == 1 && four.s_addr == htonl(INADDR_ANY)))
		(void)snprintf(address->host, sizeof(address->host), "127.0.0.1");
	else if (inet_pton(AF_INET6, address->host, &six) == 1 && IN6_IS_ADDR_UNSPECIFIED(&six))
		(void)snprintf(address->host, sizeof(address->host), "::1");
}

static bool find_target(const struct options *options, struct target *target, struct error *error)
{
	const char *text = options->health_listen_address;

	if (text == NULL && options->systemd_socket) {
		(void)error_set(error, STATUS_UNSUPPORTED,
				"systemd passes the sockets to the instance, so that their "
				"addresses are not known here; %s",
				ADVICE);
		return false;
	}
	if (text == NULL) {
		text = options->listen_addresses.items[0];
		if (options->web_config_file != NULL &&
		    !read_web_config(options->web_config_file, &target->tls, error))
			return false;
	}
	if (!listen_address_parse(text, &target->address)) {
		(void)error_set(error, STATUS_SYNTAX, "%s", LISTEN_ADDRESS_RULE);
		return false;
	}
	if (target->address.unix_path[0] == '\0' &&
	    strspn(target->address.port, "0") == strlen(target->address.port)) {
		(void)error_set(error, STATUS_UNSUPPORTED,
				"%s takes a free port, which is not known here; name a port", text);
		return false;
	}
	use_loopback(&target->address);
	return true;
}

/* -- the request ----------------------------------------------------------------------------- */

static void put_url(const struct target *target, struct buf *url)
{
	const struct listen_address *address = &target->address;
	bool six = strchr(address->host, ':') != NULL;

	buf_puts(url, target->tls ? "https://" : "http://");
	if (address->unix_path[0] != '\0')
		buf_puts(url, "localhost"); /* for the header Host alone */
	else
		buf_printf(url, "%s%s%s:%s", six ? "[" : "", address->host, six ? "]" : "",
			   address->port);
	buf_puts(url, "/-/healthy");
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
	struct answer_text *answer = user;
	size_t len = size * count;
	size_t room = sizeof(answer->text) - answer->len;
	size_t taken = len < room ? len : room;

	memcpy(answer->text + answer->len, data, taken);
	answer->len += taken;
	return len;
}

/*
 * Whoever listens at this address of the own machine may show any certificate, an expired one too:
 * it is the instance's own, and it gets no secret. Proxies of the environment are for the sources.
 */
static bool set_up(CURL *curl, const struct target *target, const char *url,
		   struct answer_text *answer, char message[CURL_ERROR_SIZE])
{
	const char *path = target->address.unix_path;

	return curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOPROXY, "*") == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TOTAL_MS) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message) == CURLE_OK &&
	       (path[0] == '\0' ||
		curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, path) == CURLE_OK);
}

/* Anybody could answer there: what is shown is cut and made printable. */
static void describe(long code, const struct answer_text *answer, struct error *error)
{
	char shown[REASON_MAX];
	size_t len = 0;

	while (len < answer->len && strchr("\r\n", answer->text[len]) == NULL)
		len++;
	text_printable_into(shown, sizeof(shown), answer->text, len);
	(void)error_set(error, STATUS_OK, "HTTP %ld%s%s", code, shown[0] != '\0' ? ": " : "",
			shown);
}

/* True when the answer is 200; `error` says in any case what came. */
static bool ask(const struct target *target, const char *url, struct error *error)
{
	struct answer_text answer = { .len = 0 };
	char message[CURL_ERROR_SIZE] = "";
	long code = 0;
	CURL *curl = curl_easy_init();

	if (curl == NULL || !set_up(curl, target, url, &answer, message)) {
		(void)error_set(error, STATUS_MEMORY, "the request cannot be prepared");
		curl_easy_cleanup(curl);
		return false;
	}
	CURLcode result = curl_easy_perform(curl);
	if (result != CURLE_OK)
		(void)error_set(error, STATUS_IO, "%s",
				message[0] != '\0' ? message : curl_easy_strerror(result));
	else if (curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code) == CURLE_OK)
		describe(code, &answer, error);
	curl_easy_cleanup(curl);
	return code == 200;
}

int healthcheck_command(const struct options *options)
{
	struct target target = { .tls = false };
	struct error error = { "" };
	struct buf url;
	bool healthy = false;

	buf_init(&url, 1024);
	if (find_target(options, &target, &error)) {
		put_url(&target, &url);
		if (http_setup() == STATUS_OK)
			healthy = ask(&target, buf_text(&url), &error);
		http_teardown();
		buf_puts(&url, target.address.unix_path[0] != '\0' ? " at unix:" : "");
		buf_printf(&url, "%s: ", target.address.unix_path);
	}
	(void)fprintf(stderr, "btp_cert_exporter: %s: %s%s\n", healthy ? "healthy" : "not healthy",
		      buf_text(&url), error.text);
	buf_release(&url);
	return healthy ? 0 : EXIT_UNHEALTHY;
}
