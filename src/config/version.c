/*
 * Versions: of this program from the build, of its libraries from themselves. The one place in this
 * room that knows the libraries of the network rooms, and only their version functions.
 */
#include "config/version.h"

#include <pthread.h>
#include <stdio.h>

#include <curl/curl.h>
#include <microhttpd.h>
#include <openssl/crypto.h>
#include <yaml.h>
#include <zlib.h>

#include "config/options/flags.h"

#ifndef BTP_VERSION
#define BTP_VERSION "0.0.0-dev"
#endif
#ifndef BTP_REVISION
#define BTP_REVISION "unknown"
#endif
#ifndef BTP_BRANCH
#define BTP_BRANCH "unknown"
#endif

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER "unknown"
#endif

#if defined(__x86_64__)
#define MACHINE "amd64"
#elif defined(__aarch64__)
#define MACHINE "arm64"
#elif defined(__powerpc64__)
#define MACHINE "ppc64le"
#elif defined(__s390x__)
#define MACHINE "s390x"
#else
#define MACHINE "unknown"
#endif

#define VERSION_TEXT_MAX 1024

struct version_facts version_facts(void)
{
	return (struct version_facts){
		.version = BTP_VERSION,
		.revision = BTP_REVISION,
		.branch = BTP_BRANCH,
		.compiler = COMPILER,
		.libmicrohttpd = MHD_get_version(),
		.libcurl = curl_version_info(CURLVERSION_NOW)->version,
		.openssl = OpenSSL_version(OPENSSL_VERSION_STRING),
	};
}

/* Written once, constant afterwards. */
static char text[VERSION_TEXT_MAX];
static pthread_once_t text_once = PTHREAD_ONCE_INIT;

static void write_text(void)
{
	struct version_facts facts = version_facts();
	const char *date =
#ifdef BTP_BUILD_DATE
		"  build date:       " BTP_BUILD_DATE "\n";
#else
		"";
#endif

	(void)snprintf(text, sizeof(text),
		       "%s, version %s (branch: %s, revision: %s)\n"
		       "%s"
		       "  compiler:         %s\n"
		       "  platform:         linux/%s\n"
		       "  libmicrohttpd:    %s\n"
		       "  libcurl:          %s\n"
		       "  openssl:          %s\n"
		       "  libyaml:          %s\n"
		       "  zlib:             %s\n",
		       PROGRAM_NAME, facts.version, facts.branch, facts.revision, date,
		       facts.compiler, MACHINE, facts.libmicrohttpd, facts.libcurl, facts.openssl,
		       yaml_get_version_string(), zlibVersion());
}

const char *version_text(void)
{
	(void)pthread_once(&text_once, write_text);
	return text;
}
