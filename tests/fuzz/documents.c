/* SPDX-License-Identifier: Apache-2.0 */
/* Targets: what other organisations and other programs wrote: scans and asset files to import,
 * registers, shapes of divisions, base maps, and the answers of the processes that
 * parse registers, shapes and base maps. */
#include "tests/fuzz/fuzz.h"

#include "common/arena.h"
#include "common/cleanup.h"
#include "common/clock.h"
#include "common/model/geography.h"
#include "common/text.h"
#include "inventory/exchange/internal.h"
#include "inventory/norm/safexml.h"
#include "inventory/register/transfer.h"
#include "mapper/ground/internal.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum { NOW_S = 1796083200, DAY = 20788 }; /* 2026-12-01 */

/* One reader of imports, as its process runs it. */
static bool import(
	int (*read)(int fd, const char *name, struct exchange_sink *sink, struct error *reterr),
	const uint8_t *bytes, size_t size)
{
	static struct exchange_report report;
	int in = fuzz_file(bytes, size), out = open("/dev/null", O_WRONLY | O_CLOEXEC), r;
	struct exchange_sink sink = {.fd = out,
		.header = {.id = "0123456789abcdef0123456789abcdef",
			.realm = "plant",
			.vantage = "internal",
			.tool = "test",
			.started_us = NOW_S * CLOCK_SECOND},
		.now_us = NOW_S * CLOCK_SECOND,
		.report = &report};
	struct error err = {0};

	HOLDS(out >= 0);
	memset(&report, 0, sizeof(report));
	r = read(in, "sample", &sink, &err);
	if (r >= 0)
		HOLDS(exchange_sink_end(&sink, r == EXCHANGE_CUT, &err) == 0);
	else
		HOLDS(err.text[0]);
	exchange_sink_done(&sink);
	HOLDS(report.n_refusals <= EXCHANGE_REASONS_MAX);
	for (size_t i = 0; i < report.n_refusals; i++) {
		const struct exchange_refusal *row = &report.refusals[i];

		HOLDS(row->n > 0 && text_is_clean(row->reason, strlen(row->reason)));
		HOLDS(text_is_clean(row->what, strlen(row->what)));
	}
	close(in);
	close(out);
	return report.put > 0;
}

bool fuzz_nmap(const uint8_t *bytes, size_t size)
{
	return import(exchange_read_nmap, bytes, size);
}

bool fuzz_masscan_json(const uint8_t *bytes, size_t size)
{
	return import(exchange_read_masscan_json, bytes, size);
}

bool fuzz_hosts(const uint8_t *bytes, size_t size)
{
	return import(exchange_read_hosts, bytes, size);
}

bool fuzz_assetfile(const uint8_t *bytes, size_t size)
{
	return import(exchange_read_assetfile, bytes, size);
}

static struct register_document *document_new(void)
{
	struct register_document *doc = calloc(1, sizeof(*doc));

	HOLDS(doc && (doc->arena = arena_new(64 << 20)));
	doc->file = "register";
	for (int k = 0; k < REGISTER_KIND_N; k++) {
		str_init(&doc->json[k], REGISTER_JSON_MAX);
		str_init(&doc->owners[k], REGISTER_JSON_MAX);
	}
	return doc;
}

/* Its texts are clean, whoever wrote them. */
static void document_holds(const struct register_document *doc)
{
	for (int k = 0; k < REGISTER_KIND_N; k++)
		HOLDS(!doc->json[k].len || text_is_clean(doc->json[k].data, doc->json[k].len));
	HOLDS(!doc->realm || text_is_clean(doc->realm, strlen(doc->realm)));
}

/* What the process that reads a register hands back, as it is taken on the other side. */
static void hand_back(
	int r, const struct error *said, const struct register_document *doc, const char *name)
{
	struct register_document *taken = document_new();
	char *bytes = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&bytes, &n), *in;
	struct error err = {0};

	HOLDS(out);
	register_answer_write(out, r, said, doc, &name, 1);
	HOLDS(fclose(out) == 0 && n > 0 && (in = fmemopen(bytes, n, "r")));
	HOLDS(register_answer_read(in, taken, &name, 1, &err) == r || r == 0);
	HOLDS(r == 0 || (err.text[0] && text_is_clean(err.text, strlen(err.text))));
	if (r == 0)
		HOLDS(taken->n_statements == doc->n_statements &&
			taken->n_references == doc->n_references);
	document_holds(taken);
	fclose(in);
	free(bytes);
	register_document_free(taken);
}

static bool read_register(const char *name, const uint8_t *bytes, size_t size)
{
	struct register_document *doc = document_new();
	struct str text = STR_INIT(1 << 20);
	struct error err = {0};
	struct register_reader reader = {doc, name, DAY, "2026-12-01", &err};
	int r;

	str_add(&text, bytes, size);
	r = register_read_bytes(&reader, name, NULL, &text);
	if (r == 0)
		r = register_finish(&reader);
	hand_back(r, &err, doc, name);
	str_done(&text);
	register_document_free(doc);
	return r == 0;
}

bool fuzz_register_csv(const uint8_t *bytes, size_t size)
{
	return read_register("register.csv", bytes, size);
}

bool fuzz_register_xml(const uint8_t *bytes, size_t size)
{
	return read_register("register.xml", bytes, size);
}

