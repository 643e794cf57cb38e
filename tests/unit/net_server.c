/* See net_server.h. */
#include "net_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define CONNECTIONS_MAX 512
#define REQUEST_MAX     ((size_t)256 * 1024)

/* ---- certificates ---- */

static bool add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	if (extension == NULL)
		return false;
	bool ok = X509_add_ext(certificate, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return ok;
}

/* `issuer` NULL: self-signed. `san` NULL: an authority. */
static X509 *make_certificate(const char *name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key,
			      const char *san)
{
	static long serial = 1;
	X509 *certificate = X509_new();
	bool ok = certificate != NULL;

	if (!ok)
		return NULL;
	if (issuer == NULL) {
		issuer = certificate;
		issuer_key = key;
	}
	X509_NAME *subject = X509_get_subject_name(certificate);
	ok = X509_set_version(certificate, 2) == 1 &&
	     ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++) == 1 &&
	     X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name,
					-1, -1, 0) == 1 &&
	     X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
	     X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) != NULL &&
	     X509_gmtime_adj(X509_getm_notAfter(certificate), 86400) != NULL &&
	     X509_set_pubkey(certificate, key) == 1 &&
	     add_extension(certificate, issuer, NID_basic_constraints,
			   san == NULL ? "critical,CA:TRUE" : "CA:FALSE");
	if (ok && san != NULL)
		ok = add_extension(certificate, issuer, NID_subject_alt_name, san);
	ok = ok && X509_sign(certificate, issuer_key, EVP_sha256()) > 0;
	if (!ok) {
		X509_free(certificate);
		return NULL;
	}
	return certificate;
}

static bool write_pem(const char *path, X509 *certificate)
{
	FILE *file = fopen(path, "we");
	bool ok = file != NULL && PEM_write_X509(file, certificate) == 1;

	if (file != NULL)
		(void)fclose(file);
	return ok;
}

static char *bio_text(BIO *bio)
{
	char *data;
	long len = BIO_get_mem_data(bio, &data);
	char *text = strndup(data, (size_t)len);

	BIO_free(bio);
	return text;
}

static bool make_client(struct pki *pki, X509 *ca, EVP_PKEY *ca_key)
{
	EVP_PKEY *intermediate_key = EVP_EC_gen("P-256");
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *intermediate = make_certificate("Client CA", intermediate_key, ca, ca_key, NULL);
	X509 *leaf = make_certificate("client", key, intermediate, intermediate_key, "DNS:client");
	BIO *chain = BIO_new(BIO_s_mem());
	BIO *plain = BIO_new(BIO_s_mem());
	BIO *locked = BIO_new(BIO_s_mem());
	char passphrase[] = "open sesame";
	bool ok = intermediate != NULL && leaf != NULL && PEM_write_bio_X509(chain, leaf) == 1 &&
		  PEM_write_bio_X509(chain, intermediate) == 1 &&
		  PEM_write_bio_PKCS8PrivateKey(plain, key, NULL, NULL, 0, NULL, NULL) == 1 &&
		  PEM_write_bio_PKCS8PrivateKey(locked, key, EVP_aes_256_cbc(), NULL, 0, NULL,
						passphrase) == 1;

	pki->client_chain = bio_text(chain);
	pki->client_key = bio_text(plain);
	pki->client_key_locked = bio_text(locked);
	X509_free(leaf);
	X509_free(intermediate);
	EVP_PKEY_free(key);
	EVP_PKEY_free(intermediate_key);
	return ok;
}

static void make_pin(struct pki *pki)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;

	(void)X509_digest(pki->server, EVP_sha256(), digest, &len);
	for (unsigned int i = 0; i < len; i++)
		(void)snprintf(pki->server_pin + (size_t)3 * i, 4, i + 1 < len ? "%02X:" : "%02X",
			       digest[i]);
}

bool pki_new(struct pki *pki)
{
	const char *tmp = getenv("TMPDIR");

	memset(pki, 0, sizeof(*pki));
	(void)snprintf(pki->folder, sizeof(pki->folder), "%.40s/net-test-XXXXXX",
		       tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(pki->folder) == NULL)
		return false;
	(void)snprintf(pki->ca_file, sizeof(pki->ca_file), "%s/ca.pem", pki->folder);
	(void)snprintf(pki->other_ca_file, sizeof(pki->other_ca_file), "%s/other.pem", pki->folder);
	(void)snprintf(pki->self_signed_file, sizeof(pki->self_signed_file), "%s/self.pem",
		       pki->folder);
	EVP_PKEY *ca_key = EVP_EC_gen("P-256");
	pki->server_key = EVP_EC_gen("P-256");
	X509 *ca = make_certificate("Test CA", ca_key, NULL, NULL, NULL);
	X509 *other = make_certificate("Other CA", pki->server_key, NULL, NULL, NULL);
	pki->server = make_certificate("server", pki->server_key, ca, ca_key,
				       "IP:127.0.0.1,DNS:localhost");
	pki->wrong_host =
		make_certificate("server", pki->server_key, ca, ca_key, "DNS:other.example");
	pki->self_signed = make_certificate("scc", pki->server_key, NULL, NULL, "IP:127.0.0.1");
	bool ok = ca != NULL && other != NULL && pki->server != NULL && pki->self_signed != NULL &&
		  pki->wrong_host != NULL && write_pem(pki->ca_file, ca) &&
		  write_pem(pki->other_ca_file, other) &&
		  write_pem(pki->self_signed_file, pki->self_signed) &&
		  make_client(pki, ca, ca_key);
	if (ok)
		make_pin(pki);
	X509_free(ca);
	X509_free(other);
	EVP_PKEY_free(ca_key);
	return ok;
}

