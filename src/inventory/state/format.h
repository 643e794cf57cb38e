#ifndef INVENTORY_STATE_FORMAT_H
#define INVENTORY_STATE_FORMAT_H

/* What writer and reader of the state file agree on. A file of another version is not read. */
#define STATE_FORMAT  "btp_cert_exporter state"
#define STATE_VERSION 1

#endif
