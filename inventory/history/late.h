/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filing a run that comes late: a newer one has looked at the same things already. What it
 * found is history; nothing that ordinary runs filed is changed by it.
 */
#ifndef INVENTORY_HISTORY_LATE_H
#define INVENTORY_HISTORY_LATE_H

#include "inventory/history/file.h"

/* Whether a staged batch is; ended_us: time of its newest observation. */
int late_check(struct db *db, const struct filing *filing, int64_t ended_us, bool *ret_late,
	struct error *reterr);
/* Inside the transaction, with the run's row and its coverage there. */
int late_file(struct db *db, const struct filing *filing, struct intake_result *result,
	struct error *reterr);

#endif
