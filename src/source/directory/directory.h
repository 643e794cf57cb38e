#ifndef SOURCE_DIRECTORY_DIRECTORY_H
#define SOURCE_DIRECTORY_DIRECTORY_H

#include "source/source.h"

/* `kind: directory`: certificate files and keystores on this machine. */
extern const struct source_class directory_class;

#endif
