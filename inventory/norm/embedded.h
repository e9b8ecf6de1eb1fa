/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schemas and the shipped norm packs, compiled into the program (embed.py writes the
 * table from the files under schema/xml and inventory/norms). Names are file names without
 * folder.
 */
#ifndef INVENTORY_NORM_EMBEDDED_H
#define INVENTORY_NORM_EMBEDDED_H

#include <stddef.h>

struct norm_embedded {
	const char *name;
	const unsigned char *bytes;
	size_t size;
};

extern const struct norm_embedded norm_embedded_files[];
extern const size_t norm_embedded_n;

/* NULL if there is none of that name. */
const struct norm_embedded *norm_embedded_find(const char *name);

/* The shipped pack of that id: the file of a pack is named by it. NULL if there is none. */
const struct norm_embedded *norm_shipped_find(const char *id);

#endif
