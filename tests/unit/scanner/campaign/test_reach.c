/* SPDX-License-Identifier: Apache-2.0 */
/* Targets are cut along routes and exclusions, and every address keeps its way. */
#include "tests/unit/unit.h"

#include "scanner/campaign/reach.h"

static struct cidr net(const char *text)
{
	struct cidr cidr;

	assert_int_equal(cidr_parse(text, &cidr, NULL), 0);
	return cidr;
}

static struct addr host(const char *text)
{
	struct addr addr;

	assert_int_equal(addr_parse(text, &addr, NULL), 0);
	return addr;
}

/* eth0 198.18.0.5/24, gateway 198.18.0.1 to 198.18.0.0/15 but for a blackhole */
static struct route_table *make_table(void)
{
	const struct route routes[] = {
		{.prefix = net("127.0.0.0/8"),
			.type = ROUTE_LOCAL,
			.local_table = true,
			.interface = 1},
		{.prefix = net("198.18.0.5"),
			.type = ROUTE_LOCAL,
			.local_table = true,
			.interface = 2},
		{.prefix = net("198.18.0.255"),
			.type = ROUTE_BROADCAST,
			.local_table = true,
			.interface = 2},
		{.prefix = net("198.18.0.0/24"), .type = ROUTE_ON_LINK, .interface = 2},
		{.prefix = net("198.18.0.0/15"),
			.type = ROUTE_GATEWAY,
			.interface = 2,
			.gateway = host("198.18.0.1")},
		{.prefix = net("198.18.9.0/24"), .type = ROUTE_REFUSED, .interface = 1},
		{.prefix = net("198.18.8.0/24"),
			.type = ROUTE_GATEWAY,
			.interface = 2,
			.gateway = host("198.18.0.2")},
	};
	const struct route_interface interfaces[] = {
		{.name = "lo", .index = 1, .up = true, .loopback = true, .ethernet = true},
		{.name = "eth0",
			.index = 2,
			.up = true,
			.ethernet = true,
			.mac = {{2, 0, 0, 0, 0, 1}}}};
	const struct route_address address = {2, host("198.18.0.5"), 24};
	struct route_table *table = route_table_new();

	assert_non_null(table);
	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++)
		assert_int_equal(route_add(table, &routes[i], NULL), 0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(route_add_interface(table, &interfaces[i], NULL), 0);
	assert_int_equal(route_add_address(table, &address, NULL), 0);
	route_table_seal(table);
	return table;
}

static struct reach *make_reach(
	const struct route_table *table, const char *target, const char *exclude)
{
	struct cidr out = exclude ? net(exclude) : (struct cidr){0}, in = net(target);
	struct scan_plan plan = {.targets = &in,
		.n_targets = 1,
		.excludes = &out,
		.n_excludes = exclude != NULL};
	struct reach *reach = NULL;
	struct scan_aim aim;

	assert_int_equal(scan_aim_make(&plan, &aim, NULL), 0);
	assert_int_equal(reach_new(&aim, table, 61000, &reach, NULL), 0);
	scan_aim_done(&aim);
	return reach;
}

static enum reach_way way(const struct reach *reach, const char *text)
{
	struct addr addr = host(text);
	const struct piece *piece = reach_piece(reach, &addr);

	assert_non_null(piece);
	return piece->way;
}

static void test_ways(void **state)
{
	struct route_table *table = make_table();
	struct reach *reach = make_reach(table, "198.18.0.0/16", "198.18.20.0/24");
	uint64_t sum = 0;

	(void)state;
	assert_int_equal(way(reach, "198.18.0.5"), REACH_OWN);
	assert_int_equal(way(reach, "198.18.0.6"), REACH_ON_LINK);
	assert_int_equal(way(reach, "198.18.0.0"), REACH_NEVER);
	assert_int_equal(way(reach, "198.18.0.255"), REACH_NEVER);
	assert_int_equal(way(reach, "198.18.1.0"), REACH_GATEWAY);
	assert_int_equal(way(reach, "198.18.9.1"), REACH_NO_ROUTE);
	assert_int_equal(way(reach, "198.18.20.200"), REACH_EXCLUDED);
	assert_int_equal(reach->count[REACH_OWN], 1);
	assert_int_equal(reach->count[REACH_ON_LINK], 253);
	assert_int_equal(reach->count[REACH_NEVER], 2);
	assert_int_equal(reach->count[REACH_NO_ROUTE], 256);
	assert_int_equal(reach->count[REACH_EXCLUDED], 256);
	for (int i = 0; i < REACH_WAY_N; i++)
		sum += reach->count[i];
	assert_int_equal(sum, 65536);
	assert_int_equal(reach->n_gateways, 2);
	assert_int_equal(reach->n_interfaces, 2);
	reach_free(reach);
	route_table_free(table);
}

