/*
 * See raw.h.
 */
#include "raw.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define WRITE_WAIT_MS 500
#define HANG_MS       (24 * 3600 * 1000)
#define MISSING_BYTES 1000 /* promised in Content-Length, not sent */
#define HEADER_LINE   "X-Padding: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"

struct wire {
	struct sim *sim;
	gnutls_session_t session;
	int fd;
	uint64_t sent;
	bool broken;
};

/* Waits until the socket takes more. False when the program ends. */
static bool wait_writable(struct wire *w)
{
	struct pollfd fds[2] = {
		{ .fd = w->sim->stop_fd, .events = POLLIN },
		{ .fd = w->fd, .events = POLLOUT },
	};

	(void)poll(fds, 2, WRITE_WAIT_MS);
	return (fds[0].revents & POLLIN) == 0;
}

static void wire_write(struct wire *w, const char *data, size_t len)
{
	while (len > 0 && !w->broken) {
		ssize_t n = gnutls_record_send(w->session, data, len);

		if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED) {
			w->broken = !wait_writable(w);
		} else if (n < 0) {
			w->broken = true;
		} else {
			data += n;
			len -= (size_t)n;
			w->sent += (uint64_t)n;
		}
	}
}

static void wire_trickle(struct wire *w, const char *data, size_t len, const struct fault *f)
{
	while (len > 0 && !w->broken) {
		size_t n = len < (size_t)f->bytes ? len : (size_t)f->bytes;

		wire_write(w, data, n);
		data += n;
		len -= n;
		if (!sim_wait(w->sim, w->fd, f->interval_ms))
			w->broken = true;
	}
}

/* Status line and headers; `length` < 0: chunked. */
static void add_head(struct text *t, const struct reply *reply, long long length)
{
	text_addf(t, "HTTP/1.1 %d %s\r\nConnection: close\r\n", reply->status,
		  reply->empty_reason ? "" : status_phrase(reply->status));
	if (reply->content_type != NULL)
		text_addf(t, "Content-Type: %s\r\n", reply->content_type);
	for (size_t i = 0; i < reply->headers_len; i++)
		text_addf(t, "%s: %s\r\n", reply->headers[i].name, reply->headers[i].value);
	if (length >= 0)
		text_addf(t, "Content-Length: %lld\r\n\r\n", length);
	else
		text_adds(t, "Transfer-Encoding: chunked\r\n\r\n");
}

static void write_text(struct wire *w, struct text *t)
{
	if (!t->failed)
		wire_write(w, t->data, t->len);
	text_release(t);
}

static void write_chunk(struct wire *w, const char *data, size_t len)
{
	struct text head = { 0 };

	text_addf(&head, "%zx\r\n", len);
	write_text(w, &head);
	wire_write(w, data, len);
	wire_write(w, "\r\n", 2);
}

/* A list of entries that nobody has, as long as wanted; valid JSON from end to end. */
static void write_huge(struct wire *w, const struct reply *reply, const struct fault *f)
{
	char filler[8192], block[9000];
	size_t wanted = (size_t)f->megabytes << 20;
	struct text head = { 0 };
	size_t block_len, total = 1;

	memset(filler, 'A', sizeof filler - 1);
	filler[sizeof filler - 1] = '\0';
	block_len = (size_t)snprintf(block, sizeof block, "%s%s%s", product.huge_head, filler,
				     product.huge_tail);
	block[block_len++] = ',';
	wanted = (wanted / block_len + 1) * block_len + 1;
	add_head(&head, reply, f->announce ? (long long)wanted : -1);
	write_text(w, &head);
	if (f->announce)
		wire_write(w, "[", 1);
	else
		write_chunk(w, "[", 1);
	while (total < wanted && !w->broken) {
		total += block_len;
		if (total >= wanted)
			block[block_len - 1] = ']';
		if (f->announce)
			wire_write(w, block, block_len);
		else
			write_chunk(w, block, block_len);
	}
	if (!f->announce)
		wire_write(w, "0\r\n\r\n", 5);
}

static void write_slow(struct wire *w, const struct reply *reply, const struct fault *f)
{
	struct text head = { 0 };

	add_head(&head, reply, (long long)reply->body.len);
	if (!head.failed && f->kind == FAULT_SLOW_HEADERS)
		wire_trickle(w, head.data, head.len, f);
	else if (!head.failed)
		wire_write(w, head.data, head.len);
	if (f->kind == FAULT_SLOW_BODY)
		wire_trickle(w, reply->body.data, reply->body.len, f);
	else
		wire_write(w, reply->body.data, reply->body.len);
	text_release(&head);
}

