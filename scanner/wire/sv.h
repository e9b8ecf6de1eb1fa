/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sampled values, currents and voltages that merging units publish on a link (IEC 61850-9-2,
 * clause 8 and annex A): which stream of which device this is. A pure reader: views point into
 * the caller's bytes and are not clean. The samples are not read.
 */
#ifndef SCANNER_WIRE_SV_H
#define SCANNER_WIRE_SV_H

#include "scanner/wire/tlv.h"

#include <stdbool.h>

#define SV_ETHERTYPE 0x88ba

struct sv {
	uint16_t appid;
	struct view id, data_set; /* svID, datSet */
	uint32_t revision;	  /* confRev */
	bool has_synchronisation;
	uint8_t synchronisation; /* smpSynch: 0 none, 1 local, 2 global */
	uint16_t rate;		 /* smpRate; 0: not told */
	struct tlv_tally tally;
};

/* The payload of an Ethernet frame with the ethertype. Of several units of one stream in a
 * frame the first is read. False if it is cut short or names no stream. */
bool sv_read(const uint8_t *bytes, size_t size, struct sv *ret_sv);

#endif
