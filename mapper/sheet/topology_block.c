/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks: what hangs on one router, or on a pair of routers, stands with it. Where a sheet has
 * many super nodes they are not placed one by one: each router takes the networks and systems
 * that have no other way, as columns along its bus, and the sheet is laid out in blocks. Two
 * routers that share several are one block, the one above, the other below, so that their buses
 * reach every column from both sides without crossing. Decides no level of detail.
 */
#include "mapper/sheet/topology.h"

#include "common/cleanup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHANNEL_STEPS 4 /* between columns, with a bus in it */
#define GAP_STEPS 2	/* without */
#define BAR_STEPS 4	/* between a router and its columns */
#define SHARED_LEAST 2	/* super nodes that make a pair of two routers */
#define HUBS 2		/* routers of a block at most, each a box of the ground */
#define RATIO 1.35	/* of width to height that a block should have */
#define NET_LEAST 3	/* edges of a network that are a bus of their own */

struct builder {
	struct topo *topo;
	bool *linked;	    /* super by super: joined on layer 3 */
	uint32_t *n_around; /* per super: how many it is joined to */
	bool *lives;	    /* per super: has links that are not gone */
	uint32_t *partner;  /* per super: the other router of its pair */
	uint32_t *block_of;
};

static bool is_ground(const struct topo_edge *edge)
{
	return edge->layer == LINK_L3 && edge->tie == MODEL_NONE;
}

static bool joined(const struct builder *b, uint32_t x, uint32_t y)
{
	return b->linked[(size_t)x * b->topo->n_supers + y];
}

/* Where two days are one sheet, what is there stands with the routers that it has now, and only
 * what is gone with those that it had. */
static bool is_over(
	const struct builder *b, const struct topo_edge *edge, uint32_t x, uint32_t y)
{
	const struct topo_super *supers = b->topo->supers;

	return edge->gone && (supers[x].kind == TOPO_JOINT || b->lives[x]) &&
	       (supers[y].kind == TOPO_JOINT || b->lives[y]);
}

static void find_neighbours(struct builder *b)
{
	const struct topo *topo = b->topo;

	for (uint32_t i = 0; i < topo->n_edges; i++)
		if (is_ground(&topo->edges[i]) && !topo->edges[i].gone)
			b->lives[topo->boxes[topo->edges[i].a].super] =
				b->lives[topo->boxes[topo->edges[i].b].super] = true;
	for (uint32_t i = 0; i < topo->n_edges; i++) {
		uint32_t x = topo->boxes[topo->edges[i].a].super;
		uint32_t y = topo->boxes[topo->edges[i].b].super;

		if (!is_ground(&topo->edges[i]) || x == y || joined(b, x, y) ||
			is_over(b, &topo->edges[i], x, y))
			continue;
		b->linked[(size_t)x * topo->n_supers + y] = true;
		b->linked[(size_t)y * topo->n_supers + x] = true;
		b->n_around[x]++;
		b->n_around[y]++;
	}
}

/* The routers that a super node hangs on, if it hangs on one or two and nothing else. */
static uint32_t hubs_of(const struct builder *b, uint32_t super, uint32_t hubs[2])
{
	const struct topo *topo = b->topo;
	uint32_t n = 0;

	if (topo->supers[super].kind == TOPO_JOINT || b->n_around[super] == 0 ||
		b->n_around[super] > 2)
		return 0;
	for (uint32_t i = 0; i < topo->n_supers; i++) {
		if (!joined(b, super, i))
			continue;
		if (topo->supers[i].kind != TOPO_JOINT)
			return 0;
		hubs[n++] = i;
	}
	return n;
}

static void find_pairs(struct builder *b)
{
	const struct topo *topo = b->topo;
	uint32_t hubs[2], others[2];

	for (uint32_t s = 0; s < topo->n_supers; s++)
		b->partner[s] = MODEL_NONE;
	for (uint32_t s = 0; s < topo->n_supers; s++) {
		uint32_t shared = 0;

		if (hubs_of(b, s, hubs) != 2 || b->partner[hubs[0]] != MODEL_NONE ||
			b->partner[hubs[1]] != MODEL_NONE)
			continue;
		for (uint32_t i = s; i < topo->n_supers; i++)
			shared += hubs_of(b, i, others) == 2 && others[0] == hubs[0] &&
				  others[1] == hubs[1];
		if (shared < SHARED_LEAST)
			continue;
		b->partner[hubs[0]] = hubs[1];
		b->partner[hubs[1]] = hubs[0];
	}
}

