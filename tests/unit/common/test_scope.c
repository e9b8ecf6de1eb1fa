/* SPDX-License-Identifier: Apache-2.0 */
/* The scope: default deny, exclusions always win, windows of time, loopback always. And a
 * comparison with the plainest possible implementation over random sets. */
#include "tests/unit/unit.h"

#include "common/addr_range.h"
#include "common/model/scope.h"

static struct cidr C(const char *text)
{
	struct cidr cidr;

	assert_int_equal(cidr_parse(text, &cidr, NULL), 0);
	return cidr;
}

static enum scope_verdict check(struct scope *scope, const char *text, int64_t now)
{
	struct addr addr;

	assert_int_equal(addr_parse(text, &addr, NULL), 0);
	return scope_check(scope, &addr, now, NULL);
}

static void grant(
	struct scope *scope, const char *cidr, int64_t id, int64_t from, int64_t until)
{
	struct cidr c = C(cidr);

	assert_int_equal(scope_grant(scope, &c, id, from, until, NULL), 0);
}

static void exclude(struct scope *scope, const char *cidr)
{
	struct cidr c = C(cidr);

	assert_int_equal(scope_exclude(scope, &c, NULL), 0);
}

static void the_rules(void **state)
{
	struct scope *scope = scope_new();
	struct addr addr;
	int64_t id = -1;

	(void)state;
	assert_int_equal(check(scope, "198.18.0.1", 5), SCOPE_NOT_GRANTED);
	assert_int_equal(check(scope, "127.0.0.1", 5), SCOPE_ALLOWED);
	assert_int_equal(check(scope, "::1", 5), SCOPE_ALLOWED);
	grant(scope, "198.18.0.0/16", 1, 0, 10);
	grant(scope, "198.18.7.0/24", 2, 0, 10);
	grant(scope, "2001:db8::/32", 3, 20, 30);
	exclude(scope, "198.18.7.128/25");
	assert_int_equal(check(scope, "198.18.0.1", 5), SCOPE_ALLOWED);
	assert_int_equal(check(scope, "198.18.0.1", 10), SCOPE_NOT_NOW);
	assert_int_equal(check(scope, "198.19.0.1", 5), SCOPE_NOT_GRANTED);
	assert_int_equal(check(scope, "198.18.7.200", 5), SCOPE_EXCLUDED);
	assert_int_equal(check(scope, "2001:db8::1", 5), SCOPE_NOT_NOW);
	assert_int_equal(check(scope, "2001:db8::1", 25), SCOPE_ALLOWED);
	addr_parse("198.18.7.1", &addr, NULL);
	scope_check(scope, &addr, 5, &id);
	assert_int_equal(id, 2);
	exclude(scope, "0.0.0.0/0");
	assert_int_equal(check(scope, "198.18.0.1", 5), SCOPE_EXCLUDED);
	assert_int_equal(check(scope, "127.0.0.1", 5), SCOPE_EXCLUDED);
	scope_free(scope);
	scope_free(NULL);
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed;
}

/* 17 bits of an address vary; of IPv6 they lie across the middle. */
static struct addr random_addr(int family, uint32_t *seed)
{
	uint32_t bits = next(seed) >> 8 & 0x1ffff;
	struct addr addr = addr_v4(0xc6120000 | bits);

	if (family == 6) {
		assert_int_equal(addr_parse("2001:db8::", &addr, NULL), 0);
		addr.bytes[7] = (uint8_t)(bits >> 9);
		addr.bytes[8] = (uint8_t)(bits >> 1);
		addr.bytes[9] = (uint8_t)(bits << 7);
	}
	return addr;
}

static void random_sets_agree_with_a_plain_loop(void **state)
{
	uint32_t seed = 2026;

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct scope *scope = scope_new();
		int family = round % 2 ? 6 : 4;
		struct cidr set[24];

		for (int i = 0; i < 24; i++) {
			struct addr addr = random_addr(family, &seed);

			set[i] = cidr_of(
				&addr, (uint8_t)((family == 6 ? 56 : 15) + next(&seed) % 18));
			if (i % 3)
				scope_grant(scope, &set[i], i, 0, 10, NULL);
			else
				scope_exclude(scope, &set[i], NULL);
		}
		for (int probe = 0; probe < 200; probe++) {
			struct addr addr = random_addr(family, &seed);
			enum scope_verdict want = SCOPE_NOT_GRANTED;

			for (int i = 0; i < 24; i++)
				if (cidr_contains(&set[i], &addr))
					want = i % 3 == 0 ? SCOPE_EXCLUDED :
					       want == SCOPE_EXCLUDED ? want : SCOPE_ALLOWED;
			assert_int_equal(scope_check(scope, &addr, 5, NULL), want);
		}
		scope_free(scope);
	}
}

static void same_up_to(struct scope *scope, const struct addr *addr, uint32_t *seed)
{
	struct addr last, other = *addr;
	int64_t id = -1, same = -1;
	enum scope_verdict verdict = scope_check_until(scope, addr, 5, &id, &last);

	assert_int_equal(verdict, scope_check(scope, addr, 5, &same));
	assert_int_equal(id, same);
	assert_true(addr_compare(addr, &last) <= 0);
	for (int i = 0; i < 20; i++) {
		same = -1;
		assert_int_equal(scope_check(scope, &other, 5, &same), verdict);
		assert_int_equal(same, id);
		other = random_addr(addr->family, seed);
		if (addr_compare(&other, addr) < 0 || addr_compare(&other, &last) > 0)
			other = last;
	}
}