/* Every address goes where its route and the exclusions say, whatever the mixture. */
static void test_mixtures(void **state)
{
	struct route_table *table = make_table();
	struct reach *alone[1024];
	uint32_t random = 11;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(alone);
		i++) { /* 198.18.0.0 and up, in steps of three */
		char text[ADDR_TEXT_MAX];
		struct addr addr = addr_v4(0xc6120000 + 3 * (uint32_t)i);

		alone[i] = make_reach(table, addr_format(&addr, text), NULL);
	}
	for (int round = 0; round < 60; round++) {
		struct addr_set *targets = addr_set_new(), *excludes = addr_set_new();
		struct scan_aim aim = {targets, excludes, {targets, excludes}};
		struct reach *reach = NULL;
		uint64_t sum = 0;

		for (int i = 0; i < round; i++) {
			struct addr addr = addr_v4(0xc6120000 + (random >> 8 & 0xfff));
			struct cidr cidr = cidr_of(&addr, (uint8_t)(22 + (random >> 24) % 11));

			random = random * 1664525 + 1013904223;
			assert_int_equal(
				addr_set_add_cidr(i % 3 ? targets : excludes, &cidr, NULL), 0);
		}
		assert_int_equal(addr_set_seal(targets, NULL), 0);
		assert_int_equal(addr_set_seal(excludes, NULL), 0);
		assert_int_equal(reach_new(&aim, table, 61000, &reach, NULL), 0);
		for (size_t i = 0; i < ARRAY_SIZE(alone); i++) {
			struct addr addr = addr_v4(0xc6120000 + 3 * (uint32_t)i);
			const struct piece *piece = reach_piece(reach, &addr);
			const struct piece *want = reach_piece(alone[i], &addr);

			assert_int_equal(piece != NULL, addr_set_has(targets, &addr));
			if (!piece)
				continue;
			if (addr_set_has(excludes, &addr)) {
				assert_int_equal(piece->way, REACH_EXCLUDED);
				continue;
			}
			assert_int_equal(piece->way, want->way);
			if (piece->way == REACH_GATEWAY)
				assert_true(addr_equal(&reach->gateways[piece->gateway].addr,
					&alone[i]->gateways[want->gateway].addr));
		}
		for (int w = 0; w < REACH_WAY_N; w++) {
			struct reach_walk walk = {.reach = reach, .way = (enum reach_way)w};
			uint64_t number = 0;

			for (; reach_walk_next(&walk); number += addr_range_size(&walk.range)) {
				assert_int_equal(walk.number, number);
				assert_int_equal(walk.piece->way, w);
				assert_ptr_equal(
					reach_piece(reach, &walk.range.first), walk.piece);
				assert_ptr_equal(
					reach_piece(reach, &walk.range.last), walk.piece);
			}
			assert_int_equal(number, reach->count[w]);
			sum += number;
		}
		assert_int_equal(sum, addr_set_count(targets));
		reach_free(reach);
		scan_aim_done(&aim);
	}
	for (size_t i = 0; i < ARRAY_SIZE(alone); i++)
		reach_free(alone[i]);
	route_table_free(table);
}

