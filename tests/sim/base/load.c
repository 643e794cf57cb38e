/*
 * See load.h.
 */
#include "load.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool load_fail(struct loader *l, const char *format, ...)
{
	va_list ap;
	int n;

	if (l->error[0] != '\0')
		return false;
	n = snprintf(l->error, ERROR_SIZE, "%s%s", l->where, l->where[0] != '\0' ? ": " : "");
	if (n < 0 || n >= ERROR_SIZE)
		n = 0;
	va_start(ap, format);
	(void)vsnprintf(l->error + n, (size_t)(ERROR_SIZE - n), format, ap);
	va_end(ap);
	return false;
}

bool load_ok(const struct loader *l)
{
	return l->error[0] == '\0' && !l->arena->failed;
}

void load_at(struct loader *l, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(l->where, sizeof l->where, format, ap);
	va_end(ap);
}

bool load_keys(struct loader *l, const cJSON *object, const char *const *known)
{
	const cJSON *item;

	if (!cJSON_IsObject(object))
		return load_fail(l, "an object is needed");
	cJSON_ArrayForEach(item, object)
	{
		size_t i = 0;

		while (known[i] != NULL && strcmp(known[i], item->string) != 0)
			i++;
		if (known[i] == NULL)
			return load_fail(l, "unknown key \"%s\"", item->string);
	}
	return true;
}

static const cJSON *member(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsNull(item) ? NULL : item;
}

const char *load_string(struct loader *l, const cJSON *object, const char *key,
			const char *fallback)
{
	const cJSON *item = member(object, key);

	if (item == NULL)
		return fallback;
	if (!cJSON_IsString(item)) {
		load_fail(l, "\"%s\" has to be a string", key);
		return fallback;
	}
	return arena_strdup(l->arena, item->valuestring);
}

const char *load_required(struct loader *l, const cJSON *object, const char *key)
{
	const char *value = load_string(l, object, key, NULL);

	if (value == NULL || value[0] == '\0')
		load_fail(l, "\"%s\" is missing", key);
	return value != NULL ? value : "";
}

int load_int(struct loader *l, const cJSON *object, const char *key, int min, int max, int fallback)
{
	const cJSON *item = member(object, key);

	if (item == NULL)
		return fallback;
	if (!cJSON_IsNumber(item) || item->valuedouble < min || item->valuedouble > max ||
	    item->valuedouble != (double)item->valueint) {
		load_fail(l, "\"%s\" has to be a whole number from %d to %d", key, min, max);
		return fallback;
	}
	return item->valueint;
}

bool load_bool(struct loader *l, const cJSON *object, const char *key, bool fallback)
{
	const cJSON *item = member(object, key);

	if (item == NULL)
		return fallback;
	if (!cJSON_IsBool(item)) {
		load_fail(l, "\"%s\" has to be true or false", key);
		return fallback;
	}
	return cJSON_IsTrue(item);
}

int load_choice(struct loader *l, const cJSON *object, const char *key, const char *const *choices)
{
	const cJSON *item = member(object, key);

	if (item == NULL)
		return 0;
	for (int i = 0; choices[i] != NULL && cJSON_IsString(item); i++) {
		if (strcmp(choices[i], item->valuestring) == 0)
			return i;
	}
	load_fail(l, "\"%s\" has a value that is not known", key);
	return 0;
}

const cJSON *load_array(struct loader *l, const cJSON *object, const char *key, size_t *ret_len)
{
	const cJSON *item = member(object, key);

	*ret_len = 0;
	if (item == NULL)
		return NULL;
	if (!cJSON_IsArray(item)) {
		load_fail(l, "\"%s\" has to be an array", key);
		return NULL;
	}
	*ret_len = (size_t)cJSON_GetArraySize(item);
	return item;
}

const char **load_strings(struct loader *l, const cJSON *object, const char *key, size_t *ret_len)
{
	const cJSON *array = load_array(l, object, key, ret_len);
	const char **list = array != NULL ? load_alloc(l, *ret_len, sizeof *list) : NULL;
	const cJSON *item;
	size_t n = 0;

	if (list == NULL)
		return NULL;
	cJSON_ArrayForEach(item, array)
	{
		if (!cJSON_IsString(item)) {
			load_fail(l, "\"%s\" may hold only strings", key);
			return NULL;
		}
		list[n++] = arena_strdup(l->arena, item->valuestring);
	}
	return list;
}

void *load_alloc(struct loader *l, size_t count, size_t size)
{
	void *p = arena_alloc(l->arena, count > 0 ? count : 1, size);

	if (p == NULL)
		load_fail(l, "out of memory");
	return p;
}

const char *load_text(struct loader *l, struct text *t)
{
	const char *copy = NULL;

	if (!t->failed)
		copy = arena_copy(l->arena, t->data != NULL ? t->data : "", t->len);
	if (copy == NULL)
		load_fail(l, "out of memory");
	text_release(t);
	return copy != NULL ? copy : "";
}

static bool deeper_than(const cJSON *item, int depth)
{
	if (depth == 0)
		return true;
	for (const cJSON *child = item->child; child != NULL; child = child->next) {
		if (deeper_than(child, depth - 1))
			return true;
	}
	return false;
}

cJSON *load_json(const char *json, size_t len, char ret_error[ERROR_SIZE])
{
	const char *end = NULL;
	cJSON *root = cJSON_ParseWithLengthOpts(json, len, &end, 0);

	ret_error[0] = '\0';
	if (root == NULL) {
		size_t at = end != NULL ? (size_t)(end - json) : 0;

		(void)snprintf(ret_error, ERROR_SIZE, "not JSON (near byte %zu of %zu)", at, len);
		return NULL;
	}
	while (end < json + len && strchr(" \t\r\n", *end) != NULL && *end != '\0')
		end++;
	if (end != json + len)
		(void)snprintf(ret_error, ERROR_SIZE, "something follows the JSON value");
	else if (deeper_than(root, 32))
		(void)snprintf(ret_error, ERROR_SIZE, "nested too deep");
	if (ret_error[0] == '\0')
		return root;
	cJSON_Delete(root);
	return NULL;
}
