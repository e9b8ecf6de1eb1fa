/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the confined process does: packs, the dependency graph and dossiers come in, evaluations
 * go out; see judge.h. Everything that is read here was written by strangers.
 */
#include "inventory/norm/judge.h"

#include "common/text.h"
#include "inventory/norm/evaluate.h"
#include "inventory/norm/pack_trial.h"
#include "inventory/norm/safexml.h"

#include <stdlib.h>
#include <string.h>

#define SUBJECT_MEMORY_MAX ((size_t)256 * 1024 * 1024)

struct inside {
	struct sandbox_inside *side;
	const struct judge_inside *task;
	struct pack *packs[JUDGE_PACKS_MAX];
	size_t n_packs;
	enum pack_unit unit; /* of the subjects at hand */
	struct arena *arena; /* of one subject */
	struct judge_graph *graph;
	struct evaluator *evaluator;
	struct evaluation *evaluations; /* of one subject, one for each pack */
	struct fact_value (*values)[PACK_FACTS_MAX];
	int64_t next_day; /* on which a date that the dossier names comes, or is over */
	struct str inputs, explanation, line, words;
	struct error error;
};

void judge_inside_prepare(void *context)
{
	const struct judge_inside *task = context;

	inventory_forget(task->inv);
}

/* Words for people, which may have been cut within a character. Memory may be used up. */
static void put_clean(struct inside *in, const char *text, size_t max)
{
	_cleanup_(str_done) struct str clean = STR_INIT(max);
	size_t n = strlen(text);
	bool as_it_is = n <= max && text_is_clean(text, n);

	if (!as_it_is)
		text_clean(&clean, text, n, max);
	sandbox_put_text(in->side, as_it_is ? text : clean.data);
}

/* Never returns: the parent is told, and nothing more is asked. */
static void give_up(struct inside *in, int code)
{
	sandbox_begin(in->side, JUDGE_FAILED);
	sandbox_put_u32(in->side, (uint32_t)code);
	put_clean(in, in->error.text, ERROR_TEXT_MAX - 1);
	sandbox_end(in->side);
	sandbox_flush(in->side);
	_exit(0);
}

static void out_of_memory(struct inside *in)
{
	give_up(in, error_set(&in->error, ERROR_SYSTEM, "no memory to judge"));
}

/* ---- reading --------------------------------------------------------------------------- */

static const char *take_text(struct inside *in, struct cursor *c, struct arena *arena)
{
	uint32_t n = cursor_be32(c);
	const uint8_t *bytes = cursor_bytes(c, n);
	const char *text = bytes ? arena_strndup(arena, (const char *)bytes, n) : NULL;

	if (!text)
		out_of_memory(in);
	return text;
}

/* ---- packs ----------------------------------------------------------------------------- */

static void put_number(struct inside *in, double number)
{
	int64_t bits;

	memcpy(&bits, &number, sizeof(bits));
	sandbox_put_i64(in->side, bits);
}

static void put_thresholds(struct inside *in, const struct pack *pack)
{
	uint8_t n = 0;

	for (uint16_t i = 0; i < pack->n_outcome_atoms; i++)
		n += n < JUDGE_THRESHOLDS_MAX && pack->outcome_atoms[i].kind == OUTCOME_SCORE;
	sandbox_put_u8(in->side, n);
	for (uint16_t i = 0; i < pack->n_outcome_atoms && n > 0; i++)
		if (pack->outcome_atoms[i].kind == OUTCOME_SCORE) {
			put_number(in, pack->outcome_atoms[i].number);
			n--;
		}
}

