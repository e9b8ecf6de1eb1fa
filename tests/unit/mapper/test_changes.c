/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a changed asset a reader is told: each item, in both languages, counted where there
 * is no room, whatever the other day's texts are; and nothing of how it was on a redacted map.
 */
#include "mapper/changes.h"

#include "common/model/difference.h"
#include "common/model/observation.h"
#include "mapper/mapper.h"
#include "mapper/redact.h"
#include "mapper/render/measure.h"
#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/unit.h"

#include <string.h>

#define ASSET 2 /* of the lab: with a system, an address and a service */
#define EVERY_HOSTS 10u
#define HOSTILE "qzold<b>&]]>\"; </script>"

struct days {
	struct arena *arena;
	struct estate *now, *then, joined;
};

static struct days begin(void)
{
	struct days d = {.arena = arena_new(SAMPLE_ARENA_MAX)};

	d.now = sample_estate(d.arena, SAMPLE_LAB);
	d.then = sample_estate(d.arena, SAMPLE_LAB);
	d.then->as_of_us -= 1000000;
	return d;
}

static void join(struct days *d)
{
	struct error err = {0};

	if (estate_difference(d->now, d->then, d->arena, &d->joined, &err) < 0)
		fail_msg("%s", err.text);
}

/* What the asset's change is told as, `most` items of it. */
static struct changes told(struct days *d, bool chinese, uint32_t most)
{
	struct changes changes;

	join(d);
	changes_of(&d->joined, ASSET, chinese, most, &changes);
	return changes;
}

static void each_thing_has_its_words(void **state)
{
	struct days d = begin();
	struct estate_asset *a = &d.then->assets[ASSET];

	(void)state;
	assert_string_equal(told(&d, false, 9).text, "");
	assert_int_equal(told(&d, false, 9).n, 0);
	a->name = "old";
	assert_string_equal(told(&d, false, 9).text, "name was old");
	assert_string_equal(told(&d, true, 9).text, "原名称 old");
	a->role = ASSET_ROLE_PRINTER;
	a->vendor = "Maker";
	a->model = "M1";
	a->os = "";
	a->system = ESTATE_NONE;
	d.then->services[a->first_service].port = 7;
	d.then->addresses[a->first_address].addr.bytes[3] = 250;
	assert_string_equal(told(&d, false, 2).text, "+ tcp/22, - tcp/7 and 8 more");
	assert_string_equal(told(&d, true, 2).text, "+ tcp/22，- tcp/7，另 8 项");
	assert_int_equal(told(&d, false, 2).n, 10);
	assert_non_null(
		strstr(told(&d, false, 12).text, ", moved from no system, name was old, role "
						 "was Printer, maker was Maker, model was M1"));
	a->system = d.now->assets[ASSET].system ? 0 : 1;
	d.then->systems[a->system].name = "Elsewhere";
	assert_non_null(strstr(told(&d, false, 12).text, "moved from Elsewhere"));
	arena_free(d.arena);
}

/* Of several addresses with one service it is told once; another answer is no other port. */
static void services_are_told_once(void **state)
{
	struct days d = begin();
	struct estate_asset *a = &d.then->assets[ASSET];

	(void)state;
	d.then->services[a->first_service].product = "another";
	assert_string_equal(told(&d, false, 9).text, "tcp/22 answers otherwise");
	a->n_services = 0;
	assert_string_equal(told(&d, false, 9).text, "+ tcp/22");
	arena_free(d.arena);
}

/* Neither long texts nor many items run over; a character is not cut. */
static void what_is_long_is_counted(void **state)
{
	struct days d = begin();
	struct estate_asset *a = &d.then->assets[ASSET];
	struct estate_service *many = arena_alloc(d.arena, 300 * sizeof(*many));
	char text[10001] = "";
	struct changes c;

	(void)state;
	for (size_t i = 0; i + 3 < sizeof(text); i += 3)
		memcpy(text + i, "称", 4);
	a->name = a->vendor = a->os = text;
	c = told(&d, false, UINT32_MAX);
	assert_int_equal(c.told, c.n);
	assert_true(strlen(c.text) < CHANGES_TEXT_MAX);
	assert_int_equal(strspn(strstr(c.text, "称"), "\xe7\xa7\xb0"), 60);
	assert_non_null(many);
	for (uint16_t i = 0; i < 300; i++) {
		many[i] = d.then->services[a->first_service];
		many[i].port = 10000 + i;
	}
	d.then->services = many;
	for (uint32_t i = 0; i < d.then->n_assets; i++)
		d.then->assets[i].n_services = 0;
	a->first_service = 0;
	a->n_services = d.then->n_services = 300;
	c = told(&d, false, UINT32_MAX);
	assert_true(c.told < c.n && c.n > 300 && strlen(c.text) < CHANGES_TEXT_MAX);
	assert_string_equal(c.text + strlen(c.text) - 5, " more");
	arena_free(d.arena);
}

/* What is told of fewer items is what was told of more, shortened. */
static void what_is_shortened_is_the_same(void **state)
{
	struct days d = begin();
	struct estate_asset *a = &d.then->assets[ASSET];

	(void)state;
	a->name = HOSTILE ", and 3 more, ";
	a->vendor = "Maker";
	a->system = ESTATE_NONE;
	d.then->services[a->first_service].port = 7;
	for (int chinese = 0; chinese < 2; chinese++)
		for (uint32_t most = 0; most <= CHANGES_ITEMS_MAX; most++) {
			struct changes c = told(&d, chinese, most);
			struct changes all = told(&d, chinese, CHANGES_ITEMS_MAX);

			changes_shorten(&all, chinese, most);
			assert_string_equal(all.text, c.text);
			assert_int_equal(all.told, c.told);
			assert_int_equal(all.n, c.n);
		}
	arena_free(d.arena);
}

