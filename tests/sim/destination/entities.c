/*
 * See entities.h and README.md. Every answer that does not depend on the request is written here,
 * once, so that a thousand entries cost nothing when they are asked for.
 */
#include "entities.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "labels.h"

#define REPEAT_MAX 100000
#define STYLES     (STYLE_LITERAL + 1)

static const char protected_body[] = "{\"ErrorMessage\":\"The keystore is password-protected and "
				     "public keys cannot be retrieved\"}";
static const char garbage_body[] = "{\"ErrorMessage\":\"The content is not a valid certificate\"}";

/* The bytes of one file or literal, and what the service derives from them. */
struct content {
	struct content *next;
	const char *key;
	const char *bytes;
	size_t len;
	const char *base64;
	char digest[DIGEST_HEX_SIZE];
	bool examined;
	enum content_kind kind;
	struct chain chain;
	const char *keys_body[STYLES];
};

static const char *const level_keys[] = { "certificates", "destinations", "fragments", "comment",
					  NULL };
static const char *const certificate_keys[] = {
	"name",  "file",      "files",       "base64", "random", "empty", "type",    "labels",
	"extra", "protected", "public_keys", "style",  "repeat", "start", "comment", NULL,
};
static const char *const chain_keys[] = { "alias", "file", "subject", NULL };

/* `s` with every {n} replaced. */
static const char *expand(struct loader *l, const char *s, int n)
{
	struct text t = { 0 };
	const char *hit;

	if (s == NULL || strstr(s, "{n}") == NULL)
		return s;
	while ((hit = strstr(s, "{n}")) != NULL) {
		text_add(&t, s, (size_t)(hit - s));
		text_addf(&t, "%d", n);
		s = hit + 3;
	}
	text_adds(&t, s);
	return load_text(l, &t);
}

static struct content *content_add(struct entity_loader *el, const char *key, struct text *bytes)
{
	struct content *c = load_alloc(el->l, 1, sizeof *c);
	struct text base64 = { 0 };

	if (c != NULL) {
		text_adds(bytes, "");
		text_adds(&base64, "");
		text_add_base64(&base64, bytes->data, bytes->len);
		digest_hex(bytes->data, bytes->len, c->digest);
		c->key = arena_strdup(el->l->arena, key);
		c->len = bytes->len;
		c->bytes = load_text(el->l, bytes);
		c->base64 = load_text(el->l, &base64);
		c->next = el->contents;
		el->contents = c;
	}
	text_release(bytes);
	return c;
}

static struct content *content_file(struct entity_loader *el, const char *file)
{
	struct text path = { 0 }, bytes = { 0 };
	struct content *c = el->contents;

	while (c != NULL && (c->key == NULL || strcmp(c->key, file) != 0))
		c = c->next;
	if (c != NULL)
		return c;
	if (file[0] != '/' && el->l->dir != NULL)
		text_addf(&path, "%s/", el->l->dir);
	text_adds(&path, file);
	if (path.failed || !text_add_file(&bytes, path.data))
		load_fail(el->l, "%s: %s", file, strerror(errno));
	else
		c = content_add(el, file, &bytes);
	text_release(&bytes);
	text_release(&path);
	return c;
}

static struct content *content_base64(struct entity_loader *el, const char *base64)
{
	struct text bytes = { 0 };

	if (!text_add_base64_decoded(&bytes, base64, strlen(base64))) {
		load_fail(el->l, "\"base64\" is not base64");
		text_release(&bytes);
		return NULL;
	}
	return content_add(el, "(base64)", &bytes);
}

/* Bytes that mean nothing, but are the same in every run. */
static struct content *content_random(struct entity_loader *el, const char *seed, int len)
{
	struct text bytes = { 0 };
	char hex[DIGEST_HEX_SIZE];

