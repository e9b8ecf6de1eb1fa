/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Probes: a template with the fields of one target patched in, checksums last. Pure. The target
 * of a finished frame can be read back from its bytes, which is what the scope check does.
 */
#ifndef SCANNER_CAMPAIGN_PROBE_H
#define SCANNER_CAMPAIGN_PROBE_H

#include "scanner/campaign/reach.h"

struct probe {
	enum template_kind kind;
	const struct path *path;
	struct addr source, target;
	struct mac mac;	 /* of the next hop; ignored where frames begin with IP */
	uint16_t port;	 /* of the target; TEMPLATE_BARE: the IP protocol */
	uint16_t from;	 /* TEMPLATE_UDP: our port */
	uint32_t cookie; /* sequence number; tag of an INIT; or ICMP identifier and sequence */
	uint8_t ttl;	 /* 0: the usual */
	const uint8_t *data; /* TEMPLATE_UDP: borrowed, at most LINK_DATA_MAX */
	size_t size;
};

/* What identifies a probe beside its fields, so that an error that quotes no more than its IP
 * header tells it: IPv4 identification, and low bits of the IPv6 flow label where the way that
 * packets go is not what is measured. */
uint16_t probe_id(uint32_t cookie);

/* False if the path has no such template or the data is too long. */
bool probe_build(const struct probe *probe, struct link_frame *ret_frame);

/* Whom a finished frame asks: its IP destination, ARP target, or the target of a neighbour
 * solicitation (*ret_solicitation is then true). False for anything that is no probe. */
bool probe_target(const struct link_frame *frame, enum link_mode mode, struct addr *ret_target,
	bool *ret_solicitation);

#endif
