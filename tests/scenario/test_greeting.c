/* SPDX-License-Identifier: Apache-2.0 */
/* When open ports are greeted: while the sweep runs, each once, and not who is doubted. */
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "tests/scenario/network.h"

#define EVERYWHERE_PORTS 30

static struct cidr targets[1];
static struct greets greets;
static struct addr many; /* whose control port is watched for */
static int64_t last_us,
	control_us; /* the last frame of all; the first to a control port of it */

static void watch(const struct link_frame *frame, const struct frame *decoded, int64_t now_us,
	void *context)
{
	(void)frame, (void)context;
	last_us = now_us;
	if (!control_us && decoded->kind == FRAME_TCP && decoded->dst_port > 20000 &&
		addr_equal(&decoded->dst, &many))
		control_us = now_us;
}

static struct scene make_scene(const struct replay_host *hosts, size_t n, const char *target,
	enum scan_profile profile)
{
	static const char *const prefixes[] = {"198.18.0.0/15"};
	struct scene scene = {.plan = {.targets = targets,
				      .n_targets = 1,
				      .scope = grants(prefixes, 1),
				      .profile = profile},
		.network = {.hosts = hosts, .n_hosts = n, .seed = 1},
		.greets = &greets,
		.watch = watch};

	targets[0] = net(target);
	memset(&greets, 0, sizeof(greets));
	last_us = control_us = 0;
	return scene;
}

static size_t times(const char *text, enum transport transport, uint16_t port)
{
	struct addr addr = host(text);
	size_t n = 0;

	for (size_t i = 0; i < greets.n; i++)
		n += addr_equal(&greets.rows[i].target.addr, &addr) &&
		     greets.rows[i].target.transport == transport &&
		     greets.rows[i].target.port == port;
	return n;
}

/* Every open port of the network exactly once. */
static void each_once(const struct found *f, size_t n)
{
	counters_close(f);
	assert_int_equal(f->n_ports, n);
	assert_int_equal(greets.n, n);
	assert_int_equal(counter(f, "greeted"), n);
	for (size_t i = 0; i < f->n_ports; i++) {
		char text[ADDR_TEXT_MAX];

		addr_format(&f->ports[i].addr, text);
		assert_int_equal(
			times(text, f->ports[i].transport, f->ports[i].port), 1);
	}
}

static const uint16_t web[] = {80, 443};

static int say(const struct greet_target *target, const struct observation_sink *sink,
	struct error *reterr)
{
	struct observation obs = {.kind = OBSERVATION_SERVICE,
		.method = OBSERVATION_BY_GREETING,
		.addr = target->addr,
		.transport = target->transport,
		.port = target->port};

	return sink->take(sink->context, &obs, reterr);
}

/* Under SAFE after the last frame; else while most are still to come, and the sweep does not
 * notice. */
static void test_beside_the_sweep(void **state)
{
	const struct replay_host hosts[] = {gateway(), behind("198.18.8.0/22"),
		{.at = net("198.18.8.0/25"), .path = behind("198.18.8.0").path, .n_path = 1,
			.open = web, .n_open = 2, .unreachable = -1}};

	(void)state;
	for (int profile = SCAN_SAFE; profile <= SCAN_THOROUGH; profile++) {
		struct scene scene =
			make_scene(hosts, 3, "198.18.8.0/22", (enum scan_profile)profile);
		int64_t alone_us;
		uint64_t frames;
		struct found *f;

		scene.plan.tcp_ports = web;
		scene.plan.n_tcp_ports = 2;
		scene.greets = NULL;
		f = play(&scene);
		alone_us = last_us;
		frames = f->frames;
		scene.greets = &greets;
		greets.takes_us = 700000;
		greets.say = say;
		f = play(&scene);
		each_once(f, 256);
		assert_int_equal(counter(f, "greet_answered"), 256);
		assert_int_equal(f->n_services, 256);
		assert_int_equal(last_us, alone_us);
		assert_int_equal(f->frames, frames);
		for (size_t i = 0; profile == SCAN_SAFE && i < greets.n; i++)
			assert_true(greets.rows[i].at_us >= last_us + 500000); /* the gap */
		if (profile != SCAN_SAFE)
			assert_true(greets.rows[128].at_us < last_us);
		scope_free((struct scope *)scene.plan.scope);
	}
}

