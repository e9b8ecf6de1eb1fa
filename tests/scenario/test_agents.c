/* SPDX-License-Identifier: Apache-2.0 */
/* Reading SNMP agents within a campaign: whom, when, how fast, and what is made of what they
 * say. */
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "tests/scenario/network.h"

#include <stdio.h>

static struct cidr targets[1];

/* Stands in for walk_run(): what it was asked to do, and a router's and a switch's tables. */
static struct {
	struct addr addrs[16];
	size_t n, calls;
	struct walk_options asked; /* borrowed pointers are gone */
	bool denied;		   /* whether it was denied 198.18.8.2 */
	bool stop, cut, many;
} walked;

static struct mac card(uint8_t number)
{
	return (struct mac){{0x00, 0x1b, 0x1b, 0, 0, number}};
}

static int say_router(
	const struct walk_options *o, const struct reading *reading, struct error *reterr)
{
	static const struct addr own[] = {{4, {198, 18, 8, 1}}, {4, {198, 18, 9, 1}}};
	const struct walk_interface interfaces[] = {{1, "eth0", card(1)}};
	const struct walk_address addresses[] = {{1, own[0]}, {2, own[1]}};
	const struct walk_arp arps[] = {{1, {4, {198, 18, 8, 2}}, card(2)},
		{1, {4, {198, 18, 8, 10}}, card(10)}, {1, {4, {198, 18, 8, 11}}, card(11)},
		{1, {4, {198, 18, 77, 1}}, card(77)}, {1, {4, {198, 18, 8, 12}}, card(12)},
		{1, {4, {198, 18, 8, 13}}, card(10)}};
	/* One twice, one by both protocols, one that is silent, one that is no target. */
	const struct walk_neighbour neighbours[] = {
		{.cdp = true, .port = "eth0", .addr = {4, {198, 18, 8, 2}}, .said = 2},
		{.cdp = true, .port = "eth9", .addr = {4, {198, 18, 8, 2}}, .said = 1},
		{.port = "eth0", .addr = {4, {198, 18, 8, 2}}, .said = 1},
		{.port = "eth1", .addr = {4, {198, 18, 8, 10}}},
		{.port = "eth1", .addr = {4, {198, 18, 8, 14}}, .said = 1},
		{.port = "eth1", .addr = {4, {198, 18, 77, 1}}, .said = 1},
		{.port = "eth1", .said = 1}};
	const struct walk_said said[] = {
		{"A switch that says little", ""}, {"Software 15", "cisco WS-C2960X"}};
	const struct walk_tables tables = {
		.fdb_whole = !walked.cut, /* and of neighbours only a part */
		.neighbours = neighbours,
		.n_neighbours = ARRAY_SIZE(neighbours),
		.said = said,
		.n_said = ARRAY_SIZE(said),
		.interfaces = interfaces,
		.n_interfaces = 1,
		.addresses = addresses,
		.n_addresses = 2,
		.arps = arps,
		.n_arps = ARRAY_SIZE(arps)};

	return o->read(o->context, &own[0], &tables, reading, reterr);
}

/* 198.18.8.20 and so on, all of them neighbours of one that has nothing else to say. */
#define MANY 130

static int say_many(
	const struct walk_options *o, const struct reading *reading, struct error *reterr)
{
	static struct walk_neighbour neighbours[MANY];
	const struct walk_said said = {"Phone", ""};
	const struct walk_tables tables = {
		.neighbours = neighbours, .n_neighbours = MANY, .said = &said, .n_said = 1};
	const struct addr self = {4, {198, 18, 8, 1}};

	for (uint8_t i = 0; i < MANY; i++)
		neighbours[i] = (struct walk_neighbour){
			.addr = {4, {198, 18, 8, (uint8_t)(20 + i)}}, .said = 1};
	return o->read(o->context, &self, &tables, reading, reterr);
}

static int say_switch(
	const struct walk_options *o, const struct reading *reading, struct error *reterr)
{
	const struct addr self = {4, {198, 18, 8, 2}};
	const struct walk_interface interfaces[] = {
		{1, "1", {{0}}}, {2, "2", {{0}}}, {9, "vlan", card(2)}};
	const struct walk_station stations[] = {
		{1, 1, card(1)}, {2, 1, card(10)}, {2, 1, card(12)}};
	const struct walk_tables tables = {.fdb_whole = !walked.cut,
		.lldp_whole = !walked.cut,
		.interfaces = interfaces,
		.n_interfaces = 3,
		.stations = stations,
		.n_stations = 3};

	return o->read(o->context, &self, &tables, reading, reterr);
}

static int fake_walk(const struct addr *addrs, size_t n, const struct walk_options *o,
	const struct observation_sink *sink, struct walk_counts *ret_counts,
	struct error *reterr)
{
	static struct reading reading;
	int r = 0;

