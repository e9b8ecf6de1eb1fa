/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Agents that tell their forwarding tables by VLAN, and their neighbours by LLDP's second MIB.
 */
#include "tests/unit/scanner/protocol/walk_check.h"

#define VLAN_STATE "1.3.6.1.4.1.9.9.46.1.3.1.1.2.1."

/* A bridge that tells its forwarding table by VLAN: each has port numbers of its own. */
static void agent_by_vlan(void)
{
	agent_system_group(&agent);
	agent_interfaces(&agent);
	agent_number(&agent, VLAN_STATE "1", 1);
	agent_number(&agent, VLAN_STATE "10", 1);
	agent_number(&agent, VLAN_STATE "20", 2); /* suspended */
	agent_number(&agent, VLAN_STATE "30", 1);
	agent_number(&agent, VLAN_STATE "1002", 1); /* FDDI's */
	agent_number(&agent, BRIDGE "1.4.1.2.101", 1);
	agent_number(&agent, BRIDGE "4.3.1.2.2.0.0.0.0.1", 101);
	agent_number(&agent, BRIDGE "4.3.1.3.2.0.0.0.0.1", 3);
	agent_add(&agent, CDP "4.1.1", BER_OCTETS, "\xc6\x12\0\x0c", 4);
	agent_number(&agent, CDP "3.1.1", 1);
	agent_text(&agent, CDP "6.1.1", "core");
	agent.part = 10;
	agent_number(&agent, BRIDGE "1.4.1.2.101", 2);
	agent_number(&agent, BRIDGE "4.3.1.2.2.0.0.0.0.16", 101);
	agent_number(&agent, BRIDGE "4.3.1.3.2.0.0.0.0.16", 3);
	agent.part = 20;
	agent_number(&agent, BRIDGE "4.3.1.2.2.0.0.0.0.32", 101);
	agent_number(&agent, BRIDGE "4.3.1.3.2.0.0.0.0.32", 3);
	agent.part = 30;
	agent_number(&agent, BRIDGE "4.3.1.2.2.0.0.0.0.48", 101);
	agent_number(&agent, BRIDGE "4.3.1.3.2.0.0.0.0.48", 3);
	agent.part = 0;
	agent_sort(&agent);
}

static void forwarding_by_vlan(void **state)
{
	static const struct {
		uint32_t index, vlan;
		uint8_t last;
	} expected[] = {{1, 0, 1}, {2, 10, 16}, {0, 30, 48}};
	const struct login logins[] = {community("so-called"), user(LOGIN_SHA1, LOGIN_AES128)};

	(void)state;
	for (size_t l = 0; l < ARRAY_SIZE(logins); l++) {
		_cleanup_(walk_freep) struct walk *walk = NULL;
		struct walk_tables t;

		begin(&logins[l]);
		agent_by_vlan();
		agent.has_parts = true;
		walk = walked(&logins[l], true);
		t = walk_tables(walk);
		assert_int_equal(walk_state(walk), WALK_READ);
		assert_true(t.fdb_whole && t.lldp_whole && t.cdp_whole);
		assert_int_equal(t.n_stations, ARRAY_SIZE(expected));
		for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
			assert_int_equal(t.stations[i].index, expected[i].index);
			assert_int_equal(t.stations[i].vlan, expected[i].vlan);
			assert_int_equal(t.stations[i].mac.bytes[5], expected[i].last);
		}
	}
}

/* What was read without them stands, and it is told that something is missing. */
static void vlans_that_nobody_may_ask(void **state)
{
	const struct login logins[] = {community("so-called"), user(LOGIN_SHA1, LOGIN_AES128)};
	/* A report ends it at once, silence after every try. */
	const unsigned int most[] = {2 * WALK_TRIES, 1};

	(void)state;
	for (size_t l = 0; l < ARRAY_SIZE(logins); l++) {
		_cleanup_(walk_freep) struct walk *walk = NULL;
		struct walk_tables t;

		begin(&logins[l]);
		agent_by_vlan();
		walk = walked(&logins[l], true);
		t = walk_tables(walk);
		assert_int_equal(walk_state(walk), WALK_CUT);
		assert_false(t.fdb_whole);
		assert_true(t.lldp_whole && t.cdp_whole);
		assert_int_equal(t.n_stations, 1);
		assert_int_equal(t.n_neighbours, 1);
		assert_in_range(agent.asked_parts, 1, most[l]);
	}
}

/* Beyond the bound, and not where an agent is asked about itself alone. */
static void bound_of_vlans(void **state)
{
	const struct login login = community("so-called");
	struct walk *walk;
	char oid[64];

	(void)state;
	begin(&login);
	agent_system_group(&agent);
	for (unsigned int i = 2; i < WALK_VLANS_MAX + 12; i++) {
		snprintf(oid, sizeof(oid), VLAN_STATE "%u", i);
		agent_number(&agent, oid, 1);
	}
	agent_sort(&agent);
	agent.has_parts = true;
	walk = walked(&login, true);
	assert_int_equal(walk_state(walk), WALK_CUT);
	assert_false(walk_tables(walk).fdb_whole);
	assert_int_equal(agent.asked_parts, 2 * WALK_VLANS_MAX);
	walk_free(walk);
	agent.asked_parts = 0;
	walk = walked(&login, false);
	assert_int_equal(walk_state(walk), WALK_READ);
	assert_int_equal(agent.asked_parts, 0);
	walk_free(walk);
}

/* Where the older tables have no rows; ports are interfaces there. */
static void neighbours_by_lldp_v2(void **state)
{
	const struct login login = community("so-called");
	_cleanup_(walk_freep) struct walk *walk = NULL;
	const struct walk_neighbour *neighbour;

	(void)state;
	begin(&login);
	agent_system_group(&agent);
	agent_interfaces(&agent);
	agent_lldp_v2(&agent);
	agent_number(&agent, LLDP_V2 "1.1.5.0.2.9", 4); /* an index that is too short */
	agent_sort(&agent);
	walk = walked(&login, true);
	assert_int_equal(walk_state(walk), WALK_READ);
	assert_int_equal(walk_tables(walk).n_neighbours, 1);
	neighbour = walk_tables(walk).neighbours;
	assert_false(neighbour->cdp);
	assert_int_equal(neighbour->index, 2);
	assert_string_equal(neighbour->port, "Gi0/2");
	assert_string_equal(neighbour->name, "edge7");
	assert_string_equal(neighbour->peer_port, "ge-0/0/7");
	assert_int_equal(neighbour->chassis.bytes[5], 0x77);
	assert_string_equal(address(&neighbour->addr), "198.18.0.77");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(forwarding_by_vlan),
		cmocka_unit_test(vlans_that_nobody_may_ask), cmocka_unit_test(bound_of_vlans),
		cmocka_unit_test(neighbours_by_lldp_v2)};

	return cmocka_run_group_tests(tests, prepare, finish);
}
