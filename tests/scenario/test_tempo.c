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
};

static struct measure measure;

static void watch(
	const struct link_frame *frame, const struct frame *f, int64_t now_us, void *context)
{
	uint8_t host_number = f->dst.bytes[3];

	(void)frame, (void)context;
	if (measure.n < FRAMES_MAX)
		measure.times[measure.n++] = now_us;
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
	const struct replay_host hosts[] = {{.at = net(GATEWAY),
						    .mac = {{2, 0, 0, 0, 0, 1}},
						    .on_link = true,
						    .unreachable = -1},
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
 * once take as long as sending takes. */
static void test_no_waiting(void **state)
{
	static const uint16_t port[] = {443};
	const struct addr path[] = {host(GATEWAY)};
	const struct replay_host hosts[] = {{.at = net(GATEWAY),
						    .mac = {{2, 0, 0, 0, 0, 1}},
						    .on_link = true,
						    .unreachable = -1},
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
	assert_true(f->took_us < 100000);
	scope_free((struct scope *)scene.plan.scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gap_to_one_host), cmocka_unit_test(test_no_waiting)};

	return RUN(tests);
}
