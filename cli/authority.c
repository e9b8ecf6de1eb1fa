/* SPDX-License-Identifier: Apache-2.0 */
/* Profile and rate of a plan against the recorded authorisations; see authority.h. */
#include "cli/authority.h"

#include "common/clock.h"

#include <inttypes.h>
#include <string.h>

/* What one target may be asked, and by which authorisation. */
struct allowance {
	struct cidr target;
	int64_t whole_id, part_id; /* 0: none */
	enum scan_profile whole, part;
	uint32_t whole_rate, part_rate; /* UINT32_MAX: the profile's own */
};

struct gathering {
	const char *realm;
	int64_t now_us;
	struct allowance *allowances;
	size_t n;
};

static enum scan_profile profile_of(const char *name)
{
	return strcmp(name, "thorough") == 0 ? SCAN_THOROUGH :
	       strcmp(name, "standard") == 0 ? SCAN_STANDARD :
					       SCAN_SAFE;
}

/* Of authorisations for the whole target the widest holds, of those for parts the narrowest. */
static void weigh(struct allowance *allowance, const struct authorisation *auth,
	const struct cidr *cidr)
{
	enum scan_profile profile = profile_of(auth->profile);
	uint32_t rate = auth->rate_pps ? auth->rate_pps : UINT32_MAX;

	if (cidr_covers(cidr, &allowance->target)) {
		if (allowance->whole_id && profile < allowance->whole)
			return;
		if (allowance->whole_id && profile == allowance->whole &&
			rate <= allowance->whole_rate)
			return;
		allowance->whole_id = auth->id;
		allowance->whole = profile;
		allowance->whole_rate = rate;
	} else if (cidr_covers(&allowance->target, cidr)) {
		if (!allowance->part_id || profile < allowance->part) {
			allowance->part_id = auth->id;
			allowance->part = profile;
		}
		if (rate < allowance->part_rate)
			allowance->part_rate = rate;
	}
}

static int gather(void *context, const struct authorisation *auth)
{
	struct gathering *gathering = context;

	if (strcmp(auth->realm, gathering->realm) != 0 || auth->revoked_us ||
		gathering->now_us < auth->from_us || gathering->now_us >= auth->until_us)
		return 0;
	for (size_t i = 0; i < gathering->n; i++)
		for (size_t k = 0; k < auth->n_cidrs; k++)
			weigh(&gathering->allowances[i], auth, &auth->cidrs[k]);
	return 0;
}

static int hold(struct scan_plan *plan, const struct allowance *allowance, struct error *reterr)
{
	static const char *const names[] = {"safe", "standard", "thorough"};
	bool whole = allowance->whole_id != 0;
	int64_t id = whole ? allowance->whole_id : allowance->part_id;
	enum scan_profile profile = whole ? allowance->whole : allowance->part;
	uint32_t rate = whole ? allowance->whole_rate : allowance->part_rate;
	char text[CIDR_TEXT_MAX];

	if (!id) /* loopback, or no authorisation at all: the scope says which */
		return 0;
	if (plan->profile > profile)
		return error_set(reterr, ERROR_PERMISSION,
			"authorisation %" PRId64 " allows profile %s at most for %s, not %s; choose "
			"--profile %s, or have a wider one recorded with `cadastre scope grant`",
			id, names[profile], cidr_format(&allowance->target, text),
			names[plan->profile], names[profile]);
	if (rate < plan->rate_pps)
		plan->rate_pps = rate;
	return 0;
}

int authority_apply(struct context *context, struct scan_plan *plan, struct error *reterr)
{
	_cleanup_(cleanup_freep) struct allowance *allowances =
		calloc(plan->n_targets + 1, sizeof(*allowances));
	struct gathering gathering = {
		context->realm, clock_wall_us(), allowances, plan->n_targets};
	int r;

	if (!allowances)
		return error_set(reterr, ERROR_SYSTEM, "no memory for targets");
	for (size_t i = 0; i < plan->n_targets; i++) {
		allowances[i].target = plan->targets[i];
		allowances[i].whole_rate = allowances[i].part_rate = UINT32_MAX;
	}
	if (!plan->rate_pps)
		plan->rate_pps = scan_profile_rate(plan->profile);
	r = inventory_scope_list(context->inventory, 0, gather, &gathering, reterr);
	for (size_t i = 0; r == 0 && i < plan->n_targets; i++)
		r = hold(plan, &allowances[i], reterr);
	return r;
}
