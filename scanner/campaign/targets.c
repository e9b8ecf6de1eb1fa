/* SPDX-License-Identifier: Apache-2.0 */
/* Arithmetic on target prefixes; see reach.h. */
#include "scanner/campaign/reach.h"

#include <string.h>

static int compare(const void *a, const void *b)
{
	return cidr_compare(a, b);
}

int targets_normalise(const struct cidr *targets, size_t n, struct cidr **ret_targets,
	size_t *ret_n, struct error *reterr)
{
	struct cidr *sorted = calloc(n + 1, sizeof(*sorted));
	size_t kept = 0;

	if (!sorted)
		return error_set(reterr, ERROR_SYSTEM, "no memory for targets");
	if (n) {
		memcpy(sorted, targets, n * sizeof(*sorted));
		qsort(sorted, n, sizeof(*sorted), compare);
	}
	/* Prefixes nest or are apart: what the last kept one covers follows it directly. */
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || !cidr_covers(&sorted[kept - 1], &sorted[i]))
			sorted[kept++] = sorted[i];
	*ret_targets = sorted;
	*ret_n = kept;
	return 0;
}

/* "This" network, multicast and class E with limited broadcast; unspecified, IPv4-mapped (a
 * socket would send IPv4, past what is said about that address), multicast. */
static const struct cidr never[] = {{{4, {0}}, 8}, {{4, {224}}, 3}, {{6, {0}}, 128},
	{{6, {[10] = 0xff, [11] = 0xff}}, 96}, {{6, {0xff}}, 8}};

bool addr_is_probed_never(const struct addr *addr)
{
	if (addr->family == 4) /* the first byte tells, and this is asked of every frame */
		return addr->bytes[0] == 0 || addr->bytes[0] >= 224;
	for (size_t i = 0; i < ARRAY_SIZE(never); i++)
		if (cidr_contains(&never[i], addr))
			return true;
	return addr->family != 6;
}

bool addr_is_probed_never_until(const struct addr *addr, struct addr *ret_last)
{
	*ret_last = addr_end(addr->family);
	for (size_t i = 0; i < ARRAY_SIZE(never); i++) {
		struct addr edge = never[i].base;

		if (cidr_contains(&never[i], addr)) {
			*ret_last = addr_range_of(&never[i]).last;
			return true;
		}
		if (edge.family == addr->family && addr_compare(&edge, addr) > 0 &&
			addr_step(&edge, -1) && addr_compare(&edge, ret_last) < 0)
			*ret_last = edge;
	}
	return false;
}

bool range_is_probed_never(const struct addr_range *range)
{
	struct addr last;

	return addr_is_probed_never_until(&range->first, &last) &&
	       addr_compare(&last, &range->last) >= 0;
}

/* One set of what is named one by one and of a list. It is the list itself if that has it
 * all. */
static int unite(const struct cidr *cidrs, size_t n, const struct addr_set *list,
	struct addr_set **ret_own, const struct addr_set **ret_set, struct error *reterr)
{
	_cleanup_(addr_set_freep) struct addr_set *set = NULL;
	struct addr_walk walk = {.set = list};
	struct addr_range range;
	bool more = !list;
	int r = 0;

	for (size_t i = 0; i < n && !more; i++) {
		struct addr last;

		range = addr_range_of(&cidrs[i]);
		more = !addr_set_until(list, &range.first, &last) ||
		       addr_compare(&last, &range.last) < 0;
	}
	*ret_set = list;
	if (!more)
		return 0;
	set = addr_set_new();
	if (!set)
		return error_set(reterr, ERROR_SYSTEM, "no memory for targets");
	for (size_t i = 0; r == 0 && i < n; i++)
		r = addr_set_add_cidr(set, &cidrs[i], reterr);
	while (r == 0 && list && addr_walk_next(&walk, &range))
		r = addr_set_add(set, &range, reterr);
	if (r == 0)
		r = addr_set_seal(set, reterr);
	if (r == 0)
		*ret_set = *ret_own = STEAL(set);
	return r;
}

/* What is numbered first to end - 1 of a set. */
static int add_part(struct addr_set *part, const struct addr_set *whole, uint64_t first,
	uint64_t end, struct error *reterr)
{
	struct addr_walk walk = {.set = whole};
	struct addr_range range;
	uint64_t number = 0, size;
	int r = 0;

	for (; r == 0 && number < end && addr_walk_next(&walk, &range); number += size) {
		size = addr_range_size(&range);
		if (number + size <= first)
			continue;
		if (number < first)
			range.first = addr_set_nth(whole, first);
		if (number + size > end)
			range.last = addr_set_nth(whole, end - 1);
		r = addr_set_add(part, &range, reterr);
	}
	return r;
}

