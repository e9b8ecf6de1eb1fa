/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filing at all nodes; see spread.h. The nodes work at the same time, each in a thread with its
 * own session; rows go from one to another through this program. The node "home" has a second
 * session of its own, so that it is a node like the others.
 */
#include "inventory/nodes/spread.h"

#include "inventory/identity/decide.h"
#include "inventory/nodes/nodes.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <pthread.h>
#include <string.h>

/* What only home stages: its own batch number beside the one of the nodes' parts. */
#define BATCH_ALL (1LL << BATCH_BITS)

/* So many nodes are given their parts at the same time. */
#define SOURCES 4

struct spread {
	struct nodes nodes;
	struct inventory *inv, *twin; /* the twin's session is that of node "home" */
	struct db *dbs[NODES_MAX];    /* by node */
	int64_t batch;
	bool held, locked;
	bool analyzed; /* the planners know what the nodes have staged */
};

/* One node's part of one filing. */
struct part {
	struct spread *spread;
	struct node *node;
	struct db *db;
	struct db *source; /* a session at home */
	const struct spread_filing *what;
	struct filing how;
	struct intake_result counts;
	bool done; /* filed by an earlier attempt */
	int r;
	struct error error;
	pthread_t thread;
	bool started;
};

/* ---- sessions ---------------------------------------------------------------------------- */

static int set_number(struct db *db, const char *name, int64_t value, struct error *reterr)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	return db_run(
		db, &query_node_set, DB_VALUES(db_text(name), db_text(text)), NULL, reterr);
}

static int set_batches(struct spread *spread, struct db *db, struct error *reterr)
{
	int r = set_number(db, "batch", spread->batch, reterr);

	return r < 0 ? r : set_number(db, "batch_all", spread->batch | BATCH_ALL, reterr);
}

static int set_owned(struct db *db, const struct node *node, struct error *reterr)
{
	return db_run(db, &query_node_set, DB_VALUES(db_text("owned"), db_text(node->set)),
		NULL, reterr);
}

static int give_reference(struct spread *spread, struct db *db, struct error *reterr)
{
	_cleanup_(db_rollbackp) struct db *transaction = db;
	int r = db_begin(db, reterr);

	if (r == 0)
		r = db_run(db, &query_node_incoming, DB_NO_VALUES, NULL, reterr);
	if (r == 0)
		r = db_copy_through(spread->inv->db, &query_node_copy_reference, db,
			&query_node_copy_in, NULL, reterr);
	if (r == 0)
		r = db_run(db, &query_node_take_reference, DB_NO_VALUES, NULL, reterr);
	return r < 0 ? r : db_commit(transaction, reterr);
}

static int open_node(struct spread *spread, size_t i, struct error *reterr)
{
	struct node *node = &spread->nodes.nodes[i];
	int r = 0;

	if (i == 0) {
		r = inventory_connect(spread->inv->dsn, &spread->twin, reterr);
		if (r < 0)
			return r;
		spread->dbs[0] = spread->twin->db;
		return set_batches(spread, spread->dbs[0], reterr);
	}
	r = nodes_connect(&spread->nodes, node, false, reterr);
	if (r < 0)
		return r;
	spread->dbs[i] = node->db;
	r = give_reference(spread, node->db, reterr);
	if (r == 0)
		r = set_batches(spread, node->db, reterr);
	return r < 0 ? error_wrap(reterr, r, "node \"%s\"", node->name) : 0;
}

int spread_open(
	struct inventory *inv, int64_t batch, struct spread **ret_spread, struct error *reterr)
{
	_cleanup_(spread_freep) struct spread *spread = calloc(1, sizeof(*spread));
	int r;

