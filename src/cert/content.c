/*
 * How a content is filled entry by entry within the limits, and how it says what could not be read.
 * Knows no format.
 */
#include "cert/content.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/text.h"
#include "cert/alias.h"
#include "cert/ber.h"
#include "cert/certificate.h"

/* a detail, and the rest of a character at which it is cut */
#define DETAIL_ROOM (sizeof(((struct store_content *)NULL)->detail) + 4)
#define ALIAS_SHOWN 48 /* bytes of an alias in a detail */

struct content *content_of(struct store_content *shown)
{
	return (struct content *)shown;
}

static void set_detail(struct content *c, const char *text)
{
	size_t len = text_cut(text, sizeof(c->shown.detail) - 1);

	memcpy(c->shown.detail, text, len);
	c->shown.detail[len] = '\0';
}

void content_set_format(struct store_content *content, enum store_format format)
{
	content->format = format;
}

void content_problem(struct store_content *content, enum store_state otherwise, const char *format,
		     ...)
{
	struct content *c = content_of(content);
	char text[DETAIL_ROOM];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!c->damaged && !c->too_large)
		set_detail(c, text);
	if (!c->damaged)
		c->damage = otherwise;
	c->damaged = true;
}

void content_too_large(struct store_content *content, const char *format, ...)
{
	struct content *c = content_of(content);
	char text[DETAIL_ROOM];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!c->too_large)
		set_detail(c, text);
	c->too_large = true;
}

enum status content_add_entry(struct store_content *content, const void *alias, size_t len)
{
	struct content *c = content_of(content);
	struct buf text;

	if (content->entry_count >= STORE_ENTRIES_MAX) {
		content_too_large(content, "more than %d entries", STORE_ENTRIES_MAX);
		return STATUS_LIMIT;
	}
	struct store_entry *entries =
		array_room(content->entries, content->entry_count, sizeof(*entries));
	if (entries == NULL)
		return STATUS_MEMORY;
	content->entries = entries;
	buf_init(&text, STORE_ALIAS_MAX);
	enum status status = alias_normalise(&text, alias, len);
	char *normal = status == STATUS_OK ? buf_take(&text) : NULL;
	buf_release(&text);
	if (normal == NULL)
		return STATUS_MEMORY;
	entries[content->entry_count++] = (struct store_entry){ .alias = normal };
	c->next_position = 0;
	return STATUS_OK;
}

/* The last entry; the first one, without an alias, is made when it is needed. */
static enum status last_entry(struct store_content *content, struct store_entry **ret_entry)
{
	if (content->entry_count == 0) {
		enum status status = content_add_entry(content, "", 0);
		if (status != STATUS_OK)
			return status;
	}
	*ret_entry = &content->entries[content->entry_count - 1];
	return STATUS_OK;
}

/* "entry 2 (alias), certificate 1" or "certificate 1", for details. */
static void describe_place(struct store_content *content, uint32_t position, char *ret_text,
			   size_t size)
{
	const struct store_entry *entry = &content->entries[content->entry_count - 1];
	char alias[ALIAS_SHOWN];

	text_printable_into(alias, sizeof(alias), entry->alias, strlen(entry->alias));
	if (alias[0] == '\0' && !store_format_is_keystore(content->format))
		(void)snprintf(ret_text, size, "certificate %u", position);
	else
		(void)snprintf(ret_text, size, "entry %zu (%s), certificate %u",
			       content->entry_count, alias, position);
}

/* Whether the last entry takes one more; otherwise the state is too_large. */
static enum status check_room(struct store_content *content, const struct store_entry *entry)
{
	bool keystore = store_format_is_keystore(content->format) || entry->alias[0] != '\0';
	uint32_t max = keystore ? STORE_CHAIN_MAX : STORE_ENTRIES_MAX;
	char place[ALIAS_SHOWN + 64];

	if (content_of(content)->next_position < max)
		return STATUS_OK;
	describe_place(content, content_of(content)->next_position, place, sizeof(place));
	content_too_large(content, "%s: more than %u certificates", place, max);
	return STATUS_LIMIT;
}

static enum status append_certificate(struct store_content *content, struct store_entry *entry,
				      uint32_t position, struct certificate *certificate)
{
	struct content *c = content_of(content);
	struct store_certificate *certificates =
		array_room(entry->certificates, entry->count, sizeof(*certificates));

	if (certificates == NULL)
		return STATUS_MEMORY;
	entry->certificates = certificates;
	certificates[entry->count++] = (struct store_certificate){ position, certificate };
	content->certificate_count++;
	if (position >= c->next_position)
		c->next_position = position + 1;
	return STATUS_OK;
}

enum status content_add_gap(struct store_content *content, const char *why, size_t offset)
{
	struct store_entry *entry = NULL;
	char place[ALIAS_SHOWN + 64];
	char where[32] = "";
	enum status status = last_entry(content, &entry);

	if (status == STATUS_OK)
		status = check_room(content, entry);
	if (status != STATUS_OK)
		return status;
	describe_place(content, content_of(content)->next_position, place, sizeof(place));
	if (offset != CONTENT_NO_OFFSET)
		(void)snprintf(where, sizeof(where), " at byte %zu", offset);
	content_problem(content, STORE_UNPARSABLE, "%s%s: %s", place, where, why);
	content_of(content)->next_position++;
	return STATUS_OK;
}

enum status content_add_der(struct store_content *content, const uint8_t *der, size_t len,
			    size_t offset)
{
	struct store_entry *entry = NULL;
	struct certificate *certificate = NULL;
	enum status status = last_entry(content, &entry);

	if (status == STATUS_OK)
		status = check_room(content, entry);
	if (status != STATUS_OK)
		return status;
	status = certificate_parse(der, len, &certificate);
	if (status == STATUS_SYNTAX)
		return content_add_gap(content, "not an X.509 certificate", offset);
	if (status == STATUS_OK)
		status = append_certificate(content, entry, content_of(content)->next_position,
					    certificate);
	if (status != STATUS_OK)
		certificate_free(certificate);
	return status;
}

size_t content_cut_behind(struct span *der)
{
	size_t len = ber_announced_length(*der);
	size_t behind = 0;

	if (len == 0 || len >= der->len) /* indefinite or truncated: left as it is */
		return 0;
	for (size_t i = len; i < der->len; i++) {
		if (der->data[i] == '\0' || strchr(" \t\r\n", der->data[i]) == NULL)
			behind = der->len - len;
	}
	der->len = len;
	return behind;
}

void content_bytes_behind(struct store_content *content, size_t bytes)
{
	uint32_t next = content_of(content)->next_position;
	char place[ALIAS_SHOWN + 64];

	if (bytes == 0 || content->entry_count == 0)
		return;
	describe_place(content, next > 0 ? next - 1 : 0, place, sizeof(place));
	content_problem(content, STORE_UNPARSABLE, "%s: %zu bytes behind it", place, bytes);
}

enum status content_add_certificate_take(struct store_content *content, uint32_t position,
					 struct certificate *certificate)
{
	struct store_entry *entry = NULL;
	enum status status = last_entry(content, &entry);

	if (status == STATUS_OK && position >= STORE_ENTRIES_MAX) {
		content_too_large(content, "a certificate at position %u", position);
		status = STATUS_LIMIT;
	}
	if (status == STATUS_OK)
		status = append_certificate(content, entry, position, certificate);
	return status;
}
