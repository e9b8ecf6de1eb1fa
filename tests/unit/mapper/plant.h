/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lab's utility with an industrial register: every network in a zone with a Purdue level,
 * conduits between zones, one of them through a router that is drawn.
 */
#ifndef TESTS_UNIT_MAPPER_PLANT_H
#define TESTS_UNIT_MAPPER_PLANT_H

#include "tests/unit/mapper/sample_estate.h"

/* In the arena; exits the test program without memory. */
struct estate *plant_estate(struct arena *arena);

#endif
