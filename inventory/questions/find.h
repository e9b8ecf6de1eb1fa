/* SPDX-License-Identifier: Apache-2.0 */
/* Which asset a person means by a number, an address or a name. */
#ifndef INVENTORY_QUESTIONS_FIND_H
#define INVENTORY_QUESTIONS_FIND_H

#include "inventory/store/handle.h"

/* A number as people write it, decimal or 0x... ; 0 if it is none. */
int64_t asset_number(const char *text);

/* Led through aliases. A number is first taken for the number of an asset. 1: none; 2:
 * several. */
int asset_named(
	struct inventory *inv, const char *which, int64_t *ret_id, struct error *reterr);
/* Among the assets of one realm; 0: of all. */
int asset_named_in(struct inventory *inv, int64_t realm, const char *which, int64_t *ret_id,
	struct error *reterr);

#endif
