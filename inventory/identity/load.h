/* SPDX-License-Identifier: Apache-2.0 */
/* Feeding identity.h from the database: what a batch met and what the register knows of it. */
#ifndef INVENTORY_IDENTITY_LOAD_H
#define INVENTORY_IDENTITY_LOAD_H

#include "inventory/identity/identity.h"
#include "inventory/store/db.h"

/* The addresses of the batch in their order, which is that of the handles. `all_met`: no asset
 * that may be theirs has an address that the batch did not meet. */
int identity_load(struct db *db, struct identity *identity, int64_t batch, int64_t realm,
	struct db_result **ret_endpoints, bool *ret_all_met, struct error *reterr);
int identity_no_memory(struct error *reterr);

#endif
