/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cases opened by hand, and the steps of all of them: who did what on which day by which paper.
 * Steps are only added. An act and its trail are one transaction.
 *
 * Basis: guiding opinions 1960 (2020), III(1); Order 745 Art. 11.
 */
#include "inventory/case/case.h"

#include "common/clock.h"
#include "inventory/scope/day.h"
#include "inventory/scope/trail.h"
#include "inventory/scope/words.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 300
#define NOTE_MAX 2000
#define WORDS_ROOM(n) STR_INIT(4 * (n))

/* ---- a case by hand ------------------------------------------------------------------- */

struct opening {
	struct inventory *inv;
	const struct case_order *order;
	struct str by, note;
	char day[DAY_SIZE], due[DAY_SIZE];
	const char *kind;
	struct error *reterr;
};

static bool is_kind(const char *kind)
{
	return strcmp(kind, "re-identification") == 0 || strcmp(kind, "supervision") == 0 ||
		strcmp(kind, "correction") == 0;
}

static int take_opening(struct opening *o)
{
	const struct case_order *order = o->order;
	int r;

	o->kind = order->kind ? order->kind : "re-identification";
	if (!is_kind(o->kind))
		return error_set(o->reterr, ERROR_USAGE,
			"\"%.40s\" is no kind of case; there are re-identification, "
			"supervision and correction",
			o->kind);
	r = words_take(&o->by, "a case", "who opens it", order->by, LINE_MAX_BYTES, o->reterr);
	if (r == 0)
		r = words_take(&o->note, "a case", "a note that says why", order->note,
			NOTE_MAX, o->reterr);
	if (r == 0)
		r = day_take("a case", order->date, clock_wall_us(), o->day, o->reterr);
	/* What is due lies ahead, so it is no day that has begun. */
	if (r == 0 && order->due)
		r = day_take("what is due", order->due, INT64_MAX / 4, o->due, o->reterr);
	return r < 0 || !order->due ? r :
		day_check_order("what is due", o->due, "the case", o->day, o->reterr);
}

static int find_system(struct opening *o, struct db_result **ret_rows)
{
	int r = db_run(o->inv->db, &query_case_systems, DB_VALUES(db_text(o->order->system)),
		ret_rows, o->reterr);

	if (r < 0)
		return r;
	if (db_rows(*ret_rows) == 0)
		return error_set(o->reterr, ERROR_INPUT,
			"the register has no system \"%.100s\"; `cadastre register list` shows "
			"those there are",
			o->order->system);
	if (db_rows(*ret_rows) > 1)
		return error_set(o->reterr, ERROR_INPUT,
			"the realms \"%.60s\" and \"%.60s\" both have a system \"%.100s\"; one "
			"of them must have another id",
			db_get_text(*ret_rows, 0, 1), db_get_text(*ret_rows, 1, 1),
			o->order->system);
	return 0;
}

static int check_identified(struct opening *o, const struct db_result *system)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r;

	if (strcmp(o->kind, "re-identification") != 0)
		return 0;
	if (!db_get_int(system, 0, 2))
		return error_set(o->reterr, ERROR_INPUT,
			"nothing is decided on system \"%.100s\", so it cannot be identified "
			"again; `cadastre designate` decides on it",
			o->order->system);
	r = db_run(o->inv->db, &query_case_open,
		DB_VALUES(db_int(db_get_int(system, 0, 0)), db_text(o->order->system)), &rows,
		o->reterr);
	if (r < 0 || db_rows(rows) == 0)
		return r;
	return error_set(o->reterr, ERROR_INPUT,
		"case %" PRId64
		" of system \"%.100s\" is open: it is %s; a system is identified again "
		"by one case at a time",
		db_get_int(rows, 0, 0), o->order->system, db_get_text(rows, 0, 1));
}

static int write_opened(struct opening *o, const struct db_result *system, int64_t *ret_id)
{
	_cleanup_(case_norms_freep) struct case_norms *norms = NULL;
	const struct judge_change *norm = NULL;
	bool identifies = strcmp(o->kind, "re-identification") == 0;
	struct case_head head = {.realm_id = db_get_int(system, 0, 0),
		.designation_id = db_get_int(system, 0, 2), .system = o->order->system,
		.kind = o->kind, .pack = db_get_text(system, 0, 3),
		.version = db_get_text(system, 0, 4), .day = o->day, .by = o->by.data,
		.due = o->order->due ? o->due : NULL, .note = o->note.data};
	char object[64];
	int r = case_now(o->inv, &head.now_us, o->reterr);

	if (r == 0 && identifies)
		r = case_norms_new(o->inv, &norms, o->reterr);
	if (r == 0 && identifies)
		r = case_norms_find(norms, head.pack, head.version, &norm, o->reterr);
	if (r == 0)
		r = case_write(o->inv, &head, norm, ret_id, o->reterr);
	if (r < 0)
		return r;
	snprintf(object, sizeof(object), "case %" PRId64, *ret_id);
	return trail_add(o->inv, "case.open", object, o->note.data, o->reterr);
}

