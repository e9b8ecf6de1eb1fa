/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the topology sheet share: super nodes (a system's region with its networks,
 * a network that stands free, a router, or what was folded), the boxes in them, the links
 * between boxes, and the level of detail that the boxes are drawn at.
 */
#ifndef MAPPER_SHEET_TOPOLOGY_H
#define MAPPER_SHEET_TOPOLOGY_H

#include "mapper/sheet/route.h"
#include "mapper/sheet/sheet.h"

#include <math.h>

#define TOPOLOGY_SUPERS_MAX 150 /* more than that on one sheet is a tangle */
#define TOPO_BLOCKS_FROM 24	/* as many are placed one by one, with every line */

enum topo_kind { TOPO_SYSTEM, TOPO_NETWORK, TOPO_JOINT, TOPO_FOLD };

/* How the boxes are arranged within the super nodes and those among themselves. */
enum topo_arrange { TOPO_ROWS, TOPO_COLUMNS, TOPO_SQUARE, TOPO_WIDE, TOPO_ARRANGE_N };

/* How much of a host is shown; tables from large to small. */
struct topo_level {
	double cell;			     /* side of the mark */
	double name_pt, address_pt, more_pt; /* 0: not shown */
	double text_w, row_h;		     /* most width of the text; height of a host */
	double head_pt;			     /* name of a network */
	bool pictogram;
	bool counts; /* nothing but numbers in a network */
};

extern const struct topo_level topo_levels[];
extern const size_t topo_n_levels, topo_n_named_levels;

struct topo_box {
	enum topo_kind kind;
	uint32_t index; /* network or joint; MODEL_NONE for a fold */
	uint32_t super;
	uint32_t n_networks, n_assets, n_cii, n_exposed; /* folded */
	uint32_t n_systems;				 /* folded whole */
	const char *sector; /* of those; NULL: networks without system */
	uint32_t joint;	    /* that those hang on; MODEL_NONE: of any */
	struct change_counts changes;
	double x, y, w, h; /* first against its super node, then on the sheet */
	uint32_t columns;
	double column_w;
};

struct topo_super {
	enum topo_kind kind;
	uint32_t system; /* TOPO_SYSTEM */
	uint32_t first_box, n_boxes;
	double x, y, w, h;
	double limit; /* where its shelves end, from which its width follows */
	bool linked;
	bool away; /* not placed yet: in nobody's way, and its links do not count */
};

/* Where a super node stood on an earlier sheet: steps of the raster against the area. Two of a
 * block have the same place and size, and stand in it. */
struct topo_was {
	uint64_t key;
	uint32_t x, y, w, h;   /* of its block, or its own */
	uint32_t in_x, in_y;   /* in its block */
	uint32_t column;       /* of its block, TOPO_NO_COLUMN for a router */
	uint32_t own_w, own_h, limit; /* steps too */
	bool gone;	       /* not on the last sheet, but on one before */
	uint32_t rank;	       /* in the order in which they were kept */
};
#define TOPO_NO_COLUMN 0xffff

/* An earlier sheet. */
struct topo_kept {
	struct topo_was *nodes; /* by key */
	uint32_t n, n_there;
	enum sheet_paper paper;
	size_t level, limits; /* of detail; of what is folded */
	enum topo_arrange arrange;
	bool blocks, squeezed;
	uint64_t settings; /* of the request */
	double tangle; /* of a sheet laid out anew, when that was last done */
};

struct topo_edge {
	uint32_t a, b; /* boxes */
	enum link_layer layer;
	enum evidence_grade grade;
	uint32_t count, tie;
	uint32_t net;	  /* the box whose bus it is part of, + 1; 0: none */
	uint8_t sides;	  /* where the bus arrives, as route_line has it */
	uint32_t conduit; /* of the estate, + 1; 0: none */
	bool gone;
};

enum topo_text { TOPO_TEXT_NAME, TOPO_TEXT_ADDRESS, TOPO_TEXT_MORE, TOPO_TEXT_N };

struct topo_blocks;

struct topo_band {
	double level, y, h;
};

