/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identification: every norm pack in force over every subject that the register holds, or over
 * those that can have changed (identify_choose.c). Packs and dossiers are judged in confined
 * processes (judge.h), which never see the database; what they say is kept where it differs
 * from what stands (identify_keep.c). A proposal is kept with its pack's version and hash and
 * the facts it used; reasons are made from these when they are asked for. It proposes; it never
 * decides (inventory/designation).
 *
 * All in one transaction: a process that dies, hangs or talks nonsense loses nothing.
 */
#include "inventory/norm/identify_internal.h"

#include "common/clock.h"
#include "inventory/norm/safexml.h"
#include "inventory/store/queries.h"

#include <stdio.h>
#include <string.h>

#define DATE_SIZE 11
#define DAY_MAX 4000000 /* far beyond the year 9999 */

/* ---- packs --------------------------------------------------------------------------- */

static int none_in_force(const struct identification *id)
{
	if (id->request->pack)
		return error_set(id->reterr, ERROR_INPUT,
			"no norm pack \"%.100s\" is installed and in force; install it with "
			"`cadastre pack install FILE`", id->request->pack);
	return error_set(id->reterr, ERROR_INPUT,
		"no norm pack is installed and in force, so there is nothing to judge by; "
		"install one with `cadastre pack install FILE`");
}

/* The one that is asked for, or any. */
static bool is_in_force(const struct identification *id)
{
	size_t i = 0, n = db_rows(id->packs);

	while (i < n && id->request->pack &&
		strcmp(db_get_text(id->packs, i, 0), id->request->pack) != 0)
		i++;
	return i < n;
}

static int load_packs(struct identification *id)
{
	char text[CLOCK_TEXT_MAX], today[DATE_SIZE];
	int r;

	snprintf(today, sizeof(today), "%.10s", clock_format(id->now_us, text));
	r = db_run(id->inv->db, &query_pack_in_force,
		DB_VALUES(db_text(today), db_text(id->request->pack)), &id->packs, id->reterr);
	if (r < 0)
		return r;
	if (!is_in_force(id))
		return none_in_force(id);
	r = judge_new(id->inv, id->request->processes, id->day, id->request->reasons,
		&id->judge, id->reterr);
	for (size_t i = 0; i < db_rows(id->packs) && r == 0; i++) {
		_cleanup_(str_done) struct str bytes = STR_INIT(SAFEXML_PACK_MAX);

		db_get_bytes(id->packs, i, 3, &bytes);
		r = judge_add_pack(id->judge, db_get_text(id->packs, i, 0), bytes.data,
			bytes.len, id->reterr);
		if (r == 0 && strcmp(judge_pack(id->judge, i)->sha256,
			db_get_text(id->packs, i, 2)) != 0)
			r = error_set(id->reterr, ERROR_DATABASE,
				"norm pack %s %s is not what was installed: its file in the "
				"database was altered", db_get_text(id->packs, i, 0),
				db_get_text(id->packs, i, 1));
	}
	return r;
}

/* How far the packs of the unit look over dependencies; false if none is of it. */
static bool look_at_packs(const struct identification *id, struct identify_view *ret)
{
	bool any = false;

	*ret = (struct identify_view){0};
	for (size_t i = 0; i < judge_packs(id->judge); i++) {
		const struct judge_pack *pack = judge_pack(id->judge, i);

		if (strcmp(pack->unit, dossier_unit_name(id->unit)) != 0)
			continue;
		any = true;
		ret->in = pack->hops_in > ret->in ? pack->hops_in : ret->in;
		ret->out = pack->hops_out > ret->out ? pack->hops_out : ret->out;
		ret->whole |= pack->whole;
		ret->sums |= pack->sums;
	}
	return any;
}

/* ---- one realm, one unit --------------------------------------------------------------- */

static bool is_measured(const struct dossier *d)
{
	static const char measured[] = " grade=\"measured\"", derived[] = " grade=\"derived\"";

	return memmem(d->text, d->n, measured, strlen(measured)) ||
		memmem(d->text, d->n, derived, strlen(derived));
}

static int one_dossier(void *context, const struct dossier *d)
{
	struct identification *id = context;

	struct judge_case subject = {.unit = dossier_unit_name(d->unit), .id = d->id,
		.name = d->name, .mark = is_measured(d), .dossier = d->text, .n_dossier = d->n};

	identify_graph_find(id->graph, &subject);
	return judge_subject(id->judge, &subject, identify_keep, id, id->reterr);
}

