/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nodes: loading, connecting, adding, forgetting, listing; see nodes.h. Moving ranges is in
 * move.c, checking in check.c. Passwords are never stored: who connects has them in a password
 * file.
 */
#include "inventory/nodes/nodes.h"
#include "inventory/scope/trail.h"

#include "common/text.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <string.h>

#define CONNECT_TIMEOUT_S "10"

/* ---- loading --------------------------------------------------------------------------- */

static int no_memory(struct error *reterr)
{
	return error_set(reterr, ERROR_SYSTEM, "no memory for the nodes of the register");
}

static int load_conninfo(struct nodes *nodes, struct node *node, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *options = NULL;
	_cleanup_(str_done) struct str conninfo = STR_INIT(NODE_CONNINFO_MAX);
	int r = db_run(nodes->inv->db, &query_node_options, DB_VALUES(db_text(node->name)),
		&options, reterr);

	if (r < 0)
		return r;
	for (size_t i = 0; i < db_rows(options); i++)
		db_conninfo_add(
			&conninfo, db_get_text(options, i, 0), db_get_text(options, i, 1));
	node->conninfo = str_steal(&conninfo);
	return node->conninfo ? 0 : no_memory(reterr);
}

static int load_node(struct nodes *nodes, const struct db_result *rows, size_t i,
	struct error *reterr)
{
	struct node *node = &nodes->nodes[i];

	nodes->n = i + 1;
	snprintf(node->name, sizeof(node->name), "%s", db_get_text(rows, i, 0));
	node->n_buckets = (uint32_t)db_get_int(rows, i, 1);
	node->buckets = strdup(db_get_text(rows, i, 2));
	node->set = strdup(db_get_text(rows, i, 3));
	if (!node->buckets || !node->set)
		return no_memory(reterr);
	if (i > 0)
		return load_conninfo(nodes, node, reterr);
	node->db = nodes->inv->db;
	return 0;
}

static int load_owners(struct nodes *nodes, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int64_t n = 0;
	int r = db_run(nodes->inv->db, &query_node_ranges, DB_NO_VALUES, &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		int64_t first = db_get_int(rows, i, 0), last = db_get_int(rows, i, 1);
		struct node *node = nodes_find(nodes, db_get_text(rows, i, 2));

		if (!node || !owners_give(&nodes->owners, (int32_t)first, (int32_t)last,
				     (uint8_t)(node - nodes->nodes)))
			return error_set(reterr, ERROR_DATABASE,
				"the register's table of nodes gives buckets %" PRId64
				" to %" PRId64 " to nobody; restore it from a backup",
				first, last);
		n += last - first + 1;
	}
	if (r == 0 && n != ASSET_BUCKETS)
		return error_set(reterr, ERROR_DATABASE,
			"the register's table of nodes names %" PRId64
			" of %d buckets; restore it from a backup",
			n, ASSET_BUCKETS);
	return r;
}

int nodes_load(struct inventory *inv, struct nodes *ret_nodes, struct error *reterr)
{
	_cleanup_(nodes_done) struct nodes nodes = {.inv = inv};
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_node_list, DB_NO_VALUES, &rows, reterr);

	if (r < 0)
		return r;
	if (db_rows(rows) > NODES_MAX)
		return error_set(reterr, ERROR_DATABASE, "the register has more than %d nodes",
			NODES_MAX);
	nodes.nodes = calloc(NODES_MAX, sizeof(*nodes.nodes));
	if (!nodes.nodes)
		return no_memory(reterr);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++)
		r = load_node(&nodes, rows, i, reterr);
	if (r == 0)
		r = load_owners(&nodes, reterr);
	if (r < 0)
		return r;
	*ret_nodes = nodes;
	nodes = (struct nodes){0};
	return 0;
}

void nodes_done(struct nodes *nodes)
{
	for (size_t i = 0; i < nodes->n; i++) {
		struct node *node = &nodes->nodes[i];

		if (i > 0)
			db_free(node->db);
		free(node->conninfo);
		free(node->buckets);
		free(node->set);
	}
	/* On a lost connection the server has given the locks up by itself. */
	if (nodes->waits)
		db_run(nodes->inv->db, &query_node_filing_unlock, DB_NO_VALUES, NULL, NULL);
	if (nodes->locked)
		db_run(nodes->inv->db, &query_node_unlock, DB_NO_VALUES, NULL, NULL);
	free(nodes->nodes);
	*nodes = (struct nodes){0};
}

