/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Routes the links of a topology sheet; see route.h. A search (A*) over states of raster point
 * and direction, one line after the other, the shortest first. Costs are whole numbers and
 * ties go by the order of the search, so that the same ground gives the same lines everywhere.
 */
#include "mapper/sheet/route.h"

#include "common/cleanup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum cost {
	COST_STEP = 10,
	COST_BEND = 30,
	COST_CROSS = 400,   /* over a line that runs across */
	COST_SHARE = 300,   /* along a line that runs there already */
	COST_NEAR = 12,	    /* next to a box */
	COST_BESIDE = 8,    /* one step from a line that runs the same way */
	COST_FOREIGN = 200, /* through the region of a system that it does not belong to */
	COST_BLOCK = 30,    /* through a block of others */
	COST_ASIDE = 2,	    /* per step from the middle of a side */
	COST_TAKEN = 400,   /* at an end that a line has already */
	COST_EXIT = 90,	    /* to leave the box of a net anew */
};

/* What the bounded queue holds: no way is longer than LONGEST times around the area. */
#define LONGEST 8
#define COST_MOST 100000
#define GREED_UNIT 8
#define GREED_MANY 12 /* with many lines, a little less short is much faster */
#define MANY_LINES 60
#define DIRECTIONS 4
#define NO_STATE UINT32_MAX
#define PATH_MAX_POINTS 4096

static const int step_x[DIRECTIONS] = {1, 0, -1, 0}, step_y[DIRECTIONS] = {0, 1, 0, -1};

struct cell {
	uint32_t owner; /* box + 1 that covers it, its border too; 0: free */
	uint32_t frame; /* frame + 1 */
	uint32_t block; /* block + 1 */
	bool blocked, near;
	uint32_t across,
		along; /* whose vertical and horizontal lines run through the point; 0: none */
	uint32_t right, down; /* whose the stretch to the next point is */
	uint32_t back;	      /* of the tree that grows: the point before, + 1; 0: at its box */
};

struct entry {
	uint32_t state, next; /* next: entry + 1 of the same bucket, 0 for none */
};

struct raster {
	const struct route_ground *ground;
	int nx, ny;
	struct cell *cells;
	uint32_t *cost, *parent; /* per state */
	uint32_t *touched;
	size_t n_touched;
	struct entry *entries;
	size_t n_entries, max_entries;
	uint32_t *buckets; /* entry + 1 by cost */
	uint32_t n_buckets, first, end;
	uint32_t greed; /* weight of what is left to go, in GREED_UNIT */
	uint32_t *tree; /* the points that the net in hand has taken so far */
	size_t n_tree;
	uint32_t net; /* in hand */
	uint64_t spent;
};

static int to_grid(double v, double origin, double step)
{
	return (int)lround((v - origin) / step);
}

/* ---- the raster ---- */

static void cover(struct raster *r, const struct sheet_box *box, uint32_t owner, uint32_t frame,
	bool blocked)
{
	const struct route_ground *g = r->ground;
	int x1 = to_grid(box->x, g->area.x, g->step), y1 = to_grid(box->y, g->area.y, g->step);
	int x2 = to_grid(box->x + box->w, g->area.x, g->step);
	int y2 = to_grid(box->y + box->h, g->area.y, g->step);

	for (int y = y1 < 1 ? 0 : y1 - 1; y <= y2 + 1 && y < r->ny; y++)
		for (int x = x1 < 1 ? 0 : x1 - 1; x <= x2 + 1 && x < r->nx; x++) {
			struct cell *cell = &r->cells[(size_t)y * (size_t)r->nx + (size_t)x];
			bool inside = x >= x1 && x <= x2 && y >= y1 && y <= y2;

			if (inside && owner)
				cell->owner = owner;
			if (inside && frame)
				cell->frame = frame;
			cell->blocked |= inside && blocked;
			/* Neither along a box nor on the border of a system's region. */
			cell->near |= owner != 0 ||
				      (inside && (x == x1 || x == x2 || y == y1 || y == y2));
		}
}

