/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The topology sheet: networks, the routers between them, hosts inside. Looks for the smallest
 * paper on which every host keeps its name, then for the most detail that fits at all, and
 * among the ways to arrange it takes the least tangled.
 */
#include "mapper/sheet/topology.h"

#include "common/cleanup.h"
#include "mapper/layout/layout.h"

#include <math.h>
#include <stdio.h>

#define GAP_STEPS 5
#define LEVELS_TRIED 2 /* besides the largest that fits */
#define LEVEL_PRICE 0.25
#define WAYS_OF_MANY 3
#define WAYS_OF_ZONES 4
#define LINES_MAX 500 /* of one sheet; with more nobody follows one */

#define BLOCKS_STAY_FROM (TOPO_BLOCKS_FROM * 3 / 4)
#define BLOCKS_COME_FROM (TOPO_BLOCKS_FROM * 5 / 4)
/* A sheet on the places of the last may be so much more tangled than a new one. */
#define WORSE 1.5
#define WORSE_LEAST 2.0 /* crossings that are no reason for it */
#define POLISHED_EACH_MAX 40 /* super nodes; beyond, only the chosen placing is polished */

static const struct {
	const char *engine;
	bool sideways;
	enum topo_arrange arrange;
} ways[] = {
	{"dot", false, TOPO_ROWS},
	{"neato", false, TOPO_SQUARE},
	{"dot", true, TOPO_COLUMNS},
	{"dot", false, TOPO_SQUARE},
	{"dot", true, TOPO_SQUARE},
	{"neato", true, TOPO_SQUARE},
};

struct search {
	struct topo *topo;
	struct sheet_box map;
	double step;
	struct topo_plan best;
	double least; /* cost of the best, INFINITY while nothing fits */
	char *why;
};

/* Every way at one level of detail; `price` is what the level costs against the largest. */
static void try_level(struct search *s, const struct topo_level *level, double price)
{
	struct sheet_box area = topo_area(&s->map, s->step);
	static const enum topo_arrange in_bands[WAYS_OF_MANY] = {
		TOPO_WIDE, TOPO_ROWS, TOPO_SQUARE};
	struct topo *ground = topo_ground(s->topo);
	size_t n;

	/* Many super nodes take long: there the first ways have to do. */
	n = ground->n_supers <= POLISHED_EACH_MAX && !ground->bands
		    ? sizeof(ways) / sizeof(ways[0])
		    : WAYS_OF_MANY;
	for (size_t i = 0; i < n; i++) {
		struct topo_plan plan = {.level = level,
			.arrange = ground->bands ? in_bands[i] : ways[i].arrange,
			.engine = ways[i].engine,
			.sideways = ways[i].sideways,
			.step = s->step,
			.gap = GAP_STEPS * s->step};
		double cost;

		if (!topo_place(s->topo, &plan, &area, s->why))
			continue;
		if (ground->n_supers <= POLISHED_EACH_MAX && !ground->bands)
			topo_polish(ground, &plan, &area);
		cost = topo_tangle(ground, &area) * price;
		if (cost < s->least) {
			s->least = cost;
			s->best = plan;
		}
	}
}

/* The largest level that fits and the next ones, if they are so much less tangled. */
static bool try_paper(struct search *s, size_t from, size_t to)
{
	struct topo *ground = topo_ground(s->topo);
	struct sheet_box area;
	size_t first = to, tried;

	s->least = INFINITY;
	s->step = topo_step(&s->map);
	/* Many super nodes take long to lay out: there the first that fits is taken. */
	tried = ground->n_supers <= POLISHED_EACH_MAX ? LEVELS_TRIED : 0;
	for (size_t l = from; l < to && l <= first + tried; l++) {
		try_level(s, &topo_levels[l],
			first < l ? 1 + LEVEL_PRICE * (double)(l - first) : 1);
		if (isfinite(s->least) && first == to)
			first = l;
	}
	if (!isfinite(s->least))
		return false;
	area = topo_area(&s->map, s->step);
	if (!topo_place(s->topo, &s->best, &area, s->why))
		return false;
	if (ground->bands)
		return true;
	topo_polish(ground, &s->best, &area);
	topo_center(ground, &s->best, &area);
	if (s->topo->blocks)
		topo_settle_blocks(s->topo);
	return true;
}

