/*
 * A simulator: the service that `product` describes, driven by a scenario file. For tests and the
 * demo only; it listens on the loopback interface. See README.md.
 */
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "server.h"

#define OPTIONS_MAX 16
#define EXTRA       256 /* numbers of the product's own options */

struct options {
	const char *scenario;
	const char *tls_cert;
	const char *tls_key;
	const char *client_ca;
	int ports[HOSTS_MAX];
};

/* The table for getopt: ports have the number of their host, the product's own follow EXTRA. */
static void known_options(struct option known[OPTIONS_MAX])
{
	static const struct option common[] = {
		{ "scenario", required_argument, NULL, 's' },
		{ "tls-cert", required_argument, NULL, 'c' },
		{ "tls-key", required_argument, NULL, 'k' },
		{ "client-ca", required_argument, NULL, 'a' },
	};
	size_t n = sizeof common / sizeof *common;

	memset(known, 0, OPTIONS_MAX * sizeof *known);
	memcpy(known, common, sizeof common);
	for (int i = 0; i < product.hosts_len; i++)
		known[n++] = (struct option){ product.hosts[i].option, required_argument, NULL, i };
	for (int i = 0; product.options != NULL && product.options[i].name != NULL; i++)
		known[n++] = (struct option){ product.options[i].name, required_argument, NULL,
					      EXTRA + i };
}

static bool read_options(int argc, char **argv, struct options *o, struct state *state)
{
	struct option known[OPTIONS_MAX];
	long port;
	int c;

	known_options(known);
	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 's':
			o->scenario = optarg;
			break;
		case 'c':
			o->tls_cert = optarg;
			break;
		case 'k':
			o->tls_key = optarg;
			break;
		case 'a':
			o->client_ca = optarg;
			break;
		case '?':
			return false;
		default:
			if (c >= EXTRA) {
				if (!product.options[c - EXTRA].set(state, optarg))
					return false;
				break;
			}
			if (!parse_number(optarg, 0, 65535, &port))
				return false;
			o->ports[c] = (int)port;
			break;
		}
	}
	return optind == argc && o->scenario != NULL && o->tls_cert != NULL && o->tls_key != NULL &&
	       (o->client_ca != NULL || !product.needs_client_ca);
}

static bool read_tls(const struct options *o, struct tls_files *tls)
{
	const char *paths[] = { o->tls_cert, o->tls_key, o->client_ca };
	struct text *texts[] = { &tls->certificate, &tls->key, &tls->client_ca };

	for (size_t i = 0; i < 3; i++) {
		if (paths[i] == NULL)
			continue;
		errno = 0;
		if (!text_add_file(texts[i], paths[i]) || texts[i]->len == 0) {
			fprintf(stderr, "%s: %s: %s\n", product.program, paths[i],
				errno != 0 ? strerror(errno) : "empty");
			return false;
		}
	}
	return true;
}

/* Serves until SIGTERM or SIGINT comes. */
static int serve(struct sim *sim, const struct tls_files *tls, const struct options *o,
		 const sigset_t *signals)
{
	char error[ERROR_SIZE] = "out of memory";
	struct server *server = server_start(sim, tls, o->ports, error);
	int signal_number;

	if (server == NULL) {
		fprintf(stderr, "%s: %s\n", product.program, error);
		return 1;
	}
	for (int i = 0; i < product.hosts_len; i++)
		printf("%s\"%s\":%d", i == 0 ? "{" : ",", product.hosts[i].ready, sim->ports[i]);
	puts("}");
	fflush(stdout);
	while (sigwait(signals, &signal_number) != 0)
		continue;
	(void)eventfd_write(sim->stop_fd, 1);
	server_stop(server);
	return 0;
}

static int run(struct sim *sim, const struct options *o, const sigset_t *signals)
{
	struct tls_files tls = { 0 };
	char error[ERROR_SIZE];
	int status = 1;

	if (!read_tls(o, &tls))
		goto out;
	if (!sim_reload(sim, error)) {
		fprintf(stderr, "%s: %s: %s\n", product.program, o->scenario, error);
		goto out;
	}
	if (!product.state_start(sim, &tls, error)) {
		fprintf(stderr, "%s: %s\n", product.program, error);
		goto out;
	}
	status = serve(sim, &tls, o, signals);
out:
	text_release(&tls.certificate);
	text_release(&tls.key);
	text_release(&tls.client_ca);
	return status;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct sim sim = { .lock = PTHREAD_MUTEX_INITIALIZER };
	sigset_t signals;
	char *path;
	int status = 1;

	sim.state = product.state_new();
	if (sim.state == NULL || !read_options(argc, argv, &o, sim.state)) {
		fputs(product.usage, stderr);
		product.state_free(sim.state);
		return 2;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL); /* before any thread */
	path = strdup(o.scenario);
	sim.scenario_path = o.scenario;
	sim.dir = path != NULL ? dirname(path) : ".";
	sim.stop_fd = eventfd(0, EFD_CLOEXEC);
	sim.recorder = recorder_new();
	if (path != NULL && sim.stop_fd >= 0 && sim.recorder != NULL)
		status = run(&sim, &o, &signals);
	if (sim.scenario != NULL)
		scenario_unref(sim.scenario);
	fault_set_unref(sim.faults);
	recorder_free(sim.recorder);
	product.state_free(sim.state);
	if (sim.stop_fd >= 0)
		close(sim.stop_fd);
	free(path);
	return status;
}
