/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GOOSE, events that protection and control devices publish on a link (IEC 61850-8-1, annex A
 * and clause 18): which control block of which device speaks. A pure reader: views point into
 * the caller's bytes and are not clean. The data of the event is not read.
 */
#ifndef SCANNER_WIRE_GOOSE_H
#define SCANNER_WIRE_GOOSE_H

#include "scanner/wire/tlv.h"

#include <stdbool.h>

#define GOOSE_ETHERTYPE 0x88b8

struct goose {
	uint16_t appid;
	struct view control_block, data_set, id; /* gocbRef, datSet, goID */
	struct tlv_tally tally;
};

/* The payload of an Ethernet frame with GOOSE's ethertype. False if it is cut short or names no
 * control block. */
bool goose_read(const uint8_t *bytes, size_t size, struct goose *ret_goose);

#endif