/* What the profile and the plan allow, the greeter is told. */
static void test_limits(void **state)
{
	static const struct {
		enum protocol_risk risk_max;
		unsigned int per_host, in_flight;
		int64_t gap_us, gap_network_us, gap_all_us;
	} limits[] = {{PROTOCOL_SAFE, 1, 256, 500000, 5000, 1000},
		{PROTOCOL_STANDARD, 2, 2000, 0, 1000, 500},
		{PROTOCOL_THOROUGH, 4, 4000, 0, 0, 50}};
	const struct replay_host hosts[] = {gateway()};
	const struct cidr excluded = net("198.18.8.4/30");

	(void)state;
	for (int i = SCAN_SAFE; i <= SCAN_THOROUGH; i++) {
		struct scene scene =
			make_scene(hosts, 1, "198.18.8.0/29", (enum scan_profile)i);

		scene.plan.tcp_ports = web;
		scene.plan.n_tcp_ports = 2;
		scene.plan.excludes = &excluded;
		scene.plan.n_excludes = 1;
		greets.excluded = host("198.18.8.5");
		counters_close(play(&scene));
		assert_ptr_equal(greets.asked.scope, scene.plan.scope);
		assert_true(greets.denied);
		assert_int_equal(greets.asked.risk_max, limits[i].risk_max);
		assert_int_equal(greets.asked.per_host, limits[i].per_host);
		assert_int_equal(greets.asked.in_flight, limits[i].in_flight);
		assert_int_equal(greets.asked.gap_us, limits[i].gap_us);
		assert_int_equal(greets.asked.gap_network_us, limits[i].gap_network_us);
		assert_int_equal(greets.asked.gap_all_us, limits[i].gap_all_us);
		greets.excluded = host("198.18.8.3");
		scene.plan.rate_pps = 100;
		scene.plan.network_pps = 50;
		counters_close(play(&scene));
		assert_false(greets.denied);
		assert_int_equal(greets.asked.gap_network_us, 20000);
		assert_int_equal(greets.asked.gap_all_us, 10000);
		scope_free((struct scope *)scene.plan.scope);
	}
}

/* This machine's own addresses need no gap. */
static void test_own(void **state)
{
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.0.5/32"), .open = web, .n_open = 2, .unreachable = -1},
		{.at = net("198.18.0.6/32"),
			.mac = {{2, 0, 0, 0, 0, 6}},
			.on_link = true,
			.open = web,
			.n_open = 2,
			.unreachable = -1}};
	const struct addr own = host("198.18.0.5");
	struct scene scene = make_scene(hosts, 3, "198.18.0.4/30", SCAN_SAFE);

	(void)state;
	scene.plan.tcp_ports = web;
	scene.plan.n_tcp_ports = 2;
	each_once(play(&scene), 4);
	for (size_t i = 0; i < greets.n; i++)
		assert_int_equal(greets.rows[i].target.own,
			addr_equal(&greets.rows[i].target.addr, &own));
	scope_free((struct scope *)scene.plan.scope);
}

/* UDP ports too, printers and SCTP not. */
static void test_what_is_greeted(void **state)
{
	static const uint16_t open[] = {80, 9100, 9107}, udp[] = {53}, sctp[] = {3868};
	struct replay_host hosts[] = {gateway(), behind("198.18.8.7")};
	struct scene scene = make_scene(hosts, 2, "198.18.8.7/32", SCAN_STANDARD);
	struct found *f;

	(void)state;
	hosts[1].open = scene.plan.tcp_ports = open;
	hosts[1].n_open = scene.plan.n_tcp_ports = 3;
	hosts[1].udp = scene.plan.udp_ports = udp;
	hosts[1].n_udp = scene.plan.n_udp_ports = 1;
	hosts[1].sctp = scene.plan.sctp_ports = sctp;
	hosts[1].n_sctp = scene.plan.n_sctp_ports = 1;
	scene.network.datagram = say_dns;
	f = play(&scene);
	counters_close(f);
	assert_int_equal(f->n_ports, 5);
	assert_int_equal(greets.n, 2);
	assert_int_equal(times("198.18.8.7", TRANSPORT_TCP, 80), 1);
	assert_int_equal(times("198.18.8.7", TRANSPORT_UDP, 53), 1);
	scope_free((struct scope *)scene.plan.scope);
}

/* 100 ports are asked. One host answers everywhere, one at 95 of them and at no other, one at
 * six: the first is never greeted, the second after it was asked for control ports, the third
 * at once, but for what was found of it at the very first. */
static void test_doubt(void **state)
{
	uint16_t ports[100];
	struct replay_host hosts[] = {gateway(), behind("198.18.8.7"), behind("198.18.8.8"),
		behind("198.18.8.9"), behind("198.18.8.0/22")};
	struct scene scene;

	(void)state;
	for (uint16_t i = 0; i < 100; i++)
		ports[i] = 1000 + i;
	hosts[1].open_everywhere = true;
	hosts[2].open = ports;
	hosts[2].n_open = 95;
	hosts[3].open = ports + 50;
	hosts[3].n_open = 6;
	for (int profile = SCAN_STANDARD; profile <= SCAN_THOROUGH; profile++) {
		struct found *f;
		size_t early = 0;

		scene = make_scene(hosts, 5, "198.18.8.0/22", (enum scan_profile)profile);
		scene.plan.tcp_ports = ports;
		scene.plan.n_tcp_ports = 100;
		many = host("198.18.8.8");
		f = play(&scene);
		assert_int_equal(counter(f, "answer_all"), 1);
		each_once(f, 101);
		assert_true(control_us > 0);
		for (size_t i = 0; i < greets.n; i++) {
			const struct addr *addr = &greets.rows[i].target.addr;
			bool doubted = addr_equal(addr, &many);

			assert_true(!doubted || greets.rows[i].at_us > control_us);
			early += !doubted && greets.rows[i].at_us < control_us;
		}
		assert_true(early > 2);
		scope_free((struct scope *)scene.plan.scope);
	}
}

