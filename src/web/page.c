/* The page at `/`: its frame, the summary, and the policy that lets it run nothing but itself. */
#include "web/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/clock.h"
#include "base/text.h"
#include "inventory/figures.h"
#include "web/html.h"
#include "web/routes.h"
#include "web/service.h"

#ifndef BTP_VERSION /* set by the build */
#define BTP_VERSION "unknown"
#endif

#define DIGEST_TEXT_SIZE   64 /* SHA-256 in base64: 44 characters */
#define NOTICE_SOURCES_MAX 5  /* that are named; the table of sources has them all */

/* -- collecting ---------------------------------------------------------------------------------
 */

/* Soonest first, unknown ends last; then in the order of the inventory, which never changes. */
static int compare_rows(const void *left, const void *right)
{
	const struct page_row *a = left;
	const struct page_row *b = right;
	bool has_a = certificate_expiry_is_known(a->certificate);
	bool has_b = certificate_expiry_is_known(b->certificate);

	if (has_a != has_b)
		return has_a ? -1 : 1;
	if (has_a && a->certificate->not_after_s != b->certificate->not_after_s)
		return a->certificate->not_after_s < b->certificate->not_after_s ? -1 : 1;
	if (a->view != b->view)
		return strcmp(a->view->id, b->view->id);
	return a->certificate < b->certificate ? -1 : a->certificate > b->certificate;
}

/* All certificates, sorted; NULL without memory. The caller frees. */
static struct page_row *collect(const struct page *page, size_t count)
{
	const struct snapshot *snapshot = page->snapshot;
	struct page_row *rows = calloc(count > 0 ? count : 1, sizeof(*rows));
	size_t n = 0;

	if (rows == NULL)
		return NULL;
	for (size_t v = 0; v < snapshot->view_count; v++) {
		const struct source_view *view = snapshot->views[v];
		for (size_t i = 0; i < view->certificate_count; i++) {
			const struct inventory_certificate *certificate = &view->certificates[i];
			rows[n++] = (struct page_row){
				.view = view,
				.store = &view->stores[certificate->store],
				.certificate = certificate,
				.status = certificate_status_at(certificate, page->now_s),
			};
		}
	}
	qsort(rows, n, sizeof(*rows), compare_rows);
	return rows;
}

/* -- writing ------------------------------------------------------------------------------------
 */

/* `status`: the script shows only rows with it when the card is clicked; "" for all. Where nothing
 * is known, the number is no 0. */
static void card(struct buf *buf, const char *anchor, const char *status, const char *mood,
		 bool known, size_t count, const char *text)
{
	buf_printf(buf, "<a class=\"card %s\" href=\"#%s\" data-f=\"%s\"><b>",
		   known && count > 0 ? mood : "calm", anchor, status);
	if (known)
		buf_printf(buf, "%zu", count);
	else
		buf_putc(buf, '?');
	buf_printf(buf, "</b><span>%s</span></a>\n", text);
}

/* What is certain is counted; what was known before is said beside it. */
static void missing_card(const struct inventory_counts *counts, struct buf *buf)
{
	bool known = counts->missing > 0 || counts->missing_unknown_sources == 0 ||
		     counts->missing_known_sources > 0;
	char text[128];

	if (counts->missing_unknown_sources == 0)
		(void)snprintf(text, sizeof(text), "missing references");
	else if (counts->older_missing > 0)
		(void)snprintf(text, sizeof(text), "missing references, %zu%s from before",
			       counts->older_missing, counts->missing > 0 ? " more" : "");
	else
		(void)snprintf(text, sizeof(text), "missing references, of %zu source%s not known",
			       counts->missing_unknown_sources,
			       counts->missing_unknown_sources == 1 ? "" : "s");
	card(buf, "missing", "", "bad", known, counts->missing, text);
}

/* The cards with a status add up to the number of certificates. */
static void put_summary(const struct inventory_counts *counts, struct buf *buf)
{
	static const struct {
		enum certificate_status status;
		const char *mood;
		const char *text;
	} cards[CERTIFICATE_STATUS_COUNT] = {
		{ CERTIFICATE_EXPIRED, "bad", "expired" },
		{ CERTIFICATE_EXPIRING, "warn", "expire within 30 days" },
		{ CERTIFICATE_VALID, "good", "valid" },
		{ CERTIFICATE_NOT_YET_VALID, "info", "not yet valid" },
		{ CERTIFICATE_STATUS_UNKNOWN, "info", "of unknown end" },
	};
	bool known = counts->sources_unknown < counts->sources;

	buf_puts(buf, "<nav class=\"cards\" aria-label=\"Summary\">\n");
	for (size_t i = 0; i < CERTIFICATE_STATUS_COUNT; i++)
		card(buf, "certificates", certificate_status_name(cards[i].status), cards[i].mood,
		     known, counts->by_status[cards[i].status], cards[i].text);
	card(buf, "stores", "", "bad", known, counts->problem_stores, "stores with problems");
	missing_card(counts, buf);
	card(buf, "sources", "", "bad", true, counts->sources_down, "sources down");
	buf_puts(buf, "</nav>\n");
}

/* Says at once that not everything below is of the last attempt, and of which sources. */
static void put_notice(const struct page *page, const struct inventory_counts *counts,
		       struct buf *buf)
{
	size_t shown = 0;