	digest_hex(seed, strlen(seed), hex);
	while (len > 0) {
		size_t n = len < 32 ? (size_t)len : 32;

		for (size_t i = 0; i < n; i++) {
			char byte = (char)((hex[2 * i] * 31) ^ (hex[2 * i + 1] * 7));

			text_add(&bytes, &byte, 1);
		}
		len -= (int)n;
		digest_hex(hex, sizeof hex - 1, hex);
	}
	return content_add(el, "(random)", &bytes);
}

static struct content *load_content(struct entity_loader *el, const cJSON *object, const char *name,
				    int n)
{
	size_t files_len = 0;
	const cJSON *files = load_array(el->l, object, "files", &files_len);
	const char *file = load_string(el->l, object, "file", NULL);
	const char *base64 = load_string(el->l, object, "base64", NULL);
	int random = load_int(el->l, object, "random", 0, 1 << 26, 0);
	struct text none = { 0 };

	if (file == NULL && files_len > 0)
		file = cJSON_GetStringValue(cJSON_GetArrayItem(files, n % (int)files_len));
	if (file != NULL)
		return content_file(el, expand(el->l, file, n));
	if (base64 != NULL)
		return content_base64(el, base64);
	if (random > 0)
		return content_random(el, name, random);
	if (load_bool(el->l, object, "empty", false))
		return content_add(el, "(empty)", &none);
	load_fail(el->l, "one of file, files, base64, random, empty is needed");
	return NULL;
}

static void examine(struct entity_loader *el, struct content *c)
{
	if (c->examined)
		return;
	c->kind = chain_read(el->l->arena, c->bytes, c->len, &c->chain);
	c->examined = true;
}

/* The publicKeys answer that follows from the bytes alone. */
static void derive_keys(struct entity_loader *el, struct content *c, bool protected_store,
			enum public_keys_style style, struct entity *e)
{
	struct text t = { 0 };

	examine(el, c);
	if (protected_store || c->kind != CONTENT_CERTIFICATES) {
		e->keys_status = 400;
		e->keys_body = protected_store || c->kind == CONTENT_KEYSTORE ? protected_body
									      : garbage_body;
		return;
	}
	if (c->keys_body[style] == NULL) {
		public_keys_add(&t, &c->chain, c->chain.pem[0] != '\0' ? 1 : 0, style);
		c->keys_body[style] = load_text(el->l, &t);
	}
	e->keys_status = 200;
	e->keys_body = c->keys_body[style];
}

/* The publicKeys answer that the scenario gives for a keystore. */
static void given_keys(struct entity_loader *el, const cJSON *array, size_t len,
		       enum public_keys_style style, struct entity *e)
{
	struct chain *chains = load_alloc(el->l, len, sizeof *chains);
	struct text t = { 0 };
	const cJSON *item;
	size_t n = 0;

	cJSON_ArrayForEach(item, array)
	{
		const char *file;
		struct content *c;

		if (chains == NULL || !load_keys(el->l, item, chain_keys))
			return;
		file = load_string(el->l, item, "file", NULL);
		c = file != NULL ? content_file(el, file) : NULL;
		if (c == NULL) {
			load_fail(el->l, "public_keys: \"file\" is missing");
			return;
		}
		examine(el, c);
		chains[n] = c->chain;
		chains[n].alias = load_string(el->l, item, "alias", NULL);
		chains[n].subject = load_string(el->l, item, "subject", c->chain.subject);
		n++;
	}
	public_keys_add(&t, chains, n, style);
	e->keys_status = 200;
	e->keys_body = load_text(el->l, &t);
}

static void load_public_keys(struct entity_loader *el, const cJSON *object, struct content *c,
			     struct entity *e)
{
	const cJSON *style_item = cJSON_GetObjectItemCaseSensitive(object, "style");
	enum public_keys_style style = el->style;
	size_t len;
	const cJSON *given = load_array(el->l, object, "public_keys", &len);
	bool protected_store = load_bool(el->l, object, "protected", false);