	if (!spread)
		return error_set(
			reterr, ERROR_SYSTEM, "no memory for the nodes of the register");
	spread->inv = inv;
	spread->batch = batch;
	r = db_run(inv->db, &query_node_writer_lock, DB_NO_VALUES, NULL, reterr);
	spread->held = r == 0;
	if (r == 0)
		r = nodes_load(inv, &spread->nodes, reterr);
	if (r == 0)
		r = db_run(inv->db, &query_node_home, DB_NO_VALUES, NULL, reterr);
	if (r == 0)
		r = set_batches(spread, inv->db, reterr);
	for (size_t i = 0; r == 0 && i < spread->nodes.n; i++)
		r = open_node(spread, i, reterr);
	if (r < 0)
		return r;
	*ret_spread = STEAL(spread);
	return 0;
}

/* On lost connections the servers have given the locks up by themselves. */
void spread_free(struct spread *spread)
{
	if (!spread)
		return;
	db_rollback(spread->inv->db);
	if (spread->locked)
		db_run(spread->inv->db, &query_node_filing_unlock, DB_NO_VALUES, NULL, NULL);
	if (spread->held)
		db_run(spread->inv->db, &query_node_writer_unlock, DB_NO_VALUES, NULL, NULL);
	db_run(spread->inv->db, &query_node_route, DB_NO_VALUES, NULL, NULL);
	nodes_done(&spread->nodes);
	inventory_free(spread->twin);
	free(spread);
}

struct stage_route spread_route(const struct spread *spread)
{
	return (struct stage_route){.home = spread->inv->db,
		.batch_all = spread->batch | BATCH_ALL,
		.batch = spread->batch,
		.nodes = spread->dbs,
		.n_nodes = spread->nodes.n,
		.node_of = spread->nodes.owners.node};
}

int spread_lock(struct spread *spread, struct error *reterr)
{
	int r = db_run(spread->inv->db, &query_node_filing_lock, DB_NO_VALUES, NULL, reterr);

	spread->locked = r == 0;
	return r;
}

/* ---- rows from node to node -------------------------------------------------------------- */

struct pipe {
	const struct query *out, *in;
};

static int copy_all(struct db *from, struct db *to, const struct pipe *pipes, size_t n,
	struct error *reterr)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = db_copy_through(from, pipes[i].out, to, pipes[i].in, NULL, reterr);
	return r;
}

/* ---- the decision ------------------------------------------------------------------------ */

int spread_pending(
	struct spread *spread, struct spread_filing *ret_filing, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *found = NULL;
	int r = db_run(spread->inv->db, &query_node_filing_find, DB_NO_VALUES, &found, reterr);

	if (r < 0 || db_rows(found) == 0)
		return r < 0 ? r : 1;
	*ret_filing = (struct spread_filing){.run = db_get_int(found, 0, 1),
		.truncated = db_get_bool(found, 0, 2),
		.assets_new = (uint64_t)db_get_int(found, 0, 3),
		.merges = db_get_int(found, 0, 4) > 0,
		.home_facts = db_get_int(found, 0, 5),
		.splits = db_get_int(found, 0, 6) > 0};
	snprintf(
		ret_filing->bundle, sizeof(ret_filing->bundle), "%s", db_get_text(found, 0, 0));
	return db_run(spread->inv->db, &query_node_decision_load,
		DB_VALUES(db_int(spread->batch | BATCH_ALL)), NULL, reterr);
}

/* Where much is staged, the planners of all nodes are told of it while home fetches what they
 * know. */
struct teller {
	struct db *db;
	pthread_t thread;
	bool started;
	int r;
	struct error error;
};

static void *teller_thread(void *context)
{
	struct teller *teller = context;

	teller->r = db_run(
		teller->db, &query_intake_analyze, DB_NO_VALUES, NULL, &teller->error);
	return NULL;
}

static int tell_planners(
	struct spread *spread, struct teller tellers[NODES_MAX], struct error *reterr)
{
	for (size_t i = 0; i < spread->nodes.n; i++) {
		tellers[i] = (struct teller){.db = spread->dbs[i]};
		tellers[i].started = pthread_create(&tellers[i].thread, NULL, teller_thread,
					     &tellers[i]) == 0;
		if (!tellers[i].started)
			return error_set(reterr, ERROR_SYSTEM,
				"cannot start a thread for a node");
	}
	return 0;
}

