/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Styles and symbols: data in mapper/themes, compiled in by mapper/themes/embed.py. Colours,
 * line widths and pictograms are named there and nowhere else; layout and writers know them by
 * the indexes below. Colours keep their distance in grey and under the three colour-vision
 * deficiencies (a test measures it).
 */
#ifndef MAPPER_THEMES_THEME_H
#define MAPPER_THEMES_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define THEME_NONE 0xffffffffu /* no fill, no stroke */

enum theme_style {
	THEME_SHEET,	    /* paper */
	THEME_FURNITURE,    /* title block, frames, legend boxes */
	THEME_MARKING,	    /* classification marking band */
	THEME_REGION,	    /* sector or other outermost region */
	THEME_SYSTEM,	    /* a system's box */
	THEME_SYSTEM_CII,   /* the same, designated: the clear outline */
	THEME_SUBNET,	    /* a subnet's box */
	THEME_SUBNET_HEAD,  /* the band with its name */
	THEME_INTERNET,	    /* the Internet's side: region or band */
	THEME_ROUTER,	    /* plate under a router that joins subnets */
	THEME_HOST,	    /* a pictogram on light ground */
	THEME_HOST_ON_DARK, /* the same on a cell of tier 4 or 5 */
	THEME_CELL_NEUTRAL, /* a cell where tiers are not shown */
	THEME_CELL_UNRATED, /* district cells, by protection tier */
	THEME_CELL_TIER1,
	THEME_CELL_TIER2,
	THEME_CELL_TIER3,
	THEME_CELL_TIER4,
	THEME_CELL_TIER5,
	THEME_CII_CASING,  /* white line inside the CII outline */
	THEME_CII_OUTLINE, /* red outline of one asset */
	THEME_CII_BADGE,   /* filled badge, text in THEME_TEXT_ON_DARK */
	THEME_BADGE,	   /* neutral badge: tier of a system, counts */
	THEME_EXPOSURE,	   /* orange triangle, black edge */
	THEME_OWNER,	   /* across the corner of an asset that another answers for */
	THEME_OWNER_CASING,
	THEME_OWNER_BADGE, /* code of an organisation, text in THEME_TEXT; so the next two */
	THEME_FINDING,	   /* open points of review */
	THEME_ZONE_BADGE,
	THEME_ZONE,    /* the frame of a network in a zone */
	THEME_CONDUIT, /* bar across a zone's boundary */
	THEME_AGE,     /* bar as long as the evidence is old */
	THEME_AGE_ON_DARK,
	THEME_CHANGE, /* plus and diamond, the cross of what is gone */
	THEME_CHANGE_ON_DARK,
	THEME_CHANGE_PLATE, /* under a mark in the corner of a cell */
	THEME_CELL_GONE,    /* where an asset stood */
	THEME_LINK_GONE,
	THEME_LINK_MEASURED, /* links by evidence grade */
	THEME_LINK_CLAIMED,
	THEME_LINK_ATTESTED,
	THEME_LINK_DERIVED,
	THEME_TIE,	/* the same asset drawn in two places */
	THEME_LINK_END, /* where a link ends at a box */
	THEME_SPACE,	/* addresses that no subnet of the register holds */
	THEME_USE1,	/* addresses by the number of assets there */
	THEME_USE2,
	THEME_USE3,
	THEME_USE4,
	THEME_CURVE,	  /* the order in which a curve runs */
	THEME_TILE,	  /* an administrative division */
	THEME_TILE_EMPTY, /* one without systems */
	THEME_SHAPE,	  /* outline of a division, as the user's file has it */
	THEME_LEADER,	  /* from a card to the place it is about */
	THEME_BASE1,	  /* fills of the user's base map, from the lightest on */
	THEME_BASE2,
	THEME_BASE3,
	THEME_BASE4,
	THEME_BASE5,
	THEME_BASE_LINE, /* its lines, dark and light ones */
	THEME_BASE_LINE_LIGHT,
	THEME_PLANE,	 /* edge of one of the four layers */
	THEME_CROSS,	 /* relation between layers */
	THEME_CROSS_CII, /* the same, of a designated system */
	THEME_BUSINESS,	 /* business sheet: a business, the same if it is a key one */
	THEME_BUSINESS_KEY,
	THEME_SUPPLIER,
	THEME_EXTERNAL,		/* a system of somebody else */
	THEME_BOUNDARY,		/* around what the maximum boundary takes in */
	THEME_BOUNDARY_DECIDED, /* and the decided one */
	THEME_NEED_ESSENTIAL,	/* support and dependency, by strength */
	THEME_NEED_IMPORTANT,
	THEME_NEED_SUPPORTING,
	THEME_NEED_CROSS, /* dependency on another sector; as wide as its strength */
	THEME_RISK_BADGE, /* exposed administration, remote maintenance, industrial protocol */
	THEME_TEXT,	  /* fill is the text colour */
	THEME_TEXT_QUIET,
	THEME_TEXT_ON_DARK,
	THEME_TEXT_ON_CELL, /* on one of tier 4 or 5, whose colour a page may take away */
	THEME_TEXT_CII,
	THEME_LINK_AREA, /* nothing to see: the place of a link */
	THEME_STYLE_N
};

struct theme_style_row {
	const char *name;   /* CSS class: "cell-tier3" */
	uint32_t fill;      /* 0xRRGGBB or THEME_NONE */
	uint32_t stroke;
	double stroke_mm;
	double dash_mm[2];  /* on, off; 0, 0 for solid */
};

/* A pictogram in the unit square (0..1, y down). Path grammar: M x y, L x y,
 * C x1 y1 x2 y2 x y, Z; absolute coordinates, one space between words. Filled with the style's
 * fill by the non-zero winding rule (holes run the other way round), then stroked with its
 * stroke, if it has one. */
struct theme_symbol {
	const char *name;   /* asset_role_name(), "exposure" or "internet" */
	const char *label, *label_zh; /* for the legend */
	const char *path;
	bool filled;        /* else only stroked */
};

extern const struct theme_style_row theme_styles[THEME_STYLE_N];
extern const struct theme_symbol theme_symbols[];
extern const size_t theme_n_symbols;

/* Index of a symbol by name; the index of "unknown" if there is none. */
size_t theme_symbol_find(const char *name);

#endif
