#ifndef CONFIG_YAML_TREE_H
#define CONFIG_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "config/findings.h"

/*
 * A YAML file (libyaml, YAML 1.1) as a small tree that remembers places. Refused, each with its
 * place: anchors and aliases, tags, several documents, keys that are no plain text, NUL characters,
 * and more than the limits below. Members that occur twice stay in the tree and are marked, so that
 * the caller reports them at their place. The file is untrusted. Not thread-safe.
 */
#define YAML_SIZE_MAX    (1024UL * 1024) /* the configuration of thousands of sources is smaller */
#define YAML_DEPTH_MAX   16              /* the formats read here need 5 */
#define YAML_NODES_MAX   100000          /* bounds the memory of the tree to some 10 MiB */
#define YAML_MEMBERS_MAX 2000            /* keys of one map: they are compared with each other */

enum yaml_kind { YAML_NOTHING, YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
	enum yaml_kind kind;   /* YAML_NOTHING: an empty value, `~` or `null` */
	struct text_mark mark; /* where it begins */
	bool plain;            /* a scalar without quotes: it may mean a number or a truth value */
	bool refused;          /* was reported while reading: say no more about it */
	bool from_environment; /* a variable was put in, see expand.h */
	char *text;            /* scalars: UTF-8, no NUL; wiped when freed */
	size_t text_len;

	/* as a member of a map */
	char *name;
	struct text_mark name_mark;
	uint32_t first_line; /* not 0: the name occurred before, on that line */

	struct yaml_node *first; /* elements of a list, members of a map */
	struct yaml_node *last;
	struct yaml_node *next;
	size_t count;
};

/*
 * Reads one document; an empty one gives a node of kind YAML_NOTHING. NULL when the text is no YAML
 * or memory is missing: then there is at least one finding. A tree may come with findings too.
 */
struct yaml_node *yaml_read(const char *text, size_t len, struct findings *findings);
/* NULL is fine. */
void yaml_tree_free(struct yaml_node *node);

/* The first member of that name; NULL if there is none, or `map` is NULL or no map. */
const struct yaml_node *yaml_member(const struct yaml_node *map, const char *name);

/* What a node is, for messages: "a list". */
const char *yaml_kind_text(const struct yaml_node *node);

#endif
