/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holding what identity decides upon: keys, endpoints and assets by number, with hash tables
 * keyed by a random secret, since the values come from strangers. See identity.h.
 */
#include "inventory/identity/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct identity *identity_new(void)
{
	struct identity *identity = calloc(1, sizeof(*identity));

	if (!identity)
		return NULL;
	identity->arena = arena_new(IDENTITY_MEMORY_MAX);
	if (!identity->arena || siphash_key_random(&identity->secret, NULL) < 0) {
		identity_free(identity);
		return NULL;
	}
	return identity;
}

static void list_done(struct list *list)
{
	free(list->items);
}

static void endpoint_done(struct endpoint *e)
{
	list_done(&e->keys);
	list_done(&e->claimed);
	list_done(&e->seen);
	list_done(&e->lacks);
	list_done(&e->withheld);
	list_done(&e->members);
}

static void known_done(struct known *asset)
{
	list_done(&asset->keys);
	list_done(&asset->claimed);
	list_done(&asset->addresses);
	list_done(&asset->apart);
}

void identity_free(struct identity *identity)
{
	if (!identity)
		return;
	for (uint32_t i = 0; i < identity->n_keys; i++) {
		list_done(&identity->keys[i].endpoints);
		list_done(&identity->keys[i].assets);
	}
	for (uint32_t i = 0; i < identity->n_endpoints; i++)
		endpoint_done(&identity->endpoints[i]);
	for (uint32_t i = 0; i < identity->n_assets; i++)
		known_done(&identity->assets[i]);
	free(identity->keys);
	free(identity->endpoints);
	free(identity->assets);
	free(identity->key_table.slots);
	free(identity->asset_table.slots);
	free(identity->order);
	free(identity->key_order);
	free(identity->merges.items);
	free(identity->splits.items);
	free(identity->advice.items);
	arena_free(identity->arena);
	free(identity);
}

/* Room for one more; doubles. */
static bool grow(
	struct identity *identity, void **items, uint32_t n, uint32_t *room, size_t size)
{
	uint32_t wanted = *room ? *room * 2 : 64;
	void *moved;

	if (n < *room)
		return true;
	moved = n >= IDENTITY_ENDPOINTS_MAX ? NULL : reallocarray(*items, wanted, size);
	if (!moved) {
		identity->failed = true;
		return false;
	}
	*items = moved;
	*room = wanted;
	return true;
}

bool list_add(struct identity *identity, struct list *list, uint32_t item)
{
	uint32_t wanted = list->room ? list->room * 2 : 2;
	uint32_t *moved;

	if (list->n == list->room) {
		moved = reallocarray(list->items, wanted, sizeof(*moved));
		if (!moved) {
			identity->failed = true;
			return false;
		}
		list->items = moved;
		list->room = wanted;
	}
	list->items[list->n++] = item;
	return true;
}

bool list_has(const struct list *list, uint32_t item)
{
	for (uint32_t i = 0; i < list->n; i++)
		if (list->items[i] == item)
			return true;
	return false;
}

void *result_add(struct identity *identity, struct results *results, size_t size, uint32_t max)
{
	void *item;

	if (results->n >= max ||
		!grow(identity, &results->items, results->n, &results->room, size))
		return NULL;
	item = (char *)results->items + (size_t)results->n++ * size;
	memset(item, 0, size);
	return item;
}

const char *identity_text(struct identity *identity, const char *format, ...)
{
	char text[512];
	const char *kept;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	kept = arena_strdup(identity->arena, text);
	identity->failed |= !kept;
	return kept ? kept : "";
}

/* ---- tables
 * --------------------------------------------------------------------------------- */

static uint64_t hash_key(const struct identity *identity, const char *type, const char *value)
{
	uint64_t parts[2] = {siphash(&identity->secret, type, strlen(type)),
		siphash(&identity->secret, value, strlen(value))};

	return siphash(&identity->secret, parts, sizeof(parts));
}

