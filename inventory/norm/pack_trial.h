/* SPDX-License-Identifier: Apache-2.0 */
/* A norm pack tried on a dossier as large as they get. */
#ifndef INVENTORY_NORM_PACK_TRIAL_H
#define INVENTORY_NORM_PACK_TRIAL_H

#include "inventory/norm/pack.h"

/* A pack whose expressions cannot cope with a large subject is refused when it is checked, not
 * when it is needed: ERROR_INPUT. ERROR_SYSTEM is memory. */
int pack_trial(const struct pack *pack, struct error *reterr);

#endif
