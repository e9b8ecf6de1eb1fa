/* SPDX-License-Identifier: Apache-2.0 */
/* Targets: norm packs as whole files, and the small languages inside of them put into a pack
 * that is otherwise in order; packs are judged by, with facts known and withdrawn. And what a
 * process that judges answers. */
#include "tests/fuzz/fuzz.h"

#include "common/text.h"
#include "inventory/norm/evaluate.h"
#include "inventory/norm/judge.h"
#include "inventory/norm/safexml.h"

#include <string.h>

#define MEMORY_MAX ((size_t)32 << 20)
#define DAY 20784 /* 2026-11-27 */

/* ---- what every pack keeps to -------------------------------------------------------- */

static struct evaluation judged(struct evaluator *evaluator, const struct pack *pack,
	const struct fact_value *values, bool *ret_done)
{
	struct evaluation evaluation = {0};
	struct error err = {0};
	int r = evaluator_run(evaluator, pack, values, &evaluation, &err);

	HOLDS(r == 0 || err.text[0]);
	*ret_done = r == 0;
	if (r < 0)
		return evaluation;
	HOLDS(evaluation.possible != 0);
	HOLDS((evaluation.outcome == OUTCOME_REVIEW) ==
		((evaluation.possible & (evaluation.possible - 1)) != 0));
	HOLDS((evaluation.outcome == OUTCOME_REVIEW) == (evaluation.needed != 0));
	HOLDS(evaluation.score <= evaluation.score_high);
	return evaluation;
}

/* What is stored says the same again, byte for byte. */
static void replay_holds(struct evaluator *evaluator, const struct pack *pack,
	const struct fact_value *values, const struct evaluation *evaluation,
	struct arena *arena)
{
	struct str inputs = STR_INIT(EVALUATION_TEXT_MAX), text = STR_INIT(EVALUATION_TEXT_MAX);
	struct str inputs2 = STR_INIT(EVALUATION_TEXT_MAX),
		   text2 = STR_INIT(EVALUATION_TEXT_MAX);
	struct fact_value replayed[PACK_FACTS_MAX];
	struct evaluation again;
	bool done;

	evaluation_inputs(pack, values, &inputs);
	evaluation_explain(pack, values, evaluation, &text);
	HOLDS(evaluation_inputs_parse(pack, inputs.data, inputs.len, arena, replayed, NULL) ==
		0);
	again = judged(evaluator, pack, replayed, &done);
	HOLDS(done);
	evaluation_inputs(pack, replayed, &inputs2);
	evaluation_explain(pack, replayed, &again, &text2);
	HOLDS(strcmp(inputs.data, inputs2.data) == 0 && strcmp(text.data, text2.data) == 0);
	str_done(&inputs);
	str_done(&text);
	str_done(&inputs2);
	str_done(&text2);
}

/* Withdrawn one after the other: what was possible stays possible. */
static void withdraw(struct evaluator *evaluator, const struct pack *pack,
	struct fact_value *values, struct evaluation before)
{
	for (uint16_t i = 0; i < pack->n_facts; i++) {
		struct evaluation after;
		bool done;

		values[i] = (struct fact_value){FACT_MISSING, 0, "", "", "", ""};
		after = judged(evaluator, pack, values, &done);
		HOLDS(!done || (after.possible & before.possible) == before.possible);
		before = done ? after : before;
	}
}

static void pack_holds(const struct pack *pack, const char *dossier, struct arena *arena)
{
	_cleanup_(evaluator_freep) struct evaluator *evaluator = NULL;
	_cleanup_(xml_docp) xmlDoc *doc = NULL;
	struct fact_value values[PACK_FACTS_MAX];
	struct evaluation evaluation;
	uint64_t examples = 0, passed = 0;
	bool done;

	HOLDS(pack->n_facts <= PACK_FACTS_MAX && pack->n_criteria <= PACK_CRITERIA_MAX &&
		pack->n_atoms <= PACK_ATOMS_MAX && pack->n_variables <= PACK_VARIABLES_MAX &&
		pack->n_outcomes >= 2 && pack->n_clocks >= 1);
	evaluation_run_examples(pack, &examples, &passed, NULL, NULL, NULL);
	HOLDS(passed <= examples);
	HOLDS(evaluator_new(&evaluator, NULL) == 0);
	HOLDS(safexml_parse_own(dossier, strlen(dossier), &doc, NULL) == 0);
	if (evaluator_facts(evaluator, pack, doc, DAY, arena, values, NULL) < 0)
		return; /* it cost too much */
	evaluation = judged(evaluator, pack, values, &done);
	if (!done)
		return;
	replay_holds(evaluator, pack, values, &evaluation, arena);
	withdraw(evaluator, pack, values, evaluation);
}

static const char dossier[] =
	"<system id='s' name='S' sector='energy' class='a' grade='attested' as-of='2026-11-01'>"
	"<metric name='m' value='3' grade='attested' as-of='2026-10-01' document='D'/>"
	"<metric name='m' value='4' grade='measured' as-of='2026-09-01'/>"
	"<unit id='u' mw='100' grade='attested' as-of='2026-10-01'/>"
	"<unit id='v' mw='80' grade='claimed' as-of='2020-10-01'/>"
	"<run date='2026-10-01' grade='attested' as-of='2026-10-01'/>"
	"<all complete='yes' grade='attested' as-of='2026-10-01'/>text</system>";

