/* SPDX-License-Identifier: Apache-2.0 */
/* Counts crossings, hits and overlaps; see tangle.h. */
#include "tests/unit/mapper/tangle.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEAR 0.05 /* millimetres that are none */

static void *need(size_t n, size_t size)
{
	void *memory = calloc(n + 1, size);

	if (!memory) {
		fputs("tangle: no memory\n", stderr);
		exit(1);
	}
	return memory;
}

static bool holds(const struct check_box *box, struct scene_point p, double slack)
{
	return p.x > box->x1 - slack && p.x < box->x2 + slack && p.y > box->y1 - slack &&
	       p.y < box->y2 + slack;
}

static bool same_point(struct scene_point a, struct scene_point b)
{
	return fabs(a.x - b.x) < NEAR && fabs(a.y - b.y) < NEAR;
}

static double along(struct scene_point a, struct scene_point b, struct scene_point p)
{
	double dx = b.x - a.x, dy = b.y - a.y;

	return ((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy);
}

static double aside(struct scene_point a, struct scene_point b, struct scene_point p)
{
	return fabs((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)) /
	       hypot(b.x - a.x, b.y - a.y);
}

/* Parallel stretches that lie on each other for more than a point. */
static bool shared(
	struct scene_point a, struct scene_point b, struct scene_point c, struct scene_point d)
{
	double from, to;

	if (aside(a, b, c) > NEAR || aside(a, b, d) > NEAR)
		return false;
	from = fmax(fmin(along(a, b, c), along(a, b, d)), 0);
	to = fmin(fmax(along(a, b, c), along(a, b, d)), 1);
	return (to - from) * hypot(b.x - a.x, b.y - a.y) > 2 * NEAR;
}

static bool meet(struct scene_point a, struct scene_point b, struct scene_point c,
	struct scene_point d, struct scene_point *ret_at)
{
	double rx = b.x - a.x, ry = b.y - a.y, sx = d.x - c.x, sy = d.y - c.y;
	double cross = rx * sy - ry * sx, t, u;

	if (fabs(cross) < 1e-12)
		return false;
	t = ((c.x - a.x) * sy - (c.y - a.y) * sx) / cross;
	u = ((c.x - a.x) * ry - (c.y - a.y) * rx) / cross;
	if (t < -1e-6 || t > 1 + 1e-6 || u < -1e-6 || u > 1 + 1e-6)
		return false;
	*ret_at = (struct scene_point){a.x + t * rx, a.y + t * ry};
	return true;
}

static bool have_common_node(const struct tangle_line *x, const struct tangle_line *y)
{
	return x->a == y->a || x->a == y->b || x->b == y->a || x->b == y->b;
}

static bool is_end(struct scene_point p, struct scene_point a, struct scene_point b)
{
	return same_point(p, a) || same_point(p, b);
}

static void add_point(struct tangle *t, struct scene_point at)
{
	for (size_t i = 0; i < t->crossings; i++)
		if (same_point(t->at[i], at))
			return;
	if (t->crossings == t->max_at) {
		t->max_at = t->max_at ? 2 * t->max_at : 256;
		t->at = realloc(t->at, t->max_at * sizeof(*t->at));
		if (!t->at)
			need(SIZE_MAX, 1);
	}
	t->at[t->crossings++] = at;
}

static struct scene_point middle_of(struct scene_point a, struct scene_point b)
{
	return (struct scene_point){(a.x + b.x) / 2, (a.y + b.y) / 2};
}

/* Lines of one node may run and part together: they only cross where both go on straight. */
static void find_crossings(
	struct tangle *t, const struct tangle_line *x, const struct tangle_line *y)
{
	bool common = have_common_node(x, y);

	for (size_t i = 1; i < x->n; i++)
		for (size_t k = 1; k < y->n; k++) {
			struct scene_point a = x->points[i - 1], b = x->points[i],
					   c = y->points[k - 1], d = y->points[k], at;

			if (!common && shared(a, b, c, d))
				add_point(t, middle_of(c, d));
			else if (meet(a, b, c, d, &at) &&
				 !(common && (is_end(at, a, b) || is_end(at, c, d))))
				add_point(t, at);
		}
}

/* Liang and Barsky: whether a stretch has a part inside. */
static bool cuts(struct scene_point a, struct scene_point b, const struct check_box *box)
{
	const double d[] = {a.x - b.x, b.x - a.x, a.y - b.y, b.y - a.y};
	const double q[] = {a.x - box->x1 - NEAR, box->x2 - NEAR - a.x, a.y - box->y1 - NEAR,
		box->y2 - NEAR - a.y};
	double from = 0, to = 1;

	for (size_t i = 0; i < 4; i++) {
		if (fabs(d[i]) < 1e-12) {
			if (q[i] <= 0)
				return false;
			continue;
		}
		if (d[i] < 0)
			from = fmax(from, q[i] / d[i]);
		else
			to = fmin(to, q[i] / d[i]);
	}
	return from < to;
}

static void count(struct tangle *t)
{
	for (size_t i = 0; i < t->n_lines; i++) {
		const struct tangle_line *x = &t->lines[i];

		for (uint32_t k = 0; k < t->n_nodes && x->a != x->b; k++) {
			bool hit = false;

			for (size_t p = 1; p < x->n && !hit && k != x->a && k != x->b; p++)
				hit = cuts(x->points[p - 1], x->points[p], &t->nodes[k]);
			t->hits += hit;
		}
		for (size_t k = i + 1; k < t->n_lines && x->a != x->b; k++)
			if (t->lines[k].a != t->lines[k].b)
				find_crossings(t, x, &t->lines[k]);
	}
	for (size_t i = 0; i < t->n_nodes; i++)
		for (size_t k = i + 1; k < t->n_nodes; k++)
			t->overlaps += t->nodes[i].x1 < t->nodes[k].x2 - NEAR &&
				       t->nodes[k].x1 < t->nodes[i].x2 - NEAR &&
				       t->nodes[i].y1 < t->nodes[k].y2 - NEAR &&
				       t->nodes[k].y1 < t->nodes[i].y2 - NEAR;
}

static bool is_within(const struct check_box *a, const struct check_box *b)
{
	return a->x1 > b->x1 - NEAR && a->x2 < b->x2 + NEAR && a->y1 > b->y1 - NEAR &&
	       a->y2 < b->y2 + NEAR;
}

static uint32_t node_at(const struct tangle *t, struct scene_point p)
{
	for (uint32_t i = 0; i < t->n_nodes; i++)
		if (holds(&t->nodes[i], p, NEAR))
			return i;
	fprintf(stderr, "tangle: a line ends at %.1f,%.1f and not at a box\n", p.x, p.y);
	exit(1);
}

void tangle_of_scene(const struct scene *scene, struct tangle *tangle)
{
	const struct check_box map = check_map(scene);

	*tangle = (struct tangle){.nodes = need(scene->n_items, sizeof(*tangle->nodes)),
		.lines = need(scene->n_items, sizeof(*tangle->lines))};
	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *item = &scene->items[i];
		struct check_box box = check_extent(item);
		bool inner = item->kind != SCENE_RECT || item->layer != SCENE_REGIONS ||
			     !is_within(&box, &map);

		for (size_t k = 0; k < tangle->n_nodes && !inner; k++)
			inner = is_within(&box, &tangle->nodes[k]);
		if (!inner)
			tangle->nodes[tangle->n_nodes++] = box;
	}
	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *item = &scene->items[i];
		struct check_box box = check_extent(item);
		struct tangle_line *line = &tangle->lines[tangle->n_lines];

		if (item->kind != SCENE_LINE || item->layer != SCENE_LINKS ||
			item->style == THEME_LINK_END || !is_within(&box, &map))
			continue;
		line->points = item->line.points;
		line->n = item->line.n;
		line->a = node_at(tangle, line->points[0]);
		line->b = node_at(tangle, line->points[line->n - 1]);
		tangle->n_lines++;
	}
	count(tangle);
}

