/* Lists of subject alternative names as one text, and its parts. */
#include "cert/san.h"

#include <string.h>

#include "base/text.h"

#define ELLIPSIS "\xE2\x80\xA6"

/* The length of the name at `at`: up to the next "," that no "\" precedes. */
static size_t name_length(const char *at)
{
	size_t len = 0;

	while (at[len] != '\0' && at[len] != ',')
		len += at[len] == '\\' && (at[len + 1] == ',' || at[len + 1] == '\\') ? 2 : 1;
	return len;
}

static void append_escaped(struct buf *out, const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (name[i] == ',' || name[i] == '\\')
			buf_putc(out, '\\');
		buf_putc(out, name[i]);
	}
}

bool san_add(struct buf *list, size_t *count, const void *name, size_t len)
{
	struct buf escaped;
	struct buf shown;
	bool fits = len <= SAN_LIST_MAX;

	buf_init(&escaped, (size_t)SAN_LIST_MAX * 2);
	buf_init(&shown, (size_t)SAN_LIST_MAX * 8); /* an escape is 4 bytes for one */
	if (fits) {
		append_escaped(&escaped, name, len);
		text_printable(&shown, buf_text(&escaped), escaped.len);
	}
	if (buf_status(&escaped) == STATUS_MEMORY || buf_status(&shown) == STATUS_MEMORY)
		list->status = STATUS_MEMORY;
	fits = fits && list->len + shown.len + sizeof("," ELLIPSIS) + 1 <= SAN_LIST_MAX;
	if ((*count)++ > 0)
		buf_putc(list, ',');
	if (fits)
		buf_append(list, buf_text(&shown), shown.len);
	else
		buf_puts(list, ELLIPSIS);
	buf_release(&escaped);
	buf_release(&shown);
	return fits;
}

bool san_next(const char **at, struct buf *name)
{
	const char *text = *at;
	size_t len = name_length(text);

	if (*text == '\0')
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\' && (text[i + 1] == ',' || text[i + 1] == '\\'))
			i++;
		buf_putc(name, text[i]);
	}
	*at = text + len;
	if (text[len] == ',')
		(*at)++;
	return true;
}

void san_label(struct buf *label, const char *list)
{
	const char *at = list;

	for (size_t i = 0; i < SAN_LABEL_NAMES_MAX; i++) {
		at += name_length(at);
		if (*at == '\0')
			break;
		at++;
	}
	buf_append(label, list, (size_t)(at - list));
	if (at > list && *at != '\0')
		buf_puts(label, ELLIPSIS);
}
