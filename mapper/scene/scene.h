/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scene: everything that stands on one sheet, placed. Layout fills it, every writer draws
 * the same one, so that SVG, PDF, PNG and HTML agree by construction. Lengths are millimetres,
 * origin top left, y down; text sizes are points as printed. Items are drawn in order of layer,
 * then of insertion. All memory is the arena's.
 */
#ifndef MAPPER_SCENE_SCENE_H
#define MAPPER_SCENE_SCENE_H

#include "common/arena.h"
#include "common/error.h"
#include "mapper/themes/theme.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCENE_NO_ASSET UINT32_MAX
#define SCENE_TEXT_MIN_PT 5.0 /* nothing smaller is ever printed */

/* Back to front. Those with a label can be switched on and off in the HTML. */
enum scene_layer {
	SCENE_PAPER,
	SCENE_BASE,      /* "Base map": the user's own */
	SCENE_REGIONS,   /* "Networks and systems" */
	SCENE_LINKS,     /* "Links" */
	SCENE_ZONES,     /* "Zones and conduits" */
	SCENE_ASSETS,    /* "Assets" */
	SCENE_CII,       /* "CII designation" */
	SCENE_EXPOSURE,  /* "Internet exposure" */
	SCENE_AGE,       /* "Age of evidence" */
	SCENE_RESPONSIBILITY, /* "Responsibility" */
	SCENE_FINDINGS,  /* "Open findings" */
	SCENE_CHANGE,    /* "Change" */
	SCENE_LABELS,    /* "Names" */
	SCENE_FURNITURE, /* title block, legend, marking */
	SCENE_LAYER_N
};

const char *scene_layer_name(enum scene_layer layer);  /* CSS class: "links" */
const char *scene_layer_label(enum scene_layer layer); /* NULL: always on */

enum scene_kind { SCENE_RECT, SCENE_LINE, SCENE_SYMBOL, SCENE_TEXT, SCENE_AREA };
enum scene_anchor { SCENE_START, SCENE_MIDDLE, SCENE_END };

struct scene_point {
	double x, y;
};

struct scene_item {
	enum scene_kind kind;
	enum scene_layer layer;
	enum theme_style style;
	uint32_t asset; /* index into estate.assets whose mark this is, or SCENE_NO_ASSET */
	bool designated;     /* on a cell of a CII system: pages can colour cells by that */
	const char *title;   /* tooltip; NULL: none */
	const char *target;  /* name of the scene that a click opens; NULL: none */
	union {
		struct {
			double x, y, w, h, radius;
		} rect;
		struct {
			const struct scene_point *points;
			size_t n;
			double width_mm;    /* 0: the style's */
		} line;                     /* a polyline */
		struct {
			double x, y, size;  /* top left of the square it fills */
			uint16_t symbol;    /* index into theme_symbols */
		} symbol;
		struct {
			double x, y;        /* y is the baseline */
			double size_pt;
			enum scene_anchor anchor;
			bool bold;
			const char *text;   /* clean text, already fitted to its place */
		} text;
		struct {
			const struct scene_point *points;
			const uint32_t *ends; /* one behind the last point of each ring */
			uint32_t n_rings;
			bool even_odd;      /* what rings enclose, else by the non-zero rule */
		} area;                     /* filled, without a stroke */
	};
};

struct scene {
	struct arena *arena;     /* borrowed from whoever made the scene */
	const char *name;        /* "topology", "district": id in SVG and HTML, PDF outline */
	const char *title;
	const char *label;       /* in outlines and tabs; NULL: the name */
	const char *section;     /* an entry of the outline above it and its like; NULL: none */
	unsigned int depth;      /* in an outline: below the last one of a lesser depth */
	double width_mm, height_mm;
	struct scene_item *items;
	size_t n_items, max_items;
	bool failed; /* no memory, or SCENE_ITEMS_MAX reached; checked once, at the end */
};

#define SCENE_ITEMS_MAX 4000000

struct scene *scene_new(struct arena *arena, const char *name, const char *title,
	double width_mm, double height_mm);

/* Room for so many items; without it the scene grows by itself, at the cost of memory. */
void scene_reserve(struct scene *scene, size_t items);

/* Each returns the item, so that title and asset can be set; on failure a scratch item. */
struct scene_item *scene_rect(struct scene *scene, enum scene_layer layer,
	enum theme_style style, double x, double y, double w, double h);
struct scene_item *scene_line(struct scene *scene, enum scene_layer layer,
	enum theme_style style, const struct scene_point *points,
	size_t n); /* points are copied */
/* Rings of at least three points each; points and ends are copied. */
struct scene_item *scene_area(struct scene *scene, enum scene_layer layer,
	enum theme_style style, const struct scene_point *points, const uint32_t *ends,
	uint32_t n_rings, bool even_odd);
struct scene_item *scene_symbol(struct scene *scene, enum scene_layer layer,
	enum theme_style style, size_t symbol, double x, double y, double size);
/* The text is copied. Text smaller than SCENE_TEXT_MIN_PT fails the scene. */
struct scene_item *scene_text(struct scene *scene, enum scene_layer layer,
	enum theme_style style, double x, double y, double size_pt, enum scene_anchor anchor,
	bool bold, const char *text);

/* Whether something of one of the scenes stands in the layer. */
bool scene_has_layer(const struct scene *const *scenes, size_t n, enum scene_layer layer);
/* ERROR_SYSTEM if the scene failed. */
int scene_check(const struct scene *scene, struct error *reterr);

#endif
