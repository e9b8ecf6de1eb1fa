/* SPDX-License-Identifier: Apache-2.0 */
/* Positions: repeatable, free of overlap, and never lost with the child. */
#include "mapper/layout/layout.h"

#include "tests/unit/unit.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define N 60

/* A tree with some cross links; sizes differ. */
static size_t make(struct layout_node *nodes, struct layout_edge *edges, size_t n)
{
	size_t n_edges = 0;

	for (size_t i = 0; i < n; i++) {
		nodes[i] = (struct layout_node){
			.w = 10 + (double)(i * 7 % 23), .h = 8 + (double)(i % 9)};
		if (i > 0)
			edges[n_edges++] =
				(struct layout_edge){(uint32_t)((i - 1) / 3), (uint32_t)i, 1};
		if (i % 10 == 9)
			edges[n_edges++] =
				(struct layout_edge){(uint32_t)(i - 5), (uint32_t)i, 1};
	}
	return n_edges;
}

static void assert_apart(
	const struct layout_node *nodes, size_t n, double gap, double width, double height)
{
	for (size_t i = 0; i < n; i++) {
		assert_true(isfinite(nodes[i].x) && isfinite(nodes[i].y));
		assert_true(nodes[i].x - nodes[i].w / 2 > -1e-6);
		assert_true(nodes[i].y - nodes[i].h / 2 > -1e-6);
		assert_true(nodes[i].x + nodes[i].w / 2 < width + 1e-6);
		assert_true(nodes[i].y + nodes[i].h / 2 < height + 1e-6);
		for (size_t j = i + 1; j < n; j++) {
			double dx =
				fabs(nodes[i].x - nodes[j].x) - (nodes[i].w + nodes[j].w) / 2;
			double dy =
				fabs(nodes[i].y - nodes[j].y) - (nodes[i].h + nodes[j].h) / 2;

			assert_true(dx > gap - 1e-3 || dy > gap - 1e-3);
		}
	}
}

static int place(const char *engine, struct layout_node *nodes, struct layout_edge *edges,
	size_t n_edges, double *ret_w, double *ret_h)
{
	struct layout_request request = {.engine = engine, .gap_mm = 5};
	char why[LAYOUT_WHY_MAX];
	struct error err = {0};

	return layout_place(&request, nodes, N, edges, n_edges, ret_w, ret_h, why, &err);
}

static void test_every_engine_is_apart_and_repeatable(void **state)
{
	static const char *const engines[] = {"neato", "fdp", "sfdp", "dot"};

	(void)state;
	for (size_t e = 0; e < 4; e++) {
		struct layout_node once[N], twice[N];
		struct layout_edge edges[2 * N];
		size_t n_edges = make(once, edges, N);
		double w, h;

		assert_int_equal(place(engines[e], once, edges, n_edges, &w, &h), 0);
		assert_apart(once, N, 5, w, h);
		make(twice, edges, N);
		assert_int_equal(place(engines[e], twice, edges, n_edges, &w, &h), 0);
		assert_memory_equal(once, twice, sizeof(once));
	}
}

static void test_order_of_edges_does_not_show(void **state)
{
	struct layout_node once[N], twice[N];
	struct layout_edge edges[2 * N], turned[2 * N];
	size_t n = make(once, edges, N);
	double w, h;

	(void)state;
	make(twice, turned, N);
	for (size_t i = 0; i < n; i++)
		turned[i] = edges[n - 1 - i];
	turned[n] = edges[0]; /* twice the same is once */
	assert_int_equal(place("neato", once, edges, n, &w, &h), 0);
	assert_int_equal(place("neato", twice, turned, n + 1, &w, &h), 0);
	assert_memory_equal(once, twice, sizeof(once));
}

static void fails_to_grid(struct layout_request *request, const char *text)
{
	static struct layout_node nodes[900];
	static struct layout_edge edges[2000];
	size_t n_edges = make(nodes, edges, 900);
	char why[LAYOUT_WHY_MAX] = "";
	struct error err = {0};
	double w, h;

	assert_int_equal(
		layout_place(request, nodes, 900, edges, n_edges, &w, &h, why, &err), 1);
	assert_string_not_equal(why, "");
	assert_non_null(strstr(why, text));
	assert_apart(nodes, 900, request->gap_mm, w, h);
	assert_true(nodes[0].x < nodes[1].x); /* in order of index */
	assert_true(nodes[0].y < nodes[899].y);
}

static void test_unknown_engine(void **state)
{
	(void)state;
	fails_to_grid(&(struct layout_request){.engine = "no-such-engine", .gap_mm = 4},
		"no engine \"no-such-engine\"");
}

static void test_slow_child_is_ended(void **state)
{
	(void)state;
	fails_to_grid(&(struct layout_request){.engine = "neato", .gap_mm = 4, .timeout_ms = 1},
		"longer than 1 ms");
}

