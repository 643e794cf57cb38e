/* Variables of the environment that nobody may give orders by. */
#include "base/environment.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/text.h"

#define NAME_MAX_LEN 127

static bool is_unwanted(const char *name)
{
	static const char *const names[] = {
		"SSLKEYLOGFILE", /* libcurl, GnuTLS, some builds of OpenSSL */
		"OPENSSL_CONF",     "OPENSSL_CONF_INCLUDE", /* may load any module */
		"OPENSSL_ENGINES",  "OPENSSL_MODULES",      /* likewise */
		"CURL_SSL_BACKEND", "CTLOG_FILE",
	};
	static const char *const prefixes[] = {
		"GNUTLS_",  /* debug output, priorities */
		"P11_KIT_", /* modules of GnuTLS, debug output */
	};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
		if (text_starts_with(name, prefixes[i]))
			return true;
	}
	return false;
}

/* The name in front of the `=`; false when it is longer than any that is looked for. */
static bool name_of(const char *entry, char ret_name[NAME_MAX_LEN + 1])
{
	size_t len = strcspn(entry, "=");

	if (len > NAME_MAX_LEN)
		return false;
	memcpy(ret_name, entry, len);
	ret_name[len] = '\0';
	return true;
}

/* Adds a name if there is room for it. */
static void add_name(char ret_names[ENVIRONMENT_NAMES_SIZE], const char *name)
{
	size_t used = strlen(ret_names);
	const char *blank = used > 0 ? " " : "";

	if (used + strlen(blank) + strlen(name) < ENVIRONMENT_NAMES_SIZE)
		(void)snprintf(ret_names + used, ENVIRONMENT_NAMES_SIZE - used, "%s%s", blank,
			       name);
}

void environment_clean(char ret_names[ENVIRONMENT_NAMES_SIZE])
{
	char name[NAME_MAX_LEN + 1];
	size_t i = 0;

	ret_names[0] = '\0';

	while (environ != NULL && environ[i] != NULL) {
		if (!name_of(environ[i], name) || !is_unwanted(name) || unsetenv(name) != 0) {
			i++;
			continue;
		}
		add_name(ret_names, name); /* the next entry is now at `i` */
	}
}
