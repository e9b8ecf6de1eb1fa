/* SPDX-License-Identifier: Apache-2.0 */
/* The map of buckets; see ranges.h. */
#include "inventory/nodes/ranges.h"

#include <ctype.h>
#include <string.h>

bool owners_give(struct owners *owners, int32_t first, int32_t last, uint8_t node)
{
	if (first < 0 || last < first || last >= ASSET_BUCKETS)
		return false;
	memset(owners->node + first, node, (size_t)(last - first + 1));
	return true;
}

struct range owners_range(const struct owners *owners, int32_t first)
{
	struct range range = {first, first, owners->node[first]};

	while (range.last + 1 < ASSET_BUCKETS && owners->node[range.last + 1] == range.node)
		range.last++;
	return range;
}

bool owners_piece(const struct owners *owners, int32_t *at, int32_t last, uint8_t target,
	struct range *ret)
{
	while (*at <= last) {
		struct range range = owners_range(owners, *at);

		if (range.last > last)
			range.last = last;
		*at = range.last + 1;
		if (range.node != target) {
			*ret = range;
			return true;
		}
	}
	return false;
}

/* A number of at most four digits; the rest of the text, NULL if there is none. */
static const char *read_bucket(const char *text, int32_t *ret)
{
	int32_t n = 0;
	size_t digits = 0;

	for (; isdigit((unsigned char)*text) && digits < 5; text++, digits++)
		n = n * 10 + (*text - '0');
	*ret = n;
	return digits && n < ASSET_BUCKETS ? text : NULL;
}

bool range_parse(const char *text, int32_t *ret_first, int32_t *ret_last)
{
	const char *rest = read_bucket(text, ret_first);

	if (!rest)
		return false;
	*ret_last = *ret_first;
	if (*rest == '-')
		rest = read_bucket(rest + 1, ret_last);
	return rest && !*rest && *ret_last >= *ret_first;
}
