#ifndef CONFIG_OPTIONS_FLAGS_H
#define CONFIG_OPTIONS_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/options.h"

/*
 * The flags in one table: what reads the command line, reads the environment and prints the help
 * walks over it. The inside of options.h.
 */
#define PROGRAM_NAME "btp_cert_exporter"
#define ENV_PREFIX   "BTP_CERT_EXPORTER_"

enum flag_type {
	FLAG_TEXT,     /* char * */
	FLAG_LIST,     /* struct string_list; repeatable */
	FLAG_BOOL,     /* bool; also --no-... */
	FLAG_NUMBER,   /* uint32_t, min..max */
	FLAG_DURATION, /* uint32_t seconds, min..max */
	FLAG_CHOICE,   /* an enum of the size of uint32_t, one of `choices` */
	FLAG_ONCE,     /* likewise; `--once` alone is the first choice; only with `=` */
	FLAG_SWITCH,   /* likewise, and also --no-..., `true` (the first choice) and `false` (0) */
	FLAG_HELP,
	FLAG_VERSION,
};

struct flag {
	const char *name; /* without the dashes */
	enum flag_type type;
	size_t offset;       /* in struct options */
	const char *group;   /* heading in the help; NULL: that of the flag before */
	const char *value;   /* name of the value in the help */
	const char *initial; /* the default in the help, NULL: none */
	const char *help;
	uint32_t min;
	uint32_t max;
	const char *const *choices; /* NULL-terminated */
	/* NULL when the value is fine, else what is wrong with it. */
	const char *(*fault)(const char *value);
};

#define FLAG_NAME_MAX 48

const struct flag *option_flag(size_t i); /* NULL behind the last one */

/* BTP_CERT_EXPORTER_WEB_LISTEN_ADDRESS for web.listen-address. */
#define ENV_NAME_SIZE 96
void option_env_name(const struct flag *flag, char ret_name[ENV_NAME_SIZE]);

#endif
