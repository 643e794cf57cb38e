/* Remembers which words of a state file were not understood. */
#include "inventory/state/unknown.h"

#include <string.h>

#include "base/text.h"

void state_unknown_note(struct state_unknown *unknown, const char *what, const char *word)
{
	struct state_unknown_word *known = unknown->words;
	char shown[sizeof(known->word)];

	text_printable_into(shown, sizeof(shown), word, strlen(word));
	for (size_t i = 0; i < unknown->count; i++) {
		if (strcmp(known[i].what, what) == 0 && strcmp(known[i].word, shown) == 0) {
			known[i].times++;
			return;
		}
	}
	if (unknown->count == STATE_UNKNOWN_MAX) {
		unknown->more = true;
		return;
	}
	known = &known[unknown->count++];
	known->what = what;
	known->times = 1;
	memcpy(known->word, shown, sizeof(shown));
}

void state_unknown_put(const struct state_unknown *unknown, struct buf *buf)
{
	for (size_t i = 0; i < unknown->count; i++) {
		const struct state_unknown_word *known = &unknown->words[i];
		buf_printf(buf, "%s%s \"%s\"", i > 0 ? ", " : "", known->what, known->word);
		if (known->times > 1)
			buf_printf(buf, " (%zu times)", known->times);
	}
	if (unknown->more)
		buf_puts(buf, ", and others");
}
