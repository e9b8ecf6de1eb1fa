/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scope: which addresses may be probed, compiled from recorded authorisations into a
 * longest-prefix structure (a binary trie). Default is deny. An exclusion always wins over
 * any grant, however long the grant's prefix is. The machine's own loopback addresses are
 * always allowed.
 */
#ifndef COMMON_MODEL_SCOPE_H
#define COMMON_MODEL_SCOPE_H

#include "common/addr.h"
#include "common/cleanup.h"

#include <stdbool.h>
#include <stdint.h>

struct scope;

struct scope *scope_new(void); /* NULL without memory */
void scope_free(struct scope *scope);
CLEANUP_DEFINE(struct scope, scope_free)

/* The grant covers `cidr` in [from_us, until_us) of wall time. At most SCOPE_PREFIXES_MAX
 * prefixes in all. ERROR_INPUT past that, ERROR_SYSTEM without memory. */
#define SCOPE_PREFIXES_MAX 1000000
int scope_grant(struct scope *scope, const struct cidr *cidr, int64_t grant_id, int64_t from_us,
	int64_t until_us, struct error *reterr);
int scope_exclude(struct scope *scope, const struct cidr *cidr, struct error *reterr);

enum scope_verdict {
	SCOPE_ALLOWED,
	SCOPE_NOT_GRANTED, /* no grant covers it */
	SCOPE_NOT_NOW,     /* a grant covers it, but not at this time */
	SCOPE_EXCLUDED,
};

/* ret_grant_id (may be NULL) receives the grant with the longest prefix, 0 for loopback. */
enum scope_verdict scope_check(const struct scope *scope, const struct addr *addr,
	int64_t now_us, int64_t *ret_grant_id);

/* Until when an address that is allowed now stays so by the grants that are in force now;
 * INT64_MIN: it is not. */
int64_t scope_allowed_until(const struct scope *scope, const struct addr *addr, int64_t now_us);

/* As scope_check(); ret_last: up to where it is the same, verdict and grant, from `addr` on. It
 * may be the same beyond. */
enum scope_verdict scope_check_until(const struct scope *scope, const struct addr *addr,
	int64_t now_us, int64_t *ret_grant_id, struct addr *ret_last);

/* Called for every recorded prefix of a family, each after those that cover it: what holds at
 * now_us for addresses under it, and under no longer recorded one. until_us: when what is in
 * force now ends, if it is SCOPE_ALLOWED. Stops with the first negative answer. */
typedef int (*scope_walk_fn)(void *context, const struct cidr *prefix,
	enum scope_verdict verdict, int64_t until_us, struct error *reterr);
int scope_walk(const struct scope *scope, uint8_t family, int64_t now_us, scope_walk_fn fn,
	void *context, struct error *reterr);

#endif
