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
	uint32_t slot; /* equal for keys of which a thing has one */
	struct key_trust trust;
	bool shared, found_shared; /* found_shared: this time */
	const char *reason;
	uint32_t at[2]; /* endpoints that showed that it is shared, NONE */
	struct list endpoints, assets;
};

struct endpoint {
	struct addr addr;
	struct mac mac;
	uint32_t asset; /* current one, NONE if none */
	struct list keys, claimed;
	struct list seen;  /* keys that its asset showed here before */
	struct list lacks, withheld; /* of them, those that are gone, and are not shown */
	const char *mute;  /* profile, NULL: it speaks */
	bool silent, looked_for, restless, proxied;
	uint32_t rank;	    /* place in the order of addresses */
	uint32_t parent;    /* of the union-find forest */
	struct list members; /* of a root: the others */
	uint32_t joined_by; /* key, NONE */
	uint32_t expelled;  /* asset that it leaves, NONE */
	uint32_t part;	    /* endpoint that stands for those who leave together */
	int64_t answer;
	bool is_new, by_key; /* by_key: a key made it that asset's */
	const char *reason, *note, *noted;
};

struct known {
	int64_t id;
	uint32_t n_addresses;
	unsigned int flags;
	struct list keys, claimed;
	struct list addresses; /* endpoints, met or not */
	struct list apart;     /* assets */
	uint32_t claimed_by;   /* root endpoint of the first group that took it, NONE */
	bool claimed_by_key, merged, reviewed;
};

struct table {
	uint32_t *slots;  /* index + 1 of an item, 0 free */
	uint32_t n, size; /* size: power of two */
};

/* A list of results, in memory of its own. */
struct results {
	void *items;
	uint32_t n, room;
};

struct identity {
	struct arena *arena;
	struct siphash_key secret;
	struct key *keys;
	struct endpoint *endpoints;
	struct known *assets;
	uint32_t n_keys, room_keys, n_endpoints, room_endpoints, n_assets, room_assets;
	struct table key_table, asset_table;
	uint32_t *order;     /* endpoints by address, of n_endpoints */
	uint32_t *key_order; /* keys by strength, type and value, of n_keys */
	struct results merges, splits, advice;
	int64_t loopback;
	bool compare_only;
	bool failed; /* memory ran out; everything after is a no-op */
};

/* graph.c */
bool list_add(struct identity *identity, struct list *list, uint32_t item);
bool list_has(const struct list *list, uint32_t item);
/* Zeroed room for one result, NULL without memory. */
void *result_add(struct identity *identity, struct results *results, size_t size, uint32_t max);
uint32_t asset_find(const struct identity *identity, int64_t id); /* NONE */
uint32_t asset_get(struct identity *identity, int64_t id);
int64_t counter_of(int64_t asset_id);
const char *identity_text(struct identity *identity, const char *format, ...)
	__attribute__((format(printf, 2, 3))); /* "" without memory */
/* Puts endpoints, keys and their lists in an order that does not depend on who came first. */
bool identity_order(struct identity *identity);

/* evidence.c */
struct cidr network_of(const struct addr *addr); /* the /24 or /64 */
bool one_network(const struct addr *a, const struct addr *b);
bool is_counting(const struct identity *identity, uint32_t key); /* not weak, not shared */
/* True if the lists, apart from `except`, hold keys of a kind that a thing has one of, and none
 * in common of it. `holds`: of those kinds at least. */
bool sets_conflict(const struct identity *identity, const struct list *a, const struct list *b,
	uint32_t except, enum key_holds holds);
/* True if the lists have a counting definitive key in common. */
bool sets_meet(const struct identity *identity, const struct list *a, const struct list *b);
bool are_apart(const struct identity *identity, uint32_t one, uint32_t other);
/* Two addresses of one run that cannot be one thing, whatever `except` says. */
bool differ(const struct identity *identity, uint32_t a, uint32_t b, uint32_t except);
/* True if what two addresses have in common, apart from `except`, makes them one. */
bool have_joined(const struct identity *identity, uint32_t a, uint32_t b, uint32_t except);

struct weight {
	int score;   /* of everything that was measured */
	int keys;    /* of the keys in common alone */
	int claimed; /* what claims add */
	bool address, definitive, veto, differs;
	uint32_t key; /* the best in common, NONE */
};
/* How much speaks for a group being an asset. */
struct weight weigh(struct identity *identity, uint32_t root, uint32_t asset);

/* group.c */
void identity_mark_shared(struct identity *identity);
void identity_group(struct identity *identity);
uint32_t identity_root(struct identity *identity, uint32_t endpoint);
void identity_join_always(struct identity *identity, uint32_t a, uint32_t b);

/* mute.c: addresses that somebody else answers for. */
void identity_group_mute(struct identity *identity);

/* part.c: taking apart what a shared key had joined. */
void identity_review(struct identity *identity);
void identity_part(struct identity *identity, int64_t *counter);

void describe_key(const struct identity *identity, uint32_t key, char out[64]);
void advise(struct identity *identity, bool is_conflict, int64_t asset, int64_t other,
	uint32_t key, int score, const char *reason);

#endif
