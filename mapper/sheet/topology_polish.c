/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How tangled a placing is, and the moving of single super nodes to make it less so. Links are
 * taken as straight lines between the middles of their boxes: a crossing, or a box in the way,
 * weighs as much as a line across half the sheet.
 */
#include "mapper/sheet/topology.h"

#include <math.h>

#define ROUNDS 6
#define SEATS 1200.0	    /* places tried per super node, fewer if there are many */
#define WORK_MAX 20000000.0 /* pairs looked at in one round, about */
#define WEIGHT_OTHER 0.4    /* of links that are not layer 3 */
#define WEIGHT_INTERNET 8.0 /* of its distance from the edge of the sheet */
#define SEATS_OF_ONE 3000.0 /* that is new beside others that stay */
#define GAP_STEPS 3
#define REACH 2.0	    /* lines of a sheet's length that a crossing is worth, inverted */

static bool crosses(
	double ax, double ay, double bx, double by, double cx, double cy, double dx, double dy)
{
	double d1 = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
	double d2 = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax);
	double d3 = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx);
	double d4 = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx);

	return d1 * d2 < 0 && d3 * d4 < 0;
}

struct segment {
	double ax, ay, bx, by, weight;
};

static bool is_away(const struct topo *topo, uint32_t edge)
{
	return topo->supers[topo->boxes[topo->edges[edge].a].super].away ||
	       topo->supers[topo->boxes[topo->edges[edge].b].super].away;
}

static struct segment segment_of(const struct topo *topo, uint32_t edge)
{
	const struct topo_edge *e = &topo->edges[edge];
	const struct topo_box *a = &topo->boxes[e->a], *b = &topo->boxes[e->b];

	return (struct segment){a->x + a->w / 2, a->y + a->h / 2, b->x + b->w / 2,
		b->y + b->h / 2,
		e->layer == LINK_L3 && e->tie == MODEL_NONE ? 1 : WEIGHT_OTHER};
}

static bool passes(const struct segment *s, double x, double y, double w, double h)
{
	if (fmax(s->ax, s->bx) < x || fmin(s->ax, s->bx) > x + w || fmax(s->ay, s->by) < y ||
		fmin(s->ay, s->by) > y + h)
		return false;
	return crosses(s->ax, s->ay, s->bx, s->by, x, y, x + w, y + h) ||
	       crosses(s->ax, s->ay, s->bx, s->by, x + w, y, x, y + h);
}

/* Length, and what stands in the way of one link. */
static double edge_cost(const struct topo *topo, uint32_t edge, double reach)
{
	const struct topo_edge *e = &topo->edges[edge];
	struct segment s = segment_of(topo, edge);
	uint32_t own[] = {topo->boxes[e->a].super, topo->boxes[e->b].super};
	double cost = REACH * (fabs(s.ax - s.bx) + fabs(s.ay - s.by)) / reach;

	for (uint32_t i = 0; i < topo->n_supers; i++) {
		const struct topo_super *super = &topo->supers[i];

		if (i != own[0] && i != own[1] && !super->away)
			cost += passes(&s, super->x, super->y, super->w, super->h);
	}
	for (int end = 0; end < 2; end++) {
		const struct topo_super *super = &topo->supers[own[end]];

		for (uint32_t i = super->first_box; i < super->first_box + super->n_boxes; i++)
			if (i != e->a && i != e->b)
				cost += 0.5 * passes(&s, topo->boxes[i].x, topo->boxes[i].y,
						      topo->boxes[i].w, topo->boxes[i].h);
	}
	return cost * s.weight;
}

static double crossing_cost(const struct topo *topo, uint32_t i, uint32_t k)
{
	struct segment a = segment_of(topo, i), b = segment_of(topo, k);

	return crosses(a.ax, a.ay, a.bx, a.by, b.ax, b.ay, b.bx, b.by) ? a.weight * b.weight
								       : 0;
}

static bool is_internet(const struct topo *topo, const struct topo_super *super)
{
	const struct topo_box *box = &topo->boxes[super->first_box];

	return super->kind == TOPO_NETWORK && topo->model->networks[box->index].internet;
}

/* A reader begins at the Internet's side: it belongs to the left or the upper edge. */
static double edge_of_sheet_cost(
	const struct topo *topo, uint32_t super, const struct sheet_box *area)
{
	const struct topo_super *s = &topo->supers[super];

	if (!is_internet(topo, s))
		return 0;
	return WEIGHT_INTERNET * fmin(s->x - area->x, s->y - area->y) / fmax(area->w, area->h);
}

double topo_tangle(const struct topo *topo, const struct sheet_box *area)
{
	double tangle = 0, reach = fmax(area->w, area->h);

	for (uint32_t i = 0; i < topo->n_supers; i++)
		tangle += edge_of_sheet_cost(topo, i, area);
	for (uint32_t i = 0; i < topo->n_edges; i++) {
		tangle += edge_cost(topo, i, reach);
		for (uint32_t k = i + 1; k < topo->n_edges; k++)
			tangle += crossing_cost(topo, i, k);
	}
	return tangle;
}

/* ---- moving one ---- */

static bool is_of(const struct topo *topo, uint32_t edge, uint32_t super)
{
	return topo->boxes[topo->edges[edge].a].super == super ||
	       topo->boxes[topo->edges[edge].b].super == super;
}

