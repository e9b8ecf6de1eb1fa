/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scene drawn with cairo; see paint.h. Text is laid out by pango with the settings it was
 * measured with, and goes out as text, so that a PDF can be searched.
 */
#include "mapper/render/paint.h"

#include "mapper/render/font.h"
#include "mapper/render/plan.h"

#include <stdlib.h>

static void set_colour(cairo_t *cr, uint32_t colour)
{
	cairo_set_source_rgb(cr, (colour >> 16 & 0xff) / 255.0, (colour >> 8 & 0xff) / 255.0,
		(colour & 0xff) / 255.0);
}

/* Fills and strokes the current path by the style. `unit` is the length of a millimetre in
 * user units, `width_mm` the stroke's width. */
static void ink(cairo_t *cr, const struct theme_style_row *style, bool fill, double width_mm,
	double unit)
{
	double dash[2] = {style->dash_mm[0] * unit, style->dash_mm[1] * unit};

	if (fill && style->fill != THEME_NONE) {
		set_colour(cr, style->fill);
		cairo_fill_preserve(cr);
	}
	if (style->stroke != THEME_NONE && width_mm > 0) {
		set_colour(cr, style->stroke);
		cairo_set_line_width(cr, width_mm * unit);
		cairo_set_dash(cr, dash, dash[0] > 0 ? 2 : 0, 0);
		cairo_stroke_preserve(cr);
	}
	cairo_new_path(cr);
}

static void rect_path(cairo_t *cr, const struct scene_item *item)
{
	double x = item->rect.x, y = item->rect.y, w = item->rect.w, h = item->rect.h;
	double r = item->rect.radius;

	if (r <= 0) {
		cairo_rectangle(cr, x, y, w, h);
		return;
	}
	r = r > w / 2 ? w / 2 : r;
	r = r > h / 2 ? h / 2 : r;
	cairo_new_sub_path(cr);
	cairo_arc(cr, x + w - r, y + r, r, -G_PI_2, 0);
	cairo_arc(cr, x + w - r, y + h - r, r, 0, G_PI_2);
	cairo_arc(cr, x + r, y + h - r, r, G_PI_2, G_PI);
	cairo_arc(cr, x + r, y + r, r, G_PI, 3 * G_PI_2);
	cairo_close_path(cr);
}

static void line_path(cairo_t *cr, const struct scene_item *item)
{
	cairo_new_sub_path(cr);
	for (size_t i = 0; i < item->line.n; i++)
		cairo_line_to(cr, item->line.points[i].x, item->line.points[i].y);
}

static void draw_run(cairo_t *cr, const struct plan *plan, uint32_t at, uint32_t end)
{
	const struct scene_item *head = plan_item(plan, at);
	const struct theme_style_row *style = &theme_styles[head->style];
	bool line = head->kind == SCENE_LINE;
	double width = line && head->line.width_mm > 0 ? head->line.width_mm : style->stroke_mm;

	for (uint32_t i = at; i < end; i++)
		(line ? line_path : rect_path)(cr, plan_item(plan, i));
	cairo_set_line_join(cr, line ? CAIRO_LINE_JOIN_ROUND : CAIRO_LINE_JOIN_MITER);
	ink(cr, style, !line, width, 1);
}

static void draw_area(cairo_t *cr, const struct scene_item *item)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < item->area.n_rings; i++) {
		cairo_new_sub_path(cr);
		for (; at < item->area.ends[i]; at++)
			cairo_line_to(cr, item->area.points[at].x, item->area.points[at].y);
		cairo_close_path(cr);
	}
	cairo_set_fill_rule(cr, item->area.even_odd ? CAIRO_FILL_RULE_EVEN_ODD
						    : CAIRO_FILL_RULE_WINDING);
	ink(cr, &theme_styles[item->style], true, 0, 1);
	cairo_set_fill_rule(cr, CAIRO_FILL_RULE_WINDING);
}

/* The path grammar of theme.h. The theme was checked when it was compiled in. */
static void symbol_path(cairo_t *cr, const char *path)
{
	double v[6] = {0};

	while (*path) {
		char verb = *path++;
		int n = verb == 'C' ? 6 : verb == 'Z' ? 0 : 2;
		char *end = NULL;

		for (int i = 0; i < n; i++) {
			v[i] = g_ascii_strtod(path, &end);
			path = end;
		}
		if (verb == 'M')
			cairo_move_to(cr, v[0], v[1]);
		else if (verb == 'L')
			cairo_line_to(cr, v[0], v[1]);
		else if (verb == 'C')
			cairo_curve_to(cr, v[0], v[1], v[2], v[3], v[4], v[5]);
		else
			cairo_close_path(cr);
		while (*path == ' ')
			path++;
	}
}

/* ---- pictograms as glyphs ---- */

/* A page has thousands of a few pictograms: in a PDF each is written once, as a glyph of a font
 * (type 3), and then costs as much as a letter. */
static cairo_font_face_t *symbol_font;

static cairo_status_t render_glyph(cairo_scaled_font_t *font, unsigned long glyph, cairo_t *cr,
	cairo_text_extents_t *extents)
{
	(void)font;
	if (glyph < theme_n_symbols) {
		symbol_path(cr, theme_symbols[glyph].path);
		cairo_fill(cr);
	}
	*extents = (cairo_text_extents_t){0, 0, 1, 1, 1, 0};
	return CAIRO_STATUS_SUCCESS;
}

