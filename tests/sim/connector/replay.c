/*
 * Answers out of files, byte for byte: {"GET /path": "file"}. A file may be a recording (an object
 * with "response", as in tests/data/cloud-connector) or the body itself.
 */
#include <string.h>
#include <strings.h>

#include "connector.h"

static const char *content_type_of(const char *file)
{
	const char *dot = strrchr(file, '.');

	if (dot != NULL && strcmp(dot, ".html") == 0)
		return "text/html";
	if (dot != NULL && strcmp(dot, ".der") == 0)
		return "application/octet-stream";
	return "application/json";
}

/* Headers that belong to the connection or to the moment are made anew. */
static bool is_kept(const char *name)
{
	static const char *const dropped[] = {
		"Content-Type",   "Set-Cookie",        "X-Csrf-Token",     "Date",       "Server",
		"Content-Length", "Transfer-Encoding", "Content-Encoding", "Connection",
	};

	for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++) {
		if (strcasecmp(dropped[i], name) == 0)
			return false;
	}
	return true;
}

static void load_headers(struct loader *l, const cJSON *headers, struct replay *replay)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, headers)
	{
		struct header *h;

		if (!cJSON_IsString(item) || !is_kept(item->string) ||
		    replay->headers_len == FAULT_HEADERS_MAX)
			continue;
		h = &replay->headers[replay->headers_len++];
		h->name = arena_strdup(l->arena, item->string);
		h->value = arena_strdup(l->arena, item->valuestring);
	}
	replay->content_type = load_string(l, headers, "Content-Type", replay->content_type);
}

/* Nothing happens when it is not a recording. */
static void load_recording(struct loader *l, const cJSON *root, struct replay *replay)
{
	const cJSON *response = cJSON_GetObjectItemCaseSensitive(root, "response");
	const char *reason;

	if (!cJSON_IsString(cJSON_GetObjectItemCaseSensitive(response, "body")))
		return;
	replay->status = load_int(l, response, "status", 200, 599, 200);
	replay->body = load_string(l, response, "body", "");
	replay->body_len = replay->body != NULL ? strlen(replay->body) : 0;
	reason = load_string(l, response, "reason", "OK");
	replay->empty_reason = reason != NULL && reason[0] == '\0';
	load_headers(l, cJSON_GetObjectItemCaseSensitive(response, "headers"), replay);
}

static void load_replay(struct loader *l, const char *key, const char *file, struct replay *replay)
{
	const char *target = strncmp(key, "GET /", 5) == 0 ? key + 4 : NULL;
	size_t len = target != NULL ? strcspn(target, " ") : 0;
	char error[ERROR_SIZE];
	cJSON *root;

	if (target == NULL) {
		load_fail(l, "\"%s\" has to be \"GET /path\" or \"GET /path media/type\"", key);
		return;
	}
	replay->target = arena_copy(l->arena, target, len);
	replay->accept = target[len] == ' ' ? arena_strdup(l->arena, target + len + 1) : NULL;
	replay->status = 200;
	replay->content_type = content_type_of(file);
	replay->body = file_load(l, file, &replay->body_len);
	root = load_json(replay->body, replay->body_len, error);
	load_recording(l, root, replay);
	cJSON_Delete(root);
}

void replays_load(struct loader *l, const cJSON *root, struct scenario *sc)
{
	const cJSON *object = cJSON_GetObjectItemCaseSensitive(root, "replay");
	const cJSON *item;

	load_at(l, "replay");
	if (object == NULL)
		return;
	if (!cJSON_IsObject(object)) {
		load_fail(l, "an object is needed");
		return;
	}
	sc->replays = load_alloc(l, (size_t)cJSON_GetArraySize(object), sizeof *sc->replays);
	cJSON_ArrayForEach(item, object)
	{
		if (!load_ok(l) || !cJSON_IsString(item)) {
			load_fail(l, "\"%s\" has to name a file", item->string);
			return;
		}
		load_replay(l, item->string, item->valuestring, &sc->replays[sc->replays_len++]);
	}
}

static bool fits(const struct request *r, const struct replay *replay, const char *target)
{
	const char *accept = request_header(r, "Accept");
	bool with_query = strchr(replay->target, '?') != NULL;
	size_t len = with_query ? strlen(target) : strcspn(target, "?");

	return strlen(replay->target) == len && strncmp(replay->target, target, len) == 0 &&
	       (replay->accept == NULL ||
		(accept != NULL && strstr(accept, replay->accept) != NULL));
}

bool replay_answer(struct request *r, struct reply *reply)
{
	const char *target = r->target + strlen(r->sc->http.prefix);
	const struct replay *found = NULL;

	for (size_t i = 0; i < r->sc->replays_len; i++) {
		const struct replay *replay = &r->sc->replays[i];

		/* one that wants a media type wins over one that does not */
		if (fits(r, replay, target) && (found == NULL || replay->accept != NULL))
			found = replay;
	}
	if (found == NULL)
		return false;
	reply_json(reply, found->status, "");
	text_add(&reply->body, found->body, found->body_len);
	reply->content_type = found->content_type;
	reply->empty_reason = found->empty_reason;
	for (size_t i = 0; i < found->headers_len; i++)
		reply_header(r, reply, found->headers[i].name, found->headers[i].value);
	return true;
}
