/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three-valued evaluation. Against a brute-force oracle over random facts: the outcome is
 * REVIEW exactly when some assignment of the unknown facts changes it. And the invariants of
 * the domain: same inputs, same bytes; raising a harm fact never lowers the outcome;
 * withdrawing evidence moves an outcome only towards REVIEW; what is stored replays.
 */
#include "tests/unit/unit.h"

#include "inventory/norm/evaluate.h"

#include <stdio.h>

#define ROUNDS 10000

enum { NOT, CII }; /* on the scale of the energy pack */

static struct pack *pack;
static struct arena *arena;
static uint64_t seed = 1;

static uint32_t roll(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % n;
}

static int open_pack(void **state)
{
	(void)state;
	arena = arena_new((size_t)256 * 1024 * 1024);
	return pack_load(NORMS "/x.energy.power.xml", &pack, NULL);
}

static int close_pack(void **state)
{
	(void)state;
	pack_free(pack);
	arena_free(arena);
	return 0;
}

static int fact(const char *name)
{
	return pack_fact_find(pack, name, strlen(name));
}

static struct fact_value number(double value)
{
	return (struct fact_value){FACT_KNOWN, value, facts_number_text(arena, value),
		"attested", "2026-11-01", "D-1"};
}

static struct fact_value unknown(void)
{
	static const enum fact_state why[] = {FACT_MISSING, FACT_STALE, FACT_GRADE,
		FACT_CONTRADICTORY, FACT_INVALID, FACT_UNREADABLE};

	return (struct fact_value){why[roll(6)], 0, "", "", "", ""};
}

/* Random facts on both sides of every threshold. */
static void random_facts(struct fact_value *values)
{
	static const double customers[] = {0, 99999, 100000, 2000000};
	static const double capacity[] = {0, 1499.9, 1500, 4000};

	values[fact("sector")] = number(0);
	values[fact("sector")].text = roll(8) ? "energy.power" : "water";
	values[fact("essential")] = number(roll(2));
	values[fact("essential")].text = values[fact("essential")].number ? "true" : "false";
	values[fact("customers")] = number(customers[roll(4)]);
	values[fact("capacity")] = number(capacity[roll(4)]);
	values[fact("overrun")] = number((double)roll(3) - 1);
	values[fact("sectors")] = number(roll(5));
	values[fact("tier")] = number(1 + roll(5));
}

static struct evaluation evaluated(const struct fact_value *values)
{
	struct evaluation evaluation;
	struct error err = {0};

	if (evaluate_pack(pack, values, &evaluation, &err) < 0)
		fail_msg("%s", err.text);
	return evaluation;
}

/* The pack's rule, written by hand: the oracle. */
static int oracle(const struct fact_value *v)
{
	bool a1 = v[fact("essential")].number != 0;
	int score = 30 * a1 + 25 * (v[fact("capacity")].number >= 1500) +
		15 * (v[fact("overrun")].number > 0) + 20 * (v[fact("sectors")].number >= 3) +
		10 * (v[fact("tier")].number >= 3);

	if (strcmp(v[fact("sector")].text, "energy.power") != 0)
		return OUTCOME_NOT_APPLICABLE;
	return a1 && (v[fact("customers")].number >= 100000 || score >= 60) ? CII :
		NOT;
}

static void known_facts_follow_the_oracle(void **state)
{
	struct fact_value values[PACK_FACTS_MAX];
	int seen[4] = {0};

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct evaluation evaluation;

		random_facts(values);
		evaluation = evaluated(values);
		assert_int_equal(evaluation.outcome, oracle(values));
		assert_int_equal(evaluation.needed, 0);
		seen[evaluation.outcome & 3]++;
	}
	assert_true(seen[CII] > 100 && seen[NOT] > 100 &&
		seen[OUTCOME_NOT_APPLICABLE & 3] > 100);
}

