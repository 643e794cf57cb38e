#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "base/buf.h"
#include "inventory/snapshot.h"
#include "report/filter.h"

/*
 * The inventory as JSON (docs/api.md): strict RFC 8259, UTF-8, one line. Times are RFC 3339 in UTC.
 * Every member is always there; what is unknown is null: a time that cannot be read, days without
 * an expiry, `renewal` of what is not renewed by itself, `up` before the first attempt has ended.
 *
 * All functions append to `buf`, read only, and are thread-safe. The result is buf_status().
 */

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

#endif
