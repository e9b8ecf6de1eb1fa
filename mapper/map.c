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
#include "mapper/sheet/words.h"

#include <string.h>
#include <strings.h>

#define MAP_ARENA_MAX (2ul << 30)
#define SCENES_MAX 16
#define TITLE_ZH "网络地图"

static const char *const type_names[MAP_TYPE_N] = {
	"topology", "district", "exposure", "business", "both"};
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
		"there is no map \"%s\": it is one of topology, district, exposure, business, both", name);
}

static sheet_maker *const makers[] = {[MAP_TOPOLOGY] = sheet_topology, [MAP_DISTRICT] = sheet_district,
	[MAP_EXPOSURE] = sheet_exposure, [MAP_BUSINESS] = sheet_business};
/* The sheets of a type that has several. */
static const enum map_type both[] = {MAP_TOPOLOGY, MAP_DISTRICT};

/* The title that every sheet bears. */
static int make_title(const struct estate *estate, struct sheet_request *sheet, struct arena *arena,
	struct error *reterr)
{
	if (sheet->title) {
		sheet->kind = sheet_request_say(sheet, arena, "Network map", TITLE_ZH);
		return 0;
	}
	sheet->title = arena_printf(
		arena, "Network map of %.200s", estate->realm[0] ? estate->realm : "this realm");
	if (sheet->title)
		sheet->title = sheet_request_say(sheet, arena, sheet->title, TITLE_ZH);
	return sheet->title ? 0 : error_set(reterr, ERROR_SYSTEM, "cannot draw the map: no memory");
}

/* The scenes of the request; returns their number, or an error. */
static int make_scenes(const struct estate *estate, const struct map_request *request,
	struct arena *arena, struct scene **scenes, struct error *reterr)
{
	const enum map_type *types = request->type == MAP_BOTH ? both : &request->type;
	int n = request->type == MAP_BOTH ? (int)ARRAY_SIZE(both) : 1;
	struct sheet_request sheet = {.title = request->title,
		.scope = request->scope,
		.marking = request->marking,
		.total = (unsigned int)n,
		.language = request->language,
		.overlays = request->overlays ? request->overlays : MAP_OVERLAYS_DEFAULT};
	struct model *model;
	int r = model_make(estate, arena, &model, reterr);

	if (r == 0)
		r = make_title(estate, &sheet, arena, reterr);
	for (int i = 0; i < n && r == 0; i++) {
		sheet.number = (unsigned int)i + 1;
		r = makers[types[i]](model, &sheet, &scenes[i], reterr);
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

struct file {
	const char *path;
	enum map_format format;
};

/* Every file from the same scenes, in the order given, up to the first that fails. */
static int draw_files(const struct estate *estate, const struct map_request *request,
	const struct file *files, size_t n, size_t *ret_drawn, struct error *reterr)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(MAP_ARENA_MAX);
	struct scene *scenes[SCENES_MAX] = {NULL};
	int r = arena ? make_scenes(estate, request, arena, scenes, reterr)
		      : error_set(reterr, ERROR_SYSTEM, "no memory");
	size_t n_scenes = r > 0 ? (size_t)r : 0;

	*ret_drawn = 0;
	for (size_t i = 0; i < n && r >= 0; i++) {
		struct str out = STR_INIT(RENDER_BYTES_MAX);

		r = render((const struct scene *const *)scenes, n_scenes, estate, request,
			files[i].format, &out, reterr);
		if (r == 0)
			r = file_publish(files[i].path, out.data, out.len, reterr);
		str_done(&out);
		*ret_drawn += r == 0;
	}
	if (r < 0 && *ret_drawn < n)
		error_wrap(reterr, r, "cannot draw the map \"%s\"", files[*ret_drawn].path);
	measure_done();
	return r < 0 ? r : 0;
}

int map_draw(const struct estate *estate, const struct map_request *request,
	enum map_format format, const char *path, struct error *reterr)
{
	const struct file file = {path, format};
	size_t drawn;

	if (strcmp(path, "-") == 0 && (format == MAP_PNG || format == MAP_PDF))
		return error_set(reterr, ERROR_USAGE,
			"a map in %s does not go to standard output: give a file name",
			suffixes[format] + 1);
	return draw_files(estate, request, &file, 1, &drawn, reterr);
}

int map_draw_all(const struct estate *estate, const struct map_request *request,
	const char *const *paths, size_t n, size_t *ret_drawn, struct error *reterr)
{
	struct file files[MAP_FILES_MAX];

	*ret_drawn = 0;
	if (n == 0 || n > MAP_FILES_MAX)
		return error_set(reterr, ERROR_USAGE,
			"cannot draw %zu maps at once: it is 1 to %d", n, MAP_FILES_MAX);
	for (size_t i = 0; i < n; i++) {
		int r = map_format_of(paths[i], &files[i].format, reterr);

		if (r < 0)
			return r;
		files[i].path = paths[i];
	}
	return draw_files(estate, request, files, n, ret_drawn, reterr);
}
