/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boundaries by example: where a walk begins, what it follows and where it ends, what protects,
 * how a member came in, what is said to be unknown, and what an official makes of it.
 */
#include "tests/unit/inventory/boundary/graph.h"

#include <stdio.h>

#define RULE boundary_rule_default

static void is(const struct boundary_graph *graph, const char *members)
{
	struct boundary_set set = made_derive(graph, &RULE);

	assert_string_equal(made_members(&set), members);
	boundary_set_done(&set);
}

static void path_is(
	const struct boundary_set *set, uint32_t asset, const char *rule, const char *expected)
{
	struct str path = STR_INIT(4096);

	boundary_path_words(
		set, (uint32_t)(made_member(set, asset) - set->members), rule, &path);
	assert_string_equal(path.data, expected);
	str_done(&path);
}

static void path_ends(const struct boundary_set *set, uint32_t asset, const char *begin,
	const char *middle, const char *end)
{
	struct str path = STR_INIT(4096);

	boundary_path_words(
		set, (uint32_t)(made_member(set, asset) - set->members), NULL, &path);
	if (path.failed || strncmp(path.data, begin, strlen(begin)) != 0 ||
		!strstr(path.data, middle) || path.len < strlen(end) ||
		strcmp(path.data + path.len - strlen(end), end) != 0)
		fail_msg("%s", path.data);
	str_done(&path);
}

static void note_is(
	const struct boundary_set *set, enum boundary_note_kind kind, const char *expected)
{
	const struct boundary_note *note = made_note(set, kind);
	struct str words = STR_INIT(4096);

	assert_non_null(note);
	boundary_note_words(set, note, &words);
	assert_string_equal(words.data, expected);
	str_done(&words);
}

static void from_business_to_peers(void **state)
{
	struct made m;
	struct boundary_set set;
	uint32_t front, station, panel, other;

	(void)state;
	made_begin(&m, 2);
	front = made_asset(&m, 0);
	station = made_asset(&m, BOUNDARY_NONE);
	panel = made_asset(&m, 1);
	other = made_asset(&m, 1);
	made_flow(&m, front, station);
	made_flow(&m, panel, station)->protocol = "modbus";
	set = made_derive(&m.graph, &RULE);
	assert_string_equal(made_members(&set), "10 11 12"); /* both directions, not `other` */
	path_is(&set, front, "prefix 198.18.30.0/24",
		"key business supply -> system a -> prefix 198.18.30.0/24 -> n10");
	path_is(&set, panel, NULL,
		"key business supply -> system a -> n10 -> iec104 tcp/2404 -> n11 -> "
		"modbus tcp/2404 -> n12");
	assert_int_equal(made_member(&set, panel)->depth, 2);
	assert_true(made_member(&set, panel)->observed);
	assert_int_equal(set.n_notes, 0);
	(void)other;
	boundary_set_done(&set);
}

static void needs_parts_and_platforms(void **state)
{
	struct made m;
	struct boundary_set set;
	uint32_t own, part, needed, platform, behind;

	(void)state;
	made_begin(&m, 6);
	own = made_asset(&m, 0);
	part = made_asset(&m, 1);
	needed = made_asset(&m, 2);
	made_asset(&m, 3); /* needed, but not so strongly */
	platform = made_asset(&m, 4);
	behind = made_asset(&m, BOUNDARY_NONE);
	m.systems[1].parent = 0;
	m.systems[0].carried_by = 4;
	m.needs[m.graph.n_needs++] = (struct boundary_need){0, 3, IMPORTANT};
	m.needs[m.graph.n_needs++] = (struct boundary_need){1, 2, ESSENTIAL};
	m.needs[m.graph.n_needs++] = (struct boundary_need){2, 0, ESSENTIAL}; /* a circle */
	m.needs[m.graph.n_needs++] = (struct boundary_need){2, 5, ESSENTIAL};
	m.systems[5].external = true;
	made_flow(&m, platform, behind);
	set = made_derive(&m.graph, &RULE);
	/* A platform carries others too: what it talks with is not the system's. */
	assert_string_equal(made_members(&set), "10 11 12 14");
	path_is(&set, needed, NULL,
		"key business supply -> system a -> part of it: system b -> "
		"needs system c -> n12");
	path_is(&set, platform, NULL,
		"key business supply -> system a -> carried by system e -> n14");
	note_is(&set, NOTE_NO_ASSETS, "system f has no assets: it is somebody else's");
	note_is(&set, NOTE_UNOBSERVED,
		"no flow was seen of 1 assets of system a; what they talk with is not known");
	(void)own;
	(void)part;
	boundary_set_done(&set);
}

