/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text measured with the font that draws it (pango on cairo). Layout asks here before it places
 * a name, so nothing overlaps and nothing is cut. Single-threaded.
 */
#ifndef MAPPER_RENDER_MEASURE_H
#define MAPPER_RENDER_MEASURE_H

#include "common/arena.h"

#include <stdbool.h>

/* The family every writer names; from fonts-dejavu-core, with fallbacks for other scripts. */
#define MEASURE_FONT "DejaVu Sans"

/* Whether the fonts of this machine have a glyph for every character of the text. */
bool measure_can_show(const char *text);
/* Width of the text as printed, in millimetres. Cached. */
double measure_text_mm(const char *text, double size_pt, bool bold);
/* Height of a line, and of the part above the baseline. */
double measure_line_mm(double size_pt);
double measure_ascent_mm(double size_pt);
/* The text, or its longest beginning with an ellipsis that is at most `width_mm` wide; "" if
 * not even the ellipsis fits. Never cuts a character. Memory of the arena; NULL without. */
const char *measure_fit(struct arena *arena, const char *text, double size_pt, bool bold,
	double width_mm);
/* The same of a name whose end tells too ("sub-scada-north-rtu17", "Power metering 15"): rather
 * its beginning, the ellipsis and its last part. Of the name of a host the domain goes
 * first. */
const char *measure_fit_name(struct arena *arena, const char *text, double size_pt, bool bold,
	double width_mm);
/* Frees the cache and the font context. */
void measure_done(void);

#endif
