/* SPDX-License-Identifier: Apache-2.0 */
/* Monotonic bounds on a circle of 65,536 numbers; see alias.h. */
#include "scanner/campaign/alias.h"

static uint16_t number(uint16_t id, bool swapped)
{
	return swapped ? (uint16_t)(id >> 8 | id << 8) : id;
}

/* The last sample of a series that was answered before another one was asked for; NULL if there
 * is none. */
static const struct alias_sample *before(
	const struct alias_series *series, const struct alias_sample *next)
{
	const struct alias_sample *last = NULL;

	for (size_t i = 0; i < series->n; i++) {
		const struct alias_sample *s = &series->samples[i];

		if (s->stretch == next->stretch && s->sent_us < next->sent_us &&
			s->heard_us <= next->sent_us && (!last || s->sent_us > last->sent_us))
			last = s;
	}
	return last;
}

/* The sum of the steps, if each number lies a little behind the one before; else UINT32_MAX. */
static uint32_t steps(const struct alias_series *series, bool swapped)
{
	uint32_t sum = 0;

	for (size_t i = 1; i < series->n; i++) {
		const struct alias_sample *s = &series->samples[i], *last = before(series, s);
		uint16_t step;

		if (!last)
			continue; /* the answer before was slow: nothing is known of their
				   order */
		step = (uint16_t)(number(s->id, swapped) - number(last->id, swapped));
		if (step == 0 || step > ALIAS_STEP_MAX)
			return UINT32_MAX;
		sum += step;
	}
	return sum;
}

enum alias_kind alias_kind(const struct alias_series *series)
{
	uint32_t straight = steps(series, false), swapped = steps(series, true);
	bool constant = true;

	if (series->n < ALIAS_SAMPLES_MIN)
		return ALIAS_FEW;
	for (size_t i = 1; i < series->n; i++)
		constant &= series->samples[i].id == series->samples[0].id;
	if (constant)
		return ALIAS_CONSTANT;
	if (straight == UINT32_MAX && swapped == UINT32_MAX)
		return ALIAS_RANDOM;
	return straight <= swapped ? ALIAS_COUNTER : ALIAS_SWAPPED;
}

/* Numbers that may be added: from `first` on, low to high. Short, so there is no way around the
 * circle. */
struct window {
	uint16_t first;
	int32_t low, high;
	size_t below, above; /* bounds of each kind */
};

static void narrow(struct window *w, uint16_t first)
{
	int32_t offset;

	if (w->below + w->above == 0) {
		w->first = first;
		w->high = ALIAS_STEP_MAX - 1;
		return;
	}
	offset = (int16_t)(uint16_t)(first - w->first);
	if (offset > w->low)
		w->low = offset;
	if (offset + ALIAS_STEP_MAX - 1 < w->high)
		w->high = offset + ALIAS_STEP_MAX - 1;
}

uint32_t alias_shifts(const struct alias_series *a, const struct alias_series *b,
	enum alias_kind kind, bool *ret_passes)
{
	bool swapped = kind == ALIAS_SWAPPED;
	struct window w = {0};
	int32_t nothing;

	*ret_passes = false;
	for (size_t i = 0; i < b->n; i++) { /* after one of a's: greater */
		const struct alias_sample *last = before(a, &b->samples[i]);

		if (!last)
			continue;
		narrow(&w, (uint16_t)(number(last->id, swapped) -
				      number(b->samples[i].id, swapped) + 1));
		w.below++;
	}
	for (size_t i = 0; i < a->n; i++) { /* before one of a's: smaller */
		const struct alias_sample *last = before(b, &a->samples[i]);

		if (!last)
			continue;
		narrow(&w, (uint16_t)(number(a->samples[i].id, swapped) -
				      number(last->id, swapped) - ALIAS_STEP_MAX));
		w.above++;
	}
	if (w.below < ALIAS_TURNS_MIN || w.above < ALIAS_TURNS_MIN)
		return ALIAS_SHIFTS;
	if (w.low > w.high)
		return 0;
	nothing = (int16_t)(uint16_t)(0 - w.first);
	*ret_passes = nothing >= w.low && nothing <= w.high;
	return (uint32_t)(w.high - w.low + 1);
}
