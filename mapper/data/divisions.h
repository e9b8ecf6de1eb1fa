/* SPDX-License-Identifier: Apache-2.0 */
/* The provincial-level divisions of China as a grid of tiles; data in divisions.tsv. */
#ifndef MAPPER_DATA_DIVISIONS_H
#define MAPPER_DATA_DIVISIONS_H

#include <stddef.h>
#include <stdint.h>

struct division {
	const char *code; /* the first two digits of GB/T 2260 */
	const char *chinese, *english;
	uint8_t column, row;
};

extern const struct division divisions[]; /* by code */
extern const size_t n_divisions;

#endif
