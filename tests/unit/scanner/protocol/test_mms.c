/* SPDX-License-Identifier: Apache-2.0 */
/* MMS: association, identity, conclusion; what is kept of it, and what only looks like it. */
#include "tests/unit/scanner/protocol/check.h"

#define CONFIRM "\x03\0\0\x16\x11\xd0\0\x01\0\x44\0\xc0\x01\x0a\xc1\x02\0\x01\xc2\x02\0\x01"
/* Session accept, presentation, association whose context is 1.0.9506.2.3, initiate
 * response. */
#define ACCEPT                                                                                 \
	"\x03\0\0\x9e\x02\xf0\x80\x0e\x95\x05\x06\x13\x01\0\x16\x01\x02\x14\x02\0\x02\xc1\x87" \
	"\x31\x81\x84\xa0\x03\x80\x01\x01\xa2\x7d\x83\x04\0\0\0\x01\xa5\x12\x30\x07\x80\x01\0" \
	"\x81"                                                                                 \
	"\x02\x51\x01\x30\x07\x80\x01\0\x81\x02\x51\x01\x61\x61\x30\x5f\x02\x01\x01\xa0\x5a"   \
	"\x61\x58"                                                                             \
	"\xa1\x07\x06\x05\x28\xca\x22\x02\x03\xa2\x03\x02\x01\0\xa3\x05\xa1\x03\x02\x01\0\xa4" \
	"\x07"                                                                                 \
	"\x06\x05\x29\x01\x87\x67\x01\xa5\x03\x02\x01\x0c\xbe\x33\x28\x31\x06\x02\x51\x01\x02" \
	"\x01"                                                                                 \
	"\x03\xa0\x28\xa9\x26\x80\x03\0\xc0\0\x81\x01\x01\x82\x01\x01\x83\x01\x05\xa4\x16\x80" \
	"\x01"                                                                                 \
	"\x01\x81\x03\x05\xe1\0\x82\x0c\x03\xee\x1c\0\0\x04\0\0\0\x01\0\x10"
#define DATA(length, pres, list, values) /* of the lengths of the message's parts */           \
	"\x03\0\0" length "\x02\xf0\x80\x01\0\x01\0\x61" pres "\x30" list                      \
	"\x02\x01\x03\xa0" values
#define IDENTITY                                                                               \
	DATA("\x31", "\x24", "\x22", "\x1d")                                                   \
	"\xa1\x1b\x02\x01\x01\xa2\x16\x80\x05Lanhe\x81\x07"                                    \
	"Bay 4\xc3\xa4\x82\x04"                                                                \
	"2.10"
#define CONCLUDED DATA("\x16", "\x09", "\x07", "\x02") "\x8c\0"
#define VALUE DATA("\x1e", "\x11", "\x0f", "\x0a") "\xa1\x08\x02\x01\x02\xa4\x03\xa1\x01\x05"

static const uint8_t connect_request[] =
	"\x03\0\0\x16\x11\xe0\0\0\0\x01\0\xc0\x01\x0a\xc1\x02\0\x01\xc2\x02\0\x01";
static const uint8_t farewell[] = "\x03\0\0\x0b\x06\x80\0\x44\0\x01\0";

static const struct protocol *mms(void)
{
	return protocol_by_name("mms");
}

static void identity(void **state)
{
	const struct reading *r = check_read(mms(), BYTES(CONFIRM ACCEPT IDENTITY CONCLUDED));

	(void)state;
	check_is(r, "mms.vendor", "Lanhe");
	check_is(r, "mms.model", "Bay 4\xc3\xa4");
	check_is(r, "mms.revision", "2.10");
	check_is(r, "hw.vendor", "Lanhe");
	check_is(r, "hw.version", "2.10");
	/* joined midway: the acceptance or the answer comes first */
	r = check_read(mms(), BYTES(ACCEPT));
	check_is(r, "mms.vendor", NULL);
	r = check_read(mms(), BYTES(IDENTITY));
	check_is(r, "mms.revision", "2.10");
	r = check_read(mms(), BYTES(CONCLUDED));
	assert_int_equal(r->n_attributes, 0);
	check_hostile(mms(), BYTES(CONFIRM ACCEPT IDENTITY CONCLUDED));
}

