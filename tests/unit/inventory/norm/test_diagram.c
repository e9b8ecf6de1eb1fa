/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decision diagrams: equal functions are one node; what is read off a restricted diagram is
 * what trying all values gives; limits are reached and said.
 */
#include "tests/unit/unit.h"

#include "inventory/norm/diagram.h"

#include <stdbool.h>

#define VARIABLES 6
#define ROUNDS 3000

static uint64_t seed = 7;
static const uint8_t n_values[VARIABLES] = {2, 3, 2, 4, 2, 3};

static uint32_t roll(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % n;
}

/* A function as the table of all its values, beside its diagram. */
#define TABLE (2 * 3 * 2 * 4 * 2 * 3)

struct function {
	diagram_node node;
	int32_t table[TABLE];
};

static uint8_t value_at(int row, int variable)
{
	for (int v = 0; v < variable; v++)
		row /= n_values[v];
	return (uint8_t)(row % n_values[variable]);
}

static struct function random_test(struct diagram *d)
{
	uint16_t variable = (uint16_t)roll(VARIABLES);
	uint64_t set = roll(1u << n_values[variable]);
	struct function f = {.node = diagram_test(d, variable, set)};

	for (int row = 0; row < TABLE; row++)
		f.table[row] = set >> value_at(row, variable) & 1;
	return f;
}

static int32_t at_least_3(const void *context, int32_t leaf)
{
	(void)context;
	return leaf >= 3;
}

static int32_t combined(enum diagram_operation operation, int32_t a, int32_t b)
{
	return operation == DIAGRAM_AND ? a && b : operation == DIAGRAM_OR ? a || b :
		operation == DIAGRAM_ADD ? a + b : a > b ? a : b;
}

static struct function random_function(struct diagram *d, int depth)
{
	struct function f, g;
	enum diagram_operation operation;
	uint32_t how = roll(6);

	if (depth == 0)
		return random_test(d);
	f = random_function(d, depth - 1);
	g = random_function(d, depth - 1);
	if (how == 0) { /* three times the first, once the second, at least 3 */
		f.node = diagram_map(d, diagram_apply(d, DIAGRAM_ADD, diagram_if(d, f.node,
			diagram_leaf(d, 3), diagram_leaf(d, 0)), g.node), at_least_3, NULL);
		return f;
	}
	if (how == 1) {
		for (int row = 0; row < TABLE; row++)
			f.table[row] = !f.table[row];
		f.node = diagram_not(d, f.node);
		return f;
	}
	operation = how & 1 ? DIAGRAM_AND : DIAGRAM_OR;
	f.node = diagram_apply(d, operation, f.node, g.node);
	for (int row = 0; row < TABLE; row++)
		f.table[row] = combined(operation, f.table[row], g.table[row]);
	return f;
}

/* Bits of what can be reached, and of variables that matter, by trying. */
static uint64_t tried(const struct function *f, const uint64_t *allowed, uint64_t *ret_needed)
{
	uint64_t leaves = 0;
	int step = 1;

	*ret_needed = 0;
	for (int v = 0; v < VARIABLES; step *= n_values[v], v++) {
		for (int row = 0; row < TABLE; row++) {
			bool inside = true;

			for (int k = 0; k < VARIABLES; k++)
				inside &= allowed[k] >> value_at(row, k) & 1;
			if (!inside)
				continue;
			leaves |= UINT64_C(1) << f->table[row];
			for (int other = 0; other < n_values[v]; other++)
				if (allowed[v] >> other & 1 &&
					f->table[row + (other - value_at(row, v)) * step] !=
						f->table[row])
					*ret_needed |= UINT64_C(1) << v;
		}
	}
	return leaves;
}

static void equal_functions_are_one_node(void **state)
{
	_cleanup_(diagram_freep) struct diagram *d = diagram_new(n_values, VARIABLES);
	struct function made[64];

	(void)state;
	for (int i = 0; i < 64; i++)
		made[i] = random_function(d, (int)roll(4));
	for (int i = 0; i < 64; i++)
		for (int k = 0; k < 64; k++)
			assert_int_equal(made[i].node == made[k].node,
				memcmp(made[i].table, made[k].table, sizeof(made[i].table)) ==
					0);
}

