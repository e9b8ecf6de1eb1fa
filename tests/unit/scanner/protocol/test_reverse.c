/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PTR question byte by byte, and replies: honest ones, and those with another id, another
 * question, loops, NULs, names too long, aliases in chains and circles.
 */
#include "tests/unit/scanner/protocol/check.h"

#include "common/siphash.h"
#include "scanner/protocol/reverse.h"

#define ID 0xbeef

static struct addr asked, asked6;

/* A reply that grows. */
static struct reply {
	uint8_t bytes[2048];
	size_t n;
} reply;

static void put(const void *bytes, size_t n)
{
	assert_true(reply.n + n <= sizeof(reply.bytes));
	memcpy(reply.bytes + reply.n, bytes, n);
	reply.n += n;
}

#define PUT(text) put(text, sizeof(text) - 1)

/* The header's flags and its number of answers, and the question. */
static void begin(uint16_t flags, uint8_t answers)
{
	reply.n = reverse_question(reply.bytes, sizeof(reply.bytes), &asked, ID);
	reply.bytes[2] = (uint8_t)(flags >> 8);
	reply.bytes[3] = (uint8_t)flags;
	reply.bytes[7] = answers;
}

/* A record: its owner, its type, its data. */
static void record(const void *owner, size_t owner_n, uint8_t type, const void *data, size_t n)
{
	put(owner, owner_n);
	put((const uint8_t[]){0, type, 0, 1, 0, 0, 1, 44, (uint8_t)(n >> 8), (uint8_t)n}, 10);
	put(data, n);
}

#define RECORD(owner, type, data)                                                              \
	record(owner, sizeof(owner) - 1, type, data, sizeof(data) - 1)
#define QNAME "\xc0\x0c"
#define PTR 12
#define CNAME 5

static struct reverse_names names;

static enum reverse_outcome read_it(void)
{
	/* of the exact size, so that a sanitizer sees any step past the end */
	uint8_t *copy = malloc(reply.n ? reply.n : 1);
	enum reverse_outcome outcome;

	memcpy(copy, reply.bytes, reply.n);
	outcome = reverse_read(copy, reply.n, &asked, ID, &names);
	free(copy);
	assert_int_equal(outcome == REVERSE_NAMED, names.n > 0);
	return outcome;
}

static int setup(void **state)
{
	(void)state;
	assert_int_equal(addr_parse("198.18.30.11", &asked, NULL), 0);
	assert_int_equal(addr_parse("2001:db8:20::a", &asked6, NULL), 0);
	return 0;
}

static void the_question(void **state)
{
	uint8_t out[REVERSE_REQUEST_MAX];
	size_t n = reverse_question(out, sizeof(out), &asked, ID);

	(void)state;
	assert_int_equal(n, 12 + 3 + 3 + 3 + 4 + 8 + 5 + 1 + 4);
	assert_memory_equal(out,
		"\xbe\xef\0\0\0\1\0\0\0\0\0\0\00211\00230\00218\003198\7in-"
		"addr\4arpa\0\0\x0c\0\1",
		n);
	n = reverse_question(out, sizeof(out), &asked6, ID);
	assert_int_equal(n, REVERSE_REQUEST_MAX);
	assert_memory_equal(out + 12,
		"\1a\0010\0010\0010\0010\0010\0010\0010\0010\0010\0010\0010\0010\0010\0010\0010"
		"\0010\0010\0010\0010\0010\0012\0010\0010\0018\001b\001d\0010\0011\0010\0010\0012"
		"\3ip6\4arpa\0\0\x0c\0\1",
		n - 12);
	assert_int_equal(reverse_question(out, n - 1, &asked6, ID), 0);
}

static void an_answer(void **state)
{
	(void)state;
	begin(0x8400, 1);
	RECORD(QNAME, PTR, "\6Scada1\5lanhe\7example\0");
	assert_int_equal(read_it(), REVERSE_NAMED);
	assert_int_equal(names.n, 1);
	assert_string_equal(names.names[0], "scada1.lanhe.example");
	/* compressed against the end of the question's name: "\4arpa" */
	begin(0x8400, 1);
	RECORD(QNAME, PTR, "\1a\xc0\x21");
	assert_int_equal(read_it(), REVERSE_NAMED);
	assert_string_equal(names.names[0], "a.arpa");
}

