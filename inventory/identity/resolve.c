/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matching the groups of a run to the assets of the register: the same asset, another one, a
 * new one, or several that turn out to be one. Groups that show an asset's keys come first, so
 * that an address alone cannot keep what is met elsewhere. See identity.h.
 */
#include "inventory/identity/internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CANDIDATES_MAX 1024

struct candidate {
	uint32_t asset;
	struct weight w;
};

struct group {
	uint32_t root;
	const uint32_t *members; /* ascending */
	uint32_t n_members;
	struct candidate candidates[CANDIDATES_MAX];
	uint32_t n_candidates;
};

struct round {
	struct identity *identity;
	struct group *group;
	int64_t *counter;
	bool by_key; /* of this round: only what keys make an asset's */
};

/* ---- what is said ------------------------------------------------------------------- */

void describe_key(const struct identity *identity, uint32_t key, char out[64])
{
	const struct key *k = &identity->keys[key];

	snprintf(out, 64, "%.24s %.24s%s", k->type, k->value,
		strlen(k->value) > 24 ? "..." : "");
}

void advise(struct identity *identity, bool is_conflict, int64_t asset, int64_t other,
	uint32_t key, int score, const char *reason)
{
	struct identity_advice *advice;
	char text[64] = "";

	if (asset == other)
		return;
	advice = result_add(
		identity, &identity->advice, sizeof(*advice), IDENTITY_ADVICE_MAX);
	if (!advice)
		return;
	if (key != NONE)
		describe_key(identity, key, text);
	*advice = (struct identity_advice){is_conflict, asset, other,
		identity_text(identity, "%s", text), reason, score};
}

uint32_t identity_bucket(const struct addr *addr)
{
	static const struct siphash_key fixed = {0x636164617374, 0x7265};

	return (uint32_t)(siphash(&fixed, addr, sizeof(*addr)) % ASSET_BUCKETS);
}

int64_t identity_new_id(const struct addr *addr, int64_t *counter)
{
	/* Bucket bits spread assets over shards; they come from the address that was met
	 * first. */
	uint64_t bucket = identity_bucket(addr);

	return (int64_t)(bucket << ASSET_COUNTER_BITS) | ++*counter;
}

/* ---- candidates --------------------------------------------------------------------- */

static void add_candidate(struct identity *identity, struct group *group, uint32_t asset)
{
	for (uint32_t i = 0; i < group->n_candidates; i++)
		if (group->candidates[i].asset == asset)
			return;
	if (group->n_candidates < CANDIDATES_MAX)
		group->candidates[group->n_candidates++] =
			(struct candidate){asset, weigh(identity, group->root, asset)};
}

static void find_candidates(struct identity *identity, struct group *group)
{
	const struct list *lists[] = {&identity->endpoints[group->root].keys,
		&identity->endpoints[group->root].claimed};

	group->n_candidates = 0;
	for (int l = 0; l < 2; l++)
		for (uint32_t i = 0; i < lists[l]->n; i++) {
			const struct key *key = &identity->keys[lists[l]->items[i]];

			for (uint32_t j = 0; j < key->assets.n &&
					     is_counting(identity, lists[l]->items[i]);
				j++)
				add_candidate(identity, group, key->assets.items[j]);
		}
	for (uint32_t i = 0; i < group->n_members; i++)
		if (identity->endpoints[group->members[i]].asset != NONE)
			add_candidate(identity, group,
				identity->endpoints[group->members[i]].asset);
}

static bool is_loopback(const struct identity *identity, const struct group *group)
{
	return addr_is_loopback(&identity->endpoints[group->members[0]].addr);
}

static uint32_t members_of(
	const struct identity *identity, const struct group *group, uint32_t asset)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < group->n_members; i++)
		n += identity->endpoints[group->members[i]].asset == asset;
	return n;
}

/* True if another group of this run that took the asset is a different thing. */
static bool is_taken(
	const struct identity *identity, const struct group *group, uint32_t asset)
{
	const struct known *known = &identity->assets[asset];
	uint32_t by = known->claimed_by;
	const struct list *others;

	if (by == NONE || by == group->root || known->flags & IDENTITY_BOUND)
		return false;
	if (identity->compare_only && members_of(identity, group, asset))
		return false;
	others = &identity->endpoints[by].members;
	if (sets_conflict(identity, &identity->endpoints[by].keys,
		    &identity->endpoints[group->root].keys, NONE, HOLDS_ONE))
		return true;
	for (uint32_t i = 0; i < group->n_members; i++)
		for (uint32_t j = 0; j <= others->n; j++)
			if (differ(identity, group->members[i], j ? others->items[j - 1] : by,
				    NONE))
				return true;
	return false;
}