static bool find_plan(struct topo *topo, const struct sheet_request *request,
	struct topo_plan *ret_plan, enum sheet_paper *ret_paper, char *why)
{
	/* With names on any paper first, then without. */
	const size_t from[] = {0, topo_n_named_levels},
		     to[] = {topo_n_named_levels, topo_n_levels};
	struct search s = {.topo = topo, .why = why};
	enum sheet_paper first, end;

	sheet_papers(request, &first, &end);
	for (int pass = 0; pass < 2; pass++)
		for (int paper = first; paper < (int)end; paper++) {
			s.map = sheet_map_area(request, (enum sheet_paper)paper);
			if (!try_paper(&s, from[pass], to[pass]))
				continue;
			*ret_paper = (enum sheet_paper)paper;
			*ret_plan = s.best;
			return true;
		}
	return false;
}

static void add_notes(struct sheet *sheet, const struct topo *topo, const char *why)
{
	if (topo->folded_networks > 0)
		sheet_note(sheet,
			"Folded to keep the sheet readable: %u networks with %u assets.",
			"为便于阅读，已折叠 %u 个网络，含 %u 个资产。", topo->folded_networks,
			topo->folded_assets);
	if (topo->folded_systems > 0)
		sheet_note(sheet, "Systems whose networks are folded: %u.",
			"网络被折叠的系统：%u 个。", topo->folded_systems);
	if (topo->folded_joints > 0)
		sheet_note(sheet, "Routers not drawn: %u, with %u links.",
			"未绘出的路由设备：%u 台，连接 %u 条。", topo->folded_joints,
			topo->dropped_edges);
	if (topo->squeezed)
		sheet_note_paper(sheet);
	if (topo->hidden_conduits > 0)
		sheet_note(sheet, "Conduits of zones without a network here, not drawn: %u.",
			"所连区域在此无网络而未绘出的管道：%u 条。", topo->hidden_conduits);
	if (topo->thin_lines > 0)
		sheet_note(sheet,
			"Between systems and networks only the strongest flows, cables and "
			"ties are "
			"drawn; not drawn: %u lines, for %u of them.",
			"系统与网络之间只绘出最强的流、线缆与同一资产关系；未绘出 %u 条线，计 "
			"%u 项。",
			topo->thin_lines, topo->thin_links);
	if (topo->model->n_inner_links > 0)
		sheet_note(sheet, "Links inside one network are not drawn: %u.",
			"同一网络内部的连接未绘出：%u 条。", topo->model->n_inner_links);
	if (why[0])
		sheet_note(sheet, "Arranged in rows: %s.", "按行排列：%s。", why);
}

static void draw_empty(struct sheet *sheet)
{
	mark_text(sheet, SCENE_LABELS, THEME_TEXT_QUIET, sheet->map.x + sheet->map.w / 2,
		sheet->map.y + sheet->map.h / 2, 14, SCENE_MIDDLE, false,
		sheet_say(sheet, "The inventory holds no assets for this map yet.",
			"台账中尚无可绘制的资产。"),
		sheet->map.w * 0.9);
}

static const struct topo_limits limits[TOPO_LIMITS_N] = {{TOPOLOGY_SUPERS_MAX, 40},
	{TOPOLOGY_SUPERS_MAX, 12}, {TOPOLOGY_SUPERS_MAX, 4}, {TOPOLOGY_SUPERS_MAX, 1}, {80, 1},
	{40, 1}, {20, 1}, {12, 1}, {8, 1}};

/* Rather fewer networks of a system, and then fewer of all, than no map: with the most that fit
 * on any paper. Zones in rows are not folded further. 1: nothing fits. */
static int make(const struct model *model, const struct sheet_request *request, bool purdue,
	struct topo_sheet *ret, char *why)
{
	const struct model *drawn = purdue ? purdue_model(model) : model;
	uint32_t readable = 0; /* super nodes that do not have too many lines */
	bool fits = false;

