#ifndef INVENTORY_STATE_READ_STORE_H
#define INVENTORY_STATE_READ_STORE_H

#include "inventory/state/reader.h"

/*
 * Reads one store of a state file into the level `into` (struct source_level). A store with a word
 * that is not known, anywhere in it, is left out: without its state, or with a gap in a chain, it
 * would be shown as something else than it was.
 */
enum status state_read_store(struct state_reader *reader, void *into,
			     struct json_span span) MUST_CHECK;

#endif