struct topo {
	const struct model *model;
	struct topo_super *supers;
	struct topo_box *boxes; /* by super node */
	struct topo_edge *edges;
	uint32_t n_supers, n_boxes, n_edges;
	const struct sheet_request *request; /* its language; overlays take room in heads */
	double *widest; /* per network and topo_text, millimetres per point; 0: not measured */
	uint32_t *box_of_network, *box_of_joint; /* MODEL_NONE: not drawn */
	uint32_t folded_networks, folded_systems, folded_joints, folded_assets, dropped_edges;
	uint32_t thin_lines, thin_links; /* between systems or networks: too weak to be drawn */
	struct topo_blocks *blocks;	 /* NULL: super nodes are placed one by one */
	struct topo_band *bands;	 /* by Purdue level, top to bottom; NULL: none */
	uint32_t *band_of;		 /* per super node; a router stands under it */
	double strip;			 /* at the left of bands, for their names */
	uint32_t n_bands, first_zone;	 /* the system that stands for the first zone */
	uint32_t hidden_conduits;	 /* a zone of which has no network */
	bool squeezed; /* folded beyond what a sheet may have, for its paper */
	const struct topo_was **was; /* per super node, NULL in it: new; NULL: laid out anew */
	double was_step;	     /* of the raster then */
	bool was_sized;		     /* at this level of detail: sizes stay */
	bool was_columns;	     /* the columns of blocks do */
	enum topo_grow { TOPO_GROW_LEAST, TOPO_GROW_DOWN, TOPO_GROW_ACROSS, TOPO_GROW_N } grow;
};

/* Super nodes that stand together. `ground` is the sheet as the placing sees it: a super node
 * with one box for each block, and the links between blocks. */
struct topo_blocks {
	struct topo ground;
	uint32_t *members, *first; /* super nodes by block; the routers of one come first */
	uint32_t *column; /* per super node: of its block, from 0; MODEL_NONE for a router */
	const struct topo_was **home; /* per block: the first of its members that has a place */
	double *drift; /* per block, x and y: how far half of those stand from where they stood
			  in it */
	bool *loose;   /* per block: they have no slots, and drift whatever others do */
};

struct topo_plan {
	const struct topo_level *level;
	enum topo_arrange arrange;
	const char *engine;
	bool sideways;
	double step, gap;
};

/* A sheet as it is to be drawn. */
struct topo_sheet {
	struct topo *topo;
	struct topo_plan plan;
	enum sheet_paper paper;
	size_t limits;	/* what is folded */
	double tangle;	/* as it would be if laid out anew: what the next sheet is held to */
	bool forgotten; /* of what was kept, too little is left to begin with */
};

/* How much is on a sheet; past that the least important is folded. */
struct topo_limits {
	uint32_t supers;   /* super nodes, at most TOPOLOGY_SUPERS_MAX */
	uint32_t networks; /* boxes in one system */
};

#define TOPO_LIMITS_N 9

/* topology_fold.c: super nodes, boxes and edges of the model; what `kept` (or NULL) shows is
 * folded after what it does not. -1 without memory. */
int topo_make(const struct model *model, const struct sheet_request *request,
	const struct topo_limits *limits, const struct topo_kept *kept, struct topo **ret_topo);

/* topology_size.c: sizes of boxes and super nodes; boxes against their super node. */
void topo_size(struct topo *topo, const struct topo_plan *plan);
/* What the hosts take at least, square millimetres: nothing is measured for it. */
double topo_least_area(const struct topo *topo, const struct topo_level *level);
double topo_frame_head(const struct topo_level *level);
double topo_box_head(
	const struct topo *topo, const struct topo_box *box, const struct topo_level *level);
double topo_head_text_w(
	const struct topo_level *level); /* a name in a head is fitted to this */
/* A number on the list is fitted to this. */
double topo_designation_w(const struct topo_level *level);
#define TOPO_PAD 2.0 /* between the border of a box and what is in it */
double topo_small_pt(double pt);
/* What a host says besides its name; memory of the model's arena, "" without. */
const char *topo_host_address(const struct model *model, const struct model_place *place);
const char *topo_host_more(const struct model *model, const struct model_place *place);
/* In the language of the sheet; both formats take the same values. "" without memory. */
const char *topo_say(const struct topo *topo, const char *english, const char *chinese, ...)
	__attribute__((format(printf, 2, 4), format(printf, 3, 4)));
/* What stands often and must be short: in Chinese on a Chinese sheet, else in English. */
const char *topo_brief(const struct topo *topo, const char *english, const char *chinese);
const char *topo_tier_text(const struct topo *topo, unsigned int tier);
const char *topo_assets_text(const struct topo *topo, unsigned int n);
/* The two lines of a joint or a fold. */
const char *topo_box_title(const struct topo *topo, const struct topo_box *box);
const char *topo_box_subtitle(const struct topo *topo, const struct topo_box *box);

