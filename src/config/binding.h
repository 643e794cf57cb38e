#ifndef CONFIG_BINDING_H
#define CONFIG_BINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "base/secret.h"
#include "base/status.h"
#include "config/config.h"

/*
 * The fields of one Destination binding, wherever they come from: a service key in JSON, an entry
 * of VCAP_SERVICES, a folder with one file per field (docs/reference/destination-service.md 1.1 to
 * 1.3). All input is untrusted. Error texts name files and fields and never a value. Not
 * thread-safe.
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

/*
 * `where: reason`, with the place of the byte that json_parse() names in `reason` as
 * `where:line:column:`.
 * Returns `status`.
 */
enum status binding_json_error(struct error *error, enum status status, const char *where,
			       const char *text, size_t len, const struct error *reason);

/*
 * A service key in any form that key_text.h and key_search.h know. `origin` names it in errors.
 * What was put stays on failure: binding_release() in any case.
 */
enum status binding_from_json(const char *text, size_t len, const char *origin,
			      struct binding *ret_binding, struct error *error) MUST_CHECK;
enum status binding_from_file(const char *path, struct binding *ret_binding,
			      struct error *error) MUST_CHECK;
/* A folder that holds a binding, or exactly one Destination binding in folders below. */
enum status binding_from_folder(const char *path, struct binding *ret_binding,
				struct error *error) MUST_CHECK;
/* The entry of VCAP_SERVICES with that name, binding_name or instance_name. */
enum status binding_from_vcap(const char *name, struct binding *ret_binding,
			      struct error *error) MUST_CHECK;

/* Where bindings are looked for. */
struct binding_places {
	const char *vcap_file; /* NULL or "": not set */
	const char *vcap;      /* likewise */
	const char *roots[4];  /* folders, up to the first NULL */
};
struct binding_places binding_places_of_environment(void);

/* A binding that was found: `json` or `folder` is set. */
struct found_binding {
	char *id; /* white space replaced */
	char *json;
	char *folder;
};
struct found_bindings {
	struct found_binding *items;
	size_t count;
	struct problems *problems; /* takes broken bindings; NULL: they count as found */
	size_t broken;             /* how many it took */
};
void found_bindings_release(struct found_bindings *found);
/* Takes over the texts, also on failure. NULL texts mean that memory is missing. */
bool found_bindings_add(struct found_bindings *found, char *id, char *json,
			char *folder) MUST_CHECK;

/* All Destination bindings of VCAP_SERVICES. STATUS_NOT_FOUND when the variable is not set. Entries
 * are judged by their label first; one without credentials is a problem. */
enum status binding_list_vcap(const struct binding_places *places, struct found_bindings *found,
			      struct error *error) MUST_CHECK;
/* All Destination bindings below a root. STATUS_NOT_FOUND when there is no such folder. Folders are
 * judged by their type first, even if `.metadata` is broken; then one that cannot be read is a
 * problem. */
enum status binding_list_root(const char *root, struct found_bindings *found,
			      struct error *error) MUST_CHECK;

#endif
