/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packets as they arrive, for links that hear no network: the scripted one and the plain one.
 * Checksums stay zero, which frame_decode() does not look at. Private to scanner/link.
 */
#ifndef SCANNER_LINK_PACKET_BUILD_H
#define SCANNER_LINK_PACKET_BUILD_H

#include "common/addr.h"
#include "common/packer.h"

/* An IPv4 or IPv6 header; what follows is the caller's. */
void packet_begin(struct packer *p, const struct addr *src, const struct addr *dst,
	uint8_t protocol, uint8_t ttl);
/* Fills in the length of a packet that began at `ip`. */
void packet_end(struct packer *p, size_t ip);
void packet_addr(struct packer *p, const struct addr *addr);
/* TCP without data or options. */
void packet_tcp(struct packer *p, uint16_t from, uint16_t to, uint32_t seq, uint32_t ack,
	uint8_t flags);

#endif
