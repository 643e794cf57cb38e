/* Single values, and how they are named in messages. */
#include "config/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "config/suggest.h"

#define SHOWN_MAX 32 /* bytes of a wrong value in a message */

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

void value_not_this(const char *text, char ret_text[NOT_THIS_SIZE])
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

bool value_number(const struct place *place, const struct yaml_node *value, uint32_t min,
		  uint32_t max, uint32_t *ret_number)
{
	const char *text = value_text(place, value);
	char wrong[NOT_THIS_SIZE];
	uint64_t number;

	if (text == NULL)
		return false;
	if (parse_u64(text, max, &number) != STATUS_OK || number < min) {
		value_not_this(text, wrong);
		finding_add(place, value->mark, "must be a whole number from %u to %u%s", min, max,
			    wrong);
		return false;
	}
	*ret_number = (uint32_t)number;
	return true;
}

void value_refuse_choice(const struct place *place, const struct yaml_node *value,
			 const char *const *choices, const char *meant)
{
	char wrong[NOT_THIS_SIZE];
	struct suggestion suggestion;
	struct buf names;

	buf_init(&names, 1024);
	suggest_start(&suggestion, value->text);
	for (size_t i = 0; choices[i] != NULL; i++) {
		suggest_offer(&suggestion, choices[i]);
		buf_printf(&names, "%s%s",
			   i == 0                   ? ""
			   : choices[i + 1] == NULL ? " or "
						    : ", ",
			   choices[i]);
	}
	const char *best = meant != NULL ? meant : suggest_best(&suggestion);
	value_not_this(value->text, wrong);
	finding_add(place, value->mark, "must be %s%s%s%s%s", buf_text(&names), wrong,
		    best != NULL ? "; did you mean \"" : "", best != NULL ? best : "",
		    best != NULL ? "\"?" : "");
	buf_release(&names);
}

bool value_secret(const struct reading *r, const struct yaml_node *value, bool is_file,
		  bool may_be_empty, struct secret_setting *setting)
{
	const char *text = value_text(&r->place, value);

	if (text == NULL)
		return false;
	if (text[0] == '\0' && !may_be_empty) {
		finding_add(&r->place, value->mark, "must not be empty");
		return false;
	}
	if (!is_file)
		return secret_set(&setting->value, text, value->text_len) == STATUS_OK ||
		       value_out_of_memory(r, value->mark);
	char *path = file_path_join(r->folder, text);
	if (path == NULL)
		return value_out_of_memory(r, value->mark);
	free(setting->file);
	setting->file = path;
	return true;
}

void value_warn_inline(const struct reading *r, const struct yaml_node *value, const char *name)
{
	if (!value->from_environment)
		finding_warn(&r->place, value->mark,
			     "the secret is written in the file itself; %s_file would keep it out",
			     name);
}

bool value_yaml11_bool(const char *text, bool *ret_bool)
{
	static const char *const yes[] = { "y",    "Y",    "yes", "Yes", "YES", "true",
					   "True", "TRUE", "on",  "On",  "ON" };
	static const char *const no[] = { "n",     "N",     "no",  "No",  "NO", "false",
					  "False", "FALSE", "off", "Off", "OFF" };

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
			*ret_bool = strcmp(text, yes[i]) == 0;
			return true;
		}
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
