/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a sector of the district sheet has room for a system more: the free rectangles between
 * its boxes, each from a corner that two edges make, down and to the right. A line goes down
 * over the lower edges, and the boxes that it crosses leave stretches of it free: on a packed
 * sheet few, so that thousands of systems cost no more than the square of their number.
 */
#include "mapper/sheet/district.h"

#include "common/cleanup.h"

#include <math.h>
#include <stdlib.h>

#define HOLES 8 /* tried for a system that has no place */
#define HOLE_STEP 1.15
#define TOUCHES 1e-9 /* millimetres over each other */

/* Where a hole may begin: an edge of a box, or of the frame, which comes after all of them. */
struct edge {
	double at;
	uint32_t box;
};

/* Of a sector the boxes, a gap larger to each side, in order of their upper edge; those that a
 * line crosses, from left to right; and right and lower edges in order. */
struct holes {
	struct sheet_box inner, *boxes, *crossing;
	struct edge *right, *lower;
	uint32_t n, n_crossing;
	uint32_t below; /* the first box of which nothing is above the line */
};

/* The smallest free rectangle of at least that area; of equal ones the one that begins at the
 * first box. */
struct hole {
	struct sheet_box box;
	double least, area;
	uint32_t right, lower;
};

static int by_top(const void *a, const void *b)
{
	const struct sheet_box *x = a, *y = b;

	if (x->y != y->y)
		return x->y < y->y ? -1 : 1;
	return x->x < y->x ? -1 : x->x > y->x;
}

static int by_edge(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->box < y->box ? -1 : x->box > y->box;
}

static void consider(
	struct hole *hole, const struct edge *x, const struct edge *y, double w, double h)
{
	bool first = x->box < hole->right || (x->box == hole->right && y->box < hole->lower);

	if (w <= 0 || h <= 0 || w * h < hole->least || w * h > hole->area ||
		(w * h == hole->area && !first))
		return;
	hole->box = (struct sheet_box){x->at, y->at, w, h};
	hole->area = w * h;
	hole->right = x->box;
	hole->lower = y->box;
}

/* Those that begin there, of growing height and shrinking width, up to `right` at first. */
static void holes_from(const struct holes *h, const struct edge *x, const struct edge *y,
	double right, struct hole *hole)
{
	for (uint32_t i = h->below; i < h->n; i++) {
		const struct sheet_box *box = &h->boxes[i];

		if (box->x + box->w <= x->at + TOUCHES || box->x >= right)
			continue;
		consider(hole, x, y, right - x->at, box->y - y->at);
		right = box->x;
		if (right <= x->at)
			return;
	}
	consider(hole, x, y, right - x->at, h->inner.y + h->inner.h - y->at);
}

/* Moves the line on which holes begin down: who crosses it, from left to right. */
static void cross(struct holes *h, double y)
{
	uint32_t n = 0, k;

	for (uint32_t i = 0; i < h->n_crossing; i++)
		if (h->crossing[i].y + h->crossing[i].h > y + TOUCHES)
			h->crossing[n++] = h->crossing[i];
	for (; h->below < h->n && h->boxes[h->below].y <= y; h->below++) {
		const struct sheet_box *box = &h->boxes[h->below];

		if (box->y + box->h <= y + TOUCHES)
			continue;
		for (k = n++; k > 0 && h->crossing[k - 1].x > box->x; k--)
			h->crossing[k] = h->crossing[k - 1];
		h->crossing[k] = *box;
	}
	h->n_crossing = n;
}

/* The first right edge that is not left of there. */
static uint32_t first_edge(const struct holes *h, double x)
{
	uint32_t first = 0, end = h->n + 1;

	while (first < end) {
		uint32_t middle = first + (end - first) / 2;

		if (h->right[middle].at + TOUCHES < x)
			first = middle + 1;
		else
			end = middle;
	}
	return first;
}

