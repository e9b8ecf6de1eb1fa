/* SPDX-License-Identifier: Apache-2.0 */
/* Routes: rtnetlink messages as the kernel writes them, longest prefix, sources, malformed
 * bytes. */
#include "tests/unit/unit.h"

#include "common/addr_range.h"

#include "scanner/link/route.h"

#include <linux/if_arp.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

struct message {
	uint8_t bytes[1024];
	size_t size;
};

static struct addr host(const char *text)
{
	struct addr addr;

	assert_int_equal(addr_parse(text, &addr, NULL), 0);
	return addr;
}

static struct cidr net(const char *text)
{
	struct cidr cidr;

	assert_int_equal(cidr_parse(text, &cidr, NULL), 0);
	return cidr;
}

static void put(struct message *m, const void *bytes, size_t size)
{
	memcpy(m->bytes + m->size, bytes, size);
	m->size = NLMSG_ALIGN(m->size + size);
}

static void begin(struct message *m, uint16_t type, const void *head, size_t size)
{
	struct nlmsghdr h = {.nlmsg_type = type};

	memset(m, 0, sizeof(*m));
	put(m, &h, sizeof(h));
	put(m, head, size);
}

static void attribute(struct message *m, uint16_t type, const void *bytes, size_t size)
{
	struct rtattr a = {(uint16_t)(sizeof(a) + size), type};

	memcpy(m->bytes + m->size, &a, sizeof(a));
	memcpy(m->bytes + m->size + sizeof(a), bytes, size);
	m->size += RTA_ALIGN(sizeof(a) + size);
}

static int take(struct route_table *table, struct message *m)
{
	uint32_t size = (uint32_t)m->size;

	memcpy(m->bytes, &size, 4);
	return route_table_take(table, m->bytes, m->size, NULL);
}

static void add_link(struct route_table *table, int index, const char *name, unsigned int flags)
{
	struct ifinfomsg head = {
		.ifi_type = ARPHRD_ETHER, .ifi_index = index, .ifi_flags = flags};
	const uint8_t mac[6] = {2, 0, 0, 0, 0, (uint8_t)index};
	struct message m;

	begin(&m, RTM_NEWLINK, &head, sizeof(head));
	attribute(&m, IFLA_IFNAME, name, strlen(name) + 1);
	attribute(&m, IFLA_ADDRESS, mac, 6);
	assert_int_equal(take(table, &m), 0);
}

static void add_address(
	struct route_table *table, uint32_t index, const char *text, uint8_t length)
{
	struct addr addr = host(text);
	struct ifaddrmsg head = {.ifa_family = addr.family == 4 ? 2 : 10,
		.ifa_prefixlen = length,
		.ifa_index = index};
	struct message m;

	begin(&m, RTM_NEWADDR, &head, sizeof(head));
	attribute(&m, IFA_ADDRESS, addr.bytes, addr.family == 4 ? 4 : 16);
	assert_int_equal(take(table, &m), 0);
}

static void add_route(struct route_table *table, const char *prefix, uint8_t type,
	uint8_t number, uint32_t index, const char *gateway, uint32_t metric)
{
	struct cidr cidr = net(prefix);
	struct rtmsg head = {.rtm_family = cidr.base.family == 4 ? 2 : 10,
		.rtm_dst_len = cidr.length,
		.rtm_table = number,
		.rtm_type = type};
	size_t size = cidr.base.family == 4 ? 4 : 16;
	struct message m;

	begin(&m, RTM_NEWROUTE, &head, sizeof(head));
	if (cidr.length)
		attribute(&m, RTA_DST, cidr.base.bytes, size);
	attribute(&m, RTA_OIF, &index, 4);
	attribute(&m, RTA_PRIORITY, &metric, 4);
	if (gateway) {
		struct addr g = host(gateway);

		attribute(&m, RTA_GATEWAY, g.bytes, size);
	}
	assert_int_equal(take(table, &m), 0);
}

static struct route_table *make(void)
{
	struct route_table *table = route_table_new();

