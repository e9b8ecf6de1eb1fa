/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed since each decision. Its baseline is the register as of the moment from which it
 * knew the decision, with the evaluation that was decided on and the boundary that was known
 * then. What the register knew then never changes. Comparing with that, not with the look
 * before, finds what drifts slowly, too.
 *
 * The norms judge what can have changed and boundaries are derived anew first, in transactions
 * of their own; then all is compared and kept in one.
 *
 * Basis: guiding opinions 1960 (2020), III(1); Order 745 Art. 11 and 21.
 */
#include "inventory/case/case.h"
#include "inventory/case/freeze.h"

#include "common/clock.h"
#include "inventory/norm/safexml.h"
#include "inventory/scope/day.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- norms --------------------------------------------------------------------------- */

struct case_norms {
	struct inventory *inv;
	struct judge *judge;
	char packs[JUDGE_PACKS_MAX][192]; /* "id version", in the judge's order */
};

int case_norms_new(struct inventory *inv, struct case_norms **ret_norms, struct error *reterr)
{
	_cleanup_(case_norms_freep) struct case_norms *norms = calloc(1, sizeof(*norms));
	int r;

	if (!norms)
		return error_set(reterr, ERROR_SYSTEM, "no memory for norms");
	norms->inv = inv;
	r = judge_new(inv, 1, 0, false, &norms->judge, reterr);
	if (r == 0)
		*ret_norms = STEAL(norms);
	return r;
}

void case_norms_free(struct case_norms *norms)
{
	if (!norms)
		return;
	judge_free(norms->judge);
	free(norms);
}

int case_norms_find(struct case_norms *norms, const char *pack, const char *version,
	const struct judge_change **ret_norm, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *file = NULL;
	_cleanup_(str_done) struct str bytes = STR_INIT(SAFEXML_PACK_MAX);
	size_t n = judge_packs(norms->judge);
	char name[sizeof(norms->packs[0])];
	int r;

	snprintf(name, sizeof(name), "%s %s", pack, version);
	for (size_t i = 0; i < n; i++)
		if (strcmp(norms->packs[i], name) == 0) {
			*ret_norm = &judge_pack(norms->judge, i)->after;
			return 0;
		}
	r = db_run(norms->inv->db, &query_pack_file, DB_VALUES(db_text(pack), db_text(version)),
		&file, reterr);
	if (r < 0)
		return r;
	if (db_rows(file) == 0)
		return error_set(reterr, ERROR_DATABASE, "norm pack %s is not installed", name);
	db_get_bytes(file, 0, 1, &bytes);
	r = judge_add_pack(norms->judge, name, bytes.data, bytes.len, reterr);
	if (r < 0)
		return r;
	snprintf(norms->packs[n], sizeof(norms->packs[n]), "%s", name);
	*ret_norm = &judge_pack(norms->judge, n)->after;
	return 0;
}

/* ---- first ---------------------------------------------------------------------------- */

static int ignore_proposal(void *context, const struct proposal_row *row)
{
	(void)context;
	(void)row;
	return 0;
}

/* What the norms say now; nothing if none is in force, or there is nothing to judge: a system
 * that left the register, or is out of service. */
static int judge_first(struct inventory *inv, const char *system, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct identify_request request = {.system = system};
	struct identify_result result;
	char today[DAY_SIZE];
	int r;

	day_of(clock_wall_us(), today);
	r = system ? db_run(inv->db, &query_case_judged,
			     DB_VALUES(db_text(system), db_text(today)), &rows, reterr)
		   : db_run(inv->db, &query_pack_in_force,
			     DB_VALUES(db_text(today), db_text(NULL)), &rows, reterr);
	if (r < 0 || db_rows(rows) == 0)
		return r;
	return inventory_identify_ask(inv, &request, ignore_proposal, NULL, &result, reterr);
}

static int ignore_boundary(void *context, const struct boundary_derived *derived)
{
	(void)context;
	(void)derived;
	return 0;
}

/* Boundaries are compared where one was known at the time of the decision. The networks of a
 * realm are read once: where more than one system of it is looked at, all of its boundaries are
 * derived. */
static int derive_first(struct inventory *inv, const char *system, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_case_bounded, DB_VALUES(db_text(system)), &rows, reterr);

	for (size_t i = 0, end; r == 0 && i < db_rows(rows); i = end) {
		const char *realm = db_get_text(rows, i, 0);

		for (end = i + 1; end < db_rows(rows) &&
			strcmp(db_get_text(rows, end, 0), realm) == 0; end++)
			;
		r = inventory_boundary_derive(inv, realm,
			end == i + 1 ? db_get_text(rows, i, 1) : NULL, ignore_boundary, NULL,
			reterr);
	}
	return r;
}

