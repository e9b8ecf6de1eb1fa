/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arithmetic on placed boxes: overlaps pushed apart, needless distance taken out, and the grid
 * that stands in when there are no positions. Pure, deterministic, bounded: rounds of pushing
 * end after PUSH_ROUNDS, and what still overlaps then is set to the nearest free place.
 */
#include "mapper/layout/internal.h"

#include "common/cleanup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PUSH_ROUNDS 300
#define FIT_ROUNDS 400
#define SPREAD_MAX 2.0	 /* a stretch beyond that is emptiness, not order */
#define SEATS_ACROSS 150 /* places looked at along each side of the area */
#define SEATS_DOWN 110
#define SEATS_NODES 30 /* that many nodes look at all of them */
#define EPSILON 1e-6
#define TIGHTEST 0.2

/* How far two boxes reach into each other with the gap between them, per axis. */
static bool overlap(const struct layout_node *a, const struct layout_node *b, double gap,
	double *ret_dx, double *ret_dy)
{
	*ret_dx = (a->w + b->w) / 2 + gap - fabs(a->x - b->x);
	*ret_dy = (a->h + b->h) / 2 + gap - fabs(a->y - b->y);
	return *ret_dx > EPSILON && *ret_dy > EPSILON;
}

static bool push_round(struct layout_node *nodes, size_t n, double gap)
{
	bool moved = false;

	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++) {
			struct layout_node *a = &nodes[i], *b = &nodes[j];
			double dx, dy;

			if (!overlap(a, b, gap, &dx, &dy))
				continue;
			moved = true;
			if (dx < dy) {
				double half = (dx / 2 + EPSILON) * (a->x <= b->x ? 1 : -1);

				a->x -= half;
				b->x += half;
			} else {
				double half = (dy / 2 + EPSILON) * (a->y <= b->y ? 1 : -1);

				a->y -= half;
				b->y += half;
			}
		}
	return moved;
}

static bool is_free(
	const struct layout_node *nodes, size_t n, const struct layout_node *node, double gap)
{
	double dx, dy;

	for (size_t i = 0; i < n; i++)
		if (overlap(&nodes[i], node, gap, &dx, &dy))
			return false;
	return true;
}

void layout_around(int ring, int k, int *ret_x, int *ret_y)
{
	int along = k % (2 * ring) - ring;
	const int x[] = {along, ring, -along, -ring}, y[] = {-ring, along, ring, -along};

	*ret_x = x[k / (2 * ring)];
	*ret_y = y[k / (2 * ring)];
}

/* The nearest place, on squares around where it is, that is free of the nodes before it. */
static void settle(struct layout_node *nodes, size_t at, double gap)
{
	struct layout_node *node = &nodes[at];
	double x = node->x, y = node->y, step = fmax(fmin(node->w, node->h) / 4, 0.5);

	for (int ring = 1; !is_free(nodes, at, node, gap); ring++)
		for (int k = 0; k < 8 * ring; k++) {
			int gx, gy;

			layout_around(ring, k, &gx, &gy);
			node->x = x + gx * step;
			node->y = y + gy * step;
			if (is_free(nodes, at, node, gap))
				return;
		}
}

void apart_push(struct layout_node *nodes, size_t n, double gap_mm)
{
	bool moved = true;

	for (int round = 0; round < PUSH_ROUNDS && moved; round++)
		moved = push_round(nodes, n, gap_mm);
	for (size_t i = 1; i < n && moved; i++)
		settle(nodes, i, gap_mm);
}

/* The smallest factor on all centres that keeps every pair apart. */
void apart_tighten(struct layout_node *nodes, size_t n, double gap_mm)
{
	double factor = TIGHTEST;

	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++) {
			const struct layout_node *a = &nodes[i], *b = &nodes[j];
			double fx =
				((a->w + b->w) / 2 + gap_mm) / fmax(fabs(a->x - b->x), EPSILON);
			double fy =
				((a->h + b->h) / 2 + gap_mm) / fmax(fabs(a->y - b->y), EPSILON);

			factor = fmax(factor, fmin(fx, fy));
		}
	if (factor >= 1)
		return;
	for (size_t i = 0; i < n; i++) {
		nodes[i].x *= factor;
		nodes[i].y *= factor;
	}
}

void apart_grid(struct layout_node *nodes, size_t n, double gap_mm)
{
	double area = 0, widest = 0, x = 0, y = 0, tallest = 0;

	for (size_t i = 0; i < n; i++) {
		area += (nodes[i].w + gap_mm) * (nodes[i].h + gap_mm);
		widest = fmax(widest, nodes[i].w);
	}
	widest = fmax(widest, sqrt(area * 1.5));
	for (size_t i = 0; i < n; i++) {
		if (x > 0 && x + nodes[i].w > widest) {
			y += tallest + gap_mm;
			x = tallest = 0;
		}
		nodes[i].x = x + nodes[i].w / 2;
		nodes[i].y = y + nodes[i].h / 2;
		x += nodes[i].w + gap_mm;
		tallest = fmax(tallest, nodes[i].h);
	}
}

