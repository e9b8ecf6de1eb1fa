/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One port, two protocols on the same transport: S7 is asked, and MMS only where S7 was not
 * answered, over a second connection that begins when the first is closed in full. Ordinary
 * clients ask for S7 in two ways before that.
 */
#include "tests/unit/scanner/protocol/servers.h"

#define CONFIRM "\x03\0\0\x16\x11\xd0\0\x01\0\x44\0\xc0\x01\x0a\xc1\x02\x01\0\xc2\x02\x01\x02"
#define REFUSAL "\x03\0\0\x0b\x06\x80\0\x01\0\0\x03"
#define ACCEPT "\x03\0\0\x10\x02\xf0\x80\x0e\x07\x06\x05\x28\xca\x22\x02\x03"
#define IDENTITY                                                                               \
	"\x03\0\0\x30\x02\xf0\x80\x01\0\x01\0\x61\x23\x30\x21\x02\x01\x03\xa0\x1c"             \
	"\xa1\x1a\x02\x01\x01\xa2\x15\x80\x0flibiec61850.com\x81\x00\x82\x00"
#define CONCLUDED                                                                              \
	"\x03\0\0\x16\x02\xf0\x80\x01\0\x01\0\x61\x09\x30\x07\x02\x01\x03\xa0\x02\x8c\0"
#define SETUP "\x03\0\0\x1b\x02\xf0\x80\x32\x03\0\0\0\0\0\x08\0\0\0\0\xf0\0\0\x01\0\x01\0\xf0"

/* The next packet of the other side; false if there is none. */
static bool next_packet(int fd, uint8_t bytes[512])
{
	size_t size;

	if (recv(fd, bytes, 4, MSG_WAITALL) != 4)
		return false;
	size = (size_t)(bytes[2] << 8 | bytes[3]);
	return size >= 4 && size <= 512 &&
	       recv(fd, bytes + 4, size - 4, MSG_WAITALL) == (ssize_t)(size - 4);
}

/* What the other side wants: the transport selector of its request to connect. */
static int selector(int fd)
{
	uint8_t bytes[512] = {0};

	return next_packet(fd, bytes) && bytes[5] == 0xe0 ? bytes[20] << 8 | bytes[21] : -1;
}

static bool serve_mms(int fd)
{
	uint8_t bytes[512];

	put(fd, BYTES(CONFIRM));
	if (!next_packet(fd, bytes))
		return true;
	put(fd, BYTES(ACCEPT));
	if (!next_packet(fd, bytes))
		return true;
	put(fd, BYTES(IDENTITY));
	if (next_packet(fd, bytes))
		put(fd, BYTES(CONCLUDED));
	return true;
}

static bool refuses_s7(int fd)
{
	if (selector(fd) == 1)
		return serve_mms(fd);
	put(fd, BYTES(REFUSAL));
	return true;
}

/* Confirms whatever comes, and has nothing to do with what S7 says then. */
static bool confirms_all(int fd)
{
	uint8_t bytes[512];

	if (selector(fd) == 1)
		return serve_mms(fd);
	put(fd, BYTES(CONFIRM));
	return !next_packet(fd, bytes) || over(fd);
}

static bool closes_at_once(int fd)
{
	return selector(fd) == 1 ? serve_mms(fd) : over(fd);
}

static bool has_neither(int fd)
{
	selector(fd);
	put(fd, BYTES(REFUSAL));
	return true;
}

static bool s7_server(int fd)
{
	uint8_t bytes[512];

	selector(fd);
	put(fd, BYTES(CONFIRM));
	if (next_packet(fd, bytes))
		put(fd, BYTES(SETUP));
	return !next_packet(fd, bytes) || over(fd);
}

static void mms_where_s7_is_not(void **state)
{
	const behaviour servers_of_mms[] = {refuses_s7, confirms_all, closes_at_once};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(servers_of_mms); i++) {
		struct greet_target target = start(servers_of_mms[i], "s7");
		struct greet_counts counts = greet(&target, 1);

		assert_int_equal(counts.targets, 1);
		assert_int_equal(counts.answered, 1);
		assert_int_equal(learnt.services, 1);
		assert_string_equal(learnt.protocol, "mms");
		wait_for_ends(2 * (int)i + 2);
		assert_int_equal(shared->most_open, 1);
		assert_int_equal(shared->full_closes, 2 * i + 2);
	}
}

/* Has S7 for operators' stations alone. */
static bool other_s7_server(int fd)
{
	uint8_t bytes[512];

	if (selector(fd) != 0x200) {
		put(fd, BYTES(REFUSAL));
		return true;
	}
	put(fd, BYTES(CONFIRM));
	if (next_packet(fd, bytes))
		put(fd, BYTES(SETUP));
	return !next_packet(fd, bytes) || over(fd);
}

