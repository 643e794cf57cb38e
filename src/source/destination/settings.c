/* The settings of `kind: destination-service`. */
#include "source/destination/settings.h"

#define PAGE_SIZE     100
#define PAGE_SIZE_MAX 1000

_Static_assert(sizeof(enum collection) == sizeof(uint32_t), "choices are written as uint32_t");
_Static_assert(sizeof(enum protected_keystores) == sizeof(uint32_t), "likewise");

#define AT(field) offsetof(struct destination_settings, field)
#define BOOL(n)                                                                                    \
	{                                                                                          \
		.name = #n, .type = KEY_BOOL, .flags = KEY_DEFAULTABLE, .offset = AT(n)            \
	}

/* In the order of the enums. */
static const char *const levels[] = { "subaccount", "instance", NULL };
static const char *const collections[] = { "public-keys", "full", NULL };
static const char *const protections[] = { "fetch", "report", NULL };

const struct key destination_keys[] = {
	{ .name = "levels",
	  .type = KEY_WORDS,
	  .flags = KEY_DEFAULTABLE,
	  .offset = AT(levels),
	  .choices = levels },
	{ .name = "collection",
	  .type = KEY_CHOICE,
	  .flags = KEY_DEFAULTABLE,
	  .offset = AT(collection),
	  .choices = collections },
	{ .name = "page_size",
	  .type = KEY_NUMBER,
	  .flags = KEY_DEFAULTABLE,
	  .offset = AT(page_size),
	  .min = 1,
	  .max = PAGE_SIZE_MAX },
	{ .name = "protected_keystores",
	  .type = KEY_CHOICE,
	  .flags = KEY_DEFAULTABLE,
	  .offset = AT(protected_keystores),
	  .choices = protections },
	BOOL(use_destination_passwords),
	BOOL(labels),
	BOOL(saml_trust),
	{ .name = NULL },
};

void destination_defaults(void *own)
{
	struct destination_settings *settings = own;

	settings->levels = DS_READ_SUBACCOUNT | DS_READ_INSTANCE;
	settings->collection = COLLECTION_PUBLIC_KEYS;
	settings->page_size = PAGE_SIZE;
	settings->protected_keystores = PROTECTED_FETCH;
	settings->saml_trust = true;
}
