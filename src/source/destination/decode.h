#ifndef SOURCE_DESTINATION_DECODE_H
#define SOURCE_DESTINATION_DECODE_H

#include "base/json.h"
#include "source/destination/items.h"

/* Answers about one store, turned into its content or its failure. */

/* The answer of .../publicKeys with status 200 for one item. */
void ds_decode_public_keys(struct ds_items *items, struct ds_item *item,
			   const struct http_response *response);

/* The entity itself, `{"Name":…,"Content":…}`. */
void ds_decode_entity(struct ds_items *items, struct ds_item *item, const struct cJSON *entity);

/* A keystore whose public keys are refused and that may not be fetched whole: locked. */
void ds_report_protected(struct ds_items *items, struct ds_item *item);

/* Adds an issue of stage `decode` if the state of a content that was just read is worth one. */
void ds_decode_issue(struct ds_run *run, const char *level, const char *name,
		     const struct store_content *content);

#endif