static struct scene_point middle(const struct check_box *box)
{
	return (struct scene_point){(box->x1 + box->x2) / 2, (box->y1 + box->y2) / 2};
}

void tangle_straight(
	const struct tangle *from, const struct check_box *nodes, struct tangle *tangle)
{
	struct scene_point *points = need(2 * from->n_lines, sizeof(*points));

	*tangle = (struct tangle){.nodes = need(from->n_nodes, sizeof(*tangle->nodes)),
		.n_nodes = from->n_nodes,
		.lines = need(from->n_lines, sizeof(*tangle->lines))};
	memcpy(tangle->nodes, nodes, from->n_nodes * sizeof(*nodes));
	for (size_t i = 0; i < from->n_lines; i++) {
		const struct tangle_line *line = &from->lines[i];
		struct scene_point *ends = points + 2 * tangle->n_lines;
		bool known = line->a == line->b;

		for (size_t k = 0; k < tangle->n_lines && !known; k++) {
			const struct tangle_line *other = &tangle->lines[k];

			known = (other->a == line->a && other->b == line->b) ||
				(other->a == line->b && other->b == line->a);
		}
		if (known)
			continue;
		ends[0] = middle(&nodes[line->a]);
		ends[1] = middle(&nodes[line->b]);
		tangle->lines[tangle->n_lines++] =
			(struct tangle_line){line->a, line->b, ends, 2};
	}
	count(tangle);
	for (size_t i = 0; i < tangle->n_lines; i++)
		tangle->lines[i].points = NULL;
	free(points);
}

void tangle_done(struct tangle *tangle)
{
	free(tangle->nodes);
	free(tangle->lines);
	free(tangle->at);
}
