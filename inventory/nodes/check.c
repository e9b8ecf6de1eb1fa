/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the nodes are what the register thinks: there, of the same schema, each holding the
 * rows of its own buckets and no others, showing what it owns, and no move half done. Reads
 * only.
 */
#include "inventory/nodes/nodes.h"

#include "inventory/store/queries.h"

#include <inttypes.h>
#include <string.h>

struct checking {
	struct nodes *nodes;
	int (*row)(void *context, const struct node_check *check);
	void *context;
	bool bad;
};

static int tell(struct checking *checking, const struct node *node, const char *what,
	const char *found, bool good)
{
	const struct node_check check = {node->name, what, found, good};

	checking->bad |= !good;
	return checking->row(checking->context, &check);
}

/* Every row on the node that owns its asset. */
static int check_rows(struct checking *checking, struct node *node, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *strays = NULL, *assets = NULL;
	char text[64];
	int64_t n;
	int r = db_run(
		node->db, &query_node_strays, DB_VALUES(db_text(node->set)), &strays, reterr);

	if (r == 0)
		r = db_run(node->db, &query_node_assets, DB_NO_VALUES, &assets, reterr);
	if (r < 0)
		return r;
	snprintf(text, sizeof(text), "%" PRId64, db_get_int(assets, 0, 0));
	r = tell(checking, node, "assets", text, true);
	n = db_get_int(strays, 0, 0);
	snprintf(text, sizeof(text), "%" PRId64, n);
	return r < 0 ? r : tell(checking, node, "rows of other nodes", text, n == 0);
}

/* What questions read of a node is there. */
static int check_served(struct checking *checking, struct node *node, struct error *reterr)
{
	uint8_t number = (uint8_t)(node - checking->nodes->nodes);
	uint32_t missing = 0;

	for (int32_t bucket = 0; bucket < ASSET_BUCKETS;) {
		struct range range = owners_range(&checking->nodes->owners, bucket);
		_cleanup_(db_result_freep) struct db_result *served = NULL;

		bucket = range.last + 1;
		if (range.node != number || number == 0)
			continue;
		if (db_run(node->db, &query_node_served,
			    DB_VALUES(db_int(range.first), db_int(range.last)), &served,
			    reterr) < 0)
			return ERROR_DATABASE;
		missing += !db_get_bool(served, 0, 0);
	}
	return tell(checking, node, "buckets", missing ? "not all are shown" : node->buckets,
		missing == 0);
}

static int check_node(struct checking *checking, struct node *node, struct error *reterr)
{
	struct error why = {0};
	int r = nodes_connect(checking->nodes, node, false, &why);

	if (r < 0)
		return tell(checking, node, "answers", why.text, false);
	r = tell(checking, node, "answers", "yes", true);
	if (r == 0)
		r = check_served(checking, node, reterr);
	return r < 0 ? r : check_rows(checking, node, reterr);
}

static int check_moves(struct checking *checking, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *open = NULL;
	struct nodes *nodes = checking->nodes;
	int r = db_run(nodes->inv->db, &query_node_move_open, DB_NO_VALUES, &open, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(open); i++) {
		char text[256];

		snprintf(text, sizeof(text),
			"%s-%s from %s to %s was cut short, %s; move them again, or any others",
			db_get_text(open, i, 1), db_get_text(open, i, 2),
			db_get_text(open, i, 3), db_get_text(open, i, 4),
			strcmp(db_get_text(open, i, 5), "routed") == 0
				? "after it had happened"
				: "before it had happened");
		r = tell(checking, &nodes->nodes[0], "move of buckets", text, false);
	}
	return r;
}

static int check_filing(struct checking *checking, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *found = NULL;
	struct nodes *nodes = checking->nodes;
	char text[128];
	int r = db_run(nodes->inv->db, &query_node_filing_find, DB_NO_VALUES, &found, reterr);

	if (r < 0 || db_rows(found) == 0)
		return r;
	snprintf(text, sizeof(text), "%s: not all nodes have it; import it again",
		db_get_text(found, 0, 0));
	return tell(checking, &nodes->nodes[0], "bundle", text, false);
}

int inventory_node_check(struct inventory *inv,
	int (*row)(void *context, const struct node_check *check), void *context,
	struct error *reterr)
{
	_cleanup_(nodes_done) struct nodes nodes = {0};
	struct checking checking = {.nodes = &nodes, .row = row, .context = context};
	int r = nodes_load(inv, &nodes, reterr);

	for (size_t i = 0; r == 0 && i < nodes.n; i++)
		r = check_node(&checking, &nodes.nodes[i], reterr);
	if (r == 0)
		r = check_moves(&checking, reterr);
	if (r == 0)
		r = check_filing(&checking, reterr);
	return r < 0 ? r : checking.bad;
}