static void a_boundary_device_is_in_and_what_lies_behind_is_not(void **state)
{
	struct made m;
	struct boundary_set set;
	uint32_t inside, wall, outside, beyond;

	(void)state;
	made_begin(&m, 1);
	inside = made_asset(&m, 0);
	wall = made_asset(&m, BOUNDARY_NONE);
	outside = made_asset(&m, BOUNDARY_NONE);
	beyond = made_asset(&m, BOUNDARY_NONE);
	made_place(&m, inside, 0, 0);
	made_place(&m, outside, 1, 1);
	made_conduit(&m, 0, 1, wall)->id = "door";
	made_flow(&m, outside, inside);
	made_flow(&m, outside, beyond);
	made_flow(&m, wall, beyond)->protocol = "ssh";
	set = made_derive(&m.graph, &RULE);
	assert_string_equal(made_members(&set), "10 11");
	assert_int_equal(made_member(&set, wall)->why, WHY_DEVICE);
	path_is(&set, wall, NULL,
		"key business supply -> system a -> n10 -> iec104 tcp/2404 -> "
		"stops at conduit door -> n11");
	note_is(&set, NOTE_DEVICE,
		"n10 iec104 tcp/2404 with n12: conduit door, boundary device n11");
	boundary_set_done(&set);
	/* Without the stop it goes on. */
	{
		struct boundary_rule rule = RULE;

		rule.stop_device = false;
		set = made_derive(&m.graph, &rule);
		assert_string_equal(made_members(&set), "10 11 12 13");
		assert_int_equal(made_member(&set, wall)->why, WHY_FLOW);
		boundary_set_done(&set);
	}
	/* A device that a flow ends at is reached and not passed. */
	m.graph.n_flows = 0;
	made_flow(&m, inside, wall);
	made_flow(&m, outside, wall)->protocol = "modbus";
	set = made_derive(&m.graph, &RULE);
	assert_string_equal(made_members(&set), "10 11");
	assert_int_equal(made_member(&set, wall)->why, WHY_FLOW);
	boundary_set_done(&set);
	/* One that is the system's own is not passed either. */
	m.assets[1].system = 0;
	is(&m.graph, "10 11");
}

static void a_device_that_was_not_met_stops_too(void **state)
{
	struct made m;
	struct boundary_set set;
	uint32_t inside, outside;

	(void)state;
	made_begin(&m, 1);
	inside = made_asset(&m, 0);
	outside = made_asset(&m, BOUNDARY_NONE);
	made_place(&m, inside, 0, 0);
	made_place(&m, outside, 1, 1);
	made_conduit(&m, 0, 1, BOUNDARY_NONE)->device = "fw-1";
	made_flow(&m, inside, outside);
	set = made_derive(&m.graph, &RULE);
	assert_string_equal(made_members(&set), "10");
	note_is(&set, NOTE_NOT_MET, "conduit a: boundary device fw-1 is none of the assets");
	assert_non_null(made_note(&set, NOTE_DEVICE));
	boundary_set_done(&set);
	/* Nothing stops it where no device is stated; that is told. */
	m.conduits[0].device = "";
	set = made_derive(&m.graph, &RULE);
	assert_string_equal(made_members(&set), "10 11");
	note_is(&set, NOTE_CROSSING,
		"n10 iec104 tcp/2404 with n11: followed; conduit a has no boundary device");
	boundary_set_done(&set);
	m.graph.n_conduits = 0;
	set = made_derive(&m.graph, &RULE);
	note_is(&set, NOTE_CROSSING,
		"n10 iec104 tcp/2404 with n11: followed; it leaves its zone "
		"and no conduit is registered");
	boundary_set_done(&set);
}

