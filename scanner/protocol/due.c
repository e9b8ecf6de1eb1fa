/* SPDX-License-Identifier: Apache-2.0 */
/* A binary heap with places; see due.h. */
#include "scanner/protocol/due.h"

#include <stdlib.h>
#include <string.h>

bool due_grow(struct due *due, uint32_t max)
{
	int64_t *us = reallocarray(due->us, max, sizeof(*us));
	uint32_t *place, *heap;

	if (us)
		due->us = us;
	place = us ? reallocarray(due->place, max, sizeof(*place)) : NULL;
	if (place)
		due->place = place;
	heap = place ? reallocarray(due->heap, max, sizeof(*heap)) : NULL;
	if (!heap)
		return false;
	due->heap = heap;
	memset(place + due->max, 0, (max - due->max) * sizeof(*place));
	due->max = max;
	return true;
}

void due_done(struct due *due)
{
	free(due->us);
	free(due->place);
	free(due->heap);
}

static void put(struct due *due, uint32_t at, uint32_t number)
{
	due->heap[at] = number;
	due->place[number] = at + 1;
}

/* Finds the place of a number that may stand too high or too low at `at`. */
static void sift(struct due *due, uint32_t at, uint32_t number)
{
	int64_t us = due->us[number];

	for (; at > 0 && us < due->us[due->heap[(at - 1) / 2]]; at = (at - 1) / 2)
		put(due, at, due->heap[(at - 1) / 2]);
	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child + 1 < due->n &&
			due->us[due->heap[child + 1]] < due->us[due->heap[child]])
			child++;
		if (child >= due->n || due->us[due->heap[child]] >= us)
			break;
		put(due, at, due->heap[child]);
		at = child;
	}
	put(due, at, number);
}

void due_set(struct due *due, uint32_t number, int64_t us)
{
	due->us[number] = us;
	sift(due, due->place[number] ? due->place[number] - 1 : due->n++, number);
}

void due_clear(struct due *due, uint32_t number)
{
	uint32_t at = due->place[number], last;

	if (!at)
		return;
	due->place[number] = 0;
	last = due->heap[--due->n];
	if (last != number)
		sift(due, at - 1, last);
}

int64_t due_first_us(const struct due *due)
{
	return due->n ? due->us[due->heap[0]] : INT64_MAX;
}

bool due_take(struct due *due, int64_t now_us, uint32_t *ret_number)
{
	if (due_first_us(due) > now_us || !due->n)
		return false;
	*ret_number = due->heap[0];
	due_clear(due, *ret_number);
	return true;
}
