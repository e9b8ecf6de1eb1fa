/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why an evaluation came out so: lines for people, and the whole as canonical XML (fixed order,
 * no clock).
 */
#include "inventory/norm/evaluate.h"

#include "common/text.h"

#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES (64 * 1024)

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

void evaluation_possible_names(const struct pack *pack, uint32_t possible, const char *between,
	struct str *out)
{
	const char *comma = "";

	if (possible & OUTCOME_POSSIBLE_SILENT) {
		str_adds(out, outcome_name(pack, OUTCOME_NOT_APPLICABLE));
		comma = between;
	}
	for (uint16_t i = 0; i < pack->n_outcomes; i++) {
		if (!(possible >> i & 1))
			continue;
		str_addf(out, "%s%s", comma, outcome_name(pack, i));
		comma = between;
	}
}

/* ---- values -------------------------------------------------------------------------- */

static void add_evidence(const struct fact_value *value, struct str *out)
{
	if (!value->grade[0])
		return;
	str_addf(out, " [%s %s", value->grade, value->as_of);
	if (value->source[0]) {
		str_addc(out, ' ');
		add_clean(out, value->source);
	}
	str_addc(out, ']');
}

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
		if (value->state == FACT_UNLISTED && value->text[0]) {
			str_adds(out, " \"");
			add_clean(out, value->text);
			str_addc(out, '"');
		}
		str_addf(out, " is %s", fact_state_name(value->state));
	}
	if (value->due)
		str_addf(out, " (due %s)", value->due);
	add_evidence(value, out);
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

/* ---- criteria and constraints -------------------------------------------------------- */

static const char *forbid_name(enum truth truth)
{
	return truth == TRUTH_TRUE ? "violated" : truth == TRUTH_FALSE ? "kept" : "unknown";
}

static void add_offenders(const struct fact_value *value, struct str *out)
{
	for (uint32_t i = 0; i < value->n_offenders; i++) {
		str_adds(out, i ? ", " : "");
		add_clean(out, value->offenders[i]);
	}
	if (value->n_found > value->n_offenders)
		str_addf(out, " and %u more", value->n_found - value->n_offenders);
	add_evidence(value, out);
}

static void add_text(const struct pack_criterion *c, struct str *out)
{
	str_adds(out, ". ");
	add_clean(out, c->text);
	str_adds(out, " Basis: ");
	add_clean(out, c->basis);
}

static void add_forbid(const struct pack *pack, const struct fact_value *values,
	const struct evaluation *evaluation, uint16_t criterion, struct str *out)
{
	const struct pack_criterion *c = &pack->criteria[criterion];
	int fact = pack_fact_find(pack, c->id, strlen(c->id));

	str_addf(out, "%s %s (%s): ", c->id, forbid_name(evaluation->criteria[criterion]),
		c->factor);
	if (fact >= 0 && values[fact].n_found)
		add_offenders(&values[fact], out);
	else
		evaluation_values(pack, values, criterion, out);
	add_text(c, out);
}

void evaluation_reason(const struct pack *pack, const struct fact_value *values,
	const struct evaluation *evaluation, uint16_t criterion, struct str *out)
{
	const struct pack_criterion *c = &pack->criteria[criterion];

	if (c->forbid) {
		add_forbid(pack, values, evaluation, criterion, out);
		return;
	}
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
	add_text(c, out);
}

/* ---- matrices ------------------------------------------------------------------------ */

static void add_degree(const struct matrix_value *value, struct str *out)
{
	str_addf(out, "%d", value->low);
	if (value->high != value->low)
		str_addf(out, " to %d", value->high);
}

static void add_row(const struct pack *pack, const struct fact_value *values,
	const struct pack_row *row, struct str *out)
{
	const struct fact_value *value = &values[row->fact];

	add_value(&pack->facts[row->fact], value, out);
	for (uint8_t i = 0; value->state == FACT_KNOWN && i < row->n_cells; i++)
		if (strcmp(row->cells[i].value, value->text) == 0)
			str_addf(out, " gives %d", row->cells[i].gives);
	if (row->basis[0]) {
		str_adds(out, ", ");
		add_clean(out, row->basis);
	}
}

static void add_floor(const struct pack *pack, const struct fact_value *values,
	const struct evaluation *evaluation, const struct pack_floor *floor, struct str *out)
{
	if (floor->fact >= 0) {
		add_value(&pack->facts[floor->fact], &values[floor->fact], out);
		str_addf(out, ", at most %d", floor->gives);
	} else {
		str_addf(out, "%s, which is %s, gives %d", pack->criteria[floor->criterion].id,
			truth_name(evaluation->criteria[floor->criterion]), floor->gives);
	}
	if (floor->basis[0]) {
		str_adds(out, ", ");
		add_clean(out, floor->basis);
	}
}

