/* Shared bodies: their references, what they add to the account, gzip. */
#include "web/body.h"

#include <limits.h>
#include <stdlib.h>

#include <zlib.h>

#define GZIP_WINDOW (15 + 16) /* zlib: the largest window, with gzip's header and trailer */
#define GZIP_MEMORY 8

static void account_add(struct body *body, size_t bytes)
{
	atomic_fetch_add(&body->account->bytes, bytes);
}

enum status body_new(struct buf *buf, struct body_account *account, struct body **ret_body)
{
	size_t len = buf->len;
	enum status status = buf_status(buf);
	struct body *body = calloc(1, sizeof(*body));
	char *data = status == STATUS_OK && body != NULL ? buf_take(buf) : NULL;

	if (data == NULL) {
		buf_release(buf);
		free(body);
		return status != STATUS_OK ? status : STATUS_MEMORY;
	}
	atomic_init(&body->references, 1);
	body->account = account;
	body->data = data;
	body->len = len;
	account_add(body, len);
	atomic_fetch_add(&account->count, 1);
	*ret_body = body;
	return STATUS_OK;
}

size_t body_bytes(const struct body *body)
{
	return (body->data != NULL ? body->len : 0) + body->gzip_len;
}

static void drop_plain(struct body *body)
{
	atomic_fetch_sub(&body->account->bytes, body->len);
	free(body->data);
	body->data = NULL;
}

void body_compress(struct body *body, bool keep_plain)
{
	z_stream stream = { 0 };

	if (body->gzip != NULL || body->len > UINT_MAX / 2 ||
	    deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return;
	size_t room = deflateBound(&stream, body->len);
	char *gzip = malloc(room);
	stream.next_in = (Bytef *)body->data;
	stream.avail_in = (uInt)body->len;
	stream.next_out = (Bytef *)gzip;
	stream.avail_out = (uInt)room;
	if (gzip == NULL || deflate(&stream, Z_FINISH) != Z_STREAM_END) {
		(void)deflateEnd(&stream);
		free(gzip);
		return;
	}
	body->gzip_len = stream.total_out;
	(void)deflateEnd(&stream);
	char *fitted = realloc(gzip, body->gzip_len);
	body->gzip = fitted != NULL ? fitted : gzip;
	account_add(body, body->gzip_len);
	if (!keep_plain)
		drop_plain(body);
}

struct body *body_ref(struct body *body)
{
	atomic_fetch_add(&body->references, 1);
	return body;
}

void body_unref(struct body *body)
{
	if (body == NULL || atomic_fetch_sub(&body->references, 1) != 1)
		return;
	atomic_fetch_sub(&body->account->bytes, body_bytes(body));
	atomic_fetch_sub(&body->account->count, 1);
	if (body->leaving)
		atomic_fetch_sub(&body->account->leaving, body_bytes(body));
	free(body->data);
	free(body->gzip);
	free(body);
}
