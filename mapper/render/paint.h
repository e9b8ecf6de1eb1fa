/* SPDX-License-Identifier: Apache-2.0 */
/* The drawing routine that PDF and PNG share: one scene on a cairo context. */
#ifndef MAPPER_RENDER_PAINT_H
#define MAPPER_RENDER_PAINT_H

#include "common/error.h"
#include "common/str.h"
#include "mapper/scene/scene.h"

#include <cairo.h>

/* Draws at the origin; the context's user unit is the millimetre. The context is left as it
 * was. ERROR_SYSTEM without memory. */
int paint_scene(cairo_t *cr, const struct scene *scene, struct error *reterr);

/* Frees what pictograms are drawn with. */
void paint_done(void);

/* The resolution at which a picture of this size is drawn, at most `wish` (0: the default);
 * 0 if it is too large for any. */
unsigned int png_resolution(double width_mm, double height_mm, unsigned int wish);

/* For cairo's stream writers; `closure` is a struct str. */
cairo_status_t paint_to_str(void *closure, const unsigned char *bytes, unsigned int n);

#endif
