/*
 * destination_sim: a Destination service and its token service, driven by a scenario file. For
 * tests and the demo only; it listens on the loopback interface. See README.md.
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

#include <openssl/rand.h>

#include "server.h"

struct options {
	const char *scenario;
	const char *tls_cert;
	const char *tls_key;
	const char *client_ca;
	int ports[HOSTS];
};

static const char usage[] =
	"usage: destination_sim --scenario FILE --tls-cert PEM --tls-key PEM --client-ca PEM\n"
	"                       [--token-port N] [--mtls-port N] [--service-port N]\n"
	"                       [--control-port N]\n"
	"Ports default to 0: a free one. One line of JSON with the ports on stdout: ready.\n";

static bool read_options(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "token-port", required_argument, NULL, HOST_TOKEN },
		{ "mtls-port", required_argument, NULL, HOST_MTLS },
		{ "service-port", required_argument, NULL, HOST_SERVICE },
		{ "control-port", required_argument, NULL, HOST_CONTROL },
		{ "scenario", required_argument, NULL, 's' },
		{ "tls-cert", required_argument, NULL, 'c' },
		{ "tls-key", required_argument, NULL, 'k' },
		{ "client-ca", required_argument, NULL, 'a' },
		{ NULL, 0, NULL, 0 },
	};
	long port;
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case HOST_TOKEN:
		case HOST_MTLS:
		case HOST_SERVICE:
		case HOST_CONTROL:
			if (!parse_number(optarg, 0, 65535, &port))
				return false;
			o->ports[c] = (int)port;
			break;
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
		default:
			return false;
		}
	}
	return optind == argc && o->scenario != NULL && o->tls_cert != NULL && o->tls_key != NULL &&
	       o->client_ca != NULL;
}

static bool read_tls(const struct options *o, struct tls_files *tls)
{
	const char *paths[] = { o->tls_cert, o->tls_key, o->client_ca };
	struct text *texts[] = { &tls->certificate, &tls->key, &tls->client_ca };

	for (size_t i = 0; i < 3; i++) {
		if (!text_add_file(texts[i], paths[i]) || texts[i]->len == 0) {
			fprintf(stderr, "destination_sim: %s: %s\n", paths[i],
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
		fprintf(stderr, "destination_sim: %s\n", error);
		return 1;
	}
	printf("{\"token\":%d,\"mtls\":%d,\"service\":%d,\"control\":%d}\n", sim->ports[HOST_TOKEN],
	       sim->ports[HOST_MTLS], sim->ports[HOST_SERVICE], sim->ports[HOST_CONTROL]);
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
		fprintf(stderr, "destination_sim: %s: %s\n", o->scenario, error);
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

	if (!read_options(argc, argv, &o)) {
		fputs(usage, stderr);
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
	if (path != NULL && sim.stop_fd >= 0 && sim.recorder != NULL &&
	    RAND_bytes(sim.token_key, TOKEN_KEY_SIZE) == 1)
		status = run(&sim, &o, &signals);
	scenario_unref(sim.scenario);
	fault_set_unref(sim.faults);
	recorder_free(sim.recorder);
	if (sim.stop_fd >= 0)
		close(sim.stop_fd);
	free(path);
	return status;
}
