/*
 * The keys of the web configuration (docs/configuration.md, as exporter-toolkit v0.17 has them):
 * one table per section, one function per kind of value.
 */
#include "config/web/keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "config/suggest.h"
#include "config/values.h"
#include "config/web/tls.h"
#include "config/web/values.h"

#define USERS_MAX   1000
#define BURST_MAX   2147483647 /* an int in Go */
#define COST_SLOW   16         /* from here a login takes seconds */
#define NS_PER_MS   UINT64_C(1000000)
#define HEADERS_MAX (sizeof(((struct web_config *)NULL)->headers) / sizeof(struct web_header))

struct web_key {
	const char *name;
	void (*set)(struct web_reading *w, const struct place *place,
		    const struct yaml_node *value);
};

/* The text of a scalar; NULL when it is none (reported) or nothing at all (as if not given). */
static const char *scalar(const struct place *place, const struct yaml_node *value)
{
	return value->kind == YAML_NOTHING ? NULL : value_text(place, value);
}

static void set_pem_file(struct web_reading *w, const struct place *place,
			 const struct yaml_node *value, struct pem_source *pem)
{
	const char *text = scalar(place, value);

	if (text == NULL || text[0] == '\0')
		return;
	pem->file = file_path_join(w->folder, text);
	pem->mark = value->mark;
	w->out_of_memory |= pem->file == NULL;
}

static void set_pem_text(struct web_reading *w, const struct place *place,
			 const struct yaml_node *value, struct pem_source *pem)
{
	const char *text = scalar(place, value);

	if (text == NULL || text[0] == '\0')
		return;
	w->out_of_memory |= secret_set(&pem->text, text, value->text_len) != STATUS_OK;
	pem->mark = pem->mark.line > 0 ? pem->mark : value->mark;
}

static void set_cert_file(struct web_reading *w, const struct place *p, const struct yaml_node *v)
{
	set_pem_file(w, p, v, &w->certificate);
}

static void set_key_file(struct web_reading *w, const struct place *p, const struct yaml_node *v)
{
	set_pem_file(w, p, v, &w->private_key);
}

static void set_ca_file(struct web_reading *w, const struct place *p, const struct yaml_node *v)
{
	set_pem_file(w, p, v, &w->client_ca);
}

static void set_cert(struct web_reading *w, const struct place *p, const struct yaml_node *v)
{
	set_pem_text(w, p, v, &w->certificate);
}

static void set_key(struct web_reading *w, const struct place *p, const struct yaml_node *v)
{
	set_pem_text(w, p, v, &w->private_key);
}

static void set_ca(struct web_reading *w, const struct place *p, const struct yaml_node *v)
{
	set_pem_text(w, p, v, &w->client_ca);
}

static void set_client_auth(struct web_reading *w, const struct place *place,
			    const struct yaml_node *value)
{
	const char *text = scalar(place, value);

	if (text == NULL || text[0] == '\0')
		return;
	w->client_auth_given = true;
	w->client_auth_mark = value->mark;
	if (!web_tls_client_auth(text, &w->config->client_auth))
		finding_add(place, value->mark,
			    "must be NoClientCert, RequestClientCert, RequireAnyClientCert, "
			    "VerifyClientCertIfGiven or RequireAndVerifyClientCert");
}

static void set_version(struct web_reading *w, const struct place *place,
			const struct yaml_node *value, enum tls_version *field)
{
	const char *text = scalar(place, value);

	if (text == NULL)
		return;
	w->version_mark = value->mark;
	if (!web_tls_version(text, field))
		finding_add(place, value->mark, "must be TLS10, TLS11, TLS12 or TLS13");
}

static void set_min(struct web_reading *w, const struct place *p, const struct yaml_node *v)
{
	set_version(w, p, v, &w->config->min_version);
}

static void set_max(struct web_reading *w, const struct place *p, const struct yaml_node *v)
{
	set_version(w, p, v, &w->config->max_version);
}

