/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws divisions by the shapes of the user's file: outlines in plain longitude and latitude,
 * shortened by the cosine of the middle latitude or as the base map under them is, and a card
 * for each shape with systems.
 */
#include "mapper/sheet/region.h"

#include <math.h>
#include <stdlib.h>

#define PAD 6.0
#define CARD_W 36.0
#define CARD_SECTORS 2
#define STEP_MM 0.2 /* points of an outline nearer than that are one in print */
#define STRIPES 40  /* places tried for a card, along and across the map */

struct frame {
	const struct geography *geography;
	double x, y;	      /* of the north-west corner, in millimetres */
	double west, north;   /* that corner in degrees */
	double east_mm, south_mm; /* of a degree */
};

static struct frame frame_of(const struct geography *g, struct sheet_box map, double k)
{
	double pad = PAD * k, squeeze = cos((g->north + g->south) / 2 * M_PI / 180);
	double w = fmax((g->east - g->west) * squeeze, 1e-6);
	double h = fmax(g->north - g->south, 1e-6), scale;

	scale = fmin((map.w - 2 * pad) / w, (map.h - 2 * pad) / h);
	return (struct frame){g, map.x + (map.w - w * scale) / 2,
		map.y + (map.h - h * scale) / 2, g->west, g->north, fmax(squeeze, 0.05) * scale,
		scale};
}

/* The degrees at the edges of the base map say where everything is. */
static struct frame frame_on_base(const struct sheet *sheet)
{
	const struct map_bounds *at = &sheet->request->base_bounds;
	struct sheet_box box = region_base_box(sheet->request->base, sheet->map, sheet->k);

	return (struct frame){sheet->request->geography, box.x, box.y, at->west, at->north,
		box.w / (at->east - at->west), box.h / (at->north - at->south)};
}

static struct scene_point project(const struct frame *f, const struct geography_point *p)
{
	return (struct scene_point){f->x + (p->east - f->west) * f->east_mm,
		f->y + (f->north - p->north) * f->south_mm};
}

/* Without the points that print would not tell apart. */
static void draw_ring(
	struct sheet *sheet, const struct frame *f, const struct geography_ring *ring)
{
	struct scene_point *points = calloc((size_t)ring->n + 1, sizeof(*points));
	size_t n = 0;

	if (!points) {
		sheet->scene->failed = true;
		return;
	}
	for (uint32_t i = 0; i < ring->n; i++) {
		struct scene_point p = project(f, &ring->points[i]);

		if (n == 0 || i + 1 == ring->n ||
			hypot(p.x - points[n - 1].x, p.y - points[n - 1].y) >= STEP_MM)
			points[n++] = p;
	}
	if (n >= 3) {
		scene_line(sheet->scene, SCENE_REGIONS, THEME_SHAPE, points, n);
		sheet_explain(sheet, THEME_SHAPE, true, "Outline of a division", "区划轮廓");
	}
	free(points);
}

/* The middle of the shape's largest ring. */
static struct scene_point middle_of(const struct frame *f, const struct geography_shape *shape)
{
	struct scene_point best = {0, 0};
	double most = -1;

	for (uint32_t i = 0; i < shape->n_rings; i++) {
		const struct geography_ring *ring = &f->geography->rings[shape->first_ring + i];
		double x1 = INFINITY, y1 = INFINITY, x2 = -INFINITY, y2 = -INFINITY;

		for (uint32_t k = 0; k < ring->n; k++) {
			struct scene_point p = project(f, &ring->points[k]);

			x1 = fmin(x1, p.x);
			x2 = fmax(x2, p.x);
			y1 = fmin(y1, p.y);
			y2 = fmax(y2, p.y);
		}
		if ((x2 - x1) * (y2 - y1) > most) {
			most = (x2 - x1) * (y2 - y1);
			best = (struct scene_point){(x1 + x2) / 2, (y1 + y2) / 2};
		}
	}
	return best;
}

struct card {
	struct sheet_box box;
	uint32_t tile;
};

static bool is_free(
	const struct card *cards, uint32_t n, const struct sheet_box *box, double gap)
{
	for (uint32_t i = 0; i < n; i++)
		if (box->x < cards[i].box.x + cards[i].box.w + gap &&
			cards[i].box.x < box->x + box->w + gap &&
			box->y < cards[i].box.y + cards[i].box.h + gap &&
			cards[i].box.y < box->y + box->h + gap)
			return false;
	return true;
}

/* Where the card is nearest to its place without lying on another. */
static bool find_place(const struct sheet *sheet, const struct card *cards, uint32_t n,
	struct scene_point at, struct sheet_box *box)
{
	double gap = 1.2 * sheet->k, best = INFINITY;
	double w = sheet->map.w - box->w - 2 * gap, h = sheet->map.h - box->h - 2 * gap;
	struct sheet_box found = *box;

	box->x = fmin(fmax(at.x - box->w / 2, sheet->map.x + gap), sheet->map.x + gap + w);
	box->y = fmin(fmax(at.y - box->h / 2, sheet->map.y + gap), sheet->map.y + gap + h);
	if (is_free(cards, n, box, gap))
		return true;
	for (int i = 0; i <= STRIPES; i++)
		for (int j = 0; j <= STRIPES; j++) {
			struct sheet_box at_ij = {sheet->map.x + gap + w * i / STRIPES,
				sheet->map.y + gap + h * j / STRIPES, box->w, box->h};
			double away =
				hypot(at_ij.x + box->w / 2 - at.x, at_ij.y + box->h / 2 - at.y);

			if (away < best && is_free(cards, n, &at_ij, gap)) {
				best = away;
				found = at_ij;
			}
		}
	*box = found;
	return best < INFINITY;
}

void region_draw_shapes(struct region *r, struct sheet *sheet)
{
	const struct geography *g = r->request->geography;
	struct frame f = r->request->base ? frame_on_base(sheet)
					  : frame_of(g, sheet->map, sheet->k);
	struct card *cards = calloc((size_t)r->n_tiles + 1, sizeof(*cards));
	uint32_t n = 0;

	if (!cards) {
		sheet->scene->failed = true;
		return;
	}
	for (uint32_t i = 0; i < g->n_rings; i++)
		draw_ring(sheet, &f, &g->rings[i]);
	for (uint32_t i = 0; i < r->n_tiles; i++) {
		const struct region_tile *tile = &r->tiles[i];
		struct scene_point line[2];
		struct sheet_box box = {0, 0, CARD_W * sheet->k,
			region_tile_height(tile, CARD_SECTORS, sheet->k)};

		if (tile->n_systems == 0)
			continue;
		line[0] = middle_of(&f, &g->shapes[tile->shape]);
		if (!find_place(sheet, cards, n, line[0], &box)) {
			r->n_unplaced++;
			continue;
		}
		line[1] = (struct scene_point){box.x + box.w / 2, box.y + box.h / 2};
		if (hypot(line[1].x - line[0].x, line[1].y - line[0].y) > box.h * 0.75) {
			scene_line(sheet->scene, SCENE_REGIONS, THEME_LEADER, line, 2);
			sheet_explain(sheet, THEME_LEADER, true, "Card of a place", "所指位置");
		}
		cards[n++] = (struct card){box, i};
	}
	/* Cards over all the leaders. */
	for (uint32_t i = 0; i < n; i++)
		region_draw_tile(r, sheet, &r->tiles[cards[i].tile], &cards[i].box);
	free(cards);
}
