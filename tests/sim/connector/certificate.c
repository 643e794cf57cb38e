/*
 * See certificate.h. OpenSSL reads and prints.
 */
#include "certificate.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "json.h"
#include "peer.h"

static const char *const certificate_keys[] = {
	"file",   "index",      "alias",     "subject",           "issuer",
	"serial", "not_before", "not_after", "subject_alt_names", "comment",
	NULL,
};

const char *serial_text(struct arena *a, const char *hex)
{
	struct text t = { 0 };
	const char *copy = NULL;
	size_t digits = 0;

	while (*hex == '0' && hex[1] != '\0')
		hex++;
	for (; *hex != '\0'; hex++) {
		char digit = *hex >= 'A' && *hex <= 'F' ? (char)(*hex - 'A' + 'a') : *hex;

		if (digits > 0 && digits % 2 == 0)
			text_adds(&t, ":");
		text_add(&t, &digit, 1);
		digits++;
	}
	text_adds(&t, "");
	if (!t.failed)
		copy = arena_strdup(a, t.data);
	text_release(&t);
	return copy;
}

static const char *serial_of(struct arena *a, X509 *x)
{
	BIGNUM *bn = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
	char *hex = bn != NULL ? BN_bn2hex(bn) : NULL;
	const char *text = hex != NULL ? serial_text(a, hex) : NULL;

	OPENSSL_free(hex);
	BN_free(bn);
	return text;
}

static int64_t time_of(const ASN1_TIME *time)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return TIME_MISSING;
	return (int64_t)timegm(&tm) * 1000;
}

static void add_name(struct text *t, const char *type, const char *value, size_t len)
{
	char *copy = strndup(value, len);

	if (copy == NULL) {
		t->failed = true;
		return;
	}
	json_item(t);
	text_adds(t, "{");
	json_string(t, "type", type);
	json_string(t, "value", copy);
	text_adds(t, "}");
	free(copy);
}

static void add_address(struct text *t, const ASN1_STRING *address)
{
	const unsigned char *b = ASN1_STRING_get0_data(address);
	int len = ASN1_STRING_length(address);
	struct text shown = { 0 };

	for (int i = 0; i < len; i++) {
		if (len == 4)
			text_addf(&shown, "%s%u", i == 0 ? "" : ".", b[i]);
		else
			text_addf(&shown, "%s%02x", i == 0 || i % 2 == 1 ? "" : ":", b[i]);
	}
	if (!shown.failed && shown.len > 0)
		add_name(t, "IP", shown.data, shown.len);
	text_release(&shown);
}

static const char *names_of(struct arena *a, X509 *x)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	struct text t = { 0 };
	const char *copy = NULL;

	text_adds(&t, "[");
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		int type = 0;
		const ASN1_STRING *s =
			GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &type);

		if (type == GEN_IPADD)
			add_address(&t, s);
		else if (type == GEN_DNS || type == GEN_URI || type == GEN_EMAIL)
			add_name(&t,
				 type == GEN_DNS   ? "DNS"
				 : type == GEN_URI ? "URI"
						   : "RFC822",
				 (const char *)ASN1_STRING_get0_data(s),
				 (size_t)ASN1_STRING_length(s));
	}
	text_adds(&t, "]");
	if (!t.failed && t.len > 2)
		copy = arena_strdup(a, t.data);
	text_release(&t);
	GENERAL_NAMES_free(names);
	return copy;
}

static void read_bytes(struct arena *a, X509 *x, struct certificate *c)
{
	BIO *bio = BIO_new(BIO_s_mem());
	unsigned char *der = NULL;
	char *text = NULL;
	int der_len = i2d_X509(x, &der);
	long len;

	if (der_len > 0) {
		c->der = arena_copy(a, (const char *)der, (size_t)der_len);
		c->der_len = (size_t)der_len;
	}
	if (bio != NULL && PEM_write_bio_X509(bio, x) == 1) {
		len = BIO_get_mem_data(bio, &text);
		c->pem = arena_copy(a, text, (size_t)len);
	}
	OPENSSL_free(der);
	BIO_free(bio);
}

static struct certificate *new_certificate(struct arena *a)
{
	struct certificate *c = arena_alloc(a, 1, sizeof *c);

	if (c != NULL) {
		c->not_before_ms = TIME_MISSING;
		c->not_after_ms = TIME_MISSING;
	}
	return c;
}

/* Certificate number `index` of a PEM text. */
static struct certificate *read_pem(struct arena *a, const char *pem, size_t len, int index)
{
	BIO *bio = len <= INT_MAX ? BIO_new_mem_buf(pem, (int)len) : NULL;
	struct certificate *c = NULL;
	X509 *x = NULL;

	for (int i = 0; bio != NULL && i <= index; i++) {
		X509_free(x);
		x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	}
	if (x != NULL)
		c = new_certificate(a);
	if (c != NULL) {
		c->subject = name_text(a, X509_get_subject_name(x));
		c->issuer = name_text(a, X509_get_issuer_name(x));
		c->serial = serial_of(a, x);
		c->not_before_ms = time_of(X509_get0_notBefore(x));
		c->not_after_ms = time_of(X509_get0_notAfter(x));
		c->alternative_names = names_of(a, x);
		read_bytes(a, x, c);
	}
	X509_free(x);
	BIO_free(bio);
	return c;
}

struct certificate *certificate_from_pem(struct arena *a, const char *pem, size_t len)
{
	return read_pem(a, pem, len, 0);
}

