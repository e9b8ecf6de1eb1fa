/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decisions: a named official accepts what a norm pack proposed, decides otherwise, or takes an
 * entry off the list, with the pack's version and hash, the evaluation and its evidence.
 * Decisions are kept by valid time and by the time the register knew them; none is ever
 * overwritten. The act, its trail and its notices are one transaction. It decides on nothing
 * that the norms would not propose again at that moment: a proposal on a register or by a norm
 * that changed since is not decided on.
 *
 * Basis: Order 745 Art. 10; guiding opinions 1960 (2020), III(1): the list is adjusted, with a
 * reason each time.
 */
#include "inventory/designation/decision.h"

#include "common/clock.h"
#include "inventory/case/freeze.h"
#include "inventory/scope/trail.h"
#include "inventory/scope/words.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 300
#define WORDS_MAX 2000
#define WORDS_LETTERS_MIN 2

static const char *const act_names[] = {[DESIGNATE_ACCEPT] = "designation.accept",
	[DESIGNATE_ENTER] = "designation.override",
	[DESIGNATE_DECLINE] = "designation.override",
	[DESIGNATE_WITHDRAW] = "designation.withdraw"};
static const char *const act_outcomes[] = {[DESIGNATE_ACCEPT] = "cii",
	[DESIGNATE_ENTER] = "cii",
	[DESIGNATE_DECLINE] = "not",
	[DESIGNATE_WITHDRAW] = "withdrawn"};

static void system_init(struct decided_system *s, const char *id)
{
	*s = (struct decided_system){.id = id, .name = STR_INIT(4096),
		.realm_name = STR_INIT(1024), .operator = NOTICE_PARTY_INIT,
		.list_no = STR_INIT(64), .evidence = STR_INIT(DECISION_EVIDENCE_MAX)};
	struct str *texts[] = {&s->standing.outcome, &s->standing.list_no, &s->standing.pack,
		&s->standing.sha256, &s->standing.official, &s->standing.decision_no,
		&s->standing.decided, &s->proposal.pack, &s->proposal.version,
		&s->proposal.sha256, &s->proposal.outcome, &s->proposal.authority};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		str_init(texts[i], 4096);
}

static void standing_done(struct standing *standing)
{
	str_done(&standing->outcome);
	str_done(&standing->list_no);
	str_done(&standing->pack);
	str_done(&standing->sha256);
	str_done(&standing->official);
	str_done(&standing->decision_no);
	str_done(&standing->decided);
}

static void system_done(struct decided_system *s)
{
	str_done(&s->name);
	str_done(&s->realm_name);
	notice_party_done(&s->operator);
	standing_done(&s->standing);
	str_done(&s->proposal.pack);
	str_done(&s->proposal.version);
	str_done(&s->proposal.sha256);
	str_done(&s->proposal.outcome);
	str_done(&s->proposal.authority);
	str_done(&s->list_no);
	str_done(&s->evidence);
}

static void decision_done(struct decision *d)
{
	str_done(&d->official);
	str_done(&d->number);
	str_done(&d->words);
	notice_party_done(&d->authority);
	notice_party_done(&d->ministry);
	for (size_t i = 0; d->systems && i < d->order->n_systems; i++)
		system_done(&d->systems[i]);
	free(d->systems);
}

/* ---- words --------------------------------------------------------------------------- */

/* A reason says something: letters, of whatever script. */
static int check_substance(const struct decision *d)
{
	int letters = 0;

	for (const char *c = d->words.data; *c; c++)
		letters += (*c & 0x80) || ((*c | 32) >= 'a' && (*c | 32) <= 'z');
	if (letters >= WORDS_LETTERS_MIN)
		return 0;
	return error_set(d->reterr, ERROR_USAGE,
		"\"%.100s\" is no reason; say why it is decided so", d->words.data);
}

