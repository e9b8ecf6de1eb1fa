/* SPDX-License-Identifier: Apache-2.0 */
/* What is there is found, and nothing else: with losses, duplicates, delays, both families. */
#include "tests/unit/unit.h"

#include "tests/scenario/network.h"

static const uint16_t web[] = {80, 443}, plc[] = {502};
static struct cidr targets[8];
static struct addr far_path[1];

static struct scene make_scene(const struct replay_host *hosts, size_t n_hosts,
	const char *const *texts, size_t n_targets)
{
	static const char *const prefixes[] = {"198.18.0.0/15", "2001:db8::/32"};
	struct scene scene = {.plan = {.targets = targets,
				      .n_targets = n_targets,
				      .scope = grants(prefixes, 2),
				      .profile = SCAN_STANDARD},
		.network = {.hosts = hosts, .n_hosts = n_hosts, .seed = 1}};

	for (size_t i = 0; i < n_targets; i++)
		targets[i] = net(texts[i]);
	scene.plan.tcp_ports = scan_default_tcp_ports(&scene.plan.n_tcp_ports);
	far_path[0] = host(GATEWAY);
	return scene;
}

static void test_both_sides_of_the_gateway(void **state)
{
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.0.9"),
			.mac = {{2, 0, 0, 0, 0, 9}},
			.on_link = true,
			.open = web,
			.n_open = 2,
			.unreachable = -1},
		{.at = net("198.18.7.1"),
			.open = plc,
			.n_open = 1,
			.path = far_path,
			.n_path = 1,
			.unreachable = -1},
		{.at = net("198.18.7.2"),
			.drops = true,
			.deaf = true,
			.open = web,
			.n_open = 2,
			.path = far_path,
			.n_path = 1,
			.unreachable = -1},
		{.at = net("198.18.7.3"),
			.drops = true,
			.path = far_path,
			.n_path = 1,
			.unreachable = -1}};
	struct scene scene =
		make_scene(hosts, 5, (const char *[]){"198.18.0.0/24", "198.18.7.0/24"}, 2);
	struct found *f = play(&scene);

	(void)state;
	counters_close(f);
	assert_int_equal(f->n_hosts, 5);
	assert_int_equal(f->n_ports, 5);
	assert_true(found_port(f, "198.18.0.9", 80) && found_port(f, "198.18.0.9", 443));
	assert_true(found_port(f, "198.18.7.1", 502));
	assert_true(found_port(f, "198.18.7.2", 80) && found_port(f, "198.18.7.2", 443));
	assert_true(found_host(f, "198.18.7.3"));
	assert_int_equal(f->n_coverage, 2);
	assert_string_equal(f->coverage[0].cidr, "198.18.0.0/24");
	assert_int_equal(counter(f, "out_of_scope"), 0);
	scope_free((struct scope *)scene.plan.scope);
}

static void test_ipv6(void **state)
{
	const struct addr path[] = {host("2001:db8::1")};
	const struct replay_host hosts[] = {{.at = net("2001:db8::1"),
						    .mac = {{2, 0, 0, 0, 0, 1}},
						    .on_link = true,
						    .unreachable = -1},
		{.at = net("2001:db8::9"),
			.mac = {{2, 0, 0, 0, 0, 9}},
			.on_link = true,
			.open = web,
			.n_open = 2,
			.unreachable = -1},
		{.at = net("2001:db8:7::22"),
			.open = plc,
			.n_open = 1,
			.path = path,
			.n_path = 1,
			.unreachable = -1}};
	struct scene scene =
		make_scene(hosts, 3, (const char *[]){"2001:db8::/120", "2001:db8:7::/120"}, 2);
	struct found *f = play(&scene);

	(void)state;
	counters_close(f);
	assert_int_equal(f->n_hosts, 3);
	assert_int_equal(f->n_ports, 3);
	assert_true(found_port(f, "2001:db8::9", 443) && found_port(f, "2001:db8:7::22", 502));
	scope_free((struct scope *)scene.plan.scope);
}