/* An asset that its keys show elsewhere has left this address: it is met at none of those it
 * had, or at another one of the same network instead. */
static bool has_left(const struct identity *identity, const struct group *group, uint32_t asset)
{
	const struct known *known = &identity->assets[asset];
	uint32_t by = known->claimed_by;
	const struct list *others;
	bool stays = false, instead = false;

	if (by == NONE || by == group->root || !known->claimed_by_key ||
		identity->compare_only || known->flags & IDENTITY_BOUND)
		return false;
	others = &identity->endpoints[by].members;
	for (uint32_t j = 0; j <= others->n; j++) {
		const struct endpoint *e =
			&identity->endpoints[j ? others->items[j - 1] : by];

		stays |= e->asset == asset;
		for (uint32_t i = 0; i < group->n_members && e->asset != asset; i++)
			instead |= one_network(
				&e->addr, &identity->endpoints[group->members[i]].addr);
	}
	return !stays || instead;
}

static bool is_eligible(
	const struct identity *identity, const struct group *group, const struct candidate *c)
{
	if (c->w.veto || c->w.score < IDENTITY_LINK ||
		(c->w.key == NONE && !c->w.address))
		return false;
	return !is_taken(identity, group, c->asset) &&
	       (c->w.key != NONE || !has_left(identity, group, c->asset));
}

/* A definitive key goes before everything, then the score; among equals the asset that was
 * registered first. */
static bool is_better(
	const struct identity *identity, const struct candidate *a, const struct candidate *b)
{
	if (a->w.definitive != b->w.definitive)
		return a->w.definitive;
	if (a->w.score != b->w.score)
		return a->w.score > b->w.score;
	return counter_of(identity->assets[a->asset].id) <
	       counter_of(identity->assets[b->asset].id);
}

static const struct candidate *choose(
	const struct identity *identity, const struct group *group)
{
	const struct candidate *best = NULL;

	for (uint32_t i = 0; i < group->n_candidates; i++) {
		const struct candidate *c = &group->candidates[i];

		if (is_eligible(identity, group, c) &&
			(!best || is_better(identity, c, best)))
			best = c;
	}
	return best;
}

/* ---- merging ------------------------------------------------------------------------ */

static bool has_own_keys(const struct identity *identity, uint32_t asset)
{
	const struct list *keys = &identity->assets[asset].keys;

	for (uint32_t i = 0; i < keys->n; i++)
		if (identity->keys[keys->items[i]].trust.strength > KEY_WEAK)
			return true;
	return false;
}

/* True if an address of the one is where addresses go from thing to thing, or is beside one of
 * the other: it may have been given to the other. */
static bool may_have_wandered(const struct identity *identity, const struct group *group,
	uint32_t asset, uint32_t other)
{
	for (uint32_t i = 0; i < group->n_members; i++) {
		const struct endpoint *e = &identity->endpoints[group->members[i]];

		if (e->asset != asset)
			continue;
		if (e->restless)
			return true;
		for (uint32_t j = 0; j < group->n_members; j++) {
			const struct endpoint *o = &identity->endpoints[group->members[j]];

			if (o->asset == other && one_network(&e->addr, &o->addr))
				return true;
		}
	}
	return false;
}

/* An asset known by nothing but addresses, all of which are in one group now with an address
 * that the winner keeps: a thing that begins to show keys. */
static bool are_addresses_of_one(const struct identity *identity, const struct group *group,
	const struct candidate *c, const struct candidate *winner)
{
	uint32_t n = members_of(identity, group, c->asset);

	return c->w.key == NONE && !has_own_keys(identity, c->asset) && n > 0 &&
	       n == identity->assets[c->asset].n_addresses &&
	       members_of(identity, group, winner->asset) > 0 &&
	       (winner->w.key == NONE ||
		       !may_have_wandered(identity, group, c->asset, winner->asset));
}

