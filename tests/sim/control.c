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
	struct scenario *sc = scenario_parse(body_of(r), r->body.len, r->sim->dir, error);

	if (sc == NULL) {
		reply_text(reply, 400, error);
		return;
	}
	sim_take_scenario(r->sim, sc);
	done(reply);
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

/* Every token that was issued so far is refused from now on. */
static void post_revoke(struct request *r, struct reply *reply)
{
	atomic_fetch_add(&r->sim->token_generation, 1);
	done(reply);
}

static const struct control_call {
	const char *method, *path;
	void (*run)(struct request *r, struct reply *reply);
} calls[] = {
	{ "GET", "/requests", get_requests },      { "GET", "/stats", get_stats },
	{ "POST", "/reset", post_reset },          { "POST", "/reload", post_reload },
	{ "PUT", "/scenario", put_scenario },      { "POST", "/faults", post_faults },
	{ "POST", "/tokens/revoke", post_revoke },
};

void control_answer(struct request *r, struct reply *reply)
{
	reply_text(reply, 404, "Not Found");
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		if (strcmp(r->path, calls[i].path) != 0)
			continue;
		if (strcmp(r->method, calls[i].method) == 0) {
			calls[i].run(r, reply);
			return;
		}
		reply_text(reply, 405, status_phrase(405));
		reply_header(r, reply, "Allow", calls[i].method);
	}
}
