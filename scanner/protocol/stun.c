/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STUN: a binding request, to which a server answers with the address that it sees and the name
 * of its software. No relay is allocated. Of an answer the software alone is read: the address
 * is ours, or somebody else's.
 *
 * Reference: RFC 8489, 5 (header), 14.14 (SOFTWARE).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/packer.h"
#include "common/siphash.h"

#include <string.h>

enum { REQUEST = 0x0001, SUCCESS = 0x0101, ERROR_RESPONSE = 0x0111 };
enum { MESSAGE_INTEGRITY = 0x0008, SOFTWARE = 0x8022, ATTRIBUTES_MAX = 32, TEXT_MAX = 763 };
#define MAGIC 0x2112a442u

/* The attributes of an answer, whole and each in its place; false if it is none. One with a
 * check of integrity is between the two ends of a call, which are no servers. */
static bool open_answer(const uint8_t *bytes, size_t size, struct cursor *ret)
{
	struct cursor c = cursor_of(bytes, size), walk;
	uint16_t type = cursor_be16(&c), length = cursor_be16(&c);
	uint32_t magic = cursor_be32(&c);

	cursor_skip(&c, 12);
	if (!cursor_ok(&c) || (type != SUCCESS && type != ERROR_RESPONSE) || magic != MAGIC ||
		length % 4 || cursor_left(&c) != length)
		return false;
	walk = *ret = c;
	for (int i = 0; i < ATTRIBUTES_MAX && cursor_left(&walk) > 0; i++) {
		if (cursor_be16(&walk) == MESSAGE_INTEGRITY)
			return false;
		cursor_skip(&walk, (cursor_be16(&walk) + 3u) & ~3u);
	}
	return cursor_ok(&walk) && cursor_left(&walk) == 0;
}

static bool stun_recognise(const uint8_t *bytes, size_t size)
{
	struct cursor attributes;

	return open_answer(bytes, size, &attributes);
}

static long stun_complete(const uint8_t *bytes, size_t size)
{
	return stun_recognise(bytes, size) ? (long)size : -1;
}

static void stun_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct cursor c;

	if (!open_answer(bytes, size, &c))
		return;
	while (cursor_left(&c) > 0) {
		uint16_t type = cursor_be16(&c), length = cursor_be16(&c);
		const uint8_t *value = cursor_bytes(&c, length);

		cursor_skip(&c, -length & 3u);
		if (!value || type != SOFTWARE || length > TEXT_MAX)
			continue;
		reading_add(reading, "stun.software", value, length);
		reading_match(reading, "stun.software", value, length);
	}
}

/* The address is that of whoever asked. */
static size_t stun_overheard(uint8_t *bytes, size_t size)
{
	struct cursor c;

	if (!open_answer(bytes, size, &c))
		return 0;
	while (cursor_left(&c) > 0) {
		uint16_t type = cursor_be16(&c), length = cursor_be16(&c);
		const uint8_t *value = cursor_bytes(&c, length);

		cursor_skip(&c, -length & 3u);
		if (value && type != SOFTWARE)
			memset(bytes + (value - bytes), 0, length);
	}
	return size;
}

/* Twelve bytes that follow from the seed. */
static void put_transaction(struct packer *p, uint64_t seed)
{
	const struct siphash_key key = siphash_key_seeded(seed);

	packer_be64(p, siphash(&key, "stun", 4));
	packer_be32(p, (uint32_t)siphash(&key, "more", 4));
}

static size_t stun_request(uint8_t *out, size_t max, const char *host, uint64_t seed)
{
	struct packer p = packer_of(out, max);

	(void)host;
	packer_be16(&p, REQUEST);
	packer_be16(&p, 0);
	packer_be32(&p, MAGIC);
	put_transaction(&p, seed);
	return packer_ok(&p) ? p.pos : 0;
}

static bool stun_repeats(const uint8_t *reply, size_t size, uint64_t seed)
{
	uint8_t transaction[12];
	struct packer p = packer_of(transaction, sizeof(transaction));

	put_transaction(&p, seed);
	return stun_recognise(reply, size) &&
	       memcmp(reply + 8, transaction, sizeof(transaction)) == 0;
}

static const uint16_t stun_ports[] = {3478, 0};

const struct protocol protocol_stun = {
	.name = "stun",
	.transport = TRANSPORT_UDP,
	.ports = stun_ports,
	.risk = PROTOCOL_STANDARD,
	.request = stun_request,
	.repeats = stun_repeats,
	.complete = stun_complete,
	.recognise = stun_recognise,
	.read = stun_read,
	.overheard = stun_overheard,
	.reference = "RFC 8489, 5",
};
