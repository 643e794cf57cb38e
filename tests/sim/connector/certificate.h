/*
 * What the Cloud Connector tells about a certificate: given word for word in the scenario, or read
 * from a PEM file. Follows docs/reference/cloud-connector.md 5.1 to 5.3 and 8.3 to 8.6.
 */
#ifndef SIM_CERTIFICATE_H
#define SIM_CERTIFICATE_H

#include "load.h"

/* A text that is NULL and a time that is TIME_MISSING are left out of every answer. */
#define TIME_MISSING INT64_MIN

struct certificate {
	const char *alias; /* trust stores */
	const char *subject;
	const char *issuer;
	const char *serial; /* as it is shown */
	int64_t not_before_ms;
	int64_t not_after_ms;
	const char *alternative_names; /* JSON array, or NULL */
	/* only when it came from a file */
	const char *pem;
	const char *der;
	size_t der_len;
};

/*
 * Reads an object of the scenario; NULL when `o` is NULL (also for JSON null). Relative times count
 * from `now_ms`.
 */
struct certificate *certificate_load(struct loader *l, const cJSON *o, int64_t now_ms);
/* The first certificate of a PEM text. NULL when there is none. */
struct certificate *certificate_from_pem(struct arena *a, const char *pem, size_t len);

/*
 * A time of the scenario: a number is milliseconds, a text is relative to `now_ms`: "+9d", "-90m",
 * "+12h", "30s". A missing one gives `fallback`.
 */
int64_t time_load(struct loader *l, const cJSON *o, const char *key, int64_t now_ms,
		  int64_t fallback);
/* An object or array as JSON text, NULL when it is missing. */
const char *json_load(struct loader *l, const cJSON *o, const char *key, bool array);

/*
 * A serial number as the product writes it: pairs from the left, after leading zeros went, so that
 * the last group may have one digit. `hex` without colons, any case.
 */
const char *serial_text(struct arena *a, const char *hex);

enum certificate_parts {
	PART_NOT_BEFORE = 1,
	PART_SERIAL = 2,
	PART_NAMES = 4,
};

/* {"notAfterTimeStamp":…,…}: the order of the recordings. */
void certificate_add(struct text *t, const struct certificate *c, unsigned parts);
/* {"alias":…,"subjectDN":…,"issuer":…,"notAfterTimeStamp":…} */
void certificate_add_trusted(struct text *t, const struct certificate *c, bool blanks);

#endif
