/*
 * Credentials: a binding, overridden by the fields of the configuration, brought into the form that
 * the requests need (docs/reference/destination-service.md 1.1 and 2.1 to 2.3). A host is derived
 * only where the documented domain leaves no doubt.
 */
#include "config/credentials.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>

#include "base/authority.h"
#include "base/text.h"
#include "config/address.h"
#include "config/binding.h"
#include "config/binding/folder.h"
#include "config/binding/vcap.h"
#include "config/key/key.h"
#include "config/pem_check.h"

#define DOMAIN_PREFIX      "authentication."
#define DOMAIN_CERT_PREFIX "authentication.cert."

struct assembling {
	const struct source_config *source;
	const char *origin; /* of the binding, for messages */
	struct binding binding;
	struct credentials *out;
	bool binding_only; /* secret files beside the binding are not read */
	const char *key;   /* of the configuration: where a failure is reported */
	struct error *error;
};

void credentials_release(struct credentials *c)
{
	free(c->host);
	free(c->token_url);
	free(c->client_id);
	secret_release(&c->client_secret);
	secret_release(&c->certificate);
	secret_release(&c->private_key);
	free(c->subaccount_id);
	free(c->tenant_id);
	free(c->instance_id);
	memset(c, 0, sizeof(*c));
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_secret(const struct secret *a, const struct secret *b)
{
	if ((a->data == NULL) != (b->data == NULL) || a->len != b->len)
		return false;
	return a->data == NULL || CRYPTO_memcmp(a->data, b->data, a->len) == 0;
}

bool credentials_equal(const struct credentials *a, const struct credentials *b)
{
	return same_text(a->token_url, b->token_url) && same_text(a->client_id, b->client_id) &&
	       a->x509 == b->x509 && same_secret(&a->client_secret, &b->client_secret) &&
	       same_secret(&a->certificate, &b->certificate) &&
	       same_secret(&a->private_key, &b->private_key);
}

static enum status no_memory(const struct assembling *a)
{
	return error_set(a->error, STATUS_MEMORY, "out of memory");
}

/* Sets an error that begins with the binding and the field. */
static enum status field_error(const struct assembling *a, const char *field, const char *text)
{
	return error_set(a->error, STATUS_SYNTAX, "%s: %s: %s", a->origin, field, text);
}

static enum status load_binding(struct assembling *a)
{
	const struct source_config *s = a->source;

	if (s->binding_json != NULL) {
		a->origin = "VCAP_SERVICES";
		return binding_from_json(s->binding_json, strlen(s->binding_json), a->origin,
					 &a->binding, a->error);
	}
	if (s->binding_file != NULL) {
		a->origin = s->binding_file;
		return binding_from_file(s->binding_file, &a->binding, a->error);
	}
	if (s->binding_dir != NULL) {
		a->origin = s->binding_dir;
		return binding_from_folder(s->binding_dir, &a->binding, a->error);
	}
	if (s->vcap_service != NULL) {
		a->origin = "VCAP_SERVICES";
		return binding_from_vcap(s->vcap_service, &a->binding, a->error);
	}
	a->origin = "the configuration";
	return STATUS_OK;
}

/* The key that names the binding. */
static const char *binding_key(const struct source_config *s)
{
	return s->binding_file != NULL   ? "binding_file"
	       : s->binding_dir != NULL  ? "binding_dir"
	       : s->vcap_service != NULL ? "vcap_service"
					 : "";
}

static enum status set_host(struct assembling *a)
{
	struct error reason = { "" };
	const char *uri = binding_get(&a->binding, BINDING_URI);

	if (a->source->host != NULL) { /* checked when the configuration was read */
		a->out->host = strdup(a->source->host);
		return a->out->host != NULL ? STATUS_OK : no_memory(a);
	}
	if (uri == NULL)
		return field_error(a, "uri",
				   "is missing: the address of the service; create a new service "
				   "key, or give it as host");
	if (address_service(uri, &a->out->host, &reason) != STATUS_OK)
		return field_error(a, "uri", reason.text);
	return STATUS_OK;
}

static enum status set_client_id(struct assembling *a)
{
	const char *id = a->source->client_id != NULL ? a->source->client_id
						      : binding_get(&a->binding, BINDING_CLIENTID);

	if (id == NULL)
		return field_error(a, "clientid",
				   "is missing; create a new service key, or give it as client_id");
	a->out->client_id = strdup(id);
	return a->out->client_id != NULL ? STATUS_OK : no_memory(a);
}

static bool given(const struct secret_setting *setting)
{
	return setting->value.data != NULL || setting->file != NULL;
}

/* docs/reference/destination-service.md 1.1: the credential type decides; without one, the fields
 * that were given do. */
static bool wants_x509(const struct assembling *a)
{
	const char *type = binding_get(&a->binding, BINDING_CREDENTIAL_TYPE);

	if (given(&a->source->client_secret))
		return false;
	if (given(&a->source->certificate) || given(&a->source->private_key))
		return true;
	if (type != NULL && strncasecmp(type, "x509", 4) == 0)
		return true;
	return binding_get(&a->binding, BINDING_CLIENTSECRET) == NULL &&
	       (binding_get(&a->binding, BINDING_CERTIFICATE) != NULL ||
		binding_get(&a->binding, BINDING_KEY) != NULL);
}

/* The setting of the configuration, else the field of the binding. `key` names it in messages. */
static enum status set_proof(struct assembling *a, const struct secret_setting *setting,
			     const char *key, enum binding_field field, const char *hint,
			     struct secret *ret_secret)
{
	const char *value = binding_get(&a->binding, field);
	struct error reason = { "" };

	if (a->binding_only && setting->file != NULL)
		return STATUS_OK;
	a->key = given(setting) ? key : binding_key(a->source);
	if (given(setting)) {
		enum status status = secret_setting_read(setting, ret_secret, &reason);
		if (status != STATUS_OK)
			return error_set(a->error, status, "%s: %s", key, reason.text);
		if (ret_secret->len == 0)
			return error_set(a->error, STATUS_SYNTAX, "%s: %s is empty", key,
					 setting->file != NULL ? setting->file : "the value");
		return STATUS_OK;
	}
	if (value == NULL)
		return field_error(a, binding_field_name(field), hint);
	return secret_set(ret_secret, value, strlen(value)) == STATUS_OK ? STATUS_OK : no_memory(a);
}

static enum status set_key_pair(struct assembling *a)
{
	struct credentials *out = a->out;
	enum status status = set_proof(
		a, &a->source->certificate, "certificate", BINDING_CERTIFICATE,
		"is missing; give certificate_file beside the binding", &out->certificate);

	if (status == STATUS_OK)
		status = set_proof(a, &a->source->private_key, "private_key", BINDING_KEY,
				   "is missing (a self-managed key is not in the binding); give "
				   "private_key_file beside it",
				   &out->private_key);
	bool whole = out->certificate.data != NULL && out->private_key.data != NULL;
	if (status != STATUS_OK || !whole)
		return status; /* half of the pair is in a file that is not read now */
	if (pem_repair(&out->certificate) != STATUS_OK ||
	    pem_repair(&out->private_key) != STATUS_OK)
		return no_memory(a);
	struct error reason = { "" };
	status = pem_check_pair(out->certificate.data, "certificate", out->private_key.data,
				"private key", &reason);
	bool of_certificate = text_starts_with(reason.text, "certificate");
	if (given(of_certificate ? &a->source->certificate : &a->source->private_key))
		a->key = of_certificate ? "certificate" : "private_key";
	else if (given(&a->source->certificate))
		a->key = "certificate";
	return status == STATUS_OK ? status
				   : error_set(a->error, status, "%s: %s", a->origin, reason.text);
}

/* `https://zone.domain/oauth/token`; for X.509 in the domain of certificates. */
static enum status url_of_zone(struct assembling *a, const char *zone, const char *domain)
{
	struct error reason = { "" };
	struct buf url;
	bool cert_domain = strncasecmp(domain, DOMAIN_CERT_PREFIX, strlen(DOMAIN_CERT_PREFIX)) == 0;
	bool plain_domain = strncasecmp(domain, DOMAIN_PREFIX, strlen(DOMAIN_PREFIX)) == 0;
	const char *rest = domain;

	if (!authority_is_label(zone))
		return field_error(a, "identityzone", "is not a subdomain");
	if (a->out->x509 && !cert_domain && !plain_domain)
		return field_error(a, "uaadomain",
				   "does not begin with `authentication.`, so the address for "
				   "certificates is unknown; give token_url");
	buf_init(&url, 4096);
	buf_printf(&url, "https://%s.", zone);
	if (a->out->x509 && !cert_domain) {
		buf_puts(&url, DOMAIN_CERT_PREFIX);
		rest += strlen(DOMAIN_PREFIX);
	}
	buf_puts(&url, rest);
	enum status status = buf_status(&url);
	if (status == STATUS_OK)
		status = address_token(buf_text(&url), &a->out->token_url, &reason);
	buf_release(&url);
	return status == STATUS_OK ? status : field_error(a, "uaadomain", reason.text);
}

static enum status url_of_field(struct assembling *a, enum binding_field field)
{
	struct error reason = { "" };

	if (address_token(binding_get(&a->binding, field), &a->out->token_url, &reason) !=
	    STATUS_OK)
		return field_error(a, binding_field_name(field), reason.text);
	return STATUS_OK;
}

static enum status set_token_url(struct assembling *a)
{
	const struct source_config *s = a->source;
	const char *zone = s->identity_zone != NULL
				   ? s->identity_zone
				   : binding_get(&a->binding, BINDING_IDENTITYZONE);
	const char *domain =
		s->uaa_domain != NULL ? s->uaa_domain : binding_get(&a->binding, BINDING_UAADOMAIN);
	bool overridden = s->identity_zone != NULL || s->uaa_domain != NULL;
	enum binding_field field = a->out->x509 ? BINDING_CERTURL : BINDING_URL;

	if (overridden)
		a->key = s->uaa_domain != NULL ? "uaa_domain" : "identity_zone";
	if (s->token_url != NULL) {
		a->out->token_url = strdup(s->token_url);
		return a->out->token_url != NULL ? STATUS_OK : no_memory(a);
	}
	if (overridden && (zone == NULL || domain == NULL))
		return field_error(a, zone == NULL ? "identityzone" : "uaadomain",
				   "is missing; identity_zone and uaa_domain go together");
	if (!overridden && binding_get(&a->binding, field) != NULL)
		return url_of_field(a, field);
	if (!overridden && a->out->x509)
		return field_error(a, "certurl",
				   "is missing: the token address for certificates; give it as "
				   "token_url");
	if (zone == NULL || domain == NULL)
		return field_error(a, "url", "is missing: the token address; give it as token_url");
	return url_of_zone(a, zone, domain);
}

static enum status apply_subscriber(struct assembling *a)
{
	const char *subscriber = a->source->subscriber;
	struct error reason = { "" };
	char *replaced = NULL;

	if (subscriber == NULL || subscriber[0] == '\0')
		return STATUS_OK;
	a->key = "subscriber";
	enum status status =
		address_with_subdomain(a->out->token_url, subscriber, &replaced, &reason);
	if (status != STATUS_OK)
		return error_set(a->error, status, "subscriber: the token address %s", reason.text);
	free(a->out->token_url);
	a->out->token_url = replaced;
	return STATUS_OK;
}

static const char *first_of(const char *a, const char *b, const char *c)
{
	return a != NULL ? a : b != NULL ? b : c != NULL ? c : "";
}

/* The ids of a binding are those of the provider's tenant, not of a subscriber's. */
static enum status set_ids(struct assembling *a)
{
	const struct binding *b = &a->binding;
	bool own = a->source->subscriber == NULL || a->source->subscriber[0] == '\0';
	const char *subaccount = first_of(binding_get(b, BINDING_SUBACCOUNTID), NULL, NULL);
	const char *tenant = first_of(binding_get(b, BINDING_TENANTID), NULL, NULL);

	a->out->subaccount_id = strdup(own ? subaccount : "");
	a->out->tenant_id = strdup(own ? tenant : "");
	a->out->instance_id = strdup(first_of(binding_get(b, BINDING_INSTANCEID),
					      binding_get(b, BINDING_INSTANCE_ID_CAMEL),
					      binding_get(b, BINDING_INSTANCE_GUID)));
	bool ok = a->out->subaccount_id != NULL && a->out->tenant_id != NULL &&
		  a->out->instance_id != NULL;
	return ok ? STATUS_OK : no_memory(a);
}

static enum status assemble(struct assembling *a)
{
	a->key = binding_key(a->source);
	enum status status = load_binding(a);

	if (status == STATUS_OK)
		status = set_host(a);
	if (status == STATUS_OK)
		status = set_client_id(a);
	a->out->x509 = wants_x509(a);
	if (status == STATUS_OK)
		status = set_token_url(a);
	if (status == STATUS_OK)
		status = apply_subscriber(a);
	if (status != STATUS_OK)
		return status;
	if (a->out->x509)
		status = set_key_pair(a);
	else
		status = set_proof(a, &a->source->client_secret, "client_secret",
				   BINDING_CLIENTSECRET,
				   "is missing; so are certificate and key; create a new service "
				   "key, or give client_secret_file beside it",
				   &a->out->client_secret);
	if (status != STATUS_OK)
		return status;
	a->key = given(&a->source->certificate) ? "certificate" : binding_key(a->source);
	return set_ids(a);
}

/* Assembles what `a` asks for into `read`, which stays empty on failure. */
static enum status assemble_into(struct assembling *a, struct credentials *read,
				 const char **ret_key)
{
	a->out = read;
	enum status status = assemble(a);

	binding_release(&a->binding);
	if (status != STATUS_OK)
		credentials_release(read);
	if (ret_key != NULL)
		*ret_key = a->key;
	return status;
}

enum status credentials_check(const struct source_config *source,
			      struct credentials *ret_credentials, const char **ret_key,
			      struct error *error)
{
	struct credentials read = { 0 };
	struct assembling a = { .source = source, .error = error };
	enum status status = assemble_into(&a, &read, ret_key);

	if (status == STATUS_OK)
		*ret_credentials = read;
	return status;
}

enum status credentials_read(const struct source_config *source,
			     struct credentials *ret_credentials, struct error *error)
{
	return credentials_check(source, ret_credentials, NULL, error);
}

enum status credentials_check_binding(const struct source_config *source, const char **ret_key,
				      struct error *error)
{
	struct credentials read = { 0 };
	struct assembling a = { .source = source, .binding_only = true, .error = error };
	enum status status = assemble_into(&a, &read, ret_key);

	credentials_release(&read);
	return status;
}

enum status credentials_read_binding(const struct source_config *source, const char **ret_key,
				     struct error *error)
{
	struct assembling a = { .source = source, .error = error };
	enum status status = load_binding(&a);

	*ret_key = binding_key(source);
	binding_release(&a.binding);
	return status;
}
