/* SPDX-License-Identifier: Apache-2.0 */
/* What all decisions by hand have in common; see act.h. Holds no SQL and prints nothing. */
#include "inventory/decisions/act.h"

#include "common/clock.h"
#include "common/text.h"
#include "inventory/nodes/nodes.h"
#include "inventory/questions/find.h"
#include "inventory/scope/trail.h"
#include "inventory/scope/words.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void party_done(struct party *party)
{
	str_done(&party->name);
	str_done(&party->realm_name);
	str_done(&party->state);
}

int act_begin(struct act *act, struct inventory *inv, const struct decision_words *words,
	const char *kind, struct error *reterr)
{
	int r;

	*act = (struct act){.inv = inv,
		.words = words,
		.reterr = reterr,
		.kind = kind,
		.by = STR_INIT(DECISION_BY_MAX),
		.reason = STR_INIT(DECISION_REASON_MAX),
		.addresses = STR_INIT(DECISION_ADDRESSES_MAX),
		.keys = STR_INIT(DECISION_LIST_MAX),
		.now_us = clock_wall_us()};
	r = words_take(&act->reason, "a decision", "a reason",
		words->dry_run && !words->reason ? "preview" : words->reason,
		DECISION_REASON_MAX, reterr);
	if (r == 0)
		r = words_take(&act->by, "a decision", "the name of who decides",
			words->by ? words->by : inv->actor, DECISION_BY_MAX, reterr);
	if (r == 0)
		r = nodes_refuse(inv, "a decision by hand", reterr);
	if (r == 0)
		r = db_begin(inv->db, reterr);
	if (r < 0)
		return r;
	act->transaction = inv->db;
	return db_run(inv->db, &query_intake_lock, DB_NO_VALUES, NULL, reterr);
}

void act_done(struct act *act)
{
	if (act->transaction)
		db_rollback(act->transaction);
	db_result_free(act->against);
	str_done(&act->by);
	str_done(&act->reason);
	str_done(&act->addresses);
	str_done(&act->keys);
}

/* ---- assets --------------------------------------------------------------------------- */

int act_load(struct act *act, int64_t id, struct party *ret)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(act->inv->db, &query_decision_asset, DB_VALUES(db_int(id)), &rows,
		act->reterr);

	if (r < 0)
		return r;
	if (db_rows(rows) == 0)
		return 1;
	party_done(ret);
	*ret = (struct party){.id = id, .realm = db_get_int(rows, 0, 1),
		.merged_into = db_get_int(rows, 0, 5), .merge_run = db_get_int(rows, 0, 6),
		.realm_name = STR_INIT(1024), .name = STR_INIT(4096), .state = STR_INIT(64)};
	str_adds(&ret->realm_name, db_get_text(rows, 0, 2));
	str_adds(&ret->name, db_get_text(rows, 0, 3));
	str_adds(&ret->state, db_get_text(rows, 0, 4));
	return 0;
}

static int is_alias(struct act *act, const struct party *party)
{
	return error_set(act->reterr, ERROR_INPUT,
		"asset %" PRId64 " is an alias of asset %" PRId64
		"; decide on that one, or take "
		"them apart first: `cadastre asset split %" PRId64 " --undo-of %" PRId64
		" --reason TEXT`",
		party->id, party->merged_into, party->merged_into, party->id);
}

int act_find(struct act *act, const char *which, struct party *ret)
{
	int64_t id = asset_number(which);
	int r = 1;

	if (id) {
		r = act_load(act, id, ret);
		if (r == 0 && ret->merged_into)
			return is_alias(act, ret);
	}
	if (r == 1) {
		r = asset_named(act->inv, which, &id, act->reterr);
		if (r == 0)
			r = act_load(act, id, ret);
	}
	if (r == 1)
		return error_set(act->reterr, ERROR_INPUT,
			"no asset matches \"%.64s\"; `cadastre asset list` shows those there are",
			which);
	if (r == 2)
		return error_set(act->reterr, ERROR_INPUT,
			"several assets match \"%.64s\"; give the number from `cadastre asset "
			"list`", which);
	return r;
}

/* ---- the rows ------------------------------------------------------------------------- */

/* A decision holds from now on, in the order of filing; and never before what is known: a clock
 * that was ahead would else have facts end before they begin. */
