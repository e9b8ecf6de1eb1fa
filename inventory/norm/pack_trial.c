/* SPDX-License-Identifier: Apache-2.0 */
/* A norm pack on large dossiers; see pack_trial.h. */
#include "inventory/norm/pack_trial.h"

#include "common/str.h"
#include "common/text.h"
#include "inventory/norm/dossier.h"
#include "inventory/norm/facts.h"
#include "inventory/norm/safexml.h"

#include <string.h>

/* How many of each element a trial dossier holds. */
#define TRIAL_ELEMENTS 2000
#define TRIAL_MEMORY_MAX ((size_t)64 * 1024 * 1024)
#define TRIAL_DAY 20000
#define TRIALS_MAX 32
#define TRIAL_VALUE_MAX 64 /* bytes as XML; a dossier of longer ones would be too large */

/* What all attributes say, one dossier for each: a condition that holds of every element or of
 * none is what costs most, and only the constants that a path itself names can make it so. */
struct trials {
	struct str value[TRIALS_MAX + 1]; /* as XML; behind them, the one that is looked at */
	size_t n;
};

static void trials_done(struct trials *trials)
{
	for (size_t i = 0; i < trials->n; i++)
		str_done(&trials->value[i]);
}

static void add_trial(struct trials *trials, const char *text, size_t n)
{
	struct str *value = &trials->value[trials->n];
	char plain[TRIAL_VALUE_MAX + 1] = "";
	bool is_new = true;

	if (n > TRIAL_VALUE_MAX || trials->n == TRIALS_MAX)
		return;
	memcpy(plain, text, n);
	*value = (struct str)STR_INIT(TRIAL_VALUE_MAX);
	text_encode_xml(value, plain);
	for (size_t i = 0; i < trials->n && is_new; i++)
		is_new = strcmp(trials->value[i].data, value->data) != 0;
	if (is_new && !value->failed)
		trials->n++;
	else
		str_done(value);
}

/* The constants of a path that is left to XPath. */
static void add_constants(struct trials *trials, const struct pack_path *path)
{
	const char *at = path->text, *end;

	if (!path->compiled || path->direct)
		return;
	end = at + strlen(at);
	for (;;) {
		struct expr_token token = expr_token(&at, end);

		if (token.kind == TOKEN_END)
			return;
		if (token.kind == TOKEN_LITERAL)
			add_trial(trials, token.text + 1, token.n - 2);
		else if (token.kind == TOKEN_NUMBER)
			add_trial(trials, token.text, token.n);
	}
}

static void find_trials(const struct pack *pack, struct trials *trials)
{
	for (uint16_t i = 0; i < pack->n_facts; i++) {
		const struct pack_fact *fact = &pack->facts[i];
		const struct pack_path *const paths[] = {&fact->select, &fact->exists,
			&fact->over, &fact->distinct, &fact->closed, &fact->member,
			&fact->cadence.event, &fact->cadence.since};

		for (size_t k = 0; k < ARRAY_SIZE(paths); k++)
			add_constants(trials, paths[k]);
	}
}

/* ---- the dossier ----------------------------------------------------------------------- */

/* `value` NULL: each element has its own number; "": no attributes. */
static void add_element(const struct dossier_element *element, const char *value, int number,
	struct str *out)
{
	str_addf(out, "<%s", element->name);
	for (size_t i = 0; i < DOSSIER_VALUES_MAX && element->values[i]; i++) {
		if (value && !value[0])
			break;
		str_addf(out, " %s=\"", element->values[i]);
		if (value)
			str_adds(out, value);
		else
			str_addf(out, "%d", number);
		str_addc(out, '"');
	}
}

static void trial_dossier(enum dossier_unit unit, const char *value, struct str *out)
{
	const struct dossier_element *element = dossier_elements(unit);

	str_reset(out);
	add_element(element, value, 0, out);
	str_adds(out, " grade=\"attested\" as-of=\"2024-10-01\">");
	for (element++; element->name; element++)
		for (int i = 0; i < TRIAL_ELEMENTS; i++) {
			add_element(element, value, i, out);
			str_adds(out, " grade=\"attested\" as-of=\"2024-10-01\"/>");
		}
	str_addf(out, "</%s>", dossier_unit_name(unit));
}

static int try_one(const struct pack *pack, struct str *text, struct arena *arena,
	struct error *reterr)
{
	_cleanup_(xml_docp) xmlDoc *dossier = NULL;
	struct fact_value values[PACK_FACTS_MAX];
	int r = text->failed ? error_set(reterr, ERROR_SYSTEM, "no memory for a large dossier")
			     : safexml_parse_own(text->data, text->len, &dossier, reterr);

	arena_reset(arena);
	if (r == 0)
		r = facts_extract(pack, dossier, TRIAL_DAY, arena, values, reterr);
	for (uint16_t i = 0; r == 0 && i < pack->n_facts; i++)
		if (values[i].state == FACT_UNREADABLE)
			r = error_set(reterr, ERROR_INPUT,
				"fact \"%s\" (line %ld): its XPath cannot "
				"be evaluated on a large dossier (%d of each element): more than %d "
				"steps, more than %d nodes, or an error; write it so that it "
				"selects directly",
				pack->facts[i].name, pack->facts[i].line, TRIAL_ELEMENTS,
				FACT_STEPS_MAX, FACT_MEMBERS_MAX);
	return r < 0 ? error_wrap(reterr, r, "%s: norm pack %s", pack->name, pack->id) : 0;
}

int pack_trial(const struct pack *pack, struct error *reterr)
{
	enum dossier_unit unit = dossier_unit_find(pack_unit_name(pack->unit));
	_cleanup_(arena_freep) struct arena *arena = arena_new(TRIAL_MEMORY_MAX);
	_cleanup_(str_done) struct str text = STR_INIT(TRIAL_MEMORY_MAX);
	_cleanup_(trials_done) struct trials trials = {.n = 0};
	int r;

	if (!arena)
		return error_set(reterr, ERROR_SYSTEM, "no memory to try a norm pack");
	trial_dossier(unit, NULL, &text);
	r = try_one(pack, &text, arena, reterr);
	add_trial(&trials, "", 0);
	find_trials(pack, &trials);
	for (size_t i = 0; r == 0 && i < trials.n; i++) {
		trial_dossier(unit, trials.value[i].data, &text);
		r = try_one(pack, &text, arena, reterr);
	}
	return r;
}
