/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an evaluation used and why it came out so: the inputs and the explanation as canonical
 * XML (fixed order, no clock), and lines for people. Examples of a pack are run here too,
 * because they compare with the same words.
 */
#include "inventory/norm/evaluate.h"

#include "common/text.h"
#include "inventory/norm/safexml.h"

#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES (64 * 1024)
#define EXAMPLE_MEMORY_MAX ((size_t)1024 * 1024)

static void attribute(struct str *out, const char *name, const char *value)
{
	str_addf(out, " %s=\"", name);
	text_encode_xml(out, value);
	str_addc(out, '"');
}

static void add_clean(struct str *out, const char *text)
{
	text_clean(out, text, strlen(text), LINE_MAX_BYTES);
}

uint64_t evaluation_criterion_facts(const struct pack *pack, uint16_t criterion)
{
	const struct expr *test = &pack->criteria[criterion].test;
	uint64_t facts = 0;

	for (uint16_t i = 0; i < test->n; i++)
		if (test->nodes[i].kind == EXPR_ATOM)
			facts |= pack->atoms[test->nodes[i].left].facts;
	return facts;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void evaluation_fact_names(const struct pack *pack, uint64_t facts, struct str *out)
{
	const char *names[PACK_FACTS_MAX];
	size_t n = 0;

	for (uint16_t i = 0; i < pack->n_facts; i++)
		if (facts & (UINT64_C(1) << i))
			names[n++] = pack->facts[i].name;
	qsort(names, n, sizeof(names[0]), compare_names);
	for (size_t i = 0; i < n; i++)
		str_addf(out, "%s%s", i ? ", " : "", names[i]);
}

/* ---- inputs -------------------------------------------------------------------------- */

static bool has_value(const struct fact_value *value)
{
	return value->state == FACT_KNOWN || value->state == FACT_AT_LEAST;
}

void evaluation_inputs(const struct pack *pack, const struct fact_value *values, struct str *out)
{
	str_adds(out, "<inputs>\n");
	for (uint16_t i = 0; i < pack->n_facts; i++) {
		const struct fact_value *value = &values[i];

		str_adds(out, "  <fact");
		attribute(out, "name", pack->facts[i].name);
		attribute(out, "state", fact_state_name(value->state));
		if (has_value(value))
			attribute(out, "value", value->text);
		if (value->grade[0])
			attribute(out, "grade", value->grade);
		if (value->as_of[0])
			attribute(out, "as-of", value->as_of);
		if (value->source[0])
			attribute(out, "document", value->source);
		str_adds(out, "/>\n");
	}
	str_adds(out, "</inputs>\n");
}

static enum fact_state state_parse(const char *name)
{
	for (int s = 0; s < FACT_STATE_N; s++)
		if (strcmp(fact_state_name((enum fact_state)s), name) == 0)
			return (enum fact_state)s;
	return FACT_STATE_N;
}

static int parse_input(const struct pack *pack, const xmlNode *node, struct arena *arena,
	struct fact_value *values, struct error *reterr)
{
	const char *name = safexml_attr(node, "name", ""), *text = safexml_attr(node, "value", "");
	enum fact_state state = state_parse(safexml_attr(node, "state", ""));
	int i = pack_fact_find(pack, name, strlen(name)), r = 0;
	struct fact_value *value;

	if (i < 0 || state == FACT_STATE_N)
		return error_set(reterr, ERROR_INPUT, "stored inputs: \"%s\" does not fit pack %s",
			name, pack->id);
	value = &values[i];
	if (state == FACT_KNOWN || state == FACT_AT_LEAST) {
		if (strcmp(text, "none") == 0 && pack->facts[i].aggregate == AGGREGATE_MAX)
			*value = (struct fact_value){FACT_KNOWN, -__builtin_inf(), "none", "", "", ""};
		else if (strcmp(text, "none") == 0 && pack->facts[i].aggregate == AGGREGATE_MIN)
			*value = (struct fact_value){FACT_KNOWN, __builtin_inf(), "none", "", "", ""};
		else
			r = facts_value_parse(&pack->facts[i], text, state == FACT_AT_LEAST, arena,
				value, reterr);
	}
	if (r < 0)
		return r;
	value->state = state;
	value->grade = arena_strdup(arena, safexml_attr(node, "grade", ""));
	value->as_of = arena_strdup(arena, safexml_attr(node, "as-of", ""));
	value->source = arena_strdup(arena, safexml_attr(node, "document", ""));
	if (!value->grade || !value->as_of || !value->source)
		return error_set(reterr, ERROR_SYSTEM, "no memory for stored inputs");
	return 0;
}

int evaluation_inputs_parse(const struct pack *pack, const void *bytes, size_t n,
	struct arena *arena, struct fact_value *ret_values, struct error *reterr)
{
	_cleanup_(xml_docp) xmlDoc *doc = NULL;
	int r = safexml_parse_own(bytes, n, &doc, reterr);

	if (r < 0)
		return r;
	for (uint16_t i = 0; i < pack->n_facts; i++)
		ret_values[i] = (struct fact_value){FACT_MISSING, 0, "", "", "", ""};
	for (xmlNode *node = safexml_child(xmlDocGetRootElement(doc), "fact"); node && r == 0;
		node = safexml_next(node, "fact"))
		r = parse_input(pack, node, arena, ret_values, reterr);
	return r;
}

/* ---- explanation --------------------------------------------------------------------- */

static void add_value(const struct pack_fact *fact, const struct fact_value *value,
	struct str *out)
{
	str_adds(out, fact->name);
	if (value->state == FACT_KNOWN || value->state == FACT_AT_LEAST) {
		str_adds(out, value->state == FACT_KNOWN ? " = " : " >= ");
		add_clean(out, value->text);
		if (fact->unit[0])
			str_addf(out, " %s", fact->unit);
	} else {
		str_addf(out, " is %s", fact_state_name(value->state));
	}
	if (!value->grade[0])
		return;
	str_addf(out, " [%s %s", value->grade, value->as_of);
	if (value->source[0]) {
		str_addc(out, ' ');
		add_clean(out, value->source);
	}
	str_addc(out, ']');
}

void evaluation_values(const struct pack *pack, const struct fact_value *values,
	uint16_t criterion, struct str *out)
{
	uint64_t facts = evaluation_criterion_facts(pack, criterion);
	bool first = true;

	for (uint16_t i = 0; i < pack->n_facts; i++) {
		if (!(facts & (UINT64_C(1) << i)))
			continue;
		if (!first)
			str_adds(out, "; ");
		first = false;
		add_value(&pack->facts[i], &values[i], out);
	}
}

void evaluation_reason(const struct pack *pack, const struct fact_value *values,
	const struct evaluation *evaluation, uint16_t criterion, struct str *out)
{
	const struct pack_criterion *c = &pack->criteria[criterion];

	str_addf(out, "%s %s", c->id, truth_name(evaluation->criteria[criterion]));
	if (c->bright)
		str_adds(out, ", bright line");
	if (c->weight)
		str_addf(out, ", weight %d", c->weight);
	str_addf(out, " (%s): ", c->factor);
	evaluation_values(pack, values, criterion, out);
	for (uint8_t i = 0; i < c->n_requires; i++)
		str_addf(out, "; needs %s, which is %s", pack->criteria[c->requires[i]].id,
			truth_name(evaluation->criteria[c->requires[i]]));
	str_adds(out, ". ");
	add_clean(out, c->text);
	str_adds(out, " Basis: ");
	add_clean(out, c->basis);
}

void evaluation_explain(const struct pack *pack, const struct fact_value *values,
	const struct evaluation *evaluation, struct str *out)
{
	struct str line = STR_INIT(LINE_MAX_BYTES);

	str_adds(out, "<evaluation");
	attribute(out, "pack", pack->id);
	attribute(out, "version", pack->version);
	attribute(out, "sha256", pack->sha256);
	attribute(out, "outcome", outcome_name(evaluation->outcome));
	str_addf(out, " score=\"%d\"", evaluation->score);
	evaluation_fact_names(pack, evaluation->needed, &line);
	attribute(out, "missing", line.data);
	str_adds(out, ">\n");
	for (uint16_t i = 0; i < pack->n_criteria; i++) {
		str_adds(out, "  <criterion");
		attribute(out, "id", pack->criteria[i].id);
		attribute(out, "verdict", truth_name(evaluation->criteria[i]));
		str_adds(out, ">");
		str_reset(&line);
		evaluation_reason(pack, values, evaluation, i, &line);
		text_encode_xml(out, line.data);
		str_adds(out, "</criterion>\n");
	}
	str_adds(out, "</evaluation>\n");
	str_done(&line);
}

/* ---- examples ------------------------------------------------------------------------ */

static int example_values(const struct pack *pack, const struct pack_example *example,
	struct arena *arena, struct fact_value *values, struct error *reterr)
{
	for (uint16_t i = 0; i < pack->n_facts; i++)
		values[i] = (struct fact_value){FACT_MISSING, 0, "", "", "", ""};
	for (xmlNode *given = safexml_child(example->node, "given"); given;
		given = safexml_next(given, "given")) {
		const char *name = safexml_attr(given, "fact", "");
		int i = pack_fact_find(pack, name, strlen(name)), r;

		r = facts_value_parse(&pack->facts[i], safexml_attr(given, "value", ""),
			strcmp(safexml_attr(given, "at-least", "no"), "yes") == 0, arena, &values[i],
			reterr);
		if (r < 0)
			return error_wrap(reterr, r, "%s:%ld: example \"%s\"", pack->name,
				safexml_line(given), example->name);
	}
	return 0;
}

static void met_names(const struct pack *pack, const struct evaluation *evaluation,
	struct str *out)
{
	for (uint16_t i = 0; i < pack->n_criteria; i++)
		if (evaluation->criteria[i] == TRUTH_TRUE)
			str_addf(out, "%s%s", out->len ? " " : "", pack->criteria[i].id);
}

/* Empty if the example came out as it says; else what differs. */
static void example_differs(const struct pack *pack, const struct pack_example *example,
	const struct evaluation *evaluation, struct str *why)
{
	struct str text = STR_INIT(LINE_MAX_BYTES);

	if (strcmp(outcome_name(evaluation->outcome), example->outcome) != 0)
		str_addf(why, "line %ld: outcome %s, expected %s", example->line,
			outcome_name(evaluation->outcome), example->outcome);
	if (example->score >= 0 && evaluation->score != example->score)
		str_addf(why, "%sline %ld: score %d, expected %d", why->len ? "; " : "",
			example->line, evaluation->score, example->score);
	met_names(pack, evaluation, &text);
	if (example->met && strcmp(text.data, example->met) != 0)
		str_addf(why, "%sline %ld: met \"%s\", expected \"%s\"", why->len ? "; " : "",
			example->line, text.data, example->met);
	str_reset(&text);
	evaluation_fact_names(pack, evaluation->needed, &text);
	if (strcmp(text.data, example->missing) != 0)
		str_addf(why, "%sline %ld: needs \"%s\", expected \"%s\"", why->len ? "; " : "",
			example->line, text.data, example->missing);
	str_done(&text);
}

static int run_example(const struct pack *pack, const struct pack_example *example,
	struct str *why, struct error *reterr)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(EXAMPLE_MEMORY_MAX);
	struct fact_value values[PACK_FACTS_MAX];
	struct evaluation evaluation;
	int r;

	if (!arena)
		return error_set(reterr, ERROR_SYSTEM, "no memory for an example");
	r = example_values(pack, example, arena, values, reterr);
	if (r == 0)
		r = evaluate_pack(pack, values, &evaluation, reterr);
	if (r == 0)
		example_differs(pack, example, &evaluation, why);
	return r;
}

int evaluation_run_examples(const struct pack *pack, uint64_t *ret_examples,
	uint64_t *ret_passed, int (*failure)(void *context, const char *example, const char *why),
	void *context, struct error *reterr)
{
	struct str why = STR_INIT(LINE_MAX_BYTES);
	uint64_t passed = 0;
	int r = 0;

	for (uint16_t i = 0; i < pack->n_examples && r == 0; i++) {
		str_reset(&why);
		r = run_example(pack, &pack->examples[i], &why, reterr);
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