int nodes_lock(struct nodes *nodes, struct error *reterr)
{
	int r = db_run(nodes->inv->db, &query_node_lock, DB_NO_VALUES, NULL, reterr);

	nodes->locked = r == 0;
	return r;
}

struct node *nodes_find(struct nodes *nodes, const char *name)
{
	for (size_t i = 0; i < nodes->n; i++)
		if (strcmp(nodes->nodes[i].name, name) == 0)
			return &nodes->nodes[i];
	return NULL;
}

/* ---- connecting ------------------------------------------------------------------------ */

static int check_self(struct nodes *nodes, struct node *node, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *home = NULL, *self = NULL;
	int schema, r = db_schema(node->db, &schema, reterr);

	if (r == 0 && schema != nodes->inv->schema)
		return error_set(reterr, ERROR_DATABASE,
			"its schema is %d and the register's is %d; use the release of cadastre "
			"that fits, or open the register once to bring the node up to date",
			schema, nodes->inv->schema);
	if (r == 0)
		r = db_run(nodes->inv->db, &query_node_self, DB_NO_VALUES, &home, reterr);
	if (r == 0)
		r = db_run(node->db, &query_node_self, DB_NO_VALUES, &self, reterr);
	if (r < 0)
		return r;
	if (db_rows(self) != 1 ||
		strcmp(db_get_text(home, 0, 0), db_get_text(self, 0, 0)) != 0 ||
		strcmp(db_get_text(self, 0, 1), node->name) != 0)
		return error_set(reterr, ERROR_DATABASE,
			"the database at %s is not this node; nothing was changed; restore the "
			"node's own database there",
			db_where(node->db));
	return 0;
}

int nodes_connect(struct nodes *nodes, struct node *node, bool lock, struct error *reterr)
{
	int r = 0;

	if (!node->db) {
		r = db_open(node->conninfo, &node->db, reterr);
		if (r == 0)
			r = check_self(nodes, node, reterr);
		if (r == 0 && lock)
			r = db_run(node->db, &query_node_lock, DB_NO_VALUES, NULL, reterr);
	}
	return r < 0 ? error_wrap(reterr, r, "node \"%s\"", node->name) : 0;
}

int nodes_serve(struct nodes *nodes, struct node *node, const struct owners *owners, bool keep,
	struct error *reterr)
{
	uint8_t number = (uint8_t)(node - nodes->nodes);
	int r = keep ? 0 : db_run(node->db, &query_node_unserve, DB_NO_VALUES, NULL, reterr);

	for (int32_t bucket = 0; r == 0 && bucket < ASSET_BUCKETS;) {
		struct range range = owners_range(owners, bucket);

		if (range.node == number)
			r = db_run(node->db, &query_node_serve,
				DB_VALUES(db_int(range.first), db_int(range.last)), NULL,
				reterr);
		bucket = range.last + 1;
	}
	return r < 0 ? error_wrap(reterr, r, "node \"%s\"", node->name) : 0;
}

/* ---- opening a register ------------------------------------------------------------------ */

/* After a new release, or a restored backup: every node gets the schema, then the home database
 * its way to them. */
static int rebuild(struct inventory *inv, struct error *reterr)
{
	_cleanup_(nodes_done) struct nodes nodes = {0};
	int r = nodes_load(inv, &nodes, reterr);

	if (r == 0)
		r = nodes_lock(&nodes, reterr);
	for (size_t i = 1; r == 0 && i < nodes.n; i++) {
		struct node *node = &nodes.nodes[i];
		int schema;

		r = db_open(node->conninfo, &node->db, reterr);
		if (r == 0)
			r = db_migrate(node->db, &schema, reterr);
		if (r < 0)
			return error_wrap(reterr, r, "node \"%s\"", node->name);
		r = check_self(&nodes, node, reterr);
		if (r < 0)
			return error_wrap(reterr, r, "node \"%s\"", node->name);
		r = nodes_serve(&nodes, node, &nodes.owners, true, reterr);
	}
	return r < 0 ? r : db_run(inv->db, &query_node_build, DB_NO_VALUES, NULL, reterr);
}