static int take_code(struct decision *d)
{
	static const char *const codes[] = {
		"change", "norm-change", "correction", "withdrawal"};
	static const char *const reasons[] = {
		"change", "norm change", "correction", "withdrawal"};
	const char *code = d->order->code;

	if (d->act != DESIGNATE_WITHDRAW && code)
		return error_set(d->reterr, ERROR_USAGE,
			"only what is taken off the list has a code; the others have a reason");
	for (size_t i = 0; d->act == DESIGNATE_WITHDRAW && i < ARRAY_SIZE(codes); i++)
		if (code && strcmp(code, codes[i]) == 0) {
			for (size_t k = 0; k < d->order->n_systems; k++)
				d->systems[k].reason = reasons[i];
			return 0;
		}
	if (d->act != DESIGNATE_WITHDRAW)
		return 0;
	return error_set(d->reterr, ERROR_USAGE,
		"an entry is taken off for change, norm-change, correction or withdrawal; say "
		"which with --code");
}

static int take_systems(struct decision *d)
{
	const struct designate_order *order = d->order;

	if (order->n_systems == 0 || order->n_systems > DESIGNATE_SYSTEMS_MAX)
		return error_set(d->reterr, ERROR_USAGE,
			"a decision covers 1 to %d systems", DESIGNATE_SYSTEMS_MAX);
	if (order->boundary && order->n_systems > 1)
		return error_set(d->reterr, ERROR_USAGE,
			"a boundary is that of one system; decide on it by itself");
	for (size_t i = 0; i < order->n_systems; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(order->systems[i], order->systems[k]) == 0)
				return error_set(d->reterr, ERROR_USAGE,
					"system \"%.100s\" is named twice", order->systems[i]);
	d->systems = calloc(order->n_systems, sizeof(*d->systems));
	if (!d->systems)
		return error_set(d->reterr, ERROR_SYSTEM, "no memory for a decision");
	for (size_t i = 0; i < order->n_systems; i++)
		system_init(&d->systems[i], order->systems[i]);
	return 0;
}

static int take_order(struct decision *d)
{
	const struct designate_order *order = d->order;
	bool needs_reason = d->act != DESIGNATE_ACCEPT;
	int r = take_systems(d);

	if (r == 0)
		r = words_take(&d->official, "a decision", "an official", order->official,
			LINE_MAX_BYTES, d->reterr);
	if (r == 0)
		r = words_take(&d->number, "a decision", "a decision number",
			order->decision_no, LINE_MAX_BYTES, d->reterr);
	if (r == 0)
		r = words_take(&d->words, needs_reason ? "such a decision" : NULL, "a reason",
			order->reason, WORDS_MAX, d->reterr);
	if (r == 0 && d->words.len)
		r = check_substance(d);
	if (r == 0)
		r = take_code(d);
	if (r == 0)
		r = day_take("a decision", order->date, clock_wall_us(), d->day, d->reterr);
	return r;
}

/* ---- what stands --------------------------------------------------------------------- */

/* Reads what stands decided of a system; *ret_now_us: from when on a decision is known that is
 * recorded now. */
static int read_standing(
	struct decision *d, struct decided_system *s, struct standing *out, int64_t *ret_now_us)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct str *texts[] = {[1] = &out->outcome, [2] = &out->list_no, [4] = &out->pack,
		[5] = &out->sha256, [6] = &out->official, [7] = &out->decision_no,
		[8] = &out->decided};
	int r = db_run(d->inv->db, &query_designation_open,
		DB_VALUES(db_int(s->realm), db_text(s->id)), &rows, d->reterr);

	if (r < 0)
		return r;
	out->id = db_get_int(rows, 0, 0);
	out->eval = db_get_int(rows, 0, 3);
	out->valid_from_us = db_get_int(rows, 0, 9);
	*ret_now_us = db_get_int(rows, 0, 10);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i])
			str_adds(texts[i], db_get_text(rows, 0, (int)i));
	return 0;
}

/* Who decides, and who is told, are those of one realm. */
static int check_realm(const struct decision *d, const struct decided_system *s)
{
	const struct decided_system *first = &d->systems[0];

	if (s->realm == first->realm)
		return 0;
	return error_set(d->reterr, ERROR_INPUT,
		"system \"%.100s\" is of the realm \"%.60s\" and system \"%.100s\" of "
		"\"%.60s\"; one decision is on systems of one realm",
		first->id, first->realm_name.data, s->id, s->realm_name.data);
}

