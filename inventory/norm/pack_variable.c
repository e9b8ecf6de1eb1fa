/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The variables of a pack's decision diagram. The constants with which the rules compare a
 * fact divide it into the few values that the rules can tell apart; a fact that is not known
 * can have those of its domain. A number that is counted is whole and not negative; a code of a
 * table is one of the table's.
 */
#include "inventory/norm/pack_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CONSTANTS_MAX (DIAGRAM_VALUES_MAX - 1)

/* The constants of one fact, in order. */
struct constants {
	struct pack_cut *cuts;
	const char **literals;
	uint8_t n_cuts, n_literals;
};

/* ---- constants ----------------------------------------------------------------------- */

static int too_many(const struct pack *pack, const struct pack_fact *fact, struct error *reterr)
{
	return error_set(reterr, ERROR_INPUT,
		"%s:%ld: fact \"%s\" is compared with more than %d different values (a number "
		"that is compared with = counts twice); split the pack",
		pack->name, fact->line, fact->name, CONSTANTS_MAX);
}

/* Room for all that one fact may have; most facts have none. */
static int begin(const struct pack *pack, struct constants *constants, struct error *reterr)
{
	if (!constants->cuts)
		constants->cuts = arena_alloc(pack->arena,
			CONSTANTS_MAX * sizeof(*constants->cuts));
	if (!constants->literals)
		constants->literals = arena_alloc(pack->arena,
			CONSTANTS_MAX * sizeof(*constants->literals));
	if (!constants->cuts || !constants->literals)
		return error_set(reterr, ERROR_SYSTEM, "%s: " NO_MEMORY, pack->name);
	return 0;
}

static int add_cut(const struct pack *pack, const struct pack_fact *fact,
	struct constants *constants, double number, bool after, struct error *reterr)
{
	uint8_t at = 0;

	for (; at < constants->n_cuts; at++) {
		const struct pack_cut *cut = &constants->cuts[at];

		if (cut->number == number && cut->after == after)
			return 0;
		if (cut->number > number || (cut->number == number && cut->after))
			break;
	}
	if (constants->n_cuts >= CONSTANTS_MAX)
		return too_many(pack, fact, reterr);
	if (begin(pack, constants, reterr) < 0)
		return ERROR_SYSTEM;
	memmove(constants->cuts + at + 1, constants->cuts + at,
		(size_t)(constants->n_cuts - at) * sizeof(*constants->cuts));
	constants->cuts[at] = (struct pack_cut){number, after};
	constants->n_cuts++;
	return 0;
}

static int add_literal(const struct pack *pack, const struct pack_fact *fact,
	struct constants *constants, const char *literal, struct error *reterr)
{
	uint8_t at = 0;

	for (; at < constants->n_literals; at++) {
		int order = strcmp(constants->literals[at], literal);

		if (order == 0)
			return 0;
		if (order > 0)
			break;
	}
	if (constants->n_literals >= CONSTANTS_MAX)
		return too_many(pack, fact, reterr);
	if (begin(pack, constants, reterr) < 0)
		return ERROR_SYSTEM;
	memmove(constants->literals + at + 1, constants->literals + at,
		(size_t)(constants->n_literals - at) * sizeof(*constants->literals));
	constants->literals[at] = literal;
	constants->n_literals++;
	return 0;
}

static int add_atom(const struct pack *pack, const struct pack_atom *atom,
	struct constants *constants, struct error *reterr)
{
	uint8_t index = (uint8_t)__builtin_ctzll(atom->facts);
	const struct pack_fact *fact = &pack->facts[index];
	bool point = atom->compare == COMPARE_EQ || atom->compare == COMPARE_NE;
	int r = 0;

	if (fact->type == FACT_BOOLEAN)
		return 0;
	if (fact->type == FACT_CODE)
		return add_literal(pack, fact, &constants[index], atom->literal, reterr);
	if (point || atom->compare == COMPARE_LT || atom->compare == COMPARE_GE)
		r = add_cut(pack, fact, &constants[index], atom->number, false, reterr);
	if (r == 0 && (point || atom->compare == COMPARE_LE || atom->compare == COMPARE_GT))
		r = add_cut(pack, fact, &constants[index], atom->number, true, reterr);
	return r;
}

