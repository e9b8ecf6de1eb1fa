/* SPDX-License-Identifier: Apache-2.0 */
/* What an rsync daemon says first, of old and new ones. */
#include "tests/unit/scanner/protocol/check.h"

static void greetings(void **state)
{
	const struct protocol *rsync = protocol_by_name("rsync");
	const struct reading *r =
		check_read(rsync, BYTES("@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n"));
	uint8_t overheard[] = "@RSYNCD: 31.0\nmodule\n";

	(void)state;
	check_is(r, "rsync.protocol", "31.0");
	check_is(r, "rsync.digests", "sha512 sha256 sha1 md5 md4");
	check_is(r, "service.product", "rsync");
	check_is(r, "service.version", NULL);
	r = check_read(rsync, BYTES("@RSYNCD: 29\n"));
	check_is(r, "rsync.protocol", "29");
	check_is(r, "rsync.digests", NULL);
	assert_false(rsync->recognise(BYTES("@RSYNCD: EXIT\n")));
	assert_false(rsync->recognise(BYTES("@RSYNCD: ")));
	check_hostile(rsync, BYTES("@RSYNCD: 31.0 sha512\n"));
	assert_int_equal(rsync->overheard(overheard, sizeof(overheard) - 1), 14);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(greetings)};

	return RUN(tests);
}
