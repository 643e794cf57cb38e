/* Certificates in DER, and what stands behind them. */
#include "cert/der.h"

#include <string.h>

#include "cert/ber.h"
#include "cert/content.h"
#include "cert/x509/view.h"

static bool is_blank(struct span data)
{
	for (size_t i = 0; i < data.len; i++) {
		if (data.data[i] == '\0' || strchr(" \t\r\n", data.data[i]) == NULL)
			return false;
	}
	return true;
}

static struct span behind(struct span data, size_t len)
{
	return (struct span){ data.data + len, data.len - len };
}

/* Where the first element of `data` ends: what it announces, or all of it. */
static size_t first_length(struct span data)
{
	size_t len = ber_announced_length(data);

	return len == 0 || len > data.len ? data.len : len; /* 0: indefinite, or no length at all */
}

enum status der_file(struct store_content *content, struct span data)
{
	enum status status = STATUS_OK;
	size_t offset = 0;

	while (status == STATUS_OK && offset < data.len) {
		struct span rest = behind(data, offset);
		size_t len = ber_announced_length(rest);
		if (offset > 0 && is_blank(rest))
			break;
		if (offset > 0 && rest.data[0] != BER_SEQUENCE) {
			content_problem(content, STORE_UNPARSABLE,
					"%zu bytes behind the certificate", rest.len);
			break;
		}
		if (len > rest.len) {
			content_problem(content, STORE_UNPARSABLE, "truncated: %zu of %zu bytes",
					data.len, offset + len);
			break;
		}
		len = first_length(rest);
		status = content_add_der(content, rest.data, len, offset);
		offset += len;
	}
	return status;
}

/* The trust settings (X509_CERT_AUX of OpenSSL): one SEQUENCE. */
static struct span skip_trust(struct span data)
{
	struct ber b;
	struct ber_item item;

	ber_init(&b, data);
	return ber_take_optional(&b, BER_SEQUENCE, &item) ? behind(data, item.whole.len) : data;
}

enum status der_block(struct store_content *content, struct span data, bool trusted, size_t offset)
{
	size_t before = content->certificate_count;
	size_t len = first_length(data);
	struct span rest = behind(data, len);
	struct x509_view view;
	enum status status = content_add_der(content, data.data, len, offset);

	if (status != STATUS_OK || content->certificate_count == before)
		return status;
	if (trusted)
		rest = skip_trust(rest);
	while (status == STATUS_OK && !is_blank(rest)) {
		len = first_length(rest);
		if (x509_view(rest.data, len, &view) != STATUS_OK) {
			content_problem(content, STORE_UNPARSABLE,
					"%zu bytes behind the certificate at byte %zu", rest.len,
					offset == CONTENT_NO_OFFSET ? 0 : offset);
			break;
		}
		status = content_add_der(content, rest.data, len, offset);
		rest = behind(rest, len);
	}
	return status;
}
