/* Content negotiation: Accept, Accept-Encoding, If-None-Match. One small parser for lists of
 * `name;parameter=value` with q-values serves the first two. */
#include "web/negotiate.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define RANGES_MAX 64   /* elements of one header that are looked at */
#define Q_ONE      1000 /* q-values have three decimals: thousandths */

struct span_text {
	const char *data;
	size_t len;
};

/* One element of a list: `text/plain;version=0.0.4;q=0.5`. */
struct range {
	struct span_text name;
	struct span_text version; /* data NULL: not given */
	unsigned q;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool span_is(struct span_text span, const char *text)
{
	return span.len == strlen(text) && strncasecmp(span.data, text, span.len) == 0;
}

static struct span_text trimmed(const char *start, const char *end)
{
	while (start < end && is_blank(*start))
		start++;
	while (end > start && is_blank(end[-1]))
		end--;
	return (struct span_text){ start, (size_t)(end - start) };
}

/* The first of `stops` outside quotes, or the end. */
static const char *find_stop(const char *p, const char *stops)
{
	bool quoted = false;

	for (; *p != '\0'; p++) {
		if (quoted && *p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (!quoted && strchr(stops, *p) != NULL)
			break;
	}
	return p;
}

/* A q-value in thousandths; anything that is no q-value counts as "not wanted". */
static unsigned parse_q(struct span_text text)
{
	unsigned q = 0;
	unsigned unit = Q_ONE;
	size_t i = 0;

	if (text.len == 0)
		return 0;
	while (i < text.len && text.data[i] >= '0' && text.data[i] <= '9' && q <= Q_ONE)
		q = q * 10 + (unsigned)(text.data[i++] - '0') * Q_ONE;
	if (i < text.len && text.data[i] == '.')
		i++;
	for (; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return 0;
		unit /= 10;
		q += (unsigned)(text.data[i] - '0') * unit;
	}
	return q < Q_ONE ? q : Q_ONE;
}

static void parse_parameter(struct range *range, const char *start, const char *end)
{
	const char *equals = memchr(start, '=', (size_t)(end - start));

	if (equals == NULL)
		return;
	struct span_text key = trimmed(start, equals);
	struct span_text value = trimmed(equals + 1, end);
	if (value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"') {
		value.data++;
		value.len -= 2;
	}
	if (span_is(key, "q"))
		range->q = parse_q(value);
	else if (span_is(key, "version"))
		range->version = value;
}

/* The next element; false at the end of the list. */
static bool next_range(const char **cursor, struct range *ret_range)
{
	const char *p = *cursor;

	while (*p == ',' || is_blank(*p))
		p++;
	if (*p == '\0')
		return false;
	const char *end = find_stop(p, ",");
	const char *stop = find_stop(p, ",;");
	*ret_range = (struct range){ .name = trimmed(p, stop), .q = Q_ONE };
	while (stop < end) {
		const char *start = stop + 1;
		stop = find_stop(start, ",;");
		parse_parameter(ret_range, start, stop);
	}
	*cursor = end;
	return true;
}

/* What a list says of one offer. */
struct fit {
	unsigned q;
	unsigned specificity; /* 0: not mentioned */
	unsigned order;
};

/* 4 with the version, 3 the type, 2 `type/ *`, 1 `* / *`, 0 no match. */
static unsigned match(const struct range *range, const char *type, const char *version)
{
	size_t family = strcspn(type, "/") + 1;

	if (range->version.data != NULL) {
		if (version == NULL || !span_is(range->name, type) ||
		    !span_is(range->version, version))
			return 0;
		return 4;
	}
	if (span_is(range->name, type))
		return 3;
	if (range->name.len == family + 1 && range->name.data[family] == '*' &&
	    strncasecmp(range->name.data, type, family) == 0)
		return 2;
	return span_is(range->name, "*/*") ? 1 : 0;
}

static struct fit fit_of(const char *accept, const char *type, const char *version)
{
	struct fit best = { 0 };
	struct range range;

	if (accept == NULL)
		return best;
	for (unsigned order = 0; order < RANGES_MAX && next_range(&accept, &range); order++) {
		unsigned specificity = match(&range, type, version);
		if (specificity > best.specificity)
			best = (struct fit){ range.q, specificity, order };
	}
	return best;
}

/* True when `a` is preferred to `b`, which is the choice in doubt. */
static bool preferred(struct fit a, struct fit b)
{
	if (a.specificity == 0 || a.q == 0)
		return false;
	if (b.specificity == 0 || a.q != b.q)
		return a.q > b.q;
	if (a.specificity != b.specificity)
		return a.specificity > b.specificity;
	return a.order < b.order;
}

enum exposition_format negotiate_exposition(const char *accept)
{
	struct fit text = fit_of(accept, "text/plain", "0.0.4");
	struct fit open = fit_of(accept, "application/openmetrics-text", "1.0.0");

	return preferred(open, text) ? EXPOSITION_OPENMETRICS : EXPOSITION_TEXT;
}

bool negotiate_csv(const char *accept)
{
	struct fit json = fit_of(accept, "application/json", NULL);
	struct fit csv = fit_of(accept, "text/csv", NULL);

	return preferred(csv, json);
}

bool negotiate_gzip(const char *accept_encoding)
{
	struct range range;
	bool has_gzip = false;
	bool has_identity = false;
	bool has_any = false;
	unsigned gzip = 0;
	unsigned identity = 0;
	unsigned any = 0;

	if (accept_encoding == NULL)
		return false;
	for (unsigned i = 0; i < RANGES_MAX && next_range(&accept_encoding, &range); i++) {
		if (span_is(range.name, "gzip") || span_is(range.name, "x-gzip")) {
			has_gzip = true;
			gzip = range.q;
		} else if (span_is(range.name, "identity")) {
			has_identity = true;
			identity = range.q;
		} else if (span_is(range.name, "*")) {
			has_any = true;
			any = range.q;
		}
	}
	if (!has_gzip)
		gzip = has_any ? any : 0;
	return gzip > 0 && (!has_identity || gzip >= identity);
}

static struct span_text without_weak(struct span_text tag)
{
	if (tag.len > 2 && tag.data[0] == 'W' && tag.data[1] == '/')
		return (struct span_text){ tag.data + 2, tag.len - 2 };
	return tag;
}

bool etag_listed(const char *if_none_match, const char *etag)
{
	struct span_text wanted = without_weak((struct span_text){ etag, strlen(etag) });

	if (if_none_match == NULL)
		return false;
	for (const char *p = if_none_match; *p != '\0';) {
		while (*p == ',' || is_blank(*p))
			p++;
		const char *end = find_stop(p, ",");
		struct span_text item = trimmed(p, end);
		if (item.len == 1 && *item.data == '*')
			return true;
		item = without_weak(item);
		if (item.len == wanted.len && memcmp(item.data, wanted.data, wanted.len) == 0)
			return true;
		p = end;
	}
	return false;
}
