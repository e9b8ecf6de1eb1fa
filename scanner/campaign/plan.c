/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes and kinds of a plan, before anything is opened; see campaign.h. */
#include "scanner/campaign/run.h"

#include <stdlib.h>

int scan_target_check(const struct addr_range *target, struct error *reterr)
{
	const struct addr *first = &target->first;
	char text[ADDR_RANGE_TEXT_MAX];

	if (first->family != 4 && first->family != 6)
		return error_set(reterr, ERROR_USAGE, "a target has no address");
	if (first->family == 6 &&
		addr_range_size(target) > 1ULL << (128 - CAMPAIGN_IPV6_LENGTH_MIN))
		return reach_too_large(target, reterr);
	if (range_is_probed_never(target))
		return error_set(reterr, ERROR_USAGE,
			"%s is of a kind that is never probed (multicast, broadcast, "
			"unspecified, reserved or IPv4-mapped); name addresses of hosts",
			addr_range_format(target, text));
	if (first->family == 6 &&
		(addr_is_link_local(first) || addr_is_link_local(&target->last)))
		return error_set(reterr, ERROR_USAGE,
			"%s is link-local, and which link is meant cannot be said; name a "
			"global or unique local address of the host",
			addr_range_format(target, text));
	return 0;
}

bool scan_target_is_link(const struct cidr *target)
{
	struct addr_range range = addr_range_of(target);

	return target->base.family == 6 && target->length >= CAMPAIGN_LINK_LENGTH_MIN &&
	       target->length < CAMPAIGN_IPV6_LENGTH_MIN && !range_is_probed_never(&range) &&
	       !addr_is_link_local(&target->base);
}

/* What is named, and what is listed: there, what lies side by side is one range however
 * large. */
static int check_targets(const struct scan_plan *plan, struct error *reterr)
{
	struct addr_walk walk = {.set = plan->target_list};
	struct addr_range range;
	struct addr fine = {0}; /* up to here nothing is of a kind that is never probed */
	int r = 0;

	for (size_t i = 0; r == 0 && i < plan->n_targets; i++) {
		range = addr_range_of(&plan->targets[i]);
		if (!scan_target_is_link(&plan->targets[i]))
			r = scan_target_check(&range, reterr);
	}
	while (r == 0 && plan->target_list && addr_walk_next(&walk, &range)) {
		struct addr_range one = {range.first, range.first};

		if (range.first.family == 4 && addr_compare(&range.first, &fine) <= 0)
			continue;
		if (range.first.family == 6 || range_is_probed_never(&range))
			r = scan_target_check(&one, reterr);
		if (addr_is_probed_never_until(&range.first, &fine))
			fine = (struct addr){0};
	}
	return r;
}

/* Of one sweep: one of each port and protocol, and those that look for the host. */
static uint64_t questions(const struct scan_plan *plan, uint64_t addresses)
{
	uint64_t per_address = plan->n_tcp_ports + scan_asked_udp_ports(plan, NULL) +
			       plan->n_sctp_ports + plan->n_ip_protocols +
			       (plan->profile == SCAN_SAFE ? 1 : 2);

	return addresses * per_address;
}

int campaign_check(const struct scan_plan *plan, const struct scan_aim *aim,
	uint64_t *ret_addresses, uint64_t *ret_probes, struct error *reterr)
{
	uint64_t addresses = addr_set_count(aim->targets), links = aim->n_links;
	int r;

	if (addresses == 0 && links == 0)
		return error_set(reterr, ERROR_USAGE,
			"the plan has no target; name addresses or prefixes");
	if (plan->n_targets > SCAN_TARGETS_MAX)
		return error_set(reterr, ERROR_USAGE, "%zu targets are too many; at most %d",
			plan->n_targets, SCAN_TARGETS_MAX);
	if (plan->profile < SCAN_SAFE || plan->profile > SCAN_THOROUGH)
		return error_set(reterr, ERROR_USAGE, "the plan has no profile");
	r = check_targets(plan, reterr);
	if (r < 0)
		return r;
	if (links > REACH_LINKS_MAX)
		return error_set(reterr, ERROR_USAGE,
			"%zu links are too many to be asked as a whole; at most %d",
			aim->n_links, REACH_LINKS_MAX);
	if (addresses < SCAN_ADDRESSES_MAX)
		addresses += links * SCAN_LINK_HOSTS_MAX;
	if (addresses > SCAN_ADDRESSES_MAX)
		return error_set(reterr, ERROR_USAGE,
			"the targets have more than %llu addresses; scan them in parts",
			(unsigned long long)SCAN_ADDRESSES_MAX);
	if (questions(plan, addresses) > CAMPAIGN_BITS_MAX)
		return error_set(reterr, ERROR_USAGE,
			"%llu addresses with %llu questions each are too many at once; scan "
			"fewer addresses or ports, or in parts",
			(unsigned long long)addresses, (unsigned long long)questions(plan, 1));
	*ret_addresses = addresses;
	/* Each asked again while unanswered; see scan_plan_outline() for what comes besides. */
	*ret_probes = questions(plan, addresses) * SWEEP_PASSES_MAX + links * LINK_FRAMES_MAX;
	return 0;
}

uint32_t scan_plan_rate(const struct scan_plan *plan)
{
	static const uint32_t pps[] = {
		[SCAN_SAFE] = 1000, [SCAN_STANDARD] = 2000, [SCAN_THOROUGH] = 20000};

	return plan->rate_pps ? plan->rate_pps : pps[plan->profile];
}

uint32_t scan_plan_network_rate(const struct scan_plan *plan)
{
	static const uint32_t pps[] = {
		[SCAN_SAFE] = 200, [SCAN_STANDARD] = 1000, [SCAN_THOROUGH] = 0};

	return plan->network_pps ? plan->network_pps : pps[plan->profile];
}
