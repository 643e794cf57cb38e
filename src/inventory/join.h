#ifndef INVENTORY_JOIN_H
#define INVENTORY_JOIN_H

#include "inventory/build.h"

/* Fills view->references, view->missing, what is known of it, and each store's reference rows.
 * STATUS_OK, STATUS_MEMORY. */
enum status join_references(struct build *build) MUST_CHECK;

/* The destinations of each certificate's headline series. STATUS_OK, STATUS_MEMORY. */
enum status join_destinations(struct build *build) MUST_CHECK;

#endif
