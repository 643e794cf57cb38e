/* Golden files. */
#include "golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define GOLDEN_MAX ((size_t)4 * 1024 * 1024)

void golden_check(const char *file, const char *text)
{
	char path[512];
	struct buf golden;
	struct error error = { "" };
	int n = snprintf(path, sizeof(path), "%s/tests/golden/%s", PROJECT_DIR, file);

	assert_true(n > 0 && (size_t)n < sizeof(path));
	if (getenv("UPDATE_GOLDEN") != NULL) {
		FILE *f = fopen(path, "w");
		assert_non_null(f);
		assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
		assert_int_equal(fclose(f), 0);
	}
	buf_init(&golden, GOLDEN_MAX);
	if (file_read(path, &golden, NULL, &error) != STATUS_OK)
		fail_msg("%s", error.text);
	assert_string_equal(text, buf_text(&golden));
	buf_release(&golden);
}
