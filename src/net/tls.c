/*
 * Trust anchors, pins and client certificates of one session, by OpenSSL. libcurl could load them
 * too, but per connection, from compiled-in places, and without telling what is wrong with them.
 */
#include "net/tls.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/pem.h"
#include "base/text.h"

#define CA_FILE_MAX ((size_t)4 * 1024 * 1024) /* all public anchors together have 220 kB */
#define CHAIN_MAX   64                        /* certificates in a binding; three are usual */

_Static_assert(sizeof(((struct http_peer *)NULL)->fingerprint_sha256) == DIGEST_TEXT_SIZE,
	       "a digest as text");

struct tls {
	X509_STORE *anchors; /* NULL: pinned, or not verified */
	X509 *certificate;   /* NULL: no client certificate */
	EVP_PKEY *key;
	STACK_OF(X509) * chain; /* what is sent after the certificate */
	bool pinned;
	bool pin_refused;
	uint8_t pin[DIGEST_SIZE];
	bool unwatched; /* what is shown may be a proxy's */
	struct http_peer peer;
};

static enum status add_ca_bytes(X509_STORE *anchors, const struct buf *bytes, const char *path,
				struct error *error)
{
	enum status status = STATUS_OK;
	size_t count = 0;
	BIO *bio = BIO_new_mem_buf(buf_text(bytes), (int)bytes->len);

	if (bio == NULL)
		return STATUS_MEMORY;
	for (;;) {
		X509 *certificate = pem_next_anchor(bio);
		if (certificate == NULL)
			break;
		if (X509_STORE_add_cert(anchors, certificate) != 1)
			status = STATUS_MEMORY;
		X509_free(certificate);
		count++;
	}
	if (!pem_ended())
		status = error_set(error, STATUS_SYNTAX, "CA file %s: certificate %zu is damaged",
				   path, count + 1);
	else if (count == 0)
		status = error_set(error, STATUS_SYNTAX, "CA file %s: no PEM certificate in it",
				   path);
	BIO_free(bio);
	return status;
}

static enum status add_ca_file(X509_STORE *anchors, const char *path, struct error *error)
{
	struct error detail = { "" };
	struct buf bytes;

	buf_init(&bytes, CA_FILE_MAX);
	enum status status = file_read(path, &bytes, NULL, &detail);
	if (status == STATUS_OK)
		status = add_ca_bytes(anchors, &bytes, path, error);
	else if (status != STATUS_MEMORY)
		status = error_set(error, STATUS_IO, "CA file: %.480s", detail.text);
	buf_release(&bytes);
	return status;
}

/* The folder has the links by which OpenSSL finds certificates ("4042bcee.0"). */
static bool is_hashed_folder(const char *path)
{
	bool found = false;
	DIR *folder = opendir(path);

	if (folder == NULL)
		return false;
	for (struct dirent *entry = readdir(folder); entry != NULL && !found;
	     entry = readdir(folder)) {
		const char *name = entry->d_name;
		found = strspn(name, "0123456789abcdef") == 8 && name[8] == '.';
	}
	(void)closedir(folder);
	return found;
}

/*
 * OpenSSL's own places first: a hashed folder costs nothing until a certificate is looked for.
 * Small container images have only the bundle that libcurl was built for.
 */
static void add_system_anchors(X509_STORE *anchors)
{
	bool chosen = getenv(X509_get_default_cert_file_env()) != NULL ||
		      getenv(X509_get_default_cert_dir_env()) != NULL;

	(void)X509_STORE_set_default_paths(anchors);
	if (!chosen && access(X509_get_default_cert_file(), R_OK) != 0 &&
	    !is_hashed_folder(X509_get_default_cert_dir())) {
		const char *bundle = curl_version_info(CURLVERSION_NOW)->cainfo;
		if (bundle != NULL)
			(void)X509_STORE_load_file(anchors, bundle);
	}
	ERR_clear_error();
}

static enum status load_anchors(struct tls *tls, const char *ca_file, struct error *error)
{
	tls->anchors = X509_STORE_new();
	if (tls->anchors == NULL)
		return STATUS_MEMORY;
	/* an anchor needs not be a root: a Cloud Connector's certificate can be its own anchor */
	(void)X509_STORE_set_flags(tls->anchors,
				   X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
	add_system_anchors(tls->anchors);
	if (ca_file == NULL || *ca_file == '\0')
		return STATUS_OK;
	return add_ca_file(tls->anchors, ca_file, error);
}

static enum status load_key(struct tls *tls, const struct secret *pem, struct error *error)
{
	enum status status = pem_private_key(pem->data, pem->len, &tls->key);

	if (status == STATUS_LOCKED)
		return error_set(error, STATUS_LOCKED, "private key: it needs a passphrase");
	if (status == STATUS_SYNTAX)
		return error_set(error, STATUS_SYNTAX, "private key: not a PEM private key");
	return status;
}

/* All certificates of the PEM text into the chain, in their order. */
static enum status load_chain(struct tls *tls, const struct secret *pem, struct error *error)
{
	enum status status = STATUS_OK;
	BIO *bio = BIO_new_mem_buf(pem->data, (int)pem->len);

