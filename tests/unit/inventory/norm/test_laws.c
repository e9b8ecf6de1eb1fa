/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laws of the domain over random packs and random facts, against an oracle that knows nothing
 * of diagrams: it tries every value that matters of every fact that is not known. The outcome
 * is REVIEW exactly if two of these trials differ; the facts needed are exactly those of which
 * one alone can change it; what is withdrawn moves an outcome towards REVIEW only; in packs
 * without "not" and "less than", more harm never lowers an outcome; and what was stored
 * replays.
 */
#include "tests/unit/unit.h"

#include "inventory/norm/evaluate.h"

#include <stdio.h>

#define PACKS 300
#define FACTSETS 40 /* of each pack; together more than 10,000 */
#define FACTS_MAX 6
#define SAMPLES_MAX 16

static struct arena *arena;
static struct evaluator *evaluator;
static uint64_t seed = 20261127;

static uint32_t roll(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % n;
}

static int set_up(void **state)
{
	(void)state;
	arena = arena_new((size_t)64 * 1024 * 1024);
	return arena ? evaluator_new(&evaluator, NULL) : -1;
}

static int tear_down(void **state)
{
	(void)state;
	evaluator_free(evaluator);
	arena_free(arena);
	return 0;
}

/* ---- random packs, as the oracle has them -------------------------------------------- */

enum kind { NUMBER, COUNT, BOOLEAN, CODE, FORBID };

static const char *const codes[] = {"a", "b", "c", "z"};

struct comparison {
	int fact;
	const char *op;
	int constant; /* of a code: an index into codes */
	bool negated;
};

struct test {
	struct comparison parts[3];
	int n;
	bool any; /* or; else and */
};

struct criterion {
	struct test test;
	int weight, requires; /* -1: none */
	bool bright, forbid;
};

/* One of score, matrix or criterion; or two of them. */
struct condition {
	int kind[2]; /* 0 score, 1 matrix, 2 criterion, 3 bright, 4 violated */
	int index[2], number[2];
	int n;
	bool any;
};

struct sketch {
	enum kind kinds[FACTS_MAX];
	int n_facts;
	struct criterion criteria[7];
	int n_criteria;
	struct {
		int row;         /* fact, -1: none */
		int gives[3];    /* of a, b, c; -1: no cell */
		int criterion, criterion_gives, number, to; /* floors; -1: none */
	} matrices[2];
	int n_matrices;
	struct condition outcomes[3]; /* highest first */
	int n_outcomes;
	bool applies;   /* only if fact 0, a code, is a or b */
	bool monotone;
};

static const char *const ops[] = {">=", ">", "<", "<=", "=", "!="};

static struct test random_test(const struct sketch *s)
{
	struct test test = {.n = 1 + (int)roll(3), .any = roll(2)};

	for (int i = 0; i < test.n; i++) {
		struct comparison *part = &test.parts[i];

		do
			part->fact = (int)roll((uint32_t)s->n_facts);
		while (s->kinds[part->fact] == FORBID ||
			(s->monotone && s->kinds[part->fact] == CODE));
		part->op = ops[roll(s->monotone ? 2 : 6)];
		part->constant = s->kinds[part->fact] == CODE ? (int)roll(3) : (int)roll(4);
		if (s->kinds[part->fact] == CODE)
			part->op = ops[4 + roll(2)];
		part->negated = !s->monotone && roll(5) == 0;
	}
	return test;
}

static struct condition random_condition(const struct sketch *s)
{
	struct condition c = {.n = 1 + (roll(3) == 0), .any = roll(2)};

	for (int i = 0; i < c.n; i++) {
		c.kind[i] = s->n_matrices ? (int)roll(5) : (int)(roll(2) ? 0 : 2 + roll(3));
		c.index[i] = c.kind[i] == 1 ? (int)roll((uint32_t)s->n_matrices) :
			(int)roll((uint32_t)s->n_criteria);
		c.number[i] = c.kind[i] == 0 ? 1 + (int)roll(50) : 1 + (int)roll(3);
	}
	return c;
}

