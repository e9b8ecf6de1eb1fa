/* SPDX-License-Identifier: Apache-2.0 */
/* The cases that identity has to get right, on the pure engine: each is a run beside a
 * register. */
#include "inventory/identity/identity.h"
#include "tests/unit/unit.h"

#include <stdio.h>

static struct identity *identity;
static const struct key_trust serial = {KEY_DEFINITIVE, HOLDS_LIFE, 100, true, 256};
static const struct key_trust device_tls = {KEY_DEFINITIVE, HOLDS_ONE, 70, false, 32};
static const struct key_trust netbios = {KEY_STRONG, HOLDS_ONE, 40, true, 16};
#define SSH identity_trust(KEY_DEFINITIVE)
#define MAC identity_trust(KEY_STRONG)

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

static struct addr at(const char *text)
{
	struct addr addr;

	assert_int_equal(addr_parse(text, &addr, NULL), 0);
	return addr;
}

static uint32_t key(const char *type, const char *value, struct key_trust trust)
{
	return identity_key(identity, type, value, &trust);
}

/* An address that shows an SSH key (NULL: none) and answers from a MAC (NULL: not heard). */
static uint32_t met(const char *address, const char *ssh, const char *mac_text, int64_t current)
{
	struct mac mac = {0};
	struct addr addr = at(address);
	uint32_t e;

	if (mac_text)
		assert_int_equal(mac_parse(mac_text, &mac, NULL), 0);
	e = identity_endpoint(identity, &addr, &mac, current);
	if (ssh)
		assert_true(identity_endpoint_key(identity, e, key("ssh", ssh, SSH), false));
	if (mac_text)
		assert_true(
			identity_endpoint_key(identity, e, key("mac", mac_text, MAC), false));
	return e;
}

static void holds(int64_t asset, const char *type, const char *value, struct key_trust trust)
{
	assert_true(identity_known_key(identity, asset, key(type, value, trust), false, false));
}

static void known(int64_t asset, uint32_t n_addresses, const char *ssh, const char *mac)
{
	assert_true(identity_known_asset(identity, asset, n_addresses, 0));
	if (ssh)
		holds(asset, "ssh", ssh, SSH);
	if (mac)
		holds(asset, "mac", mac, MAC);
}

static int64_t resolve(void)
{
	int64_t counter = 1000;

	assert_true(identity_resolve(identity, &counter));
	return counter - 1000;
}

static int64_t asset(uint32_t endpoint)
{
	return identity_answer(identity, endpoint).asset;
}

static size_t n_merges(void)
{
	const struct identity_merge *merges;

	return identity_merges(identity, &merges);
}

static size_t n_advice(bool is_conflict)
{
	const struct identity_advice *advice;
	size_t n = identity_advice(identity, &advice), found = 0;

	for (size_t i = 0; i < n; i++)
		found += advice[i].is_conflict == is_conflict;
	return found;
}

static size_t n_shared(void)
{
	struct identity_shared shared;
	uint32_t next = 0;
	size_t n = 0;

	while (identity_shared_next(identity, &next, &shared))
		n++;
	return n;
}

#define M1 "00:00:0c:00:00:01"
#define M2 "00:00:0c:00:00:02"

static void test_dhcp_swap(void **state)
{
	uint32_t one = met("10.1.1.1", "b", NULL, 11), two = met("10.1.1.2", "a", NULL, 12);

	(void)state;
	known(11, 1, "a", NULL);
	known(12, 1, "b", NULL);
	assert_int_equal(resolve(), 0);
	assert_int_equal(asset(one), 12);
	assert_int_equal(asset(two), 11);
	assert_int_equal(n_merges(), 0);
}

static void test_cloned_pair(void **state)
{
	uint32_t one = met("10.1.1.1", "image", M1, 0), two = met("10.1.1.2", "image", M2, 0);

	(void)state;
	assert_int_equal(resolve(), 2);
	assert_true(asset(one) != asset(two));
	assert_int_equal(n_shared(), 1);
	assert_int_equal(n_advice(true), 1);
}

static void test_card_replaced(void **state)
{
	uint32_t e = met("10.1.1.1", "a", M2, 11);

	(void)state;
	known(11, 1, "a", M1);
	assert_int_equal(resolve(), 0);
	assert_int_equal(asset(e), 11);
}

