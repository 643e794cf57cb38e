/* Environment variables in the scalars of a YAML tree. */
#include "config/yaml/expand.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/secret.h"
#include "base/text.h"

static bool name_char(char c, bool first)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
	       (!first && c >= '0' && c <= '9');
}

/* Appends the variable of the reference that begins at `at` ("${"); returns what follows it. */
static const char *expand_one(struct yaml_node *node, const struct place *place, const char *at,
			      struct buf *out)
{
	const char *name = at + 2;
	const char *end = name;
	char copy[128];

	while (name_char(*end, end == name))
		end++;
	size_t len = (size_t)(end - name);
	if (*end != '}' || len == 0 || len >= sizeof(copy)) {
		finding_add(place, node->mark,
			    "`${` without a variable name and `}`; `$${` is a literal `${`");
		node->refused = true;
		return at + 2;
	}
	memcpy(copy, name, len);
	copy[len] = '\0';
	const char *value = getenv(copy);
	if (value == NULL) {
		finding_add(place, node->mark, "the environment variable %s is not set", copy);
		node->refused = true;
	} else {
		buf_append_secret(out, value, strlen(value));
		node->from_environment = true;
	}
	return end + 1;
}

bool yaml_expand(struct yaml_node *node, const struct place *place)
{
	struct buf out;

	if (node->kind != YAML_SCALAR || node->refused || strstr(node->text, "${") == NULL)
		return true;
	buf_init(&out, YAML_SIZE_MAX);
	for (const char *p = node->text; *p != '\0';) {
		if (text_starts_with(p, "$${")) {
			buf_append_secret(&out, "${", 2);
			p += 3;
		} else if (text_starts_with(p, "${")) {
			p = expand_one(node, place, p, &out);
		} else {
			buf_append_secret(&out, p, 1);
			p++;
		}
	}
	buf_append_secret(&out, "", 0);
	bool ok = buf_status(&out) == STATUS_OK;
	if (ok && !node->refused && !utf8_valid(out.data, out.len)) {
		finding_add(place, node->mark, "not UTF-8 once its variables are put in");
		node->refused = true;
	}
	if (ok) {
		secret_free_text(node->text);
		node->text_len = out.len;
		node->text = buf_take(&out);
	}
	buf_wipe_release(&out);
	return ok && node->text != NULL;
}
