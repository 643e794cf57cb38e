/*
 * Text: numbers, UTF-8 (RFC 3629), percent encoding (RFC 3986), base64 (RFC 4648, decoded by
 * OpenSSL), patterns (fnmatch), times (RFC 3339).
 */
#include "base/text.h"

#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/array.h"

enum status parse_u64(const char *text, uint64_t max, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (*text == '\0')
		return STATUS_SYNTAX;
	for (const char *p = text; *p != '\0'; p++) {
		if (*p < '0' || *p > '9')
			return STATUS_SYNTAX;
	}
	for (const char *p = text; *p != '\0'; p++) {
		uint64_t digit = (uint64_t)(*p - '0');
		if (value > (UINT64_MAX - digit) / 10)
			return STATUS_RANGE;
		value = value * 10 + digit;
	}
	if (value > max)
		return STATUS_RANGE;
	*ret_value = value;
	return STATUS_OK;
}

enum status parse_duration(const char *text, uint64_t max_s, uint64_t *ret_s)
{
	static const struct {
		char unit;
		uint64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	char digits[24];
	size_t len = strlen(text);
	uint64_t number;

	if (len < 2 || len - 1 >= sizeof(digits))
		return STATUS_SYNTAX;
	memcpy(digits, text, len - 1);
	digits[len - 1] = '\0';
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		if (text[len - 1] != units[i].unit)
			continue;
		enum status status = parse_u64(digits, max_s / units[i].seconds, &number);
		if (status == STATUS_OK)
			*ret_s = number * units[i].seconds;
		return status;
	}
	return STATUS_SYNTAX;
}

void text_duration(uint32_t seconds, char ret_text[DURATION_TEXT_SIZE])
{
	static const struct {
		uint32_t seconds;
		char unit;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	size_t i = 0;

	while (seconds % units[i].seconds != 0 || seconds < units[i].seconds) {
		if (units[i].unit == 's')
			break;
		i++;
	}
	/* as the documentation writes it: 60s, not 1m */
	if (units[i].unit == 'm' && seconds == 60)
		i++;
	(void)snprintf(ret_text, DURATION_TEXT_SIZE, "%u%c", seconds / units[i].seconds,
		       units[i].unit);
}

size_t utf8_sequence(const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	uint8_t c = data[0];
	if (c < 0x80)
		return 1;
	size_t n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
	if (c < 0xC2 || c > 0xF4 || len < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((data[i] & 0xC0) != 0x80)
			return 0;
	}
	bool overlong = (c == 0xE0 && data[1] < 0xA0) || (c == 0xF0 && data[1] < 0x90);
	bool surrogate = c == 0xED && data[1] > 0x9F;
	bool too_high = c == 0xF4 && data[1] > 0x8F;
	return overlong || surrogate || too_high ? 0 : n;
}

bool utf8_valid(const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len > 0) {
		size_t n = utf8_sequence(p, len);
		if (n == 0)
			return false;
		p += n;
		len -= n;
	}
	return true;
}

/* One printable character of at most 4 bytes; returns how many bytes of input it stands for. */
static size_t printable_one(const uint8_t *p, size_t len, char ret_text[5])
{
	size_t n = utf8_sequence(p, len);
	bool c1_control = n == 2 && p[0] == 0xC2 && p[1] < 0xA0;

	if (n == 0) {
		memcpy(ret_text, "\xEF\xBF\xBD", 4); /* U+FFFD */
		return 1;
	}
	if (n == 1 && (p[0] < 0x20 || p[0] == 0x7F)) {
		(void)snprintf(ret_text, 5, "\\x%02x", p[0]);
		return 1;
	}
	if (c1_control) {
		(void)snprintf(ret_text, 5, "\\x%02x", p[1]);
		return n;
	}
	memcpy(ret_text, p, n);
	ret_text[n] = '\0';
	return n;
}

void text_printable(struct buf *buf, const void *data, size_t len)
{
	const uint8_t *p = data;
	char one[5];

	while (len > 0) {
		size_t n = printable_one(p, len, one);
		buf_puts(buf, one);
		p += n;
		len -= n;
	}
}

void text_printable_into(char *ret_text, size_t size, const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t used = 0;
	char one[5];

	while (len > 0) {
		size_t n = printable_one(p, len, one);
		size_t one_len = strlen(one);
		if (used + one_len + 1 > size)
			break;
		memcpy(ret_text + used, one, one_len);
		used += one_len;
		p += n;
		len -= n;
	}
	if (size > 0)
		ret_text[used] = '\0';
}

void text_hex(struct buf *buf, const uint8_t *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		buf_putc(buf, digits[data[i] >> 4]);
		buf_putc(buf, digits[data[i] & 15]);
	}
}

