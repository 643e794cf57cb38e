#ifndef SOURCE_DESTINATION_LEVELS_H
#define SOURCE_DESTINATION_LEVELS_H

/* The words of a Destination service: its levels, its own part, its types. */
#define LEVEL_SUBACCOUNT "subaccount"
#define LEVEL_INSTANCE   "instance"
#define LEVEL_BINDING    "binding" /* of the exporter's own certificate */

#define PART_SAML_TRUST (1u << 1) /* what the prefix names */
#define DS_SAML_PREFIX  "saml-trust/"
#define DS_SAML_ACTIVE  DS_SAML_PREFIX "active"
#define DS_SAML_PASSIVE DS_SAML_PREFIX "passive" /* published, not used for signing yet */

#define DS_TYPE_SAML_TRUST "saml_trust"
#define DS_TYPE_BINDING    "binding"

#endif
