/* SPDX-License-Identifier: Apache-2.0 */
/* pcapng in both byte orders: several interfaces, every kind of packet block, times in odd
 * units; and blocks that lie. */
#include "tests/unit/unit.h"

#include "scanner/link/pcapng.h"

#include "common/clock.h"
#include "common/packer.h"

/* A file that is put together in one byte order. */
struct file {
	uint8_t bytes[4096];
	struct packer p;
	bool big;
	size_t block; /* where the open block began */
};

static void u16(struct file *f, uint16_t v)
{
	if (f->big)
		packer_be16(&f->p, v);
	else
		packer_le16(&f->p, v);
}

static void u32(struct file *f, uint32_t v)
{
	if (f->big)
		packer_be32(&f->p, v);
	else
		packer_le32(&f->p, v);
}

static void begin(struct file *f, uint32_t type)
{
	f->block = f->p.pos;
	u32(f, type);
	u32(f, 0);
}

static void end(struct file *f)
{
	size_t pos;

	packer_zero(&f->p, -(f->p.pos - f->block) & 3);
	u32(f, (uint32_t)(f->p.pos - f->block + 4));
	pos = f->p.pos;
	f->p.pos = f->block + 4;
	u32(f, (uint32_t)(pos - f->block));
	f->p.pos = pos;
}

static void section(struct file *f)
{
	begin(f, 0x0a0d0d0a);
	u32(f, 0x1a2b3c4d);
	u32(f, 0x00010000);
	packer_be64(&f->p, UINT64_MAX);
	end(f);
}

static void interface(
	struct file *f, uint16_t link, uint32_t snapshot, int resolution, int32_t offset)
{
	begin(f, 1);
	u16(f, link);
	u16(f, 0);
	u32(f, snapshot);
	if (resolution >= 0) {
		u16(f, 9);
		u16(f, 1);
		packer_be32(&f->p, (uint32_t)resolution << 24);
	}
	if (offset) {
		u16(f, 14);
		u16(f, 8);
		u32(f, f->big ? offset < 0 ? UINT32_MAX : 0 : (uint32_t)offset);
		u32(f, f->big ? (uint32_t)offset : offset < 0 ? UINT32_MAX : 0);
	}
	u32(f, 0);
	end(f);
}

static void packet(
	struct file *f, uint32_t index, uint64_t units, uint32_t stated, const char *data)
{
	begin(f, 6);
	u32(f, index);
	u32(f, (uint32_t)(units >> 32));
	u32(f, (uint32_t)units);
	u32(f, stated);
	u32(f, 1000);
	packer_bytes(&f->p, data, strlen(data));
	end(f);
}

static struct file *start(bool big)
{
	static struct file f;

	f = (struct file){.big = big};
	f.p = packer_of(f.bytes, sizeof(f.bytes));
	section(&f);
	return &f;
}

static uint8_t last_byte; /* the first one of the last packet: its bytes go with the reader */

/* Reads `size` bytes of the file; returns the last answer. */
static int read_all(
	const struct file *f, size_t size, struct capture_packet *last, uint64_t *ret_n)
{
	_cleanup_(cleanup_fclosep) FILE *stream = fmemopen((void *)f->bytes, size, "r");
	_cleanup_(pcapng_freep) struct pcapng *p = pcapng_new(stream);
	struct capture_packet packet_read;
	const char *why = NULL;
	int r;

	assert_true(stream && p && packer_ok(&f->p));
	for (*ret_n = 0; (r = pcapng_next(p, &packet_read, &why)) == 0; (*ret_n)++) {
		*last = packet_read;
		last_byte = packet_read.size ? packet_read.bytes[0] : 0;
		last->bytes = NULL;
	}
	assert_int_equal(why != NULL, r < 0);
	return r;
}

