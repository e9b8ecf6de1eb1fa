/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluating a norm pack in three-valued logic; see evaluate.h. */
#include "inventory/norm/evaluate.h"

#include "common/text.h"

#include <libxml/xpathInternals.h>

#include <stdlib.h>
#include <string.h>

#define ATOM_OPERATIONS_MAX 100000
#define LABEL_MAX 500 /* bytes of what a cadence is called */
#define SILENT_BIT (UINT64_C(1) << PACK_LEAF_SILENT)

struct evaluator {
	struct facts_reader *facts;
	struct diagram_reader *diagrams;
	xmlXPathContext
		*xpath; /* of conditions; it asks for facts by name as it comes to them */
	const struct pack *pack;
	const struct fact_value *values;
};

const char *truth_name(enum truth truth)
{
	return truth == TRUTH_TRUE ? "met" : truth == TRUTH_FALSE ? "not met" : "unknown";
}

/* ---- conditions by XPath ------------------------------------------------------------- */

static void quiet(void *data, xmlError *problem)
{
	(void)data;
	(void)problem;
}

static xmlXPathObject *look_up(void *context, const xmlChar *name, const xmlChar *uri)
{
	const struct evaluator *e = context;
	int i = pack_fact_find(e->pack, (const char *)name, strlen((const char *)name));

	(void)uri;
	if (i < 0)
		return NULL;
	if (e->pack->facts[i].type == FACT_NUMBER)
		return xmlXPathNewFloat(e->values[i].number);
	if (e->pack->facts[i].type == FACT_BOOLEAN)
		return xmlXPathNewBoolean(e->values[i].number != 0);
	return xmlXPathNewString((const xmlChar *)e->values[i].text);
}

static bool all_known(const struct evaluator *e, uint64_t facts)
{
	for (; facts; facts &= facts - 1)
		if (e->values[__builtin_ctzll(facts)].state != FACT_KNOWN)
			return false;
	return true;
}

static int ask(struct evaluator *e, const struct pack_atom *atom, uint64_t *ret_allowed,
	struct error *reterr)
{
	int truth;

	*ret_allowed = 3;
	if (!all_known(e, atom->facts))
		return 0;
	e->xpath->opCount = 0;
	truth = xmlXPathCompiledEvalToBoolean(atom->compiled, e->xpath);
	if (truth < 0)
		return error_set(reterr, ERROR_INPUT,
			"norm pack %s: the condition \"%s\" cannot be evaluated", e->pack->id,
			atom->text);
	*ret_allowed = truth ? 2 : 1;
	return 0;
}

/* ---- values of facts ----------------------------------------------------------------- */

/* The values that a fact may have by what is known of it. */
static uint64_t allowed_values(const struct pack_fact *fact,
	const struct pack_variable *variable, const struct fact_value *value)
{
	uint8_t at;
	uint64_t from;

	if (value->state != FACT_KNOWN && value->state != FACT_AT_LEAST)
		return variable->domain;
	if (fact->type == FACT_BOOLEAN)
		return value->number != 0 ? 2 : 1;
	if (fact->type == FACT_CODE) {
		at = pack_code_value(variable, value->text);
		/* In no table: as good as unknown. */
		return variable->domain >> (variable->n - 1) & 1 || variable->domain >> at & 1 ?
			UINT64_C(1) << at : variable->domain;
	}
	at = pack_number_value(variable, value->number);
	if (value->state == FACT_KNOWN)
		return UINT64_C(1) << at;
	from = ~UINT64_C(0) << at;
	return variable->domain & from ? variable->domain & from : UINT64_C(1) << at;
}

static int allow(struct evaluator *e, uint64_t *ret_allowed, struct error *reterr)
{
	const struct pack *pack = e->pack;
	int r = 0;

	for (uint16_t i = 0; i < pack->n_variables && r == 0; i++) {
		const struct pack_variable *variable = &pack->variables[i];

		if (variable->fact >= 0)
			ret_allowed[i] = allowed_values(&pack->facts[variable->fact], variable,
				&e->values[variable->fact]);
		else
			r = ask(e, &pack->atoms[variable->atom], &ret_allowed[i], reterr);
	}
	return r;
}