	for (size_t i = 0; i < (purdue ? WAYS_OF_ZONES : TOPO_LIMITS_N) && !fits; i++) {
		struct topo *topo;

		if (!drawn || topo_make(drawn, request, &limits[i], NULL, &topo) < 0 ||
			(purdue && purdue_make(topo, model->estate->n_systems) < 0) ||
			(!purdue && topo->n_supers > TOPO_BLOCKS_FROM &&
				topo_make_blocks(topo) < 0))
			return -1;
		if (topo->n_edges > LINES_MAX && !purdue && i + 1 < TOPO_LIMITS_N)
			continue;
		readable = readable ? readable : limits[i].supers;
		topo->squeezed = limits[i].supers < readable;
		ret->topo = topo;
		ret->limits = i;
		fits = topo->n_boxes == 0 ||
		       find_plan(topo, request, &ret->plan, &ret->paper, why);
	}
	return fits ? 0 : 1;
}

/* ---- on the places of an earlier sheet ---- */

static double tangle_of(const struct topo_sheet *s, const struct sheet_request *request)
{
	struct sheet_box map = sheet_map_area(request, s->paper),
			 area = topo_area(&map, s->plan.step);

	return topo_tangle(topo_ground(s->topo), &area);
}

/* The same detail on the same paper, else on larger ones, else arranged in another way, else
 * less detail, of the levels before `to`. */
static bool find_room(const struct topo_kept *kept, const struct sheet_request *request,
	size_t from, size_t to, struct topo_sheet *s)
{
	const enum topo_arrange ways_in[] = {
		kept->arrange, TOPO_SQUARE, TOPO_COLUMNS, TOPO_ROWS};
	size_t per_level = (ARRAY_SIZE(ways_in)) * SHEET_PAPER_N;
	enum sheet_paper first, end;

	sheet_papers(request, &first, &end);
	for (size_t i = from * per_level; i < to * per_level; i++) {
		enum sheet_paper paper = (enum sheet_paper)(kept->paper + i % SHEET_PAPER_N);
		enum topo_arrange arrange = ways_in[i % per_level / SHEET_PAPER_N];
		struct sheet_box map;

		if (paper >= end ||
			(i % per_level >= SHEET_PAPER_N && arrange == kept->arrange))
			continue;
		map = sheet_map_area(request, paper);
		s->paper = paper;
		s->plan = (struct topo_plan){.level = &topo_levels[i / per_level],
			.arrange = arrange,
			.step = topo_step(&map),
			.gap = GAP_STEPS * topo_step(&map)};
		if (topo_stay(s->topo, kept, &s->plan, paper))
			return true;
	}
	return false;
}

/* Whether places are of use to what is to be drawn, in whatever detail. */
static bool may_stay(const struct topo_sheet *s)
{
	return !s->forgotten && s->topo->n_boxes > 0 && s->topo->n_edges <= LINES_MAX;
}

/* 0: everything stands where it stood or near it. 1: it has to be laid out anew. */
static int stay(const struct model *model, const struct sheet_request *request,
	const struct topo_kept *kept, struct topo_sheet *ret)
{
	struct topo *topo;

	ret->limits = kept->limits;
	if (topo_make(model, request, &limits[kept->limits], kept, &topo) < 0)
		return -1;
	/* One more or less is no reason to arrange everything in another way. */
	if (topo->n_supers > (kept->blocks ? BLOCKS_STAY_FROM : BLOCKS_COME_FROM) &&
		topo_make_blocks(topo) < 0)
		return -1;
	ret->topo = topo;
	topo->squeezed = kept->squeezed;
	ret->forgotten = !topo_remember(topo, kept);
	if (!may_stay(ret) ||
		!find_room(kept, request, kept->level,
			kept->level < topo_n_named_levels ? topo_n_named_levels : topo_n_levels,
			ret))
		return 1;
	ret->tangle = kept->tangle;
	return 0;
}

/* So much more tangled that nobody is helped by places. A difference of two days stands on
 * those of the first, however tangled that is. */
static bool worse(const struct model *model, const struct sheet_request *request,
	const struct topo_sheet *sheet, double anew)
{
	return !model->estate->other_us &&
	       tangle_of(sheet, request) > WORSE * anew + WORSE_LEAST;
}

/* Laid out anew if that is so much less tangled than on the places of the last sheet, or has
 * names where those leave no room for them. 1: nothing fits. */
