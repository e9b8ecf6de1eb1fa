/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Redaction: every text of every record that is not on the list of what a level keeps is gone,
 * names are the same from map to map, order and numbers tell nothing, and what is counted
 * stays.
 */
#include "mapper/redact.h"

#include "common/cleanup.h"
#include "mapper/mapper.h"
#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/mapper/sample_register.h"
#include "tests/unit/mapper/text_fields.h"
#include "tests/unit/unit.h"

#include <stdio.h>

static const struct siphash_key key = {11, 22};

/* The only texts that stay, each up to a level. A new field is hidden until it stands here. */
static const struct {
	const char *record, *field;
	enum estate_redaction most;
} kept[] = {
	{"systems", "name", REDACTION_INTERNAL},
	{"systems", "organisation", REDACTION_INTERNAL},
	{"systems", "business", REDACTION_INTERNAL},
	{"systems", "manages", REDACTION_INTERNAL},
	{"systems", "operates", REDACTION_INTERNAL},
	{"systems", "designation_no", REDACTION_INTERNAL},
	{"systems", "designation_pack", REDACTION_INTERNAL},
	{"systems", "sector", REDACTION_PARTNER},
	{"organisations", "name", REDACTION_INTERNAL},
	{"organisations", "sector", REDACTION_PARTNER},
	{"businesses", "name", REDACTION_INTERNAL},
	{"businesses", "organisation", REDACTION_INTERNAL},
	{"businesses", "sector", REDACTION_PARTNER},
	{"supports", "strength", REDACTION_PARTNER},
	{"dependencies", "strength", REDACTION_PARTNER},
	{"supplies", "service", REDACTION_INTERNAL},
	{"exits", "name", REDACTION_INTERNAL},
	{"exits", "carrier", REDACTION_INTERNAL},
	{"zones", "name", REDACTION_INTERNAL},
	{"zones", "protects", REDACTION_PARTNER},
	{"conduits", "name", REDACTION_INTERNAL},
	{"conduits", "protocols", REDACTION_INTERNAL},
	{"subnets", "name", REDACTION_INTERNAL},
	{"subnets", "zone", REDACTION_INTERNAL},
	{"services", "protocol", REDACTION_PARTNER},
	{"services", "kind", REDACTION_PARTNER},
	{"assets", "responsible", REDACTION_INTERNAL},
};

static bool stays(const char *record, const char *field, enum estate_redaction level)
{
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		if (strcmp(kept[i].record, record) == 0 && strcmp(kept[i].field, field) == 0)
			return level <= kept[i].most;
	return false;
}

static struct estate *sample(struct arena *arena)
{
	struct estate *e = sample_estate(arena, SAMPLE_LAB);

	sample_register(e);
	return e;
}

static struct estate *redacted(
	struct arena *arena, const struct estate *e, enum estate_redaction level)
{
	struct error err = {0};
	struct estate *to = NULL;

	if (redact_estate(e, level, &key, arena, &to, &err) < 0)
		fail_msg("%s", err.text);
	return to;
}

/* The field that a marker was given to. */
static const struct text_field *origin(const char *text)
{
	const char *at = strstr(text, "qz");
	size_t f;

	return at && sscanf(at, "qz%zux", &f) == 1 && f < n_text_fields ? &text_fields[f]
									: NULL;
}

