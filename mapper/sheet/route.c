/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Routes the links of a topology sheet; see route.h. A search (A*) over states of raster point
 * and direction, one line after the other, the shortest first. Costs are whole numbers, ties
 * go to the lower state, so that the same ground gives the same lines everywhere.
 */
#include "mapper/sheet/route.h"

#include "common/cleanup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum cost {
	COST_STEP = 10,
	COST_BEND = 30,
	COST_CROSS = 60,   /* over a line that runs across */
	COST_SHARE = 300,  /* along a line that runs there already */
	COST_NEAR = 12,	   /* next to a box */
	COST_FOREIGN = 40, /* through the region of a system that it does not belong to */
	COST_ASIDE = 2,	   /* per step from the middle of a side */
	COST_TAKEN = 400,  /* at an end that a line has already */
};

#define DIRECTIONS 4
#define NO_STATE UINT32_MAX
#define PATH_MAX_POINTS 4096

static const int step_x[DIRECTIONS] = {1, 0, -1, 0}, step_y[DIRECTIONS] = {0, 1, 0, -1};

struct cell {
	uint32_t owner; /* box + 1 that covers it, its border too; 0: free */
	uint32_t frame; /* frame + 1 */
	bool blocked, near;
	uint8_t across, along; /* vertical and horizontal lines through the point */
	bool right, down;      /* the stretch to the next point is taken */
};

struct heap_entry {
	uint32_t cost, state;
};

struct raster {
	const struct route_ground *ground;
	int nx, ny;
	struct cell *cells;
	uint32_t *cost, *parent; /* per state */
	uint32_t *touched;
	size_t n_touched;
	struct heap_entry *heap;
	size_t n_heap, max_heap;
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
	r->max_heap = n * DIRECTIONS * 2;
	r->heap = malloc(r->max_heap * sizeof(*r->heap));
	if (!r->cells || !r->cost || !r->parent || !r->touched || !r->heap)
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
	return true;
}

static void raster_done(struct raster *r)
{
	free(r->cells);
	free(r->cost);
	free(r->parent);
	free(r->touched);
	free(r->heap);
}

/* ---- the heap ---- */

static bool before(struct heap_entry a, struct heap_entry b)
{
	return a.cost != b.cost ? a.cost < b.cost : a.state < b.state;
}

static void heap_push(struct raster *r, struct heap_entry entry)
{
	size_t i = r->n_heap;

	if (r->n_heap == r->max_heap)
		return;
	r->n_heap++;
	while (i > 0 && before(entry, r->heap[(i - 1) / 2])) {
		r->heap[i] = r->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	r->heap[i] = entry;
}

static struct heap_entry heap_pop(struct raster *r)
{
	struct heap_entry top = r->heap[0], last = r->heap[--r->n_heap];
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= r->n_heap)
			break;
		if (child + 1 < r->n_heap && before(r->heap[child + 1], r->heap[child]))
			child++;
		if (!before(r->heap[child], last))
			break;
		r->heap[i] = r->heap[child];
		i = child;
	}
	r->heap[i] = last;
	return top;
}

/* ---- the search ---- */

struct search {
	struct raster *r;
	uint32_t to;		   /* owner number of the target */
	uint32_t frame_a, frame_b; /* frame + 1 of the two ends, 0 for none */
	int x1, y1, x2, y2;	   /* the target, in raster points */
};

static size_t point_of(const struct raster *r, int x, int y)
{
	return (size_t)y * (size_t)r->nx + (size_t)x;
}

/* What is surely left to go: the distance to the target's box. */
static uint32_t left_to_go(const struct search *s, int x, int y)
{
	int dx = x < s->x1 ? s->x1 - x : x > s->x2 ? x - s->x2 : 0;
	int dy = y < s->y1 ? s->y1 - y : y > s->y2 ? y - s->y2 : 0;

	return (uint32_t)(dx + dy) * COST_STEP;
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
	heap_push(r, (struct heap_entry){cost + left_to_go(s, x, y), state});
}

static bool stretch_taken(const struct raster *r, int x, int y, int direction)
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

static uint32_t aside(int at, int from, int to)
{
	return (uint32_t)(abs(2 * at - from - to) / 2) * COST_ASIDE;
}

/* One step on from (x, y); arriving at the target is a step onto its border. */
static void extend(struct search *s, int x, int y, int direction, bool bend, uint32_t cost,
	uint32_t parent)
{
	struct raster *r = s->r;
	int nx = x + step_x[direction], ny = y + step_y[direction];
	bool level = direction % 2 == 0;
	const struct cell *cell;

	if (nx < 0 || ny < 0 || nx >= r->nx || ny >= r->ny)
		return;
	cell = &r->cells[point_of(r, nx, ny)];
	cost += COST_STEP + (bend ? COST_BEND : 0);
	if (stretch_taken(r, x, y, direction))
		cost += COST_SHARE;
	if (cell->owner == s->to) {
		if (level ? ny == s->y1 || ny == s->y2 : nx == s->x1 || nx == s->x2)
			return; /* a corner */
		cost += level ? aside(ny, s->y1, s->y2) : aside(nx, s->x1, s->x2);
		cost += cell->across + cell->along > 0 ? COST_TAKEN : 0;
		offer(s, nx, ny, direction, cost, parent);
		return;
	}
	if (cell->owner || cell->blocked)
		return;
	if (cell->near)
		cost += COST_NEAR;
	if (cell->across + cell->along > 0)
		cost += COST_CROSS;
	if (cell->frame && cell->frame != s->frame_a && cell->frame != s->frame_b)
		cost += COST_FOREIGN;
	offer(s, nx, ny, direction, cost, parent);
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
			uint32_t state;

			if (x < 0 || y < 0 || x >= s->r->nx || y >= s->r->ny)
				continue;
			cell = &s->r->cells[point_of(s->r, x, y)];
			cost += cell->across + cell->along > 0 ? COST_TAKEN : 0;
			/* The border point itself is a state without parent. */
			state = (uint32_t)point_of(s->r, x, y) * DIRECTIONS +
				(uint32_t)direction;
			if (s->r->cost[state] == UINT32_MAX)
				s->r->touched[s->r->n_touched++] = state;
			s->r->cost[state] = cost;
			s->r->parent[state] = NO_STATE;
			extend(s, x, y, direction, false, cost, state);
		}
	}
}

