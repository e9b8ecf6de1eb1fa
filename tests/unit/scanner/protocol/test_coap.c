/* SPDX-License-Identifier: Apache-2.0 */
/* CoAP: RFC 7252, 3 (format), 4.2 and 4.3, 5.3.1 (token); links: RFC 6690, 5; blocks: RFC
 * 7959. */
#include "tests/unit/scanner/protocol/check.h"

#define TOKEN "\x01\x23\x45\x67\x89\xab\xcd\xef"
#define LINKS "</sensors/temp>;rt=\"temperature-c\";if=\"sensor\",</large>;sz=1280"
/* Piggybacked: format 40, block 0 of 64 bytes with more to come. */
static const char answer[] = "\x68\x45\xcd\xef" TOKEN "\xc1\x28\xb1\x0a\xff" LINKS;
static const char missing[] = "\x68\x84\xcd\xef" TOKEN;
static const char separate[] = "\x48\x45\x77\x01" TOKEN "\xc1\x28\xff" LINKS;
static const char reset[] = "\x70\0\xcd\xef";

static void answers(void **state)
{
	const struct protocol *coap = protocol_by_name("coap");
	const struct reading *r = check_read(coap, BYTES(answer));

	(void)state;
	check_is(r, "coap.code", "2.05");
	check_is(r, "coap.format", "40");
	check_is(r, "coap.more", "yes");
	check_is(r, "coap.resources", LINKS);
	check_is(check_read(coap, BYTES(missing)), "coap.code", "4.04");
	check_is(check_read(coap, BYTES(separate)), "coap.resources", LINKS);
	check_is(check_read(coap, BYTES(reset)), "coap.answer", "reset");
	check_hostile(coap, BYTES(answer));
	check_repeats(coap, BYTES(answer), 0x0123456789abcdefull);
	check_repeats(coap, BYTES(missing), 0x0123456789abcdefull);
	check_repeats(coap, BYTES(separate), 0x0123456789abcdefull);
	check_repeats(coap, BYTES(reset), 0x0123456789abcdefull);
}

static void others(void **state)
{
	const struct protocol *coap = protocol_by_name("coap");

	(void)state;
	assert_false(coap->recognise(BYTES("\x28\x45\xcd\xef" TOKEN)));      /* version 0 */
	assert_false(
		coap->recognise(BYTES("\x69\x45\xcd\xef" TOKEN "x"))); /* token of 9 bytes */
	assert_false(coap->recognise(BYTES("\x68\x45\xcd\xef" TOKEN "\xff"))); /* no payload */
	assert_false(
		coap->recognise(BYTES("\x68\x45\xcd\xef" TOKEN "\xf1\x28"))); /* delta 15 */
	assert_false(coap->recognise(BYTES("\x68\x45\xcd\xef" TOKEN "\xee\xff\xff\xff\xff")));
	assert_false(coap->recognise(BYTES("\x68\x5e\xcd\xef" TOKEN)));      /* 2.30 */
	assert_false(coap->recognise(BYTES("\x40\0\xcd\xef")));              /* a ping */
	/* What has the form of something stricter is that. */
	assert_string_equal(protocol_recognise(TRANSPORT_UDP,
		BYTES("\x70\x0a\x80\0\0\x01\0\0\0\0\0\0\x01x\0\0\x01\0\x01"))->name, "dns");
}

/* A measured value is not kept, a list of links is; numbers that are too long are passed
 * over. */
static void overheard(void **state)
{
	static const char value[] = "\x68\x45\xcd\xef" TOKEN "\xc1\x32\xff" "{\"pin\":1234}";
	static const char plain[] = "\x68\x45\xcd\xef" TOKEN "\xff" "22.3";
	static const char overlong[] =
		"\x68\x45\xcd\xef" TOKEN "\xc3\0\0\x28\xb4\0\0\0\x0a\xff" LINKS;
	const struct protocol *coap = protocol_by_name("coap");
	uint8_t copy[128];
	const struct reading *r;

	(void)state;
	memcpy(copy, value, sizeof(value));
	assert_int_equal(coap->overheard(copy, sizeof(value) - 1), 4 + 8 + 2);
	check_is(check_read(coap, copy, 4 + 8 + 2), "coap.format", "50");
	memcpy(copy, plain, sizeof(plain));
	assert_int_equal(coap->overheard(copy, sizeof(plain) - 1), 4 + 8);
	memcpy(copy, missing, sizeof(missing));
	assert_int_equal(coap->overheard(copy, sizeof(missing) - 1), sizeof(missing) - 1);
	memcpy(copy, answer, sizeof(answer));
	assert_int_equal(coap->overheard(copy, sizeof(answer) - 1), sizeof(answer) - 1);
	assert_memory_equal(copy, answer, sizeof(answer));
	r = check_read(coap, BYTES(overlong));
	check_is(r, "coap.code", "2.05");
	check_is(r, "coap.format", NULL);
	check_is(r, "coap.more", NULL);
	check_is(r, "coap.resources", NULL);
}

static void the_request(void **state)
{
	(void)state;
	check_request(protocol_by_name("coap"), 0x0123456789abcdefull,
		BYTES("\x48\x01\xcd\xef" TOKEN "\xbb.well-known\x04" "core"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers), cmocka_unit_test(others),
		cmocka_unit_test(overheard), cmocka_unit_test(the_request)};

	return RUN(tests);
}
