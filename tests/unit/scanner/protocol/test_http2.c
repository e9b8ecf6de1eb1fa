/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/2 as it begins, one answer, and what is none: RFC 9113, RFC 7541. */
#include "tests/unit/scanner/protocol/check.h"

#include "scanner/protocol/hpack.h"

#define SETTINGS "\0\0\x0c\4\0\0\0\0\0" "\0\3\0\0\0\x64" "\0\5\0\0\x40\0"
#define GOAWAY "\0\0\x0c\7\0\0\0\0\0" "\0\0\0\0\0\0\0\1" "grpc"

static void settings(void **state)
{
	const struct protocol *http2 = protocol_by_name("http2");
	const struct reading *r = check_read(http2, BYTES(SETTINGS));

	(void)state;
	check_is(r, "http.settings", "3:100 5:16384");
	check_is(r, "http.goaway", NULL);
	r = check_read(http2, BYTES(SETTINGS GOAWAY));
	check_is(r, "http.goaway", "PROTOCOL_ERROR");
	check_is(r, "http.goaway.debug", "grpc");
	check_hostile(http2, BYTES(SETTINGS GOAWAY));
	r = check_read(http2, BYTES("\0\0\0\4\0\0\0\0\0" "\0\0\4\x08\0\0\0\0\0\0\1\0\0"
		"\0\0\x09\7\0\0\0\0\0" "\0\0\0\0\0\0\1\0\x1b"));
	check_is(r, "http.settings", "none");
	check_is(r, "http.goaway", "256");
}

/* Frames of an answer: what a small server says to a GET, header fields by the static table. */
#define HEAD_200 "\x88" "\x76\5nginx" "\x5f\x09text/html" "\x77\x0fsid=verysecret1"
#define ANSWER SETTINGS "\0\0\0\4\1\0\0\0\0" \
	"\0\0\x24\1\4\0\0\0\1" HEAD_200 \
	"\0\0\x18\0\1\0\0\0\1" "<title>Pump 7</title>..."

static const struct reading *read_asked(const uint8_t *bytes, size_t size)
{
	const struct protocol *http2 = protocol_by_name("http2");
	struct reading *r = check_reading();

	seed_keep(http2, bytes, size);
	r->asked = true;
	http2->read(bytes, size, r);
	return r;
}

static void an_answer(void **state)
{
	const struct protocol *http2 = protocol_by_name("http2");
	uint8_t bytes[] = ANSWER, again[sizeof(bytes)];
	const struct reading *r = read_asked(BYTES(ANSWER));

	(void)state;
	check_is(r, "http.status", "200");
	check_is(r, "http.server", "nginx");
	check_is(r, "service.product", "nginx");
	check_is(r, "http.content_type", "text/html");
	check_is(r, "http.cookie", "sid");
	check_is(r, "http.title", "Pump 7");
	check_is(r, "http.fault", NULL);
	check_hostile(http2, BYTES(ANSWER));
	check_is(check_read(http2, BYTES(ANSWER)), "http.status", NULL); /* it was not for us */
	http2->cover(bytes, sizeof(bytes) - 1);
	assert_null(memmem(bytes, sizeof(bytes), "verysecret1", 11));
	assert_non_null(memmem(bytes, sizeof(bytes), "Pump 7", 6));
	memcpy(again, bytes, sizeof(bytes));
	http2->cover(again, sizeof(bytes) - 1);
	assert_memory_equal(again, bytes, sizeof(bytes));
	for (size_t n = 0; n < sizeof(ANSWER); n++) { /* a login that is not here to its end */
		memcpy(bytes, ANSWER, n);
		http2->cover(bytes, n);
		assert_null(memmem(bytes, n, "very", 4));
	}
}

/* In pieces, with padding and priority, after a word that another header follows; packed by
 * Huffman's code. */
