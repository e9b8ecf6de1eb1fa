/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identification for those who decide on it: whether kept proposals still say what the norms
 * in force would propose today of the register as it stands.
 */
#ifndef INVENTORY_NORM_IDENTIFY_H
#define INVENTORY_NORM_IDENTIFY_H

#include "inventory/inventory.h"

/* Judges one system by every pack in force as inventory_identify() does, and writes nothing: a
 * row's eval_id is that of the pack's newest kept proposal if it rests on the same norm and the
 * same facts, else 0. To be called within a transaction: the locks that keep register and
 * proposals still are held to its end. Rows are good during the callback. Errors: ERROR_INPUT
 * if no pack is in force or there is no such system; ERROR_DATABASE, ERROR_SYSTEM. */
int identify_check(struct inventory *inv, const char *system,
	int (*row)(void *context, const struct proposal_row *proposal), void *context,
	struct error *reterr);

#endif