static void random_matrix(struct sketch *s, int index)
{
	s->matrices[index].row = s->matrices[index].number = s->matrices[index].criterion = -1;
	for (int f = 0; f < s->n_facts; f++) {
		if (s->kinds[f] == CODE && !s->monotone && roll(2))
			s->matrices[index].row = f;
		if (s->kinds[f] <= COUNT && roll(2))
			s->matrices[index].number = f;
	}
	for (int i = 0; i < 3; i++)
		s->matrices[index].gives[i] = roll(4) ? (int)roll(4) : -1;
	s->matrices[index].gives[roll(3)] = 2;
	s->matrices[index].to = 1 + (int)roll(3);
	if (roll(2))
		s->matrices[index].criterion = (int)roll((uint32_t)s->n_criteria);
	s->matrices[index].criterion_gives = 1 + (int)roll(3);
}

static struct sketch random_sketch(bool monotone)
{
	struct sketch s = {.n_facts = 2 + (int)roll(FACTS_MAX - 1), .monotone = monotone};

	for (int f = 0; f < s.n_facts; f++)
		s.kinds[f] = (enum kind)roll(monotone ? 3 : 4);
	s.applies = roll(4) == 0;
	s.kinds[0] = s.applies ? CODE : NUMBER;
	s.kinds[s.n_facts - 1] = s.n_facts > 2 && roll(3) == 0 ? FORBID : BOOLEAN;
	s.n_criteria = 1 + (int)roll(6);
	for (int c = 0; c < s.n_criteria; c++) {
		s.criteria[c] = (struct criterion){.test = random_test(&s),
			.weight = 1 + (int)roll(30), .requires = c && roll(4) == 0 ?
			(int)roll((uint32_t)c) : -1, .bright = roll(6) == 0};
	}
	if (s.kinds[s.n_facts - 1] == FORBID)
		s.criteria[s.n_criteria++] = (struct criterion){.forbid = true, .requires = -1,
			.test = {.n = 1, .parts = {{.fact = s.n_facts - 1, .op = ">"}}}};
	s.n_matrices = (int)roll(3);
	for (int m = 0; m < s.n_matrices; m++)
		random_matrix(&s, m);
	s.n_outcomes = 1 + (int)roll(3);
	for (int i = 0; i < s.n_outcomes; i++)
		s.outcomes[i] = random_condition(&s);
	return s;
}

/* ---- the same as text ---------------------------------------------------------------- */

static void write_test(const struct sketch *s, const struct test *test, struct str *out)
{
	for (int i = 0; i < test->n; i++) {
		const struct comparison *part = &test->parts[i];

		str_addf(out, "%s%s", i ? test->any ? " or " : " and " : "",
			part->negated ? "not(" : "");
		if (s->kinds[part->fact] >= BOOLEAN && s->kinds[part->fact] != CODE)
			str_addf(out, "$f%d", part->fact);
		else if (s->kinds[part->fact] == CODE)
			str_addf(out, "$f%d %s '%s'", part->fact, part->op,
				codes[part->constant]);
		else
			str_addf(out, "$f%d %s%s %d", part->fact,
				part->op[0] == '<' ? "&lt;" : part->op,
				part->op[0] == '<' ? part->op + 1 : "", part->constant);
		str_adds(out, part->negated ? ")" : "");
	}
}

static void write_condition(const struct condition *c, struct str *out)
{
	for (int i = 0; i < c->n; i++) {
		str_adds(out, i ? c->any ? " or " : " and " : "");
		if (c->kind[i] == 0)
			str_addf(out, "score &gt;= %d", c->number[i]);
		else if (c->kind[i] == 1)
			str_addf(out, "m%d &gt;= %d", c->index[i], c->number[i]);
		else if (c->kind[i] == 2)
			str_addf(out, "C%d", c->index[i]);
		else
			str_adds(out, c->kind[i] == 3 ? "bright" : "violated");
	}
}

