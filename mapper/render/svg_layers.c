/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One scene as SVG elements; see svg.h. Knows nothing of files and pages. Text from outside
 * passes text_encode_xml() and stands in text nodes and in the attribute data-title only.
 */
#include "mapper/render/svg.h"

#include "common/cleanup.h"
#include "common/text.h"
#include "mapper/render/measure.h"
#include "mapper/render/plan.h"

#include <math.h>
#include <string.h>

#define NUMBER_MAX 1e9
#define ROW_SAME_MM 0.004 /* by so much neighbours in a row may be off */
#define MM_PER_PT (25.4 / 72.0)

/* How an item is opened: what identifies it and what it says on hover. */
struct pen {
	struct str *out;
	enum svg_use use;
	struct svg_ids *ids; /* NULL: no ids */
	const struct svg_ids *sheets; /* NULL: no links */
};

static void fixed(struct str *out, double value, unsigned int decimals)
{
	static const long long scales[] = {1, 10, 100, 1000, 10000};
	char digits[32];
	size_t n = sizeof(digits);
	long long v;

	if (!isfinite(value))
		value = 0;
	value = fmin(fmax(value, -NUMBER_MAX), NUMBER_MAX);
	v = llround(value * (double)scales[decimals]);
	if (v < 0) {
		str_addc(out, '-');
		v = -v;
	}
	while (decimals && v % 10 == 0) {
		v /= 10;
		decimals--;
	}
	do {
		digits[--n] = (char)('0' + v % 10);
		v /= 10;
		if (decimals && --decimals == 0)
			digits[--n] = '.';
	} while (v || decimals);
	str_add(out, digits + n, sizeof(digits) - n);
}

void svg_number(struct str *out, double value)
{
	fixed(out, value, 2);
}

static void pair(struct str *out, const char *before, double x, const char *between, double y)
{
	str_adds(out, before);
	svg_number(out, x);
	str_adds(out, between);
	svg_number(out, y);
}

static void colour(struct str *out, const char *property, uint32_t value)
{
	if (value == THEME_NONE)
		str_addf(out, "%s:none;", property);
	else
		str_addf(out, "%s:#%06x;", property, value & 0xffffff);
}

void svg_styles(struct str *out, const char *within)
{
	static const char *const marks[] = {"ln{fill:none;stroke-linejoin:round}",
		"px{stroke-linejoin:round}", "tx{stroke:none}", "bd{font-weight:bold}",
		"link-area{pointer-events:all}",
		"md{text-anchor:middle}", "en{text-anchor:end}"};

	str_addf(out,
		"%stext{font-family:\"" MEASURE_FONT "\",Verdana,\"WenQuanYi Micro Hei\","
		"\"Noto Sans CJK SC\",\"Microsoft YaHei\",sans-serif;white-space:pre;"
		"text-rendering:geometricPrecision}\n",
		within);
	for (int i = 0; i < THEME_STYLE_N; i++) {
		const struct theme_style_row *row = &theme_styles[i];

		str_addf(out, "%s.%s{", within, row->name);
		colour(out, "fill", row->fill);
		colour(out, "stroke", row->stroke);
		str_adds(out, "stroke-width:");
		svg_number(out, row->stroke_mm);
		if (row->dash_mm[0] > 0)
			pair(out, ";stroke-dasharray:", row->dash_mm[0], " ", row->dash_mm[1]);
		str_adds(out, "}\n");
		if (row->fill != THEME_NONE)
			str_addf(out, "%s.%s-in{fill:none;stroke:#%06x}\n", within, row->name,
				row->fill & 0xffffff);
		if (row->fill != THEME_NONE && row->stroke != THEME_NONE)
			str_addf(out, "%s.%s-edge{fill:none;stroke:#%06x}\n", within, row->name,
				row->stroke & 0xffffff);
	}
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		str_addf(out, "%s.%s\n", within, marks[i]);
}

void svg_symbols(struct str *out)
{
	for (size_t i = 0; i < theme_n_symbols; i++)
		str_addf(out,
			"<symbol id=\"p%zu\" viewBox=\"0 0 1 1\" overflow=\"visible\"><path "
			"d=\"%s\"%s/></symbol>\n",
			i, theme_symbols[i].path,
			theme_symbols[i].filled ? "" : " fill=\"none\"");
}

/* On a page, whose script may colour cells by it. */
static const char *designated(const struct pen *pen, const struct scene_item *item)
{
	return pen->use == SVG_PAGE && item->designated ? " cc" : "";
}

