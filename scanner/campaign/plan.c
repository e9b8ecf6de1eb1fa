/* SPDX-License-Identifier: Apache-2.0 */
/* Sizes and kinds of a plan, before anything is opened; see campaign.h. */
#include "scanner/campaign/run.h"

#include <stdlib.h>

static int check_target(const struct cidr *target, struct error *reterr)
{
	char text[CIDR_TEXT_MAX];

	cidr_format(target, text);
	if (target->base.family != 4 && target->base.family != 6)
		return error_set(reterr, ERROR_USAGE, "a target has no address");
	if (target->base.family == 6 && target->length < CAMPAIGN_IPV6_LENGTH_MIN)
		return error_set(reterr, ERROR_USAGE,
			"%s is too large to be walked; name IPv6 hosts or prefixes of /%d and "
			"longer "
			"(find hosts by listening, or in name servers and neighbour tables)",
			text, CAMPAIGN_IPV6_LENGTH_MIN);
	if (cidr_is_probed_never(target))
		return error_set(reterr, ERROR_USAGE,
			"%s is of a kind that is never probed (multicast, broadcast, "
			"unspecified, reserved or IPv4-mapped); name addresses of hosts",
			text);
	if (target->base.family == 6 && addr_is_link_local(&target->base))
		return error_set(reterr, ERROR_USAGE,
			"%s is link-local, and which link is meant cannot be said; name a "
			"global or unique local address of the host",
			text);
	return 0;
}

static uint64_t questions(const struct scan_plan *plan, uint64_t addresses)
{
	/* One of each port and protocol, and those that look for the host. */
	uint64_t per_address = plan->n_tcp_ports + plan->n_udp_ports + plan->n_sctp_ports +
			       plan->n_ip_protocols + (plan->profile == SCAN_SAFE ? 1 : 2);

	return addresses * per_address;
}

int campaign_check(const struct scan_plan *plan, const struct cidr *targets, size_t n_targets,
	uint64_t *ret_addresses, uint64_t *ret_probes, struct error *reterr)
{
	uint64_t addresses = 0;

	if (n_targets == 0)
		return error_set(reterr, ERROR_USAGE,
			"the plan has no target; name addresses or prefixes");
	if (plan->n_targets > SCAN_TARGETS_MAX)
		return error_set(reterr, ERROR_USAGE, "%zu targets are too many; at most %d",
			plan->n_targets, SCAN_TARGETS_MAX);
	if (plan->profile < SCAN_SAFE || plan->profile > SCAN_THOROUGH)
		return error_set(reterr, ERROR_USAGE, "the plan has no profile");
	for (size_t i = 0; i < n_targets; i++) {
		int r = check_target(&targets[i], reterr);

		if (r < 0)
			return r;
		addresses += cidr_size(&targets[i]);
		if (addresses > SCAN_ADDRESSES_MAX)
			return error_set(reterr, ERROR_USAGE,
				"the targets have more than %llu addresses; scan them in parts",
				(unsigned long long)SCAN_ADDRESSES_MAX);
	}
	if (questions(plan, addresses) > CAMPAIGN_BITS_MAX)
		return error_set(reterr, ERROR_USAGE,
			"%llu addresses with %llu questions each are too many at once; scan fewer "
			"addresses or "
			"ports, or in parts",
			(unsigned long long)addresses,
			(unsigned long long)questions(plan, 1));
	*ret_addresses = addresses;
	/* Each asked again while unanswered. */
	*ret_probes = questions(plan, addresses) * SWEEP_PASSES_MAX;
	return 0;
}

int scan_plan_count(const struct scan_plan *plan, uint64_t *ret_addresses, uint64_t *ret_probes,
	struct error *reterr)
{
	_cleanup_(cleanup_freep) struct cidr *targets = NULL;
	size_t n;
	int r = targets_normalise(plan->targets, plan->n_targets, &targets, &n, reterr);

	return r < 0 ? r : campaign_check(plan, targets, n, ret_addresses, ret_probes, reterr);
}

uint32_t scan_profile_rate(enum scan_profile profile)
{
	static const uint32_t pps[] = {
		[SCAN_SAFE] = 1000, [SCAN_STANDARD] = 2000, [SCAN_THOROUGH] = 20000};

	return pps[profile];
}

uint32_t scan_profile_network_rate(enum scan_profile profile)
{
	static const uint32_t pps[] = {
		[SCAN_SAFE] = 200, [SCAN_STANDARD] = 1000, [SCAN_THOROUGH] = 0};

	return pps[profile];
}