static void write_fact(const struct sketch *s, int f, struct str *out)
{
	if (s->kinds[f] == FORBID)
		return;
	str_addf(out, "<fact name='f%d' label='l' ", f);
	if (s->kinds[f] == NUMBER)
		str_addf(out, "type='number' select='@f%d'/>", f);
	else if (s->kinds[f] == COUNT)
		str_adds(out,
			"type='number' aggregate='count' over='x' distinct='@id' closed='y'/>");
	else if (s->kinds[f] == BOOLEAN)
		str_adds(out, "type='boolean' exists='x' closed='y'/>");
	else
		str_addf(out, "type='code' select='@f%d'/>", f);
}

static void write_matrix(const struct sketch *s, int m, struct str *out)
{
	str_addf(out, "<matrix name='m%d' label='l' basis='b'>", m);
	if (s->matrices[m].row >= 0) {
		str_addf(out, "<row fact='f%d'>", s->matrices[m].row);
		for (int i = 0; i < 3; i++)
			if (s->matrices[m].gives[i] >= 0)
				str_addf(out, "<cell value='%s' gives='%d'/>", codes[i],
					s->matrices[m].gives[i]);
		str_adds(out, "</row>");
	}
	if (s->matrices[m].criterion >= 0)
		str_addf(out, "<floor criterion='C%d' gives='%d'/>", s->matrices[m].criterion,
			s->matrices[m].criterion_gives);
	if (s->matrices[m].number >= 0)
		str_addf(out, "<floor fact='f%d' to='%d'/>", s->matrices[m].number,
			s->matrices[m].to);
	if (m)
		str_adds(out, "<of matrix='m0'/>");
	str_adds(out, "</matrix>");
}

static void write_criteria(const struct sketch *s, struct str *out)
{
	for (int c = 0; c < s->n_criteria; c++) {
		const struct criterion *criterion = &s->criteria[c];

		if (criterion->forbid) {
			str_addf(out,
				"<forbid id='C%d' over='x' label='@n' closed='y' basis='b'/>",
				c);
			continue;
		}
		str_addf(out, "<criterion id='C%d' factor='harm' weight='%d' bright-line='%s' "
			"basis='b' ", c, criterion->weight, criterion->bright ? "yes" : "no");
		if (criterion->requires >= 0)
			str_addf(out, "requires='C%d' ", criterion->requires);
		str_adds(out, "test=\"");
		write_test(s, &criterion->test, out);
		str_adds(out, "\"/>");
	}
}

static struct pack *written(const struct sketch *s, struct error *err)
{
	struct str out = STR_INIT(1 << 20);
	struct pack *pack = NULL;

	str_adds(&out,
		"<norm-pack xmlns='urn:cadastre:norm:1' id='t' version='1' unit='system' "
		"language='en' authority='t' effective-from='2026-01-01'><title>t</title>");
	if (s->applies)
		str_adds(&out, "<applies-to when=\"$f0 = 'a' or $f0 = 'b'\"/>");
	str_adds(&out, "<facts>");
	for (int f = 0; f < s->n_facts; f++)
		write_fact(s, f, &out);
	str_adds(&out, "</facts><criteria>");
	write_criteria(s, &out);
	str_adds(&out, s->n_matrices ? "</criteria><matrices>" : "</criteria>");
	for (int m = 0; m < s->n_matrices; m++)
		write_matrix(s, m, &out);
	str_adds(&out, s->n_matrices ? "</matrices>" : "");
	for (int i = 0; i < s->n_outcomes; i++) {
		str_addf(&out, "<outcome value='o%d' when=\"", s->n_outcomes - i);
		write_condition(&s->outcomes[i], &out);
		str_adds(&out, "\"/>");
	}
	str_adds(&out, "<examples><example name='e' outcome='review'/></examples></norm-pack>");
	if (pack_parse("t.xml", out.data, out.len, &pack, err) < 0)
		pack = NULL;
	str_done(&out);
	return pack;
}