/* The router whose block it stands in: itself for a router without pair. */
static uint32_t leader_of(const struct builder *b, uint32_t super)
{
	uint32_t hubs[2], n = hubs_of(b, super, hubs), hub = super;

	if (n == 1 || (n == 2 && b->partner[hubs[0]] == hubs[1]))
		hub = hubs[0];
	else if (b->topo->supers[super].kind != TOPO_JOINT)
		return super;
	return b->partner[hub] < hub ? b->partner[hub] : hub;
}

/* Blocks in order of their leaders, each with its members: routers first. */
static void fill_blocks(struct builder *b, struct topo_blocks *blocks)
{
	const struct topo *topo = b->topo;
	uint32_t n = 0;

	for (uint32_t s = 0; s < topo->n_supers; s++) {
		struct topo_super *super = &blocks->ground.supers[blocks->ground.n_supers];
		uint32_t first = n;

		if (!topo->supers[s].linked || leader_of(b, s) != s)
			continue;
		*super = (struct topo_super){.kind = TOPO_FOLD,
			.system = MODEL_NONE,
			.first_box = HUBS * blocks->ground.n_supers,
			.n_boxes = HUBS};
		for (int leaves = 0; leaves < 2; leaves++)
			for (uint32_t i = 0; i < topo->n_supers; i++)
				if (topo->supers[i].linked && leader_of(b, i) == s &&
					(topo->supers[i].kind != TOPO_JOINT) == leaves) {
					blocks->members[n++] = i;
					b->block_of[i] = blocks->ground.n_supers;
				}
		blocks->first[blocks->ground.n_supers] = first;
		blocks->ground.n_supers++;
	}
	blocks->first[blocks->ground.n_supers] = n;
	/* What has no links stands alone, after the others. */
	for (uint32_t s = 0; s < topo->n_supers; s++) {
		if (topo->supers[s].linked)
			continue;
		b->block_of[s] = blocks->ground.n_supers;
		blocks->members[n++] = s;
		blocks->ground.supers[blocks->ground.n_supers] =
			(struct topo_super){.first_box = HUBS * blocks->ground.n_supers,
				.n_boxes = HUBS,
				.kind = TOPO_FOLD};
		blocks->first[++blocks->ground.n_supers] = n;
	}
	blocks->ground.n_boxes = HUBS * blocks->ground.n_supers;
}

/* Links of a block are those of its first router, or of its second. */
static uint32_t ground_box(
	const struct builder *b, const struct topo_blocks *blocks, uint32_t super)
{
	uint32_t block = b->block_of[super], first = blocks->first[block];
	bool second = blocks->first[block + 1] - first > 1 &&
		      blocks->members[first + 1] == super &&
		      b->topo->supers[super].kind == TOPO_JOINT;

	return HUBS * block + second;
}

