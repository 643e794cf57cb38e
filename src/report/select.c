/* Which certificates a report shows, and what decides the exit code of --once. */
#include "report/select.h"

#include <string.h>

#include "inventory/usage.h"

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
	if (!certificate_end_is_known(certificate))
		return filter->or_unknown;
	return (double)certificate->not_after_s - now_s <= filter->within_s;
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

/* Renews itself, and is not late. */
static bool is_taken_care_of(const struct inventory_certificate *certificate, double now_s)
{
	return certificate->renewal == RENEWAL_AUTOMATIC && certificate->has_renewal_due &&
	       !renewal_is_overdue(certificate, now_s);
}

static bool is_critical(const struct report_judge *judge, const struct source_view *view,
			const struct inventory_certificate *certificate)
{
	double left_s = (double)certificate->not_after_s - judge->now_s;

	return certificate_end_is_known(certificate) && left_s <= judge->critical_days * DAY_S &&
	       !is_taken_care_of(certificate, judge->now_s) &&
	       (judge->all || certificate_is_needed(view, certificate));
}

bool report_needs_attention(const struct report_judge *judge, const struct source_view *view,
			    const struct inventory_certificate *certificate)
{
	if (is_critical(judge, view, certificate))
		return true;
	return certificate_status_at(certificate, judge->now_s) != CERTIFICATE_VALID &&
	       !is_taken_care_of(certificate, judge->now_s) &&
	       (judge->all || certificate_is_needed(view, certificate));
}

int report_exit_code(const struct snapshot *snapshot, const struct report_judge *judge)
{
	int code = 0;

	for (size_t i = 0; i < snapshot->view_count; i++) {
		const struct source_view *view = snapshot->views[i];
		if (source_has_failed(view))
			return 2;
		for (size_t k = 0; k < view->certificate_count && code == 0; k++) {
			if (is_critical(judge, view, &view->certificates[k]))
				code = 1;
		}
	}
	return code;
}
