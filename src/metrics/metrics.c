/* The whole page: inventory, sources, facts of services, the exporter itself. */
#include "metrics/metrics.h"

#include "metrics/facts.h"
#include "metrics/inventory.h"
#include "metrics/self.h"
#include "metrics/sources.h"
#include "metrics/writer.h"

const char *exposition_content_type(enum exposition_format format)
{
	switch (format) {
	case EXPOSITION_TEXT:
		return "text/plain; version=0.0.4; charset=utf-8";
	case EXPOSITION_OPENMETRICS:
		return "application/openmetrics-text; version=1.0.0; charset=utf-8";
	}
	return "";
}

enum status metrics_write(const struct exposition *exposition, struct buf *buf)
{
	struct writer writer;

	writer_init(&writer, buf, exposition->format);
	page_inventory(&writer, exposition);
	page_sources(&writer, exposition);
	page_facts(&writer, exposition);
	page_self(&writer, exposition);
	writer_finish(&writer);
	return buf_status(buf);
}