static void several_names_stand_in_order(void **state)
{
	(void)state;
	begin(0x8400, 3);
	RECORD(QNAME, PTR, "\1b\1x\0");
	RECORD(QNAME, PTR, "\1a\1x\0");
	RECORD(QNAME, PTR, "\1B\1x\0");
	assert_int_equal(read_it(), REVERSE_NAMED);
	assert_int_equal(names.n, 2);
	assert_string_equal(names.names[0], "a.x");
	assert_string_equal(names.names[1], "b.x");
	/* the first of many, in whatever order they come */
	begin(0x8400, 20);
	for (int i = 19; i >= 0; i--) {
		uint8_t data[] = {2, 'n', (uint8_t)('a' + i), 0};

		record(QNAME, 2, PTR, data, sizeof(data));
	}
	assert_int_equal(read_it(), REVERSE_NAMED);
	assert_int_equal(names.n, REVERSE_NAMES_MAX);
	for (size_t i = 0; i < names.n; i++)
		assert_int_equal(names.names[i][1], 'a' + i);
}

static void answers_to_others(void **state)
{
	(void)state;
	begin(0x8400, 1);
	RECORD(QNAME, PTR, "\1a\1x\0");
	reply.bytes[1] ^= 1; /* the id */
	assert_int_equal(read_it(), REVERSE_STRANGER);
	reply.bytes[1] ^= 1;
	reply.bytes[2] = 0; /* a query */
	assert_int_equal(read_it(), REVERSE_STRANGER);
	reply.bytes[2] = 0xac; /* an update's answer */
	assert_int_equal(read_it(), REVERSE_STRANGER);
	reply.bytes[2] = 0x84;
	assert_int_equal(read_it(), REVERSE_NAMED);
	for (size_t i = 12; i < 12 + 30; i++) { /* any other question */
		reply.bytes[i] ^= 1;
		assert_int_equal(read_it(), REVERSE_STRANGER);
		reply.bytes[i] ^= 1;
	}
	reply.bytes[5] = 0; /* none, though it is no refusal */
	assert_int_equal(read_it(), REVERSE_STRANGER);
	reply.bytes[5] = 2;
	assert_int_equal(read_it(), REVERSE_STRANGER);
	reply.n = 11;
	assert_int_equal(read_it(), REVERSE_STRANGER);
	reply.n = 0;
	assert_int_equal(read_it(), REVERSE_STRANGER);
}

static void answers_that_name_nobody(void **state)
{
	(void)state;
	for (uint16_t code = 1; code < 16; code++) {
		begin((uint16_t)(0x8400 | code),
			1); /* what stands beside an error is not read */
		RECORD(QNAME, PTR, "\1a\1x\0");
		assert_int_equal(read_it(), REVERSE_NOTHING);
	}
	begin(0x8400, 0);
	assert_int_equal(read_it(), REVERSE_NOTHING);
	begin(0x8600, 1); /* cut short */
	RECORD(QNAME, PTR, "\1a\1x\0");
	assert_int_equal(read_it(), REVERSE_NOTHING);
	begin(0x8400, 1); /* of another owner */
	RECORD("\1q\0", PTR, "\1a\1x\0");
	assert_int_equal(read_it(), REVERSE_NOTHING);
	begin(0x8400, 0); /* in the additional section */
	reply.bytes[11] = 1;
	RECORD(QNAME, PTR, "\1a\1x\0");
	assert_int_equal(read_it(), REVERSE_NOTHING);
	begin(0x8400, 1); /* of another class */
	RECORD(QNAME, PTR, "\1a\1x\0");
	reply.bytes[12 + 30 + 5] = 3;
	assert_int_equal(read_it(), REVERSE_NOTHING);
	/* a refusal without the question */
	reply.n = 12;
	memcpy(reply.bytes, "\xbe\xef\x80\x05\0\0\0\0\0\0\0\0", 12);
	assert_int_equal(read_it(), REVERSE_NOTHING);
}