/* ---- the oracle ---------------------------------------------------------------------- */

static bool compare(const char *op, double a, double b)
{
	return op[0] == '>' ? op[1] ? a >= b : a > b : op[0] == '<' ? op[1] ? a <= b : a < b :
		op[0] == '=' ? a == b : a != b;
}

/* values: a number; 0 or 1; an index into codes. */
static bool holds(const struct sketch *s, const struct test *test, const double *values)
{
	bool all = true, any = false;

	for (int i = 0; i < test->n; i++) {
		const struct comparison *part = &test->parts[i];
		double value = values[part->fact];
		bool truth = s->kinds[part->fact] == BOOLEAN || s->kinds[part->fact] == FORBID ?
			value != 0 : compare(part->op, value, part->constant);

		truth ^= part->negated;
		all &= truth;
		any |= truth;
	}
	return test->any ? any : all;
}

static void matrices_of(const struct sketch *s, const double *values, const bool *met,
	int *degrees)
{
	for (int m = 0; m < s->n_matrices; m++) {
		int degree = m ? degrees[0] : 0, other = 0;

		if (s->matrices[m].row >= 0 && values[s->matrices[m].row] < 3)
			other = s->matrices[m].gives[(int)values[s->matrices[m].row]];
		degree = other > degree ? other : degree;
		if (s->matrices[m].criterion >= 0 && met[s->matrices[m].criterion])
			degree = s->matrices[m].criterion_gives > degree ?
				s->matrices[m].criterion_gives : degree;
		if (s->matrices[m].number >= 0) {
			double number = values[s->matrices[m].number];

			other = number < 0		     ? 0
				: number > s->matrices[m].to ? s->matrices[m].to
							     : (int)number;
			degree = other > degree ? other : degree;
		}
		degrees[m] = degree;
	}
}

/* 0 otherwise, 1 lowest of the others; -2 if the pack does not apply. */
static int oracle(const struct sketch *s, const double *values)
{
	bool met[8], bright = false, violated = false;
	int degrees[2] = {0}, score = 0;

	if (s->applies && values[0] > 1)
		return OUTCOME_NOT_APPLICABLE;
	for (int c = 0; c < s->n_criteria; c++) {
		met[c] = holds(s, &s->criteria[c].test, values) &&
			(s->criteria[c].requires < 0 || met[s->criteria[c].requires]);
		score += met[c] ? s->criteria[c].weight : 0;
		bright |= met[c] && s->criteria[c].bright;
		violated |= met[c] && s->criteria[c].forbid;
	}
	matrices_of(s, values, met, degrees);
	for (int i = 0; i < s->n_outcomes; i++) {
		const struct condition *c = &s->outcomes[i];
		bool all = true, any = false;

		for (int k = 0; k < c->n; k++) {
			bool truth = c->kind[k] == 0   ? score >= c->number[k]
				     : c->kind[k] == 1 ? degrees[c->index[k]] >= c->number[k]
				     : c->kind[k] == 2 ? met[c->index[k]]
				     : c->kind[k] == 3 ? bright
						       : violated;

			all &= truth;
			any |= truth;
		}
		if (c->any ? any : all)
			return s->n_outcomes - i;
	}
	return 0;
}

/* In no table that looks it up. */
static bool is_listed(const struct sketch *s, int fact, int code)
{
	for (int m = 0; m < s->n_matrices; m++)
		if (s->matrices[m].row == fact && (code > 2 || s->matrices[m].gives[code] < 0))
			return false;
	return true;
}

