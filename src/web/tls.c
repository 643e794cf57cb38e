/* Server-side TLS with GnuTLS: credentials, the policy for client certificates, allowed names. */
#include "web/tls.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <gnutls/x509.h>

#include "config/web_priority.h"

#define SAN_SIZE 1024 /* bytes; a longer name is never an allowed one */
#define SANS_MAX 1000 /* names of a client's certificate that are looked at */

struct tls_context {
	atomic_uint references;
	gnutls_certificate_credentials_t credentials;
	gnutls_priority_t priority;
	gnutls_certificate_request_t request;
	bool verify; /* a given certificate must lead to the client CA */
	char **allowed_sans;
	size_t allowed_san_count; /* 0: any */
};

static bool pem_datum(const char *text, size_t len, gnutls_datum_t *ret_datum)
{
	union {
		const char *text;
		unsigned char *data;
	} bytes = { text }; /* GnuTLS only reads, but its type has no const */

	if (text == NULL || len == 0 || len > UINT_MAX)
		return false;
	ret_datum->data = bytes.data;
	ret_datum->size = (unsigned)len;
	return true;
}

static enum status fail(struct error *error, const char *what, int rc)
{
	return error_set(error, rc == GNUTLS_E_MEMORY_ERROR ? STATUS_MEMORY : STATUS_SYNTAX,
			 "%s: %s", what, gnutls_strerror(rc));
}

static enum status load_key_pair(struct tls_context *context, const struct web_config *config,
				 struct error *error)
{
	gnutls_datum_t certificate;
	gnutls_datum_t key;

	if (!config->tls || config->certificate_pem == NULL ||
	    !pem_datum(config->certificate_pem, strlen(config->certificate_pem), &certificate) ||
	    !pem_datum(config->private_key_pem.data, config->private_key_pem.len, &key))
		return error_set(error, STATUS_SYNTAX,
				 "the web configuration has no certificate and key");
	int rc = gnutls_certificate_set_x509_key_mem2(context->credentials, &certificate, &key,
						      GNUTLS_X509_FMT_PEM, NULL, 0);
	if (rc < 0)
		return fail(error, "certificate and key cannot be used", rc);
	return STATUS_OK;
}

static enum status load_client_policy(struct tls_context *context, const struct web_config *config,
				      struct error *error)
{
	gnutls_datum_t trust;

	switch (config->client_auth) {
	case CLIENT_AUTH_NONE:
		context->request = GNUTLS_CERT_IGNORE;
		break;
	case CLIENT_AUTH_REQUEST:
		context->request = GNUTLS_CERT_REQUEST;
		break;
	case CLIENT_AUTH_REQUIRE_ANY:
		context->request = GNUTLS_CERT_REQUIRE;
		break;
	case CLIENT_AUTH_VERIFY_IF_GIVEN:
		context->request = GNUTLS_CERT_REQUEST;
		context->verify = true;
		break;
	case CLIENT_AUTH_REQUIRE_AND_VERIFY:
		context->request = GNUTLS_CERT_REQUIRE;
		context->verify = true;
		break;
	}
	if (config->client_ca_pem != NULL &&
	    pem_datum(config->client_ca_pem, strlen(config->client_ca_pem), &trust)) {
		int rc = gnutls_certificate_set_x509_trust_mem(context->credentials, &trust,
							       GNUTLS_X509_FMT_PEM);
		if (rc <= 0)
			return fail(error, "the client CA cannot be used",
				    rc < 0 ? rc : GNUTLS_E_NO_CERTIFICATE_FOUND);
	}
	size_t count = config->client_allowed_sans.count;
	if (count == 0)
		return STATUS_OK;
	context->allowed_sans = calloc(count, sizeof(*context->allowed_sans));
	if (context->allowed_sans == NULL)
		return STATUS_MEMORY;
	for (size_t i = 0; i < count; i++) {
		context->allowed_sans[i] = strdup(config->client_allowed_sans.items[i]);
		if (context->allowed_sans[i] == NULL)
			return STATUS_MEMORY;
		context->allowed_san_count++;
	}
	return STATUS_OK;
}

static enum status load_priority(struct tls_context *context, const struct web_config *config,
				 struct error *error)
{
	char text[WEB_PRIORITY_SIZE];
	const char *position = NULL;
	enum status status = web_config_gnutls_priority(config, text, sizeof(text), error);

	if (status != STATUS_OK)
		return status;
	int rc = gnutls_priority_init(&context->priority, text, &position);
	return rc < 0 ? fail(error, "TLS versions, suites and curves", rc) : STATUS_OK;
}

enum status tls_context_new(const struct web_config *config, struct tls_context **ret_context,
			    struct error *error)
{
	/* GnuTLS obeys GNUTLS_DEBUG_LEVEL before main(), and then prints keys to stderr */
	gnutls_global_set_log_level(0);
	struct tls_context *context = calloc(1, sizeof(*context));
	enum status status = STATUS_MEMORY;

