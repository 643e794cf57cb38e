/* Refusals for size or form. The header says why the library does not make all of them. */
#include "web/refusal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <gnutls/gnutls.h>

#define RECORD_SIZE     64 /* of the pool, for each header, cookie and parameter */
#define LAST_WORDS_SIZE 512

static const char answered_itself[] = "HTTP response code is ";

static size_t count_parameters(const char *query)
{
	size_t count = 1;

	for (const char *p = strchr(query, '&'); p != NULL; p = strchr(p + 1, '&'))
		count++;
	return count;
}

struct refusal refusal_of_uri(const char *uri)
{
	const char *query = strchr(uri, '?');

	if (strlen(uri) > URI_MAX)
		return (struct refusal){ MHD_HTTP_URI_TOO_LONG, "The request target is too long." };
	if (query != NULL && count_parameters(query) > PARAMETERS_MAX)
		return (struct refusal){ MHD_HTTP_URI_TOO_LONG,
					 "The request target has too many parameters." };
	if (strchr(uri, ' ') != NULL)
		return (struct refusal){ MHD_HTTP_BAD_REQUEST,
					 "The request target contains a blank." };
	return (struct refusal){ 0, NULL };
}

struct refusal refusal_of_headers(struct MHD_Connection *connection, const char *version)
{
	if (strcmp(version, MHD_HTTP_VERSION_1_0) == 0 ||
	    MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host") != NULL)
		return (struct refusal){ 0, NULL };
	return (struct refusal){ MHD_HTTP_BAD_REQUEST, "The header \"Host\" is missing." };
}

bool refusal_has_room(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	const char *cookies = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Cookie");
	size_t used = info != NULL ? info->header_size : 0;
	int records = MHD_get_connection_values(connection, MHD_HEADER_KIND, NULL, NULL) +
		      MHD_get_connection_values(connection, MHD_COOKIE_KIND, NULL, NULL) +
		      MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, NULL, NULL);

	used += (size_t)records * RECORD_SIZE;
	used += cookies != NULL ? strlen(cookies) + 1 : 0; /* the library takes a copy apart */
	return used + ANSWER_MEMORY <= CONNECTION_MEMORY;
}

/* The library may return the same storage for each question, so the answer to the first is used
 * before the second is asked. */
static void send_bytes(struct MHD_Connection *connection, const char *bytes, size_t len)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	if (info != NULL && info->tls_session != NULL) {
		(void)gnutls_record_send(info->tls_session, bytes, len);
		return;
	}
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (info != NULL)
		(void)send(info->connect_fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void refusal_send(struct MHD_Connection *connection, struct refusal refusal)
{
	char words[LAST_WORDS_SIZE];
	int len = snprintf(words, sizeof(words),
			   "HTTP/1.1 %u %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
			   "X-Content-Type-Options: nosniff\r\nContent-Length: %zu\r\n"
			   "Connection: close\r\n\r\n%s\n",
			   refusal.code, MHD_get_reason_phrase_for(refusal.code),
			   strlen(refusal.text) + 1, refusal.text);

	if (len > 0 && len < LAST_WORDS_SIZE)
		send_bytes(connection, words, (size_t)len);
}

unsigned refusal_in_message(const char *message)
{
	const char *code = strstr(message, answered_itself);

	if (code == NULL)
		return 0;
	code += strlen(answered_itself);
	for (int i = 0; i < 3; i++) {
		if (!isdigit((unsigned char)code[i]))
			return 0;
	}
	if (isdigit((unsigned char)code[3]))
		return 0;
	return (unsigned)(code[0] - '0') * 100 + (unsigned)(code[1] - '0') * 10 +
	       (unsigned)(code[2] - '0');
}

int refusal_strictness(void)
{
	/* Before 1.0, level 1 adds two checks, which are made here instead: a blank in the target,
	 * for which the library closes the connection without an answer, and `Host`. */
	return strncmp(MHD_get_version(), "0.", 2) == 0 ? 0 : 1;
}