/* Every value of a fact that could matter. */
static int samples_of(const struct sketch *s, int fact, double least, double *samples)
{
	int n = 0;

	if (s->kinds[fact] == BOOLEAN || s->kinds[fact] == FORBID) {
		samples[n++] = 0;
		samples[n++] = 1;
	} else if (s->kinds[fact] == CODE) {
		for (int code = 0; code < 4; code++)
			if (is_listed(s, fact, code))
				samples[n++] = code;
	} else {
		bool whole = s->kinds[fact] == COUNT;

		for (double value = whole ? 0 : -1; value <= 4.5; value += whole ? 1 : 0.5)
			if (value >= least)
				samples[n++] = value;
		samples[n++] = least > 9 ? least : 9;
	}
	return n;
}

/* ---- trials -------------------------------------------------------------------------- */

struct trial {
	const struct sketch *s;
	double values[FACTS_MAX], samples[FACTS_MAX][SAMPLES_MAX];
	int n_samples[FACTS_MAX]; /* 1: known */
	uint32_t outcomes;        /* bit per outcome + 2 */
	uint64_t needed;
};

static void try_all(struct trial *t, int fact)
{
	int outcome;

	if (fact < t->s->n_facts) {
		for (int i = 0; i < t->n_samples[fact]; i++) {
			t->values[fact] = t->samples[fact][i];
			try_all(t, fact + 1);
		}
		return;
	}
	outcome = oracle(t->s, t->values);
	t->outcomes |= 1u << (outcome + 2);
	for (int f = 0; f < t->s->n_facts; f++) {
		double kept = t->values[f];

		for (int i = 0; i < t->n_samples[f] && !(t->needed >> f & 1); i++) {
			t->values[f] = t->samples[f][i];
			if (oracle(t->s, t->values) != outcome)
				t->needed |= UINT64_C(1) << f;
		}
		t->values[f] = kept;
	}
}

static struct fact_value known(const struct sketch *s, int fact, double value)
{
	struct fact_value v = {FACT_KNOWN, value, "", "attested", "2026-11-01", "D"};

	if (s->kinds[fact] == CODE)
		v.text = codes[(int)value];
	else if (s->kinds[fact] == NUMBER || s->kinds[fact] == COUNT)
		v.text = facts_number_text(arena, value);
	else
		v.text = value != 0 ? "true" : "false";
	return v;
}

static struct fact_value unknown(void)
{
	static const enum fact_state why[] = {FACT_MISSING, FACT_STALE, FACT_GRADE,
		FACT_CONTRADICTORY, FACT_INVALID, FACT_UNREADABLE};

	return (struct fact_value){why[roll(6)], 0, "", "", "", ""};
}

/* The place of the sketch's fact in the pack: constraints' facts come last. */
static int place(const struct pack *pack, const struct sketch *s, int fact)
{
	char name[16];

	if (s->kinds[fact] == FORBID)
		snprintf(name, sizeof(name), "C%d", s->n_criteria - 1);
	else
		snprintf(name, sizeof(name), "f%d", fact);
	return pack_fact_find(pack, name, strlen(name));
}

/* A random set of facts: about a third unknown, some lower bounds. */
static void random_facts(const struct pack *pack, const struct sketch *s, struct trial *t,
	struct fact_value *values)
{
	*t = (struct trial){.s = s};
	for (int f = 0; f < s->n_facts; f++) {
		double all[SAMPLES_MAX], value;
		int at = place(pack, s, f), n = samples_of(s, f, -100, all);

		value = all[roll((uint32_t)n)];
		if (s->kinds[f] == CODE)
			value = roll(4);
		values[at] = known(s, f, value);
		t->samples[f][0] = value;
		t->n_samples[f] = 1;
		if (roll(3) == 0 || (s->kinds[f] == CODE && !is_listed(s, f, (int)value))) {
			if (s->kinds[f] != CODE || is_listed(s, f, (int)value))
				values[at] = unknown();
			t->n_samples[f] = samples_of(s, f, -100, t->samples[f]);
		} else if (s->kinds[f] <= COUNT && roll(5) == 0) {
			values[at].state = FACT_AT_LEAST;
			t->n_samples[f] = samples_of(s, f, value, t->samples[f]);
		}
	}
	facts_settle(pack, values);
}

