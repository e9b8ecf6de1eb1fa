/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the region sheet share: tiles, each an administrative division (or another
 * text that says where), with the systems of organisations there, counted by sector and tier.
 */
#ifndef MAPPER_SHEET_REGION_H
#define MAPPER_SHEET_REGION_H

#include "common/model/geography.h"
#include "mapper/data/divisions.h"
#include "mapper/sheet/sheet.h"

#define REGION_OTHERS_MAX 14 /* tiles besides the grid; what is more shares the last */
#define REGION_PREFECTURES_MAX 99

struct region_count {
	const char *name;
	uint32_t n, n_cii;
};

struct region_tile {
	const char *label, *code; /* code: "" if it is not one */
	int column, row;	  /* -1: has no place in the grid */
	uint32_t shape;		  /* of the geography */
	uint32_t n_systems, n_cii, n_exposed, tiers[6];
	struct region_count *sectors, *parts; /* parts: prefectures inside, by code */
	uint32_t n_sectors, n_parts;
};

enum region_mode { REGION_PROVINCES, REGION_PREFECTURES, REGION_SHAPES };

struct region {
	const struct model *model;
	const struct sheet_request *request;
	enum region_mode mode;
	struct region_tile *tiles;
	uint32_t n_tiles, n_grid; /* those of the grid come first */
	uint32_t *tile_of;	  /* per system; MODEL_NONE: on none */
	int columns, rows;
	uint32_t n_systems, n_folded, n_lost; /* folded: texts; lost: systems without a shape */
	uint32_t n_unplaced;		      /* cards that found no room */
	uint32_t n_silent;		      /* tiles without room for one sector */
	uint32_t n_hidden; /* tiles without systems that would lie on the base map */
};

/* region.c: -1 without memory. */
int region_make(const struct model *model, const struct sheet_request *request,
	struct region **ret_region);
/* Of a code's first two digits; NULL if it is no code. */
const struct division *region_division(const char *code);

/* region_draw.c */
double region_tile_height(const struct region_tile *tile, uint32_t sectors, double k);
void region_draw(struct region *region, struct sheet *sheet);
/* What a tile says, into a box: as many sectors as have room. */
void region_draw_tile(struct region *r, struct sheet *sheet, const struct region_tile *tile,
	const struct sheet_box *box);
/* region_base.c: the user's base map, and where its viewBox lies on the sheet. */
struct sheet_box region_base_box(const struct base_map *base, struct sheet_box map, double k);
void region_draw_base(struct sheet *sheet);
/* region_shapes.c: the outlines of the user's file, with a card for each that has systems. */
void region_draw_shapes(struct region *region, struct sheet *sheet);

#endif
