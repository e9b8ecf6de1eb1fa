/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filing a bundle at all nodes of a register. Rows are staged at the node that would own a new
 * asset of their address; what a bundle means is decided once, at home, and kept; then every
 * node files its part in a transaction of its own, with a row in its own ledger. No two-phase
 * commit: a program that dies in between is completed by importing the bundle again.
 */
#ifndef INVENTORY_NODES_SPREAD_H
#define INVENTORY_NODES_SPREAD_H

#include "inventory/history/file.h"
#include "inventory/intake/stage.h"
#include "inventory/store/handle.h"

struct spread;

/* Sessions to all nodes, which know home's rules from here on. Until spread_free() nobody
 * changes the nodes, and the session at home means its own tables. */
int spread_open(
	struct inventory *inv, int64_t batch, struct spread **ret_spread, struct error *reterr);
void spread_free(struct spread *spread);
CLEANUP_DEFINE(struct spread, spread_free)

struct stage_route spread_route(const struct spread *spread);

/* A bundle that is decided and not filed everywhere. */
struct spread_filing {
	char bundle[64];
	int64_t run;
	bool truncated, bulk; /* bulk: many rows are staged */
	uint64_t assets_new;
	bool merges, splits;
	bool stayed,
		all_met; /* as in struct filing; of a decision that was kept it is not known */
	bool touched; /* facts of some asset were changed */
	int64_t home_facts; /* -1: links and paths are not filed yet */
};

/* Only one batch is decided and filed at a time: held from here to spread_free(). */
int spread_lock(struct spread *spread, struct error *reterr);
/* 1 if every bundle is filed everywhere. */
int spread_pending(
	struct spread *spread, struct spread_filing *ret_filing, struct error *reterr);
/* In a transaction at home: decides what was staged, and keeps it. */
int spread_decide(struct spread *spread, struct spread_filing *filing, int64_t realm,
	struct error *reterr);
/* Each node's part, for filing->batch of its own; adds up what they counted. */
int spread_file(struct spread *spread, struct spread_filing *filing, const struct filing *how,
	struct intake_result *result, struct error *reterr);
/* In a transaction at home: nothing is pending any more. */
int spread_end(struct spread *spread, const struct spread_filing *filing, struct error *reterr);

#endif
