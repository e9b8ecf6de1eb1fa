/* SPDX-License-Identifier: Apache-2.0 */
/* Which assets a filter of the door means, for the questions beside the list. */
#ifndef INVENTORY_QUESTIONS_ASSETS_H
#define INVENTORY_QUESTIONS_ASSETS_H

#include "inventory/inventory.h"
#include "inventory/questions/select.h"

/* Its parts but sort, limit and moment. ret_all: every asset is meant and the list is empty.
 * The caller frees it with id_list_done(). */
int asset_select(struct db *db, const struct asset_filter *filter, bool *ret_all,
	struct id_list *ret, struct error *reterr);

#endif
