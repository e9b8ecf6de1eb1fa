/* SPDX-License-Identifier: Apache-2.0 */
/* Port lists of coverage observations, "22,80,1000-1010", as PostgreSQL's int4multirange. */
#ifndef INVENTORY_INTAKE_PORTS_H
#define INVENTORY_INTAKE_PORTS_H

#include "common/str.h"

#include <stdbool.h>

/* Appends "{[22,23),[80,81),[1000,1011)}". NULL or "" is the empty set. False if the text is
 * not a port list. */
bool ports_to_ranges(const char *text, struct str *out);

#endif
