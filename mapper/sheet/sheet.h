/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sheet: a scene with its furniture (marking, title, title block, legend) around a map area.
 * The kinds of sheet fill the map area and say which marks they used; the legend shows exactly
 * those. Lengths are millimetres.
 */
#ifndef MAPPER_SHEET_SHEET_H
#define MAPPER_SHEET_SHEET_H

#include "mapper/mapper.h"
#include "mapper/scene/scene.h"
#include "mapper/sheet/model.h"

#define SHEET_SYMBOLS_MAX 16
#define SHEET_NOTES_MAX 8
#define SHEET_OWN_MAX 12

struct sheet_request {
	const char *title, *scope, *marking; /* NULL: none */
	const char *kind; /* "Network map", before the subtitle; NULL: the title says it */
	unsigned int number, total;	     /* sheet n of N */
	enum map_language language;
	unsigned int overlays; /* bits of enum map_overlay */
};

enum sheet_paper { SHEET_A3, SHEET_A2, SHEET_A1, SHEET_A0, SHEET_PAPER_N };

struct sheet_box {
	double x, y, w, h;
};

/* What the legend explains. */
struct sheet_marks {
	bool symbol[SHEET_SYMBOLS_MAX];
	bool tier[6];
	bool cii_asset, cii_badge, system, system_cii, exposure, internet, router, network,
		region;
	bool link[GRADE_N], tie;
	bool tier_digit; /* in the corner of cells; said in a note */
	struct {
		enum theme_style style;
		bool line;
		const char *text;
	} own[SHEET_OWN_MAX]; /* marks of this kind of sheet alone; see sheet_explain() */
	size_t n_own;
};

struct sheet {
	struct scene *scene;
	const struct model *model;
	const struct sheet_request *request;
	enum sheet_paper paper;
	double k;	      /* size of furniture against that of an A3 sheet */
	struct sheet_box map; /* the area the map may fill */
	struct sheet_marks marks;
	const char *notes[SHEET_NOTES_MAX]; /* what is folded or left out, one sentence each */
	size_t n_notes;
};

/* furniture.c */

/* The map area that a paper leaves, before anything is drawn. */
struct sheet_box sheet_map_area(const struct sheet_request *request, enum sheet_paper paper);
/* Paper, marking, title and the frame of the map. Memory of the model's arena; a sheet without
 * memory has a NULL or failed scene, which scene_check() reports at the end. */
void sheet_begin(struct sheet *sheet, const struct model *model,
	const struct sheet_request *request, enum sheet_paper paper, const char *name,
	const char *title, const char *subtitle);
/* In the sheet's language; both formats take the same values, in the same order. Of a sheet in
 * both languages notes are English. */
void sheet_note(struct sheet *sheet, const char *english, const char *chinese, ...)
	__attribute__((format(printf, 2, 4), format(printf, 3, 4)));
/* Legend, notes and title block. */
void sheet_end(struct sheet *sheet);
/* A label in the sheet's language; in both, one after the other. Chinese needs fonts that show
 * it: without them every sheet is English. Memory of the model's arena. */
const char *sheet_say(const struct sheet *sheet, const char *english, const char *chinese);
const char *sheet_request_say(const struct sheet_request *request, struct arena *arena,
	const char *english, const char *chinese);

/* What a style means on this kind of sheet, for the legend; the first time it is said counts. */
void sheet_explain(struct sheet *sheet, enum theme_style style, bool line, const char *english,
	const char *chinese);

/* marks.c: each draws a mark and remembers it for the legend. */

/* Text fitted to a width; draws nothing if it would be smaller than is printed or empty.
 * Returns the width it takes. */
double mark_text(struct sheet *sheet, enum scene_layer layer, enum theme_style style, double x,
	double baseline, double size_pt, enum scene_anchor anchor, bool bold, const char *text,
	double width);
enum theme_style mark_cell_style(uint8_t tier);
/* A cell in the colour of the asset's tier, with the CII outline if it has one. */
void mark_cell(struct sheet *sheet, uint32_t asset, double x, double y, double w, double h);
/* The pictogram of the asset's role, in ink that shows on its cell. */
void mark_role(struct sheet *sheet, uint32_t asset, double x, double y, double size);
void mark_exposure(struct sheet *sheet, uint32_t asset, double x, double y, double size);
void mark_cii_outline(struct sheet *sheet, enum scene_layer layer, uint32_t asset, double x,
	double y, double w, double h, double thickness);
/* The frame of a designated system, over its region; gone with the layer of designations. */
void mark_cii_system(struct sheet *sheet, const struct sheet_box *box, double radius);
/* A filled label; its right end is at x. Returns its width. */
double mark_badge(struct sheet *sheet, enum scene_layer layer, enum theme_style style, double x,
	double y, double h, const char *text);
double mark_badge_width(double h, const char *text);

/* The kinds of sheet. 0 or ERROR_SYSTEM. */
typedef int sheet_maker(const struct model *model, const struct sheet_request *request,
	struct scene **ret_scene, struct error *reterr);
sheet_maker sheet_topology, sheet_district, sheet_exposure, sheet_business;

#endif
