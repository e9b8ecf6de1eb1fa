/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTML writer: one offline file with a tab per scene. The sheets are inline SVG, the facts
 * a block of JSON; style and script are files of this room, compiled in. The page's Content
 * Security Policy (CSP level 2, by <meta>) admits that one script, by its hash, and no request
 * at all. What comes from outside stands in text nodes, in attributes and in the JSON, each
 * through its encoder; the script puts it on the page as text nodes only.
 */
#include "mapper/render/html.h"

#include "common/clock.h"
#include "common/text.h"
#include "mapper/render/render.h"
#include "mapper/render/svg.h"

static void add_head(struct str *out, const struct scene *const *scenes)
{
	str_addf(out,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'unsafe-inline'; script-src '%s'; img-src data:; base-uri 'none'; "
		"form-action 'none'\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<link rel=\"icon\" href=\"data:,\">\n<title>",
		html_script_hash);
	text_encode_xml(out, scenes[0]->title);
	str_adds(out, "</title>\n<style>\n");
	str_adds(out, html_style);
	str_adds(out, "</style>\n<style>\n");
	svg_styles(out, ".drawing ");
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
			i, i, i ? "false" : "true", scenes[i]->label ? " class=\"ui-label\"" : "");
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

/* Search, layers and the list of keys. */
static void add_side(struct str *out, const struct scene *const *scenes, size_t n)
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
	str_adds(out,
		"</fieldset>\n<details class=\"ui-keys\"><summary>Keys</summary><dl>"
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
	str_adds(out, "\" aria-label=\"");
	text_encode_xml(out, scene->title);
	str_adds(out, "\">\n");
	r = svg_layers(out, scene, i, SVG_PAGE, NULL, reterr);
	str_adds(out, "</svg></div></div>\n");
	return r;
}

static int add_main(
	struct str *out, const struct scene *const *scenes, size_t n, struct error *reterr)
{
	int r;

	str_adds(out, "<main class=\"ui-main\">\n");
	add_side(out, scenes, n);
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
		"\xc3\x97</button></div><div id=\"file\"></div></aside>\n</main>\n"
		"<noscript>Search, layers and asset files need JavaScript; the first sheet is "
		"above."
		"</noscript>\n");
	return 0;
}

int render_html(const struct scene *const *scenes, size_t n, const struct estate *estate,
	struct str *out, struct error *reterr)
{
	int r;

	if (n == 0)
		return error_set(reterr, ERROR_INTERNAL, "cannot write the HTML: no sheet");
	add_head(out, scenes);
	add_top(out, scenes, n, estate);
	r = add_main(out, scenes, n, reterr);
	if (r)
		return r;
	str_adds(out, "<script type=\"application/json\" id=\"data\">");
	r = html_data(out, scenes, n, estate, reterr);
	if (r)
		return r;
	str_adds(out, "</script>\n<script>\n");
	str_adds(out, html_script);
	str_adds(out, "</script>\n</body>\n</html>\n");
	if (out->failed || out->len > RENDER_BYTES_MAX)
		return error_set(reterr, ERROR_SYSTEM,
			"cannot write the HTML: no memory, or more than %u bytes",
			RENDER_BYTES_MAX);
	return 0;
}