static void cover_block(struct raster *r, const struct sheet_box *box, uint32_t block)
{
	const struct route_ground *g = r->ground;
	int x1 = to_grid(box->x, g->area.x, g->step), y1 = to_grid(box->y, g->area.y, g->step);
	int x2 = to_grid(box->x + box->w, g->area.x, g->step);
	int y2 = to_grid(box->y + box->h, g->area.y, g->step);

	for (int y = y1 < 0 ? 0 : y1; y <= y2 && y < r->ny; y++)
		for (int x = x1 < 0 ? 0 : x1; x <= x2 && x < r->nx; x++)
			r->cells[(size_t)y * (size_t)r->nx + (size_t)x].block = block;
}

static bool raster_make(struct raster *r, const struct route_ground *g)
{
	size_t n;

	r->ground = g;
	r->nx = (int)floor(g->area.w / g->step + 1e-6) + 1;
	r->ny = (int)floor(g->area.h / g->step + 1e-6) + 1;
	n = (size_t)r->nx * (size_t)r->ny;
	if (n > ROUTE_POINTS_MAX)
		return false;
	r->cells = calloc(n, sizeof(*r->cells));
	r->cost = malloc(n * DIRECTIONS * sizeof(*r->cost));
	r->parent = malloc(n * DIRECTIONS * sizeof(*r->parent));
	r->touched = malloc(n * DIRECTIONS * sizeof(*r->touched));
	r->max_entries = n * DIRECTIONS * 2;
	r->entries = malloc(r->max_entries * sizeof(*r->entries));
	r->n_buckets = r->first = (uint32_t)(r->nx + r->ny) * COST_STEP * LONGEST + COST_MOST;
	r->buckets = calloc(r->n_buckets, sizeof(*r->buckets));
	r->tree = malloc(n * sizeof(*r->tree));
	if (!r->tree || !r->cells || !r->cost || !r->parent || !r->touched || !r->entries ||
		!r->buckets)
		return false;
	memset(r->cost, 0xff, n * DIRECTIONS * sizeof(*r->cost));
	for (size_t i = 0; i < g->n_frames; i++) {
		struct sheet_box head = g->frames[i].box;

		cover(r, &g->frames[i].box, 0, (uint32_t)i + 1, false);
		head.h = g->frames[i].head;
		head.w = fmin(ceil(g->frames[i].left / g->step) * g->step, head.w);
		cover(r, &head, 0, 0, true);
		head.w = fmin(ceil(g->frames[i].right / g->step) * g->step, g->frames[i].box.w);
		head.x = g->frames[i].box.x + g->frames[i].box.w - head.w;
		cover(r, &head, 0, 0, true);
	}
	for (size_t i = 0; i < g->n_boxes; i++)
		cover(r, &g->boxes[i], (uint32_t)i + 1, 0, false);
	for (size_t i = 0; i < g->n_blocks; i++)
		cover_block(r, &g->blocks[i], (uint32_t)i + 1);
	return true;
}

static void raster_done(struct raster *r)
{
	free(r->cells);
	free(r->cost);
	free(r->parent);
	free(r->touched);
	free(r->entries);
	free(r->buckets);
	free(r->tree);
}

/* ---- the queue ---- */

/* A bucket per cost, for costs are small whole numbers; in a bucket the last in goes first. */
static void queue_push(struct raster *r, uint32_t cost, uint32_t state)
{
	if (cost >= r->n_buckets || r->n_entries == r->max_entries)
		return;
	r->entries[r->n_entries] = (struct entry){state, r->buckets[cost]};
	r->buckets[cost] = (uint32_t)++r->n_entries;
	if (cost < r->first)
		r->first = cost;
	if (cost >= r->end)
		r->end = cost + 1;
}

static bool queue_pop(struct raster *r, uint32_t *ret_cost, uint32_t *ret_state)
{
	const struct entry *entry;

	while (r->first < r->end && r->buckets[r->first] == 0)
		r->first++;
	if (r->first >= r->end)
		return false;
	entry = &r->entries[r->buckets[r->first] - 1];
	r->buckets[r->first] = entry->next;
	*ret_cost = r->first;
	*ret_state = entry->state;
	return true;
}

static void queue_clear(struct raster *r)
{
	memset(r->buckets, 0, r->end * sizeof(*r->buckets));
	r->first = r->n_buckets;
	r->end = 0;
	r->n_entries = 0;
}

/* ---- the search ---- */

