#ifndef CONFIG_SUGGEST_H
#define CONFIG_SUGGEST_H

#include <stddef.h>

/*
 * "Did you mean": the known word nearest to a mistyped one, by the number of single letters that
 * are missing, added, changed or swapped (optimal string alignment). No allocation; thread-safe.
 */
struct suggestion {
	const char *word;
	const char *best; /* NULL: nothing is near enough */
	size_t distance;
};

/* `word` must stay valid until the last offer. */
void suggest_start(struct suggestion *suggestion, const char *word);
/* One known word, which must stay valid while the suggestion is used. */
void suggest_offer(struct suggestion *suggestion, const char *candidate);
/* NULL when no offered word is near: more than a third of its letters differ. */
const char *suggest_best(const struct suggestion *suggestion);

#endif
