/* SPDX-License-Identifier: Apache-2.0 */
/* IKE_SA_INIT and what responders say to it: RFC 7296, 1.2, 2.5 to 2.7, 3; RFC 2408, 3.14. */
#include "tests/unit/scanner/protocol/check.h"

#define SPI "\x81\x23\x45\x67\x89\xab\xcd\xef"
#define SEED 0x8123456789abcdefull
/* The choice: AES-CBC 256, SHA-256 twice, group 14; then a vendor id and a notification. */
static const char accepted[] =
	SPI "\x01\x02\x03\x04\x05\x06\x07\x08"
	    "\x21\x20\x22\x20"
	    "\0\0\0\0"
	    "\0\0\0\x88"
	    "\x22\0\0\x30"
	    "\0\0\0\x2c\x01\x01\0\x04"
	    "\x03\0\0\x0c\x01\0\0\x0c\x80\x0e\x01\0"
	    "\x03\0\0\x08\x02\0\0\x05"
	    "\x03\0\0\x08\x03\0\0\x0c"
	    "\0\0\0\x08\x04\0\0\x0e"
	    "\x28\0\0\x0c\0\x0e\0\0\xaa\xbb\xcc\xdd"
	    "\x2b\0\0\x14"
	    "nonce nonce nonc"
	    "\x29\0\0\x14\x88\x2f\xe5\x6d\x6f\xd2\x0d\xbc\x22\x51\x61\x3b\x2e\xbe\x5b\xeb"
	    "\0\0\0\x08\0\0\x40\x2e";
/* 2.7: nothing suits; 1.2: another group, here 19; 2.6: a cookie first. */
static const char refused[] = SPI "\0\0\0\0\0\0\0\0" "\x29\x20\x22\x20" "\0\0\0\0" "\0\0\0\x24"
	"\0\0\0\x08\0\0\0\x0e";
static const char other_group[] = SPI "\0\0\0\0\0\0\0\0"
				      "\x29\x20\x22\x20"
				      "\0\0\0\0"
				      "\0\0\0\x26"
				      "\0\0\0\x0a\0\0\0\x11\0\x13";
static const char cookie[] = SPI "\0\0\0\0\0\0\0\0" "\x29\x20\x22\x20" "\0\0\0\0" "\0\0\0\x28"
	"\0\0\0\x0c\0\0\x40\x06" "cake";
/* RFC 2408, 3.14: domain of interpretation 1, protocol 1, no SPI, type 5. */
static const char version_1[] = SPI "\0\0\0\0\0\0\0\0"
				    "\x0b\x10\x05\0"
				    "\0\0\0\x07"
				    "\0\0\0\x28"
				    "\0\0\0\x0c\0\0\0\x01\x01\0\0\x05";

/* The same of types 7 and 17, whose numbers version 2 has for others; and of one that is
 * unnamed. */
static void version_1_names(void **state)
{
	static const struct {
		uint8_t type;
		const char *name;
	} rows[] = {{7, "INVALID_EXCHANGE_TYPE"}, {17, "INVALID_KEY_INFORMATION"}, {99, NULL}};
	uint8_t bytes[sizeof(version_1) - 1];

	(void)state;
	memcpy(bytes, version_1, sizeof(bytes));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct reading *r;

		bytes[sizeof(bytes) - 1] = rows[i].type;
		r = check_read(protocol_by_name("ike"), bytes, sizeof(bytes));
		check_is(r, "ike.notifications", rows[i].name);
		check_is(r, "ike.group", NULL);
	}
}

