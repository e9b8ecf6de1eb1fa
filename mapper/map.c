/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mapper's door: formats and kinds by name, and the way from an estate to a published file.
 * Draws into memory first, so that a failure on the way leaves the old file as it was.
 */
#include "mapper/mapper.h"

#include "common/file.h"
#include "mapper/render/measure.h"
#include "mapper/render/render.h"
#include "mapper/sheet/atlas.h"
#include "mapper/sheet/sheet.h"
#include "mapper/sheet/words.h"

#include <string.h>
#include <strings.h>

#define MAP_ARENA_MAX (2ul << 30)
#define SCENES_MAX 16
#define ATLAS_TABS_MAX 64 /* pages of an atlas that a browser is given */
#define TITLE_ZH "网络地图"

static const char *const type_names[MAP_TYPE_N] = {"topology", "district", "atlas", "both"};
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
		"there is no map \"%s\": it is one of topology, district, atlas, both", name);
}

static int parse_one_of(const char *const *names, int n, const char *name, const char *what,
	const char *all, struct error *reterr)
{
	for (int i = 0; i < n; i++)
		if (strcasecmp(names[i], name) == 0)
			return i;
	return error_set(reterr, ERROR_USAGE, "there is no %s \"%s\": it is one of %s", what, name,
		all);
}

int map_paper_parse(const char *name, enum map_paper *ret_paper, struct error *reterr)
{
	static const char *const names[MAP_PAPER_N] = {
		"auto", "a4", "a3", "a2", "a1", "a0", "16:9"};
	int r = parse_one_of(
		names, MAP_PAPER_N, name, "paper", "auto, a4, a3, a2, a1, a0, 16:9", reterr);

	if (r >= 0)
		*ret_paper = (enum map_paper)r;
	return r < 0 ? r : 0;
}

int map_language_parse(const char *name, enum map_language *ret_language, struct error *reterr)
{
	static const char *const names[] = {"both", "en", "zh"};
	int r = parse_one_of(names, 3, name, "language", "both, en, zh", reterr);

	if (r >= 0)
		*ret_language = (enum map_language)r;
	return r < 0 ? r : 0;
}

static sheet_maker *const makers[] = {[MAP_TOPOLOGY] = sheet_topology, [MAP_DISTRICT] = sheet_district};
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
		sheet->title = sheet_request_say(sheet, arena, sheet->title,
			sheet_request_chinese(sheet)
				? arena_printf(arena, "%.200s %s", estate->realm, TITLE_ZH)
				: TITLE_ZH);
	return sheet->title ? 0 : error_set(reterr, ERROR_SYSTEM, "cannot draw the map: no memory");
}

/* A maker that knows one paper only is not believed. */
static int check_paper(const struct scene *scene, const struct map_request *request,
	enum map_type type, struct error *reterr)
{
	static const double widths[MAP_PAPER_N] = {0, 297, 420, 594, 841, 1189, 338.67};

	if (request->paper == MAP_PAPER_AUTO || scene->width_mm == widths[request->paper])
		return 0;
	return error_set(reterr, ERROR_USAGE,
		"the %s sheet does not fit on this paper: leave it to the map (--paper auto)%s",
		type_names[type],
		request->paper == MAP_PAPER_SLIDE ? "; on a slide stands --type district" : "");
}

/* The sheets of the request, each of which may be drawn; the model and what is asked of them is
 * kept for an atlas. */
struct drawing {
	struct scene *scenes[SCENES_MAX];
	size_t n;
	struct sheet_request sheet;
	struct atlas *atlas;
	struct model *model;
};

static int make_scenes(const struct estate *estate, const struct map_request *request,
	struct arena *arena, struct drawing *drawing, struct error *reterr)
{
	const enum map_type *types = request->type == MAP_BOTH ? both : &request->type;
	int n = request->type == MAP_BOTH ? (int)ARRAY_SIZE(both) : 1;
	struct sheet_request *sheet = &drawing->sheet;
	int r = model_make(estate, arena, &drawing->model, reterr);

