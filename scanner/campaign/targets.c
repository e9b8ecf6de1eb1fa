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

uint64_t cidr_size(const struct cidr *cidr)
{
	unsigned int free_bits = (cidr->base.family == 4 ? 32u : 128u) - cidr->length;

	return free_bits >= 64 ? UINT64_MAX : 1ULL << free_bits;
}

struct addr cidr_nth(const struct cidr *cidr, uint64_t i)
{
	struct addr addr = cidr->base;

	if (addr.family == 4)
		return addr_v4(addr_to_v4(&addr) | (uint32_t)i);
	for (int b = 15; b >= 0 && i; b--, i >>= 8)
		addr.bytes[b] |= (uint8_t)i;
	return addr;
}

uint64_t cidr_offset(const struct cidr *cidr, const struct addr *addr)
{
	int last = addr->family == 4 ? 3 : 15;
	uint64_t offset = 0;

	for (int b = last > 7 ? last - 7 : 0; b <= last; b++)
		offset = offset << 8 | (uint8_t)(addr->bytes[b] ^ cidr->base.bytes[b]);
	return offset;
}

/* "This" network, multicast and class E with limited broadcast; unspecified, IPv4-mapped (a socket
 * would send IPv4, past what is said about that address), multicast. */
static const struct cidr never[] = {{{4, {0}}, 8}, {{4, {224}}, 3}, {{6, {0}}, 128},
	{{6, {[10] = 0xff, [11] = 0xff}}, 96}, {{6, {0xff}}, 8}};

bool addr_is_probed_never(const struct addr *addr)
{
	for (size_t i = 0; i < ARRAY_SIZE(never); i++)
		if (cidr_contains(&never[i], addr))
			return true;
	return addr->family != 4 && addr->family != 6;
}

bool cidr_is_probed_never(const struct cidr *cidr)
{
	for (size_t i = 0; i < ARRAY_SIZE(never); i++)
		if (cidr_covers(&never[i], cidr))
			return true;
	return false;
}

bool cidr_holds_probed_never(const struct cidr *cidr)
{
	for (size_t i = 0; i < ARRAY_SIZE(never); i++)
		if (cidr_covers(cidr, &never[i]) && cidr->length < never[i].length)
			return true;
	return false;
}

/* Adds a prefix of the plan's scope to the one that is made. */
static int allow(void *context, const struct cidr *prefix, enum scope_verdict verdict,
	int64_t until_us, struct error *reterr)
{
	if (verdict == SCOPE_ALLOWED)
		return scope_grant(context, prefix, 1, INT64_MIN, until_us, reterr);
	return verdict == SCOPE_EXCLUDED ? scope_exclude(context, prefix, reterr) : 0;
}

int reach_allowed(const struct scan_plan *plan, int64_t now_us, struct scope **ret_scope,
	struct error *reterr)
{
	_cleanup_(scope_freep) struct scope *scope = scope_new();
	int r;

	if (!scope)
		return error_set(reterr, ERROR_SYSTEM, "no memory for the scope");
	r = scope_walk(plan->scope, 4, now_us, allow, scope, reterr);
	for (size_t i = 0; r == 0 && i < plan->n_excludes; i++)
		r = scope_exclude(scope, &plan->excludes[i], reterr);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(never); i++)
		r = scope_exclude(scope, &never[i], reterr);
	if (r == 0)
		*ret_scope = STEAL(scope);
	return r;
}
