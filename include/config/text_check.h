#ifndef CONFIG_TEXT_CHECK_H
#define CONFIG_TEXT_CHECK_H

#include <stdbool.h>

#include "base/status.h"

/* What the checks of the tables of keys (config/keys.h) have in common. Thread-safe. */

/* C0, DEL, and C1 in UTF-8. */
bool text_has_control(const char *text);

/* A `check` of struct key: one line of printable text. */
enum status text_check_line(const char *text, char **ret_text, struct error *error);

#endif