void pki_free(struct pki *pki)
{
	(void)unlink(pki->ca_file);
	(void)unlink(pki->other_ca_file);
	(void)unlink(pki->self_signed_file);
	(void)rmdir(pki->folder);
	X509_free(pki->server);
	X509_free(pki->wrong_host);
	X509_free(pki->self_signed);
	EVP_PKEY_free(pki->server_key);
	free(pki->client_chain);
	free(pki->client_key);
	free(pki->client_key_locked);
}

/* ---- the server ---- */

struct connection {
	struct server *server;
	pthread_t thread;
	int fd;
};

struct server {
	struct server_options options;
	SSL_CTX *ctx;
	int fd;
	uint16_t port;
	pthread_t acceptor;
	pthread_mutex_t lock; /* of `connections` */
	struct connection connections[CONNECTIONS_MAX];
	size_t connection_count;
	atomic_bool stopping;
	atomic_uint requests;
	atomic_uint answering;
	atomic_uint peak;
};

static int accept_any(X509_STORE_CTX *verification, void *user)
{
	(void)user;
	X509_STORE_CTX_set_error(verification, X509_V_OK);
	return 1;
}

static int accept_none(X509_STORE_CTX *verification, void *user)
{
	(void)user;
	X509_STORE_CTX_set_error(verification, X509_V_ERR_CERT_REVOKED);
	return 0;
}

static ssize_t receive(SSL *ssl, int fd, char *data, size_t size)
{
	return ssl != NULL ? SSL_read(ssl, data, (int)size) : recv(fd, data, size, 0);
}

static size_t content_length(const char *head)
{
	const char *field = strcasestr(head, "\r\nContent-Length:");

	return field != NULL ? strtoul(field + 17, NULL, 10) : 0;
}

/* Reads one request into `data`; the start of its body, or NULL at the end. */
static char *read_request(SSL *ssl, int fd, char *data)
{
	size_t used = 0;
	char *body = NULL;

	for (;;) {
		ssize_t n = receive(ssl, fd, data + used, REQUEST_MAX - 1 - used);
		if (n <= 0)
			return NULL;
		used += (size_t)n;
		data[used] = '\0';
		if (body == NULL)
			body = strstr(data, "\r\n\r\n");
		if (body != NULL && used >= (size_t)(body + 4 - data) + content_length(data))
			break;
	}
	body[2] = '\0';
	return body + 4;
}

static void note_peak(struct server *server)
{
	unsigned now = atomic_fetch_add(&server->answering, 1) + 1;
	unsigned peak = atomic_load(&server->peak);

	while (now > peak && !atomic_compare_exchange_weak(&server->peak, &peak, now))
		continue;
}

static bool answer_one(struct server *server, SSL *ssl, int fd, char *data)
{
	char path[4096] = "";
	char *body = read_request(ssl, fd, data);

	if (body == NULL)
		return false;
	const char *start = strchr(data, ' ');
	if (start != NULL)
		(void)snprintf(path, sizeof(path), "%.*s", (int)strcspn(start + 1, " \r"),
			       start + 1);
	STACK_OF(X509) *chain = ssl != NULL ? SSL_get_peer_cert_chain(ssl) : NULL;
	X509 *leaf = ssl != NULL ? SSL_get0_peer_certificate(ssl) : NULL;
	struct exchange exchange = { .server = server,
				     .number = atomic_fetch_add(&server->requests, 1) + 1,
				     .head = data,
				     .path = path,
				     .body = body,
				     .ssl = ssl,
				     .fd = fd };

	/* on the server's side OpenSSL leaves the leaf out of the chain */
	if (leaf != NULL)
		exchange.client_certificates = 1 + (size_t)(chain != NULL ? sk_X509_num(chain) : 0);
	note_peak(server);
	bool more = server->options.handler(&exchange, server->options.user);
	(void)atomic_fetch_sub(&server->answering, 1);
	return more;
}

static void *serve(void *user)
{
	struct connection *connection = user;
	struct server *server = connection->server;
	char *data = malloc(REQUEST_MAX);
	SSL *ssl = server->ctx != NULL ? SSL_new(server->ctx) : NULL;
	bool ok = data != NULL;

	if (ssl != NULL)
		ok = ok && SSL_set_fd(ssl, connection->fd) == 1 && SSL_accept(ssl) == 1;
	while (ok && !atomic_load(&server->stopping))
		ok = answer_one(server, ssl, connection->fd, data);
	SSL_free(ssl);
	free(data);
	(void)shutdown(connection->fd, SHUT_RDWR); /* closed when the server is stopped */
	return NULL;
}