enum judgement { JUDGED_NOTHING, JUDGED_ONE, JUDGED_MAYBE, JUDGED_TWO };

/* Whether two assets of the register are one. */
static enum judgement judge(const struct identity *identity, const struct group *group,
	const struct candidate *c, const struct candidate *winner)
{
	const struct known *a = &identity->assets[c->asset];
	const struct known *b = &identity->assets[winner->asset];

	if (a->claimed_by != NONE && a->claimed_by != group->root)
		return JUDGED_NOTHING;
	if (are_apart(identity, c->asset, winner->asset) || a->merged)
		return JUDGED_NOTHING;
	if (are_addresses_of_one(identity, group, c, winner))
		return JUDGED_ONE;
	if (c->w.key == NONE)
		return c->w.claimed >= IDENTITY_PROPOSE ? JUDGED_MAYBE : JUDGED_NOTHING;
	if (c->w.veto ||
		sets_conflict(identity, &a->keys, &b->keys, NONE, HOLDS_ONE))
		return JUDGED_TWO;
	if ((a->flags | b->flags) & IDENTITY_RETIRED)
		return JUDGED_MAYBE;
	return c->w.definitive && c->w.keys >= IDENTITY_MERGE &&
			       c->w.score >= IDENTITY_MERGE
		       ? JUDGED_ONE
	       : c->w.score + c->w.claimed >= IDENTITY_PROPOSE ? JUDGED_MAYBE
								 : JUDGED_NOTHING;
}

static void add_merge(struct identity *identity, const struct group *group,
	const struct candidate *c, const struct candidate *winner)
{
	struct identity_merge *merge = result_add(
		identity, &identity->merges, sizeof(*merge), IDENTITY_ENDPOINTS_MAX);
	uint32_t number = c->w.key;
	char key[64] = "its addresses";

	if (!merge)
		return;
	for (uint32_t j = 0; j < group->n_members && number == NONE; j++)
		number = identity->endpoints[group->members[j]].joined_by;
	if (number != NONE)
		describe_key(identity, number, key);
	identity->assets[c->asset].merged = true;
	*merge = (struct identity_merge){.asset = identity->assets[c->asset].id,
		.into = identity->assets[winner->asset].id,
		.keys = identity_text(identity, "%s", key),
		.reason = identity_text(identity, "one thing by %s", key),
		.score = c->w.score};
}

static void judge_others(
	struct identity *identity, struct group *group, const struct candidate *winner)
{
	for (uint32_t i = 0; i < group->n_candidates; i++) {
		const struct candidate *c = &group->candidates[i];
		int64_t own = identity->assets[c->asset].id;
		int64_t into = identity->assets[winner->asset].id;

		if (c->asset == winner->asset)
			continue;
		if (is_loopback(identity, group) && own == identity->loopback)
			continue;
		switch (is_loopback(identity, group) ? JUDGED_ONE
						     : judge(identity, group, c, winner)) {
		case JUDGED_ONE:
			add_merge(identity, group, c, winner);
			break;
		case JUDGED_MAYBE:
			advise(identity, false, own, into, c->w.key,
				c->w.score + c->w.claimed,
				c->w.key == NONE ? "others say that both are one"
						 : "met together, which is not proof enough");
			break;
		case JUDGED_TWO:
			advise(identity, true, own, into, c->w.key, c->w.score,
				"a key in common, and others that contradict it");
			break;
		case JUDGED_NOTHING:
			break;
		}
	}
}

/* Decided already: by a person, or for the reason that the key is shared. */
static bool is_settled(
	const struct identity *identity, const struct group *group, uint32_t asset)
{
	if (identity->assets[asset].merged)
		return true;
	for (uint32_t i = 0; i < group->n_members; i++) {
		const struct endpoint *e = &identity->endpoints[group->members[i]];

		if (e->expelled == asset || are_apart(identity, e->asset, asset))
			return true;
	}
	return false;
}

