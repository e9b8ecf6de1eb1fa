/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sweep: slots x kinds, asked in rounds. A round visits every slot once, always in the same
 * keyed order, with one kind of probe each; kinds follow each other in a keyed order too, and
 * with `rotate` every slot begins at another one, so that together they are a permutation of
 * all questions without a table. Because the order of slots does not change, the time since a
 * slot's last probe is known by the segment of the round it lies in, and the gap is kept by
 * waiting for a segment as a whole.
 */
#include "scanner/campaign/forecast.h"
#include "scanner/campaign/run.h"

#include <stdlib.h>
#include <string.h>

#define PURPOSE_SLOTS 1
#define PURPOSE_KINDS 2
#define DRAIN_US 0
#define LOOK_EVERY_US 20000

static bool bits_init(struct bits *bits, uint64_t n)
{
	bits->n = n;
	bits->set = 0;
	bits->words = calloc(n / 64 + 1, sizeof(*bits->words));
	return bits->words != NULL;
}

static bool bits_get(const struct bits *bits, uint64_t i)
{
	return bits->words[i / 64] >> (i % 64) & 1;
}

/* True if it was not set before. */
static bool bits_put(struct bits *bits, uint64_t i)
{
	uint64_t mask = 1ULL << (i % 64);

	if (bits->words[i / 64] & mask)
		return false;
	bits->words[i / 64] |= mask;
	bits->set++;
	return true;
}

static uint64_t bit_of(const struct sweep *sweep, uint64_t slot, uint32_t kind)
{
	return sweep->settle ? slot : slot * sweep->kinds + kind;
}

static uint64_t slot_of(
	const struct run *run, const struct sweep *sweep, const struct addr *addr)
{
	uint64_t number;
	uint32_t host;

	for (uint64_t i = 0; i < sweep->n_gateways; i++)
		if (addr_equal(&run->reach->gateways[i].addr, addr))
			return i;
	host = sweep->n_list ? host_table_find(&run->hosts, addr) : HOST_NONE;
	if (host != HOST_NONE && run->hosts.rows[host].slot != HOST_NONE)
		return sweep->n_gateways + sweep->n_way + run->hosts.rows[host].slot;
	if (!sweep->n_way || !reach_number(run->reach, sweep->way, addr, &number))
		return UINT64_MAX;
	return sweep->n_gateways + number;
}

int sweep_answer(struct run *run, const struct addr *addr, enum template_kind kind,
	uint16_t port, bool itself)
{
	struct sweep *sweep = run->sweep;
	uint32_t number = run->asked[kind][port];
	uint64_t slot;

	if (!sweep || !number)
		return -1;
	slot = slot_of(run, sweep, addr);
	if (slot >= sweep->slots)
		return -1;
	if (!bits_put(&sweep->done, bit_of(sweep, slot, number - 1)))
		return 1;
	sweep->gained[sweep->pass] += itself;
	return 0;
}

/* Waits for a token of the campaign and, if it has one, of the sweep. */
static int wait_token(struct run *run)
{
	bool fresh = false;

	for (;;) {
		int64_t due = pace_due(&run->pace, run->now_us);
		int r;

		if (run->cap_pps && pace_due(&run->cap, run->now_us) > due)
			due = pace_due(&run->cap, run->now_us);
		if (!due) {
			pace_take(&run->pace, run->now_us);
			if (run->cap_pps)
				pace_take(&run->cap, run->now_us);
			return 0;
		}
		if (!fresh) {
			run_tick(run);
			fresh = true;
			continue;
		}
		r = run_flush(run);
		if (r == 0)
			r = run_listen(run, due);
		if (r)
			return r;
	}
}

/* The slots of a segment may be asked in this round only so long after they were in the
 * last. */
static int wait_segment(struct run *run, struct sweep *sweep, size_t segment)
{
	while (sweep->ready != segment) {
		int64_t gap = sweep->tempo.gap_us;
		int r = 0;

		if (sweep->tempo.one_open && 2 * run->srtt_us > gap)
			gap = 2 * run->srtt_us;
		if (gap && (sweep->asked >> segment & 1))
			r = run_flush(run);
		if (r == 0 && (!sweep->segment_us[segment] ||
				      run->now_us >= sweep->segment_us[segment] + gap)) {
			sweep->ready = segment;
			return 0;
		}
		if (r == 0)
			r = run_flush(run);
		if (r == 0)
			r = run_listen(run, sweep->segment_us[segment] + gap);
		if (r)
			return r;
		if (sweep->done.set == sweep->done.n)
			return 0;
	}
	return 0;
}

static int ask(
	struct run *run, struct sweep *sweep, uint64_t slot, uint32_t kind, size_t segment)
{
	struct question question = {0};
	int r;