int nodes_attach(struct inventory *inv, bool any, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *self = NULL;
	int r = db_run(inv->db, &query_node_self, DB_NO_VALUES, &self, reterr);

	if (r < 0)
		return r;
	if (db_rows(self) != 1)
		return error_set(reterr, ERROR_DATABASE,
			"the register does not know itself (cadastre.node_self is empty); "
			"restore it from a backup");
	if (strcmp(db_get_text(self, 0, 1), NODE_HOME) != 0)
		return any ? 0
			   : error_set(reterr, ERROR_USAGE,
				     "the database at %s is node \"%s\" of a register and holds a part "
				     "of it only; name the home database with --db",
				     db_where(inv->db), db_get_text(self, 0, 1));
	inv->n_nodes = (int)db_get_int(self, 0, 3);
	if (inv->n_nodes == 0)
		return 0;
	if (db_get_int(self, 0, 2) != inv->schema)
		r = rebuild(inv, reterr);
	return r < 0 ? r : db_run(inv->db, &query_node_route, DB_NO_VALUES, NULL, reterr);
}

int nodes_next_run(struct inventory *inv, int64_t *ret_run, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *next = NULL;
	int r = db_run(inv->db, &query_run_next, DB_NO_VALUES, &next, reterr);

	if (r < 0)
		return r;
	if (db_get_int(next, 0, 1) != inv->n_nodes)
		return error_set(reterr, ERROR_DATABASE,
			"the register was spread over other databases while this program ran; "
			"nothing was changed; do the same again");
	*ret_run = db_get_int(next, 0, 0);
	return 0;
}

int nodes_refuse(const struct inventory *inv, const char *what, struct error *reterr)
{
	if (inv->n_nodes == 0)
		return 0;
	return error_set(reterr, ERROR_USAGE,
		"%s needs all of the register in one database, and this one has %d more; nothing was "
		"changed; move all buckets home and remove the nodes first: `cadastre db node "
		"move --buckets 0-%d --to home`, then `cadastre db node remove NAME`",
		what, inv->n_nodes, ASSET_BUCKETS - 1);
}

/* ---- adding ------------------------------------------------------------------------------ */

struct parameters {
	struct str conninfo;
	struct inventory *inv; /* NULL: only collected, else stored for the node */
	const char *name;
	bool has_user, has_timeout;
	struct error *reterr;
};

static int take_parameter(void *context, const char *keyword, const char *value)
{
	struct parameters *p = context;

	p->has_user |= strcmp(keyword, "user") == 0;
	p->has_timeout |= strcmp(keyword, "connect_timeout") == 0;
	if (!text_is_clean(value, strlen(value)))
		return error_set(p->reterr, ERROR_USAGE,
			"\"%s\" of the connection string is not plain text", keyword);
	db_conninfo_add(&p->conninfo, keyword, value);
	if (!p->inv)
		return 0;
	return db_run(p->inv->db, &query_node_add_option,
		DB_VALUES(db_text(p->name), db_text(keyword), db_text(value)), NULL, p->reterr);
}

static int check_name(const struct nodes *nodes, const char *name, struct error *reterr)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

	if (name[n] || n == 0 || n > NODE_NAME_MAX || name[0] < 'a')
		return error_set(reterr, ERROR_USAGE,
			"the name of a node is a small letter and up to %d small letters, digits or _",
			NODE_NAME_MAX - 1);
	for (size_t i = 0; i < nodes->n; i++)
		if (strcmp(nodes->nodes[i].name, name) == 0)
			return error_set(reterr, ERROR_USAGE,
				"there is a node \"%s\" already; `cadastre db node list` lists them",
				name);
	if (nodes->n >= NODES_MAX)
		return error_set(
			reterr, ERROR_USAGE, "a register has at most %d nodes", NODES_MAX);
	return 0;
}

