/* SPDX-License-Identifier: Apache-2.0 */
/* The shared font context; see font.h. */
#include "mapper/render/font.h"

#include "common/text.h"
#include "mapper/render/measure.h"

#include <math.h>
#include <string.h>

#define PLAIN_FIRST 0x20
#define PLAIN_ASCII 0x5f
#define PLAIN_N (PLAIN_ASCII + 4)
#define PLAIN_REFERENCE 64.0 /* the size at which advances are taken */

/* LeakSanitizer asks here: fontconfig keeps one block of its own for the life of the process
 * (288 bytes, once). Without the sanitizer nobody calls it. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig.so";
}

static PangoFontMap *font_map;
static PangoContext *context;

/* Pango reports a missing font through the log; the fallback is the answer, not a message. */
static void quiet(
	const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
	(void)domain;
	(void)level;
	(void)message;
	(void)data;
}

PangoContext *font_context(void)
{
	cairo_font_options_t *options;

	if (context)
		return context;

	g_log_set_handler("Pango", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL, quiet, NULL);
	font_map = pango_cairo_font_map_new();
	pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(font_map), 72);
	context = pango_font_map_create_context(font_map);

	options = cairo_font_options_create();
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(context, options);
	cairo_font_options_destroy(options);
	pango_cairo_context_set_resolution(context, 72);
	pango_context_set_round_glyph_positions(context, FALSE);
	pango_context_set_language(context, pango_language_from_string("en"));
	return context;
}

PangoLayout *font_layout(const char *text, double size_pt, bool bold)
{
	PangoLayout *layout = pango_layout_new(font_context());
	PangoFontDescription *font = pango_font_description_new();

	pango_font_description_set_family_static(font, MEASURE_FONT);
	pango_font_description_set_absolute_size(font, size_pt * PANGO_SCALE);
	if (bold)
		pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);

	pango_layout_set_single_paragraph_mode(layout, TRUE);
	if (text_is_clean(text, strlen(text))) {
		pango_layout_set_text(layout, text, -1);
	} else {
		struct str shown = STR_INIT(8 * strlen(text) + 1);

		text_encode_terminal(&shown, text);
		pango_layout_set_text(layout, shown.data, -1);
		str_done(&shown);
	}
	return layout;
}

/* ---- plain text ---- */

/* What a letter and a pair of letters are alone; pairs are asked for as they occur. */
static struct plain {
	bool known;
	cairo_font_face_t *face; /* of all of them; NULL: none is plain */
	unsigned long glyph[PLAIN_N];
	double advance[PLAIN_N];
	float pair[PLAIN_N]
		  [PLAIN_N]; /* what is added between; NAN: not known, infinite: no pair */
} plain[2];

/* The glyphs of a short text if one font draws them; returns the width at size 1, or -1. */
static double shape(
	const char *text, int n, bool bold, unsigned long *ret_glyphs, cairo_font_face_t **face)
{
	PangoLayout *layout = font_layout(text, PLAIN_REFERENCE, bold);
	PangoLayoutLine *line = pango_layout_get_line_readonly(layout, 0);
	PangoLayoutRun *run = line->runs && !line->runs->next ? line->runs->data : NULL;
	double width = 0;

	if (!run || run->glyphs->num_glyphs != n)
		width = -1;
	for (int i = 0; i < n && width >= 0; i++) {
		const PangoGlyphInfo *info = &run->glyphs->glyphs[i];

		if (info->glyph & PANGO_GLYPH_UNKNOWN_FLAG || info->geometry.x_offset ||
			info->geometry.y_offset)
			width = -1;
		else
			width += info->geometry.width;
		ret_glyphs[i] = info->glyph;
	}
	if (width >= 0) {
		cairo_scaled_font_t *font = pango_cairo_font_get_scaled_font(
			PANGO_CAIRO_FONT(run->item->analysis.font));
		cairo_font_face_t *own = font ? cairo_scaled_font_get_font_face(font) : NULL;

		if (!*face && own)
			*face = cairo_font_face_reference(own);
		if (!own || own != *face)
			width = -1;
	}
	g_object_unref(layout);
	return width < 0 ? -1 : width / PANGO_SCALE / PLAIN_REFERENCE;
}

