/*
 * The keys of the web configuration (docs/configuration.md, as exporter-toolkit v0.17 has them):
 * one table per section.
 */
#include "config/web/keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "config/suggest.h"
#include "config/values.h"
#include "config/web/tls.h"
#include "config/web/values.h"

#define USERS_MAX 1000
#define BURST_MAX 2147483647 /* an int in Go */
#define COST_SLOW 16         /* from here a login takes seconds */
#define NS_PER_MS UINT64_C(1000000)

_Static_assert(sizeof(enum client_auth) == sizeof(uint32_t), "choices are written as uint32_t");
_Static_assert(sizeof(enum tls_version) == sizeof(uint32_t), "likewise");

struct web_key {
	struct key key; /* its field is in struct web_reading */
	size_t mark;    /* of the text_mark there that is set where the key has a value; 0: none */
	bool empty_is_none;            /* "" is as if the key were not given */
	const struct web_key *members; /* a section: its keys, up to one without a name */
	/* reads what no row can say, instead of all this */
	void (*set)(struct web_reading *w, const struct place *place,
		    const struct yaml_node *value);
};

/* -- single values ---------------------------------------------------------------------------- */

static enum status check_san(const char *text, char **ret_text, struct error *error)
{
	(void)ret_text;
	return text[0] != '\0' ? STATUS_OK : error_set(error, STATUS_SYNTAX, "has an empty name");
}

static const char *shown_item(const char *text)
{
	const char *word = value_shown_word(text);

	return word != NULL ? word : "one of them";
}

static enum status check_suite(const char *text, char **ret_text, struct error *error)
{
	struct suggestion suggestion;

	(void)ret_text;
	if (web_suite_find(text) != NULL)
		return STATUS_OK;
	suggest_start(&suggestion, text);
	for (size_t i = 0; web_suite(i) != NULL; i++)
		suggest_offer(&suggestion, web_suite(i)->name);
	const char *best = suggest_best(&suggestion);
	return error_set(error, STATUS_SYNTAX,
			 "%s is no secure cipher suite in Go's spelling%s%s%s", shown_item(text),
			 best != NULL ? ", did you mean " : "", best != NULL ? best : "",
			 best != NULL ? "?" : "");
}

static enum status check_curve(const char *text, char **ret_text, struct error *error)
{
	(void)ret_text;
	if (web_curve_gnutls(text) != NULL)
		return STATUS_OK;
	return error_set(error, STATUS_SYNTAX,
			 "%s is none of X25519, CurveP256, CurveP384 and CurveP521",
			 shown_item(text));
}

static const char *const client_auths[] = { "NoClientCert",
					    "RequestClientCert",
					    "RequireAnyClientCert",
					    "VerifyClientCertIfGiven",
					    "RequireAndVerifyClientCert",
					    NULL };
static const char *const versions[] = { "TLS10", "TLS11", "TLS12", "TLS13", NULL };

static void read_value(struct web_reading *w, const struct place *place, const struct key *key,
		       const struct yaml_node *value)
{
	const struct reading reading = { .place = *place,
					 .folder = w->folder,
					 .out_of_memory = &w->out_of_memory };

	(void)value_put(&reading, key, value, w);
}

static void read_list(struct web_reading *w, const struct place *place, const struct key *key,
		      const struct yaml_node *value)
{
	if (value->kind != YAML_LIST) {
		finding_add(place, value->mark, "must be a list, not %s", yaml_kind_text(value));
		return;
	}
	for (const struct yaml_node *item = value->first; item != NULL; item = item->next)
		read_value(w, place, key, item);
}

/* It has an old name too. */
static void set_client_auth(struct web_reading *w, const struct place *place,
			    const struct yaml_node *value)
{
	static const struct key key = { .type = KEY_CHOICE,
					.flags = KEY_TERSE,
					.offset = offsetof(struct web_reading, config.client_auth),
					.choices = client_auths };

	if (value->kind == YAML_SCALAR && strcmp(value->text, "RequireClientCert") == 0)
		w->config.client_auth = CLIENT_AUTH_REQUIRE_ANY;
	else
		read_value(w, place, &key, value);
}

static void set_interval(struct web_reading *w, const struct place *place,
			 const struct yaml_node *value)
{
	const char *text = value_text(place, value);
	uint64_t ns = 0;

	if (text == NULL)
		return;
	if (go_duration(text, &ns) != STATUS_OK)
		finding_add(place, value->mark,
			    "must be a duration such as 500ms, 1s or 1m30s, at most a year, not "
			    "negative; 0 is off");
	w->config.rate_interval_ms = (ns + NS_PER_MS - 1) / NS_PER_MS;
	w->config.rate_limited = ns > 0;
}

/* -- headers and users ------------------------------------------------------------------------ */

static void report_twice(const struct place *place, const struct yaml_node *member)
{
	finding_add(place, member->name_mark, "given twice, first on line %u", member->first_line);
}

