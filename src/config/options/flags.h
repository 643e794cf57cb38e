#ifndef CONFIG_OPTIONS_FLAGS_H
#define CONFIG_OPTIONS_FLAGS_H

#include <stdbool.h>
#include <stddef.h>

#include "config/keys.h"
#include "config/options.h"

/*
 * The flags in one table: what reads the command line, reads the environment and prints the help
 * walks over it. The inside of options.h.
 */
#define PROGRAM_NAME "btp_cert_exporter"
#define ENV_PREFIX   "BTP_CERT_EXPORTER_"

struct flag {
	struct key key;      /* its name is without the dashes, its field in struct options */
	const char *group;   /* heading in the help; NULL: that of the flag before */
	const char *value;   /* name of the value in the help; NULL: it has none to show */
	const char *initial; /* the default in the help, NULL: none */
	const char *help;
	/* What the flag means without a value, which then can only be given with `=`; NULL: it
	 * takes the next word. */
	const char *alone;
	bool negatable; /* --no-... is `false` */
	bool command;   /* --help, --version: no value, no variable, no field */
};

#define FLAGS_MAX     32
#define FLAG_NAME_MAX 48

const struct flag *option_flag(size_t i); /* NULL behind the last one */

/* BTP_CERT_EXPORTER_WEB_LISTEN_ADDRESS for web.listen-address. */
#define ENV_NAME_SIZE 96
void option_env_name(const struct flag *flag, char ret_name[ENV_NAME_SIZE]);

#endif
