/*
 * A service key in any form, or VCAP_SERVICES: any text, read as a file and as a binding that was
 * discovered. The key pair in the seeds (also of web_config): openssl req -x509 -newkey ec -pkeyopt
 * ec_paramgen_curve:P-256 -nodes -keyout k.pem -out c.pem -days 3650 -subj /CN=fuzz
 */
#include <stdlib.h>
#include <string.h>

#include "config/credentials.h"
#include "config/binding/vcap.h"
#include "config/key/key.h"
#include "source/destination/service.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void list_bindings(const char *text)
{
	const struct binding_places places = { .vcap = text };
	struct found_bindings found = { 0 };

	(void)!binding_list_vcap(&places, &found, NULL);
	found_bindings_release(&found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source_config *source = source_config_new(&destination_service_kind);
	struct credentials credentials = { 0 };
	struct binding binding = { 0 };
	struct error error;

	if (source == NULL)
		return 0;
	/* as a file, which may hold NUL bytes */
	(void)!binding_from_json((const char *)data, size, "f", &binding, &error);
	binding_release(&binding);
	source->binding_json = malloc(size + 1);
	if (source->binding_json != NULL) {
		memcpy(source->binding_json, data, size);
		source->binding_json[size] = '\0';
		list_bindings(source->binding_json);
		if (credentials_read(source, &credentials, &error) == STATUS_OK)
			credentials_release(&credentials);
	}
	source_config_free(source);
	return 0;
}