/* A greeter that is full is asked again when it has room. */
static void test_full(void **state)
{
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.8.0/24"), .path = behind("198.18.8.0").path, .n_path = 1,
			.open = web, .n_open = 2, .unreachable = -1}};
	struct scene scene = make_scene(hosts, 2, "198.18.8.0/24", SCAN_THOROUGH);

	(void)state;
	scene.plan.tcp_ports = web;
	scene.plan.n_tcp_ports = 2;
	greets.room = 7;
	greets.takes_us = 40000;
	each_once(play(&scene), 512);
	scope_free((struct scope *)scene.plan.scope);
}

static int say_names(const struct greet_target *target, const struct observation_sink *sink,
	struct error *reterr)
{
	const struct observation obs = {.kind = OBSERVATION_SERVICE,
		.method = OBSERVATION_BY_GREETING,
		.addr = target->addr,
		.transport = target->transport,
		.port = target->port,
		.protocol = "dns"};

	return sink->take(sink->context, &obs, reterr);
}

static int ask_names(const struct reverse_server *servers, size_t n_servers,
	const struct addr *addrs, size_t n_addrs, const struct reverse_options *options,
	const struct observation_sink *sink, struct reverse_counts *ret_counts,
	struct error *reterr)
{
	(void)options, (void)sink, (void)ret_counts, (void)reterr;
	assert_int_equal(n_servers, REVERSE_SERVERS_MAX);
	for (uint32_t i = 0; i < n_servers; i++)
		assert_int_equal(addr_to_v4(&servers[i].addr), 0xc6120800 + i + (i >= 3));
	assert_int_equal(n_addrs, 15);
	for (uint32_t i = 0; i < n_addrs; i++)
		assert_int_equal(addr_to_v4(&addrs[i]), 0xc6120800 + i + (i >= 3));
	return 0;
}

/* Of sixteen name servers the lowest are asked, in whatever order they were met; of the one
 * that answers everywhere nobody is asked anything. */
static void test_many_name_servers(void **state)
{
	uint16_t ports[EVERYWHERE_PORTS];
	struct replay_host hosts[] = {gateway(), behind("198.18.8.0/28"), behind("198.18.8.3")};
	struct scene scene = make_scene(hosts, 3, "198.18.8.0/28", SCAN_STANDARD);

	(void)state;
	for (uint16_t i = 0; i < EVERYWHERE_PORTS; i++)
		ports[i] = 53 + i;
	scene.plan.tcp_ports = hosts[1].open = ports;
	scene.plan.n_tcp_ports = EVERYWHERE_PORTS;
	hosts[1].n_open = 1;
	hosts[2].open_everywhere = true;
	greets.say = say_names;
	scene.reverse = ask_names;
	each_once(play(&scene), 15);
	scope_free((struct scope *)scene.plan.scope);
}

static bool stop_soon(void *context, uint64_t frames)
{
	(void)context;
	return frames > 300;
}

static bool stop_while_greeting(void *context, uint64_t frames)
{
	(void)context, (void)frames;
	return greets.n == 512;
}

/* A stop ends the sweep and the greetings, which would take for ever; nothing is called
 * covered, even if all was asked. */
static void test_stop(void **state)
{
	static const struct {
		enum scan_profile profile; /* SCAN_SAFE: greets when all is asked */
		bool (*stop)(void *context, uint64_t frames);
	} rows[] = {{SCAN_STANDARD, stop_soon}, {SCAN_STANDARD, stop_while_greeting},
		{SCAN_SAFE, stop_while_greeting}};
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.8.0/24"), .path = behind("198.18.8.0").path, .n_path = 1,
			.open = web, .n_open = 2, .unreachable = -1}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scene scene = make_scene(hosts, 2, "198.18.8.0/24", rows[i].profile);
		struct found *f;

		scene.plan.tcp_ports = web;
		scene.plan.n_tcp_ports = 2;
		scene.stopped = rows[i].stop;
		greets.takes_us = 1000ll * CLOCK_SECOND;
		f = play(&scene);
		counters_close(f);
		assert_int_equal(counter(f, "stopped"), 1);
		assert_int_equal(counter(f, "greeted"), 0);
		assert_int_equal(f->n_coverage, 0);
		assert_true(greets.n > 0 && f->n_ports >= greets.n);
		assert_int_equal(f->n_ports == 512, i > 0);
		scope_free((struct scope *)scene.plan.scope);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_beside_the_sweep),
		cmocka_unit_test(test_limits), cmocka_unit_test(test_own),
		cmocka_unit_test(test_what_is_greeted), cmocka_unit_test(test_doubt),
		cmocka_unit_test(test_full), cmocka_unit_test(test_many_name_servers),
		cmocka_unit_test(test_stop)};

	return RUN(tests);
}