/* A /8 with an exclusion in each of its /24s is as many pieces as it has routes. */
static void test_large(void **state)
{
	struct route_table *table = make_table();
	struct addr_set *excludes = addr_set_new();
	struct cidr target = net("198.0.0.0/8");
	struct scan_plan plan = {.targets = &target, .n_targets = 1, .exclude_list = excludes};
	const struct route all = {.prefix = net("0.0.0.0/0"),
		.type = ROUTE_GATEWAY,
		.interface = 2,
		.gateway = host("198.18.0.1")};
	struct reach *reach = NULL;
	struct scan_aim aim;

	(void)state;
	assert_int_equal(route_add(table, &all, NULL), 0);
	route_table_seal(table);
	for (uint32_t i = 0; i < 65536; i++) {
		struct addr addr = addr_v4(0xc6000000 + i * 256 + i % 256);
		struct addr_range range = {addr, addr};

		assert_int_equal(addr_set_add(excludes, &range, NULL), 0);
	}
	assert_int_equal(addr_set_seal(excludes, NULL), 0);
	assert_int_equal(scan_aim_make(&plan, &aim, NULL), 0);
	assert_int_equal(reach_new(&aim, table, 61000, &reach, NULL), 0);
	assert_int_equal(reach->count[REACH_EXCLUDED], 65536);
	assert_true(reach->n_pieces < 16);
	/* 198.18.0.0/24 is on the link, another one nowhere */
	assert_int_equal(reach->count[REACH_GATEWAY], (1 << 24) - 65536 - 255 - 255);
	assert_true(reach_ranges(reach, REACH_GATEWAY) > 65000);
	assert_int_equal(way(reach, "198.18.1.0"), REACH_GATEWAY);
	reach_free(reach);
	scan_aim_done(&aim);
	addr_set_free(excludes);
	route_table_free(table);
}

/* Every other address by another router: more pieces than there may be. */
static void test_limit(void **state)
{
	struct route_table *table = make_table();
	struct cidr target = net("10.0.0.0/12");
	struct scan_plan plan = {.targets = &target, .n_targets = 1};
	struct reach *reach = NULL;
	struct error error = {0};
	struct scan_aim aim;

	(void)state;
	for (uint32_t i = 0; i <= REACH_PIECES_MAX; i++) {
		struct addr addr = addr_v4(0x0a000000 + i);
		struct route route = {.prefix = cidr_of(&addr, 32),
			.type = ROUTE_GATEWAY,
			.interface = 2,
			.gateway = host(i % 2 ? "198.18.0.1" : "198.18.0.2")};

		assert_int_equal(route_add(table, &route, NULL), 0);
	}
	route_table_seal(table);
	assert_int_equal(scan_aim_make(&plan, &aim, NULL), 0);
	assert_int_equal(reach_new(&aim, table, 61000, &reach, &error), ERROR_USAGE);
	assert_non_null(strstr(error.text, "in parts"));
	target = net("10.0.0.0/15");
	scan_aim_done(&aim);
	assert_int_equal(scan_aim_make(&plan, &aim, NULL), 0);
	assert_int_equal(reach_new(&aim, table, 61000, &reach, NULL), 0);
	assert_int_equal(reach->n_pieces, 1 << 17);
	reach_free(reach);
	scan_aim_done(&aim);
	route_table_free(table);
}

/* 10.0.0.0/8 in so many prefixes of 256, each behind so many next hops, the gateways 198.18.0.1
 * and on. */
static struct reach *reach_of_hops(struct route_table *table, uint32_t prefixes, uint32_t hops)
{
	for (uint32_t i = 0; i < prefixes; i++)
		for (uint32_t k = 0; k < hops; k++) {
			struct addr addr = addr_v4(0x0a000000 + i * 256);
			struct route route = {.prefix = cidr_of(&addr, 24),
				.type = ROUTE_GATEWAY,
				.interface = 2,
				.gateway = addr_v4(0xc6120001 + k),
				.more = k > 0};

			assert_int_equal(route_add(table, &route, NULL), 0);
		}
	route_table_seal(table);
	return make_reach(table, "10.0.0.0/8", NULL);
}

static void test_hops_limits(void **state)
{
	static const struct {
		uint32_t prefixes, hops, groups, ways;
	} rows[] = {{1, REACH_HOPS_MAX, 1, REACH_HOPS_MAX},
		{1, REACH_HOPS_MAX + 1, 1, REACH_HOPS_MAX},
		{REACH_GROUPS_MAX, 2, REACH_GROUPS_MAX, 2 * REACH_GROUPS_MAX},
		{REACH_GROUPS_MAX + 2, 2, REACH_GROUPS_MAX, 2 * REACH_GROUPS_MAX},
		{REACH_WAYS_MAX / REACH_HOPS_MAX, REACH_HOPS_MAX,
			REACH_WAYS_MAX / REACH_HOPS_MAX, REACH_WAYS_MAX},
		{REACH_WAYS_MAX / REACH_HOPS_MAX + 2, REACH_HOPS_MAX,
			REACH_WAYS_MAX / REACH_HOPS_MAX, REACH_WAYS_MAX}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct route_table *table = make_table();
		struct reach *reach = reach_of_hops(table, rows[i].prefixes, rows[i].hops);

		assert_int_equal(reach->n_groups, rows[i].groups);
		assert_int_equal(reach->n_ways, rows[i].ways);
		for (uint32_t k = 0; k < rows[i].prefixes; k++) {
			struct addr addr = addr_v4(0x0a000001 + k * 256),
				    first = host("198.18.0.1");
			const struct piece *piece = reach_piece(reach, &addr);

			assert_int_equal(piece->way, REACH_GATEWAY);
			assert_true(addr_equal(&reach->gateways[piece->gateway].addr, &first));
			assert_int_equal(piece->group, k < rows[i].groups ? k : REACH_NONE);
		}
		reach_free(reach);
		route_table_free(table);
	}
}