static void what_is_no_host_name(void **state)
{
	static const struct {
		const char *data;
		size_t n;
	} rows[] = {
#define ROW(text) {text, sizeof(text) - 1}
		ROW("\0"),
		ROW("\3a\0b\1x\0"),
		ROW("\3a.b\1x\0"),
		ROW("\3a b\1x\0"),
		ROW("\3a\nb\1x\0"),
		ROW("\3a\xff"
		    "b\1x\0"),
		ROW("\2-a\1x\0"),
		ROW("\2a-\1x\0"),
		ROW("\3a\\b\1x\0"),
		ROW("\3198\00218\00230\00211\0"),
		ROW("\7<b>x</b>\0"),
		ROW("\3a;'\1x\0"),
		/* ends in the middle, loops, points ahead of itself or out of the message */
		ROW("\5ab"),
		ROW("\1a"),
		ROW("\1a\xc0"),
		ROW("\1a\xc0\x36"),
		ROW("\xc0\x36"),
		ROW("\xff\xff"),
		ROW("\x41"
		    "a\0"),
		ROW("\x80"
		    "a\0"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		begin(0x8400, 1);
		record(QNAME, 2, PTR, rows[i].data, rows[i].n);
		if (read_it() != REVERSE_NOTHING)
			fail_msg("row %zu is %s", i, names.names[0]);
	}
}

static void long_names(void **state)
{
	/* 127 labels of one letter are 255 bytes and 253 characters, the most there may be */
	for (size_t labels = 126; labels <= 128; labels++) {
		uint8_t data[260] = {0};

		(void)state;
		for (size_t i = 0; i < 2 * labels; i++)
			data[i] = i % 2 ? 'a' : 1;
		begin(0x8400, 1);
		record(QNAME, 2, PTR, data, 2 * labels + 1);
		assert_int_equal(read_it(), labels <= 127 ? REVERSE_NAMED : REVERSE_NOTHING);
		if (labels <= 127)
			assert_int_equal(strlen(names.names[0]), 2 * labels - 1);
	}
}

/* RFC 2317: a zone smaller than /24 is delegated by aliases. */
static void aliases(void **state)
{
	(void)state;
	begin(0x8400, 2);
	RECORD(QNAME, CNAME, "\00211\0040-63\1r\0");
	RECORD("\00211\0040-63\1R\0", PTR, "\6meter1\1x\0");
	assert_int_equal(read_it(), REVERSE_NAMED);
	assert_string_equal(names.names[0], "meter1.x");
	/* in the other order */
	begin(0x8400, 2);
	RECORD("\1r\0", PTR, "\6meter1\1x\0");
	RECORD(QNAME, CNAME, "\1r\0");
	assert_int_equal(read_it(), REVERSE_NAMED);
	/* to nowhere, to itself, in a circle */
	begin(0x8400, 1);
	RECORD(QNAME, CNAME, "\1r\0");
	assert_int_equal(read_it(), REVERSE_NOTHING);
	begin(0x8400, 1);
	RECORD(QNAME, CNAME, QNAME);
	assert_int_equal(read_it(), REVERSE_NOTHING);
	begin(0x8400, 3);
	RECORD(QNAME, CNAME, "\1r\0");
	RECORD("\1r\0", CNAME, "\1s\0");
	RECORD("\1s\0", CNAME, "\1r\0");
	assert_int_equal(read_it(), REVERSE_NOTHING);
}

/* A chain is followed so far and no further. */
static void chains_end(void **state)
{
	(void)state;
	for (int length = 1; length < 20; length++) {
		begin(0x8400, (uint8_t)(length + 1));
		for (int i = 0; i < length; i++) {
			uint8_t owner[] = {1, (uint8_t)('a' + i), 0};
			uint8_t target[] = {1, (uint8_t)('b' + i), 0};

			if (i == 0)
				record(QNAME, 2, CNAME, target, 3);
			else
				record(owner, 3, CNAME, target, 3);
		}
		record((uint8_t[]){1, (uint8_t)('a' + length), 0}, 3, PTR, "\4last\1x\0", 8);
		assert_int_equal(read_it(), length < 8 ? REVERSE_NAMED : REVERSE_NOTHING);
	}
}

/* Cut anywhere and damaged anywhere, nothing but a valid name comes out. */
static void damage(void **state)
{
	const struct siphash_key key = siphash_key_seeded(1035);
	size_t size, named = 0;
	struct reply whole;

	(void)state;
	begin(0x8400, 3);
	RECORD(QNAME, CNAME, "\1r\xc0\x0c");
	RECORD("\1r\xc0\x0c", PTR, "\6meter1\5lanhe\7example\0");
	RECORD("\1r\xc0\x0c", PTR, "\6meter2\xc0\x50");
	whole = reply;
	for (size = 0; size <= whole.n; size++) {
		reply.n = size;
		read_it();
	}
	for (uint64_t round = 0; round < 20000; round++) {
		uint64_t dice = siphash(&key, &round, sizeof(round));

		reply = whole;
		reply.bytes[dice % whole.n] = (uint8_t)(dice >> 32);
		if (round % 2)
			reply.bytes[(dice >> 16) % whole.n] = (uint8_t)(dice >> 40);
		named += read_it() == REVERSE_NAMED;
		for (size_t i = 0; i < names.n; i++) {
			char again[READING_HOST_NAME_MAX + 1];

			assert_true(reading_host_name(
				names.names[i], strlen(names.names[i]), again));
			assert_string_equal(again, names.names[i]);
		}
	}
	assert_true(named > 0 && named < 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_question),
		cmocka_unit_test(an_answer), cmocka_unit_test(several_names_stand_in_order),
		cmocka_unit_test(answers_to_others), cmocka_unit_test(answers_that_name_nobody),
		cmocka_unit_test(what_is_no_host_name), cmocka_unit_test(long_names),
		cmocka_unit_test(aliases), cmocka_unit_test(chains_end),
		cmocka_unit_test(damage)};

	return cmocka_run_group_tests(tests, setup, NULL);
}
