/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matching the groups of a run to the assets of the register: the same asset, another one, a
 * new one, or several that turn out to be one. See identity.h.
 */
#include "inventory/identity/internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* How an asset came to be considered for a group, the weakest first. */
enum claim { CLAIM_NONE, CLAIM_ADDRESS, CLAIM_STRONG, CLAIM_DEFINITIVE, CLAIM_LOOPBACK };

struct candidate {
	uint32_t asset;
	enum claim claim;
	uint32_t key; /* by which, NONE: by address */
};

#define CANDIDATES_MAX 1024

struct group {
	uint32_t root;
	const uint32_t *members; /* ascending */
	uint32_t n_members;
	struct candidate candidates[CANDIDATES_MAX];
	uint32_t n_candidates;
};

static int64_t counter_of(int64_t asset_id)
{
	return asset_id & ((1LL << ASSET_COUNTER_BITS) - 1);
}

/* ---- candidates
 * ------------------------------------------------------------------------------ */

static void add_candidate(struct group *group, uint32_t asset, enum claim claim, uint32_t key)
{
	for (uint32_t i = 0; i < group->n_candidates; i++) {
		struct candidate *c = &group->candidates[i];

		if (c->asset != asset)
			continue;
		if (claim > c->claim) {
			c->claim = claim;
			c->key = key;
		}
		return;
	}
	if (group->n_candidates < CANDIDATES_MAX)
		group->candidates[group->n_candidates++] =
			(struct candidate){asset, claim, key};
}

/* True if the group can be this asset: what it shows does not contradict what is known. */
static bool fits(const struct identity *identity, const struct group *group, uint32_t asset)
{
	const struct list *shown = &identity->endpoints[group->root].keys;
	const struct known *known = &identity->assets[asset];

	if (known->merged)
		return false;
	return sets_meet(identity, shown, &known->keys) ||
	       !sets_conflict(identity, shown, &known->keys, NONE);
}

/* A burned-in MAC that is not the asset's, where nothing better is shown, is another machine.
 */
static bool mac_differs(
	const struct identity *identity, const struct group *group, uint32_t asset)
{
	const struct list *shown = &identity->endpoints[group->root].keys;
	const struct list *known = &identity->assets[asset].keys;
	bool differs = false;

	for (uint32_t i = 0; i < shown->n; i++) {
		const struct key *key = &identity->keys[shown->items[i]];

		if (key->strength != KEY_STRONG || strcmp(key->type, "mac") != 0)
			continue;
		if (list_has(known, shown->items[i]))
			return false;
		for (uint32_t j = 0; j < known->n; j++)
			differs |= identity->keys[known->items[j]].type_no == key->type_no;
	}
	return differs && !sets_meet(identity, shown, known);
}

static void find_candidates(struct identity *identity, struct group *group)
{
	const struct list *shown = &identity->endpoints[group->root].keys;

	group->n_candidates = 0;
	if (addr_is_loopback(&identity->endpoints[group->members[0]].addr) &&
		identity->loopback)
		add_candidate(
			group, asset_find(identity, identity->loopback), CLAIM_LOOPBACK, NONE);
	for (uint32_t i = 0; i < shown->n; i++) {
		const struct key *key = &identity->keys[shown->items[i]];

		if (key->shared || key->strength == KEY_WEAK)
			continue;
		for (uint32_t j = 0; j < key->assets.n; j++)
			if (fits(identity, group, key->assets.items[j]))
				add_candidate(group, key->assets.items[j],
					key->strength == KEY_DEFINITIVE ? CLAIM_DEFINITIVE
									: CLAIM_STRONG,
					shown->items[i]);
	}
	for (uint32_t i = 0; i < group->n_members; i++) {
		const struct endpoint *e = &identity->endpoints[group->members[i]];

		if (e->asset != NONE && fits(identity, group, e->asset) &&
			!mac_differs(identity, group, e->asset))
			add_candidate(group, e->asset, CLAIM_ADDRESS, NONE);
	}
}

