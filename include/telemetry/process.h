#ifndef TELEMETRY_PROCESS_H
#define TELEMETRY_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The facts behind the canonical process_* metrics, read from /proc/self (proc(5)) at the time of
 * the call. A fact that cannot be read has its `has_` member false. Thread-safe.
 */
struct process_facts {
	bool has_cpu_seconds, has_open_fds, has_max_fds, has_memory, has_virtual_memory_max,
		has_start_time, has_threads;
	double cpu_seconds_total;
	uint64_t open_fds;
	uint64_t max_fds;
	uint64_t virtual_memory_bytes;
	uint64_t resident_memory_bytes;
	double virtual_memory_max_bytes; /* +Inf when unlimited */
	double start_time_seconds;       /* Unix time */
	uint64_t threads;
};

void process_read(struct process_facts *ret_facts);

#endif