static int add_matrix(const struct pack *pack, const struct pack_matrix *matrix,
	struct constants *constants, struct error *reterr)
{
	int r = 0;

	for (uint8_t i = 0; i < matrix->n_rows; i++) {
		const struct pack_row *row = &matrix->rows[i];

		for (uint8_t k = 0; k < row->n_cells && r == 0; k++)
			r = add_literal(pack, &pack->facts[row->fact], &constants[row->fact],
				row->cells[k].value, reterr);
	}
	for (uint8_t i = 0; i < matrix->n_floors; i++) {
		const struct pack_floor *floor = &matrix->floors[i];

		for (int k = 1; floor->fact >= 0 && k <= floor->gives && r == 0; k++)
			r = add_cut(pack, &pack->facts[floor->fact], &constants[floor->fact], k,
				false, reterr);
	}
	return r;
}

/* ---- domains ------------------------------------------------------------------------- */

static bool reaches(const struct pack_variable *variable, uint8_t value, double number)
{
	const struct pack_cut *low = value ? &variable->cuts[value - 1] : NULL;
	const struct pack_cut *high = value + 1 < variable->n ? &variable->cuts[value] : NULL;

	return (!low || (low->after ? number > low->number : number >= low->number)) &&
		(!high || (high->after ? number <= high->number : number < high->number));
}

/* A whole number, not negative. */
static bool has_count(const struct pack_variable *variable, uint8_t value)
{
	const struct pack_cut *low = value ? &variable->cuts[value - 1] : NULL;
	double least = !low || low->number < 0 ? 0 :
		low->after ? floor(low->number) + 1 : ceil(low->number);

	return reaches(variable, value, least);
}

static bool step_gives(const struct pack_fact *fact, const struct pack_variable *variable,
	uint8_t value)
{
	bool found = fact->has_otherwise && reaches(variable, value, fact->otherwise);

	for (uint16_t i = 0; i < fact->n_steps; i++)
		found |= reaches(variable, value, fact->steps[i].gives);
	if (fact->aggregate == AGGREGATE_MIN) /* of no member */
		found |= value == variable->n - 1;
	if (fact->aggregate == AGGREGATE_MAX)
		found |= value == 0;
	return found;
}

/* What is counted: whole, and not negative. */
static bool is_count(const struct pack_fact *fact)
{
	return fact->aggregate == AGGREGATE_COUNT ||
	       fact->graph.kind == GRAPH_DISTINCT_SECTORS ||
	       fact->graph.kind == GRAPH_DEPENDANTS;
}

static uint64_t number_domain(const struct pack_fact *fact,
	const struct pack_variable *variable)
{
	uint64_t domain = 0;

	for (uint8_t value = 0; value < variable->n; value++) {
		bool can = true;

		if (is_count(fact))
			can = has_count(variable, value);
		else if (fact->n_steps && fact->aggregate != AGGREGATE_SUM)
			can = step_gives(fact, variable, value);
		domain |= (uint64_t)can << value;
	}
	return domain;
}

static uint64_t code_domain(const struct pack *pack, uint16_t fact,
	const struct pack_variable *variable)
{
	uint64_t domain = UINT64_MAX >> (64 - variable->n);

	for (uint16_t m = 0; m < pack->n_matrices; m++) {
		for (uint8_t i = 0; i < pack->matrices[m].n_rows; i++) {
			const struct pack_row *row = &pack->matrices[m].rows[i];
			uint64_t listed = 0;

			if (row->fact != fact)
				continue;
			for (uint8_t k = 0; k < row->n_cells; k++)
				for (uint8_t v = 0; v + 1 < variable->n; v++)
					if (strcmp(variable->literals[v],
						    row->cells[k].value) == 0)
						listed |= UINT64_C(1) << v;
			domain &= listed;
		}
	}
	return domain;
}

/* ---- numbering ----------------------------------------------------------------------- */

