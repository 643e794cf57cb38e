#ifndef CONFIG_BINDING_H
#define CONFIG_BINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "base/secret.h"
#include "base/status.h"

/*
 * The fields of one Destination binding, wherever they come from: a service key in JSON (key/), an
 * entry of VCAP_SERVICES (binding/vcap.h), a folder with one file per field (binding/folder.h);
 * docs/reference/destination-service.md 1.1 to 1.3. Not thread-safe.
 */
enum binding_field {
	BINDING_URI,
	BINDING_URL,
	BINDING_CERTURL,
	BINDING_CLIENTID,
	BINDING_CLIENTSECRET,
	BINDING_CERTIFICATE,
	BINDING_KEY,
	BINDING_CREDENTIAL_TYPE,
	BINDING_IDENTITYZONE,
	BINDING_UAADOMAIN,
	BINDING_TENANTID,
	BINDING_SUBACCOUNTID,
	BINDING_INSTANCEID,
	BINDING_INSTANCE_ID_CAMEL, /* serviceInstanceId */
	BINDING_INSTANCE_GUID,
	/* not credentials: what a folder or an entry says about itself */
	BINDING_TYPE,
	BINDING_LABEL,
	BINDING_FIELD_COUNT
};

struct binding {
	struct secret fields[BINDING_FIELD_COUNT];
};

void binding_release(struct binding *binding);
/* NULL when absent or empty. */
const char *binding_get(const struct binding *binding, enum binding_field field);
const char *binding_field_name(enum binding_field field);

/* Whether `name` is a field. */
bool binding_has_field(const char *name);
/* Keeps the value if `name` is a field. False without memory. */
bool binding_put(struct binding *binding, const char *name, const char *text,
		 size_t len) MUST_CHECK;
/* The same for each text member of an object. */
bool binding_put_members(struct binding *binding, const struct cJSON *object) MUST_CHECK;

#endif
