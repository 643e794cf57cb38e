#ifndef COLLECT_PUBLISH_H
#define COLLECT_PUBLISH_H

#include <stdbool.h>

#include "base/status.h"
#include "collect/parts.h"

/* Makes the views of all slots the current snapshot. */

/* What is left to do without the lock after something was published. */
struct published {
	struct snapshot *old;
	bool failed;
};

/* Under the lock, so that snapshots follow each other in the order of what they show. */
struct published collector_publish(struct collector *collector) MUST_CHECK;
/* Without the lock: frees and logs. */
void collector_published(struct published published);

#endif