	assert_non_null(table);
	add_link(table, 1, "lo", 1 | 8);
	add_link(table, 2, "eth0", 1);
	add_link(table, 3, "eth1", 1);
	add_address(table, 2, "198.18.0.5", 24);
	add_address(table, 3, "198.18.1.5", 24);
	add_address(table, 2, "fe80::5", 64);
	add_address(table, 2, "2001:db8::5", 64);
	add_route(table, "0.0.0.0/0", RTN_UNICAST, RT_TABLE_MAIN, 2, "198.18.0.1", 100);
	add_route(table, "0.0.0.0/0", RTN_UNICAST, RT_TABLE_MAIN, 3, "198.18.1.1", 50);
	add_route(table, "198.18.0.0/24", RTN_UNICAST, RT_TABLE_MAIN, 2, NULL, 0);
	add_route(table, "198.18.1.0/24", RTN_UNICAST, RT_TABLE_MAIN, 3, NULL, 0);
	add_route(table, "198.18.9.0/24", RTN_BLACKHOLE, RT_TABLE_MAIN, 0, NULL, 0);
	add_route(table, "198.18.0.5/32", RTN_LOCAL, RT_TABLE_LOCAL, 2, NULL, 0);
	add_route(table, "198.18.4.0/24", RTN_LOCAL, RT_TABLE_LOCAL, 1, NULL, 0);
	add_route(table, "198.18.4.7/32", RTN_UNICAST, RT_TABLE_MAIN, 2, "198.18.0.9", 0);
	add_route(table, "198.18.0.255/32", RTN_BROADCAST, RT_TABLE_LOCAL, 2, NULL, 0);
	add_route(table, "198.18.77.0/24", RTN_UNICAST, 100, 3, NULL, 0); /* another table */
	add_route(table, "2001:db8::/64", RTN_UNICAST, RT_TABLE_MAIN, 2, NULL, 256);
	add_route(table, "2001:db8::/32", RTN_UNICAST, RT_TABLE_MAIN, 2, "fe80::1", 1024);
	route_table_seal(table);
	return table;
}

static void is(const struct route_table *table, const char *text, enum route_type type,
	unsigned int interface)
{
	struct addr addr = host(text);
	const struct route *route = route_find(table, &addr);

	assert_non_null(route);
	assert_int_equal(route->type, type);
	assert_int_equal(route->interface, interface);
}

static void test_longest_prefix(void **state)
{
	struct route_table *table = make();

	(void)state;
	is(table, "198.18.0.77", ROUTE_ON_LINK, 2);
	is(table, "198.18.1.77", ROUTE_ON_LINK, 3);
	is(table, "198.18.0.5", ROUTE_LOCAL, 2);
	is(table, "198.18.0.255", ROUTE_BROADCAST, 2);
	is(table, "198.18.9.1", ROUTE_REFUSED, 0);
	is(table, "198.18.50.1", ROUTE_GATEWAY, 3); /* the smaller metric */
	is(table, "198.18.77.1", ROUTE_GATEWAY, 3); /* not by the other table */
	is(table, "198.18.4.7", ROUTE_LOCAL, 1);    /* the local table goes first */
	is(table, "2001:db8::77", ROUTE_ON_LINK, 2);
	is(table, "2001:db8:1::77", ROUTE_GATEWAY, 2);
	route_table_free(table);
}

static void test_no_route(void **state)
{
	struct route_table *table = make();
	struct addr addr = host("2001:db9::1");

	(void)state;
	assert_null(route_find(table, &addr));
	route_table_free(table);
}

static void test_sources(void **state)
{
	static const char *const pairs[][2] = {{"198.18.0.9", "198.18.0.5"},
		{"198.18.1.9", "198.18.1.5"}, {"198.18.50.1", "198.18.1.5"},
		{"198.18.4.1", "198.18.4.1"}, {"2001:db8::9", "2001:db8::5"},
		{"2001:db8:7::9", "2001:db8::5"}};
	struct route_table *table = make();

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		struct addr dst = host(pairs[i][0]), wanted = host(pairs[i][1]), source;

		assert_true(route_source(table, route_find(table, &dst), &dst, &source));
		assert_true(addr_equal(&source, &wanted));
	}
	route_table_free(table);
}

