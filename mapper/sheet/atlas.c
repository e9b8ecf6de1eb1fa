/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plans the atlas and draws its pages; see atlas.h. The pages of a kind are planned by the very
 * functions that draw them, so that a page holds what was counted. Draws no asset itself.
 */
#include "mapper/sheet/atlas.h"

#include "common/cleanup.h"
#include "common/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HEIGHT_STEP 0.05
#define INDEX_LARGE 1.5

static const double scales[] = {1.8, 1.4, 1.0};

const char *atlas_page_of_system(const struct atlas *atlas, uint32_t system)
{
	uint32_t n = atlas->model->estate->n_systems;
	uint32_t page = atlas->page_of_system[system < n ? system : n];

	return page == MODEL_NONE ? NULL : atlas->names[page];
}

/* ---- what the pages list ---- */

static int by_name(const void *a, const void *b, void *closure)
{
	const struct model *model = ((const struct atlas *)closure)->model;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	int c = strcasecmp(model_asset_name(model, i), model_asset_name(model, j));

	return c ? c : i < j ? -1 : i > j;
}

static uint32_t *new_numbers(const struct model *model, size_t n, bool none)
{
	uint32_t *numbers = arena_alloc(model->arena, (n + 1) * sizeof(*numbers));

	for (size_t i = 0; numbers && i <= n; i++)
		numbers[i] = none ? MODEL_NONE : (uint32_t)i;
	return numbers;
}

static int make_assets(struct atlas *a)
{
	const struct estate *e = a->model->estate;
	struct district *district;

	if (district_make(a->model, &district) < 0)
		return -1;
	a->cells = district->cells;
	a->n_cells = district->n_assets;
	a->page_of_asset = new_numbers(a->model, e->n_assets, true);
	a->page_of_system = new_numbers(a->model, e->n_systems, true);
	a->by_name = new_numbers(a->model, e->n_assets, false);
	a->by_page = new_numbers(a->model, e->n_systems, false);
	if (!a->by_page || !a->page_of_asset || !a->page_of_system || !a->by_name)
		return -1;
	qsort_r(a->by_name, e->n_assets, sizeof(*a->by_name), by_name, a);
	return 0;
}

/* In the order of the pages that they are on. */
static int make_changes(struct atlas *a)
{
	const struct estate *e = a->model->estate;

	a->changed = new_numbers(a->model, e->other_us ? a->n_cells : 0, true);
	if (!a->changed)
		return -1;
	for (uint32_t i = 0; i < a->n_cells && e->other_us; i++) {
		enum estate_change change =
			(enum estate_change)e->assets[a->cells[i].asset].change;

		change_count(&a->changes, change);
		if (change != CHANGE_NONE)
			a->changed[a->n_changed++] = i;
	}
	return 0;
}

static bool is_zone(const struct estate_zone *zone, const char *text)
{
	return text[0] && (strcasecmp(estate_text(zone->name), text) == 0 ||
				  strcasecmp(estate_text(zone->id), text) == 0);
}

static int by_zone(const void *x, const void *y, void *closure)
{
	const struct atlas *a = closure;
	uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;
	uint32_t p = a->cells[i].network, q = a->cells[j].network;
	struct addr s, t;
	int c;

	if (a->zone_of_network[p] != a->zone_of_network[q])
		return a->zone_of_network[p] < a->zone_of_network[q] ? -1 : 1;
	if (p != q)
		return p < q ? -1 : 1;
	s = model_address(a->model, a->cells[i].asset);
	t = model_address(a->model, a->cells[j].asset);
	c = addr_compare(&s, &t);
	return c ? c : i < j ? -1 : i > j;
}

