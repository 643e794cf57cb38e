#ifndef METRICS_METRICS_H
#define METRICS_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "config/shard.h"
#include "inventory/snapshot.h"
#include "telemetry/telemetry.h"

/*
 * The exposition: inventory and telemetry as text, in Prometheus' text format 0.0.4 or OpenMetrics
 * 1.0.0. One static table of families (families.c), one function that writes a label.
 */
enum exposition_format { EXPOSITION_TEXT, EXPOSITION_OPENMETRICS };

/* The value of Content-Type. Static storage. */
const char *exposition_content_type(enum exposition_format format);

struct exposition {
	enum exposition_format format;
	const struct snapshot *snapshot;
	struct telemetry *telemetry;
	struct shard shard; /* count 0: there are none */
	double now_s;       /* Unix time: days left and status are of this moment */
	bool with_process;  /* process_* */
	bool with_web;      /* families about the web server; left out by --once=metrics */
};

/* Appends the whole page. Read-only on all inputs; thread-safe. The result is buf_status(). */
enum status metrics_write(const struct exposition *exposition, struct buf *buf) MUST_CHECK;

/* A ceiling for the page, enough for some 300 000 certificates. */
#define EXPOSITION_MAX ((size_t)512 * 1024 * 1024)

#endif