/* What came to nothing: evidence short of the mark, and keys of assets that it cannot be. */
static void judge_refused(struct identity *identity, const struct group *group, int64_t asset)
{
	for (uint32_t i = 0; i < group->n_candidates; i++) {
		const struct candidate *c = &group->candidates[i];
		int64_t other = identity->assets[c->asset].id;
		int score = c->w.score + c->w.claimed;

		if (other == asset || (c->w.key == NONE && !c->w.claimed) ||
			is_settled(identity, group, c->asset))
			continue;
		if (c->w.veto || is_taken(identity, group, c->asset))
			advise(identity, true, other, asset, c->w.key, c->w.score,
				"a key in common, and others that contradict it");
		else if (c->w.claimed && c->w.keys == 0)
			advise(identity, false, other, asset, NONE, score,
				"others say that both are one");
		else if (score >= IDENTITY_PROPOSE)
			advise(identity, false, other, asset, c->w.key, score,
				"a key in common is not proof enough");
		else
			advise(identity, true, other, asset, c->w.key, score,
				"a key in common, and more that speaks against it");
	}
}

/* ---- answers ------------------------------------------------------------------------ */

static const char *reason_for(struct identity *identity, const struct endpoint *e, bool is_new,
	const struct candidate *winner)
{
	char key[64], was[48] = "";

	if (addr_is_loopback(&e->addr))
		return "loopback of this machine";
	if (*e->reason)
		return e->reason;
	if (e->asset != NONE && (is_new || identity->assets[e->asset].id != e->answer))
		snprintf(was, sizeof(was), "; before of asset %" PRId64,
			identity->assets[e->asset].id);
	if (winner && winner->w.key != NONE)
		describe_key(identity, winner->w.key, key);
	else if (e->joined_by != NONE)
		describe_key(identity, e->joined_by, key);
	else
		return *was ? identity_text(identity, "another thing answers here%s", was)
			    : "first met at this address";
	return identity_text(identity, "by %s%s", key, was);
}

static void take(struct round *round, const struct candidate *winner)
{
	struct known *known = &round->identity->assets[winner->asset];

	if (known->claimed_by == NONE) {
		known->claimed_by = round->group->root;
		known->claimed_by_key = winner->w.key != NONE;
	}
	judge_others(round->identity, round->group, winner);
	if (known->flags & IDENTITY_RETIRED)
		advise(round->identity, true, known->id, 0, winner->w.key, winner->w.score,
			"it was retired and answers again");
}

static void answer(struct round *round, const struct candidate *winner)
{
	struct identity *identity = round->identity;
	const struct group *group = round->group;
	int64_t asset = winner ? identity->assets[winner->asset].id
			       : identity_new_id(&identity->endpoints[group->members[0]].addr,
					 round->counter);

	for (uint32_t i = 0; i < group->n_members; i++) {
		struct endpoint *e = &identity->endpoints[group->members[i]];

		e->answer = asset;
		e->is_new = !winner;
		e->by_key = winner && winner->w.key != NONE;
		e->reason = reason_for(identity, e, !winner, winner);
	}
	if (winner)
		take(round, winner);
	else
		judge_refused(identity, group, asset);
}

static const struct candidate *loopback_winner(struct identity *identity, struct group *group)
{
	uint32_t asset = identity->loopback ? asset_find(identity, identity->loopback) : NONE;

	if (asset != NONE)
		add_candidate(identity, group, asset);
	for (uint32_t i = 0; i < group->n_candidates; i++)
		if (group->candidates[i].asset == asset)
			return &group->candidates[i];
	return choose(identity, group);
}

static void visit(struct round *round)
{
	struct identity *identity = round->identity;
	struct group *group = round->group;
	const struct candidate *winner;

	if (identity->endpoints[group->members[0]].answer)
		return;
	find_candidates(identity, group);
	winner = is_loopback(identity, group) ? loopback_winner(identity, group)
					      : choose(identity, group);
	if (!round->by_key || (winner && winner->w.key != NONE))
		answer(round, winner);
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
			first[identity->endpoints[identity_root(identity, i)].rank + 1]++;
		for (uint32_t i = 0; i < n; i++)
			first[i + 1] += first[i];
		memcpy(fill, first, n * sizeof(*fill));
		for (uint32_t i = 0; i < n; i++) {
			uint32_t e = identity->order[i];

			order[fill[identity->endpoints[identity_root(identity, e)].rank]++] = e;
		}
		free(fill);
		*ret_first = first;
		return order;
	}
	free(first);
	free(order);
	free(fill);
	return NULL;
}

