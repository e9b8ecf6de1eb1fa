/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mutated frames of every kind through one listener that lives through all of them: whatever
 * state they leave behind, its counts close, and what it says is about addresses that can be.
 */
#include "tests/unit/scanner/listen/talk.h"
#include "tests/unit/scanner/wire/mutate.h"
#include "tests/unit/scanner/wire/samples.h"

enum { INPUTS = 300000 };

#define MACS "020000000002 020000000001"
#define UDP(src, dst)                                                                          \
	MACS "0800 45 00 0000 1234 4000 40 11 0000 c6120001 c6120002" src dst "0000 0000"
#define TCP(ports, seq, flags)                                                                 \
	MACS "0800 45 00 0000 1234 4000 40 06 0000 c6120001 c6120002" ports seq                \
	     "00000002 50" flags "7210 0000 0000"
#define V6                                                                                     \
	MACS "86dd 60000000 0000 3a ff fe800000000000000000000000000001"                       \
	     "ff020000000000000000000000000001"

static const char *const samples[] = {
	MACS "88cc" SAMPLE_LLDP,
	"01000ccccccc 020000000001 0088 aaaa03 00000c 2000" SAMPLE_CDP,
	MACS "88b8" SAMPLE_GOOSE,
	MACS "0806 0001 0800 06 04 0002 020000000001 c6120001 020000000002 c6120002",
	UDP("0044", "0043") SAMPLE_DHCP,
	UDP("0043", "0044") SAMPLE_DHCP_HEADER("02") "3501 05 3604 c6120001 0104 ffffff00 ff",
	UDP("0035", "c350") SAMPLE_DNS,
	UDP("14e9", "14e9") SAMPLE_DNS,
	UDP("0089", "c350") SAMPLE_NBNS,
	V6 "86 00 0000" SAMPLE_NDP,
	V6 "88 00 0000 a0000000 20010db8000000000000000000000009 02 01 0200000000dd",
	TCP("0016 c350", "00000001", "12"),
	TCP("0016 c350", "00000002", "18") "5353482d322e302d783a2d310d0a",
	TCP("0016 c350", "00000006", "18") "5353482d322e302d783a2d310d0a",
	TCP("0016 c350", "00000010", "11"),
	TCP("c350 0016", "00000001", "02"),
	TCP("01f6 c351", "00000001", "12"),
	TCP("01f6 c351", "00000002", "18") "0001 0000 0007 01 03 04 0001 0002",
	TCP("0066 c352", "00000002", "18") "0300 001b 02f080 32 03 0000 0001 0002 0008",
	UDP("bac0", "bac0") "810b 0015 0120 ffff00ff 10 00 c40200000a 2201e0 9100 210a",
};

static void frames(void **state)
{
	struct talk t;

	(void)state;
	talk_begin(&t);
	t.silent = true;
	mutate_begin();
	for (size_t i = 0; i < INPUTS; i++) {
		struct hex h = hex(samples[mutate_random(ARRAY_SIZE(samples))]);
		uint8_t *exact;

		if (i % 4) /* some go in as they are, so that there is state to disturb */
			mutate(&h);
		exact = malloc(h.n ? h.n : 1);
		assert_non_null(exact);
		memcpy(exact, h.bytes, h.n);
		assert_int_equal(listener_frame(t.listener, FRAME_LINK_ETHERNET, exact, h.n,
					 (int64_t)i * 1000, NULL),
			0);
		free(exact);
	}
	talk_end(&t);
	assert_int_equal(t.listener->counts.frames, INPUTS);
	assert_true(t.observations > 1000);
	talk_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames),
	};

	return RUN(tests);
}
