#ifndef CONFIG_KEY_KEY_H
#define CONFIG_KEY_KEY_H

#include <stddef.h>

#include "base/status.h"
#include "config/binding.h"

/*
 * A service key, found in whatever people have saved: the texts that key/text.h knows, and in their
 * JSON a key that is flat; wrapped in `credentials`, as object or text; an entry of VCAP_SERVICES,
 * or all of VCAP_SERVICES with one Destination binding; an answer of the Cloud Controller or of the
 * btp command; a Kubernetes Secret as kubectl shows it, or a list with one.
 *
 * Both put the fields into *ret_binding, and what was put stays on failure: binding_release() in
 * any case. `origin` names the text in errors. STATUS_OK; STATUS_SYNTAX: the error says what the
 * text holds instead, such as the key of another service, and quotes nothing of it; STATUS_LIMIT;
 * STATUS_MEMORY; for a file also the results of file_read().
 */
enum status binding_from_json(const char *text, size_t len, const char *origin,
			      struct binding *ret_binding, struct error *error) MUST_CHECK;
enum status binding_from_file(const char *path, struct binding *ret_binding,
			      struct error *error) MUST_CHECK;

#endif
