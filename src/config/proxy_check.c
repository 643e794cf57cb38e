/* The proxy of the environment, checked before a request needs it. */
#include "config/proxy_check.h"

#include "base/proxy.h"

static bool uses_environment(const struct source_config *source)
{
	return source != NULL && source->enabled && source->kind != SOURCE_DIRECTORY &&
	       (source->proxy == NULL || source->proxy[0] == '\0');
}

void config_check_proxy(const struct config *config, bool warn_only, struct problems *problems)
{
	struct proxy proxy = { .address = NULL };
	struct error error = { "" };
	bool used = false;

	for (size_t i = 0; i < config->source_count && !used; i++)
		used = uses_environment(config->sources[i]);
	if (!used)
		return;
	enum status status = proxy_of_environment(&proxy, &error);
	proxy_release(&proxy);
	if (status == STATUS_OK || status == STATUS_NOT_FOUND)
		return;
	if (warn_only)
		problem_warn(problems, "warning: %s; requests that need this proxy fail",
			     error.text);
	else
		problem_add(problems, "%s", error.text);
}