/* The links between blocks; the block with the Internet's side is known as such. */
static void join_blocks(struct builder *b, struct topo_blocks *blocks)
{
	struct topo *ground = &blocks->ground;
	const struct topo *topo = b->topo;

	for (uint32_t i = 0; i < ground->n_boxes; i++)
		ground->boxes[i] = (struct topo_box){
			.kind = TOPO_FOLD, .index = MODEL_NONE, .super = i / HUBS};
	for (uint32_t i = 0; i < topo->n_boxes; i++) {
		const struct topo_box *box = &topo->boxes[i];
		uint32_t block = b->block_of[box->super];

		if (box->kind != TOPO_NETWORK || !topo->model->networks[box->index].internet)
			continue;
		ground->supers[block].kind = ground->boxes[HUBS * block].kind = TOPO_NETWORK;
		ground->boxes[HUBS * block].index = box->index;
	}
	for (uint32_t i = 0; i < topo->n_edges; i++) {
		struct topo_edge edge = topo->edges[i];
		bool known = false;

		edge.a = ground_box(b, blocks, topo->boxes[edge.a].super);
		edge.b = ground_box(b, blocks, topo->boxes[edge.b].super);
		for (uint32_t k = 0; k < ground->n_edges && !known; k++)
			known = ((ground->edges[k].a == edge.a &&
					 ground->edges[k].b == edge.b) ||
					(ground->edges[k].a == edge.b &&
						ground->edges[k].b == edge.a)) &&
				is_ground(&ground->edges[k]) == is_ground(&edge);
		if (known || edge.a / HUBS == edge.b / HUBS)
			continue;
		ground->edges[ground->n_edges++] = edge;
		ground->supers[edge.a / HUBS].linked = ground->supers[edge.b / HUBS].linked =
			true;
	}
	for (uint32_t i = 0; i < ground->n_supers; i++)
		ground->supers[i].linked |= blocks->first[i + 1] - blocks->first[i] > 1;
}

/* Links to the networks of a router are its bus; a network of many routers is one itself. */
static void find_nets(struct builder *b)
{
	struct topo *topo = b->topo;

	for (uint32_t i = 0; i < topo->n_edges; i++) {
		struct topo_edge *e = &topo->edges[i];
		bool joint_a = topo->boxes[e->a].kind == TOPO_JOINT;
		uint32_t network = joint_a ? e->b : e->a, joint = joint_a ? e->a : e->b;

		if (!is_ground(e) || topo->boxes[joint].kind != TOPO_JOINT ||
			topo->boxes[network].kind == TOPO_JOINT)
			continue;
		e->net = b->n_around[topo->boxes[network].super] >= NET_LEAST ? network + 1
									      : joint + 1;
	}
}

int topo_make_blocks(struct topo *topo)
{
	size_t n = (size_t)topo->n_supers + 2;
	struct arena *arena = topo->model->arena;
	_cleanup_(cleanup_freep) bool *linked = calloc(n * n + n, sizeof(*linked));
	_cleanup_(cleanup_freep) uint32_t *numbers = calloc(3 * n, sizeof(*numbers));
	struct topo_blocks *blocks = arena_alloc(arena, sizeof(*blocks));
	struct builder b = {.topo = topo,
		.linked = linked,
		.n_around = numbers,
		.partner = numbers + n,
		.block_of = numbers + 2 * n};

	if (!linked || !numbers || !blocks)
		return -1;
	blocks->ground.model = topo->model;
	blocks->ground.request = topo->request;
	blocks->ground.supers = arena_alloc(arena, n * sizeof(*blocks->ground.supers));
	blocks->ground.boxes = arena_alloc(arena, HUBS * n * sizeof(*blocks->ground.boxes));
	blocks->ground.edges =
		arena_alloc(arena, ((size_t)topo->n_edges + 1) * sizeof(*blocks->ground.edges));
	blocks->members = arena_alloc(arena, n * sizeof(*blocks->members));
	blocks->first = arena_alloc(arena, n * sizeof(*blocks->first));
	blocks->column = arena_alloc(arena, n * sizeof(*blocks->column));
	blocks->home = arena_alloc(arena, n * sizeof(*blocks->home));
	blocks->drift = arena_alloc(arena, 2 * n * sizeof(*blocks->drift));
	blocks->loose = arena_alloc(arena, n * sizeof(*blocks->loose));
	if (!blocks->loose || !blocks->drift || !blocks->home || !blocks->column ||
		!blocks->ground.supers || !blocks->ground.boxes || !blocks->ground.edges ||
		!blocks->members || !blocks->first)
		return -1;
	b.lives = linked + n * n;
	find_neighbours(&b);
	find_pairs(&b);
	fill_blocks(&b, blocks);
	join_blocks(&b, blocks);
	find_nets(&b);
	memset(blocks->column, 0xff, n * sizeof(*blocks->column));
	topo->blocks = blocks;
	return 0;
}

