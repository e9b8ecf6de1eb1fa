/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of the inventory's door that is about cases: what changed since a system was decided
 * on, and what comes of that; see inventory.h for what holds of all of it, and docs/norms.md
 * for what a change is.
 *
 *   candidate -> triaged -> reported -> received -> re-identified -> notified
 *   -> informed -> closed
 */
#ifndef INVENTORY_CASES_H
#define INVENTORY_CASES_H

#include "common/arena.h"
#include "inventory/inventory.h"

/* ---- looking for changes ----------------------------------------------------------------- */

/* One thing that is otherwise than when the system was decided on. */
struct case_found {
	int64_t case_id; /* the case that it was added to */
	bool opened;	 /* which was opened for it */
	const char *realm, *system;
	const char *trigger, *class; /* the norm's words; "major", "notable" */
	const char *subject, *before, *after, *evidence;
};
struct case_checked {
	uint64_t decisions; /* that stand, and were compared with what is now */
	uint64_t changes;   /* found, of a class that opens a case; with those found before */
	uint64_t found, opened; /* found now; cases opened for them */
};
/* Compares each system that is decided on (`system` NULL: all) with how it was known when it
 * was: what the norms say of it, how the register states it, what was met. What was found
 * already is left as it is. The rest is added to the case of the system that waits for a
 * decision, or opens one: what is found after that decision, or after the case was found to be
 * noise, is a case of its own. The norms judge what can have changed first (of one system: that
 * one alone), and boundaries are derived anew where one was known when it was decided.
 * ERROR_INPUT if nothing is decided on that system. */
int inventory_case_check(struct inventory *inv, const char *system,
	int (*row)(void *context, const struct case_found *found), void *context,
	struct case_checked *ret, struct error *reterr);

/* ---- by hand ----------------------------------------------------------------------------- */

struct case_order {
	const char *system, *kind; /* re-identification (NULL), supervision, correction */
	const char *by, *note;	   /* who opens it, and why: must be given */
	const char *date;	   /* on which day, YYYY-MM-DD; NULL: today */
	const char *due; /* by which day it is to be closed; NULL: by its clocks alone */
};
int inventory_case_open(struct inventory *inv, const struct case_order *order, int64_t *ret_id,
	struct error *reterr);

struct case_step {
	const char *to;	      /* state */
	const char *class;    /* when it is triaged: noise, notable, major */
	const char *date; /* YYYY-MM-DD, not before that of the state it follows; NULL: today */
	const char *by;	      /* who did it */
	const char *document; /* the paper; must be given but to triage and to close */
	const char *note;
};
/* The next state of a case. What was triaged as noise is closed next; of a case of supervision
 * or correction what was received is. To be re-identified it needs a decision of that system
 * made since it was received; to be notified and informed, that this decision's notices were
 * sent. ERROR_INPUT, ERROR_USAGE. */
int inventory_case_advance(
	struct inventory *inv, int64_t id, const struct case_step *step, struct error *reterr);

/* ---- asking ------------------------------------------------------------------------------ */

struct case_row {
	int64_t id, designation_id,
		decided_by; /* decisions it starts from, and ends with; 0: none */
	const char *realm, *system, *system_name, *kind, *class, *state, *since, *opened,
		*opened_by;
	const char *due, *action; /* the day of what comes next and what that is, or "" */
	bool overdue;
	int64_t triggers, recorded_us;
	const char *pack, *version, *basis, *note;
	const char *list_no, *decision_no, *decided; /* of the decision it starts from, or "" */
	const char *new_decision_no;
	/* The two states that are compared: evaluations and when they were known; 0: none, now.
	 */
	int64_t realm_id, eval_id, decided_us, new_eval_id, new_decided_us, boundary;
};
struct case_filter {
	int64_t id; /* 0: all; ERROR_INPUT if there is none of that number */
	const char *system;
	bool open, overdue;
};
/* Those that are overdue first, then by the day of what comes next. */
int inventory_case_list(struct inventory *inv, const struct case_filter *filter,
	int (*row)(void *context, const struct case_row *row), void *context,
	struct error *reterr);

struct case_event {
	const char *state, *class, *day, *actor, *document, *note, *decision_no;
	int64_t recorded_us;
};
struct case_trigger {
	const char *trigger, *class, *subject, *before, *after, *evidence;
	int64_t recorded_us;
};
struct case_running {
	const char *event, *action, *since, *due, *basis;
};
/* One criterion as two evaluations have it: "A2 met, bright line (harm): ..."; "" where one has
 * it not. */
struct case_criterion {
	const char *id, *before, *after;
	bool differs; /* in its verdict */
};
struct case_evaluation {
	int64_t id; /* 0: none */
	const char *pack, *version, *outcome, *missing;
	int score;
};
struct case_member {
	bool added; /* else removed */
	bool controller;
	const char *name, *role, *reason;
};
struct case_file {
	struct case_row row;
	struct case_event *events;
	struct case_trigger *triggers;
	struct case_running *running;
	size_t n_events, n_triggers, n_running;
	/* of inventory_case_report() only */
	struct case_evaluation before, after;
	struct case_criterion *criteria;
	struct case_member *members;
	size_t n_criteria, n_members;
	uint32_t n_boundary_before, n_boundary_after;
	double jaccard; /* of the two boundaries; below 0: one of them is not there */
};
/* All of one case; texts are the arena's. ERROR_INPUT if there is none. */
int inventory_case_show(struct inventory *inv, int64_t id, struct arena *arena,
	struct case_file *ret, struct error *reterr);
/* The same, with both states side by side: as it was decided, and as it is now or was decided
 * again. */
int inventory_case_report(struct inventory *inv, int64_t id, struct arena *arena,
	struct case_file *ret, struct error *reterr);

#endif