static int tellers_wait(
	struct spread *spread, struct teller tellers[NODES_MAX], struct error *reterr)
{
	int r = 0;

	for (size_t i = 0; i < spread->nodes.n; i++) {
		if (tellers[i].started)
			pthread_join(tellers[i].thread, NULL);
		if (r == 0 && tellers[i].r < 0)
			r = error_set(reterr, tellers[i].r, "node \"%s\": %s",
				spread->nodes.nodes[i].name, tellers[i].error.text);
	}
	return r;
}

/* What all nodes know, fetched once; from here on the decision reads that. */
static int fetch_known(struct db *db, int64_t realm, struct error *reterr)
{
	static const struct query *const of_realm[] = {&query_node_known_addresses,
		&query_node_known_keys, &query_node_known_sightings, &query_node_known_assets,
		&query_node_known_facts};
	static const struct query *const then[] = {&query_node_known_staged,
		&query_node_known_ports, &query_node_known};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(of_realm); i++)
		r = db_run(db, of_realm[i], DB_VALUES(db_int(realm)), NULL, reterr);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(then); i++)
		r = db_run(db, then[i], DB_NO_VALUES, NULL, reterr);
	return r;
}

/* Services and ports are staged at the nodes. The decision needs few of them: of addresses that
 * say nothing where many do, and of those that do not show what they showed. */
static int fetch_staged(struct spread *spread, int64_t batch, struct error *reterr)
{
	static const struct pipe ask = {&query_node_out_wanted, &query_node_in_wanted};
	static const struct pipe answers[] = {
		{&query_node_out_wanted_service, &query_node_in_wanted_service},
		{&query_node_out_wanted_port, &query_node_in_wanted_port}};
	_cleanup_(db_result_freep) struct db_result *wanted = NULL;
	struct db *db = spread->inv->db;
	size_t n = spread->nodes.n;
	int r = db_run(db, &query_node_wanted, DB_VALUES(db_int(batch)), &wanted, reterr);

	for (size_t i = 0; r == 0 && db_affected(wanted) && i < n; i++) {
		r = copy_all(db, spread->dbs[i], &ask, 1, reterr);
		if (r == 0)
			r = copy_all(spread->dbs[i], db, answers, ARRAY_SIZE(answers), reterr);
	}
	if (r == 0)
		r = db_run(db, &query_node_known_services, DB_VALUES(db_int(batch)), NULL,
			reterr);
	return r < 0 ? r : db_run(db, &query_node_known_index, DB_NO_VALUES, NULL, reterr);
}

/* Rows of an address are staged where the hash of it says. */
static bool is_elsewhere(const struct spread *spread, const struct addr *addr, int64_t bucket)
{
	const uint8_t *node_of = spread->nodes.owners.node;

	return node_of[identity_bucket(addr)] != node_of[bucket];
}

static int bucket_at(const struct db_result *rows, size_t i, int64_t bucket, struct addr *ret,
	struct error *reterr)
{
	if (db_get_addr(rows, i, 0, ret) && bucket >= 0 && bucket < ASSET_BUCKETS)
		return 0;
	return error_set(reterr, ERROR_INTERNAL, "\"%s\" is no address of an asset",
		db_get_text(rows, i, 0));
}