static void test_child_without_memory(void **state)
{
	(void)state;
	fails_to_grid(
		&(struct layout_request){.engine = "neato", .gap_mm = 4, .memory_bytes = 1},
		""); /* refused or ended by a signal, as the allocator likes */
}

/* A child of ours that ends while the layout works: not mistaken for it, not waited for. */
static void test_other_children_are_left_alone(void **state)
{
	struct layout_node nodes[N];
	struct layout_edge edges[2 * N];
	size_t n = make(nodes, edges, N);
	pid_t other = fork();
	double w, h;
	int status;

	(void)state;
	if (other == 0)
		_exit(9);
	assert_int_equal(place("neato", nodes, edges, n, &w, &h), 0);
	assert_int_equal(waitpid(other, &status, 0), other);
	assert_int_equal(WEXITSTATUS(status), 9);
}

/* Squeezed, stretched, or honestly refused. */
static void test_fit(void **state)
{
	struct layout_node placed[N], nodes[N];
	struct layout_edge edges[2 * N];
	size_t n_edges = make(placed, edges, N);
	double w, h, area = 0;

	(void)state;
	assert_int_equal(place("neato", placed, edges, n_edges, &w, &h), 0);
	for (size_t i = 0; i < N; i++)
		area += (placed[i].w + 4) * (placed[i].h + 4);
	for (double ratio = 0.5; ratio <= 2; ratio *= 2) {
		double width = sqrt(area * 1.5 * ratio), height = area * 1.5 / width;

		memcpy(nodes, placed, sizeof(nodes));
		assert_true(layout_fit(nodes, N, 4, width, height));
		assert_apart(nodes, N, 4 - 0.02, width, height);
		memcpy(nodes, placed, sizeof(nodes));
		assert_true(layout_fit(nodes, N, 4, width * 3, height * 3));
		assert_apart(nodes, N, 4 - 0.02, width * 3, height * 3);
	}
	memcpy(nodes, placed, sizeof(nodes));
	assert_false(layout_fit(nodes, N, 4, sqrt(area * 0.8), sqrt(area * 0.8)));
	assert_false(layout_fit(nodes, N, 4, nodes[3].w / 2, 1000));
}

static void test_small_graphs(void **state)
{
	struct layout_request request = {.engine = "neato", .gap_mm = 3};
	struct layout_node nodes[2] = {{.w = 4, .h = 2}, {.w = 4, .h = 2}};
	struct error err = {0};
	double w, h;

	(void)state;
	assert_int_equal(layout_place(&request, nodes, 0, NULL, 0, &w, &h, NULL, &err), 0);
	assert_true(w == 0 && h == 0);
	assert_int_equal(layout_place(&request, nodes, 1, NULL, 0, &w, &h, NULL, &err), 0);
	assert_true(w == 4 && h == 2 && nodes[0].x == 2 && nodes[0].y == 1);
	assert_int_equal(layout_place(&request, nodes, 2, NULL, 0, &w, &h, NULL, &err), 0);
	assert_apart(nodes, 2, 3, w, h);
}

static void test_defects_are_refused(void **state)
{
	struct layout_request request = {.engine = "neato", .gap_mm = 3};
	static struct layout_node nodes[LAYOUT_NODES_MAX + 1];
	struct layout_edge nowhere = {0, 2, 1};
	struct error err = {0};
	double w, h;

	(void)state;
	for (size_t i = 0; i < LAYOUT_NODES_MAX + 1; i++)
		nodes[i] = (struct layout_node){.w = 1, .h = 1};
	assert_int_equal(layout_place(&request, nodes, LAYOUT_NODES_MAX + 1, NULL, 0, &w, &h,
				 NULL, &err),
		ERROR_INTERNAL);
	assert_int_equal(layout_place(&request, nodes, 2, &nowhere, 1, &w, &h, NULL, &err),
		ERROR_INTERNAL);
	assert_int_equal(layout_place(&request, nodes, 2, &nowhere, LAYOUT_EDGES_MAX + 1, &w,
				 &h, NULL, &err),
		ERROR_INTERNAL);
	nodes[1].w = NAN;
	assert_int_equal(
		layout_place(&request, nodes, 2, NULL, 0, &w, &h, NULL, &err), ERROR_INTERNAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_engine_is_apart_and_repeatable),
		cmocka_unit_test(test_order_of_edges_does_not_show),
		cmocka_unit_test(test_unknown_engine),
		cmocka_unit_test(test_slow_child_is_ended),
		cmocka_unit_test(test_child_without_memory),
		cmocka_unit_test(test_other_children_are_left_alone),
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_small_graphs),
		cmocka_unit_test(test_defects_are_refused),
	};

	return RUN(tests);
}
