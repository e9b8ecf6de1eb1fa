/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packs the district tree: squarified treemaps (Bruls, Huizing, van Wijk, 2000) of what every
 * node needs for its cells and its name, one in the other, so that the whole area is used. The
 * cells are the same everywhere on the sheet; their size is the largest at which every network
 * holds its own. Where one does not, it is given more and the packing is done again.
 */
#include "mapper/sheet/district.h"

#include "common/cleanup.h"

#include <math.h>
#include <stdlib.h>

#define CELL_LEAST_MM 0.35
#define CELL_MOST_MM 34.0
#define NAMES_MM 10.0 /* from here on cells have names */
#define LYING_LEAST 0.85 /* of the square's size that a lying cell has at least */
#define SEARCH_STEPS 14
#define TRIES 24   /* packings at one size */
#define EXTRA 1.1  /* what a network that overflows gets more */
#define GIVE 0.25  /* of its slack, what one that does not gives */
#define RATIO 1.35 /* width to height that a box is thought to have */

static double inner_inset(const struct district_measure *m)
{
	return m->pad;
}

/* Cells are squares; where they are large enough for names they lie, as the packing likes. */
static const double ratios[] = {1.5, 1.8, 1.3, 2.2};

static struct district_measure measure_of(double cell, double ratio, double k)
{
	double pt = fmin(fmax(3.6 + cell * 0.22, 5.2), 8.5) * fmin(fmax(k, 1), 1.5);
	struct district_measure m = {
		.cell_w = cell * sqrt(ratio), .cell_h = cell / sqrt(ratio)};

	m.head_pt[DISTRICT_NETWORK] = pt;
	m.head_pt[DISTRICT_SYSTEM] = pt * 1.2;
	m.head_pt[DISTRICT_SECTOR] = pt * 1.6;
	m.pad = fmin(fmax(cell * 0.18, 0.5), 1.8);
	m.gap = fmin(fmax(cell * 0.1, 0.5), 1.4);
	return m;
}

/* The area of a box around `area`, with a head and the paddings. */
static double with_frame(double area, double head, const struct district_measure *m)
{
	double w = sqrt(area * RATIO), h = area / w, inset = inner_inset(m);

	return (w + 2 * inset + m->gap) * (h + head + 2 * inset + m->gap);
}

static void weigh(struct district *d, const struct district_measure *m)
{
	for (uint32_t i = 0; i < d->n_nodes[DISTRICT_NETWORK]; i++) {
		struct district_node *node = &d->nodes[DISTRICT_NETWORK][i];
		double cells = (double)node->n * m->cell_w * m->cell_h;

		node->weight = node->extra *
			       with_frame(cells, district_head(m, DISTRICT_NETWORK, node), m);
	}
	for (int kind = DISTRICT_SYSTEM; kind >= DISTRICT_SECTOR; kind--)
		for (uint32_t i = 0; i < d->n_nodes[kind]; i++) {
			struct district_node *node = &d->nodes[kind][i];
			double sum = 0;

			for (uint32_t c = 0; c < node->n; c++)
				sum += d->nodes[kind + 1][node->first + c].weight;
			node->weight = with_frame(
				sum, district_head(m, (enum district_kind)kind, node), m);
		}
}

/* ---- one treemap ---- */

static int by_weight(const void *a, const void *b, void *closure)
{
	const struct district_node *nodes = closure;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;

	/* What is not assigned comes last, whatever its size. */
	if ((nodes[i].index == MODEL_NONE) != (nodes[j].index == MODEL_NONE))
		return nodes[i].index == MODEL_NONE ? 1 : -1;
	if (nodes[i].weight != nodes[j].weight)
		return nodes[i].weight > nodes[j].weight ? -1 : 1;
	return i < j ? -1 : i > j;
}

/* The worst ratio of sides in a row of the given weights, along a side of length `side`. */
static double worst(double sum, double most, double least, double side)
{
	double s = side * side;

	return fmax(s * most / (sum * sum), sum * sum / (s * least));
}

static void lay_row(struct district_node *nodes, const uint32_t *order, uint32_t n, double sum,
	double scale, struct sheet_box *left)
{
	bool upright = left->w >= left->h; /* the row stands along the shorter side */
	double thickness = sum * scale / (upright ? left->h : left->w), at = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct district_node *node = &nodes[order[i]];
		double length = node->weight * scale / thickness;

		if (upright)
			node->box =
				(struct sheet_box){left->x, left->y + at, thickness, length};
		else
			node->box =
				(struct sheet_box){left->x + at, left->y, length, thickness};
		at += length;
	}
	if (upright) {
		left->x += thickness;
		left->w = fmax(left->w - thickness, 0);
	} else {
		left->y += thickness;
		left->h = fmax(left->h - thickness, 0);
	}
}

static void treemap(
	struct district_node *nodes, uint32_t *order, uint32_t n, struct sheet_box area)
{
	double total = 0, scale;
	struct sheet_box left = area;

	for (uint32_t i = 0; i < n; i++)
		total += nodes[order[i]].weight;
	if (total <= 0 || area.w <= 0 || area.h <= 0)
		return;
	scale = area.w * area.h / total;
	for (uint32_t first = 0; first < n;) {
		double side = fmin(left.w, left.h), sum = nodes[order[first]].weight * scale;
		double most = sum, least = sum;
		uint32_t count = 1;

		for (; first + count < n; count++) {
			double next = nodes[order[first + count]].weight * scale;

			if (worst(sum + next, fmax(most, next), fmin(least, next), side) >
				worst(sum, most, least, side))
				break;
			sum += next;
			most = fmax(most, next);
			least = fmin(least, next);
		}
		lay_row(nodes, order + first, count, sum / scale, scale, &left);
		first += count;
	}
}