struct search {
	struct raster *r;
	uint32_t to;		   /* owner number of the target */
	uint8_t sides;		   /* of the target, 0 for any */
	uint32_t own;		   /* whose line it is: of a net, or of one line */
	uint32_t frame_a, frame_b; /* frame + 1 of the two ends, 0 for none */
	uint32_t block_a, block_b; /* the same of blocks */
	int x1, y1, x2, y2;	   /* the target, in raster points */
};

static size_t point_of(const struct raster *r, int x, int y)
{
	return (size_t)y * (size_t)r->nx + (size_t)x;
}

/* What is surely left: the distance to the target's box, and the bends on the way there. */
static uint32_t left_to_go(const struct search *s, int x, int y, int direction)
{
	int dx = x < s->x1 ? s->x1 - x : x > s->x2 ? s->x2 - x : 0;
	int dy = y < s->y1 ? s->y1 - y : y > s->y2 ? s->y2 - y : 0;
	int ahead = dx * step_x[direction] + dy * step_y[direction];
	int aside = dx * step_y[direction] + dy * step_x[direction];
	uint32_t bends = ahead < 0 ? 2 : aside != 0 ? 1 : 0;

	return ((uint32_t)(abs(dx) + abs(dy)) * COST_STEP + bends * COST_BEND) * s->r->greed /
	       GREED_UNIT;
}

static void offer(struct search *s, int x, int y, int direction, uint32_t cost, uint32_t parent)
{
	struct raster *r = s->r;
	uint32_t state = (uint32_t)point_of(r, x, y) * DIRECTIONS + (uint32_t)direction;

	if (cost >= r->cost[state])
		return;
	if (r->cost[state] == UINT32_MAX)
		r->touched[r->n_touched++] = state;
	r->cost[state] = cost;
	r->parent[state] = parent;
	queue_push(r, cost + left_to_go(s, x, y, direction), state);
}

static uint32_t stretch_owner(const struct raster *r, int x, int y, int direction)
{
	switch (direction) {
	case 0:
		return r->cells[point_of(r, x, y)].right;
	case 1:
		return r->cells[point_of(r, x, y)].down;
	case 2:
		return r->cells[point_of(r, x - 1, y)].right;
	default:
		return r->cells[point_of(r, x, y - 1)].down;
	}
}

/* Whether a line runs the same way one step to the side. */
static bool beside(const struct raster *r, int x, int y, bool level)
{
	size_t at = point_of(r, x, y), nx = (size_t)r->nx;

	if (level)
		return (y > 0 && r->cells[at - nx].along) ||
		       (y + 1 < r->ny && r->cells[at + nx].along);
	return (x > 0 && r->cells[at - 1].across) || (x + 1 < r->nx && r->cells[at + 1].across);
}

static uint32_t aside(int at, int from, int to)
{
	return (uint32_t)(abs(2 * at - from - to) / 2) * COST_ASIDE;
}

/* By a line that is not of the same net. */
static bool is_run_through(const struct cell *cell, uint32_t own)
{
	return (cell->across && cell->across != own) || (cell->along && cell->along != own);
}

/* One step on from (x, y); arriving at the target is a step onto its border. */
static void extend(struct search *s, int x, int y, int direction, bool bend, uint32_t cost,
	uint32_t parent)
{
	struct raster *r = s->r;
	int nx = x + step_x[direction], ny = y + step_y[direction];
	bool level = direction % 2 == 0;
	const struct cell *cell;
	uint32_t taken;

	if (nx < 0 || ny < 0 || nx >= r->nx || ny >= r->ny)
		return;
	cell = &r->cells[point_of(r, nx, ny)];
	taken = stretch_owner(r, x, y, direction);
	cost += COST_STEP + (bend ? COST_BEND : 0);
	if (taken && taken != s->own)
		cost += COST_SHARE;
	if (cell->owner == s->to) {
		/* Whoever runs to the right arrives at the left side, and so on. */
		if (s->sides && !(s->sides & 1u << direction))
			return;
		if (level ? ny == s->y1 || ny == s->y2 : nx == s->x1 || nx == s->x2)
			return; /* a corner */
		cost += level ? aside(ny, s->y1, s->y2) : aside(nx, s->x1, s->x2);
		cost += is_run_through(cell, s->own) ? COST_TAKEN : 0;
		offer(s, nx, ny, direction, cost, parent);
		return;
	}
	if (cell->owner || cell->blocked)
		return;
	if (cell->near)
		cost += COST_NEAR;
	if (beside(r, nx, ny, level))
		cost += COST_BESIDE;
	if (is_run_through(cell, s->own))
		cost += COST_CROSS;
	if (cell->frame && cell->frame != s->frame_a && cell->frame != s->frame_b)
		cost += COST_FOREIGN;
	if (cell->block && cell->block != s->block_a && cell->block != s->block_b)
		cost += COST_BLOCK;
	offer(s, nx, ny, direction, cost, parent);
}

