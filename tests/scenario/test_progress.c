/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of the time left, beside the time that it took; and the phases there are. */
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "tests/scenario/network.h"

#define TOLD_MAX 65536

struct told {
	struct {
		char phase[12];
		int64_t at_us;
		struct scan_progress p;
	} rows[TOLD_MAX];
	size_t n;
};

static struct told told;

static void take(void *context, const struct scan_progress *progress, int64_t now_us)
{
	(void)context;
	assert_true(told.n < TOLD_MAX);
	snprintf(told.rows[told.n].phase, sizeof(told.rows->phase), "%s", progress->phase);
	told.rows[told.n].at_us = now_us;
	told.rows[told.n++].p = *progress;
}

/* Row numbers of a phase: the first, and one after the last. */
static size_t phase_rows(const char *phase, size_t *ret_end)
{
	size_t begin = told.n;

	*ret_end = 0;
	for (size_t i = 0; i < told.n; i++)
		if (strcmp(told.rows[i].phase, phase) == 0) {
			begin = i < begin ? i : begin;
			*ret_end = i + 1;
		}
	return begin;
}

/* Of those after some share of the time, how many tell the time to the phase's end to a fifth, or 3 s. */
static double right(size_t begin, size_t end, double after)
{
	int64_t over = told.rows[end - 1].at_us, begun = told.rows[begin].at_us;
	size_t n = 0, good = 0;

	for (size_t i = begin; i < end; i++) {
		double left = (double)(over - told.rows[i].at_us) / (double)CLOCK_SECOND;

		if ((double)(told.rows[i].at_us - begun) < after * (double)(over - begun))
			continue;
		n++;
		good += told.rows[i].p.left_s <= 3 + left * 1.2 &&
			told.rows[i].p.left_s >= left * 0.8 - 3;
	}
	return n ? (double)good / (double)n : 0;
}

static void play_profile(enum scan_profile profile, const char *target, size_t n_tcp, unsigned int loss)
{
	static const uint16_t web[] = {80, 443};
	static const char *const prefixes[] = {"198.18.0.0/15"};
	const struct addr path[] = {host(GATEWAY)};
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.8.64/27"), .open = web, .n_open = 2, .path = path, .n_path = 1,
			.unreachable = -1},
		{.at = net("198.18.8.128/27"), .open = web, .n_open = 2, .drops = true, .path = path,
			.n_path = 1, .unreachable = -1},
		{.at = net("198.18.9.0/25"), .open = web, .n_open = 1, .drops = true, .path = path,
			.n_path = 1, .unreachable = -1}};
	struct cidr cidr = net(target);
	struct scene scene = {.plan = {.targets = &cidr, .n_targets = 1, .profile = profile,
				      .scope = grants(prefixes, 1), .tcp_ports = web},
		.network = {.hosts = hosts, .n_hosts = ARRAY_SIZE(hosts), .seed = 1,
			.loss_permille = loss},
		.progress = take};

	memset(&told, 0, sizeof(told));
	scene.plan.n_tcp_ports = n_tcp;
	if (!n_tcp)
		scene.plan.tcp_ports = scan_default_tcp_ports(&scene.plan.n_tcp_ports);
	scene.plan.udp_ports = scan_default_udp_ports(&scene.plan.n_udp_ports);
	play(&scene);
	scope_free((struct scope *)scene.plan.scope);
}

/* Over all sweeps and passes of discovery, those that are still to come among them. */
static void test_time_left(void **state)
{
	static const struct {
		enum scan_profile profile;
		const char *target;
		size_t n_tcp;
		unsigned int loss;
		double after, share; /* with losses, passes to come are known only when some have been */
	} rows[] = {{SCAN_SAFE, "198.18.8.0/24", 0, 0, 0.1, 0.9},
		{SCAN_SAFE, "198.18.8.0/24", 0, 60, 0.4, 0.6},
		{SCAN_SAFE, "198.18.8.0/23", 2, 0, 0.1, 0.9},
		{SCAN_STANDARD, "198.18.8.0/24", 0, 0, 0.1, 0.9},
		{SCAN_STANDARD, "198.18.0.0/18", 0, 0, 0.1, 0.9},
		{SCAN_STANDARD, "198.18.0.0/18", 2, 60, 0.4, 0.6},
		{SCAN_THOROUGH, "198.18.0.0/19", 0, 0, 0.1, 0.9},
		{SCAN_THOROUGH, "198.18.0.0/19", 0, 60, 0.4, 0.6}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t begin, end;

		play_profile(rows[i].profile, rows[i].target, rows[i].n_tcp, rows[i].loss);
		begin = phase_rows("discover", &end);
		assert_true(end > begin + 20);
		assert_true(right(begin, end, rows[i].after) >= rows[i].share);
		for (size_t k = begin + 1; k < end; k++)
			assert_true(told.rows[k].p.done >= told.rows[k - 1].p.done &&
				    told.rows[k].p.total >= told.rows[k].p.done);
	}
}

/* One phase after the other, each with what there is to be done; of paths nobody knows how long. */
static void test_phases(void **state)
{
	static const char *const phases[] = {"discover", "trace", "aliases", "greet"};
	static const uint16_t web[] = {80, 443};
	static const char *const prefixes[] = {"198.18.0.0/15"};
	const struct addr path[] = {host(GATEWAY), host("198.18.100.1"), host("198.18.101.1")};
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.100.1"), .path = path, .n_path = 1, .counter = 1, .unreachable = -1},
		{.at = net("198.18.101.1"), .path = path, .n_path = 2, .counter = 2, .unreachable = -1},
		{.at = net("198.18.8.0/24"), .open = web, .n_open = 2, .path = path, .n_path = 3,
			.unreachable = -1}};
	static struct greets greets = {.takes_us = CLOCK_SECOND / 5, .room = 10};
	struct cidr target = net("198.18.8.0/24");
	struct scene scene = {.plan = {.targets = &target, .n_targets = 1, .profile = SCAN_STANDARD,
				      .scope = grants(prefixes, 1), .tcp_ports = web, .n_tcp_ports = 2,
				      .trace = true},
		.network = {.hosts = hosts, .n_hosts = ARRAY_SIZE(hosts), .seed = 1,
			.delay_us = 300000},
		.progress = take, .greets = &greets};
	size_t last = 0;

	(void)state;
	memset(&told, 0, sizeof(told));
	counters_close(play(&scene));
	for (size_t i = 0; i < ARRAY_SIZE(phases); i++) {
		size_t end, begin = phase_rows(phases[i], &end);

		assert_int_equal(begin, last);
		assert_true(end > begin);
		last = end;
		for (size_t k = begin; k < end; k++)
			assert_true(told.rows[k].p.done <= told.rows[k].p.total);
		assert_true(strcmp(phases[i], "trace") == 0 ? told.rows[end - 1].p.left_s < 0
							     : told.rows[end - 1].p.left_s < 5);
		if (strcmp(phases[i], "aliases") == 0 || strcmp(phases[i], "greet") == 0)
			assert_true(right(begin, end, 0.3) >= 0.9);
	}
	assert_int_equal(last, told.n);
	scope_free((struct scope *)scene.plan.scope);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time_left), cmocka_unit_test(test_phases)};

	return RUN(tests);
}
