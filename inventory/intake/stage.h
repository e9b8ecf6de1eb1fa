/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Staging: turns observations into rows of unlogged tables, by COPY BINARY. Decides what an
 * observation says; never what it means for the register. One batch is one bundle.
 */
#ifndef INVENTORY_INTAKE_STAGE_H
#define INVENTORY_INTAKE_STAGE_H

#include "common/model/observation.h"
#include "inventory/store/db.h"

#define BATCH_BITS 60

struct stage;

/*
 * Where rows go in a register of several nodes: what only the asset of an address needs goes to
 * the node that would own a new asset of that address, under `batch`; addresses, identity keys,
 * links and coverage to the home database, under `batch_all`.
 */
struct stage_route {
	struct db *home;
	int64_t batch_all, batch;
	struct db *const *nodes;
	size_t n_nodes;             /* at most 64 */
	const uint8_t *node_of;     /* by bucket */
};

int stage_new_routed(
	const struct stage_route *route, struct stage **ret_stage, struct error *reterr);

/* Takes the session's staging locks; stage_free() gives them up. */
int stage_new(struct db *db, int64_t batch, struct stage **ret_stage, struct error *reterr);
void stage_free(struct stage *stage);
CLEANUP_DEFINE(struct stage, stage_free)

/* Adds one observation. 1 if it does not hold together (a port without number, a name without
 * name) and was left out. */
int stage_add(struct stage *stage, const struct observation *obs, struct error *reterr);
/* Sends what is buffered and drops values that say nothing. */
int stage_end(struct stage *stage, struct error *reterr);
/* After that: forgets what is said to have been looked at. */
int stage_drop_coverage(struct stage *stage, struct error *reterr);
int64_t stage_batch(const struct stage *stage);

/* The batch number of a bundle id (32 hexadecimal digits). */
int64_t stage_batch_of(const char *bundle_id);

#endif