/* 6 % of packets lost, each way: the passes find everything, and ask only what is missing. */
static void test_loss(void **state)
{
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.8.0/22"),
			.open = web,
			.n_open = 2,
			.path = far_path,
			.n_path = 1,
			.unreachable = -1}};
	const uint16_t ports[] = {80, 443};
	struct scene scene = make_scene(hosts, 2, (const char *[]){"198.18.8.0/22"}, 1);
	struct found *f;

	(void)state;
	scene.plan.profile = SCAN_THOROUGH;
	scene.plan.tcp_ports = ports;
	scene.plan.n_tcp_ports = 2;
	scene.network.loss_permille = 60;
	scene.network.jitter_us = 5000;
	f = play(&scene);
	counters_close(f);
	assert_int_equal(f->n_hosts, 1024);
	assert_int_equal(f->n_ports, 2048);
	assert_true(counter(f, "sent_syn") < 2048 * 125 / 100);
	scope_free((struct scope *)scene.plan.scope);
}

static void test_duplicates(void **state)
{
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.8.0/24"),
			.open = web,
			.n_open = 2,
			.path = far_path,
			.n_path = 1,
			.unreachable = -1}};
	struct scene scene = make_scene(hosts, 2, (const char *[]){"198.18.8.0/24"}, 1);
	struct found *f;

	(void)state;
	scene.network.duplicate_permille = 500;
	f = play(&scene);
	counters_close(f);
	assert_int_equal(f->n_hosts, 256);
	assert_int_equal(f->n_ports, 512);
	assert_true(counter(f, "duplicates") > 1000);
	scope_free((struct scope *)scene.plan.scope);
}

/* A slow host answers after a second; the others set the pace and it is found all the same. */
static void test_slow_host(void **state)
{
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.8.0/28"),
			.open = web,
			.n_open = 2,
			.path = far_path,
			.n_path = 1,
			.unreachable = -1},
		{.at = net("198.18.8.7"),
			.open = web,
			.n_open = 2,
			.path = far_path,
			.n_path = 1,
			.unreachable = -1,
			.delay_us = 900000}};
	struct scene scene = make_scene(hosts, 3, (const char *[]){"198.18.8.0/28"}, 1);
	struct found *f = play(&scene);

	(void)state;
	counters_close(f);
	assert_true(found_port(f, "198.18.8.7", 80) && found_port(f, "198.18.8.7", 443));
	assert_int_equal(f->n_ports, 32);
	scope_free((struct scope *)scene.plan.scope);
}

/* The same seed and network: the same observations in the same order, at the same times. */
static void test_repeatable(void **state)
{
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.8.0/26"),
			.open = web,
			.n_open = 2,
			.path = far_path,
			.n_path = 1,
			.unreachable = -1}};
	struct scene scene = make_scene(hosts, 2, (const char *[]){"198.18.8.0/24"}, 1);
	static struct found first;

	(void)state;
	scene.network.loss_permille = 30;
	first = *play(&scene);
	assert_memory_equal(play(&scene), &first, sizeof(first));
	scope_free((struct scope *)scene.plan.scope);
}

/* An address that stands for itself is asked at its UDP ports though it was silent; one of a
 * prefix is not, and an excluded one never. */
static void test_named_and_silent(void **state)
{
	static const uint16_t dns[] = {53};
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.0.0/16"),
			.udp = dns,
			.n_udp = 1,
			.drops = true,
			.deaf = true,
			.timeless = true,
			.path = far_path,
			.n_path = 1,
			.unreachable = -1}};
	struct scene scene = make_scene(hosts, 2,
		(const char *[]){"198.18.7.1", "198.18.7.2", "198.18.9.0/30"}, 3);
	struct cidr exclude = net("198.18.7.2");
	struct addr silent = host("198.18.7.1");
	static struct greets greets;

	(void)state;
	scene.plan.excludes = &exclude;
	scene.plan.n_excludes = 1;
	scene.plan.udp_ports = dns;
	scene.plan.n_udp_ports = 1;
	scene.greets = &greets;
	scene.network.datagram = say_dns;
	counters_close(play(&scene));
	assert_int_equal(greets.n, 1);
	assert_true(addr_equal(&greets.rows[0].target.addr, &silent));
	assert_int_equal(greets.rows[0].target.transport, TRANSPORT_UDP);
	scope_free((struct scope *)scene.plan.scope);
}