static uint64_t hash_of(
	const struct identity *identity, const struct table *table, uint32_t item)
{
	if (table == &identity->asset_table)
		return siphash(&identity->secret, &identity->assets[item].id, sizeof(int64_t));
	return hash_key(identity, identity->keys[item].type, identity->keys[item].value);
}

static void place(struct table *table, uint64_t hash, uint32_t item)
{
	uint32_t at = (uint32_t)hash & (table->size - 1);

	while (table->slots[at])
		at = (at + 1) & (table->size - 1);
	table->slots[at] = item + 1;
}

static bool table_add(struct identity *identity, struct table *table, uint32_t item)
{
	if (table->n * 2 >= table->size) {
		uint32_t size = table->size ? table->size * 2 : 256;
		uint32_t *old = table->slots, old_size = table->size;
		uint32_t *slots = calloc(size, sizeof(*slots));

		if (!slots) {
			identity->failed = true;
			return false;
		}
		table->slots = slots;
		table->size = size;
		for (uint32_t i = 0; i < old_size; i++)
			if (old[i])
				place(table, hash_of(identity, table, old[i] - 1), old[i] - 1);
		free(old);
	}
	place(table, hash_of(identity, table, item), item);
	table->n++;
	return true;
}

static uint32_t key_find(const struct identity *identity, const char *type, const char *value)
{
	const struct table *table = &identity->key_table;
	uint32_t at = (uint32_t)hash_key(identity, type, value) & (table->size - 1);

	if (!table->size)
		return NONE;
	for (; table->slots[at]; at = (at + 1) & (table->size - 1)) {
		const struct key *key = &identity->keys[table->slots[at] - 1];

		if (strcmp(key->type, type) == 0 && strcmp(key->value, value) == 0)
			return table->slots[at] - 1;
	}
	return NONE;
}

uint32_t asset_find(const struct identity *identity, int64_t id)
{
	const struct table *table = &identity->asset_table;
	uint32_t at = (uint32_t)siphash(&identity->secret, &id, sizeof(id)) & (table->size - 1);

	if (!table->size)
		return NONE;
	for (; table->slots[at]; at = (at + 1) & (table->size - 1))
		if (identity->assets[table->slots[at] - 1].id == id)
			return table->slots[at] - 1;
	return NONE;
}

int64_t counter_of(int64_t asset_id)
{
	return asset_id & ((1LL << ASSET_COUNTER_BITS) - 1);
}

uint32_t asset_get(struct identity *identity, int64_t id)
{
	uint32_t found = asset_find(identity, id);

	if (found != NONE)
		return found;
	if (!grow(identity, (void **)&identity->assets, identity->n_assets,
		    &identity->room_assets, sizeof(*identity->assets)))
		return NONE;
	identity->assets[identity->n_assets] = (struct known){.id = id, .claimed_by = NONE};
	if (!table_add(identity, &identity->asset_table, identity->n_assets))
		return NONE;
	return identity->n_assets++;
}

/* ---- input -------------------------------------------------------------------------- */

struct key_trust identity_trust(enum key_strength strength)
{
	static const struct key_trust trusts[] = {
		[KEY_WEAK] = {KEY_WEAK, HOLDS_MANY, 5, false, 1},
		[KEY_STRONG] = {KEY_STRONG, HOLDS_MANY, 65, true, IDENTITY_STRONG_AT},
		[KEY_DEFINITIVE] = {KEY_DEFINITIVE, HOLDS_ONE, 90, true, IDENTITY_SHARED_AT},
	};

	return trusts[strength];
}

static uint32_t add_key(struct identity *identity, const struct key *key)
{
	uint32_t own = identity->n_keys;

	if (!key->value ||
		!grow(identity, (void **)&identity->keys, own, &identity->room_keys,
			sizeof(*identity->keys))) {
		identity->failed = true;
		return NONE;
	}
	identity->keys[own] = *key;
	if (!table_add(identity, &identity->key_table, own))
		return NONE;
	identity->n_keys++;
	return own;
}