static void set_header(struct web_reading *w, const struct place *where,
		       const struct yaml_node *member)
{
	struct place place = *where;
	struct web_config *config = &w->config;
	const char *name = web_header_name(member->name);

	place.key = name != NULL ? name : value_shown_word(member->name);
	if (member->first_line != 0) {
		report_twice(&place, member);
		return;
	}
	if (name == NULL) {
		finding_add(&place, member->name_mark,
			    "cannot be set; allowed are Strict-Transport-Security, "
			    "X-Content-Type-Options, X-Frame-Options, X-XSS-Protection and "
			    "Content-Security-Policy");
		return;
	}
	const char *text = member->kind != YAML_NOTHING ? value_text(&place, member) : NULL;
	if (text == NULL || text[0] == '\0' || config->header_count >= COUNT_OF(config->headers))
		return;
	const char *fault = web_header_fault(name, text);
	if (fault != NULL) {
		finding_add(&place, member->mark, "%s", fault);
		return;
	}
	char *copy = strdup(text);
	w->out_of_memory |= copy == NULL;
	if (copy == NULL)
		return;
	struct web_header *header = &config->headers[config->header_count++];
	header->name = name;
	header->value = copy;
}

/* Whether there are members to read; reports what is no mapping. */
static bool is_map(const struct place *place, const struct yaml_node *value)
{
	if (value->refused)
		return false;
	if (value->kind != YAML_MAP)
		finding_add(place, value->mark, "must be a mapping of keys, not %s",
			    yaml_kind_text(value));
	return value->kind == YAML_MAP;
}

static void set_headers(struct web_reading *w, const struct place *place,
			const struct yaml_node *value)
{
	const struct place where = { .findings = w->findings, .where = "headers" };

	if (!is_map(place, value))
		return;
	for (const struct yaml_node *m = value->first; m != NULL; m = m->next)
		set_header(w, &where, m);
}

/* A name that basic authentication can carry (RFC 7617 2). */
static bool user_name_ok(const char *name)
{
	for (const char *p = name; *p != '\0'; p++) {
		if ((uint8_t)*p < 0x20 || *p == 0x7F || *p == ':')
			return false;
	}
	return name[0] != '\0';
}

static void set_user(struct web_reading *w, const struct place *place,
		     const struct yaml_node *member)
{
	struct web_config *config = &w->config;
	const char *hash = value_text(place, member);
	const char *fault = NULL;
	unsigned cost = 0;

	if (member->first_line != 0) {
		report_twice(place, member);
		return;
	}
	if (!user_name_ok(member->name))
		fault = "a user's name must not be empty or have `:` or control characters";
	else if (hash != NULL)
		fault = bcrypt_fault(hash, &cost);
	if (fault != NULL)
		finding_add(place, member->mark, "%s", fault);
	if (fault != NULL || hash == NULL)
		return;
	if (cost >= COST_SLOW)
		finding_warn(place, member->mark,
			     "a bcrypt cost of %u takes seconds or more for each login", cost);
	struct web_user user = { strdup(member->name), strdup(hash) };
	if (user.name == NULL || user.bcrypt_hash == NULL) {
		free(user.name);
		free(user.bcrypt_hash);
		w->out_of_memory = true;
		return;
	}
	config->users[config->user_count++] = user;
}

static void set_users(struct web_reading *w, const struct place *place,
		      const struct yaml_node *value)
{
	struct place where = { .findings = w->findings, .where = "basic_auth_users" };

	if (!is_map(place, value) || value->count == 0)
		return;
	if (value->count > USERS_MAX) {
		finding_add(place, value->mark, "more than %d users", USERS_MAX);
		return;
	}
	w->config.users = calloc(value->count, sizeof(*w->config.users));
	if (w->config.users == NULL) {
		w->out_of_memory = true;
		return;
	}
	for (const struct yaml_node *m = value->first; m != NULL; m = m->next) {
		where.key = value_shown_word(m->name);
		set_user(w, &where, m);
	}
}

/* -- tables ----------------------------------------------------------------------------------- */

#define AT(field) offsetof(struct web_reading, field)
#define PEM_KEYS(n, value, place)                                                                  \
	{ .key = { .name = n "_file", .type = KEY_SECRET_FILE, .offset = AT(value) },              \
	  .mark = AT(place),                                                                       \
	  .empty_is_none = true },                                                                 \
	{                                                                                          \
		.key = { .name = (n),                                                              \
			 .type = KEY_SECRET,                                                       \
			 .flags = KEY_INLINE_FINE,                                                 \
			 .offset = AT(value) },                                                    \
		.mark = AT(place), .empty_is_none = true                                           \
	}
#define VERSION_KEY(n)                                                                             \
	{                                                                                          \
		.key = { .name = #n,                                                               \
			 .type = KEY_CHOICE,                                                       \
			 .flags = KEY_TERSE,                                                       \
			 .offset = AT(config.n),                                                   \
			 .choices = versions },                                                    \
		.mark = AT(version_mark)                                                           \
	}
#define LIST_KEY(n, c, m)                                                                          \
	{                                                                                          \
		.key = { .name = #n,                                                               \
			 .type = KEY_LIST,                                                         \
			 .flags = KEY_EMPTY,                                                       \
			 .offset = AT(config.n),                                                   \
			 .check = (c) },                                                           \
		.mark = AT(m)                                                                      \
	}
