/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An IPv6 prefix of a link that cannot be walked: who is there is found by asking all, and
 * nobody is asked so where somebody on the link may not be.
 */
#include "tests/unit/unit.h"

#include "tests/scenario/network.h"

#define HIDDEN "2001:db8::7f3a:91c2:e5d4:6b08"  /* answers echoes to all */
#define MANUAL "2001:db8::42:17"		/* its group tells the last 24 bits */
#define STABLE "2001:db8::91c2:e5d4:6b08:1234" /* as its link-local one */
/* Of 02:00:00:00:00:09, but named otherwise on the link. */
#define OF_MAC "2001:db8::ff:fe00:9"
#define SECRET "2001:db8::1f2e:3d4c:5b6a:7988" /* reports, and cannot be guessed */

static const uint16_t web[] = {80, 443};

struct seen {
	uint64_t stations; /* questions to those of PROFINET */
	uint64_t echoes, queries, others; /* to multicast addresses */
	int64_t last_us, least_gap_us;
};

static void watch(
	const struct link_frame *frame, const struct frame *f, int64_t now_us, void *context)
{
	struct seen *seen = context;

	(void)frame;
	if (f->kind == FRAME_OTHER) {
		assert_int_equal(f->ethertype, 0x8892);
		assert_memory_equal(f->dst_mac.bytes, "\x01\x0e\xcf\0\0\0", 6);
		assert_memory_equal(f->payload, "\xfe\xfe\5\0", 4);
		assert_memory_equal(f->payload + 8, "\x01\x90\0\4\xff\xff\0\0", 8);
		seen->stations++;
	} else if (!addr_is_multicast(&f->dst) || f->icmp_type == 135) {
		return;
	} else {
		assert_int_equal(f->ttl, 1);
		assert_memory_equal(f->dst_mac.bytes, "\x33\x33\0\0\0\1", 6);
		seen->echoes += f->icmp_type == 128;
		seen->queries += f->icmp_type == 130;
		seen->others += f->icmp_type != 128 && f->icmp_type != 130;
	}
	if (seen->last_us &&
		(!seen->least_gap_us || now_us - seen->last_us < seen->least_gap_us))
		seen->least_gap_us = now_us - seen->last_us;
	seen->last_us = now_us;
}

static struct replay_host on_link(
	const char *addr, uint8_t number, const char *local, bool sociable)
{
	return (struct replay_host){.at = net(addr),
		.mac = {{2, 0, 0, 0, 0, number}},
		.on_link = true,
		.unsociable = !sociable,
		.local = local ? host(local) : (struct addr){0},
		.open = web,
		.n_open = 2,
		.unreachable = -1};
}

static struct replay_host hosts[8];
static struct cidr target;

static struct scene make_scene(enum scan_profile profile, const char *const *prefixes, size_t n)
{
	struct scene scene = {.plan = {.targets = &target,
				      .n_targets = 1,
				      .profile = profile,
				      .tcp_ports = web,
				      .n_tcp_ports = 2,
				      .scope = grants(prefixes, n)},
		.network = {.hosts = hosts, .n_hosts = 6, .seed = 5},
		.watch = watch};

	target = net("2001:db8::/64");
	hosts[0] = on_link(HIDDEN, 7, NULL, true);
	hosts[1] = on_link(MANUAL, 8, "fe80::aaaa:bbbb:cccc:1", false);
	hosts[2] = on_link(OF_MAC, 9, "fe80::aaaa:bbbb:cccc:2", false);
	hosts[3] = on_link(STABLE, 10, "fe80::91c2:e5d4:6b08:1234", false);
	hosts[4] = on_link(SECRET, 11, "fe80::aaaa:bbbb:cccc:3", false);
	hosts[5] = on_link("2001:db8::5", 5, NULL, true);
	hosts[5].on_link = false; /* this machine itself */
	return scene;
}

static const char *const all[] = {"2001:db8::/32"};

