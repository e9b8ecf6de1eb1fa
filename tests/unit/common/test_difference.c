/* SPDX-License-Identifier: Apache-2.0 */
/* Two days of one small estate: each kind of change, equal numbers, empty sides, moved subnets.
 */
#include "common/model/difference.h"

#include "tests/unit/unit.h"

#define MOST 8

/* A day: three assets in two subnets, each with one port, linked in a row. */
struct day {
	struct estate_system systems[MOST];
	struct estate_subnet subnets[MOST];
	struct estate_asset assets[MOST];
	struct estate_address addresses[MOST];
	struct estate_service services[MOST];
	struct estate_link links[MOST];
	struct estate_dependency dependencies[MOST];
	struct estate_exit exits[MOST];
	struct estate estate;
};

static struct addr address(const char *text)
{
	struct addr addr;

	assert_int_equal(addr_parse(text, &addr, NULL), 0);
	return addr;
}

static void subnet(struct day *d, const char *prefix)
{
	assert_int_equal(cidr_parse(prefix, &d->subnets[d->estate.n_subnets].cidr, NULL), 0);
	d->subnets[d->estate.n_subnets++].name = "";
}

static struct estate_asset *asset(struct day *d, uint64_t id, const char *at, uint32_t subnet)
{
	struct estate *e = &d->estate;
	struct estate_asset *a = &d->assets[e->n_assets];

	*a = (struct estate_asset){.id = id,
		.name = "a",
		.vendor = "",
		.model = "",
		.os = "",
		.first_address = e->n_addresses,
		.n_addresses = 1,
		.first_service = e->n_services,
		.n_services = 1};
	d->addresses[e->n_addresses++] = (struct estate_address){
		.asset = e->n_assets, .subnet = subnet, .addr = address(at)};
	d->services[e->n_services++] = (struct estate_service){.asset = e->n_assets,
		.addr = address(at),
		.transport = 6,
		.port = 22,
		.protocol = "ssh",
		.product = "OpenSSH",
		.version = "9.2"};
	e->n_assets++;
	return a;
}

static void day_make(struct day *d, int64_t time)
{
	*d = (struct day){.systems = {{.id = "grid", .name = "Grid", .tier = 3},
				  {.id = "office", .name = "Office", .tier = 2}},
		.links = {{0, 1, LINK_L3, GRADE_MEASURED, 0},
			{1, 2, LINK_L2, GRADE_CLAIMED, 0}},
		.dependencies = {{0, 1, "strong"}},
		.exits = {{.id = "x", .asset = 2}}};
	d->estate = (struct estate){.realm = "r",
		.as_of_us = time,
		.n_systems = 2,
		.n_links = 2,
		.n_dependencies = 1,
		.n_exits = 1,
		.systems = d->systems,
		.subnets = d->subnets,
		.assets = d->assets,
		.addresses = d->addresses,
		.services = d->services,
		.links = d->links,
		.dependencies = d->dependencies,
		.exits = d->exits};
	subnet(d, "198.18.1.0/24");
	subnet(d, "198.18.2.0/24");
	asset(d, 10, "198.18.1.1", 0);
	asset(d, 20, "198.18.1.2", 0)->system = 1;
	asset(d, 30, "198.18.2.1", 1)->system = 1;
}

static struct estate differ(const struct day *now, const struct day *other, struct arena *arena)
{
	struct estate joined;
	struct error err = {0};