/* An empty database, or one that an attempt to add it left behind. */
static int check_candidate(struct nodes *nodes, struct db *db, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *mine = NULL, *its = NULL, *empty = NULL,
						    *here = NULL, *there = NULL;
	int r = db_run(nodes->inv->db, &query_node_self, DB_NO_VALUES, &mine, reterr);

	if (r == 0)
		r = db_run(db, &query_node_self, DB_NO_VALUES, &its, reterr);
	if (r == 0)
		r = db_run(db, &query_node_empty, DB_NO_VALUES, &empty, reterr);
	if (r == 0)
		r = db_run(nodes->inv->db, &query_node_alike, DB_NO_VALUES, &here, reterr);
	if (r == 0)
		r = db_run(db, &query_node_alike, DB_NO_VALUES, &there, reterr);
	if (r < 0)
		return r;
	if (strcmp(db_get_text(its, 0, 0), db_get_text(mine, 0, 0)) == 0 &&
		nodes_find(nodes, db_get_text(its, 0, 1)))
		return error_set(reterr, ERROR_DATABASE,
			"the database at %s is node \"%s\" already", db_where(db),
			db_get_text(its, 0, 1));
	if (!db_get_bool(empty, 0, 0) || db_get_bool(empty, 0, 1) ||
		(strcmp(db_get_text(its, 0, 1), NODE_HOME) != 0 &&
			strcmp(db_get_text(its, 0, 0), db_get_text(mine, 0, 0)) != 0))
		return error_set(reterr, ERROR_DATABASE,
			"the database at %s is in use by a register already; name an empty one",
			db_where(db));
	if (strcmp(db_get_text(here, 0, 0), db_get_text(there, 0, 0)) != 0)
		return error_set(reterr, ERROR_DATABASE,
			"the database at %s sorts text by \"%s\", the register by \"%s\"; make it "
			"with the register's locale (createdb --locale, --template template0)",
			db_where(db), db_get_text(there, 0, 0), db_get_text(here, 0, 0));
	return 0;
}

static int adopt(struct nodes *nodes, const char *name, struct db *db, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *free_ = NULL, *mine = NULL;
	int schema, r = db_run(db, &query_node_lock_try, DB_NO_VALUES, &free_, reterr);

	if (r < 0)
		return r;
	if (!db_get_bool(free_, 0, 0))
		return error_set(reterr, ERROR_USAGE,
			"the database at %s is the register's own, or its nodes are being changed",
			db_where(db));
	r = db_migrate(db, &schema, reterr);
	if (r == 0)
		r = check_candidate(nodes, db, reterr);
	if (r == 0)
		r = db_run(nodes->inv->db, &query_node_self, DB_NO_VALUES, &mine, reterr);
	return r < 0 ? r
		     : db_run(db, &query_node_adopt,
			       DB_VALUES(db_text(db_get_text(mine, 0, 0)), db_text(name)), NULL,
			       reterr);
}

/* One transaction at home. */
static int record(struct inventory *inv, const char *name, const char *conninfo,
	struct db *node, struct error *reterr)
{
	_cleanup_(db_rollbackp) struct db *transaction = inv->db;
	struct parameters p = {.conninfo = STR_INIT(NODE_CONNINFO_MAX),
		.inv = inv,
		.name = name,
		.reterr = reterr};
	char object[NODE_NAME_MAX + 16];
	int r = db_begin(inv->db, reterr);

	if (r == 0)
		r = db_run(inv->db, &query_node_add, DB_VALUES(db_text(name)), NULL, reterr);
	if (r == 0)
		r = db_conninfo_read(conninfo, take_parameter, &p, reterr);
	if (r == 0 && !p.has_user)
		r = take_parameter(&p, "user", db_user(node));
	if (r == 0 && !p.has_timeout)
		r = take_parameter(&p, "connect_timeout", CONNECT_TIMEOUT_S);
	if (r == 0)
		r = db_run(inv->db, &query_node_build, DB_NO_VALUES, NULL, reterr);
	snprintf(object, sizeof(object), "node %s", name);
	if (r == 0)
		r = trail_add(inv, "node.add", object, p.conninfo.data, reterr);
	str_done(&p.conninfo);
	return r < 0 ? r : db_commit(transaction, reterr);
}

