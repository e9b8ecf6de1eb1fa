/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joining the addresses of one run: first the keys that join nothing are found, then the rest
 * joins endpoints by union-find, vetoed by conflicts. See identity.h.
 */
#include "inventory/identity/internal.h"

#include <stdlib.h>
#include <string.h>

static bool counts(const struct identity *identity, uint32_t key, uint32_t except)
{
	return key != except && identity->keys[key].strength == KEY_DEFINITIVE &&
	       !identity->keys[key].shared;
}

/* Does `list` hold counting keys of the type, and is one of them also in `other`? */
static void look_for_type(const struct identity *identity, const struct list *list,
	const struct list *other, uint32_t type, uint32_t except, bool *ret_has,
	bool *ret_common)
{
	*ret_has = *ret_common = false;
	for (uint32_t i = 0; i < list->n; i++) {
		uint32_t key = list->items[i];

		if (!counts(identity, key, except) || identity->keys[key].type_no != type)
			continue;
		*ret_has = true;
		if (list_has(other, key))
			*ret_common = true;
	}
}

bool sets_conflict(const struct identity *identity, const struct list *a, const struct list *b,
	uint32_t except)
{
	for (uint32_t i = 0; i < a->n; i++) {
		bool has, common;

		if (!counts(identity, a->items[i], except))
			continue;
		look_for_type(identity, b, a, identity->keys[a->items[i]].type_no, except, &has,
			&common);
		if (has && !common)
			return true;
	}
	return false;
}

bool sets_meet(const struct identity *identity, const struct list *a, const struct list *b)
{
	for (uint32_t i = 0; i < a->n; i++)
		if (counts(identity, a->items[i], NONE) && list_has(b, a->items[i]))
			return true;
	return false;
}

/* ---- shared keys ---------------------------------------------------------------------------
 */

/* Two addresses of one link (the same /24 or /64) that answer from different MACs are two
 * interfaces of one link, and so two things. */
static bool macs_conflict(const struct endpoint *a, const struct endpoint *b)
{
	uint8_t length = a->addr.family == 6 ? 64 : 24;
	struct cidr link = cidr_of(&a->addr, length);

	return a->addr.family == b->addr.family && !mac_is_zero(&a->mac) &&
	       !mac_is_zero(&b->mac) && memcmp(&a->mac, &b->mac, sizeof(a->mac)) != 0 &&
	       cidr_contains(&link, &b->addr);
}

static bool differ(const struct identity *identity, uint32_t a, uint32_t b, uint32_t key)
{
	const struct endpoint *one = &identity->endpoints[a], *two = &identity->endpoints[b];

	if (addr_is_loopback(&one->addr) || addr_is_loopback(&two->addr))
		return false;
	return sets_conflict(identity, &one->keys, &two->keys, key) || macs_conflict(one, two);
}

static void mark(
	struct identity *identity, struct key *key, const char *why, uint32_t a, uint32_t b)
{
	char one[ADDR_TEXT_MAX], two[ADDR_TEXT_MAX];

	key->found_shared = true;
	key->reason = arena_printf(identity->arena, "met at one time at %s and %s, which %s",
		addr_format(&identity->endpoints[a].addr, one),
		addr_format(&identity->endpoints[b].addr, two), why);
	if (!key->reason)
		identity->failed = true;
}

static void look_at_key(struct identity *identity, uint32_t number)
{
	struct key *key = &identity->keys[number];
	const struct list *at = &key->endpoints;
	uint32_t limit =
		key->strength == KEY_DEFINITIVE ? IDENTITY_SHARED_AT : IDENTITY_STRONG_AT;

	if (key->strength == KEY_WEAK || key->shared || at->n < 2)
		return;
	if (at->n > limit) {
		mark(identity, key, "are two of very many", at->items[0], at->items[1]);
		return;
	}
	for (uint32_t i = 0; i < at->n; i++)
		for (uint32_t j = i + 1; j < at->n; j++)
			if (differ(identity, at->items[i], at->items[j], number)) {
				mark(identity, key, "are different things", at->items[i],
					at->items[j]);
				return;
			}
}

void identity_mark_shared(struct identity *identity)
{
	for (uint32_t i = 0; i < identity->n_keys; i++)
		look_at_key(identity, i);
	for (uint32_t i = 0; i < identity->n_keys; i++)
		identity->keys[i].shared |= identity->keys[i].found_shared;
}

/* ---- groups
 * ------------------------------------------------------------------------------------ */

uint32_t identity_root(struct identity *identity, uint32_t endpoint)
{
	while (identity->endpoints[endpoint].parent != endpoint) {
		struct endpoint *e = &identity->endpoints[endpoint];

		e->parent = identity->endpoints[e->parent].parent;
		endpoint = e->parent;
	}
	return endpoint;
}

/* Joins two groups; the root, which is the lower address, keeps the keys of both. */
static void join(struct identity *identity, uint32_t a, uint32_t b, uint32_t key, bool always)
{
	uint32_t low = identity_root(identity, a), high = identity_root(identity, b);
	struct endpoint *root, *other;

	if (low == high)
		return;
	if (low > high) {
		uint32_t swap = low;

		low = high;
		high = swap;
	}
	root = &identity->endpoints[low];
	other = &identity->endpoints[high];
	if (!always && sets_conflict(identity, &root->keys, &other->keys, key))
		return;
	other->parent = low;
	if (identity->endpoints[b].joined_by == NONE)
		identity->endpoints[b].joined_by = key;
	if (identity->endpoints[a].joined_by == NONE)
		identity->endpoints[a].joined_by = key;
	for (uint32_t i = 0; i < other->keys.n; i++)
		if (!list_has(&root->keys, other->keys.items[i]))
			list_add(identity, &root->keys, other->keys.items[i]);
}

static void join_by_strength(struct identity *identity, enum key_strength strength)
{
	for (uint32_t i = 0; i < identity->n_keys; i++) {
		const struct key *key = &identity->keys[i];

		if (key->strength != strength || key->shared)
			continue;
		for (uint32_t j = 1; j < key->endpoints.n; j++)
			join(identity, key->endpoints.items[0], key->endpoints.items[j], i,
				false);
	}
}

void identity_group(struct identity *identity)
{
	uint32_t first = NONE;

	join_by_strength(identity, KEY_DEFINITIVE);
	join_by_strength(identity, KEY_STRONG);
	for (uint32_t i = 0; i < identity->n_endpoints; i++) {
		if (!addr_is_loopback(&identity->endpoints[i].addr))
			continue;
		if (first != NONE)
			join(identity, first, i, NONE, true);
		else
			first = i;
	}
}