static void test_who_is_there(void **state)
{
	static const enum scan_profile profiles[] = {SCAN_STANDARD, SCAN_THOROUGH};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct scene scene = make_scene(profiles[i], all, 1);
		struct seen seen = {0};
		struct found *f;

		scene.context = &seen;
		scene.network.loss_permille = 20;
		f = play(&scene);
		counters_close(f);
		assert_true(found_port(f, HIDDEN, 80) && found_port(f, HIDDEN, 443));
		assert_true(found_port(f, MANUAL, 80) && found_port(f, STABLE, 80));
		assert_true(found_port(f, OF_MAC, 443));
		assert_true(found_port(f, "2001:db8::5", 80));
		assert_false(found_host(f, SECRET));
		assert_int_equal(f->n_hosts, 5);
		assert_int_equal(counter(f, "link_neighbours_nameless"), 1);
		assert_int_equal(counter(f, "links_asked"), 1);
		assert_int_equal(counter(f, "sent_link"), seen.echoes + seen.queries);
		assert_in_range(seen.echoes, 2, 3);
		assert_int_equal(seen.echoes, seen.queries);
		assert_true(seen.least_gap_us >= 500000);
		assert_int_equal(seen.others + seen.stations, 0); /* its IPv4 is not granted */
		/* only who was found was looked at */
		assert_int_equal(f->n_coverage, 5);
		for (size_t k = 0; k < f->n_coverage; k++)
			assert_non_null(strstr(f->coverage[k].cidr, "/128"));
		scope_free((struct scope *)scene.plan.scope);
	}
}

/* Who answers the echo from an address of the link alone is told of by his MAC; whoever only
 * reports groups is not. */
static void test_nobody_but_here(void **state)
{
	struct scene scene = make_scene(SCAN_STANDARD, all, 1);
	struct seen seen = {0};
	struct found *f;

	(void)state;
	scene.context = &seen;
	hosts[4].unsociable = false;
	hosts[4].local_echo = true;
	f = play(&scene);
	counters_close(f);
	assert_int_equal(f->n_hosts, 5);
	assert_int_equal(counter(f, "link_neighbours_nameless"), 1);
	assert_int_equal(counter(f, "link_stations"), 0);
	assert_string_equal(
		found_station(f, 11, "ip.link_local"), "fe80::aaaa:bbbb:cccc:3%eth0");
	for (uint8_t number = 7; number < 11; number++)
		assert_null(found_station(f, number, "ip.link_local"));
	hosts[4].unsociable = true;
	f = play(&scene);
	assert_int_equal(counter(f, "link_neighbours_nameless"), 1);
	assert_null(found_station(f, 11, "ip.link_local"));
	scope_free((struct scope *)scene.plan.scope);
}

/* A report that ends before its records do is read as far as it goes. */
static void test_short_reports(void **state)
{
	struct scene scene = make_scene(SCAN_STANDARD, all, 1);
	struct seen seen = {0};
	struct found *f;

	(void)state;
	scene.context = &seen;
	scene.network.forged = true;
	scene.network.duplicate_permille = 300;
	f = play(&scene);
	counters_close(f);
	assert_true(found_port(f, MANUAL, 80) && found_port(f, STABLE, 80));
	assert_int_equal(f->n_hosts, 5);
	scope_free((struct scope *)scene.plan.scope);
}

/* Nothing to all, but whom the kernel knows, if he is still there. */
static void test_safe(void **state)
{
	const struct route_neighbour known[] = {{2, host(SECRET), {{2, 0, 0, 0, 0, 11}}, false},
		{2, host("2001:db8::dead"), {{2, 0, 0, 0, 0, 12}}, false},
		{2, host("2001:db8:1::7"), {{2, 0, 0, 0, 0, 13}}, true},
		{3, host(HIDDEN), {{2, 0, 0, 0, 0, 7}}, true}};
	struct scene scene = make_scene(SCAN_SAFE, all, 1);
	struct seen seen = {0};
	struct found *f;

	(void)state;
	scene.context = &seen;
	scene.neighbours = known;
	scene.n_neighbours = ARRAY_SIZE(known);
	f = play(&scene);
	counters_close(f);
	assert_int_equal(seen.last_us, 0);
	assert_true(found_port(f, SECRET, 80));
	assert_true(found_host(f, "2001:db8::5"));
	assert_int_equal(f->n_hosts, 2);
	assert_int_equal(f->n_coverage, 2);
	assert_int_equal(counter(f, "links_not_asked"), 1);
	scope_free((struct scope *)scene.plan.scope);
}

