/* SPDX-License-Identifier: Apache-2.0 */
/* Who is connected to whom, from what agents say: small networks, whose cables are known. */
#include "tests/unit/unit.h"

#include "common/cleanup.h"
#include "scanner/campaign/wiring.h"

#include <stdio.h>

#define ROWS 128

/* One agent and what it says. */
struct says {
	const char *addr, *engine;
	struct walk_interface interfaces[ROWS];
	struct walk_address addresses[ROWS];
	struct walk_arp arps[ROWS];
	struct walk_station stations[ROWS];
	struct walk_neighbour neighbours[ROWS];
	struct walk_member members[ROWS];
	size_t n_interfaces, n_addresses, n_arps, n_stations, n_neighbours, n_members;
	bool partly; /* some of its tables are missing */
};

static struct addr host(const char *text)
{
	struct addr addr = {0};

	assert_int_equal(addr_parse(text, &addr, NULL), 0);
	return addr;
}

static struct mac card(unsigned int number)
{
	return (struct mac){{0x00, 0x1b, 0x1b, 0, (uint8_t)(number >> 8), (uint8_t)number}};
}

static void interface(struct says *s, uint32_t index, const char *name, unsigned int mac)
{
	struct walk_interface *row = &s->interfaces[s->n_interfaces++];

	row->index = index;
	snprintf(row->name, sizeof(row->name), "%s", name);
	if (mac)
		row->mac = card(mac);
}

static void own(struct says *s, const char *addr)
{
	s->addresses[s->n_addresses++] = (struct walk_address){1, host(addr)};
}

static void arp(struct says *s, const char *addr, unsigned int mac)
{
	s->arps[s->n_arps++] = (struct walk_arp){1, host(addr), card(mac)};
}

static void learnt(struct says *s, uint32_t index, unsigned int mac)
{
	s->stations[s->n_stations++] = (struct walk_station){index, 1, card(mac)};
}

static void announced(struct says *s, const char *port, unsigned int chassis, const char *addr,
	const char *peer_port)
{
	struct walk_neighbour *row = &s->neighbours[s->n_neighbours++];

	snprintf(row->port, sizeof(row->port), "%s", port);
	snprintf(row->peer_port, sizeof(row->peer_port), "%s", peer_port);
	if (chassis)
		row->chassis = card(chassis);
	if (addr)
		row->addr = host(addr);
}

/* ---- what is told, as lines -------------------------------------------------------------- */

static char told[16384];

__attribute__((format(printf, 1, 2))) static void tell(const char *format, ...)
{
	size_t used = strlen(told);
	va_list rest;

	va_start(rest, format);
	vsnprintf(told + used, sizeof(told) - used, format, rest);
	va_end(rest);
}

static bool meant(void *context, const struct addr *addr)
{
	(void)context;
	return addr->family == 4 && addr->bytes[0] == 198 && addr->bytes[1] == 18;
}

static int station(void *context, const struct addr *addr, const struct mac *mac)
{
	char text[ADDR_TEXT_MAX], card_text[MAC_TEXT_MAX];

	(void)context;
	tell("%s has %s\n", addr_format(addr, text), mac_format(mac, card_text));
	return 0;
}

static int link_of(void *context, const struct addr *a, const char *port, const struct addr *b,
	const char *peer_port, const char *source)
{
	char one[ADDR_TEXT_MAX], other[ADDR_TEXT_MAX];

	(void)context;
	tell("%s(%s) - %s(%s) %s\n", addr_format(a, one), port, addr_format(b, other),
		peer_port, source);
	return 0;
}

static int aliases(void *context, const struct addr *addrs, size_t n)
{
	char text[ADDR_TEXT_MAX];

	(void)context;
	tell("one:");
	for (size_t i = 0; i < n; i++)
		tell(" %s", addr_format(&addrs[i], text));
	tell("\n");
	return 0;
}

static const struct wiring_listener listener = {meant, station, link_of, aliases, NULL};