/* Which systems, and what their deciders see of them before they wait for each other. */
static int look(struct decision *d)
{
	int r = 0;

	for (size_t i = 0; i < d->order->n_systems && r == 0; i++) {
		struct decided_system *s = &d->systems[i];
		int64_t now_us;

		r = decision_find_system(d, s);
		if (r == 0)
			r = check_realm(d, s);
		if (r == 0)
			r = read_standing(d, s, &s->standing, &now_us);
		s->seen = s->standing.id;
		standing_done(&s->standing);
	}
	return r;
}

static int check_unchanged(struct decision *d, const struct decided_system *s)
{
	if (s->standing.id == s->seen)
		return 0;
	return error_set(d->reterr, ERROR_INPUT,
		"while this was being decided, decision %s of %s on system \"%.100s\" was "
		"recorded; look at it with `cadastre designation show %.100s` and decide again",
		s->standing.decision_no.data, s->standing.official.data, s->id, s->id);
}

/* Nobody else decides from here on, and neither register nor runs are filed: the time of this
 * decision is after all that is known, and what is filed later is known later. */
static int look_again(struct decision *d)
{
	static const struct query *const locks[] = {
		&query_identify_lock, &query_register_lock, &query_intake_lock};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(locks) && r == 0; i++)
		r = db_run(d->inv->db, locks[i], DB_NO_VALUES, NULL, d->reterr);
	d->now_us = clock_wall_us();
	for (size_t i = 0; i < d->order->n_systems && r == 0; i++) {
		struct decided_system *s = &d->systems[i];
		int64_t now_us = 0;

		r = read_standing(d, s, &s->standing, &now_us);
		if (now_us > d->now_us)
			d->now_us = now_us;
		if (r == 0)
			r = check_unchanged(d, s);
	}
	return r;
}

/* ---- who, and under which number ----------------------------------------------------- */

static int find_authority(struct decision *d)
{
	static const char *const deciding[] = {"protection-department", "competent-department"};
	static const char *const told[] = {"public-security"};
	int r = notice_party_find(d->inv, d->systems[0].realm, d->order->authority, deciding,
		ARRAY_SIZE(deciding), d->day, "--authority", &d->authority, d->reterr);

	if (r == 0)
		r = notice_party_find(d->inv, d->systems[0].realm, d->order->report_to, told,
			ARRAY_SIZE(told), d->day, "--report-to", &d->ministry, d->reterr);
	return r;
}

static int check_number(struct decision *d)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(d->inv->db, &query_designation_taken,
		DB_VALUES(db_text(d->authority.name.data), db_text(d->number.data)), &rows,
		d->reterr);

	if (r < 0 || db_rows(rows) == 0)
		return r;
	return error_set(d->reterr, ERROR_INPUT,
		"decision %s%s%s is that of %s of %s on %.300s; a decision on several systems "
		"names them all at once, and another decision needs a number of its own",
		d->number.data, d->authority.name.len ? " of " : "", d->authority.name.data,
		db_get_text(rows, 0, 1), db_get_text(rows, 0, 0), db_get_text(rows, 0, 2));
}

/* ---- the record ---------------------------------------------------------------------- */

/* A decision holds from the beginning of its day; one of today from now on. Of two on one
 * day the later one stands, so the earlier is valid for the time between, if there is any. */
static int find_times(struct decision *d, struct decided_system *s)
{
	const struct standing *was = &s->standing;
	char today[DAY_SIZE], what[LINE_MAX_BYTES * 4 + 32], than[LINE_MAX_BYTES * 4 + 64];
	int64_t begins = 0;
	int r = 0;

	snprintf(what, sizeof(what), "decision %s", d->number.data);
	snprintf(than, sizeof(than), "decision %s, which it follows,", was->decision_no.data);
	if (was->id)
		r = day_check_order(what, d->day, than, was->decided.data, d->reterr);
	if (r == 0)
		r = clock_parse(d->day, &begins, d->reterr);
	day_of(d->now_us, today);
	s->valid_from_us = strcmp(d->day, today) < 0 ? begins : d->now_us;
	if (was->id && s->valid_from_us < was->valid_from_us)
		s->valid_from_us = was->valid_from_us;
	return r;
}

