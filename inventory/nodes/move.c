/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moving a range of buckets from node to node. In this order, each step kept before the next:
 *
 *   1 home    notes the move
 *   2 target  receives the rows, counted and hashed like those of the source: not yet shown
 *   3 home    changes who owns the range, and with it what questions read: the move has
 * happened 4 source  removes its rows, which nobody reads any more
 *
 * A move that was cut short before step 3 has not happened, and the target's rows go; after it,
 * it has, and the source's go. Either is done before the next move (settle()). Writers of the
 * source wait from step 2 to the end; readers never see a row twice or not at all.
 */
#include "inventory/nodes/nodes.h"
#include "inventory/scope/trail.h"

#include "inventory/store/queries.h"

#include <inttypes.h>
#include <string.h>

#define DIGEST_TEXT_MAX 64

struct move {
	struct nodes *nodes;
	struct node *home, *source, *target;
	struct range range;
	struct owners after;
	int64_t id;
	int64_t rows;
	char digest[DIGEST_TEXT_MAX];
};

#define RANGE_VALUES(range) DB_VALUES(db_int((range)->first), db_int((range)->last))

/* ---- what a move that was cut short has left --------------------------------------------- */

static int settle_at(struct nodes *nodes, struct node *node, const struct range *range,
	struct error *reterr)
{
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	int r = nodes_connect(nodes, node, true, reterr);

	if (r == 0)
		r = db_begin(node->db, reterr);
	if (r < 0)
		return r;
	transaction = node->db;
	r = db_run(node->db, &query_node_clear, RANGE_VALUES(range), NULL, reterr);
	if (r == 0 && node != &nodes->nodes[0])
		r = nodes_serve(nodes, node, &nodes->owners, false, reterr);
	if (r == 0)
		r = db_commit(node->db, reterr);
	return r < 0 ? error_wrap(reterr, r, "cleaning up node \"%s\"", node->name) : 0;
}

/* Who owns the range now keeps it; the other one is cleared of it. */
static int settle(struct nodes *nodes, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *open = NULL;
	struct db *home = nodes->inv->db;
	int r = db_run(home, &query_node_move_open, DB_NO_VALUES, &open, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(open); i++) {
		bool routed = strcmp(db_get_text(open, i, 5), "routed") == 0;
		struct range range = {.first = (int32_t)db_get_int(open, i, 1),
			.last = (int32_t)db_get_int(open, i, 2)};
		struct node *other = nodes_find(nodes, db_get_text(open, i, routed ? 3 : 4));

		if (other)
			r = settle_at(nodes, other, &range, reterr);
		if (r == 0)
			r = db_run(home, &query_node_move_end,
				DB_VALUES(db_int(db_get_int(open, i, 0)),
					db_text(routed ? "done" : "given up")),
				NULL, reterr);
	}
	return r;
}

/* ---- the steps --------------------------------------------------------------------------- */

static int note(struct move *move, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *added = NULL;
	int r = db_run(move->home->db, &query_node_move_begin,
		DB_VALUES(db_int(move->range.first), db_int(move->range.last),
			db_text(move->source->name), db_text(move->target->name)),
		&added, reterr);

	if (r == 0)
		move->id = db_get_int(added, 0, 0);
	return r;
}

static int digest(struct move *move, struct node *node, int64_t *ret_rows,
	char out[DIGEST_TEXT_MAX], struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(node->db, &query_node_digest, RANGE_VALUES(&move->range), &rows, reterr);

	if (r < 0)
		return error_wrap(reterr, r, "node \"%s\"", node->name);
	*ret_rows = db_get_int(rows, 0, 0);
	snprintf(out, DIGEST_TEXT_MAX, "%s", db_get_text(rows, 0, 1));
	return 0;
}

/* Realms first: facts refer to them. */
static int copy_rows(struct move *move, struct error *reterr)
{
	char first[16], last[16];
	int r = db_run(move->target->db, &query_node_incoming, DB_NO_VALUES, NULL, reterr);

	snprintf(first, sizeof(first), "%" PRId32, move->range.first);
	snprintf(last, sizeof(last), "%" PRId32, move->range.last);
	if (r == 0)
		r = db_run(move->source->db, &query_node_choose,
			DB_VALUES(db_text(first), db_text(last)), NULL, reterr);
	if (r == 0 && move->target != move->home)
		r = db_copy_through(move->home->db, &query_node_copy_realms, move->target->db,
			&query_node_copy_in, NULL, reterr);
	if (r == 0)
		r = db_copy_through(move->source->db, &query_node_copy_out, move->target->db,
			&query_node_copy_in, NULL, reterr);
	return r < 0 ? r
		     : db_run(move->target->db, &query_node_take, DB_NO_VALUES, NULL, reterr);
}

