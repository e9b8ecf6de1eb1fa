/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of a norm pack compiled into one decision diagram, and what that tells at once: a
 * criterion that nothing can meet, an outcome that nothing leads to, a bright line that is met
 * while the outcome is the lowest. Each is a slip of the pen, and is refused with its line.
 */
#include "common/text.h"
#include "inventory/norm/pack_parts.h"
#include "inventory/norm/safexml.h"

#include <libxml/xpathInternals.h>

#include <math.h>
#include <string.h>

#define ATOM_OPERATIONS_MAX 100000
#define WAY_TEXT_MAX 300

struct model {
	struct pack *pack;
	struct diagram *d;
	diagram_node atoms[PACK_ATOMS_MAX], criteria[PACK_CRITERIA_MAX];
	diagram_node matrices[PACK_MATRICES_MAX], conditions[PACK_OUTCOME_ATOMS_MAX];
	diagram_node applies, outcome;
	uint64_t domain[PACK_VARIABLES_MAX];
	struct error *reterr;
};

/* ---- conditions ---------------------------------------------------------------------- */

static void quiet(void *data, xmlError *problem)
{
	(void)data;
	(void)problem;
}

/* The fact's value as an object; NULL if that value stands for more than one. */
static xmlXPathObject *only_value(const struct pack_fact *fact,
	const struct pack_variable *variable, uint8_t value)
{
	const double *point;

	if (fact->type == FACT_BOOLEAN)
		return xmlXPathNewBoolean(value);
	if (fact->type == FACT_CODE)
		return value + 1 < variable->n ?
			xmlXPathNewString((const xmlChar *)variable->literals[value]) : NULL;
	point = pack_variable_point(variable, value);
	return point ? xmlXPathNewFloat(*point) : NULL;
}

/* The condition under the only value of its only fact: 0 or 1, -1 if that cannot be told. */
static int truth_at(const struct pack_fact *fact, const struct pack_atom *atom,
	xmlXPathObject *value)
{
	xmlXPathContext *xpath = xmlXPathNewContext(NULL);
	int truth = -1;

	if (!xpath) {
		xmlXPathFreeObject(value);
		return -1;
	}
	xpath->error = quiet;
	xpath->opLimit = ATOM_OPERATIONS_MAX;
	if (xmlXPathRegisterVariable(xpath, (const xmlChar *)fact->name, value) == 0)
		truth = xmlXPathCompiledEvalToBoolean(atom->compiled, xpath);
	xmlXPathFreeContext(xpath);
	return truth;
}

/* Over several facts: a variable of its own. Over one: by itself where its fact's value is one
 * only, else its own variable too. */
static diagram_node compile_xpath(struct model *m, const struct pack_atom *atom)
{
	const struct pack_fact *fact = &m->pack->facts[__builtin_ctzll(atom->facts)];
	diagram_node own = atom->variable >= 0 ?
		diagram_test(m->d, (uint16_t)atom->variable, 2) : DIAGRAM_NONE;
	diagram_node children[DIAGRAM_VALUES_MAX];
	const struct pack_variable *variable;

	if (atom->facts & (atom->facts - 1) || fact->variable < 0)
		return own;
	variable = &m->pack->variables[fact->variable];
	for (uint8_t value = 0; value < variable->n; value++) {
		xmlXPathObject *object = only_value(fact, variable, value);
		int truth = object ? truth_at(fact, atom, object) : -1;

		children[value] = truth < 0 ? own : diagram_leaf(m->d, truth);
	}
	return diagram_choose(m->d, (uint16_t)fact->variable, children);
}

static diagram_node compile_expr(struct model *m, const struct expr *expr,
	const diagram_node *atoms)
{
	diagram_node nodes[EXPR_NODES_MAX];

	/* Children are always made before their parent. */
	for (uint16_t i = 0; i < expr->n; i++) {
		const struct expr_node *node = &expr->nodes[i];

		if (node->kind == EXPR_ATOM)
			nodes[i] = atoms[node->left];
		else if (node->kind == EXPR_NOT)
			nodes[i] = diagram_not(m->d, nodes[node->left]);
		else
			nodes[i] = diagram_apply(m->d, node->kind == EXPR_AND ? DIAGRAM_AND :
				DIAGRAM_OR, nodes[node->left], nodes[node->right]);
	}
	return nodes[expr->root];
}

