#ifndef SOURCE_KINDS_H
#define SOURCE_KINDS_H

#include "source/source.h"

/* The kinds of sources that exist: the interface to all of them, and the words that they use. All
 * functions but the three about one source are thread-safe. */

/* -- one source ------------------------------------------------------------------------- */

/* STATUS_OK or STATUS_MEMORY. No I/O. */
enum status source_open(const struct source_context *context,
			struct source **ret_source) MUST_CHECK;

/* One whole refresh, bounded by refresh_timeout. NULL only without memory: then nothing is known of
 * this attempt but that. The caller owns the result (source_result_free()). */
struct source_result *source_refresh(struct source *source) MUST_CHECK;

void source_close(struct source *source); /* NULL is fine */

/* -- the words of all kinds -------------------------------------------------------------- */

/* The static string for the name of a level of any kind, NULL if it is none. */
const char *source_level_name(const char *name);

/* The static string for the type of a store of any kind ("" is one), NULL if it is none. */
const char *source_type_name(const char *name);
/* Every value of the label `type`, one for each `i` from 0; NULL after the last one. Those that the
 * content decides come first. */
const char *source_type_at(size_t i);

/* True for a type that the content decides. */
bool source_type_is_of_content(const char *type);

/* The tables of a kind. */
/* The row of a level, NULL if the kind has no level of this name. */
const struct known_level *source_known_level(const struct source_kind *kind, const char *name);
/* The row of a type that the kind gives its stores, NULL if it gives no such type. */
const struct known_type *source_known_type(const struct source_kind *kind, const char *name);

/* The name of a part of a kind, by which state files know it: certificates, saml_trust, ... "" for
 * what is no part. */
const char *source_part_name(const struct source_kind *kind, unsigned part);
/* STATUS_OK, or STATUS_SYNTAX: the kind has no part of this name. */
enum status source_part_parse(const struct source_kind *kind, const char *name,
			      unsigned *ret_part) MUST_CHECK;

/* The templates of the requests of a source of this kind; NULL if it makes none. Static storage. */
const struct word_list *source_endpoints(const struct source_kind *kind);

/* Whether a source of this kind may fail at this stage for this reason. */
bool source_error_is_possible(const struct source_kind *kind, enum stage stage, enum status reason);

/* -- what the configuration asks for ---------------------------------------------------- */

/* False for a level that the configuration does not ask for: older knowledge of it is not shown. */
bool source_wants_level(const struct source_config *config, const char *level);
/* The same for a store of a level: filters and settings may have changed since it was read. */
bool source_wants_store(const struct source_config *config, const struct source_store *store);

#endif