/* Three scanners share a network: each port is found by one of them, and together they covered
 * all. */
static void test_shards(void **state)
{
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.8.0/24"),
			.open = web,
			.n_open = 2,
			.path = far_path,
			.n_path = 1,
			.unreachable = -1}};
	struct scene scene = make_scene(hosts, 2, (const char *[]){"198.18.8.0/24"}, 1);
	uint8_t times[256] = {0};
	uint64_t covered = 0;

	(void)state;
	scene.plan.profile = SCAN_THOROUGH;
	scene.plan.shards = 3;
	for (scene.plan.shard = 1; scene.plan.shard <= 3; scene.plan.shard++) {
		const struct found *f = play(&scene);

		counters_close(f);
		for (size_t i = 0; i < f->n_ports; i++)
			times[f->ports[i].addr.bytes[3]]++;
		for (size_t i = 0; i < f->n_coverage; i++) {
			struct cidr cidr = net(f->coverage[i].cidr);

			struct addr_range range = addr_range_of(&cidr);

			covered += addr_range_size(&range);
		}
	}
	for (size_t i = 0; i < 256; i++)
		assert_int_equal(times[i], 2);
	assert_int_equal(covered, 256);
	scope_free((struct scope *)scene.plan.scope);
}

/* Who was asked for names, and about whom. */
static char servers[REVERSE_SERVERS_MAX][ADDR_TEXT_MAX], named[8][ADDR_TEXT_MAX];
static size_t n_servers, n_named;
static int64_t name_gap_us;

/* Who answered at port 53 as what, and at another port as a name server. */
static int answer_as_name_servers(const struct greet_target *target,
	const struct observation_sink *sink, struct error *reterr)
{
	static const struct {
		const char *addr, *protocol;
		uint16_t port;
	} rows[] = {{"198.18.7.3", "dns", 53}, {"198.18.7.1", "dns", 53},
		{"198.18.7.1", "dns", 53}, {"198.18.7.2", NULL, 53},
		{"198.18.7.2", "dns", 5353}, {"198.18.7.2", "ssh", 53}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct observation obs = {.kind = OBSERVATION_SERVICE,
			.method = OBSERVATION_BY_GREETING,
			.addr = host(rows[i].addr),
			.transport = i == 1 ? TRANSPORT_TCP : TRANSPORT_UDP,
			.port = rows[i].port,
			.protocol = rows[i].protocol};

		if (addr_equal(&obs.addr, &target->addr) &&
			sink->take(sink->context, &obs, reterr) < 0)
			return reterr->code;
	}
	return 0;
}

static int list_names(const struct reverse_server *all, size_t n_all, const struct addr *addrs,
	size_t n_addrs, const struct reverse_options *options,
	const struct observation_sink *sink, struct reverse_counts *ret_counts,
	struct error *reterr)
{
	(void)sink, (void)reterr;
	assert_non_null(options->scope);
	name_gap_us = options->gap_us;
	for (n_servers = 0; n_servers < n_all; n_servers++) {
		assert_int_equal(all[n_servers].port, 53);
		addr_format(&all[n_servers].addr, servers[n_servers]);
	}
	for (n_named = 0; n_named < n_addrs && n_named < 8; n_named++)
		addr_format(&addrs[n_named], named[n_named]);
	*ret_counts = (struct reverse_counts){.servers = n_all, .asked = 5, .named = 2};
	return 0;
}

