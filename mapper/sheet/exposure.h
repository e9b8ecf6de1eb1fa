/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the exposure sheet share: a card for each system with something exposed or
 * a supplier's way in, its rows from the most to the least urgent, and how they are placed.
 */
#ifndef MAPPER_SHEET_EXPOSURE_H
#define MAPPER_SHEET_EXPOSURE_H

#include "mapper/sheet/sheet.h"

struct exposure_row {
	uint32_t card, service; /* MODEL_NONE: a supplier's way in */
	uint32_t supply;
	uint8_t rank; /* unjustified, expired, justified; then by kind */
};

struct exposure_card {
	uint32_t system; /* MODEL_NONE: of assets without */
	const char *name;
	uint32_t first_row, n_rows, n_shown;
	uint32_t by_ledger[3]; /* enum estate_ledger */
	uint32_t n_remote;
	double x, y, h;
	bool designated, placed;
};

struct exposure {
	const struct model *model;
	const struct sheet_request *request;
	struct exposure_row *rows; /* by card, then urgency */
	struct exposure_card *cards;
	uint32_t *parent; /* per super node of the model: the one nearer to the Internet */
	uint32_t n_rows, n_cards;
	uint32_t n_folded_rows, n_folded_cards, n_folded_exits, n_expired, n_unjustified;
	double pt, band_w, column_w, gap;
	struct sheet_box area;
};

double exposure_head_h(double pt);
double exposure_row_h(double pt);
/* "administration" and the like: what should not face the Internet at all. */
bool exposure_kind_is_risk(const char *kind);

/* exposure_draw.c */
void exposure_draw(struct exposure *exposure, struct sheet *sheet);

#endif