static struct evaluation evaluated(const struct pack *pack, const struct fact_value *values)
{
	struct evaluation evaluation;
	struct error err = {0};

	if (evaluator_run(evaluator, pack, values, &evaluation, &err) < 0)
		fail_msg("%s", err.text);
	return evaluation;
}

/* A pack that is not refused. */
static struct pack *random_pack(struct sketch *s, bool monotone, int *refused)
{
	for (;;) {
		struct error err = {0};
		struct pack *pack;

		*s = random_sketch(monotone);
		pack = written(s, &err);
		if (pack)
			return pack;
		if (!strstr(err.text, "can never") && !strstr(err.text, "contradictory") &&
			!strstr(err.text, "nothing uses") &&
			!strstr(err.text, "no value of it") &&
			!strstr(err.text, "Missing child"))
			fail_msg("refused for another reason: %s", err.text);
		++*refused;
	}
}

/* ---- the laws ------------------------------------------------------------------------ */

static uint32_t possible_of(uint32_t outcomes)
{
	return outcomes >> 2 | (outcomes & 1 ? OUTCOME_POSSIBLE_SILENT : 0);
}

static uint64_t needed_of(const struct pack *pack, const struct sketch *s, uint64_t needed)
{
	uint64_t facts = 0;

	for (int f = 0; f < s->n_facts; f++)
		if (needed >> f & 1)
			facts |= UINT64_C(1) << place(pack, s, f);
	return facts;
}

static void review_and_needs_are_those_of_all_trials(void **state)
{
	int refused = 0, reviews = 0, decided = 0;

	(void)state;
	for (int p = 0; p < PACKS; p++) {
		struct sketch s;
		_cleanup_(pack_freep) struct pack *pack = random_pack(&s, false, &refused);

		arena_reset(arena);
		for (int i = 0; i < FACTSETS; i++) {
			struct fact_value values[PACK_FACTS_MAX];
			struct evaluation evaluation;
			struct trial t;

			random_facts(pack, &s, &t, values);
			try_all(&t, 0);
			evaluation = evaluated(pack, values);
			assert_int_equal(evaluation.possible, possible_of(t.outcomes));
			assert_int_equal(evaluation.needed, needed_of(pack, &s, t.needed));
			if (t.outcomes & (t.outcomes - 1))
				assert_int_equal(evaluation.outcome, OUTCOME_REVIEW);
			else
				assert_int_equal(
					evaluation.outcome, __builtin_ctz(t.outcomes) - 2);
			reviews += evaluation.outcome == OUTCOME_REVIEW;
			decided += evaluation.outcome != OUTCOME_REVIEW;
		}
	}
	assert_true(reviews > 2000 && decided > 2000);
	assert_true(refused < 10 * PACKS);
}

static void withdrawing_moves_towards_review(void **state)
{
	int refused = 0, moved = 0;

	(void)state;
	for (int p = 0; p < PACKS; p++) {
		struct sketch s;
		_cleanup_(pack_freep) struct pack *pack = random_pack(&s, false, &refused);

		arena_reset(arena);
		for (int i = 0; i < FACTSETS; i++) {
			struct fact_value values[PACK_FACTS_MAX];
			struct evaluation before, after;
			struct trial t;

			random_facts(pack, &s, &t, values);
			before = evaluated(pack, values);
			for (int k = 0; k < s.n_facts; k++) {
				int gone = (int)roll(pack->n_facts);

				values[gone] = unknown();
				after = evaluated(pack, values);
				assert_int_equal(
					after.possible & before.possible, before.possible);
				assert_true(after.outcome == before.outcome ||
					after.outcome == OUTCOME_REVIEW);
				moved += after.outcome != before.outcome;
				before = after;
			}
		}
	}
	assert_true(moved > 1000);
}

