/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identity: which asset an address belongs to. Pure: it is told what a run met and what the
 * register knows, and decides; it does no I/O and gives the same answer for the same input.
 *
 * - A definitive key (SSH host key, SNMP engine id, serial number, LLDP chassis id) joins the
 *   addresses at which it is met. A strong key (burned-in MAC) does so where it is met on few.
 * - A key met at one time at addresses that differ in another definitive key, or whose MACs on
 *   one link differ, is shared (clones, service addresses): it joins nothing.
 * - An address whose definitive keys are not its asset's belongs to another asset: it moves.
 * - An address without keys stays with its asset; an address nobody knows is a new asset.
 * - Loopback addresses are one asset.
 */
#ifndef INVENTORY_IDENTITY_IDENTITY_H
#define INVENTORY_IDENTITY_IDENTITY_H

#include "common/addr.h"
#include "common/cleanup.h"

#include <stdbool.h>
#include <stdint.h>

#define IDENTITY_MEMORY_MAX (2ull << 30)
#define IDENTITY_ENDPOINTS_MAX 4000000 /* addresses of one bundle */
#define IDENTITY_SHARED_AT 256 /* a definitive key at more addresses than this is shared */
#define IDENTITY_STRONG_AT 16  /* the same for a strong key */
#define IDENTITY_REASON_MAX 200

/* asset_id = bucket << 48 | counter. */
#define ASSET_COUNTER_BITS 48
#define ASSET_BUCKETS 4096

/* The bucket of a new asset that was first met at this address. */
uint32_t identity_bucket(const struct addr *addr);

enum key_strength { KEY_WEAK, KEY_STRONG, KEY_DEFINITIVE };

struct identity;
struct identity *identity_new(void); /* NULL without memory */
void identity_free(struct identity *identity);
CLEANUP_DEFINE(struct identity, identity_free)

/* What was met and what is known. Text is copied. Numbers are handles; UINT32_MAX without
 * memory or past a maximum. */
uint32_t identity_key(struct identity *identity, const char *type, const char *value,
	enum key_strength strength);
/* In ascending order of address. `current`: the asset that has this address, 0 if none. */
uint32_t identity_endpoint(struct identity *identity, const struct addr *addr,
	const struct mac *mac, int64_t current);
bool identity_endpoint_key(struct identity *identity, uint32_t endpoint, uint32_t key);
/* A key that the register holds for an asset; shared keys join nothing. */
bool identity_known_key(struct identity *identity, int64_t asset, uint32_t key, bool shared);
/* How many addresses an asset has, whether met this time or not. */
bool identity_known_asset(struct identity *identity, int64_t asset, uint32_t n_addresses);
/* The realm's asset that has loopback addresses, 0 if none. */
void identity_loopback_asset(struct identity *identity, int64_t asset);

/* Decides. New ids continue after *counter, which is advanced. False without memory. */
bool identity_resolve(struct identity *identity, int64_t *counter);

struct identity_answer {
	int64_t asset;
	bool is_new;
	const char *reason; /* why the address is that asset's */
};
struct identity_answer identity_answer(const struct identity *identity, uint32_t endpoint);

struct identity_merge {
	int64_t asset, into;
	const char *reason;
};
size_t identity_merges(const struct identity *identity, const struct identity_merge **ret);

struct identity_shared {
	const char *type, *value, *reason;
};
/* Keys found to be shared this time; *at begins at 0. False past the last. */
bool identity_shared_next(
	const struct identity *identity, uint32_t *at, struct identity_shared *ret);

#endif
