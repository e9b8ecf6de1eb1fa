/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Going on with a campaign that was broken off. Its stages run as they did before; a sweep that
 * the journal knows takes its answers from there and asks nothing, until the one in which the
 * journal ends. That one goes on REWIND_US before its last mark: what was on its way when
 * nobody listened any more is asked again. Next hops are always asked anew, since they may be
 * others by now.
 *
 * The campaign's clock stands still between attempts. After a long pause nothing is concluded
 * from silence: who was looked for before it may have come since.
 */
#include "scanner/campaign/record.h"
#include "scanner/campaign/run.h"

#include "common/clock.h"

#include <string.h>

#define MARK_EVERY_US 100000
#define MARK_IDLE_US 1000000 /* while no sweep runs that leaves anything in the journal */
/* From the last mark, and then to the next one: with its own age one second. */
#define REWIND_US 800000
#define MARKS_MAX 32	 /* more than there are in REWIND_US */
#define PAUSE_MAX_US (3600 * CLOCK_SECOND)
#define CHECK_EVERY 256 /* records */

/* The last marks of a sweep, in order. */
struct marks {
	struct mark first; /* where it began, or an attempt went on: all before it is settled */
	struct mark rows[MARKS_MAX];
	size_t n; /* there were */
	uint32_t shaken; /* passes in which a next hop was lost, a bit each */
};

bool run_knows_more(const struct run *run)
{
	return run->o->journal && !journal_is_read(run->o->journal);
}

void run_note(struct run *run, const struct record *record)
{
	if (run->o->journal && !run->replaying)
		journal_add(run->o->journal, record);
}

/* The campaign's clock: without the pauses between attempts. */
static int64_t clock_of(const struct run *run)
{
	return run->before_us + run->now_us - run->begun_us;
}

int64_t run_wall_us(const struct run *run)
{
	return run_knows_more(run) ? run->before_wall_us : run->link->wall(run->link);
}

struct link_stats run_link_stats(const struct run *run)
{
	struct link_stats stats = {0};

	run->link->stats(run->link, &stats);
	stats.kernel_drops += run->kernel_drops;
	stats.send_errors += run->send_errors;
	return stats;
}

void run_mark(struct run *run)
{
	const struct sweep *sweep = run->sweep && !run->sweep->anew ? run->sweep : NULL;
	struct record record = {.kind = RECORD_MARK};
	struct link_stats stats;

	if (!run->o->journal || run_knows_more(run))
		return;
	if (sweep)
		record.mark = (struct mark){.pass = sweep->pass,
			.round = sweep->round,
			.at = sweep->at,
			.walked = sweep->walked,
			.shaken = sweep->shaken};
	if (sweep || run->now_us >= run->next_idle_us) {
		stats = run_link_stats(run);
		record.mark.time_us = clock_of(run);
		record.mark.wall_us = run->wall_us;
		record.mark.kernel_drops = stats.kernel_drops;
		record.mark.send_errors = stats.send_errors;
		memcpy(record.mark.tally, run->tally, sizeof(run->tally));
		run_note(run, &record);
		run->next_idle_us = run->now_us + MARK_IDLE_US;
	}
	journal_flush(run->o->journal);
	run->next_mark_us = run->now_us + MARK_EVERY_US;
}

static int changed(struct run *run)
{
	return error_set(run->reterr, ERROR_INPUT,
		"this scan cannot go on: its network is not what it was when it began; scan anew");
}

/* ---- what was told ----------------------------------------------------------------------- */

void run_tell_journal(struct run *run, const struct observation *obs)
{
	if (run->told.base && !run->replaying)
		record_put_observation(&run->told, obs);
}

void run_note_told(struct run *run, struct record *record)
{
	record->told = run->told.base;
	record->told_size = run->told.pos;
	if (run->told.base && packer_ok(&run->told))
		run_note(run, record);
	run_forget_told(run);
}

void run_forget_told(struct run *run)
{
	run->told = packer_of(run->told.base, run->told.size);
}

int run_retell(
	struct run *run, const struct record *record, const struct observation_sink *sink)
{
	struct cursor c = cursor_of(record->told, record->told_size);
	struct attribute attributes[OBSERVATION_ATTRIBUTES_MAX];
	bool replaying = run->replaying;
	struct observation obs;
	int r = 0;

	run->replaying = true;
	while (r == 0 && cursor_left(&c)) {
		if (record_get_observation(&c, attributes, &obs))
			r = sink->take(sink->context, &obs, run->reterr);
		else
			r = error_set(run->reterr, ERROR_INPUT,
				"the journal of this scan tells what cannot be; scan anew");
	}
	run->replaying = replaying;
	return r;
}

