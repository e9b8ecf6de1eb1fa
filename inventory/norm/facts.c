/* SPDX-License-Identifier: Apache-2.0 */
/* Facts from a dossier by XPath 1.0, with the state of their evidence; see facts.h. */
#include "inventory/norm/facts.h"

#include "common/clock.h"
#include "common/model/estate.h"
#include "inventory/norm/safexml.h"

#include <libxml/xpathInternals.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define OPERATIONS_MAX 2000000 /* XPath steps one dossier may cost */
#define DAY_US (86400 * CLOCK_SECOND)

const char *fact_state_name(enum fact_state state)
{
	static const char *const names[FACT_STATE_N] = {"missing", "known", "at least", "stale",
		"grade not accepted", "contradictory", "not a number"};

	return (unsigned int)state < FACT_STATE_N ? names[state] : "?";
}

int64_t facts_day(int64_t wall_us)
{
	return wall_us >= 0 ? wall_us / DAY_US : -((-wall_us + DAY_US - 1) / DAY_US);
}

int64_t facts_day_parse(const char *text)
{
	char again[CLOCK_TEXT_MAX];
	int64_t wall_us = 0;

	if (strlen(text) != 10 || clock_parse(text, &wall_us, NULL) < 0)
		return -1;
	if (strncmp(clock_format(wall_us, again), text, 10) != 0)
		return -1; /* no such day */
	return facts_day(wall_us);
}

const char *facts_number_text(struct arena *arena, double number)
{
	const char *text = isinf(number) ? "none" : arena_printf(arena, "%.15g", number + 0.0);

	return text ? text : "";
}

/* ---- evidence ------------------------------------------------------------------------ */

/* What one selected node says, and how good its evidence is. */
struct statement {
	enum fact_state state; /* known, stale or grade */
	const char *text;
	double number;
	const char *grade, *as_of, *source;
	const char *key; /* of an aggregate's member */
};

struct extraction {
	const struct pack *pack;
	const struct pack_fact *fact;
	xmlXPathContext *xpath;
	xmlNode *root;
	struct arena *arena;
	int64_t day;
	struct error *reterr;
};

static const char *keep(struct extraction *x, const char *text)
{
	const char *copy = text && text[0] ? arena_strdup(x->arena, text) : "";

	return copy ? copy : "";
}

static enum evidence_grade grade_parse(const char *name)
{
	for (int g = 0; g < GRADE_N; g++)
		if (strcmp(evidence_grade_name((enum evidence_grade)g), name) == 0)
			return (enum evidence_grade)g;
	return GRADE_N;
}

static void weigh(struct extraction *x, const xmlNode *node, struct statement *statement)
{
	const char *grade = "", *as_of = "";
	enum evidence_grade value;
	int64_t stated;

	for (; node; node = node->parent) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		grade = safexml_attr(node, "grade", "");
		as_of = safexml_attr(node, "as-of", "");
		if (grade[0] && as_of[0])
			break;
	}
	statement->grade = keep(x, grade);
	statement->as_of = keep(x, as_of);
	statement->source = node ? keep(x, safexml_attr(node, "document", "")) : "";
	value = grade_parse(grade);
	stated = facts_day_parse(as_of);
	if (value == GRADE_N || !(x->fact->accept & (1u << value)))
		statement->state = FACT_GRADE;
	else if (stated < 0 || (x->fact->max_age_days &&
		x->day - stated > x->fact->max_age_days))
		statement->state = FACT_STALE;
	else
		statement->state = FACT_KNOWN;
}

static void adopt(struct fact_value *value, const struct statement *statement)
{
	value->state = statement->state;
	value->number = statement->number;
	value->text = statement->text;
	value->grade = statement->grade;
	value->as_of = statement->as_of;
	value->source = statement->source;
}

/* ---- XPath --------------------------------------------------------------------------- */

static void quiet(void *data, xmlError *problem)
{
	(void)data;
	(void)problem;
}

static int evaluate(struct extraction *x, xmlXPathCompExpr *compiled, xmlNode *from,
	xmlXPathObject **ret_object)
{
	x->xpath->node = from;
	*ret_object = xmlXPathCompiledEval(compiled, x->xpath);
	if (*ret_object)
		return 0;
	return error_set(x->reterr, ERROR_INPUT,
		"norm pack %s: fact \"%s\" (line %ld): its XPath cannot be evaluated (error %d, or "
		"more than %d steps); write it so that it selects directly", x->pack->id,
		x->fact->name, x->fact->line, x->xpath->lastError.code, OPERATIONS_MAX);
}