/* Both families from end to end: the same entry up to the address that is named, and then
 * on. */
static void test_until(void **state)
{
	struct route_table *table = make();
	struct addr addr = {.family = 4}, last, middle;
	const struct route *route, *before = NULL;
	size_t steps = 0;

	(void)state;
	do {
		route = route_find_until(table, &addr, &last);
		assert_ptr_equal(route, route_find(table, &addr));
		assert_ptr_equal(route, route_find(table, &last));
		middle = addr_v4(addr_to_v4(&addr) / 2 + addr_to_v4(&last) / 2);
		if (addr_compare(&middle, &addr) > 0)
			assert_ptr_equal(route, route_find(table, &middle));
		steps += route != before;
		before = route;
		addr = last;
	} while (addr_step(&addr, 1));
	assert_true(steps > 6);
	addr = (struct addr){.family = 6};
	for (steps = 0; steps < 64; steps++) {
		route = route_find_until(table, &addr, &last);
		assert_ptr_equal(route, route_find(table, &addr));
		assert_ptr_equal(route, route_find(table, &last));
		addr = last;
		if (!addr_step(&addr, 1))
			break;
	}
	assert_true(steps < 64);
	route_table_free(table);
}

/* As the kernel writes several next hops: each with its interface, flags and gateway. */
static void add_next_hops(struct route_table *table, const char *prefix, uint32_t metric,
	const char *const gateways[3], uint8_t dead, uint8_t tos)
{
	struct cidr cidr = net(prefix);
	struct rtmsg head = {.rtm_family = 2,
		.rtm_dst_len = cidr.length,
		.rtm_tos = tos,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_type = RTN_UNICAST};
	uint8_t hops[64];
	size_t n = 0;
	struct message m;

	for (size_t i = 0; i < 3 && gateways[i]; i++) {
		struct addr gateway = host(gateways[i]);
		struct rtattr a = {8, RTA_GATEWAY};
		struct rtnexthop hop = {16, dead >> i & 1 ? RTNH_F_DEAD : 0, 0, (int)(2 + i)};

		memcpy(hops + n, &hop, 8);
		memcpy(hops + n + 8, &a, 4);
		memcpy(hops + n + 12, gateway.bytes, 4);
		n += 16;
	}
	begin(&m, RTM_NEWROUTE, &head, sizeof(head));
	attribute(&m, RTA_DST, cidr.base.bytes, 4);
	attribute(&m, RTA_PRIORITY, &metric, 4);
	attribute(&m, RTA_MULTIPATH, hops, n);
	assert_int_equal(take(table, &m), 0);
}

static void by_gateway(const struct route_table *table, const char *text, const char *gateway,
	unsigned int interface)
{
	struct addr addr = host(text), wanted = host(gateway);
	const struct route *route = route_find(table, &addr);

	assert_non_null(route);
	assert_int_equal(route->interface, interface);
	assert_true(addr_equal(&route->gateway, &wanted));
}

