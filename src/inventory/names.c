/*
 * Label texts and unique identities. A hash table remembers for each text where its numbering goes
 * on, so that thousands of equal names cost no more than different ones.
 */
#include "inventory/names.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "inventory/view.h"

struct slot {
	const char *text; /* NULL: free */
	unsigned next;    /* the number the next equal text tries first */
};

struct names {
	struct slot *slots;
	size_t size; /* a power of two */
	size_t used;
};

const char *label_text(struct arena *arena, const char *text)
{
	char clean[LABEL_VALUE_MAX + 1];

	text_printable_into(clean, sizeof(clean), text, strlen(text));
	return arena_strdup(arena, clean);
}

struct names *names_new(void)
{
	struct names *names = calloc(1, sizeof(*names));

	if (names == NULL)
		return NULL;
	names->size = 64;
	names->slots = calloc(names->size, sizeof(*names->slots));
	if (names->slots == NULL) {
		free(names);
		return NULL;
	}
	return names;
}

void names_free(struct names *names)
{
	if (names == NULL)
		return;
	free(names->slots);
	free(names);
}

static uint64_t hash(const char *text)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */

	for (; *text != '\0'; text++)
		h = (h ^ (uint8_t)*text) * 1099511628211u;
	return h;
}

static struct slot *find(struct slot *slots, size_t size, const char *text)
{
	size_t i = hash(text) & (size - 1);

	while (slots[i].text != NULL && strcmp(slots[i].text, text) != 0)
		i = (i + 1) & (size - 1);
	return &slots[i];
}

static int grow(struct names *names)
{
	size_t size = names->size * 2;
	struct slot *slots = calloc(size, sizeof(*slots));

	if (slots == NULL)
		return 0;
	for (size_t i = 0; i < names->size; i++) {
		if (names->slots[i].text != NULL)
			*find(slots, size, names->slots[i].text) = names->slots[i];
	}
	free(names->slots);
	names->slots = slots;
	names->size = size;
	return 1;
}

static int insert(struct names *names, const char *text)
{
	if (names->used * 2 >= names->size && !grow(names))
		return 0;
	*find(names->slots, names->size, text) = (struct slot){ text, 2 };
	names->used++;
	return 1;
}

/* `text` with `#number` at its end, within the limit, cut at a whole character. */
static void numbered(char ret_text[LABEL_VALUE_MAX + 1], const char *text, unsigned number)
{
	char suffix[16];
	size_t suffix_len = (size_t)snprintf(suffix, sizeof(suffix), "#%u", number);
	size_t len = text_cut(text, LABEL_VALUE_MAX - suffix_len);

	memcpy(ret_text, text, len); /* NOLINT(bugprone-not-null-terminated-result) */
	memcpy(ret_text + len, suffix, suffix_len + 1);
}

const char *names_add(struct names *names, struct arena *arena, const char *text)
{
	char candidate[LABEL_VALUE_MAX + 1];
	const char *clean = label_text(arena, text);

	if (clean == NULL)
		return NULL;
	struct slot *known = find(names->slots, names->size, clean);
	if (known->text == NULL)
		return insert(names, clean) ? clean : NULL;
	do {
		numbered(candidate, clean, known->next++);
	} while (find(names->slots, names->size, candidate)->text != NULL);
	const char *unique = arena_strdup(arena, candidate);
	return unique != NULL && insert(names, unique) ? unique : NULL;
}
