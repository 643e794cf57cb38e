/*
 * The bags of PKCS#12 (RFC 7292 4.2) with the attributes that make Java's entries: friendlyName,
 * localKeyId (RFC 2985 5.5), and Oracle's mark of a trusted certificate. Bags of keys are noted by
 * their attributes; their values are never read.
 */
#include "cert/pkcs12/bags.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "cert/alias.h"
#include "cert/ber.h"
#include "cert/content.h"

#define OID_BAG          "\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x0A\x01" /* 1.2.840.113549.1.12.10.1 */
#define OID_X509_CERT    "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x16\x01"
#define OID_FRIENDLYNAME "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x14"
#define OID_LOCALKEYID   "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x15"
#define OID_TRUSTED      "\x60\x86\x48\x01\x86\xF9\x66\xAD\xCA\x7B\x01\x01"

#define NESTED_MAX 4 /* SafeContents inside SafeContents; no known writer nests at all */
/* bytes of a friendlyName that are looked at: two for each byte of an alias */
#define FRIENDLY_NAME_MAX 8192

/* The last number of a bag's type. */
enum bag_type { BAG_KEY = 1, BAG_SHROUDED_KEY, BAG_CERTIFICATE, BAG_CRL, BAG_SECRET, BAG_SAFE };

static enum status read_name(const struct ber_item *value, char **ret_alias)
{
	struct span s = value->content;
	struct buf text;
	struct buf alias;
	enum status status;

	if (s.len > FRIENDLY_NAME_MAX)
		s.len = FRIENDLY_NAME_MAX;
	buf_init(&text, 4 * (size_t)FRIENDLY_NAME_MAX);
	buf_init(&alias, STORE_ALIAS_MAX);
	if (value->tag == BER_BMP_STRING)
		alias_from_utf16(&text, s.data, s.len);
	else
		buf_append(&text, s.data, s.len);
	status = buf_status(&text);
	if (status == STATUS_OK)
		status = alias_normalise(&alias, buf_text(&text), text.len);
	if (status == STATUS_OK && *ret_alias == NULL) {
		*ret_alias = buf_take(&alias);
		status = *ret_alias != NULL ? STATUS_OK : STATUS_MEMORY;
	}
	buf_release(&alias);
	buf_release(&text);
	return status;
}

/* PKCS12Attribute: SEQUENCE { attrId, attrValues SET }; what cannot be read is no attribute. */
static enum status read_attribute(struct pkcs12_bag *bag, const struct ber_item *attribute)
{
	struct ber inside;
	struct ber values;
	struct ber_item type;
	struct ber_item value;

	ber_init(&inside, attribute->content);
	if (!ber_take(&inside, BER_OID, &type) || !ber_enter(&inside, BER_SET, &values) ||
	    !ber_next(&values, &value))
		return STATUS_OK;
	if (BER_IS_OID(&type, OID_FRIENDLYNAME))
		return read_name(&value, &bag->alias);
	if (BER_IS_OID(&type, OID_LOCALKEYID)) {
		bag->key_id = value.content;
		bag->has_key_id = true;
	}
	bag->trusted = bag->trusted || BER_IS_OID(&type, OID_TRUSTED);
	return STATUS_OK;
}

static enum status read_attributes(struct pkcs12_bag *bag, struct ber *rest)
{
	enum status status = STATUS_OK;
	struct ber attributes;
	struct ber_item item;

	if (!ber_enter(rest, BER_SET, &attributes))
		return STATUS_OK;
	while (status == STATUS_OK && ber_next(&attributes, &item))
		status = read_attribute(bag, &item);
	return status;
}

/*
 * CertBag: SEQUENCE { certId, certValue [0] EXPLICIT OCTET STRING }. A broken one is a bag without
 * bytes; *ret_other: a certificate of another kind (SDSI).
 */
static enum status read_certificate(struct pkcs12_bag *bag, struct ber *value, bool *ret_other)
{
	struct ber inside;
	struct ber explicit_value;
	struct ber_item item;

	*ret_other = false;
	if (!ber_enter(value, BER_SEQUENCE, &inside) || !ber_take(&inside, BER_OID, &item))
		return STATUS_OK;
	*ret_other = !BER_IS_OID(&item, OID_X509_CERT);
	if (*ret_other || !ber_enter(&inside, BER_EXPLICIT(0), &explicit_value) ||
	    !ber_next(&explicit_value, &item) || (item.tag & ~BER_CONSTRUCTED) != BER_OCTET_STRING)
		return STATUS_OK;
	buf_init(&bag->pieces, STORE_BYTES_MAX);
	enum status status = ber_octets(&item, &bag->pieces, &bag->certificate);
	if (status == STATUS_OK)
		bag->bytes_behind = content_cut_behind(&bag->certificate);
	return status == STATUS_MEMORY ? status : STATUS_OK;
}