int inventory_node_add(struct inventory *inv, const char *name, const char *conninfo,
	struct error *reterr)
{
	_cleanup_(nodes_done) struct nodes nodes = {0};
	_cleanup_(db_freep) struct db *db = NULL;
	struct parameters p = {.conninfo = STR_INIT(NODE_CONNINFO_MAX), .reterr = reterr};
	int r = nodes_load(inv, &nodes, reterr);

	if (r == 0)
		r = check_name(&nodes, name, reterr);
	if (r == 0)
		r = db_conninfo_read(conninfo, take_parameter, &p, reterr);
	if (r == 0 && !p.has_timeout)
		r = take_parameter(&p, "connect_timeout", CONNECT_TIMEOUT_S);
	if (r == 0)
		r = nodes_lock(&nodes, reterr);
	if (r == 0) {
		r = db_open(p.conninfo.data, &db, reterr);
		if (r == 0)
			r = adopt(&nodes, name, db, reterr);
		if (r < 0)
			error_wrap(reterr, r, "node \"%s\"", name);
	}
	str_done(&p.conninfo);
	if (r == 0)
		r = record(inv, name, conninfo, db, reterr);
	if (r < 0)
		return r;
	inv->n_nodes = (int)nodes.n;
	return db_run(inv->db, &query_node_route, DB_NO_VALUES, NULL, reterr);
}

int inventory_node_remove(struct inventory *inv, const char *name, struct error *reterr)
{
	_cleanup_(nodes_done) struct nodes nodes = {0};
	_cleanup_(db_rollbackp) struct db *transaction = inv->db;
	char object[NODE_NAME_MAX + 16];
	struct node *node;
	int r = nodes_load(inv, &nodes, reterr);

	if (r == 0)
		r = nodes_lock(&nodes, reterr);
	if (r < 0)
		return r;
	node = nodes_find(&nodes, name);
	if (!node || node == &nodes.nodes[0])
		return error_set(reterr, ERROR_USAGE,
			"there is no node \"%.64s\"; `cadastre db node list` lists them", name);
	if (node->n_buckets)
		return error_set(reterr, ERROR_USAGE,
			"node \"%s\" owns buckets %s; move them to another node first", name,
			node->buckets);
	r = db_begin(inv->db, reterr);
	if (r == 0)
		r = db_run(inv->db, &query_node_forget, DB_VALUES(db_text(name)), NULL, reterr);
	if (r == 0)
		r = db_run(inv->db, &query_node_build, DB_NO_VALUES, NULL, reterr);
	snprintf(object, sizeof(object), "node %s", name);
	if (r == 0)
		r = trail_add(inv, "node.remove", object, "", reterr);
	return r < 0 ? r : db_commit(transaction, reterr);
}

/* ---- listing ----------------------------------------------------------------------------- */

static int list_node(struct nodes *nodes, struct node *node,
	int (*row)(void *context, const struct node_row *node), void *context)
{
	struct error why = {0};
	struct node_row out = {.name = node->name,
		.where = node->conninfo ? node->conninfo : "",
		.buckets = node->buckets,
		.state = "answers",
		.n_buckets = node->n_buckets};
	_cleanup_(db_result_freep) struct db_result *assets = NULL;
	int r = nodes_connect(nodes, node, false, &why);

	if (r == 0)
		r = db_run(node->db, &query_node_assets, DB_NO_VALUES, &assets, &why);
	if (r < 0)
		out.state = why.text;
	else
		out.assets = db_get_int(assets, 0, 0);
	return row(context, &out);
}

int inventory_node_list(struct inventory *inv,
	int (*row)(void *context, const struct node_row *node), void *context,
	struct error *reterr)
{
	_cleanup_(nodes_done) struct nodes nodes = {0};
	int r = nodes_load(inv, &nodes, reterr);

	for (size_t i = 0; r == 0 && i < nodes.n; i++)
		r = list_node(&nodes, &nodes.nodes[i], row, context);
	return r;
}
