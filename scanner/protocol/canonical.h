/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a control device says of itself in binary fields becomes one line for the fingerprints:
 * the values joined by '|', an absent one empty. Patterns for modbus.device_id, s7.szl,
 * enip.identity, bacnet.device and the like are written against such lines.
 */
#ifndef SCANNER_PROTOCOL_CANONICAL_H
#define SCANNER_PROTOCOL_CANONICAL_H

#include "scanner/protocol/protocol.h"

#define CANONICAL_MAX 1024

/* Joins the attributes of these names (NULL past the last) and matches the line. A '|' within a
 * value becomes a space. Does nothing if none is there. */
void canonical_match(struct reading *reading, const char *kind, const char *const *names);

#endif