/* Addresses of which rows are staged at another node than that of their asset. */
static int note_elsewhere(struct spread *spread, int64_t batch, struct error *reterr)
{
	_cleanup_(db_copy_freep) struct db_copy *copy = NULL;
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct db *db = spread->inv->db;
	int r = db_run(db, &query_node_owners, DB_VALUES(db_int(batch)), &rows, reterr);

	if (r == 0)
		r = db_copy_new(db, &query_node_in_elsewhere, &copy, reterr);
	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		int64_t asset = db_get_int(rows, i, 1);
		struct addr addr;

		r = bucket_at(rows, i, asset >> ASSET_COUNTER_BITS, &addr, reterr);
		if (r < 0 || !is_elsewhere(spread, &addr, asset >> ASSET_COUNTER_BITS))
			continue;
		db_copy_row(copy, 3);
		db_copy_int8(copy, batch);
		db_copy_addr(copy, &addr);
		db_copy_int8(copy, asset);
		r = db_copy_end_row(copy, reterr);
	}
	return r < 0 ? r : db_copy_flush(copy, reterr);
}

static int fetch(struct spread *spread, const struct spread_filing *filing, int64_t batch,
	int64_t realm, struct error *reterr)
{
	struct teller *tellers = calloc(NODES_MAX, sizeof(*tellers));
	int r, waited;

	if (!tellers)
		return error_set(
			reterr, ERROR_SYSTEM, "no memory for the nodes of the register");
	r = filing->bulk ? tell_planners(spread, tellers, reterr) : 0;
	if (r == 0)
		r = fetch_known(spread->inv->db, realm, reterr);
	waited = tellers_wait(spread, tellers, r < 0 ? NULL : reterr);
	free(tellers);
	if (r < 0 || waited < 0)
		return r < 0 ? r : waited;
	spread->analyzed = filing->bulk;
	return fetch_staged(spread, batch, reterr);
}

static int keep(struct spread *spread, const struct spread_filing *filing,
	const struct identity_counts *counts, struct error *reterr)
{
	struct db *db = spread->inv->db;
	int r = db_run(db, &query_node_decision_keep,
		DB_VALUES(db_int(spread->batch | BATCH_ALL)), NULL, reterr);

	return r < 0 ? r
		     : db_run(db, &query_node_filing_add,
			       DB_VALUES(db_text(filing->bundle), db_int(filing->run),
				       db_int(filing->truncated),
				       db_int((int64_t)counts->assets_new),
				       db_int((int64_t)counts->merges),
				       db_int((int64_t)counts->splits)),
			       NULL, reterr);
}

int spread_decide(struct spread *spread, struct spread_filing *filing, int64_t realm,
	struct error *reterr)
{
	const int64_t batch = spread->batch | BATCH_ALL;
	struct identity_counts counts = {0};
	struct db *db = spread->inv->db;
	/* What is fetched has no indexes, however small the bundle is. */
	int r = db_run(db, &query_intake_bulk, DB_NO_VALUES, NULL, reterr);

	if (r == 0)
		r = fetch(spread, filing, batch, realm, reterr);
	if (r == 0)
		r = identity_decide(db, batch, realm, false, &counts, reterr);
	if (r == 0)
		r = db_run(db, &query_node_shared_known,
			DB_VALUES(db_int(batch), db_int(realm)), NULL, reterr);
	if (r == 0)
		r = note_elsewhere(spread, batch, reterr);
	if (r == 0 && counts.moved)
		r = db_run(
			db, &query_node_changed_hands, DB_VALUES(db_int(batch)), NULL, reterr);
	if (r == 0)
		r = db_run(db, &query_node_home, DB_NO_VALUES, NULL, reterr);
	filing->assets_new = counts.assets_new;
	filing->merges = counts.merges > 0;
	filing->stayed = !counts.moved && !counts.merges && !counts.splits;
	filing->all_met = filing->stayed && counts.all_met;
	filing->splits = counts.splits > 0;
	filing->home_facts = -1;
	return r < 0 ? r : keep(spread, filing, &counts, reterr);
}