static int take_alias(void *context, const struct observation *obs, struct error *reterr)
{
	struct run *run = context;

	run->tally[TALLY_ALIASES] += obs->kind == OBSERVATION_KEY;
	return run->o->sink.take(run->o->sink.context, obs, reterr);
}

/* ---- marks ------------------------------------------------------------------------------- */

static void take_clock(struct run *run, int64_t time_us, int64_t wall_us)
{
	run->paused |=
		wall_us - run->before_wall_us - (time_us - run->before_us) > PAUSE_MAX_US;
	run->before_us = time_us;
	run->before_wall_us = wall_us;
}

/* Next hops are asked between what is replayed. */
static void replay(struct run *run, bool begins)
{
	for (size_t i = 0; i < TALLY_N; i++)
		if (begins)
			run->live[i] += run->tally[i] - run->replayed[i];
		else
			run->replayed[i] = run->tally[i];
	run->replaying = begins;
}

static void take_mark(struct run *run, const struct mark *mark)
{
	take_clock(run, mark->time_us, mark->wall_us);
	run->kernel_drops = mark->kernel_drops;
	run->send_errors = mark->send_errors;
	/* The nameless are counted by each attempt, of all that the journal knows. */
	for (size_t i = 0; i < TALLY_N; i++)
		if (i != TALLY_LINK_NAMELESS)
			run->tally[i] = run->live[i] + mark->tally[i];
}

static bool is_before(const struct mark *one, const struct mark *other)
{
	if (one->pass != other->pass)
		return one->pass < other->pass;
	return one->round != other->round ? one->round < other->round : one->at < other->at;
}

static void take_place(struct sweep *sweep, struct marks *marks, const struct mark *mark)
{
	if (marks->n && is_before(mark, &marks->rows[(marks->n - 1) % MARKS_MAX])) {
		marks->first = *mark;
		marks->n = 0;
	}
	marks->rows[marks->n++ % MARKS_MAX] = *mark;
	marks->shaken |= (uint32_t)mark->shaken << mark->pass;
	sweep->pass = mark->pass;
	sweep->walked = mark->walked;
}

/* ---- sweeps ------------------------------------------------------------------------------ */

/* What belongs to no sweep. False if it does. */
static bool take_apart(struct run *run, const struct record *record, int *ret)
{
	const struct observation_sink sink = {take_alias, run};

	if (record->kind == RECORD_HOLE) {
		run_hole_range(run, &record->hole);
	} else if (record->kind == RECORD_GREETED) {
		*ret = run->greeter ? greeting_replay(run, record) : 0;
	} else if (record->kind == RECORD_ALIASES) {
		run->aliases_told = true;
		*ret = run_retell(run, record, &sink);
	} else if (record->kind == RECORD_STATION) {
		if (link_meets_station(run, &record->mac))
			*ret = run_retell(run, record, &run->o->sink);
	} else if (record->kind == RECORD_NEIGHBOUR) {
		if (link_knows(run, &record->mac))
			*ret = run_retell(run, record, &run->o->sink);
	} else if (record->kind == RECORD_MARK && !record->mark.pass) {
		take_mark(run, &record->mark);
	} else {
		return known_take(run, record, ret);
	}
	return true;
}

/* From here on it is this attempt's. */
static void arrive(struct run *run)
{
	struct link_stats stats = {0};

	run_tick(run);
	take_clock(run, run->before_us, run->wall_us);
	run->begun_us = run->now_us;
	run->link->stats(run->link, &stats);
	run->throttle.signs = stats.kernel_drops + run->tally[TALLY_QUENCHED];
	run->throttle.sent = run->tally[TALLY_SENT];
}

/* The next record of a sweep. */
static int next(struct run *run, struct record *record)
{
	bool before = run_knows_more(run), replaying = run->replaying;
	int r;

	if (!replaying)
		replay(run, true);
	while ((r = journal_next(run->o->journal, record, run->reterr)) == 0 &&
		take_apart(run, record, &r)) {
		if (r == 0 && ++run->records % CHECK_EVERY == 0) {
			run_tick(run);
			r = run_check(run);
		}
		if (r)
			break;
	}
	if (!replaying)
		replay(run, false);
	if (r == JOURNAL_END && before)
		arrive(run);
	return r;
}

/* Whether something was heard that the answer, made again, counts as one of its kind; see
 * links.c of who was not asked. */
static bool is_counted(const struct answer *a)
{
	switch (a->word) {
	case ANSWER_HERE:
	case ANSWER_CANDIDATE:
	case ANSWER_LOCAL:
		return false;
	case ANSWER_NEIGHBOUR:
		return !mac_is_zero(&a->mac);
	case ANSWER_STEP:
		return a->step != TRACE_NOWHERE;
	default:
		return true;
	}
}

