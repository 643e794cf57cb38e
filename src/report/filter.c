/* Which certificates a report shows. */
#include "report/filter.h"

#include <string.h>

#include "inventory/expiry.h"

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
	if (!certificate_expiry_is_known(certificate))
		return filter->or_unknown;
	return (double)certificate->not_after_s - now_s <= filter->within_s;
}
