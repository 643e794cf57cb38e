/*
 * From bags to entries, as OpenJDK's PKCS12KeyStore does it, so that aliases and positions are
 * those of `keytool -list`: a key is an entry under its friendlyName or a running number, its chain
 * begins with the certificate of the same localKeyId and goes on by issuer names and key
 * identifiers within the file; a certificate with Oracle's trustedKeyUsage is an entry; unnamed
 * keys and trusted certificates share one counter. Java drops all other certificates. Here each
 * becomes an entry, because it expires too.
 */
#include "cert/pkcs12/entries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/x509.h>

#include "cert/ber.h"
#include "cert/content.h"
#include "cert/crypto_memory.h"
#include "cert/x509/self.h"
#include "cert/x509/view.h"

#define NONE SIZE_MAX

/* All chains together repeat certificates at most this much: many keys can share long chains. */
#define CHAIN_BYTES_MAX (4 * (size_t)STORE_BYTES_MAX)

/* What is known of a bag beyond its own fields. */
struct node {
	const struct pkcs12_bag *bag;
	size_t index;
	X509_NAME *subject; /* NULL: no certificate, or a name that OpenSSL refuses */
	X509_NAME *issuer;
	struct span subject_key; /* key identifiers (RFC 5280 4.2.1.1, 4.2.1.2); NULL if none */
	struct span authority_key;
	struct span key_id; /* the bag's localKeyId, or the one that Java assumes */
	const char *alias;  /* NULL: unnamed */
	char number[24];
	size_t twin;          /* the first certificate of the same bytes */
	bool issuer_searched; /* and this is what was found: */
	size_t issuer_index;
	bool skipped; /* a key that Java leaves out */
	bool used;
};

struct entries {
	struct store_content *content;
	struct node *nodes;
	size_t count;
	struct node **sorted; /* certificates with names, by subject and place */
	size_t sorted_count;
	size_t certificates;
	unsigned numbers;
	size_t chain_bytes;
};

static int compare_spans(struct span a, struct span b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return a.len > 0 ? memcmp(a.data, b.data, a.len) : 0;
}

static int compare_places(const struct node *a, const struct node *b)
{
	return a->index < b->index ? -1 : a->index > b->index;
}

static int by_bytes(const void *a, const void *b)
{
	const struct node *na = *(struct node *const *)a;
	const struct node *nb = *(struct node *const *)b;
	int order = compare_spans(na->bag->certificate, nb->bag->certificate);

	return order != 0 ? order : compare_places(na, nb);
}

static int by_subject(const void *a, const void *b)
{
	const struct node *na = *(struct node *const *)a;
	const struct node *nb = *(struct node *const *)b;
	int order = X509_NAME_cmp(na->subject, nb->subject);

	return order != 0 ? order : compare_places(na, nb);
}

static void read_key_identifiers(struct node *node, const struct x509_view *view)
{
	struct ber value;
	struct ber inside;
	struct ber_item item;

	if (x509_extension(view, "\x55\x1D\x0E", 3, &value) &&
	    ber_take(&value, BER_OCTET_STRING, &item))
		node->subject_key = item.content;
	if (x509_extension(view, "\x55\x1D\x23", 3, &value) &&
	    ber_enter(&value, BER_SEQUENCE, &inside) &&
	    ber_take_optional(&inside, BER_CONTEXT(0), &item))
		node->authority_key = item.content;
}

static enum status read_names(struct node *node)
{
	struct span der = node->bag->certificate;
	struct x509_view view;

	if (x509_view(der.data, der.len, &view) != STATUS_OK)
		return STATUS_OK;
	const unsigned char *p = view.subject.data;
	node->subject = d2i_X509_NAME(NULL, &p, (long)view.subject.len);
	p = view.issuer.data;
	node->issuer = d2i_X509_NAME(NULL, &p, (long)view.issuer.len);
	read_key_identifiers(node, &view);
	return crypto_failure(STATUS_OK);
}

/* Aliases and localKeyIds as Java settles them while it reads the bags in file order. */
static enum status settle(struct entries *e, const struct pkcs12_bags *bags)
{
	static const uint8_t assumed[] = { '0', '1' };
	const struct span assumed_id = { assumed, sizeof(assumed) };
	enum status status = STATUS_OK;
	size_t keys = 0;

