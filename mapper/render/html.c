/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTML writer: one offline file with a tab per scene. The sheets are inline SVG, the facts
 * a block of JSON; style and script are files of this room, compiled in. The page's Content
 * Security Policy (CSP level 2, by <meta>) admits that one script, by its hash, and no request
 * at all. What comes from outside stands in text nodes, in attributes and in the JSON, each
 * through its encoder; the script puts it on the page as text nodes only.
 *
 * Cells are coloured by tier, as the sheets are; the page can colour them by designation, or
 * all alike: rules for that stand behind those of the theme, and are the theme's colours too.
 */
#include "mapper/render/html.h"

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/text.h"
#include "mapper/render/render.h"
#include "mapper/render/svg.h"

#include <string.h>

/* Whether a sheet has cells whose colour tells a tier. */
static bool has_tiers(const struct scene *const *scenes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < scenes[i]->n_items; k++) {
			const struct scene_item *item = &scenes[i]->items[k];

			if (item->layer == SCENE_ASSETS && item->asset != SCENE_NO_ASSET &&
				item->style >= THEME_CELL_UNRATED &&
				item->style <= THEME_CELL_TIER5)
				return true;
		}
	return false;
}

/* ".cell-tier1-in,.cell-tier2-in": the cells of every tier. */
static void add_cells(struct str *out, const char *part)
{
	for (int style = THEME_CELL_UNRATED; style <= THEME_CELL_TIER5; style++)
		str_addf(out, "%s.%s%s", style > THEME_CELL_UNRATED ? "," : "",
			theme_styles[style].name, part);
}

/* Cells, with what else `which` says of them, in the colours of another style: rectangles, and
 * rows as svg_layers.c draws them. */
static void add_cell_rules(struct str *out, const char *mode, const char *which, int like)
{
	unsigned int fill = theme_styles[like].fill & 0xffffff;
	unsigned int stroke = theme_styles[like].stroke & 0xffffff;
	const struct {
		const char *part;
		unsigned int stroke;
	} parts[] = {{"", stroke}, {"-in", fill}, {"-edge", stroke}};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		str_addf(out, ".ui-stage[data-cells=\"%s\"] .assets %s:is(", mode, which);
		add_cells(out, parts[i].part);
		str_addf(out, "){stroke:#%06x", parts[i].stroke);
		if (!*parts[i].part)
			str_addf(out, ";fill:#%06x", fill);
		str_adds(out, "}\n");
	}
}

/* Ink that was white on dark cells, on cells that are light now. */
static void add_ink_rules(struct str *out)
{
	static const struct {
		const char *which;
		int style, like;
	} inks[] = {{".assets", THEME_HOST_ON_DARK, THEME_HOST},
		{".change", THEME_CHANGE_ON_DARK, THEME_CHANGE},
		{".age :not(.cc)", THEME_AGE_ON_DARK, THEME_AGE},
		{".labels", THEME_TEXT_ON_CELL, THEME_TEXT}};

	for (size_t i = 0; i < ARRAY_SIZE(inks); i++) {
		const char *name = theme_styles[inks[i].style].name;
		bool joined = strchr(inks[i].which, ':') != NULL;

		str_addf(out,
			".ui-stage:is([data-cells=\"cii\"],[data-cells=\"none\"]) "
			"%s%s:is(.%s,.%s-in){fill:#%06x}\n",
			inks[i].which, joined ? "" : " ", name, name,
			theme_styles[inks[i].like].fill & 0xffffff);
	}
}

static void add_cell_colours(struct str *out)
{
	add_cell_rules(out, "none", "", THEME_CELL_NEUTRAL);
	add_cell_rules(out, "cii", "", THEME_CELL_UNRATED);
	add_cell_rules(out, "cii", ".cc", THEME_CELL_TIER2);
	add_ink_rules(out);
}

static void add_head(struct str *out, const struct scene *const *scenes, size_t n)
{
	str_addf(out,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'unsafe-inline'; script-src '%s'; img-src data:; base-uri 'none'; "
		"form-action 'none'\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<link rel=\"icon\" href=\"data:,\">\n"
		/* What is drawn before all is there would be drawn again. */
		"<link rel=\"expect\" href=\"#end\" blocking=\"render\">\n<title>",
		html_script_hash);
	text_encode_xml(out, scenes[0]->title);
	str_adds(out, "</title>\n<style>\n");
	str_adds(out, html_style);
	str_adds(out, "</style>\n<style>\n");
	svg_styles(out, ".drawing ");
	if (has_tiers(scenes, n))
		add_cell_colours(out);
	str_adds(out, "</style>\n</head>\n");
}

