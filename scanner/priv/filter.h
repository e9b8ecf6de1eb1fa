/* SPDX-License-Identifier: Apache-2.0 */
/* The system call filters of the roles; see priv.h. Installed last, cannot be undone. */
#ifndef SCANNER_PRIV_FILTER_H
#define SCANNER_PRIV_FILTER_H

#include "scanner/priv/priv.h"

int filter_install(enum priv_role role, struct error *reterr);

#endif