static int open_it(struct opening *o, int64_t *ret_id)
{
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	_cleanup_(db_result_freep) struct db_result *system = NULL;
	int r = db_begin(o->inv->db, o->reterr);

	if (r < 0)
		return r;
	transaction = o->inv->db;
	r = db_run(o->inv->db, &query_case_lock, DB_NO_VALUES, NULL, o->reterr);
	if (r == 0)
		r = find_system(o, &system);
	if (r == 0)
		r = check_identified(o, system);
	if (r == 0 && db_get_int(system, 0, 2) && strcmp(o->kind, "re-identification") == 0)
		r = day_check_order("the case", o->day, "the decision that it starts from,",
			db_get_text(system, 0, 5), o->reterr);
	if (r == 0)
		r = write_opened(o, system, ret_id);
	return r < 0 ? r : db_commit(transaction, o->reterr);
}

int inventory_case_open(struct inventory *inv, const struct case_order *order, int64_t *ret_id,
	struct error *reterr)
{
	struct opening o = {.inv = inv, .order = order, .by = WORDS_ROOM(LINE_MAX_BYTES),
		.note = WORDS_ROOM(NOTE_MAX), .reterr = reterr};
	int r = take_opening(&o);

	if (r == 0)
		r = open_it(&o, ret_id);
	str_done(&o.by);
	str_done(&o.note);
	return r;
}

/* ---- steps ----------------------------------------------------------------------------- */

static const char *const states[] = {"candidate", "triaged", "reported", "received",
	"re-identified", "notified", "informed", "closed"};
enum { CANDIDATE, TRIAGED, REPORTED, RECEIVED, RE_IDENTIFIED, NOTIFIED, INFORMED, CLOSED };

struct stepping {
	struct inventory *inv;
	int64_t id, decision; /* decision: that it is identified again by */
	const struct case_step *step;
	struct case_row is; /* texts are the arena's */
	struct case_file file;
	int to;
	struct str by, document, note;
	char day[DAY_SIZE];
	struct error *reterr;
};

static int state_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (strcmp(states[i], name) == 0)
			return (int)i;
	return -1;
}

static int take_class(struct stepping *s)
{
	const char *class = s->step->class;
	bool is_class =
		class && (strcmp(class, "noise") == 0 || strcmp(class, "notable") == 0 ||
				 strcmp(class, "major") == 0);

	if (s->to == TRIAGED && !is_class)
		return error_set(s->reterr, ERROR_USAGE,
			"to triage a case is to class it: --class noise, notable or major");
	if (s->to != TRIAGED && class)
		return error_set(
			s->reterr, ERROR_USAGE, "a case is classed when it is triaged");
	return 0;
}

static int take_step(struct stepping *s)
{
	const struct case_step *step = s->step;
	const char *needer = NULL;
	int r = 0;

	s->to = step->to ? state_of(step->to) : -1;
	if (s->to <= CANDIDATE)
		return error_set(s->reterr, ERROR_USAGE,
			"\"%.40s\" is no state that a case is taken to; there are triaged, "
			"reported, received, re-identified, notified, informed and closed",
			step->to ? step->to : "");
	if (s->to != TRIAGED && s->to != CLOSED)
		needer = "such a step";
	r = take_class(s);
	if (r == 0)
		r = words_take(&s->by, "a step of a case", "who did it", step->by,
			LINE_MAX_BYTES, s->reterr);
	if (r == 0)
		r = words_take(&s->document, needer, "the document behind it", step->document,
			LINE_MAX_BYTES, s->reterr);
	if (r == 0)
		r = words_take(&s->note, NULL, "a note", step->note, NOTE_MAX, s->reterr);
	if (r == 0)
		r = day_take(
			"a step of a case", step->date, clock_wall_us(), s->day, s->reterr);
	return r;
}

/* What may follow the state that a case is in. */
static int check_next(const struct stepping *s)
{
	int from = state_of(s->is.state), next = from + 1;
	bool identifies = strcmp(s->is.kind, "re-identification") == 0;

	if (from == CLOSED)
		return error_set(s->reterr, ERROR_INPUT, "case %" PRId64 " is closed, since %s",
			s->id, s->is.since);
	if (from == TRIAGED && strcmp(s->is.class, "noise") == 0)
		next = CLOSED;
	if (from == RECEIVED && !identifies)
		next = CLOSED;
	if (s->to != next)
		return error_set(s->reterr, ERROR_INPUT,
			"case %" PRId64 " is %s%s since %s; next it is %s, not %s", s->id,
			s->is.state, from == TRIAGED && next == CLOSED ? " as noise" : "",
			s->is.since, states[next], states[s->to]);
	return day_check_order(states[s->to], s->day, states[from], s->is.since, s->reterr);
}

