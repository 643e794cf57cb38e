#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>

#include "base/buf.h"
#include "inventory/model.h"

/*
 * The inventory for people and scripts: JSON and CSV (docs/api.md), and the table of --once.
 * All functions append to `buf`, read only, and are thread-safe. The result is buf_status().
 *
 * JSON: strict RFC 8259, UTF-8, one line. Times are RFC 3339 in UTC. Every member is always there;
 * what is unknown is null: a time that cannot be read, days without an end, `renewal` of what is
 * not renewed by itself, `up` before the first attempt has ended.
 */

/* Which certificates are wanted; a member that is NULL (false) lets all pass. Values are compared
 * exactly, so an unknown status or type gives none. */
struct report_filter {
	const char *source;
	const char *system_id;
	const char *status; /* name of a certificate status */
	const char *type;
	bool has_within;
	double within_s; /* expires within so many seconds from now, or has expired */
	bool or_unknown; /* with has_within: also when its end is not known */
};

/*
 * {"generated_at": time, "certificates": [{"source", "system_id", "level", "name", "entry",
 * "position": number, "type", "role", "format", "subject", "issuer", "serial_number",
 * "fingerprint_sha256", "public_key", "signature_algorithm", "san": [name, ...], "not_before",
 * "not_after", "days_until_expiry": number, "status", "renewal", "renewal_due", "destinations":
 * [{"name", "level", "kind", "property", "stale", "as_of"}], "labels": {key: [value, ...]},
 * "stale": bool, "as_of": time}]}
 *
 * `stale`: the last attempt did not read it, it is kept from before; `as_of`: when it was read
 * (null where that is not known). `destinations` is null where nobody is known and not every list
 * that could name somebody was read by the last attempt. As in the metrics, only position 0 of an
 * entry has destinations. `san` has all names, up to SAN_LIST_MAX bytes; the last one is "…" where
 * there are more. `filter` may be NULL.
 */
enum status report_certificates_json(const struct snapshot *snapshot,
				     const struct report_filter *filter, double now_s,
				     struct buf *buf) MUST_CHECK;

/*
 * The same, flat: RFC 4180 with a header line, one line per certificate. `destinations` are names
 * (each once), `labels` are key=value, both joined by ";"; `san` is the text of the label in the
 * metrics, with at most SAN_LABEL_NAMES_MAX names. What is unknown is empty; `destinations_stale`
 * is true where some of `destinations` are older knowledge, or none is known and that is not
 * certain. A text that a spreadsheet would run as a formula gets a "'" in front.
 */
enum status report_certificates_csv(const struct snapshot *snapshot,
				    const struct report_filter *filter, double now_s,
				    struct buf *buf) MUST_CHECK;

/*
 * {"generated_at", "stores": [{"source", "system_id", "level", "name", "type", "format", "state",
 * "detail", "earliest_expiry": time, "certificates": number,
 * "destinations": [{"name", "level", "kind", "property", "stale", "as_of"}],
 * "labels": {key: [value, ...]}, "stale": bool, "as_of": time}]}
 *
 * `state` and `detail` of a store that is `unavailable` are of now; `stale` is about what is shown
 * of its content.
 */
enum status report_stores_json(const struct snapshot *snapshot, double now_s,
			       struct buf *buf) MUST_CHECK;

/*
 * {"generated_at", "sources": [{"source", "name", "kind", "system_id", "host", "subaccount_id",
 * "tenant_id", "up": bool, "last_attempt", "last_success", "last_error": text, "next_attempt",
 * "poll_interval_seconds": number, "tls_verification_disabled": bool, "certificates": number,
 * "stores": number, "stores_not_ok": number,
 * "stale": bool, "as_of": time,
 * "levels": [{"level", "up": bool, "certificates", "stores", "destinations", "fragments", "stale",
 * "as_of"}],
 * "missing": [{"name", "destination_level", "destination", "kind", "property", "stale", "as_of"}],
 * "missing_stale": bool, "missing_as_of": time}]}
 *
 * `missing` is what is missing for certain, and with `stale` what was missing when the lists it
 * rests on were last read; null when there is neither and it is not known either that nothing is
 * missing. `missing_stale`: the last attempt did not read every list that it takes;
 * `missing_as_of`: when all of them had been read.
 * `last_error` is null when the last attempt went well, and so are counts that are not known.
 */
enum status report_sources_json(const struct snapshot *snapshot, double now_s,
				struct buf *buf) MUST_CHECK;

/* Which certificates somebody has to act upon, and when. */
struct report_judge {
	double now_s;
	unsigned critical_days;
	bool all; /* also those that nobody needs (inventory/usage.h) */
};

/*
 * True for a certificate that counts (`all`, or it is needed) and that has expired, expires within
 * 30 days or `critical_days`, is not valid yet, or whose end is not known. One that renews itself
 * needs nobody before its renewal is overdue.
 */
bool report_needs_attention(const struct report_judge *judge, const struct source_view *view,
			    const struct inventory_certificate *certificate);

/*
 * The table of --config.check=online: a row for each source with what came of asking it ("ok";
 * "partly": some of its levels; "failed"; "not asked": there was no time), how long that took, what
 * was found, and why it is not ok; then one line with the counts. True colours as in
 * report_table(). Texts are never cut.
 */
enum status report_check_table(const struct snapshot *snapshot, bool colour,
			       struct buf *buf) MUST_CHECK;
/* The exit code of --config.check=online: 2 when a source is not ok, else 0. */
int report_check_exit_code(const struct snapshot *snapshot);

/*
 * The exit code of --once (docs/configuration.md). 2: a source has failed or was not tried. Else 1:
 * a certificate that counts has expired or expires within `critical_days`; one that renews itself
 * only when its renewal is overdue too. Else 0.
 */
int report_exit_code(const struct snapshot *snapshot, const struct report_judge *judge);

struct report_table {
	struct report_judge judge;
	const struct report_filter *filter; /* of the certificates; NULL: all are shown */
	unsigned width;                     /* columns of the terminal; 0 = unlimited */
	bool colour;                        /* expired ones red, expiring ones yellow */
};

/*
 * The table of --once, for a person at a prompt: what one sees last matters most. First the
 * certificates that need nobody now; then stores that could not be read, references to what does
 * not exist, sources that failed; then the certificates that need attention; last a line with the
 * counts. The soonest expiry is always at the bottom. Texts of certificates are cut and columns
 * left out to fit the width; what must be fixed is never cut.
 */
enum status report_table(const struct snapshot *snapshot, const struct report_table *table,
			 struct buf *buf) MUST_CHECK;

#endif