	if (!sweep->question(run, sweep, slot, kind, &question)) {
		if (!sweep->settle || kind + 1 == sweep->kinds)
			bits_put(&sweep->done, bit_of(sweep, slot, kind));
		return 0;
	}
	r = wait_segment(run, sweep, segment);
	if (r == 0)
		r = wait_token(run);
	if (r)
		return r;
	/* It may have been answered while we waited. */
	if (bits_get(&sweep->done, bit_of(sweep, slot, kind)))
		return 0;
	r = run_ask(run, &question);
	if (r < 0)
		return r;
	sweep->asked |= 1ULL << segment;
	if (run->n_batch == LINK_BATCH_MAX) {
		r = run_flush(run);
		if (r == 0)
			r = run_listen(run, DRAIN_US);
	}
	return r;
}

void sweep_sent(struct run *run)
{
	struct sweep *sweep = run->sweep;

	if (!sweep || !sweep->asked)
		return;
	sweep->last_sent_us = run->now_us;
	if (!sweep->solicits)
		run->last_sent_us = run->now_us;
	for (; sweep->asked; sweep->asked &= sweep->asked - 1)
		sweep->segment_us[__builtin_ctzll(sweep->asked)] = run->now_us;
}

/* The kind that a slot is asked in a round. */
static uint32_t kind_of(
	const struct run *run, const struct sweep *sweep, uint64_t slot, uint32_t round)
{
	uint64_t hash = slot * 0x9e3779b97f4a7c15ULL >> 32;
	uint64_t kind = round;

	if (!sweep->rotate)
		return round;
	kind += hash * sweep->kinds >> 32; /* each begins at one of its own */
	if (kind >= sweep->kinds)
		kind -= sweep->kinds;
	return run->kind_at[kind];
}

struct turn {
	uint64_t slot;
	uint32_t kind;
};

/* Whose turn it is at a place of a round. Whether it is done will be looked up soon, so that is
 * fetched: the places of a round lie all over memory. */
static struct turn turn_at(
	const struct run *run, const struct sweep *sweep, uint32_t round, uint64_t at)
{
	struct turn turn = {.slot = permute_at(&sweep->order, at)};

	turn.kind = kind_of(run, sweep, turn.slot, round);
	__builtin_prefetch(&sweep->done.words[bit_of(sweep, turn.slot, turn.kind) / 64]);
	return turn;
}

static int walk_round(struct run *run, struct sweep *sweep)
{
	uint32_t round = sweep->round;
	size_t segment = 0;
	struct turn next;

	sweep->ready = SWEEP_SEGMENTS;
	if (sweep->at < sweep->slots)
		next = turn_at(run, sweep, round, sweep->at);
	for (; sweep->at < sweep->slots; sweep->at++) {
		uint64_t at = sweep->at;
		struct turn turn = next;
		int r;

		if (at + 1 < sweep->slots)
			next = turn_at(run, sweep, round, at + 1);

		while ((segment + 1) * sweep->slots <= at * SWEEP_SEGMENTS)
			segment++;
		if (!(++sweep->walked & 0xffff)) {
			run_tick(run);
			r = run_check(run);
			if (r)
				return r;
		}
		if (bits_get(&sweep->done, bit_of(sweep, turn.slot, turn.kind)))
			continue;
		r = ask(run, sweep, turn.slot, turn.kind, segment);
		if (r)
			return r;
	}
	return 0;
}

/* Until all is answered, or an answer to the last probe would have come; at least
 * `patience`. */
static int wait_quiet(struct run *run, struct sweep *sweep, int64_t patience_us)
{
	int r = run_flush(run);

	while (r == 0 && sweep->done.set < sweep->done.n) {
		int64_t quiet = run_quiet_us(run, sweep->quiet_us);
		int64_t until =
			sweep->last_sent_us + (quiet > patience_us ? quiet : patience_us);
		int64_t soon = run->now_us + LOOK_EVERY_US;

		if (run->now_us >= until)
			return 0;
		r = run_listen(run, until < soon ? until : soon);
	}
	return r;
}

static bool goes_on(const struct sweep *sweep)
{
	unsigned int pass = sweep->pass;

	return pass != sweep->passes && pass < SWEEP_PASSES_MAX &&
	       (sweep->shaken || forecast_again(pass, (double)sweep->gained[pass - 1],
					 (double)sweep->gained[pass]));
}

/* As fast as the sweep, and the networks of what is left, allow. */
static void limit(struct run *run, const struct sweep *sweep)
{
	uint32_t pps = networks_pps(run, sweep);

	if (!pps || (sweep->tempo.pps && sweep->tempo.pps < pps))
		pps = sweep->tempo.pps;
	run->cap_pps = pps;
	pace_set(&run->cap, pps);
}

