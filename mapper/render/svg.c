/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SVG writer: one self-contained file (SVG 1.1 second edition, so that office programs
 * read it too). Several scenes stand below each other. No script, no reference outside the
 * file.
 */
#include "mapper/render/svg.h"

#include "common/cleanup.h"
#include "common/text.h"
#include "mapper/render/render.h"

#include <math.h>

/* What the file is, for those who hear it. */
static void describe(struct str *out, const struct scene *const *scenes, size_t n)
{
	const char *between = "";

	str_adds(out, "<title id=\"title\">");
	text_encode_xml(out, scenes[0]->title);
	for (size_t i = 0; i < n; i++) {
		str_adds(out, i ? ", " : ": ");
		text_encode_xml(out, scenes[i]->name);
	}
	str_addf(
		out, "</title>\n<desc id=\"desc\">%zu sheet%s. Layers: ", n, n == 1 ? "" : "s");
	for (int layer = 0; layer < SCENE_LAYER_N; layer++) {
		if (!scene_layer_label(layer) || !scene_has_layer(scenes, n, layer))
			continue;
		str_addf(out, "%s%s", between, scene_layer_label(layer));
		between = ", ";
	}
	str_adds(out, ".</desc>\n");
}

static void open_file(struct str *out, double width, double height)
{
	str_adds(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" "
		"xmlns:xlink=\"http://www.w3.org/1999/xlink\" version=\"1.1\" role=\"img\" "
		"aria-labelledby=\"title desc\" width=\"");
	svg_number(out, width);
	str_adds(out, "mm\" height=\"");
	svg_number(out, height);
	str_adds(out, "mm\" viewBox=\"0 0 ");
	svg_number(out, width);
	str_addc(out, ' ');
	svg_number(out, height);
	str_adds(out, "\">\n");
}

/* Room for an id per asset that occurs. */
static int make_ids(const struct scene *const *scenes, size_t n, struct svg_ids *ret_ids,
	struct error *reterr)
{
	size_t max = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < scenes[i]->n_items; k++) {
			uint32_t asset = scenes[i]->items[k].asset;

			if (asset != SCENE_NO_ASSET && asset >= max)
				max = (size_t)asset + 1;
		}
	*ret_ids = (struct svg_ids){calloc(max + 1, 1), max, scenes, n};
	if (!ret_ids->given)
		return error_set(reterr, ERROR_SYSTEM, "cannot write the SVG: no memory");
	return 0;
}

int render_svg(
	const struct scene *const *scenes, size_t n, struct str *out, struct error *reterr)
{
	_cleanup_(cleanup_freep) uint8_t *given = NULL;
	struct svg_ids ids;
	double width = 0, height = 0, y = 0;
	int r;

	if (n == 0)
		return error_set(reterr, ERROR_INTERNAL, "cannot write the SVG: no sheet");
	r = make_ids(scenes, n, &ids, reterr);
	if (r)
		return r;
	given = ids.given;

	for (size_t i = 0; i < n; i++) {
		width = fmax(width, scenes[i]->width_mm);
		height += scenes[i]->height_mm + (i ? RENDER_GAP_MM : 0);
	}
	open_file(out, width, height);
	describe(out, scenes, n);
	str_adds(out, "<style>\n");
	svg_styles(out, "");
	str_adds(out, "</style>\n<defs>\n");
	svg_symbols(out);
	str_adds(out, "</defs>\n");
	for (size_t i = 0; i < n; i++) {
		str_addf(out, "<g class=\"drawing\" id=\"s%zu\"", i);
		if (y > 0) {
			str_adds(out, " transform=\"translate(0 ");
			svg_number(out, y);
			str_adds(out, ")\"");
		}
		str_adds(out, ">\n");
		r = svg_layers(out, scenes[i], i, SVG_FILE, &ids, reterr);
		if (r)
			return r;
		str_adds(out, "</g>\n");
		y += scenes[i]->height_mm + RENDER_GAP_MM;
	}
	str_adds(out, "</svg>\n");
	if (out->failed || out->len > RENDER_BYTES_MAX)
		return error_set(reterr, ERROR_SYSTEM,
			"cannot write the SVG: no memory, or more than %u bytes",
			RENDER_BYTES_MAX);
	return 0;
}