/* ---- addresses that wander ---------------------------------------------------------- */

/* A network in which something moved in this very run is restless, even if nothing ever did. */
static void note_restless(struct identity *identity)
{
	struct cidr moved = {0};
	bool any = false;

	for (uint32_t i = 0; i < identity->n_endpoints; i++) {
		const struct endpoint *e = &identity->endpoints[identity->order[i]];

		if (e->silent || !e->by_key || e->asset == NONE ||
			identity->assets[e->asset].id == e->answer)
			continue;
		if (any && cidr_contains(&moved, &e->addr))
			continue;
		moved = network_of(&e->addr);
		any = true;
		for (uint32_t j = i; j-- > 0;) {
			struct endpoint *o = &identity->endpoints[identity->order[j]];

			if (!cidr_contains(&moved, &o->addr))
				break;
			o->restless = true;
		}
		for (uint32_t j = i; j < identity->n_endpoints; j++) {
			struct endpoint *o = &identity->endpoints[identity->order[j]];

			if (!cidr_contains(&moved, &o->addr))
				break;
			o->restless = true;
		}
	}
}

/* ---- service addresses -------------------------------------------------------------- */

/* True if the asset had this network's address `e` beside the one at hand, and has it still. */
static bool keeps_another(
	const struct identity *identity, uint32_t asset, const struct endpoint *but)
{
	const struct list *at = &identity->assets[asset].addresses;

	for (uint32_t i = 0; i < at->n; i++) {
		const struct endpoint *e = &identity->endpoints[at->items[i]];

		if (e != but && !e->silent && e->answer == identity->assets[asset].id &&
			one_network(&e->addr, &but->addr))
			return true;
	}
	return false;
}

/* An address that goes from one thing to another, both of which answer beside it as before, is
 * the service address of a pair. */
static void note_service_address(struct identity *identity, struct endpoint *e)
{
	uint32_t to;

	if (e->silent || e->note || e->asset == NONE || e->is_new || !e->by_key ||
		identity->assets[e->asset].id == e->answer)
		return;
	to = asset_find(identity, e->answer);
	if (to == NONE || !keeps_another(identity, e->asset, e) ||
		!keeps_another(identity, to, e))
		return;
	e->note = "service address";
	e->noted = identity_text(identity,
		"went from asset %" PRId64 " to asset %" PRId64
		", both of which answer at addresses of their own",
		identity->assets[e->asset].id, e->answer);
}

/* A contradiction that showed a key to be shared, as the pair of assets that it is about. */
static void advise_shared(struct identity *identity)
{
	for (uint32_t i = 0; i < identity->n_keys; i++) {
		const struct key *key = &identity->keys[identity->key_order[i]];

		if (key->found_shared && key->at[0] != NONE && key->trust.holds != HOLDS_MANY)
			advise(identity, true, identity->endpoints[key->at[0]].answer,
				identity->endpoints[key->at[1]].answer, identity->key_order[i],
				0, key->reason);
	}
}

static void visit_all(struct round *round, const uint32_t *order, const uint32_t *first)
{
	struct identity *identity = round->identity;

	for (uint32_t rank = 0; !identity->failed && rank < identity->n_endpoints; rank++) {
		round->group->root = identity->order[rank];
		round->group->members = order + first[rank];
		round->group->n_members = first[rank + 1] - first[rank];
		if (round->group->n_members && !identity->endpoints[round->group->root].silent)
			visit(round);
	}
}

bool identity_resolve(struct identity *identity, int64_t *counter)
{
	struct round round = {identity, malloc(sizeof(*round.group)), counter, true};
	uint32_t *first = NULL, *order = NULL;

	if (round.group && !identity->failed && identity_order(identity)) {
		identity_mark_shared(identity);
		identity_group(identity);
		identity_review(identity);
		order = sort_members(identity, &first);
	}
	if (order) {
		visit_all(&round, order, first);
		note_restless(identity);
		round.by_key = false;
		visit_all(&round, order, first);
		identity_part(identity, counter);
		for (uint32_t i = 0; i < identity->n_endpoints; i++)
			note_service_address(
				identity, &identity->endpoints[identity->order[i]]);
		advise_shared(identity);
	}
	identity->failed |= !order;
	free(round.group);
	free(first);
	free(order);
	return !identity->failed;
}
