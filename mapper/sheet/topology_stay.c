/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A topology sheet on the places of an earlier one: what stays stands where it stood, what has
 * grown gives way a little, and what is new comes to the free place where its links make the
 * least tangle. On another paper everything stands where it stood as a share of the sheet.
 * Everything here is in whole steps of the raster, so that a sheet of which nothing changed is
 * the same. Bounded; deterministic.
 */
#include "mapper/sheet/topology.h"

#include "common/cleanup.h"
#include "mapper/layout/layout.h"

#include <stdlib.h>
#include <string.h>

#define EPSILON 1e-6
#define GAP_STEPS 2	/* at least, between what stays: a new layout is rounded to that */
#define GAP_NEW_STEPS 3 /* around what is new */
#define NEAR 0.02	/* of the diagonal: who has no room where it stood looks as far */
#define ROOM 0.85	/* of the area, for super nodes */
#define QUIET 0.02	/* of unrest: no other way is looked for */
#define PUSH_ROUNDS 200
#define FAILED_MAX 6 /* then no room is looked for, which takes long */
#define SWEEPS 2 /* over what is new, once everything has a place */
#define HALF 2	 /* with fewer places than one in that many, there is nothing to remember */

/* Who comes later gives way. */
enum stand { STAND_SAME, STAND_OTHER_SIZE, STAND_LOOSE, STAND_NEW };

struct stay {
	struct topo *topo; /* the ground */
	const struct topo_plan *plan;
	const struct sheet_box *area;
	enum stand *stands; /* per super node */
	const double *drift; /* per super node, x and y: what it is put back by */
	uint32_t failed;     /* those that found no room anywhere */
};

static double clamped(double v, double from, double extent, double size)
{
	return fmax(from, fmin(v, from + extent - size));
}

/* Moves it to the step nearest to there that lies in the area. */
static void put(struct stay *s, uint32_t i, double x, double y)
{
	const struct topo_super *super = &s->topo->supers[i];
	double step = s->plan->step;

	x = s->area->x + round((x - s->area->x) / step) * step;
	y = s->area->y + round((y - s->area->y) / step) * step;
	topo_move(s->topo, i, clamped(x, s->area->x, s->area->w, super->w),
		clamped(y, s->area->y, s->area->h, super->h));
}

static bool is_free(const struct stay *s, uint32_t i, double x, double y, double gap)
{
	return topo_is_free(s->topo, i, x, y, gap * s->plan->step - EPSILON);
}

/* The free place nearest to where it is, no further than `reach`. Looks around it in squares.
 */
static bool take_near(struct stay *s, uint32_t i, double gap, double reach)
{
	struct topo_super *super = &s->topo->supers[i];
	const struct sheet_box *area = s->area;
	double step = s->plan->step, x = super->x, y = super->y, best_x = x, best_y = y;
	double least = is_free(s, i, x, y, gap) ? 0 : INFINITY;

	for (int ring = 1; ring * step < fmin(least, reach + EPSILON); ring++)
		for (int k = 0; k < 8 * ring; k++) {
			int gx, gy;

			layout_around(ring, k, &gx, &gy);

			double far = hypot(gx, gy) * step, px = x + gx * step,
			       py = y + gy * step;

			if (far >= least || px < area->x - EPSILON || py < area->y - EPSILON ||
				px + super->w > area->x + area->w + EPSILON ||
				py + super->h > area->y + area->h + EPSILON ||
				!is_free(s, i, px, py, gap))
				continue;
			least = far;
			best_x = px;
			best_y = py;
		}
	if (!isfinite(least))
		return false;
	topo_move(s->topo, i, best_x, best_y);
	super->away = false;
	return true;
}

/* ---- what stays ---- */

/* Its corner on the same paper, else its middle as a share of the area. Loose: it was part of a
 * block that is no more, or is gone. */
static void put_back(struct stay *s, uint32_t i, const struct topo_was *was, bool loose,
	const struct sheet_box *then, double step_then)
{
	const struct topo_super *super = &s->topo->supers[i];
	double x = was->x * step_then - s->drift[2 * i],
	       y = was->y * step_then - s->drift[2 * i + 1];

	if (then->w != s->area->w || then->h != s->area->h) {
		x = (was->x + was->w / 2.0) * step_then * s->area->w / then->w - super->w / 2;
		y = (was->y + was->h / 2.0) * step_then * s->area->h / then->h - super->h / 2;
	}
	put(s, i, s->area->x + x, s->area->y + y);
	s->stands[i] = was->gone || loose ? STAND_LOOSE
		       : fabs(super->w - was->w * step_then) < EPSILON &&
				       fabs(super->h - was->h * step_then) < EPSILON
			       ? STAND_SAME
			       : STAND_OTHER_SIZE;
}