/* Under `standard` two ways of S7, then MMS, and that is all; under `safe` one of them, so that
 * who has S7 in the other way only is not found. One connection at a time, each closed in
 * full. */
static void how_often_each_is_asked(void **state)
{
	static const struct {
		enum protocol_risk risk;
		behaviour server;
		const char *protocol;
		int connections;
	} rows[] = {{PROTOCOL_SAFE, s7_server, "s7", 1},
		{PROTOCOL_SAFE, other_s7_server, "", 2},
		{PROTOCOL_STANDARD, s7_server, "s7", 1},
		{PROTOCOL_STANDARD, other_s7_server, "s7", 2},
		{PROTOCOL_STANDARD, refuses_s7, "mms", 3},
		{PROTOCOL_STANDARD, confirms_all, "mms", 3},
		{PROTOCOL_STANDARD, closes_at_once, "mms", 3},
		{PROTOCOL_STANDARD, has_neither, "", 3}};
	int ends = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct greet_target target = start(rows[i].server, "s7");
		struct greet_options how = options();
		struct greet_counts counts;

		how.risk_max = rows[i].risk;
		counts = greet_with(&target, 1, &how);
		assert_int_equal(counts.targets, 1);
		assert_int_equal(counts.answered, 1);
		assert_int_equal(learnt.services, 1);
		assert_string_equal(learnt.protocol, rows[i].protocol);
		ends += rows[i].connections;
		wait_for_ends(ends);
		assert_int_equal(shared->accepted, ends);
		assert_int_equal(shared->full_closes, ends);
		assert_int_equal(shared->most_open, 1);
	}
}

/* That it answers the transport is all that is known. */
static void neither(void **state)
{
	struct greet_target target = start(has_neither, "s7");
	struct greet_counts counts = greet(&target, 1);

	(void)state;
	assert_int_equal(counts.answered, 1);
	assert_string_equal(learnt.protocol, "");
	wait_for_ends(2);
	assert_int_equal(shared->accepted, 2);
	assert_int_equal(shared->most_open, 1);
}

/* And is told although the second connection brings nothing. */
static bool leaves_then(int fd)
{
	if (selector(fd) == 1)
		return over(fd);
	put(fd, BYTES(REFUSAL));
	return true;
}

static void the_first_alone(void **state)
{
	struct greet_target target = start(leaves_then, "s7");
	struct greet_counts counts = greet(&target, 1);

	(void)state;
	assert_int_equal(counts.targets, 1);
	assert_int_equal(counts.answered, 1);
	assert_int_equal(learnt.services, 1);
	assert_string_equal(learnt.protocol, "");
	assert_memory_equal(learnt.raw, REFUSAL, sizeof(REFUSAL) - 1);
	wait_for_ends(2);
	assert_int_equal(shared->accepted, 2);
}

/* Nothing may be said: nothing is asked once more either. */
static void only_listening(void **state)
{
	struct greet_target target = start(has_neither, "s7");
	struct greet_options how = options();
	struct greet_counts counts;

	(void)state;
	how.risk_max = PROTOCOL_PASSIVE;
	how.deadline_ms = 200;
	counts = greet_with(&target, 1, &how);
	assert_int_equal(counts.silent, 1);
	wait_for_ends(1);
	assert_int_equal(shared->accepted, 1);
}

static void the_gap_is_between_them(void **state)
{
	struct greet_target target = start(refuses_s7, "s7");
	struct greet_options how = options();
	int64_t begun = clock_monotonic_us();
	struct greet_counts counts;

	(void)state;
	how.gap_us = 300000;
	counts = greet_with(&target, 1, &how);
	assert_int_equal(counts.answered, 1);
	assert_true(clock_monotonic_us() - begun >= how.gap_us);
	wait_for_ends(2);
}

/* Given up between the two. */
static void stopped(void **state)
{
	struct greet_target target = start(refuses_s7, "s7");
	struct greet_options how = options();
	struct greeter *g;

	(void)state;
	how.gap_us = 60 * CLOCK_SECOND;
	g = open_greeter(&how);
	add_all(g, &target, 1);
	while (!__atomic_load_n(&shared->full_closes, __ATOMIC_SEQ_CST))
		assert_int_equal(turn(g, NULL), 0);
	g->turn(g, 20000, NULL);
	assert_int_equal(g->pending, 1);
	assert_int_equal(close_greeter(g).targets, 0);
	wait_for_ends(1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(mms_where_s7_is_not, clear),
		cmocka_unit_test_teardown(how_often_each_is_asked, clear),
		cmocka_unit_test_teardown(neither, clear),
		cmocka_unit_test_teardown(the_first_alone, clear),
		cmocka_unit_test_teardown(only_listening, clear),
		cmocka_unit_test_teardown(the_gap_is_between_them, clear),
		cmocka_unit_test_teardown(stopped, clear)};

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		-1, 0);
	return shared == MAP_FAILED ? 1 : RUN(tests);
}