/* The next hops of one entry have its number, those of the next one another. */
static void test_entries(void **state)
{
	static const struct {
		const char *gateway;
		bool more;
		uint32_t entry;
	} rows[] = {{"198.18.0.1", false, 0}, {"198.18.0.2", true, 0}, {"198.18.0.3", false, 1},
		{"198.18.0.4", true, 1}};
	struct route_table *table = make_table();
	struct reach *reach;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct route route = {.prefix = net("0.0.0.0/0"),
			.type = ROUTE_GATEWAY,
			.interface = 2,
			.gateway = host(rows[i].gateway),
			.more = rows[i].more};

		assert_int_equal(route_add(table, &route, NULL), 0);
	}
	route_table_seal(table);
	reach = make_reach(table, "10.0.0.0/24", NULL);
	assert_int_equal(reach->n_groups, 1);
	assert_int_equal(reach->groups[0].n, ARRAY_SIZE(rows));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct way *way = &reach->ways[reach->groups[0].first + i];
		struct addr gateway = host(rows[i].gateway);

		assert_true(addr_equal(&reach->gateways[way->gateway].addr, &gateway));
		assert_int_equal(way->entry, rows[i].entry);
		assert_int_equal(way->weight, 1);
	}
	reach_free(reach);
	route_table_free(table);
}

/* Numbers of a way and addresses are the same thing, both ways round. */
static void test_numbers(void **state)
{
	struct route_table *table = make_table();
	struct reach *reach = make_reach(table, "198.18.0.0/18", "198.18.20.128/25");

	(void)state;
	for (int w = 0; w < REACH_WAY_N; w++)
		for (uint64_t i = 0; i < reach->count[w]; i++) {
			struct addr addr;
			uint64_t number;
			const struct piece *piece =
				reach_nth(reach, (enum reach_way)w, i, &addr);

			assert_ptr_equal(piece, reach_piece(reach, &addr));
			assert_int_equal(piece->way, w);
			assert_true(reach_number(reach, (enum reach_way)w, &addr, &number));
			assert_int_equal(number, i);
		}
	reach_free(reach);
	route_table_free(table);
}

static void test_other_addresses(void **state)
{
	struct route_table *table = make_table();
	struct reach *reach = make_reach(table, "198.18.1.0/24", NULL);
	struct addr target = host("198.18.1.1"), router = host("198.18.5.1"),
		    blackhole = host("198.18.9.1"), nowhere = host("192.0.2.1");
	struct piece piece;

	(void)state;
	assert_null(reach_piece(reach, &router));
	assert_true(reach_way(reach, &target, &piece) && piece.way == REACH_GATEWAY);
	assert_true(reach_way(reach, &router, &piece) && piece.way == REACH_GATEWAY);
	assert_int_equal(piece.gateway, 0);
	assert_false(reach_way(reach, &blackhole, &piece));
	assert_false(reach_way(reach, &nowhere, &piece));
	reach_free(reach);
	route_table_free(table);
}

static void test_never(void **state)
{
	static const char *const never[] = {"0.0.0.0", "0.1.2.3", "224.0.0.1",
		"239.255.255.255", "255.255.255.255", "240.0.0.1", "ff02::1", "::"};
	static const char *const fine[] = {"1.0.0.0", "223.255.255.255", "::1", "fe80::1"};
	struct addr addr;

	(void)state;
	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++) {
		addr = host(never[i]);
		assert_true(addr_is_probed_never(&addr));
	}
	for (size_t i = 0; i < sizeof(fine) / sizeof(*fine); i++) {
		addr = host(fine[i]);
		assert_false(addr_is_probed_never(&addr));
	}
}

