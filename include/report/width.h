#ifndef REPORT_WIDTH_H
#define REPORT_WIDTH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * Text on a terminal, measured in columns: East Asian wide characters and emoji take two, combining
 * marks none. Characters that turn the direction of the text (and could make a certificate's name
 * look like another one) are shown as U+FFFD. Independent of the locale; thread-safe.
 */

/* Columns that `text` (UTF-8) takes. */
size_t text_columns(const char *text);

/* What gives way to "…" when a text is too long: its end, or its middle (paths, names with a suffix
 * that tells them apart). */
enum cut { CUT_END, CUT_MIDDLE };

/* Appends `text`, cut if it takes more than `columns`. Returns the columns that were used. */
size_t text_put_columns(struct buf *buf, const char *text, size_t columns, enum cut cut);

#endif
