/*
 * What the scenarios of all programs have in common: they are read once from JSON text, never
 * changed afterwards, and shared by counted references. Each program's struct scenario begins with
 * a struct scenario_base; product.scenario_load() reads the rest.
 */
#ifndef SIM_SCENARIO_BASE_H
#define SIM_SCENARIO_BASE_H

#include <stdatomic.h>

#include "faults.h"

struct scenario;

struct scenario_base {
	struct arena arena; /* everything that was read */
	atomic_int refs;
	const char *source; /* its own JSON text */
	struct fault_set *faults;
};

/*
 * Reads a scenario; relative file names belong to the folder `dir`. NULL when something is wrong,
 * with the reason (and where) in `ret_error`. The result has one reference.
 */
struct scenario *scenario_parse(const char *json, size_t len, const char *dir,
				char ret_error[ERROR_SIZE]);
struct scenario *scenario_ref(struct scenario *sc);
void scenario_unref(struct scenario *sc);
struct fault_set *scenario_faults(struct scenario *sc);

#endif
