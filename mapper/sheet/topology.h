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

#define TOPOLOGY_SUPERS_MAX 150 /* more than that on one sheet is a tangle */
#define TOPO_BLOCKS_FROM 24	/* as many are placed one by one, with every line */

enum topo_kind { TOPO_SYSTEM, TOPO_NETWORK, TOPO_JOINT, TOPO_FOLD };

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
	bool linked;
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
};

/* Super nodes that stand together. `ground` is the sheet as the placing sees it: a super node
 * with one box for each block, and the links between blocks. */
struct topo_blocks {
	struct topo ground;
	uint32_t *members, *first; /* super nodes by block; the routers of one come first */
	uint32_t *column; /* per super node: of its block, from 0; MODEL_NONE for a router */
};

/* How the boxes are arranged within the super nodes and those among themselves. */
enum topo_arrange { TOPO_ROWS, TOPO_COLUMNS, TOPO_SQUARE, TOPO_WIDE };

struct topo_plan {
	const struct topo_level *level;
	enum topo_arrange arrange;
	const char *engine;
	bool sideways;
	double step, gap;
};

/* How much is on a sheet; past that the least important is folded. */
struct topo_limits {
	uint32_t supers;   /* super nodes, at most TOPOLOGY_SUPERS_MAX */
	uint32_t networks; /* boxes in one system */
};

/* topology_fold.c: super nodes, boxes and edges of the model. -1 without memory. */
int topo_make(const struct model *model, const struct sheet_request *request,
	const struct topo_limits *limits, struct topo **ret_topo);

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

/* topology_place.c: sizes, and positions on the map area: of `blocks->ground` if there are
 * blocks. True if everything fits. */
bool topo_place(struct topo *topo, const struct topo_plan *plan, const struct sheet_box *area,
	char *why);

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
