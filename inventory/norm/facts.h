/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The facts that a norm pack asks for, taken from one system's dossier. A fact is known, or
 * unknown for a reason; it is never guessed and never zero because nobody said anything.
 *
 * The dossier is one element named as the pack's unit (inventory/norm/dossier.h describes it).
 * Evidence of a selected node is what its nearest element with both @grade and @as-of says;
 * @document names the paper or run behind it.
 */
#ifndef INVENTORY_NORM_FACTS_H
#define INVENTORY_NORM_FACTS_H

#include "inventory/norm/pack.h"

#define FACT_MEMBERS_MAX 100000 /* nodes one fact may find */
#define FACT_STEPS_MAX 2000000  /* steps of XPath that the facts of a dossier may cost */

enum fact_state {
	FACT_MISSING,       /* nobody says anything */
	FACT_KNOWN,
	FACT_AT_LEAST,      /* a lower bound: the list behind it is not stated to be complete */
	FACT_STALE,         /* older than the pack accepts */
	FACT_GRADE,         /* of a grade that the pack does not accept */
	FACT_CONTRADICTORY, /* two different values of the same day, or of one member */
	FACT_INVALID,       /* not a number, or not a date */
	FACT_UNLISTED,      /* a code without a cell, or a number on no step */
	FACT_UNREADABLE,    /* its XPath costs too much on this dossier, or fails */
	FACT_STATE_N
};

#define FACT_OFFENDERS_MAX 100 /* of a constraint: named; the others are counted */

struct fact_value {
	enum fact_state state;
	double number;        /* FACT_NUMBER; 0 or 1 for a boolean */
	const char *text;     /* FACT_CODE; for others as shown to people */
	const char *grade, *as_of, *source; /* of the evidence, "" if none */
	int64_t until_day; /* the first day on which time alone changes it; 0: none does */
	const char *due;   /* of a cadence: the day after which it is overdue; else NULL */
	const char *const *offenders; /* of a constraint: names, sorted */
	uint32_t n_offenders, n_found; /* how many are named, of how many */
};

const char *fact_state_name(enum fact_state state);

/* Calendar day of wall time, UTC, as days since 1970-01-01; of text YYYY-MM-DD, -1 if it is
 * not a date. */
int64_t facts_day(int64_t wall_us);
int64_t facts_day_parse(const char *text);

/* An XPath context that serves one dossier after another. Not for two threads at once. */
struct facts_reader;
int facts_reader_new(struct facts_reader **ret_reader, struct error *reterr);
void facts_reader_free(struct facts_reader *reader);
CLEANUP_DEFINE(struct facts_reader, facts_reader_free)

/* Fills values[pack->n_facts] from the dossier, as seen on `day`. Graph facts are left
 * FACT_MISSING: they come from the caller. Text lives in the arena. A fact whose XPath goes
 * over FACT_STEPS_MAX or FACT_MEMBERS_MAX is FACT_UNREADABLE; its steps do not count for the
 * others. */
int facts_read(struct facts_reader *reader, const struct pack *pack, xmlDoc *dossier,
	int64_t day, struct arena *arena, struct fact_value *ret_values, struct error *reterr);
/* The same for one dossier alone. */
int facts_extract(const struct pack *pack, xmlDoc *dossier, int64_t day, struct arena *arena,
	struct fact_value *ret_values, struct error *reterr);

/* The last month's or year's day clamped: 2026-11-30 and three months are 2027-02-28. */
int64_t facts_day_add(int64_t day, struct pack_period period);
#define FACTS_DAY_SIZE 32
/* YYYY-MM-DD of a day, in `out`. */
const char *facts_day_text(int64_t day, char out[FACTS_DAY_SIZE]);

/* A code that a table of the pack does not list becomes FACT_UNLISTED, and a number what its
 * text says, so that what is stored is what was judged. facts_read() has done so; values that
 * come from elsewhere need it. */
void facts_settle(const struct pack *pack, struct fact_value *values);

/* A value from text, as examples and replays give it. ERROR_INPUT if it is not of the type. */
int facts_value_parse(const struct pack_fact *fact, const char *text, bool at_least,
	struct arena *arena, struct fact_value *ret_value, struct error *reterr);

/* "%.15g" without locale surprises; "none" for the infinities of an empty set. */
const char *facts_number_text(struct arena *arena, double number);

#endif