static void add_top(struct str *out, const struct scene *const *scenes, size_t n,
	const struct estate *estate)
{
	char when[CLOCK_TEXT_MAX];

	str_adds(out,
		"<body>\n<a class=\"ui-skip\" href=\"#query\">Skip to search</a>\n"
		"<svg class=\"ui-defs\" width=\"0\" height=\"0\" aria-hidden=\"true\">\n");
	svg_symbols(out);
	str_adds(out, "</svg>\n<header class=\"ui-head\"><div class=\"ui-names\">"
		      "<h1 id=\"heading\">");
	text_encode_xml(out, scenes[0]->title);
	str_adds(out, "</h1><p>");
	if (*estate->realm) {
		text_encode_xml(out, estate->realm);
		str_adds(out, " \xc2\xb7 ");
	}
	clock_format(estate->as_of_us - estate->as_of_us % CLOCK_SECOND, when);
	str_addf(out, "as of %.10s %.8s UTC</p></div>\n", when, when + 11);
	str_adds(out, "<div class=\"ui-tabs\" role=\"tablist\" aria-label=\"Sheets\">");
	for (size_t i = 0; i < n; i++) {
		str_addf(out,
			"<button type=\"button\" role=\"tab\" id=\"tab%zu\" "
			"aria-controls=\"sheet%zu\" aria-selected=\"%s\"%s>",
			i, i, i ? "false" : "true",
			scenes[i]->label ? " class=\"ui-label\"" : "");
		text_encode_xml(out, scenes[i]->label ? scenes[i]->label : scenes[i]->name);
		str_adds(out, "</button>");
	}
	str_adds(out,
		"</div>\n<div class=\"ui-zoom\" role=\"group\" aria-label=\"Zoom\">"
		"<button type=\"button\" id=\"zoomOut\" aria-label=\"Zoom "
		"out\">\xe2\x88\x92</button>"
		"<button type=\"button\" id=\"zoomIn\" aria-label=\"Zoom in\">+</button>"
		"<button type=\"button\" id=\"zoomFit\" aria-label=\"Whole sheet\">Fit</button>"
		"</div></header>\n");
}

/* What the colour of a cell says. What is not on the map is no choice. */
static void add_cell_choice(struct str *out, const struct estate *estate)
{
	static const struct {
		const char *value, *label;
	} choices[] = {{"tier", "Protection tier"}, {"cii", "CII designation"},
		{"none", "All alike"}};
	bool cii = false;

	for (uint32_t i = 0; i < estate->n_systems; i++)
		cii |= estate->systems[i].designated;
	str_adds(out,
		"<fieldset class=\"ui-layers ui-cells\"><legend>Colour of cells</legend>\n");
	for (size_t i = 0; i < ARRAY_SIZE(choices); i++)
		if (cii || strcmp(choices[i].value, "cii") != 0)
			str_addf(out,
				"<label><input type=\"radio\" name=\"cells\" value=\"%s\"%s "
				"autocomplete=\"off\" aria-describedby=\"cellsKey\">%s</label>\n",
				choices[i].value, i == 0 ? " checked" : "", choices[i].label);
	str_adds(out, "<p id=\"cellsKey\" aria-live=\"polite\"></p></fieldset>\n");
}

/* Search, layers and the list of keys. */
static void add_side(struct str *out, const struct scene *const *scenes, size_t n,
	const struct estate *estate)
{
	str_adds(out,
		"<section class=\"ui-side\" aria-label=\"Search and layers\">\n"
		"<div class=\"ui-search\" role=\"search\"><label for=\"query\">Search</label>"
		"<input id=\"query\" type=\"search\" role=\"combobox\" autocomplete=\"off\" "
		"spellcheck=\"false\" aria-expanded=\"false\" aria-controls=\"results\" "
		"aria-autocomplete=\"list\" placeholder=\"Name, address, product, MAC\">"
		"<p id=\"count\" role=\"status\"></p></div>\n"
		"<ul id=\"results\" role=\"listbox\" aria-label=\"Search results\"></ul>\n"
		"<fieldset class=\"ui-layers\"><legend>Layers</legend>\n");
	for (int layer = 0; layer < SCENE_LAYER_N; layer++)
		if (scene_layer_label(layer) && scene_has_layer(scenes, n, layer))
			str_addf(out,
				"<label><input type=\"checkbox\" id=\"layer-%s\" "
				"data-layer=\"%s\" "
				"checked autocomplete=\"off\">%s</label>\n",
				scene_layer_name(layer), scene_layer_name(layer),
				scene_layer_label(layer));
	str_adds(out, "</fieldset>\n");
	if (has_tiers(scenes, n))
		add_cell_choice(out, estate);
	str_adds(out,
		"<details class=\"ui-keys\"><summary>Keys</summary><dl>"
		"<dt><kbd>/</kbd></dt><dd>search</dd>"
		"<dt><kbd>\xe2\x86\x91 \xe2\x86\x93 Enter</kbd></dt><dd>choose a result</dd>"
		"<dt><kbd>arrows</kbd></dt><dd>move the map</dd>"
		"<dt><kbd>+ \xe2\x88\x92</kbd></dt><dd>zoom</dd>"
		"<dt><kbd>0</kbd></dt><dd>whole sheet</dd>"
		"<dt><kbd>Esc</kbd></dt><dd>close the asset file</dd></dl></details>\n"
		"</section>\n");
}

