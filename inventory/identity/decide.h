/* SPDX-License-Identifier: Apache-2.0 */
/* Identity over a staged batch: reads what was met and what is known, decides, stages answers.
 */
#ifndef INVENTORY_IDENTITY_DECIDE_H
#define INVENTORY_IDENTITY_DECIDE_H

#include "inventory/store/db.h"

struct identity_counts {
	uint64_t addresses, assets_new, merges, shared;
};

/* Inside the transaction that files the batch. */
int identity_decide(struct db *db, int64_t batch, int64_t realm,
	struct identity_counts *ret_counts, struct error *reterr);

#endif
