#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

/*
 * Compares `text` with tests/golden/`file` and fails the cmocka test that runs when they differ.
 * With UPDATE_GOLDEN in the environment the file is written anew; look at the difference then.
 */
void golden_check(const char *file, const char *text);

#endif