static void more_harm_never_lowers(void **state)
{
	int refused = 0, raised = 0;

	(void)state;
	for (int p = 0; p < PACKS; p++) {
		struct sketch s;
		_cleanup_(pack_freep) struct pack *pack = random_pack(&s, true, &refused);

		arena_reset(arena);
		for (int i = 0; i < FACTSETS; i++) {
			struct fact_value values[PACK_FACTS_MAX];
			struct evaluation before, after;
			struct trial t;

			random_facts(pack, &s, &t, values);
			before = evaluated(pack, values);
			for (int f = 0; f < s.n_facts; f++) {
				struct fact_value *value = &values[place(pack, &s, f)];

				if (s.kinds[f] != CODE && roll(2) &&
					value->state <= FACT_AT_LEAST &&
					value->state != FACT_MISSING)
					value->number = s.kinds[f] >= BOOLEAN ? 1 :
						value->number + roll(3);
			}
			after = evaluated(pack, values);
			if (before.outcome == OUTCOME_NOT_APPLICABLE)
				continue;
			assert_true(after.score >= before.score);
			/* The lowest that is possible, and the highest, only rise. */
			assert_true(__builtin_ctz(after.possible) >=
				    __builtin_ctz(before.possible));
			assert_true(__builtin_clz(after.possible) <=
				    __builtin_clz(before.possible));
			raised += after.possible != before.possible;
		}
	}
	assert_true(raised > 1000);
}

static void explain(const struct pack *pack, const struct fact_value *values,
	struct str *inputs, struct str *text)
{
	struct evaluation evaluation = evaluated(pack, values);

	str_reset(inputs);
	str_reset(text);
	evaluation_inputs(pack, values, inputs);
	evaluation_explain(pack, values, &evaluation, text);
	str_addf(text, "until %lld", (long long)evaluation.until_day);
}

static void add_details(struct fact_value *value)
{
	static const char *const names[] = {"a & b", "c"};

	if (roll(3) == 0)
		value->until_day = 20000 + roll(1000);
	if (roll(3) == 0)
		value->due = "2026-12-01";
	if (roll(3) == 0) {
		value->offenders = names;
		value->n_offenders = 1 + roll(2);
		value->n_found = value->n_offenders + roll(5);
	}
}

static void what_is_stored_replays(void **state)
{
	struct str inputs = STR_INIT(EVALUATION_TEXT_MAX),
		   first = STR_INIT(EVALUATION_TEXT_MAX);
	struct str again = STR_INIT(EVALUATION_TEXT_MAX), third = STR_INIT(EVALUATION_TEXT_MAX);
	int refused = 0;

	(void)state;
	for (int p = 0; p < PACKS; p++) {
		struct sketch s;
		_cleanup_(pack_freep) struct pack *pack = random_pack(&s, false, &refused);

		arena_reset(arena);
		for (int i = 0; i < FACTSETS; i++) {
			struct fact_value values[PACK_FACTS_MAX], replayed[PACK_FACTS_MAX];
			struct error err = {0};
			struct trial t;

			random_facts(pack, &s, &t, values);
			for (int f = 0; f < pack->n_facts; f++) {
				if (pack->facts[f].type == FACT_NUMBER &&
					values[f].state == FACT_KNOWN && roll(2)) {
					values[f].number = (roll(9) + 1) / 3.0;
					values[f].text =
						facts_number_text(arena, values[f].number);
				}
				add_details(&values[f]);
			}
			facts_settle(pack, values);
			explain(pack, values, &inputs, &first);
			if (evaluation_inputs_parse(
				    pack, inputs.data, inputs.len, arena, replayed, &err) < 0)
				fail_msg("%s", err.text);
			explain(pack, replayed, &third, &again);
			assert_string_equal(inputs.data, third.data);
			assert_string_equal(first.data, again.data);
		}
	}
	str_done(&inputs);
	str_done(&first);
	str_done(&again);
	str_done(&third);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(review_and_needs_are_those_of_all_trials),
		cmocka_unit_test(withdrawing_moves_towards_review),
		cmocka_unit_test(more_harm_never_lowers),
		cmocka_unit_test(what_is_stored_replays),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
