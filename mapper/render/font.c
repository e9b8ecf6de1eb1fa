/* SPDX-License-Identifier: Apache-2.0 */
/* The shared font context; see font.h. */
#include "mapper/render/font.h"

#include "common/text.h"
#include "mapper/render/measure.h"

#include <string.h>

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

void font_done(void)
{
	g_clear_object(&context);
	g_clear_object(&font_map);
}
