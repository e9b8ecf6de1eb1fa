/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws a made estate of a size, and says how long that took and what came of it; or writes the
 * same estate as a graph for Graphviz, which others lay out.
 *
 *     bench_draw ASSETS district|topology FILE
 *     bench_draw ASSETS later PER_MILLE [SEED]    the district sheet of some months later, on
 *         kept places: what stayed near, and how much of the map the networks take; of the
 *         estate that SEED makes
 *     bench_draw ASSETS graph|clusters FILE.dot    clusters: systems around their networks too
 */
#include "common/clock.h"
#include "mapper/mapper.h"
#include "mapper/sheet/sheet.h"
#include "tests/bench/peak.h"
#include "tests/estate/made_estate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA (8ul << 30)

static int fail(const char *what)
{
	fprintf(stderr, "bench_draw: %s\n", what);
	return 1;
}

/* The hosts of each network in a box, in the box of their system. Routers stand outside. */
static void write_clusters(const struct estate *e, FILE *out)
{
	uint32_t subnet = ESTATE_NONE, system = ESTATE_NONE;

	for (uint32_t i = 0; i < e->n_addresses; i++) {
		const struct estate_address *address = &e->addresses[i];
		const struct estate_asset *asset = &e->assets[address->asset];
		bool first = subnet == ESTATE_NONE;

		if (asset->role == ASSET_ROLE_ROUTER)
			continue;
		if (subnet != address->subnet) {
			fputs(first ? "" : "}\n", out);
			if (first || system != asset->system)
				fprintf(out, "%ssubgraph cluster_y%u {\n", first ? "" : "}\n",
					address->subnet);
			fprintf(out, "subgraph cluster_n%u {\n", address->subnet);
		}
		fprintf(out, "%u;\n", address->asset);
		subnet = address->subnet;
		system = asset->system;
	}
	fputs(subnet == ESTATE_NONE ? "" : "}\n}\n", out);
}

/* As Graphviz's users would: hosts around the router of their network, flows beside it. */
static int write_graph(const struct estate *e, bool clusters, const char *path)
{
	FILE *out = fopen(path, "w");
	uint32_t *router = calloc(e->n_subnets + 1ul, sizeof(*router));

	if (!out || !router)
		return fail("cannot write the graph");
	fputs("graph made {\nnode [shape=point];\n", out);
	if (clusters)
		write_clusters(e, out);
	for (uint32_t i = 0; i < e->n_addresses; i++)
		if (e->assets[e->addresses[i].asset].role == ASSET_ROLE_ROUTER)
			router[e->addresses[i].subnet] = e->addresses[i].asset;
	for (uint32_t i = 0; i < e->n_addresses; i++)
		if (router[e->addresses[i].subnet] != e->addresses[i].asset)
			fprintf(out, "%u -- %u;\n", router[e->addresses[i].subnet],
				e->addresses[i].asset);
	for (uint32_t i = 0; i < e->n_links; i++)
		fprintf(out, "%u -- %u;\n", e->links[i].from, e->links[i].to);
	fputs("}\n", out);
	free(router);
	return fclose(out) == 0 ? 0 : fail("cannot write the graph");
}

static int draw(const struct estate *e, const char *type, const char *path)
{
	struct map_request request = {.title = "Network map of made"};
	enum map_format format;
	struct error err = {0};
	int64_t begun;

	if (map_type_parse(type, &request.type, &err) < 0 ||
		map_format_of(path, &format, &err) < 0)
		return fail(err.text);
	begun = clock_monotonic_us();
	if (map_draw(e, &request, format, path, &err) < 0)
		return fail(err.text);
	printf("{\"seconds\": %.4f, \"peak_kib\": %ld, \"assets\": %u}\n",
		(double)(clock_monotonic_us() - begun) / (double)CLOCK_SECOND, peak_kib(),
		e->n_assets);
	return 0;
}

/* ---- what stays where it was ------------------------------------------------------------- */

static struct scene *sheet_of(const struct estate *e, struct map_slots *slots)
{
	const struct sheet_request request = {.title = "Network map of made",
		.number = 1,
		.total = 1,
		.overlays = MAP_OVERLAYS_DEFAULT,
		.slots = slots};
	struct scene *scene = NULL;
	struct error err = {0};
	struct model *model;