static bool take(const char *bytes, size_t size)
{
	_cleanup_(pack_freep) struct pack *pack = NULL;
	_cleanup_(arena_freep) struct arena *arena = arena_new(MEMORY_MAX);
	struct error err = {0};
	int r = pack_parse("pack.xml", bytes, size, &pack, &err);

	HOLDS(arena && (r == 0 || err.text[0]));
	if (r < 0)
		return false;
	pack_holds(pack, dossier, arena);
	return true;
}

bool fuzz_norm_pack(const uint8_t *bytes, size_t size)
{
	return take((const char *)bytes, size);
}

/* ---- the small languages ------------------------------------------------------------- */

/* The next line, as an attribute's value; `missing` if there is none or it is empty. */
static void add_line(const char **at, const char *end, const char *missing, struct str *out)
{
	const char *stop = *at < end ? memchr(*at, '\n', (size_t)(end - *at)) : NULL;
	char line[2048];
	size_t n;

	stop = stop ? stop : end;
	n = (size_t)(stop - *at);
	n = n < sizeof(line) ? n : sizeof(line) - 1;
	memcpy(line, *at, n);
	line[n] = '\0';
	text_encode_xml(out, line[0] ? line : missing);
	*at = stop < end ? stop + 1 : end;
}

static const struct {
	const char *before, *missing;
} parts[] = {
	{"<norm-pack xmlns=\"urn:cadastre:norm:1\" id=\"f\" version=\"1\" unit=\"system\" "
	 "language=\"en\" authority=\"f\" effective-from=\"2026-01-01\"><title>f</title>"
	 "<applies-to when=\"",
		"$code = 'a' or $n > 0"},
	{"\"/><facts><fact name=\"code\" type=\"code\" label=\"l\" select=\"", "@class"},
	{"\"/><fact name=\"n\" type=\"number\" label=\"l\" select=\"", "metric/@value"},
	{"\" max-age=\"P90D\"/><fact name=\"b\" type=\"boolean\" label=\"l\" closed=\"all\" "
	 "exists=\"",
		"unit[@id='u']"},
	{"\"/><fact name=\"sum\" type=\"number\" aggregate=\"sum\" label=\"l\" closed=\"all\" "
	 "over=\"",
		"unit"},
	{"\" distinct=\"", "@id"},
	{"\" select=\"", "@mw"},
	{"\"><step from=\"", "90"},
	{"\" gives=\"1\"/><otherwise gives=\"2\"/></fact><cadence name=\"late\" label=\"l\" "
	 "event=\"",
		"run/@date"},
	{"\" every=\"", "P1M"},
	{"\" within=\"P90D\"/></facts><criteria><criterion id=\"A\" factor=\"harm\" "
	 "weight=\"30\" basis=\"b\" test=\"",
		"$n >= 3"},
	{"\"/><criterion id=\"B\" factor=\"harm\" weight=\"20\" basis=\"b\" test=\"",
		"$b or $late"},
	{"\"/><criterion id=\"C\" factor=\"harm\" weight=\"10\" basis=\"b\" test=\"",
		"$sum > 2 * $n"},
	{"\"/><forbid id=\"Z\" basis=\"b\" closed=\"all\" over=\"", "metric[@name='m']"},
	{"\" label=\"", "@value"},
	{"\"/></criteria><matrices><matrix name=\"m\" label=\"l\" basis=\"b\"><row "
	 "fact=\"code\"><cell value=\"a\" gives=\"2\"/><cell value=\"",
		"c"},
	{"\" gives=\"3\"/></row><floor fact=\"n\" to=\"", "3"},
	{"\"/></matrix></matrices><outcome value=\"high\" when=\"", "score >= 50 or m >= 3"},
	{"\"/><outcome value=\"low\" when=\"", "violated or A"},
};

bool fuzz_norm_rules(const uint8_t *bytes, size_t size)
{
	struct str out = STR_INIT(1 << 20);
	const char *at = (const char *)bytes, *end = at + size;
	bool taken;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		str_adds(&out, parts[i].before);
		add_line(&at, end, parts[i].missing, &out);
	}
	str_adds(&out, "\"/><examples><example name=\"e\" outcome=\"review\"/></examples>"
		"</norm-pack>");
	taken = take(out.data, out.len);
	str_done(&out);
	return taken;
}

/* ---- the answer of a process that judges ------------------------------------------------ */

bool fuzz_judged(const uint8_t *bytes, size_t size)
{
	static struct judge_texts texts;
	struct cursor c = cursor_of(bytes, size);
	struct judged judged = {0};
	bool good;

	if (!texts.all.max)
		texts.all = STR_INIT(MEMORY_MAX);
	good = judge_read(&c, 3, &texts, &judged);
	if (!good)
		return false;
	HOLDS(judged.pack < 3 && judged.n_reasons <= JUDGE_REASONS_MAX);
	HOLDS(text_is_clean(judged.missing, strlen(judged.missing)));
	HOLDS(text_is_clean(judged.verdicts, strlen(judged.verdicts)));
	HOLDS(text_is_clean(judged.degrees, strlen(judged.degrees)));
	HOLDS(strlen(judged.inputs) == judged.n_inputs && strlen(judged.outcome) <= 20);
	for (size_t i = 0; i < judged.n_reasons; i++)
		HOLDS(text_is_clean(judged.reasons[i], strlen(judged.reasons[i])));
	return true;
}
