/* SPDX-License-Identifier: Apache-2.0 */
/* How often one host and the whole network are asked, measured on the frames that leave. */
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "tests/scenario/network.h"

#define TARGETS 256
#define FRAMES_MAX 400000

struct measure {
	int64_t last[TARGETS]; /* by last byte */
	int64_t least_gap_us;
	int64_t times[FRAMES_MAX];
	size_t n;
	size_t n_asked; /* up to the last one to a target */
};

static struct measure measure;

static void watch(
	const struct link_frame *frame, const struct frame *f, int64_t now_us, void *context)
{
	uint8_t host_number = f->dst.bytes[3];

	(void)frame, (void)context;
	if (measure.n < FRAMES_MAX)
		measure.times[measure.n++] = now_us;
	if (f->kind != FRAME_ARP)
		measure.n_asked = measure.n;
	if (f->kind == FRAME_ARP || f->dst.bytes[2] != 8)
		return;
	if (measure.last[host_number] &&
		now_us - measure.last[host_number] < measure.least_gap_us)
		measure.least_gap_us = now_us - measure.last[host_number];
	measure.last[host_number] = now_us;
}

static size_t most_in_a_second(void)
{
	size_t most = 0;

	for (size_t i = 0, begin = 0; i < measure.n; i++) {
		while (measure.times[i] - measure.times[begin] >= CLOCK_SECOND)
			begin++;
		if (i - begin + 1 > most)
			most = i - begin + 1;
	}
	return most;
}

static void run(enum scan_profile profile, const char *target, unsigned int loss)
{
	static const uint16_t web[] = {80, 443};
	const struct addr path[] = {host(GATEWAY)};
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.8.0/25"),
			.open = web,
			.n_open = 2,
			.drops = true,
			.path = path,
			.n_path = 1,
			.unreachable = -1}};
	static const char *const prefixes[] = {"198.18.0.0/15"};
	struct cidr cidr = net(target);
	struct scene scene = {.plan = {.targets = &cidr,
				      .n_targets = 1,
				      .profile = profile,
				      .scope = grants(prefixes, 1)},
		.network = {.hosts = hosts, .n_hosts = 2, .seed = 1, .loss_permille = loss},
		.watch = watch};

	memset(&measure, 0, sizeof(measure));
	measure.least_gap_us = INT64_MAX;
	scene.plan.tcp_ports = scan_default_tcp_ports(&scene.plan.n_tcp_ports);
	counters_close(play(&scene));
	scope_free((struct scope *)scene.plan.scope);
}

/* The batch may hold a frame back for a moment, never let one go early: 3 ms of slack. */
#define SLACK_US 3000

static void test_gap_to_one_host(void **state)
{
	static const struct {
		enum scan_profile profile;
		int64_t gap_us;
		size_t pps;
	} rows[] = {{SCAN_SAFE, 500000, 1000}, {SCAN_STANDARD, 25000, 2000},
		{SCAN_THOROUGH, 5000, 20000}};
	static const char *const targets[] = {"198.18.8.1", "198.18.8.0/29", "198.18.8.0/24"};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		for (size_t t = 0; t < 3; t++) {
			run(rows[i].profile, targets[t], t == 1 ? 60 : 0);
			assert_true(measure.least_gap_us >= rows[i].gap_us - SLACK_US);
			assert_true(most_in_a_second() <= rows[i].pps * 105 / 100 + 1);
		}
}

/* A scan ends when nothing more will come, not after a fixed wait: 1,024 hosts that answer at
 * once take as long as sending takes, with its slow start. */
static void test_no_waiting(void **state)
{
	static const uint16_t port[] = {443};
	const struct addr path[] = {host(GATEWAY)};
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.8.0/22"),
			.open = port,
			.n_open = 1,
			.path = path,
			.n_path = 1,
			.unreachable = -1}};
	static const char *const prefixes[] = {"198.18.0.0/15"};
	struct cidr cidr = net("198.18.8.0/22");
	struct scene scene = {.plan = {.targets = &cidr,
				      .n_targets = 1,
				      .tcp_ports = port,
				      .n_tcp_ports = 1,
				      .profile = SCAN_THOROUGH,
				      .rate_pps = 100000,
				      .scope = grants(prefixes, 1)},
		.network = {.hosts = hosts, .n_hosts = 2, .seed = 1}};
	struct found *f = play(&scene);

	(void)state;
	counters_close(f);
	assert_int_equal(f->n_ports, 1024);
	assert_true(f->took_us < 200000);
	scope_free((struct scope *)scene.plan.scope);
}

