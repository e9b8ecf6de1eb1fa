/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the exposure sheet share: a card for each system with something exposed or
 * a supplier's way in, its rows from the most to the least urgent, how they are placed, and the
 * lines that lead to them from the Internet's side or from the exit that they pass.
 */
#ifndef MAPPER_SHEET_EXPOSURE_H
#define MAPPER_SHEET_EXPOSURE_H

#include "mapper/sheet/sheet.h"

#define EXPOSURE_TRACK 1.5    /* millimetres between lines that run beside each other */
#define EXPOSURE_SOURCES_MAX 7 /* the side as a whole, and exits with lines of their own */

struct exposure_row {
	uint32_t card, service; /* MODEL_NONE: a supplier's way in */
	uint32_t supply;
	uint8_t rank; /* unjustified, expired, justified; then by kind */
};

/* How it is known that a line leads from a source to a card; the first that holds. */
enum exposure_line {
	EXPOSURE_LINE_NONE,
	EXPOSURE_LINE_WAY,    /* over a way in that was measured */
	EXPOSURE_LINE_STATED, /* the register says that the exit serves the system */
	EXPOSURE_LINE_UNKNOWN, /* it is reached, and nobody knows how */
	EXPOSURE_LINE_REMOTE /* nothing of it is reached; a supplier has a way in */
};

struct exposure_card {
	uint32_t system; /* MODEL_NONE: of assets without */
	const char *name;
	uint32_t first_row, n_rows, n_shown;
	uint32_t by_ledger[3]; /* enum estate_ledger */
	uint32_t n_remote, column;
	uint8_t lines[EXPOSURE_SOURCES_MAX]; /* by source: enum exposure_line */
	double x, y, h;
	bool designated, placed;
};

struct exposure_exit {
	const struct estate_exit *exit;
	double y;	  /* in the band; of one that has no room there 0 */
	uint32_t source; /* 0: its lines begin at the side as a whole */
	bool leads;	  /* to a card */
};

struct exposure {
	const struct model *model;
	const struct sheet_request *request;
	struct exposure_row *rows; /* by card, then urgency */
	struct exposure_card *cards;
	uint32_t *parent; /* per super node of the model: the one nearer to the Internet */
	struct exposure_exit *exits; /* in the order in which the band lists them */
	uint32_t n_rows, n_cards, n_sources;
	uint32_t n_folded_rows, n_folded_cards, n_folded_exits, n_expired, n_unjustified;
	uint32_t n_shared_exits; /* whose lines begin at the side as a whole */
	double pt, band_w, column_w, gap;
	double gutter; /* between columns, and above them: room for a line of each source */
	struct sheet_box area;
};

double exposure_head_h(double pt);
double exposure_row_h(double pt);
/* "administration" and the like: what should not face the Internet at all. */
bool exposure_kind_is_risk(const char *kind);

/* exposure_lines.c: which exits lead to which cards, before anything is placed. -1 without
 * memory. */
int exposure_find_lines(struct exposure *exposure);
/* Of one that is not listed in the band: its lines begin at the side as a whole. */
void exposure_share_line(struct exposure *exposure, struct exposure_exit *exit);
/* When cards and exits have their places. */
void exposure_draw_lines(const struct exposure *exposure, struct sheet *sheet);

/* exposure_draw.c */
double exposure_exit_h(double pt);
double exposure_band_head_h(double pt);
void exposure_draw(struct exposure *exposure, struct sheet *sheet);

#endif