static void reading_is_trying(void **state)
{
	_cleanup_(diagram_reader_freep) struct diagram_reader *reader = diagram_reader_new();

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		_cleanup_(diagram_freep) struct diagram *d = diagram_new(n_values, VARIABLES);
		struct function f = random_function(d, 1 + (int)roll(4));
		uint64_t allowed[VARIABLES], needed, found[2], leaves;

		random_function(d, 3); /* what is dropped again */
		assert_true(diagram_keep(d, &f.node, 1));
		for (int v = 0; v < VARIABLES; v++)
			allowed[v] = 1 + roll((1u << n_values[v]) - 1);
		leaves = tried(&f, allowed, &needed);
		assert_int_equal(diagram_leaves(d, f.node, allowed, reader), leaves);
		assert_int_equal(diagram_restrict(d, f.node, allowed, reader, found), leaves);
		assert_int_equal(found[0], needed);
		assert_int_equal(found[1], 0);
		for (int leaf = 0; leaf < 2; leaf++) {
			uint8_t values[VARIABLES] = {0};
			int row = 0;

			for (int v = 0; v < VARIABLES; v++)
				values[v] = (uint8_t)__builtin_ctzll(allowed[v]);
			assert_int_equal(diagram_way(d, f.node, allowed, leaf, values),
				leaves >> leaf & 1);
			for (int v = VARIABLES - 1; v >= 0; v--)
				row = row * n_values[v] + values[v];
			if (leaves >> leaf & 1)
				assert_int_equal(f.table[row], leaf);
		}
	}
}

/* x1 = y1 and x2 = y2 ... with all x before all y remembers every x: 2^n nodes. */
static void too_many_nodes_are_none(void **state)
{
	enum { PAIRS = 20 };
	uint8_t two[2 * PAIRS];
	diagram_node all;
	struct diagram *d;

	(void)state;
	memset(two, 2, sizeof(two));
	d = diagram_new(two, 2 * PAIRS);
	all = diagram_leaf(d, 1);
	for (uint16_t i = 0; i < PAIRS; i++) {
		diagram_node x = diagram_test(d, i, 2), y = diagram_test(d, PAIRS + i, 2);

		all = diagram_apply(
			d, DIAGRAM_AND, all, diagram_if(d, x, y, diagram_not(d, y)));
	}
	assert_int_equal(all, DIAGRAM_NONE);
	assert_int_equal(diagram_leaf(d, 1), DIAGRAM_NONE); /* and so is all that follows */
	assert_int_equal(diagram_not(d, all), DIAGRAM_NONE);
	assert_true(diagram_size(d) <= DIAGRAM_NODES_MAX);
	diagram_free(d);
	assert_null(diagram_new(two, DIAGRAM_VARIABLES_MAX + 1));
}

static int32_t same(const void *context, int32_t leaf)
{
	(void)context;
	return leaf;
}

/* Each look at a whole diagram costs as many steps as it has nodes. */
static void too_many_steps_are_none(void **state)
{
	enum { WIDE = 16 };
	uint8_t two[WIDE];
	diagram_node sum;
	struct diagram *d;
	size_t looks = 0;

	(void)state;
	memset(two, 2, sizeof(two));
	d = diagram_new(two, WIDE);
	sum = diagram_leaf(d, 0);
	for (uint16_t i = 0; i < WIDE / 2; i++) /* twice each: 2^8 sums half way */
		sum = diagram_apply(d, DIAGRAM_ADD, sum, diagram_if(d, diagram_test(d, i, 2),
			diagram_leaf(d, 1 << i), diagram_leaf(d, 0)));
	assert_int_not_equal(sum, DIAGRAM_NONE);
	while (looks < DIAGRAM_STEPS_MAX && diagram_map(d, sum, same, NULL) == sum)
		looks++;
	assert_in_range(looks, DIAGRAM_STEPS_MAX / 600, DIAGRAM_STEPS_MAX / 200);
	assert_int_equal(diagram_map(d, sum, same, NULL), DIAGRAM_NONE);
	diagram_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_functions_are_one_node),
		cmocka_unit_test(reading_is_trying),
		cmocka_unit_test(too_many_nodes_are_none),
		cmocka_unit_test(too_many_steps_are_none),
	};

	return RUN(tests);
}
