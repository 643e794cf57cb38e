/*
 * The token hosts: POST /oauth/token with a secret or a client certificate. Tokens look like JWTs
 * and carry who they are for; the service host believes its own signature only. Follows
 * docs/reference/destination-service.md 2.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/hmac.h>

#include "destination.h"

#define SIGNATURE_CHARS 43 /* SHA-256 in base64url */
#define FORM_MAX        16
#define TOKEN_BODY_MAX  ((size_t)1 << 20) /* docs/reference/destination-service.md 2.4 */

static const char bad_token[] = "Unable to parse the JWT in Authorization Header.";

static void refuse(struct reply *reply, int status, const char *error, const char *description)
{
	reply_json(reply, status, "{\"error\":");
	text_add_json(&reply->body, error);
	text_adds(&reply->body, ",\"error_description\":");
	text_add_json(&reply->body, description);
	text_adds(&reply->body, "}");
}

static void sign(const struct sim *sim, const char *text, size_t len, struct text *ret_signature)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned int mac_len = 0;

	if (HMAC(EVP_sha256(), sim->state->token_key, TOKEN_KEY_SIZE, (const unsigned char *)text,
		 len, mac, &mac_len) == NULL)
		ret_signature->failed = true;
	else
		text_add_base64url(ret_signature, mac, mac_len);
}

/* The application's name for scopes: behind the bar of the client id. */
static const char *application(const struct client *client)
{
	const char *bar = strchr(client->client_id, '|');

	return bar != NULL ? bar + 1 : "destination-xsappname!b404";
}

static void add_claims(struct request *r, const struct client *client, const struct tenant *tenant,
		       const char *jti, struct text *t)
{
	const char *app = application(client);
	long long now = (long long)(now_ms() / 1000);

	text_addf(t, "{\"jti\":\"%s\",\"ext_attr\":{\"enhancer\":\"XSUAA\",\"subaccountid\":", jti);
	text_add_json(t, tenant->subaccountid);
	text_adds(t, ",\"zdn\":");
	text_add_json(t, tenant->subdomain);
	text_adds(t, ",\"serviceinstanceid\":");
	text_add_json(t, client->instance_id);
	text_adds(t, "},\"sub\":");
	text_add_json(t, client->client_id);
	text_adds(t, ",\"client_id\":");
	text_add_json(t, client->client_id);
	text_addf(t, ",\"scope\":[\"uaa.resource\",\"%s.Read\",\"%s.Modify\"]", app, app);
	text_addf(t, ",\"grant_type\":\"client_credentials\",\"iat\":%lld,\"exp\":%lld", now,
		  now + r->sc->quirks.token_lifetime_s);
	text_addf(t, ",\"generation\":%d,\"zid\":", atomic_load(&r->sim->state->token_generation));
	text_add_json(t, tenant->zid);
	text_adds(t, ",\"marker\":");
	text_add_json(t, r->sc->quirks.token_marker);
	text_adds(t, "}");
}