/* Every way to fill unknown fact `i` and those after it, as far as the rule can tell. */
static unsigned int fill(struct fact_value *values, int i)
{
	static const char *const names[] = {"essential", "customers", "capacity", "overrun",
		"sectors", "tier"};
	static const double low[] = {0, 0, 0, 0, 0, 1}, high[] = {1, 1e9, 1e9, 1e9, 9, 5};
	struct fact_value kept;
	unsigned int outcomes;

	if (i == 6)
		return 1u << (oracle(values) + 2);
	kept = values[fact(names[i])];
	if (kept.state == FACT_KNOWN)
		return fill(values, i + 1);
	values[fact(names[i])].number = low[i];
	outcomes = fill(values, i + 1);
	values[fact(names[i])].number = high[i];
	outcomes |= fill(values, i + 1);
	values[fact(names[i])] = kept;
	return outcomes;
}

static void review_exactly_when_something_can_change(void **state)
{
	struct fact_value values[PACK_FACTS_MAX];
	int reviews = 0, decided = 0;

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct evaluation evaluation;
		unsigned int outcomes;

		random_facts(values);
		for (int k = fact("essential"); k < pack->n_facts; k++)
			if (roll(3) == 0)
				values[k] = unknown();
		outcomes = fill(values, 0);
		evaluation = evaluated(values);
		if (outcomes & (outcomes - 1)) {
			assert_int_equal(evaluation.outcome, OUTCOME_REVIEW);
			assert_true(evaluation.needed != 0);
			reviews++;
		} else {
			assert_int_equal(1u << (evaluation.outcome + 2), outcomes);
			assert_int_equal(evaluation.needed, 0);
			decided++;
		}
	}
	assert_true(reviews > 500 && decided > 500);
}

/* A fact is listed if and only if learning it can matter: with all other listed facts
 * settled somehow, it alone still tips the outcome. */
static void exactly_the_needed_facts_are_listed(void **state)
{
	struct fact_value values[PACK_FACTS_MAX];

	(void)state;
	for (int i = 0; i < ROUNDS / 5; i++) {
		struct evaluation evaluation;
		uint64_t needed = 0;
		int unknowns[8], n = 0;

		random_facts(values);
		for (int k = fact("essential"); k < pack->n_facts; k++)
			if (roll(2))
				unknowns[n++] = k;
		for (uint32_t set = 0; set < 1u << n; set++) {
			for (int k = 0; k < n; k++)
				values[unknowns[k]].number = set >> k & 1 ? 1e9 : 0;
			for (int k = 0; k < n; k++) {
				int before = oracle(values);
				double kept = values[unknowns[k]].number;

				values[unknowns[k]].number = kept ? 0 : 1e9;
				if (oracle(values) != before)
					needed |= UINT64_C(1) << unknowns[k];
				values[unknowns[k]].number = kept;
			}
		}
		for (int k = 0; k < n; k++)
			values[unknowns[k]] = unknown();
		evaluation = evaluated(values);
		assert_int_equal(evaluation.needed, needed);
	}
}

static void withdrawing_evidence_moves_towards_review(void **state)
{
	struct fact_value values[PACK_FACTS_MAX];

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		int before;

		random_facts(values);
		before = evaluated(values).outcome;
		for (int k = 0; k < pack->n_facts; k++) {
			int gone = (int)roll(pack->n_facts);
			int after;

			values[gone] = unknown();
			after = evaluated(values).outcome;
			assert_true(after == before || after == OUTCOME_REVIEW);
			before = after;
		}
	}
}

static void raising_harm_never_lowers(void **state)
{
	static const char *const harm[] = {
		"customers", "capacity", "overrun", "sectors", "tier"};
	struct fact_value values[PACK_FACTS_MAX];

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct evaluation before, after;

		random_facts(values);
		before = evaluated(values);
		for (int k = 0; k < 5; k++)
			values[fact(harm[k])].number += roll(2) * 100000;
		after = evaluated(values);
		assert_true(after.score >= before.score);
		assert_true(before.outcome != CII || after.outcome == CII);
	}
}