static void add(struct wiring *w, const struct says *s)
{
	const struct addr addr = host(s->addr);
	const struct walk_tables tables = {.fdb_whole = !s->partly,
		.lldp_whole = !s->partly,
		.cdp_whole = !s->partly,
		.interfaces = s->interfaces,
		.addresses = s->addresses,
		.arps = s->arps,
		.stations = s->stations,
		.neighbours = s->neighbours,
		.members = s->members,
		.n_interfaces = s->n_interfaces,
		.n_addresses = s->n_addresses,
		.n_arps = s->n_arps,
		.n_stations = s->n_stations,
		.n_neighbours = s->n_neighbours,
		.n_members = s->n_members};

	assert_true(wiring_add(w, &addr, s->engine, &tables));
}

/* The same whatever was read first. */
static struct wiring_counts expect(const struct says *says, size_t n, const char *expected)
{
	struct wiring_counts counts = {0};

	for (int turn = 0; turn < 2; turn++) {
		_cleanup_(wiring_freep) struct wiring *w = wiring_new();

		told[0] = '\0';
		for (size_t i = 0; i < n; i++)
			add(w, &says[turn ? n - 1 - i : i]);
		assert_int_equal(wiring_tell(w, &listener, &counts), 0);
		assert_string_equal(told, expected);
	}
	return counts;
}

/* ---- tests ------------------------------------------------------------------------------- */

/* A router with two networks, and a switch in one of them: host 10 on the switch, host 20
 * behind the router's other port. */
static void test_a_switch_and_a_router(void **state)
{
	static struct says says[2] = {{.addr = "198.18.1.1"}, {.addr = "198.18.1.2"}};

	(void)state;
	interface(&says[0], 1, "eth0", 1);
	interface(&says[0], 2, "eth1", 2);
	arp(&says[0], "198.18.1.2", 5);
	arp(&says[0], "198.18.1.10", 10);
	arp(&says[0], "198.18.2.20", 20);
	interface(&says[1], 1, "ge-0/0/1", 0);
	interface(&says[1], 2, "ge-0/0/2", 0);
	interface(&says[1], 9, "vlan1", 5);
	learnt(&says[1], 1, 1);
	learnt(&says[1], 2, 10);
	learnt(&says[1], 2, 10); /* in another VLAN as well */
	learnt(&says[1], 2, 99); /* of which no address is known */
	learnt(&says[1], 2, 5);	 /* its own */
	assert_int_equal(expect(says, 2,
				 "198.18.1.2 has 00:1b:1b:00:00:05\n"
				 "198.18.1.10 has 00:1b:1b:00:00:0a\n"
				 "198.18.2.20 has 00:1b:1b:00:00:14\n"
				 "198.18.1.2(ge-0/0/1) - 198.18.1.1() fdb\n"
				 "198.18.1.2(ge-0/0/2) - 198.18.1.10() fdb\n")
				 .nameless,
		1);
}

static void test_neighbours_that_announce_themselves(void **state)
{
	static struct says says[2] = {{.addr = "198.18.1.2"}, {.addr = "198.18.1.3"}};
	struct wiring_counts counts;

	(void)state;
	interface(&says[0], 1, "1", 2);
	interface(&says[0], 2, "2", 0);
	interface(&says[1], 1, "A", 3);
	announced(&says[0], "1", 3, NULL, "A");		  /* known by its MAC */
	announced(&says[0], "2", 0, "198.18.1.40", "eth0"); /* by what it says */
	announced(&says[0], "7", 77, NULL, "?");	  /* not at all */
	announced(&says[0], "8", 0, "192.0.2.1", "?");	  /* nor is this one meant */
	arp(&says[1], "198.18.1.50", 50);
	learnt(&says[0], 2, 50); /* is behind the neighbour on that port */
	counts = expect(says, 2,
		"198.18.1.50 has 00:1b:1b:00:00:32\n"
		"198.18.1.2(1) - 198.18.1.3(A) lldp\n"
		"198.18.1.2(2) - 198.18.1.40(eth0) lldp\n");
	assert_int_equal(counts.nameless, 2);
	assert_int_equal(counts.links, 2);
}