/* Only name servers that answered, each once, about hosts that live; nobody under SAFE. */
static void test_names(void **state)
{
	static const struct {
		enum scan_profile profile;
		int64_t gap_us;
	} rows[] = {{SCAN_SAFE, 0}, {SCAN_STANDARD, 25000}, {SCAN_THOROUGH, 5000}};
	const struct replay_host hosts[] = {
		gateway(),
		{.at = net("198.18.7.2"),
			.open = web,
			.n_open = 2,
			.path = far_path,
			.n_path = 1,
			.unreachable = -1},
		{.at = net("198.18.7.1"),
			.open = web,
			.n_open = 2,
			.path = far_path,
			.n_path = 1,
			.unreachable = -1},
		{.at = net("198.18.7.3"),
			.open = web,
			.n_open = 1,
			.path = far_path,
			.n_path = 1,
			.unreachable = -1}};
	static struct greets greets;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scene scene =
			make_scene(hosts, 4, (const char *[]){"198.18.7.0/29"}, 1);
		const struct found *found;

		n_servers = n_named = 0;
		name_gap_us = 0;
		scene.plan.profile = rows[i].profile;
		greets = (struct greets){.say = answer_as_name_servers};
		scene.greets = &greets;
		scene.reverse = list_names;
		found = play(&scene);
		counters_close(found);
		assert_int_equal(name_gap_us, rows[i].gap_us);
		assert_int_equal(counter(found, "names_asked"), rows[i].gap_us ? 5 : 0);
		assert_int_equal(counter(found, "names_found"), rows[i].gap_us ? 2 : 0);
		if (rows[i].gap_us) {
			assert_int_equal(n_servers, 2);
			assert_string_equal(servers[0], "198.18.7.1");
			assert_string_equal(servers[1], "198.18.7.3");
			assert_int_equal(n_named, 3);
			assert_string_equal(named[0], "198.18.7.1");
			assert_string_equal(named[1], "198.18.7.2");
		}
		scope_free((struct scope *)scene.plan.scope);
	}
}

/* More prefixes than are told as looked at: the largest are, and the rest is counted. */
static void test_scattered(void **state)
{
	static const uint16_t port[] = {80};
	const struct replay_host hosts[] = {gateway(),
		{.at = net("2001:db8::/64"),
			.mac = {{2, 0, 0, 0, 0, 1}},
			.on_link = true,
			.unreachable = -1},
		{.at = net("198.19.255.254"),
			.open = web,
			.n_open = 1,
			.path = far_path,
			.n_path = 1,
			.unreachable = -1}};
	struct scene scene = make_scene(hosts, 3, (const char *[]){"198.18.0.0/24"}, 1);
	struct addr_set *list = addr_set_new();
	struct addr_range range;
	const struct found *f;

	(void)state;
	for (uint32_t i = 256; i < 131072; i += 2) {
		range.first = range.last = addr_v4(0xc6120000 + i);
		assert_int_equal(addr_set_add(list, &range, NULL), 0);
	}
	for (unsigned int i = 0; i < 400; i += 2) {
		range.first = range.last = (struct addr){6, {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1,
			[14] = (uint8_t)(i >> 8), (uint8_t)i}};
		assert_int_equal(addr_set_add(list, &range, NULL), 0);
	}
	assert_int_equal(addr_set_seal(list, NULL), 0);
	scene.plan.target_list = list;
	scene.plan.tcp_ports = port;
	scene.plan.n_tcp_ports = 1;
	scene.plan.profile = SCAN_THOROUGH;
	f = play(&scene);
	counters_close(f);
	assert_true(found_port(f, "198.19.255.254", 80));
	assert_int_equal(f->n_hosts, 2);
	/* without the last 200 the row of prefixes would have had room */
	assert_int_equal(f->n_coverage, 1);
	assert_string_equal(f->coverage[0].cidr, "198.18.0.0/24");
	assert_int_equal(counter(f, "coverage_untold"), 65408 + 200);
	scope_free((struct scope *)scene.plan.scope);
	addr_set_free(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_both_sides_of_the_gateway),
		cmocka_unit_test(test_ipv6), cmocka_unit_test(test_loss),
		cmocka_unit_test(test_duplicates), cmocka_unit_test(test_slow_host),
		cmocka_unit_test(test_repeatable),
		cmocka_unit_test(test_named_and_silent), cmocka_unit_test(test_shards),
		cmocka_unit_test(test_names), cmocka_unit_test(test_scattered)};

	return RUN(tests);
}
