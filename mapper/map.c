/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mapper's door: formats and kinds by name, and the way from an estate to a published file.
 * Draws into memory first, so that a failure on the way leaves the old file as it was.
 */
#include "mapper/mapper.h"

#include "common/file.h"
#include "mapper/focus.h"
#include "mapper/redact.h"
#include "mapper/render/measure.h"
#include "mapper/render/render.h"
#include "mapper/sheet/overlay.h"
#include "mapper/sheet/atlas.h"
#include "mapper/sheet/sheet.h"
#include "mapper/sheet/words.h"

#include <string.h>
#include <strings.h>

#define MAP_ARENA_MAX (2ul << 30)
#define SCENES_MAX 16
#define ATLAS_TABS_MAX 64 /* pages of an atlas that a browser is given */
#define TITLE_ZH "网络地图"

static const char *const type_names[MAP_TYPE_N] = {"topology", "district", "exposure",
	"business", "address-space", "region", "layers", "bridges", "atlas", "both"};
static const char *const suffixes[MAP_FORMAT_N] = {
	".svg", ".pdf", ".png", ".html", ".graphml", ".gexf", ".dot", ".json"};

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
		"cannot draw a map to \"%s\": the name has to end in .svg, .pdf, .png, .html, "
		".graphml, .gexf, .dot or .json",
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
		"there is no map \"%s\": it is one of topology, district, exposure, "
		"business, address-space, region, layers, bridges, atlas, both",
		name);
}

