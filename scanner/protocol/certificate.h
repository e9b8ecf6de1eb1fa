/* SPDX-License-Identifier: Apache-2.0 */
/*
 * X.509 certificates as servers show them: subject, issuer, names, validity, key, digest. What
 * it says is what the certificate claims; no chain is built and nothing is trusted.
 *
 * Reference: RFC 5280.
 */
#ifndef SCANNER_PROTOCOL_CERTIFICATE_H
#define SCANNER_PROTOCOL_CERTIFICATE_H

#include "scanner/protocol/protocol.h"

#define CERTIFICATE_MAX (64 * 1024)

/* Reads one DER certificate. What is no certificate adds nothing. */
void certificate_read(const uint8_t *der, size_t size, struct reading *reading);

#endif
