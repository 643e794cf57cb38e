/* The fields of a binding, by their names in JSON and in folders. */
#include "config/binding.h"

#include <string.h>

static const char *const names[BINDING_FIELD_COUNT] = {
	[BINDING_URI] = "uri",
	[BINDING_URL] = "url",
	[BINDING_CERTURL] = "certurl",
	[BINDING_CLIENTID] = "clientid",
	[BINDING_CLIENTSECRET] = "clientsecret",
	[BINDING_CERTIFICATE] = "certificate",
	[BINDING_KEY] = "key",
	[BINDING_CREDENTIAL_TYPE] = "credential-type",
	[BINDING_IDENTITYZONE] = "identityzone",
	[BINDING_UAADOMAIN] = "uaadomain",
	[BINDING_TENANTID] = "tenantid",
	[BINDING_SUBACCOUNTID] = "subaccountid",
	[BINDING_INSTANCEID] = "instanceid",
	[BINDING_INSTANCE_ID_CAMEL] = "serviceInstanceId",
	[BINDING_INSTANCE_GUID] = "instance_guid",
	[BINDING_TYPE] = "type",
	[BINDING_LABEL] = "label",
};

void binding_release(struct binding *binding)
{
	for (size_t i = 0; i < BINDING_FIELD_COUNT; i++)
		secret_release(&binding->fields[i]);
}

const char *binding_get(const struct binding *binding, enum binding_field field)
{
	const struct secret *value = &binding->fields[field];

	return value->data != NULL && value->data[0] != '\0' ? value->data : NULL;
}

const char *binding_field_name(enum binding_field field)
{
	return names[field];
}

bool binding_has_field(const char *name)
{
	for (size_t i = 0; i < BINDING_FIELD_COUNT; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

bool binding_put(struct binding *binding, const char *name, const char *text, size_t len)
{
	for (size_t i = 0; i < BINDING_FIELD_COUNT; i++) {
		if (strcmp(names[i], name) == 0)
			return secret_set(&binding->fields[i], text, len) == STATUS_OK;
	}
	return true;
}

bool binding_put_members(struct binding *binding, const struct cJSON *object)
{
	json_each (member, object) {
		const char *text = json_text(member);
		if (text != NULL && !binding_put(binding, json_name(member), text, strlen(text)))
			return false;
	}
	return true;
}