/* Everybody who has not answered once; the first time the link may do it by itself. */
static int walk(struct run *run, struct sweep *sweep)
{
	bool first = sweep->pass == 1 && sweep->round == 0 && sweep->at == 0;
	int r = first ? sweep_pass(run, sweep) : LINK_UNABLE;

	if (r != LINK_UNABLE)
		return r;
	for (; sweep->round < sweep->kinds; sweep->round++, sweep->at = 0) {
		/* Whoever answered is not asked again: what is left may be of one network. */
		if (sweep->pass > 1 || (sweep->settle && sweep->round))
			limit(run, sweep);
		r = sweep->done.set < sweep->done.n ? walk_round(run, sweep) : 0;
		if (r)
			return r;
	}
	return 0;
}

bool sweep_needs_gateways(const struct sweep *sweep)
{
	return !sweep->aside && (sweep->n_list || sweep->way == REACH_GATEWAY);
}

/* Whoever is silent behind a next hop that is gone may be there: then another pass follows. */
static int confirm(struct run *run, const struct sweep *sweep)
{
	return sweep_needs_gateways(sweep) && sweep->done.set < sweep->done.n && !goes_on(sweep)
		       ? gateways_confirm(run, sweep->last_sent_us)
		       : 0;
}

/* From where the sweep is: at its beginning, or in the middle. */
static int passes(struct run *run, struct sweep *sweep)
{
	const uint64_t *gained = sweep->gained;

	for (;; sweep->pass++, sweep->round = 0, sweep->at = 0, sweep->shaken = false) {
		unsigned int pass = sweep->pass;
		int r;

		run_mark(run);
		r = walk(run, sweep);
		if (r == 0)
			r = wait_quiet(run, sweep, 0);
		/* Before giving up, the slowest get their time too. */
		if (r == 0 && !goes_on(sweep))
			r = wait_quiet(run, sweep, SWEEP_PATIENCE_US);
		if (r == 0)
			r = confirm(run, sweep);
		if (pass > 1 && !sweep->settle)
			throttle_loss(&run->throttle, gained[pass - 1], gained[pass]);
		if (r || sweep->done.set == sweep->done.n || !goes_on(sweep))
			return r;
	}
}

/* What is known of it already, then the rest. */
static int run_prepared(struct run *run, struct sweep *sweep)
{
	int r = resume_sweep(run, sweep);

	if (r == SWEEP_OVER)
		return 0;
	run->incomplete |= r == RUN_STOPPED;
	if (r)
		return r;
	limit(run, sweep);
	r = passes(run, sweep);
	if (r)
		run->incomplete = true;
	else
		resume_over(run, sweep);
	return r;
}

int sweep_run(struct run *run, struct sweep *sweep)
{
	int r;

	sweep->slots = sweep->n_gateways + sweep->n_way + sweep->n_list;
	sweep->pass = 1;
	sweep->round = 0;
	sweep->at = sweep->walked = 0;
	memset(sweep->gained, 0, sizeof(sweep->gained));
	if (sweep->slots == 0 || sweep->kinds == 0)
		return 0;
	if (!bits_init(
		    &sweep->done, sweep->settle ? sweep->slots : sweep->slots * sweep->kinds))
		return error_set(run->reterr, ERROR_SYSTEM,
			"no memory for %llu questions; scan fewer addresses or ports at once",
			(unsigned long long)(sweep->slots * sweep->kinds));
	permute_init(&sweep->order, &run->key, PURPOSE_SLOTS, sweep->slots);
	permute_init(&sweep->kind_order, &run->key, PURPOSE_KINDS, sweep->kinds);
	for (uint32_t i = 0; sweep->rotate && i < sweep->kinds; i++)
		run->kind_at[i] = (uint32_t)permute_at(&sweep->kind_order, i);
	for (uint32_t i = 0; i < sweep->kinds; i++)
		run->asked[sweep->asks[i].kind][sweep->asks[i].port] = i + 1;
	for (size_t i = 0; i < sweep->n_list; i++)
		run->hosts.rows[sweep->list[i]].slot = (uint32_t)i;
	/* Anybody may have been asked last by the sweep before. */
	for (size_t i = 0; i < SWEEP_SEGMENTS && !sweep->solicits; i++)
		sweep->segment_us[i] = run->last_sent_us;
	run_tick(run);
	sweep->largest = networks_largest(run, sweep);
	pace_init(&run->cap, sweep->tempo.pps, run->now_us);
	throttle_begin(&run->throttle);
	run->sweep = sweep;
	r = run_prepared(run, sweep);
	run->sweep = NULL;
	for (uint32_t i = 0; i < sweep->kinds; i++)
		run->asked[sweep->asks[i].kind][sweep->asks[i].port] = 0;
	for (size_t i = 0; i < sweep->n_list; i++)
		run->hosts.rows[sweep->list[i]].slot = HOST_NONE;
	free(sweep->done.words);
	sweep->done.words = NULL;
	return r;
}
