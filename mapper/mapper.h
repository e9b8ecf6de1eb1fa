/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mapper's door: from a snapshot of the inventory to pictures. Reads nothing but the
 * estate; the same estate and request give the same bytes.
 */
#ifndef MAPPER_MAPPER_H
#define MAPPER_MAPPER_H

#include "common/error.h"
#include "common/model/estate.h"

enum map_type {
	MAP_TOPOLOGY, /* networks, the routers between them, hosts inside */
	MAP_DISTRICT, /* sector > system > subnet > one cell per asset */
	MAP_EXPOSURE, /* the Internet's side facing the systems */
	MAP_BUSINESS, /* key business > systems > suppliers, with boundaries */
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
#define MAP_OVERLAYS_DEFAULT (MAP_OVERLAY_CII | MAP_OVERLAY_TIER | MAP_OVERLAY_EXPOSURE)

enum map_language { MAP_BOTH_LANGUAGES, MAP_ENGLISH, MAP_CHINESE };

enum map_format { MAP_SVG, MAP_PDF, MAP_PNG, MAP_HTML, MAP_FORMAT_N };

struct map_request {
	enum map_type type;
	const char *title;   /* NULL: made from the realm */
	const char *scope;   /* what was surveyed, for the title block; NULL: none */
	const char *marking; /* classification marking, top and bottom; NULL: none */
	unsigned int dpi;    /* PNG; 0: 144 */
	enum map_language language;
	unsigned int overlays; /* bits of enum map_overlay; 0: MAP_OVERLAYS_DEFAULT */
};

/* Format by the suffix of the path; ERROR_USAGE lists those there are. */
int map_format_of(const char *path, enum map_format *ret_format, struct error *reterr);
const char *map_type_name(enum map_type type);
int map_type_parse(const char *name, enum map_type *ret_type, struct error *reterr);

/* Draws onto `path` (written aside and renamed; "-" not accepted for PNG and PDF). */
int map_draw(const struct estate *estate, const struct map_request *request,
	enum map_format format, const char *path, struct error *reterr);

#define MAP_FILES_MAX 16

/* Draws the same sheets onto several paths, laid out once, each in the format of its suffix;
 * a suffix that is none is refused before anything is written. Stops at the first failure;
 * `ret_drawn` says how many, from the first on, are published. ERROR_USAGE for no path or more
 * than MAP_FILES_MAX. */
int map_draw_all(const struct estate *estate, const struct map_request *request,
	const char *const *paths, size_t n, size_t *ret_drawn, struct error *reterr);

#endif
