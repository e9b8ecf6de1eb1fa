/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking apart: when a key turns out to be shared, the addresses of an asset that only this key
 * had joined leave it, whether the run met them or not. An address at which the key was never
 * seen stays, and so does everything that a person joined. See identity.h.
 */
#include "inventory/identity/internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct parts {
	struct identity *identity;
	const struct list *at;
	uint32_t of[IDENTITY_PARTS_MAX];	/* the first address of each address's part */
	uint32_t key[IDENTITY_PARTS_MAX]; /* the shared key seen there, NONE */
};

static uint32_t shared_key_of(const struct identity *identity, const struct endpoint *e)
{
	const struct list *lists[] = {&e->keys, &e->seen};

	for (int l = 0; l < 2; l++)
		for (uint32_t i = 0; i < lists[l]->n; i++)
			if (identity->keys[lists[l]->items[i]].found_shared)
				return lists[l]->items[i];
	return NONE;
}

static bool shows(const struct endpoint *e, uint32_t key)
{
	return list_has(&e->keys, key) || list_has(&e->seen, key);
}

/* Somebody answers for the address, which has nothing to show for itself. */
static bool is_answered_for(const struct identity *identity, const struct endpoint *e)
{
	for (uint32_t i = 0; i < e->keys.n; i++)
		if (is_counting(identity, e->keys.items[i]))
			return false;
	return e->proxied;
}

/* True if something else than the shared key makes two addresses of the asset one. */
static bool belong(struct identity *identity, uint32_t a, uint32_t b)
{
	const struct endpoint *one = &identity->endpoints[a], *two = &identity->endpoints[b];
	const struct list *lists[] = {&one->keys, &one->seen};

	if (!one->silent && !two->silent) {
		if (identity_root(identity, a) == identity_root(identity, b))
			return true;
		if (differ(identity, a, b, NONE))
			return false;
	}
	if (is_answered_for(identity, one) && is_answered_for(identity, two))
		return true;
	for (int l = 0; l < 2; l++)
		for (uint32_t i = 0; i < lists[l]->n; i++)
			if (is_counting(identity, lists[l]->items[i]) &&
				identity->keys[lists[l]->items[i]].trust.score >=
					IDENTITY_LINK &&
				shows(two, lists[l]->items[i]))
				return true;
	return false;
}

static void merge_parts(struct parts *p, uint32_t one, uint32_t other)
{
	uint32_t low = p->of[one] < p->of[other] ? p->of[one] : p->of[other];
	uint32_t high = p->of[one] < p->of[other] ? p->of[other] : p->of[one];

	for (uint32_t i = 0; i < p->at->n; i++)
		if (p->of[i] == high)
			p->of[i] = low;
}

static void find_parts(struct parts *p)
{
	const struct list *at = p->at;

	for (uint32_t i = 0; i < at->n; i++) {
		p->of[i] = i;
		p->key[i] = shared_key_of(p->identity, &p->identity->endpoints[at->items[i]]);
	}
	for (uint32_t i = 0; i < at->n; i++)
		for (uint32_t j = i + 1; j < at->n; j++)
			if (p->of[i] != p->of[j] &&
				((p->key[i] == NONE && p->key[j] == NONE) ||
					belong(p->identity, at->items[i], at->items[j])))
				merge_parts(p, i, j);
}

/* What speaks for a part being what the asset was: first what was never joined by the key, then
 * keys of its own. */
static int64_t claim_of(const struct parts *p, uint32_t part, uint32_t asset)
{
	const struct list *held = &p->identity->assets[asset].keys;
	int64_t claim = 0;

	for (uint32_t i = 0; i < p->at->n; i++) {
		if (p->of[i] != part)
			continue;
		if (p->key[i] == NONE)
			claim += 1000000;
		for (uint32_t j = 0; j < held->n; j++)
			if (is_counting(p->identity, held->items[j]) &&
				shows(&p->identity->endpoints[p->at->items[i]], held->items[j]))
				claim += p->identity->keys[held->items[j]].trust.score;
	}
	return claim;
}