void evaluation_matrix_reason(const struct pack *pack, const struct fact_value *values,
	const struct evaluation *evaluation, uint16_t index, struct str *out)
{
	const struct pack_matrix *matrix = &pack->matrices[index];
	const char *before = ": ";

	str_addf(out, "%s ", matrix->name);
	add_degree(&evaluation->matrices[index], out);
	for (uint16_t i = 0; i < index; i++) {
		if (!(matrix->of >> i & 1))
			continue;
		str_addf(out, "%s%s ", before, pack->matrices[i].name);
		add_degree(&evaluation->matrices[i], out);
		before = "; ";
	}
	for (uint8_t i = 0; i < matrix->n_rows; i++, before = "; ") {
		str_adds(out, before);
		add_row(pack, values, &matrix->rows[i], out);
	}
	for (uint8_t i = 0; i < matrix->n_floors; i++, before = "; ") {
		str_adds(out, before);
		add_floor(pack, values, evaluation, &matrix->floors[i], out);
	}
	str_adds(out, ". ");
	add_clean(out, matrix->label);
	str_adds(out, ". Basis: ");
	add_clean(out, matrix->basis);
}

void evaluation_degrees(const struct pack *pack, const struct evaluation *evaluation,
	struct str *out)
{
	if (evaluation->outcome == OUTCOME_NOT_APPLICABLE)
		return;
	for (uint16_t i = 0; i < pack->n_matrices; i++) {
		const struct matrix_value *value = &evaluation->matrices[i];

		str_addf(out, "%s%s=%d", i ? " " : "", pack->matrices[i].name, value->low);
		if (value->high != value->low)
			str_addf(out, "-%d", value->high);
	}
}

/* ---- the whole ----------------------------------------------------------------------- */

static void explain_rule(const struct pack *pack, const struct fact_value *values,
	const struct evaluation *evaluation, uint16_t i, struct str *line, struct str *out)
{
	const struct pack_criterion *c = &pack->criteria[i];
	const char *element = c->forbid ? "forbid" : "criterion";

	str_addf(out, "  <%s", element);
	attribute(out, "id", c->id);
	attribute(out, "verdict", c->forbid ? forbid_name(evaluation->criteria[i]) :
		truth_name(evaluation->criteria[i]));
	str_adds(out, ">");
	str_reset(line);
	evaluation_reason(pack, values, evaluation, i, line);
	text_encode_xml(out, line->data);
	str_addf(out, "</%s>\n", element);
}

static void explain_matrix(const struct pack *pack, const struct fact_value *values,
	const struct evaluation *evaluation, uint16_t i, struct str *line, struct str *out)
{
	str_adds(out, "  <matrix");
	attribute(out, "name", pack->matrices[i].name);
	str_reset(line);
	add_degree(&evaluation->matrices[i], line);
	attribute(out, "value", line->data);
	str_adds(out, ">");
	str_reset(line);
	evaluation_matrix_reason(pack, values, evaluation, i, line);
	text_encode_xml(out, line->data);
	str_adds(out, "</matrix>\n");
}

void evaluation_explain(const struct pack *pack, const struct fact_value *values,
	const struct evaluation *evaluation, struct str *out)
{
	struct str line = STR_INIT(LINE_MAX_BYTES);

	str_adds(out, "<evaluation");
	attribute(out, "pack", pack->id);
	attribute(out, "version", pack->version);
	attribute(out, "sha256", pack->sha256);
	attribute(out, "outcome", outcome_name(pack, evaluation->outcome));
	if (evaluation->outcome == OUTCOME_REVIEW) {
		evaluation_possible_names(pack, evaluation->possible, " ", &line);
		attribute(out, "possible", line.data);
	}
	str_addf(out, " score=\"%d\"", evaluation->score);
	str_reset(&line);
	evaluation_fact_names(pack, evaluation->needed, &line);
	attribute(out, "missing", line.data);
	str_adds(out, ">\n");
	for (uint16_t i = 0; i < pack->n_criteria; i++)
		explain_rule(pack, values, evaluation, i, &line, out);
	for (uint16_t i = 0; i < pack->n_matrices; i++)
		explain_matrix(pack, values, evaluation, i, &line, out);
	str_adds(out, "</evaluation>\n");
	str_done(&line);
}