/* Only those that a rule uses: an atom has its variable from there. */
static void compile_atoms(struct model *m)
{
	for (uint16_t i = 0; i < m->pack->n_atoms; i++) {
		const struct pack_atom *atom = &m->pack->atoms[i];
		const struct pack_fact *fact = &m->pack->facts[__builtin_ctzll(atom->facts)];

		if (atom->kind == ATOM_SIMPLE)
			m->atoms[i] = diagram_test(m->d, (uint16_t)fact->variable,
				pack_variable_set(m->pack, atom));
		else
			m->atoms[i] = compile_xpath(m, atom);
	}
}

static void compile_criteria(struct model *m)
{
	for (uint16_t i = 0; i < m->pack->n_criteria; i++) {
		const struct pack_criterion *c = &m->pack->criteria[i];

		m->criteria[i] = compile_expr(m, &c->test, m->atoms);
		for (uint8_t k = 0; k < c->n_requires; k++)
			m->criteria[i] = diagram_apply(m->d, DIAGRAM_AND, m->criteria[i],
				m->criteria[c->requires[k]]);
	}
}

/* ---- matrices ------------------------------------------------------------------------ */

static diagram_node compile_row(struct model *m, const struct pack_row *row)
{
	uint16_t index = (uint16_t)m->pack->facts[row->fact].variable;
	const struct pack_variable *variable = &m->pack->variables[index];
	diagram_node children[DIAGRAM_VALUES_MAX];

	for (uint8_t value = 0; value < variable->n; value++) {
		int32_t gives = 0; /* a code without a cell is never looked up */

		for (uint8_t k = 0; value + 1 < variable->n && k < row->n_cells; k++)
			if (strcmp(row->cells[k].value, variable->literals[value]) == 0)
				gives = row->cells[k].gives;
		children[value] = diagram_leaf(m->d, gives);
	}
	return diagram_choose(m->d, index, children);
}

static diagram_node compile_floor(struct model *m, const struct pack_floor *floor_of)
{
	diagram_node children[DIAGRAM_VALUES_MAX];
	const struct pack_variable *variable;
	uint16_t index;

	if (floor_of->criterion >= 0)
		return diagram_if(m->d, m->criteria[floor_of->criterion],
			diagram_leaf(m->d, floor_of->gives), diagram_leaf(m->d, 0));
	index = (uint16_t)m->pack->facts[floor_of->fact].variable;
	variable = &m->pack->variables[index];
	for (uint8_t value = 0; value < variable->n; value++) {
		double low = value ? floor(variable->cuts[value - 1].number) : 0;

		low = low < 0 ? 0 : low > floor_of->gives ? floor_of->gives : low;
		children[value] = diagram_leaf(m->d, (int32_t)low);
	}
	return diagram_choose(m->d, index, children);
}

static void compile_matrices(struct model *m)
{
	for (uint16_t i = 0; i < m->pack->n_matrices; i++) {
		const struct pack_matrix *matrix = &m->pack->matrices[i];
		diagram_node all = diagram_leaf(m->d, 0);

		for (uint16_t k = 0; k < i; k++)
			if (matrix->of >> k & 1)
				all = diagram_apply(m->d, DIAGRAM_MAX, all, m->matrices[k]);
		for (uint8_t k = 0; k < matrix->n_rows; k++)
			all = diagram_apply(m->d, DIAGRAM_MAX, all,
				compile_row(m, &matrix->rows[k]));
		for (uint8_t k = 0; k < matrix->n_floors; k++)
			all = diagram_apply(m->d, DIAGRAM_MAX, all,
				compile_floor(m, &matrix->floors[k]));
		m->matrices[i] = all;
	}
}

/* ---- outcomes ------------------------------------------------------------------------ */

static int32_t compare_leaf(const void *context, int32_t leaf)
{
	const struct pack_outcome_atom *atom = context;

	switch (atom->compare) {
	case COMPARE_EQ:
		return leaf == atom->number;
	case COMPARE_NE:
		return leaf != atom->number;
	case COMPARE_LT:
		return leaf < atom->number;
	case COMPARE_LE:
		return leaf <= atom->number;
	case COMPARE_GT:
		return leaf > atom->number;
	case COMPARE_GE:
		return leaf >= atom->number;
	}
	return 0;
}

