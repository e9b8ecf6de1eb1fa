/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pcapng reader; see pcapng.h. Of a block only what a packet needs is held: the first
 * CAPTURE_PACKET_MAX bytes and what stands before them. Numbers are read through the cursor, in
 * the byte order that the section states.
 */
#include "scanner/link/pcapng.h"

#include "common/clock.h"
#include "common/cursor.h"

enum {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET_OLD = 2,
	BLOCK_PACKET_SIMPLE = 3,
	BLOCK_PACKET = 6,
	BYTE_ORDER_MAGIC = 0x1a2b3c4d,
	OPTION_END = 0,
	OPTION_RESOLUTION = 9,
	OPTION_OFFSET = 14,
	HEAD_SIZE = 8,   /* type and length */
	FRAME_SIZE = 12, /* with the length at the end */
	HELD_MAX = CAPTURE_PACKET_MAX + 64,
};

#define SECONDS_MAX 253402300800ULL /* the year 10000 */

struct interface {
	uint16_t link;
	uint32_t snapshot;
	uint8_t resolution; /* as option 9 has it: a power of 10, or of 2 with the high bit */
	int64_t offset;     /* seconds */
};

struct pcapng {
	FILE *stream; /* borrowed */
	bool big_endian, in_section;
	uint32_t n_interfaces;
	struct interface interfaces[PCAPNG_INTERFACES_MAX];
	size_t held;
	uint8_t body[HELD_MAX]; /* of the block at hand, as far as it fits */
};

struct pcapng *pcapng_new(FILE *stream)
{
	struct pcapng *p = calloc(1, sizeof(*p));

	if (p)
		p->stream = stream;
	return p;
}

void pcapng_free(struct pcapng *pcapng)
{
	free(pcapng);
}

static uint16_t u16(const struct pcapng *p, struct cursor *c)
{
	return p->big_endian ? cursor_be16(c) : cursor_le16(c);
}

static uint32_t u32(const struct pcapng *p, struct cursor *c)
{
	return p->big_endian ? cursor_be32(c) : cursor_le32(c);
}

static int fail(const char **ret_why, const char *why)
{
	*ret_why = why;
	return -1;
}

static bool skip(struct pcapng *p, size_t n)
{
	uint8_t waste[4096];

	while (n) {
		size_t part = n < sizeof(waste) ? n : sizeof(waste);

		if (fread(waste, 1, part, p->stream) != part)
			return false;
		n -= part;
	}
	return true;
}

/* Tells the byte order of a new section from its magic, which is the first of its body. */
static bool begin_section(struct pcapng *p)
{
	uint8_t magic[4];
	struct cursor c = cursor_of(magic, sizeof(magic)), again = c;

	if (fread(magic, 1, sizeof(magic), p->stream) != sizeof(magic))
		return false;
	p->big_endian = cursor_be32(&c) == BYTE_ORDER_MAGIC;
	if (!p->big_endian && cursor_le32(&again) != BYTE_ORDER_MAGIC)
		return false;
	p->in_section = true;
	p->n_interfaces = 0;
	return true;
}

/* Reads one block. Positive: the end of the file, between two blocks. */
static int read_block(struct pcapng *p, uint32_t *ret_type, const char **ret_why)
{
	uint8_t bytes[HEAD_SIZE];
	struct cursor c = cursor_of(bytes, sizeof(bytes)), tail = cursor_of(bytes, 4);
	size_t n = fread(bytes, 1, sizeof(bytes), p->stream), done = 0;
	uint32_t length;

	if (n == 0 && !ferror(p->stream))
		return CAPTURE_END;
	if (n != sizeof(bytes))
		return fail(ret_why, "it ends inside the head of a block");
	*ret_type = u32(p, &c);
	if (*ret_type == BLOCK_SECTION) { /* reads the same from both ends */
		if (!begin_section(p))
			return fail(ret_why, "a section without byte order");
		done = 4;
		c = cursor_of(bytes + 4, 4);
	}
	length = u32(p, &c);
	if (!p->in_section || length % 4 || length < FRAME_SIZE + done ||
		length > PCAPNG_BLOCK_MAX)
		return fail(ret_why, "a block with an impossible length");
	n = length - FRAME_SIZE - done;
	p->held = n < HELD_MAX ? n : HELD_MAX;
	if (fread(p->body, 1, p->held, p->stream) != p->held || !skip(p, n - p->held) ||
		fread(bytes, 1, 4, p->stream) != 4)
		return fail(ret_why, "it ends inside a block");
	if (u32(p, &tail) != length)
		return fail(ret_why, "a block with two different lengths");
	return 0;
}