static void put_change(struct inside *in, const struct pack *pack)
{
	_cleanup_(str_done) struct str bright = STR_INIT(JUDGE_LINE_MAX);

	sandbox_put_u32(in->side, (uint32_t)pack->change.margin);
	put_number(in, pack->change.jaccard);
	sandbox_put_u32(in->side, pack->change.major);
	sandbox_put_u32(in->side, pack->change.notable);
	sandbox_put_text(in->side, pack->change.basis);
	sandbox_put_u8(in->side, (uint8_t)pack->n_clocks);
	for (uint16_t i = 0; i < pack->n_clocks; i++) {
		const struct pack_clock *clock = &pack->clocks[i];

		sandbox_put_u8(in->side, (uint8_t)clock->event);
		sandbox_put_u8(in->side, (uint8_t)clock->action);
		sandbox_put_u32(in->side, (uint32_t)clock->months);
		sandbox_put_u32(in->side, (uint32_t)clock->days);
		sandbox_put_text(in->side, clock->basis);
	}
	put_thresholds(in, pack);
	for (uint16_t i = 0; i < pack->n_criteria; i++)
		if (pack->criteria[i].bright)
			str_addf(&bright, " %s", pack->criteria[i].id);
	str_addc(&bright, ' ');
	sandbox_put_text(in->side, bright.data);
}

static void put_boundary(struct inside *in, const struct pack_boundary *boundary)
{
	sandbox_put_u8(in->side, (uint8_t)boundary->seed);
	sandbox_put_u8(in->side, (uint8_t)(boundary->control | boundary->business << 1));
	sandbox_put_u8(
		in->side, (uint8_t)(boundary->stop_device | boundary->stop_one_way << 1));
	sandbox_put_u32(in->side, (uint32_t)boundary->window_days);
	sandbox_put_text(in->side, boundary->basis);
}

static void put_pack(struct inside *in, const struct pack *pack)
{
	unsigned int hops[2] = {0, 0};
	bool whole = false, sums = false;

	for (uint16_t i = 0; i < pack->n_facts; i++) {
		const struct pack_graph *graph = &pack->facts[i].graph;

		if (graph->kind == GRAPH_NONE)
			continue;
		if (graph->depth > hops[graph->outward])
			hops[graph->outward] = graph->depth;
		whole |= graph->depth == 0;
		sums |= graph->kind == GRAPH_SUM;
	}
	sandbox_put_text(in->side, pack->id);
	sandbox_put_text(in->side, pack->version);
	sandbox_put_text(in->side, pack->supersedes);
	sandbox_put_text(in->side, pack_unit_name(pack->unit));
	sandbox_put_u32(in->side, hops[0]);
	sandbox_put_u32(in->side, hops[1]);
	sandbox_put_u8(in->side, whole);
	sandbox_put_u8(in->side, sums);
	sandbox_put_u8(in->side, pack_outcome_find(pack, "cii") >= 0);
	put_boundary(in, &pack->boundary);
	put_change(in, pack);
}

static struct pack *read_pack(struct inside *in, struct cursor *c)
{
	const char *name = take_text(in, c, in->arena);
	uint32_t n = cursor_be32(c);
	const uint8_t *bytes = cursor_bytes(c, n);
	struct pack *pack = NULL;
	int r = pack_parse(name, bytes, bytes ? n : 0, &pack, &in->error);

	if (r < 0)
		give_up(in, r);
	return pack;
}

static void add_pack(struct inside *in, struct cursor *c)
{
	struct pack *pack;
	int r;

	arena_reset(in->arena);
	sandbox_works_on(in->side, 0, (uint32_t)in->n_packs);
	pack = read_pack(in, c);
	r = judge_graph_pack(in->graph, pack, &in->error);
	if (r < 0)
		give_up(in, r);
	in->packs[in->n_packs++] = pack;
	sandbox_begin(in->side, JUDGE_IS_PACK);
	put_pack(in, pack);
	sandbox_end(in->side);
}

static int put_failure(void *context, const char *example, const char *why)
{
	struct inside *in = context;

	sandbox_begin(in->side, JUDGE_IS_EXAMPLE);
	put_clean(in, example, JUDGE_LINE_MAX);
	put_clean(in, why, JUDGE_LINE_MAX);
	sandbox_end(in->side);
	return 0;
}