/* In open transactions of both: the source's keeps its writers away. */
static int receive(struct move *move, struct error *reterr)
{
	char there[DIGEST_TEXT_MAX];
	int64_t n;
	int r = db_run(move->source->db, &query_node_freeze, DB_NO_VALUES, NULL, reterr);

	if (r == 0)
		r = db_run(move->target->db, &query_node_clear, RANGE_VALUES(&move->range),
			NULL, reterr);
	if (r == 0)
		r = copy_rows(move, reterr);
	if (r == 0)
		r = digest(move, move->source, &move->rows, move->digest, reterr);
	if (r == 0)
		r = digest(move, move->target, &n, there, reterr);
	if (r < 0)
		return r;
	if (n != move->rows || strcmp(there, move->digest) != 0)
		return error_set(reterr, ERROR_DATABASE,
			"node \"%s\" gave %" PRId64 " rows and node \"%s\" holds %" PRId64
			" of them now, or others; nothing was changed; see the logs of both servers",
			move->source->name, move->rows, move->target->name, n);
	return 0;
}

static int write_ranges(struct move *move, struct error *reterr)
{
	struct db *home = move->home->db;
	int r = db_run(home, &query_node_ranges_drop, DB_NO_VALUES, NULL, reterr);

	for (int32_t bucket = 0; r == 0 && bucket < ASSET_BUCKETS;) {
		struct range range = owners_range(&move->after, bucket);

		r = db_run(home, &query_node_range_add,
			DB_VALUES(db_int(range.first), db_int(range.last),
				db_text(move->nodes->nodes[range.node].name)),
			NULL, reterr);
		bucket = range.last + 1;
	}
	return r;
}

/* In the transaction at home, which it ends. */
static int route(struct move *move, struct error *reterr)
{
	struct db *home = move->home->db;
	bool from_home = move->source == move->home;
	char object[64], detail[256];
	int r = write_ranges(move, reterr);

	if (r == 0)
		r = db_run(home, &query_node_build, DB_NO_VALUES, NULL, reterr);
	if (r == 0)
		r = db_run(home, &query_node_move_set,
			DB_VALUES(db_int(move->id), db_text(from_home ? "done" : "routed"),
				db_int(move->rows), db_text(move->digest)),
			NULL, reterr);
	if (r == 0 && from_home)
		r = db_run(home, &query_node_clear, RANGE_VALUES(&move->range), NULL, reterr);
	snprintf(object, sizeof(object), "buckets %" PRId32 "-%" PRId32, move->range.first,
		move->range.last);
	snprintf(detail, sizeof(detail), "from %s to %s, %" PRId64 " rows, digest %s",
		move->source->name, move->target->name, move->rows, move->digest);
	if (r == 0)
		r = trail_add(move->nodes->inv, "node.move", object, detail, reterr);
	return r < 0 ? r : db_commit(home, reterr);
}

/* The source is not home: its rows go, in the transaction that kept writers away. */
static int clear_source(struct move *move, struct error *reterr)
{
	int r = db_run(
		move->source->db, &query_node_clear, RANGE_VALUES(&move->range), NULL, reterr);

	if (r == 0)
		r = nodes_serve(move->nodes, move->source, &move->after, false, reterr);
	if (r == 0)
		r = db_commit(move->source->db, reterr);
	return r < 0 ? r
		     : db_run(move->home->db, &query_node_move_end,
			       DB_VALUES(db_int(move->id), db_text("done")), NULL, reterr);
}

static int begin_all(struct move *move, struct error *reterr)
{
	int r = note(move, reterr);

	/* What it keeps is shown before the other names go. */
	if (r == 0 && move->source != move->home)
		r = nodes_serve(move->nodes, move->source, &move->after, true, reterr);
	if (r == 0)
		r = db_begin(move->source->db, reterr);
	return r < 0 ? r : db_begin(move->target->db, reterr);
}