static void test_next_hops(void **state)
{
	static const char *const three[] = {"198.18.0.1", "198.18.1.1", "198.18.2.1"};
	struct route_table *table = route_table_new();
	unsigned int ways[4];
	struct addr addr;

	(void)state;
	add_link(table, 2, "eth0", 1);
	add_link(table, 3, "eth1", 1);
	add_link(table, 4, "eth2", 1);
	add_next_hops(table, "198.18.16.0/24", 0, three, 0, 0);
	add_next_hops(table, "198.18.17.0/24", 0, three, 1, 0);
	add_next_hops(table, "198.18.18.0/24", 0, three, 7, 0);
	add_next_hops(
		table, "198.18.19.0/24", 0, three, 0, 16); /* for another type of service */
	/* of one metric: the first that was named */
	for (int i = 0; i < 20; i++) {
		const char *prefix = i % 2 ? "198.19.0.0/24" : "198.19.1.0/24";

		add_route(table, prefix, RTN_UNICAST, RT_TABLE_MAIN, i % 3 ? 3u : 2u,
			i % 3 ? "198.18.1.1" : "198.18.0.1", 7);
	}
	add_route(table, "198.19.1.0/24", RTN_UNICAST, RT_TABLE_MAIN, 4, "198.18.2.1", 6);
	add_route(table, "0.0.0.0/0", RTN_UNICAST, RT_TABLE_MAIN, 4, "198.18.2.9", 1);
	route_table_seal(table);
	by_gateway(table, "198.18.16.9", "198.18.0.1", 2);
	by_gateway(table, "198.18.17.9", "198.18.1.1", 3);
	by_gateway(table, "198.18.18.9", "198.18.2.9", 4); /* none of them is up */
	by_gateway(table, "198.18.19.9", "198.18.2.9", 4);
	by_gateway(table, "198.19.0.9", "198.18.1.1", 3);
	by_gateway(table, "198.19.1.9", "198.18.2.1", 4);
	addr = host("198.18.16.9");
	assert_int_equal(route_interfaces_of(table, &addr, ways, 4), 3);
	assert_int_equal(ways[0], 2);
	assert_int_equal(ways[1], 3);
	assert_int_equal(ways[2], 4);
	assert_int_equal(route_interfaces_of(table, &addr, ways, 2), 2);
	addr = host("198.18.17.9");
	assert_int_equal(route_interfaces_of(table, &addr, ways, 4), 2);
	addr = host("2001:db8::1");
	assert_int_equal(route_interfaces_of(table, &addr, ways, 4), 0);
	route_table_free(table);
}

static void add_hop(struct route_table *table, const char *prefix, const char *gateway,
	uint32_t metric, bool more)
{
	const struct route route = {.prefix = net(prefix),
		.type = ROUTE_GATEWAY,
		.interface = 2,
		.gateway = host(gateway),
		.metric = metric,
		.more = more};

	assert_int_equal(route_add(table, &route, NULL), 0);
}

/* The gateways of what leads to an address, by their last characters, in order; '+' before one
 * of another entry. */
static void leads_to(
	const struct route_table *table, const char *text, size_t max, const char *wanted)
{
	struct addr addr = host(text);
	const struct route *route = route_find(table, &addr), *routes[8];
	char got[32] = "", gateway[ADDR_TEXT_MAX];
	size_t n, used = 0;

	assert_non_null(route);
	n = route_alternatives(table, route, routes, max);
	assert_true(n && routes[0] == route);
	for (size_t i = 0; i < n; i++) {
		addr_format(&routes[i]->gateway, gateway);
		if (i && !routes[i]->more)
			got[used++] = '+';
		got[used++] = gateway[strlen(gateway) - 1];
	}
	assert_string_equal(got, wanted);
}

static void test_alternatives(void **state)
{
	const struct route unreachable = {
		.prefix = net("::/0"), .type = ROUTE_REFUSED, .interface = 1};
	struct route_table *table = route_table_new();

	(void)state;
	/* One entry, another one of its prefix and metric, and one of a larger metric. */
	add_hop(table, "198.18.16.0/24", "198.18.0.1", 0, false);
	add_hop(table, "198.18.16.0/24", "198.18.0.2", 0, true);
	add_hop(table, "198.18.16.0/24", "198.18.0.3", 0, false);
	add_hop(table, "198.18.16.0/24", "198.18.0.4", 7, false);
	/* The same as default routes, which are chosen by who answers, */
	add_hop(table, "0.0.0.0/0", "198.18.0.1", 0, false);
	add_hop(table, "0.0.0.0/0", "198.18.0.2", 0, true);
	add_hop(table, "0.0.0.0/0", "198.18.0.3", 0, false);
	add_hop(table, "0.0.0.0/0", "198.18.0.4", 7, false);
	/* as are all of IPv6. */
	add_hop(table, "2001:db8:1::/48", "fe80::1", 1024, false);
	add_hop(table, "2001:db8:1::/48", "fe80::2", 1024, false);
	add_hop(table, "2001:db8:1::/48", "fe80::3", 1024, true);
	add_hop(table, "2001:db8:1::/48", "fe80::4", 1025, false);
	add_hop(table, "::/0", "fe80::5", 0, false);
	assert_int_equal(route_add(table, &unreachable, NULL), 0);
	add_hop(table, "::/0", "fe80::6", 0, false);
	route_table_seal(table);
	leads_to(table, "198.18.16.9", 8, "12");
	leads_to(table, "198.18.16.9", 1, "1");
	leads_to(table, "192.0.2.1", 8, "12+3");
	leads_to(table, "2001:db8:1::9", 8, "1+23");
	leads_to(table, "2001:db8:2::9", 8, "5+6");
	route_table_free(table);
}