static void others(void **state)
{
	(void)state;
	assert_false(mms()->recognise(BYTES(CONFIRM)));
	assert_null(protocol_recognise(TRANSPORT_TCP, BYTES(CONFIRM)));
	/* S7; a session that is refused; one of another application; a part of more */
	assert_false(mms()->recognise(BYTES(CONFIRM "\x03\0\0\x08\x02\xf0\x80\x32")));
	assert_false(mms()->recognise(BYTES(CONFIRM "\x03\0\0\x09\x02\xf0\x80\x0c\0")));
	assert_false(mms()->recognise(
		BYTES(CONFIRM "\x03\0\0\x10\x02\xf0\x80\x0e\x07\xa1\x05\x06\x03\x52\x01\0")));
	assert_false(mms()->recognise(BYTES("\x03\0\0\x16\x02\xf0\0\x01\0\x01\0\x61\x09\x30\x07"
					    "\x02\x01\x03\xa0\x02\x8c\0")));
	/* a question is no answer */
	assert_false(mms()->recognise(
		BYTES(DATA("\x1b", "\x0e", "\x0c", "\x07") "\xa0\x05\x02\x01\x01\x82\0")));
	assert_false(protocol_by_name("s7")->recognise(BYTES(CONFIRM ACCEPT)));
}

static void conversation(void **state)
{
	uint8_t out[PROTOCOL_REQUEST_MAX];

	(void)state;
	check_request(mms(), 1, connect_request, sizeof(connect_request) - 1);
	assert_int_equal(check_next(mms(), 1, BYTES(CONFIRM) - 1, out), 0);
	assert_int_equal(check_next(mms(), 1, BYTES(CONFIRM), out), 190);
	check_says(mms(), 2, BYTES(CONFIRM ACCEPT),
		BYTES(DATA("\x1b", "\x0e", "\x0c", "\x07") "\xa0\x05\x02\x01\x01\x82\0"));
	assert_int_equal(check_next(mms(), 3, BYTES(CONFIRM ACCEPT), out), 0);
	check_says(mms(), 3, BYTES(CONFIRM ACCEPT IDENTITY),
		BYTES(DATA("\x16", "\x09", "\x07", "\x02") "\x8b\0"));
	check_says(mms(), 4, BYTES(CONFIRM ACCEPT IDENTITY CONCLUDED), farewell,
		sizeof(farewell) - 1);
	assert_int_equal(
		check_next(mms(), 5, BYTES(CONFIRM ACCEPT IDENTITY CONCLUDED), out), -1);
	/* no confirm: it is over; no association: only the farewell */
	assert_int_equal(
		check_next(mms(), 1, BYTES("\x03\0\0\x0b\x06\x80\0\x01\0\0\x03"), out), -1);
	check_says(mms(), 2, BYTES(CONFIRM "\x03\0\0\x09\x02\xf0\x80\x0c\0"), farewell,
		sizeof(farewell) - 1);
	assert_int_equal(check_next(mms(), 1, BYTES("HTTP/1.1"), out), -1);
}

/* What servers tell others of a process is not kept. */
static void overheard(void **state)
{
	uint8_t bytes[512];
	const struct {
		const char *text;
		size_t size, kept;
	} rows[] = {
		{CONFIRM ACCEPT IDENTITY VALUE, sizeof(CONFIRM ACCEPT IDENTITY VALUE) - 1,
			sizeof(CONFIRM ACCEPT IDENTITY) - 1},
		{ACCEPT VALUE IDENTITY, sizeof(ACCEPT VALUE IDENTITY) - 1, sizeof(ACCEPT) - 1},
		{VALUE, sizeof(VALUE) - 1, 0},
		{IDENTITY, sizeof(IDENTITY) - 1, sizeof(IDENTITY) - 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		memcpy(bytes, rows[i].text, rows[i].size);
		assert_true(mms()->recognise(bytes, rows[i].size));
		assert_int_equal(mms()->overheard(bytes, rows[i].size), rows[i].kept);
	}
}

/* On its port S7 is asked first. */
static void order(void **state)
{
	(void)state;
	assert_ptr_equal(protocol_expected(TRANSPORT_TCP, 102), protocol_by_name("s7"));
	assert_ptr_equal(protocol_after(protocol_after(protocol_by_name("s7"))), mms());
	assert_null(protocol_after(mms()));
	assert_null(protocol_after(protocol_by_name("http")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(identity), cmocka_unit_test(others),
		cmocka_unit_test(conversation), cmocka_unit_test(overheard),
		cmocka_unit_test(order)};

	return RUN(tests);
}
