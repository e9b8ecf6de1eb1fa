/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identity over a staged batch: reads what was met and what is known, decides, stages answers,
 * and files what follows from them beside the reconcile. Everything happens inside the
 * transaction that files the batch.
 */
#ifndef INVENTORY_IDENTITY_DECIDE_H
#define INVENTORY_IDENTITY_DECIDE_H

#include "inventory/store/db.h"

struct identity_counts {
	uint64_t addresses, assets_new, merges, splits, proposals, conflicts, shared;
	uint64_t moved; /* addresses that were another asset's */
	bool all_met; /* no asset that the batch is about has an address that it did not meet */
};

/* Decides, and stages: stage_identity, stage_merge, stage_split, stage_shared, stage_decision,
 * stage_note. `compare_only`: see identity_compare_only(). */
int identity_decide(struct db *db, int64_t batch, int64_t realm, bool compare_only,
	struct identity_counts *ret_counts, struct error *reterr);

/* What is filed of it: in a register of several nodes, what is of one asset at the asset's
 * node, what lies between assets at home. */
enum identity_kinds {
	IDENTITY_OF_ASSETS = 1,
	IDENTITY_BETWEEN_ASSETS = 2,
	IDENTITY_ALL = IDENTITY_OF_ASSETS | IDENTITY_BETWEEN_ASSETS
};

/* After merges and before addresses move: addresses that leave an asset take with them what is
 * theirs. Adds the fact rows that it wrote. */
int identity_file_splits(struct db *db, int64_t batch, int64_t run, unsigned int kinds,
	uint64_t *facts, struct error *reterr);

/* At the end: which address showed which key, what is special about addresses, and the rows of
 * asset_decision. */
int identity_file_decisions(struct db *db, int64_t batch, int64_t run, int64_t realm,
	unsigned int kinds, uint64_t *facts, struct error *reterr);

#endif
