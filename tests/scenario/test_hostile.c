/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that are not to be believed, and networks that do not want to be scanned. */
#include "tests/unit/unit.h"

#include "tests/scenario/network.h"

static const uint16_t web[] = {80, 443};
static struct cidr target;
static struct addr path[1];

static struct scene make_scene(const struct replay_host *hosts, size_t n, const char *text)
{
	static const char *const prefixes[] = {"198.18.0.0/15"};
	struct scene scene = {.plan = {.targets = &target,
				      .n_targets = 1,
				      .scope = grants(prefixes, 1),
				      .profile = SCAN_STANDARD},
		.network = {.hosts = hosts, .n_hosts = n, .seed = 1}};

	target = net(text);
	path[0] = host(GATEWAY);
	scene.plan.tcp_ports = scan_default_tcp_ports(&scene.plan.n_tcp_ports);
	return scene;
}

static void test_wrong_cookies(void **state)
{
	const struct replay_host hosts[] = {gateway(), {.at = net("198.18.8.0/24"),
							       .open = web,
							       .n_open = 2,
							       .path = path,
							       .n_path = 1,
							       .unreachable = -1}};
	struct scene scene = make_scene(hosts, 2, "198.18.8.0/24");
	struct found *f;

	(void)state;
	scene.plan.profile = SCAN_THOROUGH;
	scene.plan.trace = true;
	scene.network.wrong_cookies = true;
	f = play(&scene);
	counters_close(f);
	assert_int_equal(f->n_hosts, 0);
	assert_int_equal(f->n_ports, 0);
	assert_true(counter(f, "strangers") > 10000);
	assert_int_equal(counter(f, "positive"), 1); /* the gateway's MAC */
	scope_free((struct scope *)scene.plan.scope);
}

static void test_strangers_among_answers(void **state)
{
	const struct replay_host hosts[] = {gateway(), {.at = net("198.18.8.0/25"),
							       .open = web,
							       .n_open = 2,
							       .path = path,
							       .n_path = 1,
							       .unreachable = -1}};
	struct scene scene = make_scene(hosts, 2, "198.18.8.0/24");
	struct found *f;

	(void)state;
	scene.network.stranger_permille = 900;
	f = play(&scene);
	counters_close(f);
	assert_int_equal(f->n_hosts, 128);
	assert_int_equal(f->n_ports, 256);
	assert_true(counter(f, "strangers") > 1000);
	scope_free((struct scope *)scene.plan.scope);
}

/* A host that accepts on every port is one fact and not fifty services; its neighbour with many
 * real ports is told in full. */
static void test_answers_everything(void **state)
{
	size_t n;
	const uint16_t *all = scan_default_tcp_ports(&n);
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.8.7"),
			.open_everywhere = true,
			.path = path,
			.n_path = 1,
			.unreachable = -1},
		{.at = net("198.18.8.8"),
			.open = all,
			.n_open = n,
			.path = path,
			.n_path = 1,
			.unreachable = -1}};
	struct scene scene = make_scene(hosts, 3, "198.18.8.0/28");
	struct found *f = play(&scene);

	(void)state;
	counters_close(f);
	assert_int_equal(f->n_ports, n);
	assert_false(found_port(f, "198.18.8.7", 80));
	assert_true(found_port(f, "198.18.8.8", 80));
	assert_int_equal(counter(f, "answer_all"), 1);
	assert_int_equal(f->n_facts, 1);
	assert_string_equal(f->facts[0].name, "answers.everywhere");
	/* its services are not known, so they are not said to be covered */
	for (size_t i = 0; i < f->n_coverage; i++) {
		struct cidr cidr = net(f->coverage[i].cidr);
		struct addr addr = host("198.18.8.7");

		assert_false(cidr_contains(&cidr, &addr));
	}
	scope_free((struct scope *)scene.plan.scope);
}

/* One MAC answers ARP for a whole subnet in which two hosts really are. */
static void test_proxy_arp(void **state)
{
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.0.0/24"),
			.mac = {{2, 0, 0, 0, 0, 1}},
			.on_link = true,
			.asleep = true,
			.unreachable = -1},
		{.at = net("198.18.0.66"),
			.mac = {{2, 0, 0, 0, 0, 1}},
			.on_link = true,
			.open = web,
			.n_open = 2,
			.unreachable = -1},
		{.at = net("198.18.0.77"),
			.mac = {{2, 0, 0, 0, 0, 0x77}},
			.on_link = true,
			.deaf = true,
			.drops = true,
			.unreachable = -1}};
	struct scene scene = make_scene(hosts, 4, "198.18.0.0/24");
	struct found *f = play(&scene);

	(void)state;
	counters_close(f);
	assert_true(found_host(f, "198.18.0.66") && found_host(f, "198.18.0.77"));
	assert_true(found_host(f, GATEWAY));
	assert_int_equal(f->n_hosts, 3);
	assert_int_equal(f->n_ports, 2);
	assert_int_equal(counter(f, "proxy_arp"), 1);
	scope_free((struct scope *)scene.plan.scope);
}

static void test_unreachable(void **state)
{
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.8.0/28"), .path = path, .n_path = 1, .unreachable = 1},
		{.at = net("198.18.8.16/28"), .path = path, .n_path = 1, .unreachable = 13},
		{.at = net("198.18.8.1"),
			.open = web,
			.n_open = 2,
			.path = path,
			.n_path = 1,
			.unreachable = -1}};
	struct scene scene = make_scene(hosts, 4, "198.18.8.0/27");
	struct found *f = play(&scene);

	(void)state;
	counters_close(f);
	assert_int_equal(f->n_hosts, 1);
	assert_int_equal(f->n_ports, 2);
	/* "no such host" settles the address at once; "prohibited" is said of each question */
	assert_int_equal(counter(f, "unreachable_host"), 15);
	assert_true(counter(f, "unreachable_prohibited") >= 16);
	scope_free((struct scope *)scene.plan.scope);
}

static bool after(void *context, uint64_t frames)
{
	return frames >= *(uint64_t *)context;
}

/* A stop at any moment: it ends at once, what came is told, and nothing is called covered. */
static void test_stop(void **state)
{
	const struct replay_host hosts[] = {gateway(), {.at = net("198.18.8.0/24"),
							       .open = web,
							       .n_open = 2,
							       .path = path,
							       .n_path = 1,
							       .unreachable = -1}};
	struct scene scene = make_scene(hosts, 2, "198.18.8.0/24");

	(void)state;
	for (uint64_t limit = 1; limit < 14000; limit = limit * 3 + 1) {
		struct found *f;

		scene.stopped = after;
		scene.context = &limit;
		f = play(&scene);
		counters_close(f);
		assert_int_equal(counter(f, "stopped"), limit < 13000);
		assert_int_equal(f->n_coverage, limit < 13000 ? 0 : 1);
		assert_true(
			f->frames <= limit + LINK_BATCH_MAX + 41); /* 20 ms more at 2,000/s */
		if (limit > 8000)
			assert_true(f->n_ports > 0);
	}
	scope_free((struct scope *)scene.plan.scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_wrong_cookies),
		cmocka_unit_test(test_strangers_among_answers),
		cmocka_unit_test(test_answers_everything), cmocka_unit_test(test_proxy_arp),
		cmocka_unit_test(test_unreachable), cmocka_unit_test(test_stop)};

	return RUN(tests);
}
