#ifndef CONFIG_OPTIONS_HELP_H
#define CONFIG_OPTIONS_HELP_H

#include "base/buf.h"

/* Appends the text of --help. */
void option_help(struct buf *buf);

#endif