static int move_piece(struct move *move, struct error *reterr)
{
	int r = begin_all(move, reterr);

	if (r == 0)
		r = receive(move, reterr);
	if (r == 0 && move->target != move->home) {
		r = nodes_serve(move->nodes, move->target, &move->after, true, reterr);
		if (r == 0)
			r = db_commit(move->target->db, reterr);
	}
	if (r == 0 && move->source != move->home && move->target != move->home)
		r = db_begin(move->home->db, reterr);
	if (r == 0)
		r = route(move, reterr);
	if (r == 0 && move->source != move->home)
		r = clear_source(move, reterr);
	if (r == 0 && move->target != move->home)
		r = nodes_serve(move->nodes, move->target, &move->after, false, reterr);
	if (r < 0) {
		db_rollback(move->source->db);
		db_rollback(move->target->db);
		db_rollback(move->home->db);
		return r;
	}
	move->nodes->owners = move->after;
	return 0;
}

/* ---- the door ---------------------------------------------------------------------------- */

/* A bundle that some nodes have filed fits the ranges as they are. */
static int check_filed(struct nodes *nodes, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *found = NULL;
	int r = db_run(nodes->inv->db, &query_node_filing_find, DB_NO_VALUES, &found, reterr);

	if (r < 0 || db_rows(found) == 0)
		return r;
	return error_set(reterr, ERROR_DATABASE,
		"bundle %s is filed by some nodes of the register only; import it again first, "
		"which completes it",
		db_get_text(found, 0, 0));
}

static int move_range(struct nodes *nodes, int32_t first, int32_t last, struct node *target,
	struct node_moved *ret_moved, struct error *reterr)
{
	uint8_t number = (uint8_t)(target - nodes->nodes);
	int32_t at = first;
	struct range piece;
	int r = check_filed(nodes, reterr);

	if (r == 0)
		r = settle(nodes, reterr);
	if (r == 0)
		r = nodes_connect(nodes, target, true, reterr);
	while (r == 0 && owners_piece(&nodes->owners, &at, last, number, &piece)) {
		struct move move = {.nodes = nodes,
			.home = &nodes->nodes[0],
			.source = &nodes->nodes[piece.node],
			.target = target,
			.range = piece,
			.after = nodes->owners};

		owners_give(&move.after, piece.first, piece.last, number);
		r = nodes_connect(nodes, move.source, true, reterr);
		if (r == 0)
			r = move_piece(&move, reterr);
		if (r < 0)
			return error_wrap(reterr, r,
				"moving buckets %" PRId32 "-%" PRId32 " from \"%s\" to \"%s\"",
				piece.first, piece.last, move.source->name, target->name);
		ret_moved->buckets += piece.last - piece.first + 1;
		ret_moved->rows += move.rows;
	}
	return r;
}

int inventory_node_move(struct inventory *inv, const char *buckets, const char *to,
	struct node_moved *ret_moved, struct error *reterr)
{
	_cleanup_(nodes_done) struct nodes nodes = {0};
	struct node_moved moved = {0};
	struct node *target;
	int32_t first, last;
	int r;

	if (!range_parse(buckets, &first, &last))
		return error_set(reterr, ERROR_USAGE,
			"\"%.32s\" is no range of buckets; write FIRST-LAST, of 0 to %d",
			buckets, ASSET_BUCKETS - 1);
	/* The lock comes first: what is loaded stays true. */
	r = db_run(inv->db, &query_node_lock, DB_NO_VALUES, NULL, reterr);
	if (r == 0)
		r = nodes_load(inv, &nodes, reterr);
	nodes.inv = inv;
	nodes.locked = true;
	if (r < 0)
		return r;
	/* Who opened the register before it had nodes has no part in that lock. */
	r = db_run(inv->db, &query_node_filing_lock, DB_NO_VALUES, NULL, reterr);
	nodes.waits = r == 0;
	if (r < 0)
		return r;
	target = nodes_find(&nodes, to);
	if (!target)
		return error_set(reterr, ERROR_USAGE,
			"there is no node \"%.64s\"; `cadastre db node list` lists them", to);
	r = move_range(&nodes, first, last, target, &moved, reterr);
	*ret_moved = moved;
	return r;
}
