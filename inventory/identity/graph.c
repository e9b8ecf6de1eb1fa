/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Holding what identity decides upon: keys, endpoints and assets by number, with hash tables
 * keyed by a random secret, since the values come from strangers. See identity.h.
 */
#include "inventory/identity/internal.h"

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

void identity_free(struct identity *identity)
{
	if (!identity)
		return;
	for (uint32_t i = 0; i < identity->n_keys; i++) {
		free(identity->keys[i].endpoints.items);
		free(identity->keys[i].assets.items);
	}
	for (uint32_t i = 0; i < identity->n_endpoints; i++)
		free(identity->endpoints[i].keys.items);
	for (uint32_t i = 0; i < identity->n_assets; i++)
		free(identity->assets[i].keys.items);
	free(identity->keys);
	free(identity->endpoints);
	free(identity->assets);
	free(identity->key_table.slots);
	free(identity->asset_table.slots);
	free(identity->merges);
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

/* ---- tables ---------------------------------------------------------------------------------
 */

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

/* ---- input
 * ------------------------------------------------------------------------------------ */

/* Types are few: the number of the first key of a type stands for it. */
static uint32_t type_number(struct identity *identity, const char *type)
{
	uint32_t found = key_find(identity, "", type), own = identity->n_keys;

	if (found != NONE)
		return found;
	if (!grow(identity, (void **)&identity->keys, own, &identity->room_keys,
		    sizeof(*identity->keys)))
		return NONE;
	identity->keys[own] = (struct key){
		.type = "", .value = arena_strdup(identity->arena, type), .type_no = own};
	if (!identity->keys[own].value || !table_add(identity, &identity->key_table, own)) {
		identity->failed = true;
		return NONE;
	}
	identity->n_keys++;
	return own;
}

uint32_t identity_key(struct identity *identity, const char *type, const char *value,
	enum key_strength strength)
{
	uint32_t found, type_no;
	struct key key;

	if (identity->failed)
		return NONE;
	found = key_find(identity, type, value);
	if (found != NONE)
		return found;
	type_no = type_number(identity, type);
	if (type_no == NONE || !grow(identity, (void **)&identity->keys, identity->n_keys,
				       &identity->room_keys, sizeof(*identity->keys)))
		return NONE;
	key = (struct key){.type = identity->keys[type_no].value,
		.value = arena_strdup(identity->arena, value),
		.type_no = type_no,
		.strength = strength};
	if (!key.value) {
		identity->failed = true;
		return NONE;
	}
	identity->keys[identity->n_keys] = key;
	if (!table_add(identity, &identity->key_table, identity->n_keys))
		return NONE;
	return identity->n_keys++;
}

uint32_t identity_endpoint(struct identity *identity, const struct addr *addr,
	const struct mac *mac, int64_t current)
{
	uint32_t own = identity->n_endpoints;

	if (identity->failed ||
		!grow(identity, (void **)&identity->endpoints, own, &identity->room_endpoints,
			sizeof(*identity->endpoints)))
		return NONE;
	identity->endpoints[own] = (struct endpoint){.addr = *addr,
		.mac = *mac,
		.asset = current ? asset_get(identity, current) : NONE,
		.parent = own,
		.joined_by = NONE,
		.reason = ""};
	identity->n_endpoints++;
	return identity->failed ? NONE : own;
}

bool identity_endpoint_key(struct identity *identity, uint32_t endpoint, uint32_t key)
{
	if (identity->failed || endpoint == NONE || key == NONE)
		return false;
	if (list_has(&identity->endpoints[endpoint].keys, key))
		return true;
	return list_add(identity, &identity->endpoints[endpoint].keys, key) &&
	       list_add(identity, &identity->keys[key].endpoints, endpoint);
}

bool identity_known_key(struct identity *identity, int64_t asset, uint32_t key, bool shared)
{
	uint32_t holder = identity->failed ? NONE : asset_get(identity, asset);

	if (holder == NONE || key == NONE)
		return false;
	if (shared)
		identity->keys[key].shared = true;
	if (list_has(&identity->assets[holder].keys, key))
		return true;
	return list_add(identity, &identity->assets[holder].keys, key) &&
	       list_add(identity, &identity->keys[key].assets, holder);
}

bool identity_known_asset(struct identity *identity, int64_t asset, uint32_t n_addresses)
{
	uint32_t found = identity->failed ? NONE : asset_get(identity, asset);

	if (found == NONE)
		return false;
	identity->assets[found].n_addresses = n_addresses;
	return true;
}

void identity_loopback_asset(struct identity *identity, int64_t asset)
{
	identity->loopback = asset;
	if (asset)
		asset_get(identity, asset);
}

/* ---- answers
 * ---------------------------------------------------------------------------------- */

struct identity_answer identity_answer(const struct identity *identity, uint32_t endpoint)
{
	const struct endpoint *e = &identity->endpoints[endpoint];

	return (struct identity_answer){e->answer, e->is_new, e->reason};
}

size_t identity_merges(const struct identity *identity, const struct identity_merge **ret)
{
	*ret = identity->merges;
	return identity->n_merges;
}

bool identity_shared_next(
	const struct identity *identity, uint32_t *at, struct identity_shared *ret)
{
	while (*at < identity->n_keys) {
		const struct key *key = &identity->keys[(*at)++];

		if (!key->found_shared)
			continue;
		*ret = (struct identity_shared){key->type, key->value, key->reason};
		return true;
	}
	return false;
}
