/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two assets are one: all that is open at the one ends there and goes on at the other, whose
 * alias it is from then on. What both have stays as the other has it. Nothing is deleted, so
 * that act_part() can give everything back.
 */
#include "inventory/decisions/act.h"

#include "common/text.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <string.h>

/* Bytes of why an asset is an alias; others' reasons may be longer than ours. */
#define WHY_MAX 8192

int act_join(struct act *act, int64_t id, const char *by, const char *reason)
{
	/* States are compared before the rows of the assets are joined. */
	static const struct act_step steps[] = {
		{&query_decision_state_end, "ftr"},
		{&query_decision_joined, "ft"},
		{&query_decision_move_address, "ftra"},
		{&query_decision_move_name, "ftra"},
		{&query_decision_move_key_sighting, "ftra"},
		{&query_decision_move_service, "ftra"},
		{&query_decision_move_key, "ftras"},
		{&query_decision_move_fact, "ftra"},
		{&query_decision_move_hop, "ftra"},
		{&query_decision_move_link, "ftr"},
	};
	_cleanup_(str_done) struct str why = STR_INIT(WHY_MAX);
	int r = act_steps(act, steps, ARRAY_SIZE(steps));

	/* What is too long is cut: the decision itself says it all. */
	str_addf(&why, "decision %" PRId64 " by ", id);
	text_clean(&why, by, strlen(by), DECISION_BY_MAX);
	str_adds(&why, ": ");
	text_clean(&why, reason, strlen(reason), WHY_MAX - why.len);
	return r < 0 ? r
		     : db_run(act->inv->db, &query_decision_alias,
			       DB_VALUES(db_int(act->from), db_int(act->to), db_int(act->run),
				       db_text(why.data)),
			       NULL, act->reterr);
}

static int check_state(struct act *act, const struct party *party)
{
	if (strcmp(party->state.data, "retired") != 0)
		return 0;
	return error_set(act->reterr, ERROR_INPUT,
		"asset %" PRId64
		" (%.100s) is retired; revive it first: `cadastre asset revive "
		"%" PRId64 " --reason TEXT`",
		party->id, party->name.data, party->id);
}

static int check_pair(struct act *act, const struct party *asset, const struct party *into)
{
	int r;

	if (asset->id == into->id)
		return error_set(act->reterr, ERROR_INPUT,
			"both names lead to asset %" PRId64 " (%.100s): it is one already",
			asset->id, asset->name.data);
	if (asset->realm != into->realm)
		return error_set(act->reterr, ERROR_INPUT,
			"asset %" PRId64 " is of realm \"%.60s\" and asset %" PRId64
			" of realm "
			"\"%.60s\": equal addresses of two realms are different things, so "
			"they cannot be merged",
			asset->id, asset->realm_name.data, into->id, into->realm_name.data);
	r = check_state(act, asset);
	return r < 0 ? r : check_state(act, into);
}

static int settle(struct act *act)
{
	char why[64];

	snprintf(why, sizeof(why), "answered by decision %" PRId64, act->id);
	return db_run(act->inv->db, &query_decision_settle,
		DB_VALUES(db_int(act->asset), db_int(act->other), db_time(act->now_us),
			db_text(act->by.data), db_text(why)),
		NULL, act->reterr);
}

int inventory_asset_merge(struct inventory *inv, const char *asset, const char *into,
	const struct decision_words *words,
	int (*row)(void *context, const struct decision_part *part), void *context,
	struct decision_result *ret_result, struct error *reterr)
{
	_cleanup_(act_done) struct act act = {0};
	_cleanup_(party_done) struct party one = {0}, two = {0};
	int r = act_begin(&act, inv, words, "merge", reterr);

	if (r == 0)
		r = act_find(&act, asset, &one);
	if (r == 0)
		r = act_find(&act, into, &two);
	if (r == 0)
		r = check_pair(&act, &one, &two);
	if (r < 0)
		return r;
	act.realm = one.realm;
	act.asset = act.from = one.id;
	act.other = act.to = two.id;
	r = db_run(inv->db, &query_decision_against, DB_VALUES(db_int(one.id), db_int(two.id)),
		&act.against, reterr);
	if (r == 0)
		r = act_open(&act, true);
	if (r == 0)
		r = settle(&act);
	if (r == 0)
		r = act_join(&act, act.id, act.by.data, act.reason.data);
	return r < 0 ? r : act_finish(&act, row, context, ret_result);
}
