#ifndef HEALTHCHECK_H
#define HEALTHCHECK_H

#include "config/options.h"

/*
 * `--healthcheck`: asks /-/healthy of the instance that runs with the same flags and environment,
 * on its health listener if it has one, else on its first listener. For HEALTHCHECK of containers,
 * whose image needs no other program for it. Prints one line on stderr, and returns the exit code:
 * 0, or 1 when the instance is not healthy, does not answer within some seconds, or cannot be asked
 * in this way.
 */
int healthcheck_command(const struct options *options);

#endif
