/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a system stood when it was decided on, kept as rows of query case_facts: what the
 * register knew then can be asked for at any time, but that takes long, as whose each asset was
 * is reckoned for all of them. So it is kept by the decision itself, while the register stands
 * still for it.
 */
#ifndef INVENTORY_CASE_FREEZE_H
#define INVENTORY_CASE_FREEZE_H

#include "common/error.h"
#include "inventory/store/db.h"

#include <stdint.h>

#define CASE_IDS_MAX ((size_t)64 * 1024 * 1024) /* of ids, one a line */

/* Of one system, as it stands: in the transaction of the decision, which lets nobody else
 * file. */
int case_freeze_now(struct db *db, int64_t realm, const char *system, int64_t decision,
	struct error *reterr);
/* Of all entries of the list of which nothing is kept yet (`system` NULL: of any system), as
 * known when they were decided on. */
int case_freeze_then(struct db *db, const char *system, struct error *reterr);

#endif