/* Where it stood; false if something is there that it cannot give way to. */
static bool stand(struct stay *s, uint32_t i)
{
	struct topo_super *super = &s->topo->supers[i];

	if (is_free(s, i, super->x, super->y, GAP_STEPS)) {
		super->away = false;
		return true;
	}
	return take_near(s, i, GAP_STEPS, NEAR * hypot(s->area->w, s->area->h));
}

/* ---- what is new ---- */

/* To the middle of what it is linked to; false if nothing of that has a place yet. */
static bool put_between(struct stay *s, uint32_t i)
{
	const struct topo *topo = s->topo;
	const struct topo_super *super = &topo->supers[i];
	double x = 0, y = 0, n = 0;

	for (uint32_t e = 0; e < topo->n_edges; e++) {
		const struct topo_box *a = &topo->boxes[topo->edges[e].a],
				      *b = &topo->boxes[topo->edges[e].b];
		const struct topo_box *other = a->super == i ? b : a;

		if ((a->super != i && b->super != i) || a->super == b->super ||
			topo->supers[other->super].away)
			continue;
		x += other->x + other->w / 2;
		y += other->y + other->h / 2;
		n++;
	}
	if (n > 0)
		put(s, i, x / n - super->w / 2, y / n - super->h / 2);
	else if (!super->linked) /* those without links stand below */
		put(s, i, s->area->x, s->area->y + s->area->h);
	return n > 0 || !super->linked;
}

/* A free place, on the lattice where the tangle is least, else the nearest. */
static bool settle(struct stay *s, uint32_t i)
{
	if (s->topo->supers[i].linked && topo_seat(s->topo, i, s->plan, s->area))
		return true;
	return take_near(s, i, GAP_NEW_STEPS, hypot(s->area->w, s->area->h));
}

/* Those next to what has a place first, then the others. */
static bool settle_new(struct stay *s)
{
	bool all = true, more = true;

	for (int last = 0; last < 2; last++, more = true)
		while (more) {
			more = false;
			for (uint32_t i = 0; i < s->topo->n_supers; i++) {
				if (!s->topo->supers[i].away || s->stands[i] != STAND_NEW ||
					(!put_between(s, i) && !last))
					continue;
				if (s->failed >= FAILED_MAX || !settle(s, i)) {
					s->topo->supers[i].away = false;
					s->failed++;
					all = false;
				}
				more = true;
			}
		}
	return all;
}

/* ---- room ---- */

/* By so many steps along an axis, half of it each. */
static void part(struct stay *s, uint32_t i, uint32_t k, double by, bool across)
{
	const struct topo_super *a = &s->topo->supers[i], *b = &s->topo->supers[k];
	double step = s->plan->step, n = ceil(by / step - EPSILON);
	double from_a = ceil(n / 2) * step, from_b = fmax(floor(n / 2), 1) * step;
	double middle =
		across ? a->x + a->w / 2 - b->x - b->w / 2 : a->y + a->h / 2 - b->y - b->h / 2;
	double sign = middle > EPSILON ? 1 : -1;

	put(s, i, a->x + (across ? sign * from_a : 0), a->y + (across ? 0 : sign * from_a));
	put(s, k, b->x - (across ? sign * from_b : 0), b->y - (across ? 0 : sign * from_b));
}

/* Pushes apart within the area what has a place and is too near. False if that does not come to
 * an end. */
static bool push(struct stay *s)
{
	double gap = GAP_STEPS * s->plan->step;
	bool moved = true;

	for (int round = 0; round < PUSH_ROUNDS && moved; round++) {
		moved = false;
		for (uint32_t i = 0; i < s->topo->n_supers; i++)
			for (uint32_t k = i + 1; k < s->topo->n_supers; k++) {
				const struct topo_super *a = &s->topo->supers[i];
				const struct topo_super *b = &s->topo->supers[k];
				double dx =
					fmin(a->x + a->w, b->x + b->w) - fmax(a->x, b->x) + gap;
				double dy =
					fmin(a->y + a->h, b->y + b->h) - fmax(a->y, b->y) + gap;

				if (a->away || b->away || dx <= EPSILON || dy <= EPSILON)
					continue;
				part(s, i, k, fmin(dx, dy), dx < dy);
				moved = true;
			}
	}
	return !moved;
}

/* Who found no place too, from wherever it is. */
static bool push_all(struct stay *s)
{
	for (uint32_t i = 0; i < s->topo->n_supers; i++)
		s->topo->supers[i].away = false;
	return push(s);
}

