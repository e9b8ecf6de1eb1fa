/* SPDX-License-Identifier: Apache-2.0 */
/* The examples that a norm pack brings: what it is given, and what must come of it. */
#include "inventory/norm/evaluate.h"

#include "inventory/norm/safexml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES (64 * 1024)
#define EXAMPLE_MEMORY_MAX ((size_t)1024 * 1024)

static int example_values(const struct pack *pack, const struct pack_example *example,
	struct arena *arena, struct fact_value *values, struct error *reterr)
{
	for (uint16_t i = 0; i < pack->n_facts; i++)
		values[i] = (struct fact_value){FACT_MISSING, .text = "", .grade = "",
			.as_of = "", .source = ""};
	for (xmlNode *given = safexml_child(example->node, "given"); given;
		given = safexml_next(given, "given")) {
		const char *name = safexml_attr(given, "fact", "");
		int i = pack_fact_find(pack, name, strlen(name)), r;

		r = facts_value_parse(&pack->facts[i], safexml_attr(given, "value", ""),
			strcmp(safexml_attr(given, "at-least", "no"), "yes") == 0, arena,
			&values[i], reterr);
		if (r < 0)
			return error_wrap(reterr, r, "%s:%ld: example \"%s\"", pack->name,
				safexml_line(given), example->name);
	}
	facts_settle(pack, values);
	return 0;
}

static void met_names(const struct pack *pack, const struct evaluation *evaluation,
	struct str *out)
{
	for (uint16_t i = 0; i < pack->n_criteria; i++)
		if (evaluation->criteria[i] == TRUTH_TRUE)
			str_addf(out, "%s%s", out->len ? " " : "", pack->criteria[i].id);
}

static void differs(const struct pack_example *example, const char *what, const char *is,
	const char *expected, struct str *why)
{
	if (strcmp(is, expected) != 0)
		str_addf(why, "%sline %ld: %s %s, expected %s", why->len ? "; " : "",
			example->line, what, is, expected);
}

static void differs_quoted(const struct pack_example *example, const char *what, struct str *is,
	const char *expected, struct str *why)
{
	if (strcmp(is->data, expected) != 0)
		str_addf(why, "%sline %ld: %s \"%s\", expected \"%s\"", why->len ? "; " : "",
			example->line, what, is->data, expected);
	str_reset(is);
}

static void matrices_differ(const struct pack *pack, const struct pack_example *example,
	const struct evaluation *evaluation, struct str *why)
{
	for (xmlNode *node = safexml_child(example->node, "expect"); node;
		node = safexml_next(node, "expect")) {
		const char *name = safexml_attr(node, "matrix", "");
		int index = pack_matrix_find(pack, name, strlen(name));
		const struct matrix_value *value = &evaluation->matrices[index];
		char is[16], what[64];

		snprintf(what, sizeof(what), "matrix %s", name);
		snprintf(is, sizeof(is), value->low == value->high ? "%d" : "unknown",
			value->low);
		differs(example, what, is, safexml_attr(node, "value", ""), why);
	}
}

/* Empty if the example came out as it says; else what differs. */
static void example_differs(const struct pack *pack, const struct pack_example *example,
	const struct evaluation *evaluation, struct str *why)
{
	struct str text = STR_INIT(LINE_MAX_BYTES);
	char is[16], expected[16];

	differs(example, "outcome", outcome_name(pack, evaluation->outcome), example->outcome,
		why);
	snprintf(is, sizeof(is), "%d", evaluation->score);
	snprintf(expected, sizeof(expected), "%d", example->score);
	if (example->score >= 0)
		differs(example, "score", is, expected, why);
	met_names(pack, evaluation, &text);
	if (example->met)
		differs_quoted(example, "met", &text, example->met, why);
	str_reset(&text);
	evaluation_possible_names(pack, evaluation->possible, " ", &text);
	if (example->possible)
		differs_quoted(example, "possible", &text, example->possible, why);
	str_reset(&text);
	evaluation_fact_names(pack, evaluation->needed, &text);
	differs_quoted(example, "needs", &text, example->missing, why);
	matrices_differ(pack, example, evaluation, why);
	str_done(&text);
}

static int run_example(struct evaluator *evaluator, const struct pack *pack,
	const struct pack_example *example, struct str *why, struct error *reterr)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(EXAMPLE_MEMORY_MAX);
	struct fact_value values[PACK_FACTS_MAX];
	struct evaluation evaluation;
	int r;

	if (!arena)
		return error_set(reterr, ERROR_SYSTEM, "no memory for an example");
	r = example_values(pack, example, arena, values, reterr);
	if (r == 0)
		r = evaluator_run(evaluator, pack, values, &evaluation, reterr);
	if (r == 0)
		example_differs(pack, example, &evaluation, why);
	return r;
}

int evaluation_run_examples(const struct pack *pack, uint64_t *ret_examples,
	uint64_t *ret_passed,
	int (*failure)(void *context, const char *example, const char *why), void *context,
	struct error *reterr)
{
	_cleanup_(evaluator_freep) struct evaluator *evaluator = NULL;
	struct str why = STR_INIT(LINE_MAX_BYTES);
	uint64_t passed = 0;
	int r = evaluator_new(&evaluator, reterr);

	for (uint16_t i = 0; i < pack->n_examples && r == 0; i++) {
		str_reset(&why);
		r = run_example(evaluator, pack, &pack->examples[i], &why, reterr);
		if (r < 0)
			break;
		if (why.len == 0)
			passed++;
		else if (failure)
			r = failure(context, pack->examples[i].name, why.data);
	}
	str_done(&why);
	if (r < 0)
		return r;
	*ret_examples = pack->n_examples;
	*ret_passed = passed;
	return 0;
}
