#ifndef CERT_PEM_BODY_H
#define CERT_PEM_BODY_H

#include "base/buf.h"
#include "base/reader.h"
#include "base/status.h"

/*
 * Appends the bytes of a body (as secret): base64 with any white space, behind header lines
 * (RFC 1421) or not, line ends that are the two characters "\n", other escapes of JSON and of
 * HTML, quotes and commas around lines. STATUS_OK, STATUS_SYNTAX, STATUS_TOO_LARGE, STATUS_MEMORY.
 */
enum status pem_body(struct buf *out, struct span body) MUST_CHECK;

#endif
