#ifndef CONFIG_KEY_JSON_H
#define CONFIG_KEY_JSON_H

#include <stddef.h>

#include "base/json.h"
#include "base/status.h"

/* As json_parse(). An error is `where:line:column: reason`, with the place in `text`. */
enum status key_json_parse(const char *text, size_t len, const char *where, struct cJSON **ret_json,
			   struct error *error) MUST_CHECK;

#endif
