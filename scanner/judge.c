/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the scope says about targets before anything is sent. Not address by address: each thing
 * that has a say also tells up to where it says the same, so a /8 is as many steps as there are
 * recorded prefixes in it. See scanner.h.
 */
#include "scanner/scanner.h"

#include "common/clock.h"
#include "scanner/campaign/reach.h"

struct judging {
	const struct scan_plan *plan;
	const struct addr_set *excludes;
	int64_t now_us;
	struct addr first,
		last; /* where the rest of this is known to hold; family 0: nowhere */
	bool left_out;		 /* never probed, or excluded by the plan */
	enum scope_verdict verdict;
	int64_t grant;
	uint64_t scope_out;
	struct scan_judgement *j;
};

static void shorten(struct addr *last, const struct addr *other)
{
	if (addr_compare(other, last) < 0)
		*last = *other;
}

/* What holds at an address, and up to where. */
static void look(struct judging *g, const struct addr *at)
{
	struct addr never, excluded;
	bool never_probed = addr_is_probed_never_until(at, &never);

	g->first = *at;
	g->left_out = addr_set_until(g->excludes, at, &excluded) || never_probed;
	g->grant = 0;
	g->verdict = scope_check_until(g->plan->scope, at, g->now_us, &g->grant, &g->last);
	shorten(&g->last, &never);
	shorten(&g->last, &excluded);
}

static void add_grant(struct scan_judgement *j, int64_t grant)
{
	for (size_t i = 0; i < j->n_grants; i++)
		if (j->grants[i] == grant)
			return;
	if (j->n_grants < SCAN_GRANTS_MAX)
		j->grants[j->n_grants++] = grant;
	else
		j->more_grants = true;
}

/* A /64 has more addresses than can be counted. */
static void add(uint64_t *sum, uint64_t n)
{
	*sum = n > UINT64_MAX - *sum ? UINT64_MAX : *sum + n;
}

/* False when an address is refused. */
static bool account(struct judging *g, const struct addr_range *part)
{
	uint64_t n = addr_range_size(part);

	if (g->left_out) {
		add(&g->j->left_out, n);
	} else if (g->verdict == SCOPE_ALLOWED) {
		add_grant(g->j, g->grant);
	} else if (g->verdict == SCOPE_EXCLUDED) {
		add(&g->j->left_out, n);
		add(&g->scope_out, n);
	} else {
		g->j->verdict = g->verdict;
		g->j->refused = part->first;
		return false;
	}
	return true;
}

static bool judge_range(struct judging *g, const struct addr_range *range)
{
	struct addr_range part = {range->first, range->last};

	for (;;) {
		if (!g->first.family || addr_compare(&part.first, &g->first) < 0 ||
			addr_compare(&part.first, &g->last) > 0)
			look(g, &part.first);
		part.last = g->last;
		shorten(&part.last, &range->last);
		if (!account(g, &part))
			return false;
		part.first = part.last;
		if (addr_equal(&part.last, &range->last) || !addr_step(&part.first, 1))
			return true;
	}
}

/* Every address must be allowed; those that are excluded are passed over, unless nothing else
 * is left of the target. */
static void conclude(struct judging *g, const struct addr *first)
{
	if (g->j->verdict == SCOPE_ALLOWED && g->j->addresses > 0 &&
		g->scope_out == g->j->addresses) {
		g->j->verdict = SCOPE_EXCLUDED;
		g->j->refused = *first;
	}
}

void scan_judge(const struct scan_plan *plan, const struct scan_aim *aim,
	const struct cidr *target, struct scan_judgement *ret)
{
	struct judging g = {
		.plan = plan, .excludes = aim->excludes, .now_us = clock_wall_us(), .j = ret};
	struct addr_range range = addr_range_of(target);

	*ret = (struct scan_judgement){.addresses = addr_range_size(&range)};
	judge_range(&g, &range);
	conclude(&g, &range.first);
}

void scan_judge_list(
	const struct scan_plan *plan, const struct scan_aim *aim, struct scan_judgement *ret)
{
	struct judging g = {
		.plan = plan, .excludes = aim->excludes, .now_us = clock_wall_us(), .j = ret};
	const struct addr_set *list = plan->shards ? aim->targets : plan->target_list;
	struct addr_walk walk = {.set = list};
	struct addr_range range;
	struct addr first = {0};

	*ret = (struct scan_judgement){0};
	if (!list)
		return;
	ret->addresses = addr_set_count(list);
	while (addr_walk_next(&walk, &range)) {
		if (!first.family)
			first = range.first;
		if (!judge_range(&g, &range))
			return;
	}
	conclude(&g, &first);
}

/* Of a range: what the scope says is the same for all up to `last`, if it was asked before. */
static uint64_t excluded_of(const struct scope *scope, struct addr_range range, int64_t now_us,
	struct addr *last, bool *excluded)
{
	uint64_t n = 0;

	for (bool more = true; more;) {
		struct addr_range part = range;

		if (last->family != part.first.family || addr_compare(&part.first, last) > 0)
			*excluded = scope_check_until(scope, &part.first, now_us, NULL, last) ==
				    SCOPE_EXCLUDED;
		more = addr_compare(last, &part.last) < 0;
		if (more)
			part.last = *last;
		n += *excluded ? addr_range_size(&part) : 0;
		range.first = part.last;
		addr_step(&range.first, 1);
	}
	return n;
}

uint64_t reach_excluded_by(const struct reach *reach, const struct scope *scope, int64_t now_us)
{
	static const enum reach_way ways[] = {REACH_OWN, REACH_ON_LINK, REACH_GATEWAY};
	uint64_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		struct addr_walk walk = {.set = reach->targets[ways[i]]};
		struct addr last = {0};
		struct addr_range range;
		bool excluded = false;

		while (addr_walk_next(&walk, &range))
			n += excluded_of(scope, range, now_us, &last, &excluded);
	}
	return n;
}
