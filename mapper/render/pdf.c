/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PDF writer (ISO 32000-1 by cairo): a page per scene in its exact size, an outline entry
 * per page, and no time but that of the estate. A sheet with a side over PDF_SIDE_MAX_PT, the
 * limit of ISO 32000-1 annex C, is scaled down to it.
 */
#include "mapper/render/render.h"

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/text.h"
#include "mapper/render/font.h"
#include "mapper/render/paint.h"

#include <cairo-pdf.h>
#include <math.h>
#include <string.h>

#define PDF_SIDE_MAX_PT 14400.0
#define TITLE_MAX 4096

/* Titles as cairo takes them: UTF-8, whatever came in. The caller frees. */
static char *shown(const char *text)
{
	struct str out = STR_INIT(TITLE_MAX);

	text_encode_terminal(&out, text);
	out.failed = false; /* what fitted is enough */
	return str_steal(&out);
}

static int set_metadata(cairo_surface_t *surface, const struct scene *scene,
	const struct estate *estate, struct error *reterr)
{
	_cleanup_(cleanup_freep) char *title = shown(scene->title);
	_cleanup_(cleanup_freep) char *realm = shown(estate->realm);
	char when[CLOCK_TEXT_MAX + 8];
	size_t n;

	if (!title || !realm)
		return error_set(reterr, ERROR_SYSTEM, "cannot write the PDF: no memory");
	clock_format(estate->as_of_us - estate->as_of_us % CLOCK_SECOND, when);
	n = strlen(when) - 1; /* the Z */
	memcpy(when + n, "+00:00", sizeof("+00:00"));
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT, realm);
	cairo_pdf_surface_set_metadata(
		surface, CAIRO_PDF_METADATA_CREATOR, "cadastre " CADASTRE_VERSION);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, when);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, when);
	return 0;
}

/* ISO 32000-1 clause 7.9.4 wants "D:" before a date; cairo 1.16 leaves it out. The offsets in
 * the file stay right because the new text is as long as the old: (20251125160000+00'00)
 * becomes (D:20251125160000Z00'). A later cairo's date does not match and is left alone. */
static void mend_dates(char *from, char *end)
{
	static const char *const names[] = {"/CreationDate (2", "/ModDate (2"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char *found = memmem(from, (size_t)(end - from), names[i], strlen(names[i]));
		size_t at = strlen(names[i]) - 1;

		if (!found || (size_t)(end - found) < at + 21 ||
			memcmp(found + at + 14, "+00'00)", 7) != 0)
			continue;
		memmove(found + at + 2, found + at, 14);
		memcpy(found + at, "D:", 2);
		memcpy(found + at + 16, "Z00'", 4);
	}
}

static int add_page(cairo_surface_t *surface, cairo_t *cr, const struct scene *scene,
	size_t page, struct error *reterr)
{
	double pt = 1 / FONT_MM_PER_PT;
	double side = fmax(scene->width_mm, scene->height_mm);
	_cleanup_(cleanup_freep) char *name = shown(scene->name);
	char target[48];
	int r;

	if (!name)
		return error_set(reterr, ERROR_SYSTEM, "cannot write the PDF: no memory");

	if (side * pt > PDF_SIDE_MAX_PT)
		pt = PDF_SIDE_MAX_PT / side;
	cairo_pdf_surface_set_size(surface, scene->width_mm * pt, scene->height_mm * pt);
	cairo_save(cr);
	cairo_scale(cr, pt, pt);
	r = paint_scene(cr, scene, reterr);
	cairo_restore(cr);
	if (r)
		return r;
	name[0] = (char)g_ascii_toupper(name[0]);
	snprintf(target, sizeof(target), "page=%zu pos=[0 0]", page);
	cairo_pdf_surface_add_outline(
		surface, CAIRO_PDF_OUTLINE_ROOT, name, target, CAIRO_PDF_OUTLINE_FLAG_OPEN);
	cairo_pdf_surface_set_page_label(surface, name);
	cairo_show_page(cr);
	return 0;
}

int render_pdf(const struct scene *const *scenes, size_t n, const struct estate *estate,
	struct str *out, struct error *reterr)
{
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(paint_to_str, out, 1, 1);
	size_t start = out->len;
	cairo_t *cr;
	int r = 0;

	if (n == 0)
		r = error_set(reterr, ERROR_INTERNAL, "cannot write the PDF: no sheet");
	else
		r = set_metadata(surface, scenes[0], estate, reterr);
	cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5);
	cr = cairo_create(surface);
	for (size_t i = 0; i < n && !r; i++)
		r = add_page(surface, cr, scenes[i], i + 1, reterr);
	cairo_destroy(cr);
	cairo_surface_finish(surface);
	if (out->failed || out->len > RENDER_BYTES_MAX)
		r = error_set(reterr, ERROR_SYSTEM,
			"cannot write the PDF: no memory, or more than %zu bytes", out->max);
	else if (!r && cairo_surface_status(surface))
		r = error_set(reterr, ERROR_SYSTEM, "cannot write the PDF: %s",
			cairo_status_to_string(cairo_surface_status(surface)));
	else if (!r)
		mend_dates(out->data + start, out->data + out->len);
	cairo_surface_destroy(surface);
	return r;
}
