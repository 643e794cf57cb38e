#ifndef MANUAL_COMPLETIONS_H
#define MANUAL_COMPLETIONS_H

#include "base/buf.h"

/* Each appends the completion of the program's flags and of their values for one shell. */
void completions_bash(struct buf *buf);
void completions_zsh(struct buf *buf);
void completions_fish(struct buf *buf);

#endif
