/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An estate of any size with the wiring that large ones have: a ring of core routers, two
 * distribution routers for each sector that hang on two of the core, networks behind both, a
 * few systems in each sector, flows between systems, assets in two networks. The same numbers
 * give the same estate.
 */
#ifndef TESTS_UNIT_MAPPER_CAMPUS_H
#define TESTS_UNIT_MAPPER_CAMPUS_H

#include "common/model/estate.h"

struct campus {
	uint32_t sectors, systems, networks, assets; /* systems and networks in each sector */
	uint32_t flows;				     /* between systems, over all */
	uint32_t bridged; /* of a thousand assets, that stand in two networks */
};

/* In the arena; exits the test program without memory. */
struct estate *campus_estate(struct arena *arena, const struct campus *campus);

/* The campus a month later: of its routers, systems, networks, hosts, links of routers and
 * flows `churn` per mille are others, with other ids and prefixes, in the same sectors; there
 * are as many. The same seed gives the same. */
struct estate *campus_later(struct arena *arena, const struct campus *campus,
	const struct estate *before, unsigned int churn, uint32_t seed);

#endif