static uint32_t main_part(const struct parts *p, uint32_t asset)
{
	uint32_t best = 0;
	int64_t claim = claim_of(p, 0, asset);

	for (uint32_t i = 1; i < p->at->n; i++) {
		int64_t other = p->of[i] == i ? claim_of(p, i, asset) : -1;

		if (other > claim) {
			claim = other;
			best = i;
		}
	}
	return best;
}

/* Of those who leave together one that was met stands for the others, else the first. */
static void expel(struct parts *p, uint32_t part, uint32_t asset)
{
	struct identity *identity = p->identity;
	uint32_t stands = p->at->items[part];

	for (uint32_t i = 0; i < p->at->n && identity->endpoints[stands].silent; i++)
		if (p->of[i] == part && !identity->endpoints[p->at->items[i]].silent)
			stands = p->at->items[i];
	for (uint32_t i = 0; i < p->at->n; i++) {
		if (p->of[i] != part)
			continue;
		identity->endpoints[p->at->items[i]].expelled = asset;
		identity->endpoints[p->at->items[i]].part = stands;
	}
}

static void review(struct parts *p, uint32_t asset)
{
	struct known *known = &p->identity->assets[asset];
	uint32_t stays;

	if (known->reviewed || known->flags & IDENTITY_BOUND || known->addresses.n < 2 ||
		known->addresses.n > IDENTITY_PARTS_MAX || known->id == p->identity->loopback)
		return;
	known->reviewed = true;
	p->at = &known->addresses;
	find_parts(p);
	stays = main_part(p, asset);
	for (uint32_t i = 0; i < p->at->n; i++)
		if (p->of[i] == i && i != stays)
			expel(p, i, asset);
}

void identity_review(struct identity *identity)
{
	struct parts *parts = malloc(sizeof(*parts));

	if (!parts) {
		identity->failed = true;
		return;
	}
	parts->identity = identity;
	for (uint32_t i = 0; i < identity->n_keys; i++) {
		const struct key *key = &identity->keys[identity->key_order[i]];

		for (uint32_t j = 0; j < key->assets.n && key->found_shared; j++)
			review(parts, key->assets.items[j]);
	}
	free(parts);
}

static void add_split(struct identity *identity, const struct endpoint *e, bool is_new)
{
	uint32_t number = shared_key_of(identity, e);
	struct identity_split *split = result_add(
		identity, &identity->splits, sizeof(*split), IDENTITY_ENDPOINTS_MAX);
	char key[64] = "its keys";

	if (!split)
		return;
	if (number != NONE)
		describe_key(identity, number, key);
	*split = (struct identity_split){.asset = identity->assets[e->expelled].id,
		.into = e->answer,
		.addr = e->addr,
		.is_new = is_new,
		.keys = identity_text(identity, "%s", key),
		.reason = number == NONE ? "what joined it is shared"
					 : identity_text(identity,
						   "only %s joined it, which is shared: %s",
						   key, identity->keys[number].reason)};
}

static bool shows_shared(const struct identity *identity, const struct endpoint *e)
{
	for (uint32_t i = 0; i < e->keys.n; i++)
		if (identity->keys[e->keys.items[i]].found_shared)
			return true;
	return false;
}

/* Those that were met have their answers; the others follow them or become assets. */
void identity_part(struct identity *identity, int64_t *counter)
{
	for (uint32_t i = 0; i < identity->n_endpoints && !identity->failed; i++) {
		struct endpoint *e = &identity->endpoints[identity->order[i]];
		struct endpoint *stands = &identity->endpoints[e->part];
		bool is_new = false;

		if (e->expelled == NONE)
			continue;
		if (e->silent && !stands->answer) {
			stands->answer = identity_new_id(&stands->addr, counter);
			is_new = true;
		}
		if (e->silent)
			e->answer = stands->answer;
		/* What was met and shows something else now did not leave: it was replaced. */
		if (e->answer != identity->assets[e->expelled].id &&
			(e->silent || shows_shared(identity, e)))
			add_split(identity, e, is_new);
	}
}
