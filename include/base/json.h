#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/*
 * The one place that parses JSON (RFC 8259, by cJSON). `text` is untrusted. What cJSON lets pass is
 * refused here: text after the value, bytes that are not UTF-8, depth beyond
 * JSON_DEPTH_MAX, more than JSON_NODES_MAX values. An escaped U+0000 or half a surrogate pair,
 * which are legal and would cut a text or fail the whole, becomes U+FFFD. A value is a `const
 * struct cJSON *`; the getters accept NULL and answer "absent", so chains need one check.
 * Thread-safe for separate values.
 */
#define JSON_DEPTH_MAX 32
/* A tree needs about 100 bytes a value: this bounds its memory. */
#define JSON_NODES_MAX 1000000

struct cJSON;

/*
 * STATUS_OK: *ret_value is the caller's, released with json_free(). STATUS_SYNTAX, STATUS_LIMIT
 * (depth or count), STATUS_MEMORY: `error` says what and at which byte, never with text of the
 * input.
 */
enum status json_parse(const char *text, size_t len, struct cJSON **ret_value,
		       struct error *error) MUST_CHECK;
/* The same; on failure *ret_at is the byte of `text`, from 0, at which it stops being JSON: `len`
 * where it ends too early. */
enum status json_parse_at(const char *text, size_t len, struct cJSON **ret_value, size_t *ret_at,
			  struct error *error) MUST_CHECK;

/* Wipes every string in the tree, then frees it. NULL is fine. */
void json_free(struct cJSON *value);

/* The member of an object, names compared exactly; NULL if absent or `object` is no object. */
const struct cJSON *json_member(const struct cJSON *object, const char *name);

bool json_is_object(const struct cJSON *value);
bool json_is_array(const struct cJSON *value);
/* Absent or JSON null. */
bool json_is_null(const struct cJSON *value);

/* The string of a string value, else NULL. Lives as long as the tree. */
const char *json_text(const struct cJSON *value);
/* The same for a member of an object. */
const char *json_member_text(const struct cJSON *object, const char *name);

/* A whole number 0..2^53 given as number or as a string of digits. */
bool json_u64(const struct cJSON *value, uint64_t *ret_number);
/* A whole number of either sign within +-2^53. */
bool json_i64(const struct cJSON *value, int64_t *ret_number);
/* Any finite number. */
bool json_double(const struct cJSON *value, double *ret_number);
/* true or false; anything else returns false and leaves *ret_bool. */
bool json_bool(const struct cJSON *value, bool *ret_bool);

/* The first element or member, and the next one; NULL at the end. */
const struct cJSON *json_first(const struct cJSON *container);
const struct cJSON *json_next(const struct cJSON *value);
/* The name of a member, "" for elements of an array. */
const char *json_name(const struct cJSON *member);

/* NOLINTBEGIN(bugprone-macro-parentheses): a declared name cannot stand in parentheses */
#define json_each(value, container)                                                                \
	for (const struct cJSON *value = json_first(container); value != NULL;                     \
	     value = json_next(value))
/* NOLINTEND(bugprone-macro-parentheses) */

/* The value as compact text (a credential may be any JSON): the caller wipes and frees; NULL
 * without memory. */
char *json_print(const struct cJSON *value);

struct buf;
/* Appends `text` as a JSON string with its quotes; bad UTF-8 becomes U+FFFD. */
void json_put_string(struct buf *buf, const char *text);

#endif