/* Half of the body in one chunk, the beginning of the next one, and no more. */
static void write_cut(struct wire *w, const struct reply *reply, const struct fault *f)
{
	size_t half = reply->body.len / 2;
	struct text t = { 0 };

	add_head(&t, reply, -1);
	write_text(w, &t);
	if (half > 0)
		write_chunk(w, reply->body.data, half);
	text_addf(&t, "%zx\r\n", reply->body.len - half + 1);
	write_text(w, &t);
	(void)f;
	(void)shutdown(w->fd, SHUT_RDWR); /* no goodbye from TLS either */
}

static void write_short(struct wire *w, const struct reply *reply, const struct fault *f)
{
	struct text t = { 0 };

	add_head(&t, reply, (long long)reply->body.len + MISSING_BYTES);
	text_add(&t, reply->body.data, reply->body.len);
	write_text(w, &t);
	(void)f;
}

static void write_endless_headers(struct wire *w, const struct reply *reply, const struct fault *f)
{
	size_t total = 0;
	struct text block = { 0 };

	(void)reply;
	for (int i = 0; i < 200; i++)
		text_adds(&block, HEADER_LINE);
	wire_write(w, "HTTP/1.1 200 OK\r\n", 17);
	while (!block.failed && total < (size_t)f->megabytes << 20 && !w->broken) {
		wire_write(w, block.data, block.len);
		total += block.len;
	}
	text_release(&block);
}

static void write_plain(struct wire *w, const struct reply *reply, const struct fault *f)
{
	struct text t = { 0 };

	(void)f;
	add_head(&t, reply, (long long)reply->body.len);
	write_text(w, &t);
	wire_write(w, reply->body.data, reply->body.len);
}

static void write_not_http(struct wire *w, const struct reply *reply, const struct fault *f)
{
	(void)reply;
	(void)f;
	wire_write(w, "220 simulator ESMTP\r\n", 21);
}

static void write_nothing(struct wire *w, const struct reply *reply, const struct fault *f)
{
	(void)reply;
	if (f->kind == FAULT_HANG)
		(void)sim_wait(w->sim, w->fd, HANG_MS);
	else
		(void)shutdown(w->fd, SHUT_RDWR);
}

static void (*const writers[FAULT_KINDS])(struct wire *, const struct reply *,
					  const struct fault *) = {
	[FAULT_HUGE] = write_huge,         [FAULT_SLOW_HEADERS] = write_slow,
	[FAULT_SLOW_BODY] = write_slow,    [FAULT_CUT] = write_cut,
	[FAULT_SHORT_BODY] = write_short,  [FAULT_ENDLESS_HEADERS] = write_endless_headers,
	[FAULT_NOT_HTTP] = write_not_http, [FAULT_HANG] = write_nothing,
	[FAULT_CLOSE] = write_nothing,     [FAULT_EMPTY_REASON] = write_plain,
};

bool fault_is_raw(int kind)
{
	return kind < FAULT_KINDS && writers[kind] != NULL;
}

uint64_t raw_answer(struct request *r, const struct reply *reply, const struct fault *fault,
		    gnutls_session_t session, int fd)
{
	struct wire w = { .sim = r->sim, .session = session, .fd = fd };

	writers[fault->kind](&w, reply, fault);
	if (!w.broken)
		(void)gnutls_bye(session, GNUTLS_SHUT_WR);
	return w.sent;
}

uint64_t raw_plain(struct request *r, const struct reply *reply, gnutls_session_t session, int fd)
{
	struct wire w = { .sim = r->sim, .session = session, .fd = fd };

	write_plain(&w, reply, NULL);
	if (!w.broken)
		(void)gnutls_bye(session, GNUTLS_SHUT_WR);
	return w.sent;
}

void raw_alert(const struct request *r, gnutls_session_t session, int fd)
{
	(void)gnutls_alert_send(session, GNUTLS_AL_FATAL,
				r->peer.subject != NULL ? GNUTLS_A_ACCESS_DENIED
							: GNUTLS_A_CERTIFICATE_REQUIRED);
	(void)shutdown(fd, SHUT_WR);
}
