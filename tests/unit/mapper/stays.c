/* SPDX-License-Identifier: Apache-2.0 */
/* Reads kept places and compares them; see stays.h. */
#include "tests/unit/mapper/stays.h"

#include "mapper/sheet/topology.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct sheet_places {
	const struct topo_kept *kept;
	struct sheet_box map;
	double step;
};

static struct sheet_places read_places(const struct model *model,
	const struct sheet_request *request, const struct map_slots *slots)
{
	struct map_slots old = {
		.bytes = (const uint8_t *)slots->kept.data, .size = slots->kept.len};
	struct sheet_request reading = *request;
	struct sheet_places p = {0};

	reading.topology_slots = &old;
	p.kept = topo_kept_read(model, &reading);
	if (!p.kept) {
		fputs("stays: no places\n", stderr);
		exit(1);
	}
	p.map = sheet_map_area(request, p.kept->paper);
	p.step = topo_step(&p.map);
	return p;
}

/* The middle of a node, as a share of the map's width and height. */
static double middle(
	const struct sheet_places *p, uint32_t at, uint32_t in, uint32_t size, bool down)
{
	return (at + in + size / 2.0) * p->step / (down ? p->map.h : p->map.w);
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

struct stays stays_between(const struct model *model, const struct sheet_request *request,
	const struct map_slots *before, const struct map_slots *after)
{
	struct sheet_places a = read_places(model, request, before),
			    b = read_places(model, request, after);
	double *moved = calloc(b.kept->n + 1ul, sizeof(*moved)),
	       diagonal = hypot(b.map.w, b.map.h);
	struct stays s = {0};
	uint32_t near = 0;

	if (!moved)
		exit(1);
	for (uint32_t i = 0; i < b.kept->n; i++) {
		const struct topo_was *now = &b.kept->nodes[i];
		const struct topo_was *was = topo_was_of(a.kept, now->key);
		double x, y;

		if (now->gone || !was || was->gone)
			continue;
		x = middle(&a, was->x, was->in_x, was->own_w, false) -
		    middle(&b, now->x, now->in_x, now->own_w, false);
		y = middle(&a, was->y, was->in_y, was->own_h, true) -
		    middle(&b, now->y, now->in_y, now->own_h, true);
		moved[s.n] = hypot(x * b.map.w, y * b.map.h) / diagonal;
		near += moved[s.n++] <= 0.02;
	}
	qsort(moved, s.n, sizeof(*moved), by_size);
	if (s.n > 0) {
		s.median = moved[s.n / 2];
		s.p95 = moved[s.n * 95 / 100];
		s.near = (double)near / s.n;
	}
	free(moved);
	return s;
}