bool fuzz_register_answer(const uint8_t *bytes, size_t size)
{
	const char *files[] = {"register.xml"};
	struct register_document *doc = document_new();
	FILE *file = size ? fmemopen((void *)bytes, size, "r") : NULL;
	struct error err = {0};
	int r = file ? register_answer_read(file, doc, files, 1, &err) : -1;

	if (r == 0)
		document_holds(doc);
	if (file)
		fclose(file);
	register_document_free(doc);
	return r == 0;
}

/* What shapes of divisions keep to, wherever they come from. */
static void geography_holds(const struct geography *g)
{
	uint32_t rings = 0, points = 0;

	HOLDS(g->n_shapes > 0 && g->n_shapes <= GEOGRAPHY_SHAPES_MAX);
	for (uint32_t i = 0; i < g->n_shapes; i++) {
		const struct geography_shape *shape = &g->shapes[i];

		HOLDS(shape->division[0] || shape->name[0]);
		HOLDS(text_is_clean(shape->name, strlen(shape->name)));
		HOLDS(text_is_clean(shape->division, strlen(shape->division)));
		HOLDS(strlen(shape->name) <= GEOGRAPHY_TEXT_MAX);
		HOLDS(shape->first_ring == rings && shape->n_rings > 0);
		rings += shape->n_rings;
	}
	HOLDS(rings == g->n_rings && rings <= GEOGRAPHY_RINGS_MAX);
	for (uint32_t i = 0; i < g->n_rings; i++)
		for (uint32_t k = 0; k < g->rings[i].n; k++, points++) {
			const struct geography_point *at = &g->rings[i].points[k];

			HOLDS(at->east >= g->west && at->east <= g->east && g->west >= -180);
			HOLDS(at->north >= g->south && at->north <= g->north && g->north <= 90);
		}
	HOLDS(points == g->n_points && points > 0);
}

bool fuzz_geography(const uint8_t *bytes, size_t size)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(256ul << 20);
	struct geography *g = NULL;
	struct error err = {0};

	HOLDS(arena);
	if (geography_parse((const char *)bytes, size, "map.geojson", arena, &g, &err) < 0) {
		HOLDS(err.text[0]);
		return false;
	}
	geography_holds(g);
	return true;
}

static void base_holds(const struct base_map *map, struct arena *arena)
{
	const char *dropped = base_map_dropped(map, arena);
	uint32_t rings = 0, points = 0;

	HOLDS(map->width > 0 && isfinite(map->width) && map->height > 0 &&
		isfinite(map->height));
	HOLDS(map->n_shapes > 0 && map->n_shapes <= BASE_SHAPES_MAX);
	for (uint32_t i = 0; i < map->n_shapes; i++) {
		const struct base_shape *shape = &map->shapes[i];

		HOLDS(shape->first_ring == rings && shape->n_rings > 0);
		HOLDS(shape->shade <= BASE_SHADES && shape->line <= BASE_LINE_LIGHT);
		HOLDS(shape->shade > 0 || shape->line > 0);
		HOLDS(shape->width >= 0 && isfinite(shape->width));
		rings += shape->n_rings;
	}
	HOLDS(rings == map->n_rings && rings <= BASE_RINGS_MAX);
	for (uint32_t i = 0; i < map->n_rings; i++) {
		HOLDS(map->rings[i].n >= 2);
		for (uint32_t k = 0; k < map->rings[i].n; k++, points++)
			HOLDS(fabs(map->rings[i].points[k].x) <= BASE_FARTHEST &&
				fabs(map->rings[i].points[k].y) <= BASE_FARTHEST);
	}
	HOLDS(points == map->n_points && points <= BASE_POINTS_MAX);
	HOLDS(text_is_clean(dropped, strlen(dropped)));
}

bool fuzz_base_map(const uint8_t *bytes, size_t size)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(256ul << 20);
	_cleanup_(cleanup_closep) int in = fuzz_file(bytes, size);
	struct base_map *map = NULL;
	struct error err = {0};

	HOLDS(arena);
	if (base_svg_read(in, "base.svg", arena, &map, &err) < 0) {
		HOLDS(strncmp(err.text, "base.svg:", 9) == 0);
		HOLDS(text_is_clean(err.text, strlen(err.text)));
		return false;
	}
	base_holds(map, arena);
	return true;
}

/* The first byte says which of the two processes answers. What is taken is said again in the
 * same bytes. */
bool fuzz_ground_answer(const uint8_t *bytes, size_t size)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(256ul << 20);
	_cleanup_(str_done) struct str again = STR_INIT(64ul << 20);
	const char *answer = (const char *)bytes + 1;
	struct base_map *map = NULL;
	struct geography *g = NULL;
	int r;

	HOLDS(arena);
	if (size == 0)
		return false;
	r = bytes[0] & 1
		    ? ground_take_base(answer, size - 1, "base.svg", arena, &map, NULL)
		    : ground_take_geography(answer, size - 1, "map.geojson", arena, &g, NULL);
	if (r < 0)
		return false;
	if (map) {
		base_holds(map, arena);
		ground_put_base(map, &again);
	} else {
		geography_holds(g);
		ground_put_geography(g, &again);
	}
	HOLDS(again.len == size - 1 && memcmp(again.data, answer, size - 1) == 0);
	return true;
}