/* Of several conduits the flow takes the one for its protocol, else one that stops nothing. */
static void several_conduits(void **state)
{
	struct made m;
	uint32_t inside, outside, one, two;

	(void)state;
	made_begin(&m, 1);
	inside = made_asset(&m, 0);
	outside = made_asset(&m, BOUNDARY_NONE);
	one = made_asset(&m, BOUNDARY_NONE);
	two = made_asset(&m, BOUNDARY_NONE);
	made_place(&m, inside, 0, 0);
	made_place(&m, outside, 1, 1);
	made_conduit(&m, 0, 1, one);
	made_conduit(&m, 0, 1, two);
	made_flow(&m, inside, outside);
	is(&m.graph, "10 12 13");
	m.conduits[0].device = "";
	m.conduits[0].asset = BOUNDARY_NONE;
	is(&m.graph, "10 11 13");
	m.conduits[1].protocols = " https iec104 ";
	is(&m.graph, "10 13");
	m.conduits[1].protocols = " iec104s ";
	is(&m.graph, "10 11 13");
}

static void zones_within_zones(void **state)
{
	struct made m;
	uint32_t inside, outside, wall;

	(void)state;
	made_begin(&m, 1);
	inside = made_asset(&m, 0);
	outside = made_asset(&m, BOUNDARY_NONE);
	wall = made_asset(&m, BOUNDARY_NONE);
	made_place(&m, inside, 0, 2);
	made_place(&m, outside, 1, 3);
	m.zones[2].parent = 0;
	made_flow(&m, inside, outside);
	made_conduit(&m, 0, 3, wall); /* of the zone above */
	is(&m.graph, "10 12");
	m.conduits[0] = (struct boundary_conduit){"x", "n12", " ", 0, 1, wall, false};
	is(&m.graph, "10 11 12"); /* leads elsewhere; but protects the zone */
	m.zones[3].parent = 2;    /* within its zone: no crossing */
	{
		struct boundary_set set = made_derive(&m.graph, &RULE);

		assert_null(made_note(&set, NOTE_CROSSING));
		boundary_set_done(&set);
	}
}

static void one_way(void **state)
{
	struct made m;
	struct boundary_set set;
	struct boundary_flow *flow;
	struct boundary_rule rule = RULE;
	uint32_t a, b, wall;

	(void)state;
	made_begin(&m, 1);
	a = made_asset(&m, 0);
	b = made_asset(&m, BOUNDARY_NONE);
	wall = made_asset(&m, BOUNDARY_NONE);
	flow = made_flow(&m, a, b);
	flow->direction = BOUNDARY_ONE_WAY;
	set = made_derive(&m.graph, &RULE);
	assert_string_equal(made_members(&set), "10");
	note_is(&set, NOTE_ONE_WAY, "n10 iec104 tcp/2404 one way with n11: it only receives");
	boundary_set_done(&set);
	flow->from = b; /* who only receives needs the sender */
	flow->to = a;
	is(&m.graph, "10 11");
	flow->from = a;
	flow->to = b;
	rule.stop_one_way = false;
	set = made_derive(&m.graph, &rule);
	assert_string_equal(made_members(&set), "10 11");
	boundary_set_done(&set);
	/* A device that lets nothing back makes every flow through it one-way. */
	flow->direction = BOUNDARY_BOTH;
	m.graph.n_zones = 2;
	flow->from_zone = 0;
	flow->to_zone = 1;
	made_conduit(&m, 0, 1, wall)->one_way = true;
	rule = RULE;
	rule.stop_device = false;
	set = made_derive(&m.graph, &rule);
	assert_string_equal(made_members(&set), "10");
	boundary_set_done(&set);
	m.graph.n_conduits = 0;
	flow->direction = BOUNDARY_UNKNOWN; /* the maximum takes it in, and says so */
	flow->from_zone = flow->to_zone = BOUNDARY_NONE;
	set = made_derive(&m.graph, &RULE);
	assert_string_equal(made_members(&set), "10 11");
	note_is(&set, NOTE_DIRECTION,
		"n10 iec104 tcp/2404 of unknown direction with n11: "
		"followed; which way it goes is not known");
	boundary_set_done(&set);
}