static void interfaces_of_different_kinds(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct file *f = start(big);
		struct capture_packet p;
		uint64_t n;

		interface(f, 1, 65535, -1, 0);  /* microseconds */
		interface(f, 101, 96, 9, 0);    /* nanoseconds */
		interface(f, 113, 0, 0x8a, 10); /* 1/1024 s, ten seconds late */
		packet(f, 0, 5 * 1000000 + 7, 3, "abc");
		assert_int_equal(read_all(f, f->p.pos, &p, &n), CAPTURE_END);
		assert_int_equal(n, 1);
		assert_int_equal(p.link, 1);
		assert_int_equal(p.time_us, 5 * CLOCK_SECOND + 7);
		assert_int_equal(p.size, 3);
		assert_int_equal(p.original_size, 1000);
		packet(f, 1, 5000000000ULL + 8000, 1, "d");
		assert_int_equal(read_all(f, f->p.pos, &p, &n), CAPTURE_END);
		assert_int_equal(p.link, 101);
		assert_int_equal(p.time_us, 5 * CLOCK_SECOND + 8);
		packet(f, 2, 1024 * 3 + 512, 0, "");
		assert_int_equal(read_all(f, f->p.pos, &p, &n), CAPTURE_END);
		assert_int_equal(n, 3);
		assert_int_equal(p.link, 113);
		assert_int_equal(p.time_us, 13 * CLOCK_SECOND + CLOCK_SECOND / 2);
	}
}

static void simple_old_and_unknown_blocks(void **state)
{
	struct file *f = start(false);
	struct capture_packet p;
	uint64_t n;

	(void)state;
	interface(f, 1, 2, -1, 0);
	begin(f, 3); /* simple: cut to the interface's snapshot length */
	u32(f, 9);
	packer_bytes(&f->p, "ab", 2);
	end(f);
	assert_int_equal(read_all(f, f->p.pos, &p, &n), CAPTURE_END);
	assert_int_equal(p.size, 2);
	assert_int_equal(p.original_size, 9);
	assert_int_equal(p.time_us, 0);
	begin(f, 2); /* the packet block of old */
	u16(f, 0);
	u16(f, 7);
	u32(f, 0);
	u32(f, 4000000);
	u32(f, 1);
	u32(f, 1);
	packer_u8(&f->p, 'z');
	end(f);
	begin(f, 0x80000bad);
	packer_zero(&f->p, 8);
	end(f);
	assert_int_equal(read_all(f, f->p.pos, &p, &n), CAPTURE_END);
	assert_int_equal(n, 2);
	assert_int_equal(last_byte, 'z');
	assert_int_equal(p.time_us, 4 * CLOCK_SECOND);
}

static void a_new_section_forgets_interfaces(void **state)
{
	struct file *f = start(false);
	struct capture_packet p;
	uint64_t n;

	(void)state;
	interface(f, 1, 0, -1, 0);
	packet(f, 0, 0, 1, "a");
	f->big = true; /* in the other byte order, as joined files have it */
	section(f);
	packet(f, 0, 0, 1, "b");
	assert_int_equal(read_all(f, f->p.pos, &p, &n), -1);
	assert_int_equal(n, 1);
}

static void times_that_are_none(void **state)
{
	static const struct {
		int resolution;
		int32_t offset;
		uint64_t units;
	} cases[] = {{0, 0, UINT64_MAX}, {20, 0, 1}, {0xff, 0, 1}, {0, -100, 5},
		{0, 100, 253402300799}};
	struct capture_packet p;
	uint64_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct file *f = start(true);

		interface(f, 1, 0, cases[i].resolution, cases[i].offset);
		packet(f, 0, cases[i].units, 1, "a");
		assert_int_equal(read_all(f, f->p.pos, &p, &n), CAPTURE_END);
		assert_int_equal(p.time_us, 0);
	}
}

