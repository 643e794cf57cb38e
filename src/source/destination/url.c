/* Addresses of the Destination service (docs/reference/destination-service.md 3). */
#include "source/destination/url.h"

#include <string.h>

#include "base/text.h"

#define BASE_PATH "/destination-configuration/v1/"

/* Hands the address over, if it is one that may be asked. */
static enum status finish_url(struct buf *url, char **ret_url, struct error *error)
{
	enum status status = buf_status(url);
	char *text = buf_take(url);

	buf_release(url);
	if (status == STATUS_TOO_LARGE)
		return error_set(error, STATUS_LIMIT, "the address is too long for a request");
	if (text == NULL)
		return error_set(error, STATUS_MEMORY, "out of memory");
	*ret_url = text;
	return STATUS_OK;
}

enum status ds_url(const struct ds_run *run, const char *level, const char *suffix, char **ret_url,
		   struct error *error)
{
	struct buf url;

	buf_init(&url, DS_URL_MAX);
	buf_printf(&url, "%s" BASE_PATH "%s%s", run->service->credentials.host, level, suffix);
	return finish_url(&url, ret_url, error);
}

enum status ds_store_url(const struct ds_run *run, const char *level, const char *name,
			 const char *suffix, char **ret_url, struct error *error)
{
	struct buf url;

	if (strlen(name) > DS_NAME_MAX)
		return error_set(error, STATUS_LIMIT,
				 "the name has %zu bytes, more than %d: it is not asked for",
				 strlen(name), DS_NAME_MAX);
	buf_init(&url, DS_URL_MAX);
	buf_printf(&url, "%s" BASE_PATH "%sCertificates/", run->service->credentials.host, level);
	text_percent_encode(&url, name);
	buf_puts(&url, suffix);
	return finish_url(&url, ret_url, error);
}
