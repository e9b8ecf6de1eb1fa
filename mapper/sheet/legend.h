/* SPDX-License-Identifier: Apache-2.0 */
/* The legend: exactly the marks that a sheet has used, in a column of the given size. */
#ifndef MAPPER_SHEET_LEGEND_H
#define MAPPER_SHEET_LEGEND_H

#include "mapper/sheet/sheet.h"

void legend_draw(struct sheet *sheet, struct sheet_box box);

#endif
