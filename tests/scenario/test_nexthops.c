/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several next hops: targets are spread over those that are there, by weight, each by one of them; one that is not,
 * or is not any more, or is another machine by now, loses nobody; and where none is left nothing is told as looked at.
 */
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "tests/scenario/network.h"

#define BEHIND "198.18.128.0/24"
#define TARGETS 256
#define EVENT_US (25 * CLOCK_SECOND) /* after the first frame */

enum event { NOTHING, NEVER_SAYS, FIRST_DIES, FIRST_COMES_BACK, FIRST_MOVES };

/* What the network does, and what was sent by whom; index 0 and 1: gateways, 2: others. */
static struct {
	struct replay_host hosts[4];
	enum event event;
	int64_t begun_us;
	bool happened, back;
	size_t probes[2], before; /* it came back */
	uint8_t by[TARGETS]; /* bits of gateways */
} world;

static const uint16_t ports[] = {22};

static bool is_to(const struct link_frame *frame, const struct replay_host *host)
{
	return memcmp(frame->bytes, host->mac.bytes, 6) == 0;
}

static void happen(int64_t now_us)
{
	if (!world.begun_us)
		world.begun_us = now_us;
	if (world.event <= NEVER_SAYS || now_us < world.begun_us + EVENT_US)
		return;
	if (!world.happened && world.event == FIRST_MOVES)
		world.hosts[0].mac.bytes[5] = 77;
	else if (!world.happened)
		world.hosts[0].on_link = false;
	world.happened = true;
	if (world.event == FIRST_COMES_BACK && !world.back && now_us >= world.begun_us + 3 * EVENT_US) {
		world.hosts[0].on_link = world.back = true;
		world.before = world.probes[0];
	}
}

/* Whatever goes to a gateway that is not there, or has another MAC by now, is lost. */
static void watch(const struct link_frame *frame, const struct frame *f, int64_t now_us, void *context)
{
	bool lost = true;

	(void)context;
	happen(now_us);
	for (size_t i = 0; i < 2; i++)
		if (is_to(frame, &world.hosts[i]) && f->dst.family == 4 && f->kind != FRAME_ARP) {
			world.probes[i]++;
			world.by[f->dst.bytes[3]] |= (uint8_t)(1u << i);
			lost = !world.hosts[i].on_link && world.event != NEVER_SAYS;
		}
	world.hosts[2].asleep = lost;
}

static struct found *play_with(enum event event, size_t n_hops, bool first_lives, uint16_t weight, uint32_t pps)
{
	static const char *const prefixes[] = {"198.18.0.0/15"};
	const struct route routes[] = {
		{.prefix = net(BEHIND), .type = ROUTE_GATEWAY, .interface = 2, .gateway = host(GATEWAY), .weight = 1},
		{.prefix = net(BEHIND), .type = ROUTE_GATEWAY, .interface = 2, .gateway = host("198.18.0.2"),
			.more = true, .weight = weight}};
	const struct route_neighbour known = {2, host(GATEWAY), {{2, 0, 0, 0, 0, 1}}, true};
	struct cidr target = net(BEHIND);
	struct scene scene = {.plan = {.targets = &target, .n_targets = 1, .profile = SCAN_STANDARD,
				      .scope = grants(prefixes, 1), .tcp_ports = ports, .n_tcp_ports = 1,
				      .rate_pps = pps},
		.network = {.hosts = world.hosts, .n_hosts = 3, .seed = 1},
		.routes = routes, .n_routes = n_hops, .watch = watch,
		.neighbours = &known, .n_neighbours = event == NEVER_SAYS};
	struct found *found;

	memset(&world, 0, sizeof(world));
	world.event = event;
	world.hosts[0] = world.hosts[1] = gateway();
	world.hosts[1].at = net("198.18.0.2");
	world.hosts[1].mac.bytes[5] = 2;
	world.hosts[0].on_link = first_lives;
	world.hosts[2] = behind(BEHIND);
	world.hosts[2].open = ports;
	world.hosts[2].n_open = 1;
	found = play(&scene);
	scope_free((struct scope *)scene.plan.scope);
	counters_close(found);
	return found;
}

static void all_found(const struct found *found)
{
	assert_int_equal(found->n_hosts, TARGETS);
	assert_int_equal(found->n_ports, TARGETS);
	assert_int_equal(found->n_coverage, 1);
	assert_string_equal(found->coverage[0].cidr, BEHIND);
}

static void test_shared_by_weight(void **state)
{
	size_t first = 0;

	(void)state;
	all_found(play_with(NOTHING, 2, true, 3, 0));
	for (size_t i = 0; i < TARGETS; i++) {
		assert_true(world.by[i] == 1 || world.by[i] == 2);
		first += world.by[i] == 1;
	}
	assert_in_range(first, TARGETS / 4 - 32, TARGETS / 4 + 32);
}

static void test_one_is_not_there(void **state)
{
	const struct found *found = play_with(NOTHING, 2, false, 1, 0);

	(void)state;
	all_found(found);
	assert_int_equal(world.probes[0], 0);
	assert_int_equal(counter(found, "no_next_hop"), 0);
}

/* One that the kernel has a static entry for, and that answers no ARP. */
static void test_one_that_never_says(void **state)
{
	const struct found *found = play_with(NEVER_SAYS, 1, false, 1, 5);

	(void)state;
	all_found(found);
	assert_true(found->took_us > 2 * EVENT_US);
	assert_int_equal(counter(found, "next_hops_changed"), 0);
}

static void test_one_dies(void **state)
{
	const struct found *found = play_with(FIRST_DIES, 2, true, 1, 5);

	(void)state;
	assert_true(world.happened);
	all_found(found);
	assert_int_equal(counter(found, "next_hops_changed"), 1);
	assert_true(world.probes[0] > 0);
}

static void test_one_is_another_machine(void **state)
{
	const struct found *found = play_with(FIRST_MOVES, 1, true, 1, 5);

	(void)state;
	assert_true(world.happened);
	all_found(found);
	assert_int_equal(counter(found, "next_hops_changed"), 1);
}

/* What was found is told, but not that anything was looked at. */
static void test_the_only_one_dies(void **state)
{
	const struct found *found = play_with(FIRST_DIES, 1, true, 1, 5);

	(void)state;
	assert_true(world.happened);
	assert_in_range(found->n_hosts, 1, TARGETS - 1);
	assert_int_equal(found->n_coverage, 0);
	assert_true(counter(found, "no_next_hop") > 0);
}

static void test_one_comes_back(void **state)
{
	(void)state;
	all_found(play_with(FIRST_COMES_BACK, 2, true, 1, 2));
	assert_true(world.back && world.probes[0] > world.before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shared_by_weight),
		cmocka_unit_test(test_one_is_not_there),
		cmocka_unit_test(test_one_that_never_says),
		cmocka_unit_test(test_one_dies),
		cmocka_unit_test(test_one_is_another_machine),
		cmocka_unit_test(test_the_only_one_dies),
		cmocka_unit_test(test_one_comes_back),
	};

	return RUN(tests);
}
