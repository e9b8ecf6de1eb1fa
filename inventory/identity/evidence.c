/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Weighing: what speaks for two addresses, or for addresses and an asset, being one thing, and
 * what against. Decides nothing. See identity.h for the scale.
 */
#include "inventory/identity/internal.h"

#include <stdlib.h>
#include <string.h>

struct cidr network_of(const struct addr *addr)
{
	return cidr_of(addr, addr->family == 6 ? 64 : 24);
}

bool one_network(const struct addr *a, const struct addr *b)
{
	struct cidr network = network_of(a);

	return a->family == b->family && cidr_contains(&network, b);
}

bool is_counting(const struct identity *identity, uint32_t key)
{
	return identity->keys[key].trust.strength > KEY_WEAK && !identity->keys[key].shared;
}

/* That a key is shared says nothing about the thing that shows another one of the kind in its
 * place: for contradictions it counts as any other. */
static bool tells_apart(
	const struct identity *identity, uint32_t key, uint32_t except, enum key_holds holds)
{
	return key != except && identity->keys[key].trust.strength > KEY_WEAK &&
	       identity->keys[key].trust.holds >= holds;
}

/* Does `list` hold keys of the slot, and is one of them also in `other`? */
static void look_for_slot(const struct identity *identity, const struct list *list,
	const struct list *other, uint32_t slot, uint32_t except, bool *ret_has,
	bool *ret_common)
{
	*ret_has = *ret_common = false;
	for (uint32_t i = 0; i < list->n; i++) {
		uint32_t key = list->items[i];

		if (identity->keys[key].slot != slot ||
			!tells_apart(identity, key, except, HOLDS_MANY))
			continue;
		*ret_has = true;
		if (list_has(other, key))
			*ret_common = true;
	}
}

bool sets_conflict(const struct identity *identity, const struct list *a, const struct list *b,
	uint32_t except, enum key_holds holds)
{
	for (uint32_t i = 0; i < a->n; i++) {
		bool has, common;

		if (!tells_apart(identity, a->items[i], except, holds))
			continue;
		look_for_slot(identity, b, a, identity->keys[a->items[i]].slot, except, &has,
			&common);
		if (has && !common)
			return true;
	}
	return false;
}

bool sets_meet(const struct identity *identity, const struct list *a, const struct list *b)
{
	for (uint32_t i = 0; i < a->n; i++)
		if (is_counting(identity, a->items[i]) &&
			identity->keys[a->items[i]].trust.strength == KEY_DEFINITIVE &&
			list_has(b, a->items[i]))
			return true;
	return false;
}

bool are_apart(const struct identity *identity, uint32_t one, uint32_t other)
{
	return one != NONE && other != NONE && list_has(&identity->assets[one].apart, other);
}

static bool have_macs(const struct endpoint *a, const struct endpoint *b)
{
	return !mac_is_zero(&a->mac) && !mac_is_zero(&b->mac);
}

static bool have_one_mac(const struct endpoint *a, const struct endpoint *b)
{
	return have_macs(a, b) && memcmp(&a->mac, &b->mac, sizeof(a->mac)) == 0;
}

/* Two addresses of one link that answer from different MACs are two interfaces of one link, and
 * so two things. */
static bool macs_conflict(const struct endpoint *a, const struct endpoint *b)
{
	return have_macs(a, b) && !have_one_mac(a, b) && one_network(&a->addr, &b->addr);
}

bool differ(const struct identity *identity, uint32_t a, uint32_t b, uint32_t except)
{
	const struct endpoint *one = &identity->endpoints[a], *two = &identity->endpoints[b];

	if (addr_is_loopback(&one->addr) || addr_is_loopback(&two->addr))
		return false;
	if (one->asset != NONE && one->asset == two->asset &&
		(identity->compare_only ||
			identity->assets[one->asset].flags & IDENTITY_BOUND))
		return false;
	if (are_apart(identity, one->asset, two->asset))
		return true;
	return sets_conflict(identity, &one->keys, &two->keys, except, HOLDS_ONE) ||
	       macs_conflict(one, two);
}

