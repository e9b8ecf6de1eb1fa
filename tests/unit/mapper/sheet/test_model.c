/* SPDX-License-Identifier: Apache-2.0 */
/* Networks, places, joints and edges that the sheets draw, from the sample estates. */
#include "mapper/sheet/model.h"

#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/unit.h"

static struct arena *arena;

static int open_arena(void **state)
{
	(void)state;
	arena = arena_new(SAMPLE_ARENA_MAX);
	return arena ? 0 : -1;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct model *model_of(enum sample which)
{
	struct error err = {0};
	struct model *model;

	assert_int_equal(model_make(sample_estate(arena, which), arena, &model, &err), 0);
	return model;
}

static uint32_t network(const struct model *model, const char *name)
{
	for (uint32_t i = 0; i < model->n_networks; i++)
		if (strcmp(model->networks[i].name, name) == 0)
			return i;
	fail_msg("no network %s", name);
	return MODEL_NONE;
}

static const struct model_edge *edge(
	const struct model *model, uint32_t a, uint32_t b, enum link_layer layer)
{
	for (uint32_t i = 0; i < model->n_edges; i++)
		if (model->edges[i].a == a && model->edges[i].b == b &&
			model->edges[i].layer == layer)
			return &model->edges[i];
	return NULL;
}

static uint32_t joint(const struct model *model, const char *name)
{
	for (uint32_t j = 0; j < model->n_joints; j++)
		if (strcmp(model_asset_name(model, model->joints[j]), name) == 0)
			return model->n_networks + j;
	fail_msg("no joint %s", name);
	return MODEL_NONE;
}

static void test_one_domain_is_left_out(void **state)
{
	static const char *const names[] = {
		"scada1.lanhe.example", "198.18.0.9", "ns1.Lanhe.example", "2001:db8::1", ""};
	struct estate *estate = sample_estate(arena, SAMPLE_LAB);
	struct error err = {0};
	struct model *model;

	(void)state;
	/* some of the sample's names have no domain */
	assert_string_equal(model_of(SAMPLE_LAB)->domain, "");
	for (uint32_t i = 0; i < estate->n_assets; i++)
		estate->assets[i].name = names[i % 5];
	assert_int_equal(model_make(estate, arena, &model, &err), 0);
	assert_string_equal(model->domain, "lanhe.example");
	assert_string_equal(model_asset_name(model, 0), "scada1");
	assert_string_equal(model_asset_name(model, 1), "198.18.0.9");
	assert_string_equal(model_asset_name(model, 2), "ns1");
	assert_string_equal(model_asset_name(model, 3), "2001:db8::1");
	assert_string_equal(model_asset_name(model, 4), "");
	assert_string_equal(estate->assets[0].name, "scada1.lanhe.example"); /* the caller's */
}

/* One name that ends otherwise, and all stay whole. */
static void test_names_that_end_otherwise(void **state)
{
	static const char *const others[] = {"plc-a1", "scada1.other.example", "lanhe.example",
		"x.sub.lanhe.example", "scada1.", ".lanhe.example", "this machine",
		"a b.lanhe.example"};

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(others); k++) {
		struct estate *estate = sample_estate(arena, SAMPLE_LAB);
		struct error err = {0};
		struct model *model;

		for (uint32_t i = 0; i < estate->n_assets; i++)
			estate->assets[i].name = i == 3 ? others[k] : "scada1.lanhe.example";
		assert_int_equal(model_make(estate, arena, &model, &err), 0);
		assert_string_equal(model->domain, "");
		assert_ptr_equal(model->estate, estate);
	}
}

static void test_dual_stack_is_one_network(void **state)
{
	struct model *model = model_of(SAMPLE_LAB);

	(void)state;
	assert_int_equal(model->estate->n_subnets, 14);
	assert_int_equal(model->n_networks, 9);
	assert_string_equal(model->networks[network(model, "transit")].prefixes,
		"198.18.1.0/30 \xc2\xb7 2001:db8:1::/64");
	assert_string_equal(
		model->networks[network(model, "dispatch")].prefixes, "198.18.30.0/24");
	assert_true(model->networks[network(model, "internet")].internet);
	assert_false(model->networks[network(model, "dmz")].internet);
}

