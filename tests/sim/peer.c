/*
 * See peer.h. GnuTLS verifies (its session), OpenSSL prints.
 */
#include "peer.h"

#include <openssl/x509.h>

#include "public_keys.h"

static const char *common_name_of(struct arena *a, X509_NAME *name)
{
	int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
	unsigned char *utf8 = NULL;
	const char *copy = "";
	int len;

	if (at < 0)
		return copy;
	len = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	if (len >= 0)
		copy = arena_copy(a, (const char *)utf8, (size_t)len);
	OPENSSL_free(utf8);
	return copy;
}

void peer_read(struct arena *a, gnutls_session_t session, const char **ret_subject,
	       const char **ret_cn)
{
	unsigned status = 0, chain_len = 0;
	const gnutls_datum_t *chain =
		session != NULL ? gnutls_certificate_get_peers(session, &chain_len) : NULL;
	const unsigned char *der;
	X509 *x;

	if (chain == NULL || chain_len == 0 ||
	    gnutls_certificate_verify_peers2(session, &status) != 0 || status != 0)
		return;
	der = chain[0].data;
	x = d2i_X509(NULL, &der, (long)chain[0].size);
	if (x == NULL)
		return;
	*ret_subject = name_text(a, X509_get_subject_name(x));
	*ret_cn = common_name_of(a, X509_get_subject_name(x));
	X509_free(x);
}