	if (style_item != NULL)
		style = (enum public_keys_style)load_choice(el->l, object, "style",
							    public_keys_styles);
	if (given != NULL)
		given_keys(el, given, len, style, e);
	else
		derive_keys(el, c, protected_store, style, e);
}

/* `"Type":…,` as given: absent, null or a text. */
static void add_type(struct text *t, const cJSON *object)
{
	const cJSON *type = cJSON_GetObjectItemCaseSensitive(object, "type");

	if (type == NULL)
		return;
	text_adds(t, ",\"Type\":");
	text_add_json(t, cJSON_IsString(type) ? type->valuestring : NULL);
}

/* The members of `extra`, each with a comma in front. */
static void add_extra(struct text *t, const cJSON *object)
{
	const cJSON *extra = cJSON_GetObjectItemCaseSensitive(object, "extra");
	const cJSON *item;

	cJSON_ArrayForEach(item, extra)
	{
		char *value = cJSON_PrintUnformatted(item);

		text_adds(t, ",");
		text_add_json(t, item->string);
		text_adds(t, ":");
		text_adds(t, value != NULL ? value : "null");
		cJSON_free(value);
	}
}

static void add_digest(struct entity *e, const char *what)
{
	struct text t = { 0 };

	text_addf(&t, "%s\n%s\n%s", e->name, e->head, what);
	digest_hex(t.data, t.len, e->etag);
	if (e->keys_body != NULL) {
		text_addf(&t, "\npublicKeys\n%s", e->keys_body);
		digest_hex(t.data, t.len, e->keys_etag);
	}
	text_release(&t);
}

static void load_certificate(struct entity_loader *el, const cJSON *object, int n, struct entity *e)
{
	struct text head = { 0 }, tail = { 0 };
	struct text *members;
	struct content *c;

	e->name = expand(el->l, load_string(el->l, object, "name", NULL), n);
	if (e->name == NULL || e->name[0] == '\0') {
		load_fail(el->l, "\"name\" is missing");
		return;
	}
	c = load_content(el, object, e->name, n);
	if (c == NULL || !load_ok(el->l))
		return;
	members = el->content_first ? &tail : &head;
	text_adds(&head, el->content_first ? "{\"Content\":\"" : "{");
	text_adds(&tail, el->content_first ? "\"," : "\"");
	text_adds(members, "\"Name\":");
	text_add_json(members, e->name);
	add_type(members, object);
	if (!el->content_first)
		text_adds(&head, ",\"Content\":\"");
	add_extra(&tail, object);
	text_adds(&tail, "}");
	e->head = load_text(el->l, &head);
	e->base64 = c->base64;
	e->tail = load_text(el->l, &tail);
	load_public_keys(el, object, c, e);
	labels_load(el->l, cJSON_GetObjectItemCaseSensitive(object, "labels"), e);
	add_digest(e, c->digest);
}

static bool is_control_key(const char *key)
{
	return strcmp(key, "$repeat") == 0 || strcmp(key, "$start") == 0 ||
	       strcmp(key, "$labels") == 0 || strcmp(key, "$modified_minutes_ago") == 0;
}

/* A copy without the simulator's own keys, {n} replaced in every text. */
static cJSON *plain_copy(struct entity_loader *el, const cJSON *object, int n)
{
	cJSON *copy = cJSON_CreateObject();
	const cJSON *item;

	cJSON_ArrayForEach(item, object)
	{
		cJSON *value;

		if (is_control_key(item->string))
			continue;
		if (cJSON_IsString(item))
			value = cJSON_CreateString(expand(el->l, item->valuestring, n));
		else
			value = cJSON_Duplicate(item, 1);
		if (!cJSON_AddItemToObject(copy, item->string, value)) {
			cJSON_Delete(value);
			load_fail(el->l, "out of memory");
		}
	}
	return copy;
}

static void load_flat(struct entity_loader *el, const cJSON *object, const char *name_key, int n,
		      struct entity *e)
{
	int minutes = load_int(el->l, object, "$modified_minutes_ago", 0, 10000000, 100000);
	cJSON *copy = plain_copy(el, object, n);
	char *printed = copy != NULL ? cJSON_PrintUnformatted(copy) : NULL;