int spread_end(struct spread *spread, const struct spread_filing *filing, struct error *reterr)
{
	struct db *db = spread->inv->db;
	int r = 0;

	if (filing->touched)
		r = db_run(db, &query_node_route, DB_NO_VALUES, NULL, reterr);
	if (r == 0 && filing->touched)
		r = history_members(db, spread->batch | BATCH_ALL, filing->run, reterr);
	if (r == 0)
		r = db_run(db, &query_node_home, DB_NO_VALUES, NULL, reterr);
	return r < 0 ? r : db_run(db, &query_node_filing_end, DB_NO_VALUES, NULL, reterr);
}

/* ---- giving every node its part ---------------------------------------------------------- */

static int look_up(struct part *part, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *row = NULL;
	int r = db_run(part->db, &query_node_filed,
		DB_VALUES(db_text(part->what->bundle), db_int(part->what->run)), &row, reterr);

	if (r < 0 || db_rows(row) == 0)
		return r;
	part->done = true;
	part->counts = (struct intake_result){
		.facts_written = (uint64_t)db_get_int(row, 0, 0),
		.services_new = (uint64_t)db_get_int(row, 0, 1),
		.services_changed = (uint64_t)db_get_int(row, 0, 2),
		.services_gone = (uint64_t)db_get_int(row, 0, 3),
		.assets_seen = (uint64_t)db_get_int(row, 0, 4),
		.assets_quiet = (uint64_t)db_get_int(row, 0, 5)};
	return 0;
}

/* What home decided, as far as it is this node's; who has filed gets it too, to ship from. */
static int give_decision(struct part *part, struct error *reterr)
{
	static const struct pipe pipes[] = {
		{&query_node_out_identity, &query_intake_copy_identity},
		{&query_node_out_endpoints, &query_intake_copy_endpoint},
		{&query_node_out_elsewhere, &query_node_in_elsewhere},
		{&query_node_out_coverage, &query_intake_copy_coverage},
		{&query_node_out_shared, &query_intake_copy_shared},
		{&query_node_out_merge, &query_intake_copy_merge},
		{&query_node_out_merge_far, &query_node_in_merge_far},
		{&query_node_out_split, &query_intake_copy_split},
		{&query_node_out_split_far, &query_node_in_split_far},
		{&query_node_out_note, &query_intake_copy_note},
		{&query_node_out_keys, &query_intake_copy_statement},
		{&query_node_out_key_evidence, &query_intake_copy_evidence}};
	int r = set_owned(part->source, part->node, reterr);

	return r < 0 ? r : copy_all(part->source, part->db, pipes, ARRAY_SIZE(pipes), reterr);
}

static int begin_part(struct part *part, struct error *reterr)
{
	int r = set_number(part->db, "run", part->what->run, reterr);

	if (r == 0)
		r = set_number(part->source, "run", part->what->run, reterr);
	if (r == 0)
		r = set_number(part->db, "realm", part->how.realm, reterr);
	if (r == 0)
		r = db_begin(part->db, reterr);
	if (r == 0)
		r = look_up(part, reterr);
	if (r == 0)
		r = db_run(part->db, &query_node_incoming, DB_NO_VALUES, NULL, reterr);
	if (r == 0 && part->node != &part->spread->nodes.nodes[0]) {
		r = db_copy_through(part->source, &query_node_copy_run, part->db,
			&query_node_copy_in, NULL, reterr);
		if (r == 0)
			r = db_run(part->db, &query_node_run_add, DB_NO_VALUES, NULL, reterr);
	}
	if (r == 0)
		r = give_decision(part, reterr);
	if (r == 0 && part->done)
		r = db_run(part->db, &query_intake_touched,
			DB_VALUES(db_int(part->how.batch), db_int(part->how.run)), NULL,
			reterr);
	return r;
}

/* ---- rows that were staged at one node and are another's --------------------------------- */

