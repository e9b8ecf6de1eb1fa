/* SPDX-License-Identifier: Apache-2.0 */
/* The <graph> facts of a norm pack: what is asked of the graph of systems; see graph.h. */
#include "common/model/estate.h"
#include "common/text.h"
#include "inventory/norm/pack_parts.h"
#include "inventory/norm/safexml.h"

#include <stdlib.h>
#include <string.h>

static enum graph_kind kind_parse(const char *text)
{
	static const struct {
		const char *name;
		enum graph_kind kind;
	} kinds[] = {
		{"distinct-sectors", GRAPH_DISTINCT_SECTORS},
		{"dependants", GRAPH_DEPENDANTS},
		{"max-tier", GRAPH_MAX_TIER},
		{"sum", GRAPH_SUM},
		{"cut-impact", GRAPH_CUT_IMPACT},
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].name, text) == 0)
			return kinds[i].kind;
	return GRAPH_NONE;
}

static bool is(const xmlNode *node, const char *name, const char *value)
{
	return strcmp(safexml_attr(node, name, ""), value) == 0;
}

static int number(const xmlNode *node, const char *name)
{
	return (int)strtol(safexml_attr(node, name, "0"), NULL, 10); /* "all": 0 */
}

/* A sum is of the capacity of distinct controlled units, or of one metric. */
static int parse_sum(struct pack *pack, const xmlNode *node, struct pack_graph *graph,
	struct error *reterr)
{
	const char *unit = safexml_attr(node, "controlled", NULL);
	const char *metric = safexml_attr(node, "metric", NULL);
	const char *metric_unit = safexml_attr(node, "metric-unit", NULL);

	if (graph->kind != GRAPH_SUM) {
		if (unit || metric || metric_unit)
			return error_set(reterr, ERROR_INPUT,
				"controlled, metric and metric-unit belong to kind=\"sum\"");
		return 0;
	}
	if (!unit == !metric || !metric != !metric_unit)
		return error_set(reterr, ERROR_INPUT,
			"a sum is of controlled=\"mw\", or of a metric with its metric-unit");
	graph->of = unit ? arena_printf(pack->arena, "unit:%s", unit) :
		arena_printf(pack->arena, "metric:%s:%s", metric, metric_unit);
	return graph->of ? 0 : error_set(reterr, ERROR_SYSTEM, "no memory for the pack");
}

static int check(const struct pack *pack, const xmlNode *node, const struct pack_graph *graph,
	struct error *reterr)
{
	bool filters = graph->min_tier || graph->designated || graph->other_operators;

	if (pack->unit != UNIT_SYSTEM)
		return error_set(reterr, ERROR_INPUT,
			"the graph is of systems; a norm of the unit %s has no place in it",
			pack_unit_name(pack->unit));
	if (graph->kind == GRAPH_CUT_IMPACT) {
		if (safexml_attr(node, "depth", NULL) ||
			safexml_attr(node, "direction", NULL) || graph->other_operators)
			return error_set(reterr, ERROR_INPUT,
				"cut-impact looks at a whole component: it takes no depth, "
				"direction or operator");
		return 0;
	}
	if (safexml_attr(node, "min-coverage", NULL))
		return error_set(reterr, ERROR_INPUT, "min-coverage belongs to cut-impact");
	if (!safexml_attr(node, "depth", NULL) || !safexml_attr(node, "direction", NULL))
		return error_set(reterr, ERROR_INPUT, "depth and direction are missing");
	if (filters && graph->kind == GRAPH_SUM)
		return error_set(reterr, ERROR_INPUT,
			"operator, min-tier and designated choose whom a count is of; a sum "
			"takes none of them");
	return 0;
}

int pack_graph_parse(struct pack *pack, const xmlNode *node, struct pack_fact *fact,
	struct error *reterr)
{
	struct pack_graph *graph = &fact->graph;
	int r;

	fact->type = FACT_NUMBER;
	fact->accept = 1u << GRADE_DERIVED;
	*graph = (struct pack_graph){
		.kind = kind_parse(safexml_attr(node, "kind", "")),
		.depth = (uint8_t)number(node, "depth"),
		.min_strength = (enum strength)strength_parse(
			safexml_attr(node, "min-strength", "essential")),
		.outward = is(node, "direction", "out"),
		.carried = is(node, "edges", "carried-by"),
		.other_operators = is(node, "operator", "other"),
		.min_tier = (uint8_t)number(node, "min-tier"),
		.designated = is(node, "designated", "yes"),
		.min_coverage = (uint8_t)number(node, "min-coverage"),
		.of = "",
	};
	r = parse_sum(pack, node, graph, reterr);
	return r < 0 ? r : check(pack, node, graph, reterr);
}
