/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packs the district tree: squarified treemaps (Bruls, Huizing, van Wijk, 2000) of what sectors
 * and systems need, one in the other, and shelves of networks in each system, so that the whole
 * area is used. The cells are the same everywhere on the sheet; their size is the largest at
 * which every system holds its networks. Where one does not, it is given more and the packing
 * is done again.
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
#define EXTRA 1.08 /* what a system whose networks overflow gets more */
#define EXTRA_LEAST 0.2 /* and at least and most, of what it had on the last sheet */
#define EXTRA_MOST 5.0
#define SHRINK 0.97	/* a step of cells that have no room where they were, */
#define SHRINK_MOST 0.9 /* and all of the steps */
#define GIVE 0.3   /* of its slack, what one that does not gives */
#define SPARE 0.06 /* of its shelves, what it keeps */
#define SLACK 0.08 /* of its cells, what a network has room for besides */
#define NAMED_SPARE 0.5
#define STRIP 0.05 /* of its height, what a sector leaves free */
#define STRIP_MOST 0.12
#define FITS 2e-3 /* of a cell, by which room for one may be short: lengths are rounded */
/* Of a cell, what is left of it where more came than its box has room for. */
#define SQUEEZE 0.8
#define SQUEEZE_LEAST_MM 1.0
#define SQUEEZE_STEPS 4
#define GROWTH_MAX 1.6 /* of cells with names: so few that room counts more than equal size */
#define NAMES_GROW_MM 4.0
#define NAME_EMS 4.6 /* width that the name of a network has at least */
#define MM_PER_PT (25.4 / 72.0)

static double inner_inset(const struct district_measure *m)
{
	return m->pad;
}

/* Cells are squares; where they are large enough for names they lie, as the packing likes. */
static const double ratios[] = {1.5, 1.8, 1.3, 2.2};

/* To what is kept of a sheet, so that it comes out of there as it went in. */
static double rounded(double length)
{
	return round(length * DISTRICT_UNITS) / DISTRICT_UNITS;
}

struct sheet_box district_rounded(const struct sheet_box *box)
{
	return (struct sheet_box){
		rounded(box->x), rounded(box->y), rounded(box->w), rounded(box->h)};
}

static struct district_measure measure_of(double cell, double ratio, double k)
{
	/* Names grow with the paper, but not at the cost of many small cells. */
	double pt = fmin(fmax(3.6 + cell * 0.22, 5.2), 8.5) *
		    fmin(fmin(fmax(k, 1), 1.5), fmax(cell / NAMES_GROW_MM, 1));
	struct district_measure m = {
		.cell_w = cell * sqrt(ratio), .cell_h = cell / sqrt(ratio)};

	m.head_pt[DISTRICT_NETWORK] = pt;
	m.head_pt[DISTRICT_SYSTEM] = pt * 1.2;
	m.head_pt[DISTRICT_SECTOR] = pt * 1.6;
	m.pad = rounded(fmin(fmax(cell * 0.1, 0.3), 1.2));
	m.gap = rounded(fmin(fmax(cell * 0.06, 0.3), 0.9));
	m.cell_w = rounded(m.cell_w);
	m.cell_h = rounded(m.cell_h);
	m.packed = m.cell_w;
	for (int kind = DISTRICT_SECTOR; kind <= DISTRICT_NETWORK; kind++)
		m.head_pt[kind] = rounded(m.head_pt[kind]);
	m.slack = SLACK;
	m.strip = cell < NAMES_MM ? STRIP : 0;
	return m;
}

bool district_shrink(struct district_measure *m)
{
	m->cell_w = rounded(m->cell_w * SHRINK);
	m->cell_h = rounded(m->cell_h * SHRINK);
	return m->cell_w >= fmax(m->packed * SHRINK_MOST, CELL_LEGIBLE_MM);
}

/* The area of a box around `area`, with a head and the paddings. */
static double with_frame(double area, double head, const struct district_measure *m)
{
	double w = sqrt(area * DISTRICT_RATIO), h = area / w, inset = inner_inset(m);

	return (w + 2 * inset + m->gap) * (h + head + 2 * inset + m->gap);
}