/* A - B - C, and a station at either end; nobody announces himself. */
static void test_three_bridges_in_a_row(void **state)
{
	static struct says says[3] = {
		{.addr = "198.18.1.1"}, {.addr = "198.18.1.2"}, {.addr = "198.18.1.3"}};

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		interface(&says[i], 1, "left", 0);
		interface(&says[i], 2, "right", 0);
		interface(&says[i], 3, "bridge", 1 + i);
	}
	arp(&says[1], "198.18.1.11", 11);
	arp(&says[1], "198.18.1.13", 13);
	learnt(&says[0], 1, 11);
	for (unsigned int i = 2; i <= 3; i++)
		learnt(&says[0], 2, i);
	learnt(&says[0], 2, 13);
	learnt(&says[1], 1, 1);
	learnt(&says[1], 1, 11);
	learnt(&says[1], 2, 3);
	learnt(&says[1], 2, 13);
	learnt(&says[2], 1, 1);
	learnt(&says[2], 1, 2);
	learnt(&says[2], 1, 11);
	learnt(&says[2], 2, 13);
	expect(says, 3,
		"198.18.1.11 has 00:1b:1b:00:00:0b\n"
		"198.18.1.13 has 00:1b:1b:00:00:0d\n"
		"198.18.1.1(right) - 198.18.1.2(left) fdb\n"
		"198.18.1.1(left) - 198.18.1.11() fdb\n"
		"198.18.1.2(left) - 198.18.1.1(right) fdb\n"
		"198.18.1.2(right) - 198.18.1.3(left) fdb\n"
		"198.18.1.3(left) - 198.18.1.2(right) fdb\n"
		"198.18.1.3(right) - 198.18.1.13() fdb\n");
}

static void test_who_answers_for_others_is_not_believed(void **state)
{
	static struct says says[2] = {{.addr = "198.18.1.1"}, {.addr = "198.18.1.2"}};
	char text[ADDR_TEXT_MAX];

	(void)state;
	for (int i = 0; i <= WIRING_ADDRESSES_MAX; i++) {
		snprintf(text, sizeof(text), "198.18.2.%d", i + 1);
		arp(&says[0], text, 70); /* a proxy */
	}
	arp(&says[0], "198.18.1.30", 30); /* two say this of it ... */
	arp(&says[1], "198.18.1.30", 31); /* ... and that */
	arp(&says[1], "198.18.1.40", 40);
	arp(&says[1], "192.0.2.4", 41); /* is not meant */
	interface(&says[0], 1, "vlan1", 90); /* one MAC of both: a virtual router's */
	interface(&says[1], 1, "vlan1", 90);
	interface(&says[1], 2, "2", 0);
	learnt(&says[1], 2, 70);
	learnt(&says[1], 2, 90);
	assert_int_equal(expect(says, 2, "198.18.1.40 has 00:1b:1b:00:00:28\n").nameless, 2);
}

static void test_one_agent_at_two_addresses(void **state)
{
	static struct says says[3] = {{.addr = "198.18.1.1", .engine = "80001f88"},
		{.addr = "198.18.2.1", .engine = "80001f88"}, {.addr = "198.18.1.2"}};

	(void)state;
	for (int i = 0; i < 2; i++) {
		own(&says[i], "198.18.2.1");
		own(&says[i], "198.18.1.1");
		own(&says[i], "127.0.0.1");
		own(&says[i], "192.0.2.1");
		interface(&says[i], 1, "eth0", 1);
	}
	interface(&says[2], 4, "4", 0);
	learnt(&says[2], 4, 1);
	expect(says, 3,
		"198.18.1.2(4) - 198.18.1.1() fdb\n"
		"one: 198.18.1.1 198.18.2.1\n");
}

static void test_a_crowded_port(void **state)
{
	static struct says says[1] = {{.addr = "198.18.1.1"}};
	char text[ADDR_TEXT_MAX];
	struct wiring_counts counts;
	_cleanup_(wiring_freep) struct wiring *w = wiring_new();

	(void)state;
	interface(&says[0], 1, "1", 0);
	for (unsigned int i = 0; i <= WIRING_STATIONS_MAX; i++) {
		struct addr addr;
		struct mac mac = card(100 + i);

		snprintf(text, sizeof(text), "198.18.3.%u", i + 1);
		addr = host(text);
		assert_true(wiring_met(w, &addr, &mac));
		learnt(&says[0], 1, 100 + i);
	}
	add(w, says);
	told[0] = '\0';
	assert_int_equal(wiring_tell(w, &listener, &counts), 0);
	assert_string_equal(told, "");
	assert_int_equal(counts.crowded, 1);
}