/* ---- reading off --------------------------------------------------------------------- */

static enum truth truth_of(uint64_t leaves)
{
	return leaves == 2 ? TRUTH_TRUE : leaves == 1 ? TRUTH_FALSE : TRUTH_UNKNOWN;
}

/* What is still to be learnt: the facts of the variables on which the outcome hangs. */
static uint64_t open_facts(const struct evaluator *e, const uint64_t *needed)
{
	uint64_t open = 0;

	for (uint16_t i = 0; i < e->pack->n_variables; i++) {
		const struct pack_variable *variable = &e->pack->variables[i];
		uint64_t facts = variable->fact >= 0 ? UINT64_C(1) << variable->fact :
			e->pack->atoms[variable->atom].facts;

		if (!(needed[i / 64] >> i % 64 & 1))
			continue;
		for (; facts; facts &= facts - 1)
			if (variable->fact >= 0 ||
				e->values[__builtin_ctzll(facts)].state != FACT_KNOWN)
				open |= facts & -facts;
	}
	return open;
}

static bool read_outcome(struct evaluator *e, const uint64_t *allowed,
	struct evaluation *evaluation)
{
	const struct pack_model *model = &e->pack->model;
	uint64_t needed[DIAGRAM_VARIABLES_MAX / 64];
	uint64_t leaves = diagram_restrict(model->diagram, model->outcome, allowed, e->diagrams,
		needed);

	evaluation->possible = (uint32_t)(leaves & (SILENT_BIT - 1)) |
		(leaves & SILENT_BIT ? OUTCOME_POSSIBLE_SILENT : 0);
	if (leaves & (leaves - 1)) {
		evaluation->outcome = OUTCOME_REVIEW;
		evaluation->needed = open_facts(e, needed);
	} else {
		evaluation->outcome = leaves == SILENT_BIT ? OUTCOME_NOT_APPLICABLE :
			__builtin_ctzll(leaves | SILENT_BIT);
	}
	return leaves != 0;
}

static bool read_rules(struct evaluator *e, const uint64_t *allowed,
	struct evaluation *evaluation)
{
	const struct pack *pack = e->pack;
	const struct pack_model *model = &pack->model;
	uint64_t leaves = diagram_leaves(model->diagram, model->applies, allowed, e->diagrams);

	evaluation->applies = truth_of(leaves);
	for (uint16_t i = 0; i < pack->n_criteria && leaves; i++) {
		leaves = diagram_leaves(
			model->diagram, model->criteria[i], allowed, e->diagrams);
		evaluation->criteria[i] = truth_of(leaves);
		if (evaluation->outcome == OUTCOME_NOT_APPLICABLE)
			continue;
		evaluation->score += leaves == 2 ? pack->criteria[i].weight : 0;
		evaluation->score_high += leaves & 2 ? pack->criteria[i].weight : 0;
	}
	for (uint16_t i = 0; i < pack->n_matrices && leaves; i++) {
		leaves = diagram_leaves(
			model->diagram, model->matrices[i], allowed, e->diagrams);
		if (leaves)
			evaluation->matrices[i] = (struct matrix_value){
				(uint8_t)__builtin_ctzll(leaves),
				(uint8_t)(63 - __builtin_clzll(leaves))};
	}
	return leaves != 0;
}

/* A walk of the graph shows its oldest evidence, which is the first to grow too old. */
static int64_t until_day(const struct pack_fact *fact, const struct fact_value *value)
{
	int64_t stated;

	if (value->until_day || fact->graph.kind == GRAPH_NONE || !fact->max_age_days ||
		(value->state != FACT_KNOWN && value->state != FACT_AT_LEAST))
		return value->until_day;
	stated = facts_day_parse(value->as_of);
	return stated < 0 ? 0 : stated + fact->max_age_days + 1;
}

int evaluator_run(struct evaluator *e, const struct pack *pack, const struct fact_value *values,
	struct evaluation *ret_evaluation, struct error *reterr)
{
	struct evaluation evaluation = {.until_day = INT64_MAX};
	uint64_t allowed[PACK_VARIABLES_MAX];
	int r;