static struct found *ask_many(struct scene *scene, const struct replay_host *hosts)
{
	static const uint16_t port[] = {443};
	static const char *const prefixes[] = {"198.18.0.0/15"};

	scene->plan.tcp_ports = port;
	scene->plan.n_tcp_ports = 1;
	scene->plan.scope = grants(prefixes, 1);
	scene->network.hosts = hosts;
	if (!scene->network.n_hosts)
		scene->network.n_hosts = 2;
	scene->network.seed = 1;
	scene->watch = watch;
	memset(&measure, 0, sizeof(measure));
	return play(scene);
}

static void many(struct replay_host hosts[2])
{
	static const uint16_t port[] = {443};

	hosts[0] = gateway();
	hosts[1] = behind("198.19.0.0/16");
	hosts[1].open = port;
	hosts[1].n_open = 1;
}

/* Frames that left within so long after the first to a target. */
static size_t sent_within(int64_t us)
{
	size_t n = 1;

	while (n + 1 < measure.n && measure.times[n + 1] - measure.times[1] < us)
		n++;
	return n;
}

/* A campaign begins slowly, and then uses its rate. */
static void test_slow_start(void **state)
{
	struct replay_host hosts[2];
	struct cidr target = net("198.19.0.0/17");
	struct scene scene = {.plan = {.targets = &target,
				      .n_targets = 1,
				      .profile = SCAN_THOROUGH,
				      .rate_pps = 100000}};
	struct found *f;

	(void)state;
	many(hosts);
	f = ask_many(&scene, hosts);
	assert_int_equal(f->n_ports, 32768);
	assert_true(sent_within(10000) <= 100);
	assert_true(f->took_us < 600000);
	assert_int_equal(counter(f, "slowed_down"), 0);
	scope_free((struct scope *)scene.plan.scope);
}

/* The receiver takes a fifth of what the sender could bring: the sender goes as slowly as that,
 * and little is asked twice. */
static void test_slow_receiver(void **state)
{
	struct replay_host hosts[2];
	struct cidr target = net("198.19.0.0/17");
	struct scene scene = {.plan = {.targets = &target,
				      .n_targets = 1,
				      .profile = SCAN_THOROUGH,
				      .rate_pps = 200000},
		.network = {.hears_pps = 40000}};
	struct found *f;

	(void)state;
	many(hosts);
	f = ask_many(&scene, hosts);
	counters_close(f);
	assert_int_equal(f->n_ports, 32768);
	assert_true(counter(f, "slowed_down") > 0);
	assert_true(counter(f, "kernel_drops") > 0);
	assert_true(counter(f, "sent_syn") < 32768 * 13 / 10);
	scope_free((struct scope *)scene.plan.scope);
}

/* A router asks for less, and gets it; who did not see what was asked cannot slow anybody
 * down. */
static void test_source_quench(void **state)
{
	struct replay_host hosts[2];
	struct cidr target = net("198.19.0.0/19");

	(void)state;
	for (int forged = 0; forged < 2; forged++) {
		struct scene scene = {.plan = {.targets = &target,
					      .n_targets = 1,
					      .profile = SCAN_THOROUGH,
					      .rate_pps = 100000},
			.network = {.quench_permille = 10, .forged = forged}};
		struct found *f;

		many(hosts);
		f = ask_many(&scene, hosts);
		counters_close(f);
		assert_int_equal(f->n_ports, 8192);
		assert_true(counter(f, "strangers") > 40);
		assert_int_equal(counter(f, "quenched"), forged ? 0 : counter(f, "strangers"));
		assert_int_equal(counter(f, "slowed_down") > 0, !forged);
		scope_free((struct scope *)scene.plan.scope);
	}
}

static uint64_t within_a_tenth(const struct found *f, const char *name, double truth)
{
	uint64_t told = counter(f, name);

	if ((double)told < truth * 0.9 || (double)told > truth * 1.1)
		fprintf(stderr, "%s: %llu, in truth %.1f\n", name, (unsigned long long)told,
			truth);
	return (double)told >= truth * 0.9 && (double)told <= truth * 1.1;
}