static size_t object_nodes(const xmlXPathObject *object)
{
	return object->type == XPATH_NODESET && object->nodesetval ?
		(size_t)object->nodesetval->nodeNr : 0;
}

static int check_members(struct extraction *x, size_t n)
{
	if (n <= FACT_MEMBERS_MAX)
		return 0;
	return error_set(x->reterr, ERROR_INPUT,
		"norm pack %s: fact \"%s\" (line %ld) finds %zu nodes, more than %d", x->pack->id,
		x->fact->name, x->fact->line, n, FACT_MEMBERS_MAX);
}

/* A node's own text as number and text. */
static void read_node(struct extraction *x, xmlNode *node, struct statement *statement)
{
	xmlChar *text = xmlXPathCastNodeToString(node);

	statement->text = keep(x, text ? (const char *)text : "");
	statement->number = text ? xmlXPathCastStringToNumber(text) : NAN;
	xmlFree(text);
	weigh(x, node, statement);
}

/* The string of an expression from a node: an attribute, or a computed value. */
static int read_expression(struct extraction *x, xmlXPathCompExpr *compiled, xmlNode *from,
	const char **ret_text, double *ret_number)
{
	xmlXPathObject *object = NULL;
	xmlChar *text;
	int r = evaluate(x, compiled, from, &object);

	if (r < 0)
		return r;
	text = xmlXPathCastToString(object);
	*ret_number = xmlXPathCastToNumber(object);
	*ret_text = keep(x, text ? (const char *)text : "");
	xmlFree(text);
	xmlXPathFreeObject(object);
	return 0;
}

/* ---- single values ------------------------------------------------------------------- */

static bool same_value(const struct pack_fact *fact, const struct statement *a,
	const struct statement *b)
{
	if (fact->type == FACT_NUMBER)
		return a->number == b->number;
	return strcmp(a->text, b->text) == 0;
}

/* The newest usable statement; if none is usable, the newest of the others says why. */
static void choose(struct extraction *x, const struct statement *next, struct statement *best,
	bool *any, bool *contradiction)
{
	int newer;

	if (!*any) {
		*best = *next;
		*any = true;
		return;
	}
	if ((next->state == FACT_KNOWN) != (best->state == FACT_KNOWN)) {
		if (next->state == FACT_KNOWN) {
			*best = *next;
			*contradiction = false;
		}
		return;
	}
	newer = strcmp(next->as_of, best->as_of);
	if (newer > 0) {
		*best = *next;
		*contradiction = false;
	} else if (newer == 0 && next->state == FACT_KNOWN && !same_value(x->fact, next, best)) {
		*contradiction = true;
	}
}

static int extract_single(struct extraction *x, struct fact_value *value)
{
	xmlXPathObject *object = NULL;
	struct statement best = {0};
	bool any = false, contradiction = false;
	int r = evaluate(x, x->fact->select, x->root, &object);

	if (r == 0)
		r = check_members(x, object_nodes(object));
	if (r < 0) {
		xmlXPathFreeObject(object);
		return r;
	}
	for (size_t i = 0; i < object_nodes(object); i++) {
		struct statement next = {0};

		read_node(x, object->nodesetval->nodeTab[i], &next);
		if (next.text[0])
			choose(x, &next, &best, &any, &contradiction);
	}
	if (object->type != XPATH_NODESET) { /* computed from the dossier as a whole */
		xmlChar *text = xmlXPathCastToString(object);

		best.text = keep(x, text ? (const char *)text : "");
		best.number = xmlXPathCastToNumber(object);
		xmlFree(text);
		weigh(x, x->root, &best);
		any = best.text[0] != '\0';
	}
	xmlXPathFreeObject(object);
	if (!any)
		return 0;
	if (contradiction)
		best.state = FACT_CONTRADICTORY;
	else if (best.state == FACT_KNOWN && x->fact->type == FACT_NUMBER && !isfinite(best.number))
		best.state = FACT_INVALID;
	adopt(value, &best);
	if (x->fact->type == FACT_NUMBER && value->state == FACT_KNOWN)
		value->text = facts_number_text(x->arena, value->number);
	return 0;
}

