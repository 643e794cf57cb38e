/* From the command line to a configuration that can be run, or to all that is wrong with it. */
#include "config/open.h"

#include "config/check.h"
#include "config/discover.h"
#include "config/file/load.h"
#include "config/same_client.h"
#include "config/web_config.h"

/* What the command line names, else what is found; see load.h and discover.h. */
static enum status read_sources(const struct options *options, struct config **ret_config,
				struct problems *problems)
{
	const char *ca_file = options->ca_file;

	if (options->config_file != NULL)
		return config_load(options->config_file, ca_file, ret_config, problems);
	if (options->binding_files.count > 0)
		return config_from_binding_files(&options->binding_files, ca_file, ret_config,
						 problems);
	struct binding_places places = binding_places_of_environment();
	return config_discover(&places, ca_file, ret_config, problems);
}

/* Reads the web configuration only to know whether it is good: the web server reads it when it
 * uses it, and again when the file changes. */
static void check_web_config(const char *path, struct problems *problems)
{
	struct web_config *web = NULL;

	if (web_config_load(path, &web, problems) == STATUS_OK)
		web_config_free(web);
}

enum status config_open(const struct options *options, struct config **ret_config,
			struct problems *problems)
{
	struct config *config = NULL;
	enum status status = read_sources(options, &config, problems);
	bool check = options->config_check != CHECK_OFF;

	if (config != NULL && (check || status == STATUS_OK)) {
		config_warn_same_client(config, problems);
		if (check)
			config_check_files(config, problems);
		else
			status = config_check_start(config, problems);
	}
	if (options->web_config_file != NULL)
		check_web_config(options->web_config_file, problems);
	if (status == STATUS_OK && problems->count > 0)
		status = STATUS_SYNTAX;
	if (status != STATUS_OK) {
		config_free(config);
		return status;
	}
	*ret_config = config;
	return STATUS_OK;
}
