/*
 * The configuration file: top level, defaults, sources. Single values are read in settings.c, what
 * belongs together is checked in rules.c. Every mistake is reported, none is fatal for finding the
 * next one.
 */
#include "config/file/load.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "config/file/members.h"
#include "config/file/settings.h"
#include "config/keys.h"
#include "config/rules.h"
#include "config/suggest.h"
#include "config/values.h"
#include "config/yaml/expand.h"
#include "config/yaml/tree.h"

#define WORKERS_MAX  64
#define WHERE_SIZE   160
#define ID_SHOWN_MAX 100

struct loading {
	struct findings findings;
	const char *folder;
	const char *ca_file;
	const struct yaml_node *defaults; /* NULL: none */
	const struct yaml_node *sources;
	struct config *config;
	bool out_of_memory;
};

/* `source "id"`, or its number where there is no usable id. */
static void where_text(const struct yaml_node *source, size_t number, char ret_text[WHERE_SIZE])
{
	const struct yaml_node *id = yaml_member(source, "id");
	char shown[ID_SHOWN_MAX];

	/* white space: perhaps the next line lost its key, and its value came here */
	if (id != NULL && id->kind == YAML_SCALAR && !id->refused && id->text[0] != '\0' &&
	    strpbrk(id->text, " \t\r\n") == NULL) {
		text_printable_into(shown, sizeof(shown), id->text, id->text_len);
		(void)snprintf(ret_text, WHERE_SIZE, "source \"%s\"", shown);
	} else {
		(void)snprintf(ret_text, WHERE_SIZE, "source number %zu", number);
	}
}

/* Puts the environment variables into all values below `node`. */
static void expand(struct loading *l, struct yaml_node *node, const struct place *place)
{
	if (!yaml_expand(node, place))
		l->out_of_memory = true;
	for (struct yaml_node *child = node->first; child != NULL; child = child->next) {
		struct place at = *place;
		if (node->kind == YAML_MAP && at.key == NULL)
			at.key = value_shown_key(child->name);
		expand(l, child, &at);
	}
}

static void expand_sources(struct loading *l, struct yaml_node *sources)
{
	size_t number = 0;

	for (struct yaml_node *source = sources->first; source != NULL; source = source->next) {
		char where[WHERE_SIZE];
		struct place place = { .findings = &l->findings, .where = where };
		(void)snprintf(where, sizeof(where), "source number %zu", ++number);
		for (struct yaml_node *m = source->first; m != NULL; m = m->next) {
			place.key = "id";
			if (m->name != NULL && strcmp(m->name, "id") == 0 &&
			    !yaml_expand(m, &place))
				l->out_of_memory = true;
		}
		where_text(source, number, where);
		for (struct yaml_node *m = source->first; m != NULL; m = m->next) {
			place.key = m->name != NULL ? value_shown_key(m->name) : NULL;
			if (m->name == NULL || strcmp(m->name, "id") != 0)
				expand(l, m, &place);
		}
	}
}

static void expand_all(struct loading *l, struct yaml_node *root)
{
	for (struct yaml_node *m = root->first; root->kind == YAML_MAP && m != NULL; m = m->next) {
		struct place place = { .findings = &l->findings };
		if (strcmp(m->name, "sources") == 0) {
			expand_sources(l, m);
			continue;
		}
		if (m->kind == YAML_MAP)
			place.where = value_shown_key(m->name);
		else
			place.key = value_shown_key(m->name);
		expand(l, m, &place);
	}
}

/* Reads every default once, to report what is wrong with it. */
static void check_defaults(struct loading *l)
{
	struct reading reading = { .folder = l->folder,
				   .out_of_memory = &l->out_of_memory,
				   .place = { .findings = &l->findings, .where = "defaults" } };

	if (l->defaults == NULL || l->defaults->refused || l->defaults->kind == YAML_NOTHING)
		return;
	if (l->defaults->kind != YAML_MAP) {
		finding_add(&reading.place, l->defaults->mark, "must be a mapping of keys, not %s",
			    yaml_kind_text(l->defaults));
		return;
	}
	for (const struct yaml_node *m = l->defaults->first; m != NULL; m = m->next) {
		reading.place.key = NULL;
		const struct source_kind *owner =
			member_owner(&reading.place, m, registered_kinds[0], true);
		if (owner == NULL)
			continue;
		const struct key *key = kind_key(owner, m->name);
		reading.place.key = key->name;
		if ((key->flags & KEY_DEFAULTABLE) == 0)
			finding_add(&reading.place, m->name_mark,
				    "belongs to a single source and cannot be a default");
		else
			source_setting_try(&reading, owner, key, m);
	}
}

/* Puts the defaults that the kind knows into a source. Their mistakes were reported before
 * (check_defaults()), so nothing is reported here. */
static void apply_defaults(struct loading *l, const struct yaml_node *node,
			   struct source_config *source)
{
	struct reading quiet = { .folder = l->folder, .out_of_memory = &l->out_of_memory };

