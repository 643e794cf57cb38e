/* Escaping for HTML. */
#include "web/html.h"

#include <string.h>

#include "report/width.h"

#define PATH_SHOWN 40   /* columns: about two lines of the page's column */
#define PATH_SIZE  8192 /* bytes */

/* Appends `len` bytes, escaped. */
static void put_escaped(struct buf *buf, const char *text, size_t len)
{
	size_t start = 0;

	for (size_t i = 0; i < len; i++) {
		const char *escape = NULL;
		switch (text[i]) {
		case '<':
			escape = "&lt;";
			break;
		case '>':
			escape = "&gt;";
			break;
		case '&':
			escape = "&amp;";
			break;
		case '"':
			escape = "&quot;";
			break;
		case '\'':
			escape = "&#39;";
			break;
		default:
			continue;
		}
		buf_append(buf, text + start, i - start);
		buf_puts(buf, escape);
		start = i + 1;
	}
	buf_append(buf, text + start, len - start);
}

void html_text(struct buf *buf, const char *text)
{
	put_escaped(buf, text, strlen(text));
}

void html_long_text(struct buf *buf, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, ",/@");
		len += text[len] != '\0' ? 1 : 0;
		put_escaped(buf, text, len);
		text += len;
		if (*text != '\0')
			buf_puts(buf, "<wbr>");
	}
}

void html_path(struct buf *buf, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t keep = text_columns(slash != NULL ? slash : path);
	size_t shown = keep + 1 > PATH_SHOWN ? keep + 1 : PATH_SHOWN;
	struct buf cut;

	if (text_columns(path) <= shown) {
		html_long_text(buf, path);
		return;
	}
	buf_init(&cut, PATH_SIZE);
	(void)text_put_columns(&cut, path, shown, keep);
	buf_puts(buf, "<span title=\"");
	html_text(buf, path);
	buf_puts(buf, "\">");
	html_long_text(buf, buf_status(&cut) == STATUS_OK ? buf_text(&cut) : path);
	buf_puts(buf, "</span>");
	buf_release(&cut);
}
