/* See scenario_base.h. */
#include "scenario_base.h"

#include <stdio.h>
#include <stdlib.h>

#include "load.h"
#include "product.h"

static struct scenario_base *base_of(struct scenario *sc)
{
	return (struct scenario_base *)(void *)sc;
}

static void load(struct loader *l, const cJSON *root, struct scenario *sc)
{
	load_at(l, "scenario");
	if (load_keys(l, root, product.scenario_keys))
		product.scenario_load(l, root, sc);
	if (load_ok(l))
		base_of(sc)->faults =
			fault_set_parse(cJSON_GetObjectItemCaseSensitive(root, "faults"), l->error);
}

struct scenario *scenario_parse(const char *json, size_t len, const char *dir,
				char ret_error[ERROR_SIZE])
{
	cJSON *root = load_json(json, len, ret_error);
	struct scenario *sc = root != NULL ? calloc(1, product.scenario_size) : NULL;
	struct loader l = { .dir = dir, .error = ret_error };

	if (sc == NULL) {
		if (root != NULL)
			(void)snprintf(ret_error, ERROR_SIZE, "out of memory");
		cJSON_Delete(root);
		return NULL;
	}
	atomic_init(&base_of(sc)->refs, 1);
	l.arena = &base_of(sc)->arena;
	base_of(sc)->source = arena_copy(l.arena, json, len);
	load(&l, root, sc);
	cJSON_Delete(root);
	if (load_ok(&l))
		return sc;
	load_fail(&l, "out of memory");
	scenario_unref(sc);
	return NULL;
}

struct scenario *scenario_ref(struct scenario *sc)
{
	atomic_fetch_add(&base_of(sc)->refs, 1);
	return sc;
}

void scenario_unref(struct scenario *sc)
{
	if (sc == NULL || atomic_fetch_sub(&base_of(sc)->refs, 1) != 1)
		return;
	fault_set_unref(base_of(sc)->faults);
	arena_release(&base_of(sc)->arena);
	free(sc);
}

struct fault_set *scenario_faults(struct scenario *sc)
{
	return base_of(sc)->faults;
}
