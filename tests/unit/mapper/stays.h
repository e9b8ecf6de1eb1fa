/* SPDX-License-Identifier: Apache-2.0 */
/* How far the super nodes that are on two topology sheets stand from where they stood. */
#ifndef TESTS_UNIT_MAPPER_STAYS_H
#define TESTS_UNIT_MAPPER_STAYS_H

#include "mapper/sheet/sheet.h"

struct stays {
	uint32_t n;		 /* on both sheets */
	double median, p95,
		near; /* shares of the diagonal; share that moved by at most 2 % of it */
};

/* What the slots of both kept, for the request and the model of the second. Exits the test
 * program without memory. */
struct stays stays_between(const struct model *model, const struct sheet_request *request,
	const struct map_slots *before, const struct map_slots *after);

#endif
