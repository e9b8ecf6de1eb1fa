/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast a sweep may go so that no network is asked more than so often. The order of a sweep
 * spreads its questions evenly over its targets, so a network's share of them is its share of
 * the addresses: the largest network decides, and no table of networks is kept while it runs. A
 * network is a /24 or a /64.
 */
#include "scanner/campaign/run.h"

#include <stdlib.h>
#include <string.h>

#define NETWORK_SIZE 256 /* of a /24 */

static struct cidr network_of(const struct addr *addr)
{
	return cidr_of(addr, addr->family == 4 ? 24 : 64);
}

static int compare(const void *a, const void *b)
{
	return cidr_compare(a, b);
}

/* Ranges come in the order of their addresses. */
uint64_t networks_largest_of(const struct addr_set *set)
{
	struct addr_walk walk = {.set = set};
	struct cidr network = {0};
	struct addr_range range;
	uint64_t largest = 0, n = 0;

	while (addr_walk_next(&walk, &range)) {
		struct cidr first = network_of(&range.first), last = network_of(&range.last);
		uint64_t size = addr_range_size(&range);

		/* Over several IPv4 networks: rather the size of a whole one than one less. */
		if (cidr_compare(&first, &last) != 0 && size > NETWORK_SIZE)
			size = NETWORK_SIZE;
		n = cidr_compare(&first, &network) == 0 ? n + size : size;
		n = n > NETWORK_SIZE && range.first.family == 4 ? NETWORK_SIZE : n;
		network = last;
		largest = n > largest ? n : largest;
	}
	return largest;
}

/* Without memory, as if all were in one. */
static uint64_t largest_of_list(const struct run *run, const struct sweep *sweep)
{
	_cleanup_(cleanup_freep) struct cidr *networks =
		calloc(sweep->n_list + 1, sizeof(*networks));
	uint64_t largest = 0;

	if (!networks)
		return sweep->n_list;
	for (size_t i = 0; i < sweep->n_list; i++)
		networks[i] = network_of(&run->hosts.rows[sweep->list[i]].addr);
	qsort(networks, sweep->n_list, sizeof(*networks), compare);
	for (size_t begin = 0, i = 0; i < sweep->n_list; i++) {
		if (cidr_compare(&networks[begin], &networks[i]) != 0)
			begin = i;
		largest = i - begin + 1 > largest ? i - begin + 1 : largest;
	}
	return largest;
}

uint64_t networks_largest(const struct run *run, const struct sweep *sweep)
{
	uint64_t largest = sweep->n_list ? largest_of_list(run, sweep) : 0;

	if (sweep->n_way && sweep->way == REACH_OWN)
		return 0;
	return sweep->n_way ? largest + networks_largest_of(run->reach->targets[sweep->way])
			    : largest;
}

/* Of the first questions a network has its share of the addresses. Of those that are asked
 * again, because nobody answered, it may have all that it can have. */
uint32_t networks_pps(const struct run *run, const struct sweep *sweep)
{
	uint64_t pps = scan_plan_network_rate(run->plan);
	uint64_t left = sweep->done.n - sweep->done.set,
		 most = sweep->largest * (sweep->done.n / sweep->slots);

	if (!pps || !sweep->largest || !left)
		return 0;
	pps = pps * left / (most < left ? most : left);
	return pps < run->pps ? (uint32_t)(pps ? pps : 1) : 0;
}
