/* SPDX-License-Identifier: Apache-2.0 */
/* The graph behind identity.h: endpoints and assets, joined by keys. */
#ifndef INVENTORY_IDENTITY_INTERNAL_H
#define INVENTORY_IDENTITY_INTERNAL_H

#include "common/arena.h"
#include "common/siphash.h"
#include "inventory/identity/identity.h"

#define NONE UINT32_MAX

/* A list of numbers; most have one or two members. */
struct list {
	uint32_t *items;
	uint32_t n, room;
};

struct key {
	const char *type, *value;
	uint32_t type_no; /* equal for equal types */
	enum key_strength strength;
	bool shared, found_shared; /* found_shared: this time */
	const char *reason;
	struct list endpoints, assets;
};

struct endpoint {
	struct addr addr;
	struct mac mac;
	uint32_t asset; /* current one, NONE if none */
	struct list keys;
	uint32_t parent;    /* of the union-find forest */
	uint32_t joined_by; /* key, NONE */
	int64_t answer;
	bool is_new;
	const char *reason;
};

struct known {
	int64_t id;
	uint32_t n_addresses;
	struct list keys;
	uint32_t claimed_by; /* root endpoint of the first group that took it, NONE */
	bool merged;
};

struct table {
	uint32_t *slots;  /* index + 1 of an item, 0 free */
	uint32_t n, size; /* size: power of two */
};

struct identity {
	struct arena *arena;
	struct siphash_key secret;
	struct key *keys;
	struct endpoint *endpoints;
	struct known *assets;
	uint32_t n_keys, room_keys, n_endpoints, room_endpoints, n_assets, room_assets;
	struct table key_table, asset_table;
	struct identity_merge *merges;
	uint32_t n_merges, room_merges;
	int64_t loopback;
	bool failed; /* memory ran out; everything after is a no-op */
};

bool list_add(struct identity *identity, struct list *list, uint32_t item);
bool list_has(const struct list *list, uint32_t item);
uint32_t asset_find(const struct identity *identity, int64_t id); /* NONE */
uint32_t asset_get(struct identity *identity, int64_t id);

/* True if both sets, apart from key `except`, hold definitive keys of one type and none in
 * common of it. */
bool sets_conflict(const struct identity *identity, const struct list *a, const struct list *b,
	uint32_t except);
/* True if the sets have a definitive key in common that is not shared. */
bool sets_meet(const struct identity *identity, const struct list *a, const struct list *b);

void identity_mark_shared(struct identity *identity);
void identity_group(struct identity *identity);
uint32_t identity_root(struct identity *identity, uint32_t endpoint);

#endif
