/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CDP, Cisco's discovery protocol, what a device says of itself on a link. No open standard;
 * the form is the vendor's public description ("Cisco Discovery Protocol", frame format). A
 * pure reader: views point into the caller's bytes and are not clean.
 */
#ifndef SCANNER_WIRE_CDP_H
#define SCANNER_WIRE_CDP_H

#include "common/addr.h"
#include "common/str.h"
#include "scanner/wire/tlv.h"

#include <stdbool.h>

#define CDP_ETHERTYPE 0x2000 /* on lines and in tunnels; on Ethernet a SNAP header has it */
#define CDP_ADDRESSES_MAX 4

struct cdp {
	uint8_t version, ttl;
	struct view device, port, software, platform, vtp_domain, system_name, location;
	bool has_capabilities;
	uint32_t capabilities;
	uint16_t native_vlan; /* 0 not told */
	struct addr addresses[CDP_ADDRESSES_MAX]; /* those for management first */
	uint8_t n_addresses;
	struct tlv_tally tally;
};

/* From the DSAP of an IEEE 802.2 frame: steps over the SNAP header of CDP. False if it is not
 * CDP's. */
bool cdp_open(const uint8_t *bytes, size_t size, struct view *ret_message);

/* False if the message runs past its end or names no device. The checksum is not looked at:
 * devices differ on how they sum an odd byte. */
bool cdp_read(const uint8_t *bytes, size_t size, struct cdp *ret_cdp);

/* The names of the capability bits that are set, by spaces: "router switch". */
void cdp_capabilities_format(struct str *out, uint32_t bits);

#endif