/* The attributes that identify an item: only the first mark of an asset gets its id. */
static void identify(const struct pen *pen, const struct scene_item *item)
{
	if (pen->use == SVG_PAGE) {
		if (item->target) {
			str_adds(pen->out, " data-target=\"");
			text_encode_xml(pen->out, item->target);
			str_addc(pen->out, '"');
		}
		if (item->title && item->asset == SCENE_NO_ASSET) {
			str_adds(pen->out, " data-title=\"");
			text_encode_xml(pen->out, item->title);
			str_addc(pen->out, '"');
		}
	} else if (pen->ids && item->asset < pen->ids->n && !pen->ids->given[item->asset]) {
		pen->ids->given[item->asset] = 1;
		str_addf(pen->out, " id=\"a%u\"", item->asset);
	}
}

/* Closes an element that holds nothing but, perhaps, its title. */
static void finish(const struct pen *pen, const struct scene_item *item, const char *element)
{
	if (pen->use == SVG_PAGE || !item->title) {
		str_adds(pen->out, "/>\n");
		return;
	}
	str_adds(pen->out, "><title>");
	text_encode_xml(pen->out, item->title);
	str_addf(pen->out, "</title></%s>\n", element);
}

static void draw_rect(const struct pen *pen, const struct scene_item *item)
{
	str_addf(pen->out, "<rect class=\"%s%s\"", theme_styles[item->style].name,
		designated(pen, item));
	identify(pen, item);
	pair(pen->out, " x=\"", item->rect.x, "\" y=\"", item->rect.y);
	pair(pen->out, "\" width=\"", item->rect.w, "\" height=\"", item->rect.h);
	if (item->rect.radius > 0) {
		str_adds(pen->out, "\" rx=\"");
		svg_number(pen->out, item->rect.radius);
	}
	str_addc(pen->out, '"');
	finish(pen, item, "rect");
}

static void rect_path(struct str *out, const struct scene_item *item)
{
	pair(out, "M", item->rect.x, " ", item->rect.y);
	str_addc(out, 'h');
	svg_number(out, item->rect.w);
	str_addc(out, 'v');
	svg_number(out, item->rect.h);
	str_addc(out, 'h');
	svg_number(out, -item->rect.w);
	str_addc(out, 'z');
}

static double rounded(double value)
{
	return round(value * 100) / 100;
}

/* From point to point, as short as it can be said; relative to what was said, not to what was
 * meant, so that roundings do not add up. */
static void polyline(struct str *out, const struct scene_point *points, size_t n)
{
	double x = 0, y = 0;

	for (size_t i = 0; i < n; i++) {
		double to_x = rounded(points[i].x), to_y = rounded(points[i].y);

		if (i == 0) {
			pair(out, "M", to_x, " ", to_y);
		} else if (to_y == y) {
			str_addc(out, 'h');
			svg_number(out, to_x - x);
		} else if (to_x == x) {
			str_addc(out, 'v');
			svg_number(out, to_y - y);
		} else {
			pair(out, "l", to_x - x, " ", to_y - y);
		}
		x = to_x;
		y = to_y;
	}
}

static void line_path(struct str *out, const struct scene_item *item)
{
	polyline(out, item->line.points, item->line.n);
}

static void draw_area(const struct pen *pen, const struct scene_item *item)
{
	uint32_t at = 0;

	str_addf(pen->out, "<path class=\"%s\"%s", theme_styles[item->style].name,
		item->area.even_odd ? " fill-rule=\"evenodd\"" : "");
	identify(pen, item);
	str_adds(pen->out, " d=\"");
	for (uint32_t i = 0; i < item->area.n_rings; at = item->area.ends[i++]) {
		polyline(pen->out, item->area.points + at, item->area.ends[i] - at);
		str_addc(pen->out, 'z');
	}
	str_addc(pen->out, '"');
	finish(pen, item, "path");
}

/* ---- rows of equal rectangles ---- */

/* A row is one dashed line, as thick as the rectangles are high: what stands in a grid takes a
 * few bytes for each rectangle, and one element for all of them. */
struct row {
	uint32_t n;
	double pitch; /* 0: one rectangle, which has none */
};

static struct row row_at(const struct plan *plan, uint32_t at, uint32_t end)
{
	const struct scene_item *head = plan_item(plan, at);
	struct row row = {1, 0};

