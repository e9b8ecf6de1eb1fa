/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What agents say of themselves, in the terms of an observation: the system group, read the
 * same whether it was overheard (snmp.c) or asked for with a login (walk.h).
 *
 * Reference: RFC 3418 (system group).
 */
#ifndef SCANNER_PROTOCOL_SNMP_H
#define SCANNER_PROTOCOL_SNMP_H

#include "common/cursor.h"
#include "scanner/protocol/protocol.h"

extern const struct protocol protocol_snmp;

/* Variable bindings; those that are not of the system group are passed over. */
void snmp_describe(struct cursor bindings, struct reading *reading);

#endif
