/* SPDX-License-Identifier: Apache-2.0 */
/* Inner door of the HTML writer: the embedded style and script, and the data block. */
#ifndef MAPPER_RENDER_HTML_H
#define MAPPER_RENDER_HTML_H

#include "common/error.h"
#include "common/model/estate.h"
#include "common/str.h"
#include "mapper/scene/scene.h"

extern const char html_style[];	      /* mapper/render/html/page.css */
extern const char html_script[];      /* mapper/render/html/page.js */
extern const char html_script_hash[]; /* "sha256-...", of "\n" and the script, for the CSP */

/* The estate and the marks of the sheets as one JSON object of columns, safe inside <script>.
 * Lengths are hundredths of a millimetre. */
int html_data(struct str *out, const struct scene *const *scenes, size_t n,
	const struct estate *estate, struct error *reterr);

#endif