/* ---- statements that a list is complete ---------------------------------------------- */

/* The best statement that `compiled` finds. ret_any false: none at all. */
static int find_statement(struct extraction *x, xmlXPathCompExpr *compiled,
	struct statement *ret_best, bool *ret_any)
{
	xmlXPathObject *object = NULL;
	bool contradiction = false;
	int r = evaluate(x, compiled, x->root, &object);

	*ret_any = false;
	if (r == 0)
		r = check_members(x, object_nodes(object));
	for (size_t i = 0; r == 0 && i < object_nodes(object); i++) {
		struct statement next = {.text = ""};

		weigh(x, object->nodesetval->nodeTab[i], &next);
		choose(x, &next, ret_best, ret_any, &contradiction);
	}
	xmlXPathFreeObject(object);
	return r;
}

static int extract_boolean(struct extraction *x, struct fact_value *value)
{
	struct statement found = {.text = ""}, closed = {.text = ""};
	bool any_found = false, any_closed = false;
	int r = find_statement(x, x->fact->exists, &found, &any_found);

	if (r == 0 && !any_found)
		r = find_statement(x, x->fact->closed, &closed, &any_closed);
	if (r < 0)
		return r;
	if (any_found) {
		adopt(value, &found);
		value->number = 1;
		value->text = "true";
	} else if (any_closed) {
		adopt(value, &closed);
		value->number = 0;
		value->text = "false";
	}
	return 0;
}

/* ---- aggregates ---------------------------------------------------------------------- */

static int compare_members(const void *a, const void *b)
{
	const struct statement *left = a, *right = b;
	int order = strcmp(left->key, right->key);

	if (order)
		return order;
	order = strcmp(left->as_of, right->as_of);
	if (order)
		return order;
	return (left->number > right->number) - (left->number < right->number);
}

static int read_members(struct extraction *x, const xmlXPathObject *object,
	struct statement *members)
{
	for (size_t i = 0; i < object_nodes(object); i++) {
		xmlNode *node = object->nodesetval->nodeTab[i];
		double ignored;
		int r = read_expression(x, x->fact->distinct, node, &members[i].key, &ignored);

		members[i].text = "";
		members[i].number = 1;
		if (r == 0 && x->fact->select)
			r = read_expression(x, x->fact->select, node, &members[i].text,
				&members[i].number);
		if (r < 0)
			return r;
		weigh(x, node, &members[i]);
		if (members[i].state == FACT_KNOWN && !isfinite(members[i].number))
			members[i].state = FACT_INVALID;
	}
	return 0;
}

/* Combines members, each key once. The evidence shown is the oldest member's. */
static void combine(struct extraction *x, const struct statement *members, size_t n,
	struct fact_value *value)
{
	enum fact_aggregate how = x->fact->aggregate;
	double total = how == AGGREGATE_MIN ? INFINITY : how == AGGREGATE_MAX ? -INFINITY : 0;
	const struct statement *oldest = NULL, *spoiler = NULL;
	bool negative = false, twice = false;

	for (size_t i = 0; i < n; i++) {
		const struct statement *m = &members[i];

		if (m->state != FACT_KNOWN && !spoiler)
			spoiler = m;
		if (i > 0 && strcmp(m->key, m[-1].key) == 0) {
			twice |= m->number != m[-1].number;
			continue;
		}
		negative |= m->number < 0;
		if (!oldest || strcmp(m->as_of, oldest->as_of) < 0)
			oldest = m;
		if (how == AGGREGATE_MIN)
			total = fmin(total, m->number);
		else if (how == AGGREGATE_MAX)
			total = fmax(total, m->number);
		else
			total += m->number;
	}
	if (oldest)
		adopt(value, spoiler ? spoiler : oldest);
	if (!spoiler && twice)
		value->state = FACT_CONTRADICTORY;
	value->number = total;
	value->text = facts_number_text(x->arena, total);
	/* More members can only add to it: not for a minimum, not with negative members. */
	if (value->state == FACT_KNOWN)
		value->state = how == AGGREGATE_MIN || (how == AGGREGATE_SUM && negative) ?
			FACT_MISSING : FACT_AT_LEAST;
}

