/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the norm of a decision says otherwise now: another outcome, a bright line that is
 * crossed, facts that it does not know any more, a score that came close to a threshold,
 * another version.
 */
#include "inventory/case/case.h"

#include "inventory/store/queries.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define ID_MAX 40

/* "A1+ A2- A3?": the sign of a criterion, 0 if it has none. */
static char verdict_of(const char *verdicts, const char *id)
{
	size_t n = strlen(id);

	for (const char *at = verdicts; *at; at += strcspn(at, " "), at += *at == ' ')
		if (strncmp(at, id, n) == 0 && strchr("+-?", at[n]) && at[n])
			return at[n];
	return 0;
}

static const char *verdict_name(char sign)
{
	return sign == '+' ? "met" : sign == '-' ? "not met" : "unknown";
}

static void compare_bright(const struct case_baseline *b, const struct judge_change *norm,
	const char *evidence, struct case_changes *changes)
{
	for (const char *at = norm->bright; *at;) {
		size_t n = strcspn(at, " ");
		char id[ID_MAX], then, now;

		snprintf(id, sizeof(id), "%.*s", (int)n, at);
		at += n + (at[n] == ' ');
		if (n == 0)
			continue;
		then = verdict_of(b->then.verdicts, id);
		now = verdict_of(b->now.verdicts, id);
		if (then && now && now != '?' && then != now)
			case_changes_add(changes, TRIGGER_BRIGHT_CROSS, id, verdict_name(then),
				verdict_name(now), evidence);
	}
}

static int compare_facts(struct inventory *inv, const struct case_baseline *b,
	const char *evidence, struct case_changes *changes, struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	int r = db_run(inv->db, &query_case_evidence,
		DB_VALUES(db_int(b->then.id), db_int(b->now.id)), &rows, reterr);

	for (size_t i = 0; r == 0 && i < db_rows(rows); i++) {
		_cleanup_(str_done) struct str before = STR_INIT(2 * CASE_TEXT_MAX);
		const char *paper = db_get_text(rows, i, 3);

		str_addf(&before, "%s%s%s%s", db_get_text(rows, i, 1), *paper ? " [" : "",
			paper, *paper ? "]" : "");
		case_changes_add(changes, TRIGGER_EVIDENCE_LOST, db_get_text(rows, i, 0),
			before.data, db_get_text(rows, i, 2), evidence);
	}
	return r;
}

/* Conditions of several outcomes may compare the score with one number. */
static bool is_repeated(const struct judge_change *norm, uint8_t i)
{
	for (uint8_t k = 0; k < i; k++)
		if (norm->thresholds[k] == norm->thresholds[i])
			return true;
	return false;
}

static void compare_margin(const struct case_baseline *b, const struct judge_change *norm,
	const char *evidence, struct case_changes *changes)
{
	for (uint8_t i = 0; i < norm->n_thresholds; i++) {
		double then = fabs((double)b->then.score - norm->thresholds[i]);
		double now = fabs((double)b->now.score - norm->thresholds[i]);
		char subject[64], before[32], after[32];

		if (is_repeated(norm, i) || then < norm->change.margin ||
			now >= norm->change.margin)
			continue;
		snprintf(subject, sizeof(subject), "score %.15g", norm->thresholds[i]);
		snprintf(before, sizeof(before), "%" PRId64, b->then.score);
		snprintf(after, sizeof(after), "%" PRId64, b->now.score);
		case_changes_add(changes, TRIGGER_MARGIN, subject, before, after, evidence);
	}
}

int case_compare_outcome(struct inventory *inv, const struct case_baseline *b,
	const struct judge_change *norm, struct case_changes *changes, struct error *reterr)
{
	size_t lost = changes->n;
	char evidence[48];
	int r;

	/* What is out of service or not registered is judged by no norm; that is no change of
	 * it. */
	if (b->unheard)
		case_changes_add(changes, TRIGGER_NORM, b->pack, b->then.version,
			"does not judge it any more", "");
	if (b->silent || !b->now.id || b->now.id == b->then.id)
		return 0;
	snprintf(evidence, sizeof(evidence), "proposal %" PRId64, b->now.id);
	r = compare_facts(inv, b, evidence, changes, reterr);
	if (r < 0)
		return r;
	/* That it needs a review is told by what it does not know. */
	lost = changes->n - lost;
	if (strcmp(b->then.outcome, b->now.outcome) != 0 &&
		(strcmp(b->now.outcome, "review") != 0 || !lost))
		case_changes_add(changes, TRIGGER_OUTCOME_FLIP, b->pack, b->then.outcome,
			b->now.outcome, evidence);
	compare_bright(b, norm, evidence, changes);
	compare_margin(b, norm, evidence, changes);
	if (strcmp(b->then.version, b->now.version) != 0)
		case_changes_add(changes, TRIGGER_NORM, b->pack, b->then.version,
			b->now.version, evidence);
	return 0;
}
