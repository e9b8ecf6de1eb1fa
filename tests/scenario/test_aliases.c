/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of one router are told from those of others by the identification of their
 * packets. */
#include "tests/unit/unit.h"

#include "tests/scenario/network.h"

#include <stdio.h>

/* Addresses: 198.18.101.1 to 198.18.110.1, before networks 198.18.1.0/30 to .10.0/30. */
#define ROUTERS 10

static struct replay_host hosts[2 * ROUTERS + 1];
static struct addr paths[ROUTERS][2];
static struct cidr targets[ROUTERS];

/* Who counts together; 0 has no numbers. The last two draw them. */
static const unsigned int counters[ROUTERS] = {1, 2, 1, 2, 2, 3, 4, 0, 0, 0};

static struct scene make_scene(enum scan_profile profile)
{
	static const char *const all[] = {"198.18.0.0/15"};
	static const uint16_t web[] = {80};
	struct scene scene = {.plan = {.targets = targets,
				      .n_targets = ROUTERS,
				      .tcp_ports = web,
				      .n_tcp_ports = 1,
				      .trace = true,
				      .profile = profile,
				      .scope = grants(all, 1)},
		.network = {.hosts = hosts, .n_hosts = 2 * ROUTERS + 1, .seed = 3}};
	char text[32];

	for (size_t i = 0; i < ROUTERS; i++) {
		struct replay_host *network = &hosts[2 * i], *router = &hosts[2 * i + 1];

		snprintf(text, sizeof(text), "198.18.%zu.0/30", i + 1);
		targets[i] = net(text);
		*network = behind(text);
		network->path = paths[i];
		network->n_path = 2;
		snprintf(text, sizeof(text), "198.18.%zu.1", i + 101);
		paths[i][0] = host(GATEWAY);
		paths[i][1] = host(text);
		*router = behind(text);
		router->counter = counters[i];
		router->random_ids = i >= ROUTERS - 2;
	}
	hosts[2 * ROUTERS] = gateway();
	return scene;
}

static void judge(const struct found *f)
{
	counters_close(f);
	assert_string_equal(
		found_key(f, "198.18.101.1", "ip.counter"), "198.18.101.1 198.18.103.1");
	assert_string_equal(
		found_key(f, "198.18.103.1", "ip.counter"), "198.18.101.1 198.18.103.1");
	for (size_t i = 102; i <= 105; i++) {
		char text[32];

		snprintf(text, sizeof(text), "198.18.%zu.1", i);
		if (i != 103)
			assert_string_equal(found_key(f, text, "ip.counter"),
				"198.18.102.1 198.18.104.1 198.18.105.1");
	}
	assert_int_equal(f->n_keys, 5);
	assert_int_equal(counter(f, "aliases"), 5);
}

static void test_shared_counters(void **state)
{
	(void)state;
	for (uint32_t pps = 0; pps <= 20; pps += 10) {
		struct scene scene = make_scene(SCAN_STANDARD);

		scene.network.ids_pps = pps;
		judge(play(&scene));
		scope_free((struct scope *)scene.plan.scope);
	}
}

static void test_loss_and_jitter(void **state)
{
	struct scene scene = make_scene(SCAN_THOROUGH);

	(void)state;
	scene.network.loss_permille = 20;
	scene.network.jitter_us = 5000;
	judge(play(&scene));
	scope_free((struct scope *)scene.plan.scope);
}

/* Too fast to be told apart from others with enough certainty: nothing is told. */
static void test_busy(void **state)
{
	struct scene scene = make_scene(SCAN_STANDARD);
	const struct found *f;

	(void)state;
	scene.network.ids_pps = 5000;
	f = play(&scene);
	counters_close(f);
	assert_int_equal(f->n_keys, 0);
	scope_free((struct scope *)scene.plan.scope);
}

/* Ten routers that count for themselves, idle or not, whatever the order: none is another. */
static void test_independent_counters(void **state)
{
	(void)state;
	for (uint32_t round = 0; round < 60; round++) {
		struct scene scene = make_scene(SCAN_STANDARD);
		const struct found *f;

		for (size_t i = 0; i < ROUTERS; i++) {
			hosts[2 * i + 1].counter = (unsigned int)i + 1;
			hosts[2 * i + 1].random_ids = false;
		}
		scene.network.ids_pps = round % 3 * 10;
		scene.network.jitter_us = round % 2 * 3000;
		scene.network.seed = scene.plan.seed = round + 1;
		f = play(&scene);
		counters_close(f);
		assert_int_equal(f->n_keys, 0);
		scope_free((struct scope *)scene.plan.scope);
	}
}

