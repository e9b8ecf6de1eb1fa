/* SPDX-License-Identifier: Apache-2.0 */
/* Facts from a dossier by XPath 1.0, with the state of their evidence; see facts.h. */
#include "inventory/norm/facts_parts.h"

#include "common/model/estate.h"
#include "common/text.h"
#include "inventory/norm/safexml.h"

#include <libxml/xpathInternals.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OFFENDER_TEXT_MAX 200
#define UNREADABLE ERROR_INPUT /* of the fact at hand; nothing else here is the input's */
#define WHOLE_MAX 1e15 /* whole numbers below have the same digits in both ways of printing */

const char *fact_state_name(enum fact_state state)
{
	static const char *const names[FACT_STATE_N] = {"missing", "known", "at least", "stale",
		"grade not accepted", "contradictory", "not a number", "not in the table",
		"not evaluable"};

	return (unsigned int)state < FACT_STATE_N ? names[state] : "?";
}

const char *facts_number_text(struct arena *arena, double number)
{
	char text[32] = "none";
	const char *kept;

	if (fabs(number) < WHOLE_MAX && number == (double)(int64_t)number)
		snprintf(text, sizeof(text), "%" PRId64, (int64_t)number); /* which is faster */
	else if (!isinf(number))
		snprintf(text, sizeof(text), "%.15g", number);
	kept = arena_strdup(arena, text);
	return kept ? kept : "";
}

/* ---- evidence ------------------------------------------------------------------------ */

const char *facts_keep(struct extraction *x, const char *text)
{
	const char *copy = text && text[0] ? arena_strdup(x->arena, text) : "";

	return copy ? copy : "";
}

void facts_until(int64_t *until_day, int64_t other)
{
	if (other && (!*until_day || other < *until_day))
		*until_day = other;
}

static enum evidence_grade grade_parse(const char *name)
{
	for (int g = 0; g < GRADE_N; g++)
		if (strcmp(evidence_grade_name((enum evidence_grade)g), name) == 0)
			return (enum evidence_grade)g;
	return GRADE_N;
}

void facts_weigh(struct extraction *x, const xmlNode *node, struct statement *statement)
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
	statement->grade = grade;
	statement->as_of = as_of;
	statement->source = node ? safexml_attr(node, "document", "") : "";
	value = grade_parse(grade);
	stated = facts_day_parse(as_of);
	if (value == GRADE_N || !(x->fact->accept & (1u << value)))
		statement->state = FACT_GRADE;
	else if (stated < 0 || (x->fact->max_age_days &&
		x->day - stated > x->fact->max_age_days))
		statement->state = FACT_STALE;
	else
		statement->state = FACT_KNOWN;
	statement->until_day = statement->state == FACT_KNOWN && x->fact->max_age_days ?
		stated + x->fact->max_age_days + 1 : 0;
}

void facts_adopt(struct extraction *x, struct fact_value *value,
	const struct statement *statement)
{
	value->state = statement->state;
	value->number = statement->number;
	value->text = facts_keep(x, statement->text);
	value->grade = facts_keep(x, statement->grade);
	value->as_of = facts_keep(x, statement->as_of);
	value->source = facts_keep(x, statement->source);
	value->until_day = statement->until_day;
}

/* A number replaced by what its step gives. */
static void take_step(const struct pack_fact *fact, struct statement *statement)
{
	if (!fact->n_steps || statement->state != FACT_KNOWN)
		return;
	for (uint16_t i = 0; i < fact->n_steps; i++) {
		const struct pack_step *step = &fact->steps[i];

		if (statement->number >= step->from && statement->number < step->below) {
			statement->number = step->gives;
			return;
		}
	}
	if (fact->has_otherwise)
		statement->number = fact->otherwise;
	else
		statement->state = FACT_UNLISTED;
}

/* ---- XPath --------------------------------------------------------------------------- */

static void quiet(void *data, xmlError *problem)
{
	(void)data;
	(void)problem;
}