/* wrong[x][y]: x staged rows of an address whose asset is y's. */
static int find_wrong(struct spread *spread, bool wrong[NODES_MAX][NODES_MAX],
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	const uint8_t *node_of = spread->nodes.owners.node;
	int r = db_run(spread->inv->db, &query_node_wrong,
		DB_VALUES(db_int(spread->batch | BATCH_ALL)), &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		int64_t bucket = db_get_int(rows, i, 1);
		struct addr addr;

		r = bucket_at(rows, i, bucket, &addr, reterr);
		if (r == 0 && is_elsewhere(spread, &addr, bucket))
			wrong[node_of[identity_bucket(&addr)]][node_of[bucket]] = true;
	}
	return r;
}

static int ship(struct spread *spread, struct part *parts, struct error *reterr)
{
	static const struct pipe pipes[] = {
		{&query_node_ship_service, &query_intake_copy_service},
		{&query_node_ship_port, &query_intake_copy_port},
		{&query_node_ship_statement, &query_intake_copy_statement},
		{&query_node_ship_evidence, &query_intake_copy_evidence}};
	bool wrong[NODES_MAX][NODES_MAX] = {{false}};
	int r = find_wrong(spread, wrong, reterr);

	for (size_t x = 0; x < spread->nodes.n; x++)
		for (size_t y = 0; r == 0 && y < spread->nodes.n; y++) {
			if (x == y || !wrong[x][y] || parts[y].done)
				continue;
			r = set_owned(parts[x].db, parts[y].node, reterr);
			if (r == 0)
				r = copy_all(parts[x].db, parts[y].db, pipes, ARRAY_SIZE(pipes),
					reterr);
			if (r < 0)
				error_wrap(reterr, r, "from node \"%s\" to \"%s\"",
					parts[x].node->name, parts[y].node->name);
		}
	return r;
}

/* ---- merges and splits between nodes ----------------------------------------------------- */

static int take_number(struct db *db, const struct query *query, const struct db_value *values,
	size_t n, uint64_t *add, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *row = NULL;
	int r = db_run(db, query, values, n, &row, reterr);

	if (r == 0)
		*add += (uint64_t)db_get_int(row, 0, 0);
	return r;
}

static int file_far(struct spread *spread, struct part *parts, struct error *reterr)
{
	static const struct pipe pipe = {&query_node_out_far_rows, &query_node_copy_in};
	size_t n = spread->nodes.n;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		if (!parts[i].done)
			r = take_number(parts[i].db, &query_node_far_close,
				DB_VALUES(db_int(spread->batch), db_int(parts[i].what->run)),
				&parts[i].counts.facts_written, reterr);
	for (size_t y = 0; r == 0 && y < n; y++) {
		if (parts[y].done)
			continue;
		for (size_t x = 0; r == 0 && x < n; x++)
			if (x != y)
				r = copy_all(parts[x].db, parts[y].db, &pipe, 1, reterr);
		if (r == 0)
			r = take_number(parts[y].db, &query_node_far_take,
				DB_VALUES(db_text(parts[y].node->set), db_int(spread->batch),
					db_int(parts[y].what->run)),
				&parts[y].counts.facts_written, reterr);
	}
	return r;
}

/* ---- at the same time -------------------------------------------------------------------- */

static int run_facts(struct part *part)
{
	int r = 0;

	if (part->how.bulk)
		r = db_run(part->db,
			part->spread->analyzed ? &query_node_analyze_given
					       : &query_intake_analyze,
			DB_NO_VALUES, NULL, &part->error);
	part->how.part = FILE_FACTS;
	return r < 0 ? r : history_file(part->db, &part->how, &part->counts, &part->error);
}

static int run_summary(struct part *part)
{
	const struct intake_result *n = &part->counts;
	int r;

	part->how.part = FILE_SUMMARY;
	r = history_file(part->db, &part->how, &part->counts, &part->error);
	if (r == 0)
		r = db_run(part->db, &query_node_ledger_add,
			DB_VALUES(db_text(part->what->bundle), db_int(part->what->run),
				db_int((int64_t)n->facts_written),
				db_int((int64_t)n->services_new),
				db_int((int64_t)n->services_changed),
				db_int((int64_t)n->services_gone),
				db_int((int64_t)n->assets_seen),
				db_int((int64_t)n->assets_quiet)),
			NULL, &part->error);
	if (r == 0)
		r = db_commit(part->db, &part->error);
	if (r == 0 && part->how.bulk)
		history_tidy(part->db);
	return r;
}