static void weigh(struct district *d, const struct district_measure *m)
{
	for (uint32_t i = 0; i < d->n_nodes[DISTRICT_NETWORK]; i++) {
		struct district_node *node = &d->nodes[DISTRICT_NETWORK][i];
		double cells = (double)node->n * (1 + m->slack) * m->cell_w * m->cell_h;

		node->weight = with_frame(cells, district_head(m, DISTRICT_NETWORK, node), m);
	}
	for (int kind = DISTRICT_SYSTEM; kind >= DISTRICT_SECTOR; kind--)
		for (uint32_t i = 0; i < d->n_nodes[kind]; i++) {
			struct district_node *node = &d->nodes[kind][i];
			double sum = 0;

			for (uint32_t c = 0; c < node->n; c++)
				sum += d->nodes[kind + 1][node->first + c].weight;
			node->weight =
				(kind == DISTRICT_SYSTEM ? node->extra : 1) *
				with_frame(sum,
					district_head(m, (enum district_kind)kind, node), m);
		}
}

/* ---- one treemap ---- */

static int by_weight(const void *a, const void *b, void *closure)
{
	const struct district_node *nodes = closure;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;

	if (nodes[i].rank != nodes[j].rank)
		return nodes[i].rank < nodes[j].rank ? -1 : 1;
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

/* `upright`: the row stands along the left side, else it lies along the top. */
static void lay_row(struct district_node *nodes, const uint32_t *order, uint32_t n, double sum,
	double scale, bool upright, struct sheet_box *left)
{
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

/* How many nodes, from the first on, make a row along the shorter side. */
static uint32_t choose_row(const struct district_node *nodes, const uint32_t *order, uint32_t n,
	double scale, double side)
{
	double sum = nodes[order[0]].weight * scale, most = sum, least = sum;
	uint32_t count = 1;

	for (; count < n; count++) {
		double next = nodes[order[count]].weight * scale;

		if (worst(sum + next, fmax(most, next), fmin(least, next), side) >
			worst(sum, most, least, side))
			break;
		sum += next;
		most = fmax(most, next);
		least = fmin(least, next);
	}
	return count;
}

/* The row that a node was put into before: while weights are corrected, rows stay what they
 * are, or every correction would be for another packing. */
static uint32_t known_row(const struct district_node *nodes, const uint32_t *order, uint32_t n)
{
	uint32_t count = 1;

	while (count < n && nodes[order[count]].row == nodes[order[0]].row)
		count++;
	return count;
}

static void treemap(
	struct district_node *nodes, uint32_t *order, uint32_t n, struct sheet_box area)
{
	double total = 0, scale;
	struct sheet_box left = area;
	uint32_t row = 0;

	for (uint32_t i = 0; i < n; i++)
		total += nodes[order[i]].weight;
	if (total <= 0 || area.w <= 0 || area.h <= 0)
		return;
	scale = area.w * area.h / total;
	for (uint32_t first = 0, count; first < n; first += count) {
		bool known = nodes[order[first]].row > 0;
		bool upright = known ? nodes[order[first]].upright : left.w >= left.h;
		double sum = 0;

		count = known ? known_row(nodes, order + first, n - first)
			      : choose_row(nodes, order + first, n - first, scale,
					fmin(left.w, left.h));
		row++;
		for (uint32_t i = first; i < first + count; i++) {
			struct district_node *node = &nodes[order[i]];

			sum += node->weight;
			node->row = row;
			node->rank = i;
			node->upright = upright;
		}
		lay_row(nodes, order + first, count, sum, scale, upright, &left);
	}
}

/* ---- all of them ---- */

static struct sheet_box shrink(struct sheet_box box, double by)
{
	return (struct sheet_box){
		box.x + by, box.y + by, fmax(box.w - 2 * by, 0), fmax(box.h - 2 * by, 0)};
}

/* A strip below or beside the systems of a sector is left free, for one that comes: of a share
 * of the sector, and so large that a system of a few cells stands in it; in the first one a
 * sector with such a system. Where that would be too much of the sector there is none. */
static void leave_strip(struct sheet_box *inner, bool first, const struct district_measure *m)
{
	double heads = (m->head_pt[DISTRICT_SYSTEM] + m->head_pt[DISTRICT_NETWORK] +
			       (first ? m->head_pt[DISTRICT_SECTOR] : 0)) *
			       HEAD_MM_PER_PT +
		       (first ? 2 * m->pad + 2 * m->gap : 0);
	double name = m->head_pt[DISTRICT_NETWORK] * MM_PER_PT * NAME_EMS;
	double h = fmax(inner->h * m->strip, heads + m->cell_h + 4 * m->pad + 2 * m->gap);
	double w =
		fmax(inner->w * m->strip, fmax(name, 2 * m->cell_w) + 4 * m->pad + 2 * m->gap);

	if (m->strip <= 0)
		return;
	if (h * inner->w <= w * inner->h && h <= inner->h * STRIP_MOST)
		inner->h -= h;
	else if (w <= inner->w * STRIP_MOST)
		inner->w -= w;
	else if (h <= inner->h * STRIP_MOST)
		inner->h -= h;
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
	if (node->kind == DISTRICT_SECTOR && node->index != MODEL_NONE)
		leave_strip(&inner, node->rank == 0, m);
	for (uint32_t i = 0; i < node->n; i++)
		order[i] = node->first + i;
	qsort_r(order, node->n, sizeof(*order), by_weight, d->nodes[next]);
	treemap(d->nodes[next], order, node->n, inner);
	for (uint32_t i = 0; i < node->n; i++) {
		struct district_node *child = &d->nodes[next][node->first + i];

		if (district_head(m, next, child) > 0)
			child->box = shrink(child->box, m->gap / 2);
		child->box = district_rounded(&child->box);
	}
}

/* ---- the networks of a system ---- */

/* They stand on shelves of one height, in order of address, and are as wide as their cells need
 * at that height; so hardly any room is left in them. */
struct shelves {
	uint32_t n, rows; /* of cells on each */
	uint32_t used;	  /* of them: all that is left these share */
	double least;	  /* a network is at least so wide, for its name */
	bool known;	  /* each network has its shelf already */
	bool keep;	  /* and its columns */
};

/* Cells that a network is made to hold. */
static uint32_t room_for(const struct district_node *network, const struct district_measure *m)
{
	/* Where all see how many there are, a few have no hole beside them. */
	double least = m->slack <= 0 ? 0 : m->strip > 0 ? 1 : NAMED_SPARE;

	return network->n + (uint32_t)(network->n * m->slack + least);
}

static double width_of(const struct district_node *network, const struct shelves *s,
	const struct district_measure *m)
{
	uint32_t room = s->known ? network->n : room_for(network, m);
	uint32_t columns = (room + s->rows - 1) / s->rows;

	if (s->keep && columns < network->columns)
		columns = network->columns;
	return fmax(columns * m->cell_w + 2 * inner_inset(m),
		       network->label[0] ? s->least : 0) +
	       m->gap;
}

/* How many of the networks, from the first on, have room on one shelf; the width that they
 * take. */
static uint32_t fill_shelf(const struct district_node *networks, uint32_t n,
	const struct shelves *s, const struct district_measure *m, double width,
	double *ret_used)
{
	uint32_t i = 0;

	*ret_used = 0;
	for (; i < n; i++) {
		double w = width_of(&networks[i], s, m);

		if (*ret_used + w > width + 1e-9)
			break;
		*ret_used += w;
	}
	return i;
}

/* How many of them, from the first on, stand on the i-th shelf, and the width that they take.
 * Known ones keep their columns if they can; who has no room any more goes to the next
 * shelf. */
static uint32_t take_shelf(const struct district_node *networks, uint32_t n, uint32_t i,
	struct shelves *s, const struct district_measure *m, double width, double *ret_used)
{
	uint32_t count = 0;

	if (!s->known)
		return fill_shelf(networks, n, s, m, width, ret_used);
	while (count < n && networks[count].row <= i + 1)
		count++;
	s->keep = true;
	if (fill_shelf(networks, count, s, m, width, ret_used) == count)
		return count;
	s->keep = false;
	return fill_shelf(networks, count, s, m, width, ret_used);
}

/* Whether all of them fit on the shelves; how much of these they take. */
static bool fills(const struct district_node *networks, uint32_t n, struct shelves *s,
	const struct district_measure *m, double width, double *ret_share)
{
	double used, sum = 0;
	uint32_t at = 0;

	for (s->used = 0; s->used < s->n && at < n; s->used++, sum += used) {
		uint32_t taken = take_shelf(networks + at, n - at, s->used, s, m, width, &used);

		if (taken == 0)
			return false;
		at += taken;
	}
	*ret_share = sum / (s->n * width);
	return at == n;
}

/* Of cells on a shelf, as it is divided; false if there is no room for any. */
static bool divide(struct shelves *s, const struct sheet_box *inner, double head,
	const struct district_measure *m)
{
	double rows = floor(
		(inner->h / s->n - m->gap - head - 2 * inner_inset(m)) / m->cell_h + FITS);

	s->rows = (uint32_t)fmin(fmax(rows, 0), UINT32_MAX);
	return s->rows > 0;
}

/* The shelves that the networks are on, if they still have room there. */
static bool known_shelves(const struct district *d, const struct district_node *system,
	const struct sheet_box *inner, const struct district_measure *m, struct shelves *ret,
	double *ret_share)
{
	const struct district_node *networks = &d->nodes[DISTRICT_NETWORK][system->first];

	*ret = (struct shelves){.n = networks[system->n - 1].row,
		.known = true,
		.least = m->head_pt[DISTRICT_NETWORK] * MM_PER_PT * NAME_EMS};
	return ret->n > 0 &&
	       divide(ret, inner, district_head(m, DISTRICT_NETWORK, networks), m) &&
	       fills(networks, system->n, ret, m, inner->w, ret_share);
}

/* The number of shelves at which the boxes of networks are most like squares that lie. */
static bool choose_shelves(const struct district *d, const struct district_node *system,
	const struct sheet_box *inner, const struct district_measure *m, struct shelves *ret,
	double *ret_share)
{
	const struct district_node *networks = &d->nodes[DISTRICT_NETWORK][system->first];
	double head = district_head(m, DISTRICT_NETWORK, networks), best = INFINITY, share;
	struct shelves s = {.least = m->head_pt[DISTRICT_NETWORK] * MM_PER_PT * NAME_EMS};

	for (s.n = 1; s.n <= system->n; s.n++) {
		double shape;

		if (!divide(&s, inner, head, m))
			break;
		if (!fills(networks, system->n, &s, m, inner->w, &share))
			continue;
		shape = fabs(log(inner->w * s.used / system->n /
				 (inner->h / s.used * DISTRICT_RATIO)));
		if (shape < best) {
			best = shape;
			*ret = s;
			*ret_share = share;
		}
	}
	return best < INFINITY;
}

/* What is left of a shelf's width and height its networks share. */
static void lay_shelf(struct district_node *networks, uint32_t n, const struct shelves *s,
	const struct district_measure *m, const struct sheet_box *shelf, double used)
{
	double x = shelf->x;

	for (uint32_t i = 0; i < n; i++) {
		double w = width_of(&networks[i], s, m) * shelf->w / used;

		networks[i].box =
			shrink((struct sheet_box){x, shelf->y, w, shelf->h}, m->gap / 2);
		networks[i].box = district_rounded(&networks[i].box);
		x += w;
	}
}

/* What a box has for cells: with columns and rows of their full size. */
struct room {
	double w, h;
	uint32_t columns, rows;
};

static struct room room_of(
	const struct district_node *network, const struct district_measure *m)
{
	struct room room = {.w = network->box.w - 2 * inner_inset(m),
		.h = network->box.h - district_head(m, DISTRICT_NETWORK, network) -
		     2 * inner_inset(m)};

	room.columns = (uint32_t)fmax(floor(room.w / m->cell_w + 2 * FITS), 0);
	/* Rounding comes on top of what a shelf may be short by. */
	room.rows = (uint32_t)fmax(floor(room.h / m->cell_h + 2 * FITS), 0);
	return room;
}

/* So many of them in that length: how far from each other. */
static double step_of(double length, uint32_t n, double cell, const struct district_measure *m)
{
	double most = m->strip > 0 ? cell : cell * GROWTH_MAX;

	/* What a shelf is short by is no squeezing. */
	return length / n > cell * (1 - FITS) && most <= cell ? cell : fmin(length / n, most);
}

struct district_step district_step(
	const struct district_node *network, const struct district_measure *m)
{
	struct room room = room_of(network, m);

	return (struct district_step){step_of(room.w, network->columns, m->cell_w, m),
		step_of(room.h, network->rows, m->cell_h, m)};
}

/* How far the last of n cells goes when there is one more; infinite if they had to be too
 * small. */
static double pushed(double length, uint32_t n, double cell, const struct district_measure *m)
{
	double before = step_of(length, n, cell, m), after = step_of(length, n + 1, cell, m);

	return after < fmax(cell * SQUEEZE, SQUEEZE_LEAST_MM) ? INFINITY
							      : (n - 1) * (before - after);
}

bool district_squeeze(struct district_node *network, const struct district_measure *m)
{
	struct room room = room_of(network, m);
	uint32_t columns = network->columns, rows = network->rows;

	if (rows == 0) /* as it was kept before rows were */
		rows = room.rows;
	if (columns == 0 || rows == 0 || columns > room.w / (m->cell_w * SQUEEZE) + 2 * FITS ||
		rows > room.h / (m->cell_h * SQUEEZE) + 2 * FITS)
		return false;
	while ((uint64_t)columns * rows < network->n) {
		double across = pushed(room.w, columns, m->cell_w, m);
		double down = pushed(room.h, rows, m->cell_h, m);

		if (isinf(across) && isinf(down))
			return false;
		if (down <= across)
			rows++;
		else
			columns++;
	}
	network->columns = columns;
	network->rows = rows;
	return true;
}

/* As many as there is room for; where cells take what room there is, as many as it is made
 * for. */
static bool divide_box(
	struct district_node *network, const struct district_measure *m, bool kept)
{
	struct room room = room_of(network, m);
	uint32_t wanted = room_for(network, m);
	bool as_before = kept && m->strip <= 0 && network->columns > 0 && network->rows > 0 &&
			 network->columns <= room.columns && network->rows <= room.rows &&
			 (uint64_t)network->columns * network->rows >= network->n;

	if (as_before)
		return true;
	network->columns = room.columns > 0 ? room.columns : 1;
	network->rows = room.rows > 0 ? room.rows : 1;
	if (m->strip <= 0) {
		if (network->columns > wanted)
			network->columns = wanted;
		if (network->rows > (wanted + network->columns - 1) / network->columns)
			network->rows = (wanted + network->columns - 1) / network->columns;
	}
	return kept ? district_squeeze(network, m)
		    : (uint64_t)room.columns * room.rows >= network->n;
}

/* Slots in order of address. */
static void number_cells(struct district *d, const struct district_node *system)
{
	for (uint32_t i = 0; i < system->n; i++) {
		const struct district_node *network =
			&d->nodes[DISTRICT_NETWORK][system->first + i];

		for (uint32_t k = 0; k < network->n; k++)
			d->cells[network->first + k].slot = k;
	}
}

/* `fit`: what widths are reckoned with, of cells a little smaller where they are to be
 * squeezed; `known`: on the shelves that they are on. */
static bool lay_networks(struct district *d, struct district_node *system,
	const struct district_measure *m, const struct district_measure *fit, bool known)
{
	struct district_node *networks = &d->nodes[DISTRICT_NETWORK][system->first];
	double head = district_head(m, DISTRICT_SYSTEM, system), used, share = 0;
	struct sheet_box inner = system->box;
	struct shelves s = {0};
	bool fits = true;
	uint32_t at = 0;

	inner.y += head;
	inner.h = fmax(inner.h - head, 0);
	inner = shrink(inner, head <= 0 ? 0 : inner_inset(m) - m->gap / 2);
	if (!(known ? known_shelves(d, system, &inner, fit, &s, &share)
		    : choose_shelves(d, system, &inner, fit, &s, &share)))
		return false;
	for (uint32_t i = 0; at < system->n; i++) {
		uint32_t n =
			take_shelf(networks + at, system->n - at, i, &s, fit, inner.w, &used);
		double h = inner.h / s.used;
		struct sheet_box shelf = {inner.x, inner.y + i * h, inner.w, h};

		lay_shelf(networks + at, n, &s, fit, &shelf, used);
		for (uint32_t k = 0; k < n; k++) {
			networks[at + k].row = i + 1;
			fits &= divide_box(&networks[at + k], m, d->kept);
		}
		at += n;
	}
	system->extra *= 1 - GIVE * fmax(1 - share - SPARE, 0);
	number_cells(d, system);
	return fits;
}

/* Of what had a place, rather without room for more than elsewhere, and rather squeezed than on
 * other shelves. */
static bool keep_networks(
	struct district *d, struct district_node *system, const struct district_measure *m)
{
	struct district_measure fit = *m;

	for (int known = 1; known >= 0; known--) {
		fit = *m;
		if (lay_networks(d, system, m, &fit, known))
			return true;
		fit.slack = m->slack / 1000;
		for (int i = 0; i <= SQUEEZE_STEPS; i++) {
			double by = 1 - (1 - SQUEEZE) * i / SQUEEZE_STEPS;

			fit.cell_w = m->cell_w * by;
			fit.cell_h = m->cell_h * by;
			if (lay_networks(d, system, m, &fit, known))
				return true;
		}
	}
	return false;
}

bool district_lay_system(
	struct district *d, struct district_node *system, const struct district_measure *m)
{
	if (d->kept ? keep_networks(d, system, m) : lay_networks(d, system, m, m, false))
		return true;
	system->extra *= EXTRA;
	return false;
}

struct sheet_box district_inner(
	const struct district_node *sector, const struct district_measure *m)
{
	double head = district_head(m, DISTRICT_SECTOR, sector);
	struct sheet_box inner = sector->box;

	inner.y += head;
	inner.h = fmax(inner.h - head, 0);
	return shrink(inner, inner_inset(m));
}

/* The systems of a sector, which leave its strip free. */
static bool lay_sector(struct district *d, struct district_node *sector,
	const struct district_measure *m, uint32_t *order)
{
	bool fits = true;

	lay_children(d, sector, m, order);
	for (uint32_t i = 0; i < sector->n; i++)
		fits &= district_lay_system(
			d, &d->nodes[DISTRICT_SYSTEM][sector->first + i], m);
	return fits;
}

static bool pack_once(struct district *d, const struct sheet_box *area,
	const struct district_measure *m, uint32_t *order)
{
	bool fits = true;

	weigh(d, m);
	d->root.box = shrink(*area, m->gap / 2);
	lay_children(d, &d->root, m, order);
	for (uint32_t i = 0; i < d->n_nodes[DISTRICT_SECTOR]; i++)
		fits &= lay_sector(d, &d->nodes[DISTRICT_SECTOR][i], m, order);
	return fits;
}

/* What had a place wants as much room as it had there; what had none comes into the last
 * row. */
static void anchor(struct district_node *nodes, uint32_t n, const struct district_measure *m)
{
	const struct district_node *last = NULL;
	double had = 0, wanted = 0;

	for (uint32_t i = 0; i < n; i++)
		if (nodes[i].row > 0) {
			had += (nodes[i].box.w + m->gap) * (nodes[i].box.h + m->gap);
			wanted += nodes[i].weight;
			if (!last || nodes[i].rank > last->rank)
				last = &nodes[i];
		}
	for (uint32_t i = 0; i < n; i++) {
		double area = (nodes[i].box.w + m->gap) * (nodes[i].box.h + m->gap), extra = 1;

		if (last)
			extra = nodes[i].row > 0 ? area / nodes[i].weight : had / wanted;
		nodes[i].extra = fmin(fmax(extra, EXTRA_LEAST), EXTRA_MOST);
		if (nodes[i].row > 0 || !last)
			continue;
		nodes[i].row = last->row;
		nodes[i].rank = UINT32_MAX;
		nodes[i].upright = last->upright;
	}
}

void district_weigh(struct district *d, const struct district_measure *m)
{
	for (uint32_t i = 0; i < d->n_nodes[DISTRICT_SYSTEM]; i++)
		d->nodes[DISTRICT_SYSTEM][i].extra = 1;
	weigh(d, m);
}

bool district_shift_sector(
	struct district *d, struct district_node *sector, const struct district_measure *m)
{
	_cleanup_(cleanup_freep) uint32_t *order = calloc(sector->n + 1ul, sizeof(*order));

	district_weigh(d, m);
	anchor(&d->nodes[DISTRICT_SYSTEM][sector->first], sector->n, m);
	for (int i = 0; i < TRIES && order; i++) {
		weigh(d, m);
		if (lay_sector(d, sector, m, order))
			return true;
	}
	return false;
}

bool district_shift(
	struct district *d, const struct sheet_box *area, const struct district_measure *m)
{
	_cleanup_(cleanup_freep) uint32_t *order = calloc(d->n_cells + 1ul, sizeof(*order));
	struct district_node *sectors = d->nodes[DISTRICT_SECTOR];

	district_weigh(d, m);
	for (uint32_t i = 0; i < d->n_nodes[DISTRICT_SECTOR]; i++)
		anchor(&d->nodes[DISTRICT_SYSTEM][sectors[i].first], sectors[i].n, m);
	anchor(sectors, d->n_nodes[DISTRICT_SECTOR], m);
	for (int i = 0; i < TRIES && order; i++)
		if (pack_once(d, area, m, order))
			return true;
	return false;
}

static bool pack_size(struct district *d, const struct sheet_box *area, double cell,
	double ratio, uint32_t *order, struct district_measure *ret_measure)
{
	*ret_measure = measure_of(cell, ratio, area->w / 310);
	for (int kind = DISTRICT_SECTOR; kind <= DISTRICT_SYSTEM; kind++)
		for (uint32_t i = 0; i < d->n_nodes[kind]; i++) {
			d->nodes[kind][i].extra = 1;
			d->nodes[kind][i].row = d->nodes[kind][i].rank = 0;
		}
	for (int i = 0; i < TRIES; i++)
		if (pack_once(d, area, ret_measure, order))
			return true;
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

static bool has_names(double cell, double ratio)
{
	struct district_measure m = measure_of(cell, ratio, 1);

	return district_mark(m.cell_w, &m) >= NAME_FROM_W &&
	       district_mark(m.cell_h, &m) >= NAME_FROM_H;
}

bool district_pack(struct district *district, const struct sheet_box *area,
	struct district_measure *ret_measure)
{
	_cleanup_(cleanup_freep) uint32_t *order =
		calloc((size_t)district->n_cells + 1, sizeof(*order));
	double high = fmin(sqrt(area->w * area->h / fmax(district->n_cells, 1)), CELL_MOST_MM);
	double best = 0, square, ratio = 1;
	bool named = false;

	if (!order || district->n_cells == 0)
		return false;
	square = search(district, area, 1, high, order);
	for (size_t i = 0; i < ARRAY_SIZE(ratios) && square >= NAMES_MM; i++) {
		double cell = search(district, area, ratios[i], high, order);
		bool names = has_names(cell, ratios[i]);

		if (names == named ? cell > best * 1.02 : names) {
			best = cell;
			ratio = ratios[i];
			named = names;
		}
	}
	if (best < square * LYING_LEAST) {
		best = square;
		ratio = 1;
	}
	return best > 0 && pack_size(district, area, best, ratio, order, ret_measure);
}
