/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one font setting of the room: measuring and drawing share it, so that what was measured
 * is what is drawn. No hinting of shapes or metrics, unrounded glyph positions, 72 units to
 * the inch, language fixed: nothing of the user's desktop has a say. Single-threaded.
 */
#ifndef MAPPER_RENDER_FONT_H
#define MAPPER_RENDER_FONT_H

#include <pango/pangocairo.h>
#include <stdbool.h>

#define FONT_MM_PER_PT (25.4 / 72.0)

/* The shared context, made on first use; borrowed until font_done(). */
PangoContext *font_context(void);

/* A layout with one line of the text, in this size. What is not clean text (common/text.h) is
 * shown escaped. The caller unrefs it. */
PangoLayout *font_layout(const char *text, double size_pt, bool bold);

/* Most text of a map is ASCII and the marks of our own labels, which needs no shaping but
 * kerning between neighbours: then its width at a size of 1, the same as a layout has. Negative
 * if it needs a layout. */
double font_plain_width(const char *text, bool bold);
#define FONT_PLAIN_MAX 256 /* letters of such a text */

/* The same text as glyphs, for the size, from the origin on; returns their number. The face is
 * borrowed until font_done(). Only of a text whose plain width is not negative. */
int font_plain_glyphs(const char *text, double size, bool bold,
	cairo_glyph_t glyphs[FONT_PLAIN_MAX], cairo_font_face_t **ret_face);

/* Frees context and font map. */
void font_done(void);

#endif
