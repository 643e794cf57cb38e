/*
 * Makes a good answer a bad one, as a fault asks for. What cannot be said with a well-formed HTTP
 * answer is in raw.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim.h"

static void add_retry_after(struct request *r, struct reply *reply, const struct fault *f)
{
	char date[64] = "";
	time_t at;
	struct tm tm;

	if (f->retry_after != NULL)
		reply_header(r, reply, "Retry-After", f->retry_after);
	if (f->retry_after_date_s < 0)
		return;
	at = time(NULL) + f->retry_after_date_s;
	if (gmtime_r(&at, &tm) != NULL &&
	    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm) > 0)
		reply_header(r, reply, "Retry-After", date);
}

static void add_headers(struct request *r, struct reply *reply, const struct fault *f)
{
	add_retry_after(r, reply, f);
	for (size_t i = 0; i < f->headers_len; i++)
		reply_header(r, reply, f->headers[i].name, f->headers[i].value);
	if (f->content_type != NULL)
		reply->content_type = f->content_type;
}

static void html_page(struct reply *reply, int status)
{
	reply_text(reply, status, "");
	reply->content_type = "text/html;charset=UTF-8";
	text_addf(&reply->body,
		  "<html>\r\n<head><title>%d %s</title></head>\r\n<body>\r\n"
		  "<center><h1>%d %s</h1></center>\r\n<hr><center>nginx</center>\r\n"
		  "</body>\r\n</html>\r\n",
		  status, status_phrase(status), status, status_phrase(status));
}

static void fault_status(struct request *r, struct reply *reply, const struct fault *f)
{
	switch (f->body) {
	case BODY_JSON:
		product.error(r, reply, f->status);
		break;
	case BODY_TEXT:
		reply_text(reply, f->status, status_phrase(f->status));
		break;
	case BODY_HTML:
		html_page(reply, f->status);
		break;
	case BODY_EMPTY:
		reply_text(reply, f->status, "");
		reply->content_type = NULL;
		break;
	}
	if (f->text != NULL) {
		text_release(&reply->body);
		text_adds(&reply->body, f->text);
	}
}

static void fault_redirect(struct request *r, struct reply *reply, const struct fault *f)
{
	html_page(reply, f->status);
	reply_header(r, reply, "Location", f->location);
}

static void fault_html(struct request *r, struct reply *reply, const struct fault *f)
{
	(void)r;
	reply_text(reply, f->status, product.login_page);
	reply->content_type = "text/html;charset=UTF-8";
}

static void fault_body(struct request *r, struct reply *reply, const struct fault *f)
{
	(void)r;
	reply_json(reply, f->status, f->text != NULL ? f->text : "");
}

static void fault_content_type(struct request *r, struct reply *reply, const struct fault *f)
{
	(void)r;
	(void)f;
	reply->content_type = "application/octet-stream"; /* or the fault's own, later */
}

/* `bytes` put in at `at`. */
static void insert(struct text *t, size_t at, const char *bytes)
{
	struct text old = *t;

	*t = (struct text){ 0 };
	text_add(t, old.data, at);
	text_adds(t, bytes);
	text_add(t, old.data + at, old.len - at);
	text_release(&old);
}

static void invalid_json(struct request *r, struct reply *reply, const struct fault *f)
{
	char *colon = reply->body.data != NULL ? strchr(reply->body.data, ':') : NULL;

	(void)r;
	(void)f;
	if (colon != NULL)
		*colon = '=';
	else
		text_adds(&reply->body, "{nonsense");
}

static void truncated_json(struct request *r, struct reply *reply, const struct fault *f)
{
	(void)r;
	(void)f;
	reply->body.len /= 2;
}

static void invalid_utf8(struct request *r, struct reply *reply, const struct fault *f)
{
	struct text *t = &reply->body;
	const char *value = t->data != NULL ? strstr(t->data, ":\"") : NULL;

	(void)r;
	(void)f;
	if (value != NULL)
		insert(t, (size_t)(value + 2 - t->data), "\xff\xc0\xaf");
	else
		text_adds(t, "\xff");
}

static void deep_json(struct request *r, struct reply *reply, const struct fault *f)
{
	(void)r;
	text_release(&reply->body);
	for (int i = 0; i < f->depth; i++)
		text_adds(&reply->body, "[");
	for (int i = 0; i < f->depth; i++)
		text_adds(&reply->body, "]");
}

