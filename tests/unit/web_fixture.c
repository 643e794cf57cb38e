/* A running web server for tests, and clients for it. */
#include "source/destination/service.h"
#include "source/destination/settings.h"
#include "web_fixture.h"

#include <arpa/inet.h>
#include <assert.h>
#include <dirent.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "inventory/merge.h"
#include "source/destination/levels.h"
#include "source/level.h"

#define DAY INT64_C(86400)

/* -- the inventory ------------------------------------------------------------------------------
 */

static void add_certificate(struct store_content *content, uint32_t position, size_t number,
			    long days)
{
	char subject[128];
	struct certificate *certificate;
	struct certificate facts = {
		.role = position == 0 ? CERTIFICATE_LEAF : CERTIFICATE_INTERMEDIATE,
		.has_not_before = true,
		.has_not_after = true,
		.not_before_s = FIXTURE_NOW - 300 * DAY,
		.not_after_s = FIXTURE_NOW + days * DAY + 3600,
		.subject = subject,
		.issuer = (char *)(uintptr_t) "CN=Example Issuing CA 3,O=Example AG,C=CH",
		.serial_number = (char *)(uintptr_t) "7b",
		.public_key = (char *)(uintptr_t) "RSA-2048",
		.signature_algorithm = (char *)(uintptr_t) "sha256WithRSAEncryption",
	};

	(void)snprintf(subject, sizeof(subject), "CN=host-%zu.example.com,O=Example <AG> & Co,C=CH",
		       number);
	assert_int_equal(certificate_copy(&facts, &certificate), STATUS_OK);
	assert_int_equal(store_add_certificate_take(content, position, certificate), STATUS_OK);
}

static void add_store(struct source_level *level, const char *name, size_t number, long days)
{
	struct store_content *content;

	assert_int_equal(store_content_new(STORE_FORMAT_JKS, &content), STATUS_OK);
	assert_int_equal(store_add_entry(content, "client"), STATUS_OK);
	add_certificate(content, 0, number, days);
	add_certificate(content, 1, number, days + 900);
	store_content_finish(content);
	source_level_add_store(level, PART_CERTIFICATES, name, "", content);
	store_content_unref(content);
}

static void fill_level(struct source_level *level, size_t certificates)
{
	static const long ends[] = { -12, 5, 14, 29, 45, 80, 150, 200, 310, 700 };
	struct source_store *store;
	char name[64];

	level->up = true;
	level->whole = PART_CERTIFICATES | PART_DESTINATIONS | PART_FRAGMENTS;
	level->has_destinations = true;
	level->destinations = 3;
	for (size_t i = 0; i < certificates; i++) {
		(void)snprintf(name, sizeof(name), "store-%05zu.jks", i);
		add_store(level, name, i, ends[i % 10] + (long)(i / 10));
	}
	store = source_level_add_store(level, PART_CERTIFICATES, "partner.p12", "", NULL);
	source_store_set_state(store, STORE_LOCKED, "no password fits");
	source_level_add_reference(level, REFERENCE_DESTINATION, "ERP_<b>\"PROD\"",
				   "KeyStoreLocation", "store-00000.jks");
	source_level_add_reference(level, REFERENCE_DESTINATION, "LEGACY", "TrustStoreLocation",
				   "gone.jks");
}

static struct source_view *make_view(struct web_fixture *fixture, const char *id, size_t count)
{
	char *text = strdup(id);
	char *empty = strdup("");
	struct destination_settings settings = { .levels = DS_READ_SUBACCOUNT };
	struct source_config config = {
		.id = text,
		.name = text,
		.system_id = empty,
		.kind = &destination_service_kind,
		.poll_interval_s = 3600,
		.own = &settings,
	};
	struct source_facts facts = {
		.config = &config,
		.telemetry = telemetry_source(fixture->telemetry, id, NULL),
		.host = "destination.example.com",
		.has_attempt = true,
		.up = true,
		.last_attempt_s = FIXTURE_NOW - 600,
		.has_success = true,
		.last_success_s = FIXTURE_NOW - 600,
		.next_attempt_s = FIXTURE_NOW + 3000,
	};
	struct source_level *level = source_level_new(LEVEL_SUBACCOUNT);

	assert_non_null(level);
	fill_level(level, count);
	struct source_level *merged = level_merge(NULL, NULL, level, facts.last_attempt_s);
	assert_non_null(merged);
	struct source_view *view = source_view_build(&facts, &merged, 1);
	assert_non_null(view);
	source_level_unref(merged);
	source_level_unref(level);
	free(text);
	free(empty);
	return view;
}