static int make_zones(struct atlas *a)
{
	const struct model *m = a->model;
	const struct estate *e = m->estate;
	uint32_t n = 0, at = 0;

	a->zone_of_network = new_numbers(m, m->n_networks + 1ul, true);
	a->by_zone = new_numbers(m, a->n_cells, true);
	a->zone_first = new_numbers(m, e->n_zones, true);
	a->zone_page = new_numbers(m, e->n_zones, true);
	if (!a->zone_of_network || !a->by_zone || !a->zone_first || !a->zone_page)
		return -1;
	for (uint32_t s = 0; s < e->n_subnets; s++)
		for (uint32_t z = 0; z < e->n_zones; z++)
			if (is_zone(&e->zones[z], e->subnets[s].zone) &&
				a->zone_of_network[m->network_of_subnet[s]] == MODEL_NONE)
				a->zone_of_network[m->network_of_subnet[s]] = z;
	for (uint32_t i = 0; i < a->n_cells; i++)
		if (a->zone_of_network[a->cells[i].network] != MODEL_NONE)
			a->by_zone[n++] = i;
	qsort_r(a->by_zone, n, sizeof(*a->by_zone), by_zone, a);
	for (uint32_t z = 0; z <= e->n_zones; z++) {
		while (at < n && a->zone_of_network[a->cells[a->by_zone[at]].network] < z)
			at++;
		a->zone_first[z] = at;
	}
	return 0;
}

struct sighting {
	const char *protocol, *product;
	uint32_t page;
};

static int by_service(const void *x, const void *y)
{
	const struct sighting *a = x, *b = y;
	int c = strcasecmp(a->protocol, b->protocol);

	c = c ? c : strcasecmp(a->product, b->product);
	c = c ? c : strcmp(a->protocol, b->protocol);
	c = c ? c : strcmp(a->product, b->product);
	return c ? c : a->page < b->page ? -1 : a->page > b->page;
}

/* Needs the pages of the assets. */
static int make_services(struct atlas *a)
{
	const struct estate *e = a->model->estate;
	_cleanup_(cleanup_freep) struct sighting *seen =
		calloc((size_t)e->n_services + 1, sizeof(*seen));
	struct atlas_service *row = NULL;
	uint32_t n = 0;

	a->services = arena_alloc(
		a->model->arena, ((size_t)e->n_services + 1) * sizeof(*a->services));
	a->service_pages = new_numbers(a->model, e->n_services, true);
	if (!seen || !a->services || !a->service_pages)
		return -1;
	for (uint32_t i = 0; i < e->n_services; i++)
		seen[i] = (struct sighting){e->services[i].protocol, e->services[i].product,
			a->page_of_asset[e->services[i].asset]};
	qsort(seen, e->n_services, sizeof(*seen), by_service);
	for (uint32_t i = 0; i < e->n_services; i++) {
		if (!row || strcmp(row->protocol, seen[i].protocol) != 0 ||
			strcmp(row->product, seen[i].product) != 0) {
			row = &a->services[a->n_services++];
			*row = (struct atlas_service){
				seen[i].protocol, seen[i].product, 0, n, 0};
		}
		row->count++;
		if (row->n == 0 || a->service_pages[n - 1] != seen[i].page) {
			a->service_pages[n++] = seen[i].page;
			row->n++;
		}
	}
	return 0;
}

/* ---- the plan ---- */

static int add_page(struct atlas *a, struct atlas_page page)
{
	if (a->n_pages == ATLAS_PAGES_MAX)
		return -1;
	snprintf(a->names[a->n_pages], ATLAS_NAME_MAX, "p%u", a->n_pages + 1);
	a->pages[a->n_pages++] = page;
	return 0;
}

/* Pages of one subject until all of it is on one. */
static int add_pages(struct atlas *a, enum atlas_kind kind, uint32_t subject, uint32_t first,
	uint32_t end, atlas_filler *fill, const struct atlas_page *like)
{
	uint32_t before = a->n_pages;

	do {
		struct atlas_page page = {kind, subject, first, end - first,
			a->n_pages - before + 1, 0, like ? like->scale : 1,
			like ? like->height : 1};

		if (end > first)
			page.n = fill(a, &page, NULL);
		if (add_page(a, page) < 0 || (end > first && page.n == 0))
			return -1;
		first += page.n;
	} while (first < end);
	for (uint32_t i = before; i < a->n_pages; i++)
		a->pages[i].parts = a->n_pages - before;
	return 0;
}

static int plan_zones(struct atlas *a)
{
	int r = 0;

	for (uint32_t z = 0; z < a->model->estate->n_zones && r == 0; z++) {
		a->zone_page[z] = a->n_pages;
		r = add_pages(a, ATLAS_ZONE, z, a->zone_first[z], a->zone_first[z + 1],
			atlas_fill_zone, NULL);
	}
	return r;
}

