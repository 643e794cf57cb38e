#ifndef CHECK_COMMAND_H
#define CHECK_COMMAND_H

#include "config/options.h"

/*
 * `--config.check[=offline|online]`: prints every problem and warning of the configuration; online
 * also asks every source once, if there was no problem, and prints a table of what came of it.
 * Writes no file and opens no listener. Returns the exit code: 0, or 2 when there is a problem or a
 * source is not ok.
 */
int check_command(const struct options *options);

#endif