static diagram_node any_of(struct model *m, bool bright)
{
	diagram_node any = diagram_leaf(m->d, 0);

	for (uint16_t i = 0; i < m->pack->n_criteria; i++)
		if (bright ? m->pack->criteria[i].bright : m->pack->criteria[i].forbid)
			any = diagram_apply(m->d, DIAGRAM_OR, any, m->criteria[i]);
	return any;
}

/* From the last criterion to the first, whose facts are asked first: what is added then stands
 * above the sum so far, of which every part stays in use. */
static diagram_node score_of(struct model *m)
{
	diagram_node score = diagram_leaf(m->d, 0);

	for (uint16_t i = m->pack->n_criteria; i-- > 0;)
		if (m->pack->criteria[i].weight)
			score = diagram_apply(m->d, DIAGRAM_ADD, score, diagram_if(m->d,
				m->criteria[i], diagram_leaf(m->d, m->pack->criteria[i].weight),
				diagram_leaf(m->d, 0)));
	return score;
}

static void compile_conditions(struct model *m)
{
	diagram_node score = DIAGRAM_NONE;

	for (uint16_t i = 0; i < m->pack->n_outcome_atoms; i++) {
		const struct pack_outcome_atom *atom = &m->pack->outcome_atoms[i];

		if (atom->kind == OUTCOME_CRITERION) {
			m->conditions[i] = m->criteria[atom->index];
		} else if (atom->kind == OUTCOME_SCORE) {
			score = score == DIAGRAM_NONE ? score_of(m) : score;
			m->conditions[i] = diagram_map(m->d, score, compare_leaf, atom);
		} else if (atom->kind == OUTCOME_MATRIX) {
			m->conditions[i] = diagram_map(m->d, m->matrices[atom->index],
				compare_leaf, atom);
		} else {
			m->conditions[i] = any_of(m, atom->kind == OUTCOME_BRIGHT);
		}
	}
}

static void compile_outcome(struct model *m)
{
	diagram_node outcome = diagram_leaf(m->d, 0);

	for (uint16_t i = 1; i < m->pack->n_outcomes; i++)
		outcome = diagram_if(m->d, compile_expr(m, &m->pack->outcomes[i].when,
			m->conditions), diagram_leaf(m->d, i), outcome);
	m->applies = m->pack->has_applies ? compile_expr(m, &m->pack->applies, m->atoms) :
		diagram_leaf(m->d, 1);
	m->outcome =
		diagram_if(m->d, m->applies, outcome, diagram_leaf(m->d, PACK_LEAF_SILENT));
}

/* ---- what can never hold ------------------------------------------------------------- */

static int too_many(const struct model *m)
{
	return error_set(m->reterr, ERROR_INPUT,
		"%s:%ld: norm pack \"%s\": its rules come to too many combinations (more than "
		"%d); split it",
		m->pack->name, safexml_line(xmlDocGetRootElement(m->pack->doc)), m->pack->id,
		DIAGRAM_NODES_MAX);
}

static bool can(const struct model *m, diagram_node root, int32_t leaf, uint8_t *ret_values)
{
	memset(ret_values, UINT8_MAX, PACK_VARIABLES_MAX);
	return diagram_way(m->d, root, m->domain, leaf, ret_values);
}

/* The values on the way, for people. */
static void way_text(const struct model *m, const uint8_t *values, struct str *out)
{
	for (uint16_t i = 0; i < m->pack->n_variables; i++) {
		if (values[i] == UINT8_MAX)
			continue;
		str_adds(out, out->len ? ", " : "");
		pack_variable_text(m->pack, i, values[i], out);
	}
}