static void wrong_type(struct request *r, struct reply *reply, const struct fault *f)
{
	struct text *t = &reply->body;
	bool array = t->len > 0 && t->data[0] == '[';

	(void)r;
	(void)f;
	text_adds(t, array ? "}" : "]");
	insert(t, 0, array ? "{\"value\":" : "[");
}

static void trailing_text(struct request *r, struct reply *reply, const struct fault *f)
{
	(void)r;
	(void)f;
	text_adds(&reply->body, "}{ trailing");
}

/* Puts the member wherever one of its name is; true if there was one. */
static bool replace_members(cJSON *item, const cJSON *member)
{
	bool found = false;

	if (cJSON_IsObject(item) &&
	    cJSON_GetObjectItemCaseSensitive(item, member->string) != NULL) {
		cJSON *value = cJSON_Duplicate(member, true);

		if (!cJSON_ReplaceItemInObjectCaseSensitive(item, member->string, value))
			cJSON_Delete(value);
		found = true;
	}
	for (cJSON *child = item->child; child != NULL; child = child->next) {
		if (child->string == NULL || strcmp(child->string, member->string) != 0)
			found = replace_members(child, member) || found;
	}
	return found;
}

static void add_everywhere(cJSON *item, const cJSON *member)
{
	for (cJSON *child = item->child; child != NULL; child = child->next)
		add_everywhere(child, member);
	if (cJSON_IsObject(item))
		(void)cJSON_AddItemToObject(item, member->string, cJSON_Duplicate(member, true));
}

static void drop_members(cJSON *item, const char *name)
{
	if (cJSON_IsObject(item))
		cJSON_DeleteItemFromObjectCaseSensitive(item, name);
	for (cJSON *child = item->child; child != NULL; child = child->next)
		drop_members(child, name);
}

static void members(struct request *r, struct reply *reply, const struct fault *f)
{
	cJSON *json = reply->body.len > 0 ? cJSON_Parse(reply->body.data) : NULL;
	cJSON *set = f->set != NULL ? cJSON_Parse(f->set) : NULL;
	const cJSON *member;
	char *printed;

	(void)r;
	for (size_t i = 0; json != NULL && i < f->drop_len; i++)
		drop_members(json, f->drop[i]);
	cJSON_ArrayForEach(member, set)
	{
		if (json != NULL && !replace_members(json, member))
			add_everywhere(json, member);
	}
	printed = json != NULL ? cJSON_PrintUnformatted(json) : NULL;
	if (printed != NULL) {
		text_release(&reply->body);
		text_adds(&reply->body, printed);
	}
	cJSON_free(printed);
	cJSON_Delete(set);
	cJSON_Delete(json);
}

static void escapes(struct request *r, struct reply *reply, const struct fault *f)
{
	(void)r;
	(void)f;
	text_escape_equals(&reply->body);
}

static void empty_reason(struct request *r, struct reply *reply, const struct fault *f)
{
	(void)r;
	(void)f;
	reply->empty_reason = true;
}

static void (*const spoilers[FAULT_KINDS])(struct request *, struct reply *,
					   const struct fault *) = {
	[FAULT_STATUS] = fault_status,
	[FAULT_REDIRECT] = fault_redirect,
	[FAULT_HTML] = fault_html,
	[FAULT_BODY] = fault_body,
	[FAULT_CONTENT_TYPE] = fault_content_type,
	[FAULT_INVALID_JSON] = invalid_json,
	[FAULT_TRUNCATED_JSON] = truncated_json,
	[FAULT_INVALID_UTF8] = invalid_utf8,
	[FAULT_DEEP_JSON] = deep_json,
	[FAULT_WRONG_TYPE] = wrong_type,
	[FAULT_TRAILING_TEXT] = trailing_text,
	[FAULT_MEMBERS] = members,
	[FAULT_ESCAPES] = escapes,
	[FAULT_EMPTY_REASON] = empty_reason,
};

void spoil(struct request *r, struct reply *reply, const struct fault *fault)
{
	if (fault->kind == FAULT_STATUS || fault->kind == FAULT_REDIRECT)
		reply->headers_len = 0;
	if (fault->kind >= FAULT_KINDS)
		product.spoil(r, reply, fault);
	else if (spoilers[fault->kind] != NULL)
		spoilers[fault->kind](r, reply, fault);
	add_headers(r, reply, fault);
}