/* Entries are as large as lets the system stand on one page. */
static int plan_system(struct atlas *a, uint32_t first, uint32_t end)
{
	uint32_t system = a->cells[first].system, n = a->model->estate->n_systems;
	uint32_t before = a->n_pages;
	struct atlas_page page = {ATLAS_SYSTEM, system, first, end - first, 1, 1, 1, 1};

	for (size_t i = 0; i < ARRAY_SIZE(scales); i++) {
		page.scale = scales[i];
		if (atlas_fill_system(a, &page, NULL) == end - first)
			break;
	}
	/* Columns of about the same length. */
	for (page.height = HEIGHT_STEP; page.height < 1; page.height += HEIGHT_STEP)
		if (atlas_fill_system(a, &page, NULL) == end - first)
			break;
	page.height = page.height < 1 ? page.height : 1;
	a->page_of_system[system < n ? system : n] = before;
	if (add_pages(a, ATLAS_SYSTEM, system, first, end, atlas_fill_system, &page) < 0)
		return -1;
	for (uint32_t p = before; p < a->n_pages; p++)
		for (uint32_t i = 0; i < a->pages[p].n; i++)
			a->page_of_asset[a->cells[a->pages[p].first + i].asset] = p;
	return 0;
}

static int by_page(const void *x, const void *y, void *closure)
{
	const uint32_t *page = closure;
	uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;

	if (page[i] != page[j])
		return page[i] < page[j] ? -1 : 1;
	return i < j ? -1 : i > j;
}

static int plan_systems(struct atlas *a)
{
	int r = 0;

	for (uint32_t i = 0, end; i < a->n_cells && r == 0; i = end) {
		for (end = i + 1;
			end < a->n_cells && a->cells[end].system == a->cells[i].system; end++)
			;
		r = plan_system(a, i, end);
	}
	qsort_r(a->by_page, a->model->estate->n_systems, sizeof(*a->by_page), by_page,
		a->page_of_system);
	return r;
}

/* As large as lets it stand on one page, too. */
static int plan_index(struct atlas *a)
{
	struct atlas_page page = {ATLAS_ASSETS, 0, 0, a->n_cells, 1, 1, INDEX_LARGE, 1};

	if (atlas_fill_assets(a, &page, NULL) < a->n_cells)
		page.scale = 1;
	return add_pages(a, ATLAS_ASSETS, 0, 0, a->n_cells, atlas_fill_assets, &page);
}

static int plan(struct atlas *a)
{
	int r = add_page(a, (struct atlas_page){.kind = ATLAS_OVERVIEW, .part = 1, .parts = 1});

	if (r == 0)
		r = add_pages(a, ATLAS_CONTENTS, 0, 0, atlas_n_contents(a), atlas_fill_contents,
			NULL);
	a->first_changes = a->n_pages;
	if (r == 0 && a->n_changed > 0)
		r = add_pages(a, ATLAS_CHANGES, 0, 0, a->n_changed, atlas_fill_changes, NULL);
	if (r == 0)
		r = plan_zones(a);
	if (r == 0)
		r = plan_systems(a);
	a->first_index = a->n_pages;
	if (r == 0 && a->n_cells > 0)
		r = plan_index(a);
	if (r == 0)
		r = make_services(a);
	a->first_services = a->n_pages;
	if (r == 0 && a->n_services > 0)
		r = add_pages(
			a, ATLAS_SERVICES, 0, 0, a->n_services, atlas_fill_services, NULL);
	if (r == 0)
		r = add_page(
			a, (struct atlas_page){.kind = ATLAS_LEGEND, .part = 1, .parts = 1});
	a->request.total = a->n_pages;
	return r;
}

int atlas_make(const struct model *model, const struct sheet_request *request,
	struct atlas **ret_atlas, struct error *reterr)
{
	struct atlas *a = arena_alloc(model->arena, sizeof(*a));
	enum sheet_paper end;

