/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed of an asset since the other day, as a reader is told: one text of short items.
 * Of an estate that is told against another day (common/model/difference.h); of a redacted one
 * it says what became otherwise where it may not say how it was.
 */
#ifndef MAPPER_CHANGES_H
#define MAPPER_CHANGES_H

#include "common/model/estate.h"

#include <stdbool.h>

#define CHANGES_TEXT_MAX 512 /* bytes */
#define CHANGES_ITEMS_MAX 12 /* that a reader is told; the rest is counted */

struct changes {
	char text[CHANGES_TEXT_MAX]; /* "+ tcp/443, - tcp/22, name was x and 2 more"; "" of
				      none */
	uint32_t n;	/* items there are, */
	uint32_t told; /* and that the text has */
	uint16_t ends[CHANGES_ITEMS_MAX]; /* where each of these ends in it */
};

/* At most `most` items, and CHANGES_ITEMS_MAX, as many as have room. Empty of an asset that is
 * not changed. Looks at each of its services a few times, however many there are. */
void changes_of(const struct estate *estate, uint32_t asset, bool chinese, uint32_t most,
	struct changes *ret);
/* The same text of the first `most` items alone; "" of none. */
void changes_shorten(struct changes *changes, bool chinese, uint32_t most);

#endif