	(void)sink;
	walked.calls++;
	walked.asked = *o;
	walked.denied =
		o->denied && addr_set_has(o->denied, &(struct addr){4, {198, 18, 8, 2}});
	*ret_counts = (struct walk_counts){.agents = n, .read = n};
	for (size_t i = 0; i < n; i++)
		walked.addrs[walked.n++] = addrs[i];
	if (walked.stop)
		return o->progress(o->context, 0, n) ? 0 : -1;
	for (size_t i = 0; r == 0 && i < n; i++) {
		reading_clear(&reading);
		if (addrs[i].bytes[3] == 1 && addrs[i].bytes[2] == 8) {
			reading_key(&reading, "snmp.engineid", "80001f88", 8);
			r = (walked.many ? say_many : say_router)(o, &reading, reterr);
		} else if (addrs[i].bytes[3] == 2) {
			r = say_switch(o, &reading, reterr);
		}
	}
	return r;
}

static const struct login logins[] = {
	{.cidr = {{4, {198, 18, 8, 0}}, 29}, .kind = LOGIN_COMMUNITY, .name = "lab"},
	{.cidr = {{4, {198, 18, 9, 1}}, 32}, .kind = LOGIN_COMMUNITY, .name = "lab"}};

/* 198.18.8.1, .2, .10 and 198.18.9.1 answer; .11 and .12 say nothing. */
static struct found *play_many(enum scan_profile profile, const struct cidr *excluded,
	size_t n_logins, bool cut, bool (*stopped)(void *, uint64_t), bool many)
{
	static const char *const prefixes[] = {"198.18.0.0/15"};
	static const uint16_t web[] = {443};
	const struct addr path[] = {host(GATEWAY)};
	struct replay_host hosts[5 + MANY] = {gateway()};
	static const char *const names[] = {
		"198.18.8.1", "198.18.8.2", "198.18.8.10", "198.18.9.1"};
	struct scene scene = {.plan = {.targets = targets,
				      .n_targets = 1,
				      .profile = profile,
				      .tcp_ports = web,
				      .n_tcp_ports = 1,
				      .excludes = excluded,
				      .n_excludes = excluded ? 1 : 0,
				      .logins = logins,
				      .n_logins = n_logins,
				      .scope = grants(prefixes, 1)},
		.network = {.hosts = hosts, .n_hosts = many ? 5 + MANY : 5, .seed = 1},
		.stopped = stopped,
		.walk = fake_walk};
	struct found *found;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		hosts[i + 1] = behind(names[i]);
		hosts[i + 1].open = web;
		hosts[i + 1].n_open = 1;
		hosts[i + 1].path = path;
		hosts[i + 1].n_path = 1;
	}
	for (unsigned int i = 0; i < MANY; i++) {
		char name[ADDR_TEXT_MAX];

		snprintf(name, sizeof(name), "198.18.8.%u", 20 + i);
		hosts[5 + i] = behind(name);
		hosts[5 + i].open = web;
		hosts[5 + i].n_open = 1;
	}
	targets[0] = net("198.18.8.0/23");
	memset(&walked, 0, sizeof(walked));
	walked.stop = stopped;
	walked.cut = cut;
	walked.many = many;
	found = play(&scene);
	scope_free((struct scope *)scene.plan.scope);
	counters_close(found);
	return found;
}

static struct found *play_with(enum scan_profile profile, const struct cidr *excluded,
	size_t n_logins, bool cut, bool (*stopped)(void *, uint64_t))
{
	return play_many(profile, excluded, n_logins, cut, stopped, false);
}

static bool asked_for(const char *text)
{
	const struct addr addr = host(text);

	for (size_t i = 0; i < walked.n; i++)
		if (addr_equal(&walked.addrs[i], &addr))
			return true;
	return false;
}

static bool has_link(const struct found *f, const char *a, const char *port, const char *b,
	const char *peer_port)
{
	const struct addr one = host(a), other = host(b);

	for (size_t i = 0; i < f->n_links; i++)
		if (addr_equal(&f->links[i].addr, &one) &&
			addr_equal(&f->links[i].peer, &other) &&
			strcmp(f->links[i].source, "fdb") == 0 &&
			strcmp(f->links[i].port, port) == 0 &&
			strcmp(f->links[i].peer_port, peer_port) == 0)
			return true;
	return false;
}

