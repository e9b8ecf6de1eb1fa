/* SPDX-License-Identifier: Apache-2.0 */
/* Captures that are whole, packed, cut, damaged and no captures at all. The files are written
 * here byte by byte. */
#include "tests/unit/unit.h"

#include "scanner/link/capture.h"

#include "common/clock.h"
#include "common/file.h"
#include "common/packer.h"

#include <sys/stat.h>

static char directory[] = "capture-test-XXXXXX";
static char path[256];

/* Three packets of 4, 60 and 5 bytes, at 1, 2 and 3 seconds. */
static size_t make_pcap(uint8_t *out, size_t max, uint32_t link)
{
	struct packer p = packer_of(out, max);

	packer_le32(&p, 0xa1b2c3d4);
	packer_le16(&p, 2);
	packer_le16(&p, 4);
	packer_zero(&p, 8);
	packer_le32(&p, 65535);
	packer_le32(&p, link);
	for (uint32_t i = 1; i <= 3; i++) {
		uint32_t size = i == 1 ? 4 : i == 2 ? 60 : 5;

		packer_le32(&p, i);
		packer_le32(&p, i * 10);
		packer_le32(&p, size);
		packer_le32(&p, size + (i == 3 ? 100 : 0));
		for (uint32_t j = 0; j < size; j++)
			packer_u8(&p, (uint8_t)(i * 16 + j % 16));
	}
	assert_true(packer_ok(&p));
	return p.pos;
}

static size_t make_pcapng(uint8_t *out, size_t max)
{
	struct packer p = packer_of(out, max);

	packer_le32(&p, 0x0a0d0d0a); /* section header */
	packer_le32(&p, 28);
	packer_le32(&p, 0x1a2b3c4d);
	packer_le16(&p, 1);
	packer_le16(&p, 0);
	packer_be64(&p, UINT64_MAX);
	packer_le32(&p, 28);
	packer_le32(&p, 1); /* interface: Ethernet */
	packer_le32(&p, 20);
	packer_le16(&p, 1);
	packer_le16(&p, 0);
	packer_le32(&p, 65535);
	packer_le32(&p, 20);
	packer_le32(&p, 6); /* enhanced packet, at 5 s */
	packer_le32(&p, 36);
	packer_le32(&p, 0);
	packer_le32(&p, 0);
	packer_le32(&p, 5000000);
	packer_le32(&p, 3);
	packer_le32(&p, 3);
	packer_be32(&p, 0xaabbcc00);
	packer_le32(&p, 36);
	assert_true(packer_ok(&p));
	return p.pos;
}