/* The part of the tangle that moves with one super node; past `most` it does not matter. */
static double super_cost(
	const struct topo *topo, uint32_t super, const struct sheet_box *area, double most)
{
	const struct topo_super *s = &topo->supers[super];
	double cost = edge_of_sheet_cost(topo, super, area), reach = fmax(area->w, area->h);

	for (uint32_t i = 0; i < topo->n_edges && cost < most; i++) {
		struct segment line;

		if (is_away(topo, i))
			continue;
		if (!is_of(topo, i, super)) {
			line = segment_of(topo, i);
			cost += line.weight * passes(&line, s->x, s->y, s->w, s->h);
			continue;
		}
		cost += edge_cost(topo, i, reach);
		for (uint32_t k = 0; k < topo->n_edges; k++)
			if (k != i && (k > i || !is_of(topo, k, super)) && !is_away(topo, k))
				cost += crossing_cost(topo, i, k);
	}
	return cost;
}

bool topo_is_free(const struct topo *topo, uint32_t super, double x, double y, double gap)
{
	const struct topo_super *s = &topo->supers[super];

	for (uint32_t i = 0; i < topo->n_supers; i++) {
		const struct topo_super *o = &topo->supers[i];

		if (i != super && !o->away && x < o->x + o->w + gap && o->x < x + s->w + gap &&
			y < o->y + o->h + gap && o->y < y + s->h + gap)
			return false;
	}
	return true;
}

void topo_move(struct topo *topo, uint32_t super, double x, double y)
{
	struct topo_super *s = &topo->supers[super];

	for (uint32_t i = s->first_box; i < s->first_box + s->n_boxes; i++) {
		topo->boxes[i].x += x - s->x;
		topo->boxes[i].y += y - s->y;
	}
	s->x = x;
	s->y = y;
}

/* The best of the free places on a lattice over the area, if it costs less than `before`. */
static bool improve(struct topo *topo, uint32_t super, const struct sheet_box *area,
	double pace, double gap, double before)
{
	struct topo_super *s = &topo->supers[super];
	double from_x = s->x, from_y = s->y, best_x = s->x, best_y = s->y;
	double least = before;

	for (double y = area->y; y + s->h <= area->y + area->h + 1e-6; y += pace)
		for (double x = area->x; x + s->w <= area->x + area->w + 1e-6; x += pace) {
			double cost;

			if (!topo_is_free(topo, super, x, y, gap - 1e-6))
				continue;
			topo_move(topo, super, x, y);
			cost = super_cost(topo, super, area, least);
			if (cost < least - 1e-3) {
				least = cost;
				best_x = x;
				best_y = y;
			}
		}
	topo_move(topo, super, best_x, best_y);
	return least < before - 1e-3 && (best_x != from_x || best_y != from_y);
}

bool topo_seat(struct topo *topo, uint32_t super, const struct topo_plan *plan,
	const struct sheet_box *area)
{
	struct topo_super *s = &topo->supers[super];
	double pace = ceil(sqrt(area->w * area->h / SEATS_OF_ONE) / plan->step) * plan->step;
	bool was_away = s->away, seated;

	s->away = false;
	improve(topo, super, area, pace, GAP_STEPS * plan->step,
		was_away ? INFINITY : super_cost(topo, super, area, INFINITY));
	seated = topo_is_free(topo, super, s->x, s->y, GAP_STEPS * plan->step - 1e-6);
	s->away = was_away && !seated;
	return seated;
}

void topo_polish(struct topo *topo, const struct topo_plan *plan, const struct sheet_box *area)
{
	double work = (double)topo->n_supers * ((double)topo->n_edges + topo->n_supers) * 8;
	double seats = fmin(SEATS, WORK_MAX / fmax(work, 1));
	double pace = ceil(sqrt(area->w * area->h / seats) / plan->step) * plan->step;
	bool moved = true;

	if (seats < 4)
		return;
	for (int round = 0; round < ROUNDS && moved; round++) {
		moved = false;
		for (uint32_t i = 0; i < topo->n_supers; i++)
			if (topo->supers[i].linked)
				moved |= improve(topo, i, area, pace, GAP_STEPS * plan->step,
					super_cost(topo, i, area, INFINITY));
	}
}

void topo_center(struct topo *topo, const struct topo_plan *plan, const struct sheet_box *area)
{
	double x1 = INFINITY, y1 = INFINITY, x2 = -INFINITY, y2 = -INFINITY, dx, dy;

	for (uint32_t i = 0; i < topo->n_supers; i++) {
		const struct topo_super *s = &topo->supers[i];

		x1 = fmin(x1, s->x);
		y1 = fmin(y1, s->y);
		x2 = fmax(x2, s->x + s->w);
		y2 = fmax(y2, s->y + s->h);
	}
	dx = floor((area->x + area->w - x2 - (x1 - area->x)) / 2 / plan->step) * plan->step;
	dy = floor((area->y + area->h - y2 - (y1 - area->y)) / 2 / plan->step) * plan->step;
	for (uint32_t i = 0; i < topo->n_supers; i++)
		topo_move(topo, i, topo->supers[i].x + dx, topo->supers[i].y + dy);
}