static struct addr random_addr(uint32_t *random)
{
	static const uint32_t bases[] = {0xc6120000, 0xe0000000, 0x00000000, 0x7f000000};

	*random = *random * 1664525 + 1013904223;
	return addr_v4(bases[*random >> 30] | (*random >> 8 & 0x1ffff));
}

/* One scope says the same as the plan's, its exclusions and what is never probed. */
static void test_allowed(void **state)
{
	uint32_t random = 5;

	(void)state;
	for (int round = 0; round < 100; round++) {
		struct scope *scope = scope_new(), *all = NULL;
		struct scan_aim aim;
		struct cidr excludes[4];
		struct scan_plan plan = {.scope = scope,
			.excludes = excludes,
			.n_excludes = ARRAY_SIZE(excludes)};

		for (int i = 0; i < 24; i++) {
			struct addr addr = random_addr(&random);
			struct cidr cidr = cidr_of(&addr, (uint8_t)(15 + random % 18));

			if (i < 4)
				excludes[i] = cidr;
			else if (i % 5 == 0)
				scope_exclude(scope, &cidr, NULL);
			else
				scope_grant(scope, &cidr, i, i % 7, 4 + i % 11, NULL);
		}
		assert_int_equal(scan_aim_make(&plan, &aim, NULL), 0);
		assert_int_equal(reach_allowed(&plan, aim.excludes, 5, &all, NULL), 0);
		scan_aim_done(&aim);
		for (int probe = 0; probe < 300; probe++) {
			struct addr addr = random_addr(&random);
			bool want = scope_check(scope, &addr, 5, NULL) == SCOPE_ALLOWED &&
				    !addr_is_loopback(&addr) && !addr_is_probed_never(&addr);

			for (size_t i = 0; i < ARRAY_SIZE(excludes); i++)
				want = want && !cidr_contains(&excludes[i], &addr);
			if (!addr_is_loopback(&addr))
				assert_int_equal(
					scope_check(all, &addr, 5, NULL) == SCOPE_ALLOWED,
					want);
		}
		scope_free(all);
		scope_free(scope);
	}
}

/* Behind gateways answers may come by another interface; there it is only listened. */
static void test_where_answers_may_come(void **state)
{
	struct route routes[] = {
		{.prefix = net("0.0.0.0/0"), .type = ROUTE_GATEWAY, .interface = 2, .metric = 1,
			.gateway = host("198.18.0.1")},
		{.prefix = net("0.0.0.0/0"), .type = ROUTE_GATEWAY, .interface = 3, .metric = 2,
			.gateway = host("198.18.1.1")},
		{.prefix = net("0.0.0.0/0"), .type = ROUTE_GATEWAY, .interface = 4, .metric = 3,
			.gateway = host("198.18.2.1")}, /* which is down */
		{.prefix = net("198.18.0.0/24"), .type = ROUTE_ON_LINK, .interface = 2}};
	struct route_table *table = route_table_new();
	struct reach *reach;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(routes); i++)
		assert_int_equal(route_add(table, &routes[i], NULL), 0);
	for (unsigned int i = 2; i <= 4; i++) { /* the last is down */
		struct route_interface interface = {
			.index = i, .up = i < 4, .ethernet = true, .mac = {{2, 0, 0, 0, 0, 1}}};
		struct route_address address = {i, addr_v4(0xc6120005 + (i << 8)), 24};

		snprintf(interface.name, sizeof(interface.name), "eth%u", i);
		assert_int_equal(route_add_interface(table, &interface, NULL), 0);
		assert_int_equal(route_add_address(table, &address, NULL), 0);
	}
	route_table_seal(table);
	reach = make_reach(table, "198.19.0.0/24", NULL);
	assert_int_equal(reach->n_interfaces, 2);
	assert_int_equal(reach->interfaces[0].index, 2);
	assert_true(reach->interfaces[0].ipv4 && !reach->interfaces[0].ipv6);
	assert_int_equal(reach->interfaces[1].index, 3);
	assert_false(reach->interfaces[1].ipv4 || reach->interfaces[1].ipv6);
	assert_int_equal(reach->n_paths, 1);
	assert_int_equal(reach->n_gateways, 1);
	reach_free(reach);
	reach = make_reach(table, "198.18.0.0/24", NULL); /* on the link they come back by it */
	assert_int_equal(reach->n_interfaces, 1);
	reach_free(reach);
	route_table_free(table);
}

