/* SPDX-License-Identifier: Apache-2.0 */
/* The scripted link keeps the link's contract: deadlines, order of answers, its own clock. */
#include "tests/unit/unit.h"

#include "common/cleanup.h"
#include "scanner/link/replay.h"

static const struct link_interface eth = {
	.name = "eth0", .index = 2, .mac = {{2, 0, 0, 0, 0, 5}}, .ipv4 = true};

static void test_clock(void **state)
{
	struct replay_options options = {.interfaces = &eth, .n_interfaces = 1};
	_cleanup_(link_closep) struct link *link = NULL;
	struct link_heard heard;
	int64_t now;

	(void)state;
	assert_int_equal(replay_open(&options, &link, NULL), 0);
	now = link->now(link);
	assert_int_equal(link->next(link, now - 5, &heard, NULL), LINK_QUIET);
	assert_int_equal(link->now(link), now);
	assert_int_equal(link->next(link, now + 1000, &heard, NULL), LINK_QUIET);
	assert_int_equal(link->now(link), now + 1000);
}

static void test_answers_wait_for_their_time(void **state)
{
	struct replay_host host = {.at = {{4, {198, 18, 0, 0}}, 24},
		.on_link = true,
		.mac = {{2, 0, 0, 0, 0, 9}},
		.unreachable = -1};
	struct replay_options options = {.interfaces = &eth,
		.n_interfaces = 1,
		.hosts = &host,
		.n_hosts = 1,
		.delay_us = 5000};
	/* who has 198.18.0.9? tell 198.18.0.5 */
	struct link_frame frame = {.size = 42,
		.bytes = {255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 5, 8, 6, 0, 1, 8, 0, 6,
			4, 0, 1, 2, 0, 0, 0, 0, 5, 198, 18, 0, 5, 0, 0, 0, 0, 0, 0, 198, 18, 0,
			9}};
	_cleanup_(link_closep) struct link *link = NULL;
	struct link_heard heard;
	struct frame f;
	int64_t now;

	(void)state;
	assert_int_equal(replay_open(&options, &link, NULL), 0);
	now = link->now(link);
	assert_int_equal(link->send(link, &frame, 1, NULL), 0);
	assert_int_equal(link->next(link, now + 4000, &heard, NULL), LINK_QUIET);
	assert_int_equal(link->next(link, now + 9000, &heard, NULL), 0);
	assert_in_range(heard.at_us, now + 5000, now + 5001);
	assert_int_equal(frame_decode(heard.type, heard.bytes, heard.size, &f), FRAME_OK);
	assert_int_equal(f.arp_operation, 2);
	assert_memory_equal(f.arp_sender.bytes, host.mac.bytes, 6);
	assert_int_equal(link->next(link, now + 9000, &heard, NULL), LINK_QUIET);
	frame.interface = 1;
	assert_int_equal(link->send(link, &frame, 1, NULL), ERROR_INTERNAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_clock),
		cmocka_unit_test(test_answers_wait_for_their_time)};

	return RUN(tests);
}
