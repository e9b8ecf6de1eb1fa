/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nodes of a register that is spread over several databases: who they are, what each owns,
 * and sessions to them. Node 0 is the home database. Everything that changes nodes holds their
 * lock, which is a session's: at home, and at each node that is connected for it.
 */
#ifndef INVENTORY_NODES_NODES_H
#define INVENTORY_NODES_NODES_H

#include "inventory/nodes/ranges.h"
#include "inventory/store/handle.h"

#define NODE_NAME_MAX 31
#define NODE_HOME "home"
#define NODE_CONNINFO_MAX 8192

struct node {
	char name[NODE_NAME_MAX + 1];
	char *conninfo;   /* NULL for home; without a password */
	struct db *db;    /* NULL: not connected */
	char *buckets;    /* for people: "0-99, 4095" */
	char *set;        /* for the database: "{[0,100),[4095,4096)}" */
	uint32_t n_buckets;
};

struct nodes {
	struct inventory *inv;
	struct node *nodes; /* home first, then by name */
	size_t n;
	struct owners owners;
	bool locked, waits; /* waits: nobody files, either */
};

int nodes_load(struct inventory *inv, struct nodes *ret_nodes, struct error *reterr);
void nodes_done(struct nodes *nodes);
/* Holds the lock at home until nodes_done(); waits for whoever has it. */
int nodes_lock(struct nodes *nodes, struct error *reterr);
/* NULL if there is none of this name. */
struct node *nodes_find(struct nodes *nodes, const char *name);
/* A session to a node, which must be what it is thought to be and of our schema. `lock`: and
 * its lock. The error's text names the node. */
int nodes_connect(struct nodes *nodes, struct node *node, bool lock, struct error *reterr);
/* Lets a node show what `owners` says that it owns, and nothing else unless `keep`. */
int nodes_serve(struct nodes *nodes, struct node *node, const struct owners *owners, bool keep,
	struct error *reterr);

/* Called when a register is opened: reads all nodes from here on, and brings them to this
 * schema first if need be. `any`: a node may be opened too, by itself. */
int nodes_attach(struct inventory *inv, bool any, struct error *reterr);

/* The number of the run about to be filed. An error if nodes were added or removed since the
 * register was opened: this program would write where nobody reads. Under the lock of
 * filing. */
int nodes_next_run(struct inventory *inv, int64_t *ret_run, struct error *reterr);

/* What needs all of the register in one database refuses where it is not; `what` does that. */
int nodes_refuse(const struct inventory *inv, const char *what, struct error *reterr);

#endif
