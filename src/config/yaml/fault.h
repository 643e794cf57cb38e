#ifndef CONFIG_YAML_FAULT_H
#define CONFIG_YAML_FAULT_H

#include <stddef.h>

#include <yaml.h>

#include "config/text_mark.h"

/*
 * What is wrong with a text that is no YAML, for the person who wrote it: libyaml names the place
 * where it gives up and what it missed there; this names the place where the mistake begins and
 * what would be right. No text holds anything of the file but single punctuation marks.
 */
#define YAML_FAULT_SIZE 256

struct yaml_fault {
	struct text_mark mark;
	char text[YAML_FAULT_SIZE];
};

/* `parser` has failed; `text` is all of its input. */
struct yaml_fault yaml_fault_of(const yaml_parser_t *parser, const char *text, size_t len);

#endif