/* The state on the target's border, or NO_STATE. */
static uint32_t find(struct search *s)
{
	struct raster *r = s->r;

	while (r->n_heap > 0) {
		struct heap_entry entry = heap_pop(r);
		uint32_t point = entry.state / DIRECTIONS;
		int direction = (int)(entry.state % DIRECTIONS);
		int x = (int)(point % (uint32_t)r->nx), y = (int)(point / (uint32_t)r->nx);

		if (r->cells[point].owner == s->to)
			return entry.state;
		if (entry.cost != r->cost[entry.state] + left_to_go(s, x, y))
			continue; /* a better way came later */
		for (int d = 0; d < DIRECTIONS; d++)
			if ((d + 2) % DIRECTIONS != direction)
				extend(s, x, y, d, d != direction, r->cost[entry.state],
					entry.state);
	}
	return NO_STATE;
}

/* ---- the line ---- */

static void take(struct raster *r, uint32_t from, uint32_t to)
{
	struct cell *a = &r->cells[from], *b = &r->cells[to];
	bool level = from + 1 == to || to + 1 == from;

	if (level) {
		(from < to ? a : b)->right = true;
		a->along = b->along = 1;
	} else {
		(from < to ? a : b)->down = true;
		a->across = b->across = 1;
	}
}

/* From the end back to the start: takes the stretches and keeps the bends. */
static bool draw(struct raster *r, uint32_t state, struct arena *arena, struct route_line *line)
{
	const struct route_ground *g = r->ground;
	struct scene_point points[PATH_MAX_POINTS];
	size_t n = 0;

	for (uint32_t next = NO_STATE; state != NO_STATE;
		next = state, state = r->parent[state]) {
		uint32_t point = state / DIRECTIONS;
		bool bend = next == NO_STATE || r->parent[state] == NO_STATE ||
			    next % DIRECTIONS != state % DIRECTIONS;

		if (next != NO_STATE)
			take(r, point, next / DIRECTIONS);
		if (bend && n < PATH_MAX_POINTS)
			points[n++] = (struct scene_point){
				g->area.x + (double)(point % (uint32_t)r->nx) * g->step,
				g->area.y + (double)(point / (uint32_t)r->nx) * g->step};
	}
	line->points = arena_copy(arena, points, n * sizeof(*points));
	line->n = n;
	return line->points != NULL;
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

static bool route_one(struct raster *r, struct arena *arena, struct route_line *line)
{
	const struct route_ground *g = r->ground;
	const struct sheet_box *b = &g->boxes[line->b];
	struct search s = {.r = r, .to = line->b + 1};
	uint32_t state;
	bool ok;

	s.frame_a = g->frame_of[line->a] == MODEL_NONE ? 0 : g->frame_of[line->a] + 1;
	s.frame_b = g->frame_of[line->b] == MODEL_NONE ? 0 : g->frame_of[line->b] + 1;
	s.x1 = to_grid(b->x, g->area.x, g->step);
	s.y1 = to_grid(b->y, g->area.y, g->step);
	s.x2 = to_grid(b->x + b->w, g->area.x, g->step);
	s.y2 = to_grid(b->y + b->h, g->area.y, g->step);
	start(&s, &g->boxes[line->a]);
	state = find(&s);
	ok = state == NO_STATE ? draw_straight(g, arena, line) : draw(r, state, arena, line);
	for (size_t i = 0; i < r->n_touched; i++)
		r->cost[r->touched[i]] = UINT32_MAX;
	r->n_touched = r->n_heap = 0;
	return ok;
}

struct order {
	double distance;
	size_t index;
};

static int by_distance(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

int route_lines(const struct route_ground *ground, struct arena *arena,
	struct route_line *lines, size_t n, struct error *reterr)
{
	struct raster raster = {0};
	_cleanup_(cleanup_freep) struct order *order = calloc(n + 1, sizeof(*order));
	bool ok = order && raster_make(&raster, ground);

	for (size_t i = 0; i < n && ok; i++) {
		const struct sheet_box *a = &ground->boxes[lines[i].a];
		const struct sheet_box *b = &ground->boxes[lines[i].b];

		order[i].index = i;
		order[i].distance =
			fmax(fabs(a->x + a->w / 2 - b->x - b->w / 2) - (a->w + b->w) / 2, 0) +
			fmax(fabs(a->y + a->h / 2 - b->y - b->h / 2) - (a->h + b->h) / 2, 0);
	}
	if (ok)
		qsort(order, n, sizeof(*order), by_distance);
	for (size_t i = 0; i < n && ok; i++)
		ok = route_one(&raster, arena, &lines[order[i].index]);
	raster_done(&raster);
	return ok ? 0
		  : error_set(reterr, ERROR_SYSTEM,
			    "cannot route the links of the map: no memory, or the sheet is too "
			    "large");
}
