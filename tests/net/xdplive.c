/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks the XDP program of scanner/link/xdplive.c for a pass directly, whatever the scope says:
 * for tests of what it does by itself. Prints one JSON object of what it says it did.
 *
 *     xdplive -i INTERFACE -s SOURCE -m MAC -r PPS [-g CIDR]... [-x CIDR]... [-t MS] [-w MS]
 *             [-G US] [-S SOURCE] [-p PORTS] CIDR...
 *     -g grants, -t for so long from now on, -x excludes, -w stops after so long, -G asks for
 *     so much time between two frames to one address, -S asks from another source
 */
#include "common/clock.h"
#include "scanner/campaign/permute.h"
#include "scanner/campaign/reach.h"
#include "scanner/link/live.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIST_MAX 64
#define SOURCE_PORT 61000
#define AGAIN_US 500 /* sooner than the link asks to be called again */

struct options {
	struct link_interface interface;
	struct addr source, pass_source;
	struct mac mac;
	uint32_t pps;
	struct cidr grants[LIST_MAX], targets[LIST_MAX];
	size_t n_grants, n_targets;
	struct scan_plan plan;
	struct cidr excludes[LIST_MAX];
	int64_t grant_us, stop_us, gap_us;
	uint16_t *ports;
	size_t n_ports;
};

static int take_option(struct options *o, int option, struct error *error)
{
	int r = 0;

	if (option == 'i')
		snprintf(o->interface.name, sizeof(o->interface.name), "%s", optarg);
	else if (option == 's')
		r = addr_parse(optarg, &o->source, error);
	else if (option == 'S')
		r = addr_parse(optarg, &o->pass_source, error);
	else if (option == 'm')
		r = mac_parse(optarg, &o->mac, error);
	else if (option == 'r')
		o->pps = (uint32_t)strtoul(optarg, NULL, 10);
	else if (option == 'g')
		r = cidr_parse(optarg, &o->grants[o->n_grants++ % LIST_MAX], error);
	else if (option == 'x')
		r = cidr_parse(optarg, &o->excludes[o->plan.n_excludes++ % LIST_MAX], error);
	else if (option == 't')
		o->grant_us = strtoll(optarg, NULL, 10) * 1000;
	else if (option == 'w')
		o->stop_us = strtoll(optarg, NULL, 10) * 1000;
	else if (option == 'G')
		o->gap_us = strtoll(optarg, NULL, 10);
	else if (option == 'p')
		r = scan_ports_parse(optarg, &o->ports, &o->n_ports, error);
	else
		r = error_set(error, ERROR_USAGE, "unknown option");
	return r;
}

static int take_all(struct options *o, int argc, char **argv, struct error *error)
{
	int option, r = 0;

	while (r == 0 && (option = getopt(argc, argv, "i:s:S:m:r:g:x:t:w:G:p:")) != -1)
		r = take_option(o, option, error);
	if (r == 0 && !o->ports)
		r = scan_ports_parse("80", &o->ports, &o->n_ports, error);
	for (; r == 0 && optind < argc && o->n_targets < LIST_MAX; optind++)
		r = cidr_parse(argv[optind], &o->targets[o->n_targets++], error);
	o->interface.index = if_nametoindex(o->interface.name);
	o->interface.mode = LINK_ETHERNET;
	o->interface.ipv4 = true;
	o->plan.excludes = o->excludes;
	return r;
}

static int open_link(const struct options *o, struct link **ret_link, struct error *error)
{
	_cleanup_(scope_freep) struct scope *granted = scope_new(), *scope = NULL;
	_cleanup_(scan_aim_done) struct scan_aim aim = {0};
	struct link_options options = {.interfaces = &o->interface,
		.n_interfaces = 1,
		.port = SOURCE_PORT,
		.transmit = LINK_XDP_LIVE,
		.live = {.ranges = o->n_targets, .pps = o->pps}};
	struct scan_plan plan = o->plan;
	struct error note = {0};
	struct template syn;
	int64_t now = clock_wall_us();
	int r = 0;

	for (size_t i = 0; r == 0 && i < o->n_grants; i++)
		r = scope_grant(granted, &o->grants[i], 1, 0,
			o->grant_us ? now + o->grant_us : INT64_MAX, error);
	plan.scope = granted;
	if (r == 0)
		r = scan_aim_make(&plan, &aim, error);
	if (r == 0)
		r = reach_allowed(&plan, aim.excludes, now, &scope, error);
	if (r == 0)
		r = template_build(TEMPLATE_SYN, LINK_ETHERNET, &o->interface.mac, &o->source,
			SOURCE_PORT, &syn, error);
	options.live.syn = &syn;
	options.live.scope = scope;
	if (r == 0)
		r = link_live_open(&options, ret_link, &note, error);
	return r == 0 && note.code ? error_set(error, note.code, "%s", note.text) : r;
}

static struct link_order order_of(const struct siphash_key *key, uint64_t purpose, uint64_t n)
{
	struct link_order order;
	struct permute permute;

	permute_init(&permute, key, purpose, n);
	order = (struct link_order){.n = n, .mask = permute.mask, .bits = permute.bits};
	memcpy(order.keys, permute.keys, sizeof(order.keys));
	return order;
}

static int send_pass(
	const struct options *o, struct link *link, struct link_pass *pass, struct error *error)
{
	static struct link_range ranges[LIST_MAX];
	int64_t begin = clock_monotonic_us();
	uint64_t slots = 0;
	struct addr_range range;
	int r = 0;

	for (size_t i = 0; i < o->n_targets; i++) {
		ranges[i] = (struct link_range){slots, o->targets[i].base, o->mac};
		range = addr_range_of(&o->targets[i]);
		slots += addr_range_size(&range);
	}
	pass->key = siphash_key_seeded(1);
	pass->source = o->pass_source.family ? o->pass_source : o->source;
	pass->gap_us = o->gap_us;
	pass->ranges = ranges;
	pass->n_ranges = o->n_targets;
	pass->slots = order_of(&pass->key, 1, slots);
	pass->kinds = order_of(&pass->key, 2, o->n_ports);
	pass->ports = o->ports;
	while (r == 0 && !pass->ended &&
		(!o->stop_us || clock_monotonic_us() < begin + o->stop_us)) {
		struct link_heard heard;

		r = link->send_pass(link, pass, error);
		if (r == 0 &&
			link->next(link, clock_monotonic_us() + AGAIN_US, &heard, error) < 0)
			r = error->code;
	}
	return r;
}

int main(int argc, char **argv)
{
	static struct options o;
	struct link_pass pass = {0};
	struct error error = {0};
	struct link *link = NULL;
	int64_t begin = 0;
	int r = take_all(&o, argc, argv, &error);

	if (r == 0)
		r = open_link(&o, &link, &error);
	if (r == 0) {
		begin = clock_monotonic_us();
		r = send_pass(&o, link, &pass, &error);
	}
	if (r == 0)
		printf("{\"sent\":%llu,\"refused\":%llu,\"skipped\":%llu,\"ended\":%s,"
		       "\"us\":%lld}\n",
			(unsigned long long)pass.sent, (unsigned long long)pass.refused,
			(unsigned long long)pass.skipped, pass.ended ? "true" : "false",
			(long long)(clock_monotonic_us() - begin));
	else
		fprintf(stderr, "%s\n", r == LINK_UNABLE ? "not for this link" : error.text);
	link_closep(&link);
	free(o.ports);
	return r ? 1 : 0;
}
