#ifndef INVENTORY_STATE_FORMAT_H
#define INVENTORY_STATE_FORMAT_H

/* What the writer and the reader of the state file agree on (docs/state-file.md). */
#define STATE_FORMAT  "btp_cert_exporter state"
#define STATE_VERSION 2

/* From this version on a file ends with its checksum. */
#define STATE_VERSION_SEALED 2

#endif
