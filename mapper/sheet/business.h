/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the business sheet share: businesses, systems and suppliers as nodes, what
 * each needs of the other as edges, and which systems the maximum boundary takes in.
 */
#ifndef MAPPER_SHEET_BUSINESS_H
#define MAPPER_SHEET_BUSINESS_H

#include "mapper/sheet/route.h"
#include "mapper/sheet/sheet.h"

#define BUSINESS_SYSTEMS_MAX 80 /* nodes for systems on one sheet, folds among them */
#define BUSINESS_EDGES_MAX 260

/* How many of each are on a sheet; past them the least important are folded. */
struct business_limits {
	uint32_t systems; /* nodes, folds among them */
	uint32_t kept;	  /* systems that keep a card where there are more than that */
	uint32_t businesses, suppliers, edges;
};

enum business_kind { NODE_BUSINESS, NODE_SYSTEM, NODE_SUPPLIER };
enum business_relation {
	RELATION_SUPPORT,
	RELATION_DEPENDENCY,
	RELATION_FLOW,
	RELATION_SUPPLY
};
enum business_strength {
	STRENGTH_OTHER,
	STRENGTH_SUPPORTING,
	STRENGTH_IMPORTANT,
	STRENGTH_ESSENTIAL
};

struct business_node {
	enum business_kind kind;
	uint32_t index; /* business or system, the first supply; MODEL_NONE for a fold */
	const char *name;
	uint32_t n_folded; /* how many a fold stands for */
	uint32_t n_assets, n_exposed, n_unjustified, n_cii, roles[ASSET_ROLE_N];
	bool key, within, decided; /* something of it is within the maximum, the decided one */
	bool remote;	  /* a supplier with a way in */
	bool linked;
	double x, y, w, h;
};

struct business_edge {
	uint32_t a, b; /* nodes; a needs b */
	enum business_relation relation;
	enum business_strength strength;
	const char *words; /* the strength as the register says */
	uint32_t count;
	bool cross; /* between systems of different sectors */
};

struct business_graph {
	const struct model *model;
	struct business_node *nodes;
	struct business_edge *edges;
	uint32_t n_nodes, n_edges, dropped_edges;
	/* Systems with something in a maximum, a decided boundary; of the former, those that no
	 * boundary of the register takes in. */
	uint32_t n_within, n_decided, n_reckoned;
	uint32_t n_folded_systems, n_folds, n_folded_businesses, n_folded_suppliers;
	bool by_sector;
	bool derived; /* the register has some; of other systems the maximum is reckoned */
};

/* business_graph.c: the limits of the largest sheet first, each next with about half of it. -1
 * without memory. */
extern const struct business_limits business_limits[];
extern const size_t n_business_limits;
int business_graph_make(const struct model *model, const struct business_limits *limits,
	struct business_graph **ret_graph);

/* business_draw.c: the size of a card at a size of text, and the whole sheet. */
void business_size(const struct sheet_request *request, const struct business_graph *graph,
	struct business_node *node, double pt, double step);
int business_draw(const struct business_graph *graph, double pt, double step,
	struct sheet *sheet, struct error *reterr);

#endif
