/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a station that announced itself by LLDP or CDP is, by what it says of itself: whether
 * its frames were overheard, or whoever hears them tells (scanner/protocol/walk.h).
 *
 * References: IEEE 802.1AB-2016, 8.5.8; TIA-1057, 10.2.6; the vendor's description of CDP.
 */
#ifndef SCANNER_PROTOCOL_NEIGHBOUR_H
#define SCANNER_PROTOCOL_NEIGHBOUR_H

#include "scanner/protocol/protocol.h"

/* Bytes of LLDP's description or CDP's software, as clean text: as many whoever heard them, or
 * the same fact would be told with two values in turn. */
#define NEIGHBOUR_DESCRIPTION_MAX 511

/* Adds to a reading with what it says (lldp.*, cdp.*) its system and its hardware:
 * `description`, LLDP's of the system or CDP's of the software, is matched as SNMP's sysDescr
 * is, which it is; hardware that no fingerprint has named is that of LLDP-MED's inventory or of
 * CDP's platform, maker and model of one source. */
void neighbour_describe(struct reading *reading, const char *description);

#endif
