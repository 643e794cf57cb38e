/* Single values, and how they are named in messages. */
#include "config/values.h"

#include <stdio.h>
#include <string.h>

#include "base/proxy.h"
#include "base/text.h"
#include "config/setting.h"
#include "config/suggest.h"

#define SHOWN_MAX     32 /* bytes of a wrong value in a message */
#define NOT_THIS_SIZE 48

/* `name` when all of it is made of `allowed`, and short. */
static const char *shown_word(const char *name, const char *allowed)
{
	size_t len = strspn(name, allowed);

	return name[0] != '\0' && name[len] == '\0' && len <= SHOWN_MAX ? name : NULL;
}

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

const char *value_shown_key(const char *name)
{
	if (strcmp(name, "<<") == 0)
		return name;
	return strchr(LOWER, name[0]) != NULL ? shown_word(name, LOWER UPPER "_-.") : NULL;
}

const char *value_shown_word(const char *name)
{
	return shown_word(name, LOWER UPPER "0123456789_-.");
}

const char *value_text(const struct place *place, const struct yaml_node *value)
{
	if (value->refused)
		return NULL;
	if (value->kind == YAML_SCALAR)
		return value->text;
	if (value->kind == YAML_NOTHING)
		finding_add(place, value->mark, "has no value; give one or remove the key");
	else
		finding_add(place, value->mark, "must be a single value, not %s",
			    yaml_kind_text(value));
	return NULL;
}

/* `, not "value"` for a message; "" when the value is no single short word: a line that lost its
 * key can have added a secret to it. */
static void not_this(const char *text, char ret_text[NOT_THIS_SIZE])
{
	const char *word = value_shown_word(text[0] == '-' ? text + 1 : text);

	ret_text[0] = '\0';
	if (word != NULL)
		(void)snprintf(ret_text, NOT_THIS_SIZE, ", not \"%s\"", text);
}

bool value_out_of_memory(const struct reading *r, struct text_mark mark)
{
	finding_add(&r->place, mark, "out of memory");
	*r->out_of_memory = true;
	return false;
}

/* Appends the choices as words of a sentence; returns the one nearest to `text`, or NULL. */
static const char *list_choices(const char *const *choices, const char *text, struct buf *names)
{
	struct suggestion suggestion;

	suggest_start(&suggestion, text);
	for (size_t i = 0; choices[i] != NULL; i++) {
		suggest_offer(&suggestion, choices[i]);
		buf_printf(names, "%s%s",
			   i == 0                   ? ""
			   : choices[i + 1] == NULL ? " or "
						    : ", ",
			   choices[i]);
	}
	return suggest_best(&suggestion);
}

void value_refuse_choice(const struct place *place, const struct yaml_node *value,
			 const char *const *choices, const char *meant)
{
	char wrong[NOT_THIS_SIZE];
	struct buf names;

	buf_init(&names, 1024);
	const char *near = list_choices(choices, value->text, &names);
	const char *best = meant != NULL ? meant : near;
	not_this(value->text, wrong);
	finding_add(place, value->mark, "must be %s%s%s%s%s", buf_text(&names), wrong,
		    best != NULL ? "; did you mean \"" : "", best != NULL ? best : "",
		    best != NULL ? "\"?" : "");
	buf_release(&names);
}

/* Reports a choice or truth value without what was given. */
static void refuse_tersely(const struct place *place, const struct yaml_node *value,
			   const char *const *choices)
{
	struct buf names;

	buf_init(&names, 1024);
	(void)list_choices(choices, value->text, &names);
	finding_add(place, value->mark, "must be %s", buf_text(&names));
	buf_release(&names);
}

static void refuse_number(const struct place *place, const struct key *key,
			  const struct yaml_node *value)
{
	char low[DURATION_TEXT_SIZE];
	char high[DURATION_TEXT_SIZE];
	char wrong[NOT_THIS_SIZE];

	not_this(value->text, wrong);
	if (key->type == KEY_NUMBER) {
		finding_add(place, value->mark, "must be a whole number from %u to %u%s", key->min,
			    key->max, wrong);
		return;
	}
	text_duration(key->min, low);
	text_duration(key->max, high);
	finding_add(place, value->mark,
		    "must be a duration from %s to %s, with a unit (90s, 15m, 1h, 1d)%s", low, high,
		    wrong);
}