static bool answers_late(void *context, struct link_heard *ret)
{
	static const uint8_t late[] = {2, 0, 0, 0, 0, 5, 2, 0, 0, 0, 0, 12, 0x88, 0x92, 0xfe,
		0xff, 5, 1, 0, 0, 0, 9, 0, 0, 0, 8, 2, 2, 0, 4, 0, 0, 'n', 'o'};
	struct seen *seen = context;

	if (seen->stations == 0 || seen->others)
		return false;
	seen->others++; /* nobody asked that number */
	*ret = (struct link_heard){
		.type = FRAME_LINK_ETHERNET, .bytes = late, .size = sizeof(late)};
	return true;
}

/* Stations of PROFINET are asked twice, where all of the link is granted, IPv4 too: whoever has
 * an address that may be asked is told by it, the others by their MAC. */
static void test_stations(void **state)
{
	static const char *const both[] = {"2001:db8::/32", "198.18.0.0/24"};
	static const char *const part[] = {"2001:db8::/32", "198.18.0.0/25"};

	(void)state;
	for (int way = 0; way < 4; way++) {
		struct scene scene = make_scene(
			way == 1 ? SCAN_SAFE : SCAN_STANDARD, way == 2 ? part : both, 2);
		struct seen seen = {0};
		bool asked = way == 0 || way == 3;
		struct found *f;

		scene.context = &seen;
		scene.forge = answers_late;
		scene.network.n_hosts = 8;
		scene.network.wrong_cookies = way == 3;
		scene.network.duplicate_permille = 300;
		hosts[0].station = "pump-7";
		hosts[6] = on_link("198.18.0.77", 17, NULL, false);
		hosts[6].station = "valve-1";
		hosts[7] = on_link("198.19.0.78", 18, NULL, false);
		hosts[7].station = "far";
		f = play(&scene);
		counters_close(f);
		assert_int_equal(f->error.code, 0);
		assert_int_equal(seen.stations, asked ? 2 : 0);
		assert_int_equal(
			counter(f, "sent_link"), seen.echoes + seen.queries + seen.stations);
		assert_true(!asked || seen.least_gap_us >= 500000);
		assert_int_equal(counter(f, "link_stations"), way ? 0 : 3);
		if (way == 0) {
			assert_string_equal(found_station(f, 7, "dcp.name"), "pump-7");
			assert_string_equal(
				found_station(f, 18, "dcp.name"), "far"); /* not granted */
			assert_true(found_fact(f, "198.18.0.77", "dcp.name"));
			assert_null(found_station(f, 17, "dcp.name"));
			assert_null(found_station(f, 12, "dcp.name"));
		}
		scope_free((struct scope *)scene.plan.scope);
	}
}

/* Whatever keeps one address of the link out, or another prefix of it: nobody hears a frame to
 * all. */
static void test_not_all_of_it_granted(void **state)
{
	const struct route other = {
		.prefix = net("2001:db9::/64"), .type = ROUTE_ON_LINK, .interface = 2};
	const struct cidr hidden = net(HIDDEN);
	static const char *const halves[] = {"2001:db8::/65", "2001:db8::8000:0:0:0/66"};

	(void)state;
	for (int way = 0; way < 5; way++) {
		struct scene scene =
			make_scene(SCAN_STANDARD, way == 0 ? halves : all, way == 0 ? 2 : 1);
		struct seen seen = {0};
		struct found *f;

		scene.context = &seen;
		if (way == 1) {
			scope_exclude((struct scope *)scene.plan.scope, &hidden, NULL);
		} else if (way == 2) {
			scene.plan.excludes = &hidden;
			scene.plan.n_excludes = 1;
		} else if (way == 3) {
			scene.routes = &other;
			scene.n_routes = 1;
		}
		f = play(&scene);
		counters_close(f);
		assert_int_equal(seen.last_us != 0, way == 4);
		assert_int_equal(counter(f, "links_asked"), way == 4);
		assert_int_equal(found_host(f, HIDDEN), way == 4);
		scope_free((struct scope *)scene.plan.scope);
	}
}