static void *begin_thread(void *context)
{
	struct part *part = context;

	part->r = begin_part(part, &part->error);
	return NULL;
}

static void *facts_thread(void *context)
{
	struct part *part = context;

	part->r = run_facts(part);
	return NULL;
}

static void *summary_thread(void *context)
{
	struct part *part = context;

	part->r = run_summary(part);
	return NULL;
}

/* Waits for all, also after a failure; the first one is told, with the node's name. */
static int at_once(struct part *parts, size_t n, void *(*work)(void *context),
	struct error *reterr)
{
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		parts[i].started = !parts[i].done &&
				   pthread_create(&parts[i].thread, NULL, work, &parts[i]) == 0;
		if (!parts[i].started && !parts[i].done)
			parts[i].r = error_set(&parts[i].error, ERROR_SYSTEM,
				"cannot start a thread for a node");
	}
	for (size_t i = 0; i < n; i++) {
		if (parts[i].started)
			pthread_join(parts[i].thread, NULL);
		if (r == 0 && parts[i].r < 0)
			r = error_set(reterr, parts[i].r, "node \"%s\": %s",
				parts[i].node->name, parts[i].error.text);
	}
	return r;
}

/* ---- what joins assets ------------------------------------------------------------------- */

/* Links and paths, at home, in a transaction of its own. */
static int file_links(struct spread *spread, struct spread_filing *what, struct part *parts,
	struct error *reterr)
{
	static const struct pipe pipe = {&query_node_out_lost, &query_node_in_lost};
	_cleanup_(db_rollbackp) struct db *home = spread->inv->db;
	struct intake_result counts = {0};
	struct filing how = parts[0].how;
	int r = 0;

	if (what->home_facts >= 0)
		return 0;
	for (size_t i = 0; r == 0 && i < spread->nodes.n; i++)
		r = copy_all(parts[i].db, home, &pipe, 1, reterr);
	how.part = FILE_LINKS;
	how.batch = spread->batch | BATCH_ALL;
	if (r == 0)
		r = db_begin(home, reterr);
	if (r == 0)
		r = history_file(home, &how, &counts, reterr);
	if (r == 0)
		r = db_run(home, &query_node_filing_facts,
			DB_VALUES(db_int((int64_t)counts.facts_written)), NULL, reterr);
	if (r == 0)
		r = db_commit(home, reterr);
	what->home_facts = (int64_t)counts.facts_written;
	return r;
}

/* The paths, by which a node tells who forwards, if it has not these. */
static int give_hops(struct part *part, const char *state, struct error *reterr)
{
	static const struct pipe pipe = {&query_node_out_hops, &query_node_in_hops};
	_cleanup_(db_result_freep) struct db_result *here = NULL;
	struct db *home = part->spread->inv->db;
	int r = db_run(part->db, &query_node_hops_here, DB_NO_VALUES, &here, reterr);

	if (r < 0 || strcmp(db_get_text(here, 0, 0), state) == 0)
		return r;
	r = db_run(part->db, &query_node_hops_clear, DB_NO_VALUES, NULL, reterr);
	if (r == 0)
		r = copy_all(home, part->db, &pipe, 1, reterr);
	return r < 0 ? r
		     : db_run(part->db, &query_node_hops_note, DB_VALUES(db_text(state)), NULL,
			       reterr);
}

