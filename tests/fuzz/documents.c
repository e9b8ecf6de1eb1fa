/* SPDX-License-Identifier: Apache-2.0 */
/* Targets: what other organisations and other programs wrote: scans and asset files to import,
 * registers, norm packs, shapes of divisions, and the answer of the process that parses a register. */
#include "tests/fuzz/fuzz.h"

#include "common/arena.h"
#include "common/cleanup.h"
#include "common/clock.h"
#include "common/model/geography.h"
#include "common/text.h"
#include "inventory/exchange/internal.h"
#include "inventory/norm/pack.h"
#include "inventory/norm/safexml.h"
#include "inventory/register/transfer.h"

#include <fcntl.h>
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

bool fuzz_norm_pack(const uint8_t *bytes, size_t size)
{
	struct pack *pack = NULL;
	struct error err = {0};
	int r = pack_parse("pack.xml", bytes, size, &pack, &err);

	HOLDS(r == 0 || err.text[0]);
	if (r == 0)
		HOLDS(pack->n_facts <= PACK_FACTS_MAX &&
			pack->n_criteria <= PACK_CRITERIA_MAX &&
			pack->n_atoms <= PACK_ATOMS_MAX);
	pack_free(pack);
	return r == 0;
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

bool fuzz_geography(const uint8_t *bytes, size_t size)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(256ul << 20);
	struct geography *g = NULL;
	struct error err = {0};
	uint32_t rings = 0, points = 0;

	HOLDS(arena);
	if (geography_parse((const char *)bytes, size, "map.geojson", arena, &g, &err) < 0) {
		HOLDS(err.text[0]);
		return false;
	}
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
	return true;
}