	for (size_t i = 0; i < bags->count && status == STATUS_OK; i++) {
		const struct pkcs12_bag *bag = &bags->items[i];
		struct node *node = &e->nodes[i];
		*node = (struct node){ .bag = bag, .index = i, .twin = i, .alias = bag->alias };
		node->key_id = bag->has_key_id ? bag->key_id : (struct span){ NULL, 0 };
		keys += bag->kind == PKCS12_PRIVATE_KEY ? 1 : 0;
		bool lone_key = !bag->has_key_id && keys == 1;
		if (bag->kind == PKCS12_CERTIFICATE) {
			e->certificates++;
			status = read_names(node);
			if (lone_key && bag->is_first)
				node->key_id = assumed_id;
		} else if (bag->kind == PKCS12_PRIVATE_KEY) {
			node->skipped = !bag->has_key_id && !lone_key;
			if (lone_key)
				node->key_id = assumed_id;
		}
		bool numbered = bag->kind == PKCS12_CERTIFICATE ? bag->trusted : !node->skipped;
		if (bag->alias == NULL && numbered) {
			(void)snprintf(node->number, sizeof(node->number), "%u", ++e->numbers);
			node->alias = node->number;
		}
	}
	return status;
}

/* Finds equal certificates, and makes issuers quick to find. */
static enum status sort(struct entries *e)
{
	e->sorted = calloc(e->count, sizeof(struct node *));
	if (e->sorted == NULL)
		return STATUS_MEMORY;
	for (size_t i = 0; i < e->count; i++) {
		if (e->nodes[i].subject != NULL && e->nodes[i].issuer != NULL)
			e->sorted[e->sorted_count++] = &e->nodes[i];
	}
	qsort(e->sorted, e->sorted_count, sizeof(struct node *), by_bytes);
	for (size_t i = 1; i < e->sorted_count; i++) {
		const struct node *before = e->sorted[i - 1];
		if (compare_spans(e->sorted[i]->bag->certificate, before->bag->certificate) == 0)
			e->sorted[i]->twin = before->twin;
	}
	qsort(e->sorted, e->sorted_count, sizeof(struct node *), by_subject);
	return STATUS_OK;
}