	if (l->defaults == NULL || l->defaults->kind != YAML_MAP)
		return;
	for (const struct yaml_node *m = l->defaults->first; m != NULL; m = m->next) {
		const struct key *key = kind_key(source->kind, m->name);
		if (key == NULL || m->first_line != 0 || (key->flags & KEY_DEFAULTABLE) == 0)
			continue;
		if (key->yields_to != NULL && yaml_member(node, key->yields_to) != NULL)
			continue;
		(void)source_setting_read(&quiet, key, m, source);
		source->key_marks[source_key_index(source->kind, key->name)] = m->name_mark;
	}
}

/* `kind_known`: otherwise the kind only stands in, and keys of others are only looked at. */
static void read_members(const struct reading *reading, const struct yaml_node *node,
			 bool kind_known, uint64_t *given, struct source_config *source)
{
	for (const struct yaml_node *m = node->first; m != NULL; m = m->next) {
		struct reading r = *reading;
		const struct source_kind *owner =
			member_owner(&r.place, m, source->kind, !kind_known);
		if (owner == NULL)
			continue;
		const struct key *key = kind_key(owner, m->name);
		size_t i = source_key_index(owner, m->name);
		r.place.key = key->name;
		if (owner != source->kind) {
			source_setting_try(&r, owner, key, m);
			continue;
		}
		*given |= UINT64_C(1) << i;
		source->key_marks[i] = m->name_mark;
		(void)source_setting_read(&r, key, m, source);
	}
}

static char *origin_text(const char *file, struct text_mark mark)
{
	struct buf text;

	buf_init(&text, 65536);
	buf_printf(&text, "%s:%u:%u", file, mark.line, mark.column);
	char *taken = buf_take(&text);
	buf_release(&text);
	return taken;
}

/* Whether something in it was reported while the text was read or its variables were put in. */
static bool any_refused(const struct yaml_node *node)
{
	bool refused = node->refused;

	for (const struct yaml_node *child = node->first; child != NULL; child = child->next)
		refused = refused || any_refused(child); /* as deep as YAML_DEPTH_MAX */
	return refused;
}

/* `key:value` without a blank is a single value for YAML. */
static const char *colon_hint(const struct yaml_node *node)
{
	bool colon = node->kind == YAML_SCALAR && strchr(node->text, ':') != NULL;

	return colon ? "; a blank is missing behind a colon" : "";
}

/* Finishes a source that was read, and adds it to the configuration, which takes it over. */
static void add_source_take(struct loading *l, const struct yaml_node *node,
			    struct source_config *source)
{
	source->origin = origin_text(l->findings.file, node->mark);
	source->file = strdup(l->findings.file);
	if (source->origin == NULL || source->file == NULL ||
	    !source_config_finish(source, l->ca_file)) {
		source_config_free(source);
		l->out_of_memory = true;
	} else if (!config_add_source(l->config, source)) {
		l->out_of_memory = true;
	}
}

static void read_source(struct loading *l, const struct yaml_node *node, size_t number)
{
	char where[WHERE_SIZE];
	struct reading reading = { .folder = l->folder,
				   .out_of_memory = &l->out_of_memory,
				   .place = { .findings = &l->findings, .where = where } };
	uint64_t given = 0; /* bit i: source_key(i), also when its value was refused */

	where_text(node, number, where);
	if (node->refused)
		return;
	if (node->kind != YAML_MAP) {
		finding_add(&reading.place, node->mark, "must be a mapping of keys, not %s%s",
			    yaml_kind_text(node), colon_hint(node));
		return;
	}
	size_t problems_before = l->findings.problem_count;
	const struct source_kind *kind = member_kind(&reading.place, node);
	struct source_config *source =
		source_config_new(kind != NULL ? kind : member_nearest_kind(node));
	if (source == NULL) {
		l->out_of_memory = true;
		return;
	}
	apply_defaults(l, node, source);
	read_members(&reading, node, kind != NULL, &given, source);
	if (yaml_member(node, "id") == NULL) {
		reading.place.key = "id";
		finding_add(&reading.place, node->mark,
			    "is missing: a short unique name, the label `source`");
		reading.place.key = NULL;
	}
	if (kind != NULL)
		rules_check(&reading.place, node->mark, given, source);
	source->partial = l->findings.problem_count > problems_before || any_refused(node);
	add_source_take(l, node, source);
}

/* Ids are compared in the tree, where their lines are. */
static void check_unique(struct loading *l)
{
	size_t number = 0;

	for (const struct yaml_node *s = l->sources->first; s != NULL; s = s->next) {
		const struct yaml_node *id = yaml_member(s, "id");
		char where[WHERE_SIZE];
		struct place place = { .findings = &l->findings, .where = where, .key = "id" };
		where_text(s, ++number, where);
		if (id == NULL || id->kind != YAML_SCALAR || id->text[0] == '\0')
			continue;
		for (const struct yaml_node *b = l->sources->first; b != s; b = b->next) {
			const struct yaml_node *other = yaml_member(b, "id");
			if (other == NULL || other->kind != YAML_SCALAR ||
			    strcmp(other->text, id->text) != 0)
				continue;
			finding_add(&place, id->mark, "was used before, on line %u; ids are unique",
				    other->mark.line);
			break;
		}
	}
}