static void test_neighbours(void **state)
{
	struct route_table *table = make();
	struct addr addr = host("198.18.0.1");
	struct ndmsg head = {.ndm_family = 2, .ndm_ifindex = 2, .ndm_state = NUD_STALE};
	const uint8_t mac[6] = {2, 0, 0, 0, 0, 99};
	struct message m;
	struct mac got;
	bool fresh;

	(void)state;
	begin(&m, RTM_NEWNEIGH, &head, sizeof(head));
	attribute(&m, NDA_DST, addr.bytes, 4);
	attribute(&m, NDA_LLADDR, mac, 6);
	assert_int_equal(take(table, &m), 0);
	assert_true(route_neighbour(table, 2, &addr, &got, &fresh));
	assert_false(fresh);
	assert_memory_equal(got.bytes, mac, 6);
	assert_false(route_neighbour(table, 3, &addr, &got, &fresh));
	route_table_free(table);
}

/* Cut at every length, and with every length field turned: nothing is read past the end. */
static void test_malformed(void **state)
{
	struct rtmsg head = {.rtm_family = 2,
		.rtm_dst_len = 24,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_type = RTN_UNICAST};
	struct addr addr = host("198.18.0.0");
	struct message m;

	(void)state;
	begin(&m, RTM_NEWROUTE, &head, sizeof(head));
	attribute(&m, RTA_DST, addr.bytes, 4);
	attribute(&m, RTA_MULTIPATH, "\xff\xff\0\0\1\0\0\0", 8);
	attribute(&m, RTA_VIA, "\2\0\1", 3);
	for (size_t cut = 0; cut <= m.size; cut++)
		for (unsigned int v = 0; v < 256; v += 5) {
			struct route_table *table = route_table_new();
			uint8_t *copy = malloc(cut ? cut : 1);
			uint32_t size = (uint32_t)cut;

			assert_non_null(copy);
			memcpy(copy, m.bytes, cut);
			if (cut >= 4)
				memcpy(copy, &size, 4);
			if (cut > 40)
				copy[16 + v % (cut - 16)] = (uint8_t)v;
			route_table_take(table, copy, cut, NULL);
			free(copy);
			route_table_free(table);
		}
}

/* The machine that runs the test has at least its loopback. */
static void test_kernel(void **state)
{
	struct addr addr = host("127.0.0.1");
	struct route_table *table = NULL;
	struct error error = {0};
	const struct route *route;

	(void)state;
	assert_int_equal(route_table_load(&table, &error), 0);
	assert_non_null(route_loopback(table));
	route = route_find(table, &addr);
	if (route)
		assert_int_equal(route->type, ROUTE_LOCAL);
	route_table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_longest_prefix),
		cmocka_unit_test(test_no_route), cmocka_unit_test(test_sources),
		cmocka_unit_test(test_until), cmocka_unit_test(test_next_hops),
		cmocka_unit_test(test_alternatives), cmocka_unit_test(test_neighbours),
		cmocka_unit_test(test_malformed), cmocka_unit_test(test_kernel)};

	return RUN(tests);
}
