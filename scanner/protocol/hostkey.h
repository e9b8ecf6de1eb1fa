/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSH host keys: whether a signature was made with the key that a server shows. Pure; what is
 * malformed, of an unknown kind, or too large does not verify.
 *
 * References: RFC 4253, 6.6 (ssh-rsa), RFC 8332 (rsa-sha2), RFC 5656, 3.1 (ECDSA), RFC 8709
 * (Ed25519).
 */
#ifndef SCANNER_PROTOCOL_HOSTKEY_H
#define SCANNER_PROTOCOL_HOSTKEY_H

#include "scanner/protocol/lines.h"

/* `key` and `signature` are the blobs of the key exchange reply; `data` is what was signed. */
bool hostkey_verify(struct span key, struct span signature, struct span data);

#endif