static void save(struct topo *topo, double *xy, bool back)
{
	for (uint32_t i = 0; i < topo->n_supers; i++) {
		if (back)
			topo_move(topo, i, xy[2 * i], xy[2 * i + 1]);
		xy[2 * i] = topo->supers[i].x;
		xy[2 * i + 1] = topo->supers[i].y;
	}
}

/* For those that found no place where they stood: what is around them gives way, or else they
 * go where there is room. */
static bool make_room(struct stay *s, double *xy)
{
	struct topo *topo = s->topo;
	bool *late = arena_alloc(topo->model->arena, topo->n_supers + 1ul), all = true;

	if (!late)
		return false;
	for (uint32_t i = 0; i < topo->n_supers; i++) {
		late[i] = topo->supers[i].away && s->stands[i] != STAND_NEW;
		topo->supers[i].away = s->stands[i] == STAND_NEW;
	}
	save(topo, xy, false);
	if (push(s) && settle_new(s))
		return true;
	if (push_all(s))
		return true;
	save(topo, xy, true);
	for (uint32_t i = 0; i < topo->n_supers; i++)
		topo->supers[i].away = late[i] || s->stands[i] == STAND_NEW;
	for (uint32_t i = 0; i < topo->n_supers; i++)
		if (late[i])
			all &= settle(s, i);
	return (all && settle_new(s)) || push_all(s);
}

/* ---- all of it ---- */

static bool place(struct stay *s, double *xy)
{
	struct topo *topo = s->topo;
	bool all = true;

	for (uint32_t i = 0; i < topo->n_supers; i++)
		topo->supers[i].away = true;
	for (enum stand kind = STAND_SAME; kind < STAND_NEW; kind++)
		for (uint32_t i = 0; i < topo->n_supers; i++)
			if (s->stands[i] == kind && !stand(s, i)) {
				all &= kind == STAND_LOOSE;
				s->stands[i] = kind == STAND_LOOSE ? STAND_NEW : kind;
			}
	if (!(all && settle_new(s)) && !make_room(s, xy))
		return false;
	for (int sweep = 0; sweep < SWEEPS; sweep++)
		for (uint32_t i = 0; i < topo->n_supers; i++)
			if (s->stands[i] == STAND_NEW && topo->supers[i].linked)
				topo_seat(topo, i, s->plan, s->area);
	return true;
}

/* The middle of what has grown stays, if not its corner does. */
static void find_drift(const struct topo *topo, const struct topo_was **was, double step,
	bool all, double *drift)
{
	const struct topo_blocks *blocks = topo->blocks;

	for (uint32_t i = 0; blocks && i < blocks->ground.n_supers; i++)
		if (all || blocks->loose[i])
			memcpy(&drift[2 * i], &blocks->drift[2 * i], 2 * sizeof(*drift));
	for (uint32_t i = 0; all && !blocks && i < topo->n_supers; i++) {
		drift[2 * i] = was[i] ? topo->supers[i].w - was[i]->w * topo->was_step : 0;
		drift[2 * i + 1] = was[i] ? topo->supers[i].h - was[i]->h * topo->was_step : 0;
		for (int k = 0; k < 2; k++)
			drift[2 * i + k] = trunc(drift[2 * i + k] / 2 / step) * step;
	}
}

static bool stay_on_ground(struct topo *topo, const struct topo_plan *plan,
	const struct sheet_box *area, const struct sheet_box *then, bool drifts)
{
	const struct topo_was **was = topo->blocks ? topo->blocks->home : topo->was;
	struct topo *ground = topo_ground(topo);
	size_t n = ground->n_supers + 1ul;
	_cleanup_(cleanup_freep) enum stand *stands = calloc(n, sizeof(*stands));
	_cleanup_(cleanup_freep) double *xy = calloc(2 * n, sizeof(*xy)),
					*drift = calloc(2 * n, sizeof(*drift));
	struct stay s = {ground, plan, area, stands, drift, 0};
	double used = 0;

	if (!stands || !xy || !drift)
		return false;
	for (uint32_t i = 0; i < ground->n_supers; i++)
		used += ground->supers[i].w * ground->supers[i].h;
	if (used > ROOM * area->w * area->h)
		return false;
	find_drift(topo, was, plan->step, drifts, drift);
	for (uint32_t i = 0; i < ground->n_supers; i++) {
		if (ground->supers[i].w > area->w || ground->supers[i].h > area->h)
			return false;
		ground->supers[i].x = ground->supers[i].y = 0;
		stands[i] = STAND_NEW;
		put(&s, i, area->x + area->w / 2, area->y + area->h / 2);
		if (was[i])
			put_back(&s, i, was[i],
				topo->blocks && topo->blocks->loose[i] &&
					was[i]->w != was[i]->own_w,
				then, topo->was_step);
	}
	return place(&s, xy);
}

