/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identity: which asset an address belongs to. Pure: it is told what a run met and what the
 * register knows, and decides; it does no I/O and gives the same answer for the same input, in
 * whatever order it is told.
 *
 * Evidence is weighed: an identity key in common adds its score, an address kept adds
 * IDENTITY_ADDRESS, another key of a kind in its place takes away; the unit is the deciban, ten
 * times the logarithm of the odds. IDENTITY_LINK makes an address an asset's, IDENTITY_MERGE
 * makes two assets of the register one, from IDENTITY_PROPOSE on a person is asked.
 *
 * - A key met at one time on what is two things otherwise (another key of a kind that a thing
 *   has one of; two MACs on one link) is shared: it joins nothing from then on, and what only
 * it had joined is taken apart.
 * - A contradiction that lasts for life (serial numbers) is a veto; so is a pair that a person
 *   took apart. What a person joined is not taken apart.
 * - What somebody else claimed of a thing proposes, and never joins by itself.
 * - An address without keys stays with its asset, unless the asset is met elsewhere or the
 *   network is one whose addresses wander and what the asset showed here is gone.
 * - Addresses that one device answers for without a word (proxy ARP) are one asset.
 * - Loopback addresses are one asset.
 */
#ifndef INVENTORY_IDENTITY_IDENTITY_H
#define INVENTORY_IDENTITY_IDENTITY_H

#include "common/addr.h"
#include "common/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDENTITY_MEMORY_MAX (2ull << 30)
#define IDENTITY_ENDPOINTS_MAX 4000000 /* addresses of one bundle */
#define IDENTITY_ADVICE_MAX 100000     /* proposals and conflicts of one bundle */
#define IDENTITY_PARTS_MAX 1024 /* an asset with more addresses is not taken apart */

/* Decibans. */
#define IDENTITY_ADDRESS 60
#define IDENTITY_LINK 60
#define IDENTITY_MERGE 80
#define IDENTITY_PROPOSE 30
#define IDENTITY_DIFFERS 60 /* taken away: another definitive key in its place */
#define IDENTITY_DIFFERS_STRONG 40
#define IDENTITY_LACKS 60 /* taken away: asked for and not there, where addresses wander */

#define IDENTITY_SHARED_AT 256 /* a definitive key at more addresses than this is shared */
#define IDENTITY_STRONG_AT 16  /* the same for a strong key */
#define IDENTITY_NETWORK_AT 4 /* addresses of one network with a key and no MAC: an image */
#define IDENTITY_MUTE_AT 200  /* of one network that answer alike and say nothing */
#define IDENTITY_MUTE_PORTS 8

/* asset_id = bucket << 48 | counter. */
#define ASSET_COUNTER_BITS 48
#define ASSET_BUCKETS 4096

/* The bucket of a new asset that was first met at this address. */
uint32_t identity_bucket(const struct addr *addr);
/* The id of a new asset, by the next counter and the address met first. */
int64_t identity_new_id(const struct addr *addr, int64_t *counter);

enum key_strength { KEY_WEAK, KEY_STRONG, KEY_DEFINITIVE };
/* How many keys of the type a thing has: any number at one time (MAC), one at one time (SSH
 * host key), one for its life (serial number). */
enum key_holds { HOLDS_MANY, HOLDS_ONE, HOLDS_LIFE };

struct key_trust {
	enum key_strength strength;
	enum key_holds holds;
	int score;     /* decibans */
	bool joins;    /* alone joins addresses that show it at one time */
	uint32_t most; /* met at one time at more addresses it is shared */
};
/* Of a key of which nothing but its strength is known. */
struct key_trust identity_trust(enum key_strength strength);

struct identity;
struct identity *identity_new(void); /* NULL without memory */
void identity_free(struct identity *identity);
CLEANUP_DEFINE(struct identity, identity_free)

/* ---- what was met. Text is copied. Numbers are handles; UINT32_MAX without memory or past a
 * maximum; functions that take one answer false then. */

uint32_t identity_key(struct identity *identity, const char *type, const char *value,
	const struct key_trust *trust);
