/* SPDX-License-Identifier: Apache-2.0 */
/* The packer writes what the cursor reads, and never past its buffer. */
#include "tests/unit/unit.h"

#include "common/cursor.h"
#include "common/packer.h"

static void what_is_packed_is_read(void **state)
{
	uint8_t buffer[32];
	struct packer p = packer_of(buffer, sizeof(buffer));
	struct cursor c;

	(void)state;
	packer_u8(&p, 0xab);
	packer_be16(&p, 0x1234);
	packer_be32(&p, 0xdeadbeef);
	packer_be64(&p, 0x0102030405060708ULL);
	packer_le16(&p, 0x1234);
	packer_le32(&p, 0xdeadbeef);
	packer_zero(&p, 2);
	packer_bytes(&p, "xyz", 3);
	packer_patch_be16(&p, 1, 0x4321);
	assert_true(packer_ok(&p));
	c = cursor_of(buffer, p.pos);
	assert_int_equal(cursor_u8(&c), 0xab);
	assert_int_equal(cursor_be16(&c), 0x4321);
	assert_true(cursor_be32(&c) == 0xdeadbeef);
	assert_true(cursor_be64(&c) == 0x0102030405060708ULL);
	assert_int_equal(cursor_le16(&c), 0x1234);
	assert_true(cursor_le32(&c) == 0xdeadbeef);
	assert_int_equal(cursor_be16(&c), 0);
	assert_memory_equal(cursor_bytes(&c, 3), "xyz", 3);
	assert_int_equal(cursor_left(&c), 0);
}

static void the_end_holds(void **state)
{
	uint8_t buffer[4] = {9, 9, 9, 9};
	struct packer p = packer_of(buffer, 3);

	(void)state;
	packer_be32(&p, 1);
	assert_false(packer_ok(&p));
	packer_u8(&p, 1);
	assert_int_equal(p.pos, 0);
	assert_int_equal(buffer[0], 9);
	p = packer_of(buffer, 3);
	packer_patch_be16(&p, 0, 1);
	assert_false(packer_ok(&p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_packed_is_read), cmocka_unit_test(the_end_holds)};

	return RUN(tests);
}