/* ---- within a block ---- */

struct columns {
	struct topo *topo;
	const uint32_t *leaves;
	uint32_t n, n_hubs;
	double step;
};

/* Room left of column `i`, with a bus or without. Both buses reach every column. */
static double room(const struct columns *c, uint32_t i, uint32_t n_columns)
{
	if (i == 0)
		return c->n_hubs == 2 ? (CHANNEL_STEPS - 1) * c->step : 0;
	if (i == n_columns)
		return c->n_hubs == 2 || n_columns % 2 ? (CHANNEL_STEPS - 1) * c->step : 0;
	return (c->n_hubs == 2 || i % 2 ? CHANNEL_STEPS : GAP_STEPS) * c->step;
}

/* Fills columns of about that height, top to bottom; moves the leaves against the block. */
static uint32_t fill_columns(const struct columns *c, uint32_t n_columns, double height,
	double top, double *ret_w, double *ret_h)
{
	double x = room(c, 0, n_columns), y = 0, w = 0;
	uint32_t column = 0;

	*ret_h = 0;
	for (uint32_t i = 0; i < c->n; i++) {
		struct topo_super *leaf = &c->topo->supers[c->leaves[i]];

		if (y > 0 && y + leaf->h > height && column + 1 < n_columns) {
			x += w + room(c, ++column, n_columns);
			y = w = 0;
		}
		leaf->x = x;
		leaf->y = top + y;
		c->topo->blocks->column[c->leaves[i]] = column;
		y += leaf->h + GAP_STEPS * c->step;
		w = fmax(w, leaf->w);
		*ret_h = fmax(*ret_h, y - GAP_STEPS * c->step);
	}
	*ret_w = x + w + room(c, column + 1, column + 1);
	return column + 1;
}

static void arrange_leaves(const struct columns *c, double top, double *ret_w, double *ret_h)
{
	double total = 0, highest = 0, least = INFINITY, best_height = 0;
	uint32_t best = 1;

	for (uint32_t i = 0; i < c->n; i++) {
		total += c->topo->supers[c->leaves[i]].h + GAP_STEPS * c->step;
		highest = fmax(highest, c->topo->supers[c->leaves[i]].h);
	}
	for (uint32_t n = 1; n <= c->n; n++) {
		double height = fmax(highest, total / n + GAP_STEPS * c->step), w, h, cost;

		fill_columns(c, n, height, top, &w, &h);
		cost = w * h * (1 + 0.5 * fabs(log(w / (h + 2 * top) / RATIO)));
		if (cost < least) {
			least = cost;
			best = n;
			best_height = height;
		}
	}
	fill_columns(c, best, best_height, top, ret_w, ret_h);
}

/* ---- as on an earlier sheet ---- */

static const struct topo_was *was_of(const struct topo *topo, uint32_t super)
{
	return topo->was ? topo->was[super] : NULL;
}

/* The first member that has a place, routers before the others: the block stands where its
 * block stood. */
static const struct topo_was *home_of(
	const struct topo *topo, const uint32_t *members, uint32_t n)
{
	const struct topo_was *home = NULL;

	for (uint32_t i = 0; i < n; i++) {
		const struct topo_was *was = was_of(topo, members[i]);

		if (was && (!home || (home->gone && !was->gone)))
			home = was;
	}
	return home;
}

static bool at_home(const struct topo_was *was, const struct topo_was *home)
{
	return was && home && was->x == home->x && was->y == home->y && was->w == home->w &&
	       was->h == home->h;
}

/* In the block; where sizes are others only the order stays. */
static double was_at(const struct columns *c, uint32_t steps)
{
	return c->topo->was_sized ? topo_was_mm(c->topo, steps, c->step) : 0;
}

/* The first y from there on at which a column has room for so much. */
static double find_hole(const struct columns *c, uint32_t column, double h, double y)
{
	const uint32_t *columns = c->topo->blocks->column;
	double gap = GAP_STEPS * c->step;
	bool moved = true;

	while (moved) {
		moved = false;
		for (uint32_t i = 0; i < c->n; i++) {
			const struct topo_super *leaf = &c->topo->supers[c->leaves[i]];

			if (columns[c->leaves[i]] != column ||
				y >= leaf->y + leaf->h + gap - 1e-6 ||
				leaf->y >= y + h + gap - 1e-6)
				continue;
			y = leaf->y + leaf->h + gap;
			moved = true;
		}
	}
	return y;
}