	e->name = load_string(el->l, copy, name_key, NULL);
	if (e->name == NULL || e->name[0] == '\0')
		load_fail(el->l, "\"%s\" is missing", name_key);
	if (printed == NULL)
		load_fail(el->l, "out of memory");
	if (load_ok(el->l)) {
		e->head = arena_strdup(el->l->arena, printed);
		e->modified_ms = now_ms() - (int64_t)minutes * 60000;
		labels_load(el->l, cJSON_GetObjectItemCaseSensitive(object, "$labels"), e);
		if (e->head != NULL)
			add_digest(e, "");
	}
	cJSON_free(printed);
	cJSON_Delete(copy);
}

static void load_one(struct entity_loader *el, enum entity_kind kind, const cJSON *object, int n,
		     struct entity *e)
{
	switch (kind) {
	case KIND_CERTIFICATE:
		load_certificate(el, object, n, e);
		break;
	case KIND_DESTINATION:
		load_flat(el, object, "Name", n, e);
		break;
	case KIND_FRAGMENT:
		load_flat(el, object, "FragmentName", n, e);
		break;
	case KINDS:
		break;
	}
}

static int repeat_of(struct loader *l, const cJSON *object, enum entity_kind kind)
{
	return load_int(l, object, kind == KIND_CERTIFICATE ? "repeat" : "$repeat", 0, REPEAT_MAX,
			1);
}

static void load_list(struct entity_loader *el, const cJSON *array, enum entity_kind kind,
		      const char *place, struct entity_list *list)
{
	const cJSON *item;
	size_t total = 0, index = 0;

	cJSON_ArrayForEach(item, array) total += (size_t)repeat_of(el->l, item, kind);
	if (total > REPEAT_MAX)
		load_fail(el->l, "more than %d entries", REPEAT_MAX);
	list->items = load_ok(el->l) ? load_alloc(el->l, total, sizeof *list->items) : NULL;
	cJSON_ArrayForEach(item, array)
	{
		int start, count;

		load_at(el->l, "%s[%zu]", place, index++);
		if (list->items == NULL || !cJSON_IsObject(item) ||
		    (kind == KIND_CERTIFICATE && !load_keys(el->l, item, certificate_keys))) {
			load_fail(el->l, "an object is needed");
			return;
		}
		count = repeat_of(el->l, item, kind);
		start = load_int(el->l, item, kind == KIND_CERTIFICATE ? "start" : "$start", 0,
				 1000000, 0);
		for (int n = 0; n < count && load_ok(el->l); n++)
			load_one(el, kind, item, start + n, &list->items[list->len++]);
	}
}

void entities_load(struct entity_loader *el, const cJSON *object, struct level *level)
{
	char place[64];

	if (object == NULL || !load_keys(el->l, object, level_keys))
		return;
	(void)snprintf(place, sizeof place, "%.40s", el->l->where);
	for (size_t kind = 0; kind < KINDS; kind++) {
		char at[128];
		size_t len;
		const cJSON *array = load_array(el->l, object, level_keys[kind], &len);

		(void)snprintf(at, sizeof at, "%s %s", place, level_keys[kind]);
		load_list(el, array, (enum entity_kind)kind, at, &level->lists[kind]);
	}
}

const char *entities_load_pem(struct entity_loader *el, const char *file, bool literal)
{
	struct content *c = file != NULL ? content_file(el, file) : NULL;
	struct text t = { 0 }, pem = { 0 };

	if (c == NULL)
		return NULL;
	examine(el, c);
	text_addf(&pem, "%s\n", c->chain.pem);
	if (!pem.failed)
		pem_add_json(&t, pem.data, literal ? STYLE_LITERAL : STYLE_LF);
	text_release(&pem);
	return load_text(el->l, &t);
}
