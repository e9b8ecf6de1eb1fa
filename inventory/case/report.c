/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both states of a case side by side: what the norm said when it was decided and what it says
 * now, or said when it was decided again, criterion by criterion, made anew from what is kept;
 * and what the two boundaries do not have in common. Reads only.
 */
#include "inventory/case/case.h"

#include "inventory/norm/replay.h"
#include "inventory/store/queries.h"

#include <stdlib.h>
#include <string.h>

#define CRITERIA_MAX (2 * JUDGE_REASONS_MAX)

struct reporting {
	struct inventory *inv;
	struct arena *arena;
	struct case_file *file;
	size_t room; /* for members */
	struct case_evaluation *into;
	bool after, failed;
};

static const char *held(struct reporting *reporting, const char *text)
{
	const char *copy = arena_strdup(reporting->arena, text);

	reporting->failed |= !copy;
	return copy ? copy : "";
}

/* ---- evaluations ------------------------------------------------------------------------ */

/* "A2" of "A2 met, bright line (harm): ..."; its verdict is what stands before a comma or
 * bracket. */
static size_t id_length(const char *reason)
{
	return strcspn(reason, " :");
}

static struct case_criterion *criterion_of(struct reporting *reporting, const char *reason)
{
	struct case_file *file = reporting->file;
	size_t n = id_length(reason);

	for (size_t i = 0; i < file->n_criteria; i++)
		if (strncmp(file->criteria[i].id, reason, n) == 0 && !file->criteria[i].id[n])
			return &file->criteria[i];
	if (file->n_criteria == CRITERIA_MAX)
		return NULL;
	file->criteria[file->n_criteria] = (struct case_criterion){
		.id = arena_strndup(reporting->arena, reason, n), .before = "", .after = ""};
	if (!file->criteria[file->n_criteria].id)
		return NULL;
	return &file->criteria[file->n_criteria++];
}

static int see_evaluation(void *context, const struct replay *replay)
{
	struct reporting *reporting = context;

	*reporting->into = (struct case_evaluation){.id = replay->eval_id,
		.pack = held(reporting, replay->pack),
		.version = held(reporting, replay->version),
		.outcome = held(reporting, replay->outcome),
		.missing = held(reporting, replay->missing),
		.score = replay->score};
	for (size_t i = 0; i < replay->n_reasons; i++) {
		struct case_criterion *criterion = criterion_of(reporting, replay->reasons[i]);

		reporting->failed |= !criterion;
		if (criterion && reporting->after)
			criterion->after = held(reporting, replay->reasons[i]);
		else if (criterion)
			criterion->before = held(reporting, replay->reasons[i]);
	}
	return 0;
}

static bool differ(const char *before, const char *after)
{
	size_t a = strcspn(before, ",(:"), b = strcspn(after, ",(:");

	return a != b || memcmp(before, after, a) != 0;
}

static int load_evaluation(struct reporting *reporting, struct replayer *replayer, int64_t id,
	struct case_evaluation *into, bool after, struct error *reterr)
{
	*into = (struct case_evaluation){
		.pack = "", .version = "", .outcome = "", .missing = ""};
	if (!id)
		return 0;
	reporting->into = into;
	reporting->after = after;
	return replayer_ask(replayer, id, see_evaluation, reporting, reterr);
}

static int load_evaluations(struct reporting *reporting, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	_cleanup_(replayer_freep) struct replayer *replayer = NULL;
	struct case_file *file = reporting->file;
	int64_t now = file->row.new_eval_id;
	int r = replayer_new(reporting->inv, &replayer, reterr);

	file->criteria = arena_alloc(reporting->arena, CRITERIA_MAX * sizeof(*file->criteria));
	if (r == 0 && !file->criteria)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a report");
	if (r == 0 && !now && file->row.eval_id)
		r = db_run(reporting->inv->db, &query_case_standing,
			DB_VALUES(db_int(file->row.eval_id)), &rows, reterr);
	if (r == 0 && rows && db_rows(rows))
		now = db_get_int(rows, 0, 0);
	if (r == 0)
		r = load_evaluation(
			reporting, replayer, file->row.eval_id, &file->before, false, reterr);
	if (r == 0)
		r = load_evaluation(reporting, replayer, now, &file->after, true, reterr);
	for (size_t i = 0; r == 0 && i < file->n_criteria; i++)
		file->criteria[i].differs =
			differ(file->criteria[i].before, file->criteria[i].after);
	return r;
}

/* ---- boundaries ------------------------------------------------------------------------- */

static int see_member(void *context, const struct boundary_difference *difference)
{
	struct reporting *reporting = context;
	struct case_file *file = reporting->file;

	if (file->n_members == reporting->room) {
		size_t room = reporting->room ? 2 * reporting->room : 64;
		struct case_member *members =
			arena_alloc(reporting->arena, room * sizeof(*members));

		if (!members) {
			reporting->failed = true;
			return 0;
		}
		if (file->n_members)
			memcpy(members, file->members, file->n_members * sizeof(*members));
		file->members = members;
		reporting->room = room;
	}
	file->members[file->n_members++] = (struct case_member){
		.added = strcmp(difference->act, "added") == 0,
		.controller = difference->controller,
		.name = held(reporting, difference->name),
		.role = held(reporting, difference->role),
		.reason = held(reporting, difference->reason)};
	return 0;
}

static int load_boundary(struct reporting *reporting, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct case_file *file = reporting->file;
	struct boundary_which then = {0}, now = {0};
	struct boundary_comparison comparison;
	int r;

	if (!file->row.designation_id)
		return 0;
	r = db_run(reporting->inv->db, &query_case_boundaries,
		DB_VALUES(db_int(file->row.realm_id), db_text(file->row.system),
			db_int(file->row.boundary), db_time(file->row.decided_us),
			file->row.new_decided_us ? db_time(file->row.new_decided_us)
						 : db_null()),
		&rows, reterr);
	if (r < 0)
		return r;
	then.id = db_get_int(rows, 0, 0);
	now.id = db_get_int(rows, 0, 1);
	if (!then.id || !now.id)
		return 0;
	r = inventory_boundary_compare(reporting->inv, &then, &now, see_member, reporting,
		&comparison, reterr);
	if (r != 0)
		return r < 0 ? r : 0;
	file->jaccard = comparison.jaccard;
	file->n_boundary_before = comparison.n_before;
	file->n_boundary_after = comparison.n_after;
	return 0;
}

int inventory_case_report(struct inventory *inv, int64_t id, struct arena *arena,
	struct case_file *ret, struct error *reterr)
{
	struct reporting reporting = {.inv = inv, .arena = arena, .file = ret};
	int r = inventory_case_show(inv, id, arena, ret, reterr);

	if (r == 0)
		r = load_evaluations(&reporting, reterr);
	if (r == 0)
		r = load_boundary(&reporting, reterr);
	if (r == 0 && reporting.failed)
		r = error_set(reterr, ERROR_SYSTEM, "no memory for a report");
	return r;
}