static void what_is_not_followed_is_told(void **state)
{
	struct made m;
	struct boundary_set set;
	struct boundary_rule rule = RULE;
	struct boundary_flow *old;
	uint32_t a, b, c, d;

	(void)state;
	made_begin(&m, 1);
	a = made_asset(&m, 0);
	b = made_asset(&m, BOUNDARY_NONE);
	c = made_asset(&m, BOUNDARY_NONE);
	d = made_asset(&m, BOUNDARY_NONE);
	old = made_flow(&m, a, b);
	old->seen_us = NOW - 90 * DAY - 1;
	made_flow(&m, c, a)->kind = BOUNDARY_SERVICE;
	for (int i = 0; i < 3; i++) {
		struct boundary_flow *flow = made_flow(&m, BOUNDARY_NONE, a);

		flow->protocol = "https";
		flow->port = 443;
		flow->kind = BOUNDARY_BUSINESS;
		flow->peer = i == 0 ? "203.0.113.9" : "203.0.113.1";
	}
	set = made_derive(&m.graph, &RULE);
	assert_string_equal(made_members(&set), "10");
	note_is(&set, NOTE_WINDOW, "n10 iec104 tcp/2404 with n11: not seen for 90 days");
	note_is(&set, NOTE_SERVICE, "n10 iec104 tcp/2404 with n12: a service of the network");
	note_is(&set, NOTE_UNREGISTERED,
		"n10 https tcp/443 with 203.0.113.1 and 1 more: "
		"no asset is known there that is not retired");
	assert_true(made_member(&set, a)->observed);
	boundary_set_done(&set);
	old->seen_us = NOW - 90 * DAY;
	is(&m.graph, "10 11");
	old->seen_us = 0;
	rule.window_days = 0; /* of any time */
	set = made_derive(&m.graph, &rule);
	assert_string_equal(made_members(&set), "10 11");
	boundary_set_done(&set);
	rule = RULE;
	rule.business = false;
	old->kind = BOUNDARY_BUSINESS;
	made_flow(&m, a, d);
	set = made_derive(&m.graph, &rule);
	assert_string_equal(made_members(&set), "10 13");
	note_is(&set, NOTE_KIND,
		"n10 https tcp/443 with 203.0.113.1 and 1 more: "
		"business flows are not followed");
	boundary_set_done(&set);
}