/* `-id: a` without a blank is a key for YAML. */
static const char *dash_hint(const struct yaml_node *sources)
{
	bool dash = sources->kind == YAML_MAP && sources->first != NULL &&
		    sources->first->name[0] == '-';

	return dash ? "; a blank is missing behind the -" : "";
}

static void read_sources(struct loading *l)
{
	struct place place = { .findings = &l->findings, .key = "sources" };
	size_t number = 0;

	if (l->sources == NULL) {
		finding_add(&place, MARK_START, "is missing: the list of what is to be watched");
		return;
	}
	if (l->sources->refused)
		return;
	if (l->sources->kind != YAML_LIST || l->sources->count == 0) {
		finding_add(&place, l->sources->mark,
			    "must be a list with at least one source (`- id: ...`), not %s%s",
			    l->sources->kind == YAML_LIST ? "an empty list"
							  : yaml_kind_text(l->sources),
			    dash_hint(l->sources));
		return;
	}
	for (const struct yaml_node *s = l->sources->first; s != NULL; s = s->next)
		read_source(l, s, ++number);
	check_unique(l);
}

static void read_top(struct loading *l, const struct yaml_node *root)
{
	static const char *const names[] = { "workers", "defaults", "sources" };
	static const struct key workers_key = { .type = KEY_NUMBER,
						.offset = offsetof(struct config, workers),
						.min = 1,
						.max = WORKERS_MAX };
	struct reading reading = { .out_of_memory = &l->out_of_memory,
				   .place = { .findings = &l->findings } };

	if (root->refused)
		return;
	if (root->kind != YAML_MAP) {
		finding_add(&reading.place, root->mark,
			    "must be a mapping with the key `sources`, but holds %s%s",
			    yaml_kind_text(root), colon_hint(root));
		return;
	}
	for (const struct yaml_node *m = root->first; m != NULL; m = m->next) {
		struct suggestion suggestion;
		suggest_start(&suggestion, m->name);
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			suggest_offer(&suggestion, names[i]);
		const char *best = suggest_best(&suggestion);
		if (m->first_line != 0)
			value_report_twice(&reading.place, m);
		else if (best == NULL || strcmp(best, m->name) != 0)
			value_report_unknown(&reading.place, m, best);
	}
	const struct yaml_node *workers = yaml_member(root, "workers");
	reading.place.key = "workers";
	if (workers != NULL)
		(void)value_put(&reading, &workers_key, workers, l->config);
	l->defaults = yaml_member(root, "defaults");
	l->sources = yaml_member(root, "sources");
	check_defaults(l);
	read_sources(l);
}

enum status config_parse(const char *text, size_t len, const char *file, const char *folder,
			 const char *ca_file, struct config **ret_config, struct problems *problems)
{
	struct loading l = { .folder = folder, .ca_file = ca_file };
	enum status status = STATUS_SYNTAX;

	findings_init(&l.findings, file);
	l.config = config_new();
	struct yaml_node *root = l.config != NULL ? yaml_read(text, len, &l.findings) : NULL;
	l.out_of_memory = l.config == NULL;
	if (root != NULL) {
		expand_all(&l, root);
		read_top(&l, root);
	}
	bool readable = root != NULL && !l.out_of_memory;
	yaml_tree_free(root);
	if (l.out_of_memory) {
		struct place place = { .findings = &l.findings };
		finding_add(&place, MARK_START, "out of memory");
		status = STATUS_MEMORY;
	}
	if (l.findings.problem_count == 0)
		status = STATUS_OK;
	if (!readable) {
		config_free(l.config);
		l.config = NULL;
	}
	*ret_config = l.config;
	findings_finish(&l.findings, problems);
	return status;
}

/* The absolute folder of a file, so that paths stay right whatever the working directory is. */
static char *folder_of(const char *path)
{
	char *copy = strdup(path);
	char *here = path[0] == '/' ? strdup("/") : getcwd(NULL, 0);
	char *folder = NULL;

	if (copy != NULL && here != NULL) {
		const char *parent = dirname(copy);
		folder = file_path_join(here, strcmp(parent, ".") == 0 ? "" : parent);
	}
	free(copy);
	free(here);
	return folder;
}

enum status config_load(const char *path, const char *ca_file, struct config **ret_config,
			struct problems *problems)
{
	struct buf text;
	struct error error = { "" };

	*ret_config = NULL;
	buf_init(&text, YAML_SIZE_MAX);
	enum status status = file_read(path, &text, NULL, &error);
	if (status != STATUS_OK) {
		problem_add(problems, "%s", error.text);
		buf_wipe_release(&text);
		return status;
	}
	char *folder = folder_of(path);
	if (folder == NULL) {
		problem_add(problems, "%s: out of memory", path);
		status = STATUS_MEMORY;
	} else {
		status = config_parse(buf_text(&text), text.len, path, folder, ca_file, ret_config,
				      problems);
	}
	free(folder);
	buf_wipe_release(&text);
	return status;
}
