/* SPDX-License-Identifier: Apache-2.0 */
/* Distances: every router on the way once, and no router probed that the scope does not
 * cover. */
#include "tests/unit/unit.h"

#include "tests/scenario/network.h"

static const uint16_t web[] = {80, 443};

static bool has_hop(const struct found *f, const char *target, const char *router, uint8_t ttl)
{
	struct addr addr = host(target), peer = host(router);

	for (size_t i = 0; i < f->n_hops; i++)
		if (f->hops[i].ttl == ttl && addr_equal(&f->hops[i].addr, &addr) &&
			addr_equal(&f->hops[i].peer, &peer))
			return true;
	return false;
}

struct addresses {
	struct addr outside;
	uint64_t probes_outside;
	uint64_t low_ttl; /* probes that end at the first router */
};

static void watch(
	const struct link_frame *frame, const struct frame *f, int64_t now_us, void *context)
{
	struct addresses *a = context;

	(void)frame, (void)now_us;
	a->probes_outside += addr_equal(&f->dst, &a->outside);
	a->low_ttl += f->kind != FRAME_ARP && f->ttl == 1;
}

static void test_paths(void **state)
{
	const struct addr to_a[] = {host(GATEWAY), host("198.18.100.1")};
	const struct addr to_b[] = {host(GATEWAY), host("198.18.100.1"), host("198.19.200.1")};
	const struct addr to_router[] = {host(GATEWAY)};
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.100.1"), .path = to_router, .n_path = 1, .unreachable = -1},
		{.at = net("198.18.10.0/28"),
			.open = web,
			.n_open = 2,
			.path = to_a,
			.n_path = 2,
			.unreachable = -1},
		{.at = net("198.18.20.0/28"),
			.drops = true,
			.path = to_b,
			.n_path = 3,
			.unreachable = -1}};
	static const char *const prefixes[] = {"198.18.0.0/16"}; /* not the third router */
	struct cidr targets[] = {net("198.18.10.0/24"), net("198.18.20.0/24")};
	struct addresses a = {.outside = host("198.19.200.1")};
	struct scene scene = {.plan = {.targets = targets,
				      .n_targets = 2,
				      .trace = true,
				      .profile = SCAN_STANDARD,
				      .scope = grants(prefixes, 1)},
		.network = {.hosts = hosts, .n_hosts = 4, .seed = 1},
		.watch = watch,
		.context = &a};
	struct found *f;

	(void)state;
	scene.plan.tcp_ports = scan_default_tcp_ports(&scene.plan.n_tcp_ports);
	f = play(&scene);
	counters_close(f);
	assert_true(has_hop(f, "198.18.10.0", "198.18.10.0", 3));
	assert_true(has_hop(f, "198.18.10.0", "198.18.100.1", 2));
	assert_true(has_hop(f, "198.18.20.0", "198.18.20.0", 4));
	assert_true(has_hop(f, "198.18.20.0", "198.19.200.1", 3));
	assert_true(has_hop(f, "198.18.20.0", "198.18.100.1", 2));
	assert_true(
		has_hop(f, "198.18.10.0", GATEWAY, 1) || has_hop(f, "198.18.20.0", GATEWAY, 1));
	assert_true(found_host(f, "198.18.100.1"));
	assert_false(found_host(f, "198.19.200.1"));
	assert_int_equal(a.probes_outside, 0);
	assert_true(a.low_ttl <= 3);
	assert_int_equal(counter(f, "hops"), counter(f, "sent_trace"));
	scope_free((struct scope *)scene.plan.scope);
}

/* What is seen of the probes to one target: by what, and whether they look like one flow. */
struct flow {
	struct addr target;
	uint64_t syns, echoes, to_routers;
	uint32_t ports; /* of the first SYN: ours, and the target's */
	uint16_t label, id; /* flow label; identifier of the first echo */
	bool one;
};

