/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws the blocks of IPv4 space: ground, outlines of subnets, one cell per address or prefix
 * that is used, names where nothing stands.
 */
#include "mapper/sheet/hilbert.h"

#include "common/cleanup.h"
#include "mapper/render/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MM_PER_PT (25.4 / 72.0)
#define USED UINT32_MAX
#define NAME_FROM_MM 11.0 /* a cell that has room for the asset's name */
#define OCTET_FROM_MM 4.4 /* or for the end of its address */
#define MARK_FROM_MM 2.6  /* a triangle beside, not over, what else is in the cell */
#define TOLD_FROM_MM 3.0  /* counts of a cell as a tooltip */
#define LABEL_MOST_MM 70.0

const char *hilbert_prefix(struct sheet *sheet, uint32_t base, uint8_t length)
{
	struct addr addr = addr_v4(base);
	struct cidr cidr = cidr_of(&addr, length);
	char text[CIDR_TEXT_MAX];
	const char *copy = arena_strdup(sheet->model->arena, cidr_format(&cidr, text));

	return copy ? copy : "";
}

static void explain_use(struct sheet *sheet, unsigned int level)
{
	static const char *const english[] = {"Used: one asset", "Used: 2 to 9 assets",
		"Used: 10 to 99 assets", "Used: 100 assets or more"};
	static const char *const chinese[] = {
		"1 个资产", "2 至 9 个资产", "10 至 99 个资产", "100 个以上资产"};

	sheet_explain(sheet, THEME_USE1 + level, false, english[level], chinese[level]);
}

static unsigned int level_of(uint32_t n)
{
	return n < 2 ? 0 : n < 10 ? 1 : n < 100 ? 2 : 3;
}

/* ---- cells ---- */

struct run {
	uint32_t first, n, n_assets, n_cii, n_exposed;
	uint32_t base;
};

static double cell_of(const struct hilbert_block *b)
{
	return b->side / (1u << b->order);
}

static unsigned int shift_of(const struct hilbert_block *b)
{
	return 32u - b->length - 2 * b->order;
}

static struct run run_at(const struct hilbert *h, const struct hilbert_block *b, uint32_t first)
{
	const struct estate *e = h->model->estate;
	uint64_t shift = shift_of(b), key = (uint64_t)h->uses[first].addr >> shift;
	struct run run = {.first = first, .base = (uint32_t)(key << shift)};

	for (uint32_t i = first;
		i < b->first + b->n && (uint64_t)h->uses[i].addr >> shift == key; i++) {
		const struct estate_asset *a = &e->assets[h->uses[i].asset];

		run.n++;
		if (i > first && h->uses[i].asset == h->uses[i - 1].asset)
			continue;
		run.n_assets++;
		run.n_cii += model_is_cii(e, a);
		run.n_exposed += a->exposed != 0;
	}
	return run;
}

/* What stands in a cell that is large enough: the name, and how the address ends. */
static void draw_words(struct sheet *sheet, const struct hilbert_block *b,
	const struct run *run, uint32_t asset, double x, double y, double cell)
{
	double inset = cell * 0.09, w = cell - 2 * inset;
	double pt = fmin(fmax(cell * 0.72, SCENE_TEXT_MIN_PT), 7.5 * sheet->k);
	enum theme_style ink = level_of(run->n_assets) > 0 ? THEME_TEXT_ON_DARK : THEME_TEXT;
	const char *end;

	if (cell < OCTET_FROM_MM || shift_of(b) > 8)
		return;
	end = estate_text(arena_printf(sheet->model->arena, ".%u", run->base & 255));
	if (measure_text_mm(end, pt, false) > w)
		pt = SCENE_TEXT_MIN_PT;
	if (measure_text_mm(end, pt, false) <= w)
		mark_text(sheet, SCENE_LABELS, ink, x + inset, y + cell - inset - pt * 0.08, pt,
			SCENE_START, false, end, w);
	if (cell >= NAME_FROM_MM && asset != SCENE_NO_ASSET)
		mark_text(sheet, SCENE_LABELS, ink, x + inset,
			y + cell - inset - pt * MM_PER_PT * 1.35, pt, SCENE_START, true,
			model_asset_name(sheet->model, asset), w);
}