/* topology_block.c: what hangs on a router stands with it. -1 without memory. */
int topo_make_blocks(struct topo *topo);
/* Members against their block, and the sizes of blocks. */
void topo_arrange_blocks(struct topo *topo, const struct topo_plan *plan);
/* Once blocks stand where they stay: everything in them on the sheet. */
void topo_settle_blocks(struct topo *topo);
/* What is placed: blocks where there are such. */
static inline struct topo *topo_ground(struct topo *topo)
{
	return topo->blocks ? &topo->blocks->ground : topo;
}

/* topology_place.c: sizes, and positions on the map area: of `blocks->ground` if there are
 * blocks. True if everything fits. */
bool topo_place(struct topo *topo, const struct topo_plan *plan, const struct sheet_box *area,
	char *why);
/* A length of an earlier sheet, in steps of this one. */
static inline double topo_was_mm(const struct topo *topo, uint32_t steps, double step)
{
	return ceil(steps * topo->was_step / step - 1e-6) * step;
}
/* The raster of a map area, and the part of it in which super nodes stand. */
double topo_step(const struct sheet_box *map);
struct sheet_box topo_area(const struct sheet_box *map, double step);

/* topology_keep.c: what an earlier sheet kept. NULL: nothing, or nothing that this request can
 * use. */
const struct topo_kept *topo_kept_read(
	const struct model *model, const struct sheet_request *request);
const struct topo_was *topo_was_of(const struct topo_kept *kept, uint64_t key);
/* Whether it was kept by a request like this one, with the same things over the map. */
bool topo_kept_of(const struct topo_kept *kept, const struct sheet_request *request);
/* By what it stands for: never by an index. */
uint64_t topo_system_key(const struct model *model, uint32_t system);
uint64_t topo_network_key(const struct model *model, uint32_t network);
uint64_t topo_super_key(const struct topo *topo, uint32_t super);
/* What is on this sheet, and behind it what was on `kept` and is gone: the newest
 * TOPO_GONE_MAX. */
void topo_keep(const struct topo *topo, const struct topo_kept *kept,
	const struct topo_plan *plan, enum sheet_paper paper, size_t limits, double tangle);
#define TOPO_GONE_MAX 150

/* topology_stay.c: which of them stood on an earlier sheet; false if fewer than half of these
 * or of those did, which is nothing to begin with. */
bool topo_remember(struct topo *topo, const struct topo_kept *kept);
/* After that: sizes and places as they were, what is new near what it is linked to. False if
 * there is no room. */
bool topo_stay(struct topo *topo, const struct topo_kept *kept, const struct topo_plan *plan,
	enum sheet_paper paper);

/* topology_purdue.c: zones in bands by level. The model to use then has zones where systems
 * were, from the number of systems on; NULL, and -1, without memory. */
bool purdue_wanted(const struct model *model, enum map_arrange arrange);
struct model *purdue_model(const struct model *model);
int purdue_make(struct topo *topo, uint32_t first_zone);
bool purdue_place(
	struct topo *topo, const struct topo_plan *plan, const struct sheet_box *area);
void purdue_draw(const struct topo *topo, struct sheet *sheet);
/* The bars of a conduit's line where it enters its zones; sizes 0 for none. */
void purdue_draw_bars(const struct topo *topo, const struct route_line *line,
	const struct topo_edge *edge, struct sheet *sheet, struct sheet_box bars[2]);

/* topology_polish.c: moves super nodes one by one to where their links are shorter and cross
 * less, within the area. Bounded; deterministic. */
void topo_polish(struct topo *topo, const struct topo_plan *plan, const struct sheet_box *area);
/* Moves the whole to the middle of the area. */
void topo_center(struct topo *topo, const struct topo_plan *plan, const struct sheet_box *area);
/* With its boxes, to there. */
void topo_move(struct topo *topo, uint32_t super, double x, double y);
/* Whether it has a place there, with that gap around it. */
bool topo_is_free(const struct topo *topo, uint32_t super, double x, double y, double gap);
/* To the free place where it makes the least tangle; false if none was found. */
bool topo_seat(struct topo *topo, uint32_t super, const struct topo_plan *plan,
	const struct sheet_box *area);
/* The better of two placings has the smaller. */
double topo_tangle(const struct topo *topo, const struct sheet_box *area);

/* What the zone of a network takes below its name; 0 where zones are not shown. */
double topo_zone_h(
	const struct topo *topo, const struct topo_box *box, const struct topo_level *level);

/* topology_zones.c: bars where links pass a conduit, and a note of those that none passes. */
void topo_draw_conduits(
	const struct topo *topo, const struct route_line *lines, struct sheet *sheet);

/* topology_draw.c */
int topo_draw(const struct topo *topo, const struct topo_plan *plan, struct sheet *sheet,
	struct error *reterr);

#endif
