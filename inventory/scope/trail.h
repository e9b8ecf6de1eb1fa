/* SPDX-License-Identifier: Apache-2.0 */
/* Writing to the audit trail from inside a transaction: the entry stands or falls with the act.
 */
#ifndef INVENTORY_SCOPE_TRAIL_H
#define INVENTORY_SCOPE_TRAIL_H

#include "inventory/store/handle.h"

#define TRAIL_WHAT_MAX 64
#define TRAIL_OBJECT_MAX 512
#define TRAIL_DETAIL_MAX 4096

/* Texts are cleaned and cut to their maxima. NULL counts as "". */
int trail_add(struct inventory *inv, const char *what, const char *object, const char *detail,
	struct error *reterr);

#endif