static bool is_glyph(cairo_t *cr, const struct scene_item *item)
{
	return cairo_surface_get_type(cairo_get_target(cr)) == CAIRO_SURFACE_TYPE_PDF &&
	       theme_symbols[item->symbol.symbol].filled &&
	       theme_styles[item->style].stroke == THEME_NONE;
}

static void draw_symbol_glyph(cairo_t *cr, const struct scene_item *item)
{
	const cairo_text_cluster_t cluster = {1, 1};
	cairo_glyph_t glyph = {item->symbol.symbol, item->symbol.x, item->symbol.y};

	if (!symbol_font) {
		symbol_font = cairo_user_font_face_create();
		cairo_user_font_face_set_render_glyph_func(symbol_font, render_glyph);
	}
	cairo_set_font_face(cr, symbol_font);
	cairo_set_font_size(cr, item->symbol.size);
	set_colour(cr, theme_styles[item->style].fill);
	/* To those who read the text it is a space. */
	cairo_show_text_glyphs(cr, " ", 1, &glyph, 1, &cluster, 1, 0);
}

void paint_done(void)
{
	if (symbol_font)
		cairo_font_face_destroy(symbol_font);
	symbol_font = NULL;
}

static void draw_symbol(cairo_t *cr, const struct scene_item *item)
{
	const struct theme_symbol *symbol = &theme_symbols[item->symbol.symbol];
	const struct theme_style_row *style = &theme_styles[item->style];

	cairo_save(cr);
	cairo_translate(cr, item->symbol.x, item->symbol.y);
	cairo_scale(cr, item->symbol.size, item->symbol.size);
	symbol_path(cr, symbol->path);
	cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
	ink(cr, style, symbol->filled, style->stroke_mm, 1 / item->symbol.size);
	cairo_restore(cr);
}

/* Letters as they are, `back` points left of its place. */
static void draw_plain(cairo_t *cr, const struct scene_item *item, double back)
{
	cairo_glyph_t glyphs[FONT_PLAIN_MAX];
	cairo_font_face_t *face;
	int n = font_plain_glyphs(
		item->text.text, item->text.size_pt, item->text.bold, glyphs, &face);

	cairo_save(cr);
	cairo_translate(cr, item->text.x, item->text.y);
	cairo_scale(cr, FONT_MM_PER_PT, FONT_MM_PER_PT);
	cairo_translate(cr, -back, 0);
	cairo_set_font_face(cr, face);
	cairo_set_font_size(cr, item->text.size_pt);
	cairo_set_font_options(
		cr, pango_cairo_context_get_font_options(font_context()));
	set_colour(cr, theme_styles[item->style].fill & 0xffffff);
	cairo_show_glyphs(cr, glyphs, n);
	cairo_restore(cr);
}

static void draw_text(cairo_t *cr, const struct scene_item *item)
{
	static const double shares[] = {
		[SCENE_START] = 0, [SCENE_MIDDLE] = 0.5, [SCENE_END] = 1};
	double width = font_plain_width(item->text.text, item->text.bold);
	PangoLayout *layout;
	int w, h;

	if (width >= 0) {
		draw_plain(cr, item, shares[item->text.anchor] * width * item->text.size_pt);
		return;
	}
	layout = font_layout(item->text.text, item->text.size_pt, item->text.bold);
	pango_layout_get_size(layout, &w, &h);
	cairo_save(cr);
	cairo_translate(cr, item->text.x, item->text.y);
	cairo_scale(cr, FONT_MM_PER_PT, FONT_MM_PER_PT);
	cairo_move_to(cr, -shares[item->text.anchor] * w / PANGO_SCALE,
		-(double)pango_layout_get_baseline(layout) / PANGO_SCALE);
	set_colour(cr, theme_styles[item->style].fill & 0xffffff);
	pango_cairo_show_layout(cr, layout);
	cairo_restore(cr);
	cairo_new_path(cr);
	g_object_unref(layout);
}

int paint_scene(cairo_t *cr, const struct scene *scene, struct error *reterr)
{
	struct plan plan;
	int r = plan_init(&plan, scene, reterr);

	if (r)
		return r;
	cairo_save(cr);
	cairo_rectangle(cr, 0, 0, scene->width_mm, scene->height_mm);
	cairo_clip(cr);
	for (uint32_t at = 0; at < scene->n_items;) {
		const struct scene_item *item = plan_item(&plan, at);
		uint32_t next = at + 1;

		if (item->kind == SCENE_SYMBOL) {
			(is_glyph(cr, item) ? draw_symbol_glyph : draw_symbol)(cr, item);
		} else if (item->kind == SCENE_TEXT) {
			draw_text(cr, item);
		} else if (item->kind == SCENE_AREA) {
			draw_area(cr, item);
		} else {
			next = plan_run(&plan, at, PLAN_KEEP_NONE);
			draw_run(cr, &plan, at, next);
		}
		at = next;
	}
	cairo_restore(cr);
	plan_done(&plan);
	if (cairo_status(cr))
		return error_set(reterr, ERROR_SYSTEM, "cannot draw the sheet \"%s\": %s",
			scene->name, cairo_status_to_string(cairo_status(cr)));
	return 0;
}

cairo_status_t paint_to_str(void *closure, const unsigned char *bytes, unsigned int n)
{
	struct str *out = closure;

	str_add(out, bytes, n);
	return out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}
