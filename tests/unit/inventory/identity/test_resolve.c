/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory/identity/identity.h"
#include "tests/unit/unit.h"

#include <stdio.h>

#define MANY 3000

static struct identity *identity;

static int setup(void **state)
{
	(void)state;
	identity = identity_new();
	return identity ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	identity_free(identity);
	return 0;
}

static uint32_t met(const char *text, const char *mac_text, int64_t current)
{
	struct mac mac = {0};
	struct addr addr;

	assert_int_equal(addr_parse(text, &addr, NULL), 0);
	if (mac_text)
		assert_int_equal(mac_parse(mac_text, &mac, NULL), 0);
	return identity_endpoint(identity, &addr, &mac, current);
}

static void shows(
	uint32_t endpoint, const char *type, const char *value, enum key_strength strength)
{
	struct key_trust trust = identity_trust(strength);

	assert_true(identity_endpoint_key(
		identity, endpoint, identity_key(identity, type, value, &trust), false));
}

static void holds(int64_t asset, const char *type, const char *value, bool shared)
{
	struct key_trust trust = identity_trust(KEY_DEFINITIVE);

	assert_true(identity_known_key(identity, asset,
		identity_key(identity, type, value, &trust), shared, false));
}

static int64_t resolve(void)
{
	int64_t counter = 100;

	assert_true(identity_resolve(identity, &counter));
	return counter - 100;
}

static int64_t asset(uint32_t endpoint)
{
	return identity_answer(identity, endpoint).asset;
}

static void test_keys_join(void **state)
{
	uint32_t a = met("198.18.1.1", NULL, 0), b = met("198.18.2.1", NULL, 0);
	uint32_t c = met("198.18.3.1", NULL, 0), d = met("198.18.4.1", NULL, 0);

	(void)state;
	shows(a, "ssh", "k", KEY_DEFINITIVE);
	shows(b, "ssh", "k", KEY_DEFINITIVE);
	shows(b, "engine", "e", KEY_DEFINITIVE);
	shows(c, "engine", "e", KEY_DEFINITIVE);
	shows(d, "name", "k", KEY_WEAK);
	shows(c, "name", "k", KEY_WEAK);
	assert_int_equal(resolve(), 2);
	assert_true(asset(a) == asset(b) && asset(b) == asset(c));
	assert_true(asset(d) != asset(a));
	assert_true(identity_answer(identity, a).is_new);
	assert_non_null(strstr(identity_answer(identity, b).reason, "engine e"));
}

static void test_conflict_makes_a_key_shared(void **state)
{
	uint32_t a = met("198.18.1.1", NULL, 0), b = met("198.18.2.1", NULL, 0);
	struct identity_shared shared;
	uint32_t at = 0;

	(void)state;
	shows(a, "ssh", "image", KEY_DEFINITIVE);
	shows(b, "ssh", "image", KEY_DEFINITIVE);
	shows(a, "ssh", "own-a", KEY_DEFINITIVE);
	shows(b, "ssh", "own-b", KEY_DEFINITIVE);
	assert_int_equal(resolve(), 2);
	assert_true(identity_shared_next(identity, &at, &shared));
	assert_string_equal(shared.value, "image");
	assert_non_null(strstr(shared.reason, "198.18.2.1"));
	assert_false(identity_shared_next(identity, &at, &shared));
}

/* A host that answers with several keys, not all of them everywhere, is one. */
static void test_several_keys_of_a_type(void **state)
{
	uint32_t a = met("198.18.1.1", NULL, 0), b = met("198.18.2.1", NULL, 0);

	(void)state;
	shows(a, "ssh", "rsa", KEY_DEFINITIVE);
	shows(a, "ssh", "ed25519", KEY_DEFINITIVE);
	shows(b, "ssh", "rsa", KEY_DEFINITIVE);
	assert_int_equal(resolve(), 1);
	assert_true(asset(a) == asset(b));
}

static void test_macs_of_one_link(void **state)
{
	uint32_t a = met("198.18.1.1", "52:54:00:00:00:01", 0);
	uint32_t b = met("198.18.1.2", "52:54:00:00:00:02", 0);
	uint32_t c = met("198.18.2.1", "52:54:00:00:00:03", 0);
	uint32_t d = met("198.18.3.1", "52:54:00:00:00:04", 0);

	(void)state;
	shows(a, "ssh", "clone", KEY_DEFINITIVE);
	shows(b, "ssh", "clone", KEY_DEFINITIVE);
	shows(c, "ssh", "router", KEY_DEFINITIVE);
	shows(d, "ssh", "router", KEY_DEFINITIVE);
	assert_int_equal(resolve(), 3);
	assert_true(asset(a) != asset(b) && asset(c) == asset(d));
}

static void test_known_assets(void **state)
{
	uint32_t stays = met("198.18.1.1", NULL, 11), moves = met("198.18.1.2", NULL, 12);
	uint32_t fresh = met("198.18.1.3", NULL, 13);
	const struct identity_merge *merges;

	(void)state;
	holds(12, "ssh", "old", false);
	holds(13, "ssh", "other", false);
	holds(14, "ssh", "mobile", false);
	shows(moves, "ssh", "mobile", KEY_DEFINITIVE);
	shows(fresh, "ssh", "never seen", KEY_DEFINITIVE);
	assert_int_equal(resolve(), 1);
	assert_int_equal(asset(stays), 11);
	assert_int_equal(asset(moves), 14);
	assert_true(identity_answer(identity, fresh).is_new);
	assert_non_null(strstr(identity_answer(identity, moves).reason, "asset 12"));
	assert_int_equal(identity_merges(identity, &merges), 0);
}