static void test_nothing_else_stays(void **state)
{
	(void)state;
	for (int level = REDACTION_INTERNAL; level < REDACTION_N; level++) {
		_cleanup_(arena_freep) struct arena *arena = arena_new(SAMPLE_ARENA_MAX);
		struct estate *e = sample(arena), *to;
		size_t n_kept = 0, filled = 0;

		text_fields_mark(e);
		to = redacted(arena, e, (enum estate_redaction)level);
		for (size_t f = 0; f < n_text_fields; f++)
			for (uint32_t i = 0; i < text_field_records(&text_fields[f], to); i++) {
				const char *text = *text_field_of(&text_fields[f], to, i);
				const struct text_field *from;

				if (!text)
					fail_msg("%s.%s is not written", text_fields[f].record,
						text_fields[f].field);
				from = origin(text);
				filled += text[0] != '\0';
				n_kept += from != NULL;
				if (from && !stays(from->record, from->field,
						    (enum estate_redaction)level))
					fail_msg("%s.%s tells %s.%s at level %d: %s",
						text_fields[f].record, text_fields[f].field,
						from->record, from->field, level, text);
			}
		assert_true(filled > 100);
		assert_true((n_kept > 0) == (level < REDACTION_PUBLIC));
		if (level < REDACTION_PUBLIC)
			assert_string_equal(to->realm, "qzrealmz");
		else
			assert_memory_equal(to->realm, "realm ", 6);
		assert_int_equal(to->redaction, level);
		assert_int_equal(to->run_id, 0);
		assert_ptr_equal(to->arena, arena);
	}
}

/* Systems of one name have two pseudonyms: an exit's are those of the ones that it serves. */
static void test_systems_of_one_name(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(SAMPLE_ARENA_MAX);
	struct estate *e = sample(arena), *to;

	(void)state;
	e->systems[1].name = e->systems[2].name = e->systems[0].name;
	e->exits[0].system_ids = arena_printf(
		arena, "%s; not-there; %s", e->systems[2].id, e->systems[1].id);
	to = redacted(arena, e, REDACTION_PARTNER);
	assert_string_not_equal(to->systems[1].name, to->systems[2].name);
	assert_memory_equal(
		to->exits[0].systems, to->systems[2].name, strlen(to->systems[2].name));
	assert_non_null(strstr(to->exits[0].systems, to->systems[1].name));
	assert_non_null(strstr(to->exits[0].system_ids, to->systems[1].id));
	assert_null(strstr(to->exits[0].system_ids, "not-there"));
	assert_null(strstr(to->exits[0].systems, to->systems[0].name));
	to = redacted(arena, e, REDACTION_INTERNAL);
	assert_null(strstr(to->exits[0].systems, "not-there"));
}

/* What the table of redact.h says of a level, on the lab. */
static void test_levels(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(SAMPLE_ARENA_MAX);
	struct estate *e = sample(arena);
	struct estate *inside = redacted(arena, e, REDACTION_INTERNAL);
	struct estate *partner = redacted(arena, e, REDACTION_PARTNER);
	struct estate *public = redacted(arena, e, REDACTION_PUBLIC);
	char text[ADDR_TEXT_MAX];

	(void)state;
	assert_string_equal(inside->systems[0].name, "Distribution dispatch SCADA");
	assert_string_equal(inside->systems[0].designation_no, "LH-2026-001");
	assert_string_equal(inside->systems[0].division, "440304");
	assert_string_equal(partner->systems[0].division, "440000");
	assert_string_equal(public->systems[0].division, "");
	assert_string_equal(partner->systems[0].designation_no, "");
	assert_string_equal(partner->systems[0].name, public->systems[0].name);
	assert_string_equal(partner->systems[0].id, inside->systems[0].id);
	assert_int_equal(partner->systems[0].tier, 3);
	assert_int_equal(partner->systems[0].designated, 1);
	assert_int_equal(public->systems[0].tier + public->systems[0].designated, 0);
	assert_string_equal(partner->systems[0].sector, "energy.power");
	assert_memory_equal(public->systems[0].sector, "sector ", 7);
	assert_string_equal(inside->zones[0].purdue, "2");
	assert_string_equal(public->zones[0].purdue, "");
	assert_int_equal(inside->supplies[0].remote + partner->supplies[0].remote, 2);
	assert_string_equal(inside->supplies[0].path, "");
	assert_memory_equal(inside->supplies[0].supplier, "organisation ", 13);
	/* One organisation has one pseudonym, wherever it is named. */
	assert_string_equal(partner->systems[0].manages, partner->organisations[0].name);
	assert_string_equal(partner->systems[0].organisation, partner->organisations[0].name);
	assert_string_equal(partner->exits[0].systems, partner->systems[0].name);
	assert_string_equal(partner->exits[0].system_ids, partner->systems[0].id);
	/* The Internet's side stays what it is. */
	assert_string_equal(inside->subnets[0].zone, "internet");
	for (uint32_t i = 0; i < inside->n_addresses; i++) {
		const struct addr *addr = &inside->addresses[i].addr;

		assert_true(strchr(estate_addr_text(inside, addr, text), 'x') != NULL);
		assert_int_equal(addr->bytes[addr->family == 4 ? 3 : 15], 0);
		assert_true(mac_is_zero(&inside->addresses[i].mac));
		assert_string_equal(
			estate_addr_text(partner, &partner->addresses[i].addr, text), "");
		assert_true(partner->addresses[i].addr.bytes[0] == 0xf0 ||
			    partner->addresses[i].addr.bytes[0] == 1);
	}
	for (uint32_t i = 0; i < public->n_services; i++)
		assert_int_equal(public->services[i].port + public->services[i].transport +
					 public->services[i].exposed, 0);
}