void fixture_publish(struct web_fixture *fixture, size_t certificates)
{
	struct source_view *view = make_view(fixture, "prod", certificates);
	struct snapshot *snapshot = snapshot_new(&view, 1);

	assert_non_null(snapshot);
	source_view_unref(view);
	snapshot_unref(snapshot_store_swap(fixture->snapshots, snapshot));
}

/* -- the server ---------------------------------------------------------------------------------
 */

static bool hook_ready(void *user, struct error *error)
{
	struct web_fixture *fixture = user;

	(void)error_set(error, STATUS_OK, "source \"prod\" has not been tried");
	return atomic_load(&fixture->ready);
}

static bool hook_healthy(void *user, struct error *error)
{
	struct web_fixture *fixture = user;

	(void)error_set(error, STATUS_OK, "the scheduler hangs");
	return atomic_load(&fixture->healthy);
}

static bool hook_reload(void *user, struct error *error)
{
	struct web_fixture *fixture = user;

	(void)error_set(error, STATUS_OK, "config.yml:3: what a mess");
	atomic_fetch_add(&fixture->reloads, 1);
	return atomic_load(&fixture->reload_works);
}

static void hook_refresh(void *user)
{
	struct web_fixture *fixture = user;

	atomic_fetch_add(&fixture->refreshes, 1);
}

void fixture_init(struct web_fixture *fixture)
{
	static char listen[] = "127.0.0.1:0";
	static char path[] = "/metrics";

	memset(fixture, 0, sizeof(*fixture));
	/* two renderings of the same thing are the same */
	assert_int_equal(setenv("BTP_CERT_EXPORTER_NOW", FIXTURE_NOW_TEXT, 1), 0);
	(void)snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/test_web.XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	/* tests provoke what the server logs as errors */
	log_setup(getenv("TEST_WEB_LOG") != NULL ? LOG_DEBUG : LOG_ERROR + 1, LOG_LOGFMT);
	fixture->listen[0] = listen;
	fixture->options.listen_addresses.items = fixture->listen;
	fixture->options.listen_addresses.count = 1;
	fixture->options.telemetry_path = path;
	fixture->options.max_requests = 40;
	fixture->options.disable_exporter_metrics = true;
	fixture->limits = web_limits_default;
	fixture->hooks = (struct web_hooks){
		.user = fixture,
		.ready = hook_ready,
		.healthy = hook_healthy,
		.reload = hook_reload,
		.refresh = hook_refresh,
	};
	atomic_init(&fixture->ready, true);
	atomic_init(&fixture->healthy, true);
	atomic_init(&fixture->reload_works, true);
	fixture->telemetry = telemetry_new();
	fixture->snapshots = snapshot_store_new();
	assert_non_null(fixture->telemetry);
	assert_non_null(fixture->snapshots);
	fixture_publish(fixture, 20);
}

void fixture_start(struct web_fixture *fixture)
{
	struct error error = { "" };

	if (web_server_start_limited(&fixture->options, fixture->snapshots, fixture->telemetry,
				     &fixture->hooks, &fixture->limits, &fixture->server,
				     &error) != STATUS_OK)
		fail_msg("the server does not start: %s", error.text);
	(void)snprintf(fixture->address, sizeof(fixture->address), "%s",
		       web_server_address(fixture->server, 0));
}

void fixture_stop(struct web_fixture *fixture)
{
	DIR *folder = opendir(fixture->folder);

	web_server_stop(fixture->server, 5000);
	snapshot_store_free(fixture->snapshots);
	telemetry_free(fixture->telemetry);
	for (struct dirent *item = folder != NULL ? readdir(folder) : NULL; item != NULL;
	     item = readdir(folder)) {
		if (item->d_name[0] != '.')
			(void)unlink(fixture_path(fixture, item->d_name));
	}
	if (folder != NULL)
		(void)closedir(folder);
	(void)rmdir(fixture->folder);
}

int fixture_set_up(void **state)
{
	struct web_fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture_init(fixture);
	*state = fixture;
	return 0;
}

int fixture_tear_down(void **state)
{
	fixture_stop(*state);
	free(*state);
	return 0;
}

const char *fixture_path(struct web_fixture *fixture, const char *name)
{
	static char paths[8][256];
	static unsigned slot;
	char *path = paths[slot++ % 8];

	(void)snprintf(path, sizeof(paths[0]), "%s/%.150s", fixture->folder, name);
	return path;
}

