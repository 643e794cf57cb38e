#ifndef WEB_HTML_H
#define WEB_HTML_H

#include "base/buf.h"

/*
 * Appends text so that HTML shows it as it is, in content and in quoted attributes: `< > & " '`
 * are escaped. It is the only way for foreign text to reach a page. Thread-safe.
 */
void html_text(struct buf *buf, const char *text);

/* The same, with places where a long name may be broken: after `,` `/` and `@`. */
void html_long_text(struct buf *buf, const char *text);

/* The same for the name of a store, which may be a long path: where it is cut, "…" stands for
 * folders and never for the name of the file, and a `title` has all of it. */
void html_path(struct buf *buf, const char *path);

#endif