static void what_protects(void **state)
{
	struct made m;
	struct boundary_set set;
	uint32_t a, b, wall, beside, linked, far, door, outside;

	(void)state;
	made_begin(&m, 1);
	a = made_asset(&m, 0);
	b = made_asset(&m, BOUNDARY_NONE);
	wall = made_asset(&m, BOUNDARY_NONE);
	beside = made_asset(&m, BOUNDARY_NONE);
	linked = made_asset(&m, BOUNDARY_NONE);
	far = made_asset(&m, BOUNDARY_NONE);
	made_place(&m, a, 0, 0);
	made_place(&m, b, 3, 1);
	made_place(&m, beside, 0, 1);
	made_place(&m, far, 2, 1);
	m.assets[beside].guard = m.assets[linked].guard = m.assets[far].guard = true;
	made_conduit(&m, 0, 1, wall);
	m.near[m.graph.n_near++] = (struct boundary_near){linked, a};
	m.near[m.graph.n_near++] = (struct boundary_near){far, b};
	/* A device stands on both sides: what is linked to it may be on the other one. */
	door = made_asset(&m, BOUNDARY_NONE);
	outside = made_asset(&m, BOUNDARY_NONE);
	m.assets[door].device = m.assets[door].guard = m.assets[outside].guard = true;
	made_flow(&m, a, door);
	m.near[m.graph.n_near++] = (struct boundary_near){outside, door};
	set = made_derive(&m.graph, &RULE);
	assert_string_equal(made_members(&set), "10 12 13 14 16");
	assert_int_equal(made_member(&set, door)->why, WHY_FLOW);
	path_is(&set, wall, NULL,
		"key business supply -> system a -> n10 -> protected at conduit a by n12");
	path_is(&set, beside, NULL,
		"key business supply -> system a -> n10 -> protected by n13");
	assert_int_equal(made_member(&set, linked)->why, WHY_PROTECTS);
	assert_false(made_member(&set, linked)->observed);
	boundary_set_done(&set);
}

static bool same_text(struct made *m, struct str *before)
{
	struct boundary_set set = made_derive(&m->graph, &RULE);
	struct str text = STR_INIT(65536);
	bool same;

	boundary_canonical(&set, &text);
	boundary_set_done(&set);
	assert_false(text.failed);
	same = before->data && strcmp(before->data, text.data) == 0;
	str_done(before);
	*before = text;
	return same;
}

static void what_makes_a_difference(void **state)
{
	struct made m;
	struct str text = STR_INIT(65536);
	uint32_t a, b, wall;

	(void)state;
	made_begin(&m, 1);
	a = made_asset(&m, 0);
	b = made_asset(&m, BOUNDARY_NONE);
	wall = made_asset(&m, BOUNDARY_NONE);
	made_place(&m, a, 0, 0);
	made_place(&m, b, 1, 1);
	made_conduit(&m, 0, 1, wall);
	for (uint32_t i = 0; i < 2; i++) {
		made_flow(&m, b, a)->seen_us -= i * DAY;
		made_flow(&m, a, BOUNDARY_NONE)->peer = i ? "203.0.113.1" : "203.0.113.2";
	}
	m.flows[3].direction = BOUNDARY_UNKNOWN;
	m.flows[3].seen_us -= DAY;
	assert_false(same_text(&m, &text));
	assert_true(same_text(&m, &text));
	/* Not which of the flows that a note tells of is the newest, nor how many there are. */
	m.flows[3].seen_us += 2 * DAY;
	assert_true(same_text(&m, &text));
	made_flow(&m, a, BOUNDARY_NONE)->peer = "203.0.113.3";
	assert_true(same_text(&m, &text));
	/* Not what an asset is called or found to be. */
	m.assets[a].name = "scada1";
	m.assets[wall].role = "firewall";
	assert_true(same_text(&m, &text));
	/* But the device that the register states. */
	m.conduits[0].device = "fw-1";
	assert_false(same_text(&m, &text));
	m.conduits[0].asset = BOUNDARY_NONE;
	assert_false(same_text(&m, &text));
	m.conduits[0].device = "fw-2";
	assert_false(same_text(&m, &text));
	str_done(&text);
}

static void four_nodes_of_one_service(void **state)
{
	struct made m;

	(void)state;
	made_begin(&m, 1);
	for (int i = 0; i < 4; i++) /* anycast: one system, four assets */
		made_asset(&m, 0);
	is(&m.graph, "10 11 12 13");
}