static void test_pair_with_service_address(void **state)
{
	uint32_t one = met("10.1.1.1", "a", M1, 11), two = met("10.1.1.2", "b", M2, 12);
	uint32_t service = met("10.1.1.10", "b", M2, 11);

	(void)state;
	known(11, 2, "a", M1);
	known(12, 1, "b", M2);
	assert_int_equal(resolve(), 0);
	assert_true(asset(one) == 11 && asset(two) == 12 && asset(service) == 12);
	assert_string_equal(identity_answer(identity, service).note, "service address");
	assert_null(identity_answer(identity, one).note);
	assert_int_equal(n_merges() + n_shared(), 0);
}

/* A balancer that answers with the keys of both is neither's proof that they are one. */
static void test_front_of_two(void **state)
{
	uint32_t front = met("10.1.1.9", "a", NULL, 0), one = met("10.1.2.1", "a", NULL, 0);
	uint32_t two = met("10.1.3.1", "b", NULL, 0);

	(void)state;
	identity_endpoint_key(identity, front, key("ssh", "b", SSH), false);
	resolve();
	assert_true(asset(one) != asset(two));
	assert_string_equal(identity_answer(identity, front).note, "service address");
}

static void test_router_answers_for_a_network(void **state)
{
	uint32_t e[254];

	(void)state;
	for (unsigned int i = 0; i < 254; i++) {
		char text[32];

		snprintf(text, sizeof(text), "10.1.1.%u", i + 1);
		e[i] = met(text, i == 0 ? "router" : NULL, M1, 0);
		if (i)
			identity_endpoint_mute(identity, e[i], "");
	}
	assert_int_equal(resolve(), 2);
	assert_true(asset(e[1]) == asset(e[253]) && asset(e[0]) != asset(e[1]));
	assert_non_null(strstr(identity_answer(identity, e[7]).reason, "proxy ARP"));
}

/* Below the number, and where somebody speaks, they are what they say. */
static void test_limits_of_answering_for_others(void **state)
{
	uint32_t first[2] = {0}, last[2] = {0};

	(void)state;
	for (unsigned int i = 0; i < IDENTITY_MUTE_AT; i++)
		for (unsigned int net = 0; net < 2; net++) {
			char text[32];

			if (net && i == 0)
				continue;
			snprintf(text, sizeof(text), "10.1.%u.%u", net, i + 1);
			last[net] = met(text, NULL, NULL, 0);
			first[net] = first[net] ? first[net] : last[net];
			identity_endpoint_mute(identity, last[net], "1 2 3 4 5 6 7 8");
		}
	resolve();
	assert_true(asset(first[0]) == asset(last[0]));
	assert_true(asset(first[1]) != asset(last[1]));
}

static void test_image_in_one_network(void **state)
{
	uint32_t e[IDENTITY_NETWORK_AT + 1];

	(void)state;
	for (unsigned int i = 0; i < IDENTITY_NETWORK_AT; i++) {
		char text[32];

		snprintf(text, sizeof(text), "10.1.1.%u", i + 1);
		e[i] = met(text, "image", NULL, 0);
		snprintf(text, sizeof(text), "10.2.%u.1", i + 1);
		e[IDENTITY_NETWORK_AT] = met(text, "router", NULL, 0);
	}
	assert_int_equal(resolve(), IDENTITY_NETWORK_AT + 1);
	assert_int_equal(n_shared(), 1);
	assert_true(asset(e[0]) != asset(e[1]));
}

static void test_serial_numbers_veto(void **state)
{
	uint32_t e = met("10.1.1.1", "image", NULL, 0);

	(void)state;
	known(11, 1, "image", NULL);
	holds(11, "serial", "S1", serial);
	identity_endpoint_key(identity, e, key("serial", "S2", serial), false);
	assert_int_equal(resolve(), 1);
	assert_int_equal(n_advice(true), 1);
}

static void test_serial_numbers_of_two_makers(void **state)
{
	uint32_t e = met("10.1.1.1", "plc", NULL, 0);

	(void)state;
	known(11, 1, "plc", NULL);
	holds(11, "serial", "s7:1", serial);
	identity_endpoint_key(identity, e, key("serial", "cip:1:2", serial), false);
	assert_int_equal(resolve(), 0);
	assert_int_equal(asset(e), 11);
}

