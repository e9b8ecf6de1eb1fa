/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Hilbert curve, and the address-space sheet as a whole: which paper, what stands where.
 * Addresses that follow each other are neighbours on the curve; every aligned prefix is one
 * rectangle.
 */
#include "mapper/sheet/hilbert.h"

#include <math.h>

#define SIDE_W 84.0 /* the table's column, on A3 */
#define PAD 3.0
#define CROWD 10 /* a larger paper while more than one use of so many shares a cell */

/* One level of the curve: which quarter, and how the curve inside it is turned. */
static void turn(uint32_t s, bool right, bool down, uint32_t *x, uint32_t *y)
{
	uint32_t keep = *x;

	if (down)
		return;
	if (right) {
		*x = s - 1 - *x;
		*y = s - 1 - *y;
		keep = *x;
	}
	*x = *y;
	*y = keep;
}

void hilbert_xy(unsigned int order, uint32_t d, uint32_t *ret_x, uint32_t *ret_y)
{
	uint32_t x = 0, y = 0;

	for (unsigned int level = 0; level < order; level++) {
		uint32_t s = 1u << level;
		bool right = d >> 1 & 1, down = (d ^ d >> 1) & 1;

		turn(s, right, down, &x, &y);
		x += right ? s : 0;
		y += down ? s : 0;
		d >>= 2;
	}
	*ret_x = x;
	*ret_y = y;
}

uint32_t hilbert_d(unsigned int order, uint32_t x, uint32_t y)
{
	uint32_t d = 0;

	for (unsigned int level = order; level-- > 0;) {
		uint32_t s = 1u << level;
		bool right = x & s, down = y & s;

		d = d << 2 | (right ? (down ? 2u : 3u) : (down ? 1u : 0u));
		x &= s - 1;
		y &= s - 1;
		turn(s, right, down, &x, &y);
	}
	return d;
}

struct hilbert_cells hilbert_run(unsigned int order, uint32_t d, unsigned int bits)
{
	unsigned int square = bits / 2; /* of the largest square in it */
	uint32_t s = 1u << square, x, y, x2, y2;
	struct hilbert_cells cells;

	hilbert_xy(order - square, square < 16 ? d >> 2 * square : 0, &x, &y);
	cells = (struct hilbert_cells){x * s, y * s, s, s};
	if (bits % 2 == 0)
		return cells;
	hilbert_xy(order - square, (d >> 2 * square) + 1, &x2, &y2);
	cells.x = (x < x2 ? x : x2) * s;
	cells.y = (y < y2 ? y : y2) * s;
	cells.w = x != x2 ? 2 * s : s;
	cells.h = y != y2 ? 2 * s : s;
	return cells;
}

/* What a paper leaves: blocks, IPv6 prefixes below them, the table right of them. */
struct parts {
	struct sheet_box blocks, sixes, side;
};

static struct parts parts_of(const struct hilbert *h, struct sheet_box map, double k)
{
	double pad = PAD * k, w = map.w - 3 * pad - SIDE_W * k, high = map.h - 2 * pad;
	double six = hilbert_six_height(h, w, h->n_blocks > 0 ? high * 0.3 : high, k);
	struct parts parts = {
		.blocks = {map.x + pad, map.y + pad, w, high - (six > 0 ? six + pad : 0)},
		.sixes = {map.x + pad, map.y + map.h - pad - six, w, six},
		.side = {map.x + 2 * pad + w, map.y + pad, SIDE_W * k, high}};

	if (h->n_blocks == 0)
		parts.sixes.y = map.y + pad;
	return parts;
}

static enum sheet_paper pick(
	struct hilbert *h, const struct sheet_request *request, struct parts *ret_parts)
{
	enum sheet_paper paper, end;

	for (sheet_papers(request, &paper, &end);; paper++) {
		double k = sheet_paper_scale(paper);

		*ret_parts = parts_of(h, sheet_map_area(request, paper), k);
		hilbert_place(h, &ret_parts->blocks, k);
		if (paper + 1 == end || hilbert_crowded(h) * CROWD <= h->n_uses)
			return paper;
	}
}

static void note_all(const struct hilbert *h, struct sheet *sheet)
{
	uint32_t nowhere = 0;

	for (uint32_t i = 0; i < h->model->estate->n_assets; i++)
		nowhere += h->model->estate->assets[i].n_addresses == 0;
	if (h->n_blocks > 0)
		sheet_note(sheet,
			"One cell is one address, or one prefix as the head of its block says; "
			"an asset "
			"stands at each of its addresses.",
			"一格为一个地址，或为图块标题所示的前缀；资产绘于其每个地址处。");
	if (h->n_unnamed > 0)
		sheet_note(sheet,
			"Subnets outlined without a name, since they have no room for it: %u.",
			"因空间不足未注名的子网：%u 个。", h->n_unnamed);
	if (h->n_small > 0)
		sheet_note(sheet, "Subnets smaller than one cell, not outlined: %u.",
			"小于一格、未绘边框的子网：%u 个。", h->n_small);
	if (h->n_subnets > h->n_listed)
		sheet_note(sheet,
			"The table lists the %u subnets most used; %u more are not in it.",
			"表中列出使用最多的 %u 个子网，其余 %u 个未列。", h->n_listed,
			h->n_subnets - h->n_listed);
	if (h->n_six_left > 0)
		sheet_note(sheet, "IPv6: %u assets are in prefixes past the %u shown.",
			"IPv6：另有 %u 个资产位于所示 %u 个前缀之外。", h->n_six_left,
			h->n_sixes);
	if (nowhere > 0)
		sheet_note(sheet, "Assets without an address, not on this sheet: %u.",
			"无地址、未绘于本图的资产：%u 个。", nowhere);
}

int sheet_address_space(const struct model *model, const struct sheet_request *request,
	struct scene **ret_scene, struct error *reterr)
{
	struct hilbert *h;
	struct parts parts;
	struct sheet sheet;
	enum sheet_paper paper;

	if (hilbert_make(model, &h) < 0)
		return error_set(
			reterr, ERROR_SYSTEM, "cannot draw the address space: no memory");
	paper = pick(h, request, &parts);
	sheet_begin(&sheet, model, request, paper, "address-space", request->title,
		sheet_request_say(request, model->arena,
			"Address space on Hilbert curves: use, exposure, gaps",
			"地址空间图（希尔伯特曲线）"));
	if (!sheet.scene)
		return scene_check(NULL, reterr);
	if (h->n_blocks > 0) {
		hilbert_draw(h, &sheet);
		hilbert_side(h, &sheet, parts.side);
	}
	if (h->n_sixes > 0)
		hilbert_sixes(h, &sheet, parts.sixes);
	if (h->n_blocks == 0 && h->n_sixes == 0)
		mark_text(&sheet, SCENE_LABELS, THEME_TEXT_QUIET, sheet.map.x + sheet.map.w / 2,
			sheet.map.y + sheet.map.h / 2, 14, SCENE_MIDDLE, false,
			sheet_say(&sheet, "The inventory holds no addresses for this map yet.",
				"资产台账中尚无地址。"),
			sheet.map.w * 0.9);
	note_all(h, &sheet);
	sheet_end(&sheet);
	*ret_scene = sheet.scene;
	return scene_check(sheet.scene, reterr);
}
