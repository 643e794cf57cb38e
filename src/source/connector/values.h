#ifndef SOURCE_CONNECTOR_VALUES_H
#define SOURCE_CONNECTOR_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/status.h"
#include "cert/certificate.h"

/*
 * How a Cloud Connector writes numbers, names and times in its answers
 * (docs/reference/cloud-connector.md 5 and 6). Everything here is untrusted. Pure functions,
 * thread-safe.
 */
#define SCC_BODY_MAX   ((size_t)4 << 20)  /* of an answer: 10 000 subaccounts have 3 MiB */
#define SCC_NAME_MAX   (2 * SCC_BODY_MAX) /* of a store: names of an answer, of whatever length */
#define SCC_TEXT_MAX   1024               /* of names and states: as much as a label shows */
#define SCC_DN_MAX     4096
#define SCC_SERIAL_MAX 256 /* digits; RFC 5280 allows 40 */

/* Three or four numeric parts, the fourth one 0 when it is not written. */
struct scc_version {
	uint32_t parts[4];
};

/* False: not two to four numbers with dots between them. */
bool scc_version_parse(const char *text, struct scc_version *ret_version);
bool scc_version_at_least(const struct scc_version *version, const struct scc_version *other);

/* Lower-case hex without colons and leading zeros, as certificates have it everywhere else: the
 * pairs are cut from the left there, so that the last group may have one digit. Appends nothing
 * when it is not a serial number. */
void scc_serial(struct buf *ret_text, const char *text);

/* A distinguished name in the form of RFC 4514: no blanks after separators, escapes instead of
 * quotes. Both families of answers become the same text. */
void scc_dn(struct buf *ret_text, const char *text);

/* Milliseconds since 1970 as a number: Unix seconds with their fraction. False: absent, 0, negative
 * or not representable. */
bool scc_time_ms(const struct cJSON *value, double *ret_time_s);

/* `2021-02-17T12:44:10.546 +0100`, as versions before 2.13 write it. */
bool scc_time_text(const char *text, double *ret_time_s);

/* A copy of a text, cut at a whole character; "" for NULL. NULL without memory. */
char *scc_text(const char *text);

/* The identifying text of a member, of whatever length; NULL when it is absent or empty. */
const char *scc_given_name(const struct cJSON *object, const char *member);
/* The same for a text that is no more than a value: NULL also when longer than SCC_TEXT_MAX. */
const char *scc_name(const struct cJSON *object, const char *member);

enum scc_owner {
	SCC_OWN,    /* a leaf of the connector itself */
	SCC_ISSUER, /* one that signs others: root if it is its own issuer */
};

/*
 * A certificate as any of the answers describes it: `notAfterTimeStamp` or `validTo`,
 * `notBeforeTimeStamp`, `subjectDN`, `issuer` or `issuerDN`, `serialNumber`, `subjectAltNames`.
 * What is missing or no valid value is unknown; of times in the wrong order both are. STATUS_OK:
 * *ret_certificate is the caller's. STATUS_SYNTAX (not an object), STATUS_MEMORY.
 */
enum status scc_certificate(const struct cJSON *object, enum scc_owner owner,
			    struct certificate **ret_certificate) MUST_CHECK;

#endif