void text_percent_encode_secret(struct buf *buf, const char *text, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < len; i++) {
		uint8_t c = (uint8_t)text[i];
		bool unreserved = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
				  (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
				  c == '~';
		char encoded[3] = { '%', digits[c >> 4], digits[c & 15] };
		if (unreserved)
			buf_append_secret(buf, &text[i], 1);
		else
			buf_append_secret(buf, encoded, sizeof(encoded));
	}
}

void text_percent_encode(struct buf *buf, const char *text)
{
	text_percent_encode_secret(buf, text, strlen(text));
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

enum status text_base64_decode(struct buf *buf, const char *text, size_t len)
{
	enum status status = STATUS_SYNTAX;
	size_t n = 0;
	size_t padding = 0;
	size_t missing = 0;
	int decoded = 0;

	if (len > INT32_MAX / 2)
		return STATUS_TOO_LARGE;
	char *clean = malloc(len + 4);
	uint8_t *bytes = malloc(len + 4);
	if (clean == NULL || bytes == NULL) {
		status = STATUS_MEMORY;
		goto out;
	}
	for (size_t i = 0; i < len; i++) {
		if (is_space(text[i]))
			continue;
		if (text[i] == '=')
			padding++;
		else if (padding > 0)
			goto out; /* data after the end */
		else
			clean[n++] = text[i];
	}
	if (padding > 2 || n % 4 == 1)
		goto out;
	missing = (4 - n % 4) % 4;
	memset(clean + n, '=', missing);
	decoded = EVP_DecodeBlock(bytes, (const uint8_t *)clean, (int)(n + missing));
	if (decoded < 0)
		goto out;
	buf_append_secret(buf, bytes, (size_t)decoded - missing);
	status = buf_status(buf);
out:
	if (clean != NULL)
		OPENSSL_cleanse(clean, len + 4);
	if (bytes != NULL)
		OPENSSL_cleanse(bytes, len + 4);
	free(clean);
	free(bytes);
	return status;
}

void text_lower(char *text)
{
	for (; *text != '\0'; text++) {
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
	}
}

char *text_trim(char *text)
{
	size_t len = strlen(text);

	while (len > 0 && is_space(text[len - 1]))
		text[--len] = '\0';
	while (is_space(*text))
		text++;
	return text;
}

bool text_is_content(const char *text)
{
	static const char *const starts[] = {
		"{", "[{", "\"{", "'{", "eyJ", "ewog", "ewoJ", "ew0K"
	};
	size_t len = strlen(text);

	if (strpbrk(text, "\r\n") != NULL || strstr(text, "-----BEGIN ") != NULL)
		return true;
	for (size_t i = 0; i < COUNT_OF(starts) && len > 40; i++) {
		if (text_starts_with(text, starts[i]))
			return true;
	}
	return false;
}

bool text_starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends_with(const char *text, const char *suffix)
{
	size_t len = strlen(text);
	size_t suffix_len = strlen(suffix);

	return len >= suffix_len && strcmp(text + len - suffix_len, suffix) == 0;
}

bool pattern_has_wildcard(const char *pattern)
{
	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '\\' && pattern[1] != '\0')
			pattern++;
		else if (*pattern == '*' || *pattern == '?' || *pattern == '[')
			return true;
	}
	return false;
}

void pattern_unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		if (*from == '\\' && from[1] != '\0')
			from++;
		*to++ = *from;
	}
	*to = '\0';
}

bool pattern_match(const char *pattern, const char *name)
{
	if (strchr(pattern, '/') == NULL) {
		const char *slash = strrchr(name, '/');
		name = slash != NULL ? slash + 1 : name;
	}
	return fnmatch(pattern, name, 0) == 0;
}

size_t text_cut(const char *text, size_t max)
{
	size_t len = strnlen(text, max);

	if (text[len] == '\0')
		return len;
	while (len > 0 && ((uint8_t)text[len] & 0xC0) == 0x80) /* the next one goes on with it */
		len--;
	return len;
}

bool time_is_showable(int64_t time_s)
{
	return time_s >= TIME_SHOWABLE_MIN_S && time_s <= TIME_SHOWABLE_MAX_S;
}

void text_rfc3339(int64_t time_s, char ret_text[RFC3339_SIZE])
{
	time_t t = (time_t)time_s;
	struct tm tm;

	ret_text[0] = '\0';
	if (time_s < 0 || time_s > TIME_SHOWABLE_MAX_S || gmtime_r(&t, &tm) == NULL)
		return;
	(void)snprintf(ret_text, RFC3339_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ",
		       (tm.tm_year + 1900) % 10000, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		       tm.tm_min, tm.tm_sec);
}

void text_age(double seconds, char ret_text[TEXT_AGE_SIZE])
{
	static const struct {
		double seconds;
		const char *name;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	double length = seconds > 0 ? seconds : 0;
	size_t i = 0;

	while (i + 1 < COUNT_OF(units) && length < 2 * units[i].seconds)
		i++;
	(void)snprintf(ret_text, TEXT_AGE_SIZE, "%.0f %s", floor(length / units[i].seconds),
		       units[i].name);
}
