/* The web configuration: any text. Files that it names are looked for in an empty place. */
#include <stdlib.h>

#include "config/web_config.h"
#include "config/web_priority.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct web_config *config = NULL;
	struct problems problems;
	char priority[WEB_PRIORITY_SIZE];

	problems_init(&problems);
	if (web_config_parse((const char *)data, size, "f", "/nonexistent", &config, &problems) ==
	    STATUS_OK) {
		if (web_config_gnutls_priority(config, priority, sizeof(priority), NULL) !=
		    STATUS_OK)
			abort(); /* the size is promised to be enough */
		web_config_free(config);
	}
	problems_release(&problems);
	return 0;
}