/* What the graph answers, read or as it is kept; marks say until when. */
static int ask_graph(struct identification *id, const struct identify_view *view,
	const struct identify_marks *since, size_t n_chosen, struct identify_marks *marks)
{
	int64_t until = JUDGE_NO_DAY;
	int r = since && view->whole ? identify_graph_stands(id, since, view, id->reterr) : 0;

	if (r < 0)
		return r;
	if (r > 0) {
		marks->graph_until = since->graph_until;
		return identify_graph_kept(id, id->reterr);
	}
	if (!id->all && !view->whole && n_chosen == 0)
		return 0;
	r = identify_graph_load(id, view, n_chosen, &until, id->reterr);
	if (r < 0 || !view->whole || !id->writes || id->request->system || id->request->pack)
		return r;
	marks->graph_until = until < DAY_MAX ? until : DAY_MAX;
	return identify_graph_keep(id, id->reterr);
}

static int load_chosen(struct identification *id, struct db_result **ret_rows)
{
	db_result_free(*ret_rows);
	*ret_rows = NULL;
	return db_run(id->inv->db, &query_identify_chosen,
		DB_VALUES(db_int(id->realm), db_text(dossier_unit_name(id->unit))), ret_rows,
		id->reterr);
}

/* Subjects of the unit at hand. */
static int count_unit(struct identification *id, struct db_value realm, uint64_t *ret)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(id->inv->db, &query_identify_count,
		DB_VALUES(db_text(dossier_unit_name(id->unit)), realm), &rows, id->reterr);

	*ret = r == 0 ? (uint64_t)db_get_int(rows, 0, 0) : 0;
	return r;
}

static int judge_all(struct identification *id, const struct db_result *chosen)
{
	_cleanup_(cleanup_freep) const char **ids = NULL;
	size_t n = id->all ? 0 : db_rows(chosen);
	uint64_t to_come = n;
	int r = id->all ? count_unit(id, db_int(id->realm), &to_come) : 0;

	if (r < 0 || (!id->all && n == 0))
		return r;
	ids = id->all ? NULL : calloc(n, sizeof(*ids));
	if (!id->all && !ids)
		return error_set(
			id->reterr, ERROR_SYSTEM, "no memory for what is to be judged");
	for (size_t i = 0; i < n; i++)
		ids[i] = db_get_text(chosen, i, 0);
	id->result.chosen += id->all_told ? 0 : to_come;
	r = dossier_each(id->inv->db, id->unit, id->realm, ids, n, one_dossier, id, id->reterr);
	if (r == 0)
		r = judge_finish(id->judge, identify_keep, id, id->reterr);
	id->last = NULL;
	return r < 0 ? r : identify_keep_rest(id, id->reterr);
}

static int judge_unit(struct identification *id, const struct identify_view *view,
	const struct identify_marks *since, struct identify_marks *marks)
{
	_cleanup_(db_result_freep) struct db_result *chosen = NULL;
	int r = id->all ? 0 : load_chosen(id, &chosen);

	if (r == 0 && (view->in || view->out || view->whole)) {
		r = ask_graph(id, view, since, id->all ? 0 : db_rows(chosen), marks);
		if (r == 0 && !id->all)
			r = load_chosen(id, &chosen);
	}
	if (r == 0)
		r = judge_all(id, chosen);
	identify_graph_free(id->graph);
	id->graph = NULL;
	return r;
}

static int choose_named(struct identification *id)
{
	return db_run(id->inv->db, &query_identify_choose_one,
		DB_VALUES(db_int(id->realm), db_text(dossier_unit_name(id->unit)),
			db_text(id->request->system)),
		NULL, id->reterr);
}

static int identify_unit(struct identification *id)
{
	struct identify_marks marks, since;
	struct identify_view view;
	bool known;
	int r;

	if (!look_at_packs(id, &view))
		return 0;
	r = identify_marks_load(id, &marks, id->reterr);
	if (r == 0)
		r = identify_marks_since(id, &marks, &since, id->reterr);
	if (r < 0)
		return r;
	known = r == 0;
	id->all = !id->request->system && (id->request->all || id->request->pack || !known);
	if (id->request->system)
		r = choose_named(id);
	else
		r = id->all ? 0 : identify_choose(id, &since, &view, id->reterr);
	if (r == 0)
		r = judge_unit(id, &view, known && !id->all ? &since : NULL, &marks);
	if (r == 0 && id->writes && !id->request->system && !id->request->pack)
		r = identify_marks_store(id, &marks, id->reterr);
	return r;
}

/* ---- all of it ------------------------------------------------------------------------- */

