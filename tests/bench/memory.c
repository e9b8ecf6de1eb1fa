/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory of a campaign alone, for the bench: a whole campaign over a link of its own in
 * simulated time, behind which nobody answers or everybody does, and which keeps next to
 * nothing itself. Prints what was asked and found and how far memory grew, as one JSON object.
 * Sends nothing.
 *
 *     bench_memory PREFIX silent|answering
 */
#include "common/clock.h"
#include "common/packer.h"
#include "scanner/campaign/campaign.h"
#include "scanner/link/packet_build.h"
#include "tests/bench/peak.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PENDING_MAX 8192
#define ANSWER_SIZE 54 /* Ethernet, IPv4, TCP */
#define SEND_COST_NS 500
#define WALL_US 1800000000000000LL

/* Answers wait in a ring; they come as soon as somebody listens. */
struct echo {
	struct link link;
	bool answers;
	int64_t now_ns;
	uint64_t begin, end;
	uint8_t pending[PENDING_MAX][ANSWER_SIZE];
};

struct count {
	uint64_t hosts, ports;
};

static void answer(struct echo *echo, const struct link_frame *frame)
{
	uint8_t *out = echo->pending[echo->end % PENDING_MAX];
	struct packer p = packer_of(out, ANSWER_SIZE);
	struct frame f;

	if (frame_decode(FRAME_LINK_ETHERNET, frame->bytes, frame->size, &f) != FRAME_OK ||
		f.kind != FRAME_TCP || echo->end - echo->begin == PENDING_MAX)
		return;
	packer_bytes(&p, frame->bytes + 6, 6);
	packer_bytes(&p, frame->bytes, 6);
	packer_be16(&p, 0x0800);
	packet_begin(&p, &f.dst, &f.src, 6, 60);
	packet_tcp(&p, f.dst_port, f.src_port, 1, f.seq + 1, FRAME_SYN | FRAME_ACK);
	packet_end(&p, 14);
	echo->end++;
}

static int echo_send(
	struct link *link, const struct link_frame *frames, size_t n, struct error *reterr)
{
	struct echo *echo = (struct echo *)link;

	(void)reterr;
	echo->now_ns += (int64_t)n * SEND_COST_NS;
	for (size_t i = 0; echo->answers && i < n; i++)
		answer(echo, &frames[i]);
	return 0;
}

static int64_t echo_now(struct link *link)
{
	return ((struct echo *)link)->now_ns / 1000;
}

static int64_t echo_wall(struct link *link)
{
	return WALL_US + echo_now(link);
}

static int echo_next(
	struct link *link, int64_t until_us, struct link_heard *ret, struct error *reterr)
{
	struct echo *echo = (struct echo *)link;

	(void)reterr;
	if (echo->begin == echo->end) {
		if (until_us * 1000 > echo->now_ns)
			echo->now_ns = until_us * 1000;
		return LINK_QUIET;
	}
	*ret = (struct link_heard){.type = FRAME_LINK_ETHERNET,
		.at_us = echo_now(link),
		.wall_us = echo_wall(link),
		.bytes = echo->pending[echo->begin++ % PENDING_MAX],
		.size = ANSWER_SIZE};
	return 0;
}

static void echo_stats(struct link *link, struct link_stats *ret_stats)
{
	(void)link;
	*ret_stats = (struct link_stats){0};
}

static void echo_close(struct link *link)
{
	(void)link;
}

/* eth0 198.18.0.5/24 with a default route, whose next hop is known. */
static int make_routes(struct route_table *table, struct error *error)
{
	const struct addr router = addr_v4(0xc6120001), own = addr_v4(0xc6120005);
	const struct route route = {.prefix = {{4, {0}}, 0},
		.type = ROUTE_GATEWAY,
		.interface = 2,
		.gateway = router};
	const struct route_interface interface = {.name = "eth0",
		.index = 2,
		.up = true,
		.ethernet = true,
		.mac = {{2, 0, 0, 0, 0, 1}}};
	const struct route_address address = {2, own, 24};
	const struct route_neighbour neighbour = {2, router, {{2, 0, 0, 0, 0, 9}}, true};
	int r = route_add_address(table, &address, error);

	if (r == 0)
		r = route_add(table, &route, error);
	if (r == 0)
		r = route_add_interface(table, &interface, error);
	if (r == 0)
		r = route_add_neighbour(table, &neighbour, error);
	route_table_seal(table);
	return r;
}

static int take(void *context, const struct observation *obs, struct error *reterr)
{
	struct count *count = context;

	(void)reterr;
	count->hosts += obs->kind == OBSERVATION_HOST;
	count->ports += obs->kind == OBSERVATION_PORT;
	return 0;
}

static int campaign(struct echo *echo, const struct cidr *target, struct count *count,
	struct bundle_counters *counters, struct error *error)
{
	static const uint16_t port = 80;
	_cleanup_(scope_freep) struct scope *scope = scope_new();
	_cleanup_(route_table_freep) struct route_table *routes = route_table_new();
	_cleanup_(reach_freep) struct reach *reach = NULL;
	_cleanup_(scan_aim_done) struct scan_aim aim = {0};
	struct scan_plan plan = {.targets = target,
		.n_targets = 1,
		.scope = scope,
		.tcp_ports = &port,
		.n_tcp_ports = 1,
		.rate_pps = 10000000,
		.profile = SCAN_THOROUGH};
	struct campaign_options options = {.plan = &plan,
		.link = &echo->link,
		.key = siphash_key_seeded(7),
		.sink = {take, count}};
	int r = scope && routes ? scope_grant(scope, target, 1, 0, INT64_MAX, error)
				: error_set(error, ERROR_SYSTEM, "no memory");

	if (r == 0)
		r = make_routes(routes, error);
	if (r == 0)
		r = scan_aim_make(&plan, &aim, error);
	if (r == 0)
		r = reach_new(&aim, routes, CAMPAIGN_PORT_FIRST, &reach, error);
	options.reach = reach;
	return r < 0 ? r : campaign_run(&options, counters, error);
}

int main(int argc, char **argv)
{
	static struct echo echo = {.link = {echo_send, echo_next, echo_now, echo_wall,
					   echo_stats, echo_close, NULL},
		.now_ns = 1000000000};
	struct bundle_counters counters = {0};
	struct error error = {0};
	struct count count = {0};
	struct cidr target;
	int r = argc == 3 ? cidr_parse(argv[1], &target, &error)
			  : error_set(&error, ERROR_USAGE, "PREFIX silent|answering");

	if (r == 0) {
		echo.answers = strcmp(argv[2], "answering") == 0;
		r = campaign(&echo, &target, &count, &counters, &error);
	}
	if (r < 0) {
		fprintf(stderr, "bench_memory: %s\n", error.text);
		return 1;
	}
	printf("{\"sent\": %" PRIu64 ", \"hosts\": %" PRIu64 ", \"ports\": %" PRIu64
	       ", \"peak_kib\": %ld}\n",
		bundle_counters_get(&counters, "sent"), count.hosts, count.ports, peak_kib());
	return 0;
}
