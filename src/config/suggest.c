/* The known word nearest to a mistyped one: a table of edit distances, no more. */
#include "config/suggest.h"

#include <string.h>

#define WORD_MAX 48 /* no key or flag is longer; longer words are not typing mistakes */

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Missing, added, changed and swapped neighbouring letters between two short words. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t cost[WORD_MAX + 1][WORD_MAX + 1];

	for (size_t i = 0; i <= a_len; i++)
		cost[i][0] = i;
	for (size_t j = 0; j <= b_len; j++)
		cost[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		for (size_t j = 1; j <= b_len; j++) {
			size_t change = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			size_t best = smaller(cost[i - 1][j], cost[i][j - 1]) + 1;
			best = smaller(best, change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				best = smaller(best, cost[i - 2][j - 2] + 1);
			cost[i][j] = best;
		}
	}
	return cost[a_len][b_len];
}

void suggest_start(struct suggestion *suggestion, const char *word)
{
	*suggestion = (struct suggestion){ .word = word };
}

void suggest_offer(struct suggestion *suggestion, const char *candidate)
{
	size_t word_len = strlen(suggestion->word);
	size_t len = strlen(candidate);

	if (word_len > WORD_MAX || len > WORD_MAX || word_len == 0)
		return;
	size_t d = distance(suggestion->word, word_len, candidate, len);
	size_t allowed = len < 4 ? 1 : len / 3;
	if (d > allowed || d >= word_len)
		return;
	if (suggestion->best == NULL || d < suggestion->distance) {
		suggestion->best = candidate;
		suggestion->distance = d;
	}
}

const char *suggest_best(const struct suggestion *suggestion)
{
	return suggestion->best;
}
