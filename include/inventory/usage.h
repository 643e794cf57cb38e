#ifndef INVENTORY_USAGE_H
#define INVENTORY_USAGE_H

#include <stdbool.h>

#include "inventory/view.h"

/*
 * What somebody depends on, by the rules of the alerts (alerts/rules.libsonnet; docs/alerts.md,
 * "Used or unused"), so that all outputs judge alike. Read-only; thread-safe.
 */

/* The level of a source that has only one of those on which destinations and the stores they refer
 * to may be, otherwise NULL. Without the others it can never be known that a certificate does not
 * exist. */
const char *source_view_only_level(const struct source_view *view);

/* Whether it is the certificate with which the exporter itself logs on to the source. */
bool store_is_own(const struct source_view *view, const struct inventory_store *store);

/* Whether destinations can refer to it: stores of a Destination service, but not its binding. */
bool destinations_can_use(const struct source_view *view, const struct inventory_store *store);

/*
 * False only where it is known that nobody uses the store: no destination or fragment of its source
 * refers to it, destinations could, and the destinations of each level are known. What a file, a
 * Cloud Connector or the exporter's own binding is good for is not known; these count as used.
 */
bool store_is_used(const struct source_view *view, const struct inventory_store *store);

/*
 * True for a certificate that is there to be trusted, not shown: in a trust store of a Cloud
 * Connector; in a store that is named as a trust store only; a root in a keystore or a file, unless
 * a destination uses the store as its own and there is no leaf in it to show instead.
 */
bool certificate_is_trusted(const struct source_view *view,
			    const struct inventory_certificate *certificate);

/*
 * Whether its expiry concerns somebody: its store is used, and it is a leaf or an intermediate, or
 * one that is shown (not only trusted): a self-signed client certificate, the UI certificate of a
 * Cloud Connector. A SAML signing certificate that is not active yet is not needed.
 */
bool certificate_is_needed(const struct source_view *view,
			   const struct inventory_certificate *certificate);

#endif
