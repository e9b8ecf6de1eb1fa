/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IPv6 neighbour discovery: who has which address on the link, and who routes (RFC 4861). A
 * pure reader of the ICMPv6 body that scanner/wire/frame.h leaves as payload.
 */
#ifndef SCANNER_WIRE_NDP_H
#define SCANNER_WIRE_NDP_H

#include "common/addr.h"
#include "scanner/wire/tlv.h"

#include <stdbool.h>

enum ndp_type {
	NDP_ROUTER_SOLICITATION = 133,
	NDP_ROUTER_ADVERTISEMENT = 134,
	NDP_NEIGHBOUR_SOLICITATION = 135,
	NDP_NEIGHBOUR_ADVERTISEMENT = 136,
	NDP_REDIRECT = 137,
};

#define NDP_HOP_LIMIT 255 /* any other has passed a router, and is to be ignored */
#define NDP_PREFIXES_MAX 8

struct ndp {
	enum ndp_type type;
	bool router, solicited, override; /* neighbour advertisement */
	uint16_t lifetime;                /* router advertisement; 0: not a default router */
	struct addr target;               /* of a neighbour message or redirect */
	bool has_source_mac, has_target_mac;
	struct mac source_mac, target_mac;
	struct cidr prefixes[NDP_PREFIXES_MAX]; /* on-link ones that a router tells */
	uint8_t n_prefixes;
	struct tlv_tally tally; /* of options */
};

/* `body`: the message from byte 4 on. False for another type or a malformed message. */
bool ndp_read(uint8_t type, const uint8_t *body, size_t size, struct ndp *ret_ndp);

#endif
