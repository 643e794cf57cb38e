#ifndef CONFIG_SHARD_H
#define CONFIG_SHARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

/*
 * `--shard=I/N`: which part of the sources this process watches. A source belongs to shard
 * 1 + h mod N, where h is the number that the first 8 bytes of the SHA-256 of its id make, most
 * significant first (docs/operations.md). This never changes: who does would move sources between
 * the processes of everybody. Thread-safe.
 */
#define SHARDS_MAX 1000

struct shard {
	uint32_t index; /* 1 to count */
	uint32_t count; /* 0: no shards, all sources */
};

#define SHARD_RULE "must be I/N with I from 1 to N and N up to 1000, for example 1/3"

/* Takes all of `text` apart; NULL is no shards. False when it is none. */
bool shard_parse(const char *text, struct shard *ret_shard);

/* The shard (1 to `count`) of a source. STATUS_OK or STATUS_MEMORY. */
enum status shard_of_source(const char *id, uint32_t count, uint32_t *ret_index) MUST_CHECK;

#endif
