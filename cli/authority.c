/* SPDX-License-Identifier: Apache-2.0 */
/* Profile and rate of a plan against the recorded authorisations; see authority.h. */
#include "cli/authority.h"

#include "common/clock.h"

#include <inttypes.h>
#include <string.h>

/* At most so fast is reached what is no target: routers on the way, the other prefixes of a
 * link. */
#define BESIDES_PPS 50

/* An authorisation that is in force, as far as it matters here. */
struct allowance {
	int64_t id;
	enum scan_profile profile;
	uint32_t rate; /* UINT32_MAX: the profile's own */
	struct addr_set *set;
};

static const char *const profiles[] = {"safe", "standard", "thorough"};

struct gathering {
	const char *realm;
	int64_t now_us;
	struct allowance *rows;
	size_t n, max;
	struct error *reterr;
};

static enum scan_profile profile_of(const char *name)
{
	return strcmp(name, "thorough") == 0 ? SCAN_THOROUGH :
	       strcmp(name, "standard") == 0 ? SCAN_STANDARD :
					       SCAN_SAFE;
}

static int gather(void *context, const struct authorisation *auth)
{
	struct gathering *g = context;
	struct allowance row = {auth->id, profile_of(auth->profile),
		auth->rate_pps ? auth->rate_pps : UINT32_MAX, NULL};
	int r = 0;

	if (strcmp(auth->realm, g->realm) != 0 || auth->revoked_us ||
		g->now_us < auth->from_us || g->now_us >= auth->until_us)
		return 0;
	if (g->n == g->max) {
		size_t max = g->max ? 2 * g->max : 16;
		struct allowance *bigger = reallocarray(g->rows, max, sizeof(*bigger));

		if (!bigger)
			return error_set(
				g->reterr, ERROR_SYSTEM, "no memory for authorisations");
		g->rows = bigger;
		g->max = max;
	}
	row.set = addr_set_new();
	if (!row.set)
		return error_set(g->reterr, ERROR_SYSTEM, "no memory for authorisations");
	g->rows[g->n++] = row;
	for (size_t i = 0; r == 0 && i < auth->n_cidrs; i++)
		r = addr_set_add_cidr(row.set, &auth->cidrs[i], g->reterr);
	return r == 0 ? addr_set_seal(row.set, g->reterr) : r;
}

static void gathering_done(struct gathering *g)
{
	for (size_t i = 0; i < g->n; i++)
		addr_set_free(g->rows[i].set);
	free(g->rows);
}

/* All prefixes of authorisations that allow at least so much. */
static int unite(const struct gathering *g, enum scan_profile profile, uint32_t rate,
	struct addr_set **ret_set, struct error *reterr)
{
	_cleanup_(addr_set_freep) struct addr_set *set = addr_set_new();
	int r = 0;

	if (!set)
		return error_set(reterr, ERROR_SYSTEM, "no memory for authorisations");
	for (size_t i = 0; i < g->n; i++) {
		struct addr_walk walk = {.set = g->rows[i].set};
		struct addr_range range;

		if (g->rows[i].profile < profile || g->rows[i].rate < rate)
			continue;
		while (r == 0 && addr_walk_next(&walk, &range))
			r = addr_set_add(set, &range, reterr);
	}
	if (r == 0)
		r = addr_set_seal(set, reterr);
	if (r == 0)
		*ret_set = STEAL(set);
	return r;
}

/* What is looked for: asked, and in the one set and not in the other. */
struct between {
	const struct addr_set *in, *out, *excludes;
	struct addr last; /* up to here it is known that there is none; family 0: nothing is */
};

static bool find_in_range(struct between *b, const struct addr_range *range, struct addr *ret)
{
	struct addr end;

	*ret = range->first;
	while (addr_compare(ret, &range->last) <= 0) {
		if (addr_compare(ret, &b->last) > 0) {
			bool wanted = addr_set_until(b->in, ret, &b->last);

			if (wanted && addr_set_until(b->excludes, ret, &end)) {
				b->last = end;
				wanted = false;
			}
			if (wanted && !addr_set_until(b->out, ret, &end))
				return true;
			if (wanted && addr_compare(&end, &b->last) < 0)
				b->last = end;
		}
		*ret = b->last;
		if (!addr_step(ret, 1))
			break;
	}
	return false;
}

/* The first target that is asked, and is in the one set and not in the other; then the first
 * such address of a link that is asked as a whole. */
