/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Estates of any size, made from a seed, for tests and benches: sectors of systems, systems of
 * subnets whose sizes are log-normal, a tree of routers above them, tiers, designations,
 * exposed services, organisations with divisions, flows between hosts. The same arguments give
 * the same estate on every machine; nothing of it is anybody's network.
 */
#ifndef TESTS_ESTATE_MADE_ESTATE_H
#define TESTS_ESTATE_MADE_ESTATE_H

#include "common/model/estate.h"

#define MADE_ASSETS_MAX 2000000

/* In the arena; exits the program without memory. */
struct estate *made_estate(struct arena *arena, uint32_t n_assets, uint64_t seed);

/* The estate some months later: of its assets `churn` per mille are gone and as many are new,
 * in subnets that were there and in new ones; 1 % of the subnets are gone, with all in them.
 * Ids stay. */
struct estate *made_estate_later(
	struct arena *arena, const struct estate *before, unsigned int churn, uint64_t seed);

/* The same estate with its records in another order, as no database would give them. */
struct estate *made_estate_permuted(
	struct arena *arena, const struct estate *before, uint64_t seed);

#endif