struct extent {
	double bottom, w[TOPOLOGY_SUPERS_MAX + 1], all; /* widths of columns, and their sum */
	uint32_t n;					/* columns */
};

static void take(
	const struct columns *c, uint32_t leaf, uint32_t column, double y, struct extent *e)
{
	struct topo_super *super = &c->topo->supers[leaf];
	double more = fmax(super->w - e->w[column], 0);

	c->topo->blocks->column[leaf] = column;
	super->y = y;
	e->w[column] += more;
	e->all += more;
	e->bottom = fmax(e->bottom, y + super->h);
	e->n = column + 1 > e->n ? column + 1 : e->n;
}

static int by_slot(const void *a, const void *b, void *closure)
{
	const struct topo *topo = closure;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	const struct topo_was *x = topo->was[i], *y = topo->was[k];

	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	if (x->in_y != y->in_y)
		return x->in_y < y->in_y ? -1 : 1;
	return i < k ? -1 : i > k;
}

/* Who had a slot keeps it; what has grown pushes down those under it. */
static bool take_slots(const struct columns *c, const struct topo_was *home, double top,
	struct extent *e)
{
	_cleanup_(cleanup_freep) uint32_t *order = calloc(c->n + 1ul, sizeof(*order));
	uint32_t n = 0;

	for (uint32_t i = 0; i < c->n && order; i++) {
		const struct topo_was *was = was_of(c->topo, c->leaves[i]);

		c->topo->blocks->column[c->leaves[i]] = MODEL_NONE;
		if (at_home(was, home) && !was->gone && was->column != TOPO_NO_COLUMN)
			order[n++] = c->leaves[i];
	}
	if (!order)
		return false;
	qsort_r(order, n, sizeof(*order), by_slot, c->topo);
	for (uint32_t i = 0; i < n; i++) {
		const struct topo_was *was = c->topo->was[order[i]];

		take(c, order[i], was->column,
			find_hole(c, was->column, c->topo->supers[order[i]].h,
				fmax(top, was_at(c, was->in_y))),
			e);
	}
	return n > 0;
}

/* A hole, the end of a column or a new column: where the block grows least, or in the direction
 * that is asked for. */
static void take_any(const struct columns *c, uint32_t leaf, double top, struct extent *e)
{
	static const double prices[TOPO_GROW_N][2] = {{1, 1}, {1, 1000}, {1000, 1}};
	const struct topo_super *super = &c->topo->supers[leaf];
	const double *price = prices[c->topo->grow];
	double best = INFINITY, best_y = top;
	uint32_t column = 0;

	for (uint32_t i = 0; i <= e->n && i < TOPOLOGY_SUPERS_MAX; i++) {
		double y = find_hole(c, i, super->h, top);
		double bottom = fmax(e->bottom, y + super->h);
		double cost = price[0] * (bottom - e->bottom) * e->all +
			      price[1] *
				      (fmax(super->w - e->w[i], 0) +
					      (i == e->n) * CHANNEL_STEPS * c->step) *
				      bottom;

		if (cost >= best)
			continue;
		best = cost;
		best_y = y;
		column = i;
	}
	take(c, leaf, column, best_y, e);
}

/* Columns stand where they stood, or as near as those before them let them. */
static double set_columns(const struct columns *c, const struct topo_was *home,
	const struct extent *e)
{
	double x = room(c, 0, e->n);

	for (uint32_t column = 0; column < e->n; column++) {
		for (uint32_t i = 0; i < c->n; i++) {
			const struct topo_was *was = was_of(c->topo, c->leaves[i]);

			if (c->topo->blocks->column[c->leaves[i]] == column &&
				at_home(was, home) && !was->gone && was->column == column)
				x = fmax(x, was_at(c, was->in_x));
		}
		for (uint32_t i = 0; i < c->n; i++)
			if (c->topo->blocks->column[c->leaves[i]] == column)
				c->topo->supers[c->leaves[i]].x = x;
		x += e->w[column] + (column + 1 < e->n ? room(c, column + 1, e->n) : 0);
	}
	return x + room(c, e->n, e->n);
}

