/* SPDX-License-Identifier: Apache-2.0 */
/* The set-up of an X11 connection: what X.Org's server 21.1.7 answered, cut after its first
 * screen. */
#include "tests/unit/scanner/protocol/check.h"

#define VENDOR "The X.Org Foundation"
#define FORMATS "\1\1\x20\0\0\0\0\0"
#define SCREEN                                                                                 \
	"\x0d\5\0\0\x20\0\0\0\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\5\0\4\x45\1\4\1\1\0\1\0\x21\0\0" \
	"\0\1\0\x18\6"
#define OPEN                                                                                   \
	"\1\0\x0b\0\0\0\x19\0"                                                                 \
	"\x8f\xa5\xb8\0"                                                                       \
	"\0\0\x20\0"                                                                           \
	"\xff\xff\x1f\0"                                                                       \
	"\0\1\0\0"                                                                             \
	"\x14\0"                                                                               \
	"\xff\xff"                                                                             \
	"\1\1\0\0\x20\x20\x08\xff"                                                             \
	"\0\0\0\0" VENDOR FORMATS SCREEN
/* The same from a server of the other order of bytes, of release 1.19.6. */
#define OTHER                                                                                  \
	"\1\0\0\x0b\0\0\0\x19"                                                                 \
	"\0\xb5\xab\xd0"                                                                       \
	"\0\x20\0\0"                                                                           \
	"\0\x1f\xff\xff"                                                                       \
	"\0\0\1\0"                                                                             \
	"\0\x14"                                                                               \
	"\xff\xff"                                                                             \
	"\1\1\1\1\x20\x20\x08\xff"                                                             \
	"\0\0\0\0" VENDOR FORMATS SCREEN
#define REASON "Authorization required, but no authorization protocol specified\n"
#define REFUSED "\0\x40\x0b\0\0\0\x10\0" REASON

static void servers(void **state)
{
	const struct protocol *x11 = protocol_by_name("x11");
	const struct reading *r = check_read(x11, BYTES(OPEN));

	(void)state;
	check_is(r, "x11.access", "open to everybody");
	check_is(r, "x11.vendor", VENDOR);
	check_is(r, "x11.release", "12101007");
	check_is(r, "service.product", "X Server");
	check_is(r, "service.version", "21.1.7");
	r = check_read(x11, BYTES(OTHER));
	check_is(r, "x11.release", "11906000");
	check_is(r, "service.version", "1.19.6");
	r = check_read(x11, BYTES(REFUSED));
	check_is(r, "x11.access", "refused");
	check_is(r, "x11.reason",
		"Authorization required, but no authorization protocol specified");
	check_is(r, "service.product", NULL);
	r = check_read(x11, BYTES("\2\0\x0b\0\0\0\2\0" "Who?\0\0\0\0"));
	check_is(r, "x11.access", "asks for authorisation");
	check_hostile(x11, BYTES(OPEN));
	check_hostile(x11, BYTES(OTHER));
	check_hostile(x11, BYTES(REFUSED));
	check_request(x11, 1, BYTES("l\0\x0b\0\0\0\0\0\0\0\0\0"));
}

static void frames(void **state)
{
	const struct protocol *x11 = protocol_by_name("x11");
	uint8_t more[] = OPEN "events";
	size_t size = sizeof(OPEN) - 1;

	(void)state;
	for (size_t n = 0; n < size; n++)
		assert_int_equal(x11->complete(more, n), 0);
	assert_int_equal(x11->complete(more, size), size);
	assert_int_equal(x11->overheard(more, sizeof(more) - 1), size);
	/* No screen, no vendor, another version, a reason that is longer than the answer, no
	 * text. */
	more[28] = 0;
	assert_int_equal(x11->complete(more, size), -1);
	more[28] = 1;
	more[24] = 0;
	assert_int_equal(x11->complete(more, size), -1);
	assert_int_equal(x11->complete(BYTES("\1\0\x0c\0\0\0")), -1);
	assert_int_equal(x11->complete(BYTES("\0\x40\x0b\0\0\0\x0f\0")), -1);
	assert_false(x11->recognise(BYTES("\0\4\x0b\0\0\0\1\0" "ab\1c")));
	assert_int_equal(x11->complete(BYTES("HTTP/1.1 400 Bad")), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(servers), cmocka_unit_test(frames)};

	return RUN(tests);
}
