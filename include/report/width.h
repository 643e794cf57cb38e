#ifndef REPORT_WIDTH_H
#define REPORT_WIDTH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Text on a terminal, measured in columns: East Asian wide characters and emoji take two, combining
 * marks none. Characters that turn the direction of the text (and could make a certificate's name
 * look like another one) are shown as U+FFFD. Widths are those of the locale (LC_CTYPE), which the
 * program sets to C.UTF-8; thread-safe.
 */

/* Columns that `text` (UTF-8) takes. */
size_t text_columns(const char *text);

/*
 * Appends `text`; if it takes more than `columns`, something of it gives way to "…": its end
 * (`keep` 0), or what is in front of its last `keep` columns. Where not even these have room, their
 * end gives way too: so a path loses its folders first, then what stands behind the file's name.
 * Returns the columns that were used.
 */
size_t text_put_columns(struct buf *buf, const char *text, size_t columns, size_t keep);

#endif
