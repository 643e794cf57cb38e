/* Bindings that were found, and the ids that their sources get. */
#include "config/binding/found.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/secret.h"
#include "base/text.h"
#include "config/source_config.h"

static void release(struct found_binding *binding)
{
	free(binding->id);
	secret_free_text(binding->json);
	free(binding->folder);
	free(binding->file);
}

void found_bindings_release(struct found_bindings *found)
{
	for (size_t i = 0; i < found->count; i++)
		release(&found->items[i]);
	free(found->items);
	*found = (struct found_bindings){ 0 };
}

/* Replaces white space and control characters, which an id must not have, and cuts the id to its
 * longest length. */
static void clean_id(char *id)
{
	id[text_cut(id, SOURCE_ID_MAX)] = '\0';
	for (; *id != '\0'; id++) {
		if ((uint8_t)*id <= ' ' || *id == 0x7F)
			*id = '-';
	}
}

static bool id_taken(const struct found_bindings *found, const char *id)
{
	for (size_t i = 0; i < found->count; i++) {
		if (strcmp(found->items[i].id, id) == 0)
			return true;
	}
	return false;
}

/* Returns `id`, or `id-2`, `id-3`, ... if that is taken. Frees `id`; NULL without memory. */
static char *unique_id(const struct found_bindings *found, char *id)
{
	struct buf other;

	if (!id_taken(found, id))
		return id;
	buf_init(&other, 65536);
	for (size_t n = 2; n <= found->count + 1; n++) {
		buf_release(&other);
		buf_printf(&other, "%s-%zu", id, n);
		if (!id_taken(found, buf_text(&other)))
			break;
	}
	free(id);
	char *taken = buf_take(&other);
	buf_release(&other);
	return taken;
}

bool found_bindings_take(struct found_bindings *found, struct found_binding binding)
{
	struct found_binding *items = NULL;
	bool placed = binding.json != NULL || binding.folder != NULL || binding.file != NULL;

	if (binding.id != NULL) {
		clean_id(binding.id);
		binding.id = unique_id(found, binding.id);
	}
	if (binding.id != NULL && placed)
		items = array_room(found->items, found->count, sizeof(*items));
	if (items == NULL) {
		release(&binding);
		return false;
	}
	found->items = items;
	items[found->count++] = binding;
	return true;
}
