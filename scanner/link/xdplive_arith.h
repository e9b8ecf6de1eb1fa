/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the XDP program of xdplive.bpf.c computes, and the shapes of its maps. The same text is
 * compiled for BPF and for the host, where a test compares it with scanner/campaign: position
 * to slot (permute.h), port of a slot, cookie (cookie.h), and the finished SYN (probe.h). So
 * nothing here calls a library, and every loop has an end that the kernel's verifier can see.
 *
 * Numbers are in host order unless a name ends in _be.
 */
#ifndef SCANNER_LINK_XDPLIVE_ARITH_H
#define SCANNER_LINK_XDPLIVE_ARITH_H

#include <stdbool.h>
#include <stdint.h>

#define XDPLIVE_FRAME 60 /* Ethernet, IPv4, TCP with its one option; 2 bytes of padding */
#define XDPLIVE_WORDS 8
#define XDPLIVE_ROUNDS 5    /* PERMUTE_ROUNDS */
#define XDPLIVE_WALK 192    /* steps of a cycle walk; each ends it with 1/4 or more */
#define XDPLIVE_HALVINGS 20 /* of up to REACH_PIECES_MAX ranges */
#define XDPLIVE_PORTS 65536
#define XDPLIVE_TOGETHER 64 /* frames, and no more than this time's worth */
#define XDPLIVE_TOGETHER_NS 100000
#define XDPLIVE_INTERVAL_MAX (1ULL << 40) /* ns; twenty minutes, far from where sums wrap */
#define XDPLIVE_NONE UINT64_MAX

#define XDPLIVE_INLINE static inline __attribute__((always_inline))

enum { /* offsets in the frame */
	XDPLIVE_IP = 14,
	XDPLIVE_IP_ID = 18,
	XDPLIVE_IP_TTL = 22,
	XDPLIVE_IP_CHECKSUM = 24,
	XDPLIVE_IP_SOURCE = 26,
	XDPLIVE_IP_TARGET = 30,
	XDPLIVE_TCP_PORT = 36,
	XDPLIVE_TCP_SEQ = 38,
	XDPLIVE_TCP_CHECKSUM = 50,
};

/* What the program is loaded with; the kernel lets nobody change it afterwards. */
struct xdplive_fixed {
	uint64_t frame[XDPLIVE_WORDS]; /* the template's bytes; what differs is written over */
	uint64_t interval_ns;	       /* between two frames, at the highest rate */
	uint64_t depth_ns;	       /* unused time that counts at most */
	uint32_t ifindex;
	uint32_t source;		     /* in the frame too */
	uint32_t network_sum, transport_sum; /* of all that is the same in every frame */
};

/* A keyed permutation, as struct permute has it. */
struct xdplive_order {
	uint64_t n, mask, bits;
	uint64_t keys[XDPLIVE_ROUNDS];
};

/* A run of addresses that are asked by one next hop. */
struct xdplive_range {
	uint64_t first; /* slot of its first address */
	uint32_t base;
	uint8_t mac[6], zero[6];
};

/* A pass, as the worker asks for it: `rounds` rounds, in each one SYN for each slot. The
 * program counts position and round on. */
struct xdplive_round {
	struct xdplive_order slots;
	uint64_t key[2]; /* of the cookies */
	uint64_t position, round, rounds;
	uint64_t n_ranges;
	uint64_t interval_ns;	       /* if it is longer than the fixed one */
	uint16_t ports[XDPLIVE_PORTS]; /* in the order in which they are asked */
};

/* Kept by the program alone; the worker can only read it. */
struct xdplive_state {
	uint64_t credit;  /* frames that may leave before the clock is read again */
	uint64_t next_ns; /* when the next one falls due after these */
	uint64_t sent, refused, skipped, held;
};

/* Key and value of the scope: the longest prefix of an address says until when it may be asked,
 * in ns of the monotonic clock. No prefix, or a time that has passed: never. */
struct xdplive_prefix {
	uint32_t length;
	uint32_t base_be;
};

XDPLIVE_INLINE uint16_t xdplive_be16(uint16_t v)
{
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap16(v) : v;
}

XDPLIVE_INLINE uint32_t xdplive_be32(uint32_t v)
{
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_bswap32(v) : v;
}

XDPLIVE_INLINE uint64_t xdplive_mix(uint64_t x)
{
	x *= 0x9e3779b97f4a7c15ULL;
	return x ^ x >> 32;
}

/* The index at a position, or XDPLIVE_NONE if the walk does not come to an end. */
XDPLIVE_INLINE uint64_t xdplive_at(const struct xdplive_order *order, uint64_t position)
{
	uint64_t bits = order->bits & 31, mask = order->mask, n = order->n, x = position;

	for (int step = 0; step < XDPLIVE_WALK; step++) {
		uint64_t left = x >> bits, right = x & mask;

		for (int i = 0; i < XDPLIVE_ROUNDS; i++) {
			uint64_t next = left ^ (xdplive_mix(right ^ order->keys[i]) & mask);

			left = right;
			right = next;
		}
		x = left << bits | right;
		if (x < n)
			return x;
	}
	return XDPLIVE_NONE;
}

/* Which of the ports a slot is asked in a round: each slot begins at one of its own, so that
 * all rounds together ask every slot for every port once. */
XDPLIVE_INLINE uint64_t xdplive_kind(uint64_t rounds, uint64_t slot, uint64_t round)
{
	uint64_t kind = round + ((slot * 0x9e3779b97f4a7c15ULL >> 32) * rounds >> 32);

	return kind >= rounds ? kind - rounds : kind;
}