static int give_all_hops(struct spread *spread, struct part *parts, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *state = NULL;
	int r = set_number(spread->inv->db, "run", parts[0].what->run, reterr);

	if (r == 0)
		r = db_run(spread->inv->db, &query_node_hops,
			DB_VALUES(db_int(parts[0].what->run)), &state, reterr);
	for (size_t i = 1; r == 0 && i < spread->nodes.n; i++)
		if (!parts[i].done)
			r = give_hops(&parts[i], db_get_text(state, 0, 0), reterr);
	return r;
}

/* ---- the door ---------------------------------------------------------------------------- */

/* Sessions at home are few, and only who files has these. */
static int begin_parts(struct spread *spread, struct part *parts, struct error *reterr)
{
	struct inventory *sources[SOURCES] = {NULL};
	size_t n = spread->nodes.n;
	int r = 0;

	for (size_t i = 0; r == 0 && i < SOURCES && i < n; i++) {
		r = inventory_connect(spread->inv->dsn, &sources[i], reterr);
		if (r == 0)
			r = set_batches(spread, sources[i]->db, reterr);
	}
	for (size_t i = 0; r == 0 && i < n; i += SOURCES) {
		size_t some = n - i < SOURCES ? n - i : SOURCES;

		for (size_t j = 0; j < some; j++)
			parts[i + j].source = sources[j]->db;
		r = at_once(parts + i, some, begin_thread, reterr);
	}
	for (size_t i = 0; i < SOURCES; i++)
		inventory_free(sources[i]);
	return r;
}

static int file_parts(struct spread *spread, struct spread_filing *what, struct part *parts,
	struct error *reterr)
{
	uint64_t touched = 0;
	size_t n = spread->nodes.n;
	int r = set_number(spread->inv->db, "run", what->run, reterr);

	if (r == 0)
		r = begin_parts(spread, parts, reterr);
	if (r == 0)
		r = ship(spread, parts, reterr);
	if (r == 0 && (what->merges || what->splits))
		r = file_far(spread, parts, reterr);
	if (r == 0)
		r = at_once(parts, n, facts_thread, reterr);
	if (r == 0)
		r = file_links(spread, what, parts, reterr);
	if (r == 0)
		r = give_all_hops(spread, parts, reterr);
	if (r == 0)
		r = at_once(parts, n, summary_thread, reterr);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = db_copy_through(parts[i].db, &query_node_out_touched, spread->inv->db,
			&query_node_in_touched, &touched, reterr);
	for (size_t i = 0; i < n; i++)
		db_rollback(parts[i].db);
	what->touched = touched > 0;
	return r;
}

int spread_file(struct spread *spread, struct spread_filing *filing, const struct filing *how,
	struct intake_result *result, struct error *reterr)
{
	struct part *parts = calloc(spread->nodes.n, sizeof(*parts));
	int r;

	if (!parts)
		return error_set(
			reterr, ERROR_SYSTEM, "no memory for the nodes of the register");
	for (size_t i = 0; i < spread->nodes.n; i++) {
		parts[i] = (struct part){.spread = spread,
			.node = &spread->nodes.nodes[i],
			.db = spread->dbs[i],
			.what = filing,
			.how = *how};
		parts[i].how.batch = spread->batch;
		parts[i].how.merges = filing->merges;
		parts[i].how.stayed = filing->stayed;
		parts[i].how.all_met = filing->all_met;
		parts[i].counts.taken = result->taken / spread->nodes.n;
	}
	r = file_parts(spread, filing, parts, reterr);
	result->assets_new = filing->assets_new;
	result->facts_written = (uint64_t)(filing->home_facts > 0 ? filing->home_facts : 0);
	for (size_t i = 0; i < spread->nodes.n; i++) {
		result->facts_written += parts[i].counts.facts_written;
		result->services_new += parts[i].counts.services_new;
		result->services_changed += parts[i].counts.services_changed;
		result->services_gone += parts[i].counts.services_gone;
		result->assets_seen += parts[i].counts.assets_seen;
		result->assets_quiet += parts[i].counts.assets_quiet;
	}
	free(parts);
	return r;
}
