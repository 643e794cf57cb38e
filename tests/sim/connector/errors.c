/*
 * What the connector says when it does not give what was asked for. Follows
 * docs/reference/cloud-connector.md 3.4 and 4.
 */
#include "connector.h"
#include "json.h"

const char login_html[] =
	"<!DOCTYPE html>\n<html><head><title>Cloud Connector</title></head>\n"
	"<body><form method=\"post\" action=\"j_security_check\"><input name=\"j_username\">"
	"<input name=\"j_password\" type=\"password\"></form></body></html>\n";

const char master_only[] = "method is not allowed for connector running with HA role shadow";

void refuse(struct reply *reply, int status, const char *type, const char *message)
{
	reply_json(reply, status, "{");
	json_string(&reply->body, "type", type);
	json_string(&reply->body, "message", message);
	text_adds(&reply->body, "}");
}

void login_page(struct reply *reply)
{
	reply_text(reply, 200, login_html);
	reply->content_type = "text/html;charset=UTF-8";
}

void refuse_initial_password(struct reply *reply)
{
	refuse(reply, 403, "FORBIDDEN_REQUEST",
	       "operation unavailable unless initial password is changed");
}

void refuse_undefined_role(struct reply *reply)
{
	refuse(reply, 403, "FORBIDDEN_REQUEST",
	       "method is not allowed for connector running with HA role undefined");
}

/* The error page of 405 is the only body with blanks in it. */
static void not_allowed(struct request *r, struct reply *reply)
{
	reply_json(reply, 405,
		   "{\"type\": \"ERROR\",\"message\": \"An error occurred while processing the "
		   "request.\"}");
	reply->content_type = "application/json;charset=ISO-8859-1";
	reply_header(r, reply, "Allow", "POST,GET,OPTIONS,PATCH,PUT");
}

void refuse_status(struct request *r, struct reply *reply, int status)
{
	static const struct {
		int status;
		const char *type, *message;
	} known[] = {
		{ 400, "INVALID_REQUEST", "API is not supported" },
		{ 401, "UNAUTHORIZED", "authentication required" },
		{ 403, "FORBIDDEN_REQUEST", "user is not authorized to perform this operation" },
		{ 404, "NOT_FOUND", "The requested resource does not exist" },
		{ 409, "INVALID_CONFIGURATION", "Subaccount already added" },
		{ 500, "RUNTIME_FAILURE", "Service channel could not be opened" },
	};

	if (status == 405) {
		not_allowed(r, reply);
		return;
	}
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (known[i].status == status) {
			refuse(reply, status, known[i].type, known[i].message);
			return;
		}
	}
	refuse(reply, status, "ERROR", status_phrase(status));
}
