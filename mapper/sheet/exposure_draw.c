/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draws a placed exposure sheet: the band of the Internet's side with its exits, the cards of
 * the systems, and a row for each exposed service and each supplier's way in.
 */
#include "mapper/sheet/exposure.h"

#include "mapper/render/measure.h"
#include "mapper/sheet/words.h"

#include <math.h>
#include <netinet/in.h>
#include <string.h>

#define MM_PER_PT (25.4 / 72.0)
#define PAD 1.8
#define WAY_MAX 8 /* networks and routers named of a way in */

struct drawing {
	struct exposure *x;
	struct sheet *sheet;
	double pt, small;
};

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static const char *say(const struct drawing *d, const char *english, const char *chinese)
{
	return sheet_say(d->sheet, english, chinese);
}

static const char *appended(const struct drawing *d, const char *text, const char *more)
{
	if (!text[0] || !more[0])
		return text[0] ? text : more;
	return or_empty(arena_printf(d->x->model->arena, "%.500s \xc2\xb7 %.300s", text, more));
}

static double text(const struct drawing *d, enum theme_style style, double x, double y,
	double pt, bool bold, const char *words, double width)
{
	return mark_text(
		d->sheet, SCENE_LABELS, style, x, y, pt, SCENE_START, bold, words, width);
}

/* The name of an asset, or of the device it is. */
static double asset_text(const struct drawing *d, uint32_t asset, enum theme_style style,
	double x, double y, double pt, bool bold, const char *words, double width)
{
	size_t before = d->sheet->scene->n_items;
	double w = text(d, style, x, y, pt, bold, words, width);

	if (d->sheet->scene->n_items > before)
		d->sheet->scene->items[before].asset = asset;
	return w;
}

/* ---- words ---- */

static const char *kind_words(const struct drawing *d, const char *kind)
{
	static const struct {
		const char *english, *chinese;
	} kinds[] = {
		{"web", "网站"},
		{"administration", "管理"},
		{"remote maintenance", "远程运维"},
		{"industrial protocol", "工控协议"},
		{"database", "数据库"},
		{"mail", "邮件"},
		{"file transfer", "文件传输"},
		{"vpn", "虚拟专用网"},
		{"messaging", "消息"},
		{"naming and time", "域名与时间"},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].english, kind) == 0)
			return say(d, kinds[i].english, kinds[i].chinese);
	return strcmp(kind, "unknown") == 0 ? "" : kind;
}

static const char *place_words(const struct drawing *d, const struct estate_service *s)
{
	static const char *const six[] = {"", "[", "]"};
	char addr[ADDR_TEXT_MAX];
	int bracket = s->addr.family == 6;

	addr_format(&s->addr, addr);
	return or_empty(arena_printf(d->x->model->arena, "%s%s%s:%u%s", six[bracket], addr,
		six[bracket * 2], s->port,
		s->transport == IPPROTO_UDP    ? "/udp"
		: s->transport == IPPROTO_SCTP ? "/sctp"
					       : ""));
}

static const char *node_name(const struct drawing *d, uint32_t node)
{
	const struct model *m = d->x->model;

	return node < m->n_networks ? m->networks[node].name
				    : model_asset_name(m, m->joints[node - m->n_networks]);
}

/* "via border, dmz": what stands between the Internet's side and the asset. */
static const char *way_words(const struct drawing *d, uint32_t asset)
{
	const struct model *m = d->x->model;
	uint32_t joint = m->joint_of[asset], steps = 0;
	uint32_t at = joint != MODEL_NONE ? m->n_networks + joint : model_home(m, asset);
	const char *way = "";

	if (at >= m->n_networks + m->n_joints || d->x->parent[at] == MODEL_NONE)
		return say(d, "way in not known", "入口路径不明");
	if (d->x->parent[at] == at)
		return say(d, "on the Internet's side itself", "位于互联网侧");
	for (; d->x->parent[at] != at; at = d->x->parent[at])
		if (steps++ < WAY_MAX)
			way = or_empty(arena_printf(m->arena, "%.60s%s%s", node_name(d, at),
				way[0] ? " \xe2\x86\x92 " : "", way));
	if (steps > WAY_MAX)
		way = or_empty(
			arena_printf(m->arena, "+%u \xe2\x86\x92 %s", steps - WAY_MAX, way));
	return or_empty(arena_printf(m->arena, "%s %s", say(d, "via", "经"), way));
}

static const char *ledger_words(const struct drawing *d, uint8_t ledger)
{
	if (ledger == LEDGER_JUSTIFIED)
		return say(d, "justified", "有理由");
	return ledger == LEDGER_EXPIRED ? say(d, "reason expired", "理由过期")
					: say(d, "no reason stated", "无理由");
}