/* What is lost is told for each network, within a tenth of the truth: losses on the way there
 * and on the way back add up. */
static void test_losses_of_networks(void **state)
{
	static const unsigned int losses[] = {0, 30, 60, 120};
	static uint16_t ports[40];
	static const char *const prefixes[] = {"198.18.0.0/15"};
	struct cidr target = net("198.19.0.0/22");
	struct replay_host hosts[5];
	struct scene scene = {.plan = {.targets = &target,
				      .n_targets = 1,
				      .profile = SCAN_THOROUGH,
				      .rate_pps = 100000,
				      .tcp_ports = ports,
				      .n_tcp_ports = ARRAY_SIZE(ports),
				      .scope = grants(prefixes, 1)},
		.network = {.hosts = hosts, .n_hosts = 5, .seed = 1}};
	char name[64], cidr[CIDR_TEXT_MAX];
	struct found *f;
	double all = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++)
		ports[i] = (uint16_t)(1000 + i);
	many(hosts);
	for (size_t i = 0; i < ARRAY_SIZE(losses); i++) {
		hosts[i + 1] = behind("198.19.0.0/24");
		hosts[i + 1].loss_permille = losses[i];
		hosts[i + 1].at.base.bytes[2] = (uint8_t)i;
	}
	f = play(&scene);
	counters_close(f);
	for (size_t i = 0; i < ARRAY_SIZE(losses); i++) {
		double back = (1 - losses[i] / 1000.0) * (1 - losses[i] / 1000.0);

		snprintf(name, sizeof(name), "lost_permille %s",
			cidr_format(&hosts[i + 1].at, cidr));
		assert_true(within_a_tenth(f, name, 1000 * (1 - back)));
		all += 1 / back / ARRAY_SIZE(losses); /* tries for an answer */
	}
	assert_true(within_a_tenth(f, "lost_permille", 1000 * (1 - 1 / all)));
	scope_free((struct scope *)scene.plan.scope);
}

/* Of two networks, one whole and one with an eighth of the addresses, neither is asked more
 * often than it may be. */
static void test_rate_of_a_network(void **state)
{
	struct replay_host hosts[2];
	struct cidr targets[] = {net("198.19.1.0/24"), net("198.19.2.0/27")};
	struct scene scene = {.plan = {.targets = targets,
				      .n_targets = 2,
				      .profile = SCAN_THOROUGH,
				      .rate_pps = 10000,
				      .network_pps = 400}};
	size_t most;

	(void)state;
	many(hosts);
	assert_int_equal(ask_many(&scene, hosts)->n_ports, 288);
	most = most_in_a_second();
	assert_true(most <= 450 * 105 / 100);
	assert_true(measure.times[measure.n_asked - 1] - measure.times[1] > CLOCK_SECOND / 2);
	scope_free((struct scope *)scene.plan.scope);
}

/* One network of eight is silent: it alone is asked again, and no faster than one may be. */
static void test_rate_of_a_silent_network(void **state)
{
	struct replay_host hosts[3];
	struct cidr target = net("198.19.0.0/21");
	struct scene scene = {.plan = {.targets = &target,
				      .n_targets = 1,
				      .profile = SCAN_THOROUGH,
				      .rate_pps = 10000,
				      .network_pps = 500}};
	size_t most = 0, begin = 0;

	(void)state;
	many(hosts);
	hosts[2] = (struct replay_host){
		.at = net("198.19.3.0/24"), .asleep = true, .unreachable = -1};
	scene.network.n_hosts = 3;
	assert_int_equal(ask_many(&scene, hosts)->n_ports, 7 * 256);
	/* In the end, when only the silent one is left. */
	while (begin < measure.n_asked &&
		measure.times[begin] < measure.times[measure.n_asked - 1] - CLOCK_SECOND)
		begin++;
	most = measure.n_asked - begin;
	assert_true(most <= 500 * 105 / 100);
	assert_true(most > 100);
	scope_free((struct scope *)scene.plan.scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_gap_to_one_host),
		cmocka_unit_test(test_no_waiting), cmocka_unit_test(test_slow_start),
		cmocka_unit_test(test_slow_receiver), cmocka_unit_test(test_source_quench),
		cmocka_unit_test(test_losses_of_networks),
		cmocka_unit_test(test_rate_of_a_network),
		cmocka_unit_test(test_rate_of_a_silent_network)};

	return RUN(tests);
}
