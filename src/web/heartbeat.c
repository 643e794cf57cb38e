/* Signs of life of the threads that make bodies and of those that serve connections. */
#include "web/heartbeat.h"

#include <sys/socket.h>
#include <unistd.h>

static struct lane *lane_of_job(struct render_job *job)
{
	return (struct lane *)((char *)job - offsetof(struct lane, pulse.job));
}

static enum status nothing(struct render_job *job, struct body **ret_body, struct error *error)
{
	(void)job;
	(void)ret_body;
	(void)error;
	return STATUS_OK;
}

static void answered(struct render_job *job)
{
	atomic_store(&lane_of_job(job)->pulse.answered, true);
}

bool heartbeat_of_lane(struct lane *lane)
{
	struct lane_pulse *pulse = &lane->pulse;
	bool alive = pulse->asked && atomic_load(&pulse->answered);

	if (pulse->asked && !alive)
		return false;
	pulse->asked = true;
	atomic_store(&pulse->answered, false);
	pulse->job = (struct render_job){ .key = "heartbeat", .render = nothing, .done = answered };
	renderer_submit(lane->renderer, &pulse->job);
	return alive;
}

/*
 * Hands the listener one end of a pair of sockets, whose other end is closed: its thread takes it
 * up and lets it go, on the same way as a client's. To connect to its address could be forbidden to
 * this process by a firewall, or by IPAddressDeny= of the unit. False when it takes no more now.
 */
static bool knock(struct listener *listener)
{
	struct sockaddr nobody = { .sa_family = AF_UNIX };
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	(void)close(ends[1]);
	return MHD_add_connection(listener->daemon, ends[0], &nobody, sizeof(nobody)) == MHD_YES;
}

bool heartbeat_of_listener(struct listener *listener)
{
	unsigned turns = atomic_load(&listener->turns);
	bool alive = turns != listener->turns_seen;

	listener->turns_seen = turns;
	if (alive || !listener->knocked)
		listener->knocked = knock(listener);
	return alive;
}