/* ---- rows ---- */

/* Right end of the first line; returns the width. */
static double draw_state(
	const struct drawing *d, const struct estate_service *s, double right, double baseline)
{
	const char *words = ledger_words(d, s->justified), *kind = estate_text(s->kind);
	double h = d->small * MM_PER_PT * 1.25, y = baseline - h * 0.8, w = 0;

	if (s->justified == LEDGER_JUSTIFIED)
		w = mark_text(d->sheet, SCENE_LABELS, THEME_TEXT_QUIET, right, baseline,
			    d->small, SCENE_END, false, words, 40) +
		    1;
	else
		w = mark_badge(d->sheet, SCENE_LABELS, THEME_BADGE, right, y, h, words) + 1;
	if (!exposure_kind_is_risk(kind))
		return w;
	sheet_explain(
		d->sheet, THEME_RISK_BADGE, false, "Administration or control", "管理与控制类");
	return w +
	       mark_badge(d->sheet, SCENE_LABELS, THEME_RISK_BADGE, right - w, y, h,
		       kind_words(d, kind)) +
	       1;
}

static void draw_service(
	const struct drawing *d, const struct estate_service *s, double x, double y, double w)
{
	const struct model *m = d->x->model;
	double size = d->pt * MM_PER_PT * 1.25, first = y + d->pt * MM_PER_PT * 1.05;
	double second = first + d->small * MM_PER_PT * 1.4, left = x + size + 1.2;
	double room = w - size - 1.2 - draw_state(d, s, x + w, first);
	const char *name = model_asset_name(m, s->asset), *kind = estate_text(s->kind), *more;
	const char *place = place_words(d, s);
	double used;

	mark_exposure(d->sheet, s->asset, x, y + d->pt * MM_PER_PT * 0.2, size);
	used = measure_text_mm(place, d->pt, false);
	used = asset_text(d, s->asset, THEME_TEXT, left, first, d->pt, true,
		name[0] ? name : "?", fmax(room - used - 2, room * 0.4));
	text(d, THEME_TEXT, left + used + 1.5, first, d->pt, false, place, room - used - 1.5);
	more = appended(d, s->protocol,
		s->product[0] && s->version[0] ? or_empty(arena_printf(m->arena, "%.120s %.60s",
							 s->product, s->version))
					       : s->product);
	if (!exposure_kind_is_risk(kind))
		more = appended(d, more, kind_words(d, kind));
	text(d, THEME_TEXT_QUIET, left, second, d->small, false,
		appended(d, more, way_words(d, s->asset)), w - size - 1.2);
}

static void draw_way_in(
	const struct drawing *d, const struct estate_supply *s, double x, double y, double w)
{
	double size = d->pt * MM_PER_PT * 1.25, first = y + d->pt * MM_PER_PT * 1.05;
	double left = x + size + 1.2, h = d->small * MM_PER_PT * 1.25, badge;
	size_t symbol = theme_symbol_find("internet");

	scene_symbol(d->sheet->scene, SCENE_ASSETS, THEME_HOST, symbol, x,
		y + d->pt * MM_PER_PT * 0.2, size);
	if (symbol < SHEET_SYMBOLS_MAX)
		d->sheet->marks.symbol[symbol] = true;
	sheet_explain(
		d->sheet, THEME_RISK_BADGE, false, "Administration or control", "管理与控制类");
	badge = mark_badge(d->sheet, SCENE_LABELS, THEME_RISK_BADGE, x + w, first - h * 0.8, h,
		say(d, "remote maintenance", "远程运维"));
	text(d, THEME_TEXT, left, first, d->pt, true,
		estate_text(s->supplier)[0] ? s->supplier : "?", w - size - badge - 3);
	text(d, THEME_TEXT_QUIET, left, first + d->small * MM_PER_PT * 1.4, d->small, false,
		appended(d, estate_text(s->service), estate_text(s->path)), w - size - 1.2);
}

/* ---- cards ---- */

static const char *responsible(const struct drawing *d, const struct estate_system *s)
{
	const char *operates = estate_text(s->operates), *manages = estate_text(s->manages);
	const char *words = "";

	if (operates[0])
		words = or_empty(arena_printf(d->x->model->arena, "%s: %.200s",
			say(d, "Operates", "运营"), operates));
	if (manages[0])
		words = appended(d, words,
			or_empty(arena_printf(d->x->model->arena, "%s: %.200s",
				say(d, "manages", "管理"), manages)));
	if (!words[0])
		words = appended(d, s->organisation,
			say(d, "who operates it is not stated", "运营单位未说明"));
	return words;
}