static int count_subjects(struct identification *id)
{
	struct identify_view view;

	for (id->unit = DOSSIER_SYSTEM; id->unit < DOSSIER_UNIT_N; id->unit++) {
		uint64_t n;
		int r;

		if (!look_at_packs(id, &view))
			continue;
		r = count_unit(id, db_null(), &n);
		if (r < 0)
			return r;
		id->result.subjects += n;
	}
	id->all_told = !id->request->system && (id->request->all || id->request->pack);
	id->result.chosen = id->all_told ? id->result.subjects : 0;
	return 0;
}

static int count_notable(struct identification *id)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(id->inv->db, &query_identify_notable,
		DB_VALUES(db_text(id->request->pack)), &rows, id->reterr);

	if (r == 0)
		id->result.notable = (uint64_t)db_get_int(rows, 0, 0);
	return r;
}

static int identify_realms(struct identification *id)
{
	_cleanup_(db_result_freep) struct db_result *realms = NULL;
	int r = db_run(id->inv->db, &query_identify_realms, DB_NO_VALUES, &realms, id->reterr);

	for (size_t i = 0; r == 0 && i < db_rows(realms); i++) {
		id->realm = db_get_int(realms, i, 0);
		for (id->unit = DOSSIER_SYSTEM; r == 0 && id->unit < DOSSIER_UNIT_N; id->unit++)
			r = identify_unit(id);
	}
	if (r == 0 && id->request->system && id->result.judged == 0)
		return error_set(id->reterr, ERROR_INPUT,
			"the register has no system \"%.100s\" to judge; `cadastre register "
			"list` shows those there are", id->request->system);
	return r;
}

static int make_tables(struct identification *id)
{
	struct db *db = id->inv->db;
	int r = db_run(db, &query_identify_temporary_drop, DB_NO_VALUES, NULL, id->reterr);

	if (r == 0)
		r = db_run(
			db, &query_identify_temporary_chosen, DB_NO_VALUES, NULL, id->reterr);
	if (r == 0)
		r = db_run(db, &query_identify_temporary_near, DB_NO_VALUES, NULL, id->reterr);
	if (r == 0)
		r = db_run(
			db, &query_identify_temporary_answer, DB_NO_VALUES, NULL, id->reterr);
	return r < 0 ? r :
		db_run(db, &query_identify_temporary_said, DB_NO_VALUES, NULL, id->reterr);
}

/* In the caller's transaction. */
static int identify(struct identification *id)
{
	struct db *db = id->inv->db;
	int r = db_run(db, &query_identify_lock, DB_NO_VALUES, NULL, id->reterr);

	if (r == 0) /* the register stands still meanwhile */
		r = db_run(db, &query_register_lock, DB_NO_VALUES, NULL, id->reterr);
	id->now_us = clock_wall_us();
	id->day = facts_day(id->now_us);
	if (r == 0)
		r = make_tables(id);
	if (r == 0)
		r = load_packs(id);
	if (r == 0)
		r = identify_keep_begin(id);
	if (r == 0)
		r = count_subjects(id);
	if (r == 0)
		r = identify_realms(id);
	if (r == 0)
		r = identify_keep_end(id, id->reterr);
	return r < 0 ? r : count_notable(id);
}

static void identification_done(struct identification *id)
{
	judge_free(id->judge);
	identify_keep_done(id);
	identify_graph_free(id->graph);
	db_result_free(id->packs);
}

int identify_check(struct inventory *inv, const char *system,
	int (*row)(void *context, const struct proposal_row *proposal), void *context,
	struct error *reterr)
{
	const struct identify_request request = {.system = system, .processes = 1};
	_cleanup_(identification_done) struct identification id = {.inv = inv,
		.request = &request, .row = row, .context = context, .reterr = reterr};

	return identify(&id);
}

int inventory_identify_ask(struct inventory *inv, const struct identify_request *request,
	int (*row)(void *context, const struct proposal_row *proposal), void *context,
	struct identify_result *ret_result, struct error *reterr)
{
	_cleanup_(identification_done) struct identification id = {.inv = inv,
		.request = request, .row = row, .context = context, .reterr = reterr,
		.writes = true};
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	int r = db_begin(inv->db, reterr);

	if (r < 0)
		return r;
	transaction = inv->db;
	r = identify(&id);
	if (r == 0)
		r = db_commit(transaction, reterr);
	if (r == 0)
		*ret_result = id.result;
	return r;
}

int inventory_identify(struct inventory *inv, const char *pack, const char *system,
	int (*row)(void *context, const struct proposal_row *proposal), void *context,
	struct error *reterr)
{
	const struct identify_request request = {.pack = pack, .system = system, .all = true,
		.reasons = true};
	struct identify_result result;

	return inventory_identify_ask(inv, &request, row, context, &result, reterr);
}
