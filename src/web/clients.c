/* Open connections and their deadlines. */
#include "web/clients.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"

#define DISCARD_STEP  16384
#define DISCARD_STEPS 64   /* 1 MiB */
#define SWEEP_MS      1000 /* how often deadlines are looked at while there is a connection */

struct clients {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* monotonic: a first client, no busy one left, or stopping */
	struct clients_limits limits;
	struct client *first;
	size_t busy;
	bool stopping;
	pthread_t thread;
};

/* A reader of the body is cut off. A body without readers is about to be freed. */
static void leave_body(struct body *body)
{
	if (atomic_fetch_sub(&body->readers, 1) != 1)
		return;
	body->leaving = true;
	atomic_fetch_add(&body->account->leaving, body_bytes(body));
}

/* A reader of the body begins, maybe after all others were cut off. */
static void join_body(struct body *body)
{
	atomic_fetch_add(&body->readers, 1);
	if (body->leaving)
		atomic_fetch_sub(&body->account->leaving, body_bytes(body));
	body->leaving = false;
}

/* The descriptor is open as long as the client is in the list, so the lock makes this safe. */
static void cut(struct client *client)
{
	if (client->cut)
		return;
	client->cut = true;
	(void)shutdown(client->fd, SHUT_RDWR);
	if (client->body != NULL)
		leave_body(client->body);
}

static void sweep(struct clients *clients)
{
	uint64_t now_ms = clock_mono_ms();

	for (struct client *client = clients->first; client != NULL; client = client->next) {
		uint64_t limit_ms =
			client->busy ? clients->limits.request_ms : clients->limits.idle_ms;
		if (now_ms - client->since_ms > limit_ms)
			cut(client);
	}
}

static void wait_ms(struct clients *clients, uint64_t ms)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(ms / 1000);
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	(void)pthread_cond_timedwait(&clients->changed, &clients->lock, &until);
}

static void *run(void *user)
{
	struct clients *clients = user;
	uint64_t next_ms = 0;

	(void)pthread_mutex_lock(&clients->lock);
	while (!clients->stopping) {
		if (clients->first == NULL) {
			(void)pthread_cond_wait(&clients->changed, &clients->lock);
			continue;
		}
		uint64_t now_ms = clock_mono_ms();
		if (now_ms >= next_ms) {
			sweep(clients);
			next_ms = now_ms + SWEEP_MS;
		}
		wait_ms(clients, next_ms - now_ms);
	}
	(void)pthread_mutex_unlock(&clients->lock);
	return NULL;
}

struct clients *clients_new(struct clients_limits limits)
{
	struct clients *clients = calloc(1, sizeof(*clients));
	pthread_condattr_t attributes;

	if (clients == NULL)
		return NULL;
	clients->limits = limits;
	(void)pthread_mutex_init(&clients->lock, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&clients->changed, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	if (pthread_create(&clients->thread, NULL, run, clients) == 0)
		return clients;
	(void)pthread_cond_destroy(&clients->changed);
	(void)pthread_mutex_destroy(&clients->lock);
	free(clients);
	return NULL;
}

void clients_free(struct clients *clients)
{
	if (clients == NULL)
		return;
	(void)pthread_mutex_lock(&clients->lock);
	clients->stopping = true;
	(void)pthread_cond_broadcast(&clients->changed);
	(void)pthread_mutex_unlock(&clients->lock);
	(void)pthread_join(clients->thread, NULL);
	(void)pthread_cond_destroy(&clients->changed);
	(void)pthread_mutex_destroy(&clients->lock);
	free(clients);
}

/* Cuts off the client that has waited longest without a complete request. The lock is held. */
static void make_place(const struct client *newcomer)
{
	struct client *longest = NULL;

	for (struct client *client = newcomer->next; client != NULL; client = client->next) {
		if (client->crowd == newcomer->crowd && !client->asked && !client->cut &&
		    (longest == NULL || client->since_ms <= longest->since_ms))
			longest = client;
	}
	if (longest != NULL)
		cut(longest);
}

struct client *clients_add(struct clients *clients, struct crowd *crowd, int fd)
{
	struct client *client = calloc(1, sizeof(*client));

	if (client == NULL)
		return NULL;
	client->clients = clients;
	client->crowd = crowd;
	client->fd = fd;
	client->since_ms = clock_mono_ms();
	(void)pthread_mutex_lock(&clients->lock);
	client->next = clients->first;
	if (client->next != NULL)
		client->next->previous = client;
	else
		(void)pthread_cond_broadcast(&clients->changed);
	clients->first = client;
	if (++crowd->count > crowd->comfort)
		make_place(client);
	(void)pthread_mutex_unlock(&clients->lock);
	return client;
}

/* How much the peer has acknowledged since it connected: what it has read, and what fits into its
 * receive buffer. 0 where the kernel does not say. */
static uint64_t acknowledged(int fd)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	memset(&info, 0, sizeof(info));
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
		return 0;
	return info.tcpi_bytes_acked;
}