static void test_device_certificates(void **state)
{
	uint32_t one = met("10.1.1.1", NULL, NULL, 0), two = met("10.2.1.1", NULL, NULL, 0);
	uint32_t moved = met("10.3.1.1", NULL, NULL, 0), other = met("10.4.1.1", NULL, NULL, 0);
	uint32_t v6 = met("2001:db8::1", NULL, NULL, 0);
	struct addr gone = at("10.3.1.9"), unknown = at("10.4.1.9");

	(void)state;
	identity_endpoint_key(identity, one, key("tls", "default", device_tls), false);
	identity_endpoint_key(identity, two, key("tls", "default", device_tls), false);
	identity_endpoint_key(identity, moved, key("tls", "m", device_tls), false);
	identity_endpoint_key(identity, other, key("tls", "o", device_tls), false);
	identity_endpoint_key(identity, v6, key("tls", "m", device_tls), false);
	known(11, 1, NULL, NULL);
	holds(11, "tls", "m", device_tls);
	identity_known_address(identity, 11, &gone, true);
	known(12, 1, NULL, NULL);
	holds(12, "tls", "o", device_tls);
	identity_known_address(identity, 12, &unknown, false);
	resolve();
	assert_true(asset(one) != asset(two));
	assert_true(asset(moved) == 11 && asset(v6) == 11);
	assert_true(asset(other) != 12);
	assert_int_equal(n_advice(false), 1);
}

static void test_claims_propose(void **state)
{
	uint32_t e = met("10.1.1.1", NULL, NULL, 0);

	(void)state;
	known(11, 1, "a", NULL);
	identity_endpoint_key(identity, e, key("ssh", "a", SSH), true);
	assert_int_equal(resolve(), 1);
	assert_int_equal(n_advice(false), 1);
}

static void test_weights_add_up(void **state)
{
	uint32_t one = met("10.1.1.1", NULL, NULL, 0), two = met("10.1.2.1", NULL, NULL, 0);
	struct key_trust dhcp = {KEY_STRONG, HOLDS_MANY, 55, true, 16};

	(void)state;
	known(11, 1, NULL, NULL);
	holds(11, "netbios", "PC1", netbios);
	holds(11, "dhcp", "id1", dhcp);
	known(12, 1, NULL, NULL);
	holds(12, "netbios", "PC2", netbios);
	identity_endpoint_key(identity, one, key("netbios", "PC1", netbios), false);
	identity_endpoint_key(identity, one, key("dhcp", "id1", dhcp), false);
	identity_endpoint_key(identity, two, key("netbios", "PC2", netbios), false);
	assert_int_equal(resolve(), 1);
	assert_int_equal(asset(one), 11);
	assert_int_equal(n_advice(false), 1);
}

static void test_taken_apart(void **state)
{
	const struct identity_split *splits;
	uint32_t one = met("10.1.1.1", "image", M1, 11), two = met("10.1.1.2", "image", M2, 0);
	struct addr away = at("10.2.1.1"), own = at("10.3.1.1");
	uint32_t silent, kept;

	(void)state;
	known(11, 3, "image", NULL);
	silent = identity_known_address(identity, 11, &away, false);
	identity_known_sighting(identity, silent, key("ssh", "image", SSH));
	kept = identity_known_address(identity, 11, &own, false);
	assert_true(kept != UINT32_MAX);
	identity_known_sighting(identity, one, key("ssh", "image", SSH));
	assert_int_equal(resolve(), 3);
	/* The address that never showed the key keeps the asset. */
	assert_true(asset(one) != 11 && asset(two) != 11 && asset(one) != asset(two));
	assert_int_equal(identity_splits(identity, &splits), 2);
	assert_true(splits[0].asset == 11 && !splits[0].is_new && splits[1].is_new);
	assert_non_null(strstr(splits[1].reason, "10.1.1.2"));
}

static void test_by_hand_outranks(void **state)
{
	uint32_t one = met("10.1.1.1", "a", M1, 11), two = met("10.1.1.2", "b", M2, 11);
	uint32_t three = met("10.2.1.1", "c", NULL, 12), four = met("10.2.2.1", "c", NULL, 13);

	(void)state;
	known(11, 2, "a", M1);
	holds(11, "ssh", "b", SSH);
	holds(11, "mac", M2, MAC);
	identity_bind(identity, 11);
	known(12, 1, NULL, NULL);
	known(13, 1, NULL, NULL);
	identity_apart(identity, 12, 13);
	assert_int_equal(resolve(), 0);
	assert_true(asset(one) == 11 && asset(two) == 11);
	assert_true(asset(three) == 12 && asset(four) == 13);
	assert_int_equal(n_merges(), 0);
}

static void test_retired(void **state)
{
	uint32_t e = met("10.1.1.1", "a", NULL, 11);

	(void)state;
	known(11, 1, "a", NULL);
	identity_known_asset(identity, 11, 1, IDENTITY_RETIRED);
	resolve();
	assert_int_equal(asset(e), 11);
	assert_int_equal(n_advice(true), 1);
}