const char *fixture_write(struct web_fixture *fixture, const char *name, const char *content)
{
	const char *path = fixture_path(fixture, name);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(content, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return path;
}

uint64_t fixture_count(const struct web_fixture *fixture, const char *handler, unsigned code)
{
	struct telemetry_values values;

	telemetry_read(fixture->telemetry, &values);
	for (size_t i = 0; i < values.http_request_count; i++) {
		if (strcmp(values.http_requests[i].handler, handler) == 0 &&
		    values.http_requests[i].code == code)
			return values.http_requests[i].count;
	}
	return 0;
}

/* -- clients ------------------------------------------------------------------------------------
 */

static size_t take_body(char *data, size_t size, size_t count, void *user)
{
	struct answer *answer = user;

	if (answer->len + size * count >= answer->room) {
		size_t room = 2 * (answer->len + size * count) + 1;
		char *body = realloc(answer->body, room);
		if (body == NULL)
			return 0;
		answer->body = body;
		answer->room = room;
	}
	memcpy(answer->body + answer->len, data, size * count);
	answer->len += size * count;
	answer->body[answer->len] = '\0';
	return size * count;
}

static size_t take_header(char *data, size_t size, size_t count, void *user)
{
	struct answer *answer = user;
	size_t used = strlen(answer->headers);

	if (used + size * count < sizeof(answer->headers)) {
		memcpy(answer->headers + used, data, size * count);
		answer->headers[used + size * count] = '\0';
	}
	return size * count;
}

static void set_tls(CURL *curl, const struct ask *what)
{
	if (what->ca != NULL)
		(void)curl_easy_setopt(curl, CURLOPT_CAINFO, what->ca);
	if (what->cert != NULL) {
		(void)curl_easy_setopt(curl, CURLOPT_SSLCERT, what->cert);
		(void)curl_easy_setopt(curl, CURLOPT_SSLKEY, what->key);
	}
}

void ask(const struct web_fixture *fixture, const struct ask *what, struct answer *ret_answer)
{
	CURL *curl = curl_easy_init();
	struct curl_slist *headers = NULL;
	char url[512];

	memset(ret_answer, 0, sizeof(*ret_answer));
	assert_non_null(curl);
	(void)snprintf(url, sizeof(url), "%s://%s%s", what->scheme != NULL ? what->scheme : "http",
		       what->address != NULL ? what->address : fixture->address, what->path);
	for (const char *const *h = what->headers; h != NULL && *h != NULL; h++)
		headers = curl_slist_append(headers, *h);
	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)FIXTURE_PATIENCE_S);
	(void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, ret_answer);
	(void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	(void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, ret_answer);
	if (what->user_password != NULL)
		(void)curl_easy_setopt(curl, CURLOPT_USERPWD, what->user_password);
	if (what->body != NULL)
		(void)curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, what->body);
	if (what->method != NULL && strcmp(what->method, "HEAD") == 0)
		(void)curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	else if (what->method != NULL)
		(void)curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, what->method);
	set_tls(curl, what);
	ret_answer->result = curl_easy_perform(curl);
	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &ret_answer->code);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
}

void get(const struct web_fixture *fixture, const char *path, struct answer *ret_answer)
{
	ask(fixture, &(struct ask){ .path = path }, ret_answer);
	assert_int_equal(ret_answer->result, CURLE_OK);
}

void answer_release(struct answer *answer)
{
	free(answer->body);
	memset(answer, 0, sizeof(*answer));
}

const char *answer_header(const struct answer *answer, const char *name)
{
	static char value[1024];

	for (const char *line = answer->headers; *line != '\0';) {
		size_t len = strcspn(line, "\r\n");
		size_t name_len = strlen(name);
		if (len > name_len && strncasecmp(line, name, name_len) == 0 &&
		    line[name_len] == ':') {
			(void)snprintf(value, sizeof(value), "%.*s", (int)(len - name_len - 2),
				       line + name_len + 2);
			return value;
		}
		line += len;
		line += strspn(line, "\r\n");
	}
	return NULL;
}

int fixture_connect(const struct web_fixture *fixture)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct timeval patience = { .tv_sec = FIXTURE_PATIENCE_S };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons((uint16_t)strtoul(strrchr(fixture->address, ':') + 1, NULL, 10));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

size_t fixture_read_some(int fd, char *ret_text, size_t size)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = recv(fd, ret_text + got, size - got, 0);
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	return got;
}

size_t fixture_talk(int fd, const char *text, size_t len, char *ret_text, size_t size)
{
	size_t got = 0;

	while (len > 0) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);
		if (n <= 0)
			break;
		text += n;
		len -= (size_t)n;
	}
	while (got + 1 < size) {
		ssize_t n = recv(fd, ret_text + got, size - got - 1, 0);
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	ret_text[got] = '\0';
	return got;
}
