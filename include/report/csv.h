#ifndef REPORT_CSV_H
#define REPORT_CSV_H

#include "base/buf.h"
#include "inventory/snapshot.h"
#include "report/filter.h"

/*
 * The certificates of report_certificates_json(), flat: RFC 4180 with a header line, one line per
 * certificate. `destinations` are names (each once), `labels` are key=value, both joined by ";";
 * `san` is the text of the label in the metrics, with at most SAN_LABEL_NAMES_MAX names. What is
 * unknown is empty; `destinations_stale` is true where some of `destinations` are older knowledge,
 * or none is known and that is not certain. A text that a spreadsheet would run as a formula gets a
 * "'" in front. Appends to `buf`, reads only, thread-safe. The result is buf_status().
 */
enum status report_certificates_csv(const struct snapshot *snapshot,
				    const struct report_filter *filter, double now_s,
				    struct buf *buf) MUST_CHECK;

#endif
