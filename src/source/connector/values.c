/* Numbers, names and times of a Cloud Connector (docs/reference/cloud-connector.md 5 and 6), made
 * comparable. */
#include "source/connector/values.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "cert/san.h"

/* ---- versions ---- */

bool scc_version_parse(const char *text, struct scc_version *ret_version)
{
	struct scc_version version = { { 0 } };
	size_t count = 0;

	for (const char *at = text;; at++) {
		size_t len = strspn(at, "0123456789");
		char part[10];
		uint64_t number = 0;
		if (len == 0 || len >= sizeof(part) || count == 4)
			return false;
		memcpy(part, at, len);
		part[len] = '\0';
		if (parse_u64(part, UINT32_MAX, &number) != STATUS_OK)
			return false;
		version.parts[count++] = (uint32_t)number;
		at += len;
		if (*at == '\0')
			break;
		if (*at != '.')
			return false;
	}
	if (count < 2)
		return false;
	*ret_version = version;
	return true;
}

bool scc_version_at_least(const struct scc_version *version, const struct scc_version *other)
{
	for (size_t i = 0; i < sizeof(version->parts) / sizeof(version->parts[0]); i++) {
		if (version->parts[i] != other->parts[i])
			return version->parts[i] > other->parts[i];
	}
	return true;
}

/* ---- serial numbers ---- */

void scc_serial(struct buf *ret_text, const char *text)
{
	bool negative = *text == '-';
	bool started = false;
	size_t digits = 0;

	if (negative)
		text++;
	for (const char *p = text; *p != '\0'; p++) {
		if (*p != ':' && !isxdigit((unsigned char)*p))
			return;
		digits += *p != ':';
	}
	if (digits == 0 || digits > SCC_SERIAL_MAX)
		return;
	if (negative)
		buf_putc(ret_text, '-');
	for (const char *p = text; *p != '\0'; p++) {
		started = started || (*p != ':' && *p != '0');
		if (started && *p != ':')
			buf_putc(ret_text, (char)tolower((unsigned char)*p));
	}
	if (!started)
		buf_putc(ret_text, '0');
}

/* ---- distinguished names ---- */

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " ");
}

static const char *copy_escape(struct buf *out, const char *at)
{
	buf_putc(out, *at++);
	if (*at != '\0')
		buf_putc(out, *at++);
	return at;
}

/* The end of a quoted value, NULL if it does not end. */
static const char *closing_quote(const char *at)
{
	for (; *at != '\0' && *at != '"'; at++) {
		if (*at == '\\' && at[1] != '\0')
			at++;
	}
	return *at == '"' ? at : NULL;
}

/* The inside of a quoted value (RFC 1779) with escapes (RFC 4514 2.4). */
static void put_unquoted(struct buf *out, const char *at, const char *end)
{
	const char *first = at;

	while (at < end) {
		bool outer = at == first || at + 1 == end;
		if (*at == '\\') {
			at = copy_escape(out, at);
			continue;
		}
		if (strchr(",+;<>", *at) != NULL || (*at == ' ' && outer) ||
		    (*at == '#' && at == first))
			buf_putc(out, '\\');
		buf_putc(out, *at++);
	}
}

void scc_dn(struct buf *ret_text, const char *text)
{
	const char *at = skip_blanks(text);

	while (*at != '\0') {
		if (*at == '\\') {
			at = copy_escape(ret_text, at);
			continue;
		}
		char c = *at++;
		buf_putc(ret_text, c);
		if (c == ',' || c == '+')
			at = skip_blanks(at);
		if (c != '=' || *skip_blanks(at) != '"')
			continue;
		const char *value = skip_blanks(at) + 1;
		const char *end = closing_quote(value);
		if (end == NULL)
			continue;
		put_unquoted(ret_text, value, end);
		at = skip_blanks(end + 1);
	}
}

/* ---- times ---- */

bool scc_time_ms(const struct cJSON *value, double *ret_time_s)
{
	int64_t ms;

	if (!json_i64(value, &ms) || !time_is_showable(ms / 1000))
		return false;
	*ret_time_s = (double)ms / 1000;
	return true;
}

/* Exactly so many digits. */
static bool take_digits(const char **at, size_t digits, int *ret_number)
{
	int number = 0;

	for (size_t i = 0; i < digits; i++) {
		char c = (*at)[i];
		if (c < '0' || c > '9')
			return false;
		number = number * 10 + (c - '0');
	}
	*at += digits;
	*ret_number = number;
	return true;
}

