/* The stores of a connector's level, and when their certificates have to be renewed. */
#include "source/connector/stores.h"

#define DAY_S INT64_C(86400)

/* certificateValidityDays unless somebody changed it */
#define THRESHOLD_DAYS 30
/* The first automatic attempt is made this long before the threshold. */
#define RENEWAL_EXTRA_DAYS 7

const struct certificate *scc_best(struct certificate *const certificates[SCC_ORIGIN_COUNT])
{
	const struct certificate *first = NULL;

	for (int origin = 0; origin < SCC_ORIGIN_COUNT; origin++) {
		const struct certificate *certificate = certificates[origin];
		if (certificate != NULL && certificate->has_not_after)
			return certificate;
		if (first == NULL)
			first = certificate;
	}
	return first;
}

static enum status make_content(const struct certificate *facts, struct store_content **ret_content)
{
	struct store_content *content = NULL;
	struct certificate *copy = NULL;
	enum status status = store_content_new(STORE_FORMAT_UNKNOWN, &content);

	if (status == STATUS_OK)
		status = store_add_entry(content, "");
	if (status == STATUS_OK)
		status = certificate_copy(facts, &copy);
	if (status == STATUS_OK)
		status = store_add_certificate_take(content, 0, copy);
	if (status != STATUS_OK) {
		certificate_free(copy);
		store_content_unref(content);
		return status;
	}
	store_content_finish(content);
	*ret_content = content;
	return STATUS_OK;
}

enum status scc_add_store(struct scc_run *run, unsigned part, const char *name, const char *type,
			  const struct certificate *certificate, struct source_store **ret_store)
{
	struct store_content *content = NULL;
	enum status status = make_content(certificate, &content);

	if (status == STATUS_OK)
		*ret_store = source_level_add_store(run->level, part, name, type, content);
	store_content_unref(content);
	return status;
}

void scc_set_renewal(struct scc_run *run)
{
	int64_t threshold_s = run->has_threshold ? run->threshold_s : THRESHOLD_DAYS * DAY_S;

	for (size_t i = 0; i < run->level->store_count; i++) {
		struct source_store *store = &run->level->stores[i];
		store->renewal_lead_s = threshold_s;
		if (store->auto_renewed)
			store->renewal_lead_s += RENEWAL_EXTRA_DAYS * DAY_S;
	}
}
