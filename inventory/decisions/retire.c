/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Retiring and reviving: a state with its reason. A retired asset keeps everything it has; it
 * is out of the lists and off the maps until a person revives it, whatever answers.
 */
#include "inventory/decisions/act.h"

#include "inventory/store/queries.h"

#include <inttypes.h>
#include <string.h>

int act_retire(struct act *act)
{
	static const struct act_step steps[] = {
		{&query_decision_retire_fact, "fr"},
		{&query_decision_retire, "f"},
	};

	act->from = act->asset;
	return act_steps(act, steps, ARRAY_SIZE(steps));
}

int act_revive(struct act *act)
{
	static const struct act_step steps[] = {
		{&query_decision_revive_fact, "fr"},
		{&query_decision_state, "f"},
	};

	act->from = act->asset;
	return act_steps(act, steps, ARRAY_SIZE(steps));
}

/* The decision in force that this one answers is not in force any more. */
static int end_earlier(struct act *act, const char *kind)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	char why[64];
	int r = db_run(act->inv->db, &query_decision_of,
		DB_VALUES(db_int(act->asset), db_text(kind)), &rows, act->reterr);

	if (r < 0 || db_rows(rows) == 0)
		return r;
	snprintf(why, sizeof(why), "by decision %" PRId64, act->id);
	return db_run(act->inv->db, &query_decision_undone,
		DB_VALUES(db_int(db_get_int(rows, 0, 0)), db_time(act->now_us),
			db_text(act->by.data), db_text(why)),
		NULL, act->reterr);
}

static int check(struct act *act, const struct party *party, bool retire)
{
	bool is_retired = strcmp(party->state.data, "retired") == 0;

	if (is_retired != retire)
		return 0;
	return error_set(act->reterr, ERROR_INPUT, "asset %" PRId64 " (%.100s) is %s",
		party->id, party->name.data, retire ? "retired already" : "not retired");
}

static int decide(struct inventory *inv, const char *asset, bool retire,
	const struct decision_words *words,
	int (*row)(void *context, const struct decision_part *part), void *context,
	struct decision_result *ret_result, struct error *reterr)
{
	_cleanup_(act_done) struct act act = {0};
	_cleanup_(party_done) struct party party = {0};
	int r = act_begin(&act, inv, words, retire ? "retire" : "revive", reterr);

	if (r == 0)
		r = act_find(&act, asset, &party);
	if (r == 0)
		r = check(&act, &party, retire);
	if (r < 0)
		return r;
	act.realm = party.realm;
	act.asset = party.id;
	r = act_open(&act, true);
	if (r == 0)
		r = end_earlier(&act, retire ? "revive" : "retire");
	if (r == 0)
		r = retire ? act_retire(&act) : act_revive(&act);
	return r < 0 ? r : act_finish(&act, row, context, ret_result);
}

int inventory_asset_retire(struct inventory *inv, const char *asset,
	const struct decision_words *words,
	int (*row)(void *context, const struct decision_part *part), void *context,
	struct decision_result *ret_result, struct error *reterr)
{
	return decide(inv, asset, true, words, row, context, ret_result, reterr);
}

int inventory_asset_revive(struct inventory *inv, const char *asset,
	const struct decision_words *words,
	int (*row)(void *context, const struct decision_part *part), void *context,
	struct decision_result *ret_result, struct error *reterr)
{
	return decide(inv, asset, false, words, row, context, ret_result, reterr);
}
