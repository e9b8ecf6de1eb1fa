/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Beside and below the curves: how a curve is read, the table of subnets with their use, and
 * the IPv6 prefixes as a row of boxes.
 */
#include "mapper/sheet/hilbert.h"

#include "common/cleanup.h"
#include "mapper/render/measure.h"
#include "mapper/sheet/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HELP_SIDE 26.0
#define ROW 4.0
#define SIX_W 50.0
#define SIX_H 9.0
#define SIX_GAP 2.0

/* ---- how to read it ---- */

static void draw_curve(struct sheet *sheet, double x, double y, double side)
{
	const unsigned int order = 3;
	struct scene_point points[64];
	double cell = side / 8;

	scene_rect(sheet->scene, SCENE_REGIONS, THEME_SUBNET, x, y, side, side);
	for (uint32_t d = 0; d < 64; d++) {
		uint32_t column, row;

		hilbert_xy(order, d, &column, &row);
		points[d] =
			(struct scene_point){x + (column + 0.5) * cell, y + (row + 0.5) * cell};
	}
	scene_line(sheet->scene, SCENE_ASSETS, THEME_CURVE, points, 64);
	sheet_explain(sheet, THEME_CURVE, true, "The order of addresses", "地址的排列顺序");
	sheet_explain(sheet, THEME_SUBNET, false, "Subnet; white: no answer yet",
		"子网（空白未应答）");
}

/* Returns the height it takes. */
static double draw_help(struct sheet *sheet, struct sheet_box area)
{
	static const char *const english[] = {"The curve begins top left with the",
		"lowest address, ends top right with", "the highest. Addresses that follow",
		"each other stand beside each other.",
		"A prefix is one rectangle; each quarter", "of a block has two bits more."};
	static const char *const chinese[] = {"曲线自左上（最低地址）起，",
		"至右上（最高地址）止；", "相邻地址在图上也相邻；", "每个前缀为一个矩形；",
		"图块的每个四分之一", "前缀长两位。"};
	double k = sheet->k, side = HELP_SIDE * k, x = area.x + side + 3 * k;
	bool in_chinese = sheet->request->language == MAP_CHINESE;

	mark_text(sheet, SCENE_LABELS, THEME_TEXT, area.x, area.y + 3.4 * k, 8 * k, SCENE_START,
		true, sheet_say(sheet, "How to read it", "读图方法"), area.w);
	draw_curve(sheet, area.x, area.y + 6 * k, side);
	for (size_t i = 0; i < ARRAY_SIZE(english); i++)
		mark_text(sheet, SCENE_LABELS, THEME_TEXT, x,
			area.y + (8.5 + (double)i * 4) * k, 6 * k, SCENE_START, false,
			in_chinese && measure_can_show(chinese[i]) ? chinese[i] : english[i],
			area.x + area.w - x);
	return side + 10 * k;
}

/* ---- the table ---- */

static int by_use(const void *a, const void *b, void *closure)
{
	const struct hilbert_subnet *subnets = closure;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;

	if (subnets[i].n_used != subnets[j].n_used)
		return subnets[i].n_used > subnets[j].n_used ? -1 : 1;
	return i < j ? -1 : i > j;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void draw_row(
	struct sheet *sheet, const struct hilbert_subnet *s, double y, double x, double w)
{
	double k = sheet->k, pt = 6 * k;
	const char *used = estate_text(arena_printf(sheet->model->arena, "%u / %llu", s->n_used,
		(unsigned long long)hilbert_size(s->length)));
	double share = (double)s->n_used / (double)hilbert_size(s->length), bar = w * 0.14;

	mark_text(sheet, SCENE_LABELS, THEME_TEXT, x, y, pt, SCENE_START, false,
		hilbert_prefix(sheet, s->base, s->length), w * 0.3);
	mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, x + w * 0.31, y, pt, SCENE_START,
		false, sheet->model->estate->subnets[s->subnet].name, w * 0.3);
	mark_text(sheet, SCENE_LABELS, THEME_TEXT, x + w * 0.84, y, pt, SCENE_END, false, used,
		w * 0.22);
	scene_rect(
		sheet->scene, SCENE_REGIONS, THEME_SPACE, x + w - bar, y - 2 * k, bar, 2 * k);
	if (share > 0)
		scene_rect(sheet->scene, SCENE_ASSETS, THEME_BADGE, x + w - bar, y - 2 * k,
			fmin(bar, fmax(bar * share, 0.2)), 2 * k);
}

