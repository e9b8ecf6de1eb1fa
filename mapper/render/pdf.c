/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PDF writer (ISO 32000-1 by cairo): a page per scene in its exact size, an outline entry
 * per page, and no time but that of the estate. A sheet with a side over PDF_SIDE_MAX_PT, the
 * limit of ISO 32000-1 annex C, is scaled down to it.
 */
#include "mapper/render/render.h"

#include "common/clock.h"
#include "mapper/render/font.h"
#include "mapper/render/paint.h"

#include <cairo-pdf.h>
#include <math.h>

#define PDF_SIDE_MAX_PT 14400.0

static void set_metadata(cairo_surface_t *surface, const struct scene *const *scenes, size_t n,
	const struct estate *estate)
{
	struct str title = STR_INIT(65536);
	char when[CLOCK_TEXT_MAX];

	for (size_t i = 0; i < n; i++)
		str_addf(&title, "%s%s", i ? " / " : "", scenes[i]->title);
	clock_format(estate->as_of_us - estate->as_of_us % CLOCK_SECOND, when);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title.data);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, estate->realm);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR,
		"cadastre " CADASTRE_VERSION);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, when);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, when);
	str_done(&title);
}

static int add_page(cairo_surface_t *surface, cairo_t *cr, const struct scene *scene, size_t page,
	struct error *reterr)
{
	double pt = 1 / FONT_MM_PER_PT;
	double side = fmax(scene->width_mm, scene->height_mm);
	char target[32];
	int r;

	if (side * pt > PDF_SIDE_MAX_PT)
		pt = PDF_SIDE_MAX_PT / side;
	cairo_pdf_surface_set_size(surface, scene->width_mm * pt, scene->height_mm * pt);
	cairo_save(cr);
	cairo_scale(cr, pt, pt);
	r = paint_scene(cr, scene, reterr);
	cairo_restore(cr);
	if (r)
		return r;
	snprintf(target, sizeof(target), "page=%zu pos=[0 0]", page);
	cairo_pdf_surface_add_outline(surface, CAIRO_PDF_OUTLINE_ROOT, scene->title, target,
		CAIRO_PDF_OUTLINE_FLAG_OPEN);
	cairo_pdf_surface_set_page_label(surface, scene->name);
	cairo_show_page(cr);
	return 0;
}

int render_pdf(const struct scene *const *scenes, size_t n, const struct estate *estate,
	struct str *out, struct error *reterr)
{
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(paint_to_str, out, 1, 1);
	cairo_t *cr;
	int r = 0;

	cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5);
	set_metadata(surface, scenes, n, estate);
	cr = cairo_create(surface);
	for (size_t i = 0; i < n && !r; i++)
		r = add_page(surface, cr, scenes[i], i + 1, reterr);
	cairo_destroy(cr);
	cairo_surface_finish(surface);
	if (!r && (cairo_surface_status(surface) || out->failed || out->len > RENDER_BYTES_MAX))
		r = error_set(reterr, ERROR_SYSTEM, "cannot write the PDF: %s",
			out->failed || !cairo_surface_status(surface)
				? "no memory, or too many bytes"
				: cairo_status_to_string(cairo_surface_status(surface)));
	cairo_surface_destroy(surface);
	return r;
}