static void check_pack(struct inside *in, struct cursor *c)
{
	uint64_t examples = 0, passed = 0;
	struct pack *pack = read_pack(in, c);
	int r = pack_trial(pack, &in->error);

	if (r == 0)
		r = evaluation_run_examples(
			pack, &examples, &passed, put_failure, in, &in->error);
	if (r < 0)
		give_up(in, r);
	sandbox_begin(in->side, JUDGE_IS_CHECKED);
	put_pack(in, pack);
	sandbox_put_text(in->side, pack->title);
	sandbox_put_text(in->side, pack->authority);
	sandbox_put_text(in->side, pack->effective_from);
	sandbox_put_text(in->side, pack->effective_until);
	sandbox_put_i64(in->side, (int64_t)examples);
	sandbox_put_i64(in->side, (int64_t)passed);
	sandbox_end(in->side);
	pack_free(pack);
}

static void take_graph(struct inside *in, uint32_t frame, struct cursor *c)
{
	int r = frame == JUDGE_GRAPH ? judge_graph_answer(in->graph, in->side, &in->error) :
		judge_graph_take(in->graph, (enum judge_frame)frame, c, &in->error);

	if (r < 0)
		give_up(in, r);
}

/* ---- days on which time alone may change something --------------------------------------- */

/* Every date of the dossier, whatever it means: one that is to come may be a day on which it
 * says otherwise, and so may the day after today's. */
static void find_next_day(struct inside *in, const char *text, size_t n)
{
	const char *end = text + n;
	int64_t today = in->task->day;

	in->next_day = JUDGE_NO_DAY;
	while ((text = memchr(text, '"', (size_t)(end - text))) && end - text > 11) {
		char date[11];
		int64_t day;

		text++;
		if (text[10] != '"' || text[4] != '-' || text[7] != '-')
			continue;
		memcpy(date, text, 10);
		date[10] = '\0';
		day = facts_day_parse(date);
		day += day == today;
		if (day > today && day < in->next_day)
			in->next_day = day;
	}
}

static int64_t until_day(const struct inside *in, const struct evaluation *evaluation)
{
	int64_t until = evaluation->until_day, today = in->task->day;

	if (in->next_day < until)
		until = in->next_day;
	return until > today ? until : today + 1;
}

/* ---- one evaluation -------------------------------------------------------------------- */

static bool is_superseded(const struct inside *in, size_t pack)
{
	for (size_t i = 0; i < in->n_packs; i++)
		if (i != pack && in->packs[i]->unit == in->packs[pack]->unit &&
			strcmp(in->packs[i]->supersedes, in->packs[pack]->id) == 0 &&
			in->evaluations[i].outcome != OUTCOME_NOT_APPLICABLE)
			return true;
	return false;
}

static void put_reasons(struct inside *in, const struct pack *pack,
	const struct fact_value *values, const struct evaluation *evaluation)
{
	sandbox_put_u32(in->side, (uint32_t)pack->n_criteria + pack->n_matrices);
	for (uint16_t i = 0; i < pack->n_criteria; i++) {
		str_reset(&in->line);
		evaluation_reason(pack, values, evaluation, i, &in->line);
		sandbox_put_text(in->side, in->line.data);
	}
	for (uint16_t i = 0; i < pack->n_matrices; i++) {
		str_reset(&in->line);
		evaluation_matrix_reason(pack, values, evaluation, i, &in->line);
		sandbox_put_text(in->side, in->line.data);
	}
}

static void make_verdicts(struct inside *in, const struct pack *pack,
	const struct evaluation *evaluation)
{
	str_reset(&in->words);
	if (evaluation->outcome == OUTCOME_NOT_APPLICABLE)
		return;
	for (uint16_t i = 0; i < pack->n_criteria; i++)
		str_addf(&in->words, "%s%s%c", i ? " " : "", pack->criteria[i].id,
			evaluation->criteria[i] == TRUTH_TRUE ? '+' :
			evaluation->criteria[i] == TRUTH_FALSE ? '-' : '?');
}