static const char *count_words(const struct drawing *d, const struct exposure_card *card)
{
	struct arena *arena = d->x->model->arena;
	uint32_t none = card->by_ledger[LEDGER_NONE], expired = card->by_ledger[LEDGER_EXPIRED];
	const char *words = or_empty(arena_printf(
		arena, "%u %s", card->n_rows - card->n_remote, say(d, "exposed", "项暴露")));

	if (none > 0)
		words = appended(d, words,
			or_empty(arena_printf(
				arena, "%u %s", none, ledger_words(d, LEDGER_NONE))));
	if (expired > 0)
		words = appended(d, words,
			or_empty(arena_printf(
				arena, "%u %s", expired, ledger_words(d, LEDGER_EXPIRED))));
	if (card->n_remote > 0)
		words = appended(d, words,
			or_empty(arena_printf(arena, "%u %s", card->n_remote,
				say(d, card->n_remote == 1 ? "remote way in" : "remote ways in",
					"条远程通道"))));
	return words;
}

/* The badges of a system; returns their width. */
static double draw_badges(
	const struct drawing *d, const struct estate_system *s, double right, double baseline)
{
	double h = d->pt * MM_PER_PT * 1.3, y = baseline - h * 0.8, w = 0;

	if (s->designated)
		w += mark_badge(d->sheet, SCENE_CII, THEME_CII_BADGE, right, y, h,
			     words_designation(d->x->model, s, d->pt, 30)) +
		     1;
	if (s->tier > 0)
		w += mark_badge(d->sheet, SCENE_LABELS, THEME_BADGE, right - w, y, h,
			     or_empty(arena_printf(d->x->model->arena, "%s %u",
				     say(d, "tier", "等级"), s->tier))) +
		     1;
	return w;
}

static void draw_card(const struct drawing *d, const struct exposure_card *card)
{
	const struct exposure *x = d->x;
	const struct estate *e = x->model->estate;
	const struct estate_system *s =
		card->system == MODEL_NONE ? NULL : &e->systems[card->system];
	const struct sheet_box box = {card->x, card->y, x->column_w, card->h};
	double left = box.x + PAD, w = box.w - 2 * PAD,
	       y = box.y + PAD + d->pt * MM_PER_PT * 1.15;
	struct scene_item *item = scene_rect(
		d->sheet->scene, SCENE_REGIONS, THEME_SYSTEM, box.x, box.y, box.w, box.h);
	const char *name = s ? card->name : say(d, "Not assigned to a system", "未归属系统");

	item->rect.radius = 1;
	item->title = name;
	sheet_explain(d->sheet, THEME_SYSTEM, false, "System, with what of it is exposed",
		"系统及其暴露服务");
	if (s && s->designated)
		mark_cii_system(d->sheet, &box, item->rect.radius);
	text(d, THEME_TEXT, left, y, d->pt * 1.1, true, name,
		w - (s ? draw_badges(d, s, left + w, y) : 0) - 1);
	y += d->small * MM_PER_PT * 1.4;
	text(d, THEME_TEXT_QUIET, left, y, d->small, false, s ? responsible(d, s) : "", w);
	y += d->small * MM_PER_PT * 1.4;
	text(d, THEME_TEXT, left, y, d->small, true, count_words(d, card), w);
	y = box.y + exposure_head_h(x->pt) - PAD / 2;
	for (uint32_t i = 0; i < card->n_shown; i++, y += exposure_row_h(x->pt)) {
		const struct exposure_row *row = &x->rows[card->first_row + i];

		if (row->service == MODEL_NONE)
			draw_way_in(d, &e->supplies[row->supply], left, y, w);
		else
			draw_service(d, &e->services[row->service], left, y, w);
	}
	if (card->n_rows > card->n_shown)
		text(d, THEME_TEXT, left, y + d->small * MM_PER_PT, d->small, true,
			or_empty(arena_printf(x->model->arena, "+%u %s",
				card->n_rows - card->n_shown, say(d, "folded", "项已折叠"))),
			w);
}

/* ---- the band ---- */

double exposure_exit_h(double pt)
{
	double small = fmax(pt * 0.8, SCENE_TEXT_MIN_PT);

	return (pt + 3 * small) * MM_PER_PT * 1.35 + small * MM_PER_PT * 0.9;
}

double exposure_band_head_h(double pt)
{
	return PAD + pt * MM_PER_PT * (2 + 1.8 + 0.6);
}

