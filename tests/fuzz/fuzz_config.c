/* The configuration file: any text. Nothing else is read. */
#include "config/file/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config *config = NULL;
	struct problems problems;

	problems_init(&problems);
	(void)!config_parse((const char *)data, size, "f", "/f", NULL, &config, &problems);
	config_free(config);
	problems_release(&problems);
	return 0;
}
