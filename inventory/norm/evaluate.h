/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evaluating a norm pack over the facts of one system, in three-valued logic.
 *
 * Each condition of the pack (an atom) is met, not met or unknown. The outcome is looked at
 * under every assignment of the unknown conditions: if all agree, that is the outcome,
 * whatever is missing; if they differ, the outcome is REVIEW, and the facts needed are
 * exactly those behind the conditions that can tip it. So withdrawing evidence can only move
 * an outcome towards REVIEW, never from "not" to "cii" or back. The engine proposes; an
 * official decides. Same pack and same facts: the same bytes.
 */
#ifndef INVENTORY_NORM_EVALUATE_H
#define INVENTORY_NORM_EVALUATE_H

#include "common/str.h"
#include "inventory/norm/facts.h"

#define EVALUATION_TEXT_MAX (1024 * 1024)

enum outcome { OUTCOME_NOT_APPLICABLE, OUTCOME_NOT, OUTCOME_CII, OUTCOME_REVIEW, OUTCOME_N };

struct evaluation {
	enum outcome outcome;
	int score; /* weights of what is met for certain */
	enum truth applies;
	enum truth atoms[PACK_ATOMS_MAX];
	enum truth criteria[PACK_CRITERIA_MAX]; /* with their requirements */
	uint64_t needed; /* bit per fact that is needed for an outcome */
};

/* "n/a", "not", "cii", "review" */
const char *outcome_name(enum outcome outcome);
const char *truth_name(enum truth truth); /* "met", "not met", "unknown" */

/* ERROR_INPUT if a condition exceeds its operation limit. */
int evaluate_pack(const struct pack *pack, const struct fact_value *values,
	struct evaluation *ret_evaluation, struct error *reterr);

/* The facts an evaluation used, as canonical XML: what is hashed and stored as its inputs. */
void evaluation_inputs(const struct pack *pack, const struct fact_value *values,
	struct str *out);
/* The facts back from that text. ERROR_INPUT if they are not of this pack. */
int evaluation_inputs_parse(const struct pack *pack, const void *bytes, size_t n,
	struct arena *arena, struct fact_value *ret_values, struct error *reterr);

/* One line on one criterion, for people: verdict, weight, values, evidence, clause. */
void evaluation_reason(const struct pack *pack, const struct fact_value *values,
	const struct evaluation *evaluation, uint16_t criterion, struct str *out);
/* The values behind one criterion: "customers = 140000 person [attested 2026-11-01 LH-17]". */
void evaluation_values(const struct pack *pack, const struct fact_value *values,
	uint16_t criterion, struct str *out);
/* Names of the facts in `facts`, sorted, ", " between them. */
void evaluation_fact_names(const struct pack *pack, uint64_t facts, struct str *out);
/* The whole explanation as canonical XML. */
void evaluation_explain(const struct pack *pack, const struct fact_value *values,
	const struct evaluation *evaluation, struct str *out);

/* Facts read by one criterion's test. */
uint64_t evaluation_criterion_facts(const struct pack *pack, uint16_t criterion);

/* Runs the examples of the pack. `failure` may be NULL. */
int evaluation_run_examples(const struct pack *pack, uint64_t *ret_examples,
	uint64_t *ret_passed, int (*failure)(void *context, const char *example, const char *why),
	void *context, struct error *reterr);

#endif