/* Types are few: the number of a key without type stands for each. */
static uint32_t slot_number(struct identity *identity, const char *type)
{
	uint32_t found = key_find(identity, "", type);

	if (found != NONE)
		return found;
	return add_key(identity,
		&(struct key){.type = "", .value = arena_strdup(identity->arena, type),
			.slot = identity->n_keys, .trust = {.strength = KEY_WEAK}});
}

/* Numbers that are for life come from makers who each count for themselves: "cip:17" and
 * "s7:17" do not contradict each other. */
static uint32_t slot_of(struct identity *identity, const char *type, const char *value,
	const struct key_trust *trust)
{
	char text[160];
	size_t space = strcspn(value, ":");

	if (trust->holds != HOLDS_LIFE || !value[space] || space > 32)
		return slot_number(identity, type);
	snprintf(text, sizeof(text), "%.100s %.*s", type, (int)space, value);
	return slot_number(identity, text);
}

uint32_t identity_key(struct identity *identity, const char *type, const char *value,
	const struct key_trust *trust)
{
	uint32_t found, slot, type_no;

	if (identity->failed)
		return NONE;
	found = key_find(identity, type, value);
	if (found != NONE)
		return found;
	slot = slot_of(identity, type, value, trust);
	type_no = slot == NONE ? NONE : slot_number(identity, type);
	if (type_no == NONE)
		return NONE;
	return add_key(identity,
		&(struct key){.type = identity->keys[type_no].value,
			.value = arena_strdup(identity->arena, value),
			.slot = slot,
			.trust = *trust,
			.at = {NONE, NONE}});
}

static uint32_t add_endpoint(struct identity *identity, const struct endpoint *endpoint)
{
	uint32_t own = identity->n_endpoints;

	if (identity->failed ||
		!grow(identity, (void **)&identity->endpoints, own, &identity->room_endpoints,
			sizeof(*identity->endpoints)))
		return NONE;
	identity->endpoints[own] = *endpoint;
	identity->endpoints[own].parent = identity->endpoints[own].part = own;
	identity->endpoints[own].joined_by = identity->endpoints[own].expelled = NONE;
	identity->endpoints[own].reason = "";
	identity->n_endpoints++;
	if (endpoint->asset != NONE &&
		!list_add(identity, &identity->assets[endpoint->asset].addresses, own))
		return NONE;
	return identity->failed ? NONE : own;
}

uint32_t identity_endpoint(struct identity *identity, const struct addr *addr,
	const struct mac *mac, int64_t current)
{
	return add_endpoint(identity,
		&(struct endpoint){.addr = *addr,
			.mac = *mac,
			.asset = current ? asset_get(identity, current) : NONE});
}

uint32_t identity_known_address(
	struct identity *identity, int64_t asset, const struct addr *addr, bool looked_for)
{
	return add_endpoint(identity,
		&(struct endpoint){.addr = *addr,
			.asset = asset_get(identity, asset),
			.silent = true,
			.looked_for = looked_for});
}

static bool add_once(struct identity *identity, struct list *list, uint32_t item)
{
	return list_has(list, item) || list_add(identity, list, item);
}

bool identity_endpoint_key(
	struct identity *identity, uint32_t endpoint, uint32_t key, bool claimed)
{
	struct endpoint *e;

	if (identity->failed || endpoint == NONE || key == NONE)
		return false;
	e = &identity->endpoints[endpoint];
	if (claimed)
		return add_once(identity, &e->claimed, key);
	if (list_has(&e->keys, key))
		return true;
	return list_add(identity, &e->keys, key) &&
	       list_add(identity, &identity->keys[key].endpoints, endpoint);
}