static struct pack_variable *new_variable(struct pack *pack, int16_t fact, int16_t atom)
{
	struct pack_variable *variable = &pack->variables[pack->n_variables++];

	*variable = (struct pack_variable){.fact = fact, .atom = atom, .n = 2, .domain = 3};
	return variable;
}

static int take_fact(struct pack *pack, uint16_t index, const struct constants *constants,
	struct error *reterr)
{
	struct pack_fact *fact = &pack->facts[index];
	const struct constants *own = &constants[index];
	struct pack_variable *variable;

	if (fact->variable >= 0 ||
		(fact->type != FACT_BOOLEAN && !own->n_cuts && !own->n_literals))
		return 0;
	fact->variable = (int16_t)pack->n_variables;
	variable = new_variable(pack, (int16_t)index, -1);
	if (fact->type == FACT_NUMBER) {
		variable->n = (uint8_t)(own->n_cuts + 1);
		variable->cuts = own->cuts;
		variable->domain = number_domain(fact, variable);
	} else if (fact->type == FACT_CODE) {
		variable->n = (uint8_t)(own->n_literals + 1);
		variable->literals = own->literals;
		variable->domain = code_domain(pack, index, variable);
	}
	if (!variable->domain)
		return error_set(reterr, ERROR_INPUT,
			"%s:%ld: fact \"%s\": no value of it is in every table that looks it up",
			pack->name, fact->line, fact->name);
	return 0;
}

/* A fact's own variable stands before those of conditions on it. */
static int take_atom(struct pack *pack, uint16_t index, const struct constants *constants,
	struct error *reterr)
{
	struct pack_atom *atom = &pack->atoms[index];
	bool single = !(atom->facts & (atom->facts - 1));
	uint16_t fact = (uint16_t)__builtin_ctzll(atom->facts);
	int r = single ? take_fact(pack, fact, constants, reterr) : 0;

	if (r < 0 || atom->kind == ATOM_SIMPLE || atom->variable >= 0 ||
		(single && pack->facts[fact].type == FACT_BOOLEAN))
		return r;
	atom->variable = (int16_t)pack->n_variables;
	new_variable(pack, -1, (int16_t)index);
	return 0;
}

static int take_test(struct pack *pack, const struct expr *test,
	const struct constants *constants, struct error *reterr)
{
	int r = 0;

	for (uint16_t i = 0; i < test->n && r == 0; i++)
		if (test->nodes[i].kind == EXPR_ATOM)
			r = take_atom(pack, test->nodes[i].left, constants, reterr);
	return r;
}

/* In the order in which the rules come to them: that keeps diagrams small. */
static int number_all(struct pack *pack, const struct constants *constants,
	struct error *reterr)
{
	int r = pack->has_applies ? take_test(pack, &pack->applies, constants, reterr) : 0;

	for (uint16_t i = 0; i < pack->n_criteria && r == 0; i++)
		r = take_test(pack, &pack->criteria[i].test, constants, reterr);
	for (uint16_t m = 0; m < pack->n_matrices; m++) {
		const struct pack_matrix *matrix = &pack->matrices[m];

		for (uint8_t i = 0; i < matrix->n_rows && r == 0; i++)
			r = take_fact(pack, matrix->rows[i].fact, constants, reterr);
		for (uint8_t i = 0; i < matrix->n_floors && r == 0; i++)
			if (matrix->floors[i].fact >= 0)
				r = take_fact(pack, (uint16_t)matrix->floors[i].fact, constants,
					reterr);
	}
	return r;
}

int pack_variables_make(struct pack *pack, struct error *reterr)
{
	struct constants constants[PACK_FACTS_MAX] = {0};
	int r = 0;

	for (uint16_t i = 0; i < pack->n_atoms && r == 0; i++)
		if (pack->atoms[i].kind == ATOM_SIMPLE)
			r = add_atom(pack, &pack->atoms[i], constants, reterr);
	for (uint16_t i = 0; i < pack->n_matrices && r == 0; i++)
		r = add_matrix(pack, &pack->matrices[i], constants, reterr);
	return r < 0 ? r : number_all(pack, constants, reterr);
}

/* ---- values -------------------------------------------------------------------------- */

