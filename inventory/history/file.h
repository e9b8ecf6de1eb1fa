/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filing a staged batch: one set-based reconcile that writes differences only. A fact row that
 * still holds is not touched; one that does not gets its end; what is new gets a row.
 */
#ifndef INVENTORY_HISTORY_FILE_H
#define INVENTORY_HISTORY_FILE_H

#include "common/model/bundle.h"
#include "inventory/inventory.h"
#include "inventory/store/db.h"

#define HISTORY_BULK 2000

/* In a register of several nodes, a batch is decided once and filed in parts: what is of one
 * asset at the asset's node, and then its summary; what joins assets at home. */
enum filing_part { FILE_ALL = 1, FILE_FACTS = 2, FILE_LINKS = 4, FILE_SUMMARY = 8 };

struct filing {
	int64_t batch, run, realm;
	enum filing_part part; /* 0: FILE_ALL */
	bool merges;           /* unless FILE_ALL: assets were found to be one */
	bool stayed;  /* no address went from asset to asset; false: it is not known */
	bool all_met; /* no asset met has an address that was not; false: it is not known */
	bool endings;          /* of its own: what was looked for is being ended */
	const char *vantage;
	bool late;	/* a newer run looked at the same: filed as history */
	bool truncated; /* or stopped: nothing is ended for not having been met */
	bool bulk;	/* many rows are staged: HISTORY_BULK or more */
};

/* Inside a transaction, with the run's row there. Fills the counts of assets, services and
 * facts in the result. */
int history_file(struct db *db, const struct filing *filing, struct intake_result *result,
	struct error *reterr);

/* Parts of it, for whoever joins assets without a bundle: what is staged as merges and splits,
 * and the summaries of the assets that the run touched. */
int history_merge(struct db *db, const struct filing *filing, struct intake_result *result,
	struct error *reterr);
int history_sum_up(struct db *db, const struct filing *filing, struct intake_result *result,
	struct error *reterr);
/* Whose the assets are that a batch changed, after their roles are known; needs all of the
 * register. */
int history_members(struct db *db, int64_t batch, int64_t run, struct error *reterr);
/* After many rows, HISTORY_BULK or more, the tables are put in order, outside of a transaction.
 * That the batch is filed is no matter of that. */
void history_tidy(struct db *db);

#endif
