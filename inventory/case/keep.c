/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cases opened, and what is otherwise added to them. A change is kept once for each decision
 * with which it was compared, also if its case is closed: what an official found to be noise
 * does not come back until it is otherwise again or something else is decided. What is found
 * goes to the case that is not decided on yet; one that was noise, or was decided on, is none
 * any more, and another one is opened.
 */
#include "inventory/case/case.h"

#include "common/text.h"
#include "inventory/scope/day.h"
#include "inventory/scope/trail.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int case_now(struct inventory *inv, int64_t *ret_us, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_case_now, DB_NO_VALUES, &rows, reterr);

	if (r == 0)
		*ret_us = db_get_int(rows, 0, 0);
	return r;
}

/* ---- a case is opened ---------------------------------------------------------------- */

static int write_clock(struct inventory *inv, int64_t id, const struct pack_clock *clock,
	struct error *reterr)
{
	return db_run(inv->db, &query_case_clock_add,
		DB_VALUES(db_int(id), db_text(clock_event_name(clock->event)),
			db_text(clock_action_name(clock->action)), db_int(clock->months),
			db_int(clock->days), db_text(clock->basis)),
		NULL, reterr);
}

/* The law's own clock runs whatever the norm says. */
static int write_clocks(struct inventory *inv, int64_t id, const struct judge_change *norm,
	struct error *reterr)
{
	bool identifies = false;
	int r = 0;

	for (uint8_t i = 0; i < norm->n_clocks && r == 0; i++) {
		const struct pack_clock *clock = &norm->clocks[i];

		identifies |=
			clock->action == CLOCK_RE_IDENTIFY && clock->event == CLOCK_RECEIVED;
		r = write_clock(inv, id, clock, reterr);
	}
	return r < 0 || identifies ? r : write_clock(inv, id, &pack_clock_default, reterr);
}

int case_write(struct inventory *inv, const struct case_head *head,
	const struct judge_change *norm, int64_t *ret_id, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_case_add,
		DB_VALUES(db_int(head->realm_id), db_text(head->system), db_text(head->kind),
			head->designation_id ? db_int(head->designation_id) : db_null(),
			db_text(head->pack), db_text(head->version), db_text(head->day),
			db_text(head->by), db_text(head->due), db_text(CASE_BASIS),
			db_text(head->note), db_time(head->now_us)),
		&rows, reterr);

	if (r < 0)
		return r;
	*ret_id = db_get_int(rows, 0, 0);
	if (norm)
		r = write_clocks(inv, *ret_id, norm, reterr);
	return r < 0 ? r
		     : db_run(inv->db, &query_case_event_add,
			       DB_VALUES(db_int(*ret_id), db_text("candidate"), db_text(""),
				       db_text(head->day), db_text(head->by), db_text(""),
				       db_text(head->note), db_null(), db_time(head->now_us)),
			       NULL, reterr);
}

/* ---- what is new --------------------------------------------------------------------- */

static const char *class_of(const struct pack_change *norm, enum change_trigger trigger)
{
	uint32_t bit = UINT32_C(1) << trigger;

	return norm->major & bit ? "major" : norm->notable & bit ? "notable" : NULL;
}

static bool is_known(const struct db_result *known, const struct case_change *change)
{
	for (size_t i = 0; i < db_rows(known); i++)
		if (strcmp(db_get_text(known, i, 0), change_trigger_name(change->trigger)) ==
				0 &&
			strcmp(db_get_text(known, i, 1), change->subject) == 0 &&
			strcmp(db_get_text(known, i, 2), change->after) == 0)
			return true;
	return false;
}

static int find_open(struct case_keeping *keeping, const struct case_baseline *b,
	int64_t *ret_id, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(keeping->inv->db, &query_case_open,
		DB_VALUES(db_int(b->realm_id), db_text(b->system)), &rows, reterr);

	if (r == 0)
		*ret_id = db_rows(rows) ? db_get_int(rows, 0, 0) : 0;
	return r;
}

static int open_case(struct case_keeping *keeping, const struct case_baseline *b,
	const struct judge_change *norm, int64_t *ret_id, struct error *reterr)
{
	char day[DAY_SIZE], object[64];
	struct case_head head = {.realm_id = b->realm_id, .designation_id = b->decision_id,
		.system = b->system, .kind = "re-identification", .pack = b->pack,
		.version = b->then.version, .day = day, .by = "case check", .note = "",
		.now_us = keeping->now_us};
	int r;

	day_of(keeping->now_us, day);
	r = case_write(keeping->inv, &head, norm, ret_id, reterr);
	if (r < 0)
		return r;
	keeping->result->opened++;
	snprintf(object, sizeof(object), "case %" PRId64, *ret_id);
	return trail_add(keeping->inv, "case.open", object, b->system, reterr);
}

/* Two that are told by the same words, as long ones are when they are cut, are kept once. */
static int add_one(struct case_keeping *keeping, const struct case_baseline *b, int64_t id,
	bool opened, const struct case_change *change, const char *class, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *added = NULL;
	struct case_found found = {.case_id = id, .opened = opened, .realm = b->realm,
		.system = b->system, .trigger = change_trigger_name(change->trigger),
		.class = class, .subject = change->subject, .before = change->before,
		.after = change->after, .evidence = change->evidence};
	int r = db_run(keeping->inv->db, &query_case_trigger_add,
		DB_VALUES(db_int(id), db_text(found.trigger), db_text(class),
			db_text(change->subject), db_text(change->before),
			db_text(change->after), db_text(change->evidence),
			db_int(b->decision_id), db_time(keeping->now_us)),
		&added, reterr);

	if (r < 0 || db_rows(added) == 0)
		return r;
	keeping->result->found++;
	return keeping->row ? keeping->row(keeping->context, &found) : 0;
}

int case_keep(struct case_keeping *keeping, const struct case_baseline *b,
	const struct judge_change *norm, const struct case_changes *changes,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *known = NULL;
	int64_t id = 0;
	bool opened = false;
	int r = changes->n == 0 ? 0 : db_run(keeping->inv->db, &query_case_known,
		DB_VALUES(db_int(b->decision_id)), &known, reterr);

	for (size_t i = 0; r == 0 && i < changes->n; i++) {
		const struct case_change *change = &changes->all[i];
		const char *class = class_of(&norm->change, change->trigger);

		keeping->result->changes += class != NULL;
		if (!class || is_known(known, change))
			continue;
		if (!id)
			r = find_open(keeping, b, &id, reterr);
		if (r == 0 && !id) {
			opened = true;
			r = open_case(keeping, b, norm, &id, reterr);
		}
		if (r == 0)
			r = add_one(keeping, b, id, opened, change, class, reterr);
	}
	return r;
}
