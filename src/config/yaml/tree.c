/*
 * YAML by libyaml's events: a tree with places and limits. It knows nothing of keys or values; the
 * readers of its trees do (file/, web/).
 */
#include "config/yaml/tree.h"

#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/secret.h"
#include "config/yaml/fault.h"

struct builder {
	yaml_parser_t parser;
	struct place place; /* without a key: problems of the whole file */
	const char *text;   /* all of the file, for report_syntax() */
	size_t text_len;
	size_t nodes;
	bool stop; /* a problem after which nothing more is read */
};

const char *yaml_kind_text(const struct yaml_node *node)
{
	switch (node->kind) {
	case YAML_NOTHING:
		return "nothing";
	case YAML_SCALAR:
		return "a single value";
	case YAML_LIST:
		return "a list";
	case YAML_MAP:
		return "a mapping";
	}
	return "something else";
}

void yaml_tree_free(struct yaml_node *node)
{
	while (node != NULL) {
		struct yaml_node *next = node->next;
		yaml_tree_free(node->first); /* as deep as YAML_DEPTH_MAX */
		secret_free_text(node->text);
		secret_free_text(node->name);
		free(node);
		node = next;
	}
}

const struct yaml_node *yaml_member(const struct yaml_node *map, const char *name)
{
	if (map == NULL || map->kind != YAML_MAP)
		return NULL;
	for (const struct yaml_node *member = map->first; member != NULL; member = member->next) {
		if (strcmp(member->name, name) == 0)
			return member;
	}
	return NULL;
}

static struct text_mark mark_of(yaml_mark_t at)
{
	return (struct text_mark){ (uint32_t)at.line + 1, (uint32_t)at.column + 1 };
}

static void stop(struct builder *b, struct text_mark mark, const char *text)
{
	if (!b->stop)
		finding_add(&b->place, mark, "%s", text);
	b->stop = true;
}

static void report_syntax(struct builder *b)
{
	struct yaml_fault fault = yaml_fault_of(&b->parser, b->text, b->text_len);

	stop(b, fault.mark, fault.text);
}

static bool next_event(struct builder *b, yaml_event_t *event)
{
	if (b->stop)
		return false;
	if (yaml_parser_parse(&b->parser, event))
		return true;
	report_syntax(b);
	return false;
}

static struct yaml_node *new_node(struct builder *b, enum yaml_kind kind, yaml_mark_t at)
{
	if (++b->nodes > YAML_NODES_MAX) {
		stop(b, mark_of(at), "more values than any sensible file has; reading stops here");
		return NULL;
	}
	struct yaml_node *node = calloc(1, sizeof(*node));
	if (node == NULL) {
		stop(b, mark_of(at), "out of memory");
		return NULL;
	}
	node->kind = kind;
	node->mark = mark_of(at);
	return node;
}

static void refuse(struct builder *b, struct yaml_node *node, const char *text)
{
	finding_add(&b->place, node->mark, "%s", text);
	node->refused = true;
}

static bool means_nothing(const struct yaml_node *node)
{
	return node->plain && (node->text_len == 0 || strcmp(node->text, "~") == 0 ||
			       strcmp(node->text, "null") == 0 || strcmp(node->text, "Null") == 0 ||
			       strcmp(node->text, "NULL") == 0);
}

static struct yaml_node *scalar_node(struct builder *b, const yaml_event_t *event)
{
	const char *value = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	struct yaml_node *node = new_node(b, YAML_SCALAR, event->start_mark);

	if (node == NULL)
		return NULL;
	node->text = malloc(len + 1);
	if (node->text == NULL) {
		stop(b, node->mark, "out of memory");
		return node;
	}
	memcpy(node->text, value, len);
	node->text[len] = '\0';
	node->text_len = len;
	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (event->data.scalar.tag != NULL)
		refuse(b, node,
		       "tags such as !!str are not supported; remove it, or put a text that "
		       "begins with ! in quotes");
	else if (memchr(value, '\0', len) != NULL)
		refuse(b, node, "a text with a NUL character");
	if (means_nothing(node))
		node->kind = YAML_NOTHING;
	return node;
}

static void check_anchor(struct builder *b, struct yaml_node *node, const yaml_char_t *anchor)
{
	if (anchor != NULL)
		refuse(b, node,
		       "anchors (&name) are not supported; write the value out, or put a text "
		       "that begins with & in quotes");
}

static void check_collection(struct builder *b, struct yaml_node *node, const yaml_char_t *anchor,
			     const yaml_char_t *tag)
{
	check_anchor(b, node, anchor);
	if (tag != NULL)
		refuse(b, node, "tags such as !!map are not supported; remove it");
}

/* The node an event begins, without what is inside it. NULL: stopped. */
static struct yaml_node *begin_node(struct builder *b, const yaml_event_t *event)
{
	struct yaml_node *node = NULL;

	switch (event->type) {
	case YAML_SCALAR_EVENT:
		node = scalar_node(b, event);
		if (node != NULL)
			check_anchor(b, node, event->data.scalar.anchor);
		return node;
	case YAML_SEQUENCE_START_EVENT:
		node = new_node(b, YAML_LIST, event->start_mark);
		if (node != NULL)
			check_collection(b, node, event->data.sequence_start.anchor,
					 event->data.sequence_start.tag);
		return node;
	case YAML_MAPPING_START_EVENT:
		node = new_node(b, YAML_MAP, event->start_mark);
		if (node != NULL)
			check_collection(b, node, event->data.mapping_start.anchor,
					 event->data.mapping_start.tag);
		return node;
	case YAML_ALIAS_EVENT:
		node = new_node(b, YAML_NOTHING, event->start_mark);
		if (node != NULL)
			refuse(b, node,
			       "aliases (*name) are not supported; write the value out, or put a "
			       "text that begins with * in quotes");
		return node;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		break;
	}
	stop(b, mark_of(event->start_mark), "not valid YAML: a value is missing");
	return NULL;
}