static int make_anew(const struct model *model, const struct sheet_request *request,
	const struct topo_kept *kept, bool stays, struct topo_sheet *ret, char *why)
{
	struct topo_sheet anew = {.forgotten = ret->forgotten};
	int r = make(model, request, false, &anew, why);
	bool nameless = r == 0 && anew.topo->n_boxes > 0 &&
			anew.plan.level >= &topo_levels[topo_n_named_levels];

	if (r != 0)
		return stays ? 0 : r;
	if (!stays && kept && may_stay(ret) && nameless && kept->level < topo_n_named_levels)
		stays = find_room(kept, request, topo_n_named_levels, topo_n_levels, ret);
	anew.tangle = anew.topo->n_boxes > 0 ? tangle_of(&anew, request) : 0;
	if (stays && !worse(model, request, ret, anew.tangle))
		ret->tangle = anew.tangle;
	else
		*ret = anew;
	return 0;
}

static int make_free(const struct model *model, const struct sheet_request *request,
	struct topo_sheet *ret, char *why)
{
	const struct topo_kept *kept = topo_kept_read(model, request);
	int r = kept ? stay(model, request, kept, ret) : 1;

	if (r == 1 || (r == 0 && worse(model, request, ret, ret->tangle)))
		r = make_anew(model, request, kept, r == 0, ret, why);
	/* A sheet on a paper of its own, or with other things over it, does not move what
	 * stands on the others. */
	if (r == 0 && request->topology_slots && request->paper == MAP_PAPER_AUTO &&
		ret->topo->n_boxes > 0 &&
		(!kept || ret->forgotten || topo_kept_of(kept, request)))
		topo_keep(ret->topo, kept, &ret->plan, ret->paper, ret->limits, ret->tangle);
	return r;
}

int sheet_topology(const struct model *model, const struct sheet_request *request,
	struct scene **ret_scene, struct error *reterr)
{
	char why[LAYOUT_WHY_MAX] = "";
	bool wanted = purdue_wanted(model, request->arrange), purdue = wanted;
	struct topo_sheet made = {.paper = SHEET_A3};
	struct sheet sheet;
	int r = purdue ? make(model, request, true, &made, why) : 1;

	if (r == 1) { /* rows are wide: better no rows than no map */
		purdue = false;
		r = make_free(model, request, &made, why);
	}
	if (r != 0)
		return r < 0 ? error_set(reterr, ERROR_SYSTEM,
				       "cannot draw the topology sheet: no memory")
			     : error_set(reterr, request->paper ? ERROR_USAGE : ERROR_SYSTEM,
				       "cannot draw the topology sheet: %u networks do not fit on "
				       "%s; leave the paper to the map (--paper auto), or draw "
				       "the district map",
				       model->n_networks,
				       request->paper ? "this paper"
						      : sheet_paper_name(SHEET_A0));
	sheet_begin(&sheet, model, request, made.paper, "topology", request->title,
		purdue ? sheet_request_say(request, model->arena,
				 "Topology: zones by Purdue level, and the conduits between "
				 "them",
				 "拓扑图：按普渡模型分层的区域与管道")
		       : sheet_request_say(request, model->arena,
				 "Topology: networks and the routers between them",
				 "拓扑图：网络与路由"));
	if (wanted && !purdue)
		sheet_note(&sheet, "Not in Purdue rows, which do not fit on %s.",
			"图幅 %s 放不下普渡分层，未按层排列。",
			request->paper ? sheet_paper_name(made.paper) : "A0");
	else if (request->arrange == MAP_ARRANGE_PURDUE && !purdue)
		sheet_note(&sheet, "Not in Purdue rows: no network has a level.",
			"未按普渡模型分层：没有网络定级。");
	if (sheet.scene && made.topo->n_boxes > 0)
		r = topo_draw(made.topo, &made.plan, &sheet, reterr);
	else if (sheet.scene)
		draw_empty(&sheet);
	if (r < 0)
		return r;
	add_notes(&sheet, made.topo, why);
	sheet_end(&sheet);
	*ret_scene = sheet.scene;
	return scene_check(sheet.scene, reterr);
}
