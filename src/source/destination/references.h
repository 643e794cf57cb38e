#ifndef SOURCE_DESTINATION_REFERENCES_H
#define SOURCE_DESTINATION_REFERENCES_H

#include "source/destination/run.h"

/* Reads destinations and fragments of a level: their number, their references to stores, and the
 * passwords that they give. STATUS_OK or STATUS_MEMORY; other failures are issues of the result. */
enum status ds_read_references(struct ds_run *run, struct source_level *level) MUST_CHECK;

#endif