/* ---- how well they stay ---- */

/* Of a super node with a place, as a share of the diagonal. */
static double moved(const struct topo *topo, uint32_t super, const struct topo_super *block,
	const struct sheet_box *area, const struct sheet_box *then)
{
	const struct topo_super *s = &topo->supers[super];
	const struct topo_was *was = topo->was[super];
	double x = (s->x + (block ? block->x : 0) + s->w / 2 - area->x) / area->w;
	double y = (s->y + (block ? block->y : 0) + s->h / 2 - area->y) / area->h;

	x -= (was->x + was->in_x + was->own_w / 2.0) * topo->was_step / then->w;
	y -= (was->y + was->in_y + was->own_h / 2.0) * topo->was_step / then->h;
	return hypot(x * area->w, y * area->h) / hypot(area->w, area->h);
}

/* The share of those that moved by more than NEAR, and what they all moved on average. */
static double unrest(
	const struct topo *topo, const struct sheet_box *area, const struct sheet_box *then)
{
	const struct topo_blocks *blocks = topo->blocks;
	double sum = 0, n = 0;

	for (uint32_t i = 0; i < topo_ground((struct topo *)topo)->n_supers; i++) {
		uint32_t first = blocks ? blocks->first[i] : i,
			 end = blocks ? blocks->first[i + 1] : i + 1;

		for (uint32_t m = first; m < end; m++) {
			uint32_t super = blocks ? blocks->members[m] : m;
			double by;

			if (!topo->was[super] || topo->was[super]->gone)
				continue;
			by = moved(topo, super, blocks ? &blocks->ground.supers[i] : NULL, area,
				then);
			sum += by + (by > NEAR);
			n++;
		}
	}
	return n > 0 ? sum / n : 0;
}

/* In one of several ways: blocks grow to one side or the other, corners or middles stay. */
static bool stay_in_way(struct topo *topo, const struct topo_plan *plan,
	const struct sheet_box *area, const struct sheet_box *then, int way)
{
	topo->grow = (enum topo_grow)(way / 2);
	topo_size(topo, plan);
	if (topo->blocks)
		topo_arrange_blocks(topo, plan);
	return stay_on_ground(topo, plan, area, then, way % 2);
}

/* The way in which what stays moves least. */
static bool stay_best(struct topo *topo, const struct topo_plan *plan,
	const struct sheet_box *area, const struct sheet_box *then)
{
	int ways = topo->blocks ? 2 * TOPO_GROW_N : 2, best = -1, way = 0;
	double least = INFINITY;

	for (; way < ways && least > QUIET; way++) {
		double now = stay_in_way(topo, plan, area, then, way) ? unrest(topo, area, then)
								      : INFINITY;

		if (now < least) {
			least = now;
			best = way;
		}
	}
	return best >= 0 && (best == way - 1 || stay_in_way(topo, plan, area, then, best));
}

bool topo_remember(struct topo *topo, const struct topo_kept *kept)
{
	uint32_t n = 0;

	topo->was =
		arena_alloc(topo->model->arena, (topo->n_supers + 1ul) * sizeof(*topo->was));
	if (!topo->was)
		return false;
	for (uint32_t i = 0; i < topo->n_supers; i++) {
		topo->was[i] = topo_was_of(kept, topo_super_key(topo, i));
		n += topo->was[i] && !topo->was[i]->gone;
	}
	return n * HALF >= topo->n_supers && n * HALF >= kept->n_there;
}

bool topo_stay(struct topo *topo, const struct topo_kept *kept, const struct topo_plan *plan,
	enum sheet_paper paper)
{
	struct sheet_box map = sheet_map_area(topo->request, paper),
			 area = topo_area(&map, plan->step);
	struct sheet_box map_then = sheet_map_area(topo->request, kept->paper), then;
	bool stays = false;

	topo->was_step = topo_step(&map_then);
	then = topo_area(&map_then, topo->was_step);
	if (topo_least_area(topo, plan->level) > area.w * area.h)
		return false;
	topo->was_sized =
		plan->level == &topo_levels[kept->level] && plan->arrange == kept->arrange;
	for (int any = 0; any < 2 && !stays; any++) {
		/* Sizes of another level may not go into the columns that there were. */
		topo->was_columns = any == 0;
		if (any && (!topo->blocks || topo->was_sized))
			break;
		stays = stay_best(topo, plan, &area, &then);
	}
	if (stays && topo->blocks)
		topo_settle_blocks(topo);
	return stays;
}
