/* Escaping for HTML. */
#include "web/html.h"

#include <string.h>

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