static void a_lower_bound_decides_what_it_can(void **state)
{
	struct fact_value values[PACK_FACTS_MAX];

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct evaluation known, bound;

		random_facts(values);
		known = evaluated(values);
		values[fact("sectors")].state = FACT_AT_LEAST;
		bound = evaluated(values);
		if (values[fact("sectors")].number >= 3) {
			assert_int_equal(bound.outcome, known.outcome);
		} else {
			values[fact("sectors")].number = 9;
			if (evaluated(values).outcome == known.outcome)
				assert_int_equal(bound.outcome, known.outcome);
			else
				assert_int_equal(bound.outcome, OUTCOME_REVIEW);
		}
	}
}

static void same_inputs_same_bytes_and_they_replay(void **state)
{
	struct str inputs = STR_INIT(EVALUATION_TEXT_MAX),
		   first = STR_INIT(EVALUATION_TEXT_MAX);
	struct str again = STR_INIT(EVALUATION_TEXT_MAX);

	(void)state;
	for (int i = 0; i < ROUNDS / 10; i++) {
		struct fact_value values[PACK_FACTS_MAX], replayed[PACK_FACTS_MAX];
		struct evaluation evaluation;
		struct error err = {0};

		random_facts(values);
		for (int k = 0; k < pack->n_facts; k++)
			if (roll(4) == 0)
				values[k] = unknown();
		if (roll(2) && values[fact("capacity")].state == FACT_KNOWN)
			values[fact("capacity")].state = FACT_AT_LEAST;
		str_reset(&inputs);
		str_reset(&first);
		str_reset(&again);
		evaluation_inputs(pack, values, &inputs);
		evaluation = evaluated(values);
		evaluation_explain(pack, values, &evaluation, &first);
		if (evaluation_inputs_parse(
			    pack, inputs.data, inputs.len, arena, replayed, &err) < 0)
			fail_msg("%s", err.text);
		evaluation = evaluated(replayed);
		evaluation_explain(pack, replayed, &evaluation, &again);
		assert_string_equal(first.data, again.data);
		str_reset(&again);
		evaluation_inputs(pack, replayed, &again);
		assert_string_equal(inputs.data, again.data);
	}
	str_done(&inputs);
	str_done(&first);
	str_done(&again);
}

static void the_explanation_reads_well(void **state)
{
	struct str text = STR_INIT(EVALUATION_TEXT_MAX);
	struct fact_value values[PACK_FACTS_MAX];
	struct evaluation evaluation;

	(void)state;
	random_facts(values);
	values[fact("sector")].text = "energy";
	values[fact("essential")] = number(1);
	values[fact("essential")].text = "true";
	values[fact("customers")] = number(140000);
	values[fact("tier")] =
		(struct fact_value){FACT_STALE, 0, "", "attested", "2020-01-01", ""};
	evaluation = evaluated(values);
	evaluation_reason(pack, values, &evaluation, 1, &text);
	assert_string_equal(text.data, "A2 met, bright line (harm): customers = 140000 person "
		"[attested 2026-11-01 D-1]; needs A1, which is met. An outage affects at least "
		"100 000 people. Basis: Order 745 Art. 9(2); guide of 2016, class C");
	str_reset(&text);
	evaluation_reason(pack, values, &evaluation, 5, &text);
	assert_non_null(strstr(text.data, "A6 unknown, weight 10 (importance): tier is stale "
		"[attested 2020-01-01]."));
	str_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_facts_follow_the_oracle),
		cmocka_unit_test(review_exactly_when_something_can_change),
		cmocka_unit_test(exactly_the_needed_facts_are_listed),
		cmocka_unit_test(withdrawing_evidence_moves_towards_review),
		cmocka_unit_test(raising_harm_never_lowers),
		cmocka_unit_test(a_lower_bound_decides_what_it_can),
		cmocka_unit_test(same_inputs_same_bytes_and_they_replay),
		cmocka_unit_test(the_explanation_reads_well),
	};

	return cmocka_run_group_tests(tests, open_pack, close_pack);
}
