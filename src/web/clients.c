/* Open connections and their deadlines. */
#include "web/clients.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"

#define SWEEP_MS 1000 /* how often deadlines are looked at while there is a connection */

struct clients {
	pthread_mutex_t lock;
	pthread_cond_t changed; /* monotonic: a first client, no busy one left, or stopping */
	struct clients_limits limits;
	struct client *first;
	size_t busy;
	bool stopping;
	pthread_t thread;
};

/* The descriptor is open as long as the client is in the list, so the lock makes this safe. */
static void cut(struct client *client)
{
	if (client->cut)
		return;
	client->cut = true;
	(void)shutdown(client->fd, SHUT_RDWR);
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

struct client *clients_add(struct clients *clients, int fd)
{
	struct client *client = calloc(1, sizeof(*client));

	if (client == NULL)
		return NULL;
	client->clients = clients;
	client->fd = fd;
	client->since_ms = clock_mono_ms();
	(void)pthread_mutex_lock(&clients->lock);
	client->next = clients->first;
	if (client->next != NULL)
		client->next->previous = client;
	else
		(void)pthread_cond_broadcast(&clients->changed);
	clients->first = client;
	(void)pthread_mutex_unlock(&clients->lock);
	return client;
}

/* The lock is held. */
static void set_busy(struct client *client, bool busy)
{
	struct clients *clients = client->clients;

	if (client->busy != busy) {
		clients->busy += busy ? 1 : (size_t)-1;
		if (clients->busy == 0)
			(void)pthread_cond_broadcast(&clients->changed);
	}
	client->busy = busy;
	client->since_ms = clock_mono_ms();
}

void clients_set_busy(struct client *client, bool busy)
{
	(void)pthread_mutex_lock(&client->clients->lock);
	set_busy(client, busy);
	(void)pthread_mutex_unlock(&client->clients->lock);
}

void clients_remove(struct client *client)
{
	if (client == NULL)
		return;
	struct clients *clients = client->clients;
	(void)pthread_mutex_lock(&clients->lock);
	set_busy(client, false);
	if (client->previous != NULL)
		client->previous->next = client->next;
	else
		clients->first = client->next;
	if (client->next != NULL)
		client->next->previous = client->previous;
	(void)pthread_mutex_unlock(&clients->lock);
	tls_context_unref(client->tls);
	free(client);
}

bool clients_cut_oldest(struct clients *clients, uint64_t min_age_ms)
{
	uint64_t now_ms = clock_mono_ms();
	struct client *oldest = NULL;

	(void)pthread_mutex_lock(&clients->lock);
	for (struct client *client = clients->first; client != NULL; client = client->next) {
		if (client->busy && !client->cut && now_ms - client->since_ms >= min_age_ms &&
		    (oldest == NULL || client->since_ms < oldest->since_ms))
			oldest = client;
	}
	if (oldest != NULL)
		cut(oldest);
	(void)pthread_mutex_unlock(&clients->lock);
	return oldest != NULL;
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