/* A gzip member of stored blocks (RFC 1951, 3.2.4), its CRC computed bit by bit. */
static size_t make_gzip(const uint8_t *in, size_t n, uint8_t *out, size_t max)
{
	struct packer p = packer_of(out, max);
	uint32_t crc = 0xffffffff;

	packer_be32(&p, 0x1f8b0800);
	packer_zero(&p, 4);
	packer_be16(&p, 0x0003);
	packer_u8(&p, 1);
	packer_le16(&p, (uint16_t)n);
	packer_le16(&p, (uint16_t)~n);
	packer_bytes(&p, in, n);
	for (size_t i = 0; i < n; i++) {
		crc ^= in[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	packer_le32(&p, ~crc);
	packer_le32(&p, (uint32_t)n);
	assert_true(packer_ok(&p));
	return p.pos;
}

static void store(const uint8_t *bytes, size_t n)
{
	assert_int_equal(file_publish(path, bytes, n, NULL), 0);
}

/* Reads the file to its end; returns the last answer. */
static int read_all(uint64_t *ret_packets, struct error *ret_error)
{
	_cleanup_(capture_freep) struct capture *capture = NULL;
	struct capture_packet packet;
	int r, again;

	*ret_packets = 0;
	assert_int_equal(capture_open(path, &capture, ret_error), 0);
	while ((r = capture_next(capture, &packet, ret_error)) == 0) {
		(*ret_packets)++;
		assert_int_equal(packet.number, *ret_packets);
	}
	again = capture_next(capture, &packet, ret_error);
	assert_int_equal(again, r);
	return r;
}

static void expect_the_three(void)
{
	_cleanup_(capture_freep) struct capture *capture = NULL;
	struct capture_packet packet;
	uint64_t done, total;

	assert_int_equal(capture_open(path, &capture, NULL), 0);
	assert_string_equal(capture_path(capture), path);
	assert_int_equal(capture_next(capture, &packet, NULL), 0);
	assert_int_equal(packet.link, FRAME_LINK_ETHERNET);
	assert_int_equal(packet.time_us, 1 * CLOCK_SECOND + 10);
	assert_int_equal(packet.size, 4);
	assert_int_equal(packet.bytes[0], 0x10);
	assert_int_equal(capture_next(capture, &packet, NULL), 0);
	assert_int_equal(packet.size, 60);
	assert_int_equal(packet.original_size, 60);
	assert_int_equal(capture_next(capture, &packet, NULL), 0);
	assert_int_equal(packet.size, 5);
	assert_int_equal(packet.original_size, 105);
	assert_int_equal(packet.number, 3);
	assert_int_equal(capture_next(capture, &packet, NULL), CAPTURE_END);
	assert_int_equal(capture_next(capture, &packet, NULL), CAPTURE_END);
	capture_position(capture, &done, &total);
	assert_true(total > 100);
	assert_int_equal(done, total);
}

static void plain_and_packed(void **state)
{
	uint8_t plain[512], packed[1024];
	size_t n = make_pcap(plain, sizeof(plain), 1);

	(void)state;
	store(plain, n);
	expect_the_three();
	store(packed, make_gzip(plain, n, packed, sizeof(packed)));
	expect_the_three();
}

static void pcapng_and_packed(void **state)
{
	uint8_t plain[512], packed[1024];
	size_t n = make_pcapng(plain, sizeof(plain));

	(void)state;
	for (int i = 0; i < 2; i++) {
		_cleanup_(capture_freep) struct capture *capture = NULL;
		struct capture_packet packet;

		if (i == 0)
			store(plain, n);
		else
			store(packed, make_gzip(plain, n, packed, sizeof(packed)));
		assert_int_equal(capture_open(path, &capture, NULL), 0);
		assert_int_equal(capture_next(capture, &packet, NULL), 0);
		assert_int_equal(packet.size, 3);
		assert_int_equal(packet.bytes[2], 0xcc);
		assert_int_equal(packet.time_us, 5 * CLOCK_SECOND);
		assert_int_equal(capture_next(capture, &packet, NULL), CAPTURE_END);
	}
}

static void link_types_are_the_files_own(void **state)
{
	static const uint32_t links[] = {0, 1, 101, 108, 113, 228, 229, 276, 105, 147};
	uint8_t plain[512];

	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		_cleanup_(capture_freep) struct capture *capture = NULL;
		struct capture_packet packet;

		store(plain, make_pcap(plain, sizeof(plain), links[i]));
		assert_int_equal(capture_open(path, &capture, NULL), 0);
		assert_int_equal(capture_next(capture, &packet, NULL), 0);
		assert_int_equal(packet.link, links[i]);
	}
}

/* Cut anywhere, the packets that are whole come out, and then it is said where it ended. */
static void cut_short(void **state)
{
	uint8_t plain[512];
	size_t n = make_pcap(plain, sizeof(plain), 1);

	(void)state;
	for (size_t size = 1; size < n; size++) {
		/* 24 of header, then packets that end at 44, 120 and 141 */
		uint64_t whole = size >= 120 ? 2 : size >= 44 ? 1 : 0, packets;
		struct error error = {0};
		int r;

		store(plain, size);
		r = read_all(&packets, &error);
		assert_int_equal(packets, whole);
		if (size == 24 || size == 44 || size == 120) {
			assert_int_equal(
				r, CAPTURE_END); /* between two packets: nobody can tell */
			continue;
		}
		assert_int_equal(r, whole ? ERROR_PARTIAL : ERROR_NETWORK);
		assert_int_equal(error.code, r);
		assert_non_null(strstr(error.text, path));
		if (whole == 2) {
			assert_non_null(strstr(error.text, "at packet 3"));
			assert_non_null(strstr(error.text, "the 2 before it were read"));
		}
	}
}

static void packed_and_cut_short(void **state)
{
	uint8_t plain[512], packed[1024];
	size_t n = make_pcap(plain, sizeof(plain), 1);
	size_t m = make_gzip(plain, n, packed, sizeof(packed));
	struct error error;
	uint64_t packets;

	(void)state;
	/* inside the third packet; then with all packets, but without the closing sum */
	store(packed, m - 12);
	assert_int_equal(read_all(&packets, &error), ERROR_PARTIAL);
	assert_int_equal(packets, 2);
	assert_non_null(strstr(error.text, "gzip"));
	store(packed, m - 6);
	assert_int_equal(read_all(&packets, &error), ERROR_PARTIAL);
	assert_int_equal(packets, 3);
	/* with a wrong sum */
	packed[m - 6] ^= 1;
	store(packed, m);
	assert_true(read_all(&packets, &error) < 0);
	assert_non_null(strstr(error.text, "gzip"));
	store(packed, 5);
	assert_int_equal(read_all(&packets, &error), ERROR_NETWORK);
}

static void damaged(void **state)
{
	uint8_t plain[512];
	struct error error;
	uint64_t packets;

	(void)state;
	/* the second packet says that it has 4 GB */
	make_pcap(plain, sizeof(plain), 1);
	memset(plain + 44 + 8, 0xff, 4);
	store(plain, 141);
	assert_int_equal(read_all(&packets, &error), ERROR_PARTIAL);
	assert_int_equal(packets, 1);
	/* times that are no times */
	make_pcap(plain, sizeof(plain), 1);
	memset(plain + 24 + 4, 0xff, 4);
	store(plain, 141);
	assert_int_equal(read_all(&packets, &error), CAPTURE_END);
	assert_int_equal(packets, 3);
}

static void no_capture(void **state)
{
	static const char *const texts[] = {
		"", "hello\n", "\x1b[31mnot a capture at all, but long enough"};
	struct error error;
	uint64_t packets;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		store((const uint8_t *)texts[i], strlen(texts[i]));
		assert_int_equal(read_all(&packets, &error), ERROR_NETWORK);
		assert_non_null(strstr(error.text, path));
		assert_null(strchr(error.text, '\x1b'));
	}
}

static void what_cannot_be_opened(void **state)
{
	struct capture *capture = NULL;
	struct error error;
	char fifo[300];

	(void)state;
	assert_int_equal(capture_open("no/such.pcap", &capture, &error), ERROR_INPUT);
	assert_non_null(strstr(error.text, "no/such.pcap"));
	assert_int_equal(capture_open(directory, &capture, &error), ERROR_INPUT);
	/* it does not wait for a writer */
	snprintf(fifo, sizeof(fifo), "%s/fifo", directory);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(capture_open(fifo, &capture, &error), ERROR_INPUT);
	unlink(fifo);
	assert_null(capture);
	capture_free(NULL);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/file.pcap", directory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_and_packed),
		cmocka_unit_test(pcapng_and_packed),
		cmocka_unit_test(link_types_are_the_files_own),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(packed_and_cut_short),
		cmocka_unit_test(damaged),
		cmocka_unit_test(no_capture),
		cmocka_unit_test(what_cannot_be_opened),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
