/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The atlas: the estate as a book of pages of one size. Overview, contents, what changed since
 * the other day if there is one, a page for each zone, the pages of the systems with every
 * asset once, what has no system, indexes of assets and services, legend. What stands on which
 * page is settled before the first one is drawn, so that references lead forwards too; then
 * pages are drawn one after the other, each in memory of its own.
 */
#ifndef MAPPER_SHEET_ATLAS_H
#define MAPPER_SHEET_ATLAS_H

#include "mapper/sheet/district.h"
#include "mapper/sheet/sheet.h"

#define ATLAS_PAGES_MAX 20000
#define ATLAS_NAME_MAX 12	    /* "p20000" */
#define ATLAS_ARENA_MAX (1ul << 30) /* of one page */

enum atlas_kind {
	ATLAS_OVERVIEW,
	ATLAS_CONTENTS,
	ATLAS_CHANGES, /* one line for each asset that is new, changed or gone */
	ATLAS_ZONE,
	ATLAS_SYSTEM, /* or what has none */
	ATLAS_ASSETS, /* index */
	ATLAS_SERVICES,
	ATLAS_LEGEND
};

struct atlas_page {
	enum atlas_kind kind;
	uint32_t subject;     /* system or zone, MODEL_NONE for assets without a system */
	uint32_t first, n;    /* of what its kind lists */
	uint32_t part, parts; /* of the pages of one subject, from 1 on */
	double scale;	      /* of the entries of assets */
	double height;	      /* of the columns, as a part of the page's */
};

/* A protocol and product of services, with the pages they are on. */
struct atlas_service {
	const char *protocol, *product;
	uint32_t count;	   /* services */
	uint32_t first, n; /* into service_pages */
};

struct atlas {
	const struct model *model;
	struct sheet_request request; /* of every page, but for its number */
	enum sheet_paper paper;
	bool any_paper;		     /* none was asked for */
	struct district_cell *cells; /* all assets, by sector, system, network and address */
	uint32_t n_cells;
	struct atlas_page *pages;
	uint32_t n_pages;
	char (*names)[ATLAS_NAME_MAX]; /* of the scenes; the number follows the first letter */
	uint32_t *page_of_asset;       /* index into pages */
	uint32_t *page_of_system;      /* its first; the last is for what has none */
	uint32_t *by_page; /* systems in order of their pages, without assets last */
	uint32_t *by_name; /* assets in order of their names */
	uint32_t *zone_of_network;
	uint32_t *by_zone;    /* cells of networks in zones, by zone, network, address */
	uint32_t *zone_first; /* into by_zone, one more than zones */
	uint32_t *zone_page;
	uint32_t *changed; /* cells of assets that changed, in their order */
	uint32_t n_changed;
	struct change_counts changes;
	struct atlas_service *services;
	uint32_t n_services;
	uint32_t *service_pages;
	uint32_t first_changes, first_index, first_services; /* pages */
	struct sheet_marks marks;	      /* of the pages drawn so far, for the legend */
};

/* Memory of the model's arena. ERROR_SYSTEM without, or for more than ATLAS_PAGES_MAX pages;
 * ERROR_USAGE for a slide. */
int atlas_make(const struct model *model, const struct sheet_request *request,
	struct atlas **ret_atlas, struct error *reterr);
/* Draws page `i`, in memory of `arena`; the pages in their order, for the legend is the last.
 */
int atlas_draw(struct atlas *atlas, uint32_t i, struct arena *arena, struct scene **ret_scene,
	struct error *reterr);
/* The name of the scene where a system is opened (MODEL_NONE: what has none), or NULL. */
const char *atlas_page_of_system(const struct atlas *atlas, uint32_t system);

/* atlas_page.c and atlas_list.c: each fills the area of a page from `first` on and returns how
 * many it holds, at least one if there are any; without a sheet it only counts. */
typedef uint32_t atlas_filler(
	const struct atlas *atlas, const struct atlas_page *page, struct sheet *sheet);
atlas_filler atlas_fill_system, atlas_fill_zone;
atlas_filler atlas_fill_contents, atlas_fill_changes, atlas_fill_assets, atlas_fill_services;
/* Lines of the table of contents. */
uint32_t atlas_n_contents(const struct atlas *atlas);
/* "-> 37": a number that leads to a page; returns its width. */
double atlas_reference(const struct atlas *atlas, struct sheet *sheet, uint32_t page, double x,
	double y, double pt, enum scene_anchor anchor, const char *before);
/* The place of a link on the sheet. */
void atlas_link(const struct atlas *atlas, struct sheet *sheet, uint32_t page, double x,
	double y, double w, double h);

#endif
