#ifndef BASE_JSON_APART_H
#define BASE_JSON_APART_H

#include "base/json.h"

/*
 * For a document that is too large for one tree (base/json.h): it is taken apart, and each part is
 * parsed by itself. So memory is bounded by the largest part, and JSON_NODES_MAX and JSON_DEPTH_MAX
 * hold for a part, not for the whole. The text is untrusted. As long as a part has not been parsed,
 * nothing is known of it but that its brackets and strings are closed. Nothing is copied: spans lie
 * in the text of the caller. Thread-safe.
 */
struct json_span {
	const char *text;
	size_t len; /* 0: there is none */
};

/*
 * Parses an object as json_parse() does, but for the members of these `count` names, which are
 * compared without unescaping. Their values are returned unread in `ret_spans`. STATUS_OK:
 * *ret_rest is the caller's. STATUS_SYNTAX (no object, not closed, one of the names twice), and
 * what json_parse() returns.
 */
enum status json_parse_apart(struct json_span object, const char *const *names, size_t count,
			     struct json_span *ret_spans, struct cJSON **ret_rest,
			     struct error *error) MUST_CHECK;

/*
 * The next element of an array that was left unread. *at is 0 in the beginning. STATUS_OK, also at
 * the end, where *ret_element has no length; `array` without length has no elements. STATUS_SYNTAX:
 * no array, or not closed.
 */
enum status json_next_element(struct json_span array, size_t *at, struct json_span *ret_element,
			      struct error *error) MUST_CHECK;

/* A part without parts of its own. */
enum status json_parse_span(struct json_span span, struct cJSON **ret_value,
			    struct error *error) MUST_CHECK;

#endif