	tls->chain = sk_X509_new_null();
	if (bio == NULL || tls->chain == NULL) {
		BIO_free(bio);
		return STATUS_MEMORY;
	}
	while (status == STATUS_OK) {
		X509 *certificate = pem_next_certificate(bio);
		if (certificate == NULL)
			break;
		if (sk_X509_num(tls->chain) == CHAIN_MAX ||
		    sk_X509_push(tls->chain, certificate) == 0) {
			X509_free(certificate);
			status = error_set(error, STATUS_SYNTAX, "certificate: chain is too long");
		}
	}
	BIO_free(bio);
	if (!pem_ended() || sk_X509_num(tls->chain) == 0)
		return error_set(error, STATUS_SYNTAX, "certificate: not a PEM certificate");
	return status;
}

/* Takes the certificate that belongs to the key out of the chain; usually the first one. */
static enum status choose_leaf(struct tls *tls, struct error *error)
{
	for (int i = 0; i < sk_X509_num(tls->chain); i++) {
		if (X509_check_private_key(sk_X509_value(tls->chain, i), tls->key) != 1)
			continue;
		tls->certificate = sk_X509_delete(tls->chain, i);
		break;
	}
	ERR_clear_error();
	if (tls->certificate == NULL)
		return error_set(error, STATUS_SYNTAX,
				 "private key: it does not belong to the certificate");
	return STATUS_OK;
}

static enum status load_client(struct tls *tls, const struct http_settings *settings,
			       struct error *error)
{
	bool has_certificate = settings->certificate != NULL && settings->certificate->data != NULL;
	bool has_key = settings->private_key != NULL && settings->private_key->data != NULL;

	if (!has_certificate && !has_key)
		return STATUS_OK;
	if (!has_certificate || !has_key)
		return error_set(error, STATUS_SYNTAX,
				 "certificate and private key: one is given without the other");
	enum status status = load_key(tls, settings->private_key, error);
	if (status == STATUS_OK)
		status = load_chain(tls, settings->certificate, error);
	if (status == STATUS_OK)
		status = choose_leaf(tls, error);
	return status;
}

enum status tls_new(const struct http_settings *settings, bool https_proxy, struct tls **ret_tls,
		    struct error *error)
{
	enum status status = STATUS_OK;
	const char *pin = settings->fingerprint_sha256;
	struct tls *tls = calloc(1, sizeof(*tls));

	if (tls == NULL)
		return error_set(error, STATUS_MEMORY, "out of memory");
	tls->unwatched = https_proxy;
	tls->pinned = pin != NULL && *pin != '\0';
	if (tls->pinned && digest_parse(pin, tls->pin) != STATUS_OK)
		status = error_set(error, STATUS_SYNTAX,
				   "tls_fingerprint_sha256: not 64 hexadecimal digits");
	else if (!tls->pinned && !settings->insecure_skip_verify)
		status = load_anchors(tls, settings->ca_file, error);
	if (status == STATUS_OK)
		status = load_client(tls, settings, error);
	if (status != STATUS_OK) {
		tls_free(tls);
		return status != STATUS_MEMORY ? status : error_set(error, status, "out of memory");
	}
	*ret_tls = tls;
	return STATUS_OK;
}

void tls_free(struct tls *tls)
{
	if (tls == NULL)
		return;
	X509_STORE_free(tls->anchors);
	X509_free(tls->certificate);
	EVP_PKEY_free(tls->key); /* OpenSSL wipes it */
	sk_X509_pop_free(tls->chain, X509_free);
	free(tls);
}

bool tls_pinned(const struct tls *tls)
{
	return tls->pinned;
}

bool tls_pin_refused(const struct tls *tls)
{
	return tls->pin_refused;
}

void tls_peer(const struct tls *tls, struct http_peer *ret_peer)
{
	*ret_peer = tls->peer;
}

static void note_peer(struct tls *tls, const X509 *certificate, const uint8_t digest[DIGEST_SIZE])
{
	struct http_peer peer = { .known = true };
	struct tm tm;

	if (tls->unwatched)
		return;
	if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &tm) == 1) {
		peer.not_after_s = timegm(&tm);
		peer.has_not_after = time_is_showable(peer.not_after_s);
	}
	ERR_clear_error();
	digest_text(digest, peer.fingerprint_sha256);
	tls->peer = peer;
}

static int verify_pin(X509_STORE_CTX *verification, struct tls *tls,
		      const uint8_t digest[DIGEST_SIZE])
{
	tls->pin_refused = CRYPTO_memcmp(digest, tls->pin, DIGEST_SIZE) != 0;
	X509_STORE_CTX_set_error(
		verification, tls->pin_refused ? X509_V_ERR_APPLICATION_VERIFICATION : X509_V_OK);
	return tls->pin_refused ? 0 : 1;
}

/* Around OpenSSL's verification of the chain, or in its place. OpenSSL calls it in each full
 * handshake, also where the result does not matter. */
static int on_verify(X509_STORE_CTX *verification, void *user)
{
	struct tls *tls = user;
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;
	const X509 *certificate = X509_STORE_CTX_get0_cert(verification);

	if (certificate == NULL || X509_digest(certificate, EVP_sha256(), digest, &len) != 1 ||
	    len != DIGEST_SIZE) {
		X509_STORE_CTX_set_error(verification, X509_V_ERR_APPLICATION_VERIFICATION);
		return 0;
	}
	note_peer(tls, certificate, digest);
	return tls->pinned ? verify_pin(verification, tls, digest) : X509_verify_cert(verification);
}

bool tls_apply(struct tls *tls, void *ssl_ctx)
{
	SSL_CTX *ctx = ssl_ctx;

	if (tls->anchors != NULL)
		SSL_CTX_set1_cert_store(ctx, tls->anchors);
	SSL_CTX_set_cert_verify_callback(ctx, on_verify, tls);
	if (tls->certificate == NULL)
		return true;
	bool ok = SSL_CTX_use_certificate(ctx, tls->certificate) == 1 &&
		  SSL_CTX_use_PrivateKey(ctx, tls->key) == 1;
	for (int i = 0; ok && i < sk_X509_num(tls->chain); i++)
		ok = SSL_CTX_add1_chain_cert(ctx, sk_X509_value(tls->chain, i)) == 1;
	return ok;
}