/* From every corner that right and lower edges make and no box lies over. */
static void find_hole(struct holes *h, struct hole *hole)
{
	hole->area = INFINITY;
	h->n_crossing = h->below = 0;
	for (uint32_t k = 0; k <= h->n; k++) {
		const struct edge *y = &h->lower[k];
		double free = -INFINITY;

		if (k > 0 && y->at == y[-1].at)
			continue;
		cross(h, y->at);
		for (uint32_t c = 0; c <= h->n_crossing; c++) {
			const struct sheet_box *box =
				c < h->n_crossing ? &h->crossing[c] : NULL;
			double end = h->inner.x + h->inner.w;

			if (box)
				end = fmin(end, box->x);
			for (uint32_t i = first_edge(h, free);
				i <= h->n && h->right[i].at < end; i++)
				if (i == 0 || h->right[i].at != h->right[i - 1].at)
					holes_from(h, &h->right[i], y, end, hole);
			if (box)
				free = fmax(free, box->x + box->w);
		}
	}
}

/* As much of a hole as the system needs, from the left or the top. */
static bool lay_in_hole(struct district *d, struct district_node *system,
	const struct sheet_box *hole, double area, const struct district_measure *m)
{
	for (; area < hole->w * hole->h * HOLE_STEP; area *= HOLE_STEP) {
		double w = fmin(hole->w, fmax(sqrt(area * DISTRICT_RATIO), area / hole->h));
		struct sheet_box box = {hole->x, hole->y, w, fmin(hole->h, area / w)};

		system->box = district_rounded(&box);
		if (district_lay_system(d, system, m))
			return true;
	}
	return false;
}

/* False without memory. To be freed by the caller either way. */
static bool holes_of(const struct district *d, const struct district_node *sector,
	const struct district_measure *m, struct holes *h)
{
	size_t most = sector->n + 1ul;

	*h = (struct holes){.inner = district_inner(sector, m),
		.boxes = calloc(most, sizeof(*h->boxes)),
		.crossing = calloc(most, sizeof(*h->crossing)),
		.right = calloc(most, sizeof(*h->right)),
		.lower = calloc(most, sizeof(*h->lower))};
	if (!h->boxes || !h->crossing || !h->right || !h->lower)
		return false;
	for (uint32_t i = 0; i < sector->n; i++) {
		const struct sheet_box *box = &d->nodes[DISTRICT_SYSTEM][sector->first + i].box;

		if (box->w > 0)
			h->boxes[h->n++] = (struct sheet_box){box->x - m->gap, box->y - m->gap,
				box->w + 2 * m->gap, box->h + 2 * m->gap};
	}
	qsort(h->boxes, h->n, sizeof(*h->boxes), by_top);
	for (uint32_t i = 0; i < h->n; i++) {
		h->right[i] = (struct edge){h->boxes[i].x + h->boxes[i].w, i};
		h->lower[i] = (struct edge){h->boxes[i].y + h->boxes[i].h, i};
	}
	h->right[h->n] = (struct edge){h->inner.x, h->n};
	h->lower[h->n] = (struct edge){h->inner.y, h->n};
	qsort(h->right, h->n + 1ul, sizeof(*h->right), by_edge);
	qsort(h->lower, h->n + 1ul, sizeof(*h->lower), by_edge);
	return true;
}

static void holes_done(struct holes *h)
{
	free(h->boxes);
	free(h->crossing);
	free(h->right);
	free(h->lower);
}

bool district_place_system(struct district *d, const struct district_node *sector,
	struct district_node *system, const struct district_measure *m)
{
	_cleanup_(holes_done) struct holes holes;
	struct hole hole = {.least = system->weight / HOLE_STEP / HOLE_STEP};

	if (!holes_of(d, sector, m, &holes))
		return false;
	for (int i = 0; i < HOLES; i++) {
		find_hole(&holes, &hole);
		if (isinf(hole.area))
			break;
		if (lay_in_hole(d, system, &hole.box, hole.least, m))
			return true;
		hole.least = hole.area * (1 + 1e-9);
	}
	system->box = (struct sheet_box){0};
	return false;
}
