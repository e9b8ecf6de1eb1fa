/* SPDX-License-Identifier: Apache-2.0 */
/* placeholder */
#include "tests/sql/register_common.h"

static int asset_row(void *context, const struct asset_row *a) { (void)context; (void)a; return 0; }
static int fact_row(void *context, const struct fact_row *a) { (void)context; (void)a; return 0; }
static int change_row(void *context, const struct change_row *a) { (void)context; (void)a; return 0; }

static void empty(void **state)
{
	struct error err = {0};
	struct asset_row a;
	struct estate estate;
	(void)state;
	if (inventory_asset_list(the.inv, NULL, asset_row, NULL, &err)) fail_msg("%s", err.text);
	if (inventory_asset_show(the.inv, "10.0.0.1", &a, fact_row, NULL, &err) != 1) fail_msg("%s", err.text);
	if (inventory_changes(the.inv, 0, INT64_MAX, 0, change_row, NULL, &err)) fail_msg("%s", err.text);
	if (inventory_estate_load(the.inv, NULL, &estate, &err)) fail_msg("%s", err.text);
	arena_free(estate.arena);
}
int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(empty) };
	return cmocka_run_group_tests(tests, register_case_open, register_case_close);
}