static int select_xpath(struct extraction *x, const struct pack_path *path, xmlNode *from,
	struct found *found)
{
	x->xpath->node = from;
	xmlResetError(&x->xpath->lastError);
	found->object = xmlXPathCompiledEval(path->compiled, x->xpath);
	if (!found->object && x->xpath->lastError.code == XML_ERR_NO_MEMORY)
		return error_set(x->reterr, ERROR_SYSTEM, "no memory for the XPath of a fact");
	if (!found->object)
		return UNREADABLE;
	if (found->object->type == XPATH_NODESET && found->object->nodesetval) {
		found->nodes = found->object->nodesetval->nodeTab;
		found->n = (size_t)found->object->nodesetval->nodeNr;
	}
	return 0;
}

static int found_add(struct extraction *x, struct found *found, xmlNode *node)
{
	if (found->n == found->size) {
		size_t size = 4 * found->size;
		xmlNode **more = calloc(size, sizeof(xmlNode *));

		if (!more)
			return error_set(
				x->reterr, ERROR_SYSTEM, "no memory for %zu nodes", size);
		memcpy(more, found->nodes, found->n * sizeof(xmlNode *));
		if (found->nodes != found->few)
			free(found->nodes);
		found->nodes = more;
		found->size = size;
	}
	found->nodes[found->n++] = node;
	return 0;
}

int facts_select(struct extraction *x, const struct pack_path *path, xmlNode *from,
	struct found *ret_found)
{
	int r = 0;

	ret_found->n = 0;
	ret_found->size = FOUND_FEW;
	ret_found->nodes = ret_found->few;
	ret_found->object = NULL;
	if (!path->direct)
		r = select_xpath(x, path, from, ret_found);
	else
		for (xmlNode *node = NULL; r == 0 && ret_found->n <= FACT_MEMBERS_MAX &&
			(node = pack_path_next(path, from, node));)
			r = found_add(x, ret_found, node);
	return r == 0 && ret_found->n > FACT_MEMBERS_MAX ? UNREADABLE : r;
}

void facts_found_done(struct found *found)
{
	if (!found->object && found->nodes != found->few)
		free(found->nodes);
	xmlXPathFreeObject(found->object);
}

/* The dossier's own text where that is in one piece, as an attribute's is; else a copy. */
static const char *node_text(struct extraction *x, xmlNode *node)
{
	xmlChar *text;
	const char *copy;

	if (node->type == XML_ATTRIBUTE_NODE && (!node->children || (!node->children->next &&
		node->children->type == XML_TEXT_NODE)))
		return node->children && node->children->content ?
			(const char *)node->children->content : "";
	text = xmlXPathCastNodeToString(node);
	copy = facts_keep(x, (const char *)text);
	xmlFree(text);
	return copy;
}

static void read_node(struct extraction *x, xmlNode *node, struct statement *statement)
{
	statement->text = node_text(x, node);
	statement->number = x->fact->type == FACT_NUMBER ?
		xmlXPathCastStringToNumber((const xmlChar *)statement->text) : 0;
	facts_weigh(x, node, statement);
}

/* The string of an expression from a node: an attribute, or a computed value. */
static int read_expression(struct extraction *x, const struct pack_path *path, xmlNode *from,
	const char **ret_text, double *ret_number)
{
	struct found found;
	int r = facts_select(x, path, from, &found);

	if (r == 0 && (found.n == 1 || !found.object)) {
		*ret_text = found.n ? node_text(x, found.nodes[0]) : "";
		*ret_number = xmlXPathCastStringToNumber((const xmlChar *)*ret_text);
	} else if (r == 0) {
		xmlChar *text = xmlXPathCastToString(found.object);

		*ret_number = xmlXPathCastToNumber(found.object);
		*ret_text = facts_keep(x, (const char *)text);
		xmlFree(text);
	}
	facts_found_done(&found);
	return r;
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
	} else if (newer == 0 && next->state == FACT_KNOWN &&
		   !same_value(x->fact, next, best)) {
		*contradiction = true;
	}
}

static int read_selected(struct extraction *x, struct statement *best, bool *any,
	bool *contradiction)
{
	struct found found;
	int r = facts_select(x, &x->fact->select, x->root, &found);

	for (size_t i = 0; r == 0 && i < found.n; i++) {
		struct statement next = {0};

		read_node(x, found.nodes[i], &next);
		if (next.text[0])
			choose(x, &next, best, any, contradiction);
	}
	if (r == 0 && found.object && found.object->type != XPATH_NODESET) {
		/* Computed from the dossier as a whole. */
		xmlChar *text = xmlXPathCastToString(found.object);

		best->text = facts_keep(x, (const char *)text);
		best->number = xmlXPathCastToNumber(found.object);
		xmlFree(text);
		facts_weigh(x, x->root, best);
		*any = best->text[0] != '\0';
	}
	facts_found_done(&found);
	return r;
}