static void test_merge_goes_to_the_older(void **state)
{
	const int64_t old = (4000LL << ASSET_COUNTER_BITS) | 5, young = 9;
	uint32_t a = met("198.18.1.1", NULL, young), b = met("198.18.2.1", NULL, old);
	const struct identity_merge *merges;

	(void)state;
	identity_known_asset(identity, young, 1, 0);
	identity_known_asset(identity, old, 1, 0);
	shows(a, "ssh", "k", KEY_DEFINITIVE);
	shows(b, "ssh", "k", KEY_DEFINITIVE);
	assert_int_equal(resolve(), 0);
	assert_int_equal(asset(a), old);
	assert_int_equal(asset(b), old);
	assert_int_equal(identity_merges(identity, &merges), 1);
	assert_true(merges[0].asset == young && merges[0].into == old);
}

/* An asset with an address elsewhere is not swallowed by one that took over one of its two. */
static void test_no_merge_by_one_address_of_two(void **state)
{
	uint32_t a = met("198.18.1.1", NULL, 20), b = met("198.18.1.2", NULL, 21);
	const struct identity_merge *merges;

	(void)state;
	identity_known_asset(identity, 20, 1, 0);
	identity_known_asset(identity, 21, 2, 0);
	holds(20, "ssh", "k", false);
	shows(a, "ssh", "k", KEY_DEFINITIVE);
	shows(b, "ssh", "k", KEY_DEFINITIVE);
	assert_int_equal(resolve(), 0);
	assert_int_equal(asset(b), 20);
	assert_int_equal(identity_merges(identity, &merges), 0);
}

static void test_shared_keys_of_the_register_join_nothing(void **state)
{
	uint32_t a = met("198.18.1.1", NULL, 0), b = met("198.18.1.9", NULL, 0);

	(void)state;
	holds(30, "ssh", "image", true);
	shows(a, "ssh", "image", KEY_DEFINITIVE);
	shows(b, "ssh", "image", KEY_DEFINITIVE);
	assert_int_equal(resolve(), 2);
	assert_true(asset(a) != 30 && asset(b) != asset(a));
}

static void test_loopback(void **state)
{
	uint32_t a = met("127.0.0.1", NULL, 0), b = met("127.0.0.2", NULL, 0);
	uint32_t c = met("::1", NULL, 0);

	(void)state;
	shows(a, "ssh", "x", KEY_DEFINITIVE);
	shows(c, "ssh", "y", KEY_DEFINITIVE);
	identity_loopback_asset(identity, 7);
	holds(7, "ssh", "z", false);
	assert_int_equal(resolve(), 0);
	assert_true(asset(a) == 7 && asset(b) == 7 && asset(c) == 7);
}

static void test_limits(void **state)
{
	uint32_t first = 0;
	struct identity_shared shared;
	uint32_t at = 0;
	char text[ADDR_TEXT_MAX];

	(void)state;
	for (unsigned int i = 0; i < MANY; i++) {
		uint32_t e;

		snprintf(text, sizeof(text), "198.18.%u.%u", i / 250, 1 + i % 250);
		e = met(text, NULL, 0);
		first = i ? first : e;
		if (i < IDENTITY_STRONG_AT)
			shows(e, "mac", "00:00:0c:00:00:01", KEY_STRONG);
		if (i >= 100 && i <= 100 + IDENTITY_STRONG_AT)
			shows(e, "mac", "00:00:0c:00:00:02", KEY_STRONG);
		if (i >= 1000 && i <= 1000 + IDENTITY_SHARED_AT)
			shows(e, "ssh", "everywhere", KEY_DEFINITIVE);
	}
	assert_int_equal(resolve(), MANY - IDENTITY_STRONG_AT + 1);
	assert_true(asset(first) == asset(first + IDENTITY_STRONG_AT - 1));
	assert_true(asset(first + 100) != asset(first + 101));
	while (identity_shared_next(identity, &at, &shared))
		assert_non_null(strstr(shared.reason, "very many"));
}

static void test_same_input_same_answer(void **state)
{
	int64_t answers[2][40];

	(void)state;
	for (int round = 0; round < 2; round++) {
		identity_free(identity);
		identity = identity_new();
		for (int i = 0; i < 40; i++) {
			char text[ADDR_TEXT_MAX], value[16];
			uint32_t e;

			snprintf(text, sizeof(text), "198.18.1.%d", i + 1);
			snprintf(value, sizeof(value), "%d", i % 7);
			e = met(text, NULL, i % 3 ? 0 : 50 + i % 2);
			shows(e, i % 2 ? "ssh" : "engine", value, KEY_DEFINITIVE);
			if (i % 5 == 0)
				shows(e, "serial", value, KEY_DEFINITIVE);
		}
		resolve();
		for (uint32_t i = 0; i < 40; i++)
			answers[round][i] = asset(i);
	}
	assert_memory_equal(answers[0], answers[1], sizeof(answers[0]));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_keys_join),
		CASE(test_conflict_makes_a_key_shared),
		CASE(test_several_keys_of_a_type),
		CASE(test_macs_of_one_link),
		CASE(test_known_assets),
		CASE(test_merge_goes_to_the_older),
		CASE(test_no_merge_by_one_address_of_two),
		CASE(test_shared_keys_of_the_register_join_nothing),
		CASE(test_loopback),
		CASE(test_limits),
		CASE(test_same_input_same_answer),
	};

	return RUN(tests);
}
