/* SPDX-License-Identifier: Apache-2.0 */
/* Targets are judged by ranges: it must come to the same as asking for every address. */
#include "tests/unit/unit.h"

#include "scanner/campaign/campaign.h"

#define SPACE 4096
#define BASE 0xc6120000u

static uint32_t seed;

static uint32_t draw(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(seed >> 8) * n >> 24);
}

static struct cidr draw_cidr(void)
{
	struct addr addr = addr_v4(BASE + draw(SPACE));

	return cidr_of(&addr, (uint8_t)(21 + draw(12)));
}

static bool in(const struct cidr *cidrs, size_t n, const struct addr *addr)
{
	for (size_t i = 0; i < n; i++)
		if (cidr_contains(&cidrs[i], addr))
			return true;
	return false;
}

/* As the scanner once did it. */
static void judge_plainly(const struct scan_plan *plan, const struct addr_set *targets,
	struct scan_judgement *ret)
{
	uint64_t scope_out = 0;

	*ret = (struct scan_judgement){.addresses = addr_set_count(targets)};
	for (uint64_t i = 0; i < ret->addresses; i++) {
		struct addr addr = addr_set_nth(targets, i);
		enum scope_verdict verdict = scope_check(plan->scope, &addr, 5000000, NULL);

		if (addr_is_probed_never(&addr) ||
			in(plan->excludes, plan->n_excludes, &addr)) {
			ret->left_out++;
		} else if (verdict == SCOPE_EXCLUDED) {
			ret->left_out++;
			scope_out++;
		} else if (verdict != SCOPE_ALLOWED) {
			ret->verdict = verdict;
			ret->refused = addr;
			return;
		}
	}
	if (ret->addresses && scope_out == ret->addresses) {
		ret->verdict = SCOPE_EXCLUDED;
		ret->refused = addr_set_nth(targets, 0);
	}
}

static void same(const struct scan_judgement *a, const struct scan_judgement *b)
{
	assert_int_equal(a->verdict, b->verdict);
	assert_int_equal(a->addresses, b->addresses);
	assert_int_equal(a->left_out, b->left_out);
	assert_true(addr_equal(&a->refused, &b->refused));
}

static void test_as_plainly(void **state)
{
	size_t refused = 0, left_out = 0;

	(void)state;
	for (int round = 0; round < 600; round++) {
		struct scope *scope = scope_new();
		struct addr_set *list = addr_set_new();
		struct cidr excludes[3], target = draw_cidr();
		struct scan_plan plan = {.scope = scope,
			.target_list = list,
			.excludes = excludes,
			.n_excludes = draw(4)};
		struct scan_judgement ours, plain;
		struct addr_set *one = addr_set_new();
		struct scan_aim aim;

		for (uint32_t i = 0, n = draw(12); i < n || i < 3; i++) {
			struct cidr cidr = draw_cidr();

			if (i < 3)
				excludes[i] = draw_cidr();
			/* Some never begin, and some have ended. */
			scope_grant(scope, &cidr, i, draw(5) ? 0 : INT64_MAX - 1,
				draw(5) ? INT64_MAX : 1, NULL);
			cidr = draw_cidr();
			if (draw(2))
				scope_exclude(scope, &cidr, NULL);
		}
		if (round % 2) {
			const struct cidr all = {{4, {198, 18}}, 16};

			scope_grant(scope, &all, 99, 0, INT64_MAX, NULL);
		}
		for (uint32_t i = draw(200); i; i--) {
			struct addr addr =
				addr_v4(draw(50) ? BASE + draw(SPACE) : 0xe0000000 + draw(9));
			struct addr_range range = {addr, addr};

			addr_set_add(list, &range, NULL);
		}
		assert_int_equal(addr_set_add_cidr(one, &target, NULL), 0);
		assert_int_equal(addr_set_seal(one, NULL), 0);
		assert_int_equal(addr_set_seal(list, NULL), 0);
		assert_int_equal(scan_aim_make(&plan, &aim, NULL), 0);
		scan_judge(&plan, &aim, &target, &ours);
		judge_plainly(&plan, one, &plain);
		same(&ours, &plain);
		scan_judge_list(&plan, &aim, &ours);
		judge_plainly(&plan, list, &plain);
		same(&ours, &plain);
		refused += ours.verdict != SCOPE_ALLOWED;
		left_out += ours.left_out > 0;
		scan_aim_done(&aim);
		addr_set_free(one);
		addr_set_free(list);
		scope_free(scope);
	}
	assert_true(refused > 100 && refused < 500 && left_out > 200);
}

/* More authorisations than are named, each once. */
static void test_grants(void **state)
{
	struct scope *scope = scope_new();
	struct scan_plan plan = {.scope = scope};
	struct cidr target = {{4, {198, 18, 0, 0}}, 24};
	struct scan_judgement j;
	struct scan_aim aim;

	(void)state;
	assert_int_equal(scan_aim_make(&plan, &aim, NULL), 0);
	for (uint8_t i = 0; i < 32; i++) {
		struct cidr cidr = {{4, {198, 18, 0, (uint8_t)(8 * i)}}, 29};

		assert_int_equal(
			scope_grant(scope, &cidr, 1 + i % SCAN_GRANTS_MAX, 0, INT64_MAX, NULL),
			0);
	}
	scan_judge(&plan, &aim, &target, &j);
	assert_int_equal(j.n_grants, SCAN_GRANTS_MAX);
	assert_false(j.more_grants);
	target.length = 30;
	assert_int_equal(
		scope_grant(scope, &target, SCAN_GRANTS_MAX + 1, 0, INT64_MAX, NULL), 0);
	target.length = 24;
	scan_judge(&plan, &aim, &target, &j);
	assert_int_equal(j.n_grants, SCAN_GRANTS_MAX);
	assert_true(j.more_grants && j.verdict == SCOPE_ALLOWED);
	scan_aim_done(&aim);
	scope_free(scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_plainly), cmocka_unit_test(test_grants)};

	return RUN(tests);
}