static int extract_aggregate(struct extraction *x, struct fact_value *value)
{
	struct statement closed = {.text = ""}, *members = NULL;
	xmlXPathObject *object = NULL;
	bool is_closed = false;
	size_t n = 0;
	int r = evaluate(x, x->fact->over, x->root, &object);

	if (r == 0) {
		n = object_nodes(object);
		r = check_members(x, n);
	}
	if (r == 0) {
		members = calloc(n ? n : 1, sizeof(*members));
		r = members ? read_members(x, object, members) :
			error_set(x->reterr, ERROR_SYSTEM, "no memory for %zu members", n);
	}
	if (r == 0)
		r = find_statement(x, x->fact->closed, &closed, &is_closed);
	if (r == 0) {
		qsort(members, n, sizeof(*members), compare_members);
		if (n || is_closed)
			combine(x, members, n, value);
		if (n == 0 && is_closed) {
			const char *text = value->text;

			adopt(value, &closed);
			value->number = x->fact->aggregate == AGGREGATE_MIN ? INFINITY :
				x->fact->aggregate == AGGREGATE_MAX ? -INFINITY : 0;
			value->text = text;
		} else if (is_closed && closed.state == FACT_KNOWN &&
			(value->state == FACT_AT_LEAST || value->state == FACT_MISSING)) {
			value->state = FACT_KNOWN;
		}
	}
	free(members);
	xmlXPathFreeObject(object);
	return r;
}

/* ---- all of them --------------------------------------------------------------------- */

int facts_extract(const struct pack *pack, xmlDoc *dossier, int64_t day, struct arena *arena,
	struct fact_value *ret_values, struct error *reterr)
{
	struct extraction x = {.pack = pack, .arena = arena, .day = day, .reterr = reterr};
	int r = 0;

	x.root = xmlDocGetRootElement(dossier);
	x.xpath = xmlXPathNewContext(dossier);
	if (!x.root || !x.xpath) {
		xmlXPathFreeContext(x.xpath);
		return error_set(reterr, ERROR_SYSTEM, "no memory for an XPath context");
	}
	x.xpath->error = quiet;
	x.xpath->opLimit = OPERATIONS_MAX;
	for (uint16_t i = 0; i < pack->n_facts && r == 0; i++) {
		struct fact_value *value = &ret_values[i];

		x.fact = &pack->facts[i];
		*value = (struct fact_value){FACT_MISSING, 0, "", "", "", ""};
		if (x.fact->graph.kind != GRAPH_NONE)
			continue;
		if (x.fact->type == FACT_BOOLEAN)
			r = extract_boolean(&x, value);
		else if (x.fact->aggregate != AGGREGATE_NONE)
			r = extract_aggregate(&x, value);
		else
			r = extract_single(&x, value);
	}
	xmlXPathFreeContext(x.xpath);
	return r;
}

int facts_value_parse(const struct pack_fact *fact, const char *text, bool at_least,
	struct arena *arena, struct fact_value *ret_value, struct error *reterr)
{
	struct fact_value value = {FACT_KNOWN, 0, "", "", "", ""};

	if (fact->type == FACT_BOOLEAN) {
		value.number = strcmp(text, "true") == 0;
		if (!value.number && strcmp(text, "false") != 0)
			return error_set(reterr, ERROR_INPUT, "\"%s\" is a boolean: true or false, "
				"not \"%s\"", fact->name, text);
	} else if (fact->type == FACT_NUMBER) {
		value.number = xmlXPathCastStringToNumber((const xmlChar *)text);
		if (!isfinite(value.number))
			return error_set(reterr, ERROR_INPUT, "\"%s\" is a number, and \"%s\" is none",
				fact->name, text);
	}
	if (at_least && fact->type != FACT_NUMBER)
		return error_set(reterr, ERROR_INPUT, "\"%s\" is no number: at-least means nothing",
			fact->name);
	value.state = at_least ? FACT_AT_LEAST : FACT_KNOWN;
	value.text = fact->type == FACT_NUMBER ? facts_number_text(arena, value.number) :
		arena_strdup(arena, text);
	if (!value.text)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a fact");
	*ret_value = value;
	return 0;
}
