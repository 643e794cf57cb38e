/*
 * Logon with a client certificate: trust by the allowlist of the scenario (a CA, or the certificate
 * itself), else by --client-ca; the user's name is a part of the subject. Follows
 * docs/reference/cloud-connector.md 3.1.
 */
#include <limits.h>

#include <openssl/pem.h>

#include "connector.h"

static X509 *chain_certificate(const struct request *r, size_t i)
{
	const unsigned char *der = r->peer.chain[i].der;

	return der != NULL ? d2i_X509(NULL, &der, (long)r->peer.chain[i].len) : NULL;
}

/* Every certificate of the PEM text is trusted by itself, CA or not. */
static X509_STORE *make_store(const char *pem, size_t len)
{
	BIO *bio = len <= INT_MAX ? BIO_new_mem_buf(pem, (int)len) : NULL;
	X509_STORE *store = X509_STORE_new();
	X509 *x;

	while (bio != NULL && store != NULL &&
	       (x = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		(void)X509_STORE_add_cert(store, x);
		X509_free(x);
	}
	if (store != NULL)
		(void)X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	BIO_free(bio);
	return store;
}

static bool allowed(const struct request *r, X509 *leaf)
{
	X509_STORE *store = make_store(r->sc->logon.allowlist, r->sc->logon.allowlist_len);
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *others = sk_X509_new_null();
	bool ok = false;

	for (size_t i = 1; i < r->peer.chain_len && others != NULL; i++) {
		X509 *x = chain_certificate(r, i);

		if (x != NULL && sk_X509_push(others, x) == 0)
			X509_free(x);
	}
	if (store != NULL && ctx != NULL && X509_STORE_CTX_init(ctx, store, leaf, others) == 1)
		ok = X509_verify_cert(ctx) == 1;
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	sk_X509_pop_free(others, X509_free);
	return ok;
}

const char *logon_certificate_user(struct request *r)
{
	const struct logon *logon = &r->sc->logon;
	ASN1_OBJECT *kind = OBJ_txt2obj(logon->user_oid, 0);
	X509 *leaf = chain_certificate(r, 0);
	const char *user = NULL;

	if (kind != NULL && leaf != NULL &&
	    (logon->allowlist != NULL ? allowed(r, leaf) : r->peer.subject != NULL))
		user = name_value(&r->arena, X509_get_subject_name(leaf), kind);
	X509_free(leaf);
	ASN1_OBJECT_free(kind);
	return user;
}