static void add_interface(struct route_table *table, unsigned int index)
{
	struct route_interface interface = {
		.index = index, .up = true, .ethernet = true, .mac = {{2, 0, 0, 0, 0, 1}}};
	struct route_address address = {index, addr_v4(0xc6120005 + (index << 8)), 24};

	snprintf(interface.name, sizeof(interface.name), "eth%u", index);
	assert_int_equal(route_add_interface(table, &interface, NULL), 0);
	assert_int_equal(route_add_address(table, &address, NULL), 0);
}

/* However many ways back there are, they leave room to every interface by which something is
 * sent, also to those whose targets come later. */
static void test_many_ways_back(void **state)
{
	struct route_table *table = route_table_new();
	struct reach *reach;

	(void)state;
	for (unsigned int i = 2; i < LINK_INTERFACES_MAX + 8; i++) {
		const struct route way = {.prefix = net("0.0.0.0/0"),
			.type = ROUTE_GATEWAY,
			.interface = i,
			.metric = i,
			.gateway = addr_v4(0xc6120001 + (i << 8))};

		assert_int_equal(route_add(table, &way, NULL), 0);
		add_interface(table, i);
	}
	for (unsigned int i = 100; i < 100 + LINK_INTERFACES_MAX - 4; i++) {
		const struct addr base = addr_v4(0xc6120000 + (i << 8));
		const struct route link = {
			.prefix = cidr_of(&base, 24), .type = ROUTE_ON_LINK, .interface = i};

		assert_int_equal(route_add(table, &link, NULL), 0);
		add_interface(table, i);
	}
	route_table_seal(table);
	reach = make_reach(table, "198.18.0.0/16", NULL);
	assert_int_equal(reach->n_interfaces, LINK_INTERFACES_MAX);
	for (size_t i = 0; i < LINK_INTERFACES_MAX; i++)
		assert_int_equal(reach->interfaces[i].ipv4, i < LINK_INTERFACES_MAX - 4 + 1);
	reach_free(reach);
	route_table_free(table);
}

/* eth0 and eth1 with two /64 each, eth1 without an address in its second; a tunnel. */
static struct route_table *make_links(void)
{
	const struct route routes[] = {
		{.prefix = net("2001:db8::/64"), .type = ROUTE_ON_LINK, .interface = 2},
		{.prefix = net("2001:db8::5"),
			.type = ROUTE_LOCAL,
			.local_table = true,
			.interface = 2},
		{.prefix = net("2001:db8::"),
			.type = ROUTE_BROADCAST,
			.local_table = true,
			.interface = 2},
		{.prefix = net("fd00:1::/64"), .type = ROUTE_ON_LINK, .interface = 2},
		{.prefix = net("fe80::/64"), .type = ROUTE_ON_LINK, .interface = 2},
		/* as older kernels name groups, and the main table may */
		{.prefix = net("ff00::/8"),
			.type = ROUTE_ON_LINK,
			.local_table = true,
			.interface = 2},
		{.prefix = net("ff05::/16"), .type = ROUTE_ON_LINK, .interface = 2},
		{.prefix = net("fd00:3::7"),
			.type = ROUTE_ON_LINK,
			.local_table = true,
			.interface = 2},
		{.prefix = net("2001:db8:1::/80"), .type = ROUTE_ON_LINK, .interface = 3},
		{.prefix = net("2001:db8:2::/64"), .type = ROUTE_ON_LINK, .interface = 3},
		{.prefix = net("2001:db8:3::/64"), .type = ROUTE_ON_LINK, .interface = 4},
		{.prefix = net("2001:db8:4::/64"),
			.type = ROUTE_GATEWAY,
			.interface = 2,
			.gateway = host("2001:db8::1")}};
	const struct route_interface interfaces[] = {
		{.name = "lo", .index = 1, .up = true, .loopback = true, .ethernet = true},
		{.name = "eth0", .index = 2, .up = true, .ethernet = true},
		{.name = "eth1", .index = 3, .up = true, .ethernet = true},
		{.name = "tun0", .index = 4, .up = true}};
	const struct route_address addresses[] = {{2, host("2001:db8::5"), 64},
		{2, host("fd00:1::5"), 64}, {3, host("2001:db8:1::5"), 80},
		{4, host("2001:db8:3::5"), 64}};
	struct route_table *table = route_table_new();