static void draw_cell(struct hilbert *h, struct sheet *sheet, const struct hilbert_block *b,
	const struct run *run)
{
	double pitch = cell_of(b), gap = fmin(pitch * 0.08, 0.5), cell = pitch - gap, x, y,
	       mark;
	uint32_t asset = run->n_assets == 1 ? h->uses[run->first].asset : SCENE_NO_ASSET;
	unsigned int level = level_of(run->n_assets);
	struct scene_item *item;
	uint32_t column, row;

	hilbert_xy(b->order, (uint32_t)((uint64_t)(run->base - b->base) >> shift_of(b)),
		&column, &row);
	x = b->x + column * pitch + gap / 2;
	y = b->y + row * pitch + gap / 2;
	item = scene_rect(sheet->scene, SCENE_ASSETS, THEME_USE1 + level, x, y, cell, cell);
	item->asset = asset;
	if (asset != SCENE_NO_ASSET)
		item->title = model_asset_name(h->model, asset);
	else if (cell >=
		 TOLD_FROM_MM) /* smaller ones are one path, and no pointer meets them */
		item->title = arena_printf(h->model->arena,
			sheet->chinese ? "%s：资产 %u，关基 %u，暴露 %u"
				       : "%s: %u assets, %u CII, %u exposed",
			hilbert_prefix(sheet, run->base, (uint8_t)(32 - shift_of(b))),
			run->n_assets, run->n_cii, run->n_exposed);
	explain_use(sheet, level);
	if (run->n_cii > 0 && sheet_shows(sheet, MAP_OVERLAY_CII)) {
		mark_cii_outline(
			sheet, SCENE_CII, asset, x, y, cell, cell, fmin(cell / 5, 0.9));
		sheet->marks.cii_asset = true;
	}
	mark = cell >= MARK_FROM_MM ? cell * 0.52 : cell * 0.72;
	if (cell >= OCTET_FROM_MM) /* above the words */
		mark = cell * (cell >= NAME_FROM_MM && asset != SCENE_NO_ASSET ? 0.28 : 0.44);
	if (run->n_exposed > 0 && sheet_shows(sheet, MAP_OVERLAY_EXPOSURE))
		mark_exposure(sheet, asset,
			cell >= MARK_FROM_MM ? x + cell * 0.93 - mark : x + (cell - mark) / 2,
			cell >= MARK_FROM_MM ? y + cell * 0.07 : y + (cell - mark) / 2, mark);
	draw_words(sheet, b, run, asset, x, y, cell);
}

/* ---- subnets ---- */

/* Cells of a block by what is there: 0 nothing, the number of a subnet, or USED. */
struct ground {
	uint32_t *cells, side;
};

static void paint(struct ground *g, struct hilbert_cells c, uint32_t value)
{
	for (uint32_t y = c.y; y < c.y + c.h; y++)
		for (uint32_t x = c.x; x < c.x + c.w; x++)
			g->cells[(size_t)y * g->side + x] = value;
}

/* The subnet's part of the block; false if none, or less than a cell. */
static bool cells_of(const struct hilbert_block *b, const struct hilbert_subnet *s,
	struct hilbert_cells *ret_cells)
{
	uint64_t first = s->base, last = first + hilbert_size(s->length) - 1;
	uint64_t from = b->base, to = from + hilbert_size(b->length) - 1;
	unsigned int bits;

	if (last < from || first > to)
		return false;
	if (s->length <= b->length) {
		*ret_cells = (struct hilbert_cells){0, 0, 1u << b->order, 1u << b->order};
		return true;
	}
	bits = 32u - s->length;
	if (bits < shift_of(b))
		return false;
	*ret_cells = hilbert_run(
		b->order, (uint32_t)((first - from) >> shift_of(b)), bits - shift_of(b));
	return true;
}

static bool is_free(const struct ground *g, uint32_t x, uint32_t y, uint32_t w, uint32_t h,
	uint32_t value, uint32_t *ret_next)
{
	for (uint32_t j = y; j < y + h; j++)
		for (uint32_t i = x + w; i-- > x;)
			if (g->cells[(size_t)j * g->side + i] != value) {
				*ret_next = i + 1;
				return false;
			}
	return true;
}