static bool has_links(const struct scan_plan *plan)
{
	for (size_t i = 0; i < plan->n_targets; i++)
		if (scan_target_is_link(&plan->targets[i]))
			return true;
	return false;
}

/* One part of the targets in their order: parts differ by one address at most, have none in
 * common, and each is made of whole ranges, so that what it covered can be told in few
 * prefixes. */
static int take_shard(struct scan_aim *aim, const struct scan_plan *plan, struct error *reterr)
{
	_cleanup_(addr_set_freep) struct addr_set *part = addr_set_new();
	uint64_t n = addr_set_count(aim->targets), first, end;
	int r;

	if (!part)
		return error_set(reterr, ERROR_SYSTEM, "no memory for targets");
	if (n > SCAN_ADDRESSES_MAX) /* which is refused */
		return 0;
	first = n * (plan->shard - 1) / plan->shards;
	end = n * plan->shard / plan->shards;
	if (first == end && !aim->n_links)
		return error_set(reterr, ERROR_USAGE,
			"%llu addresses make no %u parts: nothing is left for part %u%s",
			(unsigned long long)n, plan->shards, plan->shard,
			has_links(plan) ? "; links that are asked as a whole are in part 1"
					: "");
	r = add_part(part, aim->targets, first, end, reterr);
	if (r == 0)
		r = addr_set_seal(part, reterr);
	if (r < 0)
		return r;
	addr_set_free(aim->own[0]);
	aim->targets = aim->own[0] = STEAL(part);
	return 0;
}

/* Links among the targets: to a row of their own, and out of that of the rest. */
static int take_links(const struct scan_plan *plan, struct scan_aim *aim,
	struct cidr **ret_walked, size_t *ret_n, struct error *reterr)
{
	_cleanup_(cleanup_freep) struct cidr *links =
		calloc(plan->n_targets + 1, sizeof(*links));
	struct cidr *walked = calloc(plan->n_targets + 1, sizeof(*walked));
	size_t n = 0;

	*ret_walked = walked;
	*ret_n = 0;
	if (!links || !walked)
		return error_set(reterr, ERROR_SYSTEM, "no memory for targets");
	for (size_t i = 0; i < plan->n_targets; i++)
		if (scan_target_is_link(&plan->targets[i]))
			links[n++] = plan->targets[i];
		else
			walked[(*ret_n)++] = plan->targets[i];
	if (plan->shards && plan->shard != 1)
		n = 0;
	return targets_normalise(links, n, &aim->links, &aim->n_links, reterr);
}

int scan_aim_make(const struct scan_plan *plan, struct scan_aim *ret, struct error *reterr)
{
	_cleanup_(cleanup_freep) struct cidr *walked = NULL;
	size_t n;
	int r;

	*ret = (struct scan_aim){0};
	r = take_links(plan, ret, &walked, &n, reterr);
	if (r == 0)
		r = unite(walked, n, plan->target_list, &ret->own[0], &ret->targets, reterr);
	if (r == 0 && plan->shards)
		r = take_shard(ret, plan, reterr);
	return r < 0 ? r
		     : unite(plan->excludes, plan->n_excludes, plan->exclude_list, &ret->own[1],
			       &ret->excludes, reterr);
}

void scan_aim_done(struct scan_aim *aim)
{
	addr_set_free(aim->own[0]);
	addr_set_free(aim->own[1]);
	free(aim->links);
	*aim = (struct scan_aim){0};
}

/* Adds a prefix of the plan's scope to the one that is made. */
static int allow(void *context, const struct cidr *prefix, enum scope_verdict verdict,
	int64_t until_us, struct error *reterr)
{
	if (verdict == SCOPE_ALLOWED)
		return scope_grant(context, prefix, 1, INT64_MIN, until_us, reterr);
	return verdict == SCOPE_EXCLUDED ? scope_exclude(context, prefix, reterr) : 0;
}

int reach_allowed(const struct scan_plan *plan, const struct addr_set *excludes, int64_t now_us,
	struct scope **ret_scope, struct error *reterr)
{
	_cleanup_(scope_freep) struct scope *scope = scope_new();
	struct addr_walk walk = {.set = excludes};
	struct addr_range range;
	struct cidr cidr;
	bool left;
	int r;

	if (!scope)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the scope");
	r = scope_walk(plan->scope, 4, now_us, allow, scope, reterr);
	while (r == 0 && addr_walk_next(&walk, &range) && range.first.family == 4)
		for (left = true; r == 0 && addr_range_prefix(&range, &left, &cidr);)
			r = scope_exclude(scope, &cidr, reterr);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(never); i++)
		r = scope_exclude(scope, &never[i], reterr);
	if (r == 0)
		*ret_scope = STEAL(scope);
	return r;
}
