/* Which certificates a report shows, and what decides the exit code of --once. */
#include "report/select.h"

#include <string.h>

#define DAY_S 86400.0

static bool equal_or_any(const char *wanted, const char *value)
{
	return wanted == NULL || strcmp(wanted, value) == 0;
}

bool report_wants(const struct report_filter *filter, const struct source_view *view,
		  const struct inventory_certificate *certificate, double now_s)
{
	if (filter == NULL)
		return true;
	if (!equal_or_any(filter->source, view->id) ||
	    !equal_or_any(filter->system_id, view->system_id) ||
	    !equal_or_any(filter->type, view->stores[certificate->store].type))
		return false;
	if (filter->status != NULL &&
	    strcmp(filter->status,
		   certificate_status_name(certificate_status_at(certificate, now_s))) != 0)
		return false;
	if (!filter->has_within)
		return true;
	return certificate_end_is_known(certificate) &&
	       (double)certificate->not_after_s - now_s <= filter->within_s;
}

bool source_has_failed(const struct source_view *view)
{
	return !view->has_attempt || !view->up;
}

bool renewal_is_overdue(const struct inventory_certificate *certificate, double now_s)
{
	return certificate->renewal == RENEWAL_AUTOMATIC && certificate->has_renewal_due &&
	       now_s > (double)certificate->renewal_due_s;
}

static bool is_critical(const struct inventory_certificate *certificate, unsigned critical_days,
			double now_s)
{
	bool counts = certificate->role == CERTIFICATE_LEAF ||
		      certificate->role == CERTIFICATE_INTERMEDIATE;

	if (!counts)
		return false;
	if (!certificate->has_not_after) /* perhaps too long ago to be shown */
		return certificate_status_at(certificate, now_s) == CERTIFICATE_EXPIRED;
	if ((double)certificate->not_after_s - now_s > critical_days * DAY_S)
		return false;
	if (certificate->renewal != RENEWAL_AUTOMATIC || !certificate->has_renewal_due)
		return true;
	return renewal_is_overdue(certificate, now_s);
}

int report_exit_code(const struct snapshot *snapshot, unsigned critical_days, double now_s)
{
	int code = 0;

	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		if (source_has_failed(view))
			return 2;
		for (size_t k = 0; k < view->certificate_count && code == 0; k++) {
			if (is_critical(&view->certificates[k], critical_days, now_s))
				code = 1;
		}
	}
	return code;
}
