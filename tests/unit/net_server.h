/*
 * An HTTPS server on 127.0.0.1 inside the test process, which answers byte for byte what a test
 * tells it to: also what no HTTP library would send. One thread per connection. Its certificates
 * are made when the test starts.
 */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/ssl.h>

/* Keys and certificates; everything is released by pki_free(). */
struct pki {
	char folder[64]; /* temporary, holds the three files */
	char ca_file[128];
	char other_ca_file[128];
	char self_signed_file[128];
	EVP_PKEY *server_key;
	X509 *server;            /* 127.0.0.1, localhost; of the CA */
	X509 *wrong_host;        /* other.example, same key */
	X509 *self_signed;       /* 127.0.0.1, its own issuer, as a Cloud Connector has it */
	char server_pin[96];     /* SHA-256, with colons and capitals as tools print it */
	char *client_chain;      /* PEM: leaf, intermediate */
	char *client_key;        /* PEM */
	char *client_key_locked; /* PEM with a passphrase */
};

bool pki_new(struct pki *pki);
void pki_free(struct pki *pki);

struct server;

/* One request as it came, and the connection to answer on. */
struct exchange {
	struct server *server;
	unsigned number; /* of the request on this server, from 1 */
	const char *head;
	const char *path;
	const char *body;
	size_t client_certificates; /* in the chain the client sent */
	SSL *ssl;                   /* NULL on a plain server */
	int fd;
};

/* Answers; false closes the connection. */
typedef bool server_handler(struct exchange *exchange, void *user);

struct server_options {
	X509 *certificate; /* NULL: plain HTTP (a proxy) */
	EVP_PKEY *key;
	bool ask_client_certificate;    /* the handshake fails without one */
	bool refuse_client_certificate; /* any is refused with an alert */
	int max_tls_version;            /* 0: no limit */
	server_handler *handler;
	void *user;
};

struct server *server_start(const struct server_options *options);
void server_stop(struct server *server);
uint16_t server_port(const struct server *server);
unsigned server_requests(const struct server *server);
unsigned server_connections(const struct server *server);
/* The most requests that were being answered at the same time. */
unsigned server_peak(const struct server *server);
/* True once server_stop() was called: a handler that hangs ends. */
bool server_stopping(const struct server *server);

/* Sends bytes as they are. */
void reply_raw(struct exchange *exchange, const char *text);
void reply_bytes(struct exchange *exchange, const void *data, size_t len);
/* Status line, `headers` (lines ending in CRLF), Content-Length, body. */
void reply(struct exchange *exchange, int code, const char *headers, const char *body);
void sleep_ms(unsigned ms);
/* Sleeps until the server is stopped, at most `ms`. */
void hang(struct exchange *exchange, unsigned ms);

#endif