static int extract_single(struct extraction *x, struct fact_value *value)
{
	struct statement best = {0};
	bool any = false, contradiction = false;
	int r = read_selected(x, &best, &any, &contradiction);

	if (r < 0 || !any)
		return r;
	if (contradiction)
		best.state = FACT_CONTRADICTORY;
	else if (best.state == FACT_KNOWN && x->fact->type == FACT_NUMBER &&
		 !isfinite(best.number))
		best.state = FACT_INVALID;
	take_step(x->fact, &best);
	facts_adopt(x, value, &best);
	if (x->fact->type == FACT_NUMBER && value->state == FACT_KNOWN)
		value->text = facts_number_text(x->arena, value->number);
	return 0;
}

/* ---- statements that a list is complete, and offenders ------------------------------- */

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int name_offenders(struct extraction *x, const struct found *found, const char **names,
	struct fact_value *value)
{
	for (size_t i = 0; i < found->n; i++) {
		struct str clean = STR_INIT(2 * OFFENDER_TEXT_MAX);
		struct statement statement = {0};
		const char *text = "";
		double ignored;
		int r;

		facts_weigh(x, found->nodes[i], &statement);
		if (statement.state != FACT_KNOWN)
			continue;
		r = read_expression(x, &x->fact->member, found->nodes[i], &text,
			&ignored);
		if (r < 0)
			return r;
		text_clean(&clean, text, strlen(text), OFFENDER_TEXT_MAX);
		names[value->n_found++] = facts_keep(x, clean.data);
		str_done(&clean);
	}
	return 0;
}

int facts_offenders(struct extraction *x, const struct found *found, struct fact_value *value)
{
	const char **names = calloc(found->n + 1, sizeof(*names));
	int r = names ? name_offenders(x, found, names, value) :
		error_set(x->reterr, ERROR_SYSTEM, "no memory for members");

	if (r == 0) {
		qsort(names, value->n_found, sizeof(*names), compare_texts);
		value->n_offenders = value->n_found < FACT_OFFENDERS_MAX ? value->n_found :
			FACT_OFFENDERS_MAX;
		value->offenders = arena_copy(x->arena, names,
			value->n_offenders * sizeof(*names));
		if (!value->offenders && value->n_offenders)
			r = error_set(x->reterr, ERROR_SYSTEM, "no memory for members");
	}
	free(names);
	return r;
}

/* The best statement that the path finds. ret_any false: none at all. Of a constraint, those
 * that break it are named in `offenders`, which may be NULL. */
static int find_statement(struct extraction *x, const struct pack_path *path,
	struct statement *ret_best, bool *ret_any, struct fact_value *offenders)
{
	struct found found;
	bool contradiction = false;
	int r = facts_select(x, path, x->root, &found);

	*ret_any = false;
	for (size_t i = 0; r == 0 && i < found.n; i++) {
		struct statement next = {.text = ""};

		facts_weigh(x, found.nodes[i], &next);
		choose(x, &next, ret_best, ret_any, &contradiction);
	}
	if (r == 0 && offenders && *ret_any && ret_best->state == FACT_KNOWN)
		r = facts_offenders(x, &found, offenders);
	facts_found_done(&found);
	return r;
}

