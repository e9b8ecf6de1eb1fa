/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PDF writer (ISO 32000-1 by cairo): a page per scene in its exact size, an outline of the
 * pages, links between them, and no time but that of the estate. A sheet with a side over
 * PDF_SIDE_MAX_PT, the limit of ISO 32000-1 annex C, is scaled down to it. Links go by named
 * destinations: cairo 1.16 loses the destination of a link by number to a later page.
 */
#include "mapper/render/render.h"

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/text.h"
#include "mapper/render/font.h"
#include "mapper/render/measure.h"
#include "mapper/render/paint.h"

#include <cairo-pdf.h>
#include <math.h>
#include <string.h>

#define PDF_SIDE_MAX_PT 14400.0
#define TITLE_MAX 4096
#define DEPTH_MAX 4    /* of the outline */
#define TARGET_MAX 32  /* bytes of the name of a sheet that a link leads to */
#define TEXT_ABOVE 0.8 /* of the size: what a link on a text covers */
#define TEXT_BELOW 0.3

struct pdf {
	struct str *out;
	size_t start, n_pages;
	cairo_surface_t *surface;
	cairo_t *cr;
	int parents[DEPTH_MAX + 1];  /* the last outline entry of each depth */
	char *section;		     /* the last one's */
	GHashTable *pages, *targets; /* names of scenes: drawn, and linked to */
	bool failed;		     /* a page is missing, so links may lead nowhere */
	bool all_known; /* the scenes are all in `pages` before the first is drawn */
};

/* Titles as cairo takes them: UTF-8, whatever came in. The caller frees. */
static char *shown(const char *text)
{
	struct str out = STR_INIT(TITLE_MAX);

	text_encode_terminal(&out, text);
	out.failed = false; /* what fitted is enough */
	return str_steal(&out);
}