static int parse_one_of(const char *const *names, int n, const char *name, const char *what,
	const char *all, struct error *reterr)
{
	for (int i = 0; i < n; i++)
		if (strcasecmp(names[i], name) == 0)
			return i;
	return error_set(
		reterr, ERROR_USAGE, "there is no %s \"%s\": it is one of %s", what, name, all);
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

static const struct {
	const char *name;
	unsigned int bits;
} overlay_names[] = {{"cii", MAP_OVERLAY_CII}, {"tier", MAP_OVERLAY_TIER},
	{"exposure", MAP_OVERLAY_EXPOSURE}, {"responsibility", MAP_OVERLAY_RESPONSIBILITY},
	{"zones", MAP_OVERLAY_ZONES}, {"findings", MAP_OVERLAY_FINDINGS},
	{"change", MAP_OVERLAY_CHANGE}, {"age", MAP_OVERLAY_AGE}, {"all", MAP_OVERLAYS_ALL},
	{"none", MAP_OVERLAYS_NONE}};

int map_overlays_parse(const char *list, unsigned int *ret_overlays, struct error *reterr)
{
	unsigned int bits = 0;

	for (const char *at = list;; at++) {
		size_t n = strcspn(at, ","), i = 0;

		while (i < ARRAY_SIZE(overlay_names) &&
			(strlen(overlay_names[i].name) != n ||
				strncmp(overlay_names[i].name, at, n) != 0))
			i++;
		if (i == ARRAY_SIZE(overlay_names))
			return error_set(reterr, ERROR_USAGE,
				"there is no overlay \"%.*s\": it is one of cii, tier, exposure, "
				"responsibility, zones, findings, change, age, or all, or none",
				(int)(n < 64 ? n : 64), at);
		bits |= overlay_names[i].bits;
		at += n;
		if (!*at)
			break;
	}
	if (bits & MAP_OVERLAYS_NONE && bits != MAP_OVERLAYS_NONE)
		return error_set(reterr, ERROR_USAGE,
			"the overlays \"%s\": none is none, without others", list);
	*ret_overlays = bits;
	return 0;
}

static sheet_maker *const makers[] = {[MAP_TOPOLOGY] = sheet_topology,
	[MAP_DISTRICT] = sheet_district,
	[MAP_EXPOSURE] = sheet_exposure,
	[MAP_BUSINESS] = sheet_business,
	[MAP_ADDRESS_SPACE] = sheet_address_space,
	[MAP_REGION] = sheet_region,
	[MAP_LAYERS] = sheet_layers,
	[MAP_BRIDGES] = sheet_bridges};
/* The sheets of a type that has several. */
static const enum map_type both[] = {MAP_TOPOLOGY, MAP_DISTRICT};

/* "Around historian-1, 2 hops", and what that leaves out. */
static int describe_focus(const struct focus *focus, unsigned int hops,
	struct sheet_request *sheet, struct arena *arena)
{
	const char *english = arena_printf(
		arena, "Around %.120s, %u hop%s", focus->name, hops, hops == 1 ? "" : "s");
	/* In both languages the name stands once. */
	const char *chinese = arena_printf(arena,
		sheet->language == MAP_CHINESE ? "%.120s 周围 %u 跳" : "%.0s周围 %u 跳",
		focus->name, hops);
	const char *note = arena_printf(arena,
		"Only what is within %u hop%s of %.60s. (+n): assets there that are not drawn. "
		"Beyond: %u. Within, counted and not drawn: %u. Links that lead out: %u.",
		hops, hops == 1 ? "" : "s", focus->name, focus->n_beyond, focus->n_folded,
		focus->n_links);
	const char *note_zh = arena_printf(arena,
		"仅绘出 %.60s 及其 %u 跳以内。(+n)：该处未绘出的资产数。以外：%u "
		"个；以内只计数未绘出：%u 个；通向以外的连接：%u 条。",
		focus->name, hops, focus->n_beyond, focus->n_folded, focus->n_links);

	if (!english || !chinese || !note || !note_zh)
		return -1;
	if (!sheet->title)
		sheet->title = sheet_request_say(sheet, arena, english, chinese);
	/* Notes of a sheet in both languages are English. */
	sheet->note = sheet->language == MAP_CHINESE
			      ? sheet_request_say(sheet, arena, note, note_zh)
			      : note;
	return sheet->title && sheet->note ? 0 : -1;
}

/* The estate to draw: all of it, or what lies around the request's focus. */
static int make_focus(const struct estate **estate, const struct map_request *request,
	struct sheet_request *sheet, struct arena *arena, struct error *reterr)
{
	unsigned int hops = request->hops ? request->hops : 1;
	struct focus *focus;
	int r;

	if (!request->focus)
		return 0;
	r = focus_make(*estate, request->focus, hops, arena, &focus, reterr);
	if (r < 0)
		return r;
	*estate = &focus->estate;
	if (request->redaction) /* which thing it is, is not told */
		focus->name = sheet_request_say(sheet, arena, "a part", "局部");
	sheet->keep = focus->system == ESTATE_NONE ? 0 : focus->system + 1;
	return describe_focus(focus, hops, sheet, arena) == 0
		       ? 0
		       : error_set(reterr, ERROR_SYSTEM, "cannot draw the map: no memory");
}

/* The title that every sheet bears. */
static int make_title(const struct estate *estate, struct sheet_request *sheet,
	struct arena *arena, struct error *reterr)
{
	if (sheet->title) {
		sheet->kind = sheet_request_say(sheet, arena, "Network map", TITLE_ZH);
		return 0;
	}
	sheet->title = arena_printf(arena, "Network map of %.200s",
		estate->realm[0] ? estate->realm : "this realm");
	if (sheet->title)
		sheet->title = sheet_request_say(sheet, arena, sheet->title,
			sheet_request_chinese(sheet)
				? arena_printf(arena, "%.200s %s", estate->realm, TITLE_ZH)
				: TITLE_ZH);
	return sheet->title ? 0
			    : error_set(reterr, ERROR_SYSTEM, "cannot draw the map: no memory");
}

/* The estate as this map may tell it: redacted, and without the facts of overlays that are off
 * or that the level hides. From here on nobody sees the other one. */
static int take_away(const struct map_request *request, struct arena *arena,
	const struct estate **estate, unsigned int *ret_overlays, struct error *reterr)
{
	unsigned int overlays = request->overlays ? request->overlays : MAP_OVERLAYS_DEFAULT;
	struct estate *redacted;
	int r;

	if (request->type == MAP_EXPOSURE)
		overlays = (overlays & ~(unsigned int)MAP_OVERLAYS_NONE) | MAP_OVERLAY_EXPOSURE;
	if ((*estate)->other_us)
		overlays = (overlays & ~(unsigned int)MAP_OVERLAYS_NONE) | MAP_OVERLAY_CHANGE;

	if (request->redaction) {
		r = redact_estate(*estate, request->redaction, &request->redaction_key, arena,
			&redacted, reterr);
		if (r < 0)
			return r;
		*estate = redacted;
		overlays &= redaction_overlays(request->redaction);
		overlays |= overlays ? 0 : MAP_OVERLAYS_NONE;
	}
	*ret_overlays = overlays;
	return overlay_estate(*estate, overlays, arena, estate, reterr);
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

/* What a level of redaction would leave nothing of. */
static int check_telling(const struct estate *estate, const struct map_request *request,
	struct error *reterr)
{
	if (request->redaction && request->type == MAP_ADDRESS_SPACE)
		return error_set(reterr, ERROR_USAGE,
			"the address-space sheet tells every address by its place, and cannot "
			"be redacted: draw another --type for others");
	if (request->redaction == REDACTION_PUBLIC && request->type == MAP_EXPOSURE)
		return error_set(reterr, ERROR_USAGE,
			"a map for the public does not tell what is exposed: draw another --type");
	if (request->redaction == REDACTION_PUBLIC && estate->other_us)
		return error_set(reterr, ERROR_USAGE,
			"a map for the public does not tell what changed: draw it of one day");
	return 0;
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

/* `estate` becomes what is drawn of it. */
static int make_scenes(const struct estate **estate, const struct map_request *request,
	struct arena *arena, struct drawing *drawing, struct error *reterr)
{
	const enum map_type *types = request->type == MAP_BOTH ? both : &request->type;
	int n = request->type == MAP_BOTH ? (int)ARRAY_SIZE(both) : 1;
	struct sheet_request *sheet = &drawing->sheet;
	int r;

	*sheet = (struct sheet_request){.title = request->title,
		/* Prefixes that were surveyed are addresses. */
		.scope = request->redaction ? NULL : request->scope,
		.marking = request->marking,
		.total = (unsigned int)n,
		.language = request->language,
		.paper = request->paper,
		.compiled_by = request->compiled_by,
		.reviewed_by = request->reviewed_by,
		.geography = request->geography,
		.base = request->base,
		.base_bounds = request->base_bounds,
		.map_number = request->map_number,
		.slots = request->slots,
		.topology_slots = request->topology_slots,
		.arrange = request->arrange};
	r = check_telling(*estate, request, reterr);
	if (r == 0)
		r = make_focus(estate, request, sheet, arena, reterr);
	/* What is drawn around is found by its own name, before that is taken away. */
	if (r == 0)
		r = take_away(request, arena, estate, &sheet->overlays, reterr);
	if (r == 0)
		r = model_make(*estate, arena, &drawing->model, reterr);
	if (r == 0)
		r = make_title(*estate, sheet, arena, reterr);
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
				      "the %s sheet is no slide: on 16:9 stands --type "
				      "district, this one on a4 to a0",
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
		     : render_html((const struct scene *const *)scenes, atlas->n_pages, estate,
			       out, reterr);
}

static int render_atlas(struct atlas *atlas, const struct estate *estate,
	enum map_format format, struct str *out, struct error *reterr)
{
	atlas->marks = (struct sheet_marks){0};
	if (format == MAP_PDF)
		return render_book(atlas, estate, out, reterr);
	if (format == MAP_HTML)
		return render_tabs(atlas, estate, out, reterr);
	return error_set(reterr, ERROR_USAGE,
		"an atlas is a book of pages: draw a .pdf, or a .html of a small one");
}

static int render_sheets(const struct scene *const *scenes, size_t n,
	const struct estate *estate, const struct map_request *request, enum map_format format,
	struct str *out, struct error *reterr)
{
	switch (format) {
	case MAP_SVG:
		return render_svg(scenes, n, out, reterr);
	case MAP_PDF:
		return render_pdf(scenes, n, estate, out, reterr);
	case MAP_PNG:
		return render_png(scenes, n, request->dpi ? request->dpi : 144, out, reterr);
	case MAP_GRAPHML:
		return render_graphml(scenes[0], estate, out, reterr);
	case MAP_GEXF:
		return render_gexf(scenes[0], estate, out, reterr);
	case MAP_DOT:
		return render_dot(scenes[0], estate, out, reterr);
	case MAP_JSON:
		return render_json(scenes[0], estate, out, reterr);
	default:
		return render_html(scenes, n, estate, out, reterr);
	}
}

static int render(const struct drawing *drawing, const struct estate *estate,
	const struct map_request *request, enum map_format format, struct str *out,
	struct error *reterr)
{
	return drawing->atlas ? render_atlas(drawing->atlas, estate, format, out, reterr)
			      : render_sheets((const struct scene *const *)drawing->scenes,
					drawing->n, estate, request, format, out, reterr);
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
	int r = arena ? make_scenes(&estate, request, arena, &drawing, reterr)
		      : error_set(reterr, ERROR_SYSTEM, "no memory");

	*ret_drawn = 0;
	for (size_t i = 0; i < n && r >= 0; i++) {
		struct str out = STR_INIT(RENDER_BYTES_MAX);

		r = render(&drawing, estate, request, files[i].format, &out, reterr);
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

int map_render(const struct estate *estate, const struct map_request *request,
	enum map_format format, struct str *out, struct error *reterr)
{
	_cleanup_(arena_freep) struct arena *arena = arena_new(MAP_ARENA_MAX);
	struct drawing drawing = {0};
	int r = arena ? make_scenes(&estate, request, arena, &drawing, reterr)
		      : error_set(reterr, ERROR_SYSTEM, "no memory");

	if (r >= 0)
		r = render(&drawing, estate, request, format, out, reterr);
	measure_done();
	return r < 0 ? r : 0;
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