/* Up to the address that is named everything is the same, and whole families take few steps. */
static void the_same_until(void **state)
{
	uint32_t seed = 9;

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct scope *scope = scope_new();
		int family = round % 2 ? 6 : 4, steps = 0;
		struct addr addr = {.family = (uint8_t)family};

		for (int i = 0; i < round % 30; i++) {
			struct addr base = random_addr(family, &seed);
			struct cidr cidr = cidr_of(
				&base, (uint8_t)((family == 6 ? 56 : 15) + next(&seed) % 18));

			if (i % 4)
				scope_grant(scope, &cidr, i, i % 7, 4 + i % 11, NULL);
			else
				scope_exclude(scope, &cidr, NULL);
		}
		for (int probe = 0; probe < 50; probe++) {
			struct addr any = random_addr(family, &seed);

			same_up_to(scope, &any, &seed);
		}
		do {
			same_up_to(scope, &addr, &seed);
			scope_check_until(scope, &addr, 5, NULL, &addr);
			assert_true(++steps < 4096);
		} while (addr_step(&addr, 1));
		scope_free(scope);
	}
}

/* The recorded prefixes as a list; the longest that covers an address says what holds there. */
struct listed {
	struct cidr prefix[32];
	enum scope_verdict verdict[32];
	int64_t until_us[32];
	size_t n;
};

static int list(void *context, const struct cidr *prefix, enum scope_verdict verdict,
	int64_t until_us, struct error *reterr)
{
	struct listed *l = context;

	if (l->n == 32)
		return error_set(reterr, ERROR_INTERNAL, "too many");
	for (size_t i = 0; i < l->n; i++)
		assert_false(cidr_covers(prefix, &l->prefix[i]));
	l->prefix[l->n] = *prefix;
	l->verdict[l->n] = verdict;
	l->until_us[l->n++] = until_us;
	return 0;
}

/* Our own addresses need no authorisation, and say so for no others. */
static void loopback_ends_where_it_ends(void **state)
{
	static const char *const rows[][2] = {{"126.0.0.0", "126.255.255.255"},
		{"127.0.0.0", "127.255.255.255"}, {"127.0.0.1", "127.255.255.255"},
		{"::", "::"}, {"::1", "::1"}};
	struct scope *scope = scope_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct addr addr, last, wanted;
		bool own;

		assert_int_equal(addr_parse(rows[i][0], &addr, NULL), 0);
		assert_int_equal(addr_parse(rows[i][1], &wanted, NULL), 0);
		own = addr_is_loopback(&addr);
		assert_int_equal(scope_check_until(scope, &addr, 5, NULL, &last),
			own ? SCOPE_ALLOWED : SCOPE_NOT_GRANTED);
		assert_true(addr_equal(&last, &wanted));
	}
	scope_free(scope);
}

static void a_walk_says_the_same(void **state)
{
	uint32_t seed = 4;

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct scope *scope = scope_new();
		struct listed l = {.n = 0};
		int family = round % 2 ? 6 : 4;

		for (int i = 0; i < 24; i++) {
			struct addr addr = random_addr(family, &seed);
			struct cidr cidr = cidr_of(
				&addr, (uint8_t)((family == 6 ? 56 : 15) + next(&seed) % 18));

			if (i % 4)
				scope_grant(scope, &cidr, i, i % 7, 4 + i % 11, NULL);
			else
				scope_exclude(scope, &cidr, NULL);
		}
		assert_int_equal(scope_walk(scope, (uint8_t)family, 5, list, &l, NULL), 0);
		for (int probe = 0; probe < 200; probe++) {
			struct addr addr = random_addr(family, &seed);
			enum scope_verdict want = SCOPE_NOT_GRANTED;
			int64_t until = 0;

			for (size_t i = 0; i < l.n; i++)
				if (cidr_contains(&l.prefix[i], &addr)) {
					want = l.verdict[i];
					until = l.until_us[i];
				}
			assert_int_equal(scope_check(scope, &addr, 5, NULL), want);
			assert_int_equal(scope_allowed_until(scope, &addr, 5),
				want == SCOPE_ALLOWED ? until : INT64_MIN);
			/* While no other grant begins, it holds until then. */
			if (want == SCOPE_ALLOWED)
				assert_int_equal(
					scope_check(scope, &addr, until - 1, NULL), want);
		}
		scope_free(scope);
	}
}

static int stop(void *context, const struct cidr *prefix, enum scope_verdict verdict,
	int64_t until_us, struct error *reterr)
{
	(void)context, (void)prefix, (void)verdict, (void)until_us;
	return error_set(reterr, ERROR_INPUT, "no more");
}

static void a_walk_is_stopped(void **state)
{
	struct scope *scope = scope_new();
	struct error error = {0};

	(void)state;
	assert_int_equal(scope_walk(scope, 4, 0, stop, NULL, &error), 0);
	grant(scope, "198.18.0.0/16", 1, 0, 10);
	assert_int_equal(scope_walk(scope, 6, 0, stop, NULL, &error), 0);
	assert_int_equal(scope_walk(scope, 4, 0, stop, NULL, &error), ERROR_INPUT);
	scope_free(scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_rules),
		cmocka_unit_test(random_sets_agree_with_a_plain_loop),
		cmocka_unit_test(the_same_until), cmocka_unit_test(loopback_ends_where_it_ends),
		cmocka_unit_test(a_walk_says_the_same), cmocka_unit_test(a_walk_is_stopped)};

	return RUN(tests);
}
