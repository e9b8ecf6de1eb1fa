/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places the super nodes of a topology sheet: those with links by Graphviz on the quotient
 * graph, spread over the area that is there; those without on shelves below.
 */
#include "mapper/sheet/topology.h"

#include "common/cleanup.h"
#include "mapper/layout/layout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEP_MM 2.0
#define MAX_RASTER_POINTS 120000.0
#define GAP_LEAST_STEPS 3
#define LAYOUT_MS 5000
#define ROOM_BLOCKS 0.68 /* the same of blocks: links need room to run between them */
#define ROOM_MAX 0.85 /* of the area, for super nodes and the least gaps around them */

struct placing {
	struct topo *topo;
	const struct topo_plan *plan;
	struct layout_node *nodes; /* the linked super nodes */
	uint32_t *super_of, *node_of, *depth;
	uint32_t *queue;
	struct layout_edge *edges;
	uint32_t n, n_edges;
};

/* ---- the quotient graph ---- */

static uint32_t node_of_box(const struct placing *p, uint32_t box)
{
	return p->node_of[p->topo->boxes[box].super];
}

/* Where a reader begins: the Internet's side, else the router with most links. */
static uint32_t find_root(const struct placing *p)
{
	const struct topo *topo = p->topo;
	uint32_t best = 0, most = 0;

	for (uint32_t i = 0; i < topo->n_boxes; i++)
		if (topo->boxes[i].kind == TOPO_NETWORK && node_of_box(p, i) != MODEL_NONE &&
			topo->model->networks[topo->boxes[i].index].internet)
			return node_of_box(p, i);
	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t degree = 0;

		for (uint32_t e = 0; e < p->n_edges; e++)
			degree += p->edges[e].from == i || p->edges[e].to == i;
		if (degree > most) {
			most = degree;
			best = i;
		}
	}
	return best;
}

static void walk(struct placing *p, uint32_t root)
{
	uint32_t head = 0, tail = 0;

	p->depth[root] = 0;
	p->queue[tail++] = root;
	while (head < tail) {
		uint32_t at = p->queue[head++];

		for (uint32_t e = 0; e < p->n_edges; e++) {
			uint32_t other = p->edges[e].from == at ? p->edges[e].to
					 : p->edges[e].to == at ? p->edges[e].from
								: MODEL_NONE;

			if (other != MODEL_NONE && p->depth[other] == MODEL_NONE) {
				p->depth[other] = p->depth[at] + 1;
				p->queue[tail++] = other;
			}
		}
	}
}

/* Edges run away from the root, so that ranks do too. */
static void orient(struct placing *p)
{
	for (uint32_t i = 0; i < p->n; i++)
		p->depth[i] = MODEL_NONE;
	walk(p, find_root(p));
	for (uint32_t i = 0; i < p->n; i++)
		if (p->depth[i] == MODEL_NONE)
			walk(p, i);
	for (uint32_t e = 0; e < p->n_edges; e++) {
		struct layout_edge *edge = &p->edges[e];

		if (p->depth[edge->from] > p->depth[edge->to]) {
			uint32_t from = edge->from;

			edge->from = edge->to;
			edge->to = from;
		}
	}
}

static void make_graph(struct placing *p)
{
	struct topo *topo = p->topo;

	for (uint32_t s = 0; s < topo->n_supers; s++) {
		p->node_of[s] = MODEL_NONE;
		if (!topo->supers[s].linked)
			continue;
		p->super_of[p->n] = s;
		p->nodes[p->n] =
			(struct layout_node){.w = topo->supers[s].w, .h = topo->supers[s].h};
		p->node_of[s] = p->n++;
	}
	for (uint32_t pass = 0; pass < 2; pass++) {
		/* Layer 3 makes the ground; other links count only where there is none. */
		for (uint32_t i = 0; i < topo->n_edges && p->n_edges < LAYOUT_EDGES_MAX; i++) {
			const struct topo_edge *e = &topo->edges[i];

			if ((e->layer == LINK_L3 && e->tie == MODEL_NONE) == (pass == 0))
				p->edges[p->n_edges++] = (struct layout_edge){
					node_of_box(p, e->a), node_of_box(p, e->b), 1};
		}
		if (p->n_edges > 0)
			break;
	}
	if (p->n > 0)
		orient(p);
}

/* ---- the area ---- */

double topo_step(const struct sheet_box *map)
{
	double step = STEP_MM;

	while (map->w * map->h / (step * step) > MAX_RASTER_POINTS)
		step += 0.5;
	return step;
}

struct sheet_box topo_area(const struct sheet_box *map, double step)
{
	return (struct sheet_box){map->x + 3 * step, map->y + 3 * step,
		floor(map->w / step - 6) * step, floor(map->h / step - 6) * step};
}

static double snap(double v, double step)
{
	return round(v / step) * step;
}

/* Super nodes without links: shelves of the area's width. Returns their height. */
static double shelve(
	struct topo *topo, const struct topo_plan *plan, double width, double top, bool move)
{
	double x = 0, y = 0, shelf = 0;