/* The first place in the subnet, from the top, where so many cells are free. */
static bool find_free(const struct ground *g, struct hilbert_cells c, uint32_t w, uint32_t h,
	uint32_t value, uint32_t *ret_x, uint32_t *ret_y)
{
	for (uint32_t y = c.y; y + h <= c.y + c.h; y++)
		for (uint32_t x = c.x, next; x + w <= c.x + c.w; x = next) {
			if (is_free(g, x, y, w, h, value, &next)) {
				*ret_x = x;
				*ret_y = y;
				return true;
			}
		}
	return false;
}

/* Name over prefix, as large as there is room for; the prefix alone if it must be. */
static bool draw_label(struct sheet *sheet, const struct hilbert_block *b, struct ground *g,
	struct hilbert_cells c, const char *name, const char *prefix, uint32_t value)
{
	static const double sizes[] = {9, 7.5, 6.2, 5.2};
	double cell = cell_of(b);

	for (int lines = name[0] ? 2 : 1; lines > 0; lines--)
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			double pt = fmax(sizes[i] * fmin(sheet->k, 1.5), SCENE_TEXT_MIN_PT);
			double em = pt * MM_PER_PT, w = measure_text_mm(prefix, pt, false), x,
			       y;
			uint32_t column, row;

			if (lines == 2)
				w = fmax(w, measure_text_mm(name, pt, true));
			if (w > LABEL_MOST_MM * sheet->k ||
				!find_free(g, c, (uint32_t)ceil((w + em) / cell),
					(uint32_t)ceil((lines * 1.25 + 0.5) * em / cell), value,
					&column, &row))
				continue;
			x = b->x + column * cell + em * 0.5;
			y = b->y + row * cell + em * 1.1;
			if (lines == 2)
				mark_text(sheet, SCENE_LABELS, THEME_TEXT, x, y, pt,
					SCENE_START, true, name, w + 0.1);
			mark_text(sheet, SCENE_LABELS,
				lines == 2 ? THEME_TEXT_QUIET : THEME_TEXT, x,
				y + (lines - 1) * em * 1.25, pt, SCENE_START, false, prefix,
				w + 0.1);
			paint(g,
				(struct hilbert_cells){column, row,
					(uint32_t)ceil((w + em) / cell),
					(uint32_t)ceil((lines * 1.25 + 0.5) * em / cell)},
				USED);
			return true;
		}
	return false;
}

static void draw_outline(struct hilbert *h, struct sheet *sheet, const struct hilbert_block *b,
	const struct hilbert_subnet *s, struct hilbert_cells c)
{
	double cell = cell_of(b);
	const char *name = h->model->estate->subnets[s->subnet].name;
	struct scene_item *item = scene_rect(sheet->scene, SCENE_REGIONS, THEME_SUBNET,
		b->x + c.x * cell, b->y + c.y * cell, c.w * cell, c.h * cell);

	item->title = arena_printf(h->model->arena,
		sheet->chinese ? "%.200s%s%s：已用地址 %u / %llu"
			       : "%.200s%s%s: %u of %llu addresses used",
		name, name[0] ? " " : "", hilbert_prefix(sheet, s->base, s->length), s->n_used,
		(unsigned long long)hilbert_size(s->length));
	sheet_explain(sheet, THEME_SUBNET, false, "Subnet; white: no answer yet",
		"子网（空白未应答）");
}

/* The larger before those inside them, so that each cell is painted with its smallest. */
static void draw_subnets(
	struct hilbert *h, struct sheet *sheet, const struct hilbert_block *b, struct ground *g)
{
	struct hilbert_cells c;

	for (uint32_t i = 0; i < h->n_subnets; i++)
		if (cells_of(b, &h->subnets[i], &c)) {
			draw_outline(h, sheet, b, &h->subnets[i], c);
			paint(g, c, i + 1);
		}
	for (uint32_t i = b->first; i < b->first + b->n; i++) {
		uint32_t x, y;

		hilbert_xy(b->order,
			(uint32_t)((uint64_t)(h->uses[i].addr - b->base) >> shift_of(b)), &x,
			&y);
		g->cells[(size_t)y * g->side + x] = USED;
	}
	for (uint32_t i = 0; i < h->n_subnets; i++) {
		const struct hilbert_subnet *s = &h->subnets[i];
		const char *name = h->model->estate->subnets[s->subnet].name;

		/* One that is the block, or reaches beyond it, is named in its head. */
		if (!cells_of(b, s, &c) || s->length <= b->length)
			continue;
		if (!draw_label(sheet, b, g, c, name, hilbert_prefix(sheet, s->base, s->length),
			    i + 1))
			h->n_unnamed++;
	}
}

