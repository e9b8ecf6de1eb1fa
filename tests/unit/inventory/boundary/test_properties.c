/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What holds of every boundary, on random graphs: the order of records makes no difference,
 * unrelated records change nothing, a wider window and fewer stops never make the maximum
 * smaller, nothing is walked to from behind a boundary device, every path leads back to the
 * system; and a national network, whose time is printed and not judged.
 */
#include "tests/unit/inventory/boundary/graph.h"

#include <stdio.h>
#include <time.h>

#define GRAPHS 60
#define ASSETS 150
#define FLOWS 260
#define TEXT_MAX (4 << 20)

static struct boundary_rule rule_of(struct random_graph *r)
{
	struct boundary_rule rule = boundary_rule_default;

	rule.seed = 1 + random_below(r, 7);
	rule.control = random_below(r, 8) != 0;
	rule.business = random_below(r, 3) != 0;
	rule.stop_device = random_below(r, 4) != 0;
	rule.stop_one_way = random_below(r, 4) != 0;
	rule.window_days = (int)random_below(r, 150);
	return rule;
}

static struct str canonical(
	const struct boundary_graph *graph, const struct boundary_rule *rule)
{
	struct boundary_set set = made_derive(graph, rule);
	struct str text = STR_INIT(TEXT_MAX);

	boundary_canonical(&set, &text);
	boundary_set_done(&set);
	assert_false(text.failed);
	return text;
}

static void same(const struct str *a, const struct str *b)
{
	if (strcmp(a->data, b->data) != 0)
		fail_msg("\n%s\nbecame\n%s", a->data, b->data);
}

static void shuffle(struct random_graph *r)
{
	for (uint32_t i = r->graph.n_flows; i > 1; i--) {
		uint32_t k = random_below(r, i);
		struct boundary_flow flow = r->flows[k];

		r->flows[k] = r->flows[i - 1];
		r->flows[i - 1] = flow;
	}
}

static void order_makes_no_difference(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= GRAPHS; seed++) {
		struct random_graph r;
		struct boundary_rule rule;
		struct str before, after;

		random_begin(&r, seed, ASSETS, FLOWS, 5);
		rule = rule_of(&r);
		before = canonical(&r.graph, &rule);
		shuffle(&r);
		after = canonical(&r.graph, &rule);
		same(&before, &after);
		str_done(&before);
		str_done(&after);
		random_done(&r);
	}
}

/* Two more assets before all others, in a network of their own, that talk with each other: all
 * indexes move, and nothing else does. */
static void unrelated_records_change_nothing(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= GRAPHS; seed++) {
		struct random_graph r, more;
		struct boundary_rule rule;
		struct str before, after;

		random_begin(&r, seed, ASSETS, FLOWS, 5);
		random_begin(&more, seed, ASSETS + 2, FLOWS + 1, 5);
		rule = rule_of(&r);
		more.graph.n_conduits = r.graph.n_conduits;
		memcpy(more.conduits, r.conduits, sizeof(r.conduits));
		memcpy(more.needs, r.needs, 5 * sizeof(*r.needs));
		for (uint32_t i = 0; i < 4; i++)
			if (more.conduits[i].asset != BOUNDARY_NONE)
				more.conduits[i].asset += 2;
		for (uint32_t i = 0; i < ASSETS; i++) {
			more.assets[i + 2] = r.assets[i];
			more.assets[i + 2].id += 1000;
			r.assets[i].id += 1000;
			more.places[i + 2] = r.places[i];
			more.places[i + 2].asset += 2;
		}
		for (uint32_t i = 0; i < 2; i++) {
			more.assets[i] = (struct boundary_asset){
				i + 1, "new", "firewall", BOUNDARY_NONE, false, true};
			more.places[i] = (struct boundary_place){i, 900, BOUNDARY_NONE};
		}
		for (uint32_t i = 0; i < FLOWS; i++) {
			more.flows[i] = r.flows[i];
			more.flows[i].from += 2;
			more.flows[i].to += r.flows[i].to == BOUNDARY_NONE ? 0 : 2;
		}
		more.flows[FLOWS] = r.flows[0];
		more.flows[FLOWS].from = 0;
		more.flows[FLOWS].to = 1;
		before = canonical(&r.graph, &rule);
		after = canonical(&more.graph, &rule);
		same(&before, &after);
		str_done(&before);
		str_done(&after);
		random_done(&r);
		random_done(&more);
	}
}

static bool has(const struct boundary_set *set, uint32_t asset)
{
	for (uint32_t i = 0; i < set->n_members; i++)
		if (set->members[i].asset == asset)
			return true;
	return false;
}

static void within(const struct boundary_graph *graph, const struct boundary_rule *less,
	const struct boundary_rule *more)
{
	struct boundary_set small = made_derive(graph, less), large = made_derive(graph, more);

	for (uint32_t i = 0; i < small.n_members; i++)
		if (!has(&large, small.members[i].asset))
			fail_msg("asset %u is lost", small.members[i].asset);
	boundary_set_done(&small);
	boundary_set_done(&large);
}