static bool find_between(const struct scan_aim *aim, const struct addr_set *in,
	const struct addr_set *out, struct addr *ret)
{
	struct between b = {in, out, aim->excludes, {0}};
	struct addr_walk walk = {.set = aim->targets};
	struct addr_range range;

	while (addr_walk_next(&walk, &range))
		if (find_in_range(&b, &range, ret))
			return true;
	b.last = (struct addr){0};
	for (size_t i = 0; i < aim->n_links; i++) {
		range = addr_range_of(&aim->links[i]);
		if (find_in_range(&b, &range, ret))
			return true;
	}
	return false;
}

static int refuse(const struct gathering *g, const struct addr *addr, enum scan_profile profile,
	struct error *reterr)
{
	const struct allowance *widest = NULL;
	char text[ADDR_TEXT_MAX];

	for (size_t i = 0; i < g->n; i++)
		if (addr_set_has(g->rows[i].set, addr) &&
			(!widest || g->rows[i].profile > widest->profile))
			widest = &g->rows[i];
	return error_set(reterr, ERROR_PERMISSION,
		"authorisation %" PRId64 " allows profile %s at most for %s, not %s; choose "
		"--profile %s, or have a wider one recorded with `cadastre scope grant`",
		widest->id, profiles[widest->profile], addr_format(addr, text),
		profiles[profile], profiles[widest->profile]);
}

/* The largest rate at which every target that may be scanned is allowed to be. */
static int hold_rate(const struct gathering *g, const struct scan_aim *aim,
	const struct addr_set *wide, struct scan_plan *plan, struct error *reterr)
{
	uint32_t rate = plan->rate_pps, next;
	int r = 0;

	for (; r == 0; rate = next) {
		_cleanup_(addr_set_freep) struct addr_set *fast = NULL;
		struct addr slow;

		r = unite(g, plan->profile, rate, &fast, reterr);
		if (r < 0 || !find_between(aim, wide, fast, &slow))
			break;
		next = 0;
		for (size_t i = 0; i < g->n; i++)
			if (g->rows[i].profile >= plan->profile && g->rows[i].rate < rate &&
				g->rows[i].rate > next)
				next = g->rows[i].rate;
		if (!next)
			break;
	}
	plan->rate_pps = rate;
	return r;
}

/* Each target that is asked by the widest of the authorisations that cover it, and of those
 * that are wide enough by the fastest; one that none covers is the scope's matter. */
static int hold(const struct gathering *g, const struct scan_aim *aim, struct scan_plan *plan,
	struct error *reterr)
{
	_cleanup_(addr_set_freep) struct addr_set *all = NULL, *wide = NULL;
	struct addr narrow;
	int r = unite(g, SCAN_SAFE, 0, &all, reterr);

	if (r == 0)
		r = unite(g, plan->profile, 0, &wide, reterr);
	if (r < 0)
		return r;
	if (find_between(aim, all, wide, &narrow))
		return refuse(g, &narrow, plan->profile, reterr);
	return hold_rate(g, aim, wide, plan, reterr);
}

/* The targets are held to the rate, so whom the slower ones alone cover is none. */
static int leave_out_slow(struct context *context, const struct gathering *g,
	struct scan_plan *plan, struct scope **scope, struct error *reterr)
{
	uint32_t rate = plan->rate_pps < BESIDES_PPS ? plan->rate_pps : BESIDES_PPS;
	struct scope *fast = NULL;
	bool slow = false;
	int r;

	for (size_t i = 0; i < g->n; i++)
		slow |= g->rows[i].rate < rate;
	if (!slow)
		return 0;
	r = inventory_scope_load(context->inventory, context->realm, profiles[plan->profile],
		rate, &fast, reterr);
	if (r < 0)
		return r;
	scope_free(*scope);
	plan->scope = *scope = fast;
	return 0;
}

int authority_apply(struct context *context, struct scan_plan *plan, struct scope **scope,
	struct error *reterr)
{
	_cleanup_(gathering_done) struct gathering gathering = {
		.realm = context->realm, .now_us = clock_wall_us(), .reterr = reterr};
	_cleanup_(scan_aim_done) struct scan_aim aim = {0};
	int r = scan_aim_make(plan, &aim, reterr);

	plan->rate_pps = scan_plan_rate(plan);
	if (r == 0)
		r = inventory_scope_list(context->inventory, 0, gather, &gathering, reterr);
	if (r == 0)
		r = hold(&gathering, &aim, plan, reterr);
	return r < 0 ? r : leave_out_slow(context, &gathering, plan, scope, reterr);
}
