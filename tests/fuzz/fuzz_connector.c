/*
 * The answers of a Cloud Connector: the input is taken as the answer to each call in turn, and
 * everything is turned into addresses, stores and samples.
 */
#undef NDEBUG /* the checks are what the target is for */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "source/connector/certificates.h"
#include "source/connector/failures.h"
#include "source/connector/health.h"
#include "source/connector/pair.h"
#include "source/connector/request.h"
#include "source/connector/stores.h"
#include "source/connector/subaccounts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct source_level *level)
{
	for (size_t i = 0; i < level->store_count; i++) {
		const struct store_content *content = level->stores[i].content;
		assert(level->stores[i].name[0] != '\0' && level->stores[i].type[0] != '\0');
		if (content == NULL)
			continue;
		const struct certificate *facts = content->entries[0].certificates[0].certificate;
		assert(!facts->has_not_after || facts->not_after_s > 0);
		assert(!facts->has_not_before || !facts->has_not_after ||
		       facts->not_before_s <= facts->not_after_s);
		assert(utf8_valid(facts->subject, strlen(facts->subject)));
		assert(utf8_valid(facts->san, strlen(facts->san)));
	}
	for (size_t i = 0; i < level->sample_count; i++)
		assert(isfinite(level->samples[i].value));
}

/* Every call once; those about a subaccount for the first one that exists. */
static void read_all(struct scc_run *run, const char *body, size_t len)
{
	for (size_t i = 0; i < scc_call_count; i++) {
		struct scc_request request = { .call = &scc_calls[i] };
		struct error error = { "" };
		if (request.call->per_subaccount != NULL && run->rows.count == 0)
			continue;
		if (request.call->per_subaccount != NULL)
			request.row = &run->rows.items[0];
		if (scc_read(run, &request, body, len, &error) == STATUS_SYNTAX)
			assert(error.text[0] != '\0');
		char *url = scc_url(run, &request);
		assert(url != NULL);
		free(url);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char address[] = "https://scc.example:8443";
	struct connector_settings settings = { .url = address };
	struct cloud_connector connector = { .session = NULL };
	struct scc_run run = { .connector = &connector, .settings = &settings };
	struct scc_subaccount *row = NULL;
	char *body = malloc(size + 1); /* exact, but for the NUL that bodies have */

	if (body == NULL)
		return 0;
	memcpy(body, data, size);
	body[size] = '\0';
	run.result = source_result_new();
	run.level =
		run.result != NULL ? source_result_add_level(run.result, LEVEL_CONNECTOR) : NULL;
	if (run.level != NULL) {
		run.rows.may_add = true;
		if (size > 0 && (data[0] & 1) != 0)
			assert(scc_rows_get(&run.rows, "cf.example", "a b/c", &row) == STATUS_OK);
		read_all(&run, body, size);
		scc_add_own(&run);
		scc_add_subaccounts(&run);
		scc_add_role(&run);
		scc_add_health(&run);
		scc_add_call_samples(&run);
		if (run.status == STATUS_OK && source_result_status(run.result) == STATUS_OK)
			check(run.level);
		scc_set_renewal(&run);
	}
	scc_run_release(&run);
	source_result_free(run.result);
	free(body);
	return 0;
}
