/*
 * The control port: what happened so far, and changes of the scenario while the program runs.
 * Plain HTTP on the loopback interface; README.md lists the calls.
 */
#include <string.h>

#include "sim.h"

static const char *body_of(const struct request *r)
{
	return r->body.data != NULL ? r->body.data : "";
}

static void done(struct reply *reply)
{
	reply_json(reply, 200, "{}\n");
}

static void get_requests(struct request *r, struct reply *reply)
{
	reply_json(reply, 200, "");
	recorder_requests(r->sim->recorder, &reply->body);
}

static void get_stats(struct request *r, struct reply *reply)
{
	reply_json(reply, 200, "");
	recorder_stats(r->sim->recorder, &reply->body);
}

static void post_reset(struct request *r, struct reply *reply)
{
	recorder_reset(r->sim->recorder);
	done(reply);
}

static void post_reload(struct request *r, struct reply *reply)
{
	char error[ERROR_SIZE];

	if (sim_reload(r->sim, error))
		done(reply);
	else
		reply_text(reply, 400, error);
}

static void put_scenario(struct request *r, struct reply *reply)
{
	char error[ERROR_SIZE];

	if (sim_replace(r->sim, body_of(r), r->body.len, false, error))
		done(reply);
	else
		reply_text(reply, 400, error);
}

static void post_faults(struct request *r, struct reply *reply)
{
	char error[ERROR_SIZE];
	cJSON *array = load_json(body_of(r), r->body.len, error);
	struct fault_set *faults = array != NULL ? fault_set_parse(array, error) : NULL;

	cJSON_Delete(array);
	if (faults == NULL) {
		reply_text(reply, 400, error);
		return;
	}
	sim_take_faults(r->sim, faults);
	done(reply);
}

static const struct control_call calls[] = {
	{ "GET", "/requests", get_requests },
	{ "GET", "/stats", get_stats },
	{ "POST", "/reset", post_reset },
	{ "POST", "/reload", post_reload },
	{ "PUT", "/scenario", put_scenario },
	{ "POST", "/faults", post_faults },
	{ NULL, NULL, NULL },
};

/* 1: answered. 0: the path is in this table, the method is not (405). -1: neither. */
static int run_call(struct request *r, struct reply *reply, const struct control_call *call)
{
	int found = -1;

	for (; call->path != NULL; call++) {
		if (strcmp(r->path, call->path) != 0)
			continue;
		if (strcmp(r->method, call->method) == 0) {
			reply->headers_len = 0;
			call->run(r, reply);
			return 1;
		}
		reply_text(reply, 405, status_phrase(405));
		reply_header(r, reply, "Allow", call->method);
		found = 0;
	}
	return found;
}

/* A path may be in both tables, with different methods. */
void control_answer(struct request *r, struct reply *reply)
{
	int shared = run_call(r, reply, calls);
	int own = shared == 1 ? 1 : run_call(r, reply, product.calls);

	if (shared == -1 && own == -1)
		reply_text(reply, 404, status_phrase(404));
}