static void watch_flow(
	const struct link_frame *frame, const struct frame *f, int64_t now_us, void *context)
{
	struct flow *flow = context;
	uint32_t ports = (uint32_t)f->src_port << 16 | f->dst_port;

	(void)frame, (void)now_us;
	flow->to_routers += f->kind != FRAME_ARP && f->icmp_type != 135 && f->dst.family == 6 &&
			    f->dst.bytes[5] == 0xee;
	if (!addr_equal(&f->dst, &flow->target) || f->ttl >= 32 || f->icmp_type == 135)
		return; /* not of a trace */
	if (flow->syns + flow->echoes == 0) {
		flow->ports = ports;
		flow->label = f->ip_id;
		flow->id = f->icmp_id;
		flow->one = true;
	}
	flow->syns += f->kind == FRAME_TCP;
	flow->echoes += f->kind == FRAME_ICMP;
	flow->one &= ports == flow->ports && f->ip_id == flow->label && f->icmp_id == flow->id;
}

/* IPv6: ICMPv6 time exceeded, by hop limit; a SYN where a port is open and an echo elsewhere; a
 * router out of scope is told and not asked, and one that forbids what is behind it ends the
 * path. */
static void test_paths_of_ipv6(void **state)
{
	const struct addr to_a[] = {
		host("2001:db8::1"), host("2001:db8:aa::1"), host("2001:db8:ee::1")};
	const struct addr to_b[] = {
		host("2001:db8::1"), host("2001:db8:aa::1"), {0}, host("2001:db8:bb::1")};
	const struct replay_host hosts[] = {{.at = net("2001:db8::1"),
						    .mac = {{2, 0, 0, 0, 0, 1}},
						    .on_link = true,
						    .unreachable = -1},
		{.at = net("2001:db8:aa::1"), .path = to_a, .n_path = 1, .unreachable = -1},
		{.at = net("2001:db8:ee::1"), .path = to_a, .n_path = 2, .unreachable = -1},
		{.at = net("2001:db8:bb::1"), .path = to_b, .n_path = 3, .unreachable = -1},
		{.at = net("2001:db8:10::/124"),
			.open = web,
			.n_open = 2,
			.path = to_a,
			.n_path = 3,
			.unreachable = -1},
		{.at = net("2001:db8:20::7"),
			.drops = true,
			.path = to_b,
			.n_path = 4,
			.unreachable = -1},
		{.at = net("2001:db8:30::/64"),
			.drops = true,
			.deaf = true,
			.timeless = true,
			.path = to_b,
			.n_path = 2,
			.unreachable = 1}};
	static const char *const prefixes[] = {"2001:db8::/48", "2001:db8:aa::/48",
		"2001:db8:bb::/48", "2001:db8:10::/48", "2001:db8:20::/48", "2001:db8:30::/48"};
	static const char *const flows[] = {"2001:db8:10::", "2001:db8:20::7"};
	struct cidr targets[] = {
		net("2001:db8:10::/124"), net("2001:db8:20::7"), net("2001:db8:30::7")};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(flows); i++) {
		struct flow flow = {.target = host(flows[i])};
		struct scene scene = {.plan = {.targets = targets,
					      .n_targets = 3,
					      .trace = true,
					      .profile = SCAN_STANDARD,
					      .tcp_ports = web,
					      .n_tcp_ports = 2,
					      .scope = grants(prefixes, ARRAY_SIZE(prefixes))},
			.network = {.hosts = hosts, .n_hosts = ARRAY_SIZE(hosts), .seed = 3},
			.watch = watch_flow,
			.context = &flow};
		struct found *f = play(&scene);

		counters_close(f);
		assert_true(has_hop(f, "2001:db8:10::", "2001:db8:10::", 4));
		assert_true(has_hop(f, "2001:db8:10::", "2001:db8:ee::1", 3));
		assert_true(has_hop(f, "2001:db8:20::7", "2001:db8:20::7", 5));
		assert_true(has_hop(f, "2001:db8:20::7", "2001:db8:bb::1", 4));
		assert_true(has_hop(f, "2001:db8:bb::1", "2001:db8:bb::1", 4));
		assert_true(has_hop(f, "2001:db8:10::", "2001:db8:aa::1", 2) ||
			    has_hop(f, "2001:db8:20::7", "2001:db8:aa::1", 2));
		for (size_t k = 0; k < f->n_hops; k++)
			assert_false(f->hops[k].ttl == 3 &&
				     f->hops[k].addr.bytes[5] == 0x20); /* mute */
		assert_true(found_host(f, "2001:db8:aa::1") && found_host(f, "2001:db8:bb::1"));
		assert_false(found_host(f, "2001:db8:ee::1"));
		assert_false(found_host(f, "2001:db8:30::7"));
		assert_int_equal(flow.to_routers, 0);
		assert_true(flow.one);
		assert_true(
			i == 0 ? flow.syns > 0 && !flow.echoes : flow.echoes > 0 && !flow.syns);
		assert_int_equal(counter(f, "aliases"), 0); /* IPv6 has no such number */
		scope_free((struct scope *)scene.plan.scope);
	}
}

