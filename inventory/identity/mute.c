/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses that somebody else answers for: a router with proxy ARP, a firewall that accepts
 * every connection. Many addresses that answer from one MAC, or a network nearly full of
 * addresses with the same open ports, of which none says a word, are one thing that answers for
 * all of them. See identity.h.
 */
#include "inventory/identity/internal.h"

#include <stdlib.h>
#include <string.h>

static const struct mac no_mac;

/* Only what has nothing of its own: no key but its MAC, and no asset that had one. */
static bool is_candidate(const struct identity *identity, const struct endpoint *e)
{
	const struct list *keys = &e->keys;

	if (e->silent || !e->mute || addr_is_loopback(&e->addr))
		return false;
	for (uint32_t i = 0; i < keys->n; i++)
		if (is_counting(identity, keys->items[i]))
			return false;
	if (e->asset == NONE)
		return true;
	if (identity->assets[e->asset].flags & IDENTITY_BOUND)
		return false;
	keys = &identity->assets[e->asset].keys;
	for (uint32_t i = 0; i < keys->n; i++)
		if (is_counting(identity, keys->items[i]))
			return false;
	return true;
}

static int compare_alike(const struct endpoint *a, const struct endpoint *b)
{
	struct cidr one = network_of(&a->addr), two = network_of(&b->addr);
	int r = cidr_compare(&one, &two);

	r = r ? r : memcmp(&a->mac, &b->mac, sizeof(a->mac));
	return r ? r : strcmp(a->mute, b->mute);
}

static int compare_mutes(const void *one, const void *other, void *context)
{
	const struct identity *identity = context;
	const struct endpoint *a = &identity->endpoints[*(const uint32_t *)one];
	const struct endpoint *b = &identity->endpoints[*(const uint32_t *)other];
	int r = compare_alike(a, b);

	return r ? r : (a->rank > b->rank) - (a->rank < b->rank);
}

static uint32_t count_words(const char *text)
{
	uint32_t n = *text != '\0';

	for (; *text; text++)
		n += *text == ' ';
	return n;
}

static bool are_one(const struct endpoint *e, uint32_t n)
{
	if (memcmp(&e->mac, &no_mac, sizeof(no_mac)) != 0)
		return n > IDENTITY_STRONG_AT;
	return n >= IDENTITY_MUTE_AT && count_words(e->mute) >= IDENTITY_MUTE_PORTS;
}

static void unite(struct identity *identity, const uint32_t *members, uint32_t n)
{
	const struct endpoint *first = &identity->endpoints[members[0]];
	struct cidr network = network_of(&first->addr);
	char net[CIDR_TEXT_MAX], mac[MAC_TEXT_MAX];
	bool by_mac = !mac_is_zero(&first->mac);
	const char *why = identity_text(identity,
		"one of %u addresses of %s that %s answers for%s%s", n,
		cidr_format(&network, net),
		by_mac ? mac_format(&first->mac, mac) : "one device",
		by_mac ? " (proxy ARP)" : " without a word; ports ", by_mac ? "" : first->mute);

	for (uint32_t i = 0; i < n; i++) {
		struct endpoint *e = &identity->endpoints[members[i]];

		identity_join_always(identity, members[0], members[i]);
		e->reason = why;
		e->note = "answered for";
		e->noted = why;
	}
}

void identity_group_mute(struct identity *identity)
{
	uint32_t *mutes = calloc((size_t)identity->n_endpoints + 1, sizeof(*mutes)), n = 0;

	if (!mutes) {
		identity->failed = true;
		return;
	}
	for (uint32_t i = 0; i < identity->n_endpoints; i++)
		if (is_candidate(identity, &identity->endpoints[identity->order[i]]))
			mutes[n++] = identity->order[i];
	if (n)
		qsort_r(mutes, n, sizeof(*mutes), compare_mutes, identity);
	for (uint32_t i = 0, end; i < n; i = end) {
		const struct endpoint *e = &identity->endpoints[mutes[i]];

		for (end = i + 1; end < n; end++)
			if (compare_alike(e, &identity->endpoints[mutes[end]]) != 0)
				break;
		if (are_one(e, end - i))
			unite(identity, mutes + i, end - i);
	}
	free(mutes);
}
