/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that read the graph of a realm share. */
#ifndef INVENTORY_BOUNDARY_LOADING_H
#define INVENTORY_BOUNDARY_LOADING_H

#include "inventory/boundary/load.h"

#include "common/arena.h"

struct loading {
	struct db *db;
	struct boundary_loaded *to;
	struct boundary_asset *assets; /* the graph's, until conduits marked their devices */
	struct error *reterr;
};

/* load.c */
int loading_no_memory(struct loading *l);
/* Rows of a query about the realm, and zeroed room in the arena for one record more. */
int loading_rows(struct loading *l, const struct query *query, size_t size,
	struct db_result **ret_rows, void *ret_records);
const char *loading_keep(struct loading *l, const struct db_result *rows, size_t i, int column);
uint32_t loading_zone(const struct boundary_graph *g, const char *id);
uint32_t loading_asset(const struct boundary_graph *g, int64_t id);

/* load_flows.c: where assets stand and who exchanges what. Needs zones and assets. */
int loading_flows(struct loading *l);

#endif
