/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluating a norm pack in three-valued logic; see evaluate.h. */
#include "inventory/norm/evaluate.h"

#include <libxml/xpathInternals.h>

#include <stdlib.h>
#include <string.h>

#define ATOM_OPERATIONS_MAX 100000

const char *outcome_name(enum outcome outcome)
{
	static const char *const names[OUTCOME_N] = {"n/a", "not", "cii", "review"};

	return (unsigned int)outcome < OUTCOME_N ? names[outcome] : "?";
}

const char *truth_name(enum truth truth)
{
	return truth == TRUTH_TRUE ? "met" : truth == TRUTH_FALSE ? "not met" : "unknown";
}

/* ---- conditions ---------------------------------------------------------------------- */

static void quiet(void *data, xmlError *problem)
{
	(void)data;
	(void)problem;
}

static bool usable(const struct fact_value *value)
{
	return value->state == FACT_KNOWN || value->state == FACT_AT_LEAST;
}

static xmlXPathObject *value_object(const struct pack_fact *fact, const struct fact_value *value)
{
	if (fact->type == FACT_NUMBER)
		return xmlXPathNewFloat(value->number);
	if (fact->type == FACT_BOOLEAN)
		return xmlXPathNewBoolean(value->number != 0);
	return xmlXPathNewString((const xmlChar *)value->text);
}

static int register_facts(const struct pack *pack, const struct fact_value *values,
	xmlXPathContext *xpath)
{
	for (uint16_t i = 0; i < pack->n_facts; i++) {
		xmlXPathObject *object;

		if (!usable(&values[i]))
			continue;
		object = value_object(&pack->facts[i], &values[i]);
		if (!object || xmlXPathRegisterVariable(xpath,
			(const xmlChar *)pack->facts[i].name, object) != 0)
			return -1;
	}
	return 0;
}

/* Unknown if a fact is; a lower bound decides only what more of it cannot undo. */
static enum truth bounded(const struct pack *pack, const struct fact_value *values,
	const struct pack_atom *atom, enum truth truth)
{
	for (uint16_t i = 0; i < pack->n_facts; i++) {
		if (!(atom->facts & (UINT64_C(1) << i)))
			continue;
		if (!usable(&values[i]))
			return TRUTH_UNKNOWN;
		if (values[i].state == FACT_AT_LEAST && !(atom->monotone && truth == TRUTH_TRUE))
			return TRUTH_UNKNOWN;
	}
	return truth;
}

static bool all_usable(const struct pack *pack, const struct fact_value *values, uint64_t facts)
{
	for (uint16_t i = 0; i < pack->n_facts; i++)
		if ((facts & (UINT64_C(1) << i)) && !usable(&values[i]))
			return false;
	return true;
}

static int evaluate_atoms(const struct pack *pack, const struct fact_value *values,
	enum truth *ret_atoms, struct error *reterr)
{
	xmlXPathContext *xpath = xmlXPathNewContext(NULL);
	int r = 0;

	if (!xpath || register_facts(pack, values, xpath) < 0) {
		xmlXPathFreeContext(xpath);
		return error_set(reterr, ERROR_SYSTEM, "norm pack %s: no memory for its facts",
			pack->id);
	}
	xpath->error = quiet;
	for (uint16_t i = 0; i < pack->n_atoms && r == 0; i++) {
		const struct pack_atom *atom = &pack->atoms[i];
		int truth;

		ret_atoms[i] = TRUTH_UNKNOWN;
		if (!all_usable(pack, values, atom->facts))
			continue;
		xpath->opCount = 0;
		xpath->opLimit = ATOM_OPERATIONS_MAX;
		truth = xmlXPathCompiledEvalToBoolean(atom->compiled, xpath);
		if (truth < 0)
			r = error_set(reterr, ERROR_INPUT,
				"norm pack %s: the condition \"%s\" cannot be evaluated", pack->id,
				atom->text);
		ret_atoms[i] = bounded(pack, values, atom, truth > 0 ? TRUTH_TRUE : TRUTH_FALSE);
	}
	xmlXPathFreeContext(xpath);
	return r;
}

/* ---- criteria, score, outcome -------------------------------------------------------- */

static void judge(const struct pack *pack, const enum truth *atoms, enum truth *ret_criteria)
{
	for (uint16_t i = 0; i < pack->n_criteria; i++) {
		const struct pack_criterion *c = &pack->criteria[i];
		enum truth truth = expr_eval(&c->test, atoms);

		for (uint8_t k = 0; k < c->n_requires; k++)
			truth = truth_and(truth, ret_criteria[c->requires[k]]);
		ret_criteria[i] = truth;
	}
}

static int score_of(const struct pack *pack, const enum truth *criteria)
{
	int score = 0;

	for (uint16_t i = 0; i < pack->n_criteria; i++)
		if (criteria[i] == TRUTH_TRUE)
			score += pack->criteria[i].weight;
	return score;
}