uint8_t pack_number_value(const struct pack_variable *variable, double number)
{
	uint8_t value = 0;

	for (; value + 1 < variable->n; value++) {
		const struct pack_cut *cut = &variable->cuts[value];

		if (cut->after ? number <= cut->number : number < cut->number)
			break;
	}
	return value;
}

uint8_t pack_code_value(const struct pack_variable *variable, const char *text)
{
	uint8_t low = 0, high = (uint8_t)(variable->n - 1);

	while (low < high) {
		uint8_t middle = (uint8_t)((low + high) / 2);
		int order = strcmp(variable->literals[middle], text);

		if (order == 0)
			return middle;
		if (order < 0)
			low = (uint8_t)(middle + 1);
		else
			high = middle;
	}
	return (uint8_t)(variable->n - 1);
}

static bool compare_number(enum compare how, double a, double b)
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

/* Some number of that value; all of its numbers answer the fact's own constants alike. */
static double some_number(const struct pack_variable *variable, uint8_t value)
{
	const struct pack_cut *low = value ? &variable->cuts[value - 1] : NULL;
	const struct pack_cut *high = value + 1 < variable->n ? &variable->cuts[value] : NULL;

	if (!low)
		return high ? (high->after ? high->number : -INFINITY) : 0;
	if (!low->after)
		return low->number;
	return high ? (high->after ? high->number : nextafter(low->number, INFINITY))
		    : INFINITY;
}

uint64_t pack_variable_set(const struct pack *pack, const struct pack_atom *atom)
{
	const struct pack_fact *fact = &pack->facts[__builtin_ctzll(atom->facts)];
	const struct pack_variable *variable = &pack->variables[fact->variable];
	uint64_t set = 0;

	for (uint8_t value = 0; value < variable->n; value++) {
		bool holds;

		if (fact->type == FACT_NUMBER)
			holds = compare_number(atom->compare, some_number(variable, value),
				atom->number);
		else if (fact->type == FACT_BOOLEAN)
			holds = value == 1;
		else
			holds = (value + 1 < variable->n &&
				strcmp(variable->literals[value], atom->literal) == 0) ==
				(atom->compare == COMPARE_EQ);
		set |= (uint64_t)holds << value;
	}
	return set;
}

const double *pack_variable_point(const struct pack_variable *variable, uint8_t value)
{
	const struct pack_cut *low = value ? &variable->cuts[value - 1] : NULL;
	const struct pack_cut *high = value + 1 < variable->n ? &variable->cuts[value] : NULL;

	return low && high && !low->after && high->after && low->number == high->number ?
		&low->number : NULL;
}

static void number_text(const struct pack_variable *variable, uint8_t value, const char *name,
	struct str *out)
{
	const struct pack_cut *low = value ? &variable->cuts[value - 1] : NULL;
	const struct pack_cut *high = value + 1 < variable->n ? &variable->cuts[value] : NULL;

	str_addf(out, "$%s", name);
	if (pack_variable_point(variable, value)) {
		str_addf(out, " = %.15g", low->number);
		return;
	}
	if (low)
		str_addf(out, " %s %.15g", low->after ? ">" : ">=", low->number);
	if (high)
		str_addf(out, "%s %s %.15g", low ? " and" : "", high->after ? "<=" : "<",
			high->number);
}

void pack_variable_text(const struct pack *pack, uint16_t variable, uint8_t value,
	struct str *out)
{
	const struct pack_variable *v = &pack->variables[variable];
	const struct pack_fact *fact = v->fact >= 0 ? &pack->facts[v->fact] : NULL;

	if (!fact)
		str_addf(out, value ? "%s" : "not(%s)", pack->atoms[v->atom].text);
	else if (fact->type == FACT_BOOLEAN)
		str_addf(out, value ? "$%s" : "not($%s)", fact->name);
	else if (fact->type == FACT_NUMBER)
		number_text(v, value, fact->name, out);
	else if (value + 1 < v->n)
		str_addf(out, "$%s = '%s'", fact->name, v->literals[value]);
	else
		str_addf(out, "another $%s", fact->name);
}