static void put_words(struct inside *in)
{
	if (in->words.failed)
		out_of_memory(in);
	sandbox_put_text(in->side, in->words.data);
}

/* For whoever asks about tiers and clocks without judging anew. */
static void put_degrees(struct inside *in, const struct pack *pack,
	const struct fact_value *values, const struct evaluation *evaluation)
{
	int r = 0;

	str_reset(&in->words);
	evaluation_degrees(pack, evaluation, &in->words);
	put_words(in);
	str_reset(&in->words);
	if (evaluation->outcome != OUTCOME_NOT_APPLICABLE)
		r = evaluator_dues(in->evaluator, pack, values, &in->words, &in->error);
	if (r < 0)
		give_up(in, r);
	put_words(in);
}

static void put_evaluation(struct inside *in, size_t place, bool again,
	const struct fact_value *values, const struct evaluation *evaluation)
{
	const struct pack *pack = in->packs[place];
	uint8_t digest[DIGEST_SIZE];

	str_reset(&in->inputs);
	str_reset(&in->explanation);
	str_reset(&in->line);
	evaluation_inputs(pack, values, &in->inputs);
	evaluation_explain(pack, values, evaluation, &in->explanation);
	evaluation_fact_names(pack, evaluation->needed, &in->line);
	make_verdicts(in, pack, evaluation);
	if (in->inputs.failed || in->explanation.failed || in->line.failed || in->words.failed)
		out_of_memory(in);
	digest_sha256(in->explanation.data, in->explanation.len, digest);
	sandbox_put_u32(in->side, (uint32_t)place);
	sandbox_put_u8(in->side, !again && is_superseded(in, place));
	sandbox_put_u8(
		in->side, evaluation->outcome > 0 || evaluation->outcome == OUTCOME_REVIEW);
	sandbox_put_text(in->side, outcome_name(pack, evaluation->outcome));
	sandbox_put_i64(in->side, evaluation->score);
	sandbox_put_i64(in->side, again ? JUDGE_NO_DAY : until_day(in, evaluation));
	sandbox_put_text(in->side, in->line.data);
	sandbox_put_text(in->side, in->words.data);
	put_degrees(in, pack, values, evaluation);
	sandbox_put_text(in->side, in->inputs.data);
	sandbox_put_bytes(in->side, digest, sizeof(digest));
	if (again || in->task->reasons)
		put_reasons(in, pack, values, evaluation);
	else
		sandbox_put_u32(in->side, 0);
	sandbox_put_text(in->side, again ? in->explanation.data : "");
}

/* ---- subjects -------------------------------------------------------------------------- */

static void judge(struct inside *in, xmlDoc *dossier, struct cursor answers, size_t place)
{
	const struct pack *pack = in->packs[place];
	struct fact_value *values = in->values[place];
	int r = evaluator_facts(in->evaluator, pack, dossier, in->task->day, in->arena, values,
		&in->error);

	if (r == 0)
		judge_graph_facts(in->graph, pack, answers, in->arena, values);
	if (r == 0)
		r = evaluator_run(in->evaluator, pack, values, &in->evaluations[place],
			&in->error);
	if (r < 0)
		give_up(in, r);
}

