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
#include "mapper/sheet/overlay.h"

#define SHEET_SYMBOLS_MAX 20
#define SHEET_NOTES_MAX 12
#define SHEET_OWNERS_MAX 64 /* told in the legend */
#define SHEET_OWN_MAX 16

struct sheet_request {
	const char *title, *scope, *marking; /* NULL: none */
	const char *kind; /* "Network map", before the subtitle; NULL: the title says it */
	unsigned int number, total;	     /* sheet n of N */
	enum map_language language;
	unsigned int overlays; /* bits of enum map_overlay */
	struct map_slots *slots, *topology_slots; /* of that sheet; NULL: none */
	enum map_arrange arrange;
	uint32_t keep;	       /* the system, + 1, that is never folded; 0: none */
	const char *note; /* the first on every sheet, in its language; NULL: none */
	enum map_paper paper;
	const char *compiled_by, *reviewed_by; /* NULL: none */
	const struct atlas *atlas; /* the book that the sheet is in; NULL: none */
	const struct geography *geography; /* NULL: none */
	const struct base_map *base; /* NULL: none */
	struct map_bounds base_bounds;
	const char *map_number;
};

/* A sheet is put on the smallest good one of the first four by itself, on the others if
 * asked. */
enum sheet_paper {
	SHEET_A3,
	SHEET_A2,
	SHEET_A1,
	SHEET_A0,
	SHEET_PAPER_N,
	SHEET_A4 = SHEET_PAPER_N,
	SHEET_SLIDE,
	SHEET_PAPER_ALL
};

struct sheet_box {
	double x, y, w, h;
};

/* What the legend explains. */
struct sheet_marks {
	bool symbol[SHEET_SYMBOLS_MAX];
	bool tier[6];
	bool cii_asset, cii_badge, system, system_cii, exposure, internet, router, network,
		region;
	bool link[GRADE_N], tie, link_gone;
	bool neutral, owner_other, zone, zone_named, conduit, finding, finding_cell;
	bool owner[SHEET_OWNERS_MAX],
		owner_more;  /* codes in heads; of organisations past those */
	uint32_t age[AGE_N]; /* assets of each class */
	bool purdue_zone, band, purdue_conduit; /* of a topology in Purdue rows */
	bool change[CHANGE_N];
	bool tier_digit; /* in the corner of cells; said in a note, as the next */
	bool ports;      /* as a line of cells */
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
	double column;	      /* width of legend and title block */
	struct sheet_box map; /* the area the map may fill */
	bool chinese;	      /* Chinese alone */
	bool located;	      /* position says where on the ground something is */
	const char *map_number; /* of what is printed under the map; NULL: none */
	struct sheet_marks marks;
	bool many_cells; /* more than have titles of their own */
	uint32_t n_cut_names; /* of boxes that have no room for them */
	uint8_t *aged; /* assets that are counted in marks.age */
	uint32_t owner; /* of the box whose cells are drawn; see mark_owner_of_box() */
	bool owner_known;
	/* What is folded or left out, one sentence each; behind the last how many more there
	 * are. */
	const char *notes[SHEET_NOTES_MAX + 1];
	size_t n_notes, n_more_notes;
};

static inline bool sheet_shows(const struct sheet *sheet, enum map_overlay overlay)
{
	return overlay_on(sheet->request->overlays, overlay);
}

/* furniture.c */

/* The map area that a paper leaves, before anything is drawn. */
struct sheet_box sheet_map_area(const struct sheet_request *request, enum sheet_paper paper);
/* The papers that the request admits, the smallest first: from `first` to before `end`. */
void sheet_papers(const struct sheet_request *request, enum sheet_paper *ret_first,
	enum sheet_paper *ret_end);
const char *sheet_paper_name(enum sheet_paper paper);
/* How much larger than on A3 what is read from afar is drawn. */
double sheet_paper_scale(enum sheet_paper paper);
/* Paper, marking, title and the frame of the map. Memory of the model's arena; a sheet without
 * memory has a NULL or failed scene, which scene_check() reports at the end. */
void sheet_begin(struct sheet *sheet, const struct model *model,
	const struct sheet_request *request, enum sheet_paper paper, const char *name,
	const char *title, const char *subtitle);
/* In the sheet's language; both formats take the same values, in the same order. Of a sheet in
 * both languages notes are English. */