static void answers(void **state)
{
	const struct protocol *ike = protocol_by_name("ike");
	const struct reading *r;

	(void)state;
	assert_int_equal(sizeof(accepted) - 1, 0x88);
	r = check_read(ike, BYTES(accepted));
	check_is(r, "ike.version", "2");
	check_is(r, "ike.transforms", "1:12/256 2:5 3:12 4:14");
	check_is(r, "ike.vendor_ids", "882fe56d6fd20dbc2251613b2ebe5beb");
	check_is(r, "ike.notifications", "IKEV2_FRAGMENTATION_SUPPORTED");
	check_is(r, "service.product", "strongSwan");
	check_is(check_read(ike, BYTES(refused)), "ike.notifications", "NO_PROPOSAL_CHOSEN");
	r = check_read(ike, BYTES(other_group));
	check_is(r, "ike.notifications", "INVALID_KE_PAYLOAD");
	check_is(r, "ike.group", "19");
	check_is(check_read(ike, BYTES(cookie)), "ike.notifications", "COOKIE");
	r = check_read(ike, BYTES(version_1));
	check_is(r, "ike.version", "1");
	check_is(r, "ike.notifications", "INVALID_MAJOR_VERSION");
	check_hostile(ike, BYTES(accepted));
	check_hostile(ike, BYTES(other_group));
	check_hostile(ike, BYTES(version_1));
	check_repeats(ike, BYTES(accepted), SEED);
	check_repeats(ike, BYTES(refused), SEED);
	check_repeats(ike, BYTES(version_1), SEED);
}

/* Not answers: another length than stated, no initiator, an initiator's own message, and bytes
 * behind another port. */
static void others(void **state)
{
	const struct protocol *ike = protocol_by_name("ike");

	(void)state;
	assert_false(ike->recognise((const uint8_t *)refused, sizeof(refused)));
	assert_false(ike->recognise(BYTES("\0\0\0\0\0\0\0\0"
					  "\0\0\0\0\0\0\0\0"
					  "\x29\x20\x22\x20"
					  "\0\0\0\0"
					  "\0\0\0\x24"
					  "\0\0\0\x08\0\0\0\x0e")));
	assert_false(ike->recognise(BYTES(SPI "\0\0\0\0\0\0\0\0"
					      "\x01\x10\x02\0"
					      "\0\0\0\0"
					      "\0\0\0\x1c")));
	/* Of the openings of version 1 main mode is one, aggressive mode is none of ours. */
	assert_true(ike->recognise(BYTES(SPI "\0\0\0\0\0\0\0\1"
					     "\x01\x10\x02\0"
					     "\0\0\0\0"
					     "\0\0\0\x1c")));
	assert_false(ike->recognise(BYTES(SPI "\0\0\0\0\0\0\0\1"
					      "\x01\x10\x04\0"
					      "\0\0\0\0"
					      "\0\0\0\x1c")));
	/* A payload without its own head, and one of four gigabytes in hope. */
	ike->read(BYTES(SPI "\0\0\0\0\0\0\0\0"
			    "\x29\x20\x22\x20"
			    "\0\0\0\0"
			    "\0\0\0\x20"
			    "\x29\0\0\0"),
		check_reading());
	ike->read(BYTES(SPI "\0\0\0\0\0\0\0\0"
			    "\x29\x20\x22\x20"
			    "\0\0\0\0"
			    "\0\0\0\x20"
			    "\x29\0\xff\xff"),
		check_reading());
}

static void the_request(void **state)
{
	const struct protocol *ike = protocol_by_name("ike");
	uint8_t out[PROTOCOL_REQUEST_MAX], other[PROTOCOL_REQUEST_MAX];

	(void)state;
	assert_int_equal(ike->request(out, sizeof(out), "", SEED), 28 + 100 + 264 + 36);
	assert_memory_equal(
		out, SPI "\0\0\0\0\0\0\0\0\x21\x20\x22\x08\0\0\0\0\0\0\x01\xac", 28);
	assert_memory_equal(out + 28, "\x22\0\0\x64\0\0\0\x60\x01\x01\0\x0a", 12);
	assert_memory_equal(out + 128, "\x28\0\x01\x08\0\x0e\0\0", 8);
	assert_int_equal(out[136] & 0x80, 0); /* less than the prime of group 14 */
	assert_memory_equal(out + 392, "\0\0\0\x24", 4);
	assert_int_equal(ike->request(other, sizeof(other), "", SEED + 1), 428);
	assert_memory_not_equal(out + 396, other + 396, 32);
	ike->request(other, sizeof(other), "", 0); /* the initiator's SPI is never zero */
	assert_memory_equal(other, "\x80\0\0\0\0\0\0\0", 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers),
		cmocka_unit_test(version_1_names), cmocka_unit_test(others),
		cmocka_unit_test(the_request)};

	return RUN(tests);
}
