/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The writers: one or more scenes into bytes. The same scenes give the same bytes. PDF: a page
 * per scene, fonts embedded, outline, fixed date (estate.as_of_us). PNG and SVG: several scenes
 * stand below each other. HTML: one offline file, a tab per scene, no external request.
 */
#ifndef MAPPER_RENDER_RENDER_H
#define MAPPER_RENDER_RENDER_H

#include "common/error.h"
#include "common/model/estate.h"
#include "common/str.h"
#include "mapper/scene/scene.h"

#define RENDER_BYTES_MAX (1u << 30)
#define RENDER_GAP_MM 10.0		/* between sheets that stand below each other */
#define RENDER_PNG_PIXELS_MAX 160000000 /* 640 MB while drawing; A0 at 300 dpi fits */

/* The bytes are appended to `out`. ERROR_SYSTEM without memory or past RENDER_BYTES_MAX. */
int render_svg(
	const struct scene *const *scenes, size_t n, struct str *out, struct error *reterr);
/* The same page by page, so that a scene may be gone when the next is made. A link leads to the
 * page of that scene; pdf_close() fails if there is none, unless a page failed before. It frees
 * the writer in any case. */
struct pdf;
int pdf_open(struct str *out, const char *title, const struct estate *estate,
	struct pdf **ret_pdf, struct error *reterr);
int pdf_add(struct pdf *pdf, const struct scene *scene, struct error *reterr);
int pdf_close(struct pdf *pdf, struct error *reterr);
int render_pdf(const struct scene *const *scenes, size_t n, const struct estate *estate,
	struct str *out, struct error *reterr);
/* `dpi` is the most that is used, 0 for 144: it is lowered in whole steps while a side is over
 * 32767 pixels or the picture over RENDER_PNG_PIXELS_MAX; the file's pHYs chunk says which one
 * was used. ERROR_USAGE if not even 1 dpi fits. */
int render_png(const struct scene *const *scenes, size_t n, unsigned int dpi, struct str *out,
	struct error *reterr);
/* The estate gives search and the asset file shown on a click. */
int render_html(const struct scene *const *scenes, size_t n, const struct estate *estate,
	struct str *out, struct error *reterr);
/* For other programs, each asset where the sheet has it (graph.h): docs/exchange.md. */
int render_graphml(const struct scene *scene, const struct estate *estate, struct str *out,
	struct error *reterr);
int render_gexf(const struct scene *scene, const struct estate *estate, struct str *out,
	struct error *reterr);
int render_dot(const struct scene *scene, const struct estate *estate, struct str *out,
	struct error *reterr);
int render_json(const struct scene *scene, const struct estate *estate, struct str *out,
	struct error *reterr);
/* Whether all that was written has found room. */
int render_check(const struct str *out, const char *form, struct error *reterr);

#endif