	for (uint32_t i = at + 1; i < end; i++, row.n++) {
		const struct scene_item *last = plan_item(plan, i - 1),
					*item = plan_item(plan, i);
		double pitch = item->rect.x - last->rect.x;

		if (fabs(item->rect.y - head->rect.y) > ROW_SAME_MM || pitch <= head->rect.w ||
			(row.pitch > 0 && fabs(pitch - row.pitch) > ROW_SAME_MM))
			break;
		row.pitch = row.pitch > 0 ? row.pitch : pitch;
	}
	return row;
}

/* The end of the rows that have the pitch of the first. */
static uint32_t rows_end(const struct plan *plan, uint32_t at, uint32_t end, double *ret_pitch)
{
	*ret_pitch = 0;
	while (at < end) {
		struct row row = row_at(plan, at, end);

		if (row.pitch > 0 && *ret_pitch > 0 &&
			fabs(row.pitch - *ret_pitch) > ROW_SAME_MM)
			break;
		*ret_pitch = row.pitch > 0 ? row.pitch : *ret_pitch;
		at += row.n;
	}
	return at;
}

/* `grow`: by so much the rectangles are larger on each side. */
static void draw_rows(const struct pen *pen, const struct plan *plan, uint32_t at, uint32_t end,
	double pitch, const char *part, double grow)
{
	const struct scene_item *head = plan_item(plan, at);
	double w = head->rect.w + 2 * grow, h = head->rect.h + 2 * grow;

	str_addf(pen->out, "<path class=\"%s-%s%s\" style=\"stroke-width:",
		theme_styles[head->style].name, part, designated(pen, head));
	svg_number(pen->out, h);
	if (pitch > 0) {
		str_adds(pen->out, ";stroke-dasharray:");
		fixed(pen->out, w, 4);
		str_addc(pen->out, ' ');
		fixed(pen->out, pitch - w, 4);
	}
	str_adds(pen->out, "\" d=\"");
	while (at < end) {
		const struct scene_item *first = plan_item(plan, at);
		struct row row = row_at(plan, at, end);

		pair(pen->out, "M", first->rect.x - grow, " ",
			first->rect.y + first->rect.h / 2);
		str_addc(pen->out, 'h');
		svg_number(pen->out, (row.n - 1) * pitch + w);
		at += row.n;
	}
	str_adds(pen->out, "\"/>\n");
}

static void draw_grid(const struct pen *pen, const struct plan *plan, uint32_t at, uint32_t end)
{
	while (at < end) {
		const struct theme_style_row *style = &theme_styles[plan_item(plan, at)->style];
		bool edged = style->stroke != THEME_NONE;
		double half = edged ? style->stroke_mm / 2 : 0, pitch;
		uint32_t next = rows_end(plan, at, end, &pitch);

		if (edged)
			draw_rows(pen, plan, at, next, pitch, "edge", half);
		draw_rows(pen, plan, at, next, pitch, "in", -half);
		at = next;
	}
}

/* Rectangles or lines as one path; a run of more than one says nothing. */
static void draw_run(const struct pen *pen, const struct plan *plan, uint32_t at, uint32_t end)
{
	const struct scene_item *head = plan_item(plan, at);
	bool line = head->kind == SCENE_LINE;

	str_addf(pen->out, "<path class=\"%s%s%s\"", theme_styles[head->style].name,
		line ? " ln" : "", designated(pen, head));
	if (end == at + 1)
		identify(pen, head);
	if (line && head->line.width_mm > 0) {
		str_adds(pen->out, " style=\"stroke-width:");
		svg_number(pen->out, head->line.width_mm);
		str_addc(pen->out, '"');
	}
	str_adds(pen->out, " d=\"");
	for (uint32_t i = at; i < end; i++)
		(line ? line_path : rect_path)(pen->out, plan_item(plan, i));
	str_addc(pen->out, '"');
	if (end == at + 1)
		finish(pen, head, "path");
	else
		str_adds(pen->out, "/>\n");
}

static void draw_symbol(const struct pen *pen, const struct scene_item *item)
{
	const struct theme_style_row *style = &theme_styles[item->style];

	str_addf(pen->out, "<use class=\"%s px\" xlink:href=\"#p%u\"", style->name,
		item->symbol.symbol);
	identify(pen, item);
	pair(pen->out, " x=\"", item->symbol.x, "\" y=\"", item->symbol.y);
	pair(pen->out, "\" width=\"", item->symbol.size, "\" height=\"", item->symbol.size);
	str_addc(pen->out, '"');
	/* The pictogram is scaled from a unit square, and its stroke with it. */
	if (style->stroke != THEME_NONE) {
		str_adds(pen->out, " style=\"stroke-width:");
		fixed(pen->out, style->stroke_mm / item->symbol.size, 3);
		str_addc(pen->out, '"');
	}
	finish(pen, item, "use");
}

