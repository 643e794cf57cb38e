/*
 * See peer.h. GnuTLS verifies (its session), OpenSSL prints.
 */
#include "peer.h"

#include <openssl/bio.h>

char *name_text(struct arena *a, const X509_NAME *name)
{
	const unsigned long flags = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	char *copy = NULL;
	long len;

	if (bio != NULL && X509_NAME_print_ex(bio, name, 0, flags) >= 0) {
		len = BIO_get_mem_data(bio, &text);
		copy = arena_copy(a, text, (size_t)len);
	}
	BIO_free(bio);
	return copy;
}

const char *name_value(struct arena *a, const X509_NAME *name, const ASN1_OBJECT *kind)
{
	int at = -1, next;
	unsigned char *utf8 = NULL;
	const char *copy = NULL;
	int len;

	while ((next = X509_NAME_get_index_by_OBJ(name, kind, at)) >= 0)
		at = next;
	if (at < 0)
		return "";
	len = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	if (len >= 0)
		copy = arena_copy(a, (const char *)utf8, (size_t)len);
	OPENSSL_free(utf8);
	return copy != NULL ? copy : "";
}

static void read_chain(struct arena *a, const gnutls_datum_t *chain, unsigned len, struct peer *p)
{
	for (unsigned i = 0; i < len && p->chain_len < PEER_CHAIN_MAX; i++) {
		struct peer_certificate *c = &p->chain[p->chain_len++];

		c->der = (const unsigned char *)arena_copy(a, (const char *)chain[i].data,
							   chain[i].size);
		c->len = c->der != NULL ? chain[i].size : 0;
	}
}

void peer_read(struct arena *a, gnutls_session_t session, struct peer *ret_peer)
{
	unsigned status = 0, chain_len = 0;
	const gnutls_datum_t *chain =
		session != NULL ? gnutls_certificate_get_peers(session, &chain_len) : NULL;
	const unsigned char *der;
	X509 *x;

	if (chain == NULL || chain_len == 0)
		return;
	read_chain(a, chain, chain_len, ret_peer);
	if (gnutls_certificate_verify_peers2(session, &status) != 0 || status != 0)
		return;
	der = chain[0].data;
	x = d2i_X509(NULL, &der, (long)chain[0].size);
	if (x == NULL)
		return;
	ret_peer->subject = name_text(a, X509_get_subject_name(x));
	ret_peer->cn = name_value(a, X509_get_subject_name(x), OBJ_nid2obj(NID_commonName));
	X509_free(x);
}