/* ---- the boundary --------------------------------------------------------------------- */

struct bounding {
	struct case_changes *changes;
	char evidence[48];
};

static int see_member(void *context, const struct boundary_difference *difference)
{
	struct bounding *bounding = context;
	bool added = strcmp(difference->act, "added") == 0;
	_cleanup_(str_done) struct str subject = STR_INIT(2 * CASE_TEXT_MAX);

	str_addf(&subject, "%s, asset %" PRIu64, difference->name, difference->asset_id);
	if (difference->controller)
		case_changes_add(bounding->changes, TRIGGER_CONTROLLER, subject.data,
			added ? "" : difference->role, added ? difference->role : "",
			bounding->evidence);
	return 0;
}

static int compare_boundary(struct inventory *inv, const struct case_baseline *b,
	const struct judge_change *norm, struct case_changes *changes, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct bounding bounding = {.changes = changes};
	struct boundary_comparison comparison;
	struct boundary_which then = {0}, now = {0};
	char before[48], after[96];
	int r = db_run(inv->db, &query_case_boundaries,
		DB_VALUES(db_int(b->realm_id), db_text(b->system), db_int(b->boundary),
			db_time(b->entered_us), db_null()),
		&rows, reterr);

	if (r < 0)
		return r;
	then.id = db_get_int(rows, 0, 0);
	now.id = db_get_int(rows, 0, 1);
	if (!then.id || !now.id || then.id == now.id)
		return 0;
	snprintf(bounding.evidence, sizeof(bounding.evidence), "boundary %" PRId64, now.id);
	r = inventory_boundary_compare(
		inv, &then, &now, see_member, &bounding, &comparison, reterr);
	if (r != 0)
		return r < 0 ? r : 0;
	if (comparison.jaccard >= norm->change.jaccard)
		return 0;
	snprintf(before, sizeof(before), "%u assets", comparison.n_before);
	snprintf(after, sizeof(after), "%u assets: %u added, %u removed; Jaccard %.3f",
		comparison.n_after, comparison.n_added, comparison.n_removed,
		comparison.jaccard);
	case_changes_add(changes, TRIGGER_BOUNDARY, "", before, after, bounding.evidence);
	return 0;
}

/* ---- decisions ------------------------------------------------------------------------ */

struct checking {
	struct case_keeping keeping;
	struct case_norms *norms;
	struct db_result *rows; /* of case_baselines */
};

static struct case_baseline baseline_of(const struct db_result *rows, size_t i)
{
	return (struct case_baseline){.decision_id = db_get_int(rows, i, 0),
		.realm_id = db_get_int(rows, i, 1),
		.realm = db_get_text(rows, i, 2),
		.system = db_get_text(rows, i, 3),
		.outcome = db_get_text(rows, i, 4),
		.decision_no = db_get_text(rows, i, 5),
		.entered_us = db_get_int(rows, i, 6),
		.boundary = db_get_int(rows, i, 7),
		.pack = db_get_text(rows, i, 9),
		.then = {db_get_int(rows, i, 8), db_get_text(rows, i, 10),
			db_get_text(rows, i, 11), db_get_text(rows, i, 13),
			db_get_int(rows, i, 12)},
		.now = {db_get_int(rows, i, 14), db_get_text(rows, i, 15),
			db_get_text(rows, i, 16), db_get_text(rows, i, 18),
			db_get_int(rows, i, 17)},
		.unheard = db_get_bool(rows, i, 19),
		.silent = db_get_bool(rows, i, 20)};
}

/* A norm that wants entries reviewed some time after a decision has a case opened for it. */
static int see_review(const struct checking *c, const struct case_baseline *b,
	const struct judge_change *norm, struct case_changes *changes, struct error *reterr)
{
	char today[DAY_SIZE], after[32];
	int r = 0;

	day_of(c->keeping.now_us, today);
	for (uint8_t i = 0; i < norm->n_clocks && r == 0; i++) {
		const struct pack_clock *clock = &norm->clocks[i];
		_cleanup_(db_result_freep) struct db_result *rows = NULL;

		if (clock->event != CLOCK_DECIDED || clock->action != CLOCK_REVIEW)
			continue;
		r = db_run(c->keeping.inv->db, &query_case_review,
			DB_VALUES(db_int(b->decision_id), db_int(clock->months),
				db_int(clock->days), db_text(today)),
			&rows, reterr);
		if (r < 0 || db_rows(rows) == 0)
			continue;
		snprintf(after, sizeof(after), "due %.10s", db_get_text(rows, 0, 1));
		case_changes_add(changes, TRIGGER_REVIEW_DUE, "", db_get_text(rows, 0, 0),
			after, clock->basis);
	}
	return r;
}

/* ---- what is otherwise ------------------------------------------------------------------ */

