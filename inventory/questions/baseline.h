/* SPDX-License-Identifier: Apache-2.0 */
/* Baselines, for the questions that compare with one. */
#ifndef INVENTORY_QUESTIONS_BASELINE_H
#define INVENTORY_QUESTIONS_BASELINE_H

#include "inventory/questions/moment.h"
#include "inventory/questions/select.h"

/* The moment at which it was frozen. ERROR_INPUT if there is no such baseline. */
int baseline_find(
	struct db *db, const char *name, struct instant *ret, struct error *reterr);

/* The assets that its filter meant then or means now. */
int baseline_assets(struct db *db, const char *name, bool *ret_all, struct id_list *ret,
	struct error *reterr);

#endif
