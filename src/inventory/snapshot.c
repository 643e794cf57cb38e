/* The snapshot and the one pointer that its maker and its readers share. */
#include "inventory/snapshot.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct counted_snapshot {
	struct snapshot public; /* first */
	atomic_uint references;
};

struct snapshot_store {
	pthread_mutex_t lock; /* held for a pointer and a count only */
	struct snapshot *current;
	uint64_t generation;
};

struct snapshot *snapshot_new(struct source_view *const *views, size_t count)
{
	struct counted_snapshot *snapshot = calloc(1, sizeof(*snapshot));

	if (snapshot == NULL)
		return NULL;
	atomic_init(&snapshot->references, 1);
	snapshot->public.views = calloc(count + 1, sizeof(struct source_view *));
	if (snapshot->public.views == NULL) {
		free(snapshot);
		return NULL;
	}
	for (size_t i = 0; i < count; i++)
		snapshot->public.views[i] = source_view_ref(views[i]);
	snapshot->public.view_count = count;
	return &snapshot->public;
}

static struct snapshot *snapshot_ref(struct snapshot *snapshot)
{
	atomic_fetch_add(&((struct counted_snapshot *)(void *)snapshot)->references, 1);
	return snapshot;
}

void snapshot_unref(struct snapshot *snapshot)
{
	if (snapshot == NULL)
		return;
	struct counted_snapshot *counted = (struct counted_snapshot *)(void *)snapshot;
	if (atomic_fetch_sub(&counted->references, 1) != 1)
		return;
	for (size_t i = 0; i < snapshot->view_count; i++)
		source_view_unref(snapshot->views[i]);
	free(snapshot->views);
	free(counted);
}

struct snapshot_store *snapshot_store_new(void)
{
	struct snapshot_store *store = calloc(1, sizeof(*store));
	struct snapshot *empty = snapshot_new(NULL, 0);

	if (store == NULL || empty == NULL) {
		free(store);
		snapshot_unref(empty);
		return NULL;
	}
	pthread_mutex_init(&store->lock, NULL);
	store->current = empty;
	return store;
}

void snapshot_store_free(struct snapshot_store *store)
{
	if (store == NULL)
		return;
	snapshot_unref(store->current);
	pthread_mutex_destroy(&store->lock);
	free(store);
}

struct snapshot *snapshot_store_swap(struct snapshot_store *store, struct snapshot *fresh)
{
	pthread_mutex_lock(&store->lock);
	struct snapshot *old = store->current;
	fresh->generation = ++store->generation;
	store->current = fresh; /* the store owns it now */
	pthread_mutex_unlock(&store->lock);
	return old;
}

struct snapshot *snapshot_store_current(struct snapshot_store *store)
{
	pthread_mutex_lock(&store->lock);
	struct snapshot *current = snapshot_ref(store->current);
	pthread_mutex_unlock(&store->lock);
	return current;
}