static void release_bag(struct pkcs12_bag *bag)
{
	free(bag->alias);
	buf_release(&bag->pieces);
}

static enum status append(struct pkcs12_bags *bags, struct store_content *content,
			  const struct pkcs12_bag *bag)
{
	if (bags->count >= PKCS12_BAGS_MAX) {
		content_too_large(content, "more than %d certificates and keys", PKCS12_BAGS_MAX);
		return STATUS_LIMIT;
	}
	struct pkcs12_bag *items = array_room(bags->items, bags->count, sizeof(*items));
	if (items == NULL)
		return STATUS_MEMORY;
	bags->items = items;
	items[bags->count++] = *bag;
	return STATUS_OK;
}

static enum status add_safe(struct pkcs12_bags *bags, struct store_content *content,
			    struct span safe, unsigned depth);

/* SafeBag: SEQUENCE { bagId, bagValue [0] EXPLICIT, bagAttributes SET OPTIONAL } */
static enum status add_bag(struct pkcs12_bags *bags, struct store_content *content,
			   const struct ber_item *item, bool is_first, unsigned depth)
{
	struct pkcs12_bag bag = { .is_first = is_first };
	enum status status = STATUS_OK;
	bool other = false;
	struct ber inside;
	struct ber value;
	struct ber_item type;
	const size_t prefix = sizeof(OID_BAG) - 1;

	ber_init(&inside, item->content);
	if (item->tag != BER_SEQUENCE || !ber_take(&inside, BER_OID, &type) ||
	    !ber_enter(&inside, BER_EXPLICIT(0), &value)) {
		content_problem(content, STORE_UNPARSABLE, "a broken bag");
		return STATUS_OK;
	}
	if (type.content.len != prefix + 1 || memcmp(type.content.data, OID_BAG, prefix) != 0)
		return STATUS_OK;
	switch (type.content.data[prefix]) {
	case BAG_KEY:
	case BAG_SHROUDED_KEY:
		bag.kind = PKCS12_PRIVATE_KEY;
		break;
	case BAG_CERTIFICATE:
		bag.kind = PKCS12_CERTIFICATE;
		status = read_certificate(&bag, &value, &other);
		if (other)
			return STATUS_OK;
		break;
	case BAG_SECRET:
		bag.kind = PKCS12_SECRET;
		break;
	case BAG_SAFE:
		status =
			add_safe(bags, content, (struct span){ value.data, value.left }, depth + 1);
		if (status == STATUS_SYNTAX)
			content_problem(content, STORE_UNPARSABLE, "a broken bag of bags");
		return status == STATUS_SYNTAX ? STATUS_OK : status;
	default:
		return STATUS_OK;
	}
	if (status == STATUS_OK)
		status = read_attributes(&bag, &inside);
	if (status == STATUS_OK)
		status = append(bags, content, &bag);
	if (status != STATUS_OK)
		release_bag(&bag);
	return status;
}

/* Bytes decrypted with a wrong password rarely look like the beginning of a list of bags. */
static bool enter_safe(struct span safe, struct ber *ret_inside)
{
	struct ber outer;
	struct ber bag;
	struct ber_item type;

	ber_init(&outer, safe);
	if (!ber_enter(&outer, BER_SEQUENCE, ret_inside))
		return false;
	if (ret_inside->left == 0)
		return true;
	struct ber first = *ret_inside;
	return ber_enter(&first, BER_SEQUENCE, &bag) && ber_take(&bag, BER_OID, &type);
}

static enum status add_safe(struct pkcs12_bags *bags, struct store_content *content,
			    struct span safe, unsigned depth)
{
	enum status status = STATUS_OK;
	bool is_first = true;
	struct ber inside;
	struct ber_item item;

	if (depth > NESTED_MAX || !enter_safe(safe, &inside))
		return STATUS_SYNTAX;
	while (status == STATUS_OK && ber_next(&inside, &item)) {
		status = add_bag(bags, content, &item, is_first, depth);
		is_first = false;
	}
	if (status == STATUS_OK && ber_failed(&inside))
		content_problem(content, STORE_UNPARSABLE, "broken ASN.1 between bags");
	return status;
}

enum status pkcs12_add_bags(struct pkcs12_bags *bags, struct store_content *content,
			    struct span safe)
{
	return add_safe(bags, content, safe, 0);
}

void pkcs12_bags_release(struct pkcs12_bags *bags)
{
	for (size_t i = 0; i < bags->count; i++)
		release_bag(&bags->items[i]);
	free(bags->items);
	*bags = (struct pkcs12_bags){ 0 };
}
