/* SPDX-License-Identifier: Apache-2.0 */
/*
 * topology churn [ESTATE [PATH]]: ten months of campuses of which 5 % is other each month, each
 * on the places of the month before: one JSON line a month with how far what stayed moved, and
 * crossings and hits beside those of the same estate laid out anew, and of sfdp.
 * topology [PATH [ESTATE]]: draws the topology sheet of several estates and has Graphviz's sfdp
 * place the same graph: the same super nodes at the same sizes, each pair of linked ones once,
 * straight lines. Prints one JSON line for each estate and placing: nodes, lines, overlaps,
 * crossings, hits, seconds, memory. With a path the sheets are written there as
 * PATH-ESTATE.png. Nothing but numbers reaches sfdp.
 */
#include "common/cleanup.h"
#include "common/clock.h"
#include "common/file.h"
#include "mapper/render/measure.h"
#include "mapper/render/render.h"
#include "tests/bench/peak.h"
#include "tests/unit/mapper/campus.h"
#include "tests/unit/mapper/sample_estate.h"
#include "tests/unit/mapper/stays.h"
#include "tests/unit/mapper/tangle.h"

#include "mapper/sheet/sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MM_PER_INCH 25.4
#define ARENA_MAX (2ul << 30)
#define MONTHS 10
#define CHURN 50 /* per mille, each month */

static const struct {
	const char *name;
	enum sample sample; /* SAMPLE_N: the campus */
	struct campus campus;
} cases[] = {
	{"lab", SAMPLE_LAB, {0}},
	{"city", SAMPLE_CITY, {0}},
	{"networks", SAMPLE_NETWORKS, {0}},
	{"metropolis", SAMPLE_METROPOLIS, {0}},
	{"campus-1k", SAMPLE_N, {5, 4, 8, 1000, 60, 20}},
	{"campus-10k", SAMPLE_N, {5, 16, 40, 10000, 600, 10}},
	{"campus-100k", SAMPLE_N, {8, 60, 250, 100000, 3000, 5}},
};

static void say(const char *name, const char *by, const struct tangle *t, double seconds)
{
	printf("{\"estate\": \"%s\", \"by\": \"%s\", \"nodes\": %zu, \"lines\": %zu, "
	       "\"overlaps\": %zu, \"crossings\": %zu, \"hits\": %zu, \"seconds\": %.3f, "
	       "\"peak_kib\": %ld}\n",
		name, by, t->n_nodes, t->n_lines, t->overlaps, t->crossings, t->hits, seconds,
		peak_kib());
	fflush(stdout);
}

static void write_graph(FILE *f, const struct tangle *t)
{
	fputs("graph g { node [shape=box, fixedsize=true, label=\"\"];\n", f);
	for (size_t i = 0; i < t->n_nodes; i++)
		fprintf(f, "n%zu [width=%.4f, height=%.4f];\n", i,
			(t->nodes[i].x2 - t->nodes[i].x1) / MM_PER_INCH,
			(t->nodes[i].y2 - t->nodes[i].y1) / MM_PER_INCH);
	for (size_t i = 0; i < t->n_lines; i++) {
		bool known = t->lines[i].a == t->lines[i].b;

		for (size_t k = 0; k < i && !known; k++)
			known = (t->lines[k].a == t->lines[i].a &&
					t->lines[k].b == t->lines[i].b) ||
				(t->lines[k].a == t->lines[i].b &&
					t->lines[k].b == t->lines[i].a);
		if (!known)
			fprintf(f, "n%u -- n%u;\n", t->lines[i].a, t->lines[i].b);
	}
	fputs("}\n", f);
}