void apart_origin(struct layout_node *nodes, size_t n, double *ret_width, double *ret_height)
{
	double x1 = INFINITY, y1 = INFINITY, x2 = -INFINITY, y2 = -INFINITY;

	for (size_t i = 0; i < n; i++) {
		x1 = fmin(x1, nodes[i].x - nodes[i].w / 2);
		y1 = fmin(y1, nodes[i].y - nodes[i].h / 2);
		x2 = fmax(x2, nodes[i].x + nodes[i].w / 2);
		y2 = fmax(y2, nodes[i].y + nodes[i].h / 2);
	}
	for (size_t i = 0; i < n; i++) {
		nodes[i].x -= x1;
		nodes[i].y -= y1;
	}
	*ret_width = n > 0 ? x2 - x1 : 0;
	*ret_height = n > 0 ? y2 - y1 : 0;
}

/* ---- into an area ---- */

/* Stretches or squeezes the centres along one axis so that the whole is as long as the area. */
static void stretch(
	struct layout_node *nodes, size_t n, bool vertical, double size, double extent)
{
	double factor = SPREAD_MAX;

	for (size_t i = 0; i < n; i++) {
		double c = (vertical ? nodes[i].y : nodes[i].x) - size / 2;
		double half = (vertical ? nodes[i].h : nodes[i].w) / 2;

		if (fabs(c) > EPSILON)
			factor = fmin(factor, (extent / 2 - half) / fabs(c));
	}
	for (size_t i = 0; i < n; i++) {
		double *v = vertical ? &nodes[i].y : &nodes[i].x;

		*v = extent / 2 + (*v - size / 2) * fmax(factor, 0);
	}
}

static double clamp(double v, double half, double extent)
{
	return fmin(fmax(v, half), extent - half);
}

/* Pushes apart within the area. False if some still overlap after FIT_ROUNDS. */
static bool squeeze(
	struct layout_node *nodes, size_t n, double gap, double width, double height)
{
	bool moved = true;

	for (int round = 0; round < FIT_ROUNDS && moved; round++) {
		moved = push_round(nodes, n, gap);
		for (size_t i = 0; i < n; i++) {
			nodes[i].x = clamp(nodes[i].x, nodes[i].w / 2, width);
			nodes[i].y = clamp(nodes[i].y, nodes[i].h / 2, height);
		}
	}
	/* The last clamp may have brought some together again. */
	for (size_t i = 0; i < n; i++)
		if (!is_free(nodes, i, &nodes[i], gap - 0.01))
			return false;
	return true;
}

static int by_area(const void *a, const void *b, void *closure)
{
	const struct layout_node *nodes = closure;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	double x = nodes[i].w * nodes[i].h, y = nodes[j].w * nodes[j].h;

	if (x != y)
		return x > y ? -1 : 1;
	return i < j ? -1 : i > j;
}

/* Moves `node` to the free place nearest to where it wants to be. */
static bool seat(struct layout_node *placed, size_t n, size_t total, struct layout_node *node,
	double gap, double width, double height)
{
	double x = clamp(node->x, node->w / 2, width), y = clamp(node->y, node->h / 2, height);
	/* Many nodes look at fewer places each: the work stays within bounds. */
	double coarse = sqrt(fmax((double)total / SEATS_NODES, 1));
	double step_x = fmax(width * coarse / SEATS_ACROSS, 1);
	double step_y = fmax(height * coarse / SEATS_DOWN, 1);
	struct layout_node best = *node;
	double least = INFINITY;

	for (double cy = node->h / 2; cy <= height - node->h / 2 + EPSILON; cy += step_y)
		for (double cx = node->w / 2; cx <= width - node->w / 2 + EPSILON;
			cx += step_x) {
			double off = hypot(cx - x, cy - y);

			if (off >= least)
				continue;
			node->x = cx;
			node->y = cy;
			if (!is_free(placed, n, node, gap))
				continue;
			least = off;
			best = *node;
		}
	*node = best;
	return isfinite(least);
}

/* One after the other, the large ones first, each as near to its position as is free. */
static bool seat_all(
	struct layout_node *nodes, size_t n, double gap, double width, double height)
{
	_cleanup_(cleanup_freep) size_t *order = calloc(n + 1, sizeof(*order));
	_cleanup_(cleanup_freep) struct layout_node *placed = calloc(n + 1, sizeof(*placed));

	if (!order || !placed)
		return false;
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	qsort_r(order, n, sizeof(*order), by_area, nodes);
	for (size_t i = 0; i < n; i++) {
		if (!seat(placed, i, n, &nodes[order[i]], gap, width, height))
			return false;
		placed[i] = nodes[order[i]];
	}
	return true;
}

bool layout_fit(struct layout_node *nodes, size_t n_nodes, double gap_mm, double width_mm,
	double height_mm)
{
	_cleanup_(cleanup_freep) struct layout_node *wanted =
		calloc(n_nodes + 1, sizeof(*wanted));
	double w, h;

	for (size_t i = 0; i < n_nodes; i++)
		if (nodes[i].w > width_mm || nodes[i].h > height_mm)
			return false;
	if (!wanted)
		return false;
	apart_origin(nodes, n_nodes, &w, &h);
	stretch(nodes, n_nodes, false, w, width_mm);
	stretch(nodes, n_nodes, true, h, height_mm);
	memcpy(wanted, nodes, n_nodes * sizeof(*nodes));
	if (squeeze(nodes, n_nodes, gap_mm, width_mm, height_mm))
		return true;
	memcpy(nodes, wanted, n_nodes * sizeof(*nodes));
	return seat_all(nodes, n_nodes, gap_mm, width_mm, height_mm);
}