static void append(struct yaml_node *parent, struct yaml_node *child)
{
	if (parent->last != NULL)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
	parent->count++;
}

static struct yaml_node *read_node(struct builder *b, const yaml_event_t *event, size_t depth);

static void read_list(struct builder *b, struct yaml_node *list, size_t depth)
{
	yaml_event_t event;

	while (next_event(b, &event)) {
		bool end = event.type == YAML_SEQUENCE_END_EVENT;
		struct yaml_node *item = end ? NULL : read_node(b, &event, depth + 1);
		yaml_event_delete(&event);
		if (item == NULL)
			return;
		append(list, item);
	}
}

/* The value of a member whose name was read into `name`. */
static void read_member(struct builder *b, struct yaml_node *map, struct yaml_node *name,
			size_t depth)
{
	yaml_event_t event;

	if (!next_event(b, &event))
		return;
	struct yaml_node *value = read_node(b, &event, depth + 1);
	yaml_event_delete(&event);
	if (value == NULL)
		return;
	bool usable = name->text != NULL && !name->refused;
	if (!usable) {
		if (!name->refused)
			finding_add(
				&b->place, name->mark,
				"a key must be a single word, not %s; a text that begins with [ "
				"or { needs quotes",
				yaml_kind_text(name));
		yaml_tree_free(value);
		return;
	}
	if (map->count >= YAML_MEMBERS_MAX) {
		stop(b, name->mark, "more keys in one mapping than any sensible file has");
		yaml_tree_free(value);
		return;
	}
	const struct yaml_node *before = yaml_member(map, name->text);
	value->name = name->text;
	name->text = NULL;
	value->name_mark = name->mark;
	value->first_line = before != NULL ? before->name_mark.line : 0;
	append(map, value);
}

static void read_map(struct builder *b, struct yaml_node *map, size_t depth)
{
	yaml_event_t event;

	while (next_event(b, &event)) {
		bool end = event.type == YAML_MAPPING_END_EVENT;
		struct yaml_node *name = end ? NULL : read_node(b, &event, depth + 1);
		yaml_event_delete(&event);
		if (name == NULL)
			return;
		read_member(b, map, name, depth);
		yaml_tree_free(name);
	}
}

/* The node that `event` begins, with all that is inside. NULL: stopped, nothing to free. */
static struct yaml_node *read_node(struct builder *b, const yaml_event_t *event, size_t depth)
{
	struct yaml_node *node = begin_node(b, event);

	if (node == NULL)
		return NULL;
	if (depth > YAML_DEPTH_MAX)
		stop(b, node->mark, "nested deeper than any setting is");
	else if (node->kind == YAML_LIST)
		read_list(b, node, depth);
	else if (node->kind == YAML_MAP)
		read_map(b, node, depth);
	if (b->stop) {
		yaml_tree_free(node);
		return NULL;
	}
	return node;
}

/* The one document between start and end of the stream. */
static struct yaml_node *read_document(struct builder *b)
{
	struct yaml_node *root = NULL;
	yaml_event_t event;
	bool end = false;

	while (!end && next_event(b, &event)) {
		switch (event.type) {
		case YAML_NO_EVENT:
		case YAML_STREAM_START_EVENT:
		case YAML_DOCUMENT_END_EVENT:
			break;
		case YAML_STREAM_END_EVENT:
			end = true;
			break;
		case YAML_DOCUMENT_START_EVENT:
			if (root != NULL)
				stop(b, mark_of(event.start_mark),
				     "a second document (---); one file holds one document");
			break;
		case YAML_ALIAS_EVENT:
		case YAML_SCALAR_EVENT:
		case YAML_SEQUENCE_START_EVENT:
		case YAML_SEQUENCE_END_EVENT:
		case YAML_MAPPING_START_EVENT:
		case YAML_MAPPING_END_EVENT:
			if (root == NULL) /* libyaml lets a document have one root only */
				root = read_node(b, &event, 1);
			break;
		}
		yaml_event_delete(&event);
	}
	if (root == NULL && !b->stop)
		root = new_node(b, YAML_NOTHING, (yaml_mark_t){ 0 });
	if (b->stop) {
		yaml_tree_free(root);
		root = NULL;
	}
	return root;
}

struct yaml_node *yaml_read(const char *text, size_t len, struct findings *findings)
{
	struct builder b = {
		.place = { .findings = findings },
		.text = text,
		.text_len = len,
	};
	struct yaml_node *root = NULL;

	if (len > YAML_SIZE_MAX) {
		stop(&b, MARK_START, "larger than 1 MiB");
		return NULL;
	}
	if (!yaml_parser_initialize(&b.parser)) {
		stop(&b, MARK_START, "out of memory");
		return NULL;
	}
	yaml_parser_set_input_string(&b.parser, (const unsigned char *)text, len);
	root = read_document(&b);
	yaml_parser_delete(&b.parser);
	return root;
}