/* Where the bound on chance fails: two like routers that were powered up together, with
 * counters that begin `apart` and go on alike. In how many of the rounds they are told as one
 * router. */
static unsigned int count_wrong(uint16_t apart, uint32_t pps, uint32_t rounds)
{
	unsigned int wrong = 0;

	for (uint32_t round = 0; round < rounds; round++) {
		struct scene scene = make_scene(SCAN_STANDARD);
		const struct found *f;

		for (size_t i = 0; i < ROUTERS; i++) {
			hosts[2 * i + 1].counter = i < 2 ? (unsigned int)i + 1 : 0;
			hosts[2 * i + 1].random_ids = false;
		}
		scene.network.ids_apart = apart;
		scene.network.ids_pps = pps;
		scene.network.jitter_us = round % 2 * 3000;
		scene.network.seed = scene.plan.seed = round + 1;
		f = play(&scene);
		counters_close(f);
		assert_true(f->n_keys == 0 || f->n_keys == 2);
		wrong += f->n_keys > 0;
		scope_free((struct scope *)scene.plan.scope);
	}
	return wrong;
}

/* Some of them pass, far more than one in ALIAS_FALSE_ONE_OF: so what is told proposes, and
 * joins nothing by itself (docs/identity.md; tests/sql/test_identity.py). Idle ones are told
 * apart by who is asked. */
static void test_powered_up_together(void **state)
{
	(void)state;
	assert_int_equal(count_wrong(1, 0, 100) + count_wrong(3, 0, 100), 0);
	assert_in_range(count_wrong(3, 20, 300) + count_wrong(3, 40, 300), 1, 60);
	assert_in_range(count_wrong(1, 40, 300), 1, 150);
	assert_int_equal(count_wrong(1000, 20, 100), 0);
}

/* More routers than are compared: what is left out is counted. */
static void test_many_routers(void **state)
{
	enum { MOST = 256, MANY = MOST + 4 };
	static struct replay_host many[2 * MANY + 1];
	static struct addr ways[MANY][2];
	static struct cidr networks[MANY];
	struct scene scene = make_scene(SCAN_STANDARD);
	struct found *f;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		const struct addr base = addr_v4(0xc6120100 + (i << 8)),
				  router = addr_v4(0xc613c000 + i);

		networks[i] = cidr_of(&base, 30);
		many[2 * i] = many[2 * i + 1] = behind("198.18.0.0/30");
		many[2 * i].at = networks[i];
		many[2 * i + 1].at = cidr_of(&router, 32);
		ways[i][0] = host(GATEWAY);
		ways[i][1] = router;
		many[2 * i].path = ways[i];
		many[2 * i].n_path = 2;
	}
	many[2 * MANY] = gateway();
	scene.plan.targets = networks;
	scene.plan.n_targets = MANY;
	scene.network.hosts = many;
	scene.network.n_hosts = ARRAY_SIZE(many);
	f = play(&scene);
	counters_close(f);
	assert_int_equal(counter(f, "traces_over_limit"), 0);
	/* and the gateway, which is one too */
	assert_int_equal(counter(f, "alias_routers_over_limit"), MANY + 1 - MOST);
	scope_free((struct scope *)scene.plan.scope);
}

static uint64_t echoes[256];

static void watch(
	const struct link_frame *frame, const struct frame *f, int64_t now_us, void *context)
{
	(void)frame, (void)now_us, (void)context;
	if (f->kind == FRAME_ICMP && f->icmp_type == 8 && f->dst.bytes[2] > 100 && f->ttl == 64)
		echoes[f->dst.bytes[2]]++;
}

/* Few packets to each, and none but the trace's under SAFE. */
static void test_gentle(void **state)
{
	(void)state;
	for (int profile = SCAN_SAFE; profile <= SCAN_THOROUGH; profile++) {
		struct scene scene = make_scene((enum scan_profile)profile);

		memset(echoes, 0, sizeof(echoes));
		scene.watch = watch;
		counters_close(play(&scene));
		for (size_t i = 101; i <= 110; i++)
			assert_in_range(echoes[i], profile ? 4 : 0, profile ? 16 : 0);
		if (profile) /* which has no numbers */
			assert_int_equal(echoes[108], 4);
		scope_free((struct scope *)scene.plan.scope);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_shared_counters),
		cmocka_unit_test(test_loss_and_jitter), cmocka_unit_test(test_busy),
		cmocka_unit_test(test_independent_counters),
		cmocka_unit_test(test_powered_up_together), cmocka_unit_test(test_many_routers),
		cmocka_unit_test(test_gentle)};

	return RUN(tests);
}