static int set_metadata(cairo_surface_t *surface, const char *name, const struct estate *estate,
	struct error *reterr)
{
	_cleanup_(cleanup_freep) char *title = shown(name);
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

/* The names of our own sheets are plain; no other can be a destination. */
static bool is_name(const char *name)
{
	size_t n = strspn(
		name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

	return n > 0 && n <= TARGET_MAX && !name[n];
}

/* What of an item can be clicked, in millimetres. */
static void link_box(const struct scene_item *item, double *x, double *y, double *w, double *h)
{
	static const double shares[] = {
		[SCENE_START] = 0, [SCENE_MIDDLE] = 0.5, [SCENE_END] = 1};
	double em;

	*x = *y = *w = *h = 0;
	if (item->kind == SCENE_RECT) {
		*x = item->rect.x;
		*y = item->rect.y;
		*w = item->rect.w;
		*h = item->rect.h;
	} else if (item->kind == SCENE_SYMBOL) {
		*x = item->symbol.x;
		*y = item->symbol.y;
		*w = *h = item->symbol.size;
	} else if (item->kind == SCENE_TEXT) {
		em = item->text.size_pt * FONT_MM_PER_PT;
		*w = measure_text_mm(item->text.text, item->text.size_pt, item->text.bold);
		*x = item->text.x - shares[item->text.anchor] * *w;
		*y = item->text.y - TEXT_ABOVE * em;
		*h = (TEXT_ABOVE + TEXT_BELOW) * em;
	}
}

static void add_links(struct pdf *pdf, const struct scene *scene, double pt)
{
	char text[TARGET_MAX + 160], numbers[4][G_ASCII_DTOSTR_BUF_SIZE];

	for (size_t i = 0; i < scene->n_items; i++) {
		const struct scene_item *item = &scene->items[i];
		double box[4];

		if (!item->target || !is_name(item->target) ||
			(pdf->all_known && !g_hash_table_contains(pdf->pages, item->target)))
			continue;
		link_box(item, &box[0], &box[1], &box[2], &box[3]);
		if (box[2] <= 0 || box[3] <= 0)
			continue;
		for (int k = 0; k < 4; k++)
			g_ascii_formatd(numbers[k], sizeof(numbers[k]), "%.2f", box[k] * pt);
		snprintf(text, sizeof(text), "dest='%s' rect=[%s %s %s %s]", item->target,
			numbers[0], numbers[1], numbers[2], numbers[3]);
		cairo_tag_begin(pdf->cr, CAIRO_TAG_LINK, text);
		cairo_tag_end(pdf->cr, CAIRO_TAG_LINK);
		if (!g_hash_table_contains(pdf->targets, item->target))
			g_hash_table_add(pdf->targets, g_strdup(item->target));
	}
}

/* An entry below the last one of a lesser depth. */
static int add_outline(struct pdf *pdf, const struct scene *scene)
{
	_cleanup_(cleanup_freep) char *name = shown(scene->label ? scene->label : scene->name);
	unsigned int depth = scene->depth < DEPTH_MAX ? scene->depth : DEPTH_MAX;
	char target[48];
	int entry;

	if (!name)
		return -1;
	if (!scene->label)
		name[0] = (char)g_ascii_toupper(name[0]);
	snprintf(target, sizeof(target), "page=%zu pos=[0 0]", pdf->n_pages);
	if (scene->section && (!pdf->section || strcmp(pdf->section, scene->section) != 0)) {
		_cleanup_(cleanup_freep) char *section = shown(scene->section);

		free(pdf->section);
		pdf->section = strdup(scene->section);
		if (!section || !pdf->section)
			return -1;
		pdf->parents[0] = cairo_pdf_surface_add_outline(
			pdf->surface, CAIRO_PDF_OUTLINE_ROOT, section, target, 0);
	}
	entry = cairo_pdf_surface_add_outline(pdf->surface,
		depth == 0 ? CAIRO_PDF_OUTLINE_ROOT : pdf->parents[depth - 1], name, target,
		scene->label ? 0 : CAIRO_PDF_OUTLINE_FLAG_OPEN);
	for (unsigned int i = depth; i <= DEPTH_MAX; i++)
		pdf->parents[i] = entry;
	/* Pages of a book are told by their numbers, which a reader counts by itself. */
	if (!scene->label)
		cairo_pdf_surface_set_page_label(pdf->surface, name);
	return 0;
}

int pdf_open(struct str *out, const char *title, const struct estate *estate,
	struct pdf **ret_pdf, struct error *reterr)
{
	struct pdf *pdf = calloc(1, sizeof(*pdf));
	int r;

	if (!pdf)
		return error_set(reterr, ERROR_SYSTEM, "cannot write the PDF: no memory");
	pdf->out = out;
	pdf->start = out->len;
	pdf->surface = cairo_pdf_surface_create_for_stream(paint_to_str, out, 1, 1);
	cairo_pdf_surface_restrict_to_version(pdf->surface, CAIRO_PDF_VERSION_1_5);
	pdf->cr = cairo_create(pdf->surface);
	pdf->pages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	pdf->targets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	r = set_metadata(pdf->surface, title, estate, reterr);
	*ret_pdf = pdf;
	if (r == 0)
		return 0;
	pdf_close(pdf, NULL);
	*ret_pdf = NULL;
	return r;
}

int pdf_add(struct pdf *pdf, const struct scene *scene, struct error *reterr)
{
	double pt = 1 / FONT_MM_PER_PT;
	double side = fmax(scene->width_mm, scene->height_mm);
	char dest[TARGET_MAX + 16];
	int r;

	if (side * pt > PDF_SIDE_MAX_PT)
		pt = PDF_SIDE_MAX_PT / side;
	pdf->n_pages++;
	cairo_pdf_surface_set_size(pdf->surface, scene->width_mm * pt, scene->height_mm * pt);
	if (is_name(scene->name)) {
		snprintf(dest, sizeof(dest), "name='%s'", scene->name);
		cairo_tag_begin(pdf->cr, CAIRO_TAG_DEST, dest);
		cairo_tag_end(pdf->cr, CAIRO_TAG_DEST);
		g_hash_table_add(pdf->pages, g_strdup(scene->name));
	}
	cairo_save(pdf->cr);
	cairo_scale(pdf->cr, pt, pt);
	r = paint_scene(pdf->cr, scene, reterr);
	cairo_restore(pdf->cr);
	pdf->failed |= r != 0;
	if (r)
		return r;
	add_links(pdf, scene, pt);
	if (add_outline(pdf, scene) < 0)
		return error_set(reterr, ERROR_SYSTEM, "cannot write the PDF: no memory");
	cairo_show_page(pdf->cr);
	return 0;
}

static int check_targets(const struct pdf *pdf, struct error *reterr)
{
	GHashTableIter iter;
	gpointer name;

	g_hash_table_iter_init(&iter, pdf->targets);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		if (!g_hash_table_contains(pdf->pages, name))
			return error_set(reterr, ERROR_INTERNAL,
				"cannot write the PDF: a link leads to \"%s\", which is no "
				"page",
				(const char *)name);
	return 0;
}

int pdf_close(struct pdf *pdf, struct error *reterr)
{
	struct str *out = pdf->out;
	int r = pdf->failed ? 0 : check_targets(pdf, reterr);

	cairo_destroy(pdf->cr);
	cairo_surface_finish(pdf->surface);
	if (out->failed || out->len > RENDER_BYTES_MAX)
		r = error_set(reterr, ERROR_SYSTEM,
			"cannot write the PDF: no memory, or more than %zu bytes", out->max);
	else if (r == 0 && cairo_surface_status(pdf->surface))
		r = error_set(reterr, ERROR_SYSTEM, "cannot write the PDF: %s",
			cairo_status_to_string(cairo_surface_status(pdf->surface)));
	else if (r == 0)
		mend_dates(out->data + pdf->start, out->data + out->len);
	cairo_surface_destroy(pdf->surface);
	g_hash_table_unref(pdf->pages);
	g_hash_table_unref(pdf->targets);
	free(pdf->section);
	free(pdf);
	return r;
}

int render_pdf(const struct scene *const *scenes, size_t n, const struct estate *estate,
	struct str *out, struct error *reterr)
{
	struct pdf *pdf;
	int r, closed;

	if (n == 0)
		return error_set(reterr, ERROR_INTERNAL, "cannot write the PDF: no sheet");
	r = pdf_open(out, scenes[0]->title, estate, &pdf, reterr);
	if (r)
		return r;
	pdf->all_known = true;
	for (size_t i = 0; i < n; i++)
		g_hash_table_add(pdf->pages, g_strdup(scenes[i]->name));
	for (size_t i = 0; i < n && !r; i++)
		r = pdf_add(pdf, scenes[i], reterr);
	closed = pdf_close(pdf, reterr);
	return closed ? closed : r;
}