static struct certificate *load_file(struct loader *l, const char *file, int index)
{
	struct text path = { 0 }, pem = { 0 };
	struct certificate *c = NULL;

	text_addf(&path, "%s%s%s", file[0] == '/' ? "" : l->dir, file[0] == '/' ? "" : "/", file);
	if (!path.failed && text_add_file(&pem, path.data) && pem.len > 0)
		c = read_pem(l->arena, pem.data, pem.len, index);
	if (c == NULL)
		load_fail(l, "%s: no certificate %d in this file", file, index);
	text_release(&path);
	text_release(&pem);
	return c;
}

struct certificate *certificate_load(struct loader *l, const cJSON *o, int64_t now_ms)
{
	struct certificate *c;
	const char *file, *serial, *names;

	if (o == NULL || cJSON_IsNull(o) || !load_keys(l, o, certificate_keys))
		return NULL;
	file = load_string(l, o, "file", NULL);
	c = file != NULL ? load_file(l, file, load_int(l, o, "index", 0, 1000, 0))
			 : new_certificate(l->arena);
	if (c == NULL) {
		load_fail(l, "out of memory");
		return NULL;
	}
	c->alias = load_string(l, o, "alias", c->alias);
	c->subject = load_string(l, o, "subject", c->subject);
	c->issuer = load_string(l, o, "issuer", c->issuer);
	serial = load_string(l, o, "serial", NULL);
	if (serial != NULL)
		c->serial = strchr(serial, ':') != NULL ? serial : serial_text(l->arena, serial);
	c->not_before_ms = time_load(l, o, "not_before", now_ms, c->not_before_ms);
	c->not_after_ms = time_load(l, o, "not_after", now_ms, c->not_after_ms);
	names = json_load(l, o, "subject_alt_names", true);
	if (names != NULL)
		c->alternative_names = names;
	return c;
}

/* "+9d" and the like, whole seconds; false when it is something else. */
static bool relative_time(const char *s, int64_t now_ms, int64_t *ret_ms)
{
	static const char units[] = "smhd";
	static const int64_t seconds[] = { 1, 60, 3600, 86400 };
	bool minus = *s == '-';
	size_t len;
	char digits[12];
	const char *unit;
	long n;

	if (*s == '-' || *s == '+')
		s++;
	len = strspn(s, "0123456789");
	if (len == 0 || len >= sizeof digits || s[len] == '\0' || s[len + 1] != '\0')
		return false;
	memcpy(digits, s, len);
	digits[len] = '\0';
	unit = strchr(units, s[len]);
	if (unit == NULL || !parse_number(digits, 0, 10000000, &n))
		return false;
	*ret_ms = (now_ms / 1000 + (minus ? -n : n) * seconds[unit - units]) * 1000;
	return true;
}

int64_t time_load(struct loader *l, const cJSON *o, const char *key, int64_t now_ms,
		  int64_t fallback)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, key);
	int64_t time_ms = fallback;

	if (item == NULL || cJSON_IsNull(item))
		return fallback;
	if (cJSON_IsNumber(item) && item->valuedouble > -9e15 && item->valuedouble < 9e15)
		return (int64_t)item->valuedouble;
	if (!cJSON_IsString(item) || !relative_time(item->valuestring, now_ms, &time_ms))
		load_fail(l, "\"%s\" has to be milliseconds or a text like \"+9d\" or \"-90m\"",
			  key);
	return time_ms;
}

const char *json_load(struct loader *l, const cJSON *o, const char *key, bool array)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, key);
	const char *copy = NULL;
	char *json;

	if (item == NULL || cJSON_IsNull(item))
		return NULL;
	if (array ? !cJSON_IsArray(item) : !cJSON_IsObject(item)) {
		load_fail(l, "\"%s\" has to be an %s", key, array ? "array" : "object");
		return NULL;
	}
	json = cJSON_PrintUnformatted(item);
	if (json != NULL)
		copy = arena_strdup(l->arena, json);
	cJSON_free(json);
	if (copy == NULL)
		load_fail(l, "out of memory");
	return copy;
}

static void add_time(struct text *t, const char *key, int64_t time_ms)
{
	if (time_ms != TIME_MISSING)
		json_number(t, key, time_ms);
}

static void add_names(struct text *t, const struct certificate *c, bool blanks)
{
	if (c->subject != NULL)
		json_name(t, "subjectDN", c->subject, blanks);
	if (c->issuer != NULL)
		json_name(t, "issuer", c->issuer, blanks);
}

void certificate_add(struct text *t, const struct certificate *c, unsigned parts)
{
	text_adds(t, "{");
	add_time(t, "notAfterTimeStamp", c->not_after_ms);
	if (parts & PART_NOT_BEFORE)
		add_time(t, "notBeforeTimeStamp", c->not_before_ms);
	add_names(t, c, false);
	if ((parts & PART_SERIAL) && c->serial != NULL)
		json_string(t, "serialNumber", c->serial);
	if ((parts & PART_NAMES) && c->alternative_names != NULL)
		json_raw(t, "subjectAltNames", c->alternative_names);
	text_adds(t, "}");
}

void certificate_add_trusted(struct text *t, const struct certificate *c, bool blanks)
{
	text_adds(t, "{");
	if (c->alias != NULL)
		json_string(t, "alias", c->alias);
	add_names(t, c, blanks);
	add_time(t, "notAfterTimeStamp", c->not_after_ms);
	text_adds(t, "}");
}