/* Routers by role; router-b stands in substation-b only by a traced path. */
static void test_joints_and_their_networks(void **state)
{
	struct model *model = model_of(SAMPLE_LAB);
	uint32_t b = joint(model, "router-b");

	(void)state;
	assert_int_equal(model->n_joints, 4);
	assert_non_null(edge(model, network(model, "wan"), b, LINK_L3));
	assert_non_null(edge(model, network(model, "substation-b"), b, LINK_L3));
	assert_null(edge(model, network(model, "substation-a"), b, LINK_L3));
	/* Layer 2 says nothing that layer 3 does not say already. */
	assert_null(edge(model, network(model, "management"), joint(model, "core"), LINK_L2));
	/* Joints that share a network are not linked past it. */
	assert_null(edge(model, joint(model, "border"), joint(model, "core"), LINK_L3));
	assert_int_equal(
		edge(model, network(model, "dmz"), network(model, "office"), LINK_DEPENDENCY)
			->grade,
		GRADE_ATTESTED);
	assert_int_equal(model->n_inner_links, 1);
}

static void test_places_in_order_of_address(void **state)
{
	struct model *model = model_of(SAMPLE_CITY);

	(void)state;
	for (uint32_t i = 1; i < model->n_places; i++)
		if (model->places[i].network == model->places[i - 1].network)
			assert_true(addr_compare(&model->places[i - 1].addr,
					    &model->places[i].addr) <= 0);
	for (uint32_t i = 0; i < model->n_networks; i++)
		for (uint32_t k = 0; k < model->networks[i].n_places; k++)
			assert_int_equal(
				model->places[model->networks[i].first_place + k].network, i);
}

static void test_counts(void **state)
{
	struct model *model = model_of(SAMPLE_LAB);
	const struct model_network *a = &model->networks[network(model, "substation-a")];

	(void)state;
	assert_int_equal(model->n_cii_systems, 1);
	assert_int_equal(model->n_cii_assets, 19);
	assert_int_equal(model->n_exposed_services, 5);
	assert_int_equal(model->n_exposed_assets, 4);
	assert_int_equal(a->n_places, 6);
	assert_int_equal(a->n_cii, 6);
	assert_int_equal(a->n_exposed, 1);
	assert_int_equal(a->system, 0);
	assert_int_equal(model->networks[network(model, "internet")].system, MODEL_NONE);
	/* Most of management belongs to one system, one asset to another. */
	assert_int_equal(model->networks[network(model, "management")].system, 3);
	assert_int_equal(model->networks[network(model, "management")].n_cii, 1);
}

static void test_an_asset_in_two_networks(void **state)
{
	struct model *model = model_of(SAMPLE_LAB);
	uint32_t ties = 0;

	(void)state;
	for (uint32_t i = 0; i < model->n_edges; i++)
		if (model->edges[i].tie != MODEL_NONE) {
			ties++;
			assert_string_equal(
				model_asset_name(model, model->edges[i].tie), "historian");
		}
	assert_int_equal(ties, 1);
	assert_int_equal(model->n_places, 39 - 4 + 1);
}

static void test_degenerate(void **state)
{
	struct model *model = model_of(SAMPLE_EMPTY);

	(void)state;
	assert_int_equal(model->n_networks + model->n_places + model->n_edges, 0);
	model = model_of(SAMPLE_SINGLETONS);
	assert_int_equal(model->n_networks, 1);
	assert_int_equal(model->n_known_networks, 0);
	assert_int_equal(model->networks[0].n_places, 1000);
	/* A router with one network joins nothing. */
	model = model_of(SAMPLE_STAR);
	assert_int_equal(model->n_joints, 0);
	assert_int_equal(model->n_inner_links, 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_domain_is_left_out),
		cmocka_unit_test(test_names_that_end_otherwise),
		cmocka_unit_test(test_dual_stack_is_one_network),
		cmocka_unit_test(test_joints_and_their_networks),
		cmocka_unit_test(test_places_in_order_of_address),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_an_asset_in_two_networks),
		cmocka_unit_test(test_degenerate),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