static void read_options(struct pcapng *p, struct cursor *c, struct interface *interface)
{
	while (cursor_left(c) >= 4) {
		uint16_t code = u16(p, c), length = u16(p, c);
		struct cursor value = cursor_sub(c, length);
		uint32_t low, high;

		cursor_skip(c, -length & 3);
		if (!cursor_ok(c) || code == OPTION_END)
			return;
		if (code == OPTION_RESOLUTION && length == 1)
			interface->resolution = cursor_u8(&value);
		if (code == OPTION_OFFSET && length == 8) {
			low = u32(p, &value);
			high = u32(p, &value);
			interface->offset =
				(int64_t)(p->big_endian ? (uint64_t)low << 32 | high
							: (uint64_t)high << 32 | low);
		}
	}
}

static int read_interface(struct pcapng *p, const char **ret_why)
{
	struct cursor c = cursor_of(p->body, p->held);
	struct interface *interface;

	if (p->n_interfaces == PCAPNG_INTERFACES_MAX)
		return fail(ret_why, "too many interfaces");
	interface = &p->interfaces[p->n_interfaces];
	*interface = (struct interface){.link = u16(p, &c), .resolution = 6};
	cursor_skip(&c, 2);
	interface->snapshot = u32(p, &c);
	if (!cursor_ok(&c))
		return fail(ret_why, "an interface that is cut short");
	read_options(p, &c, interface);
	p->n_interfaces++;
	return 0;
}

/* Units of the interface's resolution to microseconds; 0 if that is no time of ours. */
static int64_t time_of(const struct interface *interface, uint64_t units)
{
	unsigned int power = interface->resolution & 0x7f;
	uint64_t per_second = 1, seconds, rest;

	if (power > (interface->resolution & 0x80 ? 63u : 19u))
		return 0;
	if (interface->resolution & 0x80)
		per_second <<= power;
	else
		while (power--)
			per_second *= 10;
	seconds = units / per_second;
	rest = units % per_second;
	if (seconds >= SECONDS_MAX || interface->offset < -(int64_t)seconds ||
		interface->offset >= (int64_t)(SECONDS_MAX - seconds))
		return 0;
	return ((int64_t)seconds + interface->offset) * CLOCK_SECOND +
	       (int64_t)((unsigned __int128)rest * CLOCK_SECOND / per_second);
}

/* Fills in a packet of which the cursor stands before the data. `n`: bytes of data stated. */
static int take_packet(struct pcapng *p, struct cursor *c, uint32_t index, uint64_t units,
	uint32_t n, uint32_t original, struct capture_packet *ret_packet, const char **ret_why)
{
	const struct interface *interface = &p->interfaces[index];
	size_t left = cursor_left(c);

	if (!cursor_ok(c))
		return fail(ret_why, "a packet that is cut short");
	if (index >= p->n_interfaces)
		return fail(ret_why, "a packet of an interface that is not described");
	if (n > left && (p->held < HELD_MAX || n > PCAPNG_BLOCK_MAX))
		return fail(ret_why, "a packet that is longer than its block");
	if (n > left)
		n = (uint32_t)left;
	*ret_packet = (struct capture_packet){
		.link = (enum frame_link)interface->link,
		.time_us = time_of(interface, units),
		.bytes = cursor_rest(c),
		.size = n < CAPTURE_PACKET_MAX ? n : CAPTURE_PACKET_MAX,
		.original_size = original,
	};
	return 0;
}

static int read_packet(struct pcapng *p, uint32_t type, struct capture_packet *ret_packet,
	const char **ret_why)
{
	struct cursor c = cursor_of(p->body, p->held);
	uint32_t index = 0, n, original;
	uint64_t units = 0;

	if (type == BLOCK_PACKET_SIMPLE) {
		original = u32(p, &c);
		n = original;
		if (p->n_interfaces && p->interfaces[0].snapshot &&
			n > p->interfaces[0].snapshot)
			n = p->interfaces[0].snapshot;
		return take_packet(p, &c, 0, 0, n, original, ret_packet, ret_why);
	}
	index = type == BLOCK_PACKET ? u32(p, &c) : u16(p, &c);
	if (type == BLOCK_PACKET_OLD)
		cursor_skip(&c, 2); /* drops */
	units = (uint64_t)u32(p, &c) << 32;
	units |= u32(p, &c);
	n = u32(p, &c);
	original = u32(p, &c);
	if (index >= PCAPNG_INTERFACES_MAX)
		return fail(ret_why, "a packet of an interface that is not described");
	return take_packet(p, &c, index, units, n, original, ret_packet, ret_why);
}

int pcapng_next(struct pcapng *pcapng, struct capture_packet *ret_packet, const char **ret_why)
{
	uint32_t type;
	int r;

	while ((r = read_block(pcapng, &type, ret_why)) == 0) {
		if (type == BLOCK_PACKET || type == BLOCK_PACKET_SIMPLE ||
			type == BLOCK_PACKET_OLD)
			return read_packet(pcapng, type, ret_packet, ret_why);
		if (type == BLOCK_INTERFACE && (r = read_interface(pcapng, ret_why)) < 0)
			return r;
	}
	return r;
}
