#ifndef CONFIG_WEB_KEYS_H
#define CONFIG_WEB_KEYS_H

#include <stdbool.h>

#include "config/findings.h"
#include "config/source_config.h"
#include "config/web_config.h"
#include "config/yaml/tree.h"

/* The keys of the web configuration, read one by one. What they mean together is checked in
 * web_config.c. */

/* A PEM text as the file gives it: the name of a file, or inline, or both. */
struct pem_source {
	struct secret_setting given;
	struct text_mark mark; /* line 0: not given at all */
};

struct web_reading {
	struct findings *findings;
	const char *folder; /* of the file: relative paths begin there */
	struct web_config config;
	struct pem_source certificate;
	struct pem_source private_key;
	struct pem_source client_ca;
	bool prefer_server_cipher_suites; /* without effect: the server's order always decides, as
					   * in Go since 1.17 */
	/* where they were given; line 0: not at all */
	struct text_mark client_auth_mark;
	struct text_mark version_mark; /* of min_version or max_version */
	struct text_mark suites_mark;
	struct text_mark sans_mark;
	struct text_mark curves_mark;
	struct text_mark rate_mark;
	bool out_of_memory;
};

/* Reads every key of the tree into `reading`; mistakes become findings. */
void web_read_tree(struct web_reading *reading, const struct yaml_node *root);

#endif