bool have_joined(const struct identity *identity, uint32_t a, uint32_t b, uint32_t except)
{
	const struct endpoint *one = &identity->endpoints[a], *two = &identity->endpoints[b];
	int score = 0;
	bool joins = false;

	for (uint32_t i = 0; i < one->keys.n; i++) {
		uint32_t number = one->keys.items[i];
		const struct key *key = &identity->keys[number];

		if (number == except || !is_counting(identity, number) ||
			!list_has(&two->keys, number))
			continue;
		score += key->trust.score;
		/* A key that does not join by itself may still say that a thing speaks both
		 * families. */
		joins |= key->trust.joins ||
			 (key->endpoints.n == 2 && one->addr.family != two->addr.family);
	}
	return joins && score >= IDENTITY_LINK;
}

/* ---- a group and an asset ----------------------------------------------------------- */

static void weigh_matches(const struct identity *identity, const struct endpoint *root,
	const struct known *known, struct weight *w)
{
	for (uint32_t i = 0; i < root->keys.n; i++) {
		uint32_t number = root->keys.items[i];
		const struct key *key = &identity->keys[number];

		if (key->shared)
			continue;
		if (list_has(&known->claimed, number))
			w->claimed += key->trust.score / 2;
		if (!list_has(&known->keys, number))
			continue;
		w->keys += key->trust.score;
		w->definitive |= key->trust.strength == KEY_DEFINITIVE;
		if (key->trust.strength > KEY_WEAK &&
			(w->key == NONE ||
				key->trust.score > identity->keys[w->key].trust.score))
			w->key = number;
	}
	for (uint32_t i = 0; i < root->claimed.n; i++) {
		uint32_t number = root->claimed.items[i];

		if (is_counting(identity, number) && !list_has(&root->keys, number) &&
			(list_has(&known->keys, number) || list_has(&known->claimed, number)))
			w->claimed += identity->keys[number].trust.score / 2;
	}
}

/* The i-th address of a group, of which the first is its root. */
static const struct endpoint *member(const struct identity *identity, uint32_t root, uint32_t i)
{
	const struct endpoint *first = &identity->endpoints[root];

	return i ? &identity->endpoints[first->members.items[i - 1]] : first;
}

/* Of a kind that a thing has many of, as many as interfaces: true if the group has kept
 * addresses of the asset, and the key was never shown in a network of theirs. Then another one
 * there is not in its place. */
static bool is_of_another_network(
	const struct identity *identity, uint32_t root, uint32_t asset, uint32_t key)
{
	const struct known *known = &identity->assets[asset];
	bool kept = false;

	if (identity->keys[key].trust.holds != HOLDS_MANY)
		return false;
	for (uint32_t i = 0; i <= identity->endpoints[root].members.n; i++) {
		const struct endpoint *e = member(identity, root, i);

		if (e->asset != asset)
			continue;
		kept = true;
		for (uint32_t k = 0; k < known->addresses.n; k++) {
			const struct endpoint *other =
				&identity->endpoints[known->addresses.items[k]];

			/* What an asset of one address has shown, it has shown there. */
			if (one_network(&e->addr, &other->addr) &&
				(known->n_addresses < 2 || list_has(&other->seen, key)))
				return false;
		}
	}
	return kept;
}

static bool stands_in_the_way(
	const struct identity *identity, uint32_t root, uint32_t asset, uint32_t key)
{
	return tells_apart(identity, key, NONE, HOLDS_MANY) &&
	       !is_of_another_network(identity, root, asset, key);
}

