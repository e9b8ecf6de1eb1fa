/* SPDX-License-Identifier: Apache-2.0 */
/* What the sheets say: ports once, no address twice, CII once, the time to the second. */
#include "mapper/sheet/words.h"

#include "common/clock.h"
#include "mapper/render/measure.h"
#include "tests/unit/unit.h"

#include <netinet/in.h>

static struct estate_service services[] = {
	{.transport = IPPROTO_TCP, .port = 443, .exposed = 1, .product = "", .version = ""},
	{.transport = IPPROTO_TCP, .port = 80, .exposed = 1, .product = "nginx",
		.version = "1.22"},
	{.transport = IPPROTO_TCP, .port = 80, .exposed = 1, .product = "", .version = ""},
	{.transport = IPPROTO_TCP, .port = 443, .exposed = 1, .product = "", .version = ""},
	{.transport = IPPROTO_UDP, .port = 53, .exposed = 1, .product = "", .version = ""},
	{.transport = IPPROTO_TCP, .port = 53, .exposed = 1, .product = "", .version = ""},
	{.transport = IPPROTO_TCP, .port = 22, .product = "", .version = ""},
};

static struct estate_system systems[9];

struct room {
	struct estate estate;
	struct model model;
	struct estate_asset asset;
	struct estate_address addresses[2];
	uint32_t network_of_subnet[2];
};

static struct arena *arena;

static void furnish(struct room *room)
{
	*room = (struct room){.network_of_subnet = {0, 1},
		.asset = {.name = "198.18.0.1", .vendor = "", .model = "", .os = "",
			.n_addresses = 2, .n_services = 7, .exposed = 1},
		.addresses = {{.subnet = 0, .addr = addr_v4(0xc6120001)},
			{.subnet = 1, .addr = addr_v4(0xc6120101)}}};
	room->estate = (struct estate){.arena = arena, .assets = &room->asset,
		.addresses = room->addresses, .services = services, .systems = systems,
		.n_assets = 1, .n_addresses = 2, .n_services = 7, .n_subnets = 2};
	room->model = (struct model){.estate = &room->estate,
		.arena = arena,
		.domain = "",
		.network_of_subnet = room->network_of_subnet};
}

static void test_ports(void **state)
{
	struct room room;

	(void)state;
	furnish(&room);
	assert_string_equal(
		words_ports(&room.model, 0, true, 9), "exposed: 53, 53/udp, 80, 443");
	assert_string_equal(
		words_ports(&room.model, 0, false, 9), "open: 22, 53, 53/udp, 80, 443");
	assert_string_equal(words_ports(&room.model, 0, true, 2), "exposed: 53, 53/udp +2");
	room.asset.n_services = 0;
	assert_string_equal(words_ports(&room.model, 0, true, 9), "");
}

static void test_addresses(void **state)
{
	struct room room;
	const struct addr none = {0};

	(void)state;
	furnish(&room);
	assert_string_equal(words_address(&room.model, 0, &room.addresses[0].addr), "");
	assert_string_equal(
		words_address(&room.model, 0, &room.addresses[1].addr), "198.18.1.1");
	assert_string_equal(words_address(&room.model, 0, &none), "");
	room.asset.mac = (struct mac){{0x00, 0x0e, 0xcf, 0x11, 0x22, 0x33}};
	assert_string_equal(words_address(&room.model, 0, &none), "00:0e:cf:11:22:33");
	room.asset.name = "00:0e:cf:11:22:33";
	assert_string_equal(words_address(&room.model, 0, &none), "");
	furnish(&room);
	assert_string_equal(words_also(&room.model, 0, 0), "also 198.18.1.1");
	assert_string_equal(words_also(&room.model, 0, 1), ""); /* the name says it */
}

static void test_products(void **state)
{
	struct room room;

	(void)state;
	furnish(&room);
	assert_string_equal(words_product(&room.model, 0), "nginx 1.22");
	room.asset.os = "Debian 12";
	assert_string_equal(words_product(&room.model, 0), "Debian 12");
	room.asset.model = "SAGE 2400";
	assert_string_equal(words_product(&room.model, 0), "SAGE 2400");
	room.asset.vendor = "Schneider Electric";
	assert_string_equal(words_product(&room.model, 0), "Schneider Electric SAGE 2400");
}

static void test_designations(void **state)
{
	struct room room;

	(void)state;
	furnish(&room);
	for (size_t i = 0; i < 9; i++)
		systems[i] = (struct estate_system){.id = "s", .name = "Dispatch",
			.designated = i != 1, .designation_no = "CII-2026-001"};
	assert_string_equal(words_designation(&room.model, &systems[0], 8, 60), "CII-2026-001");
	systems[0].designation_no = "LH-1";
	assert_string_equal(words_designation(&room.model, &systems[0], 8, 60), "CII LH-1");
	systems[0].designation_no = "";
	assert_string_equal(words_designation(&room.model, &systems[0], 8, 60), "CII");
	assert_string_equal(words_designated(&room.model, 6), "");
	room.estate.n_systems = 3;
	assert_string_equal(
		words_designated(&room.model, 6), "Dispatch; Dispatch (CII-2026-001)");
	room.estate.n_systems = 9;
	assert_non_null(strstr(words_designated(&room.model, 6), "; and 2 more"));
	assert_string_equal(words_designated(&room.model, 1), "Dispatch; and 7 more");
}

static void test_time(void **state)
{
	(void)state;
	assert_string_equal(words_time(arena, 1764086400 * CLOCK_SECOND + 80329),
		"2025-11-25 16:00:00 UTC");
	assert_string_equal(words_time(arena, -1), "1969-12-31 23:59:59 UTC");
}

/* A private-use character is in no font that is installed with a meaning. */
static void test_two_languages(void **state)
{
	(void)state;
	assert_true(measure_can_show("CII"));
	assert_false(measure_can_show("\xf4\x80\x80\x80"));
	assert_string_equal(words_both(arena, "Legend", "\xf4\x80\x80\x80"), "Legend");
	assert_string_equal(words_both(arena, "Legend", "Legende"), "Legend Legende");
	assert_string_equal(words_both(arena, "Legend", NULL), "Legend");
}

static int open_arena(void **state)
{
	(void)state;
	arena = arena_new(1 << 20);
	return arena ? 0 : -1;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(arena);
	measure_done();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_products),
		cmocka_unit_test(test_designations),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_two_languages),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
