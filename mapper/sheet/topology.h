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
	bool gone;
};

enum topo_text { TOPO_TEXT_NAME, TOPO_TEXT_ADDRESS, TOPO_TEXT_MORE, TOPO_TEXT_N };

struct topo {
	const struct model *model;
	struct topo_super *supers;
	struct topo_box *boxes; /* by super node */
	struct topo_edge *edges;
	uint32_t n_supers, n_boxes, n_edges;
	double *widest; /* per network and topo_text, millimetres per point; 0: not measured */
	uint32_t *box_of_network, *box_of_joint; /* MODEL_NONE: not drawn */
	uint32_t folded_networks, folded_systems, folded_joints, folded_assets, dropped_edges;
};

/* How the boxes are arranged within the super nodes and those among themselves. */
enum topo_arrange { TOPO_ROWS, TOPO_COLUMNS, TOPO_SQUARE };

struct topo_plan {
	const struct topo_level *level;
	enum topo_arrange arrange;
	const char *engine;
	bool sideways;
	double step, gap;
};

/* topology_fold.c: super nodes, boxes and edges of the model, with at most `most` boxes in one
 * system. -1 without memory. */
int topo_make(const struct model *model, uint32_t most, struct topo **ret_topo);

/* topology_size.c: sizes of boxes and super nodes; boxes against their super node. */
void topo_size(struct topo *topo, const struct topo_plan *plan);
/* What the hosts take at least, square millimetres: nothing is measured for it. */
double topo_least_area(const struct topo *topo, const struct topo_level *level);
double topo_frame_head(const struct topo_level *level);
double topo_box_head(
	const struct topo *topo, const struct topo_box *box, const struct topo_level *level);
#define TOPO_HEAD_TEXT_MAX 62.0 /* a name in a head is fitted to this */
#define TOPO_PAD 2.0 /* between the border of a box and what is in it */
double topo_small_pt(double pt);
/* What a host says besides its name; memory of the model's arena, "" without. */
const char *topo_host_address(const struct model *model, const struct model_place *place);
const char *topo_host_more(const struct model *model, const struct model_place *place);
/* The two lines of a joint or a fold. */
const char *topo_box_title(const struct topo *topo, const struct topo_box *box);
const char *topo_box_subtitle(const struct topo *topo, const struct topo_box *box);
/* "CII 5", "" if there is none. */
const char *topo_cii_text(const struct model *model, uint32_t n);

/* topology_place.c: positions on the map area. True if everything fits. */
bool topo_place(struct topo *topo, const struct topo_plan *plan, const struct sheet_box *area,
	char *why);

/* topology_polish.c: moves super nodes one by one to where their links are shorter and cross
 * less, within the area. Bounded; deterministic. */
void topo_polish(struct topo *topo, const struct topo_plan *plan, const struct sheet_box *area);
/* Moves the whole to the middle of the area. */
void topo_center(struct topo *topo, const struct topo_plan *plan, const struct sheet_box *area);
/* The better of two placings has the smaller. */
double topo_tangle(const struct topo *topo, const struct sheet_box *area);

/* topology_draw.c */
int topo_draw(const struct topo *topo, const struct topo_plan *plan, struct sheet *sheet,
	struct error *reterr);

#endif