/* A list of texts, each of which `check` accepts (it reports). False: no list. */
static bool set_list(struct web_reading *w, const struct place *place,
		     const struct yaml_node *value,
		     bool (*check)(const struct place *place, const struct yaml_node *item),
		     struct string_list *list)
{
	if (value->refused || value->kind == YAML_NOTHING)
		return false;
	if (value->kind != YAML_LIST) {
		finding_add(place, value->mark, "must be a list, not %s", yaml_kind_text(value));
		return false;
	}
	for (const struct yaml_node *item = value->first; item != NULL; item = item->next) {
		if (value_text(place, item) != NULL && check(place, item) &&
		    !string_list_add(list, item->text))
			w->out_of_memory = true;
	}
	return value->count > 0;
}

static bool check_san(const struct place *place, const struct yaml_node *item)
{
	if (item->text[0] == '\0')
		finding_add(place, item->mark, "has an empty name");
	return item->text[0] != '\0';
}

static const char *shown_item(const struct yaml_node *item)
{
	const char *word = value_shown_word(item->text);

	return word != NULL ? word : "one of them";
}

static bool check_suite(const struct place *place, const struct yaml_node *item)
{
	struct suggestion suggestion;

	if (web_suite_find(item->text) != NULL)
		return true;
	suggest_start(&suggestion, item->text);
	for (size_t i = 0; web_suite(i) != NULL; i++)
		suggest_offer(&suggestion, web_suite(i)->name);
	const char *best = suggest_best(&suggestion);
	finding_add(place, item->mark, "%s is no secure cipher suite in Go's spelling%s%s%s",
		    shown_item(item), best != NULL ? ", did you mean " : "",
		    best != NULL ? best : "", best != NULL ? "?" : "");
	return false;
}

static bool check_curve(const struct place *place, const struct yaml_node *item)
{
	if (web_curve_gnutls(item->text) != NULL)
		return true;
	finding_add(place, item->mark, "%s is none of X25519, CurveP256, CurveP384 and CurveP521",
		    shown_item(item));
	return false;
}

static void set_sans(struct web_reading *w, const struct place *p, const struct yaml_node *v)
{
	if (set_list(w, p, v, check_san, &w->config->client_allowed_sans))
		w->sans_mark = v->mark;
}

static void set_suites(struct web_reading *w, const struct place *p, const struct yaml_node *v)
{
	if (set_list(w, p, v, check_suite, &w->config->cipher_suites))
		w->suites_mark = v->mark;
}

static void set_curves(struct web_reading *w, const struct place *p, const struct yaml_node *v)
{
	if (set_list(w, p, v, check_curve, &w->config->curve_preferences))
		w->curves_mark = v->mark;
}

static bool read_bool(const struct place *place, const struct yaml_node *value, bool *ret)
{
	const char *text = scalar(place, value);

	if (text == NULL)
		return false;
	if (value_yaml11_bool(text, ret))
		return true;
	finding_add(place, value->mark, "must be true or false");
	return false;
}

/* The key is accepted and has no effect: the order of the server always decides, as in Go since
 * 1.17. */
static void set_prefer_server(struct web_reading *w, const struct place *p,
			      const struct yaml_node *v)
{
	bool ignored;

	(void)w;
	(void)read_bool(p, v, &ignored);
}

static void set_http2(struct web_reading *w, const struct place *p, const struct yaml_node *v)
{
	(void)read_bool(p, v, &w->config->http2);
}

static void report_twice(const struct place *place, const struct yaml_node *member)
{
	finding_add(place, member->name_mark, "given twice, first on line %u", member->first_line);
}