static void blocks_that_lie(void **state)
{
	static const uint32_t lengths[] = {0, 8, 13, 0xfffffffc, 20};
	struct capture_packet p;
	struct file *f;
	uint64_t n;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		f = start(false);
		interface(f, 1, 0, -1, 0);
		packet(f, 0, 0, 4, "abcd");
		f->p.pos = f->block + 4;
		u32(f, lengths[i]);
		assert_int_equal(read_all(f, f->block + 36, &p, &n), -1);
	}
	f = start(false); /* more than its block, or of no interface */
	interface(f, 1, 0, -1, 0);
	packet(f, 0, 0, 5, "abcd");
	assert_int_equal(read_all(f, f->p.pos, &p, &n), -1);
	f = start(false);
	packet(f, 0, 0, 4, "abcd");
	assert_int_equal(read_all(f, f->p.pos, &p, &n), -1);
	f = start(false);
	interface(f, 1, 0, -1, 0);
	packet(f, UINT32_MAX, 0, 4, "abcd");
	assert_int_equal(read_all(f, f->p.pos, &p, &n), -1);
	f->bytes[8] ^= 1; /* no byte order */
	assert_int_equal(read_all(f, f->p.pos, &p, &n), -1);
}

static void cut_anywhere(void **state)
{
	struct file *f = start(false);
	struct capture_packet p;
	size_t first, second;
	uint64_t n;

	(void)state;
	interface(f, 1, 0, 6, 0);
	first = f->p.pos;
	packet(f, 0, 0, 4, "abcd");
	second = f->p.pos;
	packet(f, 0, 0, 3, "efg");
	for (size_t size = 1; size <= f->p.pos; size++) {
		bool between =
			size == 28 || size == first || size == second || size == f->p.pos;

		assert_int_equal(read_all(f, size, &p, &n), between ? CAPTURE_END : -1);
		assert_int_equal(n, (size >= second) + (size >= f->p.pos));
	}
}

static void interfaces_are_bounded(void **state)
{
	static uint8_t bytes[28 + 20 * (PCAPNG_INTERFACES_MAX + 1)];
	struct file *f = start(false);
	_cleanup_(pcapng_freep) struct pcapng *p = NULL;
	struct capture_packet packet_read;
	const char *why = NULL;
	FILE *stream;
	size_t head = f->p.pos;

	(void)state;
	begin(f, 1);
	u32(f, 1);
	u32(f, 0);
	end(f);
	memcpy(bytes, f->bytes, head);
	for (size_t i = 0; i <= PCAPNG_INTERFACES_MAX; i++)
		memcpy(bytes + head + 20 * i, f->bytes + head, 20);
	for (size_t more = 0; more < 2; more++) {
		stream = fmemopen(bytes, head + 20 * (PCAPNG_INTERFACES_MAX + more), "r");
		assert_non_null(stream);
		pcapng_free(p);
		p = pcapng_new(stream);
		assert_int_equal(pcapng_next(p, &packet_read, &why), more ? -1 : CAPTURE_END);
		fclose(stream);
	}
}

static void a_packet_that_is_too_long_is_cut(void **state)
{
	const uint32_t size = CAPTURE_PACKET_MAX + 1000;
	_cleanup_(cleanup_freep) uint8_t *bytes = calloc(1, size + 4096);
	struct file *f = start(false);
	_cleanup_(pcapng_freep) struct pcapng *p = NULL;
	_cleanup_(cleanup_fclosep) FILE *stream = NULL;
	struct capture_packet packet_read;
	const char *why = NULL;
	size_t block;

	(void)state;
	assert_non_null(bytes);
	interface(f, 1, 0, -1, 0);
	block = f->p.pos;
	packet(f, 0, 0, size, "");
	f->p.pos = block + 4;
	u32(f, 32 + size);
	memcpy(bytes, f->bytes, block + 28);
	memcpy(bytes + block + 28 + size, f->bytes + block + 4, 4);
	stream = fmemopen(bytes, block + 32 + size, "r");
	p = pcapng_new(stream);
	assert_int_equal(pcapng_next(p, &packet_read, &why), 0);
	assert_int_equal(packet_read.size, CAPTURE_PACKET_MAX);
	assert_int_equal(pcapng_next(p, &packet_read, &why), CAPTURE_END);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interfaces_of_different_kinds),
		cmocka_unit_test(simple_old_and_unknown_blocks),
		cmocka_unit_test(a_new_section_forgets_interfaces),
		cmocka_unit_test(times_that_are_none),
		cmocka_unit_test(blocks_that_lie),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(interfaces_are_bounded),
		cmocka_unit_test(a_packet_that_is_too_long_is_cut),
	};

	return RUN(tests);
}