	assert_non_null(table);
	for (size_t i = 0; i < ARRAY_SIZE(routes); i++)
		assert_int_equal(route_add(table, &routes[i], NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(interfaces); i++)
		assert_int_equal(route_add_interface(table, &interfaces[i], NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++)
		assert_int_equal(route_add_address(table, &addresses[i], NULL), 0);
	route_table_seal(table);
	return table;
}

/* A link's prefix is no set, but its addresses have a way; this machine's own are targets. */
static void test_links(void **state)
{
	struct route_table *table = make_links();
	struct reach *reach = make_reach(table, "2001:db8::/64", "2001:db8::7");
	struct addr other = host("2001:db8:1::9");

	(void)state;
	assert_int_equal(reach->n_links, 1);
	assert_int_equal(reach->count[REACH_ON_LINK], 0);
	assert_int_equal(reach->count[REACH_OWN], 1);
	assert_int_equal(way(reach, "2001:db8::5"), REACH_OWN);
	assert_int_equal(way(reach, "2001:db8::1234:5678:9abc:def0"), REACH_ON_LINK);
	assert_null(reach_piece(reach, &other));
	reach_free(reach);
	route_table_free(table);
}

/* What is no link's prefix, or one that this machine cannot be heard on by its Ethernet. */
static void test_no_links(void **state)
{
	static const char *const texts[] = {"2001:db8::/65", "2001:db8::/80", "2001:db8:1::/64",
		"2001:db8:2::/64", "2001:db8:3::/64", "2001:db8:4::/64", "2001:db8:5::/64"};
	struct route_table *table = make_links();

	(void)state;
	for (size_t i = 0; i <= ARRAY_SIZE(texts); i++) {
		struct cidr target = net(i < ARRAY_SIZE(texts) ? texts[i] : "2001:db8::/64");
		struct scan_plan plan = {.targets = &target, .n_targets = 1};
		struct reach *reach = NULL;
		struct error error = {0};
		struct scan_aim aim;

		assert_int_equal(scan_aim_make(&plan, &aim, NULL), 0);
		assert_int_equal(i < ARRAY_SIZE(texts)
					 ? reach_new(&aim, table, 61000, &reach, &error)
					 : reach_new_plain(&aim, table, 61000, &reach, &error),
			ERROR_USAGE);
		assert_non_null(strstr(error.text, "too large to be walked"));
		scan_aim_done(&aim);
	}
	route_table_free(table);
}

/* All of each global prefix of the interface, now; those of another interface do not matter. */
static void test_links_granted(void **state)
{
	static const struct {
		const char *granted[2], *excluded, *out;
		int64_t at_us;
		bool whole;
	} rows[] = {{{"2001:db8::/64", "fd00:1::/64"}, NULL, NULL, 5, true},
		{{"2001:db8::/32", "fd00::/8"}, "2001:db8:1::/80", "fd00:2::1", 9, true},
		{{"2001:db8::/64", "fd00:1::/64"}, NULL, NULL, 4, false},
		{{"2001:db8::/64", "fd00:1::/64"}, NULL, NULL, 10, false},
		{{"2001:db8::/64", NULL}, NULL, NULL, 5, false},
		{{"2001:db8::/64", "fd00:1::/65"}, NULL, NULL, 5, false},
		{{"2001:db8::/64", "fd00:1::/64"}, "2001:db8::ffff:ffff:ffff:ffff", NULL, 5,
			false},
		{{"2001:db8::/64", "fd00:1::/64"}, "2001:db8::", NULL, 5, false},
		{{"2001:db8::/64", "fd00:1::/64"}, NULL, "fd00:1::8000:0:0:0", 5, false},
		{{"2001:db8::/64", "fd00:1::/64"}, NULL, "2001:db8::/48", 5, false}};
	struct route_table *table = make_links();
	struct reach *reach = make_reach(table, "2001:db8::/64", NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scope *scope = scope_new();
		struct addr_set *out = addr_set_new();
		struct cidr cidr;

		for (size_t k = 0; k < 2 && rows[i].granted[k]; k++) {
			cidr = net(rows[i].granted[k]);
			assert_int_equal(scope_grant(scope, &cidr, 1, 5, 10, NULL), 0);
		}
		if (rows[i].excluded) {
			cidr = net(rows[i].excluded);
			assert_int_equal(scope_exclude(scope, &cidr, NULL), 0);
		}
		if (rows[i].out) {
			cidr = net(rows[i].out);
			assert_int_equal(addr_set_add_cidr(out, &cidr, NULL), 0);
		}
		assert_int_equal(addr_set_seal(out, NULL), 0);
		assert_int_equal(reach_link_is_granted(
					 reach, &reach->links[0], scope, out, rows[i].at_us),
			rows[i].whole);
		addr_set_free(out);
		scope_free(scope);
	}
	reach_free(reach);
	route_table_free(table);
}

/* A machine on 198.18.0.0/24 by one interface, and what it asks of whom. */
struct place {
	const char *interface, *own, *gateway, *target;
	struct scan_plan plan;
};

static uint64_t digest_at(const struct place *place)
{
	static const uint16_t ports[] = {22, 80, 443};
	const struct route routes[] = {
		{.prefix = net("198.18.0.0/24"), .type = ROUTE_ON_LINK, .interface = 2},
		{.prefix = net("198.18.0.0/15"),
			.type = ROUTE_GATEWAY,
			.interface = 2,
			.gateway = host(place->gateway)}};
	struct route_interface interface = {
		.index = 2, .up = true, .ethernet = true, .mac = {{2, 0, 0, 0, 0, 1}}};
	const struct route_address address = {2, host(place->own), 24};
	struct route_table *table = route_table_new();
	struct cidr target = net(place->target);
	struct scan_plan plan = place->plan;
	struct reach *reach = NULL;
	struct scan_aim aim;
	uint64_t digest;

	snprintf(interface.name, sizeof(interface.name), "%s", place->interface);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(route_add(table, &routes[i], NULL), 0);
	assert_int_equal(route_add_interface(table, &interface, NULL), 0);
	assert_int_equal(route_add_address(table, &address, NULL), 0);
	route_table_seal(table);
	plan.targets = &target;
	plan.n_targets = 1;
	plan.tcp_ports = ports;
	plan.udp_ports = ports;
	assert_int_equal(scan_aim_make(&plan, &aim, NULL), 0);
	assert_int_equal(reach_new(&aim, table, 61000, &reach, NULL), 0);
	scan_aim_done(&aim);
	digest = reach_digest(reach, &plan);
	reach_free(reach);
	route_table_free(table);
	return digest;
}

/* A scan goes on only where, and with what, it began. */
static void test_digest(void **state)
{
	static const struct place begun = {
		"eth0", "198.18.0.5", "198.18.0.1", "198.18.8.0/24", {.n_tcp_ports = 2}};
	static const struct place others[] = {
		{"eth1", "198.18.0.5", "198.18.0.1", "198.18.8.0/24", {.n_tcp_ports = 2}},
		{"eth0", "198.18.0.6", "198.18.0.1", "198.18.8.0/24", {.n_tcp_ports = 2}},
		{"eth0", "198.18.0.5", "198.18.0.2", "198.18.8.0/24", {.n_tcp_ports = 2}},
		{"eth0", "198.18.0.5", "198.18.0.1", "198.18.8.0/25", {.n_tcp_ports = 2}},
		{"eth0", "198.18.0.5", "198.18.0.1", "198.18.8.0/24", {.n_tcp_ports = 3}},
		{"eth0", "198.18.0.5", "198.18.0.1", "198.18.8.0/24",
			{.n_tcp_ports = 2, .n_udp_ports = 1}},
		{"eth0", "198.18.0.5", "198.18.0.1", "198.18.8.0/24",
			{.n_tcp_ports = 2, .profile = SCAN_STANDARD}},
		{"eth0", "198.18.0.5", "198.18.0.1", "198.18.8.0/24",
			{.n_tcp_ports = 2, .trace = true}}};
	struct place faster = begun;

	(void)state;
	faster.plan.rate_pps = 10;
	assert_true(digest_at(&faster) == digest_at(&begun));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_true(digest_at(&others[i]) != digest_at(&begun));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_ways),
		cmocka_unit_test(test_mixtures), cmocka_unit_test(test_large),
		cmocka_unit_test(test_limit), cmocka_unit_test(test_hops_limits),
		cmocka_unit_test(test_entries), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_other_addresses), cmocka_unit_test(test_never),
		cmocka_unit_test(test_allowed), cmocka_unit_test(test_where_answers_may_come),
		cmocka_unit_test(test_many_ways_back), cmocka_unit_test(test_links),
		cmocka_unit_test(test_no_links), cmocka_unit_test(test_links_granted),
		cmocka_unit_test(test_digest)};

	return RUN(tests);
}