static void more_is_never_less(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= GRAPHS; seed++) {
		struct random_graph r;
		struct boundary_rule rule, more;

		random_begin(&r, seed, ASSETS, FLOWS, 5);
		more = rule = rule_of(&r);
		rule.window_days++;
		more.window_days = rule.window_days + (int)random_below(&r, 100);
		within(&r.graph, &rule, &more);
		more = rule;
		more.stop_device = more.stop_one_way = false;
		within(&r.graph, &rule, &more);
		more = rule;
		more.control = more.business = true;
		within(&r.graph, &rule, &more);
		more = rule;
		more.seed |= 7;
		within(&r.graph, &rule, &more);
		random_done(&r);
	}
}

static void every_member_has_its_reason(void **state)
{
	uint32_t members = 0, devices = 0, notes = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= GRAPHS; seed++) {
		struct random_graph r;
		struct boundary_rule rule;
		struct boundary_set set;

		random_begin(&r, seed, ASSETS, FLOWS, 5);
		rule = rule_of(&r);
		set = made_derive(&r.graph, &rule);
		for (uint32_t i = 0; i < set.n_members; i++) {
			const struct boundary_member *m = &set.members[i], *via;

			members++;
			devices += m->why == WHY_DEVICE;
			if (m->why == WHY_SYSTEM) {
				assert_int_equal(
					set.roots[m->root].system, r.assets[m->asset].system);
				continue;
			}
			via = &set.members[m->via];
			assert_true(m->via < i && via->depth + 1 == m->depth &&
				    via->origin == m->origin);
			assert_true(!rule.stop_device || m->why == WHY_PROTECTS ||
				    !r.assets[via->asset].device);
			if (m->why != WHY_FLOW)
				continue;
			assert_true(r.flows[m->flow].from == m->asset ||
				    r.flows[m->flow].to == m->asset);
			assert_true(r.flows[m->flow].from == via->asset ||
				    r.flows[m->flow].to == via->asset);
			assert_true(r.flows[m->flow].kind != BOUNDARY_SERVICE && m->observed);
		}
		notes += set.n_notes;
		for (uint32_t i = 0; i < set.n_notes; i++)
			assert_true(boundary_note_name(set.notes[i].kind)[0]);
		boundary_set_done(&set);
		random_done(&r);
	}
	assert_true(members > 1000 && devices > 10 && notes > 1000);
}

/* Without zones, as plainly as can be: who exchanges something that counts with one inside. */
static void like_a_plain_walk(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= GRAPHS; seed++) {
		struct random_graph r;
		struct boundary_set set;
		struct boundary_rule rule = boundary_rule_default;
		bool in[ASSETS] = {0}, more = true;

		random_begin(&r, seed, ASSETS, FLOWS, 5);
		r.graph.n_conduits = 0;
		rule.seed = 0;
		for (uint32_t i = 0; i < ASSETS; i++) {
			in[i] = r.assets[i].system == 0;
			r.assets[i].guard = false;
		}
		while (more) {
			more = false;
			for (uint32_t i = 0; i < FLOWS; i++) {
				const struct boundary_flow *f = &r.flows[i];

				if (f->to == BOUNDARY_NONE || f->kind == BOUNDARY_SERVICE ||
					f->seen_us < NOW - 90 * DAY || in[f->from] == in[f->to])
					continue;
				if (r.assets[in[f->from] ? f->from : f->to].device ||
					(in[f->from] && f->direction == BOUNDARY_ONE_WAY))
					continue;
				in[f->from] = in[f->to] = more = true;
			}
		}
		set = made_derive(&r.graph, &rule);
		for (uint32_t i = 0; i < ASSETS; i++)
			assert_int_equal(in[i], has(&set, i));
		boundary_set_done(&set);
		random_done(&r);
	}
}

static void a_national_network(void **state)
{
	struct random_graph r;
	struct boundary_walk *walk = NULL;
	struct boundary_set set;
	struct timespec a, b;
	struct error err = {0};

	(void)state;
	random_begin(&r, 1, 100000, 1000000, 1000);
	clock_gettime(CLOCK_MONOTONIC, &a);
	assert_int_equal(boundary_walk_new(&r.graph, &walk, &err), 0);
	assert_int_equal(boundary_derive(walk, 0, &boundary_rule_default, &set, &err), 0);
	clock_gettime(CLOCK_MONOTONIC, &b);
	print_message("100,000 assets, 1,000,000 flows: %.2f s, %u members, %u notes\n",
		(double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec),
		set.n_members, set.n_notes);
	assert_true(set.n_members > 50000);
	boundary_set_done(&set);
	boundary_walk_free(walk);
	r.graph.n_flows = BOUNDARY_FLOWS_MAX + 1;
	assert_int_equal(boundary_walk_new(&r.graph, &walk, &err), ERROR_INPUT);
	random_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_makes_no_difference),
		cmocka_unit_test(unrelated_records_change_nothing),
		cmocka_unit_test(more_is_never_less),
		cmocka_unit_test(every_member_has_its_reason),
		cmocka_unit_test(like_a_plain_walk),
		cmocka_unit_test(a_national_network),
	};

	return RUN(tests);
}