static int check_decided(struct stepping *s)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(s->inv->db, &query_case_decision,
		DB_VALUES(db_int(s->is.realm_id), db_text(s->is.system), db_text(s->is.since),
			db_text(s->day),
			s->is.designation_id ? db_int(s->is.designation_id) : db_null()),
		&rows, s->reterr);

	if (r < 0)
		return r;
	if (db_rows(rows) == 0)
		return error_set(s->reterr, ERROR_INPUT,
			"nothing was decided on system \"%.100s\" from %s, when the report was "
			"received, to %s; `cadastre designate` decides on it first",
			s->is.system, s->is.since, s->day);
	s->decision = db_get_int(rows, 0, 0);
	return 0;
}

static int check_told(const struct stepping *s)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	bool operator = s->to == NOTIFIED;
	const char *whom = operator ? "the operator" : "the Ministry";
	char what[64];
	int r = db_run(s->inv->db, &query_case_notice,
		DB_VALUES(db_int(s->is.decided_by),
			db_text(operator ? "identification-result" : "report")),
		&rows, s->reterr);

	if (r < 0)
		return r;
	if (db_rows(rows) == 0)
		return error_set(s->reterr, ERROR_INPUT,
			"there is no notice of decision %s to %s", s->is.new_decision_no, whom);
	if (strcmp(db_get_text(rows, 0, 1), "draft") == 0)
		return error_set(s->reterr, ERROR_INPUT,
			"notice %" PRId64 " to %s was not sent; `cadastre notice send %" PRId64
			"` keeps that it was",
			db_get_int(rows, 0, 0), whom, db_get_int(rows, 0, 0));
	snprintf(what, sizeof(what), "case %" PRId64 " %s", s->id, states[s->to]);
	return day_check_order(
		what, s->day, "the notice that was sent,", db_get_text(rows, 0, 2), s->reterr);
}

static int write_step(struct stepping *s)
{
	_cleanup_(str_done) struct str detail = STR_INIT(TRAIL_DETAIL_MAX);
	const char *class = s->to == TRIAGED ? s->step->class : "";
	char object[64];
	int64_t now_us = 0;
	int r = case_now(s->inv, &now_us, s->reterr);

	if (r == 0)
		r = db_run(s->inv->db, &query_case_event_add,
			DB_VALUES(db_int(s->id), db_text(states[s->to]), db_text(class),
				db_text(s->day), db_text(s->by.data),
				db_text(s->document.data), db_text(s->note.data),
				s->decision ? db_int(s->decision) : db_null(),
				db_time(now_us)),
			NULL, s->reterr);
	if (r < 0)
		return r;
	str_addf(&detail, "%s%s%s on %s by %s%s%s%s%s", states[s->to], *class ? " as " : "",
		class, s->day, s->by.data, s->document.len ? ", " : "", s->document.data,
		s->note.len ? ": " : "", s->note.data);
	snprintf(object, sizeof(object), "case %" PRId64, s->id);
	return trail_add(s->inv, "case.advance", object, detail.data, s->reterr);
}

static int advance(struct stepping *s, struct arena *arena)
{
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	int r = db_begin(s->inv->db, s->reterr);

	if (r < 0)
		return r;
	transaction = s->inv->db;
	r = db_run(s->inv->db, &query_case_lock, DB_NO_VALUES, NULL, s->reterr);
	if (r == 0)
		r = inventory_case_show(s->inv, s->id, arena, &s->file, s->reterr);
	s->is = s->file.row;
	if (r == 0)
		r = check_next(s);
	if (r == 0 && s->to == RE_IDENTIFIED)
		r = check_decided(s);
	if (r == 0 && (s->to == NOTIFIED || s->to == INFORMED))
		r = check_told(s);
	if (r == 0)
		r = write_step(s);
	return r < 0 ? r : db_commit(transaction, s->reterr);
}

int inventory_case_advance(
	struct inventory *inv, int64_t id, const struct case_step *step, struct error *reterr)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(CASE_ARENA_MAX);
	struct stepping s = {.inv = inv,
		.id = id,
		.step = step,
		.by = WORDS_ROOM(LINE_MAX_BYTES),
		.document = WORDS_ROOM(LINE_MAX_BYTES),
		.note = WORDS_ROOM(NOTE_MAX),
		.reterr = reterr};
	int r = take_step(&s);

	if (r == 0 && !arena)
		r = error_set(reterr, ERROR_SYSTEM, "no memory for a case");
	if (r == 0)
		r = advance(&s, arena);
	str_done(&s.by);
	str_done(&s.document);
	str_done(&s.note);
	return r;
}