bool identity_endpoint_mute(struct identity *identity, uint32_t endpoint, const char *profile)
{
	if (identity->failed || endpoint == NONE)
		return false;
	identity->endpoints[endpoint].mute = identity_text(identity, "%s", profile);
	return !identity->failed;
}

bool identity_endpoint_lacks(
	struct identity *identity, uint32_t endpoint, uint32_t key, bool gone)
{
	struct endpoint *e;

	if (identity->failed || endpoint == NONE || key == NONE)
		return false;
	e = &identity->endpoints[endpoint];
	return add_once(identity, gone ? &e->lacks : &e->withheld, key);
}

bool identity_endpoint_virtual(struct identity *identity, uint32_t endpoint, const char *what)
{
	if (identity->failed || endpoint == NONE)
		return false;
	identity->endpoints[endpoint].note = "service address";
	identity->endpoints[endpoint].noted =
		identity_text(identity, "its MAC moves between devices: %s", what);
	return !identity->failed;
}

void identity_endpoint_restless(struct identity *identity, uint32_t endpoint)
{
	if (endpoint != NONE)
		identity->endpoints[endpoint].restless = true;
}

void identity_known_proxied(struct identity *identity, uint32_t endpoint)
{
	if (endpoint != NONE)
		identity->endpoints[endpoint].proxied = true;
}

bool identity_known_sighting(struct identity *identity, uint32_t endpoint, uint32_t key)
{
	return !identity->failed && endpoint != NONE && key != NONE &&
	       add_once(identity, &identity->endpoints[endpoint].seen, key);
}

bool identity_known_key(
	struct identity *identity, int64_t asset, uint32_t key, bool shared, bool claimed)
{
	uint32_t holder = identity->failed ? NONE : asset_get(identity, asset);
	struct known *known;

	if (holder == NONE || key == NONE)
		return false;
	known = &identity->assets[holder];
	if (shared)
		identity->keys[key].shared = true;
	if (list_has(&known->keys, key) || list_has(&known->claimed, key))
		return true;
	return list_add(identity, claimed ? &known->claimed : &known->keys, key) &&
	       list_add(identity, &identity->keys[key].assets, holder);
}

bool identity_known_asset(
	struct identity *identity, int64_t asset, uint32_t n_addresses, unsigned int flags)
{
	uint32_t found = identity->failed ? NONE : asset_get(identity, asset);

	if (found == NONE)
		return false;
	identity->assets[found].n_addresses = n_addresses;
	identity->assets[found].flags |= flags;
	return true;
}

bool identity_bind(struct identity *identity, int64_t asset)
{
	uint32_t found = identity->failed ? NONE : asset_get(identity, asset);

	if (found != NONE)
		identity->assets[found].flags |= IDENTITY_BOUND;
	return found != NONE;
}

bool identity_apart(struct identity *identity, int64_t one, int64_t other)
{
	uint32_t a = identity->failed ? NONE : asset_get(identity, one);
	uint32_t b = a == NONE ? NONE : asset_get(identity, other);

	return b != NONE && a != b && add_once(identity, &identity->assets[a].apart, b) &&
	       add_once(identity, &identity->assets[b].apart, a);
}

void identity_loopback_asset(struct identity *identity, int64_t asset)
{
	identity->loopback = asset;
	if (asset)
		asset_get(identity, asset);
}

void identity_compare_only(struct identity *identity)
{
	identity->compare_only = true;
}

/* ---- order -------------------------------------------------------------------------- */

static int compare_endpoints(const void *one, const void *other, void *context)
{
	const struct identity *identity = context;
	const struct endpoint *a = &identity->endpoints[*(const uint32_t *)one];
	const struct endpoint *b = &identity->endpoints[*(const uint32_t *)other];
	int r = addr_compare(&a->addr, &b->addr);

	return r ? r : (int)a->silent - (int)b->silent;
}