static void nothing_at_all(void **state)
{
	struct made m;
	struct boundary_set set;

	(void)state;
	made_begin(&m, 1);
	m.supports[0].strength = IMPORTANT;
	set = made_derive(&m.graph, &RULE);
	assert_int_equal(set.n_members, 0);
	note_is(&set, NOTE_NO_ASSETS, "system a has no assets");
	note_is(&set, NOTE_NO_BUSINESS,
		"no key business is stated to need system a as strongly as the rule asks");
	boundary_set_done(&set);
}

static void long_ways_are_shortened(void **state)
{
	struct made m;
	struct boundary_set set;
	struct str path = STR_INIT(4096);

	(void)state;
	made_begin(&m, 1);
	made_asset(&m, 0);
	for (uint32_t i = 1; i < 40; i++)
		made_flow(&m, i - 1, made_asset(&m, BOUNDARY_NONE));
	set = made_derive(&m.graph, &RULE);
	assert_int_equal(set.n_members, 40);
	boundary_path_words(&set, 39, NULL, &path);
	assert_non_null(
		strstr(path.data, "system a -> n10 -> 15 more -> iec104 tcp/2404 -> n26"));
	assert_non_null(strstr(path.data, " -> n49"));
	str_done(&path);
	boundary_set_done(&set);
}

/* Systems within systems, as deep as a register may say. */
static void long_ways_from_system_to_system(void **state)
{
	enum { SYSTEMS = 1500 };
	static struct boundary_system systems[SYSTEMS];
	static char ids[SYSTEMS][8];
	struct made m;
	struct boundary_set set;
	uint32_t last;

	(void)state;
	made_begin(&m, 1);
	m.graph.systems = systems;
	m.graph.n_systems = SYSTEMS;
	for (uint32_t i = 0; i < SYSTEMS; i++) {
		snprintf(ids[i], sizeof(ids[i]), "s%04u", i);
		systems[i] = (struct boundary_system){
			ids[i], ids[i], i ? i - 1 : BOUNDARY_NONE, BOUNDARY_NONE, false};
	}
	last = made_asset(&m, SYSTEMS - 1);
	made_asset(&m, BOUNDARY_PATH_STEPS);
	set = made_derive(&m.graph, &RULE);
	assert_int_equal(set.n_roots, SYSTEMS);
	path_ends(&set, last, "key business supply -> system s0000 -> 1475 more -> ",
		"more -> part of it: system s1476 -> part of it: system s1477 -> ",
		" -> part of it: system s1499 -> n10");
	path_ends(&set, 1,
		"key business supply -> system s0000 -> part of it: system s0001 -> ", "",
		" -> part of it: system s0024 -> n11");
	boundary_set_done(&set);
}

static void rules_in_words(void **state)
{
	struct str words = STR_INIT(256);
	struct boundary_rule rule = RULE;

	(void)state;
	boundary_rule_words(&rule, &words);
	assert_string_equal(words.data,
		"essential; control business; stop at boundary-device one-way; 90 days");
	str_reset(&words);
	rule = (struct boundary_rule){.seed = 6, .business = true};
	boundary_rule_words(&rule, &words);
	assert_string_equal(
		words.data, "essential important; business; stop at nothing; any time");
	for (unsigned i = 0; i < 512; i++) {
		struct boundary_rule read = {0};

		rule = (struct boundary_rule){
			i & 7, i & 8, i & 16, i & 32, i & 64, i & 128 ? (int)i : 0, NULL};
		str_reset(&words);
		boundary_rule_words(&rule, &words);
		assert_true(boundary_rule_parse(words.data, &read));
		assert_true(read.seed == rule.seed && read.control == rule.control &&
			    read.business == rule.business &&
			    read.stop_device == rule.stop_device &&
			    read.stop_one_way == rule.stop_one_way &&
			    read.window_days == rule.window_days);
		str_addc(&words, '.');
		assert_false(boundary_rule_parse(words.data, &read));
	}
	str_done(&words);
}

/* ---- decided ------------------------------------------------------------------------ */

