/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joining the addresses of one run: first the keys that join nothing are found, then the rest
 * joins endpoints by union-find, vetoed by conflicts between any two of their members. See
 * identity.h.
 */
#include "inventory/identity/internal.h"

#include "common/model/place.h"

#include <stdlib.h>
#include <string.h>

#define PAIRS_MAX 65536 /* groups with more pairs of members are not joined */

/* ---- shared keys
 * --------------------------------------------------------------------------- */

static void mark(
	struct identity *identity, uint32_t number, const char *why, uint32_t a, uint32_t b)
{
	struct key *key = &identity->keys[number];
	char one[ADDR_TEXT_MAX], two[ADDR_TEXT_MAX];

	key->found_shared = true;
	key->at[0] = a;
	key->at[1] = b;
	key->reason = identity_text(identity, "met at one time at %s and %s, which %s",
		place_format(&identity->endpoints[a].addr, one),
		place_format(&identity->endpoints[b].addr, two), why);
}

/* True if the key is at many addresses of one network and nothing else makes them one: an image
 * that was copied, more likely than a thing with as many addresses there. */
static bool is_crowded(const struct identity *identity, uint32_t number, uint32_t first)
{
	const struct list *at = &identity->keys[number].endpoints;
	const struct endpoint *e = &identity->endpoints[at->items[first]];
	uint32_t n = 1;

	for (uint32_t i = first + 1; i < at->n && n < IDENTITY_NETWORK_AT; i++)
		n += one_network(&e->addr, &identity->endpoints[at->items[i]].addr) &&
		     !have_joined(identity, at->items[first], at->items[i], number);
	return n >= IDENTITY_NETWORK_AT;
}

static void look_at_pairs(struct identity *identity, uint32_t number)
{
	const struct key *key = &identity->keys[number];
	const struct list *at = &key->endpoints;
	bool is_mac = key->trust.holds == HOLDS_MANY;

	for (uint32_t i = 0; i < at->n; i++) {
		if (!is_mac && !addr_is_loopback(&identity->endpoints[at->items[i]].addr) &&
			is_crowded(identity, number, i)) {
			mark(identity, number,
				"are two of several in one network that nothing else makes one",
				at->items[i], at->items[i + 1]);
			return;
		}
		for (uint32_t j = i + 1; j < at->n; j++) {
			uint32_t a = at->items[i], b = at->items[j];

			if (differ(identity, a, b, number)) {
				mark(identity, number, "are different things", a, b);
				return;
			}
			/* One that is not worth a thing's address could join nothing anyway. */
			if (!key->trust.joins && key->trust.score >= IDENTITY_LINK &&
				!have_joined(identity, a, b, NONE) &&
				!addr_is_loopback(&identity->endpoints[a].addr)) {
				mark(identity, number, "nothing else makes one thing", a, b);
				return;
			}
		}
	}
}

static void look_at_key(struct identity *identity, uint32_t number)
{
	struct key *key = &identity->keys[number];
	const struct list *at = &key->endpoints;

	if (!is_counting(identity, number))
		return;
	/* What a person took apart shows that the key in common is no proof. */
	for (uint32_t i = 0; i < key->assets.n && !key->shared; i++)
		for (uint32_t j = i + 1; j < key->assets.n; j++)
			if (are_apart(identity, key->assets.items[i], key->assets.items[j])) {
				key->found_shared = true;
				key->reason = identity_text(identity,
					"of assets %lld and %lld, which a person took apart",
					(long long)identity->assets[key->assets.items[i]].id,
					(long long)identity->assets[key->assets.items[j]].id);
				return;
			}
	if (at->n < 2 || identity->compare_only)
		return;
	if (at->n > key->trust.most)
		mark(identity, number, "are two of very many", at->items[0], at->items[1]);
	else
		look_at_pairs(identity, number);
}

void identity_mark_shared(struct identity *identity)
{
	for (uint32_t i = 0; i < identity->n_keys; i++)
		look_at_key(identity, identity->key_order[i]);
	for (uint32_t i = 0; i < identity->n_keys; i++) {
		struct key *key = &identity->keys[i];

		/* What was shared before is looked at again. */
		if (identity->compare_only && key->shared && !key->found_shared) {
			key->found_shared = true;
			key->reason = "met before on different things";
		}
		key->shared |= key->found_shared;
	}
}

/* ---- groups ------------------------------------------------------------------------- */

uint32_t identity_root(struct identity *identity, uint32_t endpoint)
{
	while (identity->endpoints[endpoint].parent != endpoint) {
		struct endpoint *e = &identity->endpoints[endpoint];

		e->parent = identity->endpoints[e->parent].parent;
		endpoint = e->parent;
	}
	return endpoint;
}

/* True if `b`, which is not the asset's that `a` is, shows another key than that asset has, of
 * a kind that `a` shows nothing of: the asset shows its own elsewhere, so `a` is not what joins
 * both. */
static bool contradicts_asset(const struct identity *identity, uint32_t a, uint32_t b)
{
	const struct endpoint *one = &identity->endpoints[a], *two = &identity->endpoints[b];
	const struct list *held;

	if (one->asset == NONE || one->asset == two->asset ||
		identity->assets[one->asset].flags & IDENTITY_BOUND)
		return false;
	held = &identity->assets[one->asset].keys;
	return sets_conflict(identity, held, &two->keys, NONE, HOLDS_ONE) &&
	       !sets_conflict(identity, held, &one->keys, NONE, HOLDS_ONE);
}