XDPLIVE_INLINE uint64_t xdplive_rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

#define XDPLIVE_SIP_ROUND(v0, v1, v2, v3)                                                      \
	do {                                                                                   \
		v0 += v1;                                                                      \
		v1 = xdplive_rotate(v1, 13) ^ v0;                                              \
		v0 = xdplive_rotate(v0, 32);                                                   \
		v2 += v3;                                                                      \
		v3 = xdplive_rotate(v3, 16) ^ v2;                                              \
		v0 += v3;                                                                      \
		v3 = xdplive_rotate(v3, 21) ^ v0;                                              \
		v2 += v1;                                                                      \
		v1 = xdplive_rotate(v1, 17) ^ v2;                                              \
		v2 = xdplive_rotate(v2, 32);                                                   \
	} while (0)

/* The cookie of a SYN: SipHash-2-4 of source, target, port and a zero for the kind, 11 bytes as
 * they stand on the wire. */
XDPLIVE_INLINE uint32_t xdplive_cookie(
	const uint64_t *key, uint32_t source, uint32_t target, uint16_t port)
{
	uint64_t v0 = key[0] ^ 0x736f6d6570736575ULL, v1 = key[1] ^ 0x646f72616e646f6dULL;
	uint64_t v2 = key[0] ^ 0x6c7967656e657261ULL, v3 = key[1] ^ 0x7465646279746573ULL;
	uint64_t word = __builtin_bswap32(source) | (uint64_t)__builtin_bswap32(target) << 32;
	uint64_t last = 11ULL << 56 | __builtin_bswap16(port);

	v3 ^= word;
	XDPLIVE_SIP_ROUND(v0, v1, v2, v3);
	XDPLIVE_SIP_ROUND(v0, v1, v2, v3);
	v0 ^= word;
	v3 ^= last;
	XDPLIVE_SIP_ROUND(v0, v1, v2, v3);
	XDPLIVE_SIP_ROUND(v0, v1, v2, v3);
	v0 ^= last;
	v2 ^= 0xff;
	XDPLIVE_SIP_ROUND(v0, v1, v2, v3);
	XDPLIVE_SIP_ROUND(v0, v1, v2, v3);
	XDPLIVE_SIP_ROUND(v0, v1, v2, v3);
	XDPLIVE_SIP_ROUND(v0, v1, v2, v3);
	return (uint32_t)(v0 ^ v1 ^ v2 ^ v3);
}

/* An Internet checksum (RFC 1071) of up to a few dozen words that are summed up already. */
XDPLIVE_INLINE uint16_t xdplive_checksum(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* Takes over a template of a SYN over Ethernet and IPv4, and its sums (template.h). */
XDPLIVE_INLINE void xdplive_fix(struct xdplive_fixed *fixed, const uint8_t *syn, uint32_t size,
	uint32_t network_sum, uint32_t transport_sum)
{
	const uint8_t *source = syn + XDPLIVE_IP_SOURCE;
	uint32_t high = (uint32_t)source[0] << 8 | source[1];
	uint32_t low = (uint32_t)source[2] << 8 | source[3];

	__builtin_memcpy(fixed->frame, syn, size);
	fixed->source = high << 16 | low;
	fixed->network_sum = network_sum + ((uint32_t)syn[XDPLIVE_IP_TTL] << 8) + high + low;
	fixed->transport_sum = transport_sum + high + low;
}

/* The whole frame: nothing that stood there before stays. */
XDPLIVE_INLINE void xdplive_compose(uint8_t *frame, const volatile struct xdplive_fixed *fixed,
	const struct xdplive_range *range, uint32_t target, uint16_t port, uint32_t cookie)
{
	uint32_t address = (target >> 16) + (target & 0xffff);
	uint16_t id = (uint16_t)(cookie >> 7);
	uint32_t network = fixed->network_sum + address + id;
	uint32_t transport =
		fixed->transport_sum + address + port + (cookie >> 16) + (cookie & 0xffff);

	for (int i = 0; i < XDPLIVE_WORDS - 1; i++)
		*(uint64_t *)(frame + 8 * i) = fixed->frame[i];
	*(uint32_t *)(frame + 56) = (uint32_t)fixed->frame[XDPLIVE_WORDS - 1];
	*(uint16_t *)frame = *(const uint16_t *)range->mac;
	*(uint16_t *)(frame + 2) = *(const uint16_t *)(range->mac + 2);
	*(uint16_t *)(frame + 4) = *(const uint16_t *)(range->mac + 4);
	*(uint16_t *)(frame + XDPLIVE_IP_ID) = xdplive_be16(id);
	*(uint16_t *)(frame + XDPLIVE_IP_CHECKSUM) = xdplive_be16(xdplive_checksum(network));
	*(uint16_t *)(frame + XDPLIVE_IP_TARGET) = xdplive_be16((uint16_t)(target >> 16));
	*(uint16_t *)(frame + XDPLIVE_IP_TARGET + 2) = xdplive_be16((uint16_t)target);
	*(uint16_t *)(frame + XDPLIVE_TCP_PORT) = xdplive_be16(port);
	*(uint16_t *)(frame + XDPLIVE_TCP_SEQ) = xdplive_be16((uint16_t)(cookie >> 16));
	*(uint16_t *)(frame + XDPLIVE_TCP_SEQ + 2) = xdplive_be16((uint16_t)cookie);
	*(uint16_t *)(frame + XDPLIVE_TCP_CHECKSUM) = xdplive_be16(xdplive_checksum(transport));
}

#endif
