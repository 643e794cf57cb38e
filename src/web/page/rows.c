/* The certificates of a page in their order. */
#include "web/page/rows.h"

#include <stdlib.h>
#include <string.h>

#include "inventory/figures.h"

/* What expires first comes first, unknown expiries come last; then in the order of the inventory,
 * which never changes. */
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

struct page_row *page_rows_collect(const struct page *page, size_t count)
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
