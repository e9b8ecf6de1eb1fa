/* SPDX-License-Identifier: Apache-2.0 */
/* What an official makes of a maximum boundary, and how much two boundaries have in common; see
 * boundary.h. Both work on ascending numbers of assets. */
#include "inventory/boundary/boundary.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int compare_numbers(const void *a, const void *b)
{
	return ORDER(*(const uint64_t *)a, *(const uint64_t *)b);
}

void boundary_sort(uint64_t *ids, uint32_t n)
{
	if (n > 0)
		qsort(ids, n, sizeof(*ids), compare_numbers);
}

static bool is_in(const uint64_t *ids, uint32_t n, uint64_t id)
{
	return n > 0 && bsearch(&id, ids, n, sizeof(*ids), compare_numbers);
}

static int check_change(const uint64_t *maximum, uint32_t n,
	const struct boundary_change *changes, uint32_t i, struct error *reterr)
{
	const struct boundary_change *change = &changes[i];
	const char *open = change->name ? " (" : "", *close = change->name ? ")" : "";
	const char *name = change->name ? change->name : "";
	bool there = is_in(maximum, n, change->asset);

	if (!change->reason || !change->reason[strspn(change->reason, " \t\n\r")])
		return error_set(reterr, ERROR_INPUT,
			"that asset %" PRIu64 "%s%.100s%s is %s needs a reason", change->asset,
			open, name, close, change->remove ? "removed" : "added");
	if (change->remove != there)
		return error_set(reterr, ERROR_INPUT,
			"asset %" PRIu64 "%s%.100s%s is %s the maximum boundary, so it cannot "
			"be %s",
			change->asset, open, name, close, there ? "in" : "not in",
			there ? "added" : "removed");
	for (uint32_t k = 0; k < i; k++)
		if (changes[k].asset == change->asset)
			return error_set(reterr, ERROR_INPUT,
				"asset %" PRIu64 "%s%.100s%s is %s twice", change->asset, open,
				name, close, change->remove ? "removed" : "added");
	return 0;
}

static bool is_removed(const struct boundary_change *changes, uint32_t n, uint64_t asset)
{
	for (uint32_t i = 0; i < n; i++)
		if (changes[i].remove && changes[i].asset == asset)
			return true;
	return false;
}

int boundary_decide(const uint64_t *maximum, uint32_t n, const struct boundary_change *changes,
	uint32_t n_changes, uint64_t *ret, uint32_t *ret_n, struct error *reterr)
{
	uint32_t kept = 0;

	if (n_changes > BOUNDARY_CHANGES_MAX)
		return error_set(reterr, ERROR_INPUT,
			"more than %d assets are added or removed; state rules for them in the "
			"register instead",
			BOUNDARY_CHANGES_MAX);
	for (uint32_t i = 0; i < n_changes; i++) {
		int r = check_change(maximum, n, changes, i, reterr);

		if (r < 0)
			return r;
	}
	for (uint32_t i = 0; i < n; i++)
		if (!is_removed(changes, n_changes, maximum[i]))
			ret[kept++] = maximum[i];
	for (uint32_t i = 0; i < n_changes; i++)
		if (!changes[i].remove)
			ret[kept++] = changes[i].asset;
	boundary_sort(ret, kept);
	*ret_n = kept;
	return 0;
}

uint32_t boundary_common(const uint64_t *a, uint32_t n_a, const uint64_t *b, uint32_t n_b)
{
	uint32_t i = 0, k = 0, both = 0;

	while (i < n_a && k < n_b) {
		both += a[i] == b[k];
		if (a[i] == b[k])
			i++, k++;
		else if (a[i] < b[k])
			i++;
		else
			k++;
	}
	return both;
}

double boundary_jaccard(uint32_t both, uint32_t n_a, uint32_t n_b)
{
	return n_a + n_b == 0 ? 1.0 : (double)both / (double)(n_a + n_b - both);
}
