/* SPDX-License-Identifier: Apache-2.0 */
/* See packet_build.h. Formats are those of RFC 791, 8200 and 9293. */
#include "scanner/link/packet_build.h"

void packet_addr(struct packer *p, const struct addr *addr)
{
	packer_bytes(p, addr->bytes, addr->family == 4 ? 4 : 16);
}

void packet_begin(struct packer *p, const struct addr *src, const struct addr *dst,
	uint8_t protocol, uint8_t ttl)
{
	static const uint8_t head4[] = {0x45, 0, 0, 0, 0, 0, 0x40, 0};
	static const uint8_t head6[] = {0x60, 0, 0, 0, 0, 0};

	if (src->family == 4) {
		packer_bytes(p, head4, sizeof(head4));
		packer_u8(p, ttl);
		packer_u8(p, protocol);
		packer_zero(p, 2);
	} else {
		packer_bytes(p, head6, sizeof(head6));
		packer_u8(p, protocol);
		packer_u8(p, ttl);
	}
	packet_addr(p, src);
	packet_addr(p, dst);
}

void packet_end(struct packer *p, size_t ip)
{
	if (!packer_ok(p))
		return;
	if (p->base[ip] >> 4 == 4)
		packer_patch_be16(p, ip + 2, (uint16_t)(p->pos - ip));
	else
		packer_patch_be16(p, ip + 4, (uint16_t)(p->pos - ip - 40));
}

void packet_tcp(struct packer *p, uint16_t from, uint16_t to, uint32_t seq, uint32_t ack,
	uint8_t flags)
{
	packer_be16(p, from);
	packer_be16(p, to);
	packer_be32(p, seq);
	packer_be32(p, ack);
	packer_u8(p, 0x50);
	packer_u8(p, flags);
	packer_zero(p, 6);
}
