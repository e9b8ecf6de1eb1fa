/* SPDX-License-Identifier: Apache-2.0 */
/* What a dry run foretells, beside what leaves. */
#include "tests/unit/unit.h"

#include "tests/scenario/network.h"

#include <stdlib.h>

#define TARGETS 16

/* Questions by target (last byte), kind and port, and frames in all. */
struct asked {
	uint8_t tcp[TARGETS][65536], udp[TARGETS][65536], icmp[TARGETS][256];
	size_t questions[TARGETS], frames;
};

static struct asked asked;

static void watch(
	const struct link_frame *frame, const struct frame *f, int64_t now_us, void *context)
{
	unsigned int target = f->dst.bytes[3];
	uint8_t *seen;

	(void)frame, (void)now_us, (void)context;
	if (f->kind == FRAME_ARP || f->dst.bytes[2] != 8 || target >= TARGETS)
		return;
	asked.frames++;
	seen = f->kind == FRAME_TCP   ? &asked.tcp[target][f->dst_port]
	       : f->kind == FRAME_UDP ? &asked.udp[target][f->dst_port]
				      : &asked.icmp[target][f->icmp_type];
	asked.questions[target] += !*seen;
	*seen = 1;
}

/* 198.18.8.1 answers at 443 only, the others say nothing. */
static struct scan_outline play_plan(struct scan_plan *plan)
{
	static const uint16_t web[] = {443};
	static const char *const prefixes[] = {"198.18.0.0/15"};
	const struct addr path[] = {host(GATEWAY)};
	const struct replay_host hosts[] = {gateway(),
		{.at = net("198.18.8.1"), .open = web, .n_open = 1, .drops = true, .deaf = true,
			.timeless = true, .path = path, .n_path = 1, .unreachable = -1}};
	struct cidr target = net("198.18.8.0/28");
	struct scene scene = {
		.network = {.hosts = hosts, .n_hosts = 2, .seed = 1}, .watch = watch};
	struct scan_outline outline;

	plan->targets = &target;
	plan->n_targets = 1;
	plan->scope = grants(prefixes, 1);
	assert_int_equal(scan_plan_outline(plan, 0, &outline, NULL), 0);
	scene.plan = *plan;
	memset(&asked, 0, sizeof(asked));
	assert_true(found_port(play(&scene), "198.18.8.1", 443));
	scope_free((struct scope *)plan->scope);
	return outline;
}

/* It is what the profile really asks, of UDP ports too; and never less than what leaves. */
static void test_questions(void **state)
{
	static const struct {
		enum scan_profile profile;
		size_t n_tcp; /* 0: the default ones */
		unsigned int target,
			pings;	       /* who is asked everything, and how many look for him */
		unsigned int repeated; /* looks for him at ports, and asks them again */
	} rows[] = {{SCAN_SAFE, 0, 1, 1, 5}, {SCAN_STANDARD, 0, 1, 2, 5},
		{SCAN_THOROUGH, 0, 2, 2, 0}, {SCAN_THOROUGH, 1, 2, 2, 0}};
	static const uint16_t web[] = {443};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scan_plan plan = {
			.profile = rows[i].profile, .tcp_ports = web, .n_tcp_ports = 1};
		struct scan_outline outline;
		size_t controls, each;

		if (!rows[i].n_tcp)
			plan.tcp_ports = scan_default_tcp_ports(&plan.n_tcp_ports);
		plan.udp_ports = scan_default_udp_ports(&plan.n_udp_ports);
		outline = play_plan(&plan);
		controls = plan.n_tcp_ports > 24 ? 3 : 0;
		each = plan.n_tcp_ports + scan_asked_udp_ports(&plan, (uint16_t[64]){0}) +
		       rows[i].pings;
		assert_int_equal(asked.questions[rows[i].target], each);
		assert_int_equal(
			outline.questions, TARGETS * (each + rows[i].repeated + controls + 1));
		assert_true(asked.frames <= outline.probes);
	}
}

/* Of a link's prefix, the frames to all of it: never under `safe`. */
static void test_frames_to_a_link(void **state)
{
	struct cidr target = net("2001:db8::/64");

	(void)state;
	for (int profile = SCAN_SAFE; profile <= SCAN_THOROUGH; profile++) {
		const struct scan_plan plan = {.profile = (enum scan_profile)profile,
			.targets = &target,
			.n_targets = 1};
		struct scan_outline outline;

		assert_int_equal(scan_plan_outline(&plan, 0, &outline, NULL), 0);
		assert_int_equal(outline.link_frames, profile == SCAN_SAFE ? 0 : 6);
		assert_int_equal(outline.station_frames, profile == SCAN_SAFE ? 0 : 2);
	}
	assert_int_equal(play_plan(&(struct scan_plan){.profile = SCAN_STANDARD,
					   .tcp_ports = (const uint16_t[]){443},
					   .n_tcp_ports = 1})
				 .link_frames,
		0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_questions), cmocka_unit_test(test_frames_to_a_link)};

	return RUN(tests);
}
