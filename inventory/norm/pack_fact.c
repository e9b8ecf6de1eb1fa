/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of a norm pack: where each is found, and which attributes go together. */
#include "inventory/norm/pack_parts.h"
#include "inventory/norm/safexml.h"

#include <libxml/xpathInternals.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- steps --------------------------------------------------------------------------- */

static double number_attr(const xmlNode *node, const char *name, double missing)
{
	const char *text = safexml_attr(node, name, NULL);

	return text ? xmlXPathCastStringToNumber((const xmlChar *)text) : missing;
}

static int compare_steps(const void *a, const void *b)
{
	const struct pack_step *left = a, *right = b;

	return (left->from > right->from) - (left->from < right->from);
}

static int check_steps(const struct pack_fact *fact, struct error *reterr)
{
	for (uint16_t i = 1; i < fact->n_steps; i++) {
		const struct pack_step *before = &fact->steps[i - 1], *step = &fact->steps[i];

		if (step->from < before->below)
			return error_set(reterr, ERROR_INPUT,
				"the steps from %.15g and from %.15g overlap; one number can "
				"be on one step only",
				before->from, step->from);
	}
	return 0;
}

static int parse_steps(struct pack *pack, const xmlNode *node, struct pack_fact *fact,
	struct error *reterr)
{
	const xmlNode *otherwise = safexml_child(node, "otherwise");
	size_t n = 0;

	for (xmlNode *step = safexml_child(node, "step"); step;
		step = safexml_next(step, "step"))
		n++;
	if ((n || otherwise) && fact->type != FACT_NUMBER)
		return error_set(reterr, ERROR_INPUT, "steps belong to a fact of type number");
	if ((n || otherwise) && fact->aggregate == AGGREGATE_COUNT)
		return error_set(
			reterr, ERROR_INPUT, "a count selects no number, so it has no steps");
	if (otherwise && !n)
		return error_set(reterr, ERROR_INPUT, "otherwise stands behind a step");
	fact->has_otherwise = otherwise != NULL;
	fact->otherwise = otherwise ? number_attr(otherwise, "gives", 0) : 0;
	fact->steps = arena_alloc(pack->arena, (n + 1) * sizeof(*fact->steps));
	if (!fact->steps)
		return error_set(reterr, ERROR_SYSTEM, NO_MEMORY);
	for (xmlNode *step = safexml_child(node, "step"); step;
		step = safexml_next(step, "step")) {
		struct pack_step one = {number_attr(step, "from", -INFINITY),
			number_attr(step, "below", INFINITY), number_attr(step, "gives", 0)};

		if (one.from >= one.below)
			return error_set(reterr, ERROR_INPUT,
				"line %ld: no number is at least %.15g and below %.15g",
				safexml_line(step), one.from, one.below);
		fact->steps[fact->n_steps++] = one;
	}
	qsort(fact->steps, fact->n_steps, sizeof(*fact->steps), compare_steps);
	return check_steps(fact, reterr);
}

/* ---- facts from the dossier ---------------------------------------------------------- */

/* Which attributes go together; anything else is a slip that would change the meaning. */
static int check_fact(const struct pack_fact *fact, struct error *reterr)
{
	if (fact->type == FACT_BOOLEAN) {
		if (fact->select.compiled || fact->over.compiled || fact->aggregate ||
			fact->distinct.compiled)
			return error_set(reterr, ERROR_INPUT,
				"a boolean is found by exists and closed, not by select or aggregate");
		if (!fact->exists.compiled || !fact->closed.compiled)
			return error_set(reterr, ERROR_INPUT,
				"a boolean needs exists, and closed to say when it is false");
		return 0;
	}
	if (fact->exists.compiled)
		return error_set(
			reterr, ERROR_INPUT, "exists belongs to a fact of type boolean");
	if (fact->aggregate) {
		if (fact->type != FACT_NUMBER)
			return error_set(reterr, ERROR_INPUT, "an aggregate is a number");
		if (!fact->over.compiled || !fact->distinct.compiled || !fact->closed.compiled)
			return error_set(reterr, ERROR_INPUT,
				"an aggregate needs over, distinct and closed");
		if (!fact->select.compiled && fact->aggregate != AGGREGATE_COUNT)
			return error_set(reterr, ERROR_INPUT, "this aggregate needs select");
		if (fact->select.compiled && fact->aggregate == AGGREGATE_COUNT)
			return error_set(reterr, ERROR_INPUT,
				"a count counts the members of over; it takes no select");
		return 0;
	}
	if (!fact->select.compiled)
		return error_set(reterr, ERROR_INPUT, "select is missing");
	if (fact->over.compiled || fact->distinct.compiled || fact->closed.compiled)
		return error_set(reterr, ERROR_INPUT,
			"over, distinct and closed belong to an aggregate");
	return 0;
}

