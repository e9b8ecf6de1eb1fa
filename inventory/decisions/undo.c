/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking a decision back, whether a person's or the program's. Undoing is a decision of its own
 * with the opposite effect, so that it can be undone as well:
 *
 * - What was merged is itself again: what it had when it was merged and the other still has, as it
 *   is now; what both had, as it was; and what was learnt since at its addresses and by its keys.
 *   What ended since stays ended. History says what that is: the rows that the merge ended.
 * - What was split is merged again. Retired is revived, revived is retired.
 *
 * A row takes back a person's decision by naming it in `undoes`. Where that row itself took back a
 * person's decision, `undoes` stays empty: the first decision counts again in full.
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
			"there is no decision %" PRId64 "; `cadastre asset decisions` shows those "
			"there are", id);
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
	int r = db_run(act->inv->db, &query_decision_in_the_way, DB_VALUES(db_int(d->id)), &rows,
		act->reterr);
	char pair[64] = "";
	int64_t other;

	if (r < 0 || db_rows(rows) == 0)
		return r;
	other = db_get_int(rows, 0, 3);
	if (other)
		snprintf(pair, sizeof(pair), " and asset %" PRId64, other);
	return error_set(act->reterr, ERROR_INPUT,
		"decision %" PRId64 " cannot be undone while a later one stands on it: %s of asset "
		"%" PRId64 "%s; undo that first: `cadastre asset undo %" PRId64 " --reason TEXT`",
		d->id, db_get_text(rows, 0, 1), db_get_int(rows, 0, 2), pair,
		db_get_int(rows, 0, 0));
}

static int check(struct act *act, const struct decision *d)
{
	if (d->undone)
		return error_set(act->reterr, ERROR_INPUT,
			"decision %" PRId64 " is not in force any more: undone by %.100s, %.300s",
			d->id, d->undone_by.data, d->undone_why.data);
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
		{&query_decision_restore_key, "tfsdr"},
		{&query_decision_restore_fact, "tfsdr"},
		{&query_decision_restore_link, "tfsdr"},
		{&query_decision_move_key, "ftras"},
		{&query_decision_move_address, "ftra"},
		{&query_decision_move_name, "ftra"},
		{&query_decision_move_service, "ftra"},
		{&query_decision_move_fact, "ftra"},
		{&query_decision_move_hop, "ftra"},
		{&query_decision_heal_key, "tfr"},
		{&query_decision_heal_fact, "tfr"},
		{&query_decision_heal_link, "tfr"},
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
		DB_VALUES(db_int(act->to), db_int(act->from), db_int(act->since),
			db_int(act->direct)),
		&addresses, act->reterr);

	if (r < 0)
		return r;
	str_adds(&act->addresses, db_get_text(addresses, 0, 0));
	if (act->addresses.failed)
		return error_set(act->reterr, ERROR_SYSTEM,
			"no memory for the addresses of asset %" PRId64 ", or more than %u bytes of "
			"them", act->to, DECISION_ADDRESSES_MAX);
	act->some = true;
	return act_steps(act, steps, ARRAY_SIZE(steps));
}

/* d NULL: a merge of the program that has no row. */
static int part(struct act *act, const struct decision *d, const struct party *alias,
	int64_t direct, int64_t merge_run)
{
	int r;

	if (!alias->merged_into)
		return error_set(act->reterr, ERROR_INTERNAL,
			"asset %" PRId64 " was merged by a decision in force and is no alias",
			alias->id);
	act->kind = "split";
	act->asset = act->from = alias->merged_into;
	act->other = act->to = alias->id;
	act->since = merge_run;
	act->direct = direct;
	r = act_open(act, true);
	if (r == 0 && d)
		r = mark_undone(act, d);
	return r < 0 ? r : act_part(act);
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
	return r < 0 ? r : act_join(act);
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
	_cleanup_(party_done) struct party alias = {0};
	int r = check(act, d);

	if (r < 0)
		return r;
	act->realm = d->realm;
	act->undoes = d->undoes_manual ? 0 : d->id;
	if (strcmp(d->kind, "merge") == 0) {
		r = act_load(act, d->asset, &alias);
		if (r == 1)
			return error_set(act->reterr, ERROR_INTERNAL,
				"decision %" PRId64 " is on asset %" PRId64 ", which is not there",
				d->id, d->asset);
		return r < 0 ? r : part(act, d, &alias, d->other, d->run);
	}
	if (strcmp(d->kind, "split") == 0)
		return d->run ? join_again(act, d) : forget(act, d);
	return turn(act, d);
}

int inventory_decision_undo(struct inventory *inv, int64_t id, const struct decision_words *words,
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
		return part(act, NULL, alias, alias->merged_into, alias->merge_run);
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