#define BOOL_KEY(n, field)                                                                         \
	{                                                                                          \
		.key = {.name = (n),                                                               \
			.type = KEY_BOOL,                                                          \
			.flags = KEY_YAML11 | KEY_TERSE,                                           \
			.offset = AT(field) }                                                      \
	}

static const struct web_key tls_keys[] = {
	PEM_KEYS("cert", certificate.given, certificate.mark),
	PEM_KEYS("key", private_key.given, private_key.mark),
	PEM_KEYS("client_ca", client_ca.given, client_ca.mark),
	{ .key = { .name = "client_auth_type" },
	  .mark = AT(client_auth_mark),
	  .empty_is_none = true,
	  .set = set_client_auth },
	LIST_KEY(client_allowed_sans, check_san, sans_mark),
	VERSION_KEY(min_version),
	VERSION_KEY(max_version),
	LIST_KEY(cipher_suites, check_suite, suites_mark),
	LIST_KEY(curve_preferences, check_curve, curves_mark),
	BOOL_KEY("prefer_server_cipher_suites", prefer_server_cipher_suites),
	{ .key = { .name = NULL } },
};

static const struct web_key http_keys[] = {
	BOOL_KEY("http2", config.http2),
	{ .key = { .name = "headers" }, .set = set_headers },
	{ .key = { .name = NULL } },
};

static const struct web_key rate_keys[] = {
	{ .key = { .name = "interval" }, .set = set_interval },
	{ .key = { .name = "burst",
		   .type = KEY_NUMBER,
		   .offset = AT(config.rate_burst),
		   .max = BURST_MAX } },
	{ .key = { .name = NULL } },
};

static const struct web_key top_keys[] = {
	{ .key = { .name = "tls_server_config" }, .members = tls_keys },
	{ .key = { .name = "http_server_config" }, .members = http_keys },
	{ .key = { .name = "basic_auth_users" }, .set = set_users },
	{ .key = { .name = "rate_limit" }, .members = rate_keys, .mark = AT(rate_mark) },
	{ .key = { .name = NULL } },
};

static void read_section(struct web_reading *w, const struct place *where,
			 const struct yaml_node *section, const struct web_key *keys);

/* Keeps where a key was given. Of a PEM text the file counts, if both are given. */
static void keep_mark(struct web_reading *w, const struct web_key *key,
		      const struct yaml_node *value)
{
	struct text_mark *mark = (void *)((char *)w + key->mark);
	enum yaml_kind kind = key->members != NULL        ? YAML_MAP
			      : key->key.type == KEY_LIST ? YAML_LIST
							  : YAML_SCALAR;
	bool given = value->kind == kind && (kind != YAML_LIST || value->count > 0);

	if (key->mark != 0 && given && (key->key.type != KEY_SECRET || mark->line == 0))
		*mark = value->mark;
}

static void read_key(struct web_reading *w, const struct place *place, const struct web_key *key,
		     const struct yaml_node *value)
{
	const struct place inside = { .findings = w->findings, .where = key->key.name };
	bool empty = value->kind == YAML_SCALAR && value->text[0] == '\0';

	if (value->refused || value->kind == YAML_NOTHING || (empty && key->empty_is_none))
		return;
	if (key->set != NULL)
		key->set(w, place, value);
	else if (key->members == NULL && key->key.type == KEY_LIST)
		read_list(w, place, &key->key, value);
	else if (key->members == NULL)
		read_value(w, place, &key->key, value);
	else if (is_map(place, value))
		read_section(w, &inside, value, key->members);
	keep_mark(w, key, value);
}

static void read_section(struct web_reading *w, const struct place *where,
			 const struct yaml_node *section, const struct web_key *keys)
{
	for (const struct yaml_node *m = section->first; m != NULL; m = m->next) {
		struct place place = *where;
		struct suggestion suggestion;
		const struct web_key *key = keys;
		suggest_start(&suggestion, m->name);
		for (; key->key.name != NULL && strcmp(key->key.name, m->name) != 0; key++)
			suggest_offer(&suggestion, key->key.name);
		const char *best = suggest_best(&suggestion);
		place.key = key->key.name != NULL ? key->key.name : value_shown_key(m->name);
		if (m->first_line != 0)
			report_twice(&place, m);
		else if (key->key.name == NULL)
			value_report_unknown(where, m, best);
		else
			read_key(w, &place, key, m);
	}
}

void web_read_tree(struct web_reading *w, const struct yaml_node *root)
{
	const struct place place = { .findings = w->findings };
	const struct place rate = { .findings = w->findings, .where = "rate_limit" };

	if (root->kind != YAML_NOTHING && is_map(&place, root))
		read_section(w, &place, root, top_keys);
	if (w->config.rate_limited && w->config.rate_burst == 0)
		finding_warn(&rate, w->rate_mark,
			     "burst is 0: no request passes, every one is answered with 429");
}