static void draw_table(struct hilbert *h, struct sheet *sheet, struct sheet_box area)
{
	double k = sheet->k, step = ROW * k, y = area.y + 3.4 * k;
	uint32_t room = (uint32_t)fmax((area.h - 9 * k) / step, 0), n = h->n_subnets;
	_cleanup_(cleanup_freep) uint32_t *order = calloc((size_t)n + 1, sizeof(*order));

	if (!order || n == 0)
		return;
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	qsort_r(order, n, sizeof(*order), by_use, h->subnets);
	n = n < room ? n : room;
	qsort(order, n, sizeof(*order), by_number);
	h->n_listed = n;
	mark_text(sheet, SCENE_LABELS, THEME_TEXT, area.x, y, 8 * k, SCENE_START, true,
		sheet_say(sheet, "Subnets: addresses used / held", "子网：已用 / 总数"),
		area.w);
	y += 1.4 * k;
	for (uint32_t i = 0; i < n; i++)
		draw_row(sheet, &h->subnets[order[i]], y += step, area.x, area.w);
}

void hilbert_side(struct hilbert *h, struct sheet *sheet, struct sheet_box area)
{
	double taken = draw_help(sheet, area);

	area.y += taken;
	area.h -= taken;
	draw_table(h, sheet, area);
}

/* ---- IPv6 ---- */

static uint32_t six_columns(double w, double k)
{
	return (uint32_t)fmax(floor((w + SIX_GAP * k) / ((SIX_W + SIX_GAP) * k)), 1);
}

double hilbert_six_height(const struct hilbert *h, double w, double high, double k)
{
	uint32_t columns = six_columns(w, k), rows = (h->n_sixes + columns - 1) / columns;
	double step = (SIX_H + SIX_GAP) * k, head = 6 * k;

	if (h->n_sixes == 0)
		return 0;
	rows = (uint32_t)fmin(rows, fmax(floor((high - head) / step), 1));
	return head + rows * step;
}

static void draw_six(struct sheet *sheet, const struct hilbert_six *six, double x, double y,
	double w, double h)
{
	double k = sheet->k, right = x + w - 1.5 * k, low = y + h - 1.8 * k;
	char text[CIDR_TEXT_MAX];
	const char *count =
		estate_text(arena_printf(sheet->model->arena, "%u %s", six->n_assets,
			sheet_say(sheet, six->n_assets == 1 ? "asset" : "assets", "资产")));
	const char *exposed =
		estate_text(arena_printf(sheet->model->arena, "%u", six->n_exposed));
	const char *cii = words_cii(sheet->model, six->n_cii);

	scene_rect(sheet->scene, SCENE_REGIONS, THEME_SUBNET, x, y, w, h);
	mark_text(sheet, SCENE_LABELS, THEME_TEXT, x + 1.5 * k, y + 3.4 * k, 6.4 * k,
		SCENE_START, true, cidr_format(&six->cidr, text), w - 3 * k);
	mark_text(sheet, SCENE_LABELS, six->n_assets ? THEME_TEXT : THEME_TEXT_QUIET,
		x + 1.5 * k, low, 6 * k, SCENE_START, false, count, w * 0.42);
	if (six->n_cii > 0)
		right -= mark_badge(sheet, SCENE_CII, THEME_CII_BADGE, right, low - 2.6 * k,
				 3.2 * k, cii) +
			 k;
	if (six->n_exposed > 0) {
		right -= mark_text(sheet, SCENE_EXPOSURE, THEME_TEXT, right, low, 6 * k,
				 SCENE_END, true, exposed, w * 0.2) +
			 0.5 * k + 2.8 * k;
		mark_exposure(sheet, SCENE_NO_ASSET, right, low - 2.4 * k, 2.8 * k);
	}
	sheet_explain(sheet, THEME_SUBNET, false, "Subnet; white: no answer yet",
		"子网（空白未应答）");
}

void hilbert_sixes(struct hilbert *h, struct sheet *sheet, struct sheet_box area)
{
	double k = sheet->k, step = (SIX_H + SIX_GAP) * k, y = area.y + 6 * k;
	uint32_t columns = six_columns(area.w, k);
	uint32_t room = columns * (uint32_t)fmax(floor((area.h - 6 * k) / step + 1e-9), 1);
	uint32_t n = h->n_sixes < room ? h->n_sixes : room;
	double w = (area.w + SIX_GAP * k) / columns - SIX_GAP * k;

	mark_text(sheet, SCENE_LABELS, THEME_TEXT, area.x, area.y + 3.4 * k, 8 * k, SCENE_START,
		true,
		sheet_say(sheet,
			estate_text(arena_printf(
				h->model->arena, "IPv6 prefixes (/%u)", h->six_length)),
			"IPv6 前缀"),
		area.w);
	for (uint32_t i = 0; i < n; i++)
		draw_six(sheet, &h->sixes[i], area.x + i % columns * (w + SIX_GAP * k),
			y + i / columns * step, w, SIX_H * k);
	for (uint32_t i = n; i < h->n_sixes; i++)
		h->n_six_left += h->sixes[i].n_assets;
	h->n_sixes = n;
}