	for (uint32_t s = 0; s < topo->n_supers; s++) {
		struct topo_super *super = &topo->supers[s];

		if (super->linked)
			continue;
		if (x > 0 && x + super->w > width) {
			y += shelf + 2 * plan->step;
			x = shelf = 0;
		}
		if (super->w > width)
			return INFINITY;
		if (move) {
			super->x = x;
			super->y = top + y;
		}
		x += super->w + 2 * plan->step;
		shelf = fmax(shelf, super->h);
	}
	return y + shelf;
}

static void settle(
	struct topo *topo, const struct topo_plan *plan, const struct sheet_box *area)
{
	for (uint32_t s = 0; s < topo->n_supers; s++) {
		struct topo_super *super = &topo->supers[s];

		super->x = area->x + snap(super->x, plan->step);
		super->y = area->y + snap(super->y, plan->step);
		for (uint32_t i = 0; i < super->n_boxes; i++) {
			topo->boxes[super->first_box + i].x += super->x;
			topo->boxes[super->first_box + i].y += super->y;
		}
	}
}

/* As much room for links as there is, but GAP_LEAST_STEPS at least. */
static bool fit(struct placing *p, double w, double h)
{
	size_t bytes = p->n * sizeof(*p->nodes);
	_cleanup_(cleanup_freep) struct layout_node *placed = malloc(bytes);

	if (!placed)
		return false;
	memcpy(placed, p->nodes, bytes);
	for (double gap = p->plan->gap; gap >= GAP_LEAST_STEPS * p->plan->step;
		gap -= p->plan->step) {
		memcpy(p->nodes, placed, bytes);
		if (layout_fit(p->nodes, p->n, gap, w, h))
			return true;
	}
	return false;
}

static bool place_linked(struct placing *p, double w, double h, char *why)
{
	const struct topo_plan *plan = p->plan;
	/* What failed once is not asked again: a sheet waits for one time-out at most. */
	struct layout_request request = {.engine = why[0] ? NULL : plan->engine,
		.timeout_ms = LAYOUT_MS,
		.gap_mm = plan->gap,
		.sideways = plan->sideways};
	double got_w = 0, got_h = 0;

	if (p->n == 0)
		return true;
	if (layout_place(&request, p->nodes, p->n, p->edges, p->n_edges, &got_w, &got_h, why,
		    NULL) < 0 ||
		!fit(p, w, h))
		return false;
	for (uint32_t i = 0; i < p->n; i++) {
		struct topo_super *super = &p->topo->supers[p->super_of[i]];

		super->x = p->nodes[i].x - super->w / 2;
		super->y = p->nodes[i].y - super->h / 2;
	}
	return true;
}

static bool enough_room(const struct topo *topo, const struct topo_plan *plan,
	const struct sheet_box *area, double room)
{
	double used = 0;

	for (uint32_t s = 0; s < topo->n_supers; s++) {
		const struct topo_super *super = &topo->supers[s];

		if (super->w > area->w || super->h > area->h)
			return false;
		used += (super->w + GAP_LEAST_STEPS * plan->step) *
			(super->h + GAP_LEAST_STEPS * plan->step);
	}
	return used < room * area->w * area->h;
}

/* What has its size already. */
static bool place_all(struct topo *topo, const struct topo_plan *plan,
	const struct sheet_box *area, double room, char *why)
{
	size_t n = (size_t)topo->n_supers + 1;
	_cleanup_(cleanup_freep) struct layout_node *nodes = calloc(n, sizeof(*nodes));
	_cleanup_(cleanup_freep) struct layout_edge *edges =
		calloc((size_t)topo->n_edges + 1, sizeof(*edges));
	_cleanup_(cleanup_freep) uint32_t *numbers = calloc(4 * n, sizeof(*numbers));
	struct placing p = {.topo = topo, .plan = plan, .nodes = nodes, .edges = edges};
	double shelves, h;

	if (!nodes || !edges || !numbers || !enough_room(topo, plan, area, room))
		return false;
	p.super_of = numbers;
	p.node_of = numbers + n;
	p.depth = numbers + 2 * n;
	p.queue = numbers + 3 * n;
	shelves = shelve(topo, plan, area->w, 0, false);
	make_graph(&p);
	h = area->h - (shelves > 0 ? shelves + (p.n > 0 ? plan->gap : 0) : 0);
	if (h < 0 || !place_linked(&p, area->w, h, why))
		return false;
	shelve(topo, plan, area->w, p.n > 0 ? area->h - shelves : 0, true);
	settle(topo, plan, area);
	return true;
}

bool topo_place(struct topo *topo, const struct topo_plan *plan, const struct sheet_box *area,
	char *why)
{
	if (topo_least_area(topo, plan->level) > area->w * area->h)
		return false;
	topo_size(topo, plan);
	if (topo->bands)
		return purdue_place(topo, plan, area);
	if (!topo->blocks)
		return place_all(topo, plan, area, ROOM_MAX, why);
	topo_arrange_blocks(topo, plan);
	return place_all(&topo->blocks->ground, plan, area, ROOM_BLOCKS, why);
}
