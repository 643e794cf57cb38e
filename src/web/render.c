/* The thread that makes bodies, and the list of jobs that wait for it. */
#include "web/render.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct renderer {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct render_job *first; /* in the order they came */
	struct render_job **last;
	bool stopping;
	bool joined;
	pthread_t thread;
};

/* Unlinks the first job and all others with its key, in order; NULL: none waits. The lock is held.
 */
static struct render_job *take_group(struct renderer *renderer)
{
	if (renderer->first == NULL)
		return NULL;
	struct render_job *group = NULL;
	struct render_job **group_end = &group;
	const char *key = renderer->first->key;

	for (struct render_job **link = &renderer->first; *link != NULL;) {
		struct render_job *job = *link;
		if (strcmp(job->key, key) != 0) {
			link = &job->next;
			continue;
		}
		*link = job->next;
		job->next = NULL;
		*group_end = job;
		group_end = &job->next;
	}
	renderer->last = &renderer->first;
	while (*renderer->last != NULL)
		renderer->last = &(*renderer->last)->next;
	return group;
}

/* Gives every job of a group its result. `body` remains the caller's. A job and its key may be
 * freed as soon as it is done. */
static void finish_group(struct render_job *group, enum status status, struct body *body,
			 const struct error *error)
{
	while (group != NULL) {
		struct render_job *job = group;
		group = job->next;
		job->next = NULL;
		job->status = status;
		job->body = body != NULL ? body_ref(body) : NULL;
		job->error = *error;
		job->done(job);
	}
}

static void render_group(struct render_job *group)
{
	struct body *body = NULL;
	struct error error = { "" };
	bool gzip = false;
	bool plain = false;
	enum status status = group->render(group, &body, &error);

	for (const struct render_job *job = group; job != NULL; job = job->next) {
		gzip = gzip || job->gzip;
		plain = plain || !job->gzip;
	}
	if (status == STATUS_OK && gzip)
		body_compress(body, plain);
	finish_group(group, status, body, &error);
	body_unref(body);
}

static void *run(void *user)
{
	struct renderer *renderer = user;

	(void)pthread_mutex_lock(&renderer->lock);
	while (!renderer->stopping) {
		struct render_job *group = take_group(renderer);
		if (group == NULL) {
			(void)pthread_cond_wait(&renderer->wake, &renderer->lock);
			continue;
		}
		(void)pthread_mutex_unlock(&renderer->lock);
		render_group(group);
		(void)pthread_mutex_lock(&renderer->lock);
	}
	(void)pthread_mutex_unlock(&renderer->lock);
	return NULL;
}

struct renderer *renderer_new(void)
{
	struct renderer *renderer = calloc(1, sizeof(*renderer));

	if (renderer == NULL)
		return NULL;
	(void)pthread_mutex_init(&renderer->lock, NULL);
	(void)pthread_cond_init(&renderer->wake, NULL);
	renderer->last = &renderer->first;
	if (pthread_create(&renderer->thread, NULL, run, renderer) == 0)
		return renderer;
	(void)pthread_cond_destroy(&renderer->wake);
	(void)pthread_mutex_destroy(&renderer->lock);
	free(renderer);
	return NULL;
}

static void cancel(struct render_job *group)
{
	struct error error = { "the server is stopping" };

	finish_group(group, STATUS_CANCELLED, NULL, &error);
}

void renderer_submit(struct renderer *renderer, struct render_job *job)
{
	job->next = NULL;
	(void)pthread_mutex_lock(&renderer->lock);
	bool stopping = renderer->stopping;
	if (!stopping) {
		*renderer->last = job;
		renderer->last = &job->next;
		(void)pthread_cond_signal(&renderer->wake);
	}
	(void)pthread_mutex_unlock(&renderer->lock);
	if (stopping)
		cancel(job);
}

void renderer_stop(struct renderer *renderer)
{
	(void)pthread_mutex_lock(&renderer->lock);
	renderer->stopping = true;
	(void)pthread_cond_signal(&renderer->wake);
	(void)pthread_mutex_unlock(&renderer->lock);
	if (!renderer->joined)
		(void)pthread_join(renderer->thread, NULL);
	renderer->joined = true;
	struct render_job *rest = renderer->first;
	renderer->first = NULL;
	renderer->last = &renderer->first;
	cancel(rest);
}

void renderer_free(struct renderer *renderer)
{
	if (renderer == NULL)
		return;
	renderer_stop(renderer);
	(void)pthread_cond_destroy(&renderer->wake);
	(void)pthread_mutex_destroy(&renderer->lock);
	free(renderer);
}