/* Reports a value that is none of the key's type. */
static void refuse(const struct place *place, const struct key *key, const struct yaml_node *value)
{
	static const char *const truths[] = { "true", "false", NULL };
	const char *const *choices = key->type == KEY_BOOL ? truths : key->choices;
	const char *meant = NULL;
	bool truth = false;

	if (key->type == KEY_BOOL && setting_bool(value->text, KEY_YAML11, &truth))
		meant = truths[truth ? 0 : 1];
	if (key->type == KEY_NUMBER || key->type == KEY_DURATION)
		refuse_number(place, key, value);
	else if ((key->flags & KEY_TERSE) != 0)
		refuse_tersely(place, value, choices);
	else
		value_refuse_choice(place, value, choices, meant);
}

/* Warns of a secret in the file itself. */
static void warn_inline(const struct reading *r, const struct key *key,
			const struct yaml_node *value)
{
	if (value->from_environment)
		return;
	if (key->type == KEY_SECRET && (key->flags & KEY_INLINE_FINE) == 0)
		finding_warn(&r->place, value->mark,
			     "the secret is written in the file itself; %s_file would keep it out",
			     key->name);
	if ((key->flags & KEY_PROXY) != 0 && proxy_has_password(value->text))
		finding_warn(
			&r->place, value->mark,
			"a password is written in the file itself; a variable ${NAME} would keep "
			"it out");
}

bool value_put(const struct reading *r, const struct key *key, const struct yaml_node *value,
	       void *base)
{
	const char *text = value_text(&r->place, value);
	struct error error = { "" };

	if (text == NULL)
		return false;
	switch (setting_put(key, text, value->text_len, r->folder, base, &error)) {
	case SETTING_GOOD:
		warn_inline(r, key, value);
		return true;
	case SETTING_EMPTY:
		finding_add(&r->place, value->mark, "must not be empty");
		break;
	case SETTING_CONTENT:
		finding_add(&r->place, value->mark, "must be the name of a file, not its content");
		break;
	case SETTING_TYPE:
		refuse(&r->place, key, value);
		break;
	case SETTING_CHECK:
		finding_add(&r->place, value->mark, "%s", error.text);
		break;
	case SETTING_MEMORY:
		return value_out_of_memory(r, value->mark);
	}
	return false;
}

void value_report_unknown(const struct place *place, const struct yaml_node *member,
			  const char *best)
{
	struct place at = *place;
	const char *colon = strchr(member->name, ':');

	at.key = best != NULL ? member->name : value_shown_key(member->name);
	if (best != NULL)
		finding_add(&at, member->name_mark, "unknown key, did you mean \"%s\"?", best);
	else if (strcmp(member->name, "<<") == 0)
		finding_add(&at, member->name_mark,
			    "unknown key: YAML's merge key is not supported; write the values out, "
			    "or put them under `defaults`");
	else if (at.key != NULL)
		finding_add(&at, member->name_mark, "unknown key");
	else if (member->name[0] == '\0')
		finding_add(&at, member->name_mark, "unknown key \"\": the name is empty");
	else if (member->name[0] == '-')
		finding_add(&at, member->name_mark, "unknown key: a blank is missing behind the -");
	else if (colon != NULL)
		finding_add(&at, member->name_mark,
			    "unknown key: a blank is missing behind the colon");
	else
		finding_add(&at, member->name_mark,
			    "unknown key; its name is not shown, since no key looks like it");
}

void value_report_twice(const struct place *place, const struct yaml_node *member)
{
	struct place at = *place;

	at.key = value_shown_key(member->name);
	finding_add(&at, member->name_mark, "given twice, first on line %u", member->first_line);
}
