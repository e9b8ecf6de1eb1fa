/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The private cluster: a PostgreSQL server of our own, made the first time it is needed,
 * started on demand and stopped by the last program that uses it.
 *
 *     DIR/engine.lock   held while the server is made, started or stopped
 *     DIR/users.lock    held shared by every program that uses it
 *     DIR/postgres/     the data directory; DIR/run/ its socket; DIR/postgres.log
 *
 * DIR is CADASTRE_DATA, else /var/lib/cadastre for root, else $XDG_DATA_HOME/cadastre, else
 * ~/.local/share/cadastre. The server listens on a Unix socket only. Authentication is `peer`
 * with a map that admits the owner and root as the database user `cadastre`: the kernel
 * vouches for the user, nothing secret lies on disk, and nobody else gets in.
 */
#ifndef INVENTORY_STORE_CLUSTER_H
#define INVENTORY_STORE_CLUSTER_H

#include "common/cleanup.h"
#include "common/error.h"
#include "inventory/store/db.h"

struct cluster;

/* Makes it if missing, starts it if stopped, connects. A stale pid file is retried for 30 s. */
int cluster_open(struct cluster **ret_cluster, struct db **ret_db, struct error *reterr);
/* Leaves it; the last one out stops it. Close the connections first. */
void cluster_free(struct cluster *cluster);
CLEANUP_DEFINE(struct cluster, cluster_free)
const char *cluster_directory(const struct cluster *cluster);

/* DIR, whether it is there or not. */
int cluster_place(char *out, size_t size, struct error *reterr);

/* Stops it, whoever uses it. 1 if it was not running. */
int cluster_stop(struct error *reterr);

#endif
