/*
 * The kinds of sources that exist: one line for each. This file stands above all rooms, beside
 * main.c, but in the library: a test that defines its own registered_kinds[] is linked with that
 * one, since then nothing asks the library for this file.
 */
#include "config/kind.h"
#include "source/connector/connector.h"
#include "source/destination/service.h"
#include "source/directory/directory.h"

const struct source_kind *const registered_kinds[] = {
	&destination_service_kind,
	&cloud_connector_kind,
	&directory_kind,
	NULL,
};
