/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `struct inventory` is inside the inventory: the connection, the private cluster if that
 * is where it leads, and who is acting. Every room of the inventory works on `db`.
 */
#ifndef INVENTORY_STORE_HANDLE_H
#define INVENTORY_STORE_HANDLE_H

#include "inventory/inventory.h"
#include "inventory/store/cluster.h"
#include "inventory/store/db.h"

#define ACTOR_MAX 128

struct inventory {
	struct db *db;
	struct cluster *cluster; /* NULL: a server that somebody else runs */
	char *dsn; /* as it was asked for; NULL: not named */
	int schema;
	int n_nodes; /* besides this database; 0: all of the register is here */
	char actor[ACTOR_MAX]; /* the user behind this process, for the trail */
};

/* Connects as inventory_open() does, without touching the schema. */
int inventory_connect(const char *dsn, struct inventory **ret_inv, struct error *reterr);

#endif
