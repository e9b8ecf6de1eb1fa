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

/* Frees context and font map. */
void font_done(void);

#endif
