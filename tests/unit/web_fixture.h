#ifndef TESTS_WEB_FIXTURE_H
#define TESTS_WEB_FIXTURE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "web/service.h"

/*
 * A running web server on a free port of 127.0.0.1 with a small inventory, and clients for it: a
 * polite one (libcurl) and a bare socket for what no polite client sends.
 */
/* 2026-01-01T00:00:00Z: the clock of the server stands there, and the ends are relative to it. */
#define FIXTURE_NOW      INT64_C(1767225600)
#define FIXTURE_NOW_TEXT "1767225600"

#define FIXTURE_PATIENCE_S 120 /* only what hangs takes so long */

struct web_fixture {
	char folder[64]; /* new and empty; removed by fixture_stop() */
	struct options options;
	char *listen[2];
	struct snapshot_store *snapshots;
	struct telemetry *telemetry;
	struct web_hooks hooks;
	struct web_limits limits;
	atomic_bool ready, healthy, reload_works;
	atomic_int reloads, refreshes;
	struct web_server *server;
	char address[ADDRESS_TEXT_MAX]; /* 127.0.0.1:PORT */
};

/* Everything but the server: change `options` and `limits`, then fixture_start(). */
void fixture_init(struct web_fixture *fixture);
void fixture_start(struct web_fixture *fixture);
void fixture_stop(struct web_fixture *fixture); /* also the server, unless it was stopped */

/* The same for cmocka: a fixture of its own for each test, not started. */
int fixture_set_up(void **state);
int fixture_tear_down(void **state);
#define WEB_TEST(test) cmocka_unit_test_setup_teardown(test, fixture_set_up, fixture_tear_down)

/* Publishes an inventory with `certificates` rows and the usual failures. */
void fixture_publish(struct web_fixture *fixture, size_t certificates);

/* Writes a file into the folder; the path is static storage of eight slots, used in turn. */
const char *fixture_write(struct web_fixture *fixture, const char *name, const char *content);
const char *fixture_path(struct web_fixture *fixture, const char *name);

struct answer {
	CURLcode result;
	long code;
	char headers[4096]; /* as received, lines end with \r\n */
	char *body;         /* NUL-terminated; free with answer_release() */
	size_t len;
	size_t room;
};

/* Options of one request; NULL means the default. */
struct ask {
	const char *scheme;  /* http */
	const char *address; /* of the fixture's first listener */
	const char *path;
	const char *method;          /* GET */
	const char *user_password;   /* user:password */
	const char *const *headers;  /* NULL-terminated list */
	const char *ca, *cert, *key; /* files, for https */
	const char *body;            /* of a POST */
};
void ask(const struct web_fixture *fixture, const struct ask *what, struct answer *ret_answer);
/* GET of a path. */
void get(const struct web_fixture *fixture, const char *path, struct answer *ret_answer);
void answer_release(struct answer *answer);

/* The value of a response header in static storage, NULL if it is not there. */
const char *answer_header(const struct answer *answer, const char *name);

/* A connected socket. */
int fixture_connect(const struct web_fixture *fixture);
/* Sends text, then reads until the end or `size`; returns the number of bytes. */
size_t fixture_talk(int fd, const char *text, size_t len, char *ret_text, size_t size);

/* Reads `size` bytes, fewer only at the end of the connection. */
size_t fixture_read_some(int fd, char *ret_text, size_t size);

/* How often (handler, code) was answered. */
uint64_t fixture_count(const struct web_fixture *fixture, const char *handler, unsigned code);

/*
 * web_fixture_tls.c: makes keys and certificates in the folder: ca.pem, ca.key; NAME.pem, NAME.key
 * signed by it with the given subjectAltName (OpenSSL's text form, NULL: none). `client` sets the
 * extended key usage.
 */
void fixture_make_ca(struct web_fixture *fixture, const char *name);
void fixture_make_certificate(struct web_fixture *fixture, const char *ca, const char *name,
			      const char *san, bool client);

#endif
