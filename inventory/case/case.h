/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share: a decision with its baseline, what is otherwise now. */
#ifndef INVENTORY_CASE_CASE_H
#define INVENTORY_CASE_CASE_H

#include "common/arena.h"
#include "inventory/cases.h"
#include "inventory/norm/judge.h"
#include "inventory/store/handle.h"

#define CASE_TEXT_MAX 1000 /* bytes of a subject, a before or an after that are kept */
#define CASE_CHANGES_MAX 100000 /* of one system */
#define CASE_ARENA_MAX ((size_t)256 * 1024 * 1024)

#define CASE_BASIS "GWA2020-1960 III(1); SCO745 Art.11"

/* One evaluation of a decision's norm. */
struct case_eval {
	int64_t id; /* 0: there is none */
	const char *version, *outcome, *verdicts;
	int64_t score;
};

/* What stands decided of one system. Texts are borrowed from a result. */
struct case_baseline {
	int64_t decision_id, realm_id, entered_us;
	int64_t boundary; /* the maximum that was decided on; 0: the newest known then */
	const char *realm, *system, *outcome, *decision_no, *pack;
	struct case_eval then, now;
	bool silent;  /* the norm does not speak about it any more */
	bool unheard; /* although norms judge the system: it is in service and registered */
};

struct case_change {
	enum change_trigger trigger;
	const char *subject, *before, *after, *evidence; /* the list's */
};

/* Changes of one system. */
struct case_changes {
	struct arena *arena;
	struct case_change *all;
	size_t n, room;
	bool failed; /* no memory, or more than CASE_CHANGES_MAX */
};
void case_changes_add(struct case_changes *changes, enum change_trigger trigger,
	const char *subject, const char *before, const char *after, const char *evidence);
int case_changes_check(
	const struct case_changes *changes, const char *system, struct error *reterr);
void case_changes_done(struct case_changes *changes);

/* compare.c: what differs between rows of query case_facts, in their order, for one system. */
struct db_result;
void case_compare(const char *system, const struct db_result *then, const struct db_result *now,
	size_t *then_at, size_t *now_at, struct case_changes *changes);

/* outcome.c: what the norm says otherwise. */
int case_compare_outcome(struct inventory *inv, const struct case_baseline *baseline,
	const struct judge_change *norm, struct case_changes *changes, struct error *reterr);

/* keep.c: adds what is new, and of a class that counts, to the system's open case, or opens
 * one. */
struct case_keeping {
	struct inventory *inv;
	int64_t now_us;
	int (*row)(void *context, const struct case_found *found);
	void *context;
	struct case_checked *result;
};
int case_keep(struct case_keeping *keeping, const struct case_baseline *baseline,
	const struct judge_change *norm, const struct case_changes *changes,
	struct error *reterr);
/* From when what is kept of cases now is known: after every decision, whoever's clock it
 * has. */
int case_now(struct inventory *inv, int64_t *ret_us, struct error *reterr);
/* Writes the head of a case and its first state, with the clocks of the norm (NULL: none). */
struct case_head {
	int64_t realm_id, designation_id;
	const char *system, *kind, *pack, *version, *day, *by, *due, *note;
	int64_t now_us;
};
int case_write(struct inventory *inv, const struct case_head *head,
	const struct judge_change *norm, int64_t *ret_id, struct error *reterr);

/* check.c: what the norms of some decisions say on changes; each pack is read once. */
struct case_norms;
int case_norms_new(struct inventory *inv, struct case_norms **ret_norms, struct error *reterr);
void case_norms_free(struct case_norms *norms);
CLEANUP_DEFINE(struct case_norms, case_norms_free)
int case_norms_find(struct case_norms *norms, const char *pack, const char *version,
	const struct judge_change **ret_norm, struct error *reterr);

#endif