static void refused(const struct boundary_change *changes, uint32_t n, const char *said)
{
	static const uint64_t maximum[] = {1, 3, 5};
	uint64_t ids[16];
	uint32_t n_ids;
	struct error err = {0};

	assert_int_equal(
		boundary_decide(maximum, 3, changes, n, ids, &n_ids, &err), ERROR_INPUT);
	if (!strstr(err.text, said))
		fail_msg("\"%s\" does not say \"%s\"", err.text, said);
}

static void what_an_official_makes_of_it(void **state)
{
	static const uint64_t maximum[] = {1, 3, 5};
	const struct boundary_change changes[] = {
		{4, false, NULL, "spare"}, {3, true, "rtu-a", "sold"}};
	const struct boundary_change twice[] = {{4, false, NULL, "a"}, {4, false, NULL, "b"}};
	uint64_t ids[8];
	uint32_t n;

	(void)state;
	assert_int_equal(boundary_decide(maximum, 3, NULL, 0, ids, &n, NULL), 0);
	assert_int_equal(n, 3);
	assert_int_equal(boundary_decide(maximum, 3, changes, 2, ids, &n, NULL), 0);
	assert_int_equal(n, 3);
	assert_true(ids[0] == 1 && ids[1] == 4 && ids[2] == 5);
	assert_int_equal(boundary_decide(NULL, 0, changes, 1, ids, &n, NULL), 0);
	assert_int_equal(n, 1);
	refused(&(struct boundary_change){3, false, NULL, "x"}, 1,
		"asset 3 is in the maximum boundary");
	refused(&(struct boundary_change){2, true, "rtu-b", "x"}, 1,
		"asset 2 (rtu-b) is not in the maximum");
	refused(&(struct boundary_change){3, true, NULL, " \n"}, 1,
		"asset 3 is removed needs a reason");
	refused(twice, 2, "asset 4 is added twice");
	refused(NULL, BOUNDARY_CHANGES_MAX + 1, "more than 1000 assets");
}

static void what_two_have_in_common(void **state)
{
	static const uint64_t a[] = {1, 2, 3, 4}, b[] = {2, 3, 4, 5};
	uint64_t mixed[] = {4, 2, 5, 3};

	(void)state;
	assert_int_equal(boundary_common(a, 4, a, 4), 4);
	assert_int_equal(boundary_common(NULL, 0, NULL, 0), 0);
	assert_int_equal(boundary_common(a, 4, NULL, 0), 0);
	assert_int_equal(boundary_common(a, 4, b, 4), 3);
	assert_int_equal(boundary_common(b, 4, a, 4), 3);
	boundary_sort(mixed, 4);
	assert_memory_equal(mixed, b, sizeof(b));
	boundary_sort(NULL, 0);
	assert_true(boundary_jaccard(4, 4, 4) == 1.0);
	assert_true(boundary_jaccard(0, 0, 0) == 1.0);
	assert_true(boundary_jaccard(0, 4, 0) == 0.0);
	assert_true(boundary_jaccard(3, 4, 4) == 0.6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_business_to_peers),
		cmocka_unit_test(needs_parts_and_platforms),
		cmocka_unit_test(a_boundary_device_is_in_and_what_lies_behind_is_not),
		cmocka_unit_test(a_device_that_was_not_met_stops_too),
		cmocka_unit_test(several_conduits),
		cmocka_unit_test(zones_within_zones),
		cmocka_unit_test(one_way),
		cmocka_unit_test(what_is_not_followed_is_told),
		cmocka_unit_test(what_protects),
		cmocka_unit_test(what_makes_a_difference),
		cmocka_unit_test(four_nodes_of_one_service),
		cmocka_unit_test(nothing_at_all),
		cmocka_unit_test(long_ways_are_shortened),
		cmocka_unit_test(long_ways_from_system_to_system),
		cmocka_unit_test(rules_in_words),
		cmocka_unit_test(what_an_official_makes_of_it),
		cmocka_unit_test(what_two_have_in_common),
	};

	return RUN(tests);
}