/* Positions as `sfdp -Tplain` tells them. False if there is no sfdp. */
static bool place(const char *options, const struct tangle *ours, struct check_box *nodes)
{
	char path[] = "/tmp/cadastre-topology-XXXXXX", command[256], line[4096];
	int fd = mkstemp(path);
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
	size_t n = 0;

	if (!f)
		return false;
	write_graph(f, ours);
	fclose(f);
	snprintf(command, sizeof(command),
		"timeout 120 sfdp %s -Gsplines=line -Tplain %s 2>/dev/null", options, path);
	f = popen(command, "r");
	while (f && fgets(line, sizeof(line), f)) {
		double x, y, w, h;
		unsigned int i;

		if (sscanf(line, "node n%u %lf %lf %lf %lf", &i, &x, &y, &w, &h) != 5 ||
			i >= ours->n_nodes)
			continue;
		nodes[i] =
			(struct check_box){(x - w / 2) * MM_PER_INCH, (y - h / 2) * MM_PER_INCH,
				(x + w / 2) * MM_PER_INCH, (y + h / 2) * MM_PER_INCH};
		n++;
	}
	if (f)
		pclose(f);
	remove(path);
	return n == ours->n_nodes;
}

static void beside_sfdp(const char *name, const struct tangle *ours)
{
	static const char *const ways[][2] = {{"sfdp", ""}, {"sfdp-prism", "-Goverlap=prism"}};
	struct check_box *nodes = calloc(ours->n_nodes + 1, sizeof(*nodes));

	for (size_t i = 0; i < 2 && nodes; i++) {
		int64_t began = clock_monotonic_us();
		struct tangle theirs;

		if (!place(ways[i][1], ours, nodes))
			continue;
		tangle_straight(ours, nodes, &theirs);
		say(name, ways[i][0], &theirs, (double)(clock_monotonic_us() - began) / 1e6);
		tangle_done(&theirs);
	}
	free(nodes);
}

static const struct sheet_request request = {.title = "Topology",
	.number = 1,
	.total = 1,
	.overlays = MAP_OVERLAYS_DEFAULT,
	.language = MAP_ENGLISH};

static void write_sheet(const struct scene *scene, const char *path)
{
	struct str out = STR_INIT(RENDER_BYTES_MAX);
	struct error err = {0};

	if (render_png(&scene, 1, 100, &out, &err) < 0 ||
		file_publish(path, out.data, out.len, &err) < 0)
		fprintf(stderr, "%s: %s\n", path, err.text);
	str_done(&out);
}

static int draw(size_t i, const char *path)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ARENA_MAX);
	struct error err = {0};
	struct tangle tangle;
	struct scene *scene;
	struct model *model;
	struct estate *e;
	int64_t began;

	if (!arena)
		return -1;
	e = cases[i].sample == SAMPLE_N ? campus_estate(arena, &cases[i].campus)
					: sample_estate(arena, cases[i].sample);
	began = clock_monotonic_us();
	if (model_make(e, arena, &model, &err) < 0 ||
		sheet_topology(model, &request, &scene, &err) < 0) {
		fprintf(stderr, "%s: %s\n", cases[i].name, err.text);
		return -1;
	}
	tangle_of_scene(scene, &tangle);
	say(cases[i].name, "cadastre", &tangle, (double)(clock_monotonic_us() - began) / 1e6);
	beside_sfdp(cases[i].name, &tangle);
	tangle_done(&tangle);
	if (path) {
		char *name = arena_printf(arena, "%s-%s.png", path, cases[i].name);

		if (name)
			write_sheet(scene, name);
	}
	return 0;
}

/* ---- month after month ---- */

static size_t least_of_sfdp(const struct tangle *ours)
{
	static const char *const ways[] = {"", "-Goverlap=prism"};
	struct check_box *nodes = calloc(ours->n_nodes + 1, sizeof(*nodes));
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < 2 && nodes; i++) {
		struct tangle theirs;

		if (!place(ways[i], ours, nodes))
			continue;
		tangle_straight(ours, nodes, &theirs);
		least = theirs.crossings + theirs.hits < least ? theirs.crossings + theirs.hits
							       : least;
		tangle_done(&theirs);
	}
	free(nodes);
	return least;
}

