/*
 * See sim.h: the shared state, and the small things that every answer needs.
 */
#include "sim.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int control_host(void)
{
	return product.hosts_len - 1;
}

struct scenario *sim_scenario(struct sim *sim)
{
	struct scenario *sc;

	pthread_mutex_lock(&sim->lock);
	sc = scenario_ref(sim->scenario);
	pthread_mutex_unlock(&sim->lock);
	return sc;
}

struct fault_set *sim_faults(struct sim *sim)
{
	struct fault_set *faults;

	pthread_mutex_lock(&sim->lock);
	faults = fault_set_ref(sim->faults);
	pthread_mutex_unlock(&sim->lock);
	return faults;
}

void sim_take_faults(struct sim *sim, struct fault_set *faults)
{
	struct fault_set *old;

	pthread_mutex_lock(&sim->lock);
	old = sim->faults;
	sim->faults = faults;
	pthread_mutex_unlock(&sim->lock);
	fault_set_unref(old);
}

bool sim_replace(struct sim *sim, const char *json, size_t len, bool keep_faults,
		 char ret_error[ERROR_SIZE])
{
	struct scenario *sc = scenario_parse(json, len, sim->dir, ret_error);
	struct scenario *old;
	struct fault_set *old_faults = NULL;

	if (sc == NULL)
		return false;
	pthread_mutex_lock(&sim->lock);
	old = sim->scenario;
	sim->scenario = sc;
	if (!keep_faults) {
		old_faults = sim->faults;
		sim->faults = fault_set_ref(scenario_faults(sc));
	}
	pthread_mutex_unlock(&sim->lock);
	scenario_unref(old);
	fault_set_unref(old_faults);
	return true;
}

bool sim_reload(struct sim *sim, char ret_error[ERROR_SIZE])
{
	struct text json = { 0 };
	bool ok = false;

	if (!text_add_file(&json, sim->scenario_path))
		(void)snprintf(ret_error, ERROR_SIZE, "%s: %s", sim->scenario_path,
			       strerror(errno));
	else
		ok = sim_replace(sim, json.data != NULL ? json.data : "", json.len, false,
				 ret_error);
	text_release(&json);
	return ok;
}

bool sim_wait(struct sim *sim, int fd, int timeout_ms)
{
	struct pollfd fds[2] = {
		{ .fd = sim->stop_fd, .events = POLLIN },
		{ .fd = fd, .events = POLLIN | POLLRDHUP },
	};
	int64_t until = now_ms() + timeout_ms;
	int64_t left = timeout_ms;
	int n;

	do {
		n = poll(fds, fd >= 0 ? 2 : 1, (int)left);
		left = until - now_ms();
	} while (n < 0 && errno == EINTR && left > 0);
	return n == 0;
}

const char *request_param(const struct request *r, const char *name)
{
	for (size_t i = 0; i < r->params_len; i++) {
		if (strcmp(r->params[i].name, name) == 0)
			return r->params[i].value;
	}
	return NULL;
}

static const char *decoded(struct request *r, const char *s, size_t len)
{
	char *plain = percent_decode(s, len, true);
	const char *copy = plain != NULL ? arena_strdup(&r->arena, plain) : NULL;

	free(plain);
	return copy != NULL ? copy : "";
}

size_t request_split_form(struct request *r, const char *s, struct param *params, size_t max)
{
	size_t n = 0;

	while (s != NULL && *s != '\0' && n < max) {
		size_t len = strcspn(s, "&");
		const char *equals = memchr(s, '=', len);
		size_t name_len = equals != NULL ? (size_t)(equals - s) : len;

		if (len > 0) {
			params[n].name = decoded(r, s, name_len);
			params[n].value =
				equals != NULL ? decoded(r, equals + 1, len - name_len - 1) : "";
			n++;
		}
		s += len;
		s += *s == '&' ? 1 : 0;
	}
	return n;
}

void reply_header(struct request *r, struct reply *reply, const char *name, const char *value)
{
	struct header *h = &reply->headers[reply->headers_len];
	const char *copy = arena_strdup(&r->arena, value);

	if (reply->headers_len == HEADERS_MAX || copy == NULL)
		return;
	h->name = name;
	h->value = copy;
	reply->headers_len++;
}

static void reply_start(struct reply *reply, int status, const char *content_type)
{
	text_release(&reply->body);
	reply->status = status;
	reply->content_type = content_type;
	reply->chunked = false;
}

void reply_text(struct reply *reply, int status, const char *text)
{
	reply_start(reply, status, "text/plain;charset=UTF-8");
	text_adds(&reply->body, text);
}

void reply_json(struct reply *reply, int status, const char *json)
{
	reply_start(reply, status, "application/json");
	text_adds(&reply->body, json);
}

void reply_violation(struct request *r, struct reply *reply, const char *allow)
{
	r->violation = true;
	reply_text(reply, 405, "Method Not Allowed");
	reply_header(r, reply, "Allow", allow);
}

const char *status_phrase(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 302:
		return "Found";
	case 304:
		return "Not Modified";
	case 400:
		return "Bad Request";
	case 401:
		return "Unauthorized";
	case 403:
		return "Forbidden";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 409:
		return "Conflict";
	case 410:
		return "Gone";
	case 412:
		return "Precondition Failed";
	case 413:
		return "Payload Too Large";
	case 429:
		return "Too Many Requests";
	case 500:
		return "Internal Server Error";
	case 502:
		return "Bad Gateway";
	case 503:
		return "Service Unavailable";
	case 504:
		return "Gateway Timeout";
	default:
		return "Status";
	}
}
