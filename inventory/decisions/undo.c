/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking a decision back, whether a person's or the program's. Undoing is a decision of its own
 * with the opposite effect, so that it can be undone as well:
 *
 * - What was merged is itself again: what it had when it was merged and the other still has, as
 * it is now; what both had, as it was; and what was learnt since at its addresses and by its
 * keys. What ended since stays ended. History says what that is: the rows that the merge ended.
 * - What was split is merged again. Retired is revived, revived is retired.
 *
 * A row takes back a person's decision by naming it in `undoes`. Where that row itself took
 * back a person's decision, `undoes` stays empty: the first decision counts again in full.
 */
#include "inventory/decisions/act.h"

#include "inventory/questions/find.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <string.h>

struct decision {
	int64_t id, realm, asset, other, run;
	char kind[16];
	bool undone, undoes_manual;
	struct str undone_by, undone_why;
};

static void decision_done(struct decision *d)
{
	str_done(&d->undone_by);
	str_done(&d->undone_why);
}

static int load(struct act *act, int64_t id, struct decision *ret)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(act->inv->db, &query_decision_get, DB_VALUES(db_int(id)), &rows,
		act->reterr);

	if (r < 0)
		return r;
	if (db_rows(rows) == 0)
		return error_set(act->reterr, ERROR_INPUT,
			"there is no decision %" PRId64
			"; `cadastre asset decisions` shows those there are",
			id);
	*ret = (struct decision){.id = id, .realm = db_get_int(rows, 0, 1),
		.asset = db_get_int(rows, 0, 3), .other = db_get_int(rows, 0, 4),
		.run = db_get_int(rows, 0, 5), .undone = db_get_bool(rows, 0, 7),
		.undoes_manual = db_get_bool(rows, 0, 11),
		.undone_by = STR_INIT(4096), .undone_why = STR_INIT(8192)};
	snprintf(ret->kind, sizeof(ret->kind), "%s", db_get_text(rows, 0, 2));
	str_adds(&ret->undone_by, db_get_text(rows, 0, 8));
	str_adds(&ret->undone_why, db_get_text(rows, 0, 9));
	return 0;
}

/* ---- may it be undone? ------------------------------------------------------------------ */

static int check_way(struct act *act, const struct decision *d)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(act->inv->db, &query_decision_in_the_way, DB_VALUES(db_int(d->id)),
		&rows, act->reterr);
	char pair[64] = "";
	int64_t other;

	if (r < 0 || db_rows(rows) == 0)
		return r;
	other = db_get_int(rows, 0, 3);
	if (other)
		snprintf(pair, sizeof(pair), " and asset %" PRId64, other);
	return error_set(act->reterr, ERROR_INPUT,
		"decision %" PRId64
		" cannot be undone while a later one stands on it: %s of asset "
		"%" PRId64 "%s; undo that first: `cadastre asset undo %" PRId64
		" --reason TEXT`",
		d->id, db_get_text(rows, 0, 1), db_get_int(rows, 0, 2), pair,
		db_get_int(rows, 0, 0));
}

/* Another one may say the same by now. */
static int not_in_force(struct act *act, const struct decision *d)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	char same[64] = "";
	int r = db_run(act->inv->db, &query_decision_of,
		DB_VALUES(db_int(d->asset), db_text(d->kind)), &rows, act->reterr);

	if (r < 0)
		return r;
	if (db_rows(rows) && db_get_int(rows, 0, 1) == d->other)
		snprintf(same, sizeof(same), "; decision %" PRId64 " says the same now",
			db_get_int(rows, 0, 0));
	return error_set(act->reterr, ERROR_INPUT,
		"decision %" PRId64 " is not in force any more: undone by %.100s, %.300s%s",
		d->id, d->undone_by.data, d->undone_why.data, same);
}

static int check(struct act *act, const struct decision *d)
{
	if (d->undone)
		return not_in_force(act, d);
	if (strcmp(d->kind, "proposal") == 0 || strcmp(d->kind, "conflict") == 0)
		return error_set(act->reterr, ERROR_INPUT,
			"%" PRId64 " is a %s of the program, not a decision; answer it with "
			"`cadastre asset merge` or `cadastre asset split ASSET --apart-from OTHER`",
			d->id, d->kind);
	return check_way(act, d);
}

/* ---- the opposite ------------------------------------------------------------------------ */

static int mark_undone(struct act *act, const struct decision *d)
{
	_cleanup_(str_done) struct str why = STR_INIT(DECISION_REASON_MAX + 64);

	if (act->id != d->id)
		str_addf(&why, "by decision %" PRId64 ": ", act->id);
	str_adds(&why, act->reason.data);
	return db_run(act->inv->db, &query_decision_undone,
		DB_VALUES(db_int(d->id), db_time(act->now_us), db_text(act->by.data),
			db_text(why.data)),
		NULL, act->reterr);
}