/* Middle dot, dash, arrow, ellipsis: what our own labels have besides. */
static const char *const plain_others[PLAIN_N - PLAIN_ASCII] = {
	"\xc2\xb7", "\xe2\x80\x93", "\xe2\x86\x92", "\xe2\x80\xa6"};

static void plain_text(char text[8], int a, int b)
{
	char *at = text;

	for (int i = 0; i < 2; i++) {
		int c = i == 0 ? a : b;

		if (c >= PLAIN_ASCII)
			at = stpcpy(at, plain_others[c - PLAIN_ASCII]);
		else if (c >= 0)
			*at++ = (char)(PLAIN_FIRST + c);
	}
	*at = 0;
}

/* The letter at `*at`, which is moved behind it; -1 if it is none of ours. */
static int plain_next(const char **at)
{
	int c = (unsigned char)**at - PLAIN_FIRST;

	if (c >= 0 && c < PLAIN_ASCII) {
		++*at;
		return c;
	}
	for (int i = 0; i < PLAIN_N - PLAIN_ASCII; i++) {
		size_t n = strlen(plain_others[i]);

		if (strncmp(*at, plain_others[i], n) == 0) {
			*at += n;
			return PLAIN_ASCII + i;
		}
	}
	return -1;
}

static const struct plain *plain_of(bool bold)
{
	struct plain *p = &plain[bold];
	char text[8];

	if (p->known)
		return p;
	p->known = true;
	for (int i = 0; i < PLAIN_N; i++) {
		plain_text(text, i, -1);
		p->advance[i] = shape(text, 1, bold, &p->glyph[i], &p->face);
		for (int k = 0; k < PLAIN_N; k++)
			p->pair[i][k] = NAN;
	}
	return p;
}

/* What stands between two letters: kerning; infinite if they become something else. */
static double between(bool bold, int a, int b)
{
	struct plain *p = &plain[bold];
	char text[8];
	unsigned long glyphs[2];
	double width;

	if (!isnan(p->pair[a][b]))
		return p->pair[a][b];
	plain_text(text, a, b);
	width = shape(text, 2, bold, glyphs, &p->face);
	p->pair[a][b] = INFINITY;
	if (width >= 0 && glyphs[0] == p->glyph[a] && glyphs[1] == p->glyph[b])
		p->pair[a][b] = (float)(width - p->advance[a] - p->advance[b]);
	return p->pair[a][b];
}

double font_plain_width(const char *text, bool bold)
{
	const struct plain *p = plain_of(bold);
	double width = 0;
	int last = -1, n = 0;

	for (const char *at = text; *at; n++) {
		int c = plain_next(&at);

		if (c < 0 || n == FONT_PLAIN_MAX || p->advance[c] < 0)
			return -1;
		width += p->advance[c] + (last >= 0 ? between(bold, last, c) : 0);
		last = c;
	}
	return isfinite(width) && p->face ? width : -1;
}

int font_plain_glyphs(const char *text, double size, bool bold,
	cairo_glyph_t glyphs[FONT_PLAIN_MAX], cairo_font_face_t **ret_face)
{
	const struct plain *p = plain_of(bold);
	double x = 0;
	int n = 0, last = -1;

	for (const char *at = text; *at; n++) {
		int c = plain_next(&at);

		x += last >= 0 ? between(bold, last, c) * size : 0;
		last = c;
		glyphs[n] = (cairo_glyph_t){p->glyph[c], x, 0};
		x += p->advance[c] * size;
	}
	*ret_face = p->face;
	return n;
}

void font_done(void)
{
	for (int i = 0; i < 2; i++) {
		if (plain[i].face)
			cairo_font_face_destroy(plain[i].face);
		plain[i] = (struct plain){0};
	}

	g_clear_object(&context);
	g_clear_object(&font_map);
}
