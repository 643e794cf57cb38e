#ifndef CONFIG_VERSION_H
#define CONFIG_VERSION_H

/*
 * What was built and what it runs with: for --version and btp_cert_exporter_build_info. The build
 * sets BTP_VERSION, BTP_REVISION, BTP_BRANCH and, from SOURCE_DATE_EPOCH, BTP_BUILD_DATE; without
 * them "0.0.0-dev", "unknown", "unknown" and no date.
 */
struct version_facts {
	const char *version;
	const char *revision;
	const char *branch;
	const char *compiler;      /* "gcc 12.2.0" */
	const char *libmicrohttpd; /* of the libraries at run time */
	const char *libcurl;
	const char *openssl;
};

/* The texts live as long as the program. Thread-safe. */
struct version_facts version_facts(void);

/* The text of --version: Prometheus' usual form. Static storage. */
const char *version_text(void);

#endif
