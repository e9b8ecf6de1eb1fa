/* SPDX-License-Identifier: Apache-2.0 */
/* The facts that an evaluation used as canonical XML (fixed order, no clock), and back. */
#include "inventory/norm/evaluate.h"

#include "common/text.h"
#include "inventory/norm/safexml.h"

#include <stdlib.h>
#include <string.h>

static void attribute(struct str *out, const char *name, const char *value)
{
	str_addf(out, " %s=\"", name);
	text_encode_xml(out, value);
	str_addc(out, '"');
}

/* ---- out ----------------------------------------------------------------------------- */

static bool has_value(const struct fact_value *value)
{
	return value->state == FACT_KNOWN || value->state == FACT_AT_LEAST ||
		value->state == FACT_UNLISTED;
}

static void add_offenders(const struct fact_value *value, struct str *out)
{
	if (!value->n_found) {
		str_adds(out, "/>\n");
		return;
	}
	str_addf(out, " found=\"%u\">\n", value->n_found);
	for (uint32_t i = 0; i < value->n_offenders; i++) {
		str_adds(out, "    <offender");
		attribute(out, "label", value->offenders[i]);
		str_adds(out, "/>\n");
	}
	str_adds(out, "  </fact>\n");
}

void evaluation_inputs(const struct pack *pack, const struct fact_value *values,
	struct str *out)
{
	char date[FACTS_DAY_SIZE];

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
		if (value->due)
			attribute(out, "due", value->due);
		if (value->until_day)
			attribute(out, "until", facts_day_text(value->until_day, date));
		add_offenders(value, out);
	}
	str_adds(out, "</inputs>\n");
}

/* ---- in ------------------------------------------------------------------------------ */

static enum fact_state state_parse(const char *name)
{
	for (int s = 0; s < FACT_STATE_N; s++)
		if (strcmp(fact_state_name((enum fact_state)s), name) == 0)
			return (enum fact_state)s;
	return FACT_STATE_N;
}

static int parse_value(const struct pack_fact *fact, const char *text, enum fact_state state,
	struct arena *arena, struct fact_value *value, struct error *reterr)
{
	if (state == FACT_UNLISTED)
		value->text = arena_strdup(arena, text);
	if (state == FACT_UNLISTED && !value->text)
		return error_set(reterr, ERROR_SYSTEM, "no memory for stored inputs");
	if (state != FACT_KNOWN && state != FACT_AT_LEAST)
		return 0;
	return facts_value_parse(fact, text, state == FACT_AT_LEAST, arena, value, reterr);
}

static int parse_offenders(const xmlNode *node, struct arena *arena, struct fact_value *value)
{
	const char **names = arena_alloc(arena, FACT_OFFENDERS_MAX * sizeof(*names));
	unsigned long found = strtoul(safexml_attr(node, "found", "0"), NULL, 10);

	if (!names)
		return -1;
	for (xmlNode *offender = safexml_child(node, "offender");
		offender && value->n_offenders < FACT_OFFENDERS_MAX;
		offender = safexml_next(offender, "offender")) {
		const char *name = arena_strdup(arena, safexml_attr(offender, "label", ""));

		if (!name)
			return -1;
		names[value->n_offenders++] = name;
	}
	value->offenders = names;
	value->n_found = found < value->n_offenders || found > FACT_MEMBERS_MAX ?
		value->n_offenders : (uint32_t)found;
	return 0;
}

static int parse_input(const struct pack *pack, const xmlNode *node, struct arena *arena,
	struct fact_value *values, struct error *reterr)
{
	const char *name = safexml_attr(node, "name", ""),
		   *due = safexml_attr(node, "due", NULL);
	const char *until = safexml_attr(node, "until", NULL);
	enum fact_state state = state_parse(safexml_attr(node, "state", ""));
	int i = pack_fact_find(pack, name, strlen(name)), r;
	struct fact_value *value;

	if (i < 0 || state == FACT_STATE_N)
		return error_set(reterr, ERROR_INPUT,
			"stored inputs: \"%s\" does not fit pack %s", name, pack->id);
	value = &values[i];
	r = parse_value(&pack->facts[i], safexml_attr(node, "value", ""), state, arena, value,
		reterr);
	if (r < 0)
		return r;
	value->state = state;
	value->grade = arena_strdup(arena, safexml_attr(node, "grade", ""));
	value->as_of = arena_strdup(arena, safexml_attr(node, "as-of", ""));
	value->source = arena_strdup(arena, safexml_attr(node, "document", ""));
	value->due = due ? arena_strdup(arena, due) : NULL;
	value->until_day = until ? facts_day_parse(until) : 0;
	if (!value->grade || !value->as_of || !value->source || (due && !value->due) ||
		(safexml_attr(node, "found", NULL) && parse_offenders(node, arena, value) < 0))
		return error_set(reterr, ERROR_SYSTEM, "no memory for stored inputs");
	if (value->until_day < 0)
		return error_set(reterr, ERROR_INPUT,
			"stored inputs: \"%s\" until %s: no such day", name, until);
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
		ret_values[i] = (struct fact_value){FACT_MISSING, .text = "", .grade = "",
			.as_of = "", .source = ""};
	for (xmlNode *node = safexml_child(xmlDocGetRootElement(doc), "fact"); node && r == 0;
		node = safexml_next(node, "fact"))
		r = parse_input(pack, node, arena, ret_values, reterr);
	if (r == 0)
		facts_settle(pack, ret_values);
	return r;
}