static void *accept_all(void *user)
{
	struct server *server = user;

	for (;;) {
		int fd = accept(server->fd, NULL, NULL);
		if (fd < 0)
			return NULL;
		pthread_mutex_lock(&server->lock);
		struct connection *c = &server->connections[server->connection_count];
		bool room = server->connection_count < CONNECTIONS_MAX &&
			    !atomic_load(&server->stopping);
		if (room) {
			c->server = server;
			c->fd = fd;
			room = pthread_create(&c->thread, NULL, serve, c) == 0;
		}
		if (room)
			server->connection_count++;
		else
			(void)close(fd);
		pthread_mutex_unlock(&server->lock);
	}
}

static bool set_up_tls(struct server *server)
{
	const struct server_options *o = &server->options;

	if (o->certificate == NULL)
		return true;
	server->ctx = SSL_CTX_new(TLS_server_method());
	if (server->ctx == NULL || SSL_CTX_use_certificate(server->ctx, o->certificate) != 1 ||
	    SSL_CTX_use_PrivateKey(server->ctx, o->key) != 1)
		return false;
	SSL_CTX_set_session_id_context(server->ctx, (const unsigned char *)"test", 4);
	SSL_CTX_set_security_level(server->ctx, 0); /* old versions of TLS are offered in a test */
	if (o->max_tls_version != 0) {
		SSL_CTX_set_min_proto_version(server->ctx, 0);
		SSL_CTX_set_max_proto_version(server->ctx, o->max_tls_version);
	}
	if (o->ask_client_certificate)
		SSL_CTX_set_verify(server->ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
				   NULL);
	SSL_CTX_set_cert_verify_callback(
		server->ctx, o->refuse_client_certificate ? accept_none : accept_any, NULL);
	return true;
}

struct server *server_start(const struct server_options *options)
{
	struct server *server = calloc(1, sizeof(*server));
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);

	if (server == NULL)
		return NULL;
	server->options = *options;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (pthread_mutex_init(&server->lock, NULL) != 0 || !set_up_tls(server) ||
	    bind(server->fd, (const struct sockaddr *)&address, len) != 0 ||
	    listen(server->fd, 64) != 0 ||
	    getsockname(server->fd, (struct sockaddr *)&address, &len) != 0 ||
	    pthread_create(&server->acceptor, NULL, accept_all, server) != 0)
		abort(); /* a test cannot go on */
	server->port = ntohs(address.sin_port);
	return server;
}

void server_stop(struct server *server)
{
	atomic_store(&server->stopping, true);
	(void)shutdown(server->fd, SHUT_RDWR);
	(void)pthread_join(server->acceptor, NULL);
	(void)close(server->fd);
	for (size_t i = 0; i < server->connection_count; i++)
		(void)shutdown(server->connections[i].fd, SHUT_RDWR);
	for (size_t i = 0; i < server->connection_count; i++) {
		(void)pthread_join(server->connections[i].thread, NULL);
		(void)close(server->connections[i].fd);
	}
	SSL_CTX_free(server->ctx);
	(void)pthread_mutex_destroy(&server->lock);
	free(server);
}

uint16_t server_port(const struct server *server)
{
	return server->port;
}

unsigned server_requests(const struct server *server)
{
	return atomic_load(&server->requests);
}

unsigned server_connections(const struct server *server)
{
	/* the lock does not belong to what is seen from outside */
	pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&server->lock;

	pthread_mutex_lock(lock);
	unsigned count = (unsigned)server->connection_count;
	pthread_mutex_unlock(lock);
	return count;
}

unsigned server_peak(const struct server *server)
{
	return atomic_load(&server->peak);
}

bool server_stopping(const struct server *server)
{
	return atomic_load(&server->stopping);
}

/* ---- answers ---- */

void reply_bytes(struct exchange *exchange, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		int chunk = len < 16384 ? (int)len : 16384;
		ssize_t n = exchange->ssl != NULL
				    ? SSL_write(exchange->ssl, p, chunk)
				    : send(exchange->fd, p, (size_t)chunk, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		p += n;
		len -= (size_t)n;
	}
}

void reply_raw(struct exchange *exchange, const char *text)
{
	reply_bytes(exchange, text, strlen(text));
}

void reply(struct exchange *exchange, int code, const char *headers, const char *body)
{
	char *text = NULL;
	int n = asprintf(&text, "HTTP/1.1 %d Some Reason\r\n%sContent-Length: %zu\r\n\r\n%s", code,
			 headers, strlen(body), body);

	if (n < 0)
		abort();
	reply_bytes(exchange, text, (size_t)n);
	free(text);
}

void sleep_ms(unsigned ms)
{
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	(void)nanosleep(&time, NULL);
}

void hang(struct exchange *exchange, unsigned ms)
{
	for (unsigned i = 0; i < ms && !server_stopping(exchange->server); i += 10)
		sleep_ms(10);
}
