/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What runs changed, from the rows of facts that they opened and closed: what is of the same
 * thing is one change, with what it read before and after. A service that came or went says it
 * for all that was read from it, and apart from that whether it became seen from the Internet;
 * an asset that went quiet or appeared says it for its services. What moved from one asset to
 * the one that it was merged into is no change.
 */
#ifndef INVENTORY_QUESTIONS_DIFF_H
#define INVENTORY_QUESTIONS_DIFF_H

#include "inventory/inventory.h"
#include "inventory/questions/select.h"

struct diff_run {
	int64_t id, ended_us;
};

struct diff_scope {
	const struct diff_run *runs; /* by id */
	size_t n_runs;
	const char *names; /* their ids between commas */
	bool net; /* the difference of two moments; else run by run */
	int64_t net_us; /* the time of the second one */
	const struct id_list *meant; /* only these assets; NULL: all */
	struct db_result *events; /* of changes_events.sql */
};

/* Hands each change out: by run, name of the asset, asset and subject. */
int diff_show(struct db *db, const struct diff_scope *scope,
	int (*row)(void *context, const struct change_row *change), void *context,
	struct error *reterr);

#endif