/* On places, or without. */
static struct scene *sheet_of(struct estate *e, struct map_slots *slots,
	struct model **ret_model, double *ret_seconds)
{
	struct sheet_request asked = request;
	int64_t began = clock_monotonic_us();
	struct error err = {0};
	struct scene *scene;

	asked.topology_slots = slots;
	if (model_make(e, e->arena, ret_model, &err) < 0 ||
		sheet_topology(*ret_model, &asked, &scene, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	*ret_seconds = (double)(clock_monotonic_us() - began) / 1e6;
	return scene;
}

/* The places of this month and of the last: [0] one on the other, [1] laid out anew. */
static void say_month(const char *name, unsigned int month, struct estate *e,
	const struct map_slots before[2], struct map_slots after[2], const char *path)
{
	struct tangle kept, fresh;
	struct model *model;
	struct stays stays, moves;
	struct scene *scene, *anew;
	double seconds, seconds_anew;

	scene = sheet_of(e, &after[0], &model, &seconds);
	tangle_of_scene(scene, &kept);
	anew = sheet_of(e, &after[1], &model, &seconds_anew);
	tangle_of_scene(anew, &fresh);
	stays = stays_between(model, &request, &before[0], &after[0]);
	moves = stays_between(model, &request, &before[1], &after[1]);
	printf("{\"estate\": \"%s\", \"month\": %u, \"nodes\": %zu, \"same\": %u, "
	       "\"median\": %.4f, \"p95\": %.4f, \"near\": %.4f, \"median_anew\": %.4f, "
	       "\"overlaps\": %zu, \"kept\": %zu, \"anew\": %zu, \"sfdp\": %zu, "
	       "\"seconds\": %.3f, \"seconds_anew\": %.3f, \"mm\": %.0f, \"mm_anew\": %.0f}\n",
		name, month, kept.n_nodes, stays.n, stays.median, stays.p95, stays.near,
		moves.median, kept.overlaps, kept.crossings + kept.hits,
		fresh.crossings + fresh.hits, least_of_sfdp(&kept), seconds, seconds_anew,
		scene->width_mm, anew->width_mm);
	fflush(stdout);
	if (path)
		write_sheet(scene, arena_printf(e->arena, "%s-%s-%u.png", path, name, month));
	tangle_done(&kept);
	tangle_done(&fresh);
}

static void churn(size_t i, const char *path)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(8ul << 30);
	const struct map_slots empty = {.kept = STR_INIT(MAP_SLOTS_MAX)};
	struct map_slots slots[2] = {empty, empty}, next[2];
	struct estate *e = campus_estate(arena, &cases[i].campus);
	struct model *model;
	double seconds;
	struct scene *scene = sheet_of(e, &slots[0], &model, &seconds);

	str_add(&slots[1].kept, slots[0].kept.data, slots[0].kept.len);

	if (path)
		write_sheet(scene, arena_printf(arena, "%s-%s-0.png", path, cases[i].name));
	for (unsigned int month = 1; month <= MONTHS; month++) {
		e = campus_later(arena, &cases[i].campus, e, CHURN, month);
		next[0] = next[1] = empty;
		next[0].bytes = (const uint8_t *)slots[0].kept.data;
		next[0].size = slots[0].kept.len;
		say_month(cases[i].name, month, e, slots, next, path);
		for (int k = 0; k < 2; k++) {
			str_done(&slots[k].kept);
			slots[k] = next[k];
		}
	}
	for (int k = 0; k < 2; k++)
		str_done(&slots[k].kept);
}

int main(int argc, char **argv)
{
	const char *only = argc > 2 ? argv[2] : NULL;
	int r = 0;

	if (argc > 1 && strcmp(argv[1], "churn") == 0) {
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
			if (cases[i].sample == SAMPLE_N &&
				(!only || strcmp(only, cases[i].name) == 0))
				churn(i, argc > 3 ? argv[3] : NULL);
		measure_done();
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (!only || strcmp(only, cases[i].name) == 0)
			r |= draw(i, argc > 1 && argv[1][0] ? argv[1] : NULL);
	measure_done();
	return r < 0;
}