static int compare_keys(const void *one, const void *other, void *context)
{
	const struct identity *identity = context;
	const struct key *a = &identity->keys[*(const uint32_t *)one];
	const struct key *b = &identity->keys[*(const uint32_t *)other];
	int r = (int)b->trust.strength - (int)a->trust.strength;

	r = r ? r : strcmp(a->type, b->type);
	return r ? r : strcmp(a->value, b->value);
}

static int compare_ranks(const void *one, const void *other, void *context)
{
	const struct identity *identity = context;
	uint32_t a = identity->endpoints[*(const uint32_t *)one].rank;
	uint32_t b = identity->endpoints[*(const uint32_t *)other].rank;

	return (a > b) - (a < b);
}

static int compare_assets(const void *one, const void *other, void *context)
{
	const struct identity *identity = context;
	int64_t a = counter_of(identity->assets[*(const uint32_t *)one].id);
	int64_t b = counter_of(identity->assets[*(const uint32_t *)other].id);

	return (a > b) - (a < b);
}

static void sort_list(struct identity *identity, struct list *list,
	int (*compare)(const void *, const void *, void *))
{
	if (list->n > 1)
		qsort_r(list->items, list->n, sizeof(*list->items), compare, identity);
}

static uint32_t *sorted(struct identity *identity, uint32_t n,
	int (*compare)(const void *, const void *, void *))
{
	uint32_t *order = calloc((size_t)n + 1, sizeof(*order));

	if (!order) {
		identity->failed = true;
		return NULL;
	}
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	qsort_r(order, n, sizeof(*order), compare, identity);
	return order;
}

bool identity_order(struct identity *identity)
{
	free(identity->order);
	free(identity->key_order);
	identity->order = sorted(identity, identity->n_endpoints, compare_endpoints);
	identity->key_order = sorted(identity, identity->n_keys, compare_keys);
	if (!identity->order || !identity->key_order)
		return false;
	for (uint32_t i = 0; i < identity->n_endpoints; i++)
		identity->endpoints[identity->order[i]].rank = i;
	for (uint32_t i = 0; i < identity->n_endpoints; i++) {
		sort_list(identity, &identity->endpoints[i].keys, compare_keys);
		sort_list(identity, &identity->endpoints[i].claimed, compare_keys);
	}
	for (uint32_t i = 0; i < identity->n_keys; i++) {
		sort_list(identity, &identity->keys[i].endpoints, compare_ranks);
		sort_list(identity, &identity->keys[i].assets, compare_assets);
	}
	for (uint32_t i = 0; i < identity->n_assets; i++) {
		sort_list(identity, &identity->assets[i].addresses, compare_ranks);
		sort_list(identity, &identity->assets[i].keys, compare_keys);
		sort_list(identity, &identity->assets[i].apart, compare_assets);
	}
	return true;
}

/* ---- answers ------------------------------------------------------------------------ */

struct identity_answer identity_answer(const struct identity *identity, uint32_t endpoint)
{
	const struct endpoint *e = &identity->endpoints[endpoint];

	return (struct identity_answer){e->answer, e->is_new, e->reason, e->note, e->noted};
}

size_t identity_merges(const struct identity *identity, const struct identity_merge **ret)
{
	*ret = identity->merges.items;
	return identity->merges.n;
}

size_t identity_splits(const struct identity *identity, const struct identity_split **ret)
{
	*ret = identity->splits.items;
	return identity->splits.n;
}

size_t identity_advice(const struct identity *identity, const struct identity_advice **ret)
{
	*ret = identity->advice.items;
	return identity->advice.n;
}

bool identity_shared_next(
	const struct identity *identity, uint32_t *at, struct identity_shared *ret)
{
	while (*at < identity->n_keys) {
		const struct key *key = &identity->keys[identity->key_order[(*at)++]];

		if (!key->found_shared)
			continue;
		*ret = (struct identity_shared){key->type, key->value, key->reason};
		return true;
	}
	return false;
}