static void add_token(struct request *r, const struct client *client, const struct tenant *tenant,
		      const char *jti, struct text *t)
{
	static const char head[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"simulated\"}";
	struct text claims = { 0 }, signature = { 0 };
	size_t from = t->len;

	add_claims(r, client, tenant, jti, &claims);
	text_add_base64url(t, head, strlen(head));
	text_adds(t, ".");
	text_add_base64url(t, claims.data, claims.len);
	sign(r->sim, t->data + from, t->len - from, &signature);
	text_addf(t, ".%s%s", r->sc->quirks.token_marker, signature.data);
	if (claims.failed || signature.failed)
		t->failed = true;
	text_release(&claims);
	text_release(&signature);
}

static void issue(struct request *r, struct reply *reply, const struct client *client,
		  const struct tenant *tenant)
{
	const char *app = application(client);
	const char *quote = r->sc->quirks.expires_in_text ? "\"" : "";
	char jti[33];

	random_hex(jti, 16);
	reply_json(reply, 200, "{\"access_token\":\"");
	add_token(r, client, tenant, jti, &reply->body);
	text_addf(&reply->body, "\",\"token_type\":\"bearer\",\"expires_in\":%s%d%s", quote,
		  r->sc->quirks.token_lifetime_s, quote);
	text_addf(&reply->body, ",\"scope\":\"uaa.resource %s.Read %s.Modify\",\"jti\":\"%s\"}",
		  app, app, jti);
	reply_header(r, reply, "Cache-Control", "no-store");
}

/* /t/<subdomain>/oauth/token, or the first label of the host's name, or the default. */
static const struct tenant *find_tenant(struct request *r, const char **ret_path)
{
	const char *host = request_header(r, "Host");
	const struct tenant *tenant = NULL;
	char *label = NULL;

	*ret_path = r->path;
	if (strncmp(r->path, "/t/", 3) == 0) {
		size_t len = strcspn(r->path + 3, "/");

		label = percent_decode(r->path + 3, len, false);
		*ret_path = r->path + 3 + len;
	} else if (host != NULL) {
		label = strndup(host, strcspn(host, ".:"));
	}
	if (label != NULL)
		tenant = scenario_tenant(r->sc, label);
	if (tenant == NULL && *ret_path == r->path && r->sc->default_tenant != NULL)
		tenant = scenario_tenant(r->sc, r->sc->default_tenant);
	free(label);
	return tenant;
}

struct credentials {
	const char *client_id;
	const char *client_secret;
};

static void read_basic(struct request *r, struct credentials *c)
{
	const char *authorization = request_header(r, "Authorization");
	const char *encoding = request_header(r, "X-CF-ENCODED-CREDENTIALS");
	struct text plain = { 0 };
	const char *colon;
	char *id, *secret;

	if (authorization == NULL || strncasecmp(authorization, "Basic ", 6) != 0)
		return;
	if (text_add_base64_decoded(&plain, authorization + 6, strlen(authorization + 6)) &&
	    plain.len > 0 && (colon = strchr(plain.data, ':')) != NULL) {
		bool encoded = encoding != NULL && strcasecmp(encoding, "true") == 0;

		id = strndup(plain.data, (size_t)(colon - plain.data));
		secret = strdup(colon + 1);
		if (encoded && id != NULL && secret != NULL) {
			char *plain_id = percent_decode(id, strlen(id), true);
			char *plain_secret = percent_decode(secret, strlen(secret), true);

			free(id);
			free(secret);
			id = plain_id;
			secret = plain_secret;
		}
		c->client_id = id != NULL ? arena_strdup(&r->arena, id) : NULL;
		c->client_secret = secret != NULL ? arena_strdup(&r->arena, secret) : NULL;
		free(id);
		free(secret);
	}
	text_release(&plain);
}

static const char *form_value(const struct param *form, size_t len, const char *name)
{
	for (size_t i = 0; i < len; i++) {
		if (strcmp(form[i].name, name) == 0)
			return form[i].value;
	}
	return NULL;
}

static bool certificate_fits(const struct request *r, const struct client *client)
{
	return client->certificate_cn != NULL && r->peer.cn != NULL &&
	       (strcmp(client->certificate_cn, "*") == 0 ||
		strcmp(client->certificate_cn, r->peer.cn) == 0);
}

/* False with the refusal in `reply`. */
static bool authenticate(struct request *r, struct reply *reply, const struct client *client,
			 const struct credentials *c)
{
	if (r->host == HOST_MTLS) {
		if (certificate_fits(r, client))
			return true;
		r->alert = r->sc->quirks.mtls_failure == MTLS_ALERT;
		refuse(reply, 401, "invalid_client", "Client authentication failed");
		return false;
	}
	if (client->client_secret != NULL && c->client_secret != NULL &&
	    strcmp(client->client_secret, c->client_secret) == 0)
		return true;
	refuse(reply, 401, "unauthorized", "Bad credentials");
	return false;
}

static void token_post(struct request *r, struct reply *reply, const struct tenant *tenant)
{
	struct param form[FORM_MAX];
	size_t len = request_split_form(r, r->body.data, form, FORM_MAX);
	struct credentials c = { form_value(form, len, "client_id"),
				 form_value(form, len, "client_secret") };
	const char *grant = form_value(form, len, "grant_type");
	const struct client *client;

	read_basic(r, &c);
	if (grant == NULL) {
		refuse(reply, 400, "invalid_request", "Missing grant type");
		return;
	}
	if (strcmp(grant, "client_credentials") != 0) {
		refuse(reply, 400, "unsupported_grant_type", "Unsupported grant type");
		return;
	}
	client = c.client_id != NULL ? scenario_client(r->sc, c.client_id) : NULL;
	if (client == NULL) {
		refuse(reply, 401, "unauthorized", "Client with requested ID does not exist");
		return;
	}
	if (!authenticate(r, reply, client, &c))
		return;
	r->details->instance = client->instance_id;
	if (!client_may_use(client, tenant->subdomain))
		refuse(reply, 401, "unauthorized", "Client is not subscribed in this tenant");
	else
		issue(r, reply, client, tenant);
}

/* Where the other token endpoint is; a fallback for bindings without certurl. */
static void openid_configuration(struct request *r, struct reply *reply,
				 const struct tenant *tenant)
{
	reply_json(reply, 200, "{");
	text_addf(&reply->body, "\"issuer\":\"https://%s.authentication.localhost:%d/oauth/token\"",
		  tenant->subdomain, r->sim->ports[HOST_TOKEN]);
	text_addf(&reply->body,
		  ",\"token_endpoint\":\"https://%s.authentication.localhost:%d/oauth/token\"",
		  tenant->subdomain, r->sim->ports[HOST_TOKEN]);
	text_addf(&reply->body,
		  ",\"mtls_endpoint_aliases\":{\"token_endpoint\":"
		  "\"https://%s.authentication.cert.localhost:%d/oauth/token\"}}",
		  tenant->subdomain, r->sim->ports[HOST_MTLS]);
}

void token_answer(struct request *r, struct reply *reply)
{
	const char *path;
	const struct tenant *tenant = find_tenant(r, &path);
	bool get = strcmp(r->method, "GET") == 0;

	r->tenant = tenant != NULL ? tenant->subdomain : NULL;
	if (strcmp(path, "/oauth/token") == 0)
		r->endpoint = ENDPOINT_TOKEN;
	if (get && strcmp(path, "/.well-known/openid-configuration") == 0)
		r->endpoint = ENDPOINT_OPENID_CONFIGURATION;
	if (strcmp(r->method, "POST") != 0 && r->endpoint != ENDPOINT_OPENID_CONFIGURATION)
		reply_violation(r, reply, "POST");
	else if (r->endpoint == ENDPOINT_UNKNOWN || tenant == NULL)
		reply_text(reply, 404, "Not Found");
	else if (get)
		openid_configuration(r, reply, tenant);
	else if (r->body.len > TOKEN_BODY_MAX)
		reply_text(reply, 413, status_phrase(413));
	else
		token_post(r, reply, tenant);
}

/* The claims of a token with our signature, else NULL. */
static cJSON *token_claims(struct request *r, const char *token)
{
	const char *first = strchr(token, '.');
	const char *second = first != NULL ? strchr(first + 1, '.') : NULL;
	struct text signature = { 0 }, claims = { 0 };
	size_t third_len = second != NULL ? strlen(second + 1) : 0;
	char error[ERROR_SIZE];
	cJSON *json = NULL;

	if (third_len < SIGNATURE_CHARS)
		return NULL;
	sign(r->sim, token, (size_t)(second - token), &signature);
	if (!signature.failed &&
	    strcmp(second + 1 + third_len - SIGNATURE_CHARS, signature.data) == 0 &&
	    text_add_base64url_decoded(&claims, first + 1, (size_t)(second - first - 1)) &&
	    claims.len > 0)
		json = load_json(claims.data, claims.len, error);
	text_release(&signature);
	text_release(&claims);
	return json;
}

static const struct tenant *check_claims(struct request *r, struct reply *reply,
					 const cJSON *claims)
{
	const cJSON *attributes = cJSON_GetObjectItemCaseSensitive(claims, "ext_attr");
	const char *zid = cJSON_GetStringValue(cJSON_GetObjectItem(claims, "zid"));
	const char *instance = cJSON_GetStringValue(
		cJSON_GetObjectItemCaseSensitive(attributes, "serviceinstanceid"));
	double exp = cJSON_GetNumberValue(cJSON_GetObjectItem(claims, "exp"));
	double generation = cJSON_GetNumberValue(cJSON_GetObjectItem(claims, "generation"));
	const struct tenant *tenant = zid != NULL ? scenario_tenant_by_zid(r->sc, zid) : NULL;

	if (tenant == NULL || instance == NULL) {
		reply_error_message(reply, 401, bad_token);
		return NULL;
	}
	r->tenant = tenant->subdomain;
	r->details->instance = arena_strdup(&r->arena, instance);
	if (exp <= (double)now_ms() / 1000 ||
	    generation < atomic_load(&r->sim->state->token_generation) ||
	    r->details->instance == NULL) {
		reply_text(reply, 401, status_phrase(401));
		return NULL;
	}
	return tenant;
}

const struct tenant *token_check(struct request *r, struct reply *reply)
{
	const char *authorization = request_header(r, "Authorization");
	const struct tenant *tenant = NULL;
	cJSON *claims;

	if (authorization == NULL) {
		reply_text(reply, 401, status_phrase(401));
		return NULL;
	}
	claims = strncasecmp(authorization, "Bearer ", 7) == 0 ? token_claims(r, authorization + 7)
							       : NULL;
	if (claims == NULL)
		reply_error_message(reply, 401, bad_token);
	else
		tenant = check_claims(r, reply, claims);
	cJSON_Delete(claims);
	return tenant;
}