static int new_number(struct decision *d, struct decided_system *s)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(d->inv->db, &query_designation_number,
		DB_VALUES(db_int(strtol(d->day, NULL, 10))), &rows, d->reterr);

	if (r == 0)
		str_adds(&s->list_no, db_get_text(rows, 0, 0));
	return r;
}

/* Why the list changes. An entry keeps its number until it is taken off; what comes on the list
 * again is a new entry, whose number is given when it is recorded. */
static int find_entry(struct decision *d, struct decided_system *s)
{
	const struct standing *was = &s->standing;
	bool is_listed = was->id && strcmp(was->outcome.data, "cii") == 0;

	if (d->act == DESIGNATE_WITHDRAW && !is_listed)
		return error_set(d->reterr, ERROR_INPUT,
			"system \"%.100s\" is not on the list%s%s%s%s%s%s", s->id,
			was->id ? ": decision " : "", was->decision_no.data,
			was->id ? " of " : "", was->official.data, was->id ? " of " : "",
			was->decided.data);
	if (d->act == DESIGNATE_DECLINE || d->act == DESIGNATE_ENTER)
		s->reason = "override";
	else if (d->act == DESIGNATE_ACCEPT && !is_listed)
		s->reason = "initial";
	else if (d->act == DESIGNATE_ACCEPT)
		s->reason = strcmp(was->pack.data, s->proposal.pack.data) == 0 &&
				strcmp(was->sha256.data, s->proposal.sha256.data) == 0
			? "change" : "norm change";
	if (d->act != DESIGNATE_DECLINE && is_listed)
		str_adds(&s->list_no, was->list_no.data);
	return 0;
}

static int record(struct decision *d, struct decided_system *s)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	const char *outcome = act_outcomes[d->act];
	int r = db_run(d->inv->db, &query_designation_add,
		DB_VALUES(db_int(s->realm), db_text(s->id), db_text(outcome),
			db_text(s->list_no.data), db_int(s->proposal.eval),
			db_text(d->authority.name.data), db_text(d->official.data),
			db_text(d->number.data), db_text(d->day), db_text(s->reason),
			db_text(d->words.data), db_text(s->evidence.data),
			d->order->boundary ? db_int(d->order->boundary) : db_null(),
			db_time(s->valid_from_us), db_time(d->now_us)),
		&rows, d->reterr);

	if (r < 0)
		return r;
	s->result = (struct designated_row){.id = db_get_int(rows, 0, 0), .system = s->id,
		.list_no = strcmp(outcome, "cii") == 0 ? s->list_no.data : "",
		.unbounded = strcmp(outcome, "cii") == 0 && !db_get_bool(rows, 0, 1)};
	return 0;
}

static int add_trail(struct decision *d, const struct decided_system *s)
{
	_cleanup_(str_done) struct str detail = STR_INIT(DECISION_EVIDENCE_MAX);

	str_addf(&detail,
		"%s%s%s (%s) by %s%s%s, decision %s of %s; proposal %" PRId64
		" of pack %s; notices %" PRId64 " and %" PRId64 "%s%s",
		act_outcomes[d->act], s->list_no.len ? " " : "", s->list_no.data, s->reason,
		d->official.data, d->authority.name.len ? ", " : "", d->authority.name.data,
		d->number.data, d->day, s->proposal.eval, s->proposal.pack.data,
		s->result.notice, s->result.report, d->words.len ? ": " : "", d->words.data);
	return trail_add(d->inv, act_names[d->act], s->id, detail.data, d->reterr);
}

/* The case that waits for a decision on the system, if there is one. */
static int find_case(struct decision *d, struct decided_system *s)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(d->inv->db, &query_case_open,
		DB_VALUES(db_int(s->realm), db_text(s->id)), &rows, d->reterr);

	if (r < 0 || db_rows(rows) == 0)
		return r;
	s->case_id = db_get_int(rows, 0, 0);
	s->case_received = strcmp(db_get_text(rows, 0, 1), "received") == 0;
	return 0;
}