	if (counts->stale_certificates == 0 && counts->sources_stale == 0)
		return;
	buf_printf(
		buf,
		"<p class=\"notice\" role=\"status\"><b>Older knowledge is shown.</b> %zu of %zu "
		"certificates could not be read by the last attempt; they are marked with the time "
		"when they were read.",
		counts->stale_certificates, counts->certificates);
	for (size_t i = 0; i < page->snapshot->view_count; i++) {
		const struct source_view *view = page->snapshot->views[i];
		if (!view->freshness.stale)
			continue;
		if (shown == NOTICE_SOURCES_MAX) {
			buf_printf(buf, " and %zu more", counts->sources_stale - shown);
			break;
		}
		buf_puts(buf, shown++ > 0 ? ", " : " Not read whole: ");
		html_text(buf, view->name);
		buf_puts(buf, " (");
		page_put_age(page, view->freshness, buf);
		buf_putc(buf, ')');
	}
	buf_puts(buf, shown > 0 ? ".</p>\n" : "</p>\n");
}

static void put_head(struct buf *buf)
{
	buf_puts(buf, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		      "<meta name=\"color-scheme\" content=\"light dark\">\n"
		      "<title>Certificates of SAP BTP</title>\n"
		      "<link rel=\"icon\" href=\"data:,\">\n<style>");
	buf_puts(buf, page_style);
	buf_puts(buf, "</style>\n</head>\n<body>\n");
}

static void put_header(const struct page *page, const struct inventory_counts *sum, struct buf *buf)
{
	char time[RFC3339_SIZE];

	text_rfc3339((int64_t)page->now_s, time);
	buf_printf(buf,
		   "<header>\n<h1>Certificates</h1>\n<p>%zu certificate%s in %zu store%s of %zu "
		   "source%s, as of <time datetime=\"%s\">%.10s %.5s UTC</time>",
		   sum->certificates, sum->certificates == 1 ? "" : "s", sum->stores,
		   sum->stores == 1 ? "" : "s", sum->sources, sum->sources == 1 ? "" : "s", time,
		   time, time[0] != '\0' ? time + 11 : "");
	if (sum->sources_unknown > 0)
		buf_printf(buf, "; of %zu of them nothing is known yet", sum->sources_unknown);
	buf_puts(buf, "</p>\n</header>\n");
}

static void put_footer(const struct page *page, struct buf *buf)
{
	buf_puts(buf, "<footer>\n<p>btp_cert_exporter ");
	html_text(buf, BTP_VERSION);
	buf_puts(buf, "</p>\n<p><a href=\"");
	html_text(buf, page->telemetry_path);
	buf_puts(buf, "\">Metrics</a> <a href=\"/api/v1/certificates\">Certificates (JSON)</a> "
		      "<a href=\"/api/v1/certificates?format=csv\">Certificates (CSV)</a> "
		      "<a href=\"/api/v1/stores\">Stores</a> "
		      "<a href=\"/api/v1/sources\">Sources</a> <a href=\"/-/ready\">Ready</a></p>\n"
		      "</footer>\n<script>");
	buf_puts(buf, page_script);
	buf_puts(buf, "</script>\n</body>\n</html>\n");
}

enum status page_write(const struct page *page, struct buf *buf)
{
	struct inventory_counts counts = snapshot_count(page->snapshot, page->now_s);
	struct page_row *rows = collect(page, counts.certificates);

	if (rows == NULL)
		return STATUS_MEMORY;
	put_head(buf);
	put_header(page, &counts, buf);
	buf_puts(buf, "<main>\n");
	put_notice(page, &counts, buf);
	put_summary(&counts, buf);
	page_timeline(page, rows, counts.certificates, buf);
	page_certificates(page, rows, counts.certificates, buf);
	page_stores(page, buf);
	page_missing(page, buf);
	page_put_sources(page, buf);
	buf_puts(buf, "</main>\n");
	put_footer(page, buf);
	free(rows);
	return buf_status(buf);
}

/* -- the policy ---------------------------------------------------------------------------------
 */

static bool put_hash(struct buf *buf, const char *directive, const char *text)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned char base64[DIGEST_TEXT_SIZE];
	unsigned len = 0;

	if (EVP_Digest(text, strlen(text), digest, &len, EVP_sha256(), NULL) != 1)
		return false;
	(void)EVP_EncodeBlock(base64, digest, (int)len);
	buf_printf(buf, "; %s 'sha256-%s'", directive, (const char *)base64);
	return true;
}

char *page_content_security_policy(void)
{
	struct buf buf;
	char *policy = NULL;

	buf_init(&buf, 1024);
	buf_puts(&buf, "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
		       "frame-ancestors 'none'");
	if (put_hash(&buf, "style-src", page_style) && put_hash(&buf, "script-src", page_script))
		policy = buf_take(&buf);
	buf_release(&buf);
	return policy;
}

/* -- the route ----------------------------------------------------------------------------------
 */

static enum status render(struct render_job *job, struct body **ret_body, struct error *error)
{
	struct web_server *server = request_of_job(job)->server;
	struct snapshot *snapshot = snapshot_store_current(server->snapshots);
	struct page page = {
		.snapshot = snapshot,
		.now_s = clock_now(),
		.telemetry_path = server->options->telemetry_path,
	};
	struct buf buf;

	buf_init(&buf, PAGE_MAX);
	enum status status = page_write(&page, &buf);
	if (status == STATUS_OK)
		status = body_new(&buf, &server->bodies, ret_body);
	if (status != STATUS_OK)
		(void)error_set(error, status, "the page cannot be rendered: %s",
				status_name(status));
	buf_release(&buf);
	snapshot_unref(snapshot);
	return status;
}

static void finish(struct request *request)
{
	request->reply.content_type = "text/html; charset=utf-8";
	request->reply.vary = "Accept-Encoding";
	request->reply.no_cache = true;
	request->reply.csp = request->server->page_csp;
}

enum route_result page_answer(struct request *request)
{
	if (!request_take_slot(request, &request->server->reports, REPORTS_MAX))
		return ROUTE_READY;
	request->job.key = "page";
	request->job.render = render;
	request->finish = finish;
	return ROUTE_RENDER;
}