	if (estate_difference(&now->estate, &other->estate, arena, &joined, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(joined.other_us, other->estate.as_of_us);
	assert_int_equal(joined.as_of_us, now->estate.as_of_us);
	return joined;
}

static void nothing_changed(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct day now, other;
	struct estate e;

	(void)state;
	day_make(&now, 2);
	day_make(&other, 1);
	e = differ(&now, &other, arena);
	assert_int_equal(e.n_assets, 3);
	assert_int_equal(e.n_services, 3);
	assert_int_equal(e.n_links, 2);
	assert_int_equal(e.n_subnets, 2);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(e.assets[i].change, CHANGE_NONE);
		assert_int_equal(e.services[i].change, CHANGE_NONE);
		assert_int_equal(e.services[i].asset, i);
	}
	assert_int_equal(e.systems[0].change + e.systems[1].change, 0);
	assert_int_equal(e.links[0].change + e.links[1].change, 0);
}

/* What it was is told of these, and of nothing else. */
static void check_before(const struct estate *e, int which)
{
	static const uint8_t aspects[] = {ASPECT_NAME, ASPECT_ROLE, ASPECT_VENDOR, ASPECT_MODEL,
		ASPECT_OS, ASPECT_SYSTEM, 0, 0};
	const struct estate_before *b = &e->befores[0];

	assert_int_equal(e->n_befores, which < 8);
	assert_int_equal(e->assets[0].before + e->assets[2].before, 0);
	assert_int_equal(e->assets[1].before, which < 8);
	if (which >= 8)
		return;
	assert_int_equal(b->aspects, aspects[which]);
	assert_int_equal(b->n_came, which == 6);
	assert_int_equal(b->n_gone, which == 6 || which == 7);
	if (which == 6) {
		struct addr came = address("198.18.1.9"), gone = address("198.18.1.2");

		assert_true(addr_equal(&e->moved[b->first_address], &came));
		assert_true(addr_equal(&e->moved[b->first_address + 1], &gone));
	}
}

/* Each of these alone makes an asset a changed one. */
static void each_field_of_an_asset(void **state)
{
	(void)state;
	for (int which = 0; which < 11; which++) {
		_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
		struct day now, other;
		struct estate_asset *a = &now.assets[1];
		struct estate e;

		day_make(&now, 2);
		day_make(&other, 1);
		switch (which) {
		case 0:
			a->name = "b";
			break;
		case 1:
			a->role = ASSET_ROLE_ROUTER;
			break;
		case 2:
			a->vendor = "SEL";
			break;
		case 3:
			a->model = "421";
			break;
		case 4:
			a->os = "Debian";
			break;
		case 5:
			a->system = 0;
			break;
		case 6:
			now.addresses[1].addr = address("198.18.1.9");
			break;
		case 7:
			a->n_addresses = 0;
			break;
		case 8:
			now.services[1].product = "Dropbear";
			break;
		case 9:
			now.services[1].version = "9.3";
			break;
		default:
			a->n_services = 0;
		}
		e = differ(&now, &other, arena);
		assert_int_equal(e.n_assets, 3);
		assert_int_equal(e.assets[0].change, CHANGE_NONE);
		assert_int_equal(e.assets[1].change, CHANGE_CHANGED);
		assert_int_equal(e.assets[2].change, CHANGE_NONE);
		check_before(&e, which);
	}
}

static void services_come_change_and_go(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct day now, other;
	struct estate e;

	(void)state;
	day_make(&now, 2);
	day_make(&other, 1);
	now.services[0].version = "9.3";
	now.services[1].port = 80;
	other.services[1].exposed = 1;
	e = differ(&now, &other, arena);
	assert_int_equal(e.n_services, 4);
	assert_int_equal(e.services[0].change, CHANGE_CHANGED);
	assert_int_equal(e.assets[1].n_services, 2);
	assert_int_equal(e.services[1].port, 22);
	assert_int_equal(e.services[1].change, CHANGE_GONE);
	assert_int_equal(e.services[1].exposed, 0); /* no way in any more */
	assert_int_equal(e.services[2].port, 80);
	assert_int_equal(e.services[2].change, CHANGE_NEW);
	assert_int_equal(e.assets[2].first_service, 3);
}

static void new_and_gone_assets_keep_their_places(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct day now, other;
	struct estate e;

	(void)state;
	day_make(&now, 2);
	day_make(&other, 1);
	now.assets[1].id = 25; /* 20 is gone, 25 is new */
	other.assets[1].exposed = 1;
	other.assets[1].n_findings = 4;
	e = differ(&now, &other, arena);
	assert_int_equal(e.n_assets, 4);
	assert_int_equal(e.assets[1].id, 20);
	assert_int_equal(e.assets[1].change, CHANGE_GONE);
	assert_int_equal(e.assets[1].exposed, 0);
	assert_int_equal(e.assets[1].n_findings, 0);
	assert_int_equal(e.assets[1].system, 1);
	assert_int_equal(e.addresses[e.assets[1].first_address].subnet, 0);
	assert_int_equal(e.services[e.assets[1].first_service].change, CHANGE_GONE);
	assert_int_equal(e.assets[2].change, CHANGE_NEW);
	assert_int_equal(e.n_links, 4); /* both ends of both links are another asset */
	assert_int_equal(e.links[0].to, 1);
	assert_int_equal(e.links[0].change, CHANGE_GONE);
	assert_int_equal(e.links[1].to, 2);
	assert_int_equal(e.links[1].change, CHANGE_NEW);
	assert_int_equal(e.exits[0].asset, 3); /* numbered anew */
}

static void systems_and_links(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct day now, other;
	struct estate e;

	(void)state;
	day_make(&now, 2);
	day_make(&other, 1);
	now.systems[0].tier = 4;
	other.systems[1].id = "laundry";
	now.links[1].grade = GRADE_MEASURED;
	e = differ(&now, &other, arena);
	assert_int_equal(e.n_systems, 3);
	assert_int_equal(e.systems[0].change, CHANGE_CHANGED);
	assert_string_equal(e.systems[1].id, "laundry");
	assert_int_equal(e.systems[1].change, CHANGE_GONE);
	assert_int_equal(e.systems[2].change, CHANGE_NEW);
	assert_int_equal(e.assets[0].change, CHANGE_NONE); /* the tier is its system's */
	assert_int_equal(e.assets[1].system, 2);
	assert_int_equal(e.assets[1].change, CHANGE_CHANGED);
	assert_int_equal(e.links[1].change, CHANGE_CHANGED);
	assert_int_equal(e.dependencies[0].on, 2);
}

/* What is gone stands in the network that has taken in its own, or in its own. */
static void subnets_of_gone_assets(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct day now, other;
	struct estate e;

	(void)state;
	day_make(&now, 2);
	day_make(&other, 1);
	now.estate.n_assets = 2; /* 30 is gone, and so is its subnet */
	now.estate.n_subnets = 1;
	now.estate.n_links = now.estate.n_exits = 0;
	e = differ(&now, &other, arena);
	assert_int_equal(e.n_subnets, 2);
	assert_int_equal(e.addresses[e.assets[2].first_address].subnet, 1);
	assert_int_equal(cidr_parse("198.18.0.0/16", &now.subnets[0].cidr, NULL), 0);
	e = differ(&now, &other, arena);
	assert_int_equal(e.n_subnets, 1);
	assert_int_equal(e.addresses[e.assets[2].first_address].subnet, 0);
	assert_int_equal(e.n_links, 2);
	assert_int_equal(e.links[1].change, CHANGE_GONE);
}

static void empty_sides(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct day full;
	struct day none = {.estate = {.realm = "r", .as_of_us = 1}};
	struct estate e;

	(void)state;
	day_make(&full, 2);
	e = differ(&full, &none, arena);
	assert_int_equal(e.n_assets, 3);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(e.assets[i].change, CHANGE_NEW);
	e = differ(&none, &full, arena);
	assert_int_equal(e.n_assets, 3);
	assert_int_equal(e.n_systems, 2);
	assert_int_equal(e.n_subnets, 2);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(e.assets[i].change, CHANGE_GONE);
	assert_int_equal(e.n_links, 2);
	e = differ(&none, &none, arena);
	assert_int_equal(e.n_assets + e.n_systems + e.n_links + e.n_subnets, 0);
}

static void equal_numbers_are_paired_in_order(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(1 << 20);
	struct day now, other;
	struct estate e;

	(void)state;
	day_make(&now, 2);
	day_make(&other, 1);
	now.assets[0].id = now.assets[1].id = 20;
	other.estate.n_assets = 2;
	other.assets[0].id = 5;
	other.estate.n_links = 0;
	e = differ(&now, &other, arena);
	assert_int_equal(e.n_assets, 4);
	assert_int_equal(e.assets[0].change, CHANGE_GONE);
	assert_int_equal(
		e.assets[1].change, CHANGE_CHANGED); /* the first of two with the one */
	assert_int_equal(e.assets[2].change, CHANGE_NEW);
	assert_int_equal(e.assets[3].change, CHANGE_NEW);
}

static void no_memory_is_an_error(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(64);
	struct day now, other;
	struct estate e;
	struct error err = {0};

	(void)state;
	day_make(&now, 2);
	day_make(&other, 1);
	assert_int_equal(
		estate_difference(&now.estate, &other.estate, arena, &e, &err), ERROR_SYSTEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_changed),
		cmocka_unit_test(each_field_of_an_asset),
		cmocka_unit_test(services_come_change_and_go),
		cmocka_unit_test(new_and_gone_assets_keep_their_places),
		cmocka_unit_test(systems_and_links),
		cmocka_unit_test(subnets_of_gone_assets),
		cmocka_unit_test(empty_sides),
		cmocka_unit_test(equal_numbers_are_paired_in_order),
		cmocka_unit_test(no_memory_is_an_error),
	};

	return RUN(tests);
}