/* Whoever answers without a key where an asset was that is met elsewhere is not that asset; nor
 * where addresses wander and what it showed is gone. */
static void test_left_addresses(void **state)
{
	uint32_t left = met("10.1.1.1", NULL, NULL, 11), moved = met("10.1.1.2", "a", NULL, 0);
	uint32_t gone = met("10.2.1.1", NULL, NULL, 12),
		 stays = met("10.3.1.1", NULL, NULL, 13);
	uint32_t family = met("2001:db8::1", NULL, NULL, 11);
	uint32_t silent = met("10.4.1.1", NULL, NULL, 14),
		 another = met("10.5.1.1", NULL, NULL, 15);

	(void)state;
	known(11, 2, "a", NULL);
	known(12, 1, "b", NULL);
	known(13, 1, "c", NULL);
	identity_endpoint_lacks(identity, gone, key("ssh", "b", SSH), true);
	identity_endpoint_restless(identity, gone);
	identity_endpoint_lacks(identity, stays, key("ssh", "c", SSH), true);
	known(14, 1, "d", NULL);
	known(15, 1, "e", NULL);
	identity_endpoint_lacks(identity, silent, key("ssh", "d", SSH), false);
	identity_endpoint_restless(identity, silent);
	identity_endpoint_lacks(identity, another, key("ssh", "e", SSH), false);
	identity_endpoint_key(identity, another, key("serial", "s7:9", serial), false);
	assert_int_equal(resolve(), 4);
	assert_true(asset(silent) == 14 && asset(another) != 15);
	assert_true(asset(moved) == 11 && asset(left) != 11 && asset(family) != 11);
	assert_true(asset(gone) != 12 && asset(stays) == 13);
}

/* Whoever holds a key that nobody else can show is not mistaken for the sharers. */
static void test_shared_key_in_place_of_own(void **state)
{
	uint32_t e = met("10.1.1.1", "image", NULL, 11);

	(void)state;
	known(11, 1, "a", NULL);
	identity_known_key(identity, 12, key("ssh", "image", SSH), true, false);
	assert_int_equal(resolve(), 1);
	assert_true(asset(e) != 11);
}

static void feed(const unsigned int *order, unsigned int n, uint32_t *handles)
{
	for (unsigned int i = 0; i < n; i++) {
		unsigned int k = order[i];
		char text[32], ssh[16], mac[32];

		snprintf(text, sizeof(text), "10.1.%u.%u", k % 5, k + 1);
		snprintf(ssh, sizeof(ssh), "%u", k % 9);
		snprintf(mac, sizeof(mac), "00:00:0c:00:00:%02x", k % 11);
		handles[k] = met(text, k % 4 ? ssh : NULL, k % 3 ? mac : NULL,
			k % 2 ? 50 + k % 6 : 0);
		if (k % 7 == 0)
			identity_endpoint_key(identity, handles[k],
				key("serial", k % 2 ? "S1" : "S2", serial), false);
	}
	for (unsigned int i = 0; i < 6; i++) {
		unsigned int k = order[0] % 2 ? i : 5 - i;
		char ssh[16];

		snprintf(ssh, sizeof(ssh), "%u", k);
		known(50 + k, 2, ssh, NULL);
	}
}

/* In whatever order it is told. */
static void test_order_does_not_matter(void **state)
{
	enum { N = 60 };
	unsigned int order[N];
	uint32_t handles[N];
	int64_t first[N];

	(void)state;
	for (unsigned int round = 0; round < 8; round++) {
		for (unsigned int i = 0; i < N; i++)
			order[i] = (i * (round % 2 ? 7 : 13) + round * 5) % N;
		identity_free(identity);
		identity = identity_new();
		feed(order, N, handles);
		resolve();
		for (unsigned int i = 0; i < N; i++) {
			if (round == 0)
				first[i] = asset(handles[i]);
			assert_int_equal(asset(handles[i]), first[i]);
		}
	}
}

/* Comparing what the register holds proves nothing shared and moves no address. */
static void test_compare_only(void **state)
{
	uint32_t one = met("10.1.1.1", "a", M1, 11), two = met("10.1.1.2", "a", M2, 11);
	uint32_t three = met("10.2.1.1", "c", NULL, 12), four = met("10.3.1.1", "c", NULL, 13);

	(void)state;
	identity_compare_only(identity);
	known(11, 2, "a", M1);
	known(12, 1, "c", NULL);
	known(13, 1, "c", NULL);
	assert_int_equal(resolve(), 0);
	assert_true(asset(one) == 11 && asset(two) == 11);
	assert_int_equal(n_shared(), 0);
	assert_true(asset(three) == 12 && asset(four) == 12);
	assert_int_equal(n_merges(), 1);
}

