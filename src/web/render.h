#ifndef WEB_RENDER_H
#define WEB_RENDER_H

#include <stdbool.h>

#include "base/status.h"
#include "web/body.h"

/*
 * One thread that makes bodies, so that the threads that serve connections never wait for one.
 * Jobs that wait and have the same key share one body. Making it begins after the last of them has
 * come, so each client gets a body as fresh as if it were the only one, however many ask at once.
 */
struct renderer;

struct render_job {
	struct render_job *next; /* the renderer's */
	const char *key;         /* equal keys, equal bodies; lives as long as the job */
	/* makes the body; called on the renderer's thread for one job of several with this key */
	enum status (*render)(struct render_job *job, struct body **ret_body, struct error *error);
	/* called once on the renderer's thread: `status` and `body` are set */
	void (*done)(struct render_job *job);
	bool gzip; /* the compressed form is wanted too */
	enum status status;
	struct body *body;  /* with STATUS_OK: a reference of this job */
	struct error error; /* otherwise */
};

/* NULL without memory or thread. */
struct renderer *renderer_new(void);
/* Ends the thread; jobs that still wait get STATUS_CANCELLED. NULL is fine. */
void renderer_free(struct renderer *renderer);

/* Hands a job over. `done` may be called before this returns, also with STATUS_CANCELLED. */
void renderer_submit(struct renderer *renderer, struct render_job *job);

/* The first half of renderer_free(): no job is left, and every later one is cancelled. */
void renderer_stop(struct renderer *renderer);

#endif