static void draw_exit(
	const struct drawing *d, const struct estate_exit *exit, double x, double y, double w)
{
	const struct estate *e = d->x->model->estate;
	const char *name = estate_text(exit->name)[0] ? exit->name : estate_text(exit->id);
	const char *device = exit->asset < e->n_assets
				     ? model_asset_name(d->x->model, exit->asset)
				     : say(d, "device not among the assets", "设备不在资产中");
	const char *const lines[] = {name, estate_text(exit->carrier),
		or_empty(arena_printf(
			d->x->model->arena, "%s: %.200s", say(d, "ends at", "终接于"), device)),
		or_empty(arena_printf(d->x->model->arena, "%s: %.300s",
			say(d, "serves", "服务于"),
			estate_text(exit->systems)[0] ? exit->systems
						      : say(d, "not stated", "未说明")))};

	for (size_t i = 0; i < 4; i++) {
		double pt = i == 0 ? d->pt : d->small;

		y += pt * MM_PER_PT * 1.35;
		asset_text(d,
			i == 2 && exit->asset < e->n_assets ? exit->asset : SCENE_NO_ASSET,
			i == 0 ? THEME_TEXT : THEME_TEXT_QUIET, x, y, pt, i == 0, lines[i], w);
	}
}

static void draw_band(const struct drawing *d)
{
	struct exposure *x = d->x;
	const struct estate *e = x->model->estate;
	const struct sheet_box box = {x->area.x, x->area.y, x->band_w, x->area.h};
	double left = box.x + PAD + 0.4, w = box.w - 2 * PAD - 0.8,
	       size = d->pt * MM_PER_PT * 2;
	double y = box.y + PAD + size;
	size_t symbol = theme_symbol_find("internet");
	uint32_t drawn = e->n_exits - x->n_folded_exits;

	scene_rect(d->sheet->scene, SCENE_REGIONS, THEME_INTERNET, box.x, box.y, box.w, box.h)
		->rect.radius = 1;
	d->sheet->marks.internet = true;
	scene_symbol(
		d->sheet->scene, SCENE_REGIONS, THEME_HOST, symbol, left, box.y + PAD, size);
	if (symbol < SHEET_SYMBOLS_MAX)
		d->sheet->marks.symbol[symbol] = true;
	text(d, THEME_TEXT, left + size + 1.5, y - size * 0.3, d->pt * 1.2, true,
		say(d, "The Internet's side", "互联网侧"), w - size - 2);
	y += d->pt * MM_PER_PT * 1.8;
	text(d, THEME_TEXT, left, y, d->pt, true,
		or_empty(arena_printf(
			x->model->arena, "%s: %u", say(d, "Exits", "互联网出口"), e->n_exits)),
		w);
	for (uint32_t i = 0; i < drawn; i++)
		draw_exit(d, x->exits[i].exit, left, x->exits[i].y, w);
	if (x->n_folded_exits > 0)
		text(d, THEME_TEXT, left,
			(drawn > 0 ? x->exits[drawn - 1].y + exposure_exit_h(d->pt)
				   : y + d->pt * MM_PER_PT * 0.6) +
				d->pt * MM_PER_PT * 1.2,
			d->pt, true,
			or_empty(arena_printf(x->model->arena, "+%u %s", x->n_folded_exits,
				say(d, "more exits", "个其他出口"))),
			w);
}

/* In the middle of where cards would stand, as large as it fits; each language on a line. */
static void draw_nothing(const struct drawing *d)
{
	static const char english[] =
		"Nothing is known to be exposed: no service was met from the Internet's side.";
	static const char chinese[] = "未发现互联网暴露服务。";
	const struct exposure *x = d->x;
	bool both = x->request->language == MAP_BOTH_LANGUAGES && measure_can_show(chinese);
	const char *const lines[] = {
		both ? english : say(d, english, chinese), both ? chinese : ""};
	double w = (x->area.w - x->band_w) * 0.94, pt = 12, y = x->area.y + x->area.h / 2;

	while (pt > 7 && measure_text_mm(lines[0], pt, false) > w)
		pt *= 0.95;
	for (int i = 0; i < 2; i++)
		mark_text(d->sheet, SCENE_LABELS, THEME_TEXT_QUIET,
			x->area.x + x->band_w + (x->area.w - x->band_w) / 2,
			y + i * pt * MM_PER_PT * 1.6, pt, SCENE_MIDDLE, false, lines[i], w);
}

void exposure_draw(struct exposure *exposure, struct sheet *sheet)
{
	const struct drawing d = {.x = exposure,
		.sheet = sheet,
		.pt = exposure->pt,
		.small = fmax(exposure->pt * 0.8, SCENE_TEXT_MIN_PT)};

	draw_band(&d);
	for (uint32_t i = 0; i < exposure->n_cards; i++)
		if (exposure->cards[i].placed)
			draw_card(&d, &exposure->cards[i]);
	if (exposure->n_cards == 0)
		draw_nothing(&d);
}