static void an_answer_in_pieces(void **state)
{
	const struct reading *r = read_asked(BYTES(SETTINGS
		"\0\0\5\1\4\0\0\0\1" "\x08\x03" "103"
		"\0\0\x0a\1\x28\0\0\0\1" "\2" "\0\0\0\0\x10" "\x8d" "\x76" "\0\0"
		"\0\0\2\x09\0\0\0\0\1" "\5n"
		"\0\0\4\x09\4\0\0\0\1" "ginx"
		"\0\0\7\0\x08\0\0\0\1" "\2<ti" "l\0\0"
		"\0\0\0\7\0\0\0\0\0"
		"\0\0\x10\0\0\0\0\0\1" "tle>a</title>---"));

	(void)state;
	check_is(r, "http.status", "404");
	check_is(r, "http.server", "nginx");
	check_is(r, "http.title", NULL); /* "<titl" "tle>" */
	r = read_asked(BYTES(SETTINGS "\0\0\x20\1\5\0\0\0\1"
		"\x8b" "\x76\x84\xaa\x63\x55\xe7" /* nginx, by RFC 7541's appendix B */
		"\x6e\x17" "https://198.18.0.1/log/"));
	check_is(r, "http.status", "304");
	check_is(r, "http.server", "nginx");
	check_is(r, "http.location", "https://198.18.0.1/log/");
	/* A page of which the frame is not whole, and what stands behind a page. */
	r = read_asked(BYTES(SETTINGS "\0\0\1\1\4\0\0\0\1"
				      "\x88"
				      "\0\0\x64\0\1\0\0\0\1"
				      "<title>b</title>"));
	check_is(r, "http.title", "b");
	r = read_asked(BYTES(SETTINGS "\0\0\1\1\4\0\0\0\1" "\x88" "\0\0\1\0\0\0\0\0\1" "x"
		"\0\0\1\1\5\0\0\0\1" "\xff" "\0\0\4\3\0\0\0\0\1" "\0\0\0\2"));
	check_is(r, "http.status", "200");
	check_is(r, "http.reset", NULL);
	r = read_asked(BYTES(SETTINGS "\0\0\4\3\0\0\0\0\1" "\0\0\0\7"));
	check_is(r, "http.reset", "REFUSED_STREAM");
	check_is(r, "http.status", NULL);
}

/* What is no answer is told as none, and nothing of it is. */
static void faults(void **state)
{
	static const struct {
		const char *frames;
		size_t size;
		const char *fault;
	} rows[] = {
#define ROW(frames, fault) {frames, sizeof(frames) - 1, fault}
		ROW("\0\0\1\1\5\0\0\0\3\x88", "a header that nobody asked for"),
		ROW("\0\0\1\1\x0d\0\0\0\1\5", "a header that nobody asked for"),
		ROW("\0\0\2\5\4\0\0\0\1\0\2", "a push, which was not allowed"),
		ROW("\0\0\1\x09\4\0\0\0\1\x88", "a header block that is interrupted"),
		ROW("\0\0\1\1\0\0\0\0\1\x88\0\0\1\0\1\0\0\0\1x",
			"a header block that is interrupted"),
		ROW("\0\0\1\0\1\0\0\0\1x", "a page that nobody asked for"),
		ROW("\0\0\1\1\4\0\0\0\1\x88\0\0\1\0\1\0\0\0\3x",
			"a page that nobody asked for"),
		ROW("\0\0\7\1\5\0\0\0\1\x76\5nginx",
			"a header field that is none"), /* no status */
		ROW("\0\0\2\1\5\0\0\0\1\x88\x88", "a header field that is none"), /* two */
		ROW("\0\0\x0a\1\5\0\0\0\1\x88\x76\7a\r\nb: c", "a header field that is none"),
		ROW("\0\0\5\1\5\0\0\0\1\x88\0\1Aa",
			"a header block that is none, or too large"),
		ROW("\0\0\5\1\5\0\0\0\1\x88\0\1A\0",
			"a header field that is none"), /* a capital */
		ROW("\0\0\5\1\5\0\0\0\1\x08\3"
		    "600",
			"a header field that is none"),
		ROW("\0\0\0\1\5\0\0\0\1", "a header without status"),
		ROW("\0\0\5\1\5\0\0\0\1\x08\3"
		    "100",
			"an end before the answer"),
		ROW("\0\0\1\1\5\0\0\0\1\xff", "a header block that is none, or too large"),
		ROW("\0\0\1\1\5\0\0\0\1\xbe", "a header block that is none, or too large"),
		ROW("\0\0\5\1\5\0\0\0\1\x3f\xe2\x1f\x88\x88",
			"a header block that is none, or too large"),
		ROW("\xff\0\0\1\5\0\0\0\1\x88", "a frame that is none"),
#undef ROW
	};
	uint8_t bytes[128], out[PROTOCOL_REQUEST_MAX];

	(void)state;
	memcpy(bytes, SETTINGS, sizeof(SETTINGS) - 1);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t size = sizeof(SETTINGS) - 1 + rows[i].size;
		const struct reading *r;

		memcpy(bytes + sizeof(SETTINGS) - 1, rows[i].frames, rows[i].size);
		r = read_asked(bytes, size);
		check_is(r, "http.fault", rows[i].fault);
		check_is(r, "http.status", NULL);
		assert_true(check_next(protocol_by_name("http2"), 2, bytes, size, out) >
			    0); /* we leave */
	}
}

struct counted {
	size_t fields, bytes;
};

static void count(void *context, struct span name, struct span value)
{
	struct counted *counted = context;

	counted->fields++;
	counted->bytes += name.size + value.size;
}

/* A field of 4,000 bytes, kept in the table and named by one byte each time: what is unpacked
 * ends at the bound. */
