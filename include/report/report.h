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
	double within_s; /* ends within so many seconds from now (expired ones included) */
};

/*
 * {"generated_at": time, "certificates": [{"source", "system_id", "level", "name", "entry",
 * "position": number, "type", "role", "format", "subject", "issuer", "serial_number",
 * "fingerprint_sha256", "public_key", "signature_algorithm", "san", "not_before", "not_after",
 * "days_until_expiry": number, "status", "renewal", "renewal_due",
 * "destinations": [{"name", "level", "kind", "property"}], "labels": {key: [value, ...]}}]}
 *
 * As in the metrics, only position 0 of an entry has destinations. `filter` may be NULL.
 */
enum status report_certificates_json(const struct snapshot *snapshot,
				     const struct report_filter *filter, double now_s,
				     struct buf *buf) MUST_CHECK;

/*
 * The same, flat: RFC 4180 with a header line, one line per certificate. `destinations` are names
 * (each once), `labels` are key=value, both joined by ";". What is unknown is empty. A text that a
 * spreadsheet would run as a formula gets a "'" in front.
 */
enum status report_certificates_csv(const struct snapshot *snapshot,
				    const struct report_filter *filter, double now_s,
				    struct buf *buf) MUST_CHECK;

/*
 * {"generated_at", "stores": [{"source", "system_id", "level", "name", "type", "format", "state",
 * "detail", "earliest_expiry": time, "certificates": number,
 * "destinations": [{"name", "level", "kind", "property"}], "labels": {key: [value, ...]}}]}
 */
enum status report_stores_json(const struct snapshot *snapshot, double now_s,
			       struct buf *buf) MUST_CHECK;

/*
 * {"generated_at", "sources": [{"source", "name", "kind", "system_id", "host", "subaccount_id",
 * "tenant_id", "up": bool, "last_attempt", "last_success", "last_error": text, "next_attempt",
 * "poll_interval_seconds": number, "tls_verification_disabled": bool, "certificates": number,
 * "stores": number, "stores_not_ok": number,
 * "levels": [{"level", "up": bool, "certificates", "stores", "destinations", "fragments"}],
 * "missing": [{"name", "destination_level", "destination", "kind", "property"}]}]}
 *
 * `last_error` is null when the last attempt went well, and so are counts that are not known.
 */
enum status report_sources_json(const struct snapshot *snapshot, double now_s,
				struct buf *buf) MUST_CHECK;

/*
 * The table of --once: certificates, soonest end first and those without a known end last; then
 * stores that could not be read, references to what does not exist, sources that failed; then one
 * line with the counts. `width`: columns of the terminal (texts of the certificates are cut and
 * columns left out to fit; what must be mended is never cut); 0 = unlimited. `colour`: expired ones
 * red, expiring ones yellow, by ANSI escapes. A renewal is "automatic", "manual", or "overdue": it
 * should have come by itself by now.
 */
enum status report_table(const struct snapshot *snapshot, double now_s, bool colour, unsigned width,
			 struct buf *buf) MUST_CHECK;

/*
 * The exit code of --once (docs/configuration.md). 2: a source has failed or was not tried. Else 1:
 * a leaf or intermediate has expired or ends within `critical_days`; one that renews itself only
 * when its renewal is overdue too. Else 0.
 */
int report_exit_code(const struct snapshot *snapshot, unsigned critical_days, double now_s);

#endif