static bool take_char(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

/* `+0100`, `-0330`, `+01:00` or `Z`, and the end. */
static bool take_zone(const char **at, int *ret_offset_s)
{
	int hours = 0;
	int minutes = 0;

	if (take_char(at, 'Z')) {
		*ret_offset_s = 0;
		return **at == '\0';
	}
	int sign = **at == '-' ? -1 : 1;
	if (!take_char(at, '+') && !take_char(at, '-'))
		return false;
	if (!take_digits(at, 2, &hours))
		return false;
	(void)take_char(at, ':');
	if (!take_digits(at, 2, &minutes) || hours > 18 || minutes > 59)
		return false;
	*ret_offset_s = sign * (hours * 3600 + minutes * 60);
	return **at == '\0';
}

static bool in_range(const struct tm *tm)
{
	return tm->tm_mon >= 0 && tm->tm_mon <= 11 && tm->tm_mday >= 1 && tm->tm_mday <= 31 &&
	       tm->tm_hour <= 23 && tm->tm_min <= 59 && tm->tm_sec <= 60;
}

bool scc_time_text(const char *text, double *ret_time_s)
{
	struct tm tm = { 0 };
	const char *at = text;
	int ms = 0;
	int offset_s = 0;

	if (!take_digits(&at, 4, &tm.tm_year) || !take_char(&at, '-') ||
	    !take_digits(&at, 2, &tm.tm_mon) || !take_char(&at, '-') ||
	    !take_digits(&at, 2, &tm.tm_mday) || !take_char(&at, 'T') ||
	    !take_digits(&at, 2, &tm.tm_hour) || !take_char(&at, ':') ||
	    !take_digits(&at, 2, &tm.tm_min) || !take_char(&at, ':') ||
	    !take_digits(&at, 2, &tm.tm_sec))
		return false;
	if (take_char(&at, '.') && !take_digits(&at, 3, &ms))
		return false;
	(void)take_char(&at, ' ');
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	if (!take_zone(&at, &offset_s) || !in_range(&tm))
		return false;
	int64_t time_s = (int64_t)timegm(&tm) - offset_s;
	if (!time_is_showable(time_s))
		return false;
	*ret_time_s = (double)time_s + (double)ms / 1000;
	return true;
}

/* ---- texts ---- */

char *scc_text(const char *text)
{
	if (text == NULL)
		text = "";
	return strndup(text, text_cut(text, SCC_TEXT_MAX));
}

const char *scc_given_name(const struct cJSON *object, const char *member)
{
	const char *name = json_member_text(object, member);

	return name != NULL && *name != '\0' ? name : NULL;
}

const char *scc_name(const struct cJSON *object, const char *member)
{
	const char *name = scc_given_name(object, member);

	return name != NULL && strlen(name) <= SCC_TEXT_MAX ? name : NULL;
}

/* ---- certificates ---- */

/* The first of two members that is there. */
static const struct cJSON *either(const struct cJSON *object, const char *name, const char *other)
{
	const struct cJSON *value = json_member(object, name);

	return value != NULL ? value : json_member(object, other);
}

static void put_dn(struct buf *out, const struct cJSON *value)
{
	struct buf dn;

	buf_init(&dn, SCC_DN_MAX);
	if (json_text(value) != NULL)
		scc_dn(&dn, json_text(value));
	/* a name of absurd length is unknown, its certificate is not */
	if (buf_status(&dn) == STATUS_OK)
		text_printable(out, buf_text(&dn), dn.len);
	else if (buf_status(&dn) == STATUS_MEMORY)
		out->status = STATUS_MEMORY;
	buf_release(&dn);
}

/* `[{"type":"DNS","value":"…"}]` */
static void put_san(struct buf *out, const struct cJSON *names)
{
	size_t count = 0;

	json_each (item, names) {
		const char *value = scc_name(item, "value");
		if (value != NULL && !san_add(out, &count, value, strlen(value)))
			break;
	}
}

static void read_times(const struct cJSON *object, struct certificate *facts)
{
	double not_before_s = 0;
	double not_after_s = 0;

	facts->has_not_before =
		scc_time_ms(json_member(object, "notBeforeTimeStamp"), &not_before_s);
	facts->has_not_after =
		scc_time_ms(either(object, "notAfterTimeStamp", "validTo"), &not_after_s);
	if (facts->has_not_before && facts->has_not_after && not_after_s < not_before_s) {
		facts->has_not_before = false;
		facts->has_not_after = false;
	}
	facts->not_before_s = facts->has_not_before ? (int64_t)not_before_s : 0;
	facts->not_after_s = facts->has_not_after ? (int64_t)not_after_s : 0;
}

static enum certificate_role role_of(enum scc_owner owner, const char *subject, const char *issuer)
{
	if (owner == SCC_OWN)
		return CERTIFICATE_LEAF;
	return *subject != '\0' && strcmp(subject, issuer) == 0 ? CERTIFICATE_ROOT
								: CERTIFICATE_ROLE_UNKNOWN;
}

enum status scc_certificate(const struct cJSON *object, enum scc_owner owner,
			    struct certificate **ret_certificate)
{
	struct certificate facts = { 0 };
	struct buf subject;
	struct buf issuer;
	struct buf serial;
	struct buf san;
	const char *serial_number = json_member_text(object, "serialNumber");
	enum status status = STATUS_MEMORY;

	if (!json_is_object(object))
		return STATUS_SYNTAX;
	buf_init(&subject, (size_t)SCC_DN_MAX * 4);
	buf_init(&issuer, (size_t)SCC_DN_MAX * 4);
	buf_init(&serial, SCC_SERIAL_MAX + 2);
	buf_init(&san, SAN_LIST_MAX);
	put_dn(&subject, json_member(object, "subjectDN"));
	put_dn(&issuer, either(object, "issuer", "issuerDN"));
	if (serial_number != NULL)
		scc_serial(&serial, serial_number);
	put_san(&san, json_member(object, "subjectAltNames"));
	read_times(object, &facts);
	facts.role = role_of(owner, buf_text(&subject), buf_text(&issuer));
	facts.subject = subject.data;
	facts.issuer = issuer.data;
	facts.serial_number = serial.data;
	facts.san = san.data;
	if (buf_status(&subject) == STATUS_OK && buf_status(&issuer) == STATUS_OK &&
	    buf_status(&serial) == STATUS_OK && buf_status(&san) == STATUS_OK)
		status = certificate_copy(&facts, ret_certificate);
	buf_release(&subject);
	buf_release(&issuer);
	buf_release(&serial);
	buf_release(&san);
	return status;
}
