/*
 * See labels.h. Follows docs/reference/destination-service.md 3.3 and 3.6.
 */
#include "labels.h"

#include <stdlib.h>
#include <string.h>

#define TERMS_MAX  10
#define VALUES_MAX 1000

enum term_kind { TERM_NAME_IN, TERM_STARTS_WITH, TERM_ENDS_WITH, TERM_MODIFIED, TERM_LABEL };

struct filter_term {
	enum term_kind kind;
	const char *label;
	const char **values;
	size_t values_len;
	int64_t since_ms;
};

static const char *const label_keys[] = { "key", "values", NULL };

void labels_load(struct loader *l, const cJSON *array, struct entity *e)
{
	struct label *labels;
	const cJSON *item;
	char *printed;

	e->labels_json = "[]";
	if (array == NULL)
		return;
	if (!cJSON_IsArray(array)) {
		load_fail(l, "labels have to be an array");
		return;
	}
	labels = load_alloc(l, (size_t)cJSON_GetArraySize(array), sizeof *labels);
	cJSON_ArrayForEach(item, array)
	{
		struct label *label;

		if (labels == NULL || !load_keys(l, item, label_keys))
			return;
		label = &labels[e->labels_len++];
		label->key = load_string(l, item, "key", "");
		label->values = load_strings(l, item, "values", &label->values_len);
		if (label->values == NULL)
			load_fail(l, "a label needs \"values\"");
	}
	e->labels = labels;
	printed = cJSON_PrintUnformatted(array);
	e->labels_json = printed != NULL ? arena_strdup(l->arena, printed) : NULL;
	cJSON_free(printed);
	if (e->labels_json == NULL)
		load_fail(l, "out of memory");
}

static bool refuse(struct filter *f, const char *why)
{
	if (f->error.len == 0)
		text_adds(&f->error, why);
	return false;
}

static void skip_blanks(const char **p)
{
	*p += strspn(*p, " ");
}

static bool accept(const char **p, const char *word)
{
	skip_blanks(p);
	if (strncmp(*p, word, strlen(word)) != 0)
		return false;
	*p += strlen(word);
	return true;
}

/* 'text', a quote inside doubled. */
static const char *quoted(struct filter *f, const char **p)
{
	struct text t = { 0 };
	const char *copy = NULL;

	text_adds(&t, "");
	if (!accept(p, "'"))
		return NULL;
	while (**p != '\0' && ((*p)[0] != '\'' || (*p)[1] == '\'')) {
		if ((*p)[0] == '\'')
			(*p)++;
		text_add(&t, *p, 1);
		(*p)++;
	}
	if (accept(p, "'") && !t.failed)
		copy = arena_copy(&f->arena, t.data, t.len);
	text_release(&t);
	return copy;
}

/* ('a','b') */
static bool values(struct filter *f, const char **p, struct filter_term *term)
{
	term->values = arena_alloc(&f->arena, VALUES_MAX, sizeof *term->values);
	if (term->values == NULL || !accept(p, "("))
		return false;
	do {
		const char *value = quoted(f, p);

		if (value == NULL || term->values_len == VALUES_MAX)
			return false;
		term->values[term->values_len++] = value;
	} while (accept(p, ","));
	return accept(p, ")");
}

/* Name in (…): certificates have their names encoded once more. */
static bool name_in(struct filter *f, const char **p, struct filter_term *term, bool encoded)
{
	term->kind = TERM_NAME_IN;
	if (!accept(p, "in") || !values(f, p, term))
		return false;
	for (size_t i = 0; encoded && i < term->values_len; i++) {
		char *name = percent_decode(term->values[i], strlen(term->values[i]), false);

		if (name == NULL)
			return false;
		term->values[i] = arena_strdup(&f->arena, name);
		free(name);
	}
	return !f->arena.failed;
}

/* startswith(Name,'p') and endswith(Name,'s'), behind the word. */
static bool affix(struct filter *f, const char **p, struct filter_term *term, enum term_kind kind)
{
	term->kind = kind;
	term->values = arena_alloc(&f->arena, 1, sizeof *term->values);
	if (term->values == NULL || !accept(p, "(") || !accept(p, "Name") || !accept(p, ","))
		return false;
	term->values[0] = quoted(f, p);
	term->values_len = 1;
	return term->values[0] != NULL && accept(p, ")");
}

