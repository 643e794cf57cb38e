#ifndef SOURCE_DESTINATION_SAML_TRUST_H
#define SOURCE_DESTINATION_SAML_TRUST_H

#include "source/destination/run.h"

/* Reads the certificates of SAML trust, if the configuration asks for them; only the level of the
 * subaccount has any. Failures are issues and states of stores. */
void ds_read_saml_trust(struct ds_run *run, struct source_level *level);

#endif
