/* Which certificates need attention, and what decides the exit code of --once. */
#include "report/judge.h"

#include "inventory/expiry.h"
#include "inventory/usage.h"

#define DAY_S 86400.0

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

	return certificate_expiry_is_known(certificate) && left_s <= judge->critical_days * DAY_S &&
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