static bool modified(struct filter *f, const char **p, struct filter_term *term)
{
	const char *minutes, *unit;
	long n;

	term->kind = TERM_MODIFIED;
	if (!accept(p, "("))
		return false;
	minutes = quoted(f, p);
	if (minutes == NULL || !parse_number(minutes, 1, 1440, &n) || !accept(p, ","))
		return false;
	unit = quoted(f, p);
	term->since_ms = now_ms() - (int64_t)n * 60000;
	return unit != NULL && strcmp(unit, "minutes") == 0 && accept(p, ")");
}

static bool label(struct filter *f, const char **p, struct filter_term *term)
{
	term->kind = TERM_LABEL;
	if (!accept(p, "["))
		return false;
	term->label = quoted(f, p);
	return term->label != NULL && accept(p, "]") && accept(p, "HAS") && values(f, p, term);
}

static bool parse_term(struct filter *f, const char **p, enum entity_kind kind)
{
	bool certificate = kind == KIND_CERTIFICATE;
	struct filter_term *term;

	if (f->terms_len == TERMS_MAX)
		return refuse(f, "Too many terms in $filter");
	term = &f->terms[f->terms_len++];
	if (accept(p, "Name"))
		return name_in(f, p, term, certificate);
	if (accept(p, "Label"))
		return label(f, p, term);
	if (certificate)
		return refuse(f, "The $filter is not supported for certificates");
	if (accept(p, "startswith"))
		return affix(f, p, term, TERM_STARTS_WITH);
	if (accept(p, "endswith"))
		return affix(f, p, term, TERM_ENDS_WITH);
	return accept(p, "modifiedwithin") && modified(f, p, term);
}

bool filter_parse(struct filter *f, const char *expression, enum entity_kind kind)
{
	const char *p = expression;

	*f = (struct filter){ 0 };
	f->terms = arena_alloc(&f->arena, TERMS_MAX, sizeof *f->terms);
	if (f->terms == NULL)
		return refuse(f, "Out of memory");
	do {
		if (!parse_term(f, &p, kind))
			return refuse(f, "The $filter cannot be parsed");
	} while (accept(&p, "AND") || accept(&p, "and"));
	skip_blanks(&p);
	return *p == '\0' || refuse(f, "The $filter cannot be parsed");
}

void filter_release(struct filter *f)
{
	text_release(&f->error);
	arena_release(&f->arena);
}

static bool has_value(const struct filter_term *term, const char *value)
{
	for (size_t i = 0; i < term->values_len; i++) {
		if (strcmp(term->values[i], value) == 0)
			return true;
	}
	return false;
}

static bool has_label(const struct filter_term *term, const struct entity *e)
{
	for (size_t i = 0; i < e->labels_len; i++) {
		if (strcmp(e->labels[i].key, term->label) != 0)
			continue;
		for (size_t k = 0; k < e->labels[i].values_len; k++) {
			if (has_value(term, e->labels[i].values[k]))
				return true;
		}
	}
	return false;
}

static bool term_holds(const struct filter_term *term, const struct entity *e)
{
	size_t len = strlen(e->name);
	size_t affix_len = term->values_len > 0 ? strlen(term->values[0]) : 0;

	switch (term->kind) {
	case TERM_NAME_IN:
		return has_value(term, e->name);
	case TERM_STARTS_WITH:
		return strncmp(e->name, term->values[0], affix_len) == 0;
	case TERM_ENDS_WITH:
		return len >= affix_len && strcmp(e->name + len - affix_len, term->values[0]) == 0;
	case TERM_MODIFIED:
		return e->modified_ms >= term->since_ms;
	case TERM_LABEL:
		return has_label(term, e);
	}
	return false;
}

bool filter_holds(const struct filter *f, const struct entity *e)
{
	for (size_t i = 0; i < f->terms_len; i++) {
		if (!term_holds(&f->terms[i], e))
			return false;
	}
	return true;
}