int act_part(struct act *act)
{
	static const struct act_step steps[] = {
		{&query_decision_unalias, "t"},
		{&query_decision_realias, "tf"},
		{&query_decision_restore_key, "tfsr"},
		{&query_decision_restore_fact, "tfsr"},
		{&query_decision_restore_link, "tfsr"},
		{&query_decision_move_key, "ftras"},
		{&query_decision_move_address, "ftra"},
		{&query_decision_move_name, "ftra"},
		{&query_decision_move_key_sighting, "ftra"},
		{&query_decision_move_service, "ftra"},
		{&query_decision_move_fact, "ftra"},
		{&query_decision_move_hop, "ftra"},
		{&query_decision_sum_up, "t"},
		{&query_decision_sum_up, "f"},
		{&query_decision_state_again, "tfsr"},
		{&query_decision_state, "t"},
		{&query_decision_state, "f"},
		{&query_decision_path_ended, "ftrm"},
		{&query_decision_path_add, "ftrm"},
	};
	_cleanup_(db_result_freep) struct db_result *addresses = NULL;
	int r = db_run(act->inv->db, &query_decision_restore_address,
		DB_VALUES(db_int(act->to), db_int(act->from), db_int(act->since)), &addresses,
		act->reterr);

	if (r < 0)
		return r;
	str_reset(&act->addresses);
	str_adds(&act->addresses, db_get_text(addresses, 0, 0));
	if (act->addresses.failed)
		return error_set(act->reterr, ERROR_SYSTEM,
			"no memory for the addresses of asset %" PRId64
			", or more than %u bytes of "
			"them; take some out first with `cadastre asset split %" PRId64
			" --address A`",
			act->to, DECISION_ADDRESSES_MAX, act->from);
	act->some = true;
	return act_steps(act, steps, ARRAY_SIZE(steps));
}

/* ---- what was decided since ------------------------------------------------------------- */

/* More later merges than this are not taken back and decided again for the sake of neighbours'
 * links, which the next run tells anew. */
#define LATER_MAX 8

struct later {
	struct db_result *rows; /* the newest first */
};

static void later_done(struct later *later)
{
	db_result_free(later->rows);
}

static int find_later(struct act *act, const struct decision *d, struct later *later)
{
	int r = db_run(act->inv->db, &query_decision_later,
		DB_VALUES(db_int(d->id), db_int(true)), &later->rows, act->reterr);

	if (r < 0 || db_rows(later->rows) <= LATER_MAX)
		return r;
	db_result_free(later->rows);
	later->rows = NULL;
	return db_run(act->inv->db, &query_decision_later,
		DB_VALUES(db_int(d->id), db_int(false)), &later->rows, act->reterr);
}

/* What was merged on top is taken down first, the newest first, so that what a merge did can be
 * told from what it found. */
static int take_down(struct act *act, const struct decision *d, const struct later *later)
{
	char why[96];
	int r = 0;

	snprintf(why, sizeof(why), "and decided again, for decision %" PRId64 " to be undone",
		d->id);
	for (size_t i = 0; r == 0 && i < db_rows(later->rows); i++) {
		_cleanup_(db_result_freep) struct db_result *moved = NULL;

		act->to = db_get_int(later->rows, i, 1);
		act->from = db_get_int(later->rows, i, 2);
		act->since = db_get_int(later->rows, i, 3);
		r = db_run(act->inv->db, &query_decision_undone,
			DB_VALUES(db_int(db_get_int(later->rows, i, 0)), db_time(act->now_us),
				db_text(act->by.data), db_text(why)),
			NULL, act->reterr);
		if (r == 0)
			r = act_open_run(act);
		if (r == 0)
			r = act_part(act);
		if (r == 0)
			r = act_close_run(act, &moved);
	}
	return r;
}

static int decide_again(struct act *act, const struct db_result *rows, size_t i)
{
	_cleanup_(db_result_freep) struct db_result *added = NULL, *moved = NULL;
	int r;

	act->from = db_get_int(rows, i, 1);
	act->to = db_get_int(rows, i, 2);
	act->some = false;
	r = act_open_run(act);
	if (r == 0)
		r = db_run(act->inv->db, &query_decision_add,
			DB_VALUES(db_int(act->realm), db_text("merge"), db_int(act->from),
				db_int(act->to), db_int(act->run),
				db_text(db_get_text(rows, i, 5)),
				db_text(db_get_text(rows, i, 6)),
				db_text(db_get_text(rows, i, 7)), db_null(),
				db_time(act->now_us), db_text(db_get_text(rows, i, 4))),
			&added, act->reterr);
	if (r == 0)
		r = act_join(act, db_get_int(added, 0, 0), db_get_text(rows, i, 5),
			db_get_text(rows, i, 6));
	return r < 0 ? r : act_close_run(act, &moved);
}

/* The runs of these steps are not the decision's own. */
static int put_back(struct act *act, const struct later *later)
{
	int64_t run = act->run;
	int r = 0;

	act->n_again = db_rows(later->rows);
	act->again = true;
	for (size_t i = db_rows(later->rows); r == 0 && i-- > 0;)
		r = decide_again(act, later->rows, i);
	act->again = false;
	act->run = run;
	for (size_t i = 0; r == 0 && i < db_rows(later->rows); i++) {
		r = act_touch(act, db_get_int(later->rows, i, 1));
		if (r == 0)
			r = act_touch(act, db_get_int(later->rows, i, 2));
	}
	return r;
}