static int parse_paths(struct pack *pack, const xmlNode *node, struct pack_fact *fact,
	struct error *reterr)
{
	int r = pack_path_attr(pack, node, "select", &fact->select, reterr);

	if (r == 0)
		r = pack_path_attr(pack, node, "exists", &fact->exists, reterr);
	if (r == 0)
		r = pack_path_attr(pack, node, "over", &fact->over, reterr);
	if (r == 0)
		r = pack_path_attr(pack, node, "distinct", &fact->distinct, reterr);
	if (r == 0)
		r = pack_path_attr(pack, node, "closed", &fact->closed, reterr);
	return r < 0 ? r : check_fact(fact, reterr);
}

static int parse_fact(struct pack *pack, const xmlNode *node, struct pack_fact *fact,
	struct error *reterr)
{
	static const char *const aggregates[] = {"", "sum", "min", "max", "count"};
	const char *type = safexml_attr(node, "type", "");
	int r;

	fact->type = type[0] == 'n' ? FACT_NUMBER : type[0] == 'b' ? FACT_BOOLEAN : FACT_CODE;
	fact->aggregate = (enum fact_aggregate)pack_word(aggregates, 4,
		safexml_attr(node, "aggregate", ""));
	r = parse_paths(pack, node, fact, reterr);
	return r < 0 ? r : parse_steps(pack, node, fact, reterr);
}

static int parse_cadence(struct pack *pack, const xmlNode *node, struct pack_fact *fact,
	struct error *reterr)
{
	struct pack_cadence *cadence = &fact->cadence;
	int r = pack_path_attr(pack, node, "event", &cadence->event, reterr);

	fact->type = FACT_BOOLEAN;
	cadence->every = pack_period(safexml_attr(node, "every", NULL));
	cadence->within_days = pack_days(safexml_attr(node, "within", NULL));
	if (r == 0)
		r = pack_path_attr(pack, node, "since", &cadence->since, reterr);
	if (r == 0 && !cadence->event.compiled && !cadence->since.compiled)
		return error_set(reterr, ERROR_INPUT,
			"give event, since, or both: from which date it is due");
	if (r == 0 && !cadence->event.compiled && cadence->within_days)
		return error_set(
			reterr, ERROR_INPUT, "within looks at events; there is no event");
	return r;
}

/* ---- all of them --------------------------------------------------------------------- */

int pack_fact_add(struct pack *pack, const xmlNode *node, const char *name,
	struct pack_fact **ret_fact, struct error *reterr)
{
	struct pack_fact *fact;

	if (pack->n_facts >= PACK_FACTS_MAX)
		return error_set(reterr, ERROR_INPUT,
			"more than %d facts, judged criteria and constraints; split the pack",
			PACK_FACTS_MAX);
	if (pack_fact_find(pack, name, strlen(name)) >= 0)
		return error_set(reterr, ERROR_INPUT, "the name is used twice");
	fact = &pack->facts[pack->n_facts++];
	fact->name = name;
	fact->unit = pack_people_text(pack, safexml_attr(node, "unit", ""));
	fact->label = pack_people_text(pack, safexml_attr(node, "label", ""));
	fact->max_age_days = pack_days(safexml_attr(node, "max-age", NULL));
	fact->accept = pack_grades(safexml_attr(node, "accept", NULL));
	fact->variable = -1;
	fact->line = safexml_line(node);
	*ret_fact = fact;
	return 0;
}

int pack_facts_parse(struct pack *pack, const xmlNode *facts, struct error *reterr)
{
	for (xmlNode *node = safexml_child(facts, NULL); node;
		node = safexml_next(node, NULL)) {
		const char *element = (const char *)node->name;
		struct pack_fact *fact = NULL;
		int r = pack_fact_add(
			pack, node, safexml_attr(node, "name", ""), &fact, reterr);

		if (r == 0 && strcmp(element, "graph") == 0)
			r = pack_graph_parse(pack, node, fact, reterr);
		else if (r == 0 && strcmp(element, "cadence") == 0)
			r = parse_cadence(pack, node, fact, reterr);
		else if (r == 0)
			r = parse_fact(pack, node, fact, reterr);
		if (r < 0)
			return pack_at(pack, r, node, reterr);
	}
	return 0;
}
