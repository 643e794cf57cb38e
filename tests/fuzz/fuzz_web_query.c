/*
 * What a client may say in a request: the first byte chooses the parser, the rest is its input.
 * 0: Accept; 1: Accept-Encoding; 2: If-None-Match; 3: query parameters (name NUL value NUL ...);
 * 4: listen address; 5: request target; 6: text for HTML.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/listen_address.h"
#include "web/query.h"
#include "web/html.h"
#include "web/negotiate.h"
#include "web/routes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void query(const char *text, size_t len)
{
	struct api_query *set = api_query_new(API_CERTIFICATES);
	struct error error;

	for (size_t at = 0; set != NULL && at < len;) {
		const char *name = text + at;
		at += strlen(name) + 1;
		const char *value = at < len ? text + at : NULL;
		at += value != NULL ? strlen(value) + 1 : 0;
		if (api_query_set(set, name, value, &error) == STATUS_MEMORY)
			break;
	}
	if (set != NULL && api_query_finish(set) == STATUS_OK && set->filter.has_within &&
	    set->filter.within_s < 0)
		abort();
	api_query_free(set);
}

/* No character that means something to HTML is left. */
static void html(const char *text)
{
	struct buf buf;

	buf_init(&buf, 1 << 20);
	html_text(&buf, text);
	if (strpbrk(buf_text(&buf), "<>\"'") != NULL)
		abort();
	html_long_text(&buf, text);
	buf_release(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct listen_address address;
	char *text = malloc(size + 1);

	if (text == NULL || size == 0) {
		free(text);
		return 0;
	}
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	switch (data[0] % 7) {
	case 0:
		(void)negotiate_exposition(text);
		(void)negotiate_csv(text);
		break;
	case 1:
		(void)negotiate_gzip(text);
		break;
	case 2:
		(void)etag_listed(text, "\"abc\"");
		break;
	case 3:
		query(text, size);
		break;
	case 4:
		/* a port or the path of a Unix socket, never both or neither */
		if (listen_address_parse(text, &address) &&
		    (address.port[0] == '\0') == (address.unix_path[0] == '\0'))
			abort();
		break;
	case 5:
		if (route_find(text, "/metrics", false) == NULL)
			abort();
		break;
	default:
		html(text);
		break;
	}
	free(text);
	return 0;
}