/* Routers and a target that say nothing: it ends, and what is known is told. */
static void test_silence(void **state)
{
	const struct addr path[] = {host(GATEWAY), host("198.18.100.1")};
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.10.1"),
			.open = web,
			.n_open = 2,
			.path = path,
			.n_path = 2,
			.unreachable = -1}};
	static const char *const prefixes[] = {"198.18.0.0/16"};
	struct cidr target = net("198.18.10.1");
	struct scene scene = {.plan = {.targets = &target,
				      .n_targets = 1,
				      .trace = true,
				      .profile = SCAN_STANDARD,
				      .scope = grants(prefixes, 1)},
		.network = {.hosts = hosts, .n_hosts = 2, .seed = 9, .loss_permille = 500}};
	struct found *f;

	(void)state;
	scene.plan.tcp_ports = scan_default_tcp_ports(&scene.plan.n_tcp_ports);
	f = play(&scene);
	counters_close(f);
	assert_true(f->took_us < 120000000);
	scope_free((struct scope *)scene.plan.scope);
}

/* More networks than there is room for, behind a router that all traces meet: who is left out
 * is counted, and once. */
static void test_many_networks(void **state)
{
	enum { MOST = 4096, MANY = MOST + 4 };
	static struct cidr targets[MANY];
	static const char *const prefixes[] = {"2001:db8::/32"};
	const struct addr path[] = {host("2001:db8::1"), host("2001:db8:ffff::1")};
	struct replay_host hosts[] = {
		gateway(), behind("2001:db8:f000::/36"), behind("2001:db8::/36")};
	struct scene scene = {.plan = {.targets = targets,
				      .n_targets = MANY,
				      .trace = true,
				      .profile = SCAN_THOROUGH,
				      .tcp_ports = web,
				      .n_tcp_ports = 1,
				      .scope = grants(prefixes, 1)},
		.network = {.hosts = hosts, .n_hosts = 3, .seed = 4}};
	struct found *f;

	(void)state;
	hosts[0].at = net("2001:db8::1");
	hosts[2].path = path;
	hosts[2].n_path = 2;
	for (uint32_t i = 0; i < MANY; i++) {
		struct addr addr = host("2001:db8::7");

		addr.bytes[5] = (uint8_t)(1 + (i >> 12));
		addr.bytes[6] = (uint8_t)(i >> 8);
		addr.bytes[7] = (uint8_t)i;
		targets[i] = cidr_of(&addr, 128);
	}
	f = play(&scene);
	counters_close(f);
	assert_int_equal(f->n_ports, 0);
	assert_true(found_host(f, "2001:db8:ffff::1"));
	assert_int_equal(counter(f, "traces_over_limit"), MANY - MOST + 1);
	assert_int_equal(counter(f, "alias_routers_over_limit"), 0);
	scope_free((struct scope *)scene.plan.scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_paths),
		cmocka_unit_test(test_paths_of_ipv6), cmocka_unit_test(test_silence),
		cmocka_unit_test(test_many_networks)};

	return RUN(tests);
}