/* A state without parent, and what can be reached from it. */
static void start_at(struct search *s, int x, int y, int direction, uint32_t cost)
{
	uint32_t state = (uint32_t)point_of(s->r, x, y) * DIRECTIONS + (uint32_t)direction;

	if (s->r->cost[state] == UINT32_MAX)
		s->r->touched[s->r->n_touched++] = state;
	s->r->cost[state] = cost;
	s->r->parent[state] = NO_STATE;
	extend(s, x, y, direction, false, cost, state);
}

/* Where the tree of the net may part. */
static void start_on_tree(struct search *s)
{
	const struct raster *r = s->r;

	for (size_t i = 0; i < r->n_tree; i++)
		for (int direction = 0; direction < DIRECTIONS; direction++)
			start_at(s, (int)(r->tree[i] % (uint32_t)r->nx),
				(int)(r->tree[i] / (uint32_t)r->nx), direction, COST_BEND);
}

/* Every place on the border of the starting box, leaving it straight. */
static void start(struct search *s, const struct sheet_box *box)
{
	const struct route_ground *g = s->r->ground;
	int x1 = to_grid(box->x, g->area.x, g->step), y1 = to_grid(box->y, g->area.y, g->step);
	int x2 = to_grid(box->x + box->w, g->area.x, g->step);
	int y2 = to_grid(box->y + box->h, g->area.y, g->step);

	for (int direction = 0; direction < DIRECTIONS; direction++) {
		bool level = direction % 2 == 0;
		int from = level ? y1 : x1, to = level ? y2 : x2;

		for (int at = from + 1; at < to; at++) {
			int x = level ? (direction == 0 ? x2 : x1) : at;
			int y = level ? at : (direction == 1 ? y2 : y1);
			const struct cell *cell;
			uint32_t cost = aside(at, from, to);

			if (x < 0 || y < 0 || x >= s->r->nx || y >= s->r->ny)
				continue;
			cell = &s->r->cells[point_of(s->r, x, y)];
			cost += is_run_through(cell, s->own) ? COST_TAKEN : 0;
			cost += s->r->n_tree > 0 ? COST_EXIT : 0;
			start_at(s, x, y, direction, cost);
		}
	}
	start_on_tree(s);
}

/* The state on the target's border, or NO_STATE. */
static uint32_t find(struct search *s)
{
	struct raster *r = s->r;
	uint32_t cost, state;

	while (queue_pop(r, &cost, &state)) {
		uint32_t point = state / DIRECTIONS;
		int direction = (int)(state % DIRECTIONS);
		int x = (int)(point % (uint32_t)r->nx), y = (int)(point / (uint32_t)r->nx);

		if (r->cells[point].owner == s->to)
			return state;
		if (cost != r->cost[state] + left_to_go(s, x, y, direction))
			continue; /* a better way came later */
		for (int d = 0; d < DIRECTIONS; d++)
			if ((d + 2) % DIRECTIONS != direction)
				extend(s, x, y, d, d != direction, r->cost[state], state);
	}
	return NO_STATE;
}

/* ---- the line ---- */

static void take(struct raster *r, uint32_t from, uint32_t to, uint32_t own)
{
	struct cell *a = &r->cells[from], *b = &r->cells[to];
	bool level = from + 1 == to || to + 1 == from;
	uint32_t *stretch = level ? &(from < to ? a : b)->right : &(from < to ? a : b)->down;

	/* Who came first keeps it: what comes later pays for it. */
	*stretch = *stretch ? *stretch : own;
	if (level) {
		a->along = a->along ? a->along : own;
		b->along = b->along ? b->along : own;
	} else {
		a->across = a->across ? a->across : own;
		b->across = b->across ? b->across : own;
	}
}