void clients_set_sending(struct client *client, struct body *body)
{
	uint64_t before = acknowledged(client->fd);

	(void)pthread_mutex_lock(&client->clients->lock);
	if (client->body == NULL && !client->cut) {
		client->body = body_ref(body);
		join_body(body);
		client->sending_ms = clock_mono_ms();
		client->sent_before = before;
	}
	(void)pthread_mutex_unlock(&client->clients->lock);
}

/* The lock is held. Returns the body that the client was sending, a reference of the caller's. */
static struct body *set_busy(struct client *client, bool busy)
{
	struct clients *clients = client->clients;
	struct body *body = client->body;

	if (body != NULL && !client->cut)
		atomic_fetch_sub(&body->readers, 1);
	client->body = NULL;
	if (client->busy != busy) {
		clients->busy += busy ? 1 : (size_t)-1;
		if (clients->busy == 0)
			(void)pthread_cond_broadcast(&clients->changed);
	}
	client->busy = busy;
	client->asked = false;
	client->since_ms = clock_mono_ms();
	return body;
}

void clients_set_asked(struct client *client)
{
	(void)pthread_mutex_lock(&client->clients->lock);
	client->asked = true;
	(void)pthread_mutex_unlock(&client->clients->lock);
}

void clients_set_busy(struct client *client, bool busy)
{
	(void)pthread_mutex_lock(&client->clients->lock);
	struct body *body = set_busy(client, busy);
	(void)pthread_mutex_unlock(&client->clients->lock);
	body_unref(body);
}

static void discard_unread(int fd)
{
	char nowhere[DISCARD_STEP];

	for (size_t i = 0; i < DISCARD_STEPS; i++) {
		if (recv(fd, nowhere, sizeof(nowhere), MSG_DONTWAIT) <= 0)
			break;
	}
}

void clients_remove(struct client *client)
{
	if (client == NULL)
		return;
	discard_unread(client->fd);
	struct clients *clients = client->clients;
	(void)pthread_mutex_lock(&clients->lock);
	struct body *body = set_busy(client, false);
	if (client->previous != NULL)
		client->previous->next = client->next;
	else
		clients->first = client->next;
	if (client->next != NULL)
		client->next->previous = client->previous;
	client->crowd->count--;
	(void)pthread_mutex_unlock(&clients->lock);
	body_unref(body);
	tls_context_unref(client->tls);
	free(client);
}

/* Bytes a second since the answer began. */
static uint64_t pace_of(const struct client *client, uint64_t now_ms)
{
	uint64_t age_ms = now_ms - client->sending_ms;
	uint64_t sent = acknowledged(client->fd);

	sent = sent > client->sent_before ? sent - client->sent_before : 0;
	return sent * 1000 / (age_ms > 0 ? age_ms : 1);
}

/* Measures every client that may be cut off. The lock is held. */
static void measure(struct clients *clients, uint64_t min_age_ms)
{
	uint64_t now_ms = clock_mono_ms();

	for (struct client *client = clients->first; client != NULL; client = client->next) {
		client->may_be_cut = client->body != NULL && !client->cut &&
				     now_ms - client->sending_ms >= min_age_ms;
		if (client->may_be_cut)
			client->pace = pace_of(client, now_ms);
	}
}

static bool is_slower(const struct client *client, const struct client *other)
{
	return client->pace != other->pace ? client->pace < other->pace
					   : client->sending_ms < other->sending_ms;
}

/* The lock is held. */
static struct client *find_slowest(const struct clients *clients)
{
	struct client *slowest = NULL;

	for (struct client *client = clients->first; client != NULL; client = client->next) {
		if (client->may_be_cut && !client->cut &&
		    (slowest == NULL || is_slower(client, slowest)))
			slowest = client;
	}
	return slowest;
}

void clients_cut_slowest(struct clients *clients, uint64_t min_age_ms, size_t bytes)
{
	size_t freed = 0;

	(void)pthread_mutex_lock(&clients->lock);
	measure(clients, min_age_ms);
	while (freed < bytes) {
		struct client *slowest = find_slowest(clients);
		if (slowest == NULL)
			break;
		cut(slowest);
		freed += slowest->body->leaving ? body_bytes(slowest->body) : 0;
	}
	(void)pthread_mutex_unlock(&clients->lock);
}

bool clients_wait_idle(struct clients *clients, uint64_t timeout_ms)
{
	uint64_t start_ms = clock_mono_ms();
	uint64_t passed_ms = 0;

	(void)pthread_mutex_lock(&clients->lock);
	while (clients->busy > 0 && passed_ms < timeout_ms) {
		wait_ms(clients, timeout_ms - passed_ms);
		passed_ms = clock_mono_ms() - start_ms;
	}
	bool idle = clients->busy == 0;
	(void)pthread_mutex_unlock(&clients->lock);
	return idle;
}