/* Subnets that lie in a block and are smaller than its cells. */
static uint32_t count_small(const struct hilbert *h, const struct hilbert_block *b)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < h->n_subnets; i++)
		n += h->subnets[i].length > b->length &&
		     32u - h->subnets[i].length < shift_of(b) &&
		     h->subnets[i].base >= b->base &&
		     h->subnets[i].base - (uint64_t)b->base < hilbert_size(b->length);
	return n;
}

/* The smallest subnet that holds the whole block, if it has a name. */
static const char *name_of(const struct hilbert *h, const struct hilbert_block *b)
{
	const char *name = "";

	for (uint32_t i = 0; i < h->n_subnets && h->subnets[i].base <= b->base; i++)
		if (h->subnets[i].length <= b->length &&
			b->base - (uint64_t)h->subnets[i].base <
				hilbert_size(h->subnets[i].length))
			name = h->model->estate->subnets[h->subnets[i].subnet].name;
	return name;
}

static void draw_head(struct hilbert *h, struct sheet *sheet, const struct hilbert_block *b)
{
	double k = sheet->k, y = b->y - 1.6 * k, used, pt = 8 * k;
	unsigned int shift = shift_of(b);
	const char *prefix = hilbert_prefix(sheet, b->base, b->length), *cell, *text;
	const char *name = name_of(h, b);

	cell = shift == 0
		       ? sheet_say(sheet, "a cell: one address", "一格一个地址")
		       : sheet_say(sheet,
				 estate_text(arena_printf(h->model->arena,
					 "a cell: /%u, %u addresses", 32 - shift, 1u << shift)),
				 estate_text(arena_printf(
					 h->model->arena, "一格 /%u", 32 - shift)));
	text = estate_text(arena_printf(h->model->arena, "%u / %llu \xc2\xb7 %s",
		hilbert_count(h, b->base, hilbert_size(b->length)),
		(unsigned long long)hilbert_size(b->length), cell));
	while (pt * 0.95 > 5.5 && measure_text_mm(prefix, pt, true) > b->side)
		pt *= 0.95;
	used = mark_text(sheet, SCENE_LABELS, THEME_TEXT, b->x, y, pt, SCENE_START, true,
		prefix, b->side);
	if (used > 0 && name[0])
		used += 1.5 * k + mark_text(sheet, SCENE_LABELS, THEME_TEXT,
					  b->x + used + 1.5 * k, y, fmax(pt * 0.85, 5.2),
					  SCENE_START, false, name,
					  (b->side - used - 1.5 * k) * 0.7);
	if (measure_text_mm(text, fmax(6 * k, 5.2), false) > b->side - used - 2 * k)
		text = estate_text(arena_printf(h->model->arena, "%u",
			hilbert_count(h, b->base, hilbert_size(b->length))));
	mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, b->x + b->side, y, fmax(6 * k, 5.2),
		SCENE_END, false, text, b->side - used - 2 * k);
}

static void draw_block(struct hilbert *h, struct sheet *sheet, const struct hilbert_block *b)
{
	uint32_t side = 1u << b->order;
	_cleanup_(cleanup_freep) uint32_t *cells = calloc((size_t)side * side, sizeof(*cells));
	struct ground ground = {cells, side};

	if (!cells) {
		sheet->scene->failed = true;
		return;
	}
	scene_rect(sheet->scene, SCENE_REGIONS, THEME_SPACE, b->x, b->y, b->side, b->side);
	sheet_explain(sheet, THEME_SPACE, false, "In no known subnet", "子网外地址");
	draw_head(h, sheet, b);
	draw_subnets(h, sheet, b, &ground);
	h->n_small += count_small(h, b);
	for (uint32_t i = b->first; i < b->first + b->n;) {
		struct run run = run_at(h, b, i);

		draw_cell(h, sheet, b, &run);
		i += run.n;
	}
}

void hilbert_draw(struct hilbert *h, struct sheet *sheet)
{
	for (uint32_t i = 0; i < h->n_blocks; i++)
		draw_block(h, sheet, &h->blocks[i]);
}
