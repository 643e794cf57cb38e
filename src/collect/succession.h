#ifndef COLLECT_SUCCESSION_H
#define COLLECT_SUCCESSION_H

#include "base/status.h"
#include "collect/parts.h"
#include "config/config.h"

/* With apply_lock, without the lock: what collector_apply() promises. */
enum status succession_apply(struct collector *collector, struct config *config,
			     struct error *error) MUST_CHECK;

#endif
