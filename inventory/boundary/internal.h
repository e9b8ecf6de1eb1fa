/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the walk share: the graph made ready, and one walk under way. */
#ifndef INVENTORY_BOUNDARY_INTERNAL_H
#define INVENTORY_BOUNDARY_INTERNAL_H

#include "inventory/boundary/boundary.h"

#define ZONES_ABOVE 16 /* zones that one lies within, itself among them */

/* Items of each key: those of key k stand at first[k] up to first[k + 1], in their order. */
struct groups {
	uint32_t *first, *items;
};

struct boundary_walk {
	const struct boundary_graph *graph;
	uint32_t *order;      /* flows, sorted by what they are; a rank is a place in it */
	struct groups flows;  /* ranks by asset, at both ends */
	struct groups places; /* by asset */
	struct groups assets; /* by system */
	struct groups parts;  /* systems by their parent */
	struct groups needs, supports; /* by system */
	uint32_t *pairs;               /* conduits by their zones */
	/* Of one walk, cleared after it: */
	uint32_t *slot;          /* member of an asset, or BOUNDARY_NONE */
	bool *rooted;            /* per system: it is a root */
	struct candidate *found; /* per asset, the best way to it on this level */
	uint32_t *touched, n_touched;
	uint32_t *zone_member, *subnet_member; /* first member there, or BOUNDARY_NONE */
	uint32_t n_subnets;
};

/* A way to an asset that is no member yet. Of several the least is taken. */
struct candidate {
	enum boundary_why why;
	uint32_t kind, via, rank, conduit;
};

/* A note before those that are alike become one. */
struct raw_note {
	enum boundary_note_kind kind;
	uint32_t member, flow, conduit, peer; /* peer: an asset, or BOUNDARY_NONE */
};

struct walking {
	struct boundary_walk *walk;
	const struct boundary_graph *graph;
	const struct boundary_rule *rule;
	struct boundary_set *set;
	int64_t since_us; /* flows seen before are outside of the window */
	uint32_t members_room, roots_room;
	struct raw_note *raw;
	uint32_t n_raw, raw_room;
	bool no_memory;
};

/* walk.c: what a flow is, seen from one of its ends. */
struct judgement {
	bool follows;
	enum boundary_note_kind kind;   /* why not */
	uint32_t conduit;               /* that it passes, or BOUNDARY_NONE */
	bool crossing, zone, direction; /* followed, but not sure */
};
struct judgement walking_judge(
	const struct walking *w, const struct boundary_flow *flow, uint32_t from);

/* notes.c */
void walking_note(struct walking *w, enum boundary_note_kind kind, uint32_t member,
	uint32_t flow, uint32_t conduit, uint32_t peer);
int walking_close_notes(struct walking *w);

/* protect.c */
void walking_protect(struct walking *w);

/* walk.c */
void walking_levels(struct walking *w);
uint32_t walking_add(struct walking *w, const struct boundary_member *member);
/* Sorts the members from `first` on by their assets. */
void walking_order(struct walking *w, uint32_t first);
bool walking_is_walked(const struct walking *w, const struct boundary_member *member);

#endif