	if (request->paper == MAP_PAPER_SLIDE)
		return error_set(reterr, ERROR_USAGE,
			"an atlas names single assets and is no slide; its paper is a4 to a0");
	if (!a)
		return error_set(reterr, ERROR_SYSTEM, "cannot make the atlas: no memory");
	*a = (struct atlas){.model = model, .request = *request};
	a->request.atlas = a;
	a->any_paper = request->paper == MAP_PAPER_AUTO;
	if (a->any_paper)
		a->request.paper = MAP_PAPER_A3;
	sheet_papers(&a->request, &a->paper, &end);
	a->pages = arena_alloc(model->arena, ATLAS_PAGES_MAX * sizeof(*a->pages));
	a->names = arena_alloc(model->arena, ATLAS_PAGES_MAX * sizeof(*a->names));
	if (!a->pages || !a->names || make_assets(a) < 0 || make_changes(a) < 0 ||
		make_zones(a) < 0 || plan(a) < 0)
		return error_set(reterr, ERROR_SYSTEM,
			"cannot make the atlas of %u assets: no memory, or more than %d pages "
			"of %s",
			model->estate->n_assets, ATLAS_PAGES_MAX, sheet_paper_name(a->paper));
	*ret_atlas = a;
	return 0;
}

/* ---- one page ---- */

static const char *say(
	const struct atlas *a, struct arena *arena, const char *en, const char *zh)
{
	return sheet_request_say(&a->request, arena, en, zh);
}

static const char *zone_title(const struct estate_zone *zone)
{
	return estate_text(zone->name)[0] ? zone->name : estate_text(zone->id);
}

/* What the page is called; its scene and, in an outline, its section with it. */
static void name_page(const struct atlas *a, const struct atlas_page *page, struct arena *arena,
	const char **ret_title, const char **ret_section)
{
	const struct estate *e = a->model->estate;
	const struct estate_system *s =
		page->subject < e->n_systems ? &e->systems[page->subject] : NULL;

	*ret_section = NULL;
	switch (page->kind) {
	case ATLAS_CONTENTS:
		*ret_title = say(a, arena, "Contents", "目录");
		break;
	case ATLAS_CHANGES:
		*ret_title = say(a, arena, "Changes", "变更");
		break;
	case ATLAS_ZONE:
		*ret_title = zone_title(&e->zones[page->subject]);
		*ret_section = say(a, arena, "Zones", "安全区域");
		break;
	case ATLAS_SYSTEM:
		*ret_title = s ? model_system_name(s)
			       : say(a, arena, "Not assigned to a system", "未归属系统");
		*ret_section = !s ? *ret_title
			       : s->sector[0]
				       ? s->sector
				       : say(a, arena, "Sector not stated", "行业未注明");
		break;
	case ATLAS_ASSETS:
		*ret_title = say(a, arena, "Index of assets", "资产索引");
		break;
	case ATLAS_SERVICES:
		*ret_title = say(a, arena, "Index of services", "服务索引");
		break;
	case ATLAS_LEGEND:
		*ret_title = say(a, arena, "Legend", "图例");
		break;
	default:
		*ret_title = say(a, arena, "Overview", "总图");
	}
	if (!*ret_section && (page->kind == ATLAS_ASSETS || page->kind == ATLAS_SERVICES))
		*ret_section = *ret_title;
}

/* What the page is about, right of its title. */
static const char *subtitle_of(
	const struct atlas *a, const struct atlas_page *page, struct arena *arena)
{
	const struct estate *e = a->model->estate;
	const char *text = "";
	char since[CLOCK_TEXT_MAX];

	if (page->kind == ATLAS_SYSTEM && page->subject < e->n_systems)
		text = arena_printf(arena, "%.200s%s%.200s",
			e->systems[page->subject].organisation,
			e->systems[page->subject].organisation[0] &&
					e->systems[page->subject].sector[0]
				? " \xc2\xb7 "
				: "",
			e->systems[page->subject].sector);
	else if (page->kind == ATLAS_CHANGES) {
		clock_format(e->other_us, since);
		text = arena_printf(arena,
			sheet_request_chinese(&a->request)
				? "自 %.10s 起：新增 %u，变更 %u，消失 %u"
				: "since %.10s: %u new, %u changed, %u gone",
			since, a->changes.n[CHANGE_NEW], a->changes.n[CHANGE_CHANGED],
			a->changes.n[CHANGE_GONE]);
	}
	else if (page->kind == ATLAS_ZONE)
		text = say(a, arena, "Zone", "安全区域");
	else if (page->kind == ATLAS_ASSETS && page->n > 0)
		text = arena_printf(arena, "%.60s \xe2\x80\x93 %.60s",
			model_asset_name(a->model, a->by_name[page->first]),
			model_asset_name(a->model, a->by_name[page->first + page->n - 1]));
	if (page->parts > 1 && text)
		text = arena_printf(arena, "%s%s%u/%u", text, text[0] ? " \xc2\xb7 " : "",
			page->part, page->parts);
	return text ? text : "";
}

