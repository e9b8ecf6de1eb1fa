/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mapper's door: formats and kinds by name, and the way from an estate to a published file.
 * Draws into memory first, so that a failure on the way leaves the old file as it was.
 */
#include "mapper/mapper.h"

#include "common/file.h"
#include "mapper/render/measure.h"
#include "mapper/render/render.h"
#include "mapper/sheet/sheet.h"

#include <string.h>
#include <strings.h>

#define MAP_ARENA_MAX (2ul << 30)

static const char *const type_names[MAP_TYPE_N] = {"topology", "district", "both"};
static const char *const suffixes[MAP_FORMAT_N] = {".svg", ".pdf", ".png", ".html"};

int map_format_of(const char *path, enum map_format *ret_format, struct error *reterr)
{
	size_t n = strlen(path);

	for (int i = 0; i < MAP_FORMAT_N; i++) {
		size_t length = strlen(suffixes[i]);

		if (n > length && strcasecmp(path + n - length, suffixes[i]) == 0) {
			*ret_format = (enum map_format)i;
			return 0;
		}
	}
	return error_set(reterr, ERROR_USAGE,
		"cannot draw a map to \"%s\": the name has to end in .svg, .pdf, .png or .html",
		path);
}

const char *map_type_name(enum map_type type)
{
	return (unsigned int)type < MAP_TYPE_N ? type_names[type] : "?";
}

int map_type_parse(const char *name, enum map_type *ret_type, struct error *reterr)
{
	for (int i = 0; i < MAP_TYPE_N; i++)
		if (strcmp(type_names[i], name) == 0) {
			*ret_type = (enum map_type)i;
			return 0;
		}
	return error_set(reterr, ERROR_USAGE,
		"there is no map \"%s\": it is one of topology, district, both", name);
}

/* The scenes of the request; returns their number, or an error. */
static int make_scenes(const struct estate *estate, const struct map_request *request,
	struct arena *arena, struct scene **scenes, struct error *reterr)
{
	typedef int sheet_maker(const struct model *, const struct sheet_request *,
		struct scene **, struct error *);
	static sheet_maker *const makers[] = {sheet_topology, sheet_district};
	bool both = request->type == MAP_BOTH;
	struct sheet_request sheet = {.title = request->title,
		.scope = request->scope,
		.marking = request->marking,
		.number = 1,
		.total = both ? 2 : 1};
	struct model *model;
	int r = model_make(estate, arena, &model, reterr), n = 0;

	if (!sheet.title)
		sheet.title = arena_printf(arena, "Network map of %.200s",
			estate->realm[0] ? estate->realm : "this realm");
	if (r == 0 && !sheet.title)
		r = error_set(reterr, ERROR_SYSTEM, "cannot draw the map: no memory");
	for (int i = 0; i < 2 && r == 0; i++)
		if (both || (int)request->type == i) {
			r = makers[i](model, &sheet, &scenes[n], reterr);
			sheet.number++;
			n++;
		}
	return r < 0 ? r : n;
}

static int render(const struct scene *const *scenes, size_t n, const struct estate *estate,
	const struct map_request *request, enum map_format format, struct str *out,
	struct error *reterr)
{
	switch (format) {
	case MAP_SVG:
		return render_svg(scenes, n, out, reterr);
	case MAP_PDF:
		return render_pdf(scenes, n, estate, out, reterr);
	case MAP_PNG:
		return render_png(scenes, n, request->dpi ? request->dpi : 144, out, reterr);
	default:
		return render_html(scenes, n, estate, out, reterr);
	}
}

int map_draw(const struct estate *estate, const struct map_request *request,
	enum map_format format, const char *path, struct error *reterr)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(MAP_ARENA_MAX);
	struct scene *scenes[2] = {NULL, NULL};
	struct str out = STR_INIT(RENDER_BYTES_MAX);
	int r;

	if (!arena)
		return error_set(reterr, ERROR_SYSTEM, "cannot draw the map: no memory");
	if (strcmp(path, "-") == 0 && (format == MAP_PNG || format == MAP_PDF))
		return error_set(reterr, ERROR_USAGE,
			"a map in %s does not go to standard output: give a file name",
			suffixes[format] + 1);
	r = make_scenes(estate, request, arena, scenes, reterr);
	if (r > 0)
		r = render((const struct scene *const *)scenes, (size_t)r, estate, request,
			format, &out, reterr);
	if (r == 0)
		r = file_publish(path, out.data, out.len, reterr);
	if (r < 0)
		error_wrap(reterr, r, "cannot draw the map \"%s\"", path);
	str_done(&out);
	measure_done();
	return r;
}