static int check_one(struct checking *c, const struct case_baseline *b,
	struct case_changes *changes, struct error *reterr)
{
	const struct judge_change *norm = NULL;
	bool listed = strcmp(b->outcome, "cii") == 0;
	int r = case_norms_find(c->norms, b->pack, b->then.version, &norm, reterr);

	if (r == 0 && listed)
		r = compare_boundary(c->keeping.inv, b, norm, changes, reterr);
	if (r == 0 && listed)
		r = see_review(c, b, norm, changes, reterr);
	if (r == 0)
		r = case_compare_outcome(c->keeping.inv, b, norm, changes, reterr);
	if (r == 0)
		r = case_changes_check(changes, b->system, reterr);
	c->keeping.result->decisions++;
	return r < 0 ? r : case_keep(&c->keeping, b, norm, changes, reterr);
}

/* Rows [i, end) of one realm. What is not on the list has no duty to report how it is built: of
 * it only what the norm says counts. */
static int check_realm(struct checking *c, size_t i, size_t end, struct error *reterr)
{
	_cleanup_(str_done) struct str ids = STR_INIT(CASE_IDS_MAX);
	_cleanup_(db_result_freep) struct db_result *then = NULL, *now = NULL;
	struct db *db = c->keeping.inv->db;
	struct db_value realm = db_int(db_get_int(c->rows, i, 1));
	size_t then_at = 0, now_at = 0;
	int r;

	for (size_t k = i; k < end; k++)
		if (strcmp(db_get_text(c->rows, k, 4), "cii") == 0)
			str_addf(&ids, "%s%s", ids.len ? "\n" : "", db_get_text(c->rows, k, 3));
	r = db_run(db, &query_case_frozen, DB_VALUES(realm, db_text(ids.data)), &then, reterr);
	if (r == 0)
		r = db_run(db, &query_case_facts, DB_VALUES(realm, db_text(ids.data)), &now,
			reterr);
	for (size_t k = i; k < end && r == 0; k++) {
		_cleanup_(case_changes_done) struct case_changes changes = {0};
		struct case_baseline b = baseline_of(c->rows, k);

		if (strcmp(b.outcome, "cii") == 0)
			case_compare(b.system, then, now, &then_at, &now_at, &changes);
		r = check_one(c, &b, &changes, reterr);
	}
	return r;
}

static int check_all(struct checking *c, struct error *reterr)
{
	size_t n = db_rows(c->rows);
	int r = 0;

	for (size_t i = 0, end; i < n && r == 0; i = end) {
		for (end = i + 1;
			end < n && db_get_int(c->rows, end, 1) == db_get_int(c->rows, i, 1);
			end++)
			;
		r = check_realm(c, i, end, reterr);
	}
	return r;
}

static int check(struct checking *c, const char *system, struct error *reterr)
{
	struct inventory *inv = c->keeping.inv;
	_cleanup_(db_rollbackp) struct db *transaction = NULL;
	int r = db_begin(inv->db, reterr);

	if (r < 0)
		return r;
	transaction = inv->db;
	r = db_run(inv->db, &query_case_lock, DB_NO_VALUES, NULL, reterr);
	if (r == 0) /* register and decisions stand still meanwhile */
		r = db_run(inv->db, &query_identify_lock, DB_NO_VALUES, NULL, reterr);
	if (r == 0)
		r = db_run(inv->db, &query_register_lock, DB_NO_VALUES, NULL, reterr);
	if (r == 0)
		r = case_now(inv, &c->keeping.now_us, reterr);
	if (r == 0)
		r = db_run(inv->db, &query_case_baselines, DB_VALUES(db_text(system)), &c->rows,
			reterr);
	if (r == 0 && system && db_rows(c->rows) == 0)
		return error_set(reterr, ERROR_INPUT,
			"nothing is decided on system \"%.100s\", so there is nothing to "
			"compare it with",
			system);
	if (r == 0)
		r = case_freeze_then(inv->db, system, reterr);
	if (r == 0)
		r = check_all(c, reterr);
	return r < 0 ? r : db_commit(transaction, reterr);
}

int inventory_case_check(struct inventory *inv, const char *system,
	int (*row)(void *context, const struct case_found *found), void *context,
	struct case_checked *ret, struct error *reterr)
{
	struct checking c = {.keeping = {inv, 0, row, context, ret}};
	int r = judge_first(inv, system, reterr);

	*ret = (struct case_checked){0};
	if (r == 0)
		r = derive_first(inv, system, reterr);
	if (r == 0)
		r = case_norms_new(inv, &c.norms, reterr);
	if (r == 0)
		r = check(&c, system, reterr);
	db_result_free(c.rows);
	case_norms_free(c.norms);
	return r;
}
