/* Values of the web configuration: durations, bcrypt hashes, headers. */
#include "config/web/values.h"

#include <string.h>

#define NS_PER_S   UINT64_C(1000000000)
#define NS_MAX     (UINT64_C(366) * 86400 * NS_PER_S)
#define BCRYPT_LEN 60 /* "$2y$10$", 22 characters of salt, 31 of the hash */

struct unit {
	const char *name;
	uint64_t ns;
};

/* Longer names first where one begins another. */
static const struct unit units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "\xC2\xB5s", 1000 },
	{ "\xCE\xBCs", 1000 },
	{ "ms", 1000000 },
	{ "s", NS_PER_S },
	{ "m", UINT64_C(60) * NS_PER_S },
	{ "h", UINT64_C(3600) * NS_PER_S },
};

static const struct unit *take_unit(const char **text)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t len = strlen(units[i].name);
		if (strncmp(*text, units[i].name, len) == 0) {
			*text += len;
			return &units[i];
		}
	}
	return NULL;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits as a number; false when there are none. Stops growing at NS_MAX. */
static bool take_digits(const char **text, uint64_t *ret_number)
{
	uint64_t number = 0;
	const char *p = *text;

	for (; is_digit(*p); p++)
		number = number > NS_MAX ? number : number * 10 + (uint64_t)(*p - '0');
	bool any = p != *text;
	*text = p;
	*ret_number = number;
	return any;
}

/* What the digits after a point are worth in a unit; fractions of a nanosecond are dropped. */
static uint64_t take_fraction(const char **text, uint64_t unit_ns, bool *ret_any)
{
	uint64_t value = 0;
	uint64_t scale = unit_ns;

	for (; is_digit(**text); (*text)++) {
		*ret_any = true;
		scale /= 10;
		value += scale * (uint64_t)(**text - '0');
	}
	return value;
}

/* One number with its unit, added to *total. */
static enum status take_part(const char **text, uint64_t *total)
{
	uint64_t whole;
	const char *fraction = NULL;
	bool any = take_digits(text, &whole);

	if (**text == '.') {
		fraction = ++(*text);
		while (is_digit(**text)) {
			any = true;
			(*text)++;
		}
	}
	const struct unit *unit = any ? take_unit(text) : NULL;
	if (unit == NULL)
		return STATUS_SYNTAX;
	if (whole > NS_MAX / unit->ns)
		return STATUS_RANGE;
	*total += whole * unit->ns;
	if (fraction != NULL)
		*total += take_fraction(&fraction, unit->ns, &any);
	return *total > NS_MAX ? STATUS_RANGE : STATUS_OK;
}

enum status go_duration(const char *text, uint64_t *ret_ns)
{
	uint64_t total = 0;
	const char *p = text;
	bool negative = text[0] == '-';

	if (negative || text[0] == '+')
		p++;
	const char *digits = p;
	if (take_digits(&digits, &total) && *digits == '\0') {
		p = digits; /* a bare number: nanoseconds */
		if (total > NS_MAX)
			return STATUS_RANGE;
	} else {
		total = 0;
		if (*p == '\0')
			return STATUS_SYNTAX;
		while (*p != '\0') {
			enum status status = take_part(&p, &total);
			if (status != STATUS_OK)
				return status;
		}
	}
	if (negative && total > 0)
		return STATUS_RANGE;
	*ret_ns = total;
	return STATUS_OK;
}

const char *bcrypt_fault(const char *text, unsigned *ret_cost)
{
	bool prefix = text[0] == '$' && text[1] == '2' &&
		      (text[2] == 'a' || text[2] == 'b' || text[2] == 'y') && text[3] == '$';

	if (!prefix)
		return "must be a bcrypt hash, which begins with $2a$, $2b$ or $2y$ "
		       "(htpasswd -nBC 10 \"\")";
	if (!is_digit(text[4]) || !is_digit(text[5]) || text[6] != '$')
		return "is no bcrypt hash: its cost must have two digits";
	*ret_cost = (unsigned)(text[4] - '0') * 10 + (unsigned)(text[5] - '0');
	if (*ret_cost < 4 || *ret_cost > 31)
		return "is no bcrypt hash: its cost must be 4 to 31";
	if (strlen(text) != BCRYPT_LEN)
		return "is no bcrypt hash: it must be 60 characters long";
	if (text[7 + strspn(text + 7, "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789")] != '\0')
		return "is no bcrypt hash: it may have letters, digits, `.` and `/` behind "
		       "its cost";
	return NULL;
}

#define WEB_HEADER_MAX 2000 /* the web server has some 8 kB for all headers of an answer */

struct header {
	const char *name;
	const char *values[3]; /* the only ones allowed; none: any */
};

static const struct header headers[] = {
	{ "Strict-Transport-Security", { NULL } },
	{ "X-Content-Type-Options", { "nosniff", NULL } },
	{ "X-Frame-Options", { "deny", "sameorigin", NULL } },
	{ "X-XSS-Protection", { NULL } },
	{ "Content-Security-Policy", { NULL } },
};

#define HEADER_COUNT (sizeof(headers) / sizeof(headers[0]))

const char *web_header_name(const char *name)
{
	for (size_t i = 0; i < HEADER_COUNT; i++) {
		if (strcmp(headers[i].name, name) == 0)
			return headers[i].name;
	}
	return NULL;
}

const char *web_header_fault(const char *name, const char *value)
{
	if (strlen(value) > WEB_HEADER_MAX)
		return "is longer than 2000 characters";
	for (const char *p = value; *p != '\0'; p++) {
		if ((uint8_t)*p < 0x20 || (uint8_t)*p >= 0x7F)
			return "must have ASCII characters in one line";
	}
	for (size_t i = 0; i < HEADER_COUNT; i++) {
		if (strcmp(headers[i].name, name) != 0)
			continue;
		if (headers[i].values[0] == NULL)
			return NULL;
		for (const char *const *v = headers[i].values; *v != NULL; v++) {
			if (strcmp(*v, value) == 0)
				return NULL;
		}
		return headers[i].values[1] == NULL ? "must be nosniff"
						    : "must be deny or sameorigin";
	}
	return NULL;
}
