/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The marks of what changed since another day: a plus for new, a diamond for changed, a dashed
 * hollow cell with a cross for gone; shape alone tells them apart. Drawn on an estate that was
 * joined with another day, and on no other.
 */
#ifndef MAPPER_SHEET_CHANGE_H
#define MAPPER_SHEET_CHANGE_H

#include "mapper/sheet/sheet.h"

/* What a cell leaves for the mark: beside a pictogram its upper left corner. */
enum change_place { CHANGE_WHOLE_CELL, CHANGE_LOWER_LEFT, CHANGE_CORNER };

/* The change of an asset, CHANGE_NONE on a sheet of one day. */
enum estate_change change_of_asset(const struct sheet *sheet, uint32_t asset);

/* That of a cell which stands for `n` assets: of them all, or changed. */
enum estate_change change_of_cell(
	const struct sheet *sheet, const struct change_counts *counts, uint32_t n);

/* A title, and what became of the asset: that it is new, or what of it changed. */
const char *change_title(const struct sheet *sheet, uint32_t asset, const char *title);
/* As many of the changes as fit into a width, the others counted; "" if none does. */
const char *change_text(
	const struct sheet *sheet, uint32_t asset, double pt, bool bold, double width);

/* The symbol in a square, in ink that shows on a light or dark ground. */
void mark_change_symbol(struct sheet *sheet, enum scene_layer layer, enum estate_change change,
	bool dark, double x, double y, double size);
/* The mark of a change in the cell of an asset; nothing for none. */
void mark_change(struct sheet *sheet, uint32_t asset, enum estate_change change,
	enum change_place place, const struct sheet_box *cell);
/* The cell of an asset that is gone, without its mark. */
void mark_gone(struct sheet *sheet, uint32_t asset, const struct sheet_box *cell);

/* The change of a system itself, before its name. The width it takes, 0 for none. */
double mark_system_change(
	struct sheet *sheet, const struct estate_system *system, double x, double y, double h);

/* Symbols with numbers in a head, their right end at x. The width they take, 0 for no change.
 */
double mark_change_counts(
	struct sheet *sheet, const struct change_counts *counts, double x, double y, double h);
double change_counts_width(const struct change_counts *counts, double h);
/* "4 new, 3 changed, 12 gone" */
const char *change_counts_text(const struct sheet *sheet, const struct change_counts *counts);

#endif
