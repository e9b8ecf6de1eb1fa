/* SPDX-License-Identifier: Apache-2.0 */
/* The graph of one realm, read from the register as it is now; see boundary.h. */
#ifndef INVENTORY_BOUNDARY_LOAD_H
#define INVENTORY_BOUNDARY_LOAD_H

#include "inventory/boundary/boundary.h"
#include "inventory/store/db.h"

struct boundary_loaded {
	struct boundary_graph graph;
	struct boundary_walk *walk;
	struct arena *arena;   /* holds all of it */
	int64_t realm, run_id; /* newest run */
};

/* Reads one realm as it is at `as_of_us`, which windows are counted from. */
int boundary_load(struct db *db, int64_t realm, int64_t as_of_us, struct boundary_loaded *ret,
	struct error *reterr);
void boundary_loaded_done(struct boundary_loaded *loaded);
/* BOUNDARY_NONE if it is not there. */
uint32_t boundary_find_system(const struct boundary_graph *graph, const char *id);

#endif
