/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mapper's door: from a snapshot of the inventory to pictures. Reads nothing but the
 * estate; the same estate and request give the same bytes.
 */
#ifndef MAPPER_MAPPER_H
#define MAPPER_MAPPER_H

#include "common/error.h"
#include "common/model/estate.h"
#include "common/str.h"
#include "common/siphash.h"
#include "common/model/geography.h"

struct base_map; /* mapper/ground/base.h */

enum map_type {
	MAP_TOPOLOGY, /* networks, the routers between them, hosts inside */
	MAP_DISTRICT, /* sector > system > subnet > one cell per asset */
	MAP_EXPOSURE, /* the Internet's side facing the systems */
	MAP_BUSINESS, /* key business > systems > suppliers, with boundaries */
	MAP_ADDRESS_SPACE, /* prefixes on Hilbert curves */
	MAP_REGION,   /* systems by administrative division */
	MAP_LAYERS,   /* geographic, network, actor and business plane */
	MAP_BRIDGES,  /* assets that stand in several networks, between them */
	MAP_ATLAS,    /* a page per system, zones, indexes, legend: a book with links */
	MAP_BOTH,     /* the two sheets after each other: pages, or tabs in HTML */
	MAP_TYPE_N
};

/* What lies over the map, each a bit of map_request.overlays. */
enum map_overlay {
	MAP_OVERLAY_CII = 1 << 0,	     /* outline, badge, number on the list */
	MAP_OVERLAY_TIER = 1 << 1,	     /* the ramp of protection tiers */
	MAP_OVERLAY_EXPOSURE = 1 << 2,	     /* reachable from the Internet */
	MAP_OVERLAY_RESPONSIBILITY = 1 << 3, /* who operates or manages */
	MAP_OVERLAY_ZONES = 1 << 4,	     /* zones, "one centre, three protects", Purdue */
	MAP_OVERLAY_FINDINGS = 1 << 5,	     /* open points of review */
	MAP_OVERLAY_CHANGE = 1 << 6,	     /* new, gone, changed since the other day */
	MAP_OVERLAY_AGE = 1 << 7,	     /* how old the evidence is */
};
#define MAP_OVERLAYS_ALL (2u * MAP_OVERLAY_AGE - 1)
#define MAP_OVERLAYS_NONE (1u << 31) /* asked for nothing, where 0 asks for the usual */
#define MAP_OVERLAYS_DEFAULT                                                                  \
	(MAP_OVERLAY_CII | MAP_OVERLAY_TIER | MAP_OVERLAY_EXPOSURE | MAP_OVERLAY_RESPONSIBILITY)

enum map_language { MAP_BOTH_LANGUAGES, MAP_ENGLISH, MAP_CHINESE };

/* How the topology is laid out; by itself in Purdue rows if every network has a level. */
enum map_arrange { MAP_ARRANGE_AUTO, MAP_ARRANGE_FREE, MAP_ARRANGE_PURDUE };

/* From GRAPHML on for other programs: one sheet, the first of those that a type has. */
enum map_format {
	MAP_SVG,
	MAP_PDF,
	MAP_PNG,
	MAP_HTML,
	MAP_GRAPHML,
	MAP_GEXF,
	MAP_DOT,
	MAP_JSON,
	MAP_FORMAT_N
};

/* Where the last sheet of this map had everything, and where this one has it: opaque
 * bytes, which whoever draws a map again and again keeps between. */
struct map_slots {
	const uint8_t *bytes; /* borrowed; NULL: there was none, and all is laid out anew */
	size_t size;
	struct str kept; /* str_done() by the caller; empty if nothing is to be kept */
};
#define MAP_SLOTS_MAX (64u << 20)

/* The smallest good one of A3 to A0, or this one. */
enum map_paper {
	MAP_PAPER_AUTO,
	MAP_PAPER_A4,
	MAP_PAPER_A3,
	MAP_PAPER_A2,
	MAP_PAPER_A1,
	MAP_PAPER_A0,
	MAP_PAPER_SLIDE, /* 16:9, 13.33 x 7.5 in: systems, never single assets */
	MAP_PAPER_N
};

/* Degrees at the edges of a base map's viewBox, if it is of plain longitude and latitude. */
struct map_bounds {
	double west, south, east, north; /* all 0: not known */
};

struct map_request {
	enum map_type type;
	const char *title;   /* NULL: made from the realm */
	const char *scope;   /* what was surveyed, for the title block; NULL: none */
	const char *marking; /* classification marking, top and bottom; NULL: none */
	unsigned int dpi;    /* PNG; 0: 144 */
	enum map_language language;
	/* Of the district and of the topology sheet; NULL: nothing is taken over, nothing
	 * kept. */
	struct map_slots *slots, *topology_slots;
	enum map_paper paper;
	const char *compiled_by, *reviewed_by; /* for the title block; NULL: none */
	const struct geography *geography; /* shapes for the region sheet; NULL: the grid */
	const struct base_map *base; /* under the regions; NULL: none */
	struct map_bounds base_bounds; /* a base with shapes over it needs them */
	const char *map_number; /* review number (GS number), which a base needs; NULL: none */
	unsigned int overlays; /* bits of enum map_overlay; 0: MAP_OVERLAYS_DEFAULT */
	enum map_arrange arrange;
	const char *focus; /* asset, system or network to draw around (focus.h); NULL: all */
	unsigned int hops; /* of that; 0: 1 */
	enum estate_redaction redaction; /* see mapper/redact.h; what it hides is in no file */
	struct siphash_key redaction_key; /* the same key gives the same pseudonyms */
};

/* Format by the suffix of the path; ERROR_USAGE lists those there are. */
int map_format_of(const char *path, enum map_format *ret_format, struct error *reterr);
const char *map_type_name(enum map_type type);
int map_type_parse(const char *name, enum map_type *ret_type, struct error *reterr);
/* "cii,tier", "all", "none"; ERROR_USAGE lists those there are. */
int map_overlays_parse(const char *list, unsigned int *ret_overlays, struct error *reterr);

/* "auto", "a4" to "a0", "16:9"; "both", "en", "zh". */
int map_paper_parse(const char *name, enum map_paper *ret_paper, struct error *reterr);
int map_language_parse(const char *name, enum map_language *ret_language, struct error *reterr);

/* Draws onto `path` (written aside and renamed; "-" not accepted for PNG and PDF). */
int map_draw(const struct estate *estate, const struct map_request *request,
	enum map_format format, const char *path, struct error *reterr);

/* Appends the drawing to `out` instead, to be set into another file. */
int map_render(const struct estate *estate, const struct map_request *request,
	enum map_format format, struct str *out, struct error *reterr);

#define MAP_FILES_MAX 16

/* Draws the same sheets onto several paths, laid out once, each in the format of its suffix;
 * a suffix that is none is refused before anything is written. Stops at the first failure;
 * `ret_drawn` says how many, from the first on, are published. ERROR_USAGE for no path or more
 * than MAP_FILES_MAX. */
int map_draw_all(const struct estate *estate, const struct map_request *request,
	const char *const *paths, size_t n, size_t *ret_drawn, struct error *reterr);

#endif