static void judge_one(struct inside *in, uint32_t number, struct cursor *c)
{
	_cleanup_(xml_docp) xmlDoc *dossier = NULL;
	struct cursor answers;
	const char *text;
	uint32_t n, n_packs = 0;
	int r;

	sandbox_works_on(in->side, number, JUDGE_PACKS_MAX);
	arena_reset(in->arena);
	cursor_skip(c, cursor_be32(c)); /* the id, for messages of the other end */
	n = cursor_be32(c);
	answers = cursor_sub(c, n);
	n = cursor_be32(c);
	text = (const char *)cursor_bytes(c, n);
	if (!text)
		out_of_memory(in);
	r = safexml_parse_own(text, n, &dossier, &in->error);
	if (r < 0)
		give_up(in, r);
	find_next_day(in, text, n);
	for (size_t i = 0; i < in->n_packs; i++) {
		if (in->packs[i]->unit != in->unit)
			continue;
		sandbox_works_on(in->side, number, (uint32_t)i);
		judge(in, dossier, answers, i);
		n_packs++;
	}
	sandbox_begin(in->side, JUDGE_IS_SUBJECT);
	sandbox_put_u32(in->side, n_packs);
	for (size_t i = 0; i < in->n_packs; i++)
		if (in->packs[i]->unit == in->unit) {
			sandbox_works_on(in->side, number, (uint32_t)i);
			put_evaluation(in, i, false, in->values[i], &in->evaluations[i]);
		}
	sandbox_end(in->side);
}

static void judge_subjects(struct inside *in, struct cursor *c)
{
	const char *unit;
	uint32_t n;

	arena_reset(in->arena);
	unit = take_text(in, c, in->arena);
	for (in->unit = 0; in->unit < UNIT_N; in->unit++)
		if (strcmp(pack_unit_name(in->unit), unit) == 0)
			break;
	n = cursor_be32(c);
	for (uint32_t i = 0; i < n && cursor_ok(c); i++)
		judge_one(in, i, c);
}

static void judge_stored(struct inside *in, struct cursor *c)
{
	uint32_t place = cursor_be32(c), n = cursor_be32(c);
	const uint8_t *bytes = cursor_bytes(c, n);
	struct fact_value *values = in->values[0];
	struct evaluation *evaluation = &in->evaluations[0];
	int r;

	arena_reset(in->arena);
	sandbox_works_on(in->side, 0, place);
	if (!bytes || place >= in->n_packs)
		give_up(in, error_set(&in->error, ERROR_INTERNAL, "no pack to judge by"));
	r = evaluation_inputs_parse(in->packs[place], bytes, n, in->arena, values, &in->error);
	if (r == 0)
		r = evaluator_run(
			in->evaluator, in->packs[place], values, evaluation, &in->error);
	if (r < 0)
		give_up(in, r);
	sandbox_begin(in->side, JUDGE_IS_AGAIN);
	put_evaluation(in, place, true, values, evaluation);
	sandbox_end(in->side);
}

void judge_inside_work(struct sandbox_inside *side, void *context)
{
	struct inside in = {.side = side,
		.task = context,
		.arena = arena_new(SUBJECT_MEMORY_MAX),
		.evaluations = calloc(JUDGE_PACKS_MAX, sizeof(*in.evaluations)),
		.values = calloc(JUDGE_PACKS_MAX, sizeof(*in.values)),
		.inputs = STR_INIT(JUDGE_INPUTS_MAX),
		.explanation = STR_INIT(EVALUATION_TEXT_MAX),
		.line = STR_INIT(JUDGE_LINE_MAX),
		.words = STR_INIT(JUDGE_LINE_MAX)};
	struct cursor c;

	if (!in.arena || !in.evaluations || !in.values ||
		judge_graph_new(in.task->day, &in.graph, &in.error) < 0 ||
		evaluator_new(&in.evaluator, &in.error) < 0)
		out_of_memory(&in);
	for (;;) {
		uint32_t kind = sandbox_next(side, &c);

		switch (kind) {
		case JUDGE_PACK:
			add_pack(&in, &c);
			break;
		case JUDGE_CHECK:
			check_pack(&in, &c);
			break;
		case JUDGE_NODES:
		case JUDGE_EDGES:
		case JUDGE_ITEMS:
		case JUDGE_GRAPH:
			take_graph(&in, kind, &c);
			break;
		case JUDGE_SUBJECTS:
			judge_subjects(&in, &c);
			break;
		case JUDGE_AGAIN:
			judge_stored(&in, &c);
			break;
		default:
			_exit(1);
		}
	}
}
