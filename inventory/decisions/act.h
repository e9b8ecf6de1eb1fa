/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A decision in the making: one transaction that holds the lock of intake, so that nothing is
 * filed and nobody else decides meanwhile; a run row that says when; the row of the decision;
 * the moves, as a table of steps; the trail. A preview does all of it and keeps nothing.
 */
#ifndef INVENTORY_DECISIONS_ACT_H
#define INVENTORY_DECISIONS_ACT_H

#include "common/str.h"
#include "inventory/store/handle.h"

#define DECISION_BY_MAX 300      /* bytes of an author's name */
#define DECISION_REASON_MAX 2000 /* bytes of a reason */
#define DECISION_LIST_MAX 65536  /* bytes of keys that one decision names */
#define DECISION_ADDRESSES_MAX (1u << 20) /* bytes of the addresses that it moves */

/* An asset as a decision finds it. */
struct party {
	int64_t id, realm;
	int64_t merged_into, merge_run; /* 0: no alias */
	struct str name, realm_name, state;
};
void party_done(struct party *party);

struct act {
	struct inventory *inv;
	const struct decision_words *words;
	struct error *reterr;
	struct db *transaction; /* rolled back by act_done() unless committed */
	struct str by, reason;
	struct str addresses; /* that move, with spaces between */
	bool some;            /* only `addresses` move, not all */
	struct str keys;      /* that a person named */
	const char *kind;
	int64_t realm, asset, other; /* as in the row; other 0: none */
	int64_t from, to;            /* of the moves */
	int64_t run, id, undoes, now_us;
	int64_t takes_back; /* the decision that is undone, or 0 */
	uint64_t n_again;   /* later merges that were decided again for it */
	int64_t since;               /* the run of the merge that is undone, or 0 */
	bool again; /* a step of another decision's undoing, not one of its own */
	struct db_result *against;
};

/* Cleans the words and opens the transaction. ERROR_USAGE if a reason is missing. */
int act_begin(struct act *act, struct inventory *inv, const struct decision_words *words,
	const char *kind, struct error *reterr);
void act_done(struct act *act);

/* The asset that `which` names, led through aliases unless it is one's own number: that is
 * ERROR_INPUT, for whoever names an alias may not know what became of it. */
int act_find(struct act *act, const char *which, struct party *ret);
/* An asset by number; 1 if there is none. */
int act_load(struct act *act, int64_t id, struct party *ret);

/* The run's row (if `moves`) and the decision's. */
int act_open(struct act *act, bool moves);
/* The run's row alone, and its end: how much it moved. */
int act_open_run(struct act *act);
int act_close_run(struct act *act, struct db_result **ret_moved);
/* Marks an asset for being summed up by act_finish(). */
int act_touch(struct act *act, int64_t asset);

/* Parameters: f from, t to, r run, a addresses (NULL: all), s since, m realm. */
struct act_step {
	const struct query *query;
	const char *parameters;
};
int act_steps(struct act *act, const struct act_step *steps, size_t n);

/* Sums the assets up, writes the trail, commits or, for a preview, does not; then hands out
 * what moved and what speaks against it. */
int act_finish(struct act *act,
	int (*row)(void *context, const struct decision_part *part), void *context,
	struct decision_result *ret_result);

/* The moves of a merge, from `from` into `to`. */
int act_join(struct act *act, int64_t id, const char *by, const char *reason);
/* Takes apart what was merged: `to` is itself again, `from` has what was its. */
int act_part(struct act *act);
/* `asset` is retired, or not any more. */
int act_retire(struct act *act);
int act_revive(struct act *act);

#endif
