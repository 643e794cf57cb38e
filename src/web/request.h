#ifndef WEB_REQUEST_H
#define WEB_REQUEST_H

#include <stddef.h>

#include <microhttpd.h>

/*
 * One request on its way through the server:
 *
 *   headers -> (web configuration, rate limit, authentication) -> route -> (rendering) -> answer
 *
 * The steps in brackets may suspend the connection and hand the request to another thread, which
 * owns it until it resumes the connection.
 *
 * These are the callbacks of the HTTP library; their `user` is a struct listener, the context is
 * the struct request.
 */
void *request_begin(void *user, const char *uri, struct MHD_Connection *connection);
enum MHD_Result request_handle(void *user, struct MHD_Connection *connection, const char *url,
			       const char *method, const char *version, const char *upload_data,
			       size_t *upload_data_size, void **context);
void request_end(void *user, struct MHD_Connection *connection, void **context,
		 enum MHD_RequestTerminationCode code);

#endif