	if (context == NULL)
		return STATUS_MEMORY;
	atomic_init(&context->references, 1);
	if (gnutls_certificate_allocate_credentials(&context->credentials) < 0) {
		context->credentials = NULL;
		goto out;
	}
	status = load_key_pair(context, config, error);
	if (status == STATUS_OK)
		status = load_client_policy(context, config, error);
	if (status == STATUS_OK)
		status = load_priority(context, config, error);
	if (status != STATUS_OK)
		goto out;
	*ret_context = context;
	context = NULL; /* handed over */
out:
	tls_context_unref(context);
	return status;
}

struct tls_context *tls_context_ref(struct tls_context *context)
{
	atomic_fetch_add(&context->references, 1);
	return context;
}

void tls_context_unref(struct tls_context *context)
{
	if (context == NULL || atomic_fetch_sub(&context->references, 1) != 1)
		return;
	if (context->credentials != NULL)
		gnutls_certificate_free_credentials(context->credentials);
	if (context->priority != NULL)
		gnutls_priority_deinit(context->priority);
	for (size_t i = 0; i < context->allowed_san_count; i++)
		free(context->allowed_sans[i]);
	free(context->allowed_sans);
	free(context);
}

static bool is_allowed(const struct tls_context *context, const char *name)
{
	for (size_t i = 0; i < context->allowed_san_count; i++) {
		if (strcmp(context->allowed_sans[i], name) == 0)
			return true;
	}
	return false;
}

/* One name of a certificate as the list of allowed names spells it. False for kinds of names that
 * the list cannot have, and for a name with a NUL inside, which would compare as a shorter one. */
static bool san_text(int type, const char *data, size_t len, char ret_text[SAN_SIZE])
{
	if (type == GNUTLS_SAN_IPADDRESS)
		return inet_ntop(len == 4 ? AF_INET : AF_INET6, data, ret_text, SAN_SIZE) != NULL &&
		       (len == 4 || len == 16);
	if (type != GNUTLS_SAN_DNSNAME && type != GNUTLS_SAN_RFC822NAME && type != GNUTLS_SAN_URI)
		return false;
	if (len >= SAN_SIZE || memchr(data, '\0', len) != NULL)
		return false;
	memcpy(ret_text, data, len);
	ret_text[len] = '\0';
	return true;
}

static bool has_allowed_san(const struct tls_context *context, const gnutls_datum_t *leaf)
{
	gnutls_x509_crt_t certificate;
	bool found = false;

	if (gnutls_x509_crt_init(&certificate) < 0)
		return false;
	if (gnutls_x509_crt_import(certificate, leaf, GNUTLS_X509_FMT_DER) < 0)
		goto out;
	for (unsigned i = 0; i < SANS_MAX && !found; i++) {
		char raw[SAN_SIZE] = { 0 }; /* an address may be read as 16 bytes */
		char text[SAN_SIZE];
		size_t len = sizeof(raw);
		int type = gnutls_x509_crt_get_subject_alt_name(certificate, i, raw, &len, NULL);
		if (type == GNUTLS_E_SHORT_MEMORY_BUFFER)
			continue;
		if (type < 0)
			break;
		found = san_text(type, raw, len, text) && is_allowed(context, text);
	}
out:
	gnutls_x509_crt_deinit(certificate);
	return found;
}

/* GnuTLS calls this in the handshake, whether or not the client has sent a certificate. */
static int check_client(gnutls_session_t session)
{
	const struct tls_context *context = gnutls_db_get_ptr(session);
	unsigned count = 0;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);
	gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID };
	char oid[] = GNUTLS_KP_TLS_WWW_CLIENT;
	unsigned problems = 0;

	if (context == NULL)
		return GNUTLS_E_CERTIFICATE_ERROR;
	if (chain == NULL || count == 0)
		return context->request == GNUTLS_CERT_REQUIRE || context->allowed_san_count > 0
			       ? GNUTLS_E_CERTIFICATE_ERROR
			       : 0;
	purpose.data = (unsigned char *)oid;
	if (context->verify &&
	    (gnutls_certificate_verify_peers(session, &purpose, 1, &problems) < 0 || problems != 0))
		return GNUTLS_E_CERTIFICATE_ERROR;
	if (context->allowed_san_count > 0 && !has_allowed_san(context, &chain[0]))
		return GNUTLS_E_CERTIFICATE_ERROR;
	return 0;
}

void tls_context_attach(struct tls_context *context, gnutls_session_t session)
{
	gnutls_credentials_clear(session);
	if (context == NULL)
		return;
	/* The session's own pointer belongs to the HTTP library; the one of the session cache,
	 * which is not used here, is free. */
	gnutls_db_set_ptr(session, context);
	(void)gnutls_priority_set(session, context->priority);
	(void)gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, context->credentials);
	gnutls_certificate_server_set_request(session, context->request);
	if (context->request != GNUTLS_CERT_IGNORE)
		gnutls_session_set_verify_function(session, check_client);
}
