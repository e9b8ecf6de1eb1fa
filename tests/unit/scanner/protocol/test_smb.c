/* SPDX-License-Identifier: Apache-2.0 */
/* SMB's negotiation and the names in NTLM's challenge: [MS-SMB2] 2.2.4, 2.2.6;
 * [MS-NLMP] 2.2.1.2. */
#include "tests/unit/scanner/protocol/check.h"

#include "scanner/protocol/ntlm.h"

#define HEADER(command, status)                                                                \
	"\xfeSMB\x40\0\0\0" status command "\0\1\0\1\0\0\0"                                    \
	"\0\0\0\0"                                                                             \
	"\0\0\0\0\0\0\0\0"                                                                     \
	"\0\0\0\0\0\0\0\0"                                                                     \
	"\0\0\0\0\0\0\0\0"                                                                     \
	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define GUID "\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff"
/* Signing required, dialect 3.0.2, booted at 2023-11-14T22:13:20Z. */
#define NEGOTIATED                                                                             \
	"\0\0\0\x80" HEADER("\0", "\0\0\0\0") "\x41\0\3\0\x02\x03\0\0" GUID "\x7f\0\0\0"       \
					      "\0\0\x10\0\0\0\x10\0\0\0\x10\0"                 \
					      "\0\0\0\0\0\0\0\0"                               \
					      "\x00\x00\x6d\xc6\x47\x17\xda\x01"               \
					      "\x80\0\0\0\0\0\0\0"
/* At 12 the name of the target, at 40 the pairs behind 56 bytes; build 20348. */
#define CHALLENGE                                                                              \
	"NTLMSSP\0\2\0\0\0"                                                                    \
	"\0\0\0\0\x38\0\0\0"                                                                   \
	"\x15\x82\x8a\xe2"                                                                     \
	"\1\2\3\4\5\6\7\x08"                                                                   \
	"\0\0\0\0\0\0\0\0"                                                                     \
	"\x3c\0\x3c\0\x38\0\0\0"                                                               \
	"\x0a\0\x7c\x4f\0\0\0\x0f"                                                             \
	"\2\0\x08\0"                                                                           \
	"D\0I\0S\0P\0"                                                                         \
	"\1\0\x06\0"                                                                           \
	"H\0M\0I\0"                                                                            \
	"\3\0\x1e\0"                                                                           \
	"h\0m\0i\0.\0l\0a\0n\0h\0e\0.\0l\0o\0c\0a\0l\0"                                        \
	"\0\0\0\0"
#define SET_UP "\0\0\0\xbc" HEADER("\1", "\x16\0\0\xc0") "\x09\0\0\0\x48\0\x74\0" CHALLENGE

static void negotiated(void **state)
{
	const struct protocol *smb = protocol_by_name("smb");
	const struct reading *r = check_read(smb, BYTES(NEGOTIATED));

	(void)state;
	check_is(r, "smb.dialect", "3.0.2");
	check_is(r, "smb.signing", "required");
	check_is(r, "smb.server_guid", "00112233-4455-6677-8899-aabbccddeeff");
	check_is(r, "smb.booted", "1700000000");
	check_hostile(smb, BYTES(NEGOTIATED));
}

static void names(void **state)
{
	const struct protocol *smb = protocol_by_name("smb");
	const struct reading *r = check_read(smb, BYTES(NEGOTIATED SET_UP));

	(void)state;
	check_is(r, "ntlm.computer", "HMI");
	check_is(r, "ntlm.domain", "DISP");
	check_is(r, "ntlm.dns_computer", "hmi.lanhe.local");
	check_is(r, "ntlm.build", "10.0.20348");
	check_is(r, "os.product", "Windows Server 2022");
	check_name(r, "ntlm", "hmi.lanhe.local");
	check_hostile(smb, BYTES(NEGOTIATED SET_UP));
}

static void conversation(void **state)
{
	const struct protocol *smb = protocol_by_name("smb");
	uint8_t out[PROTOCOL_REQUEST_MAX];
	static const char old[] = "\0\0\0\x40" HEADER("\0", "\xbb\0\0\xc0");

	(void)state;
	assert_int_equal(check_next(smb, 1, BYTES(NEGOTIATED), out), 166);
	assert_memory_equal(
		out + 166 - NTLM_NEGOTIATE_SIZE, ntlm_negotiate, NTLM_NEGOTIATE_SIZE);
	assert_int_equal(check_next(smb, 1, BYTES("\0\0\0\x80\xfeSMB"), out), 0);
	assert_int_equal(
		check_next(smb, 1, BYTES(old), out), -1); /* it has none of the dialects */
	assert_int_equal(check_next(smb, 2, BYTES(NEGOTIATED), out), 0);
	assert_int_equal(check_next(smb, 2, BYTES(NEGOTIATED SET_UP), out), -1);
	assert_false(smb->recognise(BYTES("\0\0\0\x40\xffSMB\x72\0\0\0\0\0")));
	assert_int_equal(smb->complete(BYTES("HTTP/1.1 400 Bad")), -1);
}

/* The challenge is not kept of what others said, nor what follows. */
static void overheard(void **state)
{
	const struct protocol *smb = protocol_by_name("smb");
	uint8_t bytes[] = NEGOTIATED SET_UP "\0\0\0\x40" HEADER("\3", "\0\0\0\0");
	size_t size = smb->overheard(bytes, sizeof(bytes) - 1);

	(void)state;
	assert_int_equal(size, sizeof(NEGOTIATED SET_UP) - 1);
	assert_null(memmem(bytes, size, "\1\2\3\4\5\6\7\x08", 8));
	assert_non_null(memmem(bytes, size, "h\0m\0i\0", 6));
}

/* Surrogates, and what is half of one. */
static void characters(void **state)
{
	static const char pairs[] = "NTLMSSP\0\2\0\0\0"
				    "\0\0\0\0\0\0\0\0"
				    "\0\0\0\0"
				    "\0\0\0\0\0\0\0\0"
				    "\0\0\0\0\0\0\0\0"
				    "\x12\0\x12\0\x30\0\0\0"
				    "\1\0\x0a\0"
				    "\x3d\xd8\0\xde"
				    "\x2d\x4e"
				    "\xe9\0"
				    "\0\xd8"
				    "\0\0\0\0";
	struct reading *r = check_reading();

	(void)state;
	ntlm_read(BYTES(pairs), r);
	check_is(r, "ntlm.computer", "\xf0\x9f\x98\x80\xe4\xb8\xad\xc3\xa9");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(negotiated),
		cmocka_unit_test(names), cmocka_unit_test(conversation),
		cmocka_unit_test(overheard), cmocka_unit_test(characters)};

	return RUN(tests);
}