/* True if another group of this run that took the asset is a different thing. */
static bool taken_by_other(
	const struct identity *identity, const struct group *group, uint32_t asset)
{
	uint32_t by = identity->assets[asset].claimed_by;

	return by != NONE && by != group->root &&
	       sets_conflict(identity, &identity->endpoints[by].keys,
		       &identity->endpoints[group->root].keys, NONE);
}

/* The best claim; among equals the asset that was registered first. */
static const struct candidate *choose(
	const struct identity *identity, const struct group *group)
{
	const struct candidate *best = NULL;

	for (uint32_t i = 0; i < group->n_candidates; i++) {
		const struct candidate *c = &group->candidates[i];

		if (taken_by_other(identity, group, c->asset))
			continue;
		if (!best || c->claim > best->claim ||
			(c->claim == best->claim &&
				counter_of(identity->assets[c->asset].id) <
					counter_of(identity->assets[best->asset].id)))
			best = c;
	}
	return best;
}

/* ---- merging
 * ------------------------------------------------------------------------------------ */

static uint32_t members_of(
	const struct identity *identity, const struct group *group, uint32_t asset)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < group->n_members; i++)
		n += identity->endpoints[group->members[i]].asset == asset;
	return n;
}

static bool has_own_keys(const struct identity *identity, uint32_t asset)
{
	const struct list *keys = &identity->assets[asset].keys;

	for (uint32_t i = 0; i < keys->n; i++)
		if (identity->keys[keys->items[i]].strength > KEY_WEAK)
			return true;
	return false;
}

/* Two assets of the register are one if a definitive key says so and nothing contradicts. An
 * asset known by nothing but addresses is one with the winner if all its addresses are in the
 * group and the winner answers beside it; else an address merely moved. */
static bool is_same(const struct identity *identity, const struct group *group,
	const struct candidate *c, const struct candidate *winner)
{
	const struct known *asset = &identity->assets[c->asset];

	if (asset->claimed_by != NONE && asset->claimed_by != group->root)
		return false;
	if (c->claim == CLAIM_DEFINITIVE || c->claim == CLAIM_STRONG ||
		winner->claim == CLAIM_LOOPBACK)
		return !sets_conflict(identity, &asset->keys,
			       &identity->assets[winner->asset].keys, NONE) ||
		       sets_meet(identity, &asset->keys, &identity->assets[winner->asset].keys);
	return c->claim == CLAIM_ADDRESS && !has_own_keys(identity, c->asset) &&
	       members_of(identity, group, c->asset) == asset->n_addresses &&
	       members_of(identity, group, winner->asset) > 0;
}

static void describe_key(const struct identity *identity, uint32_t key, char out[64])
{
	const struct key *k = &identity->keys[key];

	snprintf(out, 64, "%.24s %.24s%s", k->type, k->value,
		strlen(k->value) > 24 ? "..." : "");
}

static void add_merge(struct identity *identity, const struct candidate *c,
	const struct candidate *winner, uint32_t joined_by)
{
	uint32_t room = identity->room_merges ? identity->room_merges * 2 : 16;
	char key[64] = "its addresses";
	struct identity_merge *moved;
	const char *reason;

	if (identity->n_merges == identity->room_merges) {
		moved = reallocarray(identity->merges, room, sizeof(*moved));
		if (!moved) {
			identity->failed = true;
			return;
		}
		identity->merges = moved;
		identity->room_merges = room;
	}
	if (c->key != NONE)
		describe_key(identity, c->key, key);
	else if (joined_by != NONE)
		describe_key(identity, joined_by, key);
	reason = arena_printf(identity->arena, "one thing by %s", key);
	if (!reason)
		identity->failed = true;
	identity->assets[c->asset].merged = true;
	identity->merges[identity->n_merges++] = (struct identity_merge){
		identity->assets[c->asset].id, identity->assets[winner->asset].id, reason};
}

static void merge_others(
	struct identity *identity, struct group *group, const struct candidate *winner)
{
	for (uint32_t i = 0; i < group->n_candidates; i++) {
		const struct candidate *c = &group->candidates[i];
		uint32_t joined_by = NONE;

		if (c->asset == winner->asset || !is_same(identity, group, c, winner))
			continue;
		for (uint32_t j = 0; j < group->n_members && joined_by == NONE; j++)
			joined_by = identity->endpoints[group->members[j]].joined_by;
		add_merge(identity, c, winner, joined_by);
	}
}