/* A point of the tree from now on, if it is not there and on free ground. */
static void grow(struct raster *r, uint32_t point, uint32_t before)
{
	struct cell *cell = &r->cells[point];

	if (r->net == 0 || cell->owner || cell->back)
		return;
	cell->back = before + 1;
	r->tree[r->n_tree++] = point;
}

/* The tree of another net begins. */
static void plant(struct raster *r, uint32_t net)
{
	if (net == r->net && net != 0)
		return;
	for (size_t i = 0; i < r->n_tree; i++)
		r->cells[r->tree[i]].back = 0;
	r->n_tree = 0;
	r->net = net;
}

struct bends {
	uint32_t points[PATH_MAX_POINTS];
	size_t n;
};

static bool is_straight(const struct raster *r, uint32_t a, uint32_t b, uint32_t c)
{
	uint32_t nx = (uint32_t)r->nx;

	return (a / nx == b / nx && b / nx == c / nx) || (a % nx == b % nx && b % nx == c % nx);
}

static void add_bend(const struct raster *r, struct bends *bends, uint32_t point)
{
	if (bends->n >= 2 &&
		is_straight(r, bends->points[bends->n - 2], bends->points[bends->n - 1], point))
		bends->n--;
	if (bends->n < PATH_MAX_POINTS)
		bends->points[bends->n++] = point;
}

/* From the end back to the start, and on along the tree of the net: takes the stretches and
 * keeps the bends. */
static bool draw(
	const struct search *s, uint32_t state, struct arena *arena, struct route_line *line)
{
	struct raster *r = s->r;
	const struct route_ground *g = r->ground;
	struct scene_point *points;
	struct bends bends = {.n = 0};
	uint32_t point = state / DIRECTIONS;

	add_bend(r, &bends, point);
	for (state = r->parent[state]; state != NO_STATE; state = r->parent[state]) {
		uint32_t before = state / DIRECTIONS;

		take(r, point, before, s->own);
		grow(r, point, before);
		add_bend(r, &bends, before);
		point = before;
	}
	for (; r->cells[point].back; point = r->cells[point].back - 1)
		add_bend(r, &bends, r->cells[point].back - 1);
	points = arena_alloc(arena, bends.n * sizeof(*points));
	for (size_t i = 0; i < bends.n && points; i++)
		points[i] = (struct scene_point){
			g->area.x + (double)(bends.points[i] % (uint32_t)r->nx) * g->step,
			g->area.y + (double)(bends.points[i] / (uint32_t)r->nx) * g->step};
	line->points = points;
	line->n = bends.n;
	return points != NULL;
}

/* Where the line from the middle of a box to a point leaves it. */
static struct scene_point leave(const struct sheet_box *box, double tx, double ty)
{
	double cx = box->x + box->w / 2, cy = box->y + box->h / 2;
	double dx = tx - cx, dy = ty - cy, t = 1;

	if (fabs(dx) > 1e-9)
		t = fmin(t, box->w / 2 / fabs(dx));
	if (fabs(dy) > 1e-9)
		t = fmin(t, box->h / 2 / fabs(dy));
	return (struct scene_point){cx + dx * t, cy + dy * t};
}

static bool draw_straight(
	const struct route_ground *g, struct arena *arena, struct route_line *line)
{
	const struct sheet_box *a = &g->boxes[line->a], *b = &g->boxes[line->b];
	const struct scene_point points[] = {leave(a, b->x + b->w / 2, b->y + b->h / 2),
		leave(b, a->x + a->w / 2, a->y + a->h / 2)};

	line->points = arena_copy(arena, points, sizeof(points));
	line->n = 2;
	line->straight = true;
	return line->points != NULL;
}

/* Ready for the next search. */
static void clear(struct raster *r)
{
	for (size_t i = 0; i < r->n_touched; i++)
		r->cost[r->touched[i]] = UINT32_MAX;
	r->n_touched = 0;
	queue_clear(r);
}

static bool route_one(
	struct raster *r, struct arena *arena, struct route_line *line, uint32_t own)
{
	const struct route_ground *g = r->ground;
	bool turned = line->net == line->b + 1;
	const struct sheet_box *b = &g->boxes[turned ? line->a : line->b];
	struct search s = {.r = r,
		.to = (turned ? line->a : line->b) + 1,
		.own = own,
		.sides = line->sides};
	uint32_t state;
	bool ok;

