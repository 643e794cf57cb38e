/*
 * Samples about the exporter itself: its build, its configuration, its web server, its process. A
 * fact that cannot be read is left out.
 */
#include "metrics/self.h"

#include <math.h>

#include "base/array.h"
#include "base/text.h"
#include "config/version.h"
#include "telemetry/process.h"

static void write_build_info(struct writer *w)
{
	struct version_facts facts = version_facts();
	const struct label labels[] = {
		{ "version", facts.version },
		{ "revision", facts.revision },
		{ "branch", facts.branch },
		{ "compiler", facts.compiler },
		{ "libmicrohttpd", facts.libmicrohttpd },
		{ "libcurl", facts.libcurl },
		{ "openssl", facts.openssl },
	};

	writer_family(w, FAM_BUILD_INFO);
	writer_begin(w);
	writer_labels(w, labels, COUNT_OF(labels));
	writer_end_integer(w, 1);
}

static void write_reload(struct writer *w, const struct telemetry_values *values)
{
	if (!values->reload_known)
		return;
	writer_family(w, FAM_RELOAD_SUCCESSFUL);
	writer_begin(w);
	writer_end_integer(w, values->reload_successful);
	if (!(values->reload_success_s > 0 &&
	      values->reload_success_s <= (double)TIME_SHOWABLE_MAX_S))
		return;
	writer_family(w, FAM_RELOAD_SUCCESS_TIME);
	writer_begin(w);
	writer_end_timestamp(w, (int64_t)floor(values->reload_success_s));
}

static void write_web(struct writer *w, const struct telemetry_values *values)
{
	char digits[DECIMAL_SIZE];

	writer_family(w, FAM_SCRAPE_DURATION);
	writer_histogram(w, NULL, 0, &values->scrape_duration);
	writer_family(w, FAM_HTTP_REQUESTS);
	for (size_t i = 0; i < values->http_request_count; i++) {
		writer_begin(w);
		writer_label(w, "handler", values->http_requests[i].handler);
		writer_label(w, "code", decimal(values->http_requests[i].code, digits));
		writer_end_integer(w, values->http_requests[i].count);
	}
}

static void write_fact(struct writer *w, enum family_id family, bool known, double value)
{
	if (!known)
		return;
	writer_family(w, family);
	writer_begin(w);
	writer_end_number(w, value);
}

static void write_process(struct writer *w)
{
	struct process_facts facts;

	process_read(&facts);
	write_fact(w, FAM_PROCESS_CPU, facts.has_cpu_seconds, facts.cpu_seconds_total);
	write_fact(w, FAM_PROCESS_OPEN_FDS, facts.has_open_fds, (double)facts.open_fds);
	write_fact(w, FAM_PROCESS_MAX_FDS, facts.has_max_fds, (double)facts.max_fds);
	write_fact(w, FAM_PROCESS_VIRTUAL_MEMORY, facts.has_memory,
		   (double)facts.virtual_memory_bytes);
	write_fact(w, FAM_PROCESS_VIRTUAL_MEMORY_MAX, facts.has_virtual_memory_max,
		   facts.virtual_memory_max_bytes);
	write_fact(w, FAM_PROCESS_RESIDENT_MEMORY, facts.has_memory,
		   (double)facts.resident_memory_bytes);
	write_fact(w, FAM_PROCESS_START_TIME, facts.has_start_time, facts.start_time_seconds);
	write_fact(w, FAM_PROCESS_THREADS, facts.has_threads, (double)facts.threads);
}

void page_self(struct writer *w, const struct exposition *exposition)
{
	write_build_info(w);
	if (exposition->with_web && exposition->telemetry != NULL) {
		struct telemetry_values values;
		telemetry_read(exposition->telemetry, &values);
		write_reload(w, &values);
		write_web(w, &values);
	}
	if (exposition->with_process)
		write_process(w);
}
