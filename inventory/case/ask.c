/* SPDX-License-Identifier: Apache-2.0 */
/* Cases asked for: the list, and all of one. Reads only. */
#include "inventory/case/case.h"

#include "inventory/store/queries.h"

#include <inttypes.h>

#define COLUMNS 31

/* Texts are the result's. */
static struct case_row row_of(const struct db_result *rows, size_t i)
{
	const char *text[COLUMNS];

	for (int c = 0; c < COLUMNS; c++)
		text[c] = db_get_text(rows, i, c);
	return (struct case_row){.id = db_get_int(rows, i, 0),
		.realm = text[1],
		.system = text[2],
		.system_name = text[3],
		.kind = text[4],
		.class = text[5],
		.state = text[6],
		.since = text[7],
		.opened = text[8],
		.opened_by = text[9],
		.due = text[10],
		.action = text[11],
		.overdue = db_get_bool(rows, i, 12),
		.triggers = db_get_int(rows, i, 13),
		.designation_id = db_get_int(rows, i, 14),
		.decided_by = db_get_int(rows, i, 15),
		.pack = text[16],
		.version = text[17],
		.basis = text[18],
		.note = text[19],
		.recorded_us = db_get_int(rows, i, 20),
		.list_no = text[21],
		.decision_no = text[22],
		.decided = text[23],
		.eval_id = db_get_int(rows, i, 24),
		.decided_us = db_get_int(rows, i, 25),
		.realm_id = db_get_int(rows, i, 26),
		.new_eval_id = db_get_int(rows, i, 27),
		.new_decision_no = text[28],
		.boundary = db_get_int(rows, i, 29),
		.new_decided_us = db_get_int(rows, i, 30)};
}

static int find(struct inventory *inv, const struct case_filter *filter,
	struct db_result **ret_rows, struct error *reterr)
{
	int r = db_run(inv->db, &query_case_list,
		DB_VALUES(filter->id ? db_int(filter->id) : db_null(), db_text(filter->system),
			db_int(filter->open), db_int(filter->overdue)),
		ret_rows, reterr);

	if (r == 0 && filter->id && db_rows(*ret_rows) == 0)
		return error_set(reterr, ERROR_INPUT,
			"there is no case %" PRId64
			"; `cadastre case list` shows those there are",
			filter->id);
	return r;
}

int inventory_case_list(struct inventory *inv, const struct case_filter *filter,
	int (*row)(void *context, const struct case_row *row), void *context,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = find(inv, filter, &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		struct case_row one = row_of(rows, i);

		r = row(context, &one);
	}
	return r;
}

/* ---- one case --------------------------------------------------------------------------- */

/* A text that outlives the result; NULL from there on where memory ran out. */
static const char *hold(struct arena *arena, const struct db_result *rows, size_t i, int column)
{
	return arena_strdup(arena, db_get_text(rows, i, column));
}

static bool hold_row(struct arena *arena, struct case_row *row)
{
	const char **texts[] = {&row->realm, &row->system, &row->system_name, &row->kind,
		&row->class, &row->state, &row->since, &row->opened, &row->opened_by, &row->due,
		&row->action, &row->pack, &row->version, &row->basis, &row->note, &row->list_no,
		&row->decision_no, &row->decided, &row->new_decision_no};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		*texts[i] = arena_strdup(arena, *texts[i]);
		if (!*texts[i])
			return false;
	}
	return true;
}

static int no_memory(struct error *reterr)
{
	return error_set(reterr, ERROR_SYSTEM, "no memory for a case");
}

static int load_events(struct inventory *inv, struct arena *arena, struct case_file *file,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(
		inv->db, &query_case_events, DB_VALUES(db_int(file->row.id)), &rows, reterr);

	if (r < 0)
		return r;
	file->events = arena_alloc(arena, (db_rows(rows) + 1) * sizeof(*file->events));
	if (!file->events)
		return no_memory(reterr);
	for (size_t i = 0; i < db_rows(rows); i++) {
		struct case_event *e = &file->events[file->n_events++];

		*e = (struct case_event){.state = hold(arena, rows, i, 0),
			.class = hold(arena, rows, i, 1),
			.day = hold(arena, rows, i, 2),
			.actor = hold(arena, rows, i, 3),
			.document = hold(arena, rows, i, 4),
			.note = hold(arena, rows, i, 5),
			.decision_no = hold(arena, rows, i, 6),
			.recorded_us = db_get_int(rows, i, 7)};
		if (!e->decision_no)
			return no_memory(reterr);
	}
	return 0;
}

static int load_triggers(struct inventory *inv, struct arena *arena, struct case_file *file,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(
		inv->db, &query_case_triggers, DB_VALUES(db_int(file->row.id)), &rows, reterr);

	if (r < 0)
		return r;
	file->triggers = arena_alloc(arena, (db_rows(rows) + 1) * sizeof(*file->triggers));
	if (!file->triggers)
		return no_memory(reterr);
	for (size_t i = 0; i < db_rows(rows); i++) {
		struct case_trigger *t = &file->triggers[file->n_triggers++];

		*t = (struct case_trigger){.trigger = hold(arena, rows, i, 0),
			.class = hold(arena, rows, i, 1),
			.subject = hold(arena, rows, i, 2),
			.before = hold(arena, rows, i, 3),
			.after = hold(arena, rows, i, 4),
			.evidence = hold(arena, rows, i, 5),
			.recorded_us = db_get_int(rows, i, 6)};
		if (!t->evidence)
			return no_memory(reterr);
	}
	return 0;
}

static int load_running(struct inventory *inv, struct arena *arena, struct case_file *file,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(
		inv->db, &query_case_clocks, DB_VALUES(db_int(file->row.id)), &rows, reterr);

	if (r < 0)
		return r;
	file->running = arena_alloc(arena, (db_rows(rows) + 1) * sizeof(*file->running));
	if (!file->running)
		return no_memory(reterr);
	for (size_t i = 0; i < db_rows(rows); i++) {
		struct case_running *k = &file->running[file->n_running++];

		*k = (struct case_running){.event = hold(arena, rows, i, 0),
			.action = hold(arena, rows, i, 1),
			.since = hold(arena, rows, i, 2),
			.due = hold(arena, rows, i, 3),
			.basis = hold(arena, rows, i, 4)};
		if (!k->basis)
			return no_memory(reterr);
	}
	return 0;
}

int inventory_case_show(struct inventory *inv, int64_t id, struct arena *arena,
	struct case_file *ret, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct case_filter filter = {.id = id};
	int r = find(inv, &filter, &rows, reterr);

	*ret = (struct case_file){.jaccard = -1};
	if (r < 0)
		return r;
	ret->row = row_of(rows, 0);
	if (!hold_row(arena, &ret->row))
		return no_memory(reterr);
	r = load_events(inv, arena, ret, reterr);
	if (r == 0)
		r = load_triggers(inv, arena, ret, reterr);
	return r < 0 ? r : load_running(inv, arena, ret, reterr);
}