static void test_what_is_made_of_it(void **state)
{
	struct found *f;

	(void)state;
	f = play_with(SCAN_STANDARD, NULL, 2, false, NULL);
	assert_int_equal(walked.n, 3);
	assert_true(
		asked_for("198.18.8.1") && asked_for("198.18.8.2") && asked_for("198.18.9.1"));
	assert_true(walked.asked.everything);
	assert_int_equal(walked.asked.gap_us, CLOCK_SECOND / 40);
	assert_int_equal(
		walked.asked.gap_all_us, CLOCK_SECOND / 1000); /* what one network bears */
	assert_true(found_host(f, "198.18.8.11")); /* silent, but the router knows it */
	assert_true(found_host(f, "198.18.8.12"));
	assert_false(found_host(f, "198.18.77.1")); /* no target */
	assert_false(found_host(
		f, "198.18.8.13")); /* silent, and who had its MAC is elsewhere now */
	assert_int_equal(f->n_links, 3);
	assert_true(has_link(f, "198.18.8.2", "1", "198.18.8.1", ""));
	assert_true(has_link(f, "198.18.8.2", "2", "198.18.8.10", ""));
	assert_true(has_link(f, "198.18.8.2", "2", "198.18.8.12", ""));
	assert_string_equal(found_key(f, "198.18.8.1", "snmp.agent"), "198.18.8.1");
	assert_string_equal(found_key(f, "198.18.9.1", "snmp.agent"), "198.18.8.1");
	assert_int_equal(counter(f, "agents"), 3);
	assert_int_equal(counter(f, "agent_links"), 3);
	assert_int_equal(counter(f, "agent_stations"), 3);
}

/* Of a neighbour that was met, by the address that it tells: as if its frames had been
 * overheard. */
static void test_what_neighbours_say(void **state)
{
	const struct cidr excluded = {{4, {198, 18, 8, 2}}, 32};
	unsigned int n = 0;
	struct found *f;

	(void)state;
	f = play_with(SCAN_STANDARD, NULL, 2, false, NULL);
	for (size_t i = 0; i < f->n_facts; i++) {
		bool cdp = strcmp(f->facts[i].name, "cdp.software") == 0;

		if (!cdp && strcmp(f->facts[i].name, "lldp.description") != 0)
			continue;
		assert_string_equal(
			f->facts[i].value, cdp ? "Software 15" : "A switch that says little");
		assert_string_equal(f->facts[i].last, cdp ? "cdp" : "lldp");
		assert_int_equal(
			f->facts[i].n, cdp ? 5 : 2); /* platform, maker and model too */
		assert_true(addr_equal(&f->facts[i].addr, &(struct addr){4, {198, 18, 8, 2}}));
		n++;
	}
	assert_int_equal(n, 2);
	f = play_with(SCAN_STANDARD, &excluded, 2, false, NULL);
	assert_false(found_fact(f, "198.18.8.2", "cdp.software"));
}

/* Of so many of an agent, and no more. */
static void test_many_neighbours(void **state)
{
	struct found *f;
	unsigned int n = 0;

	(void)state;
	f = play_many(SCAN_STANDARD, NULL, 2, false, NULL, true);
	assert_true(found_host(f, "198.18.8.149"));
	for (size_t i = 0; i < f->n_facts; i++)
		n += strcmp(f->facts[i].name, "lldp.description") == 0;
	assert_int_equal(n, 128);
}

/* What is excluded is neither asked nor told of, whoever speaks of it. */
static void test_exclusions(void **state)
{
	const struct cidr excluded = {{4, {198, 18, 8, 2}}, 32};
	struct found *f;

	(void)state;
	f = play_with(SCAN_STANDARD, &excluded, 2, false, NULL);
	assert_int_equal(walked.n, 2);
	assert_false(asked_for("198.18.8.2"));
	assert_true(walked.denied);
	assert_false(found_host(f, "198.18.8.2"));
	assert_int_equal(f->n_links, 0);
}

/* Who told only a part may have left out what is still there: no link of it is told, none is
 * ended. */
static void test_an_agent_that_was_cut(void **state)
{
	struct found *f;

	(void)state;
	f = play_with(SCAN_STANDARD, NULL, 2, true, NULL);
	assert_int_equal(f->n_links, 0);
	assert_true(found_host(f, "198.18.8.11"));
}

static void test_safe(void **state)
{
	(void)state;
	play_with(SCAN_SAFE, NULL, 2, false, NULL);
	assert_int_equal(walked.n, 3);
	assert_false(walked.asked.everything);
	assert_int_equal(walked.asked.gap_us, CLOCK_SECOND / 2);
}

static void test_nobody_without_a_login(void **state)
{
	(void)state;
	play_with(SCAN_STANDARD, NULL, 0, false, NULL);
	assert_int_equal(walked.calls, 0);
}

static bool while_walking(void *context, uint64_t frames)
{
	(void)context, (void)frames;
	return walked.calls > 0;
}

static void test_a_stop(void **state)
{
	struct found *f;

	(void)state;
	f = play_with(SCAN_STANDARD, NULL, 2, false, while_walking);
	assert_int_equal(counter(f, "stopped"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_made_of_it),
		cmocka_unit_test(test_what_neighbours_say),
		cmocka_unit_test(test_many_neighbours),
		cmocka_unit_test(test_exclusions),
		cmocka_unit_test(test_an_agent_that_was_cut),
		cmocka_unit_test(test_safe),
		cmocka_unit_test(test_nobody_without_a_login),
		cmocka_unit_test(test_a_stop),
	};

	return RUN(tests);
}