/* What somebody answers for stays together, whether it is met or not; what only has the shared
 * MAC in common with it leaves. */
static void test_answered_for_stays_one(void **state)
{
	const struct identity_split *splits;
	struct addr silent = at("10.1.1.3"), leaves = at("10.1.1.4");
	uint32_t e[4];

	(void)state;
	identity_compare_only(identity);
	assert_true(identity_known_asset(identity, 11, 4, 0));
	assert_true(identity_known_key(identity, 11, key("mac", M1, MAC), true, false));
	e[0] = met("10.1.1.1", NULL, M1, 11);
	e[1] = met("10.1.1.2", NULL, M1, 11);
	e[2] = identity_known_address(identity, 11, &silent, false);
	e[3] = met("10.1.1.4", NULL, M1, 11);
	for (int i = 0; i < 4; i++) {
		assert_true(identity_known_sighting(identity, e[i], key("mac", M1, MAC)));
		if (i < 3)
			identity_known_proxied(identity, e[i]);
	}
	resolve();
	assert_int_equal(identity_splits(identity, &splits), 1);
	assert_true(addr_equal(&splits[0].addr, &leaves));
}

/* Two files of one router that showed no key but a MAC on the near side; now it shows one.
 * Where the far address may have been given to somebody else meanwhile, its file is not
 * touched. */
static void test_begins_to_show_keys(void **state)
{
	uint32_t near = met("10.1.1.1", "r", M1, 11), far = met("10.2.1.1", "r", NULL, 12);
	uint32_t host = met("10.3.1.1", "h", M2, 13), beside = met("10.3.1.2", "h", NULL, 14);
	uint32_t kept = met("10.4.1.1", "w", NULL, 15),
		 wanders = met("10.5.1.1", "w", NULL, 16);

	(void)state;
	known(11, 1, NULL, M1);
	known(12, 1, NULL, NULL);
	known(13, 1, NULL, M2);
	known(14, 1, NULL, NULL);
	known(15, 1, "w", NULL);
	known(16, 1, NULL, NULL);
	identity_endpoint_restless(identity, wanders);
	assert_int_equal(resolve(), 0);
	assert_true(asset(near) == 11 && asset(far) == 11);
	assert_true(asset(host) == 13 && asset(beside) == 13);
	assert_true(asset(kept) == 15 && asset(wanders) == 15);
	assert_int_equal(n_merges(), 1);
}

/* An asset of two addresses, of which 198.18.1.1 was met by a MAC, shows another MAC at the
 * other one. */
static int64_t another_mac_at(const char *address)
{
	const struct addr first = at("198.18.1.1");
	uint32_t silent, e;

	known(11, 2, "A", "00:00:0c:00:00:01");
	e = met(address, NULL, "00:00:0c:00:00:02", 11);
	silent = identity_known_address(identity, 11, &first, false);
	assert_true(identity_known_sighting(
		identity, silent, key("mac", "00:00:0c:00:00:01", MAC)));
	resolve();
	return asset(e);
}

/* A router has a MAC in each network: one that was not heard before is in nobody's place. In
 * the network of the one that was, it is another thing's. */
static void test_a_mac_in_each_network(void **state)
{
	(void)state;
	assert_int_equal(another_mac_at("198.18.0.1"), 11);
	teardown(NULL);
	setup(NULL);
	assert_int_not_equal(another_mac_at("198.18.1.2"), 11);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_dhcp_swap),
		CASE(test_cloned_pair),
		CASE(test_card_replaced),
		CASE(test_pair_with_service_address),
		CASE(test_front_of_two),
		CASE(test_router_answers_for_a_network),
		CASE(test_limits_of_answering_for_others),
		CASE(test_image_in_one_network),
		CASE(test_serial_numbers_veto),
		CASE(test_serial_numbers_of_two_makers),
		CASE(test_device_certificates),
		CASE(test_claims_propose),
		CASE(test_weights_add_up),
		CASE(test_taken_apart),
		CASE(test_by_hand_outranks),
		CASE(test_retired),
		CASE(test_left_addresses),
		CASE(test_shared_key_in_place_of_own),
		CASE(test_order_does_not_matter),
		CASE(test_compare_only),
		CASE(test_begins_to_show_keys),
		CASE(test_answered_for_stays_one),
		CASE(test_a_mac_in_each_network),
	};

	return RUN(tests);
}