static void set_header(struct web_reading *w, const struct place *where,
		       const struct yaml_node *member)
{
	struct place place = *where;
	struct web_config *config = w->config;
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
	const char *text = scalar(&place, member);
	if (text == NULL || text[0] == '\0' || config->header_count >= HEADERS_MAX)
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
	if (value->refused || value->kind == YAML_NOTHING)
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

static void set_interval(struct web_reading *w, const struct place *place,
			 const struct yaml_node *value)
{
	const char *text = scalar(place, value);
	uint64_t ns = 0;

	if (text == NULL)
		return;
	if (go_duration(text, &ns) != STATUS_OK)
		finding_add(place, value->mark,
			    "must be a duration such as 500ms, 1s or 1m30s, at most a year, not "
			    "negative; 0 is off");
	w->config->rate_interval_ms = (ns + NS_PER_MS - 1) / NS_PER_MS;
	w->config->rate_limited = ns > 0;
}

static void set_burst(struct web_reading *w, const struct place *place,
		      const struct yaml_node *value)
{
	if (value->kind != YAML_NOTHING)
		(void)value_number(place, value, 0, BURST_MAX, &w->config->rate_burst);
}

static const struct web_key tls_keys[] = {
	{ "cert_file", set_cert_file },
	{ "key_file", set_key_file },
	{ "client_ca_file", set_ca_file },
	{ "cert", set_cert },
	{ "key", set_key },
	{ "client_ca", set_ca },
	{ "client_auth_type", set_client_auth },
	{ "client_allowed_sans", set_sans },
	{ "min_version", set_min },
	{ "max_version", set_max },
	{ "cipher_suites", set_suites },
	{ "curve_preferences", set_curves },
	{ "prefer_server_cipher_suites", set_prefer_server },
	{ NULL, NULL },
};

static const struct web_key http_keys[] = {
	{ "http2", set_http2 },
	{ "headers", set_headers },
	{ NULL, NULL },
};

static const struct web_key rate_keys[] = {
	{ "interval", set_interval },
	{ "burst", set_burst },
	{ NULL, NULL },
};

static void read_section(struct web_reading *w, const struct place *where,
			 const struct yaml_node *section, const struct web_key *keys)
{
	for (const struct yaml_node *m = section->first; m != NULL; m = m->next) {
		struct place place = *where;
		struct suggestion suggestion;
		const struct web_key *key = keys;
		suggest_start(&suggestion, m->name);
		for (; key->name != NULL && strcmp(key->name, m->name) != 0; key++)
			suggest_offer(&suggestion, key->name);
		const char *best = suggest_best(&suggestion);
		place.key = key->name != NULL ? key->name : value_shown_key(m->name);
		if (m->first_line != 0)
			report_twice(&place, m);
		else if (key->name == NULL)
			value_report_unknown(where, m, best);
		else
			key->set(w, &place, m);
	}
}

static void set_tls(struct web_reading *w, const struct place *place, const struct yaml_node *value)
{
	const struct place where = { .findings = w->findings, .where = "tls_server_config" };

	if (is_map(place, value))
		read_section(w, &where, value, tls_keys);
}

static void set_http(struct web_reading *w, const struct place *place,
		     const struct yaml_node *value)
{
	const struct place where = { .findings = w->findings, .where = "http_server_config" };

	if (is_map(place, value))
		read_section(w, &where, value, http_keys);
}

static void set_rate(struct web_reading *w, const struct place *place,
		     const struct yaml_node *value)
{
	const struct place where = { .findings = w->findings, .where = "rate_limit" };

	if (!is_map(place, value))
		return;
	read_section(w, &where, value, rate_keys);
	if (w->config->rate_limited && w->config->rate_burst == 0)
		finding_warn(&where, value->mark,
			     "burst is 0: no request passes, every one is answered with 429");
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
	struct web_config *config = w->config;
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
	w->config->users = calloc(value->count, sizeof(*w->config->users));
	if (w->config->users == NULL) {
		w->out_of_memory = true;
		return;
	}
	for (const struct yaml_node *m = value->first; m != NULL; m = m->next) {
		where.key = value_shown_word(m->name);
		set_user(w, &where, m);
	}
}

static const struct web_key top_keys[] = {
	{ "tls_server_config", set_tls },
	{ "http_server_config", set_http },
	{ "basic_auth_users", set_users },
	{ "rate_limit", set_rate },
	{ NULL, NULL },
};

void web_read_tree(struct web_reading *w, const struct yaml_node *root)
{
	const struct place place = { .findings = w->findings };

	if (is_map(&place, root))
		read_section(w, &place, root, top_keys);
}