/* What we met ourselves goes before what a table says. */
static void test_own_knowledge_goes_first(void **state)
{
	static struct says says[1] = {{.addr = "198.18.1.1"}};
	const struct addr addr = host("198.18.1.20");
	const struct mac mac = card(20);
	struct wiring_counts counts;
	_cleanup_(wiring_freep) struct wiring *w = wiring_new();

	(void)state;
	assert_true(wiring_met(w, &addr, &mac));
	arp(&says[0], "198.18.1.9", 20);
	interface(&says[0], 5, "5", 0);
	learnt(&says[0], 5, 20);
	add(w, says);
	told[0] = '\0';
	assert_int_equal(wiring_tell(w, &listener, &counts), 0);
	assert_string_equal(told,
		"198.18.1.1(5) - 198.18.1.20() fdb\n");
}

static int refuse(void *context, const struct addr *a, const char *port, const struct addr *b,
	const char *peer_port, const char *source)
{
	(void)context, (void)a, (void)port, (void)b, (void)peer_port, (void)source;
	return ERROR_SYSTEM;
}

static void test_a_refusal_is_returned(void **state)
{
	static struct says says[1] = {{.addr = "198.18.1.1"}};
	const struct wiring_listener refusing = {meant, station, refuse, aliases, NULL};
	struct wiring_counts counts;
	_cleanup_(wiring_freep) struct wiring *w = wiring_new();

	(void)state;
	announced(&says[0], "1", 0, "198.18.1.2", "1");
	add(w, says);
	assert_int_equal(wiring_tell(w, &refusing, &counts), ERROR_SYSTEM);
}

static void test_room(void **state)
{
	_cleanup_(wiring_freep) struct wiring *w = wiring_new();
	const struct mac mac = card(1);

	(void)state;
	for (uint32_t i = 0; i < WIRING_ROWS_MAX; i++) {
		const struct addr addr = addr_v4(i);

		assert_true(wiring_met(w, &addr, &mac));
	}
	assert_false(wiring_met(w, &(struct addr){4, {0}}, &mac));
}

/* A - B - C as before, but of B a part is missing: B tells nothing, and nobody claims what is
 * behind it. */
static void test_a_bridge_that_was_cut(void **state)
{
	static struct says says[3] = {{.addr = "198.18.1.1"},
		{.addr = "198.18.1.2", .partly = true}, {.addr = "198.18.1.3"}};

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		interface(&says[i], 1, "left", 0);
		interface(&says[i], 2, "right", 0);
		interface(&says[i], 3, "bridge", 1 + i);
	}
	arp(&says[0], "198.18.1.12", 12);
	learnt(&says[0], 2, 2);
	learnt(&says[0], 2, 12);
	learnt(&says[1], 2, 12);
	learnt(&says[2], 1, 2);
	learnt(&says[2], 1, 12);
	expect(says, 3,
		"198.18.1.12 has 00:1b:1b:00:00:0c\n"
		"198.18.1.1(right) - 198.18.1.2() fdb\n"
		"198.18.1.3(left) - 198.18.1.2() fdb\n");
}

/* The same of one that did not let anybody read it. */
static void test_an_agent_that_was_not_read(void **state)
{
	static struct says says[1] = {{.addr = "198.18.1.1"}};
	const struct addr unread = host("198.18.1.2");
	struct wiring_counts counts;
	_cleanup_(wiring_freep) struct wiring *w = wiring_new();

	(void)state;
	interface(&says[0], 2, "right", 0);
	arp(&says[0], "198.18.1.2", 2);
	arp(&says[0], "198.18.1.12", 12);
	learnt(&says[0], 2, 2);
	learnt(&says[0], 2, 12);
	add(w, says);
	assert_true(wiring_unread(w, &unread));
	told[0] = '\0';
	assert_int_equal(wiring_tell(w, &listener, &counts), 0);
	assert_string_equal(told,
		"198.18.1.2 has 00:1b:1b:00:00:02\n"
		"198.18.1.12 has 00:1b:1b:00:00:0c\n"
		"198.18.1.1(right) - 198.18.1.2() fdb\n");
}