static bool may_join(const struct identity *identity, uint32_t a, uint32_t b, uint32_t except)
{
	const struct list *one = &identity->endpoints[a].members;
	const struct list *two = &identity->endpoints[b].members;

	if ((one->n + 1ull) * (two->n + 1ull) > PAIRS_MAX)
		return false;
	for (uint32_t i = 0; i <= one->n; i++)
		for (uint32_t j = 0; j <= two->n; j++)
			if (differ(identity, i ? one->items[i - 1] : a,
				    j ? two->items[j - 1] : b, except))
				return false;
	return true;
}

static void add_all(struct identity *identity, struct list *to, const struct list *from)
{
	for (uint32_t i = 0; i < from->n; i++)
		if (!list_has(to, from->items[i]))
			list_add(identity, to, from->items[i]);
}

/* The root, which is the lower address, keeps the keys of both beside its own. */
static void unite(struct identity *identity, uint32_t low, uint32_t high)
{
	struct endpoint *root, *other;

	if (identity->endpoints[low].rank > identity->endpoints[high].rank) {
		uint32_t swap = low;

		low = high;
		high = swap;
	}
	root = &identity->endpoints[low];
	other = &identity->endpoints[high];
	other->parent = low;
	list_add(identity, &root->members, high);
	for (uint32_t i = 0; i < other->members.n; i++)
		list_add(identity, &root->members, other->members.items[i]);
}

static bool join(struct identity *identity, uint32_t a, uint32_t b, uint32_t key)
{
	uint32_t one = identity_root(identity, a), other = identity_root(identity, b);

	if (one == other)
		return true;
	if (!have_joined(identity, a, b, NONE) || !may_join(identity, one, other, NONE) ||
		contradicts_asset(identity, a, b) || contradicts_asset(identity, b, a))
		return false;
	unite(identity, one, other);
	if (identity->endpoints[b].joined_by == NONE)
		identity->endpoints[b].joined_by = key;
	if (identity->endpoints[a].joined_by == NONE)
		identity->endpoints[a].joined_by = key;
	return true;
}

/* Each with the first of those before it that it may join. */
static void join_all(struct identity *identity, uint32_t number)
{
	const struct list *at = &identity->keys[number].endpoints;

	for (uint32_t j = 1; j < at->n; j++)
		for (uint32_t i = 0; i < j; i++)
			if (join(identity, at->items[i], at->items[j], number))
				break;
}

void identity_join_always(struct identity *identity, uint32_t a, uint32_t b)
{
	uint32_t one = identity_root(identity, a), other = identity_root(identity, b);

	if (one != other)
		unite(identity, one, other);
}

/* An address that shows the keys of two things which are met at addresses of their own stands
 * for both: what is behind it is now one, now the other. */
static void note_fronts(struct identity *identity, uint32_t number)
{
	struct endpoint *e = &identity->endpoints[number];
	char one[ADDR_TEXT_MAX], two[ADDR_TEXT_MAX];

	for (uint32_t i = 0; i < e->keys.n && !e->note; i++)
		for (uint32_t j = i + 1; j < e->keys.n && !e->note; j++) {
			const struct key *a = &identity->keys[e->keys.items[i]];
			const struct key *b = &identity->keys[e->keys.items[j]];
			uint32_t at, bt;

			if (a->slot != b->slot || a->trust.holds == HOLDS_MANY || a->shared ||
				b->shared || a->endpoints.n < 2 || b->endpoints.n < 2)
				continue;
			at = a->endpoints.items[a->endpoints.items[0] == number];
			bt = b->endpoints.items[b->endpoints.items[0] == number];
			if (!differ(identity, at, bt, NONE))
				continue;
			e->note = "service address";
			e->noted = identity_text(identity, "shows the keys of %s and of %s",
				place_format(&identity->endpoints[at].addr, one),
				place_format(&identity->endpoints[bt].addr, two));
		}
}

void identity_group(struct identity *identity)
{
	uint32_t first = NONE;

	for (uint32_t i = 0; i < identity->n_keys; i++) {
		if (is_counting(identity, identity->key_order[i]))
			join_all(identity, identity->key_order[i]);
	}
	identity_group_mute(identity);
	for (uint32_t i = 0; i < identity->n_endpoints; i++) {
		uint32_t e = identity->order[i];

		if (identity->endpoints[e].silent)
			continue;
		note_fronts(identity, e);
		if (!addr_is_loopback(&identity->endpoints[e].addr))
			continue;
		if (first != NONE)
			identity_join_always(identity, first, e);
		else
			first = e;
	}
	/* From here on a root stands for its group. */
	for (uint32_t i = 0; i < identity->n_endpoints; i++) {
		struct endpoint *root = &identity->endpoints[i];

		for (uint32_t j = 0; j < root->members.n && root->parent == i; j++) {
			add_all(identity, &root->keys,
				&identity->endpoints[root->members.items[j]].keys);
			add_all(identity, &root->claimed,
				&identity->endpoints[root->members.items[j]].claimed);
		}
	}
}
