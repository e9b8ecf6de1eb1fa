/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped letters (inventory/notices), compiled in by inventory/norm/embed.py. */
#ifndef INVENTORY_NOTICE_EMBEDDED_H
#define INVENTORY_NOTICE_EMBEDDED_H

#include "inventory/norm/embedded.h"

extern const struct norm_embedded notice_embedded_files[];
extern const size_t notice_embedded_n;

#endif
