/* SPDX-License-Identifier: Apache-2.0 */
/* The line that control fingerprints are matched against. */
#include "tests/unit/scanner/protocol/check.h"

#include "scanner/protocol/canonical.h"

static void joins(void **state)
{
	struct reading *r = check_reading();

	(void)state;
	reading_add_text(r, "m.vendor", "Schneider Electric");
	reading_add_text(r, "m.product", "PM5560");
	canonical_match(r, "modbus.device_id",
		(const char *const[]){
			"m.vendor", "m.product", "m.none", "m.none", "m.none", NULL});
	check_is(r, "hw.device", "Power Meter");
	check_is(r, "hw.version", NULL);
}

/* A device cannot shift its fields by a separator in its name. */
static void separators(void **state)
{
	struct reading *r = check_reading();

	(void)state;
	reading_add_text(r, "m.vendor", "Evil|Schneider Electric|PM5560");
	reading_add_text(r, "m.product", "X");
	canonical_match(
		r, "modbus.device_id", (const char *const[]){"m.vendor", "m.product", NULL});
	check_is(r, "hw.vendor", NULL); /* two fields are no device of three */
	canonical_match(r, "modbus.device_id",
		(const char *const[]){"m.vendor", "m.product", "m.none", NULL});
	check_is(r, "hw.vendor", "Evil Schneider Electric PM5560");
}

static void nothing(void **state)
{
	struct reading *r = check_reading();

	(void)state;
	canonical_match(r, "modbus.device_id", (const char *const[]){"m.none", "m.none", NULL});
	assert_int_equal(r->n_attributes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(joins),
		cmocka_unit_test(separators), cmocka_unit_test(nothing)};

	return RUN(tests);
}
