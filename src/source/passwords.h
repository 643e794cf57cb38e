#ifndef SOURCE_PASSWORDS_H
#define SOURCE_PASSWORDS_H

#include <stdint.h>

#include "base/secret.h"
#include "cert/store.h"
#include "config/source_config.h"
#include "source/result.h"

/*
 * The keystore passwords of one refresh: `keystore_passwords` of the configuration, read anew so
 * that mounted secrets can rotate, and optionally passwords that destinations give. Used by one
 * thread.
 */
struct password_item {
	char *pattern; /* of the configuration, or the exact name of a store */
	bool exact;
	struct secret value;
};

struct passwords {
	struct password_item *items;
	size_t count;
};

/* Reads what the configuration names. A password that cannot be read is an issue of stage `config`;
 * the others are used. STATUS_OK or STATUS_MEMORY. */
enum status passwords_read(const struct source_config *config, struct source_result *result,
			   struct passwords *ret_passwords) MUST_CHECK;

/* Adds the password for a store of exactly this name; tried after the configured ones. */
enum status passwords_add(struct passwords *passwords, const char *store,
			  const struct secret *value) MUST_CHECK;
void passwords_release(struct passwords *passwords);

/*
 * The candidates for a store in order, and a digest that changes with them (SHA-256; stays inside
 * the process). `ret_list->items` is released with passwords_list_release(); the secrets stay with
 * `passwords`. STATUS_OK or STATUS_MEMORY.
 */
enum status passwords_for(const struct passwords *passwords, const char *store,
			  struct store_passwords *ret_list, uint8_t ret_digest[32]) MUST_CHECK;
void passwords_list_release(struct store_passwords *list);

#endif