/* ---- answers
 * ---------------------------------------------------------------------------------- */

uint32_t identity_bucket(const struct addr *addr)
{
	static const struct siphash_key fixed = {0x636164617374, 0x7265};

	return (uint32_t)(siphash(&fixed, addr, sizeof(*addr)) % ASSET_BUCKETS);
}

/* Bucket bits spread assets over nodes; they come from the address that was met first. */
static int64_t new_id(
	const struct identity *identity, const struct group *group, int64_t *counter)
{
	uint64_t bucket = identity_bucket(&identity->endpoints[group->members[0]].addr);

	return (int64_t)(bucket << ASSET_COUNTER_BITS) | ++*counter;
}

static const char *reason_for(struct identity *identity, const struct endpoint *e, bool is_new,
	const struct candidate *winner)
{
	char key[64], was[48] = "";

	if (addr_is_loopback(&e->addr))
		return "loopback of this machine";
	if (e->asset != NONE && (is_new || identity->assets[e->asset].id != e->answer))
		snprintf(was, sizeof(was), "; before of asset %" PRId64,
			identity->assets[e->asset].id);
	if (winner && winner->key != NONE)
		describe_key(identity, winner->key, key);
	else if (e->joined_by != NONE)
		describe_key(identity, e->joined_by, key);
	else
		return *was ? arena_printf(identity->arena, "another thing answers here%s", was)
			    : "first met at this address";
	return arena_printf(identity->arena, "by %s%s", key, was);
}

static void answer(struct identity *identity, struct group *group, int64_t *counter)
{
	const struct candidate *winner;
	int64_t asset;

	find_candidates(identity, group);
	winner = choose(identity, group);
	if (winner) {
		struct known *known = &identity->assets[winner->asset];

		asset = known->id;
		if (known->claimed_by == NONE)
			known->claimed_by = group->root;
		merge_others(identity, group, winner);
	} else {
		asset = new_id(identity, group, counter);
	}
	for (uint32_t i = 0; i < group->n_members; i++) {
		struct endpoint *e = &identity->endpoints[group->members[i]];

		e->answer = asset;
		e->is_new = !winner;
		e->reason = reason_for(identity, e, !winner, winner);
		if (!e->reason) {
			identity->failed = true;
			e->reason = "";
		}
	}
}

/* Members by group: `order` holds the endpoints sorted by root, ascending within. */
static uint32_t *sort_members(struct identity *identity, uint32_t **ret_first)
{
	uint32_t n = identity->n_endpoints;
	uint32_t *first = calloc((size_t)n + 1, sizeof(*first));
	uint32_t *order = calloc((size_t)n + 1, sizeof(*order));
	uint32_t *fill = calloc((size_t)n + 1, sizeof(*fill));

	if (first && order && fill) {
		for (uint32_t i = 0; i < n; i++)
			first[identity_root(identity, i) + 1]++;
		for (uint32_t i = 0; i < n; i++)
			first[i + 1] += first[i];
		memcpy(fill, first, n * sizeof(*fill));
		for (uint32_t i = 0; i < n; i++)
			order[fill[identity_root(identity, i)]++] = i;
		free(fill);
		*ret_first = first;
		return order;
	}
	free(first);
	free(order);
	free(fill);
	return NULL;
}

bool identity_resolve(struct identity *identity, int64_t *counter)
{
	struct group *group = malloc(sizeof(*group));
	uint32_t *first = NULL, *order = NULL;

	if (group && !identity->failed) {
		identity_mark_shared(identity);
		identity_group(identity);
		order = sort_members(identity, &first);
	}
	for (uint32_t root = 0; order && !identity->failed && root < identity->n_endpoints;
		root++) {
		group->root = root;
		group->members = order + first[root];
		group->n_members = first[root + 1] - first[root];
		if (group->n_members)
			answer(identity, group, counter);
	}
	identity->failed |= !order;
	free(group);
	free(first);
	free(order);
	return !identity->failed;
}