static uint64_t sum(const struct estate *e, bool exposed)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < e->n_assets; i++)
		n += exposed ? e->assets[i].exposed : e->assets[i].n_findings;
	return n;
}

static void test_counts_and_references_stay(void **state)
{
	(void)state;
	for (int which = 0; which < SAMPLE_N; which++) {
		_cleanup_(arena_freep) struct arena *arena = arena_new(4ul * SAMPLE_ARENA_MAX);
		struct estate *e = sample_estate(arena, (enum sample)which), *to;

		to = redacted(arena, e, REDACTION_INTERNAL);
		assert_int_equal(to->n_assets, e->n_assets);
		assert_int_equal(to->n_services, e->n_services);
		assert_int_equal(to->n_addresses, e->n_addresses);
		assert_int_equal(to->n_links, e->n_links);
		assert_int_equal(to->n_subnets, e->n_subnets);
		assert_true(sum(to, true) == sum(e, true) && sum(to, false) == sum(e, false));
		for (uint32_t i = 0; i < to->n_addresses; i++)
			assert_true(to->addresses[i].subnet < to->n_subnets ||
				    to->addresses[i].subnet == ESTATE_NONE);
		for (uint32_t i = 0; i < to->n_assets; i++) {
			const struct estate_asset *a = &to->assets[i];

			assert_true(i == 0 || to->assets[i - 1].id < a->id);
			for (uint32_t k = 0; k < a->n_addresses; k++)
				assert_int_equal(to->addresses[a->first_address + k].asset, i);
			for (uint32_t k = 0; k < a->n_services; k++)
				assert_int_equal(to->services[a->first_service + k].asset, i);
		}
	}
}

/* The order in which the register has its assets, and the numbers it gave, do not show. */
static void test_order_does_not_tell(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(SAMPLE_ARENA_MAX);
	struct estate *e = sample_estate(arena, SAMPLE_CITY), *to, *again;
	uint32_t rising = 0;

	(void)state;
	to = redacted(arena, e, REDACTION_PARTNER);
	again = redacted(arena, e, REDACTION_PARTNER);
	for (uint32_t i = 1; i < to->n_assets; i++) {
		char id[24], own[24];

		assert_string_equal(to->assets[i].name, again->assets[i].name);
		snprintf(id, sizeof(id), "%llu", (unsigned long long)e->assets[i].id);
		snprintf(own, sizeof(own), "%llu", (unsigned long long)to->assets[i].id);
		assert_string_not_equal(id, own);
		/* The services of neighbours: port 443 of the one with the larger address? */
		rising += to->assets[i].n_addresses > 0 && to->assets[i - 1].n_addresses > 0 &&
			  addr_compare(&to->addresses[to->assets[i].first_address].addr,
				  &to->addresses[to->assets[i - 1].first_address].addr) >= 0;
	}
	/* By chance half; in order of address it would be nearly all. */
	assert_true(rising > to->n_assets * 4 / 10 && rising < to->n_assets * 6 / 10);
}