int act_open_run(struct act *act)
{
	struct db *db = act->inv->db;
	_cleanup_(db_result_freep) struct db_result *newest = NULL;
	_cleanup_(str_done) struct str plan = STR_INIT(DECISION_REASON_MAX + 256);
	char bundle[64];
	int64_t at_us;
	int r = nodes_next_run(act->inv, &act->run, act->reterr);

	if (r == 0)
		r = db_run(db, &query_decision_time, DB_VALUES(db_int(act->realm)), &newest,
			act->reterr);
	if (r < 0)
		return r;
	at_us = db_get_int(newest, 0, 0);
	at_us = at_us > act->now_us ? at_us : act->now_us;
	snprintf(bundle, sizeof(bundle), "decision %s run %" PRId64,
		act->again ? "again in" : "of", act->run);
	str_addf(&plan, "%s by hand: %s", act->kind, act->reason.data);
	return db_run(db, &query_run_add,
		DB_VALUES(db_int(act->run), db_text(bundle), db_int(act->realm),
			db_text("internal"), db_text("decision"), db_text(plan.data),
			db_time(act->now_us), db_time(at_us), db_text("complete")),
		NULL, act->reterr);
}

int act_open(struct act *act, bool moves)
{
	_cleanup_(db_result_freep) struct db_result *added = NULL;
	int r = moves ? act_open_run(act) : 0;

	if (r == 0)
		r = db_run(act->inv->db, &query_decision_add,
			DB_VALUES(db_int(act->realm), db_text(act->kind), db_int(act->asset),
				act->other ? db_int(act->other) : db_null(),
				act->run ? db_int(act->run) : db_null(),
				db_text(act->by.data), db_text(act->reason.data),
				db_text(act->keys.data),
				act->undoes ? db_int(act->undoes) : db_null(),
				db_time(act->now_us), db_text("manual")),
			&added, act->reterr);
	if (r == 0)
		act->id = db_get_int(added, 0, 0);
	return r;
}

/* ---- the moves ------------------------------------------------------------------------ */

static struct db_value value_of(const struct act *act, char parameter)
{
	switch (parameter) {
	case 'f':
		return db_int(act->from);
	case 't':
		return db_int(act->to);
	case 'r':
		return db_int(act->run);
	case 'a':
		return act->some ? db_text(act->addresses.data) : db_null();
	case 's':
		return db_int(act->since);
	default: /* m */
		return db_int(act->realm);
	}
}

int act_steps(struct act *act, const struct act_step *steps, size_t n)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++) {
		struct db_value values[DB_PARAMETERS_MAX];
		size_t n_values = strlen(steps[i].parameters);

		for (size_t v = 0; v < n_values; v++)
			values[v] = value_of(act, steps[i].parameters[v]);
		r = db_run(act->inv->db, steps[i].query, values, n_values, NULL, act->reterr);
	}
	return r;
}

/* ---- the end -------------------------------------------------------------------------- */

int act_touch(struct act *act, int64_t asset)
{
	return db_run(act->inv->db, &query_decision_touch,
		DB_VALUES(db_int(-act->run), db_int(asset)), NULL, act->reterr);
}

/* Name, role, vendor, model and system of the assets, as intake does it; what they were is kept
 * for questions about other times. The mark is the negative number of the run, under the lock
 * of intake. */
static int sum_up(struct act *act)
{
	struct db *db = act->inv->db;
	const struct {
		const struct query *query;
		size_t n_values; /* 1: the mark; 2: the run too */
	} steps[] = {{&query_intake_summary_keep, 2}, {&query_intake_describe, 1},
		{&query_intake_role, 1}, {&query_intake_summary_past, 2},
		{&query_decision_touch_end, 1}};
	const struct db_value values[] = {db_int(-act->run), db_int(act->run)};
	int64_t assets[] = {act->asset, act->other};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(assets); i++)
		if (assets[i])
			r = act_touch(act, assets[i]);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(steps); i++)
		r = db_run(db, steps[i].query, values, steps[i].n_values, NULL, act->reterr);
	return r;
}

static struct decision_part part_of(const struct db_result *rows, size_t i)
{
	return (struct decision_part){.what = db_get_text(rows, i, 0),
		.subject = db_get_text(rows, i, 1),
		.value = db_get_text(rows, i, 2),
		.asset_id = (uint64_t)db_get_int(rows, i, 3)};
}

