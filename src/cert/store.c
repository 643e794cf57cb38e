/*
 * The door to the content of stores: how a store is read, how one is built by sources from what
 * they know otherwise, and how it is shared afterwards. content.c fills it, decode.c knows the
 * formats.
 */
#include "cert/store.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "base/words.h"
#include "cert/content.h"
#include "cert/crypto_memory.h"
#include "cert/decode.h"

static const char *const state_words[] = {
	[STORE_OK] = "ok",
	[STORE_PARTIAL] = "partial",
	[STORE_EMPTY] = "empty",
	[STORE_LOCKED] = "locked",
	[STORE_UNPARSABLE] = "unparsable",
	[STORE_UNSUPPORTED] = "unsupported",
	[STORE_TOO_LARGE] = "too_large",
	[STORE_FORBIDDEN] = "forbidden",
	[STORE_UNAVAILABLE] = "unavailable",
};
_Static_assert(COUNT_OF(state_words) == STORE_STATE_COUNT, "each state has a word");
static const struct word_list states = { state_words, COUNT_OF(state_words) };

const char *store_state_name(enum store_state state)
{
	return word_of(&states, state);
}

enum status store_state_parse(const char *name, enum store_state *ret_state)
{
	size_t value = 0;
	enum status status = word_parse(&states, name, &value);

	if (status == STATUS_OK)
		*ret_state = (enum store_state)value;
	return status;
}

enum status store_content_new(enum store_format format, struct store_content **ret_content)
{
	struct content *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return STATUS_MEMORY;
	c->shown.format = format;
	atomic_init(&c->references, 1);
	*ret_content = &c->shown;
	return STATUS_OK;
}

bool store_depends_on_passwords(const struct store_content *content)
{
	bool jks = content->format == STORE_FORMAT_JKS || content->format == STORE_FORMAT_JCEKS;

	return jks || (store_format_is_keystore(content->format) && content->state != STORE_OK);
}

struct store_content *store_content_ref(struct store_content *content)
{
	(void)atomic_fetch_add_explicit(&content_of(content)->references, 1, memory_order_relaxed);
	return content;
}

void store_content_unref(struct store_content *content)
{
	if (content == NULL || atomic_fetch_sub_explicit(&content_of(content)->references, 1,
							 memory_order_acq_rel) > 1)
		return;
	for (size_t i = 0; i < content->entry_count; i++) {
		struct store_entry *entry = &content->entries[i];
		for (size_t k = 0; k < entry->count; k++)
			certificate_free(entry->certificates[k].certificate);
		free(entry->certificates);
		free(entry->alias);
	}
	free(content->entries);
	free(content_of(content));
}

enum status store_add_entry(struct store_content *content, const char *alias)
{
	return content_add_entry(content, alias, strlen(alias));
}

enum status store_add_certificate_take(struct store_content *content, uint32_t position,
				       struct certificate *certificate)
{
	return content_add_certificate_take(content, position, certificate);
}

void store_set_state(struct store_content *content, enum store_state state, const char *detail)
{
	content->state = state;
	content_of(content)->state_is_set = true;
	text_printable_into(content->detail, sizeof(content->detail), detail, strlen(detail));
}

void store_content_finish(struct store_content *content)
{
	struct content *c = content_of(content);

	if (c->state_is_set)
		return;
	if (c->too_large)
		content->state = STORE_TOO_LARGE;
	else if (c->damaged)
		content->state = content->certificate_count > 0 ? STORE_PARTIAL : c->damage;
	else
		content->state = content->certificate_count > 0 ? STORE_OK : STORE_EMPTY;
}

enum status store_decode(const uint8_t *data, size_t len, const struct store_passwords *passwords,
			 struct store_content **ret_content)
{
	struct span span = { data, len };
	struct store_content *content = NULL;
	enum status status = store_content_new(STORE_FORMAT_UNKNOWN, &content);

	if (status != STATUS_OK)
		return status;
	(void)crypto_failure(STATUS_OK); /* what others left behind in this thread */
	if (len > STORE_BYTES_MAX) {
		content_too_large(content, "%zu bytes, more than %d", len, STORE_BYTES_MAX);
	} else {
		status = decode_store(content, span, passwords);
	}
	(void)crypto_failure(STATUS_OK);
	if (status == STATUS_MEMORY) {
		store_content_unref(content);
		return STATUS_MEMORY;
	}
	store_content_finish(content);
	*ret_content = content;
	return STATUS_OK;
}

enum status store_add_pem(struct store_content *content, const char *pem, size_t len)
{
	size_t before = content->certificate_count;

	if (len > STORE_BYTES_MAX) {
		content_too_large(content, "%zu bytes of PEM, more than %d", len, STORE_BYTES_MAX);
		return STATUS_LIMIT;
	}
	(void)crypto_failure(STATUS_OK);
	enum status status = decode_chain(content, (struct span){ (const uint8_t *)pem, len });
	(void)crypto_failure(STATUS_OK);
	if (status == STATUS_OK && content->certificate_count == before)
		return STATUS_SYNTAX;
	return status;
}