/* Names that stay are replaced where they tell what is hidden elsewhere. */
static void test_names_that_tell(void **state)
{
	static const struct {
		const char *name;
		bool stays;
	} rows[] = {
		{"Outage website", true},
		{"The historian's own", true}, /* an ordinary word */
		{"historian", false},	       /* the name of a host, whole */
		{"Portal WWW.lanhe.example", false},
		{"All of lanhe.example", false}, /* the domain of hosts */
		{"around scada1.lanhe.example:443", false},
		{"meter-a1 and others", false},
		{"gateway 198.18.40.20", false},
		{"http://198.18.40.20/login", false},
		{"(198.18.40.20)", false},
		{"net 198.18.40.0/24", false},
		{"ip:2001:db8:60::2", false},
		{"card 02:00:00:00:00:07", false},
		{"Siemens", false}, /* a vendor */
		{"version 3.5 of 2026", true},
		{"Site 9 at the river", true}, /* a host is called 9, and that is too short */
		{"the z9- of old", false},
		{"", true},
	};
	_cleanup_(arena_freep) struct arena *arena = arena_new(2ul * SAMPLE_ARENA_MAX);
	struct estate *e = sample(arena), *to;

	(void)state;
	e->assets[0].name = "9";
	e->assets[1].name = "z9-";
	e->systems[1].name = arena_printf(arena, "a %0300d", 1); /* past WORD_MAX */
	to = redacted(arena, e, REDACTION_INTERNAL);
	assert_memory_equal(to->systems[1].name, "system ", 7);
	e->systems[1].name = arena_printf(arena, "a %0200d", 1);
	to = redacted(arena, e, REDACTION_INTERNAL);
	assert_string_equal(to->systems[1].name, e->systems[1].name);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		e->systems[1].name = rows[i].name;
		to = redacted(arena, e, REDACTION_INTERNAL);
		if ((strcmp(to->systems[1].name, rows[i].name) == 0) !=
			(rows[i].stays && rows[i].name[0]))
			fail_msg("\"%s\" became \"%s\"", rows[i].name, to->systems[1].name);
	}
}

static void test_levels_by_name(void **state)
{
	enum estate_redaction level;
	struct error err = {0};

	(void)state;
	for (int i = 0; i < REDACTION_N; i++) {
		assert_int_equal(
			redaction_parse(redaction_name((enum estate_redaction)i), &level, &err),
			0);
		assert_int_equal(level, i);
	}
	assert_int_equal(redaction_parse("secret", &level, &err), ERROR_USAGE);
	assert_non_null(strstr(err.text, "none, internal, partner, public"));
	assert_true(redaction_overlays(REDACTION_INTERNAL) & MAP_OVERLAY_FINDINGS);
	assert_false(redaction_overlays(REDACTION_PARTNER) & MAP_OVERLAY_FINDINGS);
	assert_int_equal(redaction_overlays(REDACTION_PUBLIC), 0);
}

static void test_without_memory(void **state)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(SAMPLE_ARENA_MAX);
	struct estate *e = sample(arena), *to = NULL;

	(void)state;
	for (size_t bytes = 100; bytes < 100000; bytes = bytes * 5 / 3) {
		_cleanup_(arena_freep) struct arena *small = arena_new(bytes);
		struct error err = {0};
		int r = redact_estate(e, REDACTION_PARTNER, &key, small, &to, &err);

		assert_true(r == 0 || r == ERROR_SYSTEM);
		assert_true(r == 0 || bytes < 90000);
		assert_true(r < 0 || bytes > 10000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_else_stays),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_systems_of_one_name),
		cmocka_unit_test(test_counts_and_references_stay),
		cmocka_unit_test(test_order_does_not_tell),
		cmocka_unit_test(test_names_that_tell),
		cmocka_unit_test(test_levels_by_name),
		cmocka_unit_test(test_without_memory),
	};

	return RUN(tests);
}
