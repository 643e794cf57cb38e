/* Findings: collected while a file is read, sorted by place, handed over as one line each. */
#include "config/findings.h"

#include <stdarg.h>
#include <stdlib.h>

#define LINE_TEXT_MAX 4096

void findings_init(struct findings *findings, const char *file)
{
	*findings = (struct findings){ .file = file };
}

static bool comes_after(const struct finding *a, const struct finding *b)
{
	if (a->mark.line != b->mark.line)
		return a->mark.line > b->mark.line;
	return a->mark.column > b->mark.column;
}

/* Insertion keeps the order of findings of one place, which qsort() does not promise. */
static void sort(struct findings *findings)
{
	for (size_t i = 1; i < findings->count; i++) {
		struct finding moved = findings->items[i];
		size_t at = i;
		for (; at > 0 && comes_after(&findings->items[at - 1], &moved); at--)
			findings->items[at] = findings->items[at - 1];
		findings->items[at] = moved;
	}
}

void findings_finish(struct findings *findings, struct problems *problems)
{
	sort(findings);
	for (size_t i = 0; i < findings->count; i++) {
		struct finding *item = &findings->items[i];
		if (item->warning)
			problem_warn(problems, "%s", item->text);
		else
			problem_add(problems, "%s", item->text);
		free(item->text);
	}
	if (findings->left_out > 0)
		problem_add(problems, "%s: %zu more problems are not shown", findings->file,
			    findings->left_out);
	free(findings->items);
	findings_init(findings, findings->file);
}

static char *finding_text(const struct place *place, struct text_mark mark, bool warning,
			  const char *format, va_list args) __attribute__((format(printf, 4, 0)));

static char *finding_text(const struct place *place, struct text_mark mark, bool warning,
			  const char *format, va_list args)
{
	struct buf text;

	buf_init(&text, LINE_TEXT_MAX);
	buf_printf(&text, "%s:%u:%u: %s", place->findings->file, mark.line, mark.column,
		   warning ? "warning: " : "");
	if (place->where != NULL && place->where[0] != '\0')
		buf_printf(&text, "%s: ", place->where);
	if (place->key != NULL && place->key[0] != '\0')
		buf_printf(&text, "%s: ", place->key);
	buf_vprintf(&text, format, args);
	char *taken = buf_take(&text);
	buf_release(&text);
	return taken;
}

static void add(const struct place *place, struct text_mark mark, bool warning, char *text)
{
	struct findings *findings = place->findings;
	struct finding *items = NULL;

	findings->problem_count += !warning;
	if (text != NULL && findings->count < FINDINGS_MAX)
		items = realloc(findings->items, (findings->count + 1) * sizeof(*items));
	if (items == NULL) {
		findings->left_out += !warning;
		free(text);
		return;
	}
	findings->items = items;
	items[findings->count++] = (struct finding){ mark, warning, text };
}

void finding_add(const struct place *place, struct text_mark mark, const char *format, ...)
{
	va_list args;

	if (place->findings == NULL)
		return;
	va_start(args, format);
	char *text = finding_text(place, mark, false, format, args);
	va_end(args);
	add(place, mark, false, text);
}

void finding_warn(const struct place *place, struct text_mark mark, const char *format, ...)
{
	va_list args;

	if (place->findings == NULL)
		return;
	va_start(args, format);
	char *text = finding_text(place, mark, true, format, args);
	va_end(args);
	add(place, mark, true, text);
}