static int judge_one(struct decision *d, struct decided_system *s)
{
	int r = find_case(d, s);

	if (r == 0 && d->act != DESIGNATE_WITHDRAW)
		r = decision_find_proposal(d, s);
	if (r == 0)
		r = find_entry(d, s);
	if (r == 0 && d->act == DESIGNATE_WITHDRAW)
		r = decision_find_proposal(d, s);
	return r < 0 ? r : find_times(d, s);
}

static int record_one(struct decision *d, struct decided_system *s)
{
	int r = d->act == DESIGNATE_DECLINE || s->list_no.len ? 0 : new_number(d, s);

	if (r == 0)
		r = record(d, s);
	if (r == 0)
		r = decision_notify(d, s);
	if (r == 0 && *s->result.list_no)
		r = case_freeze_now(d->inv->db, s->realm, s->id, s->result.id, d->reterr);
	return r < 0 ? r : add_trail(d, s);
}

static int check_boundary(const struct decision *d)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	const struct decided_system *s = &d->systems[0];
	int64_t boundary = d->order->boundary;
	int r = boundary
			? db_run(d->inv->db, &query_designation_boundary,
				  DB_VALUES(db_int(s->realm), db_text(s->id), db_int(boundary)),
				  &rows, d->reterr)
			: 0;

	if (r < 0 || !boundary || db_rows(rows))
		return r;
	return error_set(d->reterr, ERROR_INPUT,
		"boundary %" PRId64
		" is no decided boundary of system \"%.100s\"; `cadastre boundary "
		"list %.100s` shows those there are",
		boundary, s->id, s->id);
}

/* All are judged before one is recorded: an entry is a fact of what is judged beside it. */
static int decide_all(struct decision *d)
{
	int r = 0;

	for (size_t i = 0; i < d->order->n_systems && r == 0; i++)
		r = judge_one(d, &d->systems[i]);
	for (size_t i = 0; i < d->order->n_systems && r == 0; i++)
		r = record_one(d, &d->systems[i]);
	return r;
}

static int decide(struct decision *d)
{
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	int r = db_begin(d->inv->db, d->reterr);

	if (r < 0)
		return r;
	transaction = d->inv->db;
	r = look(d);
	if (r == 0)
		r = look_again(d);
	if (r == 0)
		r = check_boundary(d);
	if (r == 0)
		r = find_authority(d);
	if (r == 0)
		r = check_number(d);
	if (r == 0)
		r = decide_all(d);
	return r < 0 ? r : db_commit(transaction, d->reterr);
}

/* ---- the door ------------------------------------------------------------------------ */

int inventory_designate(struct inventory *inv, enum designate_act act,
	const struct designate_order *order,
	int (*row)(void *context, const struct designated_row *designated), void *context,
	struct error *reterr)
{
	_cleanup_(decision_done) struct decision d = {.inv = inv,
		.act = act,
		.order = order,
		.official = STR_INIT(4 * LINE_MAX_BYTES),
		.number = STR_INIT(4 * LINE_MAX_BYTES),
		.words = STR_INIT(4 * WORDS_MAX),
		.authority = NOTICE_PARTY_INIT,
		.ministry = NOTICE_PARTY_INIT,
		.reterr = reterr};
	int r = take_order(&d);

	if (r == 0)
		r = decide(&d);
	for (size_t i = 0; r == 0 && i < order->n_systems; i++)
		r = row(context, &d.systems[i].result);
	return r;
}

static int take_id(void *context, const struct designated_row *designated)
{
	*(int64_t *)context = designated->id;
	return 0;
}

int inventory_designate_accept(struct inventory *inv, const char *system, const char *official,
	const char *decision_no, int64_t *ret_id, struct error *reterr)
{
	struct designate_order order = {.systems = &system,
		.n_systems = 1,
		.official = official,
		.decision_no = decision_no};

	return inventory_designate(inv, DESIGNATE_ACCEPT, &order, take_id, ret_id, reterr);
}