static int check_criterion(struct model *m, uint16_t index)
{
	const struct pack_criterion *c = &m->pack->criteria[index];
	const char *where = m->pack->has_applies ? " of what the pack applies to" : "";
	uint8_t values[PACK_VARIABLES_MAX];
	struct str way = STR_INIT(WAY_TEXT_MAX);
	diagram_node met = diagram_apply(m->d, DIAGRAM_AND, m->applies, m->criteria[index]),
		     low;

	if (met == DIAGRAM_NONE)
		return too_many(m);
	if (!can(m, met, 1, values))
		return error_set(m->reterr, ERROR_INPUT,
			"%s:%ld: criterion \"%s\" (%s) can never be met, whatever the facts%s are",
			m->pack->name, c->line, c->id, c->basis, where);
	if (!c->bright)
		return 0;
	low = diagram_if(
		m->d, m->criteria[index], m->outcome, diagram_leaf(m->d, PACK_LEAF_SILENT));
	if (low == DIAGRAM_NONE)
		return too_many(m);
	if (!can(m, low, 0, values))
		return 0;
	way_text(m, values, &way);
	error_set(m->reterr, ERROR_INPUT,
		"%s:%ld: contradictory bright lines: criterion \"%s\" (%s) can be met while "
		"the outcome is \"%s\", the lowest; as with %s",
		m->pack->name, c->line, c->id, c->basis, m->pack->outcomes[0].value, way.data);
	str_done(&way);
	return ERROR_INPUT;
}

static int check_outcome(const struct model *m, uint16_t index)
{
	const struct pack_outcome *outcome = &m->pack->outcomes[index];
	uint8_t values[PACK_VARIABLES_MAX];

	if (m->outcome == DIAGRAM_NONE)
		return too_many(m);
	if (can(m, m->outcome, index, values))
		return 0;
	if (index == 0)
		return error_set(m->reterr, ERROR_INPUT,
			"%s:%ld: outcome \"%s\" can never come out: one of those above it "
			"always holds",
			m->pack->name, outcome->line, outcome->value);
	return error_set(m->reterr, ERROR_INPUT,
		"%s:%ld: outcome \"%s\"%s%s%s can never come out: what leads to it cannot "
		"hold, or leads to a higher one",
		m->pack->name, outcome->line, outcome->value, outcome->basis[0] ? " (" : "",
		outcome->basis, outcome->basis[0] ? ")" : "");
}

static int check_model(struct model *m)
{
	int r = 0;

	for (uint16_t i = 0; i < m->pack->n_criteria && r == 0; i++)
		r = check_criterion(m, i);
	/* The lowest is checked where the pack gives it. */
	for (uint16_t i = m->pack->outcomes[0].line ? 0 : 1; i < m->pack->n_outcomes && r == 0;
		i++)
		r = check_outcome(m, i);
	return r;
}

/* ---- the whole ----------------------------------------------------------------------- */

static int keep_model(struct model *m)
{
	struct pack_model *model = &m->pack->model;
	diagram_node roots[2 + PACK_CRITERIA_MAX + PACK_MATRICES_MAX];
	uint16_t n_c = m->pack->n_criteria, n_m = m->pack->n_matrices;

	roots[0] = m->outcome;
	roots[1] = m->applies;
	memcpy(roots + 2, m->criteria, n_c * sizeof(*roots));
	memcpy(roots + 2 + n_c, m->matrices, n_m * sizeof(*roots));
	for (int i = 0; i < 2 + n_c + n_m; i++)
		if (roots[i] == DIAGRAM_NONE)
			return too_many(m);
	if (!diagram_keep(m->d, roots, 2u + n_c + n_m))
		return error_set(m->reterr, ERROR_SYSTEM, "%s: " NO_MEMORY, m->pack->name);
	model->outcome = roots[0];
	model->applies = roots[1];
	memcpy(model->criteria, roots + 2, n_c * sizeof(*roots));
	memcpy(model->matrices, roots + 2 + n_c, n_m * sizeof(*roots));
	return 0;
}

int pack_model_make(struct pack *pack, struct error *reterr)
{
	struct model m = {.pack = pack, .reterr = reterr};
	uint8_t n_values[PACK_VARIABLES_MAX];
	int r;

	for (uint16_t i = 0; i < pack->n_variables; i++) {
		n_values[i] = pack->variables[i].n;
		m.domain[i] = pack->variables[i].domain;
	}
	pack->model.diagram = diagram_new(n_values, pack->n_variables);
	m.d = pack->model.diagram;
	if (!m.d)
		return error_set(reterr, ERROR_SYSTEM, "%s: " NO_MEMORY, pack->name);
	compile_atoms(&m);
	compile_criteria(&m);
	compile_matrices(&m);
	compile_conditions(&m);
	compile_outcome(&m);
	r = check_model(&m);
	return r < 0 ? r : keep_model(&m);
}
