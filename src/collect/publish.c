/* All views make a snapshot; the old one is freed by whoever published, without the lock. */
#include "collect/publish.h"

#include <stdlib.h>

#include "base/log.h"
#include "collect/slot.h"

struct published collector_publish(struct collector *collector)
{
	struct source_view **views =
		calloc(collector->slot_count + 1, sizeof(struct source_view *));
	struct snapshot *snapshot = NULL;
	size_t count = 0;

	for (size_t i = 0; views != NULL && i < collector->slot_count; i++) {
		if (collector->slots[i]->view != NULL)
			views[count++] = collector->slots[i]->view;
	}
	if (views != NULL)
		snapshot = snapshot_new(views, count);
	free(views);
	if (snapshot == NULL)
		return (struct published){ NULL, true };
	return (struct published){ snapshot_store_swap(collector->snapshots, snapshot), false };
}

void collector_published(struct published published)
{
	if (published.failed)
		log_error("no memory for a new snapshot, the previous one stays published");
	snapshot_unref(published.old);
}