static void count_parts(const struct db_result *rows, struct decision_result *result)
{
	const struct {
		const char *what;
		uint64_t *n;
	} counters[] = {{"address", &result->addresses}, {"name", &result->names},
		{"service", &result->services}, {"key", &result->keys},
		{"fact", &result->facts}, {"link", &result->links}, {"path", &result->paths}};

	for (size_t i = 0; i < db_rows(rows); i++)
		for (size_t c = 0; c < ARRAY_SIZE(counters); c++)
			if (strcmp(db_get_text(rows, i, 0), counters[c].what) == 0)
				++*counters[c].n;
}

/* Every row that moved ended once and began once. */
int act_close_run(struct act *act, struct db_result **ret_moved)
{
	int r = db_run(act->inv->db, &query_decision_moved, DB_VALUES(db_int(act->run)),
		ret_moved, act->reterr);

	if (r < 0 || !act->run)
		return r;
	r = db_run(act->inv->db, &query_intake_member,
		DB_VALUES(db_int(-act->run), db_int(act->run)), NULL, act->reterr);
	if (r < 0)
		return r;
	return db_run(act->inv->db, &query_run_finish,
		DB_VALUES(db_int(act->run), db_int(0), db_int(0), db_int(0), db_int(0),
			db_int(0), db_int(0), db_int(0), db_int(0), db_int(0),
			db_int(2 * (int64_t)db_rows(*ret_moved))),
		NULL, act->reterr);
}

static int add_trail(struct act *act, const struct decision_result *n)
{
	char what[TRAIL_WHAT_MAX], object[64];
	_cleanup_(str_done) struct str detail = STR_INIT(TRAIL_DETAIL_MAX);

	snprintf(what, sizeof(what), "asset.%s", act->kind);
	snprintf(object, sizeof(object), "asset %" PRId64, act->asset);
	str_addf(&detail, "decision %" PRId64 " by %s", act->id, act->by.data);
	if (act->other)
		str_addf(&detail, ", %s asset %" PRId64,
			strcmp(act->kind, "merge") == 0 ? "into" : "from it", act->other);
	if (act->takes_back)
		str_addf(&detail, ", takes back decision %" PRId64, act->takes_back);
	str_addf(&detail, ": %s; %" PRIu64 " addresses, %" PRIu64 " services, %" PRIu64 " keys",
		act->reason.data, n->addresses, n->services, n->keys);
	return trail_add(act->inv, what, object, detail.data, act->reterr);
}

/* What speaks against it first. The rows are held by now, whatever became of the connection. */
static int hand_out(struct act *act, const struct db_result *moved,
	int (*row)(void *context, const struct decision_part *part), void *context)
{
	size_t n_against = act->against ? db_rows(act->against) : 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < n_against; i++) {
		struct decision_part part = {.what = "against",
			.subject = db_get_text(act->against, i, 0),
			.value = db_get_text(act->against, i, 1),
			.asset_id = (uint64_t)act->asset};

		r = row(context, &part);
	}
	for (size_t i = 0; r == 0 && i < db_rows(moved); i++) {
		struct decision_part part = part_of(moved, i);

		r = row(context, &part);
	}
	return r;
}

int act_finish(struct act *act,
	int (*row)(void *context, const struct decision_part *part), void *context,
	struct decision_result *ret_result)
{
	struct decision_result result = {.id = act->id, .run_id = act->run,
		.asset_id = (uint64_t)act->asset, .other_id = (uint64_t)act->other,
		.against = act->against ? db_rows(act->against) : 0, .again = act->n_again};
	_cleanup_(db_result_freep) struct db_result *moved = NULL;
	int r = act->run ? sum_up(act) : 0;

	snprintf(result.kind, sizeof(result.kind), "%s", act->kind);
	if (r == 0)
		r = act_close_run(act, &moved);
	if (r < 0)
		return r;
	count_parts(moved, &result);
	if (r == 0 && !act->words->dry_run) {
		r = add_trail(act, &result);
		if (r == 0)
			r = db_commit(act->transaction, act->reterr);
		if (r == 0)
			act->transaction = NULL;
	}
	if (r < 0)
		return r;
	*ret_result = result;
	return hand_out(act, moved, row, context);
}
