/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outcomes of a norm pack and their language: `bright`, `violated`, criteria and
 * constraints by id, `score` and matrices compared with a number.
 */
#include "inventory/norm/pack_parts.h"
#include "inventory/norm/safexml.h"

#include <stdlib.h>
#include <string.h>

/* ---- the language -------------------------------------------------------------------- */

static int comparison(const char *at, const char *end, const char *what,
	struct pack_outcome_atom *atom, struct error *reterr)
{
	struct expr_token relation = expr_token(&at, end), number = expr_token(&at, end);
	struct expr_token rest = expr_token(&at, end);

	if (!pack_compare_parse(&relation, &atom->compare) || number.kind != TOKEN_NUMBER ||
		rest.kind != TOKEN_END)
		return error_set(reterr, ERROR_INPUT,
			"%s must be compared with a number, as in %s >= %s", what, what,
			strcmp(what, "score") == 0 ? "60" : "3");
	atom->number = strtod(number.text, NULL);
	return 0;
}

static int outcome_word(const struct pack *pack, const struct expr_token *word, const char *at,
	const char *end, struct pack_outcome_atom *atom, struct error *reterr)
{
	const char *behind = at;
	bool alone = expr_token(&behind, end).kind == TOKEN_END;
	int index;

	if (expr_token_is(word, "score")) {
		atom->kind = OUTCOME_SCORE;
		return comparison(at, end, "score", atom, reterr);
	}
	index = pack_matrix_find(pack, word->text, word->n);
	if (index >= 0) {
		atom->kind = OUTCOME_MATRIX;
		atom->index = (uint8_t)index;
		return comparison(at, end, pack->matrices[index].name, atom, reterr);
	}
	if (!alone)
		return error_set(reterr, ERROR_INPUT,
			"\"%.*s\" is neither score nor a matrix of this pack, so it is "
			"compared with nothing",
			(int)word->n, word->text);
	index = pack_criterion_find(pack, word->text, word->n);
	if (expr_token_is(word, "bright"))
		atom->kind = OUTCOME_BRIGHT;
	else if (expr_token_is(word, "violated"))
		atom->kind = OUTCOME_VIOLATED;
	else if (index < 0)
		return error_set(reterr, ERROR_INPUT,
			"\"%.*s\" is not a criterion of this pack", (int)word->n, word->text);
	else
		*atom = (struct pack_outcome_atom){.kind = OUTCOME_CRITERION,
			.index = (uint8_t)index};
	return 0;
}

static bool same_atom(const struct pack_outcome_atom *a, const struct pack_outcome_atom *b)
{
	return a->kind == b->kind && a->index == b->index && a->compare == b->compare &&
		a->number == b->number;
}

static int outcome_atom(void *context, const char *text, size_t n, uint16_t *ret_atom,
	struct error *reterr)
{
	struct pack *pack = context;
	struct pack_outcome_atom atom = {0};
	const char *at = text, *end = text + n;
	struct expr_token word = expr_token(&at, end);
	int r;

	if (word.kind != TOKEN_NAME)
		return error_set(reterr, ERROR_INPUT,
			"\"%.*s\" is not bright, violated, the id of a criterion, or score or "
			"a matrix compared with a number",
			(int)n, text);
	r = outcome_word(pack, &word, at, end, &atom, reterr);
	if (r < 0)
		return r;
	for (*ret_atom = 0; *ret_atom < pack->n_outcome_atoms; ++*ret_atom)
		if (same_atom(&pack->outcome_atoms[*ret_atom], &atom))
			return 0;
	if (pack->n_outcome_atoms >= PACK_OUTCOME_ATOMS_MAX)
		return error_set(reterr, ERROR_INPUT,
			"the outcomes have more than %d conditions", PACK_OUTCOME_ATOMS_MAX);
	pack->outcome_atoms[pack->n_outcome_atoms++] = atom;
	return 0;
}

int pack_outcome_parse(struct pack *pack, const char *text, struct expr *ret_expr,
	struct error *reterr)
{
	return expr_parse(text, outcome_atom, pack, ret_expr, reterr);
}

/* ---- what is used -------------------------------------------------------------------- */