static bool compare(double a, enum compare how, double b)
{
	switch (how) {
	case COMPARE_EQ:
		return a == b;
	case COMPARE_NE:
		return a != b;
	case COMPARE_LT:
		return a < b;
	case COMPARE_LE:
		return a <= b;
	case COMPARE_GT:
		return a > b;
	case COMPARE_GE:
		return a >= b;
	}
	return false;
}

/* The outcome when every condition is met or not met. */
static enum outcome decide(const struct pack *pack, const enum truth *atoms)
{
	enum truth criteria[PACK_CRITERIA_MAX], conditions[PACK_OUTCOME_ATOMS_MAX];
	bool bright = false;
	int score;

	if (pack->has_applies && expr_eval(&pack->applies, atoms) != TRUTH_TRUE)
		return OUTCOME_NOT_APPLICABLE;
	judge(pack, atoms, criteria);
	score = score_of(pack, criteria);
	for (uint16_t i = 0; i < pack->n_criteria; i++)
		bright |= pack->criteria[i].bright && criteria[i] == TRUTH_TRUE;
	for (uint16_t i = 0; i < pack->n_outcome_atoms; i++) {
		const struct pack_outcome_atom *atom = &pack->outcome_atoms[i];
		bool holds = atom->kind == OUTCOME_BRIGHT ? bright :
			atom->kind == OUTCOME_CRITERION ? criteria[atom->criterion] == TRUTH_TRUE :
			compare(score, atom->compare, atom->number);

		conditions[i] = holds ? TRUTH_TRUE : TRUTH_FALSE;
	}
	return expr_eval(&pack->outcome, conditions) == TRUTH_TRUE ? OUTCOME_CII : OUTCOME_NOT;
}

/* ---- assignments of the unknown ------------------------------------------------------ */

struct assignments {
	uint8_t unknown[PACK_ATOMS_MAX]; /* which atoms */
	uint8_t n;
	uint8_t *outcomes; /* 2^n, indexed by the set of atoms assumed to be met */
};

static void try_all(const struct pack *pack, const enum truth *atoms, struct assignments *all)
{
	enum truth assumed[PACK_ATOMS_MAX];

	memcpy(assumed, atoms, sizeof(assumed));
	for (uint32_t set = 0; set < UINT32_C(1) << all->n; set++) {
		for (uint8_t i = 0; i < all->n; i++)
			assumed[all->unknown[i]] = set >> i & 1 ? TRUTH_TRUE : TRUTH_FALSE;
		all->outcomes[set] = (uint8_t)decide(pack, assumed);
	}
}

/* True if the outcome hangs on unknown condition i under some assignment of the others. */
static bool tips(const struct assignments *all, uint8_t i)
{
	for (uint32_t set = 0; set < UINT32_C(1) << all->n; set++)
		if (!(set >> i & 1) && all->outcomes[set] != all->outcomes[set | UINT32_C(1) << i])
			return true;
	return false;
}

/* What must still be learnt to decide atom i: its facts that are not fully known. */
static uint64_t open_facts(const struct pack *pack, const struct fact_value *values, uint8_t atom)
{
	uint64_t open = 0;

	for (uint16_t i = 0; i < pack->n_facts; i++)
		if ((pack->atoms[atom].facts & (UINT64_C(1) << i)) && values[i].state != FACT_KNOWN)
			open |= UINT64_C(1) << i;
	return open;
}

int evaluate_pack(const struct pack *pack, const struct fact_value *values,
	struct evaluation *ret_evaluation, struct error *reterr)
{
	struct evaluation evaluation = {.applies = TRUTH_TRUE};
	struct assignments all = {0};
	int r = evaluate_atoms(pack, values, evaluation.atoms, reterr);

	if (r < 0)
		return r;
	for (uint16_t i = 0; i < pack->n_atoms; i++)
		if (evaluation.atoms[i] == TRUTH_UNKNOWN)
			all.unknown[all.n++] = (uint8_t)i;
	all.outcomes = malloc((size_t)1 << all.n);
	if (!all.outcomes)
		return error_set(reterr, ERROR_SYSTEM, "norm pack %s: no memory for %d unknown "
			"conditions", pack->id, all.n);
	try_all(pack, evaluation.atoms, &all);
	evaluation.outcome = (enum outcome)all.outcomes[0];
	for (uint8_t i = 0; i < all.n; i++) {
		if (tips(&all, i)) {
			evaluation.outcome = OUTCOME_REVIEW;
			evaluation.needed |= open_facts(pack, values, all.unknown[i]);
		}
	}
	free(all.outcomes);
	if (pack->has_applies)
		evaluation.applies = expr_eval(&pack->applies, evaluation.atoms);
	judge(pack, evaluation.atoms, evaluation.criteria);
	if (evaluation.outcome != OUTCOME_NOT_APPLICABLE)
		evaluation.score = score_of(pack, evaluation.criteria);
	*ret_evaluation = evaluation;
	return 0;
}
