#ifndef SOURCE_DIRECTORY_DIRECTORY_H
#define SOURCE_DIRECTORY_DIRECTORY_H

#include "config/kind.h"

/* `kind: directory`: certificate files and keystores on this machine. */
extern const struct source_kind directory_kind;

#endif