static int extract_boolean(struct extraction *x, struct fact_value *value)
{
	struct statement found = {.text = ""}, closed = {.text = ""};
	bool any_found = false, any_closed = false;
	int r = find_statement(x, &x->fact->exists, &found, &any_found,
		x->fact->member.compiled ? value : NULL);

	if (r == 0 && !any_found)
		r = find_statement(x, &x->fact->closed, &closed, &any_closed, NULL);
	if (r < 0)
		return r;
	if (any_found) {
		facts_adopt(x, value, &found);
		value->number = 1;
		value->text = "true";
	} else if (any_closed) {
		facts_adopt(x, value, &closed);
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

static int read_members(struct extraction *x, const struct found *found,
	struct statement *members)
{
	for (size_t i = 0; i < found->n; i++) {
		xmlNode *node = found->nodes[i];
		const char *text = "";
		double ignored;
		int r = read_expression(x, &x->fact->distinct, node, &members[i].key, &ignored);

		members[i].text = "";
		members[i].number = 1;
		if (r == 0 && x->fact->select.compiled)
			r = read_expression(
				x, &x->fact->select, node, &text, &members[i].number);
		if (r < 0)
			return r;
		facts_weigh(x, node, &members[i]);
		if (members[i].state == FACT_KNOWN && !isfinite(members[i].number))
			members[i].state = FACT_INVALID;
		take_step(x->fact, &members[i]);
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
	int64_t until = 0;

	for (size_t i = 0; i < n; i++) {
		const struct statement *m = &members[i];

		if (m->state != FACT_KNOWN && !spoiler)
			spoiler = m;
		facts_until(&until, m->until_day);
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
		facts_adopt(x, value, spoiler ? spoiler : oldest);
	if (!spoiler && twice)
		value->state = FACT_CONTRADICTORY;
	value->number = total;
	value->text = facts_number_text(x->arena, total);
	value->until_day = until;
	/* More members can only add to it: not for a minimum, not with negative members. */
	if (value->state == FACT_KNOWN)
		value->state = how == AGGREGATE_MIN || (how == AGGREGATE_SUM && negative) ?
			FACT_MISSING : FACT_AT_LEAST;
}

static void close_list(struct extraction *x, const struct statement *closed, size_t n,
	struct fact_value *value)
{
	facts_until(&value->until_day, closed->until_day);
	if (n == 0) {
		const char *text = value->text;

		facts_adopt(x, value, closed);
		value->number = x->fact->aggregate == AGGREGATE_MIN ? INFINITY :
			x->fact->aggregate == AGGREGATE_MAX ? -INFINITY : 0;
		value->text = text;
	} else if (closed->state == FACT_KNOWN &&
		(value->state == FACT_AT_LEAST || value->state == FACT_MISSING)) {
		value->state = FACT_KNOWN;
	}
}

static int extract_aggregate(struct extraction *x, struct fact_value *value)
{
	struct statement closed = {.text = ""}, *members = NULL;
	struct found found;
	bool is_closed = false;
	int r = facts_select(x, &x->fact->over, x->root, &found);

	if (r == 0) {
		members = calloc(found.n ? found.n : 1, sizeof(*members));
		r = members ? read_members(x, &found, members)
			    : error_set(x->reterr, ERROR_SYSTEM, "no memory for %zu members",
				      found.n);
	}
	if (r == 0)
		r = find_statement(x, &x->fact->closed, &closed, &is_closed, NULL);
	if (r == 0) {
		qsort(members, found.n, sizeof(*members), compare_members);
		if (found.n || is_closed)
			combine(x, members, found.n, value);
		if (is_closed)
			close_list(x, &closed, found.n, value);
	}
	free(members);
	facts_found_done(&found);
	return r;
}

/* ---- all of them --------------------------------------------------------------------- */

struct facts_reader {
	xmlXPathContext *xpath;
};

int facts_reader_new(struct facts_reader **ret_reader, struct error *reterr)
{
	struct facts_reader *reader = calloc(1, sizeof(*reader));

	if (!reader || !(reader->xpath = xmlXPathNewContext(NULL))) {
		free(reader);
		return error_set(reterr, ERROR_SYSTEM, "no memory for an XPath context");
	}
	reader->xpath->error = quiet;
	reader->xpath->opLimit = FACT_STEPS_MAX;
	xmlXPathContextSetCache(reader->xpath, 1, -1, 0);
	*ret_reader = reader;
	return 0;
}

void facts_reader_free(struct facts_reader *reader)
{
	if (!reader)
		return;
	xmlXPathFreeContext(reader->xpath);
	free(reader);
}

static int extract_fact(struct extraction *x, struct fact_value *value)
{
	if (x->fact->graph.kind != GRAPH_NONE)
		return 0;
	if (x->fact->cadence.every.months || x->fact->cadence.every.days)
		return facts_cadence(x, value);
	if (x->fact->type == FACT_BOOLEAN)
		return extract_boolean(x, value);
	if (x->fact->aggregate != AGGREGATE_NONE)
		return extract_aggregate(x, value);
	return extract_single(x, value);
}

int facts_read(struct facts_reader *reader, const struct pack *pack, xmlDoc *dossier,
	int64_t day, struct arena *arena, struct fact_value *ret_values, struct error *reterr)
{
	struct extraction x = {.pack = pack, .xpath = reader->xpath, .arena = arena, .day = day,
		.root = xmlDocGetRootElement(dossier), .reterr = reterr};
	const struct fact_value nothing = {FACT_MISSING, .text = "", .grade = "", .as_of = "",
		.source = ""};
	int r = 0;

	if (!x.root)
		return error_set(
			reterr, ERROR_INTERNAL, "norm pack %s: an empty dossier", pack->id);
	x.xpath->doc = dossier;
	x.xpath->opCount = 0;
	for (uint16_t i = 0; i < pack->n_facts && r == 0; i++) {
		unsigned long steps = x.xpath->opCount;

		x.fact = &pack->facts[i];
		ret_values[i] = nothing;
		r = extract_fact(&x, &ret_values[i]);
		if (r != UNREADABLE)
			continue;
		r = 0;
		x.xpath->opCount = steps;
		ret_values[i] = nothing;
		ret_values[i].state = FACT_UNREADABLE;
	}
	x.xpath->doc = NULL;
	x.xpath->node = NULL;
	if (r == 0)
		facts_settle(pack, ret_values);
	return r;
}

int facts_extract(const struct pack *pack, xmlDoc *dossier, int64_t day, struct arena *arena,
	struct fact_value *ret_values, struct error *reterr)
{
	_cleanup_(facts_reader_freep) struct facts_reader *reader = NULL;
	int r = facts_reader_new(&reader, reterr);

	return r < 0 ? r : facts_read(reader, pack, dossier, day, arena, ret_values, reterr);
}

void facts_settle(const struct pack *pack, struct fact_value *values)
{
	for (uint16_t i = 0; i < pack->n_facts; i++) {
		const struct pack_fact *fact = &pack->facts[i];
		struct fact_value *value = &values[i];
		const struct pack_variable *variable;

		if (fact->type == FACT_NUMBER && isfinite(value->number) && value->text[0] &&
			(value->state == FACT_KNOWN || value->state == FACT_AT_LEAST))
			value->number =
				xmlXPathCastStringToNumber((const xmlChar *)value->text);
		if (fact->type != FACT_CODE || fact->variable < 0 || value->state != FACT_KNOWN)
			continue;
		variable = &pack->variables[fact->variable];
		if (!(variable->domain >> pack_code_value(variable, value->text) & 1))
			value->state = FACT_UNLISTED;
	}
}

int facts_value_parse(const struct pack_fact *fact, const char *text, bool at_least,
	struct arena *arena, struct fact_value *ret_value, struct error *reterr)
{
	struct fact_value value = {
		FACT_KNOWN, .text = "", .grade = "", .as_of = "", .source = ""};

	if (fact->type == FACT_BOOLEAN) {
		value.number = strcmp(text, "true") == 0;
		if (!value.number && strcmp(text, "false") != 0)
			return error_set(reterr, ERROR_INPUT,
				"\"%s\" is a boolean: true or false, not \"%s\"",
				fact->name, text);
	} else if (fact->type == FACT_NUMBER && strcmp(text, "none") == 0 &&
		(fact->aggregate == AGGREGATE_MIN || fact->aggregate == AGGREGATE_MAX)) {
		value.number = fact->aggregate == AGGREGATE_MIN ? INFINITY : -INFINITY;
	} else if (fact->type == FACT_NUMBER) {
		value.number = xmlXPathCastStringToNumber((const xmlChar *)text);
		if (!isfinite(value.number))
			return error_set(reterr, ERROR_INPUT,
				"\"%s\" is a number, and \"%s\" is none", fact->name, text);
	}
	if (at_least && fact->type != FACT_NUMBER)
		return error_set(reterr, ERROR_INPUT,
			"\"%s\" is no number: at-least means nothing", fact->name);
	value.state = at_least ? FACT_AT_LEAST : FACT_KNOWN;
	value.text = fact->type == FACT_NUMBER ? facts_number_text(arena, value.number) :
		arena_strdup(arena, text);
	if (!value.text)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a fact");
	*ret_value = value;
	return 0;
}
