/* The web configuration while the server runs: which files it came from, and reading them again
 * when they have changed. */
#include "web/settings.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"

/* The states of the files behind a configuration, taken before they were read. */
struct file_states {
	struct file_identity web_config, certificate, private_key, client_ca;
};

struct settings {
	char *path; /* NULL: no file */
	pthread_mutex_t lock;
	struct active_config *initial;
	/* for requests: depends on the file alone */
	struct file_identity request_state;
	struct active_config *request; /* NULL: broken */
	/* for handshakes: depends on the files it names too */
	struct file_states handshake_states;
	struct active_config *handshake_config; /* the last good one: names the files */
	struct tls_context *handshake;          /* NULL: broken */
};

static struct active_config *active_config_ref(struct active_config *active)
{
	atomic_fetch_add(&active->references, 1);
	return active;
}

void active_config_unref(struct active_config *active)
{
	if (active == NULL || atomic_fetch_sub(&active->references, 1) != 1)
		return;
	web_config_free(active->config);
	free(active);
}

/* Takes `config`, also on failure. */
static struct active_config *active_new_take(struct web_config *config)
{
	struct active_config *active = calloc(1, sizeof(*active));

	if (active == NULL) {
		web_config_free(config);
		return NULL;
	}
	atomic_init(&active->references, 1);
	active->config = config;
	return active;
}

static struct file_states identify_all(const char *path, const struct web_config *config)
{
	return (struct file_states){
		.web_config = file_identity_at(path),
		.certificate = file_identity_at(config->certificate_file),
		.private_key = file_identity_at(config->private_key_file),
		.client_ca = file_identity_at(config->client_ca_file),
	};
}

static bool states_equal(const struct file_states *a, const struct file_states *b)
{
	return file_identity_equal(&a->web_config, &b->web_config) &&
	       file_identity_equal(&a->certificate, &b->certificate) &&
	       file_identity_equal(&a->private_key, &b->private_key) &&
	       file_identity_equal(&a->client_ca, &b->client_ca);
}

/* One log line per problem; the first one also goes to `error`. */
static void report(const char *path, const struct problems *problems, struct error *error)
{
	const char *text = buf_text(&problems->text);

	while (*text != '\0') {
		struct error line;
		size_t len = strcspn(text, "\n");
		(void)error_set(&line, STATUS_OK, "%.*s", (int)(len < 500 ? len : 500), text);
		log_error("web configuration", LOG_TEXT("problem", line.text),
			  LOG_TEXT("file", path));
		if (error != NULL && error->text[0] == '\0')
			*error = line;
		text += len + (text[len] == '\n' ? 1 : 0);
	}
}

/* Reads the file, or makes the configuration of no file. */
static enum status load(const char *path, struct active_config **ret_active, struct error *error)
{
	struct web_config *config = NULL;
	struct problems problems;
	enum status status;

	if (path == NULL) {
		config = calloc(1, sizeof(*config));
		status = config != NULL ? STATUS_OK : STATUS_MEMORY;
	} else {
		problems_init(&problems);
		status = web_config_load(path, &config, &problems);
		if (status != STATUS_OK)
			report(path, &problems, error);
		problems_release(&problems);
	}
	if (status != STATUS_OK)
		return status;
	*ret_active = active_new_take(config);
	return *ret_active != NULL ? STATUS_OK : STATUS_MEMORY;
}

enum status settings_open(const char *path, struct settings **ret_settings, struct error *error)
{
	struct settings *settings = calloc(1, sizeof(*settings));
	struct active_config *active = NULL;
	enum status status = STATUS_MEMORY;

	if (settings == NULL)
		return STATUS_MEMORY;
	(void)pthread_mutex_init(&settings->lock, NULL);
	if (error != NULL)
		error->text[0] = '\0';
	if (path != NULL) {
		settings->path = strdup(path);
		if (settings->path == NULL)
			goto out;
	}
	settings->request_state = file_identity_at(path);
	status = load(path, &active, error);
	if (status != STATUS_OK)
		goto out;
	settings->handshake_states = identify_all(path, active->config);
	if (active->config->tls) {
		/* again, now that the names of the other files are known: the state of a file must
		 * be older than what was read of it */
		active_config_unref(active);
		active = NULL;
		status = load(path, &active, error);
		if (status != STATUS_OK)
			goto out;
	}
	if (active->config->tls)
		status = tls_context_new(active->config, &settings->handshake, error);
	if (status != STATUS_OK)
		goto out;
	settings->request = active_config_ref(active);
	settings->handshake_config = active_config_ref(active);
	settings->initial = active;
	*ret_settings = settings;
	return STATUS_OK;
out:
	active_config_unref(active);
	settings_free(settings);
	return status;
}

void settings_free(struct settings *settings)
{
	if (settings == NULL)
		return;
	active_config_unref(settings->initial);
	active_config_unref(settings->request);
	active_config_unref(settings->handshake_config);
	tls_context_unref(settings->handshake);
	(void)pthread_mutex_destroy(&settings->lock);
	free(settings->path);
	free(settings);
}

const struct web_config *settings_initial(const struct settings *settings)
{
	return settings->initial->config;
}

/* The lock is held. */
static void refresh_request(struct settings *settings)
{
	struct file_identity state = file_identity_at(settings->path);
	struct active_config *fresh = NULL;

	if (file_identity_equal(&state, &settings->request_state))
		return;
	settings->request_state = state;
	if (load(settings->path, &fresh, NULL) == STATUS_OK)
		log_info("web configuration read again", LOG_TEXT("file", settings->path));
	else
		log_error("web configuration is broken: requests are refused",
			  LOG_TEXT("file", settings->path));
	active_config_unref(settings->request);
	settings->request = fresh;
}

struct active_config *settings_for_request(struct settings *settings)
{
	struct active_config *active;

	(void)pthread_mutex_lock(&settings->lock);
	if (settings->path != NULL)
		refresh_request(settings);
	active = settings->request != NULL ? active_config_ref(settings->request) : NULL;
	(void)pthread_mutex_unlock(&settings->lock);
	return active;
}

/* The lock is held. The files named by the last good configuration are watched even while it is
 * broken, so that it mends itself when they come back. */
static void refresh_handshake(struct settings *settings)
{
	struct file_states states =
		identify_all(settings->path, settings->handshake_config->config);
	struct active_config *fresh = NULL;
	struct tls_context *context = NULL;
	struct error error = { "" };

	if (states_equal(&states, &settings->handshake_states))
		return;
	settings->handshake_states = states;
	if (load(settings->path, &fresh, &error) == STATUS_OK &&
	    tls_context_new(fresh->config, &context, &error) == STATUS_OK) {
		log_info("TLS certificate and settings read again",
			 LOG_TEXT("file", settings->path));
		/* Should it name other files now, the next handshake finds their state new and
		 * reads once more: states are always older than what was read. */
		active_config_unref(settings->handshake_config);
		settings->handshake_config = fresh;
		fresh = NULL;
	} else {
		log_error("TLS settings are broken: new connections are refused",
			  LOG_TEXT("problem", error.text), LOG_TEXT("file", settings->path));
	}
	active_config_unref(fresh);
	tls_context_unref(settings->handshake);
	settings->handshake = context;
}

struct tls_context *settings_for_handshake(struct settings *settings)
{
	struct tls_context *context;

	(void)pthread_mutex_lock(&settings->lock);
	if (settings->path != NULL)
		refresh_handshake(settings);
	context = settings->handshake != NULL ? tls_context_ref(settings->handshake) : NULL;
	(void)pthread_mutex_unlock(&settings->lock);
	return context;
}