	plant(r, line->net);
	s.frame_a = g->frame_of[line->a] == MODEL_NONE ? 0 : g->frame_of[line->a] + 1;
	s.frame_b = g->frame_of[line->b] == MODEL_NONE ? 0 : g->frame_of[line->b] + 1;
	if (g->n_blocks > 0) {
		s.block_a = g->block_of[line->a] + 1;
		s.block_b = g->block_of[line->b] + 1;
	}
	s.x1 = to_grid(b->x, g->area.x, g->step);
	s.y1 = to_grid(b->y, g->area.y, g->step);
	s.x2 = to_grid(b->x + b->w, g->area.x, g->step);
	s.y2 = to_grid(b->y + b->h, g->area.y, g->step);
	start(&s, &g->boxes[turned ? line->b : line->a]);
	state = find(&s);
	r->spent += state == NO_STATE ? COST_MOST : r->cost[state];
	ok = state == NO_STATE ? draw_straight(g, arena, line) : draw(&s, state, arena, line);
	clear(r);
	return ok;
}

/* ---- one after the other ---- */

struct order {
	uint32_t rank; /* of its net */
	double distance;
	size_t index;
};

static int by_order(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Nets first, each as a whole, then the others; the others first; or nets the other way round.
 */
enum turn { TURN_NETS, TURN_SINGLES, TURN_BACK, TURN_N };

static uint32_t rank_of(const struct route_line *line, enum turn turn)
{
	return turn == TURN_SINGLES ? line->net
	       : turn == TURN_BACK  ? UINT32_MAX - line->net
	       : line->net	    ? line->net
				    : UINT32_MAX;
}

static void put_in_order(const struct route_ground *ground, const struct route_line *lines,
	size_t n, enum turn turn, struct order *order)
{
	for (size_t i = 0; i < n; i++) {
		const struct sheet_box *a = &ground->boxes[lines[i].a];
		const struct sheet_box *b = &ground->boxes[lines[i].b];

		order[i].index = i;
		order[i].rank = rank_of(&lines[i], turn);
		order[i].distance =
			fmax(fabs(a->x + a->w / 2 - b->x - b->w / 2) - (a->w + b->w) / 2, 0) +
			fmax(fabs(a->y + a->h / 2 - b->y - b->h / 2) - (a->h + b->h) / 2, 0);
	}
	qsort(order, n, sizeof(*order), by_order);
}

/* All lines in one order; `ret_cost` is the sum of what they cost. False without memory. */
static bool route_all(const struct route_ground *ground, struct arena *arena,
	struct route_line *lines, size_t n, const struct order *order, uint64_t *ret_cost)
{
	struct raster raster = {.greed = n > MANY_LINES ? GREED_MANY : GREED_UNIT};
	bool ok = raster_make(&raster, ground);

	for (size_t i = 0; i < n && ok; i++) {
		struct route_line *line = &lines[order[i].index];
		uint32_t own = line->net ? line->net
					 : (uint32_t)(ground->n_boxes + order[i].index) + 1;

		ok = route_one(&raster, arena, line, own);
	}
	*ret_cost = raster.spent;
	raster_done(&raster);
	return ok;
}

int route_lines(const struct route_ground *ground, struct arena *arena,
	struct route_line *lines, size_t n, struct error *reterr)
{
	_cleanup_(cleanup_freep) struct order *order = calloc(n + 1, sizeof(*order));
	_cleanup_(cleanup_freep) struct route_line *tried = calloc(n + 1, sizeof(*tried));
	uint64_t least = UINT64_MAX, cost;
	bool nets = false, ok = order && tried;

	for (size_t i = 0; i < n && ok; i++)
		nets |= lines[i].net != 0;
	for (int turn = 0; turn < (nets ? TURN_N : 1) && ok; turn++) {
		memcpy(tried, lines, n * sizeof(*lines));
		put_in_order(ground, tried, n, (enum turn)turn, order);
		ok = route_all(ground, arena, tried, n, order, &cost);
		if (!ok || cost >= least)
			continue;
		least = cost;
		memcpy(lines, tried, n * sizeof(*lines));
	}
	return ok ? 0
		  : error_set(reterr, ERROR_SYSTEM,
			    "cannot route the links of the map: no memory, or the sheet is too "
			    "large");
}
