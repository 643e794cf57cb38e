/* Checks that many texts of a configuration have in common. */
#include "config/text_check.h"

#include <stdint.h>

bool text_has_control(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((uint8_t)*text < 0x20 || *text == 0x7F ||
		    ((uint8_t)text[0] == 0xC2 && (uint8_t)text[1] < 0xA0))
			return true;
	}
	return false;
}

enum status text_check_line(const char *text, char **ret_text, struct error *error)
{
	(void)ret_text;
	if (text_has_control(text))
		return error_set(error, STATUS_SYNTAX, "has a line feed or control character");
	return STATUS_OK;
}