	*sheet = (struct sheet_request){.title = request->title,
		.scope = request->scope,
		.marking = request->marking,
		.total = (unsigned int)n,
		.language = request->language,
		.paper = request->paper,
		.compiled_by = request->compiled_by,
		.reviewed_by = request->reviewed_by,
		.overlays = request->overlays ? request->overlays : MAP_OVERLAYS_DEFAULT};
	if (r == 0)
		r = make_title(estate, sheet, arena, reterr);
	if (r < 0)
		return r;
	drawing->model->chinese = sheet_request_chinese(sheet);
	if (request->type == MAP_ATLAS)
		return atlas_make(drawing->model, sheet, &drawing->atlas, reterr);
	for (; drawing->n < (size_t)n; drawing->n++) {
		enum map_type type = types[drawing->n];
		struct scene **scene = &drawing->scenes[drawing->n];

		sheet->number = (unsigned int)drawing->n + 1;
		r = request->paper == MAP_PAPER_SLIDE && type != MAP_DISTRICT
			    ? error_set(reterr, ERROR_USAGE,
				      "the %s sheet is no slide: on 16:9 stands --type district, this "
				      "one on a4 to a0",
				      type_names[type])
			    : makers[type](drawing->model, sheet, scene, reterr);
		if (r == 0)
			r = check_paper(*scene, request, type, reterr);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Every page is made, written and forgotten before the next. */
static int render_book(struct atlas *atlas, const struct estate *estate, struct str *out,
	struct error *reterr)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(ATLAS_ARENA_MAX);
	struct pdf *pdf;
	int r, closed;

	if (!arena)
		return error_set(reterr, ERROR_SYSTEM, "no memory");
	r = pdf_open(out, atlas->request.title, estate, &pdf, reterr);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < atlas->n_pages && r == 0; i++) {
		struct scene *scene;

		r = atlas_draw(atlas, i, arena, &scene, reterr);
		if (r == 0)
			r = pdf_add(pdf, scene, reterr);
		arena_reset(arena);
	}
	closed = pdf_close(pdf, reterr);
	return closed < 0 ? closed : r;
}

/* A page is a tab; past some, nobody finds one. */
static int render_tabs(struct atlas *atlas, const struct estate *estate, struct str *out,
	struct error *reterr)
{
	struct scene *scenes[ATLAS_TABS_MAX];
	int r = 0;

	if (atlas->n_pages > ATLAS_TABS_MAX)
		return error_set(reterr, ERROR_USAGE,
			"this atlas has %u pages, in HTML at most %d are readable: draw a .pdf",
			atlas->n_pages, ATLAS_TABS_MAX);
	for (uint32_t i = 0; i < atlas->n_pages && r == 0; i++)
		r = atlas_draw(atlas, i, atlas->model->arena, &scenes[i], reterr);
	return r < 0 ? r
		     : render_html((const struct scene *const *)scenes, atlas->n_pages, estate, out,
			       reterr);
}

static int render_atlas(struct atlas *atlas, const struct estate *estate, enum map_format format,
	struct str *out, struct error *reterr)
{
	atlas->marks = (struct sheet_marks){0};
	if (format == MAP_PDF)
		return render_book(atlas, estate, out, reterr);
	if (format == MAP_HTML)
		return render_tabs(atlas, estate, out, reterr);
	return error_set(reterr, ERROR_USAGE,
		"an atlas is a book of pages: draw a .pdf, or a .html of a small one");
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
	struct drawing drawing = {0};
	int r = arena ? make_scenes(estate, request, arena, &drawing, reterr)
		      : error_set(reterr, ERROR_SYSTEM, "no memory");

	*ret_drawn = 0;
	for (size_t i = 0; i < n && r >= 0; i++) {
		struct str out = STR_INIT(RENDER_BYTES_MAX);

		r = drawing.atlas ? render_atlas(
					    drawing.atlas, estate, files[i].format, &out, reterr)
				  : render((const struct scene *const *)drawing.scenes, drawing.n,
					    estate, request, files[i].format, &out, reterr);
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
