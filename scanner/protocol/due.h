/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is due when: a binary heap of small numbers by their time, in which a number's time can
 * be changed. Every call costs at most the logarithm of how many there are.
 */
#ifndef SCANNER_PROTOCOL_DUE_H
#define SCANNER_PROTOCOL_DUE_H

#include <stdbool.h>
#include <stdint.h>

struct due {
	int64_t *us;	 /* by number */
	uint32_t *place; /* by number: in the heap, from 1; 0 not there */
	uint32_t *heap;	 /* numbers; the first is due first */
	uint32_t n, max;
};

/* Makes room for the numbers below max. False without memory; then nothing has changed. */
bool due_grow(struct due *due, uint32_t max);
void due_done(struct due *due);
/* Adds a number, or gives it another time. */
void due_set(struct due *due, uint32_t number, int64_t us);
void due_clear(struct due *due, uint32_t number);
/* When somebody is due; INT64_MAX: never. */
int64_t due_first_us(const struct due *due);
/* Takes out one that is due by then. False: nobody is. */
bool due_take(struct due *due, int64_t now_us, uint32_t *ret_number);

#endif