/* ---- all of them ---- */

static struct sheet_box shrink(struct sheet_box box, double by)
{
	return (struct sheet_box){
		box.x + by, box.y + by, fmax(box.w - 2 * by, 0), fmax(box.h - 2 * by, 0)};
}

static void lay_children(struct district *d, struct district_node *node,
	const struct district_measure *m, uint32_t *order)
{
	enum district_kind next = (enum district_kind)(node->kind + 1);
	double head = district_head(m, node->kind, node);
	struct sheet_box inner = node->box;

	inner.y += head;
	inner.h = fmax(inner.h - head, 0);
	/* A node without name is no frame either: its children fill it. */
	inner = shrink(inner,
		node->kind == DISTRICT_ROOT || head <= 0 ? 0 : inner_inset(m) - m->gap / 2);
	for (uint32_t i = 0; i < node->n; i++)
		order[i] = node->first + i;
	qsort_r(order, node->n, sizeof(*order), by_weight, d->nodes[next]);
	treemap(d->nodes[next], order, node->n, inner);
	for (uint32_t i = 0; i < node->n; i++) {
		struct district_node *child = &d->nodes[next][node->first + i];

		if (district_head(m, next, child) > 0)
			child->box = shrink(child->box, m->gap / 2);
	}
}

/* Cells in a row, 0 if the network does not hold its cells. */
static uint32_t columns_of(const struct district_node *node, const struct district_measure *m)
{
	double inset = inner_inset(m), w = node->box.w - 2 * inset;
	double h = node->box.h - 2 * inset - district_head(m, DISTRICT_NETWORK, node);
	double columns = floor(w / m->cell_w + 1e-9), rows = floor(h / m->cell_h + 1e-9);

	if (columns < 1 || rows < 1 || columns * rows < node->n)
		return 0;
	return (uint32_t)fmin(columns, node->n);
}

static bool pack_once(struct district *d, const struct sheet_box *area,
	const struct district_measure *m, uint32_t *order)
{
	bool fits = true;

	weigh(d, m);
	d->root.box = shrink(*area, m->gap / 2);
	lay_children(d, &d->root, m, order);
	for (int kind = DISTRICT_SECTOR; kind < DISTRICT_NETWORK; kind++)
		for (uint32_t i = 0; i < d->n_nodes[kind]; i++)
			lay_children(d, &d->nodes[kind][i], m, order);
	for (uint32_t i = 0; i < d->n_nodes[DISTRICT_NETWORK]; i++) {
		struct district_node *node = &d->nodes[DISTRICT_NETWORK][i];

		node->columns = columns_of(node, m);
		fits = fits && node->columns > 0;
	}
	return fits;
}

/* The part of a network's height that its cells leave empty. */
static double slack_of(const struct district_node *node, const struct district_measure *m)
{
	double h = node->box.h - 2 * inner_inset(m) - district_head(m, DISTRICT_NETWORK, node);
	uint32_t rows = (node->n + node->columns - 1) / node->columns;

	return 1 - rows * m->cell_h / h;
}

/* What overflows gets more, what has rows to spare gives some. */
static void reweigh(struct district *d, const struct district_measure *m)
{
	for (uint32_t i = 0; i < d->n_nodes[DISTRICT_NETWORK]; i++) {
		struct district_node *node = &d->nodes[DISTRICT_NETWORK][i];

		if (node->columns == 0)
			node->extra *= EXTRA;
		else
			node->extra *= 1 - GIVE * fmax(slack_of(node, m), 0);
	}
}

static bool pack_size(struct district *d, const struct sheet_box *area, double cell,
	double ratio, uint32_t *order, struct district_measure *ret_measure)
{
	*ret_measure = measure_of(cell, ratio, area->w / 310);
	for (uint32_t i = 0; i < d->n_nodes[DISTRICT_NETWORK]; i++)
		d->nodes[DISTRICT_NETWORK][i].extra = 1;
	for (int i = 0; i < TRIES; i++) {
		if (pack_once(d, area, ret_measure, order))
			return true;
		reweigh(d, ret_measure);
	}
	return false;
}

/* The largest cell at one ratio, 0 if none fits; leaves the tree packed in any way. */
static double search(struct district *d, const struct sheet_box *area, double ratio,
	double high, uint32_t *order)
{
	struct district_measure measure;
	double low = CELL_LEAST_MM, best = 0;

	for (int i = 0; i < SEARCH_STEPS; i++) {
		/* The largest first: few assets often have all the room they want. */
		double cell = i == 0 ? high : i == 1 ? low : (low + high) / 2;

		if (pack_size(d, area, cell, ratio, order, &measure)) {
			best = low = cell;
			if (i == 0)
				break;
		} else if (i == 1) {
			break;
		} else {
			high = cell;
		}
	}
	return best;
}

bool district_pack(struct district *district, const struct sheet_box *area,
	struct district_measure *ret_measure)
{
	_cleanup_(cleanup_freep) uint32_t *order =
		calloc((size_t)district->n_cells + 1, sizeof(*order));
	double high = fmin(sqrt(area->w * area->h / fmax(district->n_cells, 1)), CELL_MOST_MM);
	double best = 0, square, ratio = 1;

	if (!order || district->n_cells == 0)
		return false;
	square = search(district, area, 1, high, order);
	for (size_t i = 0; i < ARRAY_SIZE(ratios) && square >= NAMES_MM; i++) {
		double cell = search(district, area, ratios[i], high, order);

		if (cell > best * 1.02) {
			best = cell;
			ratio = ratios[i];
		}
	}
	if (best < square * LYING_LEAST) {
		best = square;
		ratio = 1;
	}
	return best > 0 && pack_size(district, area, best, ratio, order, ret_measure);
}
