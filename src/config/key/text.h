#ifndef CONFIG_KEY_TEXT_H
#define CONFIG_KEY_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "base/status.h"

/*
 * The texts in which people keep a service key, brought to JSON: UTF-8 or UTF-16, with a byte order
 * mark or without; JSON, with what `cf` prints around it, in quotes, as base64, or as YAML. All
 * input is untrusted and bounded as JSON is; one text inside another at most KEY_LAYERS_MAX deep.
 * Errors name `origin` and the line, say what the text seems to be, and hold nothing of it.
 */
#define KEY_LAYERS_MAX 6

/* STATUS_OK: *ret_json is the caller's, see json_free(). STATUS_SYNTAX, STATUS_LIMIT,
 * STATUS_MEMORY. `lines`: errors in JSON name the line. */
enum status key_text_parse(const char *text, size_t len, const char *origin, bool lines,
			   struct cJSON **ret_json, struct error *error) MUST_CHECK;

/* Whether a file in a folder of fields is rather a text of that kind: it begins as JSON, as what
 * `cf` prints, or as a Kubernetes object. */
bool key_text_is_structured(const char *text, size_t len);

#endif