/* Everything between the beginning of a sweep and its end, or that of the journal. */
static int take_records(struct run *run, struct sweep *sweep, struct marks *marks)
{
	struct record record;
	int r;

	while ((r = next(run, &record)) == 0) {
		if (record.kind == RECORD_OVER) {
			sweep->took_us = record.took_us;
			return SWEEP_OVER;
		}
		if (record.kind == RECORD_MARK && record.mark.pass <= SWEEP_PASSES_MAX &&
			record.mark.round <= sweep->kinds && record.mark.at <= sweep->slots) {
			take_mark(run, &record.mark);
			take_place(sweep, marks, &record.mark);
		} else if (record.kind == RECORD_ANSWER) {
			run->tally[TALLY_RECEIVED] += is_counted(&record.answer);
			run_answer(run, &record.answer);
			if (run->reterr->code)
				return run->reterr->code;
		} else {
			return changed(run);
		}
	}
	return r == JOURNAL_END ? 0 : r;
}

/* Anybody may have been asked just before this attempt began. */
static void forget_times(struct run *run, struct sweep *sweep)
{
	sweep->last_sent_us = run->last_sent_us = run->now_us;
	for (size_t i = 0; i < SWEEP_SEGMENTS; i++)
		sweep->segment_us[i] = run->now_us;
}

static void go_back(struct sweep *sweep, const struct marks *marks, int64_t last_us)
{
	struct mark place = marks->first;

	for (size_t i = 0; i < marks->n && i < MARKS_MAX; i++) {
		const struct mark *mark = &marks->rows[(marks->n - 1 - i) % MARKS_MAX];

		if (mark->time_us <= last_us - REWIND_US) {
			place = *mark;
			break;
		}
	}
	/* What a pass gained that is gone through again counts for it. */
	for (unsigned int pass = place.pass + 1; pass <= SWEEP_PASSES_MAX; pass++) {
		sweep->gained[place.pass] += sweep->gained[pass];
		sweep->gained[pass] = 0;
	}
	sweep->pass = place.pass;
	sweep->round = place.round;
	sweep->at = place.at;
	sweep->walked = place.walked;
	sweep->shaken = marks->shaken >> place.pass & 1;
}

static int begin(struct run *run, struct sweep *sweep)
{
	const struct record record = {.kind = RECORD_SWEEP,
		.sweep = {sweep->slots, sweep->kinds, clock_of(run)}};

	sweep->begun_us = record.sweep.begun_us;
	if (!sweep->anew)
		run_note(run, &record);
	return 0;
}

void resume_over(struct run *run, struct sweep *sweep)
{
	const struct record over = {
		.kind = RECORD_OVER, .took_us = clock_of(run) - sweep->begun_us};

	sweep->took_us = over.took_us;
	if (!sweep->anew)
		run_note(run, &over);
}

int resume_sweep(struct run *run, struct sweep *sweep)
{
	struct marks marks = {.first.pass = 1};
	struct record record;
	int r = run->o->journal && !sweep->anew ? next(run, &record) : JOURNAL_END;

	if (r)
		return r == JOURNAL_END ? begin(run, sweep) : r;
	if (record.kind != RECORD_SWEEP || record.sweep.slots != sweep->slots ||
		record.sweep.kinds != sweep->kinds)
		return changed(run);
	sweep->begun_us = record.sweep.begun_us;
	replay(run, true);
	r = take_records(run, sweep, &marks);
	replay(run, false);
	if (r < 0 || r == RUN_STOPPED)
		return r;
	forget_times(run, sweep);
	if (sweep->n_gateways)
		marks = (struct marks){.first.pass = 1};
	go_back(sweep, &marks, run->before_us);
	if (r == 0 && !sweep->n_gateways)
		gateways_go_on(run);
	return sweep->n_gateways ? 0 : r;
}

int resume_link(struct run *run)
{
	struct record record;
	int r = run->o->journal ? next(run, &record) : JOURNAL_END;

	replay(run, true);
	while (r == 0 && record.kind == RECORD_ANSWER &&
		(record.answer.word == ANSWER_HERE || record.answer.word == ANSWER_CANDIDATE ||
			record.answer.word == ANSWER_LOCAL)) {
		run_answer(run, &record.answer);
		r = run->reterr->code;
		if (r == 0)
			r = next(run, &record);
	}
	replay(run, false);
	if (r)
		return r == JOURNAL_END ? 0 : r;
	return record.kind == RECORD_OVER ? SWEEP_OVER : changed(run);
}

int resume_rest(struct run *run)
{
	struct record record;
	int r = run->o->journal ? next(run, &record) : JOURNAL_END;

	return r == JOURNAL_END ? 0 : r ? r : changed(run);
}
