/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evaluating a norm pack over the facts of one unit, in three-valued logic.
 *
 * The outcome is REVIEW exactly if two ways of filling in the unknown facts lead to different
 * outcomes, and the facts needed are exactly those whose knowledge could change it: read off
 * the pack's decision diagram (pack.h, diagram.h). So withdrawing evidence can only move an
 * outcome towards REVIEW, never from "not" to "cii" or back. Of a condition over several facts,
 * or with arithmetic or functions, both truths are thought possible while one of its facts is
 * unknown. The engine proposes; an official decides. Same pack and same facts: the same bytes.
 */
#ifndef INVENTORY_NORM_EVALUATE_H
#define INVENTORY_NORM_EVALUATE_H

#include "common/str.h"
#include "inventory/norm/facts.h"

#define EVALUATION_TEXT_MAX (1024 * 1024)

/* Bit in evaluation.possible for "the pack does not apply"; outcome k is bit k. */
#define OUTCOME_POSSIBLE_SILENT (UINT32_C(1) << 31)

/* What a matrix comes to: low == high if it is known. */
struct matrix_value {
	uint8_t low, high;
};

struct evaluation {
	int outcome;       /* on the pack's scale, or OUTCOME_REVIEW, OUTCOME_NOT_APPLICABLE */
	uint32_t possible; /* bit per outcome that the unknown facts leave open */
	int score;         /* weights of what is met for certain */
	int score_high;    /* and of what is not known */
	enum truth applies;
	enum truth criteria[PACK_CRITERIA_MAX]; /* with their requirements */
	struct matrix_value matrices[PACK_MATRICES_MAX];
	uint64_t needed;   /* bit per fact that is needed for an outcome */
	int64_t until_day; /* the first day on which time alone changes a fact; INT64_MAX:
			    none */
};

const char *truth_name(enum truth truth); /* "met", "not met", "unknown" */

/* Contexts and working memory of one process or thread, for any packs and dossiers. */
struct evaluator;
int evaluator_new(struct evaluator **ret_evaluator, struct error *reterr);
void evaluator_free(struct evaluator *evaluator);
CLEANUP_DEFINE(struct evaluator, evaluator_free)

/* As facts_read(). */
int evaluator_facts(struct evaluator *evaluator, const struct pack *pack, xmlDoc *dossier,
	int64_t day, struct arena *arena, struct fact_value *ret_values, struct error *reterr);
/* values[pack->n_facts]. ERROR_INPUT if a condition exceeds its operation limit. */
int evaluator_run(struct evaluator *evaluator, const struct pack *pack,
	const struct fact_value *values, struct evaluation *ret_evaluation,
	struct error *reterr);
/* The same once, with an evaluator of its own. */
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
/* The outcomes of `possible`, lowest first, with `between` between them: "not or cii". */
void evaluation_possible_names(const struct pack *pack, uint32_t possible, const char *between,
	struct str *out);
/* One line on one matrix: its value and what gives it. */
void evaluation_matrix_reason(const struct pack *pack, const struct fact_value *values,
	const struct evaluation *evaluation, uint16_t matrix, struct str *out);
/* The whole explanation as canonical XML. */
void evaluation_explain(const struct pack *pack, const struct fact_value *values,
	const struct evaluation *evaluation, struct str *out);

/* Matrices with their values: "s=2 a=3 tier=3", "tier=2-4" as long as facts are missing.
 * Nothing of a pack that does not apply. */
void evaluation_degrees(const struct pack *pack, const struct evaluation *evaluation,
	struct str *out);
/* What falls due: a line for each cadence on which a criterion hangs as things stand,
 * "2027-02-28 A3 year-over the yearly assessment is overdue". ERROR_INPUT as
 * evaluator_run(). */
int evaluator_dues(struct evaluator *evaluator, const struct pack *pack,
	const struct fact_value *values, struct str *out, struct error *reterr);

/* Facts read by one criterion's test. */
uint64_t evaluation_criterion_facts(const struct pack *pack, uint16_t criterion);

/* Runs the examples of the pack. `failure` may be NULL. */
int evaluation_run_examples(const struct pack *pack, uint64_t *ret_examples,
	uint64_t *ret_passed,
	int (*failure)(void *context, const char *example, const char *why), void *context,
	struct error *reterr);

#endif
