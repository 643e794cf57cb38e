#ifndef CONFIG_KEY_ENCODING_H
#define CONFIG_KEY_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"
#include "config/yaml/tree.h"

/* The encodings in which a service key may come. What is appended is secret. */

/* True for UTF-16 with a byte order mark, or with a NUL in one half of its first character. */
bool key_is_utf16(const char *text, size_t len);
/* Appends UTF-16 as UTF-8, without its mark. STATUS_OK, STATUS_SYNTAX (half a pair), or the result
 * of the buffer. */
enum status key_from_utf16(const char *text, size_t len, struct buf *utf8) MUST_CHECK;

/* Appends what base64 stands for: either alphabet of RFC 4648, white space anywhere, padding or
 * not. STATUS_SYNTAX: it is none. */
enum status key_from_base64(const char *text, size_t len, struct buf *bytes) MUST_CHECK;

/* Appends a YAML tree as JSON; every scalar is a string, nothing is null. */
void key_yaml_to_json(const struct yaml_node *node, struct buf *json);

#endif