	e->pack = pack;
	e->values = values;
	r = allow(e, allowed, reterr);
	if (r < 0)
		return r;
	if (!read_outcome(e, allowed, &evaluation) || !read_rules(e, allowed, &evaluation))
		return error_set(reterr, ERROR_SYSTEM, "norm pack %s: no memory to evaluate it",
			pack->id);
	for (uint16_t i = 0; i < pack->n_facts; i++) {
		int64_t until = until_day(&pack->facts[i], &values[i]);

		if (until && until < evaluation.until_day)
			evaluation.until_day = until;
	}
	*ret_evaluation = evaluation;
	return 0;
}

/* ---- what falls due -------------------------------------------------------------------- */

/* The first criterion that is otherwise while the cadence is overdue than while it is not; -1:
 * none is. */
static int hangs_on(struct evaluator *e, const struct pack *pack,
	const struct fact_value *values, uint16_t fact, int *ret_criterion,
	struct error *reterr)
{
	struct fact_value supposed[PACK_FACTS_MAX];
	struct evaluation now, then;
	int r;

	*ret_criterion = -1;
	memcpy(supposed, values, pack->n_facts * sizeof(*values));
	supposed[fact].number = 0;
	r = evaluator_run(e, pack, supposed, &now, reterr);
	supposed[fact].number = 1;
	if (r == 0)
		r = evaluator_run(e, pack, supposed, &then, reterr);
	for (int i = 0; r == 0 && i < pack->n_criteria && *ret_criterion < 0; i++)
		if (now.criteria[i] != then.criteria[i])
			*ret_criterion = i;
	return r;
}

int evaluator_dues(struct evaluator *e, const struct pack *pack,
	const struct fact_value *values, struct str *out, struct error *reterr)
{
	for (uint16_t i = 0; i < pack->n_facts; i++) {
		int criterion, r;

		if (!values[i].due || values[i].state != FACT_KNOWN)
			continue;
		r = hangs_on(e, pack, values, i, &criterion, reterr);
		if (r < 0)
			return r;
		if (criterion < 0)
			continue;
		str_addf(out, "%s%s %s %s ", out->len ? "\n" : "", values[i].due,
			pack->criteria[criterion].id, pack->facts[i].name);
		text_clean(out, pack->facts[i].label, strlen(pack->facts[i].label),
			LABEL_MAX);
	}
	return 0;
}

/* ---- the evaluator ------------------------------------------------------------------- */

int evaluator_new(struct evaluator **ret_evaluator, struct error *reterr)
{
	_cleanup_(evaluator_freep) struct evaluator *e = calloc(1, sizeof(*e));
	int r;

	if (!e || !(e->diagrams = diagram_reader_new()) ||
		!(e->xpath = xmlXPathNewContext(NULL)))
		return error_set(reterr, ERROR_SYSTEM, "no memory to evaluate norm packs");
	r = facts_reader_new(&e->facts, reterr);
	if (r < 0)
		return r;
	e->xpath->error = quiet;
	e->xpath->opLimit = ATOM_OPERATIONS_MAX;
	xmlXPathRegisterVariableLookup(e->xpath, look_up, e);
	xmlXPathContextSetCache(e->xpath, 1, -1, 0);
	*ret_evaluator = STEAL(e);
	return 0;
}

void evaluator_free(struct evaluator *e)
{
	if (!e)
		return;
	facts_reader_free(e->facts);
	diagram_reader_free(e->diagrams);
	xmlXPathFreeContext(e->xpath);
	free(e);
}

int evaluator_facts(struct evaluator *e, const struct pack *pack, xmlDoc *dossier, int64_t day,
	struct arena *arena, struct fact_value *ret_values, struct error *reterr)
{
	return facts_read(e->facts, pack, dossier, day, arena, ret_values, reterr);
}

int evaluate_pack(const struct pack *pack, const struct fact_value *values,
	struct evaluation *ret_evaluation, struct error *reterr)
{
	_cleanup_(evaluator_freep) struct evaluator *e = NULL;
	int r = evaluator_new(&e, reterr);

	return r < 0 ? r : evaluator_run(e, pack, values, ret_evaluation, reterr);
}