	if (model_make(e, e->arena, &model, &err) < 0 ||
		sheet_district(model, &request, &scene, &err) < 0) {
		fail(err.text);
		exit(1);
	}
	return scene;
}

static struct scene_point *cells_of(const struct estate *e, const struct scene *scene)
{
	struct scene_point *cells = calloc(e->n_assets + 1ul, sizeof(*cells));

	for (size_t i = 0; cells && i < scene->n_items; i++) {
		const struct scene_item *item = &scene->items[i];

		if (item->kind == SCENE_RECT && item->layer == SCENE_ASSETS &&
			item->asset != SCENE_NO_ASSET)
			cells[item->asset] = (struct scene_point){item->rect.x, item->rect.y};
	}
	return cells;
}

/* The share of the map's frame that boxes of networks take. */
static double use_of(const struct scene *scene)
{
	double frame = 0, used = 0;

	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *item = &scene->items[i];

		if (item->kind != SCENE_RECT)
			continue;
		if (frame <= 0 && item->layer == SCENE_PAPER && item->style == THEME_FURNITURE)
			frame = item->rect.w * item->rect.h;
		if (item->layer == SCENE_REGIONS &&
			(item->style == THEME_SUBNET || item->style == THEME_INTERNET))
			used += item->rect.w * item->rect.h;
	}
	return frame > 0 ? used / frame : 0;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int later(const struct estate *e, unsigned int churn)
{
	struct map_slots first = {.kept = STR_INIT(MAP_SLOTS_MAX)}, second = first;
	const struct scene *old = sheet_of(e, &first), *now;
	const struct estate *after = made_estate_later(e->arena, e, churn, 7);
	double *moved = calloc(after->n_assets + 1ul, sizeof(*moved)), diagonal;
	struct scene_point *p = cells_of(e, old), *q;
	uint32_t n = 0, near = 0;

	second.bytes = (const uint8_t *)first.kept.data;
	second.size = first.kept.len;
	now = sheet_of(after, &second);
	q = cells_of(after, now);
	if (!moved || !p || !q)
		return fail("no memory");
	diagonal = hypot(now->width_mm, now->height_mm);
	for (uint32_t i = 0, k = 0; i < after->n_assets; i++) {
		while (k < e->n_assets && e->assets[k].id < after->assets[i].id)
			k++;
		if (k == e->n_assets || e->assets[k].id != after->assets[i].id)
			continue;
		moved[n] = hypot(p[k].x - q[i].x, p[k].y - q[i].y) / diagonal;
		near += moved[n++] <= 0.02;
	}
	qsort(moved, n, sizeof(*moved), by_size);
	printf("{\"same\": %u, \"near\": %.5f, \"median\": %.6f, \"p95\": %.6f, \"kept\": %zu, "
	       "\"use\": %.4f}\n",
		n, n ? (double)near / n : 1, n ? moved[n / 2] : 0,
		n ? moved[(size_t)n * 95 / 100] : 0, first.kept.len, use_of(old));
	free(moved);
	free(p);
	free(q);
	return 0;
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new(ARENA);
	const struct estate *estate;
	uint64_t seed = argc > 4 ? strtoull(argv[4], NULL, 10) : 1;
	int r;

	if (argc < 4 || argc > (strcmp(argv[2], "later") == 0 ? 5 : 4) || !arena ||
		atol(argv[1]) < 1 || atol(argv[1]) > MADE_ASSETS_MAX)
		return fail("usage: bench_draw ASSETS district|topology|later|graph|clusters "
			    "FILE|PER_MILLE [SEED]");
	estate = made_estate(arena, (uint32_t)atol(argv[1]), seed);
	if (strcmp(argv[2], "graph") == 0)
		r = write_graph(estate, false, argv[3]);
	else if (strcmp(argv[2], "clusters") == 0)
		r = write_graph(estate, true, argv[3]);
	else if (strcmp(argv[2], "later") == 0)
		r = later(estate, (unsigned int)atoi(argv[3]));
	else
		r = draw(estate, argv[2], argv[3]);
	arena_free(arena);
	return r;
}