static void small_blocks_that_unpack_to_much(void **state)
{
	_cleanup_(hpack_freep) struct hpack *large = hpack_new(), *many = hpack_new();
	static uint8_t block[4096 + 4096];
	struct counted counted = {0, 0};

	(void)state;
	memcpy(block, "\x40\1a\x7f\xa1\x1e", 6); /* 127 + 33 + 30 * 128 = 4,000 */
	memset(block + 6, 'v', 4000);
	memset(block + 4006, 0xbe, 4096); /* 62, the first of the table */
	assert_false(
		hpack_take(large, (struct span){block, 4006 + 4096}, true, count, &counted));
	assert_int_equal(counted.fields, HPACK_LIST_MAX / (4001 + 32));
	assert_false(hpack_take(
		large, (struct span){block, 6}, true, count, &counted)); /* and no more */
	counted = (struct counted){0, 0};
	memset(block, 0x88, HPACK_FIELDS_MAX);
	assert_true(hpack_take(
		many, (struct span){block, HPACK_FIELDS_MAX}, true, count, &counted));
	assert_int_equal(counted.fields, HPACK_FIELDS_MAX);
	assert_false(hpack_take(many, (struct span){block, 1}, true, count, &counted));
	assert_int_equal(counted.fields, HPACK_FIELDS_MAX);
}

/* Nine zeros and a four are anybody's; so is what has other bits than settings have. */
static void others(void **state)
{
	const struct protocol *http2 = protocol_by_name("http2");

	(void)state;
	assert_false(http2->recognise(BYTES("\0\0\0\4\0\0\0\0\0")));
	assert_false(http2->recognise(BYTES("\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\1")));
	assert_false(http2->recognise(BYTES("\0\0\6\4\1\0\0\0\0\0\3\0\0\0\x64")));  /* ACK */
	assert_false(
		http2->recognise(BYTES("\0\0\6\4\0\0\0\0\1\0\3\0\0\0\x64"))); /* a stream */
	assert_false(
		http2->recognise(BYTES("\0\0\5\4\0\0\0\0\0\0\3\0\0\0"))); /* half a setting */
	assert_false(http2->recognise(BYTES("\0\0\6\4\0\0\0\0\0\0\3\0\0\0"))); /* not whole */
	assert_int_equal(http2->complete(BYTES("\0\0\6\4\0\0\0\0\0\0\3\0\0\0")), 0);
	assert_int_equal(http2->complete(BYTES(SETTINGS GOAWAY)), sizeof(SETTINGS) - 1);
	assert_false(http2->recognise(BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))); /* ours */
}

static void words(void **state)
{
	const struct protocol *http2 = protocol_by_name("http2");
	uint8_t out[PROTOCOL_REQUEST_MAX], bytes[] = SETTINGS GOAWAY;

	(void)state;
	assert_int_equal(check_next(http2, 1, BYTES("\0\0"), out), 0);
	check_says(http2, 1, BYTES(SETTINGS), BYTES("\0\0\0\4\1\0\0\0\0"));
	assert_int_equal(check_next(http2, 2, BYTES(SETTINGS), out), 0);
	check_says(http2, 2, BYTES(SETTINGS GOAWAY),
		BYTES("\0\0\x08\7\0\0\0\0\0\0\0\0\0\0\0\0\0"));
	check_says(http2, 2, BYTES(ANSWER), BYTES("\0\0\x08\7\0\0\0\0\0\0\0\0\0\0\0\0\0"));
	for (size_t n = sizeof(SETTINGS); n < sizeof(ANSWER) - 5; n++) /* the title ends it */
		assert_int_equal(check_next(http2, 2, (const uint8_t *)ANSWER, n, out) > 0,
			n >= sizeof(ANSWER) - 4);
	assert_int_equal(check_next(http2, 3, BYTES(SETTINGS GOAWAY), out), -1);
	assert_int_equal(http2->overheard(bytes, sizeof(bytes)), sizeof(SETTINGS) - 1);
}

/* A page without a title is heard as far as the server was allowed to send it. */
static void a_page_without_end(void **state)
{
	const struct protocol *http2 = protocol_by_name("http2");
	static const char head[] = SETTINGS "\0\0\1\1\4\0\0\0\1" "\x88" "\0\x30\0\0\0\0\0\0\1";
	static uint8_t bytes[sizeof(head) - 1 + 12288], out[PROTOCOL_REQUEST_MAX];

	(void)state;
	memcpy(bytes, head, sizeof(head) - 1);
	memset(bytes + sizeof(head) - 1, 'x', 12288);
	assert_int_equal(http2->next(2, 1, bytes, sizeof(bytes) - 1, out, sizeof(out)), 0);
	assert_true(http2->next(2, 1, bytes, sizeof(bytes), out, sizeof(out)) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(settings),
		cmocka_unit_test(an_answer), cmocka_unit_test(an_answer_in_pieces),
		cmocka_unit_test(faults), cmocka_unit_test(small_blocks_that_unpack_to_much),
		cmocka_unit_test(others), cmocka_unit_test(words),
		cmocka_unit_test(a_page_without_end)};

	return RUN(tests);
}