/* Keys of the asset in whose place the group shows others, each kind once. */
static int weigh_differences(
	const struct identity *identity, uint32_t root, uint32_t asset, bool *ret_veto)
{
	const struct known *known = &identity->assets[asset];
	int score = 0;

	for (uint32_t i = 0; i < known->keys.n; i++) {
		uint32_t number = known->keys.items[i];
		const struct key *key = &identity->keys[number];
		bool has, common, counted = false;

		if (!stands_in_the_way(identity, root, asset, number))
			continue;
		for (uint32_t j = 0; j < i && !counted; j++)
			counted =
				identity->keys[known->keys.items[j]].slot == key->slot &&
				stands_in_the_way(identity, root, asset, known->keys.items[j]);
		look_for_slot(identity, &identity->endpoints[root].keys, &known->keys,
			key->slot, NONE, &has, &common);
		if (counted || !has || common)
			continue;
		score += key->trust.strength == KEY_DEFINITIVE ? IDENTITY_DIFFERS
							       : IDENTITY_DIFFERS_STRONG;
		*ret_veto |= key->trust.holds == HOLDS_LIFE;
	}
	return score;
}

/* True if the group shows a definitive key that the asset never had. */
static bool shows_news(
	const struct identity *identity, const struct endpoint *root, const struct known *known)
{
	for (uint32_t i = 0; i < root->keys.n; i++)
		if (is_counting(identity, root->keys.items[i]) &&
			identity->keys[root->keys.items[i]].trust.strength == KEY_DEFINITIVE &&
			!list_has(&known->keys, root->keys.items[i]))
			return true;
	return false;
}

/* True if a definitive key of the list is not shown by the group either. */
static bool misses(const struct identity *identity, uint32_t root, const struct list *list)
{
	for (uint32_t i = 0; i < list->n; i++)
		if (is_counting(identity, list->items[i]) &&
			identity->keys[list->items[i]].trust.strength == KEY_DEFINITIVE &&
			!list_has(&identity->endpoints[root].keys, list->items[i]))
			return true;
	return false;
}

/* Whose addresses the members are, and what of their asset's they do not show any more: that
 * counts where addresses wander, and where another key is shown instead. */
static void weigh_addresses(const struct identity *identity, uint32_t root, uint32_t asset,
	struct weight *w, int *ret_lacks)
{
	bool news = shows_news(identity, &identity->endpoints[root], &identity->assets[asset]);

	for (uint32_t i = 0; i <= identity->endpoints[root].members.n; i++) {
		const struct endpoint *e = member(identity, root, i);

		w->veto |= e->expelled == asset || are_apart(identity, e->asset, asset);
		if (e->asset != asset)
			continue;
		w->address = true;
		if (((news || e->restless) && misses(identity, root, &e->lacks)) ||
			(news && misses(identity, root, &e->withheld)))
			*ret_lacks = IDENTITY_LACKS;
	}
}

/* A key that does not join by itself, where the asset has another address that nobody looked
 * at: it is at two places as far as is known. */
static bool is_elsewhere(const struct identity *identity, uint32_t key, uint32_t asset)
{
	const struct known *known = &identity->assets[asset];

	if (key == NONE || identity->keys[key].trust.joins)
		return false;
	for (uint32_t i = 0; i < known->addresses.n; i++) {
		const struct endpoint *e = &identity->endpoints[known->addresses.items[i]];

		if (e->silent && !e->looked_for)
			return true;
	}
	return false;
}

struct weight weigh(struct identity *identity, uint32_t root, uint32_t asset)
{
	const struct endpoint *e = &identity->endpoints[root];
	const struct known *known = &identity->assets[asset];
	struct weight w = {.key = NONE};
	int against = 0, lacks = 0;
	bool life = false;

	weigh_matches(identity, e, known, &w);
	against = weigh_differences(identity, root, asset, &life);
	weigh_addresses(identity, root, asset, &w, &lacks);
	w.differs = against > 0;
	if (known->flags & IDENTITY_BOUND)
		against = lacks = 0;
	else
		w.veto |= life;
	w.score = w.keys - against;
	if (w.address)
		w.score += IDENTITY_ADDRESS - (w.key == NONE ? lacks : 0);
	else if (is_elsewhere(identity, w.key, asset) && w.score < IDENTITY_MERGE)
		w.score = w.score < IDENTITY_LINK ? w.score : IDENTITY_LINK - 1;
	w.veto |= known->merged;
	return w;
}