/* Where the certificates of a subject begin in the sorted ones. */
static size_t lower_bound(const struct entries *e, const X509_NAME *subject)
{
	size_t low = 0;
	size_t high = e->sorted_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (X509_NAME_cmp(e->sorted[middle]->subject, subject) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * PKCS12KeyStore.findIssuer(): by name; if the certificate names the key of its issuer, the first
 * one with that key, else the last one that names no key.
 */
static size_t search_issuer(const struct entries *e, const struct node *node)
{
	size_t found = NONE;

	for (size_t i = lower_bound(e, node->issuer); i < e->sorted_count; i++) {
		const struct node *other = e->sorted[i];
		if (X509_NAME_cmp(node->issuer, other->subject) != 0)
			break;
		if (node->authority_key.data == NULL)
			return other->index;
		if (other->subject_key.data == NULL)
			found = other->index;
		else if (compare_spans(node->authority_key, other->subject_key) == 0)
			return other->index;
	}
	return found;
}

/* The certificate that comes next in a chain; NONE at its end. */
static enum status find_issuer(const struct entries *e, struct node *node, size_t *ret_index)
{
	if (!node->issuer_searched && node->subject != NULL && node->issuer != NULL) {
		struct span der = node->bag->certificate;
		bool self_signed = false;
		if (X509_NAME_cmp(node->subject, node->issuer) == 0) {
			enum status status = x509_verifies_itself(der.data, der.len, &self_signed);
			if (status != STATUS_OK)
				return status;
		}
		node->issuer_index = self_signed ? NONE : search_issuer(e, node);
		node->issuer_searched = true;
	}
	*ret_index = node->issuer_searched ? node->issuer_index : NONE;
	return STATUS_OK;
}

/* PKCS12KeyStore.findMatchedCertificate(): by localKeyId and alias, by localKeyId, by alias. */
static size_t find_leaf(const struct entries *e, const struct node *key)
{
	size_t by_id = NONE;
	size_t by_alias = NONE;

	for (size_t i = 0; i < e->count; i++) {
		const struct node *node = &e->nodes[i];
		if (node->bag->kind != PKCS12_CERTIFICATE || node->bag->trusted)
			continue;
		bool same_alias = key->alias != NULL && node->alias != NULL &&
				  strcmp(key->alias, node->alias) == 0;
		bool same_id = key->key_id.data != NULL && node->key_id.data != NULL &&
			       compare_spans(key->key_id, node->key_id) == 0;
		if (same_id && same_alias)
			return i;
		if (same_id)
			by_id = i;
		else if (same_alias)
			by_alias = i;
	}
	if (by_id != NONE || by_alias != NONE)
		return by_id != NONE ? by_id : by_alias;
	if (e->certificates != 1)
		return NONE;
	for (size_t i = 0; i < e->count; i++) { /* the only certificate is meant */
		if (e->nodes[i].bag->kind == PKCS12_CERTIFICATE && !e->nodes[i].bag->trusted)
			return i;
	}
	return NONE;
}

static enum status add_certificate(struct entries *e, struct node *node)
{
	struct span der = node->bag->certificate;

	node->used = true;
	e->nodes[node->twin].used = true;
	e->chain_bytes += der.len;
	if (e->chain_bytes > CHAIN_BYTES_MAX) {
		content_too_large(e->content, "chains of more than %zu bytes", CHAIN_BYTES_MAX);
		return STATUS_LIMIT;
	}
	enum status status = content_add_der(e->content, der.data, der.len, CONTENT_NO_OFFSET);
	if (status == STATUS_OK)
		content_bytes_behind(e->content, node->bag->bytes_behind);
	return status;
}

/* Adds the chain from `leaf` on. It ends at a self-signed certificate, at a loop, and where the
 * issuer is not in the file. */
static enum status add_chain(struct entries *e, size_t leaf)
{
	size_t twins[STORE_CHAIN_MAX + 1];
	size_t count = 0;

	for (size_t i = leaf; i != NONE && count <= STORE_CHAIN_MAX;) {
		struct node *node = &e->nodes[i];
		for (size_t k = 0; k < count; k++) {
			if (twins[k] == node->twin)
				return STATUS_OK;
		}
		twins[count++] = node->twin;
		enum status status = add_certificate(e, node);
		if (status == STATUS_OK)
			status = find_issuer(e, node, &i);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

static enum status add_entry(struct entries *e, const char *alias)
{
	return content_add_entry(e->content, alias, strlen(alias));
}

/* The entry of a key; *ret_leaf is NONE if it has no certificate. A chain that is too long is cut.
 */
static enum status add_key(struct entries *e, const struct node *key)
{
	if (key->skipped && key->alias == NULL)
		return STATUS_OK;
	size_t leaf = find_leaf(e, key);
	if (key->skipped && leaf == NONE)
		return STATUS_OK;
	enum status status = add_entry(e, key->alias);
	if (status == STATUS_OK && leaf != NONE)
		status = add_chain(e, leaf);
	if (status == STATUS_LIMIT && e->chain_bytes <= CHAIN_BYTES_MAX &&
	    e->content->entry_count < STORE_ENTRIES_MAX)
		status = STATUS_OK;
	return status;
}

/* What Java shows, in file order. */
static enum status add_java_entries(struct entries *e)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < e->count && status == STATUS_OK; i++) {
		struct node *node = &e->nodes[i];
		if (node->bag->kind == PKCS12_PRIVATE_KEY) {
			status = add_key(e, node);
		} else if (node->bag->kind == PKCS12_CERTIFICATE && node->bag->trusted) {
			status = add_entry(e, node->alias);
			if (status == STATUS_OK)
				status = add_certificate(e, node);
		}
	}
	return status;
}

/* The certificates that are left, in file order; the numbers go on. */
static enum status add_others(struct entries *e)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < e->count && status == STATUS_OK; i++) {
		struct node *node = &e->nodes[i];
		bool shown = node->used || node->bag->trusted || e->nodes[node->twin].used;
		if (node->bag->kind != PKCS12_CERTIFICATE || shown)
			continue;
		if (node->alias == NULL) {
			(void)snprintf(node->number, sizeof(node->number), "%u", ++e->numbers);
			node->alias = node->number;
		}
		status = add_entry(e, node->alias);
		if (status == STATUS_OK)
			status = add_certificate(e, node);
	}
	return status;
}

enum status pkcs12_make_entries(struct store_content *content, struct pkcs12_bags *bags)
{
	struct entries e = { .content = content, .count = bags->count };

	if (bags->count == 0)
		return STATUS_OK;
	e.nodes = calloc(bags->count, sizeof(*e.nodes));
	if (e.nodes == NULL)
		return STATUS_MEMORY;
	enum status status = settle(&e, bags);
	if (status == STATUS_OK)
		status = sort(&e);
	if (status == STATUS_OK)
		status = add_java_entries(&e);
	if (status == STATUS_OK)
		status = add_others(&e);
	for (size_t i = 0; i < e.count; i++) {
		X509_NAME_free(e.nodes[i].subject);
		X509_NAME_free(e.nodes[i].issuer);
	}
	free(e.sorted);
	free(e.nodes);
	return status == STATUS_LIMIT ? STATUS_OK : status;
}
