/*
 * Strict, typed reading of the simulator's JSON: every getter checks the type, the first thing that
 * is wrong is remembered with its place, later ones do nothing. Strings are copied into the arena.
 */
#ifndef SIM_LOAD_H
#define SIM_LOAD_H

#include <cjson/cJSON.h>

#include "text.h"

#define ERROR_SIZE 512

struct loader {
	struct arena *arena;
	const char *dir; /* folder of relative file names, or NULL: no files */
	char where[128]; /* what is being read, for the error text */
	char *error;     /* ERROR_SIZE, "" while all is well */
};

/* Always false. Keeps the first text only. */
__attribute__((format(printf, 2, 3))) bool load_fail(struct loader *l, const char *format, ...);
bool load_ok(const struct loader *l);
/* Names the place for the texts that follow. */
__attribute__((format(printf, 2, 3))) void load_at(struct loader *l, const char *format, ...);

/* `object` is an object and has no key but the ones of the NULL-terminated list. */
bool load_keys(struct loader *l, const cJSON *object, const char *const *known);

/* A key that is missing or null gives `fallback`. */
const char *load_string(struct loader *l, const cJSON *object, const char *key,
			const char *fallback);
/* A text that has to be there and may not be empty; "" after a failure. */
const char *load_required(struct loader *l, const cJSON *object, const char *key);
int load_int(struct loader *l, const cJSON *object, const char *key, int min, int max,
	     int fallback);
bool load_bool(struct loader *l, const cJSON *object, const char *key, bool fallback);
/* The index of the value in the NULL-terminated `choices`; the first one when it is missing. */
int load_choice(struct loader *l, const cJSON *object, const char *key, const char *const *choices);
/* An array, or NULL when it is missing; `*ret_len` its length. */
const cJSON *load_array(struct loader *l, const cJSON *object, const char *key, size_t *ret_len);
/* An array of strings in the arena, or NULL when it is missing. */
const char **load_strings(struct loader *l, const cJSON *object, const char *key, size_t *ret_len);
/* `count` zeroed items of `size` from the arena; failure is remembered. */
void *load_alloc(struct loader *l, size_t count, size_t size);
/* Moves a text into the arena. */
const char *load_text(struct loader *l, struct text *t);

/* The whole text is one JSON value, nested at most 32 deep; else NULL and the reason. */
cJSON *load_json(const char *json, size_t len, char ret_error[ERROR_SIZE]);

#endif