/* A neighbour by the number of the port, on a port that is a part of another one; and one of
 * whom no address is known, alone on its port. */
static void test_ports_of_neighbours(void **state)
{
	static struct says says[1] = {{.addr = "198.18.1.1"}};

	(void)state;
	interface(&says[0], 1, "ge-1", 0);
	interface(&says[0], 2, "ge-2", 0);
	interface(&says[0], 9, "ae0", 0);
	says[0].members[says[0].n_members++] = (struct walk_member){1, 9};
	announced(&says[0], "uplink", 0, "198.18.1.40", "1");
	says[0].neighbours[0].index = 1;
	arp(&says[0], "198.18.1.50", 50);
	learnt(&says[0], 9, 50); /* behind the neighbour */
	announced(&says[0], "ge-2", 0, NULL, "port-001");
	arp(&says[0], "198.18.1.60", 60);
	learnt(&says[0], 2, 60); /* is the neighbour */
	assert_int_equal(expect(says, 1,
				 "198.18.1.50 has 00:1b:1b:00:00:32\n"
				 "198.18.1.60 has 00:1b:1b:00:00:3c\n"
				 "198.18.1.1(uplink) - 198.18.1.40(1) lldp\n"
				 "198.18.1.1(ge-2) - 198.18.1.60() fdb\n")
				 .nameless,
		1);
}

/* An address that two have is neither's alias; who does not have the one he was read at is
 * behind a translator. */
static void test_aliases_in_doubt(void **state)
{
	static struct says says[3] = {
		{.addr = "198.18.1.1"}, {.addr = "198.18.1.2"}, {.addr = "198.18.1.3"}};

	(void)state;
	own(&says[0], "198.18.1.1");
	own(&says[0], "198.18.1.9");
	own(&says[0], "198.18.2.1");
	own(&says[1], "198.18.1.2");
	own(&says[1], "198.18.1.9");
	own(&says[2], "198.18.7.1");
	own(&says[2], "198.18.7.2");
	expect(says, 3, "one: 198.18.1.1 198.18.2.1\n");
}

/* Switches that all see each other, more than are compared: no link follows, and that is
 * told. */
static void test_very_many_bridges(void **state)
{
	static struct says says;
	_cleanup_(wiring_freep) struct wiring *w = wiring_new();
	struct wiring_counts counts;
	char text[ADDR_TEXT_MAX];

	(void)state;
	assert_true(127 * 126 < WIRING_SIGHTS_MAX && 129 * 128 > WIRING_SIGHTS_MAX);
	for (unsigned int i = 1; i <= 129; i++) {
		memset(&says, 0, sizeof(says));
		snprintf(text, sizeof(text), "198.18.1.%u", i);
		says.addr = text;
		interface(&says, 1, "1", i);
		for (unsigned int k = 1; k <= 129; k++)
			if (k != i && says.n_stations < ROWS)
				learnt(&says, 1, k);
		add(w, &says);
	}
	told[0] = '\0';
	assert_int_equal(wiring_tell(w, &listener, &counts), 0);
	assert_true(counts.full);
	assert_string_equal(told, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_switch_and_a_router),
		cmocka_unit_test(test_neighbours_that_announce_themselves),
		cmocka_unit_test(test_three_bridges_in_a_row),
		cmocka_unit_test(test_who_answers_for_others_is_not_believed),
		cmocka_unit_test(test_one_agent_at_two_addresses),
		cmocka_unit_test(test_a_bridge_that_was_cut),
		cmocka_unit_test(test_an_agent_that_was_not_read),
		cmocka_unit_test(test_ports_of_neighbours),
		cmocka_unit_test(test_aliases_in_doubt),
		cmocka_unit_test(test_very_many_bridges),
		cmocka_unit_test(test_a_crowded_port),
		cmocka_unit_test(test_own_knowledge_goes_first),
		cmocka_unit_test(test_a_refusal_is_returned),
		cmocka_unit_test(test_room),
	};

	return RUN(tests);
}