static int part_from(struct act *act, int64_t asset, int64_t holder, int64_t merge_run)
{
	act->kind = "split";
	act->asset = act->from = holder;
	act->other = act->to = asset;
	act->since = merge_run;
	return act_open(act, true);
}

static int undo_merge(struct act *act, const struct decision *d)
{
	_cleanup_(later_done) struct later later = {0};
	int r = find_later(act, d, &later);

	if (r < 0)
		return r;
	act->again = true;
	r = take_down(act, d, &later);
	act->again = false;
	if (r == 0)
		r = part_from(act, d->asset, d->other, d->run);
	if (r == 0)
		r = mark_undone(act, d);
	if (r == 0)
		r = act_part(act);
	return r < 0 ? r : put_back(act, &later);
}

static int join_again(struct act *act, const struct decision *d)
{
	int r;

	act->kind = "merge";
	act->asset = act->from = d->other;
	act->other = act->to = d->asset;
	r = db_run(act->inv->db, &query_decision_against,
		DB_VALUES(db_int(act->from), db_int(act->to)), &act->against, act->reterr);
	if (r == 0)
		r = act_open(act, true);
	if (r == 0)
		r = mark_undone(act, d);
	return r < 0 ? r : act_join(act, act->id, act->by.data, act->reason.data);
}

static int turn(struct act *act, const struct decision *d)
{
	bool retire = strcmp(d->kind, "revive") == 0;
	int r;

	act->kind = retire ? "retire" : "revive";
	act->asset = d->asset;
	r = act_open(act, true);
	if (r == 0)
		r = mark_undone(act, d);
	return r < 0 ? r : retire ? act_retire(act) : act_revive(act);
}

/* That two assets are two moved nothing, and does not hold any more. */
static int forget(struct act *act, const struct decision *d)
{
	act->kind = "undo";
	act->asset = d->asset;
	act->other = d->other;
	act->id = d->id;
	return mark_undone(act, d);
}

static int undo(struct act *act, const struct decision *d)
{
	int r = check(act, d);

	if (r < 0)
		return r;
	act->realm = d->realm;
	act->takes_back = d->id;
	act->undoes = d->undoes_manual ? 0 : d->id;
	if (strcmp(d->kind, "merge") == 0)
		return undo_merge(act, d);
	if (strcmp(d->kind, "split") == 0)
		return d->run ? join_again(act, d) : forget(act, d);
	return turn(act, d);
}

int inventory_decision_undo(struct inventory *inv, int64_t id,
	const struct decision_words *words,
	int (*row)(void *context, const struct decision_part *part), void *context,
	struct decision_result *ret_result, struct error *reterr)
{
	_cleanup_(act_done) struct act act = {0};
	_cleanup_(decision_done) struct decision d = {0};
	int r = act_begin(&act, inv, words, "undo", reterr);

	if (r == 0)
		r = load(&act, id, &d);
	if (r == 0)
		r = undo(&act, &d);
	return r < 0 ? r : act_finish(&act, row, context, ret_result);
}

/* ---- by the alias ------------------------------------------------------------------------ */

static int find_alias(
	struct act *act, const char *which, const struct party *asset, struct party *ret)
{
	int64_t id = asset_number(which);
	int r = id ? act_load(act, id, ret) : 1;

	if (r < 0)
		return r;
	if (r == 0 && ret->merged_into == asset->id)
		return 0;
	return error_set(act->reterr, ERROR_INPUT,
		"\"%.64s\" is not the number of an alias of asset %" PRId64 "; `cadastre asset "
		"show %" PRId64 "` shows its aliases", which, asset->id, asset->id);
}

static int undo_alias(struct act *act, const struct party *alias)
{
	_cleanup_(decision_done) struct decision d = {0};
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(act->inv->db, &query_decision_of,
		DB_VALUES(db_int(alias->id), db_text("merge")), &rows, act->reterr);

	if (r < 0)
		return r;
	if (db_rows(rows) == 0) {
		act->realm = alias->realm;
		r = part_from(act, alias->id, alias->merged_into, alias->merge_run);
		return r < 0 ? r : act_part(act);
	}
	r = load(act, db_get_int(rows, 0, 0), &d);
	return r < 0 ? r : undo(act, &d);
}

int inventory_asset_unmerge(struct inventory *inv, const char *asset, const char *alias,
	const struct decision_words *words,
	int (*row)(void *context, const struct decision_part *part), void *context,
	struct decision_result *ret_result, struct error *reterr)
{
	_cleanup_(act_done) struct act act = {0};
	_cleanup_(party_done) struct party one = {0}, other = {0};
	int r = act_begin(&act, inv, words, "split", reterr);

	if (r == 0)
		r = act_find(&act, asset, &one);
	if (r == 0)
		r = find_alias(&act, alias, &one, &other);
	if (r == 0)
		r = undo_alias(&act, &other);
	return r < 0 ? r : act_finish(&act, row, context, ret_result);
}