static int add_sheet(struct str *out, const struct scene *scene, size_t i, struct error *reterr)
{
	int r;

	str_addf(out,
		"<div class=\"ui-sheet\" role=\"tabpanel\" id=\"sheet%zu\" "
		"aria-labelledby=\"tab%zu\"%s>"
		"<div class=\"ui-map\" id=\"map%zu\" tabindex=\"0\" role=\"group\" "
		"aria-label=\"Map; arrow keys move it, plus and minus zoom, 0 shows the whole "
		"sheet\">\n<svg class=\"drawing\" xmlns=\"http://www.w3.org/2000/svg\" "
		"role=\"img\" viewBox=\"0 0 ",
		i, i, i ? " hidden" : "", i);
	svg_number(out, scene->width_mm);
	str_addc(out, ' ');
	svg_number(out, scene->height_mm);
	str_adds(out, "\" width=\"");
	svg_number(out, scene->width_mm);
	str_adds(out, "\" height=\"");
	svg_number(out, scene->height_mm);
	str_adds(out, "\" aria-label=\"");
	text_encode_xml(out, scene->title);
	str_adds(out, "\">\n");
	r = svg_layers(out, scene, i, SVG_PAGE, NULL, reterr);
	str_adds(out, "</svg></div></div>\n");
	return r;
}

static int add_main(struct str *out, const struct scene *const *scenes, size_t n,
	const struct estate *estate, struct error *reterr)
{
	int r;

	str_adds(out, "<main class=\"ui-main\">\n");
	add_side(out, scenes, n, estate);
	str_adds(out, "<div class=\"ui-stage\" id=\"stage\">\n");
	for (size_t i = 0; i < n; i++) {
		r = add_sheet(out, scenes[i], i, reterr);
		if (r)
			return r;
	}
	str_adds(out,
		"<div class=\"ui-tip\" id=\"tip\" role=\"tooltip\" hidden></div>\n</div>\n"
		"<aside class=\"ui-panel\" id=\"panel\" aria-label=\"Asset file\" "
		"tabindex=\"-1\" hidden>"
		"<div class=\"ui-title\"><h2 id=\"fileName\" aria-live=\"polite\"></h2>"
		"<button type=\"button\" id=\"close\" aria-label=\"Close the asset file\">"
		"\xc3\x97</button></div><div id=\"file\"></div></aside>\n</main>\n");
	return 0;
}

int render_html(const struct scene *const *scenes, size_t n, const struct estate *estate,
	struct str *out, struct error *reterr)
{
	int r;

	if (n == 0)
		return error_set(reterr, ERROR_INTERNAL, "cannot write the HTML: no sheet");
	add_head(out, scenes, n);
	add_top(out, scenes, n, estate);
	r = add_main(out, scenes, n, estate, reterr);
	if (r)
		return r;
	str_adds(out, "<script type=\"application/json\" id=\"data\">");
	r = html_data(out, scenes, n, estate, reterr);
	if (r)
		return r;
	str_adds(out, "</script>\n<script>\n");
	str_adds(out, html_script);
	str_adds(out, "</script>\n<noscript id=\"end\"><style>.ui-map "
		      "svg{width:100%;height:100%}</style>"
		      "Search, layers and asset files need JavaScript; the first sheet is above.</noscript>\n"
		      "</body>\n</html>\n");
	if (out->failed || out->len > RENDER_BYTES_MAX)
		return error_set(reterr, ERROR_SYSTEM,
			"cannot write the HTML: no memory, or more than %u bytes",
			RENDER_BYTES_MAX);
	return 0;
}