static void fill(const struct atlas *a, const struct atlas_page *page, struct sheet *sheet)
{
	static atlas_filler *const fillers[] = {[ATLAS_CONTENTS] = atlas_fill_contents,
		[ATLAS_CHANGES] = atlas_fill_changes,
		[ATLAS_ZONE] = atlas_fill_zone,
		[ATLAS_SYSTEM] = atlas_fill_system,
		[ATLAS_ASSETS] = atlas_fill_assets,
		[ATLAS_SERVICES] = atlas_fill_services};

	if (page->kind != ATLAS_LEGEND) {
		fillers[page->kind](a, page, sheet);
		sheet_end_page(sheet);
		return;
	}
	sheet_note(sheet,
		"Every asset stands once on the pages of its system, under the network of "
		"its lowest address; the number right of its name is the protection tier.",
		"每个资产仅在其系统分页出现一次，列于其最低地址所在的网络；名称右侧数字为安全保"
		"护等级。");
	sheet_note(sheet,
		"One entry is one asset: name and address above, product and ports below.",
		"一条为一个资产：上行名称与地址，下行产品与端口。");
	sheet_note(sheet,
		"Numbers in the indexes and after arrows are pages of this atlas: %u.",
		"索引与箭头后的数字为本图集页码，共 %u 页。", a->n_pages);
	sheet_end_last(sheet);
}

static const char *label_of(const struct atlas_page *page, const char *title,
	const char *subtitle, struct arena *arena)
{
	const char *label = title;

	if (page->kind == ATLAS_ASSETS)
		label = subtitle;
	else if (page->part > 1)
		label = arena_printf(arena, "%.200s (%u/%u)", title, page->part, page->parts);
	return label && label[0] ? label : "-";
}

/* All assets at once may need a larger sheet than the other pages, if none was asked for. */
static int draw_overview(const struct atlas *a, const struct model *model,
	struct sheet_request *request, struct scene **ret_scene, struct error *reterr)
{
	int r = sheet_district(model, request, ret_scene, reterr);

	if (r == 0 || !a->any_paper)
		return r;
	request->paper = MAP_PAPER_AUTO;
	return sheet_district(model, request, ret_scene, reterr);
}

int atlas_draw(struct atlas *a, uint32_t i, struct arena *arena, struct scene **ret_scene,
	struct error *reterr)
{
	const struct atlas_page *page = &a->pages[i];
	struct model model = *a->model;
	struct sheet_request request = a->request;
	const char *title, *section, *subtitle;
	struct sheet sheet;
	int r = 0;

	model.arena = arena;
	request.number = i + 1;
	name_page(a, page, arena, &title, &section);
	subtitle = subtitle_of(a, page, arena);
	if (page->kind == ATLAS_OVERVIEW) {
		r = draw_overview(a, &model, &request, ret_scene, reterr);
		if (r < 0)
			return r;
		(*ret_scene)->name = a->names[i];
	} else {
		request.kind = NULL;
		sheet_begin_page(
			&sheet, &model, &request, a->paper, a->names[i], title, subtitle);
		if (sheet.scene) {
			sheet.marks = a->marks; /* they add up, for the legend */
			fill(a, page, &sheet);
			a->marks = sheet.marks;
		}
		*ret_scene = sheet.scene;
	}
	if (*ret_scene) {
		(*ret_scene)->label = label_of(page, title, subtitle, arena);
		(*ret_scene)->section = section;
		(*ret_scene)->depth =
			section ? 1 + (page->part > 1 && page->kind != ATLAS_ASSETS)
				: page->part > 1;
	}
	return scene_check(*ret_scene, reterr);
}