/* A part of the prefix that is routed elsewhere, or nowhere, is not asked on the link. */
static void test_not_all_of_it_on_the_link(void **state)
{
	struct route routes[] = {{.prefix = net(HIDDEN), .type = ROUTE_REFUSED, .interface = 2},
		{.prefix = net(STABLE), .type = ROUTE_ON_LINK, .interface = 3}};
	struct scene scene = make_scene(SCAN_STANDARD, all, 1);
	struct seen seen = {0};
	struct found *f;

	(void)state;
	scene.context = &seen;
	scene.routes = routes;
	scene.n_routes = 2;
	f = play(&scene);
	counters_close(f);
	assert_int_equal(counter(f, "links_asked"), 1);
	assert_false(found_host(f, HIDDEN));
	assert_false(found_host(f, STABLE));
	assert_true(found_port(f, MANUAL, 80) && found_port(f, OF_MAC, 80));
	scope_free((struct scope *)scene.plan.scope);
}

/* The last check is made for each frame: a grant that ends in the middle ends them. */
static void test_a_grant_that_ends(void **state)
{
	const char *const lasting[] = {"198.18.0.0/15"};
	struct scene scene = make_scene(SCAN_STANDARD, lasting, 1);
	struct cidr granted = net("2001:db8::/32"), both[] = {target, net("198.18.8.0/30")};
	struct seen seen = {0};
	struct found *f;

	(void)state;
	scene.context = &seen;
	scene.plan.targets = both;
	scene.plan.n_targets = 2;
	scope_grant((struct scope *)scene.plan.scope, &granted, 1, 0,
		1800000001000000LL + 700000, NULL);
	f = play(&scene);
	counters_close(f);
	assert_int_equal(f->error.code, 0);
	assert_int_equal(seen.queries, 1);
	assert_int_equal(seen.echoes, 1);
	assert_true(counter(f, "out_of_scope") >= 2);
	scope_free((struct scope *)scene.plan.scope);
}

/* Every third of many addresses that one machine answers for; nobody is there. */
static void add_proxy(struct replay_host *many, size_t n, uint8_t number)
{
	for (size_t i = 0; i < n; i++) {
		many[i] = on_link("2001:db8::ab:0", number, NULL, true);
		many[i].at.base.bytes[15] = (uint8_t)(3 * i);
		many[i].asleep = true;
	}
}

/* One MAC that answers the echo for many addresses is a proxy's as one that answers ARP for
 * them is; sixteen are believed. */
static void test_one_answers_for_many(void **state)
{
	static struct replay_host many[64];

	(void)state;
	for (size_t n = 16; n <= 17; n++) {
		struct scene scene = make_scene(SCAN_STANDARD, all, 1);
		struct seen seen = {0};
		struct found *f;

		memcpy(many, hosts, 6 * sizeof(*hosts));
		add_proxy(many + 6, n, 20);
		scene.context = &seen;
		scene.network.hosts = many;
		scene.network.n_hosts = 6 + n;
		f = play(&scene);
		counters_close(f);
		assert_int_equal(counter(f, "proxy_arp"), n == 17);
		assert_int_equal(found_fact(f, "2001:db8::ab:0", "arp.proxy"), n == 17);
		assert_int_equal(f->n_hosts, n == 17 ? 5 : 21);
		assert_int_equal(f->n_coverage, n == 17 ? 5 : 21);
		assert_true(found_port(f, HIDDEN, 80));
		scope_free((struct scope *)scene.plan.scope);
	}
}