static void draw_text(const struct pen *pen, const struct scene_item *item)
{
	static const char *const anchors[] = {
		[SCENE_START] = "", [SCENE_MIDDLE] = " md", [SCENE_END] = " en"};

	str_addf(pen->out, "<text class=\"%s tx%s%s\"", theme_styles[item->style].name,
		item->text.bold ? " bd" : "", anchors[item->text.anchor]);
	identify(pen, item);
	pair(pen->out, " x=\"", item->text.x, "\" y=\"", item->text.y);
	str_adds(pen->out, "\" font-size=\"");
	svg_number(pen->out, item->text.size_pt * MM_PER_PT);
	str_adds(pen->out, "\">");
	if (pen->use == SVG_FILE && item->title) {
		str_adds(pen->out, "<title>");
		text_encode_xml(pen->out, item->title);
		str_adds(pen->out, "</title>");
	}
	text_encode_xml(pen->out, item->text.text);
	str_adds(pen->out, "</text>\n");
}

/* Rectangles that are filled, and larger than their edge is wide. */
static bool is_grid(const struct scene_item *item)
{
	const struct theme_style_row *style = &theme_styles[item->style];

	return style->fill != THEME_NONE && style->dash_mm[0] <= 0 &&
	       fmin(item->rect.w, item->rect.h) > style->stroke_mm;
}

/* In a file a link is a fragment, if the sheet it leads to is in it; the page's script knows
 * the sheets by name. Returns whether it is open. */
static bool open_link(const struct pen *pen, const struct scene_item *item)
{
	if (!item->target || pen->use == SVG_PAGE || !pen->sheets)
		return false;
	for (size_t i = 0; i < pen->sheets->n_scenes; i++)
		if (strcmp(pen->sheets->scenes[i]->name, item->target) == 0) {
			str_addf(pen->out, "<a xlink:href=\"#s%zu\">", i);
			return true;
		}
	return false;
}

static void draw_layer(const struct pen *pen, const struct plan *plan, enum scene_layer layer,
	enum plan_keep keep)
{
	uint32_t end = plan->first[layer + 1];

	for (uint32_t at = plan->first[layer]; at < end && !pen->out->failed;) {
		const struct scene_item *item = plan_item(plan, at);
		uint32_t next = plan_run(plan, at, keep);
		bool link = open_link(pen, item);

		if (item->kind == SCENE_RECT && next > at + 1 && is_grid(item))
			draw_grid(pen, plan, at, next);
		else if (item->kind == SCENE_LINE || next > at + 1)
			draw_run(pen, plan, at, next);
		else if (item->kind == SCENE_AREA)
			draw_area(pen, item);
		else if (item->kind == SCENE_RECT)
			draw_rect(pen, item);
		else if (item->kind == SCENE_SYMBOL)
			draw_symbol(pen, item);
		else
			draw_text(pen, item);
		if (link)
			str_adds(pen->out, "</a>\n");
		at = next;
	}
}

static size_t count_marks(const struct scene *scene)
{
	size_t n = 0;

	for (size_t i = 0; i < scene->n_items; i++)
		n += scene->items[i].asset != SCENE_NO_ASSET;
	return n;
}

int svg_layers(struct str *out, const struct scene *scene, size_t sheet, enum svg_use use,
	struct svg_ids *ids, struct error *reterr)
{
	enum plan_keep keep = use == SVG_FILE && count_marks(scene) <= SVG_MARKS_MAX
				      ? PLAN_KEEP_ALL
				      : PLAN_KEEP_TITLES;
	struct pen pen = {out, use, keep == PLAN_KEEP_ALL ? ids : NULL, ids};
	struct plan plan;
	int r = plan_init(&plan, scene, reterr);

	if (r)
		return r;
	for (int layer = 0; layer < SCENE_LAYER_N; layer++) {
		const char *name = scene_layer_name(layer);

		str_addf(out, "<g class=\"layer %s\" id=\"s%zu-%s\">\n", name, sheet, name);
		draw_layer(&pen, &plan, layer, keep);
		str_adds(out, "</g>\n");
	}
	plan_done(&plan);
	return 0;
}
