/* The TLS settings of the web configuration in the words of GnuTLS. */
#include "config/web_priority.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "config/web/tls.h"

/* Whether a suite takes part: all do if there is no list. Those of TLS 1.3 do not depend on it. */
static bool enabled(const struct web_config *config, const struct web_suite *suite)
{
	const struct string_list *list = &config->cipher_suites;

	if (suite->key_exchange == NULL)
		return false;
	if (list->count == 0)
		return true;
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], suite->name) == 0)
			return true;
	}
	return false;
}

/* Appends `:+part` once for each different part of the enabled suites. */
static void put_parts(const struct web_config *config, size_t offset, bool extra_13,
		      struct buf *buf)
{
	const char *put[WEB_SUITE_COUNT] = { NULL };
	size_t count = 0;

	for (size_t i = 0; i < WEB_SUITE_COUNT; i++) {
		const char *part;
		bool seen = false;
		bool wanted = enabled(config, web_suite(i)) ||
			      (extra_13 && web_suite(i)->key_exchange == NULL);
		memcpy(&part, (const char *)web_suite(i) + offset, sizeof(part));
		for (size_t k = 0; k < count; k++)
			seen = seen || strcmp(put[k], part) == 0;
		if (!wanted || seen)
			continue;
		put[count++] = part;
		buf_printf(buf, ":+%s", part);
	}
}

static void put_key_exchanges(const struct web_config *config, struct buf *buf)
{
	static const char *const both[] = { "ECDHE-ECDSA", "ECDHE-RSA" };

	buf_puts(buf, ":-KX-ALL");
	for (size_t k = 0; k < 2; k++) {
		bool wanted = false;
		for (size_t i = 0; i < WEB_SUITE_COUNT; i++)
			wanted = wanted || (enabled(config, web_suite(i)) &&
					    strcmp(web_suite(i)->key_exchange, both[k]) == 0);
		if (wanted)
			buf_printf(buf, ":+%s", both[k]);
	}
}

/* Whether one of the enabled suites has a cipher that TLS 1.3 can use too. */
static bool has_aead(const struct web_config *config)
{
	for (size_t i = 0; i < WEB_SUITE_COUNT; i++) {
		if (enabled(config, web_suite(i)) && strcmp(web_suite(i)->mac, "AEAD") == 0)
			return true;
	}
	return false;
}

static void put_priority(const struct web_config *config, struct buf *buf)
{
	bool has_13 = config->max_version == TLS_VERSION_13;
	bool any_12 = false;

	for (size_t i = 0; i < WEB_SUITE_COUNT; i++)
		any_12 = any_12 || enabled(config, web_suite(i));
	buf_puts(buf, "NORMAL:-VERS-ALL");
	for (size_t v = TLS_VERSION_13 + 1; v-- > 0;) {
		bool wanted = v >= config->min_version && v <= config->max_version;
		if (wanted && (any_12 || v == TLS_VERSION_13))
			buf_printf(buf, ":+VERS-%s", web_version_gnutls((enum tls_version)v));
	}
	put_key_exchanges(config, buf);
	/* the list is not meant for TLS 1.3, which must not be left without a cipher by it */
	bool extra = has_13 && !has_aead(config);
	buf_puts(buf, ":-CIPHER-ALL");
	put_parts(config, offsetof(struct web_suite, cipher), extra, buf);
	buf_puts(buf, ":-MAC-ALL");
	put_parts(config, offsetof(struct web_suite, mac), extra, buf);
	if (config->curve_preferences.count > 0) {
		buf_puts(buf, ":-GROUP-ALL");
		for (size_t i = 0; i < config->curve_preferences.count; i++) {
			const char *curve = web_curve_gnutls(config->curve_preferences.items[i]);
			if (curve != NULL)
				buf_printf(buf, ":+GROUP-%s", curve);
		}
	}
	buf_puts(buf, ":%SERVER_PRECEDENCE");
}

enum status web_config_gnutls_priority(const struct web_config *config, char *ret_text, size_t size,
				       struct error *error)
{
	struct buf buf;

	buf_init(&buf, size > 0 ? size - 1 : 0);
	put_priority(config, &buf);
	enum status status = buf_status(&buf);
	if (status == STATUS_OK)
		memcpy(ret_text, buf.data, buf.len + 1);
	else
		(void)error_set(error, status, "the priority string for GnuTLS: %s",
				status_name(status));
	buf_release(&buf);
	return status;
}