/* False if none of them had a slot: then they are arranged anew. */
static bool keep_leaves(const struct columns *c, const struct topo_was *home, double top,
	double *ret_w, double *ret_h)
{
	struct extent e = {0};

	if (!home || !c->topo->was_columns || !take_slots(c, home, top, &e))
		return false;
	/* What is gone takes its slot again if that is free. */
	for (int any = 0; any < 2; any++)
		for (uint32_t i = 0; i < c->n; i++) {
			const struct topo_was *was = was_of(c->topo, c->leaves[i]);
			double h = c->topo->supers[c->leaves[i]].h, y;

			if (c->topo->blocks->column[c->leaves[i]] != MODEL_NONE)
				continue;
			if (any) {
				take_any(c, c->leaves[i], top, &e);
				continue;
			}
			if (!at_home(was, home) || was->column == TOPO_NO_COLUMN)
				continue;
			y = fmax(top, was_at(c, was->in_y));
			if (find_hole(c, was->column, h, y) == y)
				take(c, c->leaves[i], was->column, y, &e);
		}
	*ret_w = set_columns(c, home, &e);
	*ret_h = e.bottom - top;
	return true;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* What has grown moves what is beside it: half of that is taken back by the whole. */
static double drift_of(const struct topo *topo, const uint32_t *members, uint32_t n,
	const struct topo_was *home, double step, bool down)
{
	double moved[TOPOLOGY_SUPERS_MAX + 1];
	uint32_t n_moved = 0;

	for (uint32_t i = 0; i < n && n_moved <= TOPOLOGY_SUPERS_MAX; i++) {
		const struct topo_super *super = &topo->supers[members[i]];
		const struct topo_was *was = was_of(topo, members[i]);

		if (at_home(was, home) && !was->gone)
			moved[n_moved++] =
				down ? super->y + super->h / 2 -
						(was->in_y + was->own_h / 2.0) * topo->was_step
				     : super->x + super->w / 2 -
						(was->in_x + was->own_w / 2.0) * topo->was_step;
	}
	qsort(moved, n_moved, sizeof(*moved), by_size);
	return n_moved > 0 ? trunc(moved[n_moved / 2] / step) * step : 0;
}

/* Which of two routers stands above: the first, unless it stood below, or the other above. */
static uint32_t upper_of(
	const struct topo *topo, const uint32_t *members, const struct topo_was *home)
{
	const struct topo_was *first = was_of(topo, members[0]),
			      *second = was_of(topo, members[1]);

	if (at_home(first, home))
		return first->in_y > 0;
	return at_home(second, home) && second->in_y == 0;
}

static void arrange(struct topo *topo, struct topo_blocks *blocks, uint32_t block, double step)
{
	const uint32_t *members = blocks->members + blocks->first[block];
	uint32_t n = blocks->first[block + 1] - blocks->first[block], n_hubs = 0;
	struct topo_super *super = &blocks->ground.supers[block];
	struct topo_box *boxes = &blocks->ground.boxes[super->first_box];
	const struct topo_was *home = home_of(topo, members, n);
	double w = 0, h = 0, top = 0;
	uint32_t upper = 0;

	blocks->home[block] = home;
	blocks->loose[block] = true;
	while (n > 1 && n_hubs < n && n_hubs < HUBS &&
		topo->supers[members[n_hubs]].kind == TOPO_JOINT)
		n_hubs++;
	if (n == 1) {
		topo->supers[members[0]].x = topo->supers[members[0]].y = 0;
		w = topo->supers[members[0]].w;
		h = topo->supers[members[0]].h;
	} else {
		struct columns c = {topo, members + n_hubs, n - n_hubs, n_hubs, step};

		upper = n_hubs == 2 ? upper_of(topo, members, home) : 0;
		top = topo->supers[members[upper]].h + BAR_STEPS * step;
		blocks->loose[block] = !keep_leaves(&c, home, top, &w, &h);
		if (c.n > 0 && blocks->loose[block])
			arrange_leaves(&c, top, &w, &h);
		w = fmax(w, topo->supers[members[0]].w);
		if (n_hubs == 2)
			w = fmax(w, topo->supers[members[1]].w);
		for (uint32_t i = 0; i < n_hubs; i++) {
			struct topo_super *hub = &topo->supers[members[i]];
			const struct topo_was *was = was_of(topo, members[i]);

			hub->x = floor((w - hub->w) / 2 / step) * step;
			hub->y = i == upper ? 0 : top + h + BAR_STEPS * step;
			if (!at_home(was, home) || !topo->was_sized)
				continue;
			hub->x = fmin(topo_was_mm(topo, was->in_x, step), w - hub->w);
			hub->y = i == upper ? 0
					    : fmax(hub->y, topo_was_mm(topo, was->in_y, step));
		}
		h = n_hubs == 2
			    ? topo->supers[members[!upper]].y + topo->supers[members[!upper]].h
			    : h + top;
	}
	super->w = w;
	super->h = h;
	super->x = super->y = 0;
	for (int down = 0; down < 2; down++)
		blocks->drift[2 * block + down] =
			home ? drift_of(topo, members, n, home, step, down) : 0;
	/* Where the lines of each router begin; a place without size stands for none. */
	for (uint32_t i = 0; i < HUBS; i++) {
		const struct topo_super *hub = &topo->supers[members[i < n_hubs ? i : 0]];

		boxes[i].x = hub->x;
		boxes[i].y = hub->y;
		boxes[i].w = i > 0 && i >= n_hubs ? 0 : hub->w;
		boxes[i].h = i > 0 && i >= n_hubs ? 0 : hub->h;
	}
}

void topo_arrange_blocks(struct topo *topo, const struct topo_plan *plan)
{
	for (uint32_t i = 0; i < topo->blocks->ground.n_supers; i++)
		arrange(topo, topo->blocks, i, plan->step);
}

/* Of two routers the upper one's bus runs in every other channel, the lower one's in the
 * others, so that they never meet. */
static void choose_sides(struct topo *topo, uint32_t upper, uint32_t lower)
{
	for (uint32_t i = 0; i < topo->n_edges; i++) {
		struct topo_edge *e = &topo->edges[i];
		uint32_t a = topo->boxes[e->a].super, b = topo->boxes[e->b].super;
		uint32_t hub = a == upper || a == lower ? a : b, leaf = hub == a ? b : a;
		uint32_t column = topo->blocks->column[leaf];

		if (!is_ground(e) || (hub != upper && hub != lower) || column == MODEL_NONE)
			continue;
		e->sides = (hub == upper) == (column % 2 == 0) ? ROUTE_RIGHT : ROUTE_LEFT;
	}
}

void topo_settle_blocks(struct topo *topo)
{
	const struct topo_blocks *blocks = topo->blocks;

	for (uint32_t i = 0; i < blocks->ground.n_supers; i++) {
		const uint32_t *members = blocks->members + blocks->first[i];
		uint32_t n = blocks->first[i + 1] - blocks->first[i];

		if (n > 2 && topo->supers[members[0]].kind == TOPO_JOINT &&
			topo->supers[members[1]].kind == TOPO_JOINT) {
			bool turned = topo->supers[members[0]].y > topo->supers[members[1]].y;

			choose_sides(topo, members[turned], members[!turned]);
		}
		for (uint32_t m = blocks->first[i]; m < blocks->first[i + 1]; m++) {
			struct topo_super *super = &topo->supers[blocks->members[m]];

			super->x += blocks->ground.supers[i].x;
			super->y += blocks->ground.supers[i].y;
			for (uint32_t k = 0; k < super->n_boxes; k++) {
				topo->boxes[super->first_box + k].x += super->x;
				topo->boxes[super->first_box + k].y += super->y;
			}
		}
	}
}
