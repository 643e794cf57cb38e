/* Whether knowledge is of the last attempt of its source, and when it was read otherwise. */
#include "inventory/freshness.h"

/* The end of an attempt is its identity: level_merge() recorded exactly the same value. */
bool level_is_of_last_attempt(const struct source_facts *facts, const struct source_level *level)
{
	return facts->has_attempt && !(level->read_s < facts->last_attempt_s) &&
	       !(level->read_s > facts->last_attempt_s);
}

struct freshness freshness_of_store(const struct source_facts *facts,
				    const struct source_level *level,
				    const struct source_store *store)
{
	bool stale = store->kept || !level_is_of_last_attempt(facts, level);

	return (struct freshness){ stale, store->read_s };
}

struct freshness freshness_oldest(struct freshness a, struct freshness b)
{
	return (struct freshness){ a.stale || b.stale,
				   a.as_of_s < b.as_of_s ? a.as_of_s : b.as_of_s };
}

struct freshness freshness_of_parts(const struct source_facts *facts,
				    const struct source_level *level, unsigned parts)
{
	struct freshness oldest = { true, 0 };
	bool first = true;

	if (level == NULL)
		return oldest;
	for (size_t i = 0; i < LEVEL_PARTS_MAX; i++) {
		if ((parts & (1u << i)) == 0)
			continue;
		bool whole = (level->whole & (1u << i)) != 0;
		struct freshness part = {
			!whole || !level_is_of_last_attempt(facts, level),
			whole ? level->read_s : level->listed_s[i],
		};
		oldest = first ? part : freshness_oldest(oldest, part);
		first = false;
	}
	return oldest;
}

struct freshness freshness_of_level(const struct source_facts *facts,
				    const struct source_level *level)
{
	unsigned listed = level->whole;

	for (size_t i = 0; i < LEVEL_PARTS_MAX; i++) {
		if (level->listed_s[i] > 0)
			listed |= 1u << i;
	}
	if (listed != 0 || !facts->has_attempt)
		return freshness_of_parts(facts, level, listed);
	/* never listed whole: only single stores can be old */
	struct freshness oldest = { false, level->store_count > 0 ? level->read_s : 0 };
	for (size_t i = 0; i < level->store_count; i++) {
		struct freshness store = freshness_of_store(facts, level, &level->stores[i]);
		if (store.stale)
			oldest = freshness_oldest(oldest, store);
	}
	return oldest;
}