/* `current`: the asset that has this address, 0 if none. */
uint32_t identity_endpoint(struct identity *identity, const struct addr *addr,
	const struct mac *mac, int64_t current);
/* `claimed`: said by another tool or thing, not by the address itself. */
bool identity_endpoint_key(
	struct identity *identity, uint32_t endpoint, uint32_t key, bool claimed);
/* It answers and says nothing; `profile`: the ports that are open, separated by spaces. */
bool identity_endpoint_mute(struct identity *identity, uint32_t endpoint, const char *profile);
/* What its asset showed here was asked for and is not shown. `gone`: the service is not there
 * any more, which counts where addresses wander; else it is there and said nothing, which
 * counts only where another key is shown instead. */
bool identity_endpoint_lacks(
	struct identity *identity, uint32_t endpoint, uint32_t key, bool gone);
/* Its MAC is one that moves between devices; `what` says which kind. */
bool identity_endpoint_virtual(struct identity *identity, uint32_t endpoint, const char *what);
/* The network of the address is one whose addresses go from thing to thing. */
void identity_endpoint_restless(struct identity *identity, uint32_t endpoint);

/* ---- what is known */

/* A key that the register holds for an asset; shared keys join nothing. */
bool identity_known_key(
	struct identity *identity, int64_t asset, uint32_t key, bool shared, bool claimed);
enum identity_flag {
	IDENTITY_BOUND = 1,  /* a person joined it: the program does not take it apart */
	IDENTITY_RETIRED = 2 /* a person retired it */
};
/* How many addresses an asset has, whether met this time or not. */
bool identity_known_asset(
	struct identity *identity, int64_t asset, uint32_t n_addresses, unsigned int flags);
/* An address of an asset that was not met this time; `looked_for`: though the run looked. */
uint32_t identity_known_address(
	struct identity *identity, int64_t asset, const struct addr *addr, bool looked_for);
/* The asset showed this key at this address (a handle of either kind) before. */
bool identity_known_sighting(struct identity *identity, uint32_t endpoint, uint32_t key);
/* The register has it that somebody answers for the address, as for others of its asset. */
void identity_known_proxied(struct identity *identity, uint32_t endpoint);
/* A person joined something to this asset. */
bool identity_bind(struct identity *identity, int64_t asset);
/* A person took these apart. */
bool identity_apart(struct identity *identity, int64_t one, int64_t other);
/* The realm's asset that has loopback addresses, 0 if none. */
void identity_loopback_asset(struct identity *identity, int64_t asset);

/* What is told was not met at one time, but is what the register holds: contradictions prove no
 * key to be shared, addresses stay with their assets, and only assets are joined or taken
 * apart. */
void identity_compare_only(struct identity *identity);

/* ---- the answer */

/* Decides. New ids continue after *counter, which is advanced. False without memory. */
bool identity_resolve(struct identity *identity, int64_t *counter);

struct identity_answer {
	int64_t asset;
	bool is_new;
	const char *reason;	  /* why the address is that asset's */
	const char *note, *noted; /* what is special about the address, or NULL: kind and why */
};
struct identity_answer identity_answer(const struct identity *identity, uint32_t endpoint);

struct identity_merge {
	int64_t asset, into;
	const char *keys, *reason;
	int score;
};
size_t identity_merges(const struct identity *identity, const struct identity_merge **ret);

/* An address that leaves its asset because the key that had joined it is shared. */
struct identity_split {
	int64_t asset, into;
	struct addr addr;
	bool is_new; /* `into` is, and no answer names it */
	const char *keys, *reason;
};
size_t identity_splits(const struct identity *identity, const struct identity_split **ret);

struct identity_advice {
	bool is_conflict; /* else a proposal to merge */
	int64_t asset, other; /* other 0: a statement about one asset */
	const char *keys, *reason;
	int score;
};
size_t identity_advice(const struct identity *identity, const struct identity_advice **ret);

struct identity_shared {
	const char *type, *value, *reason;
};
/* Keys found to be shared this time; *at begins at 0. False past the last. */
bool identity_shared_next(
	const struct identity *identity, uint32_t *at, struct identity_shared *ret);

#endif
