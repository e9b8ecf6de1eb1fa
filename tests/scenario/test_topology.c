/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a network's paths are measured, for the figures of docs/adr/0012: many networks behind
 * few routers, with and without the limit that routers have on what they say, and how many of
 * the hops are found, by how many probes and in what time. With arguments, sizes, it prints
 * them; without, it is a test.
 */
#include "tests/unit/unit.h"

#include "tests/scenario/network.h"

#include <stdio.h>

#define NETWORKS_MAX 4096
#define SMALL 64
#define BURST 6 /* as Linux */
#define TRUNK 4 /* routers that all share; those of a network are behind them */

struct shape {
	size_t networks;
	bool own;	    /* each network has a router of its own */
	unsigned int burst; /* of errors; 0: no limit */
	unsigned int loss_permille;
	bool mute;	    /* every second network's own router says nothing */
};

struct figures {
	uint64_t probes, hops, last,
		steps; /* last: networks of which the router before them is known */
	double seconds;
};

static struct replay_host hosts[2 * NETWORKS_MAX + 1];
static struct addr paths[NETWORKS_MAX][TRUNK + 1];

static struct addr network_addr(size_t i, uint8_t last)
{
	return (struct addr){
		6, {0x20, 0x01, 0x0d, 0xb8, 0, 1, (uint8_t)(i >> 8), (uint8_t)i, [15] = last}};
}

static void draw_network(const struct shape *shape)
{
	hosts[0] = (struct replay_host){.at = net("2001:db8::1"),
		.mac = {{2, 0, 0, 0, 0, 1}},
		.on_link = true,
		.unreachable = -1};
	for (size_t i = 0; i < shape->networks; i++) {
		struct addr addr = network_addr(i, 9), router = network_addr(i, 1);

		for (size_t k = 0; k < TRUNK; k++)
			paths[i][k] = (struct addr){
				6, {0x20, 0x01, 0x0d, 0xb8, 0, 2, [15] = (uint8_t)(k + 1)}};
		paths[i][0] = host("2001:db8::1");
		paths[i][TRUNK] = network_addr(i, 1);
		if (shape->mute && i % 2)
			paths[i][TRUNK].family = 0;
		hosts[i + 1] = (struct replay_host){.at = cidr_of(&addr, 128),
			.path = paths[i],
			.n_path = shape->own ? TRUNK + 1 : TRUNK,
			.unreachable = -1};
		hosts[shape->networks + i + 1] = (struct replay_host){
			.at = cidr_of(&router, 128),
			.path = paths[i],
			.n_path = TRUNK,
			.unreachable = -1};
	}
}

static struct found *survey(const struct shape *shape, const struct addr_set *list, bool trace)
{
	static const uint16_t port[] = {80};
	static const char *const prefixes[] = {"2001:db8:1::/48"};
	struct scene scene = {.plan = {.target_list = list,
				      .tcp_ports = port,
				      .n_tcp_ports = 1,
				      .trace = trace,
				      .profile = SCAN_STANDARD,
				      .scope = grants(prefixes, 1)},
		.network = {.hosts = hosts,
			.n_hosts = 2 * shape->networks + 1,
			.seed = 7,
			.delay_us = 20000,
			.loss_permille = shape->loss_permille,
			.errors_burst = shape->burst}};
	struct found *f = play(&scene);

	counters_close(f);
	scope_free((struct scope *)scene.plan.scope);
	return f;
}

static struct figures measure(const struct shape *shape)
{
	struct addr_set *list = addr_set_new();
	struct figures figures = {0};
	int64_t without_us;
	struct found *f;

	draw_network(shape);
	for (size_t i = 0; i < shape->networks; i++) {
		struct addr_range range = {network_addr(i, 9), network_addr(i, 9)};

		assert_int_equal(addr_set_add(list, &range, NULL), 0);
	}
	assert_int_equal(addr_set_seal(list, NULL), 0);
	without_us = survey(shape, list, false)->took_us;
	f = survey(shape, list, true);
	figures.probes = counter(f, "sent_trace");
	figures.seconds = (double)(f->took_us - without_us) / 1e6;
	for (size_t i = 0; i < f->n_hops; i++) {
		size_t end = shape->own ? TRUNK + 2 : TRUNK + 1;

		figures.hops++;
		figures.last += f->hops[i].ttl == end - 1 && f->hops[i].addr.bytes[15] == 9;
		figures.steps += i && f->hops[i].ttl == f->hops[i - 1].ttl + 1 &&
				 addr_equal(&f->hops[i].addr, &f->hops[i - 1].addr);
	}
	addr_set_free(list);
	return figures;
}

static void test_every_hop(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++) {
		struct shape shape = {.networks = SMALL,
			.own = i & 1,
			.burst = i & 2 ? BURST : 0,
			.loss_permille = i & 4 ? 50 : 0};
		struct figures figures = measure(&shape);

		/* the target and the router before it, and of own routers the one before that,
		 * and both of the routers themselves; of one router that all share more has to
		 * be asked again */
		size_t most = shape.own ? 5 * SMALL + TRUNK : 2 * SMALL + TRUNK;

		if (shape.burst || shape.loss_permille)
			most = 2 * most;
		if (shape.burst && !shape.own)
			most = 6 * SMALL;
		assert_true(figures.probes <= most);
		assert_int_equal(figures.last, SMALL);
		assert_true(figures.steps >= figures.last);
		assert_true(figures.seconds < 2 * SMALL);
	}
}

/* Half of the networks hide their router: the others' are found, and nobody is waited for in
 * vain. */
static void test_mute_routers(void **state)
{
	const struct shape shape = {
		.networks = SMALL, .own = true, .burst = BURST, .mute = true};
	struct figures figures = measure(&shape);

	(void)state;
	assert_int_equal(figures.last, SMALL / 2);
	assert_true(figures.probes < 10 * SMALL);
	assert_true(figures.seconds < 3 * SMALL);
}

static void print(size_t networks)
{
	for (int k = 0; k < 6; k++) {
		struct shape shape = {.networks = networks,
			.own = k & 1 || k >= 4,
			.burst = k & 2 || k == 5 ? BURST : 0,
			.mute = k >= 4};
		struct figures figures = measure(&shape);

		printf("%5zu %s%s %s: %6llu probes %8.1f s, %6llu hops, of %5llu networks the "
		       "last, %6llu steps\n",
			networks, shape.own ? "own" : "shared", shape.mute ? ", half mute" : "",
			shape.burst ? "limited" : "free", (unsigned long long)figures.probes,
			figures.seconds, (unsigned long long)figures.hops,
			(unsigned long long)figures.last, (unsigned long long)figures.steps);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_hop), cmocka_unit_test(test_mute_routers)};

	for (int i = 1; i < argc; i++) {
		size_t networks = strtoul(argv[i], NULL, 10);

		if (networks && networks <= NETWORKS_MAX)
			print(networks);
	}
	return argc > 1 ? 0 : RUN(tests);
}