void sheet_note(struct sheet *sheet, const char *english, const char *chinese, ...)
	__attribute__((format(printf, 2, 4), format(printf, 3, 4)));
/* That a sheet folds more than its kind would, for the paper that was asked for, and where more
 * is drawn: on larger paper, if there is any, and in an atlas. */
void sheet_note_paper(struct sheet *sheet);
/* Legend, notes and title block. */
void sheet_end(struct sheet *sheet);
/* The same for a page of a book: its map takes the whole width and has a line of text below;
 * the last page has legend, notes and title block instead of a map. */
struct sheet_box sheet_page_area(const struct sheet_request *request, enum sheet_paper paper);
void sheet_begin_page(struct sheet *sheet, const struct model *model,
	const struct sheet_request *request, enum sheet_paper paper, const char *name,
	const char *title, const char *subtitle);
void sheet_end_page(struct sheet *sheet);
void sheet_end_last(struct sheet *sheet);
/* Whether labels are Chinese alone: asked for, and the fonts show it. */
bool sheet_request_chinese(const struct sheet_request *request);
/* A label in the sheet's language; in both, one after the other. Chinese needs fonts that show
 * it: without them every sheet is English. Memory of the model's arena. */
const char *sheet_say(const struct sheet *sheet, const char *english, const char *chinese);
const char *sheet_request_say(const struct sheet_request *request, struct arena *arena,
	const char *english, const char *chinese);

/* What a style means on this kind of sheet, for the legend; the first time it is said
 * counts. */
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
/* Of its width, what its open findings take at the lower right. */
double mark_finding_room(const struct sheet *sheet, uint32_t asset, double w, double h);
/* The pictogram of the asset's role, in ink that shows on its cell. */
void mark_role(struct sheet *sheet, uint32_t asset, double x, double y, double size);
void mark_exposure(struct sheet *sheet, uint32_t asset, double x, double y, double size);
void mark_cii_outline(struct sheet *sheet, enum scene_layer layer, uint32_t asset, double x,
	double y, double w, double h, double thickness);
/* The frame of a designated system, over its region; gone with the layer of designations. */
void mark_cii_system(struct sheet *sheet, const struct sheet_box *box, double radius);
/* For the assets drawn from now on: who answers for the box they stand in. Without it, it is
 * who answers for the asset's own system. */
void mark_owner_of_box(struct sheet *sheet, uint32_t owner);
/* The code of an organisation, open findings, the zone of a network, in a head: each a badge
 * whose right end is at x, if that overlay is on and there is something to tell. Returns the
 * width, 0 for none. */
double mark_owner(struct sheet *sheet, uint32_t owner, double x, double y, double h);
double mark_findings(struct sheet *sheet, uint32_t n, double x, double y, double h);
double mark_zone(
	struct sheet *sheet, uint32_t network, double x, double y, double h, double most);
/* The widest that the three can be. */
double mark_owner_width(const struct model *model, double h);
double mark_findings_width(double h);
/* The frame of a network in a zone, over its own. */
void mark_zone_frame(struct sheet *sheet, uint32_t network, const struct sheet_box *box);
/* The bar of an age in a box, at its lower left: longer for older, broken for never. */
void mark_age_bar(struct sheet *sheet, enum scene_layer layer, enum theme_style style,
	uint32_t asset, enum overlay_age age, const struct sheet_box *box);
/* Bar across a way through a conduit, at the end of the line from p to q. */
void mark_conduit(struct sheet *sheet, const struct scene_point *p, const struct scene_point *q,
	const char *title);

/* A filled label; its right end is at x. Returns its width. */
double mark_badge(struct sheet *sheet, enum scene_layer layer, enum theme_style style, double x,
	double y, double h, const char *text);
double mark_badge_width(double h, const char *text);

/* The kinds of sheet. 0 or ERROR_SYSTEM. */
typedef int sheet_maker(const struct model *model, const struct sheet_request *request,
	struct scene **ret_scene, struct error *reterr);
sheet_maker sheet_topology, sheet_district, sheet_exposure, sheet_business, sheet_address_space,
	sheet_region, sheet_layers, sheet_bridges;
/* slide.c: the systems as cards, on a slide. */
sheet_maker sheet_slide;

#endif