static bool after_all_frames(void *context, uint64_t frames)
{
	return frames >= ((struct seen *)context)->others + 4;
}

/* A stop while the link is asked: who answered is told. */
static void test_stop(void **state)
{
	struct scene scene = make_scene(SCAN_STANDARD, all, 1);
	struct seen seen = {0};
	struct found *f;

	(void)state;
	scene.context = &seen;
	scene.stopped = after_all_frames;
	f = play(&scene);
	counters_close(f);
	assert_int_equal(counter(f, "stopped"), 1);
	assert_true(found_host(f, HIDDEN));
	assert_int_equal(f->n_hosts, 1);
	scope_free((struct scope *)scene.plan.scope);
}

/* Neighbours that are told of and do not answer leave room to those that do. */
static void test_room_for_who_answers(void **state)
{
	static struct replay_host many[SCAN_LINK_HOSTS_MAX];
	const size_t silent = SCAN_LINK_HOSTS_MAX - 100;
	struct scene scene = make_scene(SCAN_THOROUGH, all, 1);
	struct seen seen = {0};
	struct found *f;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(many); i++) {
		many[i] = on_link(HIDDEN, 7, i < silent ? "fe80::1:0:0:0" : NULL, i >= silent);
		many[i].local.bytes[14] = many[i].at.base.bytes[14] = many[i].mac.bytes[3] =
			(uint8_t)(i >> 8);
		many[i].local.bytes[15] = many[i].at.base.bytes[15] = many[i].mac.bytes[4] =
			(uint8_t)i;
	}
	scene.context = &seen;
	scene.network.hosts = many;
	scene.network.n_hosts = ARRAY_SIZE(many);
	scene.plan.n_tcp_ports = 1;
	f = play(&scene);
	counters_close(f);
	for (size_t i = silent; i < ARRAY_SIZE(many); i++) {
		char text[ADDR_TEXT_MAX];

		assert_true(found_host(f, addr_format(&many[i].at.base, text)));
	}
	assert_true(counter(f, "hosts_over_limit") > 0);
	scope_free((struct scope *)scene.plan.scope);
}

/* More neighbours than a link is believed to have: the limit holds. */
static void test_limit(void **state)
{
	static struct replay_host many[SCAN_LINK_HOSTS_MAX + 100];
	struct scene scene = make_scene(SCAN_THOROUGH, all, 1);
	struct seen seen = {0};
	struct found *f;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(many); i++) {
		many[i] = on_link(HIDDEN, 7, NULL, true);
		many[i].at.base.bytes[14] = (uint8_t)(i >> 8);
		many[i].at.base.bytes[15] = (uint8_t)i;
		many[i].mac.bytes[3] = (uint8_t)(i >> 8);
		many[i].mac.bytes[4] = (uint8_t)i;
	}
	scene.context = &seen;
	scene.network.hosts = many;
	scene.network.n_hosts = ARRAY_SIZE(many);
	scene.plan.n_tcp_ports = 1;
	f = play(&scene);
	counters_close(f);
	assert_int_equal(f->n_hosts, SCAN_LINK_HOSTS_MAX);
	assert_true(counter(f, "hosts_over_limit") >= 100);
	scope_free((struct scope *)scene.plan.scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_who_is_there),
		cmocka_unit_test(test_stations), cmocka_unit_test(test_nobody_but_here),
		cmocka_unit_test(test_short_reports), cmocka_unit_test(test_safe),
		cmocka_unit_test(test_not_all_of_it_granted),
		cmocka_unit_test(test_not_all_of_it_on_the_link),
		cmocka_unit_test(test_a_grant_that_ends),
		cmocka_unit_test(test_one_answers_for_many), cmocka_unit_test(test_stop),
		cmocka_unit_test(test_room_for_who_answers), cmocka_unit_test(test_limit)};

	return RUN(tests);
}
