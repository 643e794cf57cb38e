/* The page at `/`: its frame, the summary, and the policy that lets it run nothing but itself. */
#include "web/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/clock.h"
#include "base/text.h"
#include "web/html.h"
#include "web/routes.h"
#include "web/service.h"

#ifndef BTP_VERSION /* set by the build */
#define BTP_VERSION "unknown"
#endif

#define DIGEST_TEXT_SIZE 64 /* SHA-256 in base64: 44 characters */

/* -- collecting ---------------------------------------------------------------------------------
 */

struct summary {
	size_t by_status[CERTIFICATE_STATUS_UNKNOWN + 1];
	size_t certificates, stores, broken_stores, missing, sources, sources_down, unknown_sources;
};

static bool is_down(const struct source_view *view)
{
	return view->has_attempt && !view->up;
}

/* Soonest first, unknown ends last; then in the order of the inventory, which never changes. */
static int compare_rows(const void *left, const void *right)
{
	const struct page_row *a = left;
	const struct page_row *b = right;
	bool has_a = certificate_end_is_known(a->certificate);
	bool has_b = certificate_end_is_known(b->certificate);

	if (has_a != has_b)
		return has_a ? -1 : 1;
	if (has_a && a->certificate->not_after_s != b->certificate->not_after_s)
		return a->certificate->not_after_s < b->certificate->not_after_s ? -1 : 1;
	if (a->view != b->view)
		return strcmp(a->view->id, b->view->id);
	return a->certificate < b->certificate ? -1 : a->certificate > b->certificate;
}

static void collect_view(const struct page *page, const struct source_view *view,
			 struct page_row *rows, struct summary *sum)
{
	for (size_t i = 0; i < view->certificate_count; i++) {
		const struct inventory_certificate *certificate = &view->certificates[i];
		enum certificate_status status = certificate_status_at(certificate, page->now_s);
		sum->by_status[status]++;
		rows[sum->certificates++] = (struct page_row){
			.view = view,
			.store = &view->stores[certificate->store],
			.certificate = certificate,
			.status = status,
		};
	}
	for (size_t i = 0; i < view->store_count; i++)
		sum->broken_stores += page_store_is_broken(&view->stores[i]) ? 1 : 0;
	sum->stores += view->store_count;
	sum->missing += view->missing_count;
	sum->sources++;
	sum->sources_down += is_down(view) ? 1 : 0;
	sum->unknown_sources += source_view_is_known(view) ? 0 : 1;
}

/* All certificates, sorted; NULL without memory. The caller frees. */
static struct page_row *collect(const struct page *page, struct summary *ret_sum)
{
	const struct snapshot *snapshot = page->snapshot;
	struct summary sum = { .certificates = 0 };
	size_t count = 0;

	for (size_t i = 0; i < snapshot->view_count; i++)
		count += snapshot->views[i]->certificate_count;
	struct page_row *rows = calloc(count > 0 ? count : 1, sizeof(*rows));
	if (rows == NULL)
		return NULL;
	for (size_t i = 0; i < snapshot->view_count; i++)
		collect_view(page, snapshot->views[i], rows, &sum);
	qsort(rows, count, sizeof(*rows), compare_rows);
	*ret_sum = sum;
	return rows;
}

/* -- writing ------------------------------------------------------------------------------------
 */

/* `status`: the script shows only rows with it when the card is clicked; "" for all. */
static void card(struct buf *buf, const char *anchor, const char *status, const char *mood,
		 size_t count, const char *text)
{
	buf_printf(
		buf,
		"<a class=\"card %s\" href=\"#%s\" data-f=\"%s\"><b>%zu</b><span>%s</span></a>\n",
		count > 0 ? mood : "calm", anchor, status, count, text);
}

static void put_summary(const struct summary *sum, struct buf *buf)
{
	const size_t *by_status = sum->by_status;

	buf_puts(buf, "<nav class=\"cards\" aria-label=\"Summary\">\n");
	card(buf, "certificates", "expired", "bad", by_status[CERTIFICATE_EXPIRED], "expired");
	card(buf, "certificates", "expiring", "warn", by_status[CERTIFICATE_EXPIRING],
	     "end within 30 days");
	card(buf, "certificates", "valid", "good", by_status[CERTIFICATE_VALID], "valid");
	card(buf, "stores", "", "bad", sum->broken_stores, "stores with problems");
	card(buf, "missing", "", "bad", sum->missing, "missing references");
	card(buf, "sources", "", "bad", sum->sources_down, "sources down");
	buf_puts(buf, "</nav>\n");
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

static void put_header(const struct page *page, const struct summary *sum, struct buf *buf)
{
	char time[RFC3339_SIZE];

	text_rfc3339((int64_t)page->now_s, time);
	buf_printf(buf,
		   "<header>\n<h1>Certificates</h1>\n<p>%zu certificate%s in %zu store%s of %zu "
		   "source%s, as of <time datetime=\"%s\">%.10s %.5s UTC</time>",
		   sum->certificates, sum->certificates == 1 ? "" : "s", sum->stores,
		   sum->stores == 1 ? "" : "s", sum->sources, sum->sources == 1 ? "" : "s", time,
		   time, time[0] != '\0' ? time + 11 : "");
	if (sum->unknown_sources > 0)
		buf_printf(buf, "; of %zu of them nothing is known yet", sum->unknown_sources);
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
	struct summary sum;
	struct page_row *rows = collect(page, &sum);

	if (rows == NULL)
		return STATUS_MEMORY;
	put_head(buf);
	put_header(page, &sum, buf);
	buf_puts(buf, "<main>\n");
	put_summary(&sum, buf);
	page_timeline(page, rows, sum.certificates, buf);
	page_certificates(page, rows, sum.certificates, buf);
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
