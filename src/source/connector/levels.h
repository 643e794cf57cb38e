#ifndef SOURCE_CONNECTOR_LEVELS_H
#define SOURCE_CONNECTOR_LEVELS_H

/* The one level of a Cloud Connector, and its parts. Version 1 of the state file had the bits: none
 * is ever given to another part. */
#define LEVEL_CONNECTOR "connector"

enum scc_part {
	PART_UI = 1u << 4,
	PART_SYSTEM = 1u << 5,
	PART_CA = 1u << 6,
	PART_SUBACCOUNTS = 1u << 7,
	PART_BACKEND_TRUST = 1u << 8,
	PART_EMAIL_TRUST = 1u << 9,
	PART_IDP = 1u << 10,
};

#endif
