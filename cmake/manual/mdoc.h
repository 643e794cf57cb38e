#ifndef MANUAL_MDOC_H
#define MANUAL_MDOC_H

#include "base/buf.h"

/*
 * Appends the manual page in mdoc(7): the template, with its line `.\" @OPTIONS@` replaced by a
 * list of all flags. Words with @VERSION@ in the template get the program's version.
 */
void mdoc_page(struct buf *buf, const char *template);

#endif