static uint64_t used_criteria(const struct pack *pack)
{
	uint64_t used = 0;

	for (uint16_t i = 0; i < pack->n_outcome_atoms; i++) {
		const struct pack_outcome_atom *atom = &pack->outcome_atoms[i];

		if (atom->kind == OUTCOME_CRITERION)
			used |= UINT64_C(1) << atom->index;
		for (uint16_t k = 0; atom->kind == OUTCOME_VIOLATED && k < pack->n_criteria;
			k++)
			used |= (uint64_t)pack->criteria[k].forbid << k;
	}
	for (uint16_t i = 0; i < pack->n_criteria; i++)
		for (uint8_t k = 0; k < pack->criteria[i].n_requires; k++)
			used |= UINT64_C(1) << pack->criteria[i].requires[k];
	for (uint16_t i = 0; i < pack->n_matrices; i++)
		for (uint8_t k = 0; k < pack->matrices[i].n_floors; k++)
			if (pack->matrices[i].floors[k].criterion >= 0)
				used |= UINT64_C(1) << pack->matrices[i].floors[k].criterion;
	return used;
}

/* A criterion that neither weighs nor decides anything is a slip. */
static int check_use(const struct pack *pack, struct error *reterr)
{
	uint64_t used = used_criteria(pack);

	for (uint16_t i = 0; i < pack->n_criteria; i++) {
		const struct pack_criterion *c = &pack->criteria[i];

		if (c->weight || c->bright || used & (UINT64_C(1) << i))
			continue;
		if (c->forbid)
			return error_set(reterr, ERROR_INPUT,
				"%s:%ld: forbid \"%s\" (%s): no outcome says violated and "
				"nothing uses it",
				pack->name, c->line, c->id, c->basis);
		return error_set(reterr, ERROR_INPUT,
			"%s:%ld: criterion \"%s\" (%s) has no weight, is no bright line and "
			"nothing uses it; give it one of these or remove it",
			pack->name, c->line, c->id, c->basis);
	}
	return 0;
}

/* ---- the scale ----------------------------------------------------------------------- */

static int take_outcome(struct pack *pack, const xmlNode *node, const char *value,
	uint16_t index, struct error *reterr)
{
	struct pack_outcome *outcome = &pack->outcomes[index];
	const char *when = safexml_attr(node, "when", NULL);

	if (strcmp(value, "review") == 0)
		return error_set(reterr, ERROR_INPUT,
			"review is what comes out while facts are missing; take another word");
	if (pack_outcome_find(pack, value) >= 0)
		return error_set(reterr, ERROR_INPUT,
			"the outcome is given twice (what is left is otherwise, not if nothing is said)");
	outcome->value = value;
	outcome->basis = pack_people_text(pack, safexml_attr(node, "basis", ""));
	outcome->line = safexml_line(node);
	return when ? pack_outcome_parse(pack, when, &outcome->when, reterr) : 0;
}

/* The form has them highest first; the scale begins with the lowest. */
int pack_outcomes_parse(struct pack *pack, const xmlNode *root, struct error *reterr)
{
	const xmlNode *otherwise = safexml_child(root, "otherwise");
	uint16_t index;
	int r = 0;

	for (xmlNode *node = safexml_child(root, "outcome"); node;
		node = safexml_next(node, "outcome"))
		pack->n_outcomes++;
	index = pack->n_outcomes++;
	if (pack->n_outcomes > PACK_OUTCOMES_MAX)
		return error_set(reterr, ERROR_INPUT, "%s:%ld: more than %d outcomes",
			pack->name, safexml_line(root), PACK_OUTCOMES_MAX - 1);
	if (otherwise)
		r = take_outcome(
			pack, otherwise, safexml_attr(otherwise, "value", "not"), 0, reterr);
	else
		pack->outcomes[0] = (struct pack_outcome){.value = "not", .basis = ""};
	if (r < 0)
		return pack_at(pack, r, otherwise, reterr);
	for (xmlNode *node = safexml_child(root, "outcome"); node;
		node = safexml_next(node, "outcome")) {
		r = take_outcome(pack, node, safexml_attr(node, "value", ""), index--, reterr);
		if (r < 0)
			return pack_at(pack, r, node, reterr);
	}
	return check_use(pack, reterr);
}