static void render(const struct estate *e, enum map_type type, enum map_format format,
	enum estate_redaction level, struct str *out)
{
	const struct map_request request = {.type = type,
		.overlays = MAP_OVERLAYS_DEFAULT,
		.redaction = level,
		.redaction_key = {3, 4}};
	struct error err = {0};

	str_reset(out);
	if (map_render(e, &request, format, out, &err) < 0)
		fail_msg("%s", err.text);
}

/* On every sheet and page, as text, and as nothing if it is hidden. */
static void maps_tell_it(void **state)
{
	static const struct {
		enum map_type type;
		enum map_format format;
	} drawn[] = {{MAP_BOTH, MAP_SVG}, {MAP_BOTH, MAP_HTML}, {MAP_ATLAS, MAP_HTML},
		{MAP_BRIDGES, MAP_SVG}};
	static const char *const hidden[] = {
		"qzold", "qzmaker", "qzmodel", "qzsoftware", "qzsystem"};
	struct days d = begin();
	struct estate_asset *a = &d.then->assets[ASSET];
	struct str out = STR_INIT(64u << 20);

	(void)state;
	a->name = HOSTILE;
	a->vendor = "qzmaker";
	a->model = "qzmodel";
	a->os = "qzsoftware";
	d.then->services[a->first_service].port = 7;
	a->system = d.now->assets[ASSET].system ? 0 : 1;
	d.then->systems[a->system].id = "qzsystem";
	join(&d);
	for (size_t i = 0; i < ARRAY_SIZE(drawn); i++) {
		render(&d.joined, drawn[i].type, drawn[i].format, REDACTION_NONE, &out);
		if (drawn[i].type == MAP_BOTH)
			assert_non_null(strstr(out.data, "name was qzold"));
		assert_null(strstr(out.data, "qzold<b>"));
		for (int level = REDACTION_INTERNAL; level < REDACTION_PUBLIC; level++) {
			render(&d.joined, drawn[i].type, drawn[i].format,
				(enum estate_redaction)level, &out);
			for (size_t k = 0; k < ARRAY_SIZE(hidden); k++)
				if (strstr(out.data, hidden[k]))
					fail_msg("%d: %s is in the file", level, hidden[k]);
			if (drawn[i].type == MAP_BOTH)
				assert_non_null(strstr(out.data, "name is another"));
		}
	}
	render(&d.joined, MAP_ATLAS, MAP_HTML, REDACTION_NONE, &out);
	assert_non_null(strstr(out.data, "What changed"));
	assert_non_null(strstr(out.data, "1 changed, "));
	render(d.now, MAP_ATLAS, MAP_HTML, REDACTION_NONE, &out);
	assert_null(strstr(out.data, "What changed"));
	str_done(&out);
	measure_done();
	arena_free(d.arena);
}

/* Ten hosts that had one port open and answer on all: told in little time, for all together are
 * looked at a few times. Looking back for each of them takes minutes, and this test does not
 * end. */
static void every_port_is_told_in_time(void **state)
{
	struct arena *arena = arena_new(2ul << 30);
	struct days d = {
		arena, sample_estate(arena, SAMPLE_LAB), sample_estate(arena, SAMPLE_LAB), {0}};
	struct estate_service *all =
		arena_alloc(arena, EVERY_HOSTS * UINT16_MAX * sizeof(*all));
	struct str out = STR_INIT(512u << 20);
	struct changes c;

	(void)state;
	assert_non_null(all);
	d.then->as_of_us -= 1000000;
	for (uint32_t i = 0; i < d.now->n_assets; i++)
		d.now->assets[i].n_services = d.then->assets[i].n_services = 0;
	for (uint32_t i = 0; i < EVERY_HOSTS; i++) {
		struct estate_asset *a = &d.now->assets[i];

		a->first_service = i * UINT16_MAX;
		a->n_services = UINT16_MAX;
		for (uint32_t port = 1; port <= UINT16_MAX; port++)
			all[a->first_service + port - 1] = (struct estate_service){.asset = i,
				.addr = d.now->addresses[a->first_address].addr,
				.transport = TRANSPORT_TCP,
				.port = (uint16_t)port,
				.protocol = "",
				.product = "",
				.version = "",
				.kind = ""};
		d.then->assets[i].first_service = i;
		d.then->assets[i].n_services = 1;
		d.then->services[i] = all[a->first_service + 21];
		d.then->services[i].asset = i;
	}
	d.now->services = all;
	d.now->n_services = EVERY_HOSTS * UINT16_MAX;
	d.then->n_services = EVERY_HOSTS;
	c = told(&d, false, 2);
	assert_string_equal(c.text, "+ tcp/1, + tcp/2 and 65532 more");
	render(&d.joined, MAP_DISTRICT, MAP_SVG, REDACTION_NONE, &out);
	assert_non_null(strstr(out.data, "changed: + tcp/1, + tcp/2, "));
	render(&d.joined, MAP_DISTRICT, MAP_HTML, REDACTION_NONE, &out);
	str_done(&out);
	measure_done();
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_thing_has_its_words),
		cmocka_unit_test(services_are_told_once),
		cmocka_unit_test(what_is_long_is_counted),
		cmocka_unit_test(what_is_shortened_is_the_same), cmocka_unit_test(maps_tell_it),
		cmocka_unit_test(every_port_is_told_in_time)};

	return RUN(tests);
}
